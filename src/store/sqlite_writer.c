// SPDX-License-Identifier: MulanPSL-2.0
// The one writer of SQLite: what queued while the last transaction was being made durable is the next one. Each write
// has a savepoint, so one that fails takes nothing with it; all are answered after COMMIT.
#include "base/log.h"
#include "store/sqlite_private.h"

#include <string.h>

struct batch {
    struct write_entry *entries[STORE_BATCH_MAX];
    size_t count;
};

static void set_failure(struct write_entry *entry, enum err err)
{
    entry->result = err;
    entry->error = entry->c->error;
}

// All whose own work was right share the fate of the transaction. Logged once.
static void fail_rest(struct lite *lite, struct batch *batch, int code)
{
    enum err err = OK;
    const char *key = NULL;
    for (size_t i = 0; i < batch->count; i++) {
        struct write_entry *entry = batch->entries[i];
        if (entry->result != OK)
            continue;
        if (!err) {
            err = lite_fail(entry->c, lite->writer, code, "COMMIT");
            key = entry->c->error.key;
        } else
            fail(entry->c, err, key);
        entry->c->error.retry_after_s = 1;
        set_failure(entry, err);
    }
}

static int run_entry(struct lite *lite, struct write_entry *entry)
{
    struct lite_conn *conn = lite->writer;
    int code = lite_command(conn, LITE_SAVEPOINT);
    if (code)
        return code;
    struct db db = {.store = lite->store, .connection = conn, .writing = true};
    entry->c->db = &db;
    enum err err = entry->fn(entry->c, entry->arg);
    if (!err && db.failed)
        err = fail(entry->c, ERR_INTERNAL, "store.failed_transaction");
    entry->c->db = NULL;
    entry->search = db.search_first;
    if (err)
        set_failure(entry, err);
    // Disk errors and deadlines may have ended the whole transaction, not this write alone.
    if (sqlite3_get_autocommit(conn->handle)) {
        code = sqlite3_extended_errcode(conn->handle);
        return code & 0xff ? code : SQLITE_IOERR;
    }
    if (err && (code = lite_command(conn, LITE_ROLLBACK_TO)))
        return code;
    return lite_command(conn, LITE_RELEASE);
}

// Search entries are written here, outside the savepoints: FTS5 would flush a segment at each of them.
static int write_search(struct lite *lite, struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct write_entry *entry = batch->entries[i];
        if (entry->result != OK || !entry->search)
            continue;
        struct db db = {.store = lite->store, .connection = lite->writer, .writing = true};
        db.search_first = entry->search;
        entry->c->db = &db;
        enum err err = search_apply(entry->c, &db);
        entry->c->db = NULL;
        if (err) {
            int code = sqlite3_extended_errcode(lite->writer->handle);
            return code ? code : SQLITE_ERROR;
        }
    }
    return SQLITE_OK;
}

static void commit_batch(struct lite *lite, struct batch *batch)
{
    struct lite_conn *conn = lite->writer;
    size_t reached = 0;
    int code = lite_command(conn, LITE_BEGIN_WRITE);
    while (!code && reached < batch->count)
        code = run_entry(lite, batch->entries[reached++]);
    if (!code)
        code = write_search(lite, batch);
    if (!code)
        code = lite_command(conn, LITE_COMMIT);
    if (!code)
        return;
    if (!sqlite3_get_autocommit(conn->handle))
        lite_command(conn, LITE_ROLLBACK);
    fail_rest(lite, batch, code);
}

static void take_batch(struct lite *lite, struct batch *batch)
{
    batch->count = 0;
    while (lite->first && batch->count < STORE_BATCH_MAX) {
        batch->entries[batch->count++] = lite->first;
        lite->first = lite->first->next;
    }
    if (!lite->first)
        lite->last = &lite->first;
    lite->queued -= batch->count;
}

static void answer_batch(struct lite *lite, struct batch *batch)
{
    bool stored = false;
    for (size_t i = 0; i < batch->count; i++)
        stored |= batch->entries[i]->result == OK;
    if (stored && lite->store->on_commit)
        lite->store->on_commit(lite->store->on_commit_arg);
    pthread_mutex_lock(&lite->lock);
    for (size_t i = 0; i < batch->count; i++) {
        batch->entries[i]->done = true; // after the unlock its stack may be gone
        pthread_cond_signal(&batch->entries[i]->wake);
    }
    pthread_mutex_unlock(&lite->lock);
}

static void *writer_main(void *arg)
{
    struct lite *lite = arg;
    struct batch batch;
    for (;;) {
        pthread_mutex_lock(&lite->lock);
        while (!lite->first && !lite->stopping)
            pthread_cond_wait(&lite->work, &lite->lock);
        take_batch(lite, &batch);
        pthread_mutex_unlock(&lite->lock);
        if (batch.count == 0)
            return NULL;
        commit_batch(lite, &batch);
        answer_batch(lite, &batch);
    }
}

enum err lite_write(struct ctx *c, struct store *store, store_fn fn, void *arg)
{
    struct lite *lite = store->engine_data;
    struct write_entry entry = {.c = c, .fn = fn, .arg = arg};
    pthread_cond_init(&entry.wake, NULL);
    pthread_mutex_lock(&lite->lock);
    bool full = lite->queued >= store->write_queue_max || lite->stopping || !lite->has_thread;
    if (!full) {
        *lite->last = &entry;
        lite->last = &entry.next;
        lite->queued++;
        pthread_cond_signal(&lite->work);
        while (!entry.done)
            pthread_cond_wait(&entry.wake, &lite->lock);
    }
    pthread_mutex_unlock(&lite->lock);
    pthread_cond_destroy(&entry.wake);
    if (full) {
        enum err err = fail(c, ERR_BUSY, "store.queue_full");
        c->error.retry_after_s = 1;
        return err;
    }
    if (entry.result)
        c->error = entry.error;
    return entry.result;
}

enum err lite_writer_start(struct ctx *c, struct lite *lite)
{
    if (pthread_create(&lite->thread, NULL, writer_main, lite))
        return fail(c, ERR_INTERNAL, "store.threads");
    lite->has_thread = true;
    return OK;
}

void lite_writer_stop(struct lite *lite)
{
    if (!lite->has_thread)
        return;
    pthread_mutex_lock(&lite->lock);
    lite->stopping = true;
    pthread_cond_signal(&lite->work);
    pthread_mutex_unlock(&lite->lock);
    pthread_join(lite->thread, NULL);
    lite->has_thread = false;
}
