// SPDX-License-Identifier: MulanPSL-2.0
// The SQLite engine: connections, statements, reads. Writes go through sqlite_writer.c.
#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite_private.h"

#include <stdlib.h>
#include <string.h>

#define BUSY_TIMEOUT_MS 5000
#define WAL_AUTOCHECKPOINT_PAGES "8000" // docs/decisions: fewer, larger checkpoints; the log stays under about 32 MB
#define PROGRESS_OPS 20000

// --- failures --------------------------------------------------------------------------------------------------------
enum err lite_fail(struct ctx *c, struct lite_conn *conn, int code, const char *name)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID)
            return fail(c, ERR_CONFLICT, "store.duplicate");
        if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
            return fail(c, ERR_CONFLICT, "store.reference");
        log_error("store: statement %s broke a constraint (sqlite %d)", name ? name : "-", code);
        return store_fault(c, ERR_INTERNAL, "store.constraint", name, "");
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        log_error("store: the disk refuses (sqlite %d)", code);
        return fail(c, ERR_BUSY, "store.disk");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(c, ERR_BUSY, "store.busy");
    case SQLITE_INTERRUPT:
        log_error("store: statement %s took longer than its deadline", name ? name : "-");
        return fail(c, ERR_BUSY, "store.deadline");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        log_error("store: the database file is damaged (sqlite %d)", code);
        return fail(c, ERR_INTERNAL, "store.corrupt");
    default:
        log_error("store: statement %s: %s (sqlite %d)", name ? name : "-", sqlite3_errmsg(conn->handle), code);
        return store_fault(c, ERR_INTERNAL, "store.statement", name, sqlite3_errmsg(conn->handle));
    }
}

static enum err statement_failed(struct ctx *c, struct lite_conn *conn, int code, const char *name)
{
    if (c->db)
        c->db->failed = true;
    return lite_fail(c, conn, code, name);
}

// --- connections -----------------------------------------------------------------------------------------------------
static int past_deadline(void *arg)
{
    struct lite_conn *conn = arg;
    return conn->deadline_ns && clock_monotonic_ns() > conn->deadline_ns;
}

