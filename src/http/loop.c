// SPDX-License-Identifier: MulanPSL-2.0
// A loop thread: waits on its libmicrohttpd daemon (external epoll) and on its mailbox. Everything that concerns a
// connection happens here, so that nothing of it needs a lock.
#include "base/clock.h"
#include "base/log.h"
#include "http/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK_MS 1000
#define CONNECTION_BYTES (32 << 10) // headers and buffers of one connection
#define INACTIVITY_S 60

void loop_wake(struct loop *loop)
{
    uint64_t one = 1;
    ssize_t written = write(loop->event_fd, &one, sizeof one);
    (void)written; // full: the loop is awake anyway
}

// Called with the lock held: tells whether the eventfd has to be written.
static bool must_wake(struct loop *loop)
{
    bool was = loop->woken;
    loop->woken = true;
    return !was;
}

void loop_put_done(struct loop *loop, struct exchange *x)
{
    pthread_mutex_lock(&loop->lock);
    x->next = loop->done;
    loop->done = x;
    if (must_wake(loop)) // under the lock: the loop may end once it has taken this one
        loop_wake(loop);
    pthread_mutex_unlock(&loop->lock);
}

static void put_message(struct stream_sink *sink, struct stream_message *message)
{
    struct loop *loop = (struct loop *)(void *)((char *)sink - offsetof(struct loop, sink));
    pthread_mutex_lock(&loop->lock);
    bool fits = loop->message_count < MAILBOX_MAX_MESSAGES;
    if (fits)
        loop->messages[loop->message_count++] = message;
    else
        loop->overflowed = true;
    if (must_wake(loop))
        loop_wake(loop);
    pthread_mutex_unlock(&loop->lock);
    if (!fits)
        stream_message_unref(message);
}

static void take_messages(struct loop *loop, struct stream_message **messages, size_t count, bool overflowed)
{
    for (size_t i = 0; i < count; i++)
        readers_deliver(loop, messages[i]);
    if (!overflowed)
        return;
    log_warn("stream: more events than a loop could take; its readers start again");
    readers_close_all(loop);
}

static void empty_mailbox(struct loop *loop)
{
    static _Thread_local struct stream_message *messages[MAILBOX_MAX_MESSAGES];
    uint64_t count;
    ssize_t got = read(loop->event_fd, &count, sizeof count);
    (void)got;
    pthread_mutex_lock(&loop->lock);
    struct exchange *done = loop->done;
    size_t message_count = loop->message_count;
    bool overflowed = loop->overflowed;
    for (size_t i = 0; i < message_count; i++)
        messages[i] = loop->messages[i];
    loop->done = NULL;
    loop->message_count = 0;
    loop->overflowed = loop->woken = false;
    pthread_mutex_unlock(&loop->lock);
    while (done) {
        struct exchange *x = done;
        done = x->next;
        loop->in_work--;
        x->phase = PHASE_READY;
        MHD_resume_connection(x->mhd);
    }
    take_messages(loop, messages, message_count, overflowed);
}

static void begin_stop(struct loop *loop)
{
    loop->stop_ms = loop->now_ms;
    int fd = MHD_quiesce_daemon(loop->daemon);
    if (fd >= 0)
        close(fd);
    loop->listen_fd = -1;
}

// False: nothing is left to do.
static bool keep_going(struct loop *loop)
{
    if (!atomic_load_explicit(&loop->server->stopping, memory_order_acquire))
        return true;
    if (!loop->stop_ms)
        begin_stop(loop);
    readers_close_all(loop);
    conn_sweep(loop);
    return loop->conns != NULL;
}

static int wait_ms(struct loop *loop)
{
    MHD_UNSIGNED_LONG_LONG asked_ms;
    int64_t until_tick_ms = loop->tick_ms + TICK_MS - loop->now_ms;
    if (loop->stop_ms)
        until_tick_ms = 20;
    if (until_tick_ms < 0)
        until_tick_ms = 0;
    if (MHD_get_timeout(loop->daemon, &asked_ms) == MHD_YES && asked_ms < (MHD_UNSIGNED_LONG_LONG)until_tick_ms)
        return (int)asked_ms;
    return (int)until_tick_ms;
}

