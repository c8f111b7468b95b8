// SPDX-License-Identifier: MulanPSL-2.0
// Connections to PostgreSQL: made on demand, kept in two pools, dropped when they fail. Every wait has a deadline of
// our own, as a frozen server never closes its socket (reference measurements: README.md, "When PostgreSQL fails").
#include "base/clock.h"
#include "base/log.h"
#include "store/pg_private.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define GRACE_MS 1000 // the server's own statement_timeout comes first

// --- waiting ---------------------------------------------------------------------------------------------------------
// False when the time is up or the socket is gone.
static bool poll_link(struct pg_conn *conn, short events, int64_t until_ns)
{
    for (;;) {
        int64_t left_ms = (until_ns - clock_monotonic_ns()) / 1000000;
        if (conn->unhurried)
            left_ms = 3600 * 1000;
        if (left_ms <= 0)
            return false;
        struct pollfd fd = {.fd = PQsocket(conn->link), .events = events};
        if (fd.fd < 0)
            return false;
        int ready = poll(&fd, 1, (int)left_ms);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

static bool settle(struct pg_conn *conn, int64_t until_ns)
{
    for (;;) {
        int unsent = PQflush(conn->link);
        if (unsent < 0)
            return false;
        if (unsent == 0 && !PQisBusy(conn->link))
            return true;
        if (!poll_link(conn, unsent ? POLLIN | POLLOUT : POLLIN, until_ns) || !PQconsumeInput(conn->link))
            return false;
    }
}

bool pg_ok(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE ||
           status == PGRES_EMPTY_QUERY;
}

PGresult *pg_wait(struct pg_conn *conn)
{
    int64_t until_ns = clock_monotonic_ns() + conn->grace_ns;
    PGresult *kept = NULL;
    while (settle(conn, until_ns)) {
        PGresult *result = PQgetResult(conn->link);
        if (!result) {
            if (PQstatus(conn->link) == CONNECTION_BAD)
                break;
            return kept;
        }
        if (kept && !pg_ok(kept)) {
            PQclear(result);
        } else {
            PQclear(kept);
            kept = result;
        }
    }
    conn->broken = true;
    PQclear(kept);
    return NULL;
}

PGresult *pg_plain(struct pg_conn *conn, const char *text)
{
    if (PQsendQuery(conn->link, text))
        return pg_wait(conn);
    conn->broken = true;
    return NULL;
}

// --- failures --------------------------------------------------------------------------------------------------------
static bool starts(const char *state, const char *prefix)
{
    return !strncmp(state, prefix, strlen(prefix));
}

static enum err fail_by_state(struct ctx *c, struct pg_conn *conn, const PGresult *result, const char *state,
                              const char *name)
{
    struct db *db = c->db;
    if (starts(state, "40")) {
        if (db)
            db->again = true;
        return fail(c, ERR_BUSY, "store.busy");
    }
    if (starts(state, "23505")) {
        // Under a snapshot the other row may have been invisible to a SELECT before: a second look decides.
        if (db)
            db->again_once = true;
        return fail(c, ERR_CONFLICT, "store.duplicate");
    }
    if (starts(state, "23503"))
        return fail(c, ERR_CONFLICT, "store.reference");
    if (starts(state, "23")) {
        log_error("store: statement %s broke a constraint (SQLSTATE %s)", name, state);
        return store_fault(c, ERR_INTERNAL, "store.constraint", name, state);
    }
    if (starts(state, "57014")) {
        log_error("store: statement %s took longer than its deadline", name);
        return fail(c, ERR_BUSY, "store.deadline");
    }
    if (starts(state, "25006") || starts(state, "57P") || starts(state, "08")) {
        conn->broken = true;
        if (db)
            db->again = true;
        return fail(c, ERR_BUSY, "store.connection");
    }
    if (starts(state, "55P03"))
        return fail(c, ERR_BUSY, "store.busy");
    if (starts(state, "53") || starts(state, "58")) {
        log_error("store: PostgreSQL refuses (SQLSTATE %s)", state);
        return fail(c, ERR_BUSY, "store.disk");
    }
    if (starts(state, "0A000")) // a plan made before another process migrated
        conn->broken = true;
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    bool ours = starts(state, "42"); // class 42 speaks of the statement, others may quote data
    log_error("store: statement %s: SQLSTATE %s%s%s", name, state, ours ? ": " : "", ours && message ? message : "");
    return store_fault(c, ERR_INTERNAL, "store.statement", name, ours && message ? message : state);
}

enum err pg_fail(struct ctx *c, struct pg_conn *conn, PGresult *result, const char *name)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (c->db)
        c->db->failed = true;
    enum err err;
    if (state)
        err = fail_by_state(c, conn, result, state, name);
    else {
        conn->broken = true;
        if (c->db)
            c->db->again = true;
        log_warn("store: the connection to PostgreSQL was lost, or silent past its deadline (%s)", name);
        err = fail(c, ERR_BUSY, "store.connection");
    }
    PQclear(result);
    return err;
}

// --- connections -----------------------------------------------------------------------------------------------------
static void no_notice(void *arg, const char *message)
{
    (void)arg, (void)message;
}

static bool configure(struct pg_conn *conn, int64_t deadline_ms, int64_t idle_ms, bool relaxed)
{
    char text[320];
    snprintf(
        text, sizeof text,
        "SET statement_timeout = %lld; SET idle_in_transaction_session_timeout = %lld; SET jit = off; SET TIME ZONE "
        "'UTC'; SET client_min_messages = error; SET extra_float_digits = 1%s",
        (long long)deadline_ms, (long long)idle_ms, relaxed ? "; SET synchronous_commit = off" : "");
    PGresult *result = pg_plain(conn, text);
    bool ok = pg_ok(result);
    PQclear(result);
    return ok;
}

struct pg_conn *pg_connect(struct ctx *c, struct store *store, bool ahead)
{
    // What the url says comes later and wins.
    const char *const keys[] = {
        "connect_timeout", "target_session_attrs", "application_name", "client_encoding", "dbname", NULL};
    const char *const values[] = {"3", "read-write", "linli", "UTF8", store->url, NULL};
    struct pg_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    conn->slots = store->statement_slots;
    conn->prepared = calloc(conn->slots + 1, sizeof *conn->prepared);
    conn->maps = calloc(conn->slots + 1, sizeof *conn->maps);
    if (!conn->prepared || !conn->maps)
        abort();
    conn->grace_ns = (store->deadline_ms + GRACE_MS) * 1000000;
    conn->link = PQconnectdbParams(keys, values, 1);
    bool ok = PQstatus(conn->link) == CONNECTION_OK && PQsetnonblocking(conn->link, 1) == 0;
    if (ok) {
        PQsetNoticeProcessor(conn->link, no_notice, NULL);
        ok = configure(conn, store->deadline_ms, ahead ? 0 : store->deadline_ms * 6, store->relaxed);
    }
    if (!ok) {
        log_warn("store: PostgreSQL cannot be reached");
        pg_disconnect(conn);
        fail(c, ERR_BUSY, "store.connection");
        c->error.retry_after_s = 2;
        return NULL;
    }
    return conn;
}

void pg_disconnect(struct pg_conn *conn)
{
    if (!conn)
        return;
    PQfinish(conn->link);
    free(conn->prepared);
    free(conn->maps);
    free(conn);
}

// --- pools -----------------------------------------------------------------------------------------------------------
void pg_pool_init(struct pg_pool *pool, size_t max, const char *begin, bool ahead)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->freed, &attr);
    pthread_condattr_destroy(&attr);
    pool->max = max;
    pool->begin = begin;
    pool->ahead = ahead;
}

