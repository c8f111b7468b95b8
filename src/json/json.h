// SPDX-License-Identifier: MulanPSL-2.0
// JSON (RFC 8259) in and out. Reading goes through jansson behind strict limits; writing goes straight into a buffer.
#pragma once
#include "base/buf.h"
#include "base/ctx.h"
#include "base/field.h"

#define JSON_MAX_DEPTH 32

struct json; // a parsed value, owned by the arena

// Fails with ERR_INVALID: json.malformed ({0} = line and column, in words), json.too_deep, json.bad_utf8,
// json.duplicate_key.
enum err json_parse(struct ctx *c, struct str text, const struct json **ret_value);
enum json_kind { JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
enum json_kind json_kind(const struct json *value);
const struct json *json_get(const struct json *object, const char *key); // NULL when absent or not an object
struct str json_str(const struct json *value);                           // empty unless JSON_STRING
int64_t json_int(const struct json *value);                              // 0 unless JSON_INT
double json_number(const struct json *value);                            // of JSON_REAL and JSON_INT
bool json_bool(const struct json *value);
size_t json_count(const struct json *value); // elements of an array or members of an object
const struct json *json_at(const struct json *array, size_t index);
// Members of an object in order: key and value of the index-th.
const struct json *json_member(const struct json *object, size_t index, struct str *ret_key);

// Appends to a buffer; commas are its own business. No depth limit beyond JSON_MAX_DEPTH (asserted).
struct json_writer {
    struct buf *out;
    unsigned depth;
    bool need_comma[JSON_MAX_DEPTH + 1];
};
void json_writer_init(struct json_writer *w, struct buf *out);
void json_object_begin(struct json_writer *w);
void json_object_end(struct json_writer *w);
void json_array_begin(struct json_writer *w);
void json_array_end(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);
void json_put_str(struct json_writer *w, struct str s); // invalid UTF-8 becomes U+FFFD
void json_put_z(struct json_writer *w, const char *z);
void json_put_int(struct json_writer *w, int64_t value);
void json_put_real(struct json_writer *w, double value);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);
void json_put_id(struct json_writer *w, int64_t id);       // null when 0
void json_put_time(struct json_writer *w, int64_t at_ms);  // null when 0
void json_put_raw(struct json_writer *w, struct str json); // text that is JSON already
// The shape of every list that is answered: {"items": [ … ], "next": id to go on from, or null at the end (0)}.
void json_list_begin(struct json_writer *w, struct buf *out); // json_writer_init is in it
void json_list_end(struct json_writer *w, int64_t next_id);
