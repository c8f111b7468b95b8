// SPDX-License-Identifier: MulanPSL-2.0
// Start and end of the server.
#include "http/server.h"
#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#define SERVER_ARENA_BYTES ((size_t)8 << 20)
#define PEM_MAX_BYTES ((size_t)1 << 20)
#define SPARE_FILES 256 // descriptors beside connections: store, files, listeners
#define MAX_LOOPS 64

static void set_defaults(struct http_options *options)
{
    if (!options->bind)
        options->bind = "127.0.0.1";
    if (options->workers <= 0)
        options->workers = 32;
    if (options->max_connections <= 0)
        options->max_connections = 10000;
    if (options->max_connections_per_ip <= 0)
        options->max_connections_per_ip = options->max_connections / 4 + 1;
    if (options->work_queue_max <= 0)
        options->work_queue_max = 4096;
    if (options->stream_max_ms <= 0)
        options->stream_max_ms = 600000;
    if (options->heartbeat_ms <= 0)
        options->heartbeat_ms = 15000;
    if (options->patience_ms <= 0)
        options->patience_ms = 15000;
    if (options->loops <= 0)
        options->loops = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (options->loops < 1)
        options->loops = 1;
    if (options->loops > MAX_LOOPS)
        options->loops = MAX_LOOPS;
}

// As many descriptors as connections are allowed, or as many connections as the system gives descriptors.
static void raise_file_limit(struct http_options *options)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    rlim_t wanted = (rlim_t)options->max_connections + SPARE_FILES;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted ? wanted : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= wanted)
        return;
    options->max_connections =
        limit.rlim_cur > (rlim_t)2 * SPARE_FILES ? (int)limit.rlim_cur - SPARE_FILES : SPARE_FILES;
    log_warn("http: the limit of open files allows %d connections", options->max_connections);
}

static enum err read_pem(struct ctx *c, struct arena *arena, const char *path, char **ret_text)
{
    struct str text;
    if (!file_read(arena, path, PEM_MAX_BYTES, &text) || !text.n)
        return fail_with(c, ERR_INVALID, "http.tls_unreadable", str_of(path), STR(""));
    *ret_text = arena_alloc(arena, text.n + 1); // libmicrohttpd wants it writable
    memcpy(*ret_text, text.p, text.n);
    (*ret_text)[text.n] = '\0';
    return OK;
}

static enum err read_tls(struct ctx *c, struct http_server *server)
{
    const struct http_options *options = &server->options;
    if (!options->tls_cert && !options->tls_key)
        return OK;
    if (!options->tls_cert || !options->tls_key)
        return fail(c, ERR_INVALID, "http.tls_half");
    TRY(read_pem(c, server->arena, options->tls_cert, &server->tls_cert));
    return read_pem(c, server->arena, options->tls_key, &server->tls_key);
}

static struct stream *stream_of(const struct http_server *server)
{
    return server->options.house ? server->options.house->stream : NULL;
}

static enum err open_all(struct ctx *c, struct http_server *server)
{
    const struct http_options *options = &server->options;
    TRY(router_build(c, server->arena, options->routes, options->demo, &server->router));
    static_sort(server);
    TRY(read_tls(c, server));
    TRY(listen_check(c, options, &server->port));
    server->loops = arena_array(server->arena, (size_t)options->loops, sizeof *server->loops);
    server->loop_count = options->loops;
    for (int i = 0; i < server->loop_count; i++)
        TRY(loop_open(c, server, &server->loops[i]));
    return work_start(c, server, options->workers, (size_t)options->work_queue_max);
}

static enum err run_all(struct ctx *c, struct http_server *server, int *ret_running)
{
    for (int i = 0; i < server->loop_count; i++) {
        if (pthread_create(&server->loops[i].thread, NULL, loop_run, &server->loops[i]))
            return fail(c, ERR_INTERNAL, "http.no_start");
        ++*ret_running;
        if (stream_of(server))
            stream_attach(stream_of(server), &server->loops[i].sink);
    }
    return OK;
}

// Loops end when their connections have; workers after them, since loops wait for what workers hold.
static void stop_all(struct http_server *server, int running)
{
    atomic_store_explicit(&server->stopping, true, memory_order_release);
    for (int i = 0; i < running; i++) {
        if (stream_of(server))
            stream_detach(stream_of(server), &server->loops[i].sink);
        loop_wake(&server->loops[i]);
    }
    for (int i = 0; i < running; i++)
        pthread_join(server->loops[i].thread, NULL);
    work_stop(&server->work);
    for (int i = 0; server->loops && i < server->loop_count; i++)
        loop_close(&server->loops[i]);
    arena_free(server->arena);
    free(server);
}

enum err http_start(struct ctx *c, const struct http_options *options, struct http_server **ret_server)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        abort();
    server->arena = arena_new(SERVER_ARENA_BYTES);
    server->options = *options;
    set_defaults(&server->options);
    raise_file_limit(&server->options);
    signal(SIGPIPE, SIG_IGN); // a client that goes away while a file is sent
    if (getrandom(&server->id_prefix, sizeof server->id_prefix, 0) != sizeof server->id_prefix)
        abort();
    int running = 0;
    enum err err = open_all(c, server);
    if (err == OK)
        err = run_all(c, server, &running);
    if (err != OK) {
        stop_all(server, running);
        return err;
    }
    *ret_server = server;
    return OK;
}

int http_port(const struct http_server *server)
{
    return server->port;
}

void http_stop(struct http_server *server)
{
    stop_all(server, server->loop_count);
}
