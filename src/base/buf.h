// SPDX-License-Identifier: MulanPSL-2.0
// A growing buffer that states its maximum. What does not fit is dropped and .full is set: check it once, at the end.
#pragma once
#include "base/str.h"

struct buf {
    char *p;
    size_t n, cap, max;
    bool full;
};

void buf_init(struct buf *buf, size_t max_bytes);
void buf_free(struct buf *buf);
void buf_clear(struct buf *buf); // keeps the memory
void buf_add(struct buf *buf, const void *bytes, size_t n);
void buf_add_str(struct buf *buf, struct str s);
void buf_add_z(struct buf *buf, const char *z);
void buf_add_byte(struct buf *buf, char c);
void buf_add_int(struct buf *buf, int64_t value);
__attribute__((format(printf, 2, 3))) void buf_addf(struct buf *buf, const char *format, ...);
struct str buf_str(const struct buf *buf); // a view, valid until the next change
