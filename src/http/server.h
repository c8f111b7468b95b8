// SPDX-License-Identifier: MulanPSL-2.0
// Inside of src/http: the running server. Each loop thread owns its listener, its libmicrohttpd daemon, its
// connections, exchanges and readers: none of them is locked. Other threads reach a loop only through its mailbox.
#pragma once
#include "http/exchange.h"
#include "http/http.h"
#include "http/metrics.h"
#include "http/reader.h"
#include "http/stream_hub.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#define MAILBOX_MAX_MESSAGES 4096
#define DRAIN_MAX_BYTES (32 << 20)          // of a body that is refused: read on, so that the client sees the answer
#define UPLOADS_MAX_BYTES (256 << 20)       // of all bodies held at once
#define ARENA_MAX_BYTES ((size_t)128 << 20) // of one request
#define UPLOAD_MIN_BYTES_PER_S 2048         // a slower body is cut off
#define IDLE_MAX_MS 60000                   // of a kept connection between requests
#define ANSWER_MAX_MS 600000                // for a client to take an answer
#define STOP_GRACE_MS 1000                  // for answers under way when the server ends

struct loop;
struct conn;

enum exchange_phase { PHASE_HEAD, PHASE_BODY, PHASE_WORK, PHASE_READY, PHASE_ANSWERED };

// One request with its answer. Owned by its loop; a worker borrows it between work_put and loop_put_done, while
// libmicrohttpd has the connection suspended.
struct exchange {
    struct http_request rq;
    struct http_response rs;
    struct request_impl in;
    struct response_impl out;
    struct ctx c;
    struct http_server *server;
    struct loop *loop;
    struct conn *conn;
    struct MHD_Connection *mhd;
    struct exchange *next; // in a free list, the work queue or a mailbox
    const struct route *route;
    const struct static_file *file;
    enum exchange_phase phase;
    enum http_method method;
    bool head;        // HEAD: answered as GET, without a body
    bool refused;     // c.error says why; no handler runs
    bool must_close;  // the rest of the connection cannot be trusted
    bool http10;      // of the old version, which knows no Host
    bool options;     // OPTIONS of a known path
    unsigned allowed; // methods of the path, for 405 and OPTIONS
    int refs;         // libmicrohttpd's request, and the response that holds rs.body
    struct buf body;  // of the request
    size_t drained_bytes, body_limit;
    int64_t started_ns, queued_ns;
    char id[17];
};

enum conn_phase { CONN_IDLE, CONN_HEAD, CONN_BODY, CONN_WORK, CONN_ANSWER, CONN_STREAM };
struct conn {
    struct conn *next, *prev;
    struct loop *loop;
    struct MHD_Connection *mhd;
    enum conn_phase phase;
    bool fresh;  // no request yet
    bool doomed; // shut down, waiting for libmicrohttpd to see it
    int64_t since_ms;
    uint64_t received_bytes; // of the body under way
    char ip[46];
};

struct loop {
    struct http_server *server;
    pthread_t thread;
    struct MHD_Daemon *daemon;
    int epoll_fd, event_fd, listen_fd;
    // Mailbox, under lock.
    pthread_mutex_t lock;
    struct exchange *done;
    struct stream_message *messages[MAILBOX_MAX_MESSAGES];
    size_t message_count;
    bool overflowed, woken;
    // The loop thread's own.
    struct stream_sink sink;
    struct readers readers;
    struct conn *conns;
    struct exchange *spare;
    size_t spare_count, in_work;
    int64_t now_ms, tick_ms, stop_ms; // monotonic
    uint32_t next_id;
    struct counters counters;
};

// Requests that wait for a thread that may block. Bounded.
struct work {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct exchange *head, *tail;
    size_t length, max;
    bool ended;
    pthread_t *threads;
    int thread_count;
};

struct http_server {
    struct http_options options;
    struct arena *arena;
    struct router *router;
    const struct static_file **files; // sorted by path
    struct loop *loops;
    int loop_count, port;
    struct work work;
    char *tls_cert, *tls_key; // the files' text
    uint32_t id_prefix;
    _Atomic bool stopping;
    _Atomic int64_t held_bytes; // of request bodies
};

// exchange.c
struct exchange *exchange_new(struct conn *conn, const char *target);
void exchange_unref(struct exchange *x);
void exchange_slim(struct exchange *x); // gives up its memory, for a stream that stays
enum err exchange_refuse(struct exchange *x, enum err code, const char *key);

// serve.c
void serve_begin(struct exchange *x, struct str method); // checks and route, once the headers are there
void serve_run(struct exchange *x);                      // authenticates, calls the handler; any thread
bool serve_on_worker(const struct exchange *x);
void serve_problem(struct exchange *x);

// reply.c
enum MHD_Result reply_send(struct exchange *x);
// static.c
void static_sort(struct http_server *server);
const struct static_file *static_find(const struct http_server *server, struct str path);
struct MHD_Response *static_response(struct exchange *x, int *ret_status);

// conn.c: libmicrohttpd's callbacks; cls is the loop
void conn_notify(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code);
void *conn_target(void *cls, const char *target, struct MHD_Connection *mhd);
size_t conn_leave_escaped(void *cls, struct MHD_Connection *mhd, char *text); // url.c reads the escapes
enum MHD_Result conn_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                             const char *version, const char *data, size_t *data_size, void **context);
void conn_completed(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code);
void conn_set_phase(struct conn *conn, enum conn_phase phase);
void conn_sweep(struct loop *loop); // cuts off those that are too slow

// loop.c
enum err loop_open(struct ctx *c, struct http_server *server, struct loop *loop);
void *loop_run(void *loop);
void loop_close(struct loop *loop);
void loop_wake(struct loop *loop);
void loop_put_done(struct loop *loop, struct exchange *x); // any thread

// work.c
enum err work_start(struct ctx *c, struct http_server *server, int threads, size_t max);
bool work_put(struct work *work, struct exchange *x); // false: full
size_t work_length(struct work *work);
void work_stop(struct work *work); // after the loops: the queue is empty then

// listen.c
enum err listen_check(struct ctx *c, const struct http_options *options, int *ret_port);
enum err listen_open(struct ctx *c, const char *bind, int port, int *ret_fd, bool *ret_v6);
