// SPDX-License-Identifier: MulanPSL-2.0
// libmicrohttpd's callbacks, and the patience with slow clients that it lacks.
#include "base/clock.h"
#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define MAX_HEADERS 100

void conn_set_phase(struct conn *conn, enum conn_phase phase)
{
    conn->phase = phase;
    conn->since_ms = conn->loop->now_ms;
    conn->received_bytes = 0;
}

static void read_address(const struct sockaddr *address, char out[46])
{
    const void *bytes = NULL;
    int family = AF_INET;
    if (address->sa_family == AF_INET) {
        bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    } else if (address->sa_family == AF_INET6) {
        const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        bool mapped = IN6_IS_ADDR_V4MAPPED(v6);
        family = mapped ? AF_INET : AF_INET6;
        bytes = mapped ? v6->s6_addr + 12 : v6->s6_addr;
    }
    if (!bytes || !inet_ntop(family, bytes, out, 46))
        out[0] = '\0';
}

static void opened(struct loop *loop, struct MHD_Connection *mhd, void **context)
{
    struct conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    conn->loop = loop;
    conn->mhd = mhd;
    conn->fresh = true;
    conn_set_phase(conn, CONN_IDLE);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr)
        read_address(info->client_addr, conn->ip);
    conn->next = loop->conns;
    if (conn->next)
        conn->next->prev = conn;
    loop->conns = conn;
    COUNT(loop->counters.connections, 1);
    COUNT(loop->counters.accepted, 1);
    *context = conn;
}

static void closed(struct loop *loop, struct conn *conn)
{
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        loop->conns = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    COUNT(loop->counters.connections, -1);
    free(conn);
}

void conn_notify(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        opened(cls, mhd, context);
    } else if (*context) {
        closed(cls, *context);
        *context = NULL;
    }
}

void *conn_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
    (void)cls;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct conn *conn = info->socket_context;
    conn->fresh = false;
    conn_set_phase(conn, CONN_HEAD);
    return exchange_new(conn, target);
}

void conn_completed(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)mhd;
    (void)code;
    struct exchange *x = *context;
    if (!x)
        return;
    *context = NULL;
    conn_set_phase(x->conn, CONN_IDLE);
    exchange_unref(x);
}

struct header_walk {
    struct pair *pairs;
    size_t count, max;
};

static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                  const char *value, size_t value_size)
{
    struct header_walk *walk = cls;
    (void)kind;
    if (walk->count == walk->max)
        return MHD_NO;
    walk->pairs[walk->count++] = (struct pair){{name, name_size}, {value ? value : "", value ? value_size : 0}};
    return MHD_YES;
}

// Views of libmicrohttpd's memory, which stays as it is until the request is completed.
static bool take_headers(struct exchange *x)
{
    int count = MHD_get_connection_values(x->mhd, MHD_HEADER_KIND, NULL, NULL);
    if (count < 0 || count > MAX_HEADERS)
        return false;
    struct header_walk walk = {.max = (size_t)count};
    walk.pairs = arena_array(x->c.arena, walk.max + 1, sizeof *walk.pairs);
    MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, add_header, &walk);
    x->in.headers = walk.pairs;
    x->in.header_count = walk.count;
    return true;
}

static enum MHD_Result answer_refused(struct exchange *x)
{
    serve_problem(x);
    return reply_send(x);
}

static enum MHD_Result headers_arrived(struct exchange *x, const char *method)
{
    if (take_headers(x)) {
        serve_begin(x, str_of(method));
    } else {
        x->must_close = true;
        exchange_refuse(x, ERR_INVALID, "http.too_many_headers");
    }
    x->phase = PHASE_BODY;
    conn_set_phase(x->conn, CONN_BODY);
    if (!x->refused)
        return MHD_YES;
    // Most bodies are read to their end before they are refused: a client that is still sending would not see the
    // answer. Not so when it waits to be let in, or has too much to say.
    int64_t length = 0;
    str_to_int64(http_header(&x->rq, "Content-Length"), &length);
    if (x->must_close || length > DRAIN_MAX_BYTES || http_header(&x->rq, "Expect").n) {
        x->must_close = true;
        return answer_refused(x);
    }
    return MHD_YES;
}

