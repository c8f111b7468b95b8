// SPDX-License-Identifier: MulanPSL-2.0
#include "json/record_json.h"

#include <string.h>

// Keeps the first and last code points, and puts a star for each of the others.
static struct str keep_ends(struct arena *arena, struct str clear, size_t first, size_t last)
{
    size_t count = utf8_count(clear);
    if (count == 0)
        return STR("");
    if (count < first + last)
        first = last = 0;
    struct str head = utf8_prefix(clear, first);
    struct str tail = utf8_prefix(clear, count - last);
    tail = (struct str){clear.p + tail.n, clear.n - tail.n};
    size_t stars = count - first - last;
    char *masked = arena_alloc(arena, head.n + stars + tail.n + 1);
    if (head.n)
        memcpy(masked, head.p, head.n);
    memset(masked + head.n, '*', stars);
    if (tail.n)
        memcpy(masked + head.n + stars, tail.p, tail.n);
    return (struct str){masked, head.n + stars + tail.n};
}

// A mobile number of China: 11 digits, the first a 1.
static bool is_mobile(struct str s)
{
    if (s.n != 11 || s.p[0] != '1')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

// Chinese characters only: up to four, or more with the middle dot of transcribed names (买买提·依明).
static bool is_name(struct str s)
{
    size_t count = 0;
    bool dot = false;
    size_t pos = 0;
    for (int32_t c = utf8_next(s, &pos); c >= 0; c = utf8_next(s, &pos), count++) {
        if (c == 0xB7 || c == 0x2022)
            dot = true;
        else if (!((c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x323AF)))
            return false;
    }
    return count > 0 && (count <= 4 || dot);
}

struct str mask_text(struct arena *arena, struct str clear)
{
    struct str prefix = STR("+86");
    if (is_mobile(clear))
        return keep_ends(arena, clear, 3, 4);
    if (str_starts_with(clear, prefix) && is_mobile((struct str){clear.p + prefix.n, clear.n - prefix.n}))
        return keep_ends(arena, clear, prefix.n + 3, 4);
    if (is_name(clear))
        return keep_ends(arena, clear, utf8_count(clear) > 1 ? 1 : 0, 0);
    size_t quarter = utf8_count(clear) / 4;
    return keep_ends(arena, clear, quarter, quarter);
}
