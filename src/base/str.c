// SPDX-License-Identifier: MulanPSL-2.0
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_of(const char *z)
{
    return z ? (struct str){z, strlen(z)} : (struct str){"", 0};
}

bool str_equal(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_equal_z(struct str a, const char *z)
{
    return str_equal(a, str_of(z));
}

bool str_equal_ignore_case(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

bool str_starts_with(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_equal((struct str){s.p, prefix.n}, prefix);
}

bool str_ends_with(struct str s, struct str suffix)
{
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

struct str str_trim(struct str s)
{
    while (s.n && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

size_t str_find_byte(struct str s, char c, size_t from)
{
    if (from >= s.n)
        return (size_t)-1;
    const char *p = memchr(s.p + from, c, s.n - from);
    return p ? (size_t)(p - s.p) : (size_t)-1;
}

size_t str_find(struct str s, struct str needle, size_t from)
{
    if (from > s.n)
        return (size_t)-1;
    if (needle.n == 0)
        return from;
    const char *p = from < s.n ? memmem(s.p + from, s.n - from, needle.p, needle.n) : NULL;
    return p ? (size_t)(p - s.p) : (size_t)-1;
}

struct str str_cut(struct str *s, char c)
{
    struct str whole = *s;
    size_t at = str_find_byte(whole, c, 0);
    if (at == (size_t)-1) {
        *s = (struct str){"", 0};
        return whole;
    }
    *s = (struct str){whole.p + at + 1, whole.n - at - 1};
    return (struct str){whole.p, at};
}

const char *str_z(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.n + 1);
    if (s.n)
        memcpy(copy, s.p, s.n);
    return copy;
}

struct str str_copy(struct arena *arena, struct str s)
{
    return (struct str){str_z(arena, s), s.n};
}

struct str str_lower(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        copy[i] = lower(s.p[i]);
    return (struct str){copy, s.n};
}

struct str str_format(struct arena *arena, const char *format, ...)
{
    char text[256];
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (n < 0)
        abort(); // a format that cannot be: a mistake in the program
    char *copy = arena_alloc(arena, (size_t)n + 1);
    if ((size_t)n < sizeof(text))
        memcpy(copy, text, (size_t)n + 1);
    else
        vsnprintf(copy, (size_t)n + 1, format, again);
    va_end(again);
    return (struct str){copy, (size_t)n};
}

struct str str_concat(struct arena *arena, struct str a, struct str b)
{
    char *copy = arena_alloc(arena, a.n + b.n + 1);
    if (a.n)
        memcpy(copy, a.p, a.n);
    if (b.n)
        memcpy(copy + a.n, b.p, b.n);
    return (struct str){copy, a.n + b.n};
}
