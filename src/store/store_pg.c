// SPDX-License-Identifier: MulanPSL-2.0
// The PostgreSQL engine: transactions and statements. Writes are SERIALIZABLE, so that fn sees what it would see under
// SQLite's one writer, and are repeated when PostgreSQL finds that they were not.
#include "base/clock.h"
#include "base/log.h"
#include "store/pg_private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WRITERS_MAX 16
#define READERS_MAX 16
#define ATTEMPTS_MAX 40
#define CALM_AFTER 3 // refusals, before a write waits for its turn to repeat alone
#define FETCH_ROWS "500"

// --- statements ------------------------------------------------------------------------------------------------------
static enum err prepare(struct ctx *c, struct pg_conn *conn, const struct statement *st, const struct pg_params *params,
                        char name[24])
{
    snprintf(name, 24, "s%zu", st->index);
    if (conn->prepared[st->index])
        return OK;
    if (!PQsendPrepare(conn->link, name, st->text, params->count, params->types))
        return pg_fail(c, conn, NULL, st->name);
    PGresult *result = pg_wait(conn);
    if (!pg_ok(result))
        return pg_fail(c, conn, result, st->name);
    PQclear(result);
    conn->prepared[st->index] = true;
    return OK;
}

static enum err send_statement(struct ctx *c, struct pg_conn *conn, const struct statement *st,
                               const struct pg_params *params)
{
    char name[24];
    int sent;
    if (st->index < conn->slots) {
        TRY(prepare(c, conn, st, params, name));
        sent =
            PQsendQueryPrepared(conn->link, name, params->count, params->values, params->lengths, params->formats, 1);
    } else
        sent = PQsendQueryParams(conn->link, st->text, params->count, params->types, params->values, params->lengths,
                                 params->formats, 1);
    return sent ? OK : pg_fail(c, conn, NULL, st->name);
}

static enum err no_stop(enum err err)
{
    return err == STORE_STOP ? OK : err;
}

// A read of unknown length through a cursor, so that no more than a few hundred rows are held.
static enum err run_cursor(struct ctx *c, struct pg_conn *conn, const struct statement *st,
                           const struct pg_params *params, row_fn fn, void *arg)
{
    unsigned number = conn->cursors++;
    struct str declare = str_format(c->arena, "DECLARE c%u NO SCROLL CURSOR FOR %s", number, st->text);
    struct str fetch = str_format(c->arena, "FETCH " FETCH_ROWS " FROM c%u", number);
    const char *declare_z = str_z(c->arena, declare), *fetch_z = str_z(c->arena, fetch);
    if (!PQsendQueryParams(conn->link, declare_z, params->count, params->types, params->values, params->lengths,
                           params->formats, 0))
        return pg_fail(c, conn, NULL, st->name);
    PGresult *result = pg_wait(conn);
    if (!pg_ok(result))
        return pg_fail(c, conn, result, st->name);
    conn->untouched = false;
    PQclear(result);
    struct column_map map = {0};
    enum err err = OK;
    for (int rows = 1; rows > 0 && !err;) {
        if (!PQsendQueryParams(conn->link, fetch_z, 0, NULL, NULL, NULL, NULL, 1))
            return pg_fail(c, conn, NULL, st->name);
        result = pg_wait(conn);
        if (!pg_ok(result))
            return pg_fail(c, conn, result, st->name);
        rows = PQntuples(result);
        err = pg_rows(c, st, result, &map, fn, arg);
        PQclear(result);
    }
    if (!c->db->failed) {
        char close[32];
        snprintf(close, sizeof close, "CLOSE c%u", number);
        result = pg_plain(conn, close);
        if (!pg_ok(result))
            return pg_fail(c, conn, result, st->name);
        PQclear(result);
    }
    return no_stop(err);
}

