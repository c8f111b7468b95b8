// SPDX-License-Identifier: MulanPSL-2.0
// Records and JSON by their field table (base/field.h).
#pragma once
#include "crypto/seal.h"
#include "json/json.h"

enum record_input { RECORD_CREATE, RECORD_CHANGE };

// Reads an object into row. Only FIELD_INPUT fields are taken: any other member fails with json.unknown_field and its
// name. RECORD_CREATE demands the FIELD_REQUIRED ones; RECORD_CHANGE leaves absent members as they are. Checks type,
// range, length, UTF-8, control characters (line breaks only with FIELD_MULTILINE), enum names; text is trimmed. All
// faults of one object are not collected: the first fails, with error.field set. FIELD_SEALED members are sealed under
// row_id, so set ids first. Fails with ERR_INVALID and keys field.*.
enum err record_from_json(struct ctx *c, const struct record *record, const struct json *object, enum record_input mode,
                          int64_t row_id, void *row);
// The members only, for use between json_object_begin and json_object_end, so that callers can add their own.
// readers: what the reader is to this row (set of field_reader). FIELD_PERSONAL fields are written masked
// (138****1234, 李*) whatever the reader; reading them in clear goes through record_open_personal (flow/personal.h).
void record_members_to_json(struct ctx *c, const struct record *record, const void *row, int64_t row_id,
                            unsigned readers, struct json_writer *w);
void record_to_json(struct ctx *c, const struct record *record, const void *row, int64_t row_id, unsigned readers,
                    struct json_writer *w);
// JSON schema (OpenAPI 3.1) of what is sent (input) or answered.
void record_schema(const struct record *record, bool input, struct json_writer *w);
// CSV: header line and one row, with only what the readers may see. Personal fields masked.
void record_csv_header(const struct record *record, unsigned readers, struct buf *out);
void record_csv_row(struct ctx *c, const struct record *record, const void *row, int64_t row_id, unsigned readers,
                    struct buf *out);
// "13812341234" -> "138****1234"; names keep the first character; anything else keeps the first and last quarter.
struct str mask_text(struct arena *arena, struct str clear);
