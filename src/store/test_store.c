// SPDX-License-Identifier: MulanPSL-2.0
// One body of tests, run on SQLite always and on PostgreSQL when TEST_PG_URL is set: values, rows, transactions.
#include "store/test_sample.h"

#include <float.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#undef fail

// --- values ----------------------------------------------------------------------------------------------------------
static void round_trip(struct ctx *c, struct sample in)
{
    struct sample out = {.id = in.id};
    expect_ok(c, store_write(c, sample_insert, &in));
    expect_ok(c, store_read(c, sample_find, &out));
    assert_true(str_equal(out.label, in.label));
    assert_int_equal(out.number, in.number);
    assert_true(out.price == in.price);
    assert_int_equal(out.flag, in.flag);
    assert_int_equal(out.at_ms, in.at_ms);
    assert_int_equal(out.state, in.state);
    assert_true(str_equal(out.secret, in.secret));
}

static void test_values(struct ctx *c)
{
    static const char bytes[] = {0, 1, 2, 0, '\'', '\\', (char)0xff, 0};
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    struct sample s = sample_of(1);
    round_trip(c, s);
    s = (struct sample){.id = INT64_MAX,
                        .number = INT64_MIN,
                        .price = DBL_MAX,
                        .at_ms = INT64_MAX,
                        .label = STR("门口𠮷🚲 it's \"quoted\" \\ %_ :x $1 ?2"),
                        .flag = true,
                        .state = SAMPLE_DONE,
                        .secret = {bytes, sizeof bytes}};
    round_trip(c, s);
    s.id = INT64_MIN;
    s.number = INT64_MAX;
    s.price = -DBL_MIN;
    s.secret = (struct str){all, sizeof all};
    round_trip(c, s);
    s.id = 0;
    s.price = 0.1;
    s.label = (struct str){NULL, 0}; // '' and not NULL
    s.secret = (struct str){NULL, 0};
    round_trip(c, s);
    s.id = 7;
    s.price = 4.9406564584124654e-324;
    round_trip(c, s);
    assert_int_equal(sample_count_of(c), 5);
}

static void test_bad_values(struct ctx *c)
{
    struct sample s = sample_of(1);
    s.label = (struct str){"a\0b", 3};
    expect_err(c, store_write(c, sample_insert, &s), ERR_INVALID, "store.bad_text");
    s.label = STR("\xff\xfe");
    expect_err(c, store_write(c, sample_insert, &s), ERR_INVALID, "store.bad_text");
    s.label = STR("");
    s.price = __builtin_inf();
    expect_err(c, store_write(c, sample_insert, &s), ERR_INVALID, "store.bad_number");
    s.price = __builtin_nan("");
    expect_err(c, store_write(c, sample_insert, &s), ERR_INVALID, "store.bad_number");
    s.price = 0;
    s.state = 2;
    expect_err(c, store_write(c, sample_insert, &s), ERR_INTERNAL, "store.bad_argument");
    assert_int_equal(sample_count_of(c), 0);
}

static enum err wrong_calls(struct ctx *c, void *arg)
{
    (void)arg;
    static const struct sql stranger = {"stranger", "SELECT 1", NULL, SQL_ACROSS_TENANTS};
    struct sample s = sample_of(1);
    expect_err(c, db_exec(c, &sql_sample_insert, ARGS(ARG_ROW(&sample_record, &s)), NULL), ERR_INTERNAL,
               "store.write_in_read");
    expect_err(c, db_exec(c, &stranger, NO_ARGS, NULL), ERR_INTERNAL, "store.unknown_statement");
    expect_err(c, db_one(c, &sql_sample_find, NO_ARGS, &sample_record, &s), ERR_INTERNAL, "store.missing_argument");
    expect_err(c, db_one(c, &sql_sample_find, ARGS(ARG_TEXT("id", STR("1"))), &sample_record, &s), ERR_INTERNAL,
               "store.bad_argument");
    expect_err(c, db_one(c, &sql_sample_find, ARGS(ARG_INT("id", 1)), &sample_record, &s), ERR_NOT_FOUND,
               "store.no_row");
    expect_err(c, store_write(c, sample_insert, &s), ERR_INTERNAL, "store.write_in_read");
    return OK;
}

static void test_wrong_calls(struct ctx *c)
{
    struct sample s = sample_of(9);
    expect_err(c, sample_find(c, &s), ERR_INTERNAL, "store.no_transaction");
    expect_ok(c, store_read(c, wrong_calls, NULL));
}

// --- rows ------------------------------------------------------------------------------------------------------------
static enum err fill_many(struct ctx *c, void *arg)
{
    for (int64_t i = 1; i <= *(int64_t *)arg; i++) {
        struct sample s = sample_of(i);
        s.label = str_format(c->arena, "%03lld", (long long)(i % 100));
        s.number = i;
        s.price = 0.5;
        s.state = i % 2 ? SAMPLE_DONE : SAMPLE_NEW;
        TRY(sample_insert(c, &s));
    }
    return OK;
}

