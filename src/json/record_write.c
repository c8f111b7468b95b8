// SPDX-License-Identifier: MulanPSL-2.0
// Records into JSON and CSV.
#include "base/clock.h"
#include "base/csv.h"
#include "base/id.h"
#include "base/log.h"
#include "json/record_json.h"

static const void *member(const struct field *field, const void *row)
{
    return (const char *)row + field->offset;
}

static bool shown(const struct field *field, unsigned readers)
{
    return field->read & readers;
}

// The text to show: opened, and masked when it is personal. A box that does not open must not hide the rest of the
// record: it is shown as absent, and the log says where it lies.
static struct str visible_text(struct ctx *c, const struct record *record, const struct field *field, const void *row,
                               int64_t row_id)
{
    const struct str *stored = member(field, row);
    struct str text = *stored;
    if (field->type == FIELD_SEALED) {
        struct error before = c->error;
        if (open_field(c, record, field, row_id, *stored, &text) != OK) {
            char id[ID_TEXT_LENGTH + 1];
            id_format(row_id < 0 ? 0 : row_id, id);
            log_error("a sealed field does not open record=%s field=%s id=%s", record->name, field->name, id);
            c->error = before;
            text = (struct str){"", 0};
        }
    }
    return field->flags & FIELD_PERSONAL ? mask_text(c->arena, text) : text;
}

static const char *enum_name(const struct field *field, const void *row)
{
    const int *value = member(field, row);
    for (int i = 0; field->names[i]; i++)
        if (i == *value)
            return field->names[i];
    return "";
}

static void put_ids(struct str ids, struct json_writer *w)
{
    json_array_begin(w);
    while (ids.n)
        json_put_str(w, str_cut(&ids, ','));
    json_array_end(w);
}

static void put_value(struct ctx *c, const struct record *record, const struct field *field, const void *row,
                      int64_t row_id, struct json_writer *w)
{
    const void *at = member(field, row);
    switch (field->type) {
    case FIELD_INT:
        json_put_int(w, *(const int64_t *)at);
        break;
    case FIELD_BOOL:
        json_put_bool(w, *(const bool *)at);
        break;
    case FIELD_REAL:
        json_put_real(w, *(const double *)at);
        break;
    case FIELD_ID:
        json_put_id(w, *(const int64_t *)at);
        break;
    case FIELD_TIME:
        json_put_time(w, *(const int64_t *)at);
        break;
    case FIELD_ENUM:
        json_put_z(w, enum_name(field, row));
        break;
    case FIELD_TEXT:
        json_put_str(w, visible_text(c, record, field, row, row_id));
        break;
    case FIELD_SEALED: {
        struct str text = visible_text(c, record, field, row, row_id);
        if (text.n)
            json_put_str(w, text);
        else
            json_put_null(w);
        break;
    }
    case FIELD_BLOB: {
        const struct str *bytes = at;
        json_put_str(w, str_hex(c->arena, bytes->p, bytes->n));
        break;
    }
    case FIELD_IDS:
        put_ids(*(const struct str *)at, w);
        break;
    case FIELD_JSON: {
        const struct str *json = at;
        json_put_raw(w, json->n ? *json : STR("null"));
        break;
    }
    }
}

static bool is_text(const struct field *field)
{
    return field->type == FIELD_TEXT || field->type == FIELD_SEALED;
}

void record_members_to_json(struct ctx *c, const struct record *record, const void *row, int64_t row_id,
                            unsigned readers, struct json_writer *w)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        if (!shown(field, readers))
            continue;
        json_key(w, field->name);
        if (field->flags & FIELD_PERSONAL && !is_text(field))
            json_put_null(w); // there is no half of a number
        else
            put_value(c, record, field, row, row_id, w);
    }
}

void record_to_json(struct ctx *c, const struct record *record, const void *row, int64_t row_id, unsigned readers,
                    struct json_writer *w)
{
    json_object_begin(w);
    record_members_to_json(c, record, row, row_id, readers, w);
    json_object_end(w);
}

void record_csv_header(const struct record *record, unsigned readers, struct buf *out)
{
    bool first = true;
    for (size_t i = 0; i < record->field_count; i++) {
        if (!shown(&record->fields[i], readers))
            continue;
        csv_write_field(out, str_of(record->fields[i].name), first, true);
        first = false;
    }
    csv_write_end(out);
}

static struct str csv_value(struct ctx *c, const struct record *record, const struct field *field, const void *row,
                            int64_t row_id)
{
    const void *at = member(field, row);
    char text[40];
    switch (field->type) {
    case FIELD_INT:
        return str_format(c->arena, "%lld", (long long)*(const int64_t *)at);
    case FIELD_BOOL:
        return *(const bool *)at ? STR("true") : STR("false");
    case FIELD_REAL:
        return str_format(c->arena, "%.15g", *(const double *)at);
    case FIELD_ID:
        return *(const int64_t *)at ? id_text(c->arena, *(const int64_t *)at) : STR("");
    case FIELD_TIME:
        if (*(const int64_t *)at == 0)
            return STR("");
        time_format(*(const int64_t *)at, text);
        return str_copy(c->arena, str_of(text));
    case FIELD_ENUM:
        return str_of(enum_name(field, row));
    case FIELD_BLOB:
        return str_hex(c->arena, ((const struct str *)at)->p, ((const struct str *)at)->n);
    case FIELD_IDS:
    case FIELD_JSON:
        return *(const struct str *)at;
    case FIELD_TEXT:
    case FIELD_SEALED:
        break;
    }
    return visible_text(c, record, field, row, row_id);
}

void record_csv_row(struct ctx *c, const struct record *record, const void *row, int64_t row_id, unsigned readers,
                    struct buf *out)
{
    bool first = true;
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        if (!shown(field, readers))
            continue;
        struct str value = STR("");
        if (!(field->flags & FIELD_PERSONAL) || is_text(field))
            value = csv_value(c, record, field, row, row_id);
        csv_write_field(out, value, first, is_text(field) || field->type == FIELD_JSON);
        first = false;
    }
    csv_write_end(out);
}