static enum err run_once(struct ctx *c, const struct statement *st, const struct pg_params *params, bool stream,
                         row_fn fn, void *arg, int64_t *ret_changed)
{
    struct pg_conn *conn = c->db->connection;
    if (stream)
        return run_cursor(c, conn, st, params, fn, arg);
    TRY(send_statement(c, conn, st, params));
    PGresult *result = pg_wait(conn);
    if (!pg_ok(result))
        return pg_fail(c, conn, result, st->name);
    conn->untouched = false;
    struct column_map local = {0};
    enum err err = pg_rows(c, st, result, st->index < conn->slots ? &conn->maps[st->index] : &local, fn, arg);
    if (!no_stop(err) && ret_changed)
        *ret_changed = st->writes ? strtoll(PQcmdTuples(result), NULL, 10) : 0;
    PQclear(result);
    return no_stop(err);
}

static struct pg_conn *begin(struct ctx *c, struct store *store, struct pg_pool *pool);

static enum err pg_run(struct ctx *c, const struct statement *st, const struct store_value *values, unsigned flags,
                       row_fn fn, void *arg, int64_t *ret_changed)
{
    struct db *db = c->db;
    struct pg *pg = db->store->engine_data;
    struct pg_params params;
    pg_params_fill(st, values, &params);
    bool stream = flags & RUN_STREAM && !st->writes && !st->limited;
    enum err err = run_once(c, st, &params, stream, fn, arg, ret_changed);
    // A read whose connection died in the pool: nothing was read yet, so another one serves.
    for (size_t tries = 0; err && !db->writing && tries <= pg->readers.max; tries++) {
        struct pg_conn *conn = db->connection, *other;
        if (!conn->untouched || !conn->broken)
            return err;
        ctx_clear_error(c);
        other = begin(c, db->store, &pg->readers);
        if (!other)
            return c->error.code;
        pg_give(&pg->readers, conn);
        db->connection = other;
        db->failed = db->again = false;
        err = run_once(c, st, &params, stream, fn, arg, ret_changed);
    }
    return err;
}

static enum err pg_script(struct ctx *c, const char *text)
{
    struct pg_conn *conn = c->db->connection;
    PGresult *result = pg_plain(conn, text);
    if (!pg_ok(result))
        return pg_fail(c, conn, result, "script");
    PQclear(result);
    return OK;
}

// --- transactions ----------------------------------------------------------------------------------------------------
// A connection on which the transaction has begun: those that died in the pool are thrown away on the way. NULL:
// failed.
static struct pg_conn *begin(struct ctx *c, struct store *store, struct pg_pool *pool)
{
    for (size_t tries = 0;; tries++) {
        struct pg_conn *conn = pg_take(c, store, pool);
        if (!conn)
            return NULL;
        PGresult *result = conn->owed ? pg_wait(conn) : pg_plain(conn, pool->begin);
        conn->owed = false;
        conn->untouched = true;
        if (pg_ok(result)) {
            PQclear(result);
            return conn;
        }
        pg_fail(c, conn, result, "BEGIN");
        conn->broken = true;
        pg_give(pool, conn);
        if (tries > pool->max)
            return NULL;
    }
}

static void rollback(struct pg_conn *conn)
{
    if (!conn->broken) {
        PGresult *result = pg_plain(conn, "ROLLBACK");
        if (!pg_ok(result))
            conn->broken = true;
        PQclear(result);
    }
}

static enum err commit(struct ctx *c, struct pg_conn *conn, struct db *db)
{
    PGresult *result = pg_plain(conn, "COMMIT");
    if (!result) {
        // It may have been stored. The caller's idempotency key tells when it is sent again.
        log_warn("store: the answer to COMMIT was lost");
        enum err err = fail(c, ERR_BUSY, "store.commit_unknown");
        c->error.retry_after_s = 2;
        return err;
    }
    if (pg_ok(result) && !strcmp(PQcmdStatus(result), "COMMIT")) {
        PQclear(result);
        return OK;
    }
    c->db = db;
    enum err err;
    if (pg_ok(result)) { // COMMIT of an aborted transaction answers ROLLBACK
        PQclear(result);
        err = fail(c, ERR_INTERNAL, "store.failed_transaction");
    } else
        err = pg_fail(c, conn, result, "COMMIT");
    c->db = NULL;
    return err;
}

