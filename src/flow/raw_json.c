// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/raw_json.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_text(const struct field *field)
{
    return field->type == FIELD_TEXT;
}

void raw_write(const struct record *record, const void *row, struct json_writer *w)
{
    json_object_begin(w);
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        const char *at = (const char *)row + field->offset;
        json_key(w, field->name);
        if (is_text(field)) {
            json_put_str(w, *(const struct str *)(const void *)at);
        } else {
            char digits[24];
            snprintf(digits, sizeof digits, "%" PRId64, *(const int64_t *)(const void *)at);
            json_put_z(w, digits);
        }
    }
    json_object_end(w);
}

bool raw_read(const struct record *record, const struct json *object, void *row)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const struct field *field = &record->fields[i];
        const struct json *value = json_get(object, field->name);
        if (!value || json_kind(value) != JSON_STRING)
            return false;
        if (is_text(field))
            *field_str(field, row) = json_str(value);
        else if (!str_to_int64(json_str(value), field_int(field, row)))
            return false;
    }
    return true;
}
