// SPDX-License-Identifier: MulanPSL-2.0
#pragma once
#include "domain/exchange/exchange.h"

#define IMPORT_SOURCE_FIELDS(F, S)                                                                                     \
    F(S, TEXT, mapping, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "name of the mapping")                         \
    F(S, TEXT, header, .read = READ_NOBODY, .max = 10000, .doc = "header row as CSV")                                  \
    F(S, TEXT, separator, .read = READ_NOBODY, .max = 5, .doc = "of its files: comma or tab")
struct import_source {
    IMPORT_SOURCE_FIELDS(FIELD_MEMBER, import_source)
};
#define IMPORT_ROW_FIELDS(F, S)                                                                                        \
    F(S, TEXT, mapping, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "name of the mapping")                         \
    F(S, INT, line, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "line of the file")                                \
    F(S, ID, request_id, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "the request it became")                      \
    F(S, BLOB, box, .read = READ_NOBODY, .doc = "the row as CSV, sealed")
struct import_row {
    IMPORT_ROW_FIELDS(FIELD_MEMBER, import_row)
};
extern const struct record import_source_record;
extern const struct record import_row_record;
extern const struct route exchange_routes[];
extern const struct job exchange_jobs[];

#define IMPORT_ROW_MAX_BYTES (1 << 20)
#define IMPORT_FAULTS_MAX 10000
