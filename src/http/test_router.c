// SPDX-License-Identifier: MulanPSL-2.0
// From targets to routes.
#include "http/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
// cmocka last: it wants those before it
#include <cmocka.h>

static enum err nothing(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    (void)rq;
    (void)rs;
    return OK;
}

static const struct route first[] = {
    {"GET", "/", nothing, .summary = "root"},
    {"GET", "/a", nothing, .summary = "a"},
    {"POST", "/a", nothing, .summary = "post a"},
    {"GET", "/a/{id}", nothing, .summary = "a id"},
    {"GET", "/a/new", nothing, .summary = "a new"},
    {"GET", "/a/new/{x}/end", nothing, .summary = "end"},
    {"DELETE", "/a/{id}/{part}/{x}", nothing, .summary = "three"},
    {NULL},
};
static const struct route second[] = {
    {"GET", "/a.csv", nothing, .summary = "csv"},
    {"GET", "/demo", nothing, .flags = ROUTE_DEMO, .summary = "demo"},
    {NULL},
};
static const struct route *const tables[] = {first, second, NULL};

static struct ctx c;
static struct router *router;

static int start(void **state)
{
    (void)state;
    c = (struct ctx){.arena = arena_new(1 << 20)};
    return router_build(&c, c.arena, tables, false, &router) != OK;
}

static int stop(void **state)
{
    (void)state;
    arena_free(c.arena);
    return 0;
}

// The summary of the route found; "405", "404".
static const char *match(const char *method, const char *path, struct route_match *ret_match)
{
    if (!router_match(router, c.arena, method_from_name(str_of(method)), str_of(path), ret_match))
        return "404";
    return ret_match->route ? ret_match->route->summary : "405";
}

static void paths_lead_to_routes(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"GET", "/", "root"},
        {"GET", "/a", "a"},
        {"POST", "/a", "post a"},
        {"PUT", "/a", "405"},
        {"BREW", "/a", "405"},
        {"GET", "/a/", "404"},
        {"GET", "//a", "404"},
        {"GET", "/A", "404"},
        {"GET", "/%61", "a"},
        {"GET", "/a/7", "a id"},
        {"GET", "/a/new", "a new"},
        {"GET", "/a/new/1/end", "end"},
        {"DELETE", "/a/new/1/end", "405"}, // the literal path wins, and it knows GET only
        {"DELETE", "/a/new/1/2", "three"}, // back from the literal branch
        {"GET", "/a/7/8/9", "405"},
        {"GET", "/a.csv", "csv"},
        {"GET", "/demo", "404"},
        {"GET", "/a/%zz", "404"},
        {"GET", "/a/%00", "404"},
        {"GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "404"},
    };
    struct route_match m;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(match(cases[i][0], cases[i][1], &m), cases[i][2]);
}

static void params_are_named_and_decoded(void **state)
{
    (void)state;
    struct route_match m;
    assert_string_equal(match("DELETE", "/a/x%2Fy/%E6%B0%B4/3", &m), "three");
    assert_int_equal(m.param_count, 3);
    assert_true(str_equal(m.params[0].name, STR("id")) && str_equal(m.params[0].value, STR("x/y")));
    assert_true(str_equal(m.params[1].name, STR("part")) && str_equal(m.params[1].value, STR("水")));
    assert_true(str_equal(m.params[2].name, STR("x")) && str_equal(m.params[2].value, STR("3")));
}

static void allow_lists_what_a_path_knows(void **state)
{
    (void)state;
    struct route_match m;
    match("PUT", "/a", &m);
    assert_true(str_equal(router_allow(c.arena, m.methods), STR("GET, HEAD, POST, OPTIONS")));
}

static void demo_routes_exist_in_demo_mode(void **state)
{
    (void)state;
    struct router *demo;
    struct route_match m;
    assert_int_equal(router_build(&c, c.arena, tables, true, &demo), OK);
    assert_true(router_match(demo, c.arena, METHOD_GET, STR("/demo"), &m));
}

static void bad_tables_are_found_at_start(void **state)
{
    (void)state;
    static const struct route bad[][3] = {
        {{"GET", "/x/{a}", nothing}, {"GET", "/x/{b}", nothing}, {NULL}}, // the same shape twice
        {{"GET", "no-slash", nothing}, {NULL}},
        {{"FETCH", "/x", nothing}, {NULL}},
        {{"GET", "/x", NULL}, {NULL}},
        {{"GET", "/x/{a}.csv", nothing}, {NULL}},
        {{"GET", "/{a}/{b}/{c}/{d}/{e}", nothing}, {NULL}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct route *const list[] = {bad[i], NULL};
        struct router *never;
        assert_int_equal(router_build(&c, c.arena, list, false, &never), ERR_INTERNAL);
        assert_string_equal(c.error.key, i ? "http.route_bad" : "http.route_twice");
    }
}

static void targets_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *target, *path, *query; // query: name=value; of each pair; NULL: refused
    } cases[] = {
        {"/", "/", ""},
        {"/a?", "/a", ""},
        {"/a?b", "/a", "b=;"},
        {"/a?b=&=c&&d=e=f", "/a", "b=;=c;d=e=f;"},
        {"/a%20b?x=%26%3D%2B&y=1+2", "/a b", "x=&=+;y=1 2;"},
        {"/+?+", "/+", " =;"},
        {"http://h", "/", ""},
        {"http://h?x=1", "", NULL},
        {"https://h:1/p?x=1", "/p", "x=1;"},
        {"/\xe6\xb0\xb4", "/水", ""},
        {"", "", NULL},
        {"a", "", NULL},
        {"*", "", NULL},
        {"/#x", "", NULL},
        {"/%", "", NULL},
        {"/%1", "", NULL},
        {"/%g1", "", NULL},
        {"/%00", "", NULL},
        {"/%0d%0a", "", NULL},
        {"/\xff", "", NULL},
        {"/%ed%a0%80", "", NULL}, // a surrogate
        {"/a?x=%c0%af", "", NULL},
        {"/a?x=%0a", "/a", "x=\n;"},
        {"/a b", "/a b", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url url;
        enum err err = url_parse(&c, str_of(cases[i].target), &url);
        if (!cases[i].query) {
            assert_int_equal(err, ERR_INVALID);
            continue;
        }
        assert_int_equal(err, OK);
        struct str all = {0};
        for (size_t q = 0; q < url.query_count; q++)
            all =
                str_concat(c.arena, all,
                           str_format(c.arena, "%.*s=%.*s;", STR_ARG(url.query[q].name), STR_ARG(url.query[q].value)));
        assert_true(str_equal_z(url.path, cases[i].path));
        assert_true(str_equal_z(all, cases[i].query));
    }
}

static void too_many_pairs_are_refused(void **state)
{
    (void)state;
    char target[1024] = "/?";
    struct url url;
    for (int i = 0; i < URL_MAX_PAIRS; i++)
        strcat(target, "a=b&");
    assert_int_equal(url_parse(&c, str_of(target), &url), OK);
    strcat(target, "a=b");
    assert_int_equal(url_parse(&c, str_of(target), &url), ERR_INVALID);
    assert_string_equal(c.error.key, "http.too_many_params");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_lead_to_routes),          cmocka_unit_test(params_are_named_and_decoded),
        cmocka_unit_test(allow_lists_what_a_path_knows), cmocka_unit_test(demo_routes_exist_in_demo_mode),
        cmocka_unit_test(bad_tables_are_found_at_start), cmocka_unit_test(targets_are_taken_apart),
        cmocka_unit_test(too_many_pairs_are_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
