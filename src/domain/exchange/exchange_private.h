// SPDX-License-Identifier: MulanPSL-2.0
#pragma once
#include "domain/exchange/exchange.h"

struct import_source {
    struct str mapping, header;
};
struct import_row {
    struct str mapping;
    int64_t line, request_id;
    struct str box; // the row as CSV, sealed under the request's id
};
extern const struct record import_source_record;
extern const struct record import_row_record;
extern const struct route exchange_routes[];
extern const struct job exchange_jobs[];

#define IMPORT_ROW_MAX_BYTES (1 << 20)
#define IMPORT_FAULTS_MAX 10000
