// SPDX-License-Identifier: MulanPSL-2.0
// Full-text search over bigrams. Text is normalised, cut into runs of letters, digits and ideographs, each run into
// overlapping pairs of code points, each pair hashed under the installation's key, the tenant and the kind: the index
// holds no readable text, and tenants cannot meet in it. The positions of pairs are kept, so that a query of three or
// more characters finds the whole string and not its pairs scattered. SQLite: FTS5 without content; PostgreSQL:
// tsvector with GIN. Measurements: docs/decisions/0003-search.md.
#include "base/buf.h"
#include "crypto/seal.h"
#include "store/internal.h"

#include <string.h>

#define TOKEN_CHARS 8       // of 5 bits: 40 bits of the hash
#define MAX_PUT_TOKENS 8000 // what lies behind is not found
#define MAX_QUERY_TOKENS 64 // likewise
#define MAX_TOKEN_BYTES (size_t)(512 << 10)
#define MAX_POSITION 16000 // PostgreSQL counts to 16,383

const struct migration search_migrations[2][2] = {
    [DIALECT_SQLITE] = {{1, "001_search",
                         "CREATE VIRTUAL TABLE linli_search USING fts5(t, content='', columnsize=0, "
                         "tokenize='ascii')"},
                        {0, NULL, NULL}},
    [DIALECT_PG] = {{1, "001_search",
                     "CREATE TABLE linli_search (tenant_id BIGINT NOT NULL, kind TEXT NOT NULL, id BIGINT NOT NULL, "
                     "tokens TSVECTOR NOT NULL, PRIMARY KEY (tenant_id, kind, id));"
                     "CREATE INDEX linli_search_tokens ON linli_search USING GIN (tokens);"},
                    {0, NULL, NULL}},
};

// --- tokens ----------------------------------------------------------------------------------------------------------
// SipHash-2-4 (Aumasson and Bernstein, 2012) under a key drawn from the installation's: two HMACs a text, not one a
// pair.
struct token_key {
    uint64_t k0, k1;
};

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

