// SPDX-License-Identifier: MulanPSL-2.0
// Inside of src/http: from who publishes to the loops that have readers.
#pragma once
#include "http/stream.h"

#include <stdatomic.h>
#include <stdbool.h>

#define STREAM_MAX_TOPICS 256
#define STREAM_MAX_MESSAGE_BYTES (64 << 10)

// One event, ready to be sent; shared by all its readers.
struct stream_message {
    _Atomic int refs;
    uint64_t serial; // tells deliveries apart when several topics of one reader meet
    int64_t tenant_id;
    int64_t close_session; // not 0: no event; readers of this session end
    size_t topic_count, n;
    const int64_t *topics;
    const char *bytes;
};
void stream_message_ref(struct stream_message *message);
void stream_message_unref(struct stream_message *message);

struct stream_sink {
    void (*put)(struct stream_sink *sink, struct stream_message *message); // takes over the reference; must not block
    struct stream_sink *next;
};
void stream_attach(struct stream *stream, struct stream_sink *sink);
void stream_detach(struct stream *stream, struct stream_sink *sink);
