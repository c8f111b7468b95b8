// SPDX-License-Identifier: MulanPSL-2.0
// An event with members: begin, write members with the writer, append. The buffer lives in between only.
#pragma once
#include "flow/event.h"

struct event_data {
    struct buf buf;
    struct json_writer w;
};

static inline struct json_writer *event_data_begin(struct event_data *data)
{
    buf_init(&data->buf, EVENT_DATA_MAX);
    json_writer_init(&data->w, &data->buf);
    json_object_begin(&data->w);
    return &data->w;
}

// Ends the object, appends the event, frees the buffer.
static inline enum err event_data_append(struct ctx *c, struct event_data *data, const char *subject_kind,
                                         int64_t subject_id, const char *type)
{
    json_object_end(&data->w);
    bool full = data->buf.full;
    struct str text = str_copy(c->arena, buf_str(&data->buf));
    buf_free(&data->buf);
    if (full)
        return fail(c, ERR_TOO_LARGE, "event.data_too_large");
    return event_append(c, subject_kind, subject_id, type, text, NULL);
}
