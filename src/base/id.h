// SPDX-License-Identifier: MulanPSL-2.0
// 63-bit ids, ordered by time: 41 bits of milliseconds since 2025-01-01, 10 of node, 12 of sequence. Made by the
// process, never by the database. Shown as 13 Crockford base32 characters and a check character; a string in JSON.
#pragma once
#include "base/str.h"

#include <stdint.h>

#define ID_EPOCH_MS INT64_C(1735689600000) // 2025-01-01T00:00:00Z
#define ID_TEXT_LENGTH 14

struct ids;
// high_water_ms: the newest time of which this node is known to have made ids; it never goes below that.
struct ids *ids_new(int node, int64_t high_water_ms);
void ids_free(struct ids *ids);
// Strictly growing within the process; thread-safe.
int64_t ids_next(struct ids *ids, int64_t now_ms);
int64_t id_time_ms(int64_t id);
int64_t id_floor(int64_t at_ms); // no id made at or after that time is smaller

void id_format(int64_t id, char out[ID_TEXT_LENGTH + 1]);
struct str id_text(struct arena *arena, int64_t id);
// Accepts lower case, I L O as 1 1 0, hyphens; false when the check character or the length is wrong.
bool id_parse(struct str text, int64_t *ret_id);
