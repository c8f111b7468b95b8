// SPDX-License-Identifier: MulanPSL-2.0
// From method and path to a route. Built once from the modules' tables, read-only afterwards.
#pragma once
#include "http/http.h"
#include "http/url.h"

#define ROUTER_MAX_PARAMS 4

enum http_method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_OTHER };
#define METHOD_COUNT METHOD_OTHER
extern const char *const method_names[]; // by enum http_method; NULL after the last
enum http_method method_from_name(struct str name);

struct router;
struct route_match {
    const struct route *route; // NULL: the path exists, the method does not
    unsigned methods;          // bits 1u << method that the path knows
    struct pair params[ROUTER_MAX_PARAMS];
    size_t param_count;
};
// Memory from arena, which must outlive the router. ROUTE_DEMO routes are left out unless demo is set. Fails with
// ERR_INTERNAL http.route_bad, http.route_twice ({0} = method and path).
enum err router_build(struct ctx *c, struct arena *arena, const struct route *const *tables, bool demo,
                      struct router **ret_router);
// False: no such path. A literal segment goes before a parameter. Params are decoded, into arena.
bool router_match(const struct router *router, struct arena *arena, enum http_method method, struct str raw_path,
                  struct route_match *ret_match);
// "GET, HEAD, POST, OPTIONS"
struct str router_allow(struct arena *arena, unsigned methods);