struct walk {
    int64_t seen, sum, stop_at, inner;
};

static enum err walk_row(struct ctx *c, void *row, void *arg)
{
    struct walk *walk = arg;
    const struct sample *s = row;
    walk->seen++;
    walk->sum += s->number;
    struct sample again = {.id = s->id};
    if (walk->inner) { // the same statements inside the walk
        TRY(sample_find(c, &again));
        assert_true(str_equal(again.label, s->label));
    }
    return walk->stop_at && walk->seen == walk->stop_at ? fail(c, ERR_CONFLICT, "sample.enough") : OK;
}

static enum err walk_nested(struct ctx *c, void *row, void *arg)
{
    struct walk inner = {0};
    (void)row;
    TRY(db_each(c, &sql_sample_all, NO_ARGS, &sample_record, walk_row, &inner));
    *(int64_t *)arg += inner.seen;
    return OK;
}

static enum err read_rows(struct ctx *c, void *arg)
{
    (void)arg;
    struct rows rows;
    expect_ok(c, db_list(c, &sql_sample_list, ARGS(ARG_INT("limit", 70)), &sample_record, 70, &rows));
    assert_int_equal(rows.count, 70);
    assert_int_equal(((struct sample *)rows.at)[69].number, 70);
    expect_err(c, db_list(c, &sql_sample_list, ARGS(ARG_INT("limit", 70)), &sample_record, 69, &rows), ERR_INTERNAL,
               "store.too_many");
    expect_ok(c, db_list(c, &sql_sample_by_state, ARGS(ARG_INT("state", SAMPLE_DONE)), &sample_record, 100, &rows));
    assert_int_equal(rows.count, 100);
    assert_int_equal(((struct sample *)rows.at)[99].state, SAMPLE_DONE);
    struct walk walk = {.inner = 1};
    expect_ok(c, db_each(c, &sql_sample_all, NO_ARGS, &sample_record, walk_row, &walk));
    assert_int_equal(walk.seen, 1200);
    assert_int_equal(walk.sum, 1200 * 1201 / 2);
    walk = (struct walk){.stop_at = 7};
    expect_err(c, db_each(c, &sql_sample_all, NO_ARGS, &sample_record, walk_row, &walk), ERR_CONFLICT, "sample.enough");
    assert_int_equal(walk.seen, 7);
    int64_t n = 0;
    expect_ok(c, db_number(c, &sql_sample_sum, NO_ARGS, &n));
    assert_int_equal(n, 1200 * 1201 / 2);
    expect_ok(c, db_number(c, &sql_sample_like, ARGS(ARG_TEXT("pattern", STR("0!_%"))), &n));
    assert_int_equal(n, 0);
    expect_ok(c, db_number(c, &sql_sample_like, ARGS(ARG_TEXT("pattern", STR("01_"))), &n));
    assert_int_equal(n, 120);
    struct total total;
    expect_ok(c, db_one(c, &sql_sample_total, ARGS(ARG_INT("above", 1198)), &total_record, &total));
    assert_int_equal(total.count, 2);
    assert_int_equal(total.number, 1200);
    assert_true(total.price == 1.0 && str_equal(total.label, STR("000")));
    expect_ok(c, db_one(c, &sql_sample_total, ARGS(ARG_INT("above", 5000)), &total_record, &total));
    assert_true(total.count == 0 && total.number == 0 && total.price == 0.0 && total.label.n == 0);
    return OK;
}

static enum err read_nested(struct ctx *c, void *arg)
{
    return db_each(c, &sql_sample_all, NO_ARGS, &sample_record, walk_nested, arg);
}

static void test_rows(struct ctx *c)
{
    int64_t n = 1200, seen = 0;
    expect_ok(c, store_write(c, fill_many, &n));
    expect_ok(c, store_read(c, read_rows, NULL));
    c->tenant_id = 2;
    assert_int_equal(sample_count_of(c), 0);
    n = 9;
    expect_ok(c, store_write(c, fill_many, &n));
    expect_ok(c, store_read(c, read_nested, &seen));
    assert_int_equal(seen, 81);
}

static enum err update_all(struct ctx *c, void *arg)
{
    int64_t changed = -1;
    struct sample s = sample_of(1);
    TRY(sample_insert(c, &s));
    s.number = 5;
    expect_ok(c, db_exec(c, &sql_sample_update, ARGS(ARG_ROW(&sample_record, &s)), &changed));
    assert_int_equal(changed, 1);
    s.id = 2;
    expect_ok(c, db_exec(c, &sql_sample_update, ARGS(ARG_ROW(&sample_record, &s)), &changed));
    assert_int_equal(changed, 0);
    s.id = 1;
    s.number = 17;
    // An arg before the row wins over it.
    expect_ok(c, db_number(c, &sql_sample_upsert, ARGS(ARG_INT("number", 18), ARG_ROW(&sample_record, &s)), arg));
    expect_ok(c, db_exec(c, &sql_sample_insert_once, ARGS(ARG_ROW(&sample_record, &s)), &changed));
    assert_int_equal(changed, 0);
    s.id = 3;
    expect_ok(c, db_exec(c, &sql_sample_insert_once, ARGS(ARG_ROW(&sample_record, &s)), &changed));
    assert_int_equal(changed, 1);
    return OK;
}

