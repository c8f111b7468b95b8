// SPDX-License-Identifier: MulanPSL-2.0
// What is asked of every request before its handler runs, in order: framing, target, route, size and kind of body
// (serve_begin, as soon as the headers are there), then origin, sign-in, access (serve_run).
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "http/header.h"
#include "http/server.h"

#include <string.h>

static struct str header_of(const struct exchange *x, const char *name)
{
    return http_header(&x->rq, name);
}

static size_t count_header(const struct exchange *x, struct str name)
{
    size_t count = 0;
    for (size_t i = 0; i < x->in.header_count; i++)
        count += str_equal_ignore_case(x->in.headers[i].name, name);
    return count;
}

// "Content-Length : 5" is no Content-Length to us, and is one to others (RFC 9112 5.1).
static bool blank_in_a_name(const struct exchange *x)
{
    for (size_t i = 0; i < x->in.header_count; i++) {
        struct str name = x->in.headers[i].name;
        if (!name.n || memchr(name.p, ' ', name.n) || memchr(name.p, '\t', name.n))
            return true;
    }
    return false;
}

// A message whose end can be read in two ways is where one request is smuggled inside another (RFC 9112 6.3).
static enum err check_framing(struct exchange *x)
{
    if (!count_header(x, STR("Host")) && !x->http10) { // RFC 9112 3.2
        x->must_close = true;
        return exchange_refuse(x, ERR_INVALID, "http.no_host");
    }
    size_t lengths = count_header(x, STR("Content-Length")), codings = count_header(x, STR("Transfer-Encoding"));
    bool chunked = codings && str_equal_ignore_case(header_of(x, "Transfer-Encoding"), STR("chunked"));
    if (lengths > 1 || codings > 1 || (lengths && codings) || (codings && !chunked) ||
        count_header(x, STR("Host")) > 1 || blank_in_a_name(x)) {
        x->must_close = true;
        return exchange_refuse(x, ERR_INVALID, "http.bad_framing");
    }
    return OK;
}

static void find_client(struct exchange *x)
{
    const char *proxy = x->server->options.trusted_proxy;
    x->rq.client_ip = str_of(x->conn->ip);
    x->rq.secure = x->server->options.tls_cert != NULL;
    if (!proxy || strcmp(proxy, x->conn->ip) != 0)
        return;
    struct str forwarded = header_last_forwarded(header_of(x, "X-Forwarded-For"));
    if (forwarded.n)
        x->rq.client_ip = forwarded;
    x->rq.secure = x->rq.secure || str_equal_ignore_case(header_of(x, "X-Forwarded-Proto"), STR("https"));
}

static bool expects_body(const struct exchange *x)
{
    int64_t length = 0;
    str_to_int64(header_of(x, "Content-Length"), &length);
    return length > 0 || count_header(x, STR("Transfer-Encoding"));
}

static enum err find_file(struct exchange *x)
{
    const char *(*page_for)(struct str path) = x->server->options.page_for;
    x->file = static_find(x->server, x->rq.path);
    if (!x->file && page_for && !str_starts_with(x->rq.path, STR("/api/"))) {
        const char *page = page_for(x->rq.path);
        x->file = page ? static_find(x->server, str_of(page)) : NULL;
    }
    if (!x->file)
        return exchange_refuse(x, ERR_NOT_FOUND, "http.not_found");
    x->allowed = 1u << METHOD_GET;
    return x->method == METHOD_GET || x->options ? OK : exchange_refuse(x, ERR_METHOD, "http.method");
}

static enum err find_route(struct exchange *x)
{
    struct route_match match;
    if (!router_match(x->server->router, x->c.arena, x->method, x->in.url.raw_path, &match))
        return find_file(x);
    x->route = match.route;
    x->allowed = match.methods;
    if (!match.route)
        return x->options ? OK : exchange_refuse(x, ERR_METHOD, "http.method");
    struct pair *params = arena_array(x->c.arena, ROUTER_MAX_PARAMS, sizeof *params);
    memcpy(params, match.params, match.param_count * sizeof *params);
    for (size_t i = 0; i < match.param_count; i++)
        if (!utf8_valid(params[i].value))
            return exchange_refuse(x, ERR_INVALID, "http.bad_url");
    x->in.params = params;
    x->in.param_count = match.param_count;
    if (match.route->flags & (ROUTE_CSV | ROUTE_RAW))
        x->rs.body.max = RESPONSE_MAX_EXPORT;
    return OK;
}

static bool wants_multipart(const struct exchange *x)
{
    return x->route && x->route->flags & ROUTE_MULTIPART;
}

static enum err check_body_size(struct exchange *x)
{
    x->body_limit = wants_multipart(x) ? HTTP_MAX_UPLOAD : HTTP_MAX_BODY;
    if (!expects_body(x))
        return OK;
    int64_t length = 0;
    struct str text = header_of(x, "Content-Length");
    if (text.n && (!str_to_int64(text, &length) || length > (int64_t)x->body_limit))
        return exchange_refuse(x, ERR_TOO_LARGE, "http.too_large");
    return OK;
}

static enum err begin(struct exchange *x)
{
    struct str target = x->in.url.raw_path;
    TRY(check_framing(x));
    if (memchr(target.p, ' ', target.n)) {
        x->must_close = true;
        return exchange_refuse(x, ERR_INVALID, "http.bad_url");
    }
    if (x->options && str_equal(target, STR("*"))) {
        x->allowed = (1u << METHOD_COUNT) - 1;
        return OK;
    }
    enum err err = url_parse(&x->c, target, &x->in.url);
    if (err != OK) {
        x->refused = true;
        x->body_limit = HTTP_MAX_BODY;
        return err;
    }
    x->rq.path = x->in.url.path;
    TRY(find_route(x));
    return check_body_size(x);
}

