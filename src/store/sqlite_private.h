// SPDX-License-Identifier: MulanPSL-2.0
// What the two files of the SQLite engine share.
#pragma once
#include "store/internal.h"

#include <pthread.h>
#include <sqlite3.h>

struct lite_prepared {
    sqlite3_stmt *stmt;
    bool in_use;
    struct column_map map;
};
enum lite_command {
    LITE_BEGIN_READ,
    LITE_BEGIN_WRITE,
    LITE_COMMIT,
    LITE_ROLLBACK,
    LITE_SAVEPOINT,
    LITE_RELEASE,
    LITE_ROLLBACK_TO,
    LITE_COMMANDS
};
struct lite_conn {
    sqlite3 *handle;
    sqlite3_stmt *commands[LITE_COMMANDS]; // kept: parsing them cost more than running them
    struct lite_prepared *prepared;        // by statement index
    size_t slots;
    int64_t deadline_ns; // of the running statement, 0: none
    struct lite *lite;   // owner, for a thread that ends
    struct lite_conn *next;
};
struct write_entry { // lives on the stack of the thread that waits
    struct ctx *c;
    store_fn fn;
    void *arg;
    enum err result;
    struct error error;
    bool done;
    pthread_cond_t wake;
    struct write_entry *next;
    struct search_doc *search; // what it put, to be written with the batch
};
struct lite {
    struct store *store;
    const char *path;
    pthread_key_t reader_key;
    bool has_key, has_thread;
    pthread_mutex_t lock; // everything below
    struct lite_conn *readers;
    struct write_entry *first, **last;
    size_t queued;
    bool stopping;
    pthread_cond_t work;
    pthread_t thread;
    struct lite_conn *writer; // the writer thread's alone, once it runs
};

struct lite_conn *lite_connect(struct ctx *c, struct lite *lite, bool writes); // NULL, c->error: failed
void lite_disconnect(struct lite_conn *conn);
// The result code is SQLite's extended one.
int lite_command(struct lite_conn *conn, enum lite_command command);
// The failure of a statement (name may be NULL) as ours.
enum err lite_fail(struct ctx *c, struct lite_conn *conn, int code, const char *name);

// Tells the planner of indexes it has not been told of (sqlite_statistics.c); writes nothing else.
enum err lite_tell_statistics(struct ctx *c, struct lite_conn *conn);

enum err lite_write(struct ctx *c, struct store *store, store_fn fn, void *arg);
enum err lite_writer_start(struct ctx *c, struct lite *lite);
void lite_writer_stop(struct lite *lite); // after what is queued has been answered
