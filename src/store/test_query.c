// SPDX-License-Identifier: MulanPSL-2.0
// Expansion of statement text and its lint: pure, no engine.
#include "base/arena.h"
#include "store/internal.h"
#include "store/test_store_util.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

struct thing {
    int64_t id, number;
    struct str label, box;
    double price;
    int64_t computed;
};
static const struct field thing_fields[] = {
    {FIELD_AT(struct thing, id), .type = FIELD_ID, .flags = FIELD_KEY},
    {FIELD_AT(struct thing, number), .type = FIELD_INT},
    {FIELD_AT(struct thing, label), .type = FIELD_TEXT},
    {FIELD_AT(struct thing, box), .type = FIELD_SEALED},
    {FIELD_AT(struct thing, computed), .type = FIELD_INT, .flags = FIELD_COMPUTED},
    {FIELD_AT(struct thing, price), .type = FIELD_REAL},
};
static const struct record thing_record = {
    .name = "thing", .table = "thing", .size_bytes = sizeof(struct thing), FIELDS(thing_fields)};

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(64 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct statement expand(enum dialect dialect, const char *text)
{
    struct sql sql = {"s", text, "thing", 0};
    struct statement st = {0};
    const char *fault = NULL;
    if (!query_expand(arena, dialect, &sql, &thing_record, &st, &fault)) {
        print_error("%s\n  %s\n", text, fault);
        _fail(__FILE__, __LINE__);
    }
    return st;
}

static void check(const char *text, const char *sqlite, const char *pg)
{
    assert_string_equal(expand(DIALECT_SQLITE, text).text, sqlite);
    assert_string_equal(expand(DIALECT_PG, text).text, pg);
}

static void expands(void **state)
{
    (void)state;
    check("SELECT {{columns}} FROM thing WHERE tenant_id = :tenant_id",
          "SELECT id, number, label, box, price FROM thing WHERE tenant_id = ?1",
          "SELECT id, number, label, box, price FROM thing WHERE tenant_id = $1");
    check(
        "SELECT {{ t.columns }}\nFROM thing t WHERE t.id = :id AND t.tenant_id = :tenant_id AND :id > 0;\n",
        "SELECT t.id, t.number, t.label, t.box, t.price\nFROM thing t WHERE t.id = ?1 AND t.tenant_id = ?2 AND ?1 > 0",
        "SELECT t.id, t.number, t.label, t.box, t.price\nFROM thing t WHERE t.id = $1 AND t.tenant_id = $2 AND $1 > "
        "0");
    check("INSERT INTO thing (tenant_id, {{columns}}) VALUES (:tenant_id, {{values}})",
          "INSERT INTO thing (tenant_id, id, number, label, box, price) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
          "INSERT INTO thing (tenant_id, id, number, label, box, price) VALUES ($1, $2, $3, $4, $5, $6)");
    check("UPDATE thing SET {{sets}} WHERE tenant_id = :tenant_id AND id = :id",
          "UPDATE thing SET number = ?1, label = ?2, box = ?3, price = ?4 WHERE tenant_id = ?5 AND id = ?6",
          "UPDATE thing SET number = $1, label = $2, box = $3, price = $4 WHERE tenant_id = $5 AND id = $6");
    // literals stay, comments go
    check("SELECT ':no', 'it''s :no {{no}} -- no' -- :gone 'x\n, /* :gone */ :a@int FROM t WHERE tenant_id=:tenant_id",
          "SELECT ':no', 'it''s :no {{no}} -- no'  \n,   ?1 FROM t WHERE tenant_id=?2",
          "SELECT ':no', 'it''s :no {{no}} -- no'  \n,   $1 FROM t WHERE tenant_id=$2");
    check("WITH c AS MATERIALIZED (SELECT id FROM t WHERE tenant_id = :tenant_id LIMIT 3 {{skip_locked}}) SELECT 1",
          "WITH c AS MATERIALIZED (SELECT id FROM t WHERE tenant_id = ?1 LIMIT 3 ) SELECT 1",
          "WITH c AS MATERIALIZED (SELECT id FROM t WHERE tenant_id = $1 LIMIT 3 FOR UPDATE SKIP LOCKED) SELECT 1");
}

static void types(void **state)
{
    (void)state;
    struct statement st =
        expand(DIALECT_PG, "SELECT 1 FROM thing WHERE tenant_id = :tenant_id AND a < :now_ms AND "
                           "b = :box AND c = :label AND d = :price AND e = :x@blob AND f = :y@real "
                           "AND g = :z@text AND h = :id@int AND i = :x AND j = :computed LIMIT :n@int");
    static const struct {
        const char *name;
        enum field_type type;
    } wanted[] = {{"tenant_id", FIELD_INT}, {"now_ms", FIELD_INT},   {"box", FIELD_BLOB}, {"label", FIELD_TEXT},
                  {"price", FIELD_REAL},    {"x", FIELD_BLOB},       {"y", FIELD_REAL},   {"z", FIELD_TEXT},
                  {"id", FIELD_INT},        {"computed", FIELD_INT}, {"n", FIELD_INT}};
    assert_int_equal(st.param_count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < st.param_count; i++) {
        assert_true(str_equal_z(st.params[i].name, wanted[i].name));
        assert_int_equal(st.params[i].type, wanted[i].type);
    }
    assert_true(st.limited);
    assert_false(expand(DIALECT_PG, "SELECT limits FROM thing WHERE tenant_id = :tenant_id").limited);
}

static void refused(const char *text, const struct record *record, const char *part)
{
    struct sql sql = {"s", text, NULL, 0};
    struct statement st;
    const char *fault = NULL;
    bool ok = query_expand(arena, DIALECT_PG, &sql, record, &st, &fault);
    if (ok || !strstr(fault, part)) {
        print_error("%s\n  %s, wanted: %s\n", text, ok ? "taken" : fault, part);
        _fail(__FILE__, __LINE__);
    }
}

#define TENANT " WHERE tenant_id = :tenant_id"

static void refuses(void **state)
{
    (void)state;
    const struct record *r = &thing_record;
    refused("SELECT {{colums}} FROM t" TENANT, r, "unknown macro colums");
    refused("SELECT {{columns}} FROM t" TENANT, NULL, "needs \"-- record:\"");
    refused("SELECT {{t.values}} FROM t" TENANT, r, "unknown macro");
    refused("SELECT {{columns FROM t" TENANT, r, "without its end");
    refused("SELECT 1 FROM t", r, "no :tenant_id");
    refused("SELECT 1 FROM t" TENANT " AND a = :unknown", r, "without a type");
    refused("SELECT 1 FROM t" TENANT " AND a = :label@int", r, "two types");
    refused("SELECT 1 FROM t" TENANT " AND a = :x@int AND b = :x@text", r, "two types");
    refused("SELECT 1 FROM t" TENANT " AND a = :x@string", r, "unknown type");
    refused("", r, "empty");
    static const char *const bad[] = {
        "SELECT now() FROM t" TENANT,
        "SELECT random () FROM t" TENANT,
        "SELECT CURRENT_TIMESTAMP FROM t" TENANT,
        "SELECT a::text FROM t" TENANT,
        "SELECT \"a\" FROM t" TENANT,
        "SELECT a FROM t" TENANT " AND a ILIKE 'x'",
        "SELECT a FROM t" TENANT " AND a LIKE 'x%'",
        "SELECT a FROM t" TENANT " LIMIT 5 OFFSET 5",
        "SELECT a FROM t" TENANT " LIMIT 5 FOR UPDATE SKIP LOCKED",
        "SELECT a FROM t" TENANT " LIMIT 5 {{skip_locked}}",
        "INSERT INTO t (tenant_id, a) VALUES (:tenant_id, (SELECT max(a) FROM t))",
        "INSERT OR REPLACE INTO t (tenant_id) VALUES (:tenant_id)",
        "SELECT a FROM t" TENANT "; DELETE FROM t",
        "SELECT a FROM t" TENANT " AND a = ?",
        "SELECT a FROM t" TENANT " AND a = $1",
        "SELECT a FROM t" TENANT " AND a == 1",
        "SELECT rowid FROM t" TENANT,
        "SELECT string_agg(a, ',') FROM t" TENANT,
        "SELECT a FROM t, LATERAL (SELECT 1) x" TENANT,
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(bad[i], r, "");
    // what only looks like it
    expand(DIALECT_PG, "SELECT 'now() \" :: ? OFFSET', known, now FROM t" TENANT);
    expand(DIALECT_PG, "INSERT INTO t (tenant_id, id) VALUES (:tenant_id, :id) ON CONFLICT (tenant_id, id) DO UPDATE "
                       "SET number = (SELECT max(u.number) FROM t u WHERE u.tenant_id = :tenant_id)");
    expand(DIALECT_PG, "SELECT a FROM t" TENANT " AND a LIKE :pattern@text ESCAPE '!'");
}

static void migrations(void **state)
{
    (void)state;
    const char *fault = NULL;
    const char *text = "-- TEXT {{x}}\nCREATE TABLE t (tenant_id BIGINT NOT NULL, a TEXT NOT NULL DEFAULT 'TEXT {{', "
                       "b {{blob}} NOT NULL, context BIGINT NOT NULL, PRIMARY KEY (tenant_id, a)) {{clustered}};\n"
                       "UPDATE t SET a = CAST(context AS TEXT);";
    assert_string_equal(migration_expand(arena, DIALECT_SQLITE, text, &fault),
                        "\nCREATE TABLE t (tenant_id BIGINT NOT NULL, a TEXT NOT NULL DEFAULT 'TEXT {{', b BLOB NOT "
                        "NULL, context BIGINT NOT NULL, PRIMARY KEY (tenant_id, a)) WITHOUT ROWID;\nUPDATE t SET a = "
                        "CAST(context AS TEXT);");
    assert_string_equal(migration_expand(arena, DIALECT_PG, text, &fault),
                        "\nCREATE TABLE t (tenant_id BIGINT NOT NULL, a TEXT COLLATE \"C\" NOT NULL DEFAULT 'TEXT {{', "
                        "b BYTEA NOT NULL, context BIGINT NOT NULL, PRIMARY KEY (tenant_id, a)) ;\nUPDATE t SET a = "
                        "CAST(context AS TEXT);");
    assert_null(migration_expand(arena, DIALECT_PG, "CREATE TABLE t (a {{clob}})", &fault));
    assert_null(migration_expand(arena, DIALECT_PG, "CREATE TRIGGER x", &fault));
}

// No text, however odd, may be read past its end or be taken with an untyped parameter.
static void random_texts(void **state)
{
    (void)state;
    static const char *const bits[] = {"'",
                                       "''",
                                       "--",
                                       "\n",
                                       "/*",
                                       "*/",
                                       ":",
                                       "::",
                                       ":a",
                                       ":a@",
                                       "@int",
                                       ":id",
                                       "{{",
                                       "}}",
                                       "{{columns}}",
                                       "{{x.columns}}",
                                       "{{values}}",
                                       " ",
                                       "SELECT ",
                                       ";",
                                       "x",
                                       ":tenant_id",
                                       "(",
                                       ")",
                                       "\xe9\x97\xa8",
                                       "$",
                                       "{{skip_locked}}",
                                       "LIKE ",
                                       "E"};
    unsigned seed = 20260302;
    print_message("seed %u\n", seed);
    for (int round = 0; round < 20000; round++) {
        char text[256];
        size_t n = 0;
        for (int i = rand_r(&seed) % 12; i >= 0; i--)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s",
                                  bits[(size_t)rand_r(&seed) % (sizeof bits / sizeof *bits)]);
        char *exact = strdup(text); // so that a sanitizer sees its end
        struct sql sql = {"s", exact, NULL, 0};
        struct statement st;
        const char *fault = NULL;
        bool ok = query_expand(arena, DIALECT_SQLITE, &sql, &thing_record, &st, &fault);
        assert_true(ok == (fault == NULL));
        migration_expand(arena, DIALECT_PG, exact, &fault);
        free(exact);
        if (round % 500 == 0)
            arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(expands, begin, end),
        cmocka_unit_test_setup_teardown(types, begin, end),
        cmocka_unit_test_setup_teardown(refuses, begin, end),
        cmocka_unit_test_setup_teardown(migrations, begin, end),
        cmocka_unit_test_setup_teardown(random_texts, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
