// SPDX-License-Identifier: MulanPSL-2.0
#include "json/json.h"

#include "base/test.h"

#include <math.h>
#include <string.h>

static void values_of_every_kind(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    const struct json *v;
    assert_int_equal(
        json_parse(&c, STR(" {\"a\":[1,-2.5,\"邻\\u91cc\\n\",true,false,null],\"b\":{\"c\":9223372036854775807}} "),
                   &v),
        OK);
    assert_int_equal(json_kind(v), JSON_OBJECT);
    assert_int_equal(json_count(v), 2);
    const struct json *a = json_get(v, "a");
    assert_int_equal(json_count(a), 6);
    assert_int_equal(json_int(json_at(a, 0)), 1);
    assert_true(json_number(json_at(a, 0)) == 1.0);
    assert_true(json_number(json_at(a, 1)) == -2.5);
    assert_int_equal(json_kind(json_at(a, 1)), JSON_REAL);
    assert_true(str_equal_z(json_str(json_at(a, 2)), "邻里\n"));
    assert_true(json_bool(json_at(a, 3)));
    assert_int_equal(json_kind(json_at(a, 4)), JSON_BOOL);
    assert_false(json_bool(json_at(a, 4)));
    assert_int_equal(json_kind(json_at(a, 5)), JSON_NULL);
    assert_null(json_at(a, 6));
    assert_int_equal(json_int(json_get(json_get(v, "b"), "c")), INT64_MAX);
    struct str key;
    assert_ptr_equal(json_member(v, 1, &key), json_get(v, "b"));
    assert_true(str_equal_z(key, "b"));
    assert_null(json_member(v, 2, &key));
    // Asking the wrong kind gives nothing, never something else.
    assert_null(json_get(a, "a"));
    assert_null(json_get(v, "x"));
    assert_null(json_get(NULL, "x"));
    assert_null(json_at(v, 0));
    assert_int_equal(json_str(a).n, 0);
    assert_int_equal(json_int(json_at(a, 1)), 0);
    assert_int_equal(json_count(NULL), 0);
    assert_false(json_bool(json_at(a, 0)));
    arena_free(c.arena);
}

