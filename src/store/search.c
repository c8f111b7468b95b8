// SPDX-License-Identifier: MulanPSL-2.0
// Full-text search over bigrams. Text is normalised, cut into runs of letters, digits and ideographs, each run into
// overlapping pairs of code points, each pair hashed under the installation's key, the tenant and the kind: the index
// holds no readable text, and tenants cannot meet in it. The positions of pairs are kept, so that a query of three or
// more characters finds the whole string and not its pairs scattered. SQLite: FTS5 without content; PostgreSQL:
// tsvector with GIN. Measurements: docs/decisions/0003-search.md.
#include "store/search_tokens.h"

#include <string.h>

// PostgreSQL cannot read a GIN index newest first: for a frequent word it would fetch every hit. So tokens are of a
// window of time, cut from the id (about 50 days), and a search goes back window by window until it has enough.
#define WINDOW_SHIFT 54
#define WINDOWS_MAX 64 // in one statement
#define QUERY_MAX_BYTES (size_t)(256 << 10)
#define WALK_ROWS "200" // of the newest, looked at one by one first: finds what is in every text

const struct migration search_migrations[2][2] = {
    [DIALECT_SQLITE] = {{1, "001_search",
                         "CREATE VIRTUAL TABLE linli_search USING fts5(t, content='', columnsize=0, tokenize='ascii')"},
                        {0, NULL, NULL}},
    // fastupdate: its pending list is worked off by whoever writes next, for seconds on a busy machine
    [DIALECT_PG] = {{1, "001_search",
                     "CREATE TABLE linli_search (tenant_id BIGINT NOT NULL, kind TEXT NOT NULL, id BIGINT NOT NULL, "
                     "tokens TSVECTOR NOT NULL, PRIMARY KEY (tenant_id, kind, id));"
                     "CREATE INDEX linli_search_tokens ON linli_search USING GIN (tokens) WITH (fastupdate = off);"},
                    {0, NULL, NULL}},
};

// --- statements ------------------------------------------------------------------------------------------------------
// Parameters of all: tenant, kind, id or below which, text, max.
static const enum field_type param_types[] = {FIELD_INT, FIELD_TEXT, FIELD_INT, FIELD_TEXT, FIELD_INT};
enum { PARAM_COUNT = sizeof param_types / sizeof *param_types };

struct search_sql {
    const char *name, *text;
    size_t param_count;
    bool writes;
};
static const struct search_sql texts[2][SEARCH_STATEMENTS] = {
    [DIALECT_SQLITE] =
        {
            [SEARCH_PUT] = {"search_put", "INSERT INTO linli_search (rowid, t) VALUES (?3, ?4)", 4, true},
            [SEARCH_REMOVE] = {"search_remove",
                               "INSERT INTO linli_search (linli_search, rowid, t) VALUES ('delete', ?3, ?4)", 4, true},
            [SEARCH_CLEAR] = {"search_clear", "INSERT INTO linli_search (linli_search) VALUES ('delete-all')", 0, true},
            [SEARCH_FIND] = {"search_find",
                             "SELECT rowid AS id FROM linli_search WHERE linli_search MATCH ?4 AND rowid < ?3 ORDER BY "
                             "rowid DESC LIMIT ?5",
                             5, false},
        },
    [DIALECT_PG] =
        {
            [SEARCH_PUT] = {"search_put",
                            "INSERT INTO linli_search (tenant_id, kind, id, tokens) VALUES ($1, $2, $3, CAST($4 AS "
                            "tsvector)) ON CONFLICT (tenant_id, kind, id) DO UPDATE SET tokens = excluded.tokens",
                            4, true},
            [SEARCH_REMOVE] = {"search_remove",
                               "DELETE FROM linli_search WHERE tenant_id = $1 AND kind = $2 AND id = $3", 3, true},
            [SEARCH_CLEAR] = {"search_clear", "DELETE FROM linli_search", 0, true},
            // MATERIALIZED: without it the planner may walk the primary key down for a rare word
            [SEARCH_FIND] = {"search_find",
                             "WITH hits AS MATERIALIZED (SELECT id FROM linli_search WHERE tokens @@ CAST($4 AS "
                             "tsquery) AND tenant_id = $1 AND kind = $2 AND id < $3) SELECT id FROM hits ORDER BY id "
                             "DESC LIMIT $5",
                             5, false},
            [SEARCH_WALK] = {"search_walk",
                             "SELECT id FROM (SELECT id, tokens FROM linli_search WHERE tenant_id = $1 AND kind = $2 "
                             "AND id < $3 ORDER BY id DESC LIMIT " WALK_ROWS ") newest WHERE tokens @@ CAST($4 AS "
                             "tsquery) ORDER BY id DESC LIMIT $5",
                             5, false},
            [SEARCH_BOUNDS] = {"search_bounds",
                               "SELECT (SELECT id FROM linli_search WHERE tenant_id = $1 AND kind = $2 AND id < $3 "
                               "ORDER BY id DESC LIMIT 1), (SELECT id FROM linli_search WHERE tenant_id = $1 AND kind "
                               "= $2 AND id < $3 ORDER BY id LIMIT 1)",
                               3, false},
        },
};

