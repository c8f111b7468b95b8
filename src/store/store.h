// SPDX-License-Identifier: MulanPSL-2.0
// The one store behind everything: SQLite in the process, or PostgreSQL by a connection string. Statements live in
// the modules' .sql files, are written once for both engines and bound by name. See src/store/README.md for the
// text of statements and migrations.
#pragma once
#include "base/ctx.h"
#include "base/field.h"

struct store;
struct db; // one open transaction or read, reached through ctx

// A named statement. tools/sqlgen makes one for each "-- name: x" of a module's .sql file, declared in the generated
// <file>_sql.h as sql_x.
struct sql {
    const char *name;
    const char *text;   // as written, before expansion
    const char *record; // "-- record: request": whose columns {{columns}} stands for; NULL when there is none
    unsigned flags;     // enum sql_flag
};
enum sql_flag {
    SQL_WRITES = 1,         // derived from its first word by sqlgen
    SQL_ACROSS_TENANTS = 2, // "-- across tenants: why"
};

struct migration {
    int version; // from the file name, 001_name.sql
    const char *name;
    const char *text;
};

// What one module brings to the store; assembled by src/app/modules.c.
struct store_part {
    const char *module;
    const struct sql *const *statements; // NULL-terminated
    const struct migration *migrations;  // ends with version 0
    const struct record *const *records; // NULL-terminated
};

struct store_options {
    const char *url; // "sqlite:DIR/linli.db" or "postgres://…"
    const struct store_part *parts;
    size_t part_count;
    int write_queue_max;           // 0: 4096
    int64_t statement_deadline_ms; // 0: 10,000
    bool relaxed; // a write need not outlive a power cut: for what is begun anew after one (a simulation)
};
// Opens, migrates, prepares nothing yet. Fails with store.* keys.
enum err store_open(struct ctx *c, const struct store_options *options, struct store **ret_store);
void store_close(struct store *store);               // after all threads that used it have ended
const char *store_engine(const struct store *store); // "sqlite", "postgresql"
// Called on the committing thread after a batch of writes became durable. At most one; set before serving.
void store_on_commit(struct store *store, void (*fn)(void *arg), void *arg);

typedef enum err (*store_fn)(struct ctx *c, void *arg);
// Runs fn on this thread's own read connection in one consistent snapshot. Nestable inside itself and store_write
// (then the open transaction is used).
enum err store_read(struct ctx *c, store_fn fn, void *arg);
// Runs fn in a write transaction and returns when it is durable. SQLite: queued to the one writer, which commits many
// in one transaction with a savepoint each. PostgreSQL: a connection of the pool, repeated on serialisation failure and
// deadlock; so fn may run more than once and must take its ids and times from c. An error of fn rolls its own changes
// back and is returned. ERR_BUSY store.queue_full when the queue is full.
enum err store_write(struct ctx *c, store_fn fn, void *arg);

// --- inside fn ---------------------------------------------------------------------------------------------------
// A value for a parameter ":name" of a statement. A parameter is looked up in the args first to last; ROW gives all
// fields of a record. :tenant_id and :now_ms are bound from c when no arg names them.
struct arg {
    const char *name; // NULL: a row
    enum field_type type;
    int64_t number;
    double real;
    struct str text;
    const struct record *record;
    const void *row;
};
#define ARG_INT(name_, value_)                                                                                         \
    {                                                                                                                  \
        .name = (name_), .type = FIELD_INT, .number = (value_)                                                         \
    }
#define ARG_REAL(name_, value_)                                                                                        \
    {                                                                                                                  \
        .name = (name_), .type = FIELD_REAL, .real = (value_)                                                          \
    }
#define ARG_TEXT(name_, value_)                                                                                        \
    {                                                                                                                  \
        .name = (name_), .type = FIELD_TEXT, .text = (value_)                                                          \
    }
#define ARG_BLOB(name_, value_)                                                                                        \
    {                                                                                                                  \
        .name = (name_), .type = FIELD_BLOB, .text = (value_)                                                          \
    }