static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *key, *where;
    } cases[] = {
        {"", "json.malformed", "第 1 行第 0 列"},
        {"{\"a\":1,\n \"b\" 2}", "json.malformed", "第 2 行第 6 列"},
        {"{\"a\":1}x", "json.malformed", NULL},
        {"[1,]", "json.malformed", NULL},
        {"{'a':1}", "json.malformed", NULL},
        {"[01]", "json.malformed", NULL},
        {"[NaN]", "json.malformed", NULL},
        {"[1e999]", "json.malformed", NULL},
        {"[9223372036854775808]", "json.malformed", NULL},
        {"[-9223372036854775809]", "json.malformed", NULL},
        {"[\"a\nb\"]", "json.malformed", NULL},
        {"[\"\\u0000\"]", "json.malformed", NULL},
        {"{\"\\u0000\":1}", "json.malformed", NULL},
        {"[\"\\ud800\"]", "json.malformed", NULL},
        {"[\"\\udc00\\ud800\"]", "json.malformed", NULL},
        {"[\"\\x\"]", "json.malformed", NULL},
        {"[/**/1]", "json.malformed", NULL},
        {"\xEF\xBB\xBF[]", "json.malformed", NULL},
        {"[\"\xFF\"]", "json.bad_utf8", NULL},
        {"[\"\xED\xA0\x80\"]", "json.bad_utf8", NULL},
        {"{\"a\":1,\"b\":2,\"a\":3}", "json.duplicate_key", NULL},
        {"{\"a\":1,\"\\u0061\":3}", "json.duplicate_key", NULL},
    };
    struct ctx c = test_ctx(NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct json *v = NULL;
        print_message("%s\n", cases[i].text);
        assert_int_equal(json_parse(&c, str_of(cases[i].text), &v), ERR_INVALID);
        assert_string_equal(c.error.key, cases[i].key);
        assert_null(v);
        if (cases[i].where)
            assert_true(str_equal_z(c.error.args[0], cases[i].where));
    }
    const struct json *v;
    c.lang = "en";
    assert_int_equal(json_parse(&c, (struct str){"[1]\0", 4}, &v), ERR_INVALID);
    assert_true(str_equal_z(c.error.args[0], "line 1, column 4"));
    assert_int_equal(json_parse(&c, (struct str){"[1]x", 3}, &v), OK); // never reads past the end
    arena_free(c.arena);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    const struct json *v;
    for (size_t depth = 1; depth <= 100; depth++) {
        char text[300];
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        enum err expected = depth <= JSON_MAX_DEPTH ? OK : ERR_INVALID;
        assert_int_equal(json_parse(&c, (struct str){text, 2 * depth}, &v), expected);
    }
    assert_string_equal(c.error.key, "json.too_deep");
    // Brackets inside strings are not depth.
    assert_int_equal(json_parse(&c, STR("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"]"), &v), OK);
    char *flat = arena_alloc(c.arena, 3 * 100000 + 2);
    flat[0] = '[';
    for (size_t i = 0; i < 100000; i++)
        memcpy(flat + 1 + 3 * i, "[],", 3);
    flat[3 * 100000] = ']';
    assert_int_equal(json_parse(&c, (struct str){flat, 3 * 100000 + 1}, &v), OK);
    assert_int_equal(json_count(v), 100000);
    arena_free(c.arena);
}

static void writing(void **state)
{
    (void)state;
    struct buf out;
    struct json_writer w;
    buf_init(&out, 10000);
    json_writer_init(&w, &out);
    json_object_begin(&w);
    json_key(&w, "a");
    json_array_begin(&w);
    json_put_int(&w, INT64_MIN);
    json_put_real(&w, 0.1);
    json_put_real(&w, 1e300);
    json_put_real(&w, 27.0);
    json_put_real(&w, NAN);
    json_put_bool(&w, true);
    json_put_null(&w);
    json_array_begin(&w);
    json_array_end(&w);
    json_object_begin(&w);
    json_object_end(&w);
    json_put_raw(&w, STR("{\"x\":1}"));
    json_array_end(&w);
    json_key(&w, "b\"");
    json_put_str(&w, STR("q\"\\/\n\r\t\x01\x7F 邻😀"));
    json_key(&w, "c");
    json_put_str(&w, STR("a\xFF\xE9\x82 b\xED\xA0\x80 邻\xF0\x9F"));
    json_key(&w, "id");
    json_put_id(&w, 0);
    json_key(&w, "at");
    json_put_time(&w, 0);
    json_key(&w, "at2");
    json_put_time(&w, 1);
    json_key(&w, "id2");
    json_put_id(&w, 1);
    json_object_end(&w);
    const char *expected = "{\"a\":[-9223372036854775808,0.1,1e+300,27,null,true,null,[],{},{\"x\":1}],"
                           "\"b\\\"\":\"q\\\"\\\\/\\n\\r\\t\\u0001\x7F 邻😀\","
                           "\"c\":\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD "
                           "邻\xEF\xBF\xBD\xEF\xBF\xBD\","
                           "\"id\":null,\"at\":null,\"at2\":\"1970-01-01T00:00:00.001Z\",\"id2\":\"00000000000012\"}";
    assert_int_equal(out.n, strlen(expected));
    assert_memory_equal(out.p, expected, out.n);
    assert_int_equal(w.depth, 0);
    buf_free(&out);
}

// Anything in a string, any double: written and read again it is the same.
static void what_is_written_is_read(void **state)
{
    (void)state;
    struct random random = test_random();
    struct ctx c = test_ctx(NULL);
    struct buf out;
    buf_init(&out, 100000);
    for (int64_t i = 0; i < test_cases(20000); i++) {
        struct json_writer w;
        char text[64];
        size_t n = 0;
        for (int64_t k = random_between(&random, 0, 12); k > 0; k--) {
            size_t length;
            int32_t code_point = (int32_t)random_between(&random, 1, random_next(&random) % 2 ? 0x7F : 0x10FFFF);
            utf8_put(text + n, code_point, &length);
            n += length;
        }
        uint64_t bits = random_next(&random);
        double real;
        memcpy(&real, &bits, sizeof(real));
        int64_t whole = (int64_t)random_next(&random);
        buf_clear(&out);
        json_writer_init(&w, &out);
        json_array_begin(&w);
        json_put_str(&w, (struct str){text, n});
        json_put_real(&w, isfinite(real) ? real : 0);
        json_put_int(&w, whole);
        json_array_end(&w);
        const struct json *v;
        assert_int_equal(json_parse(&c, buf_str(&out), &v), OK);
        assert_true(str_equal(json_str(json_at(v, 0)), (struct str){text, n}));
        assert_true(json_number(json_at(v, 1)) == (isfinite(real) ? real : 0));
        assert_int_equal(json_int(json_at(v, 2)), whole);
        arena_reset(c.arena);
    }
    buf_free(&out);
    arena_free(c.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_kind),    cmocka_unit_test(what_is_refused),
        cmocka_unit_test(depth_is_bounded),        cmocka_unit_test(writing),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