void pg_pool_destroy(struct pg_pool *pool)
{
    while (pool->idle) {
        struct pg_conn *next = pool->idle->next;
        pg_disconnect(pool->idle);
        pool->idle = next;
    }
    pthread_cond_destroy(&pool->freed);
    pthread_mutex_destroy(&pool->lock);
}

struct pg_conn *pg_take(struct ctx *c, struct store *store, struct pg_pool *pool)
{
    int64_t until_ns = clock_monotonic_ns() + store->deadline_ms * 1000000;
    struct timespec until = {.tv_sec = until_ns / 1000000000, .tv_nsec = until_ns % 1000000000};
    pthread_mutex_lock(&pool->lock);
    int waited = 0;
    while (!pool->idle && pool->open >= pool->max && waited == 0)
        waited = pthread_cond_timedwait(&pool->freed, &pool->lock, &until);
    struct pg_conn *conn = pool->idle;
    bool may_open = !conn && pool->open < pool->max;
    if (conn)
        pool->idle = conn->next;
    else if (may_open)
        pool->open++;
    pthread_mutex_unlock(&pool->lock);
    if (!conn && !may_open) {
        fail(c, ERR_BUSY, "store.pool_empty");
        c->error.retry_after_s = 1;
        return NULL;
    }
    if (!conn)
        conn = pg_connect(c, store, pool->ahead);
    if (!conn) {
        pthread_mutex_lock(&pool->lock);
        pool->open--;
        pthread_cond_signal(&pool->freed);
        pthread_mutex_unlock(&pool->lock);
    }
    return conn;
}

// A transaction that has asked nothing holds no snapshot and no lock, however long it lies in the pool.
static bool begin_ahead(const struct pg_pool *pool, struct pg_conn *conn)
{
    char text[160];
    snprintf(text, sizeof text, "ROLLBACK; %s", pool->begin);
    conn->owed = PQsendQuery(conn->link, text) && PQflush(conn->link) == 0;
    return conn->owed;
}

void pg_give(struct pg_pool *pool, struct pg_conn *conn)
{
    bool keep =
        !conn->broken && (pool->ahead ? begin_ahead(pool, conn) : PQtransactionStatus(conn->link) == PQTRANS_IDLE);
    pthread_mutex_lock(&pool->lock);
    if (keep) {
        conn->next = pool->idle;
        pool->idle = conn;
    } else
        pool->open--;
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
    if (!keep)
        pg_disconnect(conn);
}
