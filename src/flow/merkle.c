// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/event_private.h"

#include "base/clock.h"
#include "base/id.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ID_TIME_SHIFT 22 // below the time: 10 bits of node, 12 of sequence (base/id.h)

void netstring_str(struct buf *out, struct str s)
{
    buf_addf(out, "%zu:", s.n);
    buf_add_str(out, s);
    buf_add_byte(out, ',');
}

void netstring_int(struct buf *out, int64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRId64, value);
    netstring_str(out, (struct str){digits, (size_t)n});
}

void hex_of_hash(const unsigned char hash[HASH_BYTES], char out_hex[65])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < HASH_BYTES; i++) {
        out_hex[2 * i] = digits[hash[i] >> 4];
        out_hex[2 * i + 1] = digits[hash[i] & 15];
    }
    out_hex[2 * HASH_BYTES] = '\0';
}

bool hash_of_hex(struct str hex, unsigned char out[HASH_BYTES])
{
    if (hex.n != 2 * HASH_BYTES)
        return false;
    for (size_t i = 0; i < hex.n; i++) {
        char d = hex.p[i];
        int value = d >= '0' && d <= '9' ? d - '0' : d >= 'a' && d <= 'f' ? d - 'a' + 10 : -1;
        if (value < 0)
            return false;
        out[i / 2] = (unsigned char)(i % 2 ? out[i / 2] | value : value << 4);
    }
    return true;
}

void hash_text(enum crypto_suite suite, const struct buf *text, char out_hex[65])
{
    unsigned char hash[HASH_BYTES];
    crypto_hash(suite, buf_str(text), hash);
    hex_of_hash(hash, out_hex);
}

void seal_hash(enum crypto_suite suite, int64_t tenant_id, const struct event_seal *seal, char out_hex[65])
{
    struct buf text;
    buf_init(&text, 4096);
    netstring_str(&text, STR("linli.seal.1"));
    netstring_int(&text, tenant_id);
    netstring_int(&text, seal->id);
    netstring_int(&text, seal->first_id);
    netstring_int(&text, seal->last_id);
    netstring_int(&text, seal->count);
    netstring_str(&text, seal->root);
    netstring_str(&text, seal->prev_hash);
    hash_text(suite, &text, out_hex);
    buf_free(&text);
}

int64_t minute_of_id(int64_t id)
{
    int64_t ms = id_time_ms(id), minute = ms / MINUTE_MS;
    return ms % MINUTE_MS < 0 ? minute - 1 : minute;
}

int64_t minute_last_id(int64_t minute)
{
    uint64_t end_ms = ((uint64_t)minute + 1) * MINUTE_MS; // unsigned: a row that lies may hold any number
    return (int64_t)(((end_ms - ID_EPOCH_MS) << ID_TIME_SHIFT) - 1);
}

static void hash_node(struct merkle *m, const unsigned char left[HASH_BYTES], const unsigned char right[HASH_BYTES],
                      unsigned char out[HASH_BYTES])
{
    char node[1 + 2 * HASH_BYTES] = {1};
    memcpy(node + 1, left, HASH_BYTES);
    memcpy(node + 1 + HASH_BYTES, right, HASH_BYTES);
    crypto_hash(m->suite, (struct str){node, sizeof node}, out);
}

void merkle_begin(struct merkle *merkle, enum crypto_suite suite)
{
    merkle->suite = suite;
    merkle->count = 0;
}

void merkle_add(struct merkle *merkle, const unsigned char leaf[HASH_BYTES])
{
    char bytes[1 + HASH_BYTES] = {0};
    unsigned char node[HASH_BYTES];
    memcpy(bytes + 1, leaf, HASH_BYTES);
    crypto_hash(merkle->suite, (struct str){bytes, sizeof bytes}, node);
    size_t level = 0;
    for (; merkle->count >> level & 1; level++)
        hash_node(merkle, merkle->at[level], node, node);
    memcpy(merkle->at[level], node, HASH_BYTES);
    merkle->count++;
}

// What is not complete hangs to the right: the smaller subtrees are joined first.
void merkle_root(const struct merkle *merkle, unsigned char out[HASH_BYTES])
{
    struct merkle m = {.suite = merkle->suite};
    bool begun = false;
    for (size_t level = 0; level < 64; level++) {
        if (!(merkle->count >> level & 1))
            continue;
        if (begun)
            hash_node(&m, merkle->at[level], out, out);
        else
            memcpy(out, merkle->at[level], HASH_BYTES);
        begun = true;
    }
}