int lite_command(struct lite_conn *conn, enum lite_command command)
{
    static const char *const texts[LITE_COMMANDS] = {
        [LITE_BEGIN_READ] = "BEGIN",          [LITE_BEGIN_WRITE] = "BEGIN IMMEDIATE", [LITE_COMMIT] = "COMMIT",
        [LITE_ROLLBACK] = "ROLLBACK",         [LITE_SAVEPOINT] = "SAVEPOINT w",       [LITE_RELEASE] = "RELEASE w",
        [LITE_ROLLBACK_TO] = "ROLLBACK TO w",
    };
    sqlite3_stmt **stmt = &conn->commands[command];
    int code = SQLITE_OK;
    if (!*stmt)
        code = sqlite3_prepare_v3(conn->handle, texts[command], -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
    if (code)
        return code;
    code = sqlite3_step(*stmt);
    sqlite3_reset(*stmt);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int configure(sqlite3 *handle, bool writes, bool relaxed)
{
    static const struct {
        int option, value;
    } options[] = {{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
                   {SQLITE_DBCONFIG_DQS_DML, 0},
                   {SQLITE_DBCONFIG_DQS_DDL, 0},
                   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                   {SQLITE_DBCONFIG_DEFENSIVE, 1}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        int code = sqlite3_db_config(handle, options[i].option, options[i].value, NULL);
        if (code)
            return code;
    }
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MS);
    sqlite3_extended_result_codes(handle, 1);
    // LIKE compares bytes, as PostgreSQL's does.
    static const char common[] = "PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA case_sensitive_like=ON;"
                                 "PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY;";
    int code = sqlite3_exec(handle, common, NULL, NULL, NULL);
    if (!code && relaxed)
        code = sqlite3_exec(handle, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
    if (!code && writes)
        code = sqlite3_exec(handle,
                            "PRAGMA wal_autocheckpoint=" WAL_AUTOCHECKPOINT_PAGES ";"
                            "PRAGMA journal_size_limit=67108864;",
                            NULL, NULL, NULL);
    else if (!code)
        code = sqlite3_exec(handle, "PRAGMA query_only=ON;", NULL, NULL, NULL);
    return code;
}

static int use_wal(sqlite3 *handle)
{
    sqlite3_stmt *stmt;
    int code = sqlite3_prepare_v2(handle, "PRAGMA journal_mode=WAL", -1, &stmt, NULL);
    if (code)
        return code;
    code = sqlite3_step(stmt);
    const char *mode = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    bool wal = mode && !strcmp(mode, "wal");
    sqlite3_finalize(stmt);
    return wal ? SQLITE_OK : code == SQLITE_ROW ? SQLITE_CANTOPEN : code;
}

struct lite_conn *lite_connect(struct ctx *c, struct lite *lite, bool writes)
{
    struct lite_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        abort();
    conn->lite = lite;
    conn->slots = lite->store->statement_slots;
    conn->prepared = calloc(conn->slots + 1, sizeof *conn->prepared);
    if (!conn->prepared)
        abort();
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (writes ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(lite->path, &conn->handle, flags, NULL);
    if (!code)
        code = configure(conn->handle, writes, lite->store->relaxed);
    if (!code && writes)
        code = use_wal(conn->handle);
    if (code) {
        lite_fail(c, conn, code, "open");
        lite_disconnect(conn);
        return NULL;
    }
    sqlite3_progress_handler(conn->handle, PROGRESS_OPS, past_deadline, conn);
    return conn;
}

void lite_disconnect(struct lite_conn *conn)
{
    if (!conn)
        return;
    for (size_t i = 0; i < conn->slots; i++)
        sqlite3_finalize(conn->prepared[i].stmt);
    for (size_t i = 0; i < LITE_COMMANDS; i++)
        sqlite3_finalize(conn->commands[i]);
    sqlite3_close(conn->handle);
    free(conn->prepared);
    free(conn);
}

// --- statements ------------------------------------------------------------------------------------------------------
static int bind_value(sqlite3_stmt *stmt, int at, const struct store_value *value)
{
    const char *p = value->text.p ? value->text.p : "";
    if (value->type == FIELD_INT)
        return sqlite3_bind_int64(stmt, at, value->number);
    if (value->type == FIELD_REAL)
        return sqlite3_bind_double(stmt, at, value->real);
    if (value->type == FIELD_TEXT)
        return sqlite3_bind_text64(stmt, at, p, value->text.n, SQLITE_STATIC, SQLITE_UTF8);
    return value->text.n ? sqlite3_bind_blob64(stmt, at, p, value->text.n, SQLITE_STATIC)
                         : sqlite3_bind_zeroblob(stmt, at, 0);
}

static void read_value(sqlite3_stmt *stmt, int at, struct store_value *ret)
{
    *ret = (struct store_value){.type = FIELD_INT};
    switch (sqlite3_column_type(stmt, at)) {
    case SQLITE_INTEGER:
        ret->number = sqlite3_column_int64(stmt, at);
        break;
    case SQLITE_FLOAT:
        ret->type = FIELD_REAL;
        ret->real = sqlite3_column_double(stmt, at);
        break;
    case SQLITE_TEXT:
        ret->type = FIELD_TEXT;
        ret->text.p = (const char *)sqlite3_column_text(stmt, at);
        ret->text.n = (size_t)sqlite3_column_bytes(stmt, at);
        break;
    case SQLITE_BLOB:
        ret->type = FIELD_BLOB;
        ret->text.p = sqlite3_column_blob(stmt, at);
        ret->text.n = (size_t)sqlite3_column_bytes(stmt, at);
        break;
    default:
        ret->is_null = true;
        break;
    }
    if (!ret->text.p)
        ret->text = (struct str){"", 0};
}

static const char *column_name(const struct result *result, size_t column)
{
    sqlite3_stmt *stmt;
    memcpy(&stmt, &result->handle, sizeof stmt);
    return sqlite3_column_name(stmt, (int)column);
}

// A statement already on its way (a walk whose callback runs it again) is prepared once more for the inner use.
static int prepared_for(struct lite_conn *conn, const struct statement *st, struct lite_prepared *spare,
                        struct lite_prepared **ret)
{
    struct lite_prepared *p = st->index < conn->slots ? &conn->prepared[st->index] : spare;
    if (p->in_use)
        p = spare;
    *ret = p;
    if (p->stmt)
        return SQLITE_OK;
    unsigned flags = p == spare ? 0 : SQLITE_PREPARE_PERSISTENT;
    return sqlite3_prepare_v3(conn->handle, st->text, -1, flags, &p->stmt, NULL);
}

static enum err step_rows(struct ctx *c, struct lite_conn *conn, struct lite_prepared *p, const struct statement *st,
                          row_fn fn, void *arg)
{
    struct store_value values[STORE_MAX_COLUMNS];
    int code;
    while ((code = sqlite3_step(p->stmt)) == SQLITE_ROW) {
        int count = sqlite3_column_count(p->stmt);
        if (count > STORE_MAX_COLUMNS)
            return store_fault(c, ERR_INTERNAL, "store.too_many_columns", st->name, "");
        for (int i = 0; i < count; i++)
            read_value(p->stmt, i, &values[i]);
        struct result result = {(size_t)count, values, &p->map, column_name, p->stmt};
        enum err err = fn(c, &result, arg);
        if (err == STORE_STOP)
            return OK;
        if (err)
            return err;
    }
    return code == SQLITE_DONE ? OK : statement_failed(c, conn, code, st->name);
}

static enum err lite_run(struct ctx *c, const struct statement *st, const struct store_value *values, unsigned flags,
                         row_fn fn, void *arg, int64_t *ret_changed)
{
    (void)flags; // rows come one by one as it is
    struct lite_conn *conn = c->db->connection;
    struct lite_prepared spare = {0}, *p;
    int64_t outer_deadline_ns = conn->deadline_ns;
    int code = prepared_for(conn, st, &spare, &p);
    for (size_t i = 0; !code && i < st->param_count; i++)
        code = bind_value(p->stmt, (int)i + 1, &values[i]);
    if (!code && !outer_deadline_ns)
        conn->deadline_ns = clock_monotonic_ns() + c->db->store->deadline_ms * 1000000;
    enum err err;
    if (code)
        err = statement_failed(c, conn, code, st->name);
    else {
        p->in_use = true;
        err = step_rows(c, conn, p, st, fn, arg);
        p->in_use = false;
    }
    if (!err && ret_changed)
        *ret_changed = st->writes ? sqlite3_changes64(conn->handle) : 0;
    conn->deadline_ns = outer_deadline_ns;
    if (p == &spare)
        sqlite3_finalize(spare.stmt);
    else if (p->stmt)
        sqlite3_reset(p->stmt);
    return err;
}

static enum err lite_script(struct ctx *c, const char *text)
{
    struct lite_conn *conn = c->db->connection;
    int code = sqlite3_exec(conn->handle, text, NULL, NULL, NULL);
    return code ? statement_failed(c, conn, code, "script") : OK;
}

// --- reads -----------------------------------------------------------------------------------------------------------
// A thread that ends takes its connection with it.
static void reader_ends(void *arg)
{
    struct lite_conn *conn = arg;
    struct lite *lite = conn->lite;
    pthread_mutex_lock(&lite->lock);
    struct lite_conn **at = &lite->readers;
    while (*at && *at != conn)
        at = &(*at)->next;
    if (*at)
        *at = conn->next;
    pthread_mutex_unlock(&lite->lock);
    lite_disconnect(conn);
}

static struct lite_conn *reader_of_thread(struct ctx *c, struct lite *lite)
{
    struct lite_conn *conn = pthread_getspecific(lite->reader_key);
    if (!conn) {
        conn = lite_connect(c, lite, false);
        if (!conn)
            return NULL;
        pthread_mutex_lock(&lite->lock);
        conn->next = lite->readers;
        lite->readers = conn;
        pthread_mutex_unlock(&lite->lock);
        if (pthread_setspecific(lite->reader_key, conn))
            abort();
    }
    return conn;
}

static enum err lite_read(struct ctx *c, struct store *store, store_fn fn, void *arg)
{
    struct lite_conn *conn = reader_of_thread(c, store->engine_data);
    if (!conn)
        return c->error.code;
    int code = lite_command(conn, LITE_BEGIN_READ);
    if (code)
        return lite_fail(c, conn, code, "BEGIN");
    struct db db = {.store = store, .connection = conn};
    c->db = &db;
    enum err err = fn(c, arg);
    c->db = NULL;
    if (!sqlite3_get_autocommit(conn->handle))
        lite_command(conn, LITE_ROLLBACK); // nothing was written; ends the snapshot
    if (!err && db.failed)
        return fail(c, ERR_INTERNAL, "store.failed_transaction");
    return err;
}

// --- opening ---------------------------------------------------------------------------------------------------------
static enum err lite_open(struct ctx *c, struct store *store)
{
    struct lite *lite = calloc(1, sizeof *lite);
    if (!lite)
        abort();
    store->engine_data = lite;
    lite->store = store;
    lite->path = store->url + strlen("sqlite:");
    lite->last = &lite->first;
    pthread_mutex_init(&lite->lock, NULL);
    pthread_cond_init(&lite->work, NULL);
    if (!*lite->path || sqlite3_threadsafe() == 0)
        return fail(c, ERR_INVALID, "store.bad_url");
    if (pthread_key_create(&lite->reader_key, reader_ends))
        return fail(c, ERR_INTERNAL, "store.threads");
    lite->has_key = true;
    lite->writer = lite_connect(c, lite, true);
    return lite->writer ? OK : c->error.code;
}

static enum err lite_start(struct ctx *c, struct store *store)
{
    struct lite *lite = store->engine_data;
    TRY(lite_tell_statistics(c, lite->writer));
    return lite_writer_start(c, lite);
}

static void lite_close(struct store *store)
{
    struct lite *lite = store->engine_data;
    if (!lite)
        return;
    lite_writer_stop(lite);
    if (lite->has_key)
        pthread_key_delete(lite->reader_key);
    while (lite->readers) {
        struct lite_conn *next = lite->readers->next;
        lite_disconnect(lite->readers);
        lite->readers = next;
    }
    lite_disconnect(lite->writer); // last: it checkpoints and removes the log
    pthread_cond_destroy(&lite->work);
    pthread_mutex_destroy(&lite->lock);
    free(lite);
}

static enum err lite_solo(struct ctx *c, struct store *store, bool lock, store_fn fn, void *arg)
{
    (void)lock; // BEGIN IMMEDIATE shuts out every other writer
    struct lite *lite = store->engine_data;
    struct lite_conn *conn = lite->writer;
    int code = lite_command(conn, LITE_BEGIN_WRITE);
    if (code)
        return lite_fail(c, conn, code, "BEGIN");
    struct db db = {.store = store, .connection = conn, .writing = true};
    c->db = &db;
    enum err err = fn(c, arg);
    if (!err && db.search_first)
        err = search_apply(c, &db);
    c->db = NULL;
    if (!err && db.failed)
        err = fail(c, ERR_INTERNAL, "store.failed_transaction");
    if (!err && (code = lite_command(conn, LITE_COMMIT)))
        err = lite_fail(c, conn, code, "COMMIT");
    if (err && !sqlite3_get_autocommit(conn->handle))
        lite_command(conn, LITE_ROLLBACK);
    return err;
}

static enum err lite_describe(struct ctx *c, struct store *store, const struct statement *st,
                              struct store_description *ret)
{
    sqlite3_stmt *stmt = NULL;
    struct lite_conn *conn = lite_connect(c, store->engine_data, true);
    if (!conn)
        return c->error.code;
    int code = sqlite3_prepare_v2(conn->handle, st->text, -1, &stmt, NULL);
    enum err err = OK;
    if (code)
        err = lite_fail(c, conn, code, st->name);
    else if (sqlite3_column_count(stmt) > STORE_MAX_COLUMNS)
        err = store_fault(c, ERR_INTERNAL, "store.too_many_columns", st->name, "");
    else {
        ret->param_count = (size_t)sqlite3_bind_parameter_count(stmt);
        ret->column_count = (size_t)sqlite3_column_count(stmt);
        for (size_t i = 0; i < ret->column_count; i++)
            ret->columns[i] = str_copy(c->arena, str_of(sqlite3_column_name(stmt, (int)i)));
    }
    sqlite3_finalize(stmt);
    lite_disconnect(conn);
    return err;
}

const struct engine engine_sqlite = {
    .name = "sqlite",
    .dialect = DIALECT_SQLITE,
    .open = lite_open,
    .start = lite_start,
    .close = lite_close,
    .read = lite_read,
    .write = lite_write,
    .solo = lite_solo,
    .run = lite_run,
    .script = lite_script,
    .describe = lite_describe,
    // In order of creation: what is referred to comes first.
    .tables_text = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_version' AND substr(name, "
                   "1, 7) <> 'sqlite_' AND substr(name, 1, 12) <> 'linli_search' ORDER BY rowid",
    .columns_text = "SELECT name, type FROM pragma_table_info(?1) ORDER BY cid",
};
