// SPDX-License-Identifier: MulanPSL-2.0
#include "base/id.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#define SEQUENCE_BITS 12
#define NODE_BITS 10
#define TIME_SHIFT (NODE_BITS + SEQUENCE_BITS)
#define SEQUENCE_MAX ((INT64_C(1) << SEQUENCE_BITS) - 1)
#define TIME_MAX ((INT64_C(1) << 41) - 1)
#define DIGITS (ID_TEXT_LENGTH - 1)

struct ids {
    int64_t node_bits;
    _Atomic int64_t last; // the newest id given out
};

struct ids *ids_new(int node, int64_t high_water_ms)
{
    assert(node >= 0 && node < 1 << NODE_BITS);
    struct ids *ids = calloc(1, sizeof(*ids));
    if (!ids)
        abort();
    ids->node_bits = (int64_t)node << SEQUENCE_BITS;
    int64_t last = 0;
    int64_t since = high_water_ms - ID_EPOCH_MS;
    assert(since <= TIME_MAX);
    if (since >= 0) // every id of that millisecond counts as used
        last = since << TIME_SHIFT | ids->node_bits | SEQUENCE_MAX;
    atomic_init(&ids->last, last);
    return ids;
}

void ids_free(struct ids *ids)
{
    free(ids);
}

int64_t ids_next(struct ids *ids, int64_t now_ms)
{
    int64_t since = now_ms > ID_EPOCH_MS ? now_ms - ID_EPOCH_MS : 0;
    assert(since <= TIME_MAX); // the year 2094
    int64_t fresh = since << TIME_SHIFT | ids->node_bits;
    int64_t last = atomic_load_explicit(&ids->last, memory_order_relaxed);
    int64_t id;
    do {
        if (fresh > last)
            id = fresh;
        else if ((last & SEQUENCE_MAX) < SEQUENCE_MAX)
            id = last + 1;
        else // 4096 within a millisecond, or a clock set back: borrow from the next millisecond
            id = ((last >> TIME_SHIFT) + 1) << TIME_SHIFT | ids->node_bits;
    } while (!atomic_compare_exchange_weak_explicit(&ids->last, &last, id, memory_order_relaxed, memory_order_relaxed));
    return id;
}

int64_t id_floor(int64_t at_ms)
{
    int64_t since = at_ms - ID_EPOCH_MS;
    return since <= 0 ? 0 : (since < TIME_MAX ? since : TIME_MAX) << TIME_SHIFT;
}

int64_t id_time_ms(int64_t id)
{
    return (id >> TIME_SHIFT) + ID_EPOCH_MS;
}

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// Doubling in GF(32), reduced by x^5 + x^2 + 1 (primitive: the powers of 2 run through all 31 non-zero elements).
static unsigned gf_double(unsigned a)
{
    return a & 16 ? (a << 1 ^ 0x25) & 31 : a << 1;
}

// The check digit is the sum of digit × 2^place, places 13 down to 1. Place values are all different and none is 0 or
// 1, so that any one wrong digit and any two exchanged digits (the check digit included) change the sum.
static unsigned check_digit(const unsigned char digits[DIGITS])
{
    unsigned sum = 0;
    for (int i = 0; i < DIGITS; i++)
        sum = gf_double(sum ^ digits[i]); // Horner
    return sum;
}

void id_format(int64_t id, char out[ID_TEXT_LENGTH + 1])
{
    assert(id >= 0);
    unsigned char digits[DIGITS];
    uint64_t rest = (uint64_t)id;
    for (int i = DIGITS - 1; i >= 0; i--, rest >>= 5)
        digits[i] = rest & 31;
    for (int i = 0; i < DIGITS; i++)
        out[i] = alphabet[digits[i]];
    out[DIGITS] = alphabet[check_digit(digits)];
    out[ID_TEXT_LENGTH] = 0;
}

struct str id_text(struct arena *arena, int64_t id)
{
    char *text = arena_alloc(arena, ID_TEXT_LENGTH + 1);
    id_format(id, text);
    return (struct str){text, ID_TEXT_LENGTH};
}

static int digit_value(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'I' || c == 'L')
        return 1;
    if (c == 'O')
        return 0;
    for (int i = 0; i < 32; i++)
        if (alphabet[i] == c)
            return i;
    return -1;
}

bool id_parse(struct str text, int64_t *ret_id)
{
    unsigned char digits[ID_TEXT_LENGTH];
    size_t n = 0;
    if (text.n > (size_t)2 * ID_TEXT_LENGTH)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '-')
            continue;
        int value = digit_value(text.p[i]);
        if (value < 0 || n == ID_TEXT_LENGTH)
            return false;
        digits[n++] = (unsigned char)value;
    }
    if (n != ID_TEXT_LENGTH || digits[0] > 7 || check_digit(digits) != digits[DIGITS])
        return false;
    uint64_t id = 0;
    for (int i = 0; i < DIGITS; i++)
        id = id << 5 | digits[i];
    if (id == 0) // means "absent" wherever ids are kept
        return false;
    *ret_id = (int64_t)id;
    return true;
}
