// SPDX-License-Identifier: MulanPSL-2.0
// Records as JSON schema (OpenAPI 3.1).
#include "json/record_json.h"

#include <stdio.h>

static void put_type(struct json_writer *w, const char *type, bool or_null)
{
    json_key(w, "type");
    if (!or_null) {
        json_put_z(w, type);
        return;
    }
    json_array_begin(w);
    json_put_z(w, type);
    json_put_z(w, "null");
    json_array_end(w);
}

static void put_int(struct json_writer *w, const char *key, int64_t value)
{
    json_key(w, key);
    json_put_int(w, value);
}

static void put_text_limits(const struct field *field, int64_t unit, struct json_writer *w)
{
    if (field->min > 0)
        put_int(w, "minLength", field->min * unit);
    put_int(w, "maxLength", field_text_max(field) * unit);
}

static void put_names(const struct field *field, struct json_writer *w)
{
    json_key(w, "enum");
    json_array_begin(w);
    for (size_t i = 0; field->names[i]; i++)
        json_put_z(w, field->names[i]);
    json_array_end(w);
}

static void put_reference(const struct record *of, struct json_writer *w)
{
    json_object_begin(w);
    if (of) {
        char path[128];
        snprintf(path, sizeof(path), "#/components/schemas/%s", of->name);
        json_key(w, "$ref");
        json_put_z(w, path);
    }
    json_object_end(w);
}

// What a FIELD_JSON holds, or null.
static void put_shape(const struct field *field, struct json_writer *w)
{
    if (!field->of && !(field->flags & FIELD_MANY))
        return; // anything
    json_key(w, "anyOf");
    json_array_begin(w);
    if (field->flags & FIELD_MANY) {
        json_object_begin(w);
        put_type(w, "array", false);
        json_key(w, "items");
        put_reference(field->of, w);
        json_object_end(w);
    } else {
        put_reference(field->of, w);
    }
    json_object_begin(w);
    put_type(w, "null", false);
    json_object_end(w);
    json_array_end(w);
}

static void put_ids(const struct field *field, bool or_null, struct json_writer *w)
{
    put_type(w, "array", or_null);
    json_key(w, "items");
    json_object_begin(w);
    put_type(w, "string", false);
    json_key(w, "format");
    json_put_z(w, "linli-id");
    json_object_end(w);
    put_int(w, "maxItems", field->max > 0 ? field->max : 100);
}

static void put_type_of(const struct field *field, bool input, struct json_writer *w)
{
    bool or_null = input ? !(field->flags & FIELD_REQUIRED) : true;
    bool hidden = !input && field->flags & FIELD_PERSONAL; // written as null
    switch (field->type) {
    case FIELD_INT:
    case FIELD_REAL:
        put_type(w, field->type == FIELD_INT ? "integer" : "number", hidden);
        if (field->min || field->max) {
            put_int(w, "minimum", field->min);
            put_int(w, "maximum", field->max);
        }
        break;
    case FIELD_BOOL:
        put_type(w, "boolean", hidden);
        break;
    case FIELD_ID:
        put_type(w, "string", or_null);
        json_key(w, "format");
        json_put_z(w, "linli-id");
        break;
    case FIELD_TIME:
        put_type(w, "string", or_null);
        json_key(w, "format");
        json_put_z(w, "date-time");
        break;
    case FIELD_ENUM:
        put_type(w, "string", hidden);
        put_names(field, w);
        break;
    case FIELD_TEXT:
        put_type(w, "string", input && or_null);
        put_text_limits(field, 1, w);
        break;
    case FIELD_SEALED:
        put_type(w, "string", or_null);
        put_text_limits(field, 1, w);
        break;
    case FIELD_BLOB:
        put_type(w, "string", (input && or_null) || hidden);
        json_key(w, "pattern");
        json_put_z(w, "^([0-9a-f]{2})*$");
        put_text_limits(field, 2, w);
        break;
    case FIELD_IDS:
        put_ids(field, (input && or_null) || hidden, w);
        break;
    case FIELD_JSON:
        put_shape(field, w);
        break;
    }
}

static void put_readers(unsigned readers, struct json_writer *w)
{
    static const char *const names[] = {"public", "owner", "handler", "scope", "admin"};
    json_key(w, "x-readers");
    json_array_begin(w);
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (readers & 1u << i)
            json_put_z(w, names[i]);
    json_array_end(w);
}

static void put_property(const struct field *field, bool input, struct json_writer *w)
{
    json_key(w, field->name);
    json_object_begin(w);
    put_type_of(field, input, w);
    if (field->doc) {
        json_key(w, "description");
        json_put_z(w, field->doc);
    }
    if (field->purpose) {
        json_key(w, "x-purpose");
        json_put_z(w, field->purpose);
    }
    if (field->flags & FIELD_PERSONAL) {
        json_key(w, "x-personal");
        json_put_bool(w, true);
    }
    if (!input)
        put_readers(field->read, w);
    json_object_end(w);
}

static bool is_part(const struct field *field, bool input)
{
    return input ? field->flags & FIELD_INPUT : field->read != READ_NOBODY;
}

void record_schema(const struct record *record, bool input, struct json_writer *w)
{
    bool any_required = false;
    json_object_begin(w);
    put_type(w, "object", false);
    json_key(w, "properties");
    json_object_begin(w);
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        if (!is_part(field, input))
            continue;
        put_property(field, input, w);
        any_required = any_required || field->flags & FIELD_REQUIRED;
    }
    json_object_end(w);
    if (input && any_required) { // of what creates; a change may leave any out
        json_key(w, "required");
        json_array_begin(w);
        for (size_t i = 0; i < record->field_count; i++)
            if (is_part(&record->fields[i], input) && record->fields[i].flags & FIELD_REQUIRED)
                json_put_z(w, record->fields[i].name);
        json_array_end(w);
    }
    if (input) {
        json_key(w, "additionalProperties");
        json_put_bool(w, false);
    }
    json_object_end(w);
}
