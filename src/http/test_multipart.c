// SPDX-License-Identifier: MulanPSL-2.0
#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// cmocka last: it wants those before it
#include <cmocka.h>

#define TYPE "multipart/form-data; boundary=B"
#define NAME(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"

// "name[filename|type]=content;" of each part, or the key of the error.
static const char *parse(const char *type, struct str body)
{
    static char out[4096];
    struct ctx c = {.arena = arena_new(16 << 20)};
    struct http_part *parts;
    size_t count, n = 0;
    out[0] = '\0';
    if (multipart_parse(&c, str_of(type), body, &parts, &count) == OK) {
        for (size_t i = 0; i < count; i++)
            n +=
                (size_t)snprintf(out + n, sizeof out - n, "%.*s[%.*s|%.*s]=%.*s;", STR_ARG(parts[i].name),
                                 STR_ARG(parts[i].filename), STR_ARG(parts[i].content_type), STR_ARG(parts[i].content));
    } else {
        snprintf(out, sizeof out, "%s", c.error.key);
    }
    arena_free(c.arena);
    return out;
}

static void forms_and_what_they_hold(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"--B--", ""},
        {"--B--\r\n", ""},
        {"--B\r\n" NAME("a") "\r\nx\r\n--B--\r\n", "a[|]=x;"},
        {"--B\r\n" NAME("a") "\r\n\r\n--B--", "a[|]=;"},
        {"--B\r\n" NAME("a") "\r\n--B--", "a[|]=;"}, // no line break of its own
        {"--B \t\r\n" NAME("a") "\r\nx\r\n--B  \r\n" NAME("b") "\r\ny\r\n--B--", "a[|]=x;b[|]=y;"},
        {"--B\r\n" NAME("a") "\r\n\r\nx\r\n\r\n\r\n--B--", "a[|]=\r\nx\r\n\r\n;"},
        {"--B\r\n" NAME("a") "\r\n--Bx\r\n--C\r\n--B--", "a[|]=--Bx\r\n--C;"}, // only looks like a delimiter
        {"--B\r\n" NAME("a") "\r\nx\r\n--BB\r\n--B--", "a[|]=x\r\n--BB;"},
        {"--B\r\ncontent-disposition: Form-Data; name=f; filename=\"a\\\"b \xe6\xb0\xb4.jpg\"\r\nCONTENT-TYPE: "
         "Image/JPEG; x\r\n"
         "\r\nx\r\n--B--",
         "f[a\"b 水.jpg|image/jpeg]=x;"},
        {"--B\r\nX-Other: 1\r\n" NAME("a") "Content-Transfer-Encoding: binary\r\n\r\nx\r\n--B--", "a[|]=x;"},
        // What is wrong:
        {"", "multipart.truncated"},
        {"--", "multipart.truncated"},
        {"--B", "multipart.truncated"},
        {"--B-", "multipart.truncated"},
        {"--B\r", "multipart.truncated"},
        {"--B\r\n", "multipart.truncated"},
        {"--B\r\n" NAME("a"), "multipart.truncated"},
        {"--B\r\n" NAME("a") "\r\nx", "multipart.truncated"},
        {"--B\r\n" NAME("a") "\r\nx\r\n--B", "multipart.truncated"},
        {"--B\r\n" NAME("a") "\r\nx\r\n--B-", "multipart.truncated"},
        {"--B\r\n" NAME("a") "\r\nx\r\n--B\r\n", "multipart.truncated"},
        {"preamble\r\n--B--", "multipart.malformed"},
        {"--C--", "multipart.malformed"},
        {"--Bx\r\n", "multipart.malformed"},
        {"--B--junk", "multipart.malformed"},
        {"--B\n" NAME("a") "\nx\n--B--", "multipart.malformed"},
        {"--B\r\nno colon\r\n\r\nx\r\n--B--", "multipart.malformed"},
        {"--B\r\n\r\nx\r\n--B--", "multipart.no_name"},
        {"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--", "multipart.no_name"},
        {"--B\r\n" NAME("") "\r\nx\r\n--B--", "multipart.no_name"},
        {"--B\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--B--", "multipart.malformed"},
        {"--B\r\n" NAME("a") NAME("b") "\r\nx\r\n--B--", "multipart.malformed"},
        {"--B\r\n" NAME("\xff") "\r\nx\r\n--B--", "multipart.malformed"},
        {"--B\r\n" NAME("a\tb") "\r\nx\r\n--B--", "multipart.malformed"},
        {"--B\r\n" NAME("a") "Content-Transfer-Encoding: base64\r\n\r\nx\r\n--B--", "multipart.bad_encoding"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(parse(TYPE, str_of(cases[i][0])), cases[i][1]);
}

static void boundaries(void **state)
{
    (void)state;
    assert_string_equal(parse("multipart/form-data", STR("--B--")), "multipart.no_boundary");
    assert_string_equal(parse("multipart/form-data; boundary=\"\"", STR("--B--")), "multipart.no_boundary");
    assert_string_equal(parse("multipart/mixed; boundary=B", STR("--B--")), "multipart.wrong_type");
    assert_string_equal(parse("Multipart/Form-Data; charset=utf-8; boundary=\"a b:c\"", STR("--a b:c--")), "");
    char type[128] = "multipart/form-data; boundary=";
    memset(type + strlen(type), 'b', 71);
    assert_string_equal(parse(type, STR("--B--")), "multipart.no_boundary");
}

static void not_too_many_parts(void **state)
{
    (void)state;
    static char body[HTTP_MAX_PARTS * 64 + 128];
    size_t n = 0;
    for (int i = 0; i < HTTP_MAX_PARTS; i++)
        n += (size_t)snprintf(body + n, sizeof body - n, "--B\r\n" NAME("a") "\r\n\r\n");
    strcat(body, "--B--");
    assert_int_equal(strlen(parse(TYPE, str_of(body))), HTTP_MAX_PARTS * 6);
    strcpy(body + n, "--B\r\n" NAME("a") "\r\n\r\n--B--");
    assert_string_equal(parse(TYPE, str_of(body)), "multipart.too_many_parts");
}

static void content_is_bytes(void **state)
{
    (void)state;
    static const char body[] = "--B\r\n" NAME("a") "\r\n\0\xff\r\n\0--B\r\n--B--";
    struct ctx c = {.arena = arena_new(1 << 20)};
    struct http_part *parts;
    size_t count;
    assert_int_equal(multipart_parse(&c, STR(TYPE), (struct str){body, sizeof body - 1}, &parts, &count), OK);
    assert_int_equal(count, 1);
    assert_int_equal(parts[0].content.n, 8);
    assert_memory_equal(parts[0].content.p, "\0\xff\r\n\0--B", 8);
    arena_free(c.arena);
}

// Every beginning of a good form is refused, none is taken for a whole one.
static void every_cut_is_noticed(void **state)
{
    (void)state;
    static const char body[] = "--B\r\n" NAME("a") "\r\nx\r\n--B\r\n" NAME("b") "\r\ny--B\r\n--B--";
    for (size_t n = 0; n < sizeof body - 1; n++) {
        const char *key = parse(TYPE, (struct str){body, n});
        assert_string_equal(key, "multipart.truncated");
    }
    assert_string_equal(parse(TYPE, (struct str){body, sizeof body - 1}), "a[|]=x;b[|]=y--B;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_and_what_they_hold), cmocka_unit_test(boundaries),
        cmocka_unit_test(not_too_many_parts),       cmocka_unit_test(content_is_bytes),
        cmocka_unit_test(every_cut_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
