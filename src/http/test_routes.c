// SPDX-License-Identifier: MulanPSL-2.0
// The server that the tests drive.
#include "base/clock.h"
#include "base/log.h"
#include "http/test_client.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum err hello(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    (void)rq;
    buf_add_z(&rs->body, "{\"hello\":\"world\"}");
    return OK;
}

static enum err echo_query(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    buf_add_str(&rs->body, http_query(c, rq, "q"));
    http_set_header(rs, "X-Ip", rq->client_ip);
    http_set_header(rs, "X-Lang", str_of(c->lang));
    rs->content_type = "text/plain; charset=utf-8";
    return OK;
}

static enum err echo_body(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    buf_add_str(&rs->body, rq->body);
    rs->status = 201;
    return OK;
}

static enum err slow(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    usleep(300000);
    return hello(c, rq, rs);
}

static enum err thing(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    http_set_etag_version(rs, 7);
    buf_add_str(&rs->body, http_param(rq, "id"));
    return OK;
}

static enum err change_thing(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t version;
    TRY(http_if_match(c, rq, &version));
    if (version != 7)
        return fail(c, ERR_STALE, "flow.stale");
    return thing(c, rq, rs);
}

static enum err upload(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct http_part *parts;
    size_t count;
    TRY(http_parts(c, rq, &parts, &count));
    for (size_t i = 0; i < count; i++)
        buf_addf(&rs->body, "%.*s=%zu;", STR_ARG(parts[i].name), parts[i].content.n);
    return OK;
}

static enum err break_inside(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    buf_add_z(&rs->body, "half an answer");
    http_set_header(rs, "X-Secret", rq->path);
    return fail_with(c, ERR_INTERNAL, "store.failed", STR("password=hunter2"), STR("x"));
}

static enum err taken(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    (void)rs;
    return fail_with(c, ERR_CONFLICT, "test.taken", STR("李\"四"), STR("09:30"));
}

static enum err stream(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t topic;
    TRY(http_query_int(c, rq, "topic", 1, 1000, 1, &topic));
    http_send_stream(rs, (int64_t[]){topic, 77}, 2, 5);
    return OK;
}

static const char *_Atomic file_path; // a test's thread sets it, the server's read it
void test_file_set(const char *path)
{
    file_path = path;
}
const char *test_file(void)
{
    return file_path;
}

static enum err file(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    (void)rq;
    http_send_file(rs, test_file(), "audio/mpeg", true);
    return OK;
}

static enum err csv(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    (void)rq;
    for (int i = 0; i < 200000; i++)
        buf_add_z(&rs->body, "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x\r\n");
    return OK;
}

static enum err metrics(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    http_metrics(http_server_of(rq), &rs->body);
    return OK;
}

static void plainly(struct ctx *c, const struct http_request *rq, const struct message *const *messages,
                    struct http_response *rs)
{
    struct str title = http_problem_title(c, messages);
    buf_clear(&rs->body);
    rs->content_type = "text/plain";
    buf_addf(&rs->body, "%.*s: %.*s", STR_ARG(rq->path), STR_ARG(title));
}

const struct route test_routes[] = {
    {"GET", "/api/hello", hello, ACCESS_ANYONE, .summary = "Says hello"},
    {"GET", "/api/echo", echo_query, ACCESS_ANYONE, ROUTE_RAW, .out_type = "text/plain"},
    {"POST", "/api/echo", echo_body, ACCESS_ANYONE},
    {"POST", "/api/slow", slow, ACCESS_ANYONE},
    {"GET", "/api/things/{id}", thing, ACCESS_ANYONE},
    {"PATCH", "/api/things/{id}", change_thing, ACCESS_ANYONE},
    {"DELETE", "/api/things/{id}", thing, ACCESS_ANYONE},
    {"POST", "/api/upload", upload, ACCESS_ANYONE, ROUTE_MULTIPART},
    {"POST", "/api/form", upload, ACCESS_ANYONE, ROUTE_FORM, .problem = plainly},
    {"POST", "/api/form-or-file", upload, ACCESS_ANYONE, ROUTE_FORM | ROUTE_MULTIPART},
    {"GET", "/api/break", break_inside, ACCESS_ANYONE},
    {"POST", "/api/taken", taken, ACCESS_ANYONE},
    {"GET", "/api/mine", hello, ACCESS_SIGNED_IN},
    {"GET", "/api/staff", hello, 1u << ROLE_STAFF},
    {"GET", "/api/nobody", hello, 0},
    {"GET", "/api/demo", hello, ACCESS_ANYONE, ROUTE_DEMO},
    {"GET", "/api/stream", stream, ACCESS_ANYONE, ROUTE_STREAM},
    {"GET", "/api/file", file, ACCESS_ANYONE, ROUTE_RAW},
    {"GET", "/api/all.csv", csv, ACCESS_ANYONE, ROUTE_CSV},
    {"GET", "/metrics", metrics, ACCESS_ANYONE, ROUTE_RAW, .out_type = "text/plain"},
    {NULL},
};

static const struct message messages[] = {
    {"test.taken", "{0}已在{1}接手。", "Taken by {0} at {1}."},
    {NULL, NULL, NULL},
};

static const struct static_file files[] = {
    {"/work.html", "text/html; charset=utf-8", "\"w1\"", STR_INIT("<p>work</p>"), {0}, false},
    {"/index.html", "text/html; charset=utf-8", "\"i1\"", STR_INIT("<p>hello</p>"), STR_INIT("GZIPPED"), false},
    {"/assets/a-1234abcd.js", "text/javascript", "\"a1\"", STR_INIT("1"), {0}, true},
    {"/data/secret.tsv", "text/plain", "\"d1\"", STR_INIT("data"), {0}, false},
};

static const char *page_for(struct str path)
{
    if (str_starts_with(path, STR("/work")))
        return "/work.html";
    return str_starts_with(path, STR("/q/")) || str_equal(path, STR("/")) ? "/index.html" : NULL;
}

static enum err authenticate(struct ctx *c, struct http_request *rq)
{
    struct str bearer = http_header(rq, "Authorization"), cookie = http_cookie(c, rq, "linli_session");
    c->tenant_id = 9;
    if (str_equal(bearer, STR("Bearer staff"))) {
        c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = 2, .roles = 1u << ROLE_STAFF};
    } else if (str_equal(cookie, STR("resident"))) {
        c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = 3, .roles = 1};
    }
    return OK;
}

void test_server_start(struct test_server *t, void (*change)(struct http_options *options))
{
    static const struct route *const routes[] = {test_routes, NULL};
    static const struct message *const tables[] = {messages, NULL};
    *t = (struct test_server){.house = {.clock = &clock_machine, .stream = stream_new()}};
    t->c = (struct ctx){.arena = arena_new(1 << 20), .house = &t->house, .lang = "en"};
    struct http_options options = {.house = &t->house,
                                   .routes = routes,
                                   .messages = tables,
                                   .files = files,
                                   .file_count = sizeof files / sizeof *files,
                                   .page_for = page_for,
                                   .authenticate = authenticate,
                                   .workers = 4,
                                   .loops = 2,
                                   .max_connections = 1000,
                                   .max_connections_per_ip = 1000};
    if (change)
        change(&options);
    log_set_level(LOG_WARN);
    if (http_start(&t->c, &options, &t->server) != OK) {
        fprintf(stderr, "no server: %s\n", t->c.error.key);
        abort();
    }
    t->port = http_port(t->server);
}

void test_server_stop(struct test_server *t)
{
    http_stop(t->server);
    stream_free(t->house.stream);
    arena_free(t->c.arena);
}
