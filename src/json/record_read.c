// SPDX-License-Identifier: MulanPSL-2.0
// JSON into a record.
#include "base/clock.h"
#include "base/id.h"
#include "json/record_json.h"

#include <math.h>
#include <string.h>

#define DEFAULT_IDS_MAX 100
#define RECORDS_TEXT_MAX 65536

struct input {
    const struct record *record;
    const struct field *field;
    const struct json *value;
    int64_t row_id;
    void *row;
};

static enum err refuse(struct ctx *c, const struct field *field, const char *key)
{
    return fail_field(c, ERR_INVALID, key, str_of(field->name));
}

static enum err refuse_limit(struct ctx *c, const struct field *field, const char *key, int64_t limit0, int64_t limit1)
{
    enum err code = refuse(c, field, key);
    c->error.args[0] = str_format(c->arena, "%lld", (long long)limit0);
    c->error.args[1] = str_format(c->arena, "%lld", (long long)limit1);
    return code;
}

// White space, the ideographic space U+3000 that Chinese keyboards give included, and what shows nothing at all: a text
// of these alone is empty.
static struct str trim(struct str s)
{
    static const struct str blanks[] = {
        STR_INIT("\xE3\x80\x80"), // ideographic space
        STR_INIT("\xC2\xA0"),     // no-break space
        STR_INIT("\xC2\xAD"),     // soft hyphen
        STR_INIT("\xE2\x80\x8B"), // zero-width space
        STR_INIT("\xE2\x80\x8C"), // zero-width non-joiner
        STR_INIT("\xE2\x80\x8D"), // zero-width joiner
        STR_INIT("\xE2\x81\xA0"), // word joiner
        STR_INIT("\xEF\xBB\xBF"), // byte order mark
        STR_INIT("\xE3\x85\xA4"), // Hangul filler
    };
    for (;;) {
        size_t before = s.n;
        s = str_trim(s);
        for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
            if (str_starts_with(s, blanks[i]))
                s = (struct str){s.p + blanks[i].n, s.n - blanks[i].n};
            if (str_ends_with(s, blanks[i]))
                s.n -= blanks[i].n;
        }
        if (s.n == before)
            return s;
    }
}

// Control characters, what XML and CSV cannot carry, and the marks that turn the direction of what follows (they let
// one text look like another).
static bool is_forbidden(int32_t c, bool multiline)
{
    if (c < 0x20)
        return !(multiline && (c == '\n' || c == '\r' || c == '\t'));
    if (c >= 0x7F && c <= 0x9F)
        return true;
    if (c == 0x2028 || c == 0x2029)
        return !multiline;
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || (c & 0xFFFE) == 0xFFFE;
}

static enum err check_text(struct ctx *c, const struct field *field, struct str text)
{
    bool multiline = field->flags & FIELD_MULTILINE;
    int64_t count = 0;
    size_t pos = 0;
    for (int32_t code_point = utf8_next(text, &pos); code_point >= 0; code_point = utf8_next(text, &pos), count++)
        if (is_forbidden(code_point, multiline))
            return refuse(c, field, "field.bad_character");
    if (count > field_text_max(field))
        return refuse_limit(c, field, "field.too_long", field_text_max(field), count);
    if (count > 0 && count < field->min)
        return refuse_limit(c, field, "field.too_short", field->min, count);
    return OK;
}

static enum err read_text(struct ctx *c, const struct input *in)
{
    if (json_kind(in->value) != JSON_STRING)
        return refuse(c, in->field, "field.wrong_type");
    struct str text = trim(json_str(in->value));
    if (text.n == 0 && in->field->flags & FIELD_REQUIRED)
        return refuse(c, in->field, "field.missing");
    TRY(check_text(c, in->field, text));
    if (in->field->type == FIELD_SEALED)
        text = seal_field(c, in->record, in->field, in->row_id, text);
    *field_str(in->field, in->row) = text;
    return OK;
}

