// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module.
#pragma once
#include "domain/place/place.h"

extern const struct route place_routes[];
extern const struct route place_shape_routes[];
extern const struct message place_messages[];

#define PLACE_HISTORY_FIELDS(F, S)                                                                                     \
    F(S, ID, place_id, .flags = FIELD_KEY, .read = READ_STAFF)                                                         \
    F(S, TIME, from_ms, .flags = FIELD_KEY, .read = READ_STAFF)                                                        \
    F(S, TIME, to_ms, .read = READ_STAFF)                                                                              \
    F(S, ID, parent_id, .read = READ_STAFF)
struct place_history {
    PLACE_HISTORY_FIELDS(FIELD_MEMBER, place_history)
};
extern const struct record place_history_record;

// Ids of the path, district first.
size_t place_path_ids(struct str path, int64_t ret_ids[PLACE_LEVEL_COUNT]);
// The places of the path, nearest the district first.
enum err place_line(struct ctx *c, const struct place *place, struct rows *ret_rows);