static enum err pg_read(struct ctx *c, struct store *store, store_fn fn, void *arg)
{
    struct pg *pg = store->engine_data;
    struct pg_conn *conn = begin(c, store, &pg->readers);
    if (!conn)
        return c->error.code;
    struct db db = {.store = store, .connection = conn};
    c->db = &db;
    enum err err = fn(c, arg);
    c->db = NULL;
    if (!err && db.failed)
        err = fail(c, ERR_INTERNAL, "store.failed_transaction");
    pg_give(&pg->readers, db.connection); // which ends the transaction
    return err;
}

static enum err attempt_write(struct ctx *c, struct store *store, store_fn fn, void *arg, struct db *ret_db)
{
    struct pg *pg = store->engine_data;
    struct db db = {.store = store, .writing = true};
    struct pg_conn *conn = begin(c, store, &pg->writers);
    if (!conn)
        return c->error.code;
    db.connection = conn;
    c->db = &db;
    enum err err = fn(c, arg);
    if (!err && db.failed)
        err = fail(c, ERR_INTERNAL, "store.failed_transaction");
    c->db = NULL;
    if (!err)
        err = commit(c, conn, &db);
    if (err)
        rollback(conn);
    pg_give(&pg->writers, conn);
    *ret_db = db;
    return err;
}

static void pause_before(int attempt)
{
    uint64_t now = (uint64_t)clock_monotonic_ns();
    uint64_t mixed = (now ^ now >> 17) * UINT64_C(0x9E3779B97F4A7C15);
    int shift = attempt < 6 ? attempt : 6;
    int64_t nanoseconds = (int64_t)(mixed >> 20) % (INT64_C(500000) << shift);
    struct timespec wait = {.tv_nsec = nanoseconds};
    nanosleep(&wait, NULL);
}

static enum err pg_write(struct ctx *c, struct store *store, store_fn fn, void *arg)
{
    struct pg *pg = store->engine_data;
    int64_t until_ns = clock_monotonic_ns() + store->deadline_ms * 1000000;
    bool calm = false;
    enum err err = OK;
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        if (attempt > 0) {
            if (attempt >= CALM_AFTER && !calm)
                calm = pthread_mutex_lock(&pg->calm) == 0;
            else
                pause_before(attempt);
            ctx_clear_error(c);
        }
        struct db db = {0};
        err = attempt_write(c, store, fn, arg, &db);
        bool again = err && (db.again || (db.again_once && attempt == 0));
        if (!again || clock_monotonic_ns() > until_ns)
            break;
    }
    if (calm)
        pthread_mutex_unlock(&pg->calm);
    if (!err && store->on_commit)
        store->on_commit(store->on_commit_arg);
    return err;
}

