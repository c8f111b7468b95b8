// SPDX-License-Identifier: MulanPSL-2.0
#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// cmocka last: it wants those before it
#include <cmocka.h>

// "name=content;" of each pair, or the key of the error.
static const char *parse(struct str body)
{
    static char out[4096];
    struct ctx c = {.arena = arena_new(16 << 20)};
    struct http_part *parts;
    size_t count, n = 0;
    out[0] = '\0';
    if (form_parse(&c, body, &parts, &count) == OK) {
        for (size_t i = 0; i < count && n < sizeof out; i++)
            n += (size_t)snprintf(out + n, sizeof out - n, "%.*s=%.*s;", STR_ARG(parts[i].name),
                                  STR_ARG(parts[i].content));
    } else {
        snprintf(out, sizeof out, "%s", c.error.key);
    }
    arena_free(c.arena);
    return out;
}

static void pairs_and_what_they_hold(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"&&", ""},
        {"\r\n", ""},
        {"a", "a=;"},
        {"a=", "a=;"},
        {"=x", "=x;"},
        {"a=1&a=2&", "a=1;a=2;"},
        {"a=b=c", "a=b=c;"},
        {"a=1\r\n", "a=1;"}, // a hand-made client's line end
        {"a=1%0D%0A", "a=1\r\n;"},
        {"a+b=c+d%2B", "a b=c d+;"},
        {"attribute%5BWHAT%5D%5B%5D=1&attribute[WHAT]=2", "attribute[WHAT][]=1;attribute[WHAT]=2;"},
        {"t=%E6%B0%B4%F0%9F%9A%B0", "t=水🚰;"},
        // What is wrong:
        {"a=%", "form.malformed"},
        {"a=%4", "form.malformed"},
        {"%zz=1", "form.malformed"},
        {"a=%00", "form.malformed"},
        {"a=%FF", "form.bad_utf8"},
        {"a=%ED%A0%80", "form.bad_utf8"},
        {"%C0%AF=1", "form.bad_utf8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(parse(str_of(cases[i][0])), cases[i][1]);
    assert_string_equal(parse((struct str){"a=\0b", 4}), "form.malformed");
}

static void not_too_many_pairs(void **state)
{
    (void)state;
    char body[2 * HTTP_MAX_PARTS + 2];
    for (size_t i = 0; i <= HTTP_MAX_PARTS; i++)
        memcpy(body + 2 * i, "a&", 2);
    assert_string_equal(parse((struct str){body, 2 * HTTP_MAX_PARTS + 1}), "form.too_many_fields");
    assert_int_equal(strlen(parse((struct str){body, 2 * HTTP_MAX_PARTS - 1})), 3 * HTTP_MAX_PARTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_and_what_they_hold),
        cmocka_unit_test(not_too_many_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
