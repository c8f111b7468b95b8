// SPDX-License-Identifier: MulanPSL-2.0
// The server's front: a route is a row in a module's table, a handler is a plain function. libmicrohttpd lies behind
// this header and is named nowhere else.
#pragma once
#include "base/buf.h"
#include "base/ctx.h"
#include "base/field.h"

#define HTTP_MAX_BODY (1 << 20)          // JSON
#define HTTP_MAX_UPLOAD (10 * (1 << 20)) // multipart
#define HTTP_FORM_TYPE "application/x-www-form-urlencoded"
#define HTTP_MAX_PARTS 256 // of a form

struct http_request {
    struct str method, path; // path without query, percent-decoded, valid UTF-8
    struct str body;         // whole; bounded
    struct str content_type; // without parameters, lower case
    struct str client_ip;    // the peer, or X-Forwarded-For when the peer is a trusted proxy
    bool secure;             // TLS here, or at a trusted proxy
    void *impl;
};
struct str http_header(const struct http_request *rq, const char *name);               // empty when absent
struct str http_query(struct ctx *c, const struct http_request *rq, const char *name); // decoded; empty when absent
struct str http_param(const struct http_request *rq, const char *name);                // "{id}" of the path
struct str http_cookie(struct ctx *c, const struct http_request *rq, const char *name);
// Path parameter or query parameter as id; fails with ERR_NOT_FOUND (path) or ERR_INVALID field.bad_id (query).
enum err http_param_id(struct ctx *c, const struct http_request *rq, const char *name, int64_t *ret_id);
enum err http_query_id(struct ctx *c, const struct http_request *rq, const char *name, int64_t *ret_id); // 0 absent
// Query number within bounds, or the default when absent.
enum err http_query_int(struct ctx *c, const struct http_request *rq, const char *name, int64_t min, int64_t max,
                        int64_t when_absent, int64_t *ret_value);
// "https://host": config.public_url, or else as this request was asked.
struct str http_origin(struct ctx *c, const struct http_request *rq);
// The number in If-Match: "7"; -1 when absent (the caller decides whether that is allowed).
enum err http_if_match(struct ctx *c, const struct http_request *rq, int64_t *ret_version);

struct http_part { // of multipart/form-data (RFC 7578)
    struct str name, filename, content_type, content;
};
// A parser: fuzzed. Fails with ERR_INVALID multipart.*.
enum err multipart_parse(struct ctx *c, struct str content_type_header, struct str body, struct http_part **ret_parts,
                         size_t *ret_count);
// application/x-www-form-urlencoded: every pair as a part with name and content, decoded, valid UTF-8. A parser:
// fuzzed. Fails with ERR_INVALID form.malformed, form.bad_utf8, form.too_many_fields.
enum err form_parse(struct ctx *c, struct str body, struct http_part **ret_parts, size_t *ret_count);
// The body by its Content-Type: one of the two above.
enum err http_parts(struct ctx *c, const struct http_request *rq, struct http_part **ret_parts, size_t *ret_count);

struct http_response {
    int status;               // 200 unless set
    const char *content_type; // "application/json; charset=utf-8" unless set
    struct buf body;
    void *impl;
};
void http_set_header(struct http_response *rs, const char *name, struct str value);
void http_set_etag_version(struct http_response *rs, int64_t version); // "7"
// Serves a file of the disk without reading it whole; immutable: cacheable for ever by this client.
void http_send_file(struct http_response *rs, const char *path, const char *content_type, bool immutable);
// Becomes a stream of server-sent events: what stream_publish brings to any of these topics (copied).
void http_send_stream(struct http_response *rs, const int64_t *topics, size_t count, int64_t session_id);
void http_redirect(struct http_response *rs, struct str location);                 // 303
struct str http_response_header(const struct http_response *rs, const char *name); // empty when not set
// As it was before the handler: for those that run more than once.
void http_response_reset(struct http_response *rs);

// Who may call. A set: bit 1u << role (the domain's numbers, as in actor.roles), or one of these.
#define ACCESS_ANYONE 0x80000000u    // also without signing in
#define ACCESS_SIGNED_IN 0x40000000u // every signed-in person

