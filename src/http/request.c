// SPDX-License-Identifier: MulanPSL-2.0
// What handlers ask about a request.
#include "base/config.h"
#include "base/id.h"
#include "http/exchange.h"
#include "http/header.h"

struct str pair_find(const struct pair *pairs, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_ignore_case(pairs[i].name, name))
            return pairs[i].value;
    return (struct str){"", 0};
}

struct str http_header(const struct http_request *rq, const char *name)
{
    const struct request_impl *impl = rq->impl;
    return pair_find(impl->headers, impl->header_count, str_of(name));
}

static bool find_query(const struct http_request *rq, const char *name, struct str *ret_value)
{
    const struct request_impl *impl = rq->impl;
    for (size_t i = 0; i < impl->url.query_count; i++) {
        if (!str_equal_z(impl->url.query[i].name, name))
            continue;
        *ret_value = impl->url.query[i].value;
        return true;
    }
    return false;
}

struct str http_query(struct ctx *c, const struct http_request *rq, const char *name)
{
    (void)c;
    struct str value = {"", 0};
    find_query(rq, name, &value);
    return value;
}

struct str http_param(const struct http_request *rq, const char *name)
{
    const struct request_impl *impl = rq->impl;
    for (size_t i = 0; i < impl->param_count; i++)
        if (str_equal_z(impl->params[i].name, name))
            return impl->params[i].value;
    return (struct str){"", 0};
}

struct str http_cookie(struct ctx *c, const struct http_request *rq, const char *name)
{
    (void)c;
    return header_cookie(http_header(rq, "Cookie"), str_of(name));
}

struct http_server *http_server_of(const struct http_request *rq)
{
    const struct request_impl *impl = rq->impl;
    return impl->server;
}

enum err http_param_id(struct ctx *c, const struct http_request *rq, const char *name, int64_t *ret_id)
{
    if (!id_parse(http_param(rq, name), ret_id))
        return fail(c, ERR_NOT_FOUND, "http.not_found"); // a path that names nothing, not a bad field
    return OK;
}

enum err http_query_id(struct ctx *c, const struct http_request *rq, const char *name, int64_t *ret_id)
{
    struct str value;
    if (!find_query(rq, name, &value) || !value.n) {
        *ret_id = 0;
        return OK;
    }
    return id_parse(value, ret_id) ? OK : fail_field(c, ERR_INVALID, "field.bad_id", str_of(name));
}

enum err http_query_int(struct ctx *c, const struct http_request *rq, const char *name, int64_t min, int64_t max,
                        int64_t when_absent, int64_t *ret_value)
{
    struct str text;
    int64_t value;
    if (!find_query(rq, name, &text) || !text.n) {
        *ret_value = when_absent;
        return OK;
    }
    if (!str_to_int64(text, &value))
        return fail_field(c, ERR_INVALID, "field.not_a_number", str_of(name));
    if (value < min || value > max) {
        fail_with(c, ERR_INVALID, "field.out_of_range", str_format(c->arena, "%lld", (long long)min),
                  str_format(c->arena, "%lld", (long long)max));
        c->error.field = str_of(name);
        return ERR_INVALID;
    }
    *ret_value = value;
    return OK;
}

enum err http_if_match(struct ctx *c, const struct http_request *rq, int64_t *ret_version)
{
    struct str value = str_trim(http_header(rq, "If-Match"));
    if (!value.n || str_equal(value, STR("*"))) {
        *ret_version = -1;
        return OK;
    }
    return header_version(value, ret_version) ? OK : fail(c, ERR_INVALID, "http.bad_if_match");
}

// Host is what the client says: only what a host name and port are made of is taken.
static bool host_valid(struct str host)
{
    if (host.n == 0 || host.n > 255)
        return false;
    for (size_t i = 0; i < host.n; i++) {
        char ch = host.p[i];
        bool fine = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '.' ||
                    ch == '-' || ch == ':' || ch == '[' || ch == ']';
        if (!fine)
            return false;
    }
    return true;
}

struct str http_origin(struct ctx *c, const struct http_request *rq)
{
    struct str origin = c->house->config ? str_of(c->house->config->public_url) : (struct str){0};
    while (origin.n && origin.p[origin.n - 1] == '/')
        origin.n--;
    if (origin.n)
        return origin;
    struct str host = http_header(rq, "Host");
    if (!host_valid(host))
        host = STR("localhost");
    return str_format(c->arena, "%s://%.*s", rq->secure ? "https" : "http", STR_ARG(host));
}

enum err http_parts(struct ctx *c, const struct http_request *rq, struct http_part **ret_parts, size_t *ret_count)
{
    if (!rq->content_type.n || str_equal_z(rq->content_type, HTTP_FORM_TYPE))
        return form_parse(c, rq->body, ret_parts, ret_count);
    return multipart_parse(c, http_header(rq, "Content-Type"), rq->body, ret_parts, ret_count);
}

// "Name: value" lines into pairs.
static void read_test_headers(struct arena *arena, const char *lines, struct request_impl *impl)
{
    struct str rest = str_of(lines);
    struct pair *pairs = arena_array(arena, 32, sizeof *pairs);
    size_t count = 0;
    while (rest.n && count < 32) {
        struct str value = str_cut(&rest, '\n');
        if (!value.n)
            continue;
        pairs[count].name = str_cut(&value, ':');
        pairs[count++].value = str_trim(value);
    }
    impl->headers = pairs;
    impl->header_count = count;
}

enum err http_for_test(struct ctx *c, const char *method, const char *target, const char *headers, struct str body,
                       struct http_request *ret_rq, struct http_response *ret_rs)
{
    struct request_impl *in = arena_alloc(c->arena, sizeof *in);
    TRY(url_parse(c, str_of(target), &in->url));
    read_test_headers(c->arena, headers ? headers : "", in);
    *ret_rq = (struct http_request){.method = str_of(method), .path = in->url.path, .body = body, .impl = in};
    ret_rq->content_type = header_media_type(c->arena, http_header(ret_rq, "Content-Type"));
    ret_rq->client_ip = STR("127.0.0.1");
    response_init(ret_rs, arena_alloc(c->arena, sizeof(struct response_impl)), c->arena, RESPONSE_MAX_BYTES);
    return OK;
}

void http_set_param_for_test(struct ctx *c, struct http_request *rq, const char *name, struct str value)
{
    struct request_impl *impl = rq->impl;
    struct pair *params = arena_array(c->arena, impl->param_count + 1, sizeof *params);
    for (size_t i = 0; i < impl->param_count; i++)
        params[i] = impl->params[i];
    params[impl->param_count] = (struct pair){str_of(name), value};
    impl->params = params;
    impl->param_count++;
}
