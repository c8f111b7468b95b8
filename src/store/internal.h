// SPDX-License-Identifier: MulanPSL-2.0
// What the files of the store share: the catalogue of expanded statements, and what an engine has to do.
// Nobody outside src/store includes this.
#pragma once
#include "store/store.h"

#include <pthread.h>

#define STORE_MAX_PARAMS 128
#define STORE_MAX_TABLES 256
#define STORE_BATCH_MAX 256 // writes in one SQLite transaction

enum dialect { DIALECT_SQLITE, DIALECT_PG };

// --- query.c: text of statements -------------------------------------------------------------------------------------
struct param {
    struct str name;
    enum field_type type;      // FIELD_INT, FIELD_REAL, FIELD_TEXT or FIELD_BLOB: how it is bound
    const struct field *field; // of the statement's record; NULL when the type was written out
};
struct statement {
    const struct sql *sql;
    const char *name;
    const char *text; // expanded, in the engine's own numbering
    const struct record *record;
    struct param *params;
    size_t param_count;
    size_t index; // place in each connection's cache; SIZE_MAX: not cached
    bool writes, limited;
};
struct catalogue {
    struct statement *at; // sorted by address of sql
    size_t count;
};
// Expands every statement of the parts. Fails with store.bad_statement, {0} the statement, {1} what is wrong.
enum err catalogue_make(struct ctx *c, struct arena *arena, enum dialect dialect, const struct store_part *parts,
                        size_t part_count, struct catalogue *ret);
const struct statement *catalogue_find(const struct catalogue *catalogue, const struct sql *sql);
// One statement; record may be NULL. *ret_fault is set when false is returned.
bool query_expand(struct arena *arena, enum dialect dialect, const struct sql *sql, const struct record *record,
                  struct statement *ret, const char **ret_fault);
// {{blob}}, {{clustered}} and, on PostgreSQL, byte order for TEXT. NULL and *ret_fault when a macro is unknown.
const char *migration_expand(struct arena *arena, enum dialect dialect, const char *text, const char **ret_fault);
enum field_type field_storage(enum field_type type); // FIELD_INT, FIELD_REAL, FIELD_TEXT or FIELD_BLOB

// --- lint.c: what must not be written --------------------------------------------------------------------------------
// The text without comments and with the insides of literals blanked; same length rules as the source.
struct str lint_bare(struct arena *arena, const char *text);
const char *lint_statement(struct arena *arena, const char *text); // NULL: nothing to complain of
const char *lint_migration(struct arena *arena, const char *text);

// --- rows ------------------------------------------------------------------------------------------------------------
// Which field each column fills, kept by the connection beside the prepared statement.
struct column_map {
    const struct record *record;
    int16_t at[STORE_MAX_COLUMNS];
};
struct result {
    size_t count;
    const struct store_value *values;
    struct column_map *map;
    const char *(*name)(const struct result *result, size_t column);
    const void *handle;
};
// Called once a row; another error than OK stops the walk and is passed on.
typedef enum err (*row_fn)(struct ctx *c, const struct result *result, void *arg);
#define STORE_STOP ((enum err) - 1) // a row_fn has seen enough; run() then returns OK

// --- an engine -------------------------------------------------------------------------------------------------------
struct search_doc; // search.c

struct db {
    struct store *store;
    void *connection; // the engine's
    bool writing;
    bool failed;                                   // a statement failed: only its error may follow
    bool again, again_once;                        // PostgreSQL: the whole transaction may be tried again
    struct search_doc *search_first, *search_last; // SQLite: put by this write, not yet written
};

enum run_flag { RUN_STREAM = 1 }; // the rows may be many: do not hold them all

struct engine {
    const char *name;
    enum dialect dialect;
    enum err (*open)(struct ctx *c, struct store *store);  // fills store->engine_data
    enum err (*start)(struct ctx *c, struct store *store); // after the migrations
    void (*close)(struct store *store);
    enum err (*read)(struct ctx *c, struct store *store, store_fn fn, void *arg);
    enum err (*write)(struct ctx *c, struct store *store, store_fn fn, void *arg);
    // One write transaction on this thread, shutting out other processes that migrate. lock: hold the version table.
    enum err (*solo)(struct ctx *c, struct store *store, bool lock, store_fn fn, void *arg);
    enum err (*run)(struct ctx *c, const struct statement *st, const struct store_value *values, unsigned flags,
                    row_fn fn, void *arg, int64_t *ret_changed);
    enum err (*script)(struct ctx *c, const char *text); // several statements, in the open transaction
    enum err (*describe)(struct ctx *c, struct store *store, const struct statement *st, struct store_description *ret);
    // Table names and columns as one statement each: names; and (name, type word) of :table.
    const char *tables_text, *columns_text;
};
extern const struct engine engine_sqlite, engine_pg;

enum search_statement {
    SEARCH_PUT,
    SEARCH_REMOVE,
    SEARCH_CLEAR,
    SEARCH_FIND,
    SEARCH_WALK,   // PostgreSQL
    SEARCH_BOUNDS, // PostgreSQL
    SEARCH_STATEMENTS
};

struct store {
    const struct engine *engine;
    void *engine_data;
    struct arena *arena; // the catalogue; written at opening only
    const char *url;
    const struct store_part *parts;
    size_t part_count;
    size_t write_queue_max;
    bool relaxed;
    int64_t deadline_ms;
    struct catalogue catalogue;
    struct statement search[SEARCH_STATEMENTS];
    struct statement *puts; // store_table_put, one a table, made when first needed; under puts_lock
    size_t put_count;
    pthread_mutex_t puts_lock;
    size_t statement_slots; // of each connection's cache: catalogue, search, puts
    void (*on_commit)(void *arg);
    void *on_commit_arg;
};

// --- migrate.c -------------------------------------------------------------------------------------------------------
enum err store_migrate(struct ctx *c, struct store *store);

// --- search.c --------------------------------------------------------------------------------------------------------
extern const struct migration search_migrations[2][2]; // by dialect
void search_statements(struct store *store, size_t first_index);
// SQLite: what a write has put or removed is kept aside and written once a batch, outside its savepoint.
struct search_doc {
    struct search_doc *next;
    bool remove;
    int64_t id;
    struct str tokens;
};
enum err search_apply(struct ctx *c, struct db *db); // writes and forgets what is kept aside

// A value as both engines take it: finite, valid UTF-8 without NUL. ERR_INVALID store.bad_number, store.bad_text.
enum err store_check_value(struct ctx *c, struct str param, struct store_value *value);
// A failure of ours with the statement's name as {0} and a detail as {1}.
enum err store_fault(struct ctx *c, enum err code, const char *key, const char *statement, const char *detail);
