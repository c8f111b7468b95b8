// SPDX-License-Identifier: MulanPSL-2.0
#include "store/test_store_util.h"

#include "base/clock.h"
#include "base/id.h"
#include "crypto/seal.h"
#include "store/internal.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail // ours, of ctx.h

#define ARENA_BYTES (size_t)(256 << 20)

struct test_home { // begins with the ctx, so that one leads to the other
    struct ctx c;
    struct house house;
    struct clock clock;
    char dir[64], schema[64], url[512];
};

static _Noreturn void stop(const char *why, const char *detail)
{
    fprintf(stderr, "test store: %s: %s\n", why, detail);
    abort();
}

const char *const *test_engines(void)
{
    static const char *const both[] = {"sqlite", "postgresql", NULL}, *const one[] = {"sqlite", NULL};
    if (getenv("TEST_PG_URL"))
        return both;
    fprintf(stderr, "SKIPPED on PostgreSQL: TEST_PG_URL is not set\n");
    return one;
}

static void run_admin(const char *before, const char *schema, const char *behind)
{
    char text[256];
    snprintf(text, sizeof text, "SET client_min_messages = error; %s %s %s", before, schema, behind);
    PGconn *link = PQconnectdb(getenv("TEST_PG_URL"));
    PGresult *result = PQexec(link, text);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        stop("PostgreSQL", PQerrorMessage(link));
    PQclear(result);
    PQfinish(link);
}

static void make_url(struct test_home *home, const char *engine)
{
    static atomic_uint counter;
    if (!strcmp(engine, "sqlite")) {
        snprintf(home->dir, sizeof home->dir, "/tmp/linli-test-XXXXXX");
        if (!mkdtemp(home->dir))
            stop("mkdtemp", home->dir);
        snprintf(home->url, sizeof home->url, "sqlite:%s/linli.db", home->dir);
        return;
    }
    const char *base = getenv("TEST_PG_URL");
    if (!base)
        stop("TEST_PG_URL", "not set");
    snprintf(home->schema, sizeof home->schema, "t%d_%lld_%u", getpid(), (long long)clock_monotonic_ns(),
             atomic_fetch_add(&counter, 1));
    run_admin("CREATE SCHEMA", home->schema, "");
    snprintf(home->url, sizeof home->url, "%s%coptions=-csearch_path%%3D%s", base, strchr(base, '?') ? '&' : '?',
             home->schema);
}

static void fresh_ctx(struct ctx *c, const struct house *house)
{
    *c = (struct ctx){
        .arena = arena_new(ARENA_BYTES),
        .house = house,
        .tenant_id = 1,
        .now_ms = clock_now_ms(house->clock),
        .actor = {.kind = ACTOR_SYSTEM},
        .lang = "zh",
    };
    ctx_clear_error(c);
}

static int64_t fixed_now(const struct clock *clock)
{
    return INT64_C(1772413200000) + clock->offset_ms;
}

static enum err open_store(struct test_home *home, const struct store_part *parts, size_t part_count)
{
    struct store_options options = {.url = home->url, .parts = parts, .part_count = part_count};
    return store_open(&home->c, &options, &home->house.store);
}

static struct test_home *new_home(int node)
{
    struct test_home *home = calloc(1, sizeof *home);
    if (!home)
        abort();
    home->clock.now_ms = fixed_now;
    home->house.clock = &home->clock;
    home->house.ids = ids_new(node, 0);
    home->house.keys = keys_for_test(SUITE_STD);
    fresh_ctx(&home->c, &home->house);
    return home;
}

static struct ctx *opened(struct test_home *home, const struct store_part *parts, size_t part_count)
{
    if (open_store(home, parts, part_count)) {
        const struct error *e = &home->c.error;
        fprintf(stderr, "%s %.*s %.*s\n", e->key, STR_ARG(e->args[0]), STR_ARG(e->args[1]));
        stop("store_open", home->url);
    }
    return &home->c;
}

struct ctx *test_ctx(const struct store_part *parts, size_t part_count, const char *engine)
{
    struct test_home *home = new_home(1);
    make_url(home, engine);
    return opened(home, parts, part_count);
}

struct ctx *test_ctx_join(const struct store_part *parts, size_t part_count, const char *url)
{
    struct test_home *home = new_home(2);
    snprintf(home->url, sizeof home->url, "%s", url);
    return opened(home, parts, part_count);
}

struct house *test_house(struct ctx *c)
{
    return &((struct test_home *)c)->house;
}

const char *test_store_url(struct ctx *c)
{
    return ((struct test_home *)c)->url;
}

struct ctx *test_ctx_more(struct ctx *c)
{
    struct ctx *more = calloc(1, sizeof *more);
    if (!more)
        abort();
    fresh_ctx(more, c->house);
    return more;
}

void test_ctx_done(struct ctx *more)
{
    arena_free(more->arena);
    free(more);
}

void test_ctx_reset(struct ctx *c)
{
    arena_reset(c->arena);
    ctx_clear_error(c);
}

enum err test_store_reopen(struct ctx *c, const struct store_part *parts, size_t part_count)
{
    struct test_home *home = (struct test_home *)c;
    store_close(home->house.store);
    home->house.store = NULL;
    return open_store(home, parts, part_count);
}