static enum err solo_once(struct ctx *c, struct store *store, bool lock, store_fn fn, void *arg)
{
    struct pg *pg = store->engine_data;
    struct pg_conn *conn = begin(c, store, &pg->writers);
    if (!conn)
        return c->error.code;
    struct db db = {.store = store, .connection = conn, .writing = true};
    conn->unhurried = true;
    c->db = &db;
    // The advisory lock is a hint that saves two starting processes a failure; the truth is the table's lock.
    enum err err = pg_script(
        c, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0"); // sees others' steps
    if (!err)
        err = pg_script(c, lock ? "LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE"
                                : "SELECT pg_advisory_xact_lock(7811540)");
    if (!err)
        err = fn(c, arg);
    c->db = NULL;
    if (!err)
        err = commit(c, conn, &db);
    if (err)
        rollback(conn);
    conn->unhurried = false;
    pg_give(&pg->writers, conn);
    return err;
}

// Two processes that create the version table in the same moment: one is refused, and finds it made.
static enum err pg_solo(struct ctx *c, struct store *store, bool lock, store_fn fn, void *arg)
{
    enum err err = solo_once(c, store, lock, fn, arg);
    for (int attempt = 1; attempt < 5 && !lock && err == ERR_CONFLICT && !strcmp(c->error.key, "store.duplicate");
         attempt++) {
        pause_before(6);
        ctx_clear_error(c);
        err = solo_once(c, store, lock, fn, arg);
    }
    return err;
}

// --- opening ---------------------------------------------------------------------------------------------------------
static enum err pg_open(struct ctx *c, struct store *store)
{
    (void)c;
    struct pg *pg = calloc(1, sizeof *pg);
    if (!pg)
        abort();
    pg->store = store;
    pg_pool_init(&pg->readers, READERS_MAX, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", true);
    pg_pool_init(&pg->writers, WRITERS_MAX, "BEGIN ISOLATION LEVEL SERIALIZABLE", false);
    pthread_mutex_init(&pg->calm, NULL);
    store->engine_data = pg;
    return OK;
}

static enum err pg_start(struct ctx *c, struct store *store)
{
    (void)c, (void)store;
    return OK;
}

static void pg_close(struct store *store)
{
    struct pg *pg = store->engine_data;
    if (!pg)
        return;
    pg_pool_destroy(&pg->readers);
    pg_pool_destroy(&pg->writers);
    pthread_mutex_destroy(&pg->calm);
    free(pg);
}

static enum err describe_on(struct ctx *c, struct pg_conn *conn, const struct statement *st,
                            struct store_description *ret)
{
    struct pg_params params;
    pg_params_types(st, &params);
    PGresult *result = PQsendPrepare(conn->link, "", st->text, params.count, params.types) ? pg_wait(conn) : NULL;
    if (pg_ok(result)) {
        PQclear(result);
        result = PQsendDescribePrepared(conn->link, "") ? pg_wait(conn) : NULL;
    }
    if (!pg_ok(result))
        return pg_fail(c, conn, result, st->name);
    enum err err = OK;
    if (PQnfields(result) > STORE_MAX_COLUMNS)
        err = store_fault(c, ERR_INTERNAL, "store.too_many_columns", st->name, "");
    else {
        ret->param_count = (size_t)PQnparams(result);
        ret->column_count = (size_t)PQnfields(result);
        for (size_t i = 0; i < ret->column_count; i++)
            ret->columns[i] = str_copy(c->arena, str_of(PQfname(result, (int)i)));
    }
    PQclear(result);
    return err;
}

static enum err pg_describe(struct ctx *c, struct store *store, const struct statement *st,
                            struct store_description *ret)
{
    struct pg_conn *conn = pg_connect(c, store, false);
    if (!conn)
        return c->error.code;
    enum err err = describe_on(c, conn, st, ret);
    pg_disconnect(conn);
    return err;
}

const struct engine engine_pg = {
    .name = "postgresql",
    .dialect = DIALECT_PG,
    .open = pg_open,
    .start = pg_start,
    .close = pg_close,
    .read = pg_read,
    .write = pg_write,
    .solo = pg_solo,
    .run = pg_run,
    .script = pg_script,
    .describe = pg_describe,
    // In order of creation: what is referred to comes first.
    .tables_text = "SELECT CAST(relname AS text) FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace n ON n.oid = "
                   "relnamespace WHERE nspname = current_schema() AND relkind IN ('r', 'p') AND NOT relispartition AND "
                   "relname NOT IN ('schema_version', 'linli_search') ORDER BY pg_class.oid",
    .columns_text = "SELECT CAST(column_name AS text), CAST(data_type AS text) FROM information_schema.columns WHERE "
                    "table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
};