static void test_changes(struct ctx *c)
{
    int64_t number = 0;
    expect_ok(c, store_write(c, update_all, &number));
    assert_int_equal(number, 18);
}

// --- transactions ----------------------------------------------------------------------------------------------------
static enum err swallow_duplicate(struct ctx *c, void *arg)
{
    struct sample other = sample_of(77);
    TRY(sample_insert(c, &other));
    assert_int_equal(sample_insert(c, arg), ERR_CONFLICT);
    expect_err(c, sample_insert(c, &other), ERR_INTERNAL, "store.failed_transaction");
    return OK; // wrong: the error has to be returned
}

static enum err nested_insert(struct ctx *c, void *arg)
{
    TRY(store_write(c, sample_insert, arg));
    return store_read(c, sample_find, arg);
}

static void test_transactions(struct ctx *c)
{
    struct sample s = sample_of(5);
    expect_err(c, store_write(c, sample_insert_and_refuse, &s), ERR_FORBIDDEN, "sample.no");
    assert_int_equal(sample_count_of(c), 0);
    expect_ok(c, store_write(c, nested_insert, &s));
    expect_err(c, store_write(c, sample_insert, &s), ERR_CONFLICT, "store.duplicate");
    expect_err(c, store_write(c, swallow_duplicate, &s), ERR_INTERNAL, "store.failed_transaction");
    int64_t nobody = 404;
    expect_err(c, store_write(c, child_insert_orphan, &nobody), ERR_CONFLICT, "store.reference");
    assert_int_equal(sample_count_of(c), 1);
    assert_null(c->db);
}

struct pair_reader {
    struct ctx *other;
    int64_t before, after;
};

static enum err insert_elsewhere(struct ctx *c, void *arg)
{
    (void)c;
    struct sample s = sample_of(600);
    expect_ok(arg, store_write(arg, sample_insert, &s));
    return OK;
}

static void *write_elsewhere(void *arg)
{
    insert_elsewhere(arg, arg);
    return NULL;
}

static enum err read_twice(struct ctx *c, void *arg)
{
    struct pair_reader *pair = arg;
    TRY(sample_count(c, &pair->before));
    pthread_t thread;
    pthread_create(&thread, NULL, write_elsewhere, pair->other);
    pthread_join(thread, NULL);
    return sample_count(c, &pair->after);
}

static void test_snapshot(struct ctx *c)
{
    struct pair_reader pair = {.other = test_ctx_more(c)};
    expect_ok(c, store_read(c, read_twice, &pair));
    assert_int_equal(pair.before, 0);
    assert_int_equal(pair.after, 0);
    assert_int_equal(sample_count_of(c), 1);
    test_ctx_done(pair.other);
}

// --- limits ----------------------------------------------------------------------------------------------------------
static enum err slow(struct ctx *c, void *arg)
{
    return db_number(c, &sql_sample_slow, ARGS(ARG_INT("up_to", INT64_C(100000000))), arg);
}

static void test_deadline(struct ctx *c)
{
    struct store *usual = c->house->store, *hurried;
    struct store_options options = {
        .url = test_store_url(c), .parts = sample_parts, .part_count = 1, .statement_deadline_ms = 200};
    expect_ok(c, store_open(c, &options, &hurried));
    test_house(c)->store = hurried;
    int64_t n = 0;
    expect_err(c, store_read(c, slow, &n), ERR_BUSY, "store.deadline");
    expect_err(c, store_write(c, slow, &n), ERR_BUSY, "store.deadline");
    struct sample s = sample_of(3);
    expect_ok(c, store_write(c, sample_insert, &s));
    assert_int_equal(sample_count_of(c), 1);
    store_close(hurried);
    test_house(c)->store = usual;
}

// --- all
// --------------------------------------------------------------------------------------------------------------
ON_BOTH(values)
ON_BOTH(bad_values)
ON_BOTH(wrong_calls)
ON_BOTH(rows)
ON_BOTH(changes)
ON_BOTH(transactions)
ON_BOTH(snapshot)
ON_BOTH(deadline)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_values),   cmocka_unit_test(both_bad_values), cmocka_unit_test(both_wrong_calls),
        cmocka_unit_test(both_rows),     cmocka_unit_test(both_changes),    cmocka_unit_test(both_transactions),
        cmocka_unit_test(both_snapshot), cmocka_unit_test(both_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
