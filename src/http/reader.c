// SPDX-License-Identifier: MulanPSL-2.0
// A reader costs its libmicrohttpd connection and a few hundred bytes: between messages the connection is suspended.
#include "http/server.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384 // a power of two
#define QUEUE 32      // messages a reader may lag behind
#define BLOCK_BYTES 1024

struct subscription {
    int64_t topic;
    struct reader *reader;
    struct subscription *next, **at; // at: what points to this one
};

struct reader {
    struct loop *loop;
    struct conn *conn;
    struct reader *next, **at;
    int64_t tenant_id, session_id;
    struct stream_message *queue[QUEUE];
    unsigned first, waiting;
    size_t offset; // bytes of the first message already sent
    uint64_t last_serial;
    int64_t ends_ms, sent_ms;
    bool greeted, beat, closing, suspended;
    size_t subscription_count;
    struct subscription subscriptions[];
};

static size_t bucket_of(int64_t tenant_id, int64_t topic)
{
    uint64_t h = ((uint64_t)topic ^ ((uint64_t)tenant_id << 1)) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(h >> 40) & (BUCKETS - 1);
}

static void wake(struct reader *reader)
{
    if (!reader->suspended)
        return;
    reader->suspended = false;
    reader->loop->readers.suspended--;
    MHD_resume_connection(reader->conn->mhd);
}

static void close_reader(struct reader *reader)
{
    reader->closing = true;
    wake(reader);
}

static void drop_first(struct reader *reader)
{
    stream_message_unref(reader->queue[reader->first]);
    reader->first = (reader->first + 1) % QUEUE;
    reader->waiting--;
    reader->offset = 0;
}

// libmicrohttpd asks for the next bytes.
static ssize_t next_bytes(void *cls, uint64_t position, char *out, size_t max)
{
    struct reader *reader = cls;
    struct str text = {0};
    (void)position;
    if (reader->closing && !reader->offset)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!reader->greeted) { // also brings the headers on their way
        text = STR("retry: 2000\n\n");
        reader->greeted = true;
    } else if (reader->waiting) {
        struct stream_message *message = reader->queue[reader->first];
        text = (struct str){message->bytes + reader->offset, message->n - reader->offset};
    } else if (reader->beat) {
        text = STR(":\n\n");
    } else {
        reader->suspended = true;
        reader->loop->readers.suspended++;
        MHD_suspend_connection(reader->conn->mhd);
        return 0;
    }
    size_t n = text.n < max ? text.n : max;
    memcpy(out, text.p, n);
    if (reader->waiting && text.p == reader->queue[reader->first]->bytes + reader->offset) {
        reader->offset += n;
        if (n == text.n)
            drop_first(reader);
    }
    reader->beat = false;
    reader->sent_ms = reader->loop->now_ms;
    COUNT(reader->loop->counters.sent_bytes, n);
    return (ssize_t)n;
}

static void reader_free(void *cls)
{
    struct reader *reader = cls;
    while (reader->waiting)
        drop_first(reader);
    for (size_t i = 0; i < reader->subscription_count; i++) {
        struct subscription *subscription = &reader->subscriptions[i];
        *subscription->at = subscription->next;
        if (subscription->next)
            subscription->next->at = subscription->at;
    }
    *reader->at = reader->next;
    if (reader->next)
        reader->next->at = reader->at;
    reader->loop->readers.count--;
    COUNT(reader->loop->counters.readers, -1);
    free(reader);
}

static void *must_alloc(size_t size)
{
    void *p = calloc(1, size);
    if (!p)
        abort();
    return p;
}

static void subscribe(struct readers *readers, struct reader *reader, const int64_t *topics, size_t count)
{
    if (!readers->buckets)
        readers->buckets = must_alloc(BUCKETS * sizeof(void *));
    for (size_t i = 0; i < count; i++) {
        struct subscription *subscription = &reader->subscriptions[reader->subscription_count++];
        struct subscription **bucket = &readers->buckets[bucket_of(reader->tenant_id, topics[i])];
        *subscription = (struct subscription){topics[i], reader, *bucket, bucket};
        if (*bucket)
            (*bucket)->at = &subscription->next;
        *bucket = subscription;
    }
}

struct MHD_Response *reader_response(struct exchange *x)
{
    struct loop *loop = x->loop;
    size_t count = x->out.topic_count < STREAM_MAX_TOPICS ? x->out.topic_count : STREAM_MAX_TOPICS;
    struct reader *reader = must_alloc(sizeof *reader + count * sizeof *reader->subscriptions);
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, next_bytes, reader, reader_free);
    if (!response)
        abort();
    int64_t max_ms = x->server->options.stream_max_ms;
    reader->loop = loop;
    reader->conn = x->conn;
    reader->tenant_id = x->c.tenant_id;
    reader->session_id = x->out.session_id;
    // Up to a tenth earlier, so that those who came together do not come back together.
    reader->ends_ms =
        loop->now_ms + max_ms - (int64_t)(x->loop->next_id * UINT64_C(2654435761) % (uint64_t)(max_ms / 10 + 1));
    reader->sent_ms = loop->now_ms;
    reader->next = loop->readers.first;
    reader->at = &loop->readers.first;
    if (reader->next)
        reader->next->at = &reader->next;
    loop->readers.first = reader;
    loop->readers.count++;
    COUNT(loop->counters.readers, 1);
    subscribe(&loop->readers, reader, x->out.topics, count);
    return response;
}

static void give(struct reader *reader, struct stream_message *message)
{
    if (reader->closing || reader->last_serial == message->serial)
        return;
    reader->last_serial = message->serial;
    if (reader->waiting == QUEUE) { // fell behind: it comes back with a fresh page
        close_reader(reader);
        return;
    }
    stream_message_ref(message);
    reader->queue[(reader->first + reader->waiting++) % QUEUE] = message;
    wake(reader);
}

static void close_session(struct loop *loop, const struct stream_message *message)
{
    for (struct reader *reader = loop->readers.first; reader; reader = reader->next)
        if (reader->tenant_id == message->tenant_id && reader->session_id == message->close_session)
            close_reader(reader);
}

void readers_deliver(struct loop *loop, struct stream_message *message)
{
    struct readers *readers = &loop->readers;
    if (message->close_session)
        close_session(loop, message);
    for (size_t i = 0; i < message->topic_count && readers->count; i++) {
        int64_t topic = message->topics[i];
        struct subscription *at = readers->buckets[bucket_of(message->tenant_id, topic)];
        for (; at; at = at->next)
            if (at->topic == topic && at->reader->tenant_id == message->tenant_id)
                give(at->reader, message);
    }
    stream_message_unref(message);
}

void readers_tick(struct loop *loop)
{
    int64_t heartbeat_ms = loop->server->options.heartbeat_ms;
    for (struct reader *reader = loop->readers.first; reader; reader = reader->next) {
        if (loop->now_ms >= reader->ends_ms) {
            close_reader(reader);
        } else if (reader->suspended && loop->now_ms - reader->sent_ms >= heartbeat_ms) {
            reader->beat = true;
            wake(reader);
        }
    }
}

void readers_close_all(struct loop *loop)
{
    for (struct reader *reader = loop->readers.first; reader; reader = reader->next)
        close_reader(reader);
}

void readers_free(struct readers *readers)
{
    free(readers->buckets);
    readers->buckets = NULL;
}