static enum err read_blob(struct ctx *c, const struct input *in)
{
    struct str bytes;
    if (json_kind(in->value) != JSON_STRING)
        return refuse(c, in->field, "field.wrong_type");
    struct str hex = json_str(in->value);
    if (hex.n == 0 && in->field->flags & FIELD_REQUIRED)
        return refuse(c, in->field, "field.missing");
    int64_t count = (int64_t)(hex.n / 2);
    if (count > field_text_max(in->field))
        return refuse_limit(c, in->field, "field.too_long", field_text_max(in->field), count);
    if (hex.n && count < in->field->min)
        return refuse_limit(c, in->field, "field.too_short", in->field->min, count);
    if (!str_from_hex(c->arena, hex, &bytes))
        return refuse(c, in->field, "field.bad_character");
    *field_str(in->field, in->row) = bytes;
    return OK;
}

// min and max both 0: no limits.
static enum err read_number(struct ctx *c, const struct input *in)
{
    const struct field *field = in->field;
    bool limited = field->min || field->max;
    enum json_kind kind = json_kind(in->value);
    if (field->type == FIELD_INT) {
        if (kind != JSON_INT)
            return refuse(c, field, "field.wrong_type");
        int64_t value = json_int(in->value);
        if (limited && (value < field->min || value > field->max))
            return refuse_limit(c, field, "field.out_of_range", field->min, field->max);
        *field_int(field, in->row) = value;
        return OK;
    }
    if (kind != JSON_INT && kind != JSON_REAL)
        return refuse(c, field, "field.wrong_type");
    double value = json_number(in->value);
    if (!isfinite(value) || (limited && (value < (double)field->min || value > (double)field->max)))
        return refuse_limit(c, field, "field.out_of_range", field->min, field->max);
    *field_real(field, in->row) = value;
    return OK;
}

// An id or a time: a string; empty is the same as null.
static enum err read_id_or_time(struct ctx *c, const struct input *in)
{
    bool is_id = in->field->type == FIELD_ID;
    int64_t value = 0;
    if (json_kind(in->value) != JSON_STRING)
        return refuse(c, in->field, "field.wrong_type");
    struct str text = json_str(in->value);
    if (text.n && !(is_id ? id_parse(text, &value) : time_parse(text, &value)))
        return refuse(c, in->field, is_id ? "field.bad_id" : "field.bad_time");
    if (value == 0 && in->field->flags & FIELD_REQUIRED)
        return refuse(c, in->field, "field.missing");
    *field_int(in->field, in->row) = value;
    return OK;
}

static enum err read_enum(struct ctx *c, const struct input *in)
{
    if (json_kind(in->value) != JSON_STRING)
        return refuse(c, in->field, "field.wrong_type");
    int value = enum_from_name(in->field->names, json_str(in->value));
    if (value < 0)
        return refuse(c, in->field, "field.unknown_value");
    *field_enum(in->field, in->row) = value;
    return OK;
}

// Kept as text: the canonical forms joined by commas. A repeated id is taken once.
static enum err read_ids(struct ctx *c, const struct input *in)
{
    const struct field *field = in->field;
    int64_t max = field->max > 0 ? field->max : DEFAULT_IDS_MAX;
    int64_t count = 0;
    if (json_kind(in->value) != JSON_ARRAY)
        return refuse(c, field, "field.wrong_type");
    if (json_count(in->value) > (size_t)max)
        return refuse_limit(c, field, "field.too_long", max, (int64_t)json_count(in->value));
    char *text = arena_array(c->arena, (size_t)max, ID_TEXT_LENGTH + 1);
    for (size_t i = 0; i < json_count(in->value); i++) {
        const struct json *element = json_at(in->value, i);
        char one[ID_TEXT_LENGTH + 1];
        int64_t id;
        if (json_kind(element) != JSON_STRING)
            return refuse(c, field, "field.wrong_type");
        if (!id_parse(json_str(element), &id))
            return refuse(c, field, "field.bad_id");
        id_format(id, one);
        size_t n = count ? (size_t)count * (ID_TEXT_LENGTH + 1) - 1 : 0;
        if (str_find((struct str){text, n}, str_of(one), 0) != (size_t)-1)
            continue;
        if (n)
            text[n++] = ',';
        memcpy(text + n, one, ID_TEXT_LENGTH);
        count++;
    }
    if (count == 0 && field->flags & FIELD_REQUIRED)
        return refuse(c, field, "field.missing");
    if (count < field->min && count)
        return refuse_limit(c, field, "field.too_short", field->min, count);
    *field_str(field, in->row) = (struct str){text, count ? (size_t)count * (ID_TEXT_LENGTH + 1) - 1 : 0};
    return OK;
}

