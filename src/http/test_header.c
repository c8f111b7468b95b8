// SPDX-License-Identifier: MulanPSL-2.0
// Single header values, by tables of what goes in and what comes out.
#include "http/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
// cmocka last: it wants those before it
#include <cmocka.h>

#define EACH(cases) for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)

static struct arena *arena;

static void languages(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "zh"},
        {"en", "en"},
        {"zh-CN,zh;q=0.9,en;q=0.8", "zh"},
        {"en-US,zh;q=0.9", "en"},
        {"fr, en;q=0.1", "en"},
        {"fr", "zh"},
        {"*", "zh"},
        {"en;q=0.5, zh;q=0.5", "en"},
        {"en;q=0.5,zh-Hant;q=0.51", "zh"},
        {"en;q=0", "zh"},
        {"en;q=x", "zh"},
        {"EN ; q=1.000", "en"},
        {"english", "zh"},
        {",,;;=,", "zh"},
    };
    EACH(cases)
    assert_string_equal(header_language(str_of(cases[i][0])), cases[i][1]);
}

static void encodings(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool gzip;
    } cases[] = {
        {"", false},
        {"gzip", true},
        {"GZIP;q=0.001", true},
        {"gzip;q=0", false},
        {"br", false},
        {"*", true},
        {"*, gzip;q=0", false},
        {"identity, *;q=0", false},
        {"x-gzip", true},
        {"deflate, br", false},
        {"gzipped", false},
        {"gzip;q=0.0", false},
    };
    EACH(cases)
    assert_int_equal(header_accepts_gzip(str_of(cases[i].value)), cases[i].gzip);
}

static void etags(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool matches;
    } cases[] = {
        {"\"x\"", true},
        {"W/\"x\"", true},
        {"\"a\", \"x\"", true},
        {"\"a\",\"b\"", false},
        {"*", true},
        {" * ", true},
        {"x", false},
        {"\"x", false},
        {"", false},
        {"\"xx\"", false},
        {"\"a\" W/\"x\"", true},
        {"\"a,\"x\"", false},
        {"\"*\"", false},
    };
    EACH(cases)
    assert_int_equal(header_etag_matches(str_of(cases[i].value), STR("\"x\"")), cases[i].matches);
}

static void versions(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int64_t version; // -1: none
    } cases[] = {
        {"\"7\"", 7}, {" \"0\" ", 0},      {"W/\"12\"", 12},
        {"7", -1},    {"\"\"", -1},        {"\"-1\"", -1},
        {"\"7", -1},  {"\"7\",\"8\"", -1}, {"\"9223372036854775808\"", -1},
        {"", -1},
    };
    EACH(cases)
    {
        int64_t version = -1;
        assert_int_equal(header_version(str_of(cases[i].value), &version), cases[i].version >= 0);
        assert_int_equal(version, cases[i].version);
    }
}

static void cookies(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},         {"s=1", "1"},      {"a=b; s=2", "2"}, {"xs=1; s=3;s=4", "3"}, {"s", ""}, {"s=\"q\"", "q"},
        {"s=a=b", "a=b"}, {";; s=5 ;", "5"}, {"S=1", ""},
    };
    EACH(cases)
    assert_true(str_equal_z(header_cookie(str_of(cases[i][0]), STR("s")), cases[i][1]));
}

static void parameters(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a; boundary=x", "x"},
        {"a;BOUNDARY=x", "x"},
        {"a; boundary=\"x;y\"", "x;y"},
        {"a; boundary=\"x\\\"y\\\\z\\w\"", "x\"y\\z\\w"},
        {"a; b=\";boundary=no\"; boundary=yes", "yes"},
        {"a; b; boundary = x ", "x"},
        {"a; boundary=", ""},
        {"a; boundary=\"x", NULL},
        {"a; boundary=\"x\"y", NULL},
        {"a; boundary", NULL},
        {"boundary=x", NULL},
        {"a; xboundary=x", NULL},
    };
    EACH(cases)
    {
        struct str param = STR("untouched");
        bool found = header_param(arena, str_of(cases[i][0]), STR("boundary"), &param);
        assert_int_equal(found, cases[i][1] != NULL);
        assert_true(str_equal_z(param, cases[i][1] ? cases[i][1] : "untouched"));
    }
    assert_true(str_equal_z(header_media_type(arena, STR(" Text/HTML ; charset=utf-8")), "text/html"));
}

