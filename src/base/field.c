// SPDX-License-Identifier: MulanPSL-2.0
#include "base/field.h"

#define DEFAULT_TEXT_MAX 200 // code points

const struct field *record_field(const struct record *record, struct str name)
{
    for (size_t i = 0; i < record->field_count; i++)
        if (str_equal_z(name, record->fields[i].name))
            return &record->fields[i];
    return NULL;
}

static void *member(const struct field *field, void *row)
{
    return (char *)row + field->offset;
}

int64_t *field_int(const struct field *field, void *row)
{
    return member(field, row);
}

bool *field_bool(const struct field *field, void *row)
{
    return member(field, row);
}

double *field_real(const struct field *field, void *row)
{
    return member(field, row);
}

struct str *field_str(const struct field *field, void *row)
{
    return member(field, row);
}

int *field_enum(const struct field *field, void *row)
{
    return member(field, row);
}

int enum_from_name(const char *const *names, struct str name)
{
    for (int i = 0; names[i]; i++)
        if (str_equal_z(name, names[i]))
            return i;
    return -1;
}

int64_t field_text_max(const struct field *field)
{
    return field->max > 0 ? field->max : DEFAULT_TEXT_MAX;
}
