// SPDX-License-Identifier: MulanPSL-2.0
// Problems, messages, answers, and what handlers ask of a request: without a server.
#include "base/id.h"
#include "http/exchange.h"
#include "json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
// cmocka last: it wants those before it
#include <cmocka.h>
#undef fail // ours is the one meant here

static struct ctx c;
static struct http_request rq;
static struct http_response rs;

static const struct message own[] = {
    {"test.who", "{0}和{1}，{0}。{2}{", "{0} and {1}, {0}. {2}{"},
    {"http.busy", "自己的", "own"},
    {NULL, NULL, NULL},
};
static const struct message *const tables[] = {own, NULL};

static void request(const char *target, const char *headers)
{
    buf_free(&rs.body);
    assert_int_equal(http_for_test(&c, "GET", target, headers, STR(""), &rq, &rs), OK);
}

static const struct json *problem(void)
{
    const struct json *value;
    http_problem(&c, tables, &rs);
    assert_string_equal(rs.content_type, "application/problem+json; charset=utf-8");
    assert_int_equal(json_parse(&c, buf_str(&rs.body), &value), OK);
    return value;
}

static void assert_text(const struct json *value, const char *key, const char *text)
{
    assert_true(str_equal_z(json_str(json_get(value, key)), text));
}

static void arguments_are_filled_in(void **state)
{
    (void)state;
    c.lang = "zh";
    fail_with(&c, ERR_CONFLICT, "test.who", STR("甲{1}"), STR("<乙>"));
    const struct json *p = problem();
    assert_text(p, "title", "甲{1}和<乙>，甲{1}。{2}{");
    assert_text(p, "key", "test.who");
    assert_text(p, "type", "about:blank");
    assert_int_equal(json_int(json_get(p, "status")), 409);
    assert_int_equal(json_count(json_get(p, "args")), 2);
    assert_null(json_get(p, "field"));
    assert_int_equal(rs.status, 409);
}

static void fields_and_languages(void **state)
{
    (void)state;
    c.lang = "en";
    fail_field(&c, ERR_INVALID, "field.missing", STR("words"));
    const struct json *p = problem();
    assert_text(p, "field", "words");
    assert_text(p, "title", "Please fill this in.");
    assert_null(json_get(p, "args"));
}

static void a_module_may_word_it_otherwise(void **state)
{
    (void)state;
    c.lang = "en";
    fail(&c, ERR_BUSY, "http.busy");
    assert_text(problem(), "title", "own");
    assert_true(str_equal_z(http_response_header(&rs, "Retry-After"), "1"));
    fail(&c, ERR_RATE, "http.rate");
    c.error.retry_after_s = 42;
    problem();
    assert_true(str_equal_z(http_response_header(&rs, "Retry-After"), "42"));
}

static void every_code_has_a_sentence(void **state)
{
    (void)state;
    for (int code = ERR_INVALID; code < ERR_COUNT; code++) {
        c.error = (struct error){.code = (enum err)code}; // no key at all
        const struct json *p = problem();
        assert_true(json_str(json_get(p, "title")).n > 3);
        assert_int_equal(json_int(json_get(p, "status")), err_status((enum err)code));
    }
    c.error = (struct error){.code = OK};
    problem();
    assert_int_equal(rs.status, 500);
}

static void what_was_half_written_is_gone(void **state)
{
    (void)state;
    buf_add_z(&rs.body, "half");
    http_set_header(&rs, "X-Half", STR("1"));
    http_set_header(&rs, "Allow", STR("GET"));
    fail(&c, ERR_METHOD, "http.method");
    problem();
    assert_true(str_equal_z(http_response_header(&rs, "X-Half"), ""));
    assert_true(str_equal_z(http_response_header(&rs, "Allow"), "GET"));
}

static void platform_messages_are_complete(void **state)
{
    (void)state;
    for (const struct message *m = platform_messages; m->key; m++) {
        assert_non_null(strchr(m->key, '.'));
        assert_true(strlen(m->zh) >= 9 && strlen(m->en) >= 9);
        assert_true(utf8_valid(str_of(m->zh)) && utf8_valid(str_of(m->en)));
        for (int i = 0; i < 2; i++) { // the same arguments in both languages
            const char *place = i ? "{1}" : "{0}";
            assert_int_equal(strstr(m->zh, place) != NULL, strstr(m->en, place) != NULL);
        }
        assert_ptr_equal(message_find(NULL, m->key), m); // no key twice
    }
}