static void ranges(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        uint64_t size;
        enum header_range kind;
        uint64_t first, count;
    } cases[] = {
        {"", 10, RANGE_NONE, 0, 0},
        {"bytes=0-", 10, RANGE_PART, 0, 10},
        {"bytes=0-0", 10, RANGE_PART, 0, 1},
        {"bytes=3-5", 10, RANGE_PART, 3, 3},
        {"bytes=3-99", 10, RANGE_PART, 3, 7},
        {"bytes=-3", 10, RANGE_PART, 7, 3},
        {"bytes=-99", 10, RANGE_PART, 0, 10},
        {"bytes=-0", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=10-", 10, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-1", 0, RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=5-3", 10, RANGE_NONE, 0, 0},
        {"bytes=0-1,3-4", 10, RANGE_NONE, 0, 0},
        {"bytes=a-b", 10, RANGE_NONE, 0, 0},
        {"bytes=--1", 10, RANGE_NONE, 0, 0},
        {"bytes=", 10, RANGE_NONE, 0, 0},
        {"items=0-1", 10, RANGE_NONE, 0, 0},
        {"bytes=99999999999999999999-", 10, RANGE_NONE, 0, 0},
    };
    EACH(cases)
    {
        uint64_t first = 0, count = 0;
        assert_int_equal(header_range(str_of(cases[i].value), cases[i].size, &first, &count), cases[i].kind);
        assert_int_equal(first, cases[i].first);
        assert_int_equal(count, cases[i].count);
    }
}

static void origins_and_addresses(void **state)
{
    (void)state;
    assert_true(header_same_origin(STR("https://A.test"), STR("a.test")));
    assert_true(header_same_origin(STR("http://a.test:81"), STR("a.test:81")));
    assert_false(header_same_origin(STR("http://a.test:81"), STR("a.test")));
    static const struct {
        const char *host;
        bool ours;
    } hosts[] = {{"linli.cn", true},
                 {"LINLI.cn:8443", true},
                 {"localhost:80", true},
                 {"127.0.0.1:1", true},
                 {"[::1]:9", true},
                 {"10.1.2.3:80", true},
                 {"evil.cn", false},
                 {"linli.cn.evil.cn", false},
                 {"127.evil.cn", false},
                 {"10.1.2.4", false},
                 {"", false},
                 {"[::2]", false},
                 {"[", false},
                 {":80", false}};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        assert_int_equal(header_host_is(str_of(hosts[i].host), STR("https://linli.cn/"), STR("10.1.2.3")),
                         hosts[i].ours);
    assert_false(header_same_origin(STR("null"), STR("null")));
    assert_false(header_same_origin(STR("http://"), STR("")));
    assert_true(str_equal_z(header_last_forwarded(STR("evil, 1.2.3.4")), "1.2.3.4"));
    assert_true(str_equal_z(header_last_forwarded(STR("1.1.1.1,2001:db8::1 ")), "2001:db8::1"));
    assert_true(str_equal_z(header_last_forwarded(STR("1.2.3.4, evil")), ""));
    assert_true(str_equal_z(header_last_forwarded(STR("1.2.3.4:80")), ""));
    assert_true(header_has_token(STR("keep-alive, Close"), STR("close")));
    assert_false(header_has_token(STR("closed"), STR("close")));
}

static int start(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages), cmocka_unit_test(encodings),
        cmocka_unit_test(etags),     cmocka_unit_test(versions),
        cmocka_unit_test(cookies),   cmocka_unit_test(parameters),
        cmocka_unit_test(ranges),    cmocka_unit_test(origins_and_addresses),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
