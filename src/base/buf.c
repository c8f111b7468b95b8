// SPDX-License-Identifier: MulanPSL-2.0
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, size_t max_bytes)
{
    *buf = (struct buf){.max = max_bytes};
}

void buf_free(struct buf *buf)
{
    free(buf->p);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
    buf->n = 0;
    buf->full = false;
}

// Room for n more bytes. Once something was dropped, all that follows is dropped too: what is kept is a clean prefix.
static bool buf_reserve(struct buf *buf, size_t n)
{
    if (buf->full || n > buf->max - buf->n) {
        buf->full = true;
        return false;
    }
    if (n <= buf->cap - buf->n)
        return true;
    size_t cap = buf->cap ? buf->cap : 256;
    while (cap < buf->n + n)
        cap = cap > buf->max / 2 ? buf->max : cap * 2;
    if (cap > buf->max)
        cap = buf->max;
    char *p = realloc(buf->p, cap);
    if (!p) {
        fprintf(stderr, "buf: out of memory (%zu bytes asked)\n", cap);
        abort();
    }
    buf->p = p;
    buf->cap = cap;
    return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t n)
{
    if (n == 0 || !buf_reserve(buf, n))
        return;
    memcpy(buf->p + buf->n, bytes, n);
    buf->n += n;
}

void buf_add_str(struct buf *buf, struct str s)
{
    buf_add(buf, s.p, s.n);
}

void buf_add_z(struct buf *buf, const char *z)
{
    buf_add(buf, z, strlen(z));
}

void buf_add_byte(struct buf *buf, char c)
{
    if (buf_reserve(buf, 1))
        buf->p[buf->n++] = c;
}

void buf_add_int(struct buf *buf, int64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        digits[--at] = '-';
    buf_add(buf, digits + at, sizeof(digits) - at);
}

void buf_addf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char text[512];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (n < 0)
        abort(); // a format that cannot be: a mistake in the program
    if ((size_t)n < sizeof(text)) {
        buf_add(buf, text, (size_t)n);
    } else if (buf_reserve(buf, (size_t)n)) {
        char *all = malloc((size_t)n + 1);
        if (!all)
            abort();
        vsnprintf(all, (size_t)n + 1, format, again);
        buf_add(buf, all, (size_t)n);
        free(all);
    }
    va_end(again);
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->p ? buf->p : "", buf->n};
}