#define ARG_ROW(record_, row_)                                                                                         \
    {                                                                                                                  \
        .record = (record_), .row = (row_)                                                                             \
    }
struct args {
    const struct arg *at;
    size_t count;
};
#define ARGS(...)                                                                                                      \
    ((struct args){(const struct arg[]){__VA_ARGS__}, sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg)})
#define NO_ARGS ((struct args){NULL, 0})

// Rows changed in *ret_changed (may be NULL). A broken unique rule: ERR_CONFLICT store.duplicate.
enum err db_exec(struct ctx *c, const struct sql *sql, struct args args, int64_t *ret_changed);
// Exactly the first row, its columns matched by name to the record's fields; ERR_NOT_FOUND store.no_row when none.
// Text and blobs are copied into the arena.
enum err db_one(struct ctx *c, const struct sql *sql, struct args args, const struct record *record, void *ret_row);
struct rows {
    void *at; // array of the record's struct
    size_t count;
};
// Up to max rows; one more than max is an ERR_INTERNAL store.too_many (put a LIMIT in the statement).
enum err db_list(struct ctx *c, const struct sql *sql, struct args args, const struct record *record, size_t max,
                 struct rows *ret_rows);
// One row at a time, without keeping: fn stops the walk by returning other than OK, which is passed on.
enum err db_each(struct ctx *c, const struct sql *sql, struct args args, const struct record *record,
                 enum err (*fn)(struct ctx *c, void *row, void *arg), void *arg);
// The single number of the first row (0 when there is no row).
enum err db_number(struct ctx *c, const struct sql *sql, struct args args, int64_t *ret_number);

// --- search: the one thing the two engines spell differently ---------------------------------------------------
// Words are cut into overlapping two-character tokens (bigrams; a run of one character is a token) and hashed with the
// installation's key, so that the index holds no readable text. Same tokens on both engines.
enum err search_put(struct ctx *c, const char *kind, int64_t id, struct str text);
enum err search_remove(struct ctx *c, const char *kind, int64_t id, struct str text);
// Ids below before_id (0: none) whose text holds the words, newest first, at most max. Several words: all of them.
enum err search_find(struct ctx *c, const char *kind, struct str words, int64_t before_id, size_t max, int64_t *ret_ids,
                     size_t *ret_count);

// --- for commands and tests -----------------------------------------------------------------------------------
int64_t store_schema_version(struct store *store, const char *module);
// Prepares the statement on a fresh connection and describes it: for the contract test. Columns by name and type.
#define STORE_MAX_COLUMNS 128 // of a statement's answer
struct store_description {
    size_t param_count, column_count;
    struct str columns[STORE_MAX_COLUMNS];
};
enum err store_describe(struct ctx *c, const struct sql *sql, struct store_description *ret);
// Every table with its columns in order, for backup, restore and copy between engines.
struct store_column {
    struct str name;
    enum field_type type; // FIELD_INT, FIELD_REAL, FIELD_TEXT or FIELD_BLOB
};
enum err store_tables(struct ctx *c, struct str **ret_names, size_t *ret_count);
enum err store_table_columns(struct ctx *c, struct str table, struct store_column **ret_columns, size_t *ret_count);
// A walk over all rows of a table inside an open read; values in column order.
struct store_value {
    enum field_type type; // FIELD_INT, FIELD_REAL, FIELD_TEXT or FIELD_BLOB
    bool is_null;         // an aggregate or an outer join found nothing; read as 0 or ''
    int64_t number;
    double real;
    struct str text;
};
enum err store_table_each(struct ctx *c, struct str table,
                          enum err (*fn)(struct ctx *c, const struct store_value *values, size_t n, void *arg),
                          void *arg);
enum err store_table_put(struct ctx *c, struct str table, const struct store_value *values, size_t n);
// Keeps the same search tokens: rebuilt by the modules after a restore.
enum err store_search_clear(struct ctx *c);
