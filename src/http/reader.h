// SPDX-License-Identifier: MulanPSL-2.0
// Inside of src/http: the open event streams of one loop. All of it belongs to the loop's thread.
#pragma once
#include "base/str.h"

struct loop;
struct reader;
struct subscription;
struct exchange;
struct stream_message;
struct MHD_Response;

struct readers {
    struct reader *first;
    struct subscription **buckets; // by tenant and topic; NULL until the first reader
    size_t count, suspended;
};
// The response whose body is the stream; the reader lives as long as it.
struct MHD_Response *reader_response(struct exchange *x);
void readers_deliver(struct loop *loop, struct stream_message *message); // takes over the reference
void readers_tick(struct loop *loop);                                    // heartbeats, old age
void readers_close_all(struct loop *loop);
void readers_free(struct readers *readers);
