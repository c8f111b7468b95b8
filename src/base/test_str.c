// SPDX-License-Identifier: MulanPSL-2.0
#include "base/str.h"

#include "base/test.h"

#include <string.h>

#define assert_str(s, z) assert_true(str_equal_z(s, z))

static void searching_and_cutting(void **state)
{
    (void)state;
    struct str s = STR("a=b=c");
    assert_int_equal(str_find_byte(s, '=', 0), 1);
    assert_int_equal(str_find_byte(s, '=', 2), 3);
    assert_int_equal(str_find_byte(s, '=', 4), (size_t)-1);
    assert_int_equal(str_find_byte(s, '=', 99), (size_t)-1);
    assert_int_equal(str_find(s, STR("b="), 0), 2);
    assert_int_equal(str_find(s, STR(""), 5), 5);
    assert_int_equal(str_find(s, STR(""), 6), (size_t)-1);
    assert_int_equal(str_find(s, STR("c="), 0), (size_t)-1);
    assert_str(str_cut(&s, '='), "a");
    assert_str(s, "b=c");
    assert_str(str_cut(&s, ';'), "b=c");
    assert_int_equal(s.n, 0);
    assert_str(str_cut(&s, ';'), "");
    struct str edge = STR("=x");
    assert_str(str_cut(&edge, '='), "");
    assert_str(edge, "x");
}

static void comparing_and_trimming(void **state)
{
    (void)state;
    assert_true(str_equal(str_of(NULL), STR("")));
    assert_false(str_equal(STR("ab"), STR("abc")));
    assert_true(str_equal_ignore_case(STR("Content-Type"), STR("content-tYPE")));
    assert_false(str_equal_ignore_case(STR("a["), STR("a{"))); // differ by the case bit, but are no letters
    assert_true(str_starts_with(STR("/api/v1"), STR("/api")));
    assert_true(str_starts_with(STR(""), STR("")));
    assert_false(str_starts_with(STR("/ap"), STR("/api")));
    assert_true(str_ends_with(STR("a.xml"), STR(".xml")));
    assert_false(str_ends_with(STR("xml"), STR(".xml")));
    assert_str(str_trim(STR(" \t\r\n a b \v\f")), "a b");
    assert_str(str_trim(STR("  ")), "");
}

static void copies_are_terminated(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    assert_string_equal(str_z(arena, (struct str){"abcdef", 3}), "abc");
    assert_str(str_lower(arena, STR("ABC邻里")), "abc邻里");
    assert_str(str_format(arena, "%d-%s", 5, "x"), "5-x");
    struct str wide = str_format(arena, "%1000d", 5);
    assert_int_equal(wide.n, 1000);
    assert_int_equal(strlen(wide.p), 1000);
    assert_str(str_concat(arena, STR("邻"), STR("里")), "邻里");
    assert_str(str_copy(arena, (struct str){NULL, 0}), "");
    arena_free(arena);
}

