// SPDX-License-Identifier: MulanPSL-2.0
#include "base/id.h"
#include "base/log.h"
#include "http/stream_hub.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct stream {
    pthread_mutex_t lock;
    struct stream_sink *sinks;
    uint64_t serial;
};

static void *must_alloc(size_t size)
{
    void *p = calloc(1, size);
    if (!p)
        abort();
    return p;
}

struct stream *stream_new(void)
{
    struct stream *stream = must_alloc(sizeof *stream);
    pthread_mutex_init(&stream->lock, NULL);
    return stream;
}

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    pthread_mutex_destroy(&stream->lock);
    free(stream);
}

void stream_attach(struct stream *stream, struct stream_sink *sink)
{
    pthread_mutex_lock(&stream->lock);
    sink->next = stream->sinks;
    stream->sinks = sink;
    pthread_mutex_unlock(&stream->lock);
}

void stream_detach(struct stream *stream, struct stream_sink *sink)
{
    pthread_mutex_lock(&stream->lock);
    struct stream_sink **at = &stream->sinks;
    while (*at && *at != sink)
        at = &(*at)->next;
    if (*at)
        *at = sink->next;
    pthread_mutex_unlock(&stream->lock);
}

void stream_message_ref(struct stream_message *message)
{
    atomic_fetch_add_explicit(&message->refs, 1, memory_order_relaxed);
}

void stream_message_unref(struct stream_message *message)
{
    if (atomic_fetch_sub_explicit(&message->refs, 1, memory_order_acq_rel) == 1)
        free(message);
}

// A line break would end the field.
static size_t put_line(char *out, const char *name, struct str value)
{
    size_t n = 0;
    while (*name)
        out[n++] = *name++;
    for (size_t i = 0; i < value.n; i++)
        out[n++] = value.p[i] == '\n' || value.p[i] == '\r' ? ' ' : value.p[i];
    out[n++] = '\n';
    return n;
}

// One block of memory: the message, its topics, its text.
static struct stream_message *message_new(int64_t tenant_id, const int64_t *topics, size_t count, size_t text_size,
                                          char **ret_text)
{
    struct stream_message *message = must_alloc(sizeof *message + count * sizeof *topics + text_size);
    int64_t *topics_copy = (int64_t *)(message + 1);
    if (count)
        memcpy(topics_copy, topics, count * sizeof *topics);
    atomic_init(&message->refs, 1);
    message->tenant_id = tenant_id;
    message->topics = topics_copy;
    message->topic_count = count;
    *ret_text = (char *)(topics_copy + count);
    return message;
}

static void send_to_all(struct stream *stream, struct stream_message *message)
{
    pthread_mutex_lock(&stream->lock);
    message->serial = ++stream->serial;
    for (struct stream_sink *sink = stream->sinks; sink; sink = sink->next) {
        stream_message_ref(message);
        sink->put(sink, message);
    }
    pthread_mutex_unlock(&stream->lock);
    stream_message_unref(message);
}

void stream_publish(struct stream *stream, int64_t tenant_id, const int64_t *topics, size_t count, int64_t event_id,
                    struct str type, struct str data_json)
{
    size_t size = type.n + data_json.n + ID_TEXT_LENGTH + 32;
    if (!count || count > STREAM_MAX_TOPICS || size > STREAM_MAX_MESSAGE_BYTES) {
        if (count)
            log_warn("stream: event %.*s not sent: %zu topics, %zu bytes", STR_ARG(type), count, size);
        return;
    }
    char *text, id[ID_TEXT_LENGTH + 1];
    struct stream_message *message = message_new(tenant_id, topics, count, size, &text);
    id_format(event_id, id);
    size_t n = put_line(text, "id: ", str_of(id));
    n += put_line(text + n, "event: ", type);
    n += put_line(text + n, "data: ", data_json);
    text[n++] = '\n';
    message->bytes = text;
    message->n = n;
    send_to_all(stream, message);
}

void stream_close_session(struct stream *stream, int64_t tenant_id, int64_t session_id)
{
    char *text;
    struct stream_message *message = message_new(tenant_id, NULL, 0, 0, &text);
    message->close_session = session_id;
    send_to_all(stream, message);
}