static void headers_cannot_be_smuggled_in(void **state)
{
    (void)state;
    request("/", NULL);
    http_set_header(&rs, "X-A", STR("1\r\nX-B: 2"));
    assert_true(str_equal_z(http_response_header(&rs, "X-A"), ""));
    http_set_header(&rs, "X-A", STR("1"));
    http_set_header(&rs, "x-a", STR("2"));
    assert_true(str_equal_z(http_response_header(&rs, "X-A"), "2"));
    http_set_header(&rs, "Set-Cookie", STR("a=1"));
    http_set_header(&rs, "Set-Cookie", STR("b=2"));
    struct response_impl *impl = rs.impl;
    assert_int_equal(impl->header_count, 3);
    http_redirect(&rs, STR("/q/1"));
    assert_int_equal(rs.status, 303);
}

static void query_values_by_kind(void **state)
{
    (void)state;
    char id_text[ID_TEXT_LENGTH + 1], target[128];
    int64_t value;
    id_format(123456789, id_text);
    str_z(c.arena, STR(""));
    strcpy(target, "/?n=5&bad=x&e=&id=");
    strcat(target, id_text);
    request(target, NULL);
    assert_int_equal(http_query_int(&c, &rq, "n", 1, 9, 0, &value), OK);
    assert_int_equal(value, 5);
    assert_int_equal(http_query_int(&c, &rq, "none", 1, 9, 4, &value), OK);
    assert_int_equal(value, 4);
    assert_int_equal(http_query_int(&c, &rq, "e", 1, 9, 3, &value), OK);
    assert_int_equal(value, 3);
    assert_int_equal(http_query_int(&c, &rq, "bad", 1, 9, 3, &value), ERR_INVALID);
    assert_string_equal(c.error.key, "field.not_a_number");
    assert_int_equal(http_query_int(&c, &rq, "n", 6, 9, 3, &value), ERR_INVALID);
    assert_string_equal(c.error.key, "field.out_of_range");
    assert_true(str_equal_z(c.error.field, "n") && str_equal_z(c.error.args[1], "9"));
    assert_int_equal(http_query_id(&c, &rq, "id", &value), OK);
    assert_int_equal(value, 123456789);
    assert_int_equal(http_query_id(&c, &rq, "none", &value), OK);
    assert_int_equal(value, 0);
    assert_int_equal(http_query_id(&c, &rq, "n", &value), ERR_INVALID);
    assert_int_equal(http_param_id(&c, &rq, "id", &value), ERR_NOT_FOUND);
    http_set_param_for_test(&c, &rq, "id", str_of(id_text));
    assert_int_equal(http_param_id(&c, &rq, "id", &value), OK);
}

static void headers_and_versions(void **state)
{
    (void)state;
    int64_t version;
    request("/", "If-Match: \"12\"\nCookie: a=1; b=2\nX-Empty:\n");
    assert_true(str_equal_z(http_header(&rq, "if-match"), "\"12\""));
    assert_true(str_equal_z(http_header(&rq, "X-None"), ""));
    assert_true(str_equal_z(http_cookie(&c, &rq, "b"), "2"));
    assert_int_equal(http_if_match(&c, &rq, &version), OK);
    assert_int_equal(version, 12);
    request("/", "If-Match: *");
    assert_int_equal(http_if_match(&c, &rq, &version), OK);
    assert_int_equal(version, -1);
    request("/", "If-Match: \"12");
    assert_int_equal(http_if_match(&c, &rq, &version), ERR_INVALID);
    assert_string_equal(c.error.key, "http.bad_if_match");
}

static int start(void **state)
{
    (void)state;
    c = (struct ctx){.arena = arena_new(1 << 20), .lang = "zh"};
    return http_for_test(&c, "GET", "/", NULL, STR(""), &rq, &rs) != OK;
}

static int stop(void **state)
{
    (void)state;
    buf_free(&rs.body);
    arena_free(c.arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_filled_in),        cmocka_unit_test(fields_and_languages),
        cmocka_unit_test(a_module_may_word_it_otherwise), cmocka_unit_test(every_code_has_a_sentence),
        cmocka_unit_test(what_was_half_written_is_gone),  cmocka_unit_test(platform_messages_are_complete),
        cmocka_unit_test(headers_cannot_be_smuggled_in),  cmocka_unit_test(query_values_by_kind),
        cmocka_unit_test(headers_and_versions),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
