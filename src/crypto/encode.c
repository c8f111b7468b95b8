// SPDX-License-Identifier: MulanPSL-2.0
// base64url and base32 (RFC 4648 sections 5 and 6), without padding.
#include "crypto/crypto.h"

// Writes bytes as digits of width bits each.
static struct str encode(struct arena *arena, const unsigned char *bytes, size_t n, unsigned width, const char *digits)
{
    char *text = arena_array(arena, n + 1, 2); // the widest form, base32, needs 1.6 a byte
    size_t to = 0;
    unsigned held = 0; // bits not yet written
    unsigned bits = 0;
    for (size_t i = 0; i < n; i++) {
        bits = (bits << 8 | bytes[i]) & 0xFFFF;
        held += 8;
        while (held >= width) {
            held -= width;
            text[to++] = digits[bits >> held & ((1u << width) - 1)];
        }
    }
    if (held)
        text[to++] = digits[bits << (width - held) & ((1u << width) - 1)];
    return (struct str){text, to};
}

struct str crypto_base64url(struct arena *arena, const void *bytes, size_t n)
{
    return encode(arena, bytes, n, 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

struct str crypto_base32(struct arena *arena, const void *bytes, size_t n)
{
    return encode(arena, bytes, n, 5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
}

static int base32_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

bool crypto_base32_decode(struct arena *arena, struct str text, struct str *ret_bytes)
{
    while (text.n && text.p[text.n - 1] == '=')
        text.n--;
    char *bytes = arena_alloc(arena, text.n + 1);
    size_t to = 0;
    unsigned held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.n; i++) {
        int value = base32_value(text.p[i]);
        if (value < 0)
            return false;
        bits = (bits << 5 | (unsigned)value) & 0xFFFF;
        held += 5;
        if (held >= 8) {
            held -= 8;
            bytes[to++] = (char)(bits >> held & 0xFF);
        }
    }
    // A last digit that adds no byte, or left-over bits that are not zero, were never written by an encoder.
    if (held >= 5 || (bits & ((1u << held) - 1)))
        return false;
    *ret_bytes = (struct str){bytes, to};
    return true;
}
