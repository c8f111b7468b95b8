// SPDX-License-Identifier: MulanPSL-2.0
// From our answer to libmicrohttpd's, with the headers that every answer carries.
#include "base/clock.h"
#include "base/log.h"
#include "http/header.h"
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char page_policy[] =
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'";
static const char data_policy[] = "default-src 'none'; frame-ancestors 'none'";
// The policy sent with a script holds only where it runs as a worker: the service worker has to fetch what it keeps.
static const char script_policy[] = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

static const char *policy_for(struct str type)
{
    return str_starts_with(type, STR("text/html"))         ? page_policy
           : str_starts_with(type, STR("text/javascript")) ? script_policy
                                                           : data_policy;
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    MHD_add_response_header(response, name, value);
}

static void add_common_headers(struct exchange *x, struct MHD_Response *response, struct str type)
{
    const char *policy = policy_for(type);
    add(response, "Server", "linli");
    add(response, "X-Request-Id", x->id);
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Referrer-Policy", "same-origin");
    add(response, "Content-Security-Policy", policy);
    add(response, "Cross-Origin-Resource-Policy", "same-origin");
    if (policy == page_policy) {
        add(response, "Cross-Origin-Opener-Policy", "same-origin");
        add(response, "Permissions-Policy", "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()");
    }
    if (x->rq.secure)
        add(response, "Strict-Transport-Security", "max-age=31536000");
    if (x->must_close || atomic_load_explicit(&x->server->stopping, memory_order_relaxed))
        add(response, "Connection", "close");
}

static void release_body(void *cls)
{
    exchange_unref(cls);
}

static struct MHD_Response *body_response(struct exchange *x)
{
    struct buf *body = &x->rs.body;
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(body->n, body->p ? body->p : x->id, release_body, x);
    if (response)
        x->refs++;
    return response;
}

static struct MHD_Response *problem_response(struct exchange *x, enum err code, const char *key)
{
    fail(&x->c, code, key);
    serve_problem(x);
    return body_response(x);
}

// The file, or the part of it that a player asks for.
static struct MHD_Response *file_response(struct exchange *x)
{
    const char *path = x->out.file;
    bool immutable = x->out.immutable;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        log_error("http: file of an answer cannot be read: %s [%s]", strerror(errno), x->id);
        if (fd >= 0)
            close(fd);
        return problem_response(x, ERR_NOT_FOUND, "http.file_missing");
    }
    uint64_t size = (uint64_t)st.st_size, first = 0, count = size;
    switch (header_range(http_header(&x->rq, "Range"), size, &first, &count)) {
    case RANGE_UNSATISFIABLE:
        x->rs.status = 416;
        http_set_header(&x->rs, "Content-Range", str_format(x->c.arena, "bytes */%" PRIu64, size));
        close(fd);
        return body_response(x);
    case RANGE_PART:
        x->rs.status = 206;
        http_set_header(
            &x->rs, "Content-Range",
            str_format(x->c.arena, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, first, first + count - 1, size));
        break;
    case RANGE_NONE:
        break;
    }
    http_set_header(&x->rs, "Accept-Ranges", STR("bytes"));
    if (immutable && !http_response_header(&x->rs, "Cache-Control").n)
        http_set_header(&x->rs, "Cache-Control", STR("private, max-age=31536000, immutable"));
    struct MHD_Response *response = MHD_create_response_from_fd_at_offset64(count, fd, first);
    if (!response)
        close(fd);
    return response;
}

static const char *content_type_of(struct exchange *x)
{
    const char *type = x->rs.content_type;
    if (!type && x->route && x->route->out_type)
        type = x->route->out_type;
    if (!type && x->route && x->route->flags & ROUTE_CSV)
        type = "text/csv";
    if (!type)
        return "application/json; charset=utf-8";
    struct str s = str_of(type);
    if (str_starts_with(s, STR("text/")) && str_find_byte(s, ';', 0) == (size_t)-1)
        return str_z(x->c.arena, str_concat(x->c.arena, s, STR("; charset=utf-8")));
    return type;
}

static struct MHD_Response *handler_response(struct exchange *x)
{
    struct MHD_Response *response;
    if (x->out.kind == RESPONSE_FILE)
        response = file_response(x);
    else if (x->out.kind == RESPONSE_STREAM && !x->head)
        response = reader_response(x);
    else
        response = body_response(x);
    if (!response)
        return NULL;
    const char *type = content_type_of(x);
    add_common_headers(x, response, str_of(type));
    if (x->rs.body.n || x->out.kind != RESPONSE_BODY)
        add(response, "Content-Type", type);
    if (!http_response_header(&x->rs, "Cache-Control").n)
        add(response, "Cache-Control", "no-store");
    for (size_t i = 0; i < x->out.header_count; i++)
        add(response, x->out.headers[i].name.p, x->out.headers[i].value.p);
    return response;
}

static struct MHD_Response *options_response(struct exchange *x)
{
    x->rs.status = 204;
    http_set_header(&x->rs, "Allow", router_allow(x->c.arena, x->allowed));
    return handler_response(x);
}

static void log_access(const struct exchange *x, int status, int64_t latency_ns)
{
    const char *what = x->route  ? x->route->path
                       : x->file ? x->file->path
                                 : "-"; // never the target: it may tell of people
    log_debug("http: %s%s %s %d %zu bytes %" PRId64 " us [%s]", x->head ? "HEAD as " : "",
              x->method == METHOD_OTHER ? "-" : method_names[x->method], what, status, x->rs.body.n, latency_ns / 1000,
              x->id);
}

enum MHD_Result reply_send(struct exchange *x)
{
    struct loop *loop = x->loop;
    struct MHD_Response *response;
    x->phase = PHASE_ANSWERED;
    if (x->options && !x->refused) {
        response = options_response(x);
    } else if (x->file && !x->refused) {
        response = static_response(x, &x->rs.status);
        if (response)
            add_common_headers(x, response, str_of(x->file->content_type));
    } else {
        response = handler_response(x);
    }
    if (!response)
        return MHD_NO;
    int status = x->rs.status;
    int64_t latency_ns = clock_monotonic_ns() - x->started_ns;
    bool stream = x->out.kind == RESPONSE_STREAM && status == 200 && !x->head;
    counters_answer(&loop->counters, x->method, status, latency_ns);
    COUNT(loop->counters.sent_bytes, x->head ? 0 : x->rs.body.n);
    log_access(x, status, latency_ns);
    enum MHD_Result queued = MHD_queue_response(x->mhd, (unsigned)status, response);
    MHD_destroy_response(response);
    conn_set_phase(x->conn, stream ? CONN_STREAM : CONN_ANSWER);
    if (stream)
        exchange_slim(x);
    return queued;
}
