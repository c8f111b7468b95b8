// SPDX-License-Identifier: MulanPSL-2.0
// Opening and closing, and the two ways into a transaction. The engines do the rest.
#include "store/internal.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define CATALOGUE_MAX_BYTES (size_t)(64 << 20)
#define WRITE_QUEUE_DEFAULT 4096
#define DEADLINE_DEFAULT_MS 10000

enum err store_fault(struct ctx *c, enum err code, const char *key, const char *statement, const char *detail)
{
    return fail_with(c, code, key, str_of(statement), str_of(detail));
}

static const struct engine *engine_of(const char *url)
{
    if (!strncmp(url, "sqlite:", 7))
        return &engine_sqlite;
    if (!strncmp(url, "postgres://", 11) || !strncmp(url, "postgresql://", 13))
        return &engine_pg;
    return NULL;
}

static enum err open_parts(struct ctx *c, struct store *store)
{
    TRY(catalogue_make(c, store->arena, store->engine->dialect, store->parts, store->part_count, &store->catalogue));
    search_statements(store, store->catalogue.count);
    store->statement_slots = store->catalogue.count + SEARCH_STATEMENTS + STORE_MAX_TABLES;
    TRY(store->engine->open(c, store));
    TRY(store_migrate(c, store));
    return store->engine->start(c, store);
}

enum err store_open(struct ctx *c, const struct store_options *options, struct store **ret_store)
{
    const char *url = options->url ? options->url : "";
    const struct engine *engine = engine_of(url);
    if (!engine) // the url may hold a password: it is not repeated
        return fail(c, ERR_INVALID, "store.bad_url");
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        abort();
    store->engine = engine;
    store->arena = arena_new(CATALOGUE_MAX_BYTES);
    store->url = str_z(store->arena, str_of(url));
    store->puts = arena_array(store->arena, STORE_MAX_TABLES, sizeof *store->puts);
    pthread_mutex_init(&store->puts_lock, NULL);
    store->part_count = options->part_count;
    struct store_part *parts = arena_array(store->arena, options->part_count + 1, sizeof *parts);
    for (size_t i = 0; i < options->part_count; i++)
        parts[i] = options->parts[i];
    store->parts = parts;
    store->write_queue_max = options->write_queue_max > 0 ? (size_t)options->write_queue_max : WRITE_QUEUE_DEFAULT;
    store->deadline_ms = options->statement_deadline_ms > 0 ? options->statement_deadline_ms : DEADLINE_DEFAULT_MS;
    store->relaxed = options->relaxed;
    enum err err = open_parts(c, store);
    if (err) {
        store_close(store);
        return err;
    }
    *ret_store = store;
    return OK;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store->engine->close(store);
    pthread_mutex_destroy(&store->puts_lock);
    arena_free(store->arena);
    free(store);
}

const char *store_engine(const struct store *store)
{
    return store->engine->name;
}

void store_on_commit(struct store *store, void (*fn)(void *arg), void *arg)
{
    store->on_commit = fn;
    store->on_commit_arg = arg;
}

// Inside an open transaction everything is part of it; what failed in it stays failed.
static enum err run_nested(struct ctx *c, store_fn fn, void *arg)
{
    if (c->db->failed)
        return fail(c, ERR_INTERNAL, "store.failed_transaction");
    return fn(c, arg);
}

enum err store_read(struct ctx *c, store_fn fn, void *arg)
{
    if (c->db)
        return run_nested(c, fn, arg);
    return c->house->store->engine->read(c, c->house->store, fn, arg);
}

enum err store_write(struct ctx *c, store_fn fn, void *arg)
{
    if (!c->db)
        return c->house->store->engine->write(c, c->house->store, fn, arg);
    if (!c->db->writing)
        return fail(c, ERR_INTERNAL, "store.write_in_read");
    return run_nested(c, fn, arg);
}
