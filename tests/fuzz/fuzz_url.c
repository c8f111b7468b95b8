// SPDX-License-Identifier: MulanPSL-2.0
// Targets of request lines: parsed, routed, their queries read.
#include "http/router.h"
#include "http/url.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static enum err nothing(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    (void)rq;
    (void)rs;
    return OK;
}

static const struct route routes[] = {
    {"GET", "/api/v1/requests", nothing, ACCESS_ANYONE},
    {"GET", "/api/v1/requests/{id}", nothing, ACCESS_ANYONE},
    {"POST", "/api/v1/requests/{id}/actions/{action}", nothing, ACCESS_ANYONE},
    {"GET", "/api/v1/requests/new/{what}", nothing, ACCESS_ANYONE},
    {NULL},
};

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static bool clean(struct str s)
{
    return utf8_valid(s) && (!s.n || !memchr(s.p, '\0', s.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct ctx c = {.arena = arena_new(64 << 20)};
    struct url url;
    struct router *router;
    struct route_match match;
    const struct route *const tables[] = {routes, NULL};
    if (url_parse(&c, (struct str){(const char *)bytes, n}, &url) == OK) {
        demand(clean(url.path) && url.path.n && url.query_count <= URL_MAX_PAIRS);
        for (size_t i = 0; i < url.query_count; i++)
            demand(clean(url.query[i].name) && clean(url.query[i].value));
        demand(router_build(&c, c.arena, tables, false, &router) == OK);
        if (router_match(router, c.arena, METHOD_POST, url.raw_path, &match)) {
            demand(match.methods != 0 && match.param_count <= ROUTER_MAX_PARAMS);
            for (size_t i = 0; i < match.param_count; i++)
                demand(match.params[i].value.n > 0);
        }
    } else {
        demand(c.error.code == ERR_INVALID);
    }
    arena_free(c.arena);
    return 0;
}