void test_ctx_free(struct ctx *c)
{
    struct test_home *home = (struct test_home *)c;
    store_close(home->house.store);
    ids_free(home->house.ids);
    keys_free(home->house.keys);
    arena_free(c->arena);
    if (home->schema[0])
        run_admin("DROP SCHEMA", home->schema, "CASCADE");
    static const char *const files[] = {"linli.db", "linli.db-wal", "linli.db-shm"};
    for (size_t i = 0; home->dir[0] && i < sizeof files / sizeof *files; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", home->dir, files[i]);
        unlink(path);
    }
    if (home->dir[0])
        rmdir(home->dir);
    free(home);
}

void test_expect(struct ctx *c, enum err result, enum err wanted, const char *key, const char *expression,
                 const char *file, int line)
{
    if (result == wanted && (!key || (c->error.key && !strcmp(c->error.key, key))))
        return;
    const struct error *e = &c->error;
    print_error("%s: %s, wanted %s %s; error %s field \"%.*s\" args \"%.*s\" \"%.*s\"\n", expression, err_name(result),
                err_name(wanted), key ? key : "", e->key ? e->key : "-", STR_ARG(e->field), STR_ARG(e->args[0]),
                STR_ARG(e->args[1]));
    _fail(file, line);
}

// --- contract --------------------------------------------------------------------------------------------------------
static size_t fault(const char *about, const char *what, struct str detail)
{
    fprintf(stderr, "contract: %s: %s %.*s\n", about, what, STR_ARG(detail));
    return 1;
}

static size_t check_statement(struct ctx *c, const struct sql *sql)
{
    struct store_description description;
    const struct statement *st = catalogue_find(&c->house->store->catalogue, sql);
    if (!st)
        return fault(sql->name, "is not of the open store", STR(""));
    if (store_describe(c, sql, &description))
        return fault(sql->name, "cannot be prepared:", c->error.args[1]);
    size_t faults = 0;
    if (description.param_count != st->param_count)
        faults += fault(sql->name, "has parameters that the engine does not see", STR(""));
    for (size_t i = 0; st->record && i < description.column_count; i++)
        if (!record_field(st->record, description.columns[i]))
            faults += fault(sql->name, "returns a column its record has not:", description.columns[i]);
    return faults;
}

struct table_check {
    const struct record *record;
    size_t faults;
};

static size_t check_column(const struct record *record, const struct store_column *column)
{
    if (str_equal(column->name, STR("tenant_id")))
        return 0;
    const struct field *field = record_field(record, column->name);
    if (!field || field->flags & FIELD_COMPUTED)
        return fault(record->table, "has a column its record has not:", column->name);
    if (field_storage(field->type) != column->type)
        return fault(record->table, "has a column of another type than the field:", column->name);
    return 0;
}

static enum err check_table(struct ctx *c, void *arg)
{
    struct table_check *check = arg;
    const struct record *record = check->record;
    struct store_column *columns;
    size_t count;
    if (store_table_columns(c, str_of(record->table), &columns, &count)) {
        check->faults += fault(record->table, "is not there", c->error.args[0]);
        return OK;
    }
    for (size_t i = 0; i < count; i++)
        check->faults += check_column(record, &columns[i]);
    for (size_t i = 0; i < record->field_count; i++) {
        bool found = record->fields[i].flags & FIELD_COMPUTED;
        for (size_t k = 0; k < count; k++)
            found |= str_equal_z(columns[k].name, record->fields[i].name);
        if (!found)
            check->faults += fault(record->table, "has no column for the field", str_of(record->fields[i].name));
    }
    return OK;
}

static enum err take_fault(struct ctx *c, const struct result *result, void *arg)
{
    *(size_t *)arg +=
        fault(str_z(c->arena, result->values[0].text), str_z(c->arena, result->values[1].text), result->values[2].text);
    return OK;
}

// SQLite tells it in two statements; the migrations are the same text on PostgreSQL. A table without tenant_id is a
// reference table and passes.
static enum err check_schema(struct ctx *c, void *arg)
{
    static const char *const texts[] = {
        "SELECT m.name, 'has an index that does not begin with tenant_id:', il.name FROM sqlite_schema m, "
        "pragma_index_list(m.name) il, pragma_index_info(il.name) ii WHERE m.type = 'table' AND ii.seqno = 0 AND "
        "ii.name <> 'tenant_id' AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) t WHERE t.name = 'tenant_id')",
        "SELECT m.name, 'has a foreign key without tenant_id to', max(fk.\"table\") FROM sqlite_schema m, "
        "pragma_foreign_key_list(m.name) fk WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM "
        "pragma_table_info(fk.\"table\") t WHERE t.name = 'tenant_id') GROUP BY m.name, fk.id HAVING sum(fk.\"from\" "
        "= 'tenant_id' AND fk.\"to\" = 'tenant_id') = 0",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct statement st = {.name = "schema", .text = texts[i], .index = SIZE_MAX};
        TRY(c->db->store->engine->run(c, &st, NULL, 0, take_fault, arg, NULL));
    }
    return OK;
}

size_t store_contract_check(struct ctx *c, const struct store_part *parts, size_t part_count)
{
    size_t faults = 0;
    for (size_t i = 0; i < part_count; i++) {
        for (size_t k = 0; parts[i].statements && parts[i].statements[k]; k++)
            faults += check_statement(c, parts[i].statements[k]);
        for (size_t k = 0; parts[i].records && parts[i].records[k]; k++) {
            struct table_check check = {.record = parts[i].records[k]};
            if (check.record->table && store_read(c, check_table, &check))
                faults += fault(check.record->table, "cannot be read", STR(""));
            faults += check.faults;
        }
    }
    if (!strcmp(store_engine(c->house->store), "sqlite") && store_read(c, check_schema, &faults))
        faults += fault("store", "the schema cannot be read:", c->error.args[1]);
    return faults;
}
