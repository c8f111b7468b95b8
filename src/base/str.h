// SPDX-License-Identifier: MulanPSL-2.0
// A view of bytes with a length. Not NUL-terminated unless made by str_z. Does not own what it points to.
#pragma once
#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_INIT(literal)                                                                                              \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }                                // for static initialisers
#define STR_ARG(s) (int)(s).n, (s).p // for "%.*s"

struct str str_of(const char *z); // NULL gives the empty string
bool str_equal(struct str a, struct str b);
bool str_equal_z(struct str a, const char *z);
bool str_equal_ignore_case(struct str a, struct str b); // ASCII only
bool str_starts_with(struct str s, struct str prefix);
bool str_ends_with(struct str s, struct str suffix);
struct str str_trim(struct str s); // ASCII white space
// Index of the first byte c at or after from, or (size_t)-1.
size_t str_find_byte(struct str s, char c, size_t from);
// Index of needle at or after from, or (size_t)-1.
size_t str_find(struct str s, struct str needle, size_t from);
// Cuts s at the first c: what lies before is returned, s becomes what lies after (empty when there was none).
struct str str_cut(struct str *s, char c);

struct str str_copy(struct arena *arena, struct str s);
const char *str_z(struct arena *arena, struct str s);    // a NUL-terminated copy
struct str str_lower(struct arena *arena, struct str s); // ASCII only
__attribute__((format(printf, 2, 3))) struct str str_format(struct arena *arena, const char *format, ...);
struct str str_concat(struct arena *arena, struct str a, struct str b);

// Decimal, optional leading '-', the whole string; false on anything else or on overflow.
bool str_to_int64(struct str s, int64_t *ret_value);
bool str_to_double(struct str s, double *ret_value); // finite, C locale
struct str str_hex(struct arena *arena, const void *bytes, size_t n);
int str_hex_digit(char c); // 0 to 15, either case; -1 when it is none
bool str_from_hex(struct arena *arena, struct str hex, struct str *ret_bytes);

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, at most U+10FFFF.
bool utf8_valid(struct str s);
size_t utf8_count(struct str s); // code points of a valid string
// The next code point at *pos of a valid string, *pos moved on; -1 at the end.
int32_t utf8_next(struct str s, size_t *pos);
void utf8_put(char out[4], int32_t code_point, size_t *ret_n);
// The first count code points.
struct str utf8_prefix(struct str s, size_t count);
