// SPDX-License-Identifier: MulanPSL-2.0
// What handlers put into an answer.
#include "base/log.h"
#include "http/exchange.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void response_init(struct http_response *rs, struct response_impl *impl, struct arena *arena, size_t max_bytes)
{
    *rs = (struct http_response){.status = 200, .impl = impl};
    *impl = (struct response_impl){.arena = arena};
    buf_init(&rs->body, max_bytes);
}

void http_response_reset(struct http_response *rs)
{
    struct response_impl *impl = rs->impl;
    rs->status = 200;
    rs->content_type = NULL;
    buf_clear(&rs->body);
    *impl = (struct response_impl){.arena = impl->arena, .request_id = impl->request_id};
}

void http_set_header(struct http_response *rs, const char *name, struct str value)
{
    struct response_impl *impl = rs->impl;
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
            return; // a line break in a header value would begin another header
    bool repeats = str_equal_ignore_case(str_of(name), STR("Set-Cookie"));
    struct str copy = {str_z(impl->arena, value), value.n};
    for (size_t i = 0; i < impl->header_count && !repeats; i++)
        if (str_equal_ignore_case(impl->headers[i].name, str_of(name))) {
            impl->headers[i].value = copy;
            return;
        }
    if (impl->header_count == RESPONSE_MAX_HEADERS) {
        log_error("http: more than %d headers in an answer", RESPONSE_MAX_HEADERS);
        abort();
    }
    impl->headers[impl->header_count++] = (struct pair){{str_z(impl->arena, str_of(name)), strlen(name)}, copy};
}

struct str http_response_header(const struct http_response *rs, const char *name)
{
    const struct response_impl *impl = rs->impl;
    return pair_find(impl->headers, impl->header_count, str_of(name));
}

void http_set_etag_version(struct http_response *rs, int64_t version)
{
    struct response_impl *impl = rs->impl;
    http_set_header(rs, "ETag", str_format(impl->arena, "\"%" PRId64 "\"", version));
}

void http_send_file(struct http_response *rs, const char *path, const char *content_type, bool immutable)
{
    struct response_impl *impl = rs->impl;
    impl->kind = RESPONSE_FILE;
    impl->file = str_z(impl->arena, str_of(path));
    impl->immutable = immutable;
    rs->content_type = content_type;
}

void http_send_stream(struct http_response *rs, const int64_t *topics, size_t count, int64_t session_id)
{
    struct response_impl *impl = rs->impl;
    int64_t *copy = arena_array(impl->arena, count ? count : 1, sizeof *copy);
    if (count)
        memcpy(copy, topics, count * sizeof *copy);
    impl->kind = RESPONSE_STREAM;
    impl->topics = copy;
    impl->topic_count = count;
    impl->session_id = session_id;
    rs->content_type = "text/event-stream";
}

void http_redirect(struct http_response *rs, struct str location)
{
    rs->status = 303;
    http_set_header(rs, "Location", location);
}
