// SPDX-License-Identifier: MulanPSL-2.0
// Hostile JSON: parsed, read into a record by its field table, and written again. What we write we must accept.
#include "json/record_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sample {
    int64_t id, place_id, at, count;
    bool flag;
    double lat;
    struct str title, words, phone, proof, media;
    int kind;
};
static const char *const kinds[] = {"wish", "repair", NULL};
#define IN .flags = FIELD_INPUT, .read = READ_ALL
static const struct field fields[] = {
    {FIELD_AT(struct sample, place_id), .type = FIELD_ID, IN},
    {FIELD_AT(struct sample, at), .type = FIELD_TIME, IN},
    {FIELD_AT(struct sample, count), .type = FIELD_INT, IN, .min = -5, .max = 5},
    {FIELD_AT(struct sample, flag), .type = FIELD_BOOL, IN},
    {FIELD_AT(struct sample, lat), .type = FIELD_REAL, IN},
    {FIELD_AT(struct sample, title), .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL,
     .max = 20},
    {FIELD_AT(struct sample, words), .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_MULTILINE, .read = READ_ALL},
    {FIELD_AT(struct sample, phone), .type = FIELD_SEALED, IN},
    {FIELD_AT(struct sample, proof), .type = FIELD_BLOB, IN},
    {FIELD_AT(struct sample, media), .type = FIELD_IDS, IN, .max = 5},
    {FIELD_AT(struct sample, kind), .type = FIELD_ENUM, IN, .names = kinds},
};
static const struct record record = {.name = "sample", .table = "sample", FIELDS(fields)};

static void walk(const struct json *v, struct json_writer *w)
{
    switch (json_kind(v)) {
    case JSON_NULL:
        json_put_null(w);
        break;
    case JSON_BOOL:
        json_put_bool(w, json_bool(v));
        break;
    case JSON_INT:
        json_put_int(w, json_int(v));
        break;
    case JSON_REAL:
        json_put_real(w, json_number(v));
        break;
    case JSON_STRING:
        json_put_str(w, json_str(v));
        break;
    case JSON_ARRAY:
        json_array_begin(w);
        for (size_t i = 0; i < json_count(v); i++)
            walk(json_at(v, i), w);
        json_array_end(w);
        break;
    case JSON_OBJECT:
        json_object_begin(w);
        for (size_t i = 0; i < json_count(v); i++) {
            struct str key;
            const struct json *member = json_member(v, i, &key);
            // Keys of our own never hold a NUL, nor can those that were parsed.
            char z[65536];
            if (key.n >= sizeof(z))
                abort();
            for (size_t k = 0; k < key.n; k++)
                z[k] = key.p[k];
            z[key.n] = 0;
            json_key(w, z);
            walk(member, w);
        }
        json_object_end(w);
        break;
    }
}

static void write_again(struct ctx *c, const struct json *v, struct buf *out)
{
    struct json_writer w;
    buf_clear(out);
    json_writer_init(&w, out);
    walk(v, &w);
    struct str first = str_copy(c->arena, buf_str(out));
    const struct json *again;
    if (out->full || json_parse(c, first, &again) != OK)
        abort();
    buf_clear(out);
    json_writer_init(&w, out);
    walk(again, &w);
    if (!str_equal(first, buf_str(out)))
        abort();
}

static void through_record(struct ctx *c, const struct json *v, struct buf *out)
{
    struct sample row = {0};
    if (record_from_json(c, &record, v, RECORD_CREATE, 7, &row) != OK)
        return;
    struct json_writer w;
    buf_clear(out);
    json_writer_init(&w, out);
    record_to_json(c, &record, &row, 7, READ_ALL, &w);
    const struct json *again;
    struct sample back = {0};
    if (json_parse(c, buf_str(out), &again) != OK)
        abort();
    if (record_from_json(c, &record, again, RECORD_CREATE, 7, &back) != OK)
        abort();
    if (!str_equal(row.title, back.title) || !str_equal(row.words, back.words) || !str_equal(row.media, back.media) ||
        !str_equal(row.proof, back.proof) || row.at != back.at || row.place_id != back.place_id ||
        row.kind != back.kind)
        abort();
    record_csv_row(c, &record, &row, 7, READ_ALL, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 60000)
        return 0;
    struct house house = {.keys = keys_for_test(SUITE_STD)};
    struct ctx c = {.arena = arena_new(64u << 20), .house = &house, .lang = "en"};
    struct buf out;
    const struct json *v;
    buf_init(&out, 16u << 20);
    if (json_parse(&c, (struct str){(const char *)data, size}, &v) == OK) {
        write_again(&c, v, &out);
        through_record(&c, v, &out);
    }
    buf_free(&out);
    arena_free(c.arena);
    keys_free(house.keys);
    return 0;
}