static enum MHD_Result take_body(struct exchange *x, const char *data, size_t n)
{
    COUNT(x->loop->counters.received_bytes, n);
    x->conn->received_bytes += n;
    if (!x->refused && n > x->body_limit - x->body.n)
        exchange_refuse(x, ERR_TOO_LARGE, "http.too_large");
    if (!x->refused && atomic_load_explicit(&x->server->held_bytes, memory_order_relaxed) > UPLOADS_MAX_BYTES)
        exchange_refuse(x, ERR_BUSY, "http.busy");
    if (x->refused) {
        x->drained_bytes += n;
        return x->drained_bytes > DRAIN_MAX_BYTES ? MHD_NO : MHD_YES;
    }
    COUNT(x->server->held_bytes, (int64_t)n);
    buf_add(&x->body, data, n);
    return MHD_YES;
}

static enum MHD_Result body_arrived(struct exchange *x)
{
    if (x->refused)
        return answer_refused(x);
    if (x->file || x->options)
        return reply_send(x);
    if (!serve_on_worker(x)) {
        conn_set_phase(x->conn, CONN_WORK);
        serve_run(x);
        return reply_send(x);
    }
    x->phase = PHASE_WORK;
    conn_set_phase(x->conn, CONN_WORK);
    x->queued_ns = clock_monotonic_ns();
    x->loop->in_work++;
    if (work_put(&x->server->work, x)) { // it comes back through the mailbox, on this thread: never too early
        MHD_suspend_connection(x->mhd);
        return MHD_YES;
    }
    x->loop->in_work--;
    COUNT(x->loop->counters.rejected, 1);
    exchange_refuse(x, ERR_BUSY, "http.busy");
    return answer_refused(x);
}

enum MHD_Result conn_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                             const char *version, const char *data, size_t *data_size, void **context)
{
    (void)cls;
    (void)mhd;
    (void)url;
    struct exchange *x = *context;
    if (!x)
        return MHD_NO;
    switch (x->phase) {
    case PHASE_HEAD:
        x->http10 = strcmp(version, "HTTP/1.0") == 0;
        return headers_arrived(x, method);
    case PHASE_BODY:
        if (!*data_size)
            return body_arrived(x);
        size_t n = *data_size;
        *data_size = 0;
        return take_body(x, data, n);
    case PHASE_READY:
        return reply_send(x);
    case PHASE_WORK: // still with its worker: libmicrohttpd does not call while it is suspended
    case PHASE_ANSWERED:
        break;
    }
    return MHD_YES;
}

static bool too_slow(const struct conn *conn)
{
    const struct http_server *server = conn->loop->server;
    int64_t patience_ms = server->options.patience_ms, waited_ms = conn->loop->now_ms - conn->since_ms;
    switch (conn->phase) {
    case CONN_IDLE:
        return waited_ms > (conn->fresh ? patience_ms : IDLE_MAX_MS);
    case CONN_HEAD:
        return waited_ms > patience_ms;
    case CONN_BODY:
        return waited_ms > patience_ms + (int64_t)(conn->received_bytes * 1000 / UPLOAD_MIN_BYTES_PER_S);
    case CONN_ANSWER:
        return waited_ms > ANSWER_MAX_MS;
    case CONN_WORK:
    case CONN_STREAM:
        break;
    }
    return false;
}

void conn_sweep(struct loop *loop)
{
    bool stopping = atomic_load_explicit(&loop->server->stopping, memory_order_relaxed);
    bool grace_over = stopping && loop->now_ms - loop->stop_ms > STOP_GRACE_MS;
    for (struct conn *conn = loop->conns; conn; conn = conn->next) {
        bool give_up =
            too_slow(conn) || (stopping && conn->phase == CONN_IDLE) || (grace_over && conn->phase != CONN_WORK);
        if (conn->doomed || !give_up)
            continue;
        conn->doomed = true;
        COUNT(loop->counters.cut_off, stopping ? 0 : 1);
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (info) // libmicrohttpd sees the end of the connection and closes it
            shutdown(info->connect_fd, SHUT_RDWR);
    }
}

size_t conn_leave_escaped(void *cls, struct MHD_Connection *mhd, char *text)
{
    (void)cls;
    (void)mhd;
    return strlen(text);
}
