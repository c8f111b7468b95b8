// SPDX-License-Identifier: MulanPSL-2.0
// Words to tokens: normalised, cut into bigrams, hashed. What the index holds and what a query asks are made here.
#include "store/search_tokens.h"
#include "base/buf.h"
#include "crypto/seal.h"

#define TOKEN_CHARS 8       // of 5 bits: 40 bits of the hash
#define MAX_PUT_TOKENS 8000 // what lies behind is not found
#define MAX_TOKEN_BYTES (size_t)(512 << 10)
#define MAX_POSITION 16000 // PostgreSQL counts to 16,383

// --- hashing
// ----------------------------------------------------------------------------------------------------------
// SipHash-2-4 (Aumasson and Bernstein, 2012) under a key drawn from the installation's: two HMACs a text, not one a
// pair.
static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_rounds(uint64_t v[4], int rounds)
{
    while (rounds-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

// Of one 64-bit word: two code points.
static uint64_t hash_pair(const struct token_key *key, uint64_t word)
{
    uint64_t v[4] = {key->k0 ^ UINT64_C(0x736f6d6570736575), key->k1 ^ UINT64_C(0x646f72616e646f6d),
                     key->k0 ^ UINT64_C(0x6c7967656e657261), key->k1 ^ UINT64_C(0x7465646279746573)};
    uint64_t last = UINT64_C(8) << 56;
    v[3] ^= word;
    sip_rounds(v, 2);
    v[0] ^= word;
    v[3] ^= last;
    sip_rounds(v, 2);
    v[0] ^= last;
    v[2] ^= 0xff;
    sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct token_key token_key_for(struct ctx *c, const char *kind)
{
    struct str space = str_format(c->arena, "%lld %s", (long long)c->tenant_id, kind);
    return (struct token_key){blind64(c, "search", space), blind64(c, "search.second", space)};
}

struct token_key token_key_of_window(struct token_key key, int64_t window)
{
    return (struct token_key){key.k0, key.k1 ^ (uint64_t)window * UINT64_C(0x9E3779B97F4A7C15)};
}

static void token_text(uint64_t hash, char out[TOKEN_CHARS])
{
    static const char alphabet[] = "0123456789abcdefghijklmnopqrstuv";
    for (int i = 0; i < TOKEN_CHARS; i++, hash >>= 5)
        out[i] = alphabet[hash & 31];
}

static int32_t fold(int32_t ch)
{
    if (ch >= 0xFF01 && ch <= 0xFF5E) // full-width forms of ASCII
        ch -= 0xFEE0;
    return ch >= 'A' && ch <= 'Z' ? ch + ('a' - 'A') : ch;
}

static bool searchable(int32_t ch)
{
    static const struct {
        int32_t from, to;
    } apart[] = {{0x80, 0xBF},     {0xD7, 0xD7},     {0xF7, 0xF7},     {0x2000, 0x206F},
                 {0x2190, 0x2BFF}, {0x3000, 0x3004}, {0x3008, 0x303F}, {0x30FB, 0x30FB},
                 {0xFE00, 0xFE6F}, {0xFF00, 0xFFEF}, {0xFFF0, 0xFFFF}, {0x1F000, 0x1FAFF}};
    if (ch < 0x80)
        return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if (ch >= apart[i].from && ch <= apart[i].to)
            return false;
    return true;
}

// One pair (or a lone character) of a text, in order.
struct cutter {
    struct str text;
    size_t pos;
    int32_t previous; // of the current run, 0: the run begins
    size_t run_length, run;
};

static int32_t next_char(struct cutter *cutter)
{
    int32_t ch = utf8_next(cutter->text, &cutter->pos);
    return ch < 0 ? -1 : fold(ch);
}

// False at the end. *ret_run tells to which run the pair belongs.
static bool next_pair(struct cutter *cutter, uint64_t *ret_pair, size_t *ret_run)
{
    for (;;) {
        int32_t ch = next_char(cutter);
        bool inside = ch >= 0 && searchable(ch);
        int32_t previous = cutter->previous;
        *ret_run = cutter->run;
        if (inside) {
            cutter->previous = ch;
            cutter->run_length++;
            if (previous) {
                *ret_pair = (uint64_t)(uint32_t)previous << 32 | (uint32_t)ch;
                return true;
            }
            continue;
        }
        bool lone = cutter->run_length == 1;
        if (cutter->run_length)
            cutter->run++;
        cutter->previous = 0;
        cutter->run_length = 0;
        if (lone) {
            *ret_pair = (uint64_t)(uint32_t)previous << 32;
            return true;
        }
        if (ch < 0)
            return false;
    }
}

// SQLite: tokens with spaces, a gap token where two runs meet. PostgreSQL: token:position, a gap in the positions.
struct str tokens_of(struct ctx *c, enum dialect dialect, const struct token_key *key, struct str text)
{
    bool pg = dialect == DIALECT_PG;
    struct cutter cutter = {.text = text};
    struct buf buf;
    buf_init(&buf, MAX_TOKEN_BYTES);
    uint64_t pair;
    size_t run, last_run = 0, position = 0;
    for (size_t n = 0; n < MAX_PUT_TOKENS && next_pair(&cutter, &pair, &run); n++) {
        char token[TOKEN_CHARS];
        token_text(hash_pair(key, pair), token);
        position += run != last_run ? 2 : 1;
        if (run != last_run && !pg)
            buf_add_z(&buf, "z ");
        last_run = run;
        buf_add(&buf, token, TOKEN_CHARS);
        if (pg)
            buf_addf(&buf, ":%zu ", position < MAX_POSITION ? position : MAX_POSITION);
        else
            buf_add_byte(&buf, ' ');
    }
    struct str tokens = str_copy(c->arena, buf_str(&buf));
    buf_free(&buf);
    return tokens;
}

void query_of(struct buf *out, enum dialect dialect, const struct token_key *key, struct str words)
{
    bool pg = dialect == DIALECT_PG;
    struct cutter cutter = {.text = words};
    uint64_t pair;
    size_t run, last_run = 0, n = 0;
    for (; n < SEARCH_QUERY_TOKENS && next_pair(&cutter, &pair, &run); n++) {
        char token[TOKEN_CHARS];
        token_text(hash_pair(key, pair), token);
        if (n)
            buf_add_z(out, run == last_run ? (pg ? " <-> " : " ") : (pg ? " & " : "\" AND \""));
        else if (!pg)
            buf_add_byte(out, '"');
        last_run = run;
        buf_add(out, token, TOKEN_CHARS);
    }
    if (n && !pg)
        buf_add_byte(out, '"');
}
