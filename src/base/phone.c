// SPDX-License-Identifier: MulanPSL-2.0
// Numbering: mobile 1[3-9] and 9 digits; area codes 010, 02x, or four digits; landlines of 7 or 8 digits (the
// mainland's numbering plan).
#include "base/phone.h"
#include "base/arena.h"

#include <string.h>

#define EXTENSION_MAX 6

static bool is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}

static size_t digits_at(struct str s, size_t from)
{
    size_t n = 0;
    while (from + n < s.n && is_digit(s.p[from + n]))
        n++;
    return n;
}

bool phone_mobile(struct arena *arena, struct str typed, struct str *ret_digits)
{
    char *digits = arena_alloc(arena, typed.n + 1);
    size_t n = 0;
    if (str_starts_with(typed, STR("+86")))
        typed = (struct str){typed.p + 3, typed.n - 3};
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] == ' ' || typed.p[i] == '-')
            continue;
        if (!is_digit(typed.p[i]))
            return false;
        digits[n++] = typed.p[i];
    }
    if (n != 11 || digits[0] != '1' || digits[1] < '3')
        return false;
    *ret_digits = (struct str){digits, n};
    return true;
}

// Digits, and '-' for whatever divides them.
static bool simplify(struct arena *arena, struct str typed, struct str *ret_text)
{
    static const struct {
        const char *typed, *means;
    } marks[] = {{" ", ""},   {"-", "-"},  {"(", ""},  {")", "-"}, {"（", ""},
                 {"）", "-"}, {"转", "-"}, {"x", "-"}, {"X", "-"}, {"#", "-"}};
    char *out = arena_alloc(arena, typed.n + 1);
    size_t n = 0;
    while (typed.n) {
        size_t used = is_digit(typed.p[0]);
        if (used)
            out[n++] = typed.p[0];
        for (size_t i = 0; i < sizeof marks / sizeof *marks && !used; i++) {
            if (!str_starts_with(typed, str_of(marks[i].typed)))
                continue;
            used = strlen(marks[i].typed);
            if (marks[i].means[0] && n && out[n - 1] != '-')
                out[n++] = '-';
        }
        if (!used)
            return false;
        typed.p += used;
        typed.n -= used;
    }
    *ret_text = (struct str){out, n};
    return true;
}

static bool landline(struct arena *arena, struct str text, struct str *ret_number)
{
    size_t area = str_starts_with(text, STR("01")) || str_starts_with(text, STR("02")) ? 3 : 4;
    if (text.n < area || text.p[0] != '0' || text.p[1] == '0' || digits_at(text, 0) < area)
        return false;
    size_t from = area + (text.n > area && text.p[area] == '-'), n = digits_at(text, from);
    if (n < 7 || n > 8 || text.p[from] < '2')
        return false;
    struct str extension = {text.p + from + n, text.n - from - n};
    if (extension.n &&
        (extension.n < 2 || extension.n > EXTENSION_MAX + 1 || digits_at(extension, 1) != extension.n - 1))
        return false;
    *ret_number = str_format(arena, "%.*s-%.*s%.*s", (int)area, text.p, (int)n, text.p + from, STR_ARG(extension));
    return true;
}

bool phone_contact(struct arena *arena, struct str typed, struct str *ret_number)
{
    struct str text;
    return phone_mobile(arena, typed, ret_number) ||
           (simplify(arena, typed, &text) && landline(arena, text, ret_number));
}