// An array of records: each is read by its own table, and kept as that table writes it. max: how many.
static enum err read_records(struct ctx *c, const struct input *in)
{
    const struct field *field = in->field;
    struct buf text;
    struct json_writer w;
    enum err err = OK;
    if (!field->of || !(field->flags & FIELD_MANY) || json_kind(in->value) != JSON_ARRAY)
        return refuse(c, field, "field.wrong_type");
    size_t count = json_count(in->value);
    if (count > (size_t)field->max)
        return refuse_limit(c, field, "field.too_long", field->max, (int64_t)count);
    if (count == 0 && field->flags & FIELD_REQUIRED)
        return refuse(c, field, "field.missing");
    buf_init(&text, RECORDS_TEXT_MAX);
    json_writer_init(&w, &text);
    json_array_begin(&w);
    for (size_t i = 0; i < count && err == OK; i++) {
        void *one = arena_alloc(c->arena, field->of->size_bytes);
        err = record_from_json(c, field->of, json_at(in->value, i), RECORD_CREATE, 0, one);
        if (err == OK)
            record_to_json(c, field->of, one, 0, READ_ALL, &w);
    }
    json_array_end(&w);
    if (err == OK && text.full)
        err = refuse_limit(c, field, "field.too_long", RECORDS_TEXT_MAX, (int64_t)count);
    if (err == OK)
        *field_str(field, in->row) = str_copy(c->arena, buf_str(&text));
    buf_free(&text);
    return err;
}

// null clears what can be absent.
static enum err read_null(struct ctx *c, const struct input *in)
{
    if (in->field->flags & FIELD_REQUIRED)
        return refuse(c, in->field, "field.missing");
    switch (in->field->type) {
    case FIELD_TEXT:
    case FIELD_SEALED:
    case FIELD_BLOB:
    case FIELD_IDS:
        *field_str(in->field, in->row) = STR("");
        return OK;
    case FIELD_ID:
    case FIELD_TIME:
        *field_int(in->field, in->row) = 0;
        return OK;
    case FIELD_INT:
    case FIELD_BOOL:
    case FIELD_REAL:
    case FIELD_ENUM:
    case FIELD_JSON:
        break;
    }
    return refuse(c, in->field, "field.wrong_type");
}

static enum err read_value(struct ctx *c, const struct input *in)
{
    if (json_kind(in->value) == JSON_NULL)
        return read_null(c, in);
    switch (in->field->type) {
    case FIELD_TEXT:
    case FIELD_SEALED:
        return read_text(c, in);
    case FIELD_BLOB:
        return read_blob(c, in);
    case FIELD_INT:
    case FIELD_REAL:
        return read_number(c, in);
    case FIELD_ID:
    case FIELD_TIME:
        return read_id_or_time(c, in);
    case FIELD_ENUM:
        return read_enum(c, in);
    case FIELD_IDS:
        return read_ids(c, in);
    case FIELD_JSON:
        return read_records(c, in);
    case FIELD_BOOL:
        break;
    }
    if (json_kind(in->value) != JSON_BOOL)
        return refuse(c, in->field, "field.wrong_type");
    *field_bool(in->field, in->row) = json_bool(in->value);
    return OK;
}

enum err record_from_json(struct ctx *c, const struct record *record, const struct json *object, enum record_input mode,
                          int64_t row_id, void *row)
{
    if (json_kind(object) != JSON_OBJECT)
        return fail(c, ERR_INVALID, "json.not_an_object");
    for (size_t i = 0; i < json_count(object); i++) {
        struct str key;
        const struct json *value = json_member(object, i, &key);
        const struct field *field = record_field(record, key);
        if (!field || !(field->flags & FIELD_INPUT))
            return fail_field(c, ERR_INVALID, "json.unknown_field", utf8_prefix(key, 60));
        struct input in = {record, field, value, row_id, row};
        TRY(read_value(c, &in));
    }
    const unsigned demanded = FIELD_INPUT | FIELD_REQUIRED;
    for (size_t i = 0; mode == RECORD_CREATE && i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        if ((field->flags & demanded) == demanded && !json_get(object, field->name))
            return refuse(c, field, "field.missing");
    }
    return OK;
}
