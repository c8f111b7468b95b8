// SPDX-License-Identifier: MulanPSL-2.0
// The store's tables as wholes: migrations, copying from engine to engine, the contract every module keeps.
#include "store/test_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#undef fail

// --- migrations ------------------------------------------------------------------------------------------------------
static void test_migrations(struct ctx *c)
{
    static const struct migration none[] = {{0, NULL, NULL}};
    static const struct migration broken[] = {{1, "001", "SELECT 1"},
                                              {2, "002", "SELECT 1"},
                                              {3, "003_broken", "CREATE TABLE half (a BIGINT NOT NULL); CREATE oops"},
                                              {0, NULL, NULL}};
    struct migration first[2] = {test_store_migrations[0], {0, NULL, NULL}};
    struct store_part old[] = {{.module = "sample", .migrations = none}};
    // c began with nothing: one step, then the rest, with rows kept
    assert_int_equal(store_schema_version(c->house->store, "sample"), 0);
    old[0].migrations = first;
    expect_ok(c, test_store_reopen(c, old, 1));
    assert_int_equal(store_schema_version(c->house->store, "sample"), 1);
    expect_ok(c, test_store_reopen(c, sample_parts, 1));
    assert_int_equal(store_schema_version(c->house->store, "sample"), 2);
    struct sample s = sample_of(4);
    expect_ok(c, store_write(c, sample_insert, &s));
    expect_ok(c, test_store_reopen(c, sample_parts, 1)); // nothing to do
    assert_int_equal(sample_count_of(c), 1);
    old[0].migrations = first;
    expect_err(c, test_store_reopen(c, old, 1), ERR_CONFLICT, "store.newer_schema");
    old[0].migrations = broken;
    expect_err(c, test_store_reopen(c, old, 1), ERR_INTERNAL, "store.bad_migration");
    expect_ok(c, test_store_reopen(c, sample_parts, 1));
    assert_int_equal(store_schema_version(c->house->store, "sample"), 2);
    assert_int_equal(sample_count_of(c), 1);
}

// --- tables ----------------------------------------------------------------------------------------------------------
struct copy {
    struct ctx *to;
    struct str table;
    int64_t rows;
};

static enum err put_row(struct ctx *c, const struct store_value *values, size_t n, void *arg)
{
    (void)c;
    struct copy *copy = arg;
    copy->rows++;
    return store_table_put(copy->to, copy->table, values, n);
}

static enum err copy_tables(struct ctx *c, void *arg)
{
    struct copy *copy = arg;
    struct str *names;
    size_t n;
    TRY(store_tables(c, &names, &n));
    assert_int_equal(n, 2);
    assert_true(str_equal(names[0], STR("sample")) && str_equal(names[1], STR("child")));
    for (size_t i = 0; i < n; i++) {
        copy->table = names[i];
        TRY(store_table_each(c, names[i], put_row, copy));
    }
    struct store_column *columns;
    expect_err(c, store_table_columns(c, STR("nothing"), &columns, &n), ERR_NOT_FOUND, "store.no_table");
    expect_err(c, store_table_columns(c, STR("sample; x"), &columns, &n), ERR_NOT_FOUND, "store.no_table");
    return OK;
}

static enum err copy_into(struct ctx *c, void *arg)
{
    (void)c;
    struct copy *copy = ((void **)arg)[0];
    struct ctx *from = ((void **)arg)[1];
    return store_read(from, copy_tables, copy);
}

static void test_copy(struct ctx *c)
{
    struct sample s = sample_of(11);
    s.label = STR("𠮷'");
    s.price = 3; // a whole number stays a real
    s.secret = (struct str){"\0\xff", 2};
    expect_ok(c, store_write(c, sample_insert, &s));
    int64_t id = 11;
    expect_ok(c, store_write(c, child_insert_orphan, &id));
    struct ctx *to = test_ctx(sample_parts, 1, "sqlite");
    struct copy copy = {.to = to};
    expect_ok(to, store_write(to, copy_into, (void *[]){&copy, c}));
    assert_int_equal(copy.rows, 2);
    struct sample out = {.id = 11};
    expect_ok(to, store_read(to, sample_find, &out));
    assert_true(str_equal(out.label, s.label) && out.price == 3.0 && str_equal(out.secret, s.secret));
    test_ctx_free(to);
}

static void test_contract(struct ctx *c)
{
    assert_int_equal(store_contract_check(c, sample_parts, 1), 0);
}

// A module whose tables and statements break the rules: the contract must see each.
static void test_contract_sees(struct ctx *c)
{
    static const struct migration bad[] = {
        {1, "001_bad",
         "CREATE TABLE parent (tenant_id BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (id)); "
         "CREATE TABLE total (tenant_id BIGINT NOT NULL, id BIGINT NOT NULL, number TEXT NOT NULL, odd TEXT NOT NULL, "
         "parent_id BIGINT NOT NULL REFERENCES parent (id), PRIMARY KEY (tenant_id, id))"},
        {0, NULL, NULL}};
    struct record total_table = total_record;
    total_table.table = "total";
    static const struct sql missing = {"missing", "SELECT nothing FROM total WHERE tenant_id = :tenant_id", "total", 0};
    static const struct sql odd = {"odd", "SELECT odd FROM total WHERE tenant_id = :tenant_id", "total", 0};
    const struct sql *const statements[] = {&missing, &odd, NULL};
    const struct record *const bad_records[] = {&total_table, NULL};
    const struct store_part part = {"bad", statements, bad, bad_records};
    expect_ok(c, test_store_reopen(c, &part, 1));
    // missing, odd; columns id, odd and parent_id without a field, number of another type; fields sample_count, price
    // and label without a column; SQLite: an index and a foreign key
    size_t wanted = strcmp(store_engine(c->house->store), "sqlite") ? 9 : 11;
    assert_int_equal(store_contract_check(c, &part, 1), wanted);
}

// --- all
// --------------------------------------------------------------------------------------------------------------
ON_BOTH(copy)
ON_BOTH(contract)

static void both_contract_sees(void **state)
{
    (void)state;
    on_each_engine(test_contract_sees, NULL, 0);
}

static void both_migrations(void **state)
{
    (void)state;
    on_each_engine(test_migrations, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_copy),
        cmocka_unit_test(both_contract),
        cmocka_unit_test(both_contract_sees),
        cmocka_unit_test(both_migrations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
