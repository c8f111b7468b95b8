// SPDX-License-Identifier: MulanPSL-2.0
// Life of an exchange: taken when a request line arrives, given back when libmicrohttpd has forgotten the request and
// its response. Both happen on the loop's thread.
#include "base/clock.h"
#include "http/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPARE_MAX 128
#define SPARE_BODY_BYTES (64 << 10) // a larger answer's memory is not kept

static struct exchange *take_spare(struct loop *loop)
{
    struct exchange *x = loop->spare;
    if (x) {
        loop->spare = x->next;
        loop->spare_count--;
        return x;
    }
    x = calloc(1, sizeof *x);
    if (!x)
        abort();
    x->c.arena = arena_new(ARENA_MAX_BYTES);
    return x;
}

struct exchange *exchange_new(struct conn *conn, const char *target)
{
    struct loop *loop = conn->loop;
    struct exchange *x = take_spare(loop);
    struct arena *arena = x->c.arena;
    struct buf answer = x->rs.body; // its memory is used again
    *x = (struct exchange){.server = loop->server, .loop = loop, .conn = conn, .mhd = conn->mhd, .refs = 1};
    x->c.arena = arena;
    x->c.house = loop->server->options.house;
    x->c.lang = "zh";
    ctx_clear_error(&x->c);
    response_init(&x->rs, &x->out, arena, RESPONSE_MAX_BYTES);
    x->rs.body.p = answer.p;
    x->rs.body.cap = answer.cap;
    buf_init(&x->body, HTTP_MAX_UPLOAD);
    x->rq.impl = &x->in;
    x->in.server = loop->server;
    x->in.url.raw_path = str_copy(arena, str_of(target)); // the whole target, until serve_begin takes it apart
    x->started_ns = clock_monotonic_ns();
    snprintf(x->id, sizeof x->id, "%08x%08x", loop->server->id_prefix, loop->next_id);
    loop->next_id += (uint32_t)loop->server->loop_count;
    x->out.request_id = str_of(x->id);
    COUNT(loop->counters.in_flight, 1);
    return x;
}

static void drop_body(struct exchange *x)
{
    if (x->body.n)
        COUNT(x->server->held_bytes, -(int64_t)x->body.n);
    buf_free(&x->body);
}

void exchange_slim(struct exchange *x)
{
    drop_body(x);
    buf_free(&x->rs.body);
    arena_free(x->c.arena);
    x->c.arena = NULL;
    x->in = (struct request_impl){.server = x->server};
    x->out = (struct response_impl){0};
}

void exchange_unref(struct exchange *x)
{
    if (--x->refs)
        return;
    struct loop *loop = x->loop;
    COUNT(loop->counters.in_flight, -1);
    drop_body(x);
    if (!x->c.arena || loop->spare_count >= SPARE_MAX) {
        buf_free(&x->rs.body);
        arena_free(x->c.arena);
        free(x);
        return;
    }
    arena_reset(x->c.arena);
    if (x->rs.body.cap > SPARE_BODY_BYTES)
        buf_free(&x->rs.body);
    buf_clear(&x->rs.body);
    x->next = loop->spare;
    loop->spare = x;
    loop->spare_count++;
}

enum err exchange_refuse(struct exchange *x, enum err code, const char *key)
{
    x->refused = true;
    return fail(&x->c, code, key);
}
