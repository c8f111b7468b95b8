// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/personal.h"

#include "crypto/seal.h"
#include "flow/event_data.h"

static enum err append_read(struct ctx *c, const struct record *record, const char *field, int64_t row_id,
                            struct str reason)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "field");
    json_put_z(w, field);
    event_note_put(c, w, row_id, reason);
    return event_data_append(c, &data, record->name, row_id, "personal.read");
}

enum err record_open_personal(struct ctx *c, const struct record *record, const char *field, const void *row,
                              int64_t row_id, struct str reason, struct str *ret_clear)
{
    const struct field *what = record_field(record, str_of(field));
    if (!what || what->type != FIELD_SEALED || !(what->flags & FIELD_PERSONAL))
        return fail(c, ERR_INTERNAL, "personal.no_such_field");
    reason = str_trim(reason);
    if (!reason.n)
        return fail_field(c, ERR_INVALID, "personal.reason_needed", STR("reason"));
    if (!utf8_valid(reason) || utf8_count(reason) > PERSONAL_REASON_MAX)
        return fail_field(c, ERR_INVALID, "personal.reason_too_long", STR("reason"));
    struct str box = *(const struct str *)(const void *)((const char *)row + what->offset), clear;
    TRY(append_read(c, record, field, row_id, reason));
    TRY(open_field(c, record, what, row_id, box, &clear));
    *ret_clear = clear;
    return OK;
}