static void integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1x", false, 0},
        {"0x10", false, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t value = 0;
        assert_int_equal(str_to_int64(str_of(cases[i].text), &value), cases[i].good);
        assert_int_equal(value, cases[i].value);
    }
    struct random random = test_random();
    struct arena *arena = arena_new(1 << 26);
    for (int64_t i = 0; i < test_cases(20000); i++) {
        int64_t value = (int64_t)random_next(&random) >> (i % 64);
        int64_t back;
        assert_true(str_to_int64(str_format(arena, "%lld", (long long)value), &back));
        assert_int_equal(value, back);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void reals(void **state)
{
    (void)state;
    double value = 0;
    assert_true(str_to_double(STR("27.725"), &value));
    assert_true(value == 27.725);
    assert_true(str_to_double(STR("-1e-3"), &value));
    assert_true(value == -0.001);
    assert_true(str_to_double(STR(".5"), &value));
    assert_true(str_to_double(STR("5."), &value));
    static const char *const bad[] = {"",    "-",    ".",  "e5", "1e",  "1e+",   "nan",
                                      "inf", "0x10", " 1", "1 ", "1,5", "1e999", "--1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(str_to_double(str_of(bad[i]), &value));
}

static void hexadecimal(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct str bytes;
    assert_str(str_hex(arena, "\x00\xFF\x1a", 3), "00ff1a");
    assert_true(str_from_hex(arena, STR("00fF1A"), &bytes));
    assert_int_equal(bytes.n, 3);
    assert_memory_equal(bytes.p, "\x00\xFF\x1a", 3);
    assert_true(str_from_hex(arena, STR(""), &bytes));
    assert_int_equal(bytes.n, 0);
    assert_false(str_from_hex(arena, STR("0"), &bytes));
    assert_false(str_from_hex(arena, STR("0g"), &bytes));
    arena_free(arena);
}

static void utf8_is_strict(void **state)
{
    (void)state;
    static const char *const good[] = {
        "", "a", "é", "邻里", "😀", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80"};
    static const char *const bad[] = {
        "\x80",             // continuation alone
        "\xC0\x80",         // overlong NUL
        "\xC1\xBF",         // overlong
        "\xE0\x9F\xBF",     // overlong
        "\xF0\x8F\xBF\xBF", // overlong
        "\xED\xA0\x80",     // surrogate
        "\xED\xBF\xBF",     // surrogate
        "\xF4\x90\x80\x80", // beyond U+10FFFF
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xE9\x82",
        "\xE9\x82z",
        "a\xC3",
        "\xF0\x9F\x98",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(utf8_valid(str_of(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(utf8_valid(str_of(bad[i])));
    assert_int_equal(utf8_count(STR("a邻😀")), 3);
    assert_str(utf8_prefix(STR("a邻😀"), 2), "a邻");
    assert_str(utf8_prefix(STR("a邻😀"), 9), "a邻😀");
    assert_str(utf8_prefix(STR("a邻😀"), 0), "");
}

static void every_code_point_survives(void **state)
{
    (void)state;
    for (int32_t c = 0; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        char bytes[4];
        size_t n;
        utf8_put(bytes, c, &n);
        struct str s = {bytes, n};
        size_t pos = 0;
        if (!utf8_valid(s) || utf8_next(s, &pos) != c || pos != n || utf8_next(s, &pos) != -1)
            fail_msg("U+%04X", (unsigned)c);
    }
}

// A second, slower reading of RFC 3629 as grammar, against random bytes.
static size_t sequence_by_grammar(const unsigned char *p, size_t n)
{
    if (p[0] <= 0x7F)
        return 1;
    if (n >= 2 && p[0] >= 0xC2 && p[0] <= 0xDF && p[1] >= 0x80 && p[1] <= 0xBF)
        return 2;
    if (n >= 3 && p[2] >= 0x80 && p[2] <= 0xBF) {
        unsigned low = p[0] == 0xE0 ? 0xA0 : 0x80;
        unsigned high = p[0] == 0xED ? 0x9F : 0xBF;
        if (p[0] >= 0xE0 && p[0] <= 0xEF && p[1] >= low && p[1] <= high)
            return 3;
    }
    if (n >= 4 && p[2] >= 0x80 && p[2] <= 0xBF && p[3] >= 0x80 && p[3] <= 0xBF) {
        unsigned low = p[0] == 0xF0 ? 0x90 : 0x80;
        unsigned high = p[0] == 0xF4 ? 0x8F : 0xBF;
        if (p[0] >= 0xF0 && p[0] <= 0xF4 && p[1] >= low && p[1] <= high)
            return 4;
    }
    return 0;
}

static void random_bytes_agree_with_the_grammar(void **state)
{
    (void)state;
    struct random random = test_random();
    static const unsigned char edges[] = {0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2,
                                          0xDF, 0xE0, 0xE9, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5};
    for (int64_t i = 0; i < test_cases(200000); i++) {
        unsigned char bytes[6];
        size_t n = (size_t)random_between(&random, 0, 6);
        for (size_t k = 0; k < n; k++)
            bytes[k] = edges[random_next(&random) % sizeof(edges)];
        bool valid = true;
        for (size_t at = 0; valid && at < n;) {
            size_t length = sequence_by_grammar(bytes + at, n - at);
            valid = length > 0;
            at += length;
        }
        assert_int_equal(utf8_valid((struct str){(const char *)bytes, n}), valid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searching_and_cutting),
        cmocka_unit_test(comparing_and_trimming),
        cmocka_unit_test(copies_are_terminated),
        cmocka_unit_test(integers),
        cmocka_unit_test(reals),
        cmocka_unit_test(hexadecimal),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(every_code_point_survives),
        cmocka_unit_test(random_bytes_agree_with_the_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
