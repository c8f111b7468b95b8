// SPDX-License-Identifier: MulanPSL-2.0
// Bringing the tables up to date. Forward only: each migration in a transaction of its own, in the order of the parts;
// a store that is newer than this program is refused. Two processes that start at once take turns, as every step holds
// the version table and looks again.
#include "base/clock.h"
#include "base/log.h"
#include "store/internal.h"

#include <string.h>

struct step {
    struct store *store;
    const struct store_part *part;
    int64_t version; // found
    bool done;
};

static const char create_versions[] =
    "CREATE TABLE IF NOT EXISTS schema_version (module TEXT NOT NULL, version BIGINT NOT NULL, at_ms BIGINT NOT NULL, "
    "PRIMARY KEY (module, version))";

static enum err create_table(struct ctx *c, void *arg)
{
    (void)arg;
    return c->db->store->engine->script(c, create_versions);
}

static enum err take_version(struct ctx *c, const struct result *result, void *arg)
{
    (void)c;
    *(int64_t *)arg = result->values[0].number;
    return STORE_STOP;
}

static enum err find_version(struct ctx *c, void *arg)
{
    struct step *step = arg;
    const struct engine *engine = step->store->engine;
    struct param params[] = {{.name = STR_INIT("module"), .type = FIELD_TEXT}};
    struct statement st = {
        .name = "schema_version_find",
        .text = engine->dialect == DIALECT_PG ? "SELECT max(version) FROM schema_version WHERE module = $1"
                                              : "SELECT max(version) FROM schema_version WHERE module = ?1",
        .params = params,
        .param_count = 1,
        .index = SIZE_MAX,
    };
    struct store_value value = {.type = FIELD_TEXT, .text = str_of(step->part->module)};
    step->version = 0;
    return engine->run(c, &st, &value, 0, take_version, &step->version, NULL);
}

static enum err take_none(struct ctx *c, const struct result *result, void *arg)
{
    (void)c, (void)result, (void)arg;
    return OK;
}

static enum err put_version(struct ctx *c, const struct step *step, int version)
{
    const struct engine *engine = step->store->engine;
    struct param params[] = {{.name = STR_INIT("module"), .type = FIELD_TEXT},
                             {.name = STR_INIT("version"), .type = FIELD_INT},
                             {.name = STR_INIT("at_ms"), .type = FIELD_INT}};
    struct statement st = {
        .name = "schema_version_put",
        .text = engine->dialect == DIALECT_PG
                    ? "INSERT INTO schema_version (module, version, at_ms) VALUES ($1, $2, $3)"
                    : "INSERT INTO schema_version (module, version, at_ms) VALUES (?1, ?2, ?3)",
        .params = params,
        .param_count = 3,
        .index = SIZE_MAX,
        .writes = true,
    };
    struct store_value values[] = {{.type = FIELD_TEXT, .text = str_of(step->part->module)},
                                   {.type = FIELD_INT, .number = version},
                                   {.type = FIELD_INT, .number = c->now_ms}};
    return engine->run(c, &st, values, 0, take_none, NULL, NULL);
}

static const struct migration *next_migration(const struct store_part *part, int64_t version)
{
    for (const struct migration *m = part->migrations; m && m->version; m++)
        if (m->version > version)
            return m;
    return NULL;
}

static enum err one_step(struct ctx *c, void *arg)
{
    struct step *step = arg;
    struct store *store = step->store;
    TRY(find_version(c, step));
    const struct migration *migration = next_migration(step->part, step->version);
    step->done = !migration;
    if (step->done)
        return OK;
    const char *fault, *text = migration->text;
    if (step->part->migrations != search_migrations[store->engine->dialect] &&
        !(text = migration_expand(c->arena, store->engine->dialect, migration->text, &fault)))
        return store_fault(c, ERR_INTERNAL, "store.bad_migration", migration->name, fault);
    if (store->engine->script(c, text)) {
        struct str detail = c->error.args[1];
        return fail_with(c, ERR_INTERNAL, "store.bad_migration", str_of(migration->name), detail);
    }
    log_info("store: migration %s of %s", migration->name, step->part->module);
    return put_version(c, step, migration->version);
}

static enum err check_not_newer(struct ctx *c, void *arg)
{
    struct step *step = arg;
    int64_t newest = 0;
    for (const struct migration *m = step->part->migrations; m && m->version; m++) {
        if (m->version <= newest)
            return store_fault(c, ERR_INTERNAL, "store.bad_migration", m->name, "not in order");
        newest = m->version;
    }
    TRY(find_version(c, step));
    if (step->version > newest)
        return fail_with(c, ERR_CONFLICT, "store.newer_schema", str_of(step->part->module),
                         str_format(c->arena, "%lld", (long long)step->version));
    step->done = step->version == newest;
    return OK;
}

enum err store_migrate(struct ctx *c, struct store *store)
{
    struct store_part own = {.module = "store", .migrations = search_migrations[store->engine->dialect]};
    TRY(store->engine->solo(c, store, false, create_table, NULL));
    for (int pass = 0; pass < 2; pass++) // first look at all: a newer store is left as it is
        for (size_t i = 0; i <= store->part_count; i++) {
            struct step step = {.store = store, .part = i ? &store->parts[i - 1] : &own};
            TRY(store->engine->solo(c, store, false, check_not_newer, &step));
            while (pass && !step.done)
                TRY(store->engine->solo(c, store, true, one_step, &step));
        }
    return OK;
}

int64_t store_schema_version(struct store *store, const char *module)
{
    struct house house = {.store = store};
    struct ctx c = {.arena = arena_new(1 << 20), .house = &house};
    struct store_part part = {.module = module};
    struct step step = {.store = store, .part = &part};
    enum err err = store_read(&c, find_version, &step);
    arena_free(c.arena);
    return err ? -1 : step.version;
}
