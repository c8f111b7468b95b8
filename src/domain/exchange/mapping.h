// SPDX-License-Identifier: MulanPSL-2.0
// A mapping file: how the columns of a table become a request. "name = template" lines; see data/mappings/.
#pragma once
#include "domain/place/place.h"

#define MAPPING_MAX_COLUMNS 128

enum mapping_key {
    MAP_NAME,
    MAP_SEPARATOR,
    MAP_KEY,
    MAP_TIME_ZONE,
    MAP_TIME_FORMATS,
    MAP_REPORTED_AT,
    MAP_KIND,
    MAP_ITEM,
    MAP_WORDS,
    MAP_REPLY,
    MAP_CLOSED_WHEN,
    MAP_CLOSED_AT,
    MAP_CLOSED_AT_OTHERWISE,
    MAP_DUE_AT,
    MAP_LAT,
    MAP_LNG,
    MAP_PLACE_SUBDISTRICT,
    MAP_PLACE_COMMUNITY,
    MAP_PLACE_GRID,
    MAP_KEY_COUNT
};

struct mapping {
    struct str text[MAP_KEY_COUNT]; // empty: not given
    struct str header[MAPPING_MAX_COLUMNS];
    size_t column_count;
    int64_t zone_ms;
};

// Fails with mapping.unknown_key, mapping.missing, mapping.bad_value ({0} = the key).
enum err mapping_parse(struct ctx *c, struct str text, struct mapping *ret_mapping);
// Takes the header row and checks that every column a template names is there: mapping.no_column ({0} = the column).
enum err mapping_set_header(struct ctx *c, struct mapping *mapping, const struct str *fields, size_t count);
// The template of key filled from a row of as many fields as the header. field.too_long ({0} = limit, {1} = length in
// code points, field = name of the key) when it becomes longer than that key may be: nothing is ever cut off.
enum err mapping_fill(struct ctx *c, const struct mapping *mapping, enum mapping_key key, const struct str *row,
                      struct str *ret_text);
// "a = b": do both sides agree? Without "=": is it not empty? Fails as mapping_fill does.
enum err mapping_holds(struct ctx *c, const struct mapping *mapping, enum mapping_key key, const struct str *row,
                       bool *ret_holds);
// By the mapping's formats in its zone; *ret_exact is false when only the day was given.
bool mapping_time(const struct mapping *mapping, struct str text, int64_t *ret_at_ms, bool *ret_exact);
