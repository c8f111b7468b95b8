// SPDX-License-Identifier: MulanPSL-2.0
// Numbers and hexadecimal digits in strings.
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool str_to_int64(struct str s, int64_t *ret_value)
{
    bool negative = s.n && s.p[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == s.n)
        return false;
    int64_t value = 0; // built up on the negative side, which reaches one further
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, s.p[i] - '0', &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *ret_value = negative ? value : -value;
    return true;
}

// [-]digits[.digits][e[+-]digits]. strtod alone also takes hexadecimal, "inf", "nan" and leading spaces. The program
// never calls setlocale, so the decimal point is a point.
static bool is_decimal(struct str s)
{
    size_t i = s.n && s.p[0] == '-' ? 1 : 0;
    size_t digits = 0;
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        digits++;
    if (i < s.n && s.p[i] == '.')
        for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
            digits++;
    if (digits == 0)
        return false;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
            i++;
        size_t from = i;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
            i++;
        if (i == from)
            return false;
    }
    return i == s.n;
}

bool str_to_double(struct str s, double *ret_value)
{
    char z[128];
    if (s.n >= sizeof(z) || !is_decimal(s))
        return false;
    memcpy(z, s.p, s.n);
    z[s.n] = 0;
    double value = strtod(z, NULL);
    if (!isfinite(value))
        return false;
    *ret_value = value;
    return true;
}

struct str str_hex(struct arena *arena, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;
    char *hex = arena_array(arena, n + 1, 2);
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[from[i] >> 4];
        hex[2 * i + 1] = digits[from[i] & 15];
    }
    return (struct str){hex, 2 * n};
}

int str_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool str_from_hex(struct arena *arena, struct str hex, struct str *ret_bytes)
{
    if (hex.n % 2)
        return false;
    char *bytes = arena_alloc(arena, hex.n / 2 + 1);
    for (size_t i = 0; i < hex.n / 2; i++) {
        int high = str_hex_digit(hex.p[2 * i]);
        int low = str_hex_digit(hex.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (char)(high << 4 | low);
    }
    *ret_bytes = (struct str){bytes, hex.n / 2};
    return true;
}