void serve_begin(struct exchange *x, struct str method)
{
    x->head = str_equal(method, STR("HEAD"));
    x->options = str_equal(method, STR("OPTIONS"));
    x->method = x->head ? METHOD_GET : method_from_name(method);
    x->rq.method = x->head ? STR("GET") : str_copy(x->c.arena, method);
    x->rq.content_type = header_media_type(x->c.arena, header_of(x, "Content-Type"));
    x->c.lang = header_language(header_of(x, "Accept-Language"));
    find_client(x);
    begin(x);
}

bool serve_on_worker(const struct exchange *x)
{
    if (!x->route || x->options)
        return false;
    return x->method != METHOD_GET || x->route->flags & ROUTE_CSV || x->server->options.reads_on_workers;
}

// Where the public name is known, a page that came under another one was led here by a name that is not ours (DNS
// rebinding): to its browser it is of one origin with us.
static bool host_is_ours(const struct exchange *x, struct str host)
{
    const struct house *house = x->server->options.house;
    const char *public_url = house && house->config ? house->config->public_url : NULL;
    return !public_url || header_host_is(host, str_of(public_url), str_of(x->server->options.bind));
}

// A change sent by a page of another site with this site's cookie. What carries a bearer token was not sent by a form.
static enum err check_origin(struct exchange *x)
{
    if (x->method == METHOD_GET || header_of(x, "Authorization").n)
        return OK;
    struct str site = header_of(x, "Sec-Fetch-Site"), origin = header_of(x, "Origin");
    if (!site.n && !origin.n)
        return OK; // no browser: none sends a change without Origin
    struct str host = header_of(x, "Host");
    const char *proxy = x->server->options.trusted_proxy;
    if (proxy && !strcmp(proxy, x->conn->ip) && header_of(x, "X-Forwarded-Host").n)
        host = header_of(x, "X-Forwarded-Host");
    if (!host_is_ours(x, host))
        return fail(&x->c, ERR_FORBIDDEN, "http.cross_site");
    if (site.n) { // set by the browser itself, whatever a proxy makes of Host
        if (str_equal(site, STR("same-origin")) || str_equal(site, STR("none")))
            return OK;
        return fail(&x->c, ERR_FORBIDDEN, "http.cross_site");
    }
    return header_same_origin(origin, host) ? OK : fail(&x->c, ERR_FORBIDDEN, "http.cross_site");
}

static enum err check_access(struct ctx *c, unsigned access)
{
    if (access & ACCESS_ANYONE)
        return OK;
    if (c->actor.kind == ACTOR_NOBODY)
        return fail(c, ERR_UNAUTHENTICATED, "auth.sign_in");
    if (access & ACCESS_SIGNED_IN || access & c->actor.roles)
        return OK;
    return fail(c, ERR_FORBIDDEN, "auth.not_allowed");
}

// After access: who may not call is told that, whatever was sent.
static enum err check_body_kind(struct exchange *x)
{
    if (!expects_body(x) || x->method == METHOD_GET)
        return OK; // a body there means nothing: read and forgotten
    struct str type = x->rq.content_type;
    if (x->route->flags & ROUTE_FORM && (!type.n || str_equal_z(type, HTTP_FORM_TYPE)))
        return OK;
    if (wants_multipart(x) && str_equal_z(type, "multipart/form-data"))
        return OK;
    if (x->route->flags & ROUTE_FORM)
        return fail(&x->c, ERR_UNSUPPORTED, "http.want_form");
    if (wants_multipart(x))
        return fail(&x->c, ERR_UNSUPPORTED, "http.want_multipart");
    if (!str_equal_z(type, "application/json"))
        return fail(&x->c, ERR_UNSUPPORTED, "http.want_json");
    struct str charset; // RFC 8259 8.1: JSON is UTF-8
    if (header_param(x->c.arena, header_of(x, "Content-Type"), STR("charset"), &charset) &&
        !str_equal_ignore_case(charset, STR("utf-8")) && !str_equal_ignore_case(charset, STR("utf8")))
        return fail(&x->c, ERR_UNSUPPORTED, "http.want_utf8");
    return OK;
}

static enum err run(struct exchange *x)
{
    struct ctx *c = &x->c;
    const struct http_options *options = &x->server->options;
    TRY(check_origin(x));
    if (options->authenticate)
        TRY(options->authenticate(c, &x->rq));
    TRY(check_access(c, x->route->access));
    TRY(check_body_kind(x));
    TRY(x->route->handle(c, &x->rq, &x->rs));
    return x->rs.body.full ? fail(c, ERR_INTERNAL, "http.answer_too_large") : OK;
}

void serve_problem(struct exchange *x)
{
    if (x->c.error.code == ERR_INTERNAL)
        log_error("http: %s %s: %s [%s]", x->route ? x->route->method : "-", x->route ? x->route->path : "-",
                  x->c.error.key ? x->c.error.key : "no key", x->id);
    if (x->c.error.code == ERR_METHOD)
        http_set_header(&x->rs, "Allow", router_allow(x->c.arena, x->allowed));
    http_problem(&x->c, x->server->options.messages, &x->rs);
    if (x->route && x->route->problem)
        x->route->problem(&x->c, &x->rq, x->server->options.messages, &x->rs);
}

void serve_run(struct exchange *x)
{
    struct ctx *c = &x->c;
    const struct house *house = x->server->options.house;
    c->now_ms = clock_now_ms(house && house->clock ? house->clock : &clock_machine);
    x->rq.body = buf_str(&x->body);
    enum err err = run(x);
    if (err == OK)
        return;
    if (c->error.code == OK) // an error that was returned but never told
        c->error = (struct error){.code = err};
    serve_problem(x);
}