static struct token_key key_for(struct ctx *c, const char *kind)
{
    struct str space = str_format(c->arena, "%lld %s", (long long)c->tenant_id, kind);
    return (struct token_key){blind64(c, "search", space), blind64(c, "search.second", space)};
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

// SQLite: tokens with spaces, a gap token where two runs meet. PostgreSQL: token:position.
static struct str tokens_of(struct ctx *c, const char *kind, struct str text)
{
    struct token_key key = key_for(c, kind);
    bool pg = c->db->store->engine->dialect == DIALECT_PG;
    struct cutter cutter = {.text = text};
    struct buf buf;
    buf_init(&buf, MAX_TOKEN_BYTES);
    uint64_t pair;
    size_t run, last_run = 0, position = 0;
    for (size_t n = 0; n < MAX_PUT_TOKENS && next_pair(&cutter, &pair, &run); n++) {
        char token[TOKEN_CHARS];
        token_text(hash_pair(&key, pair), token);
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

// All runs of the words, each as a phrase. Empty when there is nothing to look for.
static struct str query_of(struct ctx *c, const char *kind, struct str words)
{
    struct token_key key = key_for(c, kind);
    bool pg = c->db->store->engine->dialect == DIALECT_PG;
    struct cutter cutter = {.text = words};
    struct buf buf;
    buf_init(&buf, MAX_TOKEN_BYTES);
    uint64_t pair;
    size_t run, last_run = 0;
    for (size_t n = 0; n < MAX_QUERY_TOKENS && next_pair(&cutter, &pair, &run); n++) {
        char token[TOKEN_CHARS];
        token_text(hash_pair(&key, pair), token);
        if (n)
            buf_add_z(&buf, run == last_run ? (pg ? " <-> " : " ") : (pg ? " & " : "\" AND \""));
        else if (!pg)
            buf_add_byte(&buf, '"');
        last_run = run;
        buf_add(&buf, token, TOKEN_CHARS);
    }
    if (buf.n && !pg)
        buf_add_byte(&buf, '"');
    struct str query = str_copy(c->arena, buf_str(&buf));
    buf_free(&buf);
    return query;
}

// --- statements ------------------------------------------------------------------------------------------------------
// Parameters of all: tenant, kind, id or before, text, max.
static const enum field_type param_types[] = {FIELD_INT, FIELD_TEXT, FIELD_INT, FIELD_TEXT, FIELD_INT};
enum { PARAM_COUNT = sizeof param_types / sizeof *param_types };

static const char *const texts[2][SEARCH_STATEMENTS] = {
    [DIALECT_SQLITE] =
        {
            "INSERT INTO linli_search (rowid, t) VALUES (?3, ?4)",
            "INSERT INTO linli_search (linli_search, rowid, t) VALUES ('delete', ?3, ?4)",
            "SELECT rowid AS id FROM linli_search WHERE linli_search MATCH ?4 AND rowid < ?3 ORDER BY rowid DESC LIMIT "
            "?5",
            "INSERT INTO linli_search (linli_search) VALUES ('delete-all')",
        },
    [DIALECT_PG] =
        {
            "INSERT INTO linli_search (tenant_id, kind, id, tokens) VALUES ($1, $2, $3, CAST($4 AS tsvector)) "
            "ON CONFLICT (tenant_id, kind, id) DO UPDATE SET tokens = excluded.tokens",
            "DELETE FROM linli_search WHERE tenant_id = $1 AND kind = $2 AND id = $3",
            "SELECT id FROM linli_search WHERE tenant_id = $1 AND kind = $2 AND id < $3 AND tokens @@ CAST($4 AS "
            "tsquery) ORDER BY id DESC LIMIT $5",
            "DELETE FROM linli_search",
        },
};
static const size_t param_counts[2][SEARCH_STATEMENTS] = {
    [DIALECT_SQLITE] = {4, 4, 5, 0},
    [DIALECT_PG] = {4, 3, 5, 0},
};

void search_statements(struct store *store, size_t first_index)
{
    static const char *const names[] = {"search_put", "search_remove", "search_find", "search_clear"};
    struct statement *const all[] = {&store->search_put, &store->search_remove, &store->search_find,
                                     &store->search_clear};
    struct param *params = arena_array(store->arena, PARAM_COUNT, sizeof *params);
    for (size_t i = 0; i < PARAM_COUNT; i++)
        params[i].type = param_types[i];
    for (size_t i = 0; i < SEARCH_STATEMENTS; i++)
        *all[i] = (struct statement){
            .name = names[i],
            .text = texts[store->engine->dialect][i],
            .params = params,
            .param_count = param_counts[store->engine->dialect][i],
            .index = first_index + i,
            .writes = i != 2,
        };
}

static enum err take_none(struct ctx *c, const struct result *result, void *arg)
{
    (void)c, (void)result, (void)arg;
    return OK;
}

static enum err run_put(struct ctx *c, const char *kind, int64_t id, struct str tokens, bool remove)
{
    struct store *store = c->db->store;
    struct store_value values[PARAM_COUNT] = {{.type = FIELD_INT, .number = c->tenant_id},
                                              {.type = FIELD_TEXT, .text = str_of(kind)},
                                              {.type = FIELD_INT, .number = id},
                                              {.type = FIELD_TEXT, .text = tokens}};
    return store->engine->run(c, remove ? &store->search_remove : &store->search_put, values, 0, take_none, NULL, NULL);
}

enum err search_apply(struct ctx *c, struct db *db)
{
    struct search_doc *doc = db->search_first;
    db->search_first = db->search_last = NULL;
    for (; doc; doc = doc->next)
        TRY(run_put(c, "", doc->id, doc->tokens, doc->remove));
    return OK;
}

static enum err may_write(struct ctx *c)
{
    if (!c->db)
        return fail(c, ERR_INTERNAL, "store.no_transaction");
    if (!c->db->writing)
        return fail(c, ERR_INTERNAL, "store.write_in_read");
    return c->db->failed ? fail(c, ERR_INTERNAL, "store.failed_transaction") : OK;
}

static enum err change(struct ctx *c, const char *kind, int64_t id, struct str text, bool remove)
{
    TRY(may_write(c));
    if (!utf8_valid(text))
        return fail_field(c, ERR_INVALID, "store.bad_text", STR("text"));
    struct db *db = c->db;
    struct str tokens = tokens_of(c, kind, text);
    if (db->store->engine->dialect == DIALECT_PG)
        return run_put(c, kind, id, tokens, remove);
    if (tokens.n == 0)
        return OK;
    struct search_doc *doc = arena_alloc(c->arena, sizeof *doc);
    *doc = (struct search_doc){.remove = remove, .id = id, .tokens = tokens};
    if (db->search_last)
        db->search_last->next = doc;
    else
        db->search_first = doc;
    db->search_last = doc;
    return OK;
}

enum err search_put(struct ctx *c, const char *kind, int64_t id, struct str text)
{
    return change(c, kind, id, text, false);
}

enum err search_remove(struct ctx *c, const char *kind, int64_t id, struct str text)
{
    return change(c, kind, id, text, true);
}

struct found {
    int64_t *ids;
    size_t count, max;
};

static enum err take_id(struct ctx *c, const struct result *result, void *arg)
{
    (void)c;
    struct found *found = arg;
    found->ids[found->count++] = result->values[0].number;
    return found->count == found->max ? STORE_STOP : OK;
}

enum err search_find(struct ctx *c, const char *kind, struct str words, int64_t before_id, size_t max, int64_t *ret_ids,
                     size_t *ret_count)
{
    struct db *db = c->db;
    if (!db)
        return fail(c, ERR_INTERNAL, "store.no_transaction");
    if (db->failed)
        return fail(c, ERR_INTERNAL, "store.failed_transaction");
    if (!utf8_valid(words))
        return fail_field(c, ERR_INVALID, "store.bad_text", STR("words"));
    if (db->search_first)
        TRY(search_apply(c, db)); // a write sees what it has put
    struct found found = {.ids = ret_ids, .max = max};
    struct str query = query_of(c, kind, words);
    if (query.n && max) {
        struct store_value values[PARAM_COUNT] = {{.type = FIELD_INT, .number = c->tenant_id},
                                                  {.type = FIELD_TEXT, .text = str_of(kind)},
                                                  {.type = FIELD_INT, .number = before_id ? before_id : INT64_MAX},
                                                  {.type = FIELD_TEXT, .text = query},
                                                  {.type = FIELD_INT, .number = (int64_t)max}};
        TRY(db->store->engine->run(c, &db->store->search_find, values, 0, take_id, &found, NULL));
    }
    *ret_count = found.count;
    return OK;
}

enum err store_search_clear(struct ctx *c)
{
    TRY(may_write(c));
    c->db->search_first = c->db->search_last = NULL;
    return c->db->store->engine->run(c, &c->db->store->search_clear, NULL, 0, take_none, NULL, NULL);
}
