// SPDX-License-Identifier: MulanPSL-2.0
#include "base/str.h"

// Decodes one code point at p (n bytes left, n > 0). Returns its length, or 0 when it is not valid.
static size_t decode(const unsigned char *p, size_t n, int32_t *ret_code_point)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
    if (length == 0 || length > n)
        return 0;
    int32_t code_point = length == 1 ? p[0] : p[0] & (0x7F >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        code_point = code_point << 6 | (p[i] & 0x3F);
    }
    if (code_point < least[length] || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        return 0;
    *ret_code_point = code_point;
    return length;
}

bool utf8_valid(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    int32_t code_point;
    for (size_t i = 0; i < s.n;) {
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        size_t length = decode(p + i, s.n - i, &code_point);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

size_t utf8_count(struct str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++)
        count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return count;
}

int32_t utf8_next(struct str s, size_t *pos)
{
    if (*pos >= s.n)
        return -1;
    int32_t code_point;
    size_t length = decode((const unsigned char *)s.p + *pos, s.n - *pos, &code_point);
    if (length == 0) { // not valid, against the contract: move on all the same
        (*pos)++;
        return 0xFFFD;
    }
    *pos += length;
    return code_point;
}

void utf8_put(char out[4], int32_t code_point, size_t *ret_n)
{
    uint32_t c = (uint32_t)code_point;
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD;
    if (c < 0x80) {
        out[0] = (char)c;
        *ret_n = 1;
    } else if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        *ret_n = 2;
    } else if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        *ret_n = 3;
    } else {
        out[0] = (char)(0xF0 | c >> 18);
        out[1] = (char)(0x80 | (c >> 12 & 0x3F));
        out[2] = (char)(0x80 | (c >> 6 & 0x3F));
        out[3] = (char)(0x80 | (c & 0x3F));
        *ret_n = 4;
    }
}

struct str utf8_prefix(struct str s, size_t count)
{
    size_t pos = 0;
    while (count-- > 0 && utf8_next(s, &pos) >= 0)
        ;
    return (struct str){s.p, pos};
}
