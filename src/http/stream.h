// SPDX-License-Identifier: MulanPSL-2.0
// Live streams (server-sent events). Publishing is cheap and never blocks: a reader that falls behind is closed and
// comes back with a fresh page. Topics are ids of places, persons, posts: a reader hears what meets any of its own.
#pragma once
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct stream;
struct stream *stream_new(void);
void stream_free(struct stream *stream);
void stream_publish(struct stream *stream, int64_t tenant_id, const int64_t *topics, size_t count, int64_t event_id,
                    struct str type, struct str data_json);
// Ends the streams of a session that is no longer valid (signed out, revoked).
void stream_close_session(struct stream *stream, int64_t tenant_id, int64_t session_id);