enum route_flag {
    ROUTE_MULTIPART = 1,      // takes multipart/form-data up to HTTP_MAX_UPLOAD
    ROUTE_CSV = 2,            // answers text/csv
    ROUTE_STREAM = 4,         // answers text/event-stream
    ROUTE_NO_IDEMPOTENCY = 8, // a POST to which Idempotency-Key does not apply (signing in)
    ROUTE_RAW = 16,           // answers something else than JSON (content_type in .out_type)
    ROUTE_DEMO = 32,          // exists in demo mode only
    ROUTE_LIST = 64,          // answers {"items": [out…], "next": cursor or null}
    ROUTE_FORM = 128,         // takes application/x-www-form-urlencoded; with ROUTE_MULTIPART either kind of form
};
struct route_query {
    const char *name, *doc;
};
typedef enum err (*http_handler)(struct ctx *c, struct http_request *rq, struct http_response *rs);
struct message;
struct route {
    const char *method; // "GET", "POST", "PATCH", "PUT", "DELETE"
    const char *path;   // "/api/v1/requests/{id}"
    http_handler handle;
    unsigned access;
    unsigned flags;
    const struct record *in, *out;   // for OpenAPI; NULL: none
    const struct route_query *query; // ends with name NULL; may be NULL
    const char *summary;             // one line of English
    const char *out_type;            // ROUTE_RAW
    // How its errors are told, where a protocol of its own says so: rewrites what http_problem has put into rs.
    void (*problem)(struct ctx *c, const struct http_request *rq, const struct message *const *messages,
                    struct http_response *rs);
};

// A message key in the two languages; {0}, {1} stand for error.args.
struct message {
    const char *key, *zh, *en;
};
extern const struct message platform_messages[]; // ends with key NULL; always looked into last
// NULL when no table (a NULL-terminated list, may be NULL) has the key: a mistake that the contract test finds.
const struct message *message_find(const struct message *const *tables, const char *key);
struct str message_text(struct arena *arena, const struct message *message, const char *lang, const struct str args[2]);

struct static_file {  // packed into the binary by tools/pack
    const char *path; // "/assets/x.js"
    const char *content_type;
    const char *etag;
    struct str plain, gzip; // gzip may be empty
    bool immutable;
};

// A packed file that is data of the domain: "/data/catalog.tsv". Empty when there is none.
struct str packed_text(const struct ctx *c, const char *path);

struct http_options {
    const struct house *house;
    int port;                              // 0: any; http_port tells
    const char *bind;                      // "127.0.0.1"
    const struct route *const *routes;     // tables, each ending with method NULL; NULL-terminated list
    const struct message *const *messages; // the same shape, key NULL
    const struct static_file *files;
    size_t file_count;
    // Path of the app page that answers a browser's GET of a path without a file ("/q/…" → "/index.html"); NULL: 404.
    const char *(*page_for)(struct str path);
    // Fills c->actor and c->tenant_id from cookie or bearer token; an error other than OK is answered.
    enum err (*authenticate)(struct ctx *c, struct http_request *rq);
    bool demo;
    int workers;                    // threads for requests that write; 0: 32
    int max_connections;            // 0: 10,000
    const char *tls_cert, *tls_key; // PEM files; NULL: plain HTTP
    const char *trusted_proxy;      // address whose X-Forwarded-* are believed; NULL: none
    int loops;                      // threads that read, answer and run GET handlers; 0: one a core
    int work_queue_max;             // requests that wait for a worker; 0: 4096. Beyond it: 503
    int max_connections_per_ip;     // 0: a quarter of max_connections; not counted behind a trusted proxy
    bool reads_on_workers;          // also GET handlers run on workers: for a store that is not in the process
    int64_t stream_max_ms;          // a stream is closed after this long and comes back checked; 0: 10 minutes
    int64_t heartbeat_ms;           // 0: 15 s
    int64_t patience_ms;            // for a slow client's headers, and for its first bytes of body; 0: 15 s
};
struct http_server;
enum err http_start(struct ctx *c, const struct http_options *options, struct http_server **ret_server);
int http_port(const struct http_server *server);
// The server that a request came to; for /metrics.
struct http_server *http_server_of(const struct http_request *rq);
void http_stop(struct http_server *server); // finishes what runs, closes streams
// Prometheus text of the server's own counters.
void http_metrics(const struct http_server *server, struct buf *out);

// application/problem+json (RFC 9457): type, title (translated), status, key, field, detail.
// Fills rs from c->error; of an internal error only the request id is told.
void http_problem(struct ctx *c, const struct message *const *messages, struct http_response *rs);
// The sentence of c->error, as a problem's title has it.
struct str http_problem_title(struct ctx *c, const struct message *const *messages);

// --- for tests of handlers: a request and an answer without a server ---------------------------------------------
// target: "/path?query"; headers: "Name: value" lines, or NULL. The caller frees ret_rs->body.
enum err http_for_test(struct ctx *c, const char *method, const char *target, const char *headers, struct str body,
                       struct http_request *ret_rq, struct http_response *ret_rs);
void http_set_param_for_test(struct ctx *c, struct http_request *rq, const char *name, struct str value);
