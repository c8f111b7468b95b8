// SPDX-License-Identifier: MulanPSL-2.0
// What the files of the PostgreSQL engine share.
#pragma once
#include "store/internal.h"

#include <libpq-fe.h>
#include <pthread.h>

struct pg_conn {
    PGconn *link;
    bool *prepared; // by statement index
    struct column_map *maps;
    size_t slots;
    bool broken;      // lost, past a deadline, or of a server that no longer takes writes: closed when given back
    bool unhurried;   // a migration: no deadline
    int64_t grace_ns; // deadline of one statement, as this side keeps it
    bool owed;        // its next BEGIN was sent when it was given back, the answer has not been read
    bool untouched;   // nothing was asked in the open transaction yet: another connection would do as well
    unsigned cursors;
    struct pg_conn *next;
};
struct pg_pool {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct pg_conn *idle;
    size_t open, max;
    const char *begin;
    bool ahead; // begin the next transaction when a connection is given back: a read costs one round trip less, or two
};
struct pg {
    struct store *store;
    struct pg_pool readers, writers;
    pthread_mutex_t calm; // who was refused several times repeats alone
};

// --- pg_conn.c -------------------------------------------------------------------------------------------------------
void pg_pool_init(struct pg_pool *pool, size_t max, const char *begin, bool ahead);
void pg_pool_destroy(struct pg_pool *pool);
// Those that return a connection: NULL with c->error set (ERR_BUSY; store.connection) when none can be had.
// Waits at most the store's deadline (store.pool_empty).
struct pg_conn *pg_take(struct ctx *c, struct store *store, struct pg_pool *pool);
void pg_give(struct pg_pool *pool, struct pg_conn *conn);
// ahead: for a pool that begins ahead, where a transaction may lie idle.
struct pg_conn *pg_connect(struct ctx *c, struct store *store, bool ahead);
void pg_disconnect(struct pg_conn *conn);
// The answer to what was sent: an error if there is one among several, else the last. NULL and broken when the
// connection is lost or the deadline has passed.
PGresult *pg_wait(struct pg_conn *conn);
PGresult *pg_plain(struct pg_conn *conn, const char *text); // simple protocol, several statements allowed
bool pg_ok(const PGresult *result);
// The failure as ours; marks the open transaction, and whether it is worth trying again. Clears the result.
enum err pg_fail(struct ctx *c, struct pg_conn *conn, PGresult *result, const char *name);

// --- pg_result.c -----------------------------------------------------------------------------------------------------
struct pg_params {
    int count;
    Oid types[STORE_MAX_PARAMS];
    const char *values[STORE_MAX_PARAMS];
    int lengths[STORE_MAX_PARAMS], formats[STORE_MAX_PARAMS];
    unsigned char numbers[STORE_MAX_PARAMS][8];
};
void pg_params_types(const struct statement *st, struct pg_params *ret);
void pg_params_fill(const struct statement *st, const struct store_value *values, struct pg_params *ret);
// Gives every row to fn. The result stays the caller's.
enum err pg_rows(struct ctx *c, const struct statement *st, const PGresult *result, struct column_map *map, row_fn fn,
                 void *arg);
