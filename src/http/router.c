// SPDX-License-Identifier: MulanPSL-2.0
// A tree of path segments. "{id}" is a parameter: any one segment that is not empty.
#include "http/router.h"

#define MAX_SEGMENTS 16

const char *const method_names[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};

struct node {
    struct str literal; // of this segment
    struct node *next;  // sibling
    struct node *children;
    struct node *param; // the child "{…}"
    const struct route *routes[METHOD_COUNT];
};
struct router {
    struct node root;
};

enum http_method method_from_name(struct str name)
{
    for (int i = 0; method_names[i]; i++)
        if (str_equal_z(name, method_names[i]))
            return (enum http_method)i;
    return METHOD_OTHER;
}

static struct node *find_literal(struct node *first, struct str segment)
{
    for (; first; first = first->next)
        if (str_equal(first->literal, segment))
            return first;
    return NULL;
}

static bool is_param(struct str segment)
{
    return segment.n > 2 && segment.p[0] == '{' && segment.p[segment.n - 1] == '}';
}

static enum err bad_route(struct ctx *c, const char *key, const struct route *route)
{
    return fail_with(c, ERR_INTERNAL, key, str_of(route->method), str_of(route->path));
}

static enum err add_route(struct ctx *c, struct arena *arena, struct router *router, const struct route *route)
{
    struct str rest = str_of(route->path);
    enum http_method method = method_from_name(str_of(route->method));
    if (!rest.n || rest.p[0] != '/' || method == METHOD_OTHER || !route->handle)
        return bad_route(c, "http.route_bad", route);
    str_cut(&rest, '/');
    struct node *node = &router->root;
    size_t params = 0, segments = 0;
    do {
        struct str segment = str_cut(&rest, '/');
        bool param = is_param(segment);
        if (++segments > MAX_SEGMENTS || (param && ++params > ROUTER_MAX_PARAMS) ||
            (!param && str_find_byte(segment, '{', 0) != (size_t)-1))
            return bad_route(c, "http.route_bad", route);
        struct node *child = param ? node->param : find_literal(node->children, segment);
        if (!child) {
            child = arena_alloc(arena, sizeof *child);
            child->literal = segment;
            child->next = param ? NULL : node->children;
            *(param ? &node->param : &node->children) = child;
        }
        node = child;
    } while (rest.n);
    if (node->routes[method])
        return bad_route(c, "http.route_twice", route);
    node->routes[method] = route;
    return OK;
}

enum err router_build(struct ctx *c, struct arena *arena, const struct route *const *tables, bool demo,
                      struct router **ret_router)
{
    struct router *router = arena_alloc(arena, sizeof *router);
    for (; tables && *tables; tables++)
        for (const struct route *route = *tables; route->method; route++)
            if (demo || !(route->flags & ROUTE_DEMO))
                TRY(add_route(c, arena, router, route));
    *ret_router = router;
    return OK;
}

// Cuts a decoded path at its raw slashes. False: too deep, or an escape is broken.
static bool cut_path(struct arena *arena, struct str raw_path, struct str segments[MAX_SEGMENTS], size_t *ret_count)
{
    size_t count = 0;
    struct str rest = raw_path;
    str_cut(&rest, '/');
    bool more;
    do {
        more = str_find_byte(rest, '/', 0) != (size_t)-1;
        struct str segment = str_cut(&rest, '/');
        if (count == MAX_SEGMENTS || !percent_decode(arena, segment, false, &segments[count]))
            return false;
        count++;
    } while (more);
    *ret_count = count;
    return true;
}

static bool has_routes(const struct node *node)
{
    for (int i = 0; i < METHOD_COUNT; i++)
        if (node->routes[i])
            return true;
    return false;
}

// Depth is at most MAX_SEGMENTS. values collects what parameters took on the way.
static const struct node *walk(const struct node *node, const struct str *segments, size_t count, struct str *values,
                               size_t *value_count)
{
    if (!count)
        return has_routes(node) ? node : NULL;
    const struct node *child = find_literal(node->children, segments[0]);
    const struct node *found = child ? walk(child, segments + 1, count - 1, values, value_count) : NULL;
    if (found || !node->param || !segments[0].n)
        return found;
    values[(*value_count)++] = segments[0];
    found = walk(node->param, segments + 1, count - 1, values, value_count);
    if (!found)
        (*value_count)--;
    return found;
}

static void name_params(const struct route *route, const struct str *values, struct route_match *match)
{
    struct str rest = str_of(route->path);
    while (rest.n) {
        struct str segment = str_cut(&rest, '/');
        if (!is_param(segment))
            continue;
        struct pair *param = &match->params[match->param_count];
        param->name = (struct str){segment.p + 1, segment.n - 2};
        param->value = values[match->param_count++];
    }
}

bool router_match(const struct router *router, struct arena *arena, enum http_method method, struct str raw_path,
                  struct route_match *ret_match)
{
    struct str segments[MAX_SEGMENTS], values[MAX_SEGMENTS];
    size_t count, value_count = 0;
    if (!cut_path(arena, raw_path, segments, &count))
        return false;
    const struct node *node = walk(&router->root, segments, count, values, &value_count);
    if (!node)
        return false;
    *ret_match = (struct route_match){0};
    for (unsigned i = 0; i < METHOD_COUNT; i++)
        if (node->routes[i])
            ret_match->methods |= 1u << i;
    if (method != METHOD_OTHER && node->routes[method]) {
        ret_match->route = node->routes[method];
        name_params(ret_match->route, values, ret_match);
    }
    return true;
}

struct str router_allow(struct arena *arena, unsigned methods)
{
    struct str all = {0};
    for (unsigned i = 0; i < METHOD_COUNT; i++) {
        if (!(methods & 1u << i))
            continue;
        all = str_concat(arena, all, str_of(method_names[i]));
        all = str_concat(arena, all, i == METHOD_GET ? STR(", HEAD, ") : STR(", "));
    }
    return str_concat(arena, all, STR("OPTIONS"));
}