void *loop_run(void *arg)
{
    struct loop *loop = arg;
    pthread_setname_np(pthread_self(), "http-loop");
    loop->now_ms = loop->tick_ms = clock_monotonic_ns() / 1000000;
    while (keep_going(loop)) {
        struct epoll_event events[2];
        if (epoll_wait(loop->epoll_fd, events, 2, wait_ms(loop)) < 0 && errno != EINTR) {
            log_error("http: epoll: %s", strerror(errno));
            abort();
        }
        loop->now_ms = clock_monotonic_ns() / 1000000;
        empty_mailbox(loop);
        if (loop->now_ms - loop->tick_ms >= TICK_MS) {
            loop->tick_ms = loop->now_ms;
            readers_tick(loop);
            conn_sweep(loop);
        }
        MHD_run(loop->daemon);
    }
    MHD_stop_daemon(loop->daemon);
    loop->daemon = NULL;
    return NULL;
}

static void log_from_library(void *cls, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static void log_from_library(void *cls, const char *format, va_list args)
{
    char text[512];
    (void)cls;
    vsnprintf(text, sizeof text, format, args);
    log_debug("http: %s", text);
}

static struct MHD_Daemon *start_daemon(struct http_server *server, struct loop *loop, bool v6)
{
    const struct http_options *options = &server->options;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    unsigned connections = (unsigned)(options->max_connections / server->loop_count);
    unsigned per_ip = options->trusted_proxy ? 0 : (unsigned)options->max_connections_per_ip;
    flags |= v6 ? MHD_USE_IPv6 : 0;
    flags |= server->tls_cert ? MHD_USE_TLS : 0;
    struct MHD_OptionItem items[16] = {
        {MHD_OPTION_LISTEN_SOCKET, loop->listen_fd, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, connections ? connections : 1, NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_ip, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, INACTIVITY_S, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 0, NULL}, // serve.c is strict, and answers in our own form
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL},
    };
    size_t n = 7;
    if (server->tls_cert) {
        static char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
        items[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, server->tls_cert};
        items[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, server->tls_key};
        items[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, priorities};
    }
    items[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(flags, 0, NULL, NULL, conn_request, loop, MHD_OPTION_EXTERNAL_LOGGER, log_from_library,
                            NULL, MHD_OPTION_UNESCAPE_CALLBACK, conn_leave_escaped, NULL, MHD_OPTION_URI_LOG_CALLBACK,
                            conn_target, loop, MHD_OPTION_NOTIFY_CONNECTION, conn_notify, loop,
                            MHD_OPTION_NOTIFY_COMPLETED, conn_completed, loop, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
}

static bool watch(struct loop *loop, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

enum err loop_open(struct ctx *c, struct http_server *server, struct loop *loop)
{
    bool v6;
    loop->server = server;
    loop->listen_fd = loop->epoll_fd = loop->event_fd = -1;
    loop->sink.put = put_message;
    loop->next_id = (uint32_t)(loop - server->loops);
    pthread_mutex_init(&loop->lock, NULL);
    TRY(listen_open(c, server->options.bind, server->port, &loop->listen_fd, &v6));
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->daemon = start_daemon(server, loop, v6);
    if (!loop->daemon)
        return fail(c, ERR_INTERNAL, server->tls_cert ? "http.tls_bad" : "http.no_start");
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (loop->epoll_fd < 0 || loop->event_fd < 0 || !info || !watch(loop, info->epoll_fd) ||
        !watch(loop, loop->event_fd))
        return fail(c, ERR_INTERNAL, "http.no_start");
    return OK;
}

void loop_close(struct loop *loop)
{
    if (!loop->server)
        return;
    if (loop->daemon) // never ran
        MHD_stop_daemon(loop->daemon);
    else if (loop->listen_fd >= 0)
        close(loop->listen_fd);
    for (size_t i = 0; i < loop->message_count; i++)
        stream_message_unref(loop->messages[i]);
    while (loop->spare) {
        struct exchange *x = loop->spare;
        loop->spare = x->next;
        buf_free(&x->rs.body);
        arena_free(x->c.arena);
        free(x);
    }
    readers_free(&loop->readers);
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    if (loop->event_fd >= 0)
        close(loop->event_fd);
    pthread_mutex_destroy(&loop->lock);
}