void search_statements(struct store *store, size_t first_index)
{
    struct param *params = arena_array(store->arena, PARAM_COUNT, sizeof *params);
    for (size_t i = 0; i < PARAM_COUNT; i++)
        params[i].type = param_types[i];
    for (size_t i = 0; i < SEARCH_STATEMENTS; i++) {
        const struct search_sql *sql = &texts[store->engine->dialect][i];
        store->search[i] = (struct statement){
            .name = sql->name,
            .text = sql->text,
            .params = params,
            .param_count = sql->param_count,
            .index = first_index + i,
            .writes = sql->writes,
        };
    }
}

static enum err take_none(struct ctx *c, const struct result *result, void *arg)
{
    (void)c, (void)result, (void)arg;
    return OK;
}

static void fill_values(struct ctx *c, const char *kind, int64_t id, struct str text, size_t max,
                        struct store_value values[PARAM_COUNT])
{
    values[0] = (struct store_value){.type = FIELD_INT, .number = c->tenant_id};
    values[1] = (struct store_value){.type = FIELD_TEXT, .text = str_of(kind)};
    values[2] = (struct store_value){.type = FIELD_INT, .number = id};
    values[3] = (struct store_value){.type = FIELD_TEXT, .text = text};
    values[4] = (struct store_value){.type = FIELD_INT, .number = (int64_t)max};
}

static enum err run_put(struct ctx *c, const char *kind, int64_t id, struct str tokens, bool remove)
{
    struct store *store = c->db->store;
    struct store_value values[PARAM_COUNT];
    fill_values(c, kind, id, tokens, 0, values);
    return store->engine->run(c, &store->search[remove ? SEARCH_REMOVE : SEARCH_PUT], values, 0, take_none, NULL, NULL);
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
    struct token_key key = token_key_for(c, kind);
    if (db->store->engine->dialect == DIALECT_PG) {
        key = token_key_of_window(key, id >> WINDOW_SHIFT);
        return run_put(c, kind, id, remove ? STR("") : tokens_of(c, DIALECT_PG, &key, text), remove);
    }
    struct str tokens = tokens_of(c, DIALECT_SQLITE, &key, text);
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
    const char *kind;
    struct str words;
    struct token_key key;
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

static enum err take_bounds(struct ctx *c, const struct result *result, void *arg)
{
    (void)c;
    int64_t *bounds = arg;
    bounds[0] = result->values[0].number;
    bounds[1] = result->values[1].number;
    bounds[2] = !result->values[0].is_null;
    return STORE_STOP;
}

static enum err run_find(struct ctx *c, enum search_statement which, struct found *found, int64_t below,
                         const struct buf *query)
{
    struct store *store = c->db->store;
    struct store_value values[PARAM_COUNT];
    if (query->full)
        return fail(c, ERR_INVALID, "store.search_too_long");
    if (query->n == 0)
        return OK; // nothing to look for
    fill_values(c, found->kind, below, buf_str(query), found->max - found->count, values);
    return store->engine->run(c, &store->search[which], values, 0, take_id, found, NULL);
}

// PostgreSQL: the newest window first, by a short walk and then by its index; then ever more windows at once.
static enum err find_by_windows(struct ctx *c, struct found *found, int64_t below, struct buf *query)
{
    struct store *store = c->db->store;
    struct store_value values[PARAM_COUNT];
    int64_t bounds[3] = {0};
    fill_values(c, found->kind, below, STR(""), 0, values);
    TRY(store->engine->run(c, &store->search[SEARCH_BOUNDS], values, 0, take_bounds, bounds, NULL));
    if (!bounds[2])
        return OK;
    int64_t window = bounds[0] >> WINDOW_SHIFT, last = bounds[1] >> WINDOW_SHIFT, at_once = 1;
    for (bool first = true; window >= last && found->count < found->max; first = false) {
        buf_clear(query);
        int64_t down_to = window - at_once + 1 > last ? window - at_once + 1 : last;
        for (int64_t w = window; w >= down_to; w--) {
            struct token_key key = token_key_of_window(found->key, w);
            size_t before = query->n;
            buf_add_z(query, before ? " | (" : "(");
            size_t open = query->n;
            query_of(query, DIALECT_PG, &key, found->words);
            if (query->n == open)
                return OK;
            buf_add_byte(query, ')');
        }
        if (first)
            TRY(run_find(c, SEARCH_WALK, found, below, query));
        if (first && found->count < found->max)
            found->count = 0; // the index tells all of the window, the walk only its newest
        if (found->count < found->max)
            TRY(run_find(c, SEARCH_FIND, found, below, query));
        window = down_to - 1;
        at_once = at_once * 4 < WINDOWS_MAX ? at_once * 4 : WINDOWS_MAX;
    }
    return OK;
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
    struct found found = {.kind = kind, .words = words, .key = token_key_for(c, kind), .max = max};
    found.ids = ret_ids;
    int64_t below = before_id ? before_id : INT64_MAX;
    struct buf query;
    buf_init(&query, QUERY_MAX_BYTES);
    enum err err = OK;
    if (max && db->store->engine->dialect == DIALECT_PG)
        err = find_by_windows(c, &found, below, &query);
    else if (max) {
        query_of(&query, DIALECT_SQLITE, &found.key, words);
        err = run_find(c, SEARCH_FIND, &found, below, &query);
    }
    buf_free(&query);
    if (!err)
        *ret_count = found.count;
    return err;
}

enum err store_search_clear(struct ctx *c)
{
    TRY(may_write(c));
    c->db->search_first = c->db->search_last = NULL;
    struct store *store = c->db->store;
    return store->engine->run(c, &store->search[SEARCH_CLEAR], NULL, 0, take_none, NULL, NULL);
}
