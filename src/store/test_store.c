// SPDX-License-Identifier: MulanPSL-2.0
// One body of tests, run on SQLite always and on PostgreSQL when TEST_PG_URL is set.
#include "store/test_store_util.h"
#include "test_store_sql.h"

#include <float.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

// --- the sample module -----------------------------------------------------------------------------------------------
enum sample_state { SAMPLE_NEW, SAMPLE_DONE };
static const char *const state_names[] = {"new", "done", NULL};
struct sample {
    int64_t id;
    struct str label;
    int64_t number;
    double price;
    bool flag;
    int64_t at_ms;
    int state;
    struct str secret;
    struct str extra;
    int64_t shown; // computed
};
static const struct field sample_fields[] = {
    {FIELD_AT(struct sample, id), .type = FIELD_ID, .flags = FIELD_KEY},
    {FIELD_AT(struct sample, label), .type = FIELD_TEXT},
    {FIELD_AT(struct sample, number), .type = FIELD_INT},
    {FIELD_AT(struct sample, price), .type = FIELD_REAL},
    {FIELD_AT(struct sample, flag), .type = FIELD_BOOL},
    {FIELD_AT(struct sample, at_ms), .type = FIELD_TIME},
    {FIELD_AT(struct sample, state), .type = FIELD_ENUM, .names = state_names},
    {FIELD_AT(struct sample, secret), .type = FIELD_SEALED},
    {FIELD_AT(struct sample, extra), .type = FIELD_TEXT},
    {FIELD_AT(struct sample, shown), .type = FIELD_INT, .flags = FIELD_COMPUTED},
};
static const struct record sample_record = {
    .name = "sample", .table = "sample", .size_bytes = sizeof(struct sample), FIELDS(sample_fields)};

struct child {
    int64_t sample_id, id;
    struct str note;
};
static const struct field child_fields[] = {
    {FIELD_AT(struct child, sample_id), .type = FIELD_ID, .flags = FIELD_KEY},
    {FIELD_AT(struct child, id), .type = FIELD_ID, .flags = FIELD_KEY},
    {FIELD_AT(struct child, note), .type = FIELD_TEXT},
};
static const struct record child_record = {
    .name = "child", .table = "child", .size_bytes = sizeof(struct child), FIELDS(child_fields)};

struct total {
    int64_t count, number;
    double price;
    struct str label;
};
static const struct field total_fields[] = {
    {FIELD_AT(struct total, count), .type = FIELD_INT},
    {FIELD_AT(struct total, number), .type = FIELD_INT},
    {FIELD_AT(struct total, price), .type = FIELD_REAL},
    {FIELD_AT(struct total, label), .type = FIELD_TEXT},
};
static const struct record total_record = {.name = "total", .size_bytes = sizeof(struct total), FIELDS(total_fields)};

static const struct record *const records[] = {&sample_record, &child_record, &total_record, NULL};
static const struct store_part parts[] = {
    {.module = "sample", .statements = test_store_statements, .migrations = test_store_migrations, .records = records}};

static struct sample sample_of(int64_t id)
{
    return (struct sample){.id = id, .label = STR("label"), .secret = STR("s"), .extra = STR("")};
}

static enum err insert(struct ctx *c, void *arg)
{
    return db_exec(c, &sql_sample_insert, ARGS(ARG_ROW(&sample_record, arg)), NULL);
}

static enum err find(struct ctx *c, void *arg) // by its id, in place
{
    struct sample *sample = arg;
    return db_one(c, &sql_sample_find, ARGS(ARG_INT("id", sample->id)), &sample_record, sample);
}

static enum err count(struct ctx *c, void *arg)
{
    return db_number(c, &sql_sample_count, NO_ARGS, arg);
}

static int64_t count_of(struct ctx *c)
{
    int64_t n = -1;
    expect_ok(c, store_read(c, count, &n));
    return n;
}

// --- values ----------------------------------------------------------------------------------------------------------
static void round_trip(struct ctx *c, struct sample in)
{
    struct sample out = {.id = in.id};
    expect_ok(c, store_write(c, insert, &in));
    expect_ok(c, store_read(c, find, &out));
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
    assert_int_equal(count_of(c), 5);
}

static void test_bad_values(struct ctx *c)
{
    struct sample s = sample_of(1);
    s.label = (struct str){"a\0b", 3};
    expect_err(c, store_write(c, insert, &s), ERR_INVALID, "store.bad_text");
    s.label = STR("\xff\xfe");
    expect_err(c, store_write(c, insert, &s), ERR_INVALID, "store.bad_text");
    s.label = STR("");
    s.price = __builtin_inf();
    expect_err(c, store_write(c, insert, &s), ERR_INVALID, "store.bad_number");
    s.price = __builtin_nan("");
    expect_err(c, store_write(c, insert, &s), ERR_INVALID, "store.bad_number");
    s.price = 0;
    s.state = 2;
    expect_err(c, store_write(c, insert, &s), ERR_INTERNAL, "store.bad_argument");
    assert_int_equal(count_of(c), 0);
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
    expect_err(c, store_write(c, insert, &s), ERR_INTERNAL, "store.write_in_read");
    return OK;
}

static void test_wrong_calls(struct ctx *c)
{
    struct sample s = sample_of(9);
    expect_err(c, find(c, &s), ERR_INTERNAL, "store.no_transaction");
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
        TRY(insert(c, &s));
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
        TRY(find(c, &again));
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
    assert_int_equal(count_of(c), 0);
    n = 9;
    expect_ok(c, store_write(c, fill_many, &n));
    expect_ok(c, store_read(c, read_nested, &seen));
    assert_int_equal(seen, 81);
}

static enum err update_all(struct ctx *c, void *arg)
{
    int64_t changed = -1;
    struct sample s = sample_of(1);
    TRY(insert(c, &s));
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
static enum err insert_and_refuse(struct ctx *c, void *arg)
{
    TRY(insert(c, arg));
    int64_t n;
    TRY(count(c, &n));
    assert_true(n > 0);
    return fail(c, ERR_FORBIDDEN, "sample.no");
}

static enum err swallow_duplicate(struct ctx *c, void *arg)
{
    struct sample other = sample_of(77);
    TRY(insert(c, &other));
    assert_int_equal(insert(c, arg), ERR_CONFLICT);
    expect_err(c, insert(c, &other), ERR_INTERNAL, "store.failed_transaction");
    return OK; // wrong: the error has to be returned
}

static enum err insert_orphan(struct ctx *c, void *arg)
{
    struct child child = {.sample_id = *(int64_t *)arg, .id = 1, .note = STR("")};
    return db_exec(c, &sql_child_insert, ARGS(ARG_ROW(&child_record, &child)), NULL);
}

static enum err nested_insert(struct ctx *c, void *arg)
{
    TRY(store_write(c, insert, arg));
    return store_read(c, find, arg);
}

static void test_transactions(struct ctx *c)
{
    struct sample s = sample_of(5);
    expect_err(c, store_write(c, insert_and_refuse, &s), ERR_FORBIDDEN, "sample.no");
    assert_int_equal(count_of(c), 0);
    expect_ok(c, store_write(c, nested_insert, &s));
    expect_err(c, store_write(c, insert, &s), ERR_CONFLICT, "store.duplicate");
    expect_err(c, store_write(c, swallow_duplicate, &s), ERR_INTERNAL, "store.failed_transaction");
    int64_t nobody = 404;
    expect_err(c, store_write(c, insert_orphan, &nobody), ERR_CONFLICT, "store.reference");
    assert_int_equal(count_of(c), 1);
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
    expect_ok(arg, store_write(arg, insert, &s));
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
    TRY(count(c, &pair->before));
    pthread_t thread;
    pthread_create(&thread, NULL, write_elsewhere, pair->other);
    pthread_join(thread, NULL);
    return count(c, &pair->after);
}

static void test_snapshot(struct ctx *c)
{
    struct pair_reader pair = {.other = test_ctx_more(c)};
    expect_ok(c, store_read(c, read_twice, &pair));
    assert_int_equal(pair.before, 0);
    assert_int_equal(pair.after, 0);
    assert_int_equal(count_of(c), 1);
    test_ctx_done(pair.other);
}

// --- many at once ----------------------------------------------------------------------------------------------------
#define THREADS 64
#define ROUNDS 20
struct crowd {
    struct ctx *c;
    int index;
    atomic_int *stored, *refused;
};

static enum err read_then_add(struct ctx *c, void *arg)
{
    (void)arg;
    struct sample s = {.id = 1};
    TRY(find(c, &s));
    return db_exec(c, &sql_sample_set_number, ARGS(ARG_INT("id", 1), ARG_INT("number", s.number + 1)), NULL);
}

static void *add_often(void *arg)
{
    struct crowd *crowd = arg;
    for (int i = 0; i < ROUNDS; i++) {
        // Every fourth write of half the threads fails by itself: it must take nothing with it.
        struct sample bad = sample_of(1);
        if (i % 4 == 3 && crowd->index % 2) {
            expect_err(crowd->c, store_write(crowd->c, insert_and_refuse, &(struct sample){.id = 1000}), ERR_FORBIDDEN,
                       NULL);
            expect_err(crowd->c, store_write(crowd->c, insert, &bad), ERR_CONFLICT, "store.duplicate");
        }
        enum err err = store_write(crowd->c, read_then_add, NULL);
        if (err == OK)
            atomic_fetch_add(crowd->stored, 1);
        else
            atomic_fetch_add(crowd->refused, 1);
    }
    return NULL;
}

static void *insert_same(void *arg)
{
    struct crowd *crowd = arg;
    struct sample s = sample_of(50);
    enum err err = store_write(crowd->c, insert, &s);
    if (err == OK)
        atomic_fetch_add(crowd->stored, 1);
    else {
        expect_err(crowd->c, err, ERR_CONFLICT, "store.duplicate");
        atomic_fetch_add(crowd->refused, 1);
    }
    return NULL;
}

static void run_crowd(struct ctx *c, int threads, void *(*fn)(void *), int *ret_stored, int *ret_refused)
{
    atomic_int stored = 0, refused = 0;
    struct crowd crowds[THREADS];
    pthread_t ids[THREADS];
    for (int i = 0; i < threads; i++) {
        crowds[i] = (struct crowd){test_ctx_more(c), i, &stored, &refused};
        assert_int_equal(pthread_create(&ids[i], NULL, fn, &crowds[i]), 0);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        test_ctx_done(crowds[i].c);
    }
    *ret_stored = stored;
    *ret_refused = refused;
}

static void count_commits(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
}

static void test_lost_updates(struct ctx *c)
{
    struct sample s = sample_of(1);
    atomic_int commits = 0;
    expect_ok(c, store_write(c, insert, &s));
    store_on_commit(c->house->store, count_commits, &commits);
    int stored, refused;
    run_crowd(c, THREADS, add_often, &stored, &refused);
    expect_ok(c, store_read(c, find, &s));
    assert_int_equal(s.number, stored);
    assert_int_equal(refused, 0);
    assert_int_equal(stored, THREADS * ROUNDS);
    assert_int_equal(count_of(c), 1);
    assert_true(commits > 0 && commits <= stored);
}

static void test_one_wins(struct ctx *c)
{
    int stored, refused;
    run_crowd(c, 20, insert_same, &stored, &refused);
    assert_int_equal(stored, 1);
    assert_int_equal(refused, 19);
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
        .url = test_store_url(c), .parts = parts, .part_count = 1, .statement_deadline_ms = 200};
    expect_ok(c, store_open(c, &options, &hurried));
    test_house(c)->store = hurried;
    int64_t n = 0;
    expect_err(c, store_read(c, slow, &n), ERR_BUSY, "store.deadline");
    expect_err(c, store_write(c, slow, &n), ERR_BUSY, "store.deadline");
    struct sample s = sample_of(3);
    expect_ok(c, store_write(c, insert, &s));
    assert_int_equal(count_of(c), 1);
    store_close(hurried);
    test_house(c)->store = usual;
}

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
    expect_ok(c, test_store_reopen(c, parts, 1));
    assert_int_equal(store_schema_version(c->house->store, "sample"), 2);
    struct sample s = sample_of(4);
    expect_ok(c, store_write(c, insert, &s));
    expect_ok(c, test_store_reopen(c, parts, 1)); // nothing to do
    assert_int_equal(count_of(c), 1);
    old[0].migrations = first;
    expect_err(c, test_store_reopen(c, old, 1), ERR_CONFLICT, "store.newer_schema");
    old[0].migrations = broken;
    expect_err(c, test_store_reopen(c, old, 1), ERR_INTERNAL, "store.bad_migration");
    expect_ok(c, test_store_reopen(c, parts, 1));
    assert_int_equal(store_schema_version(c->house->store, "sample"), 2);
    assert_int_equal(count_of(c), 1);
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
    expect_ok(c, store_write(c, insert, &s));
    int64_t id = 11;
    expect_ok(c, store_write(c, insert_orphan, &id));
    struct ctx *to = test_ctx(parts, 1, "sqlite");
    struct copy copy = {.to = to};
    expect_ok(to, store_write(to, copy_into, (void *[]){&copy, c}));
    assert_int_equal(copy.rows, 2);
    struct sample out = {.id = 11};
    expect_ok(to, store_read(to, find, &out));
    assert_true(str_equal(out.label, s.label) && out.price == 3.0 && str_equal(out.secret, s.secret));
    test_ctx_free(to);
}

static void test_contract(struct ctx *c)
{
    assert_int_equal(store_contract_check(c, parts, 1), 0);
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
    static const struct record total_table = {
        .name = "total", .table = "total", .size_bytes = sizeof(struct total), FIELDS(total_fields)};
    static const struct sql missing = {"missing", "SELECT nothing FROM total WHERE tenant_id = :tenant_id", "total", 0};
    static const struct sql odd = {"odd", "SELECT odd FROM total WHERE tenant_id = :tenant_id", "total", 0};
    const struct sql *const statements[] = {&missing, &odd, NULL};
    const struct record *const bad_records[] = {&total_table, NULL};
    const struct store_part part = {"bad", statements, bad, bad_records};
    expect_ok(c, test_store_reopen(c, &part, 1));
    // missing, odd; columns id, odd and parent_id without a field, number of another type; fields count, price and
    // label without a column; SQLite: an index and a foreign key
    size_t wanted = strcmp(store_engine(c->house->store), "sqlite") ? 9 : 11;
    assert_int_equal(store_contract_check(c, &part, 1), wanted);
}

// --- kill -9 ---------------------------------------------------------------------------------------------------------
static void *insert_forever(void *arg)
{
    void **args = arg;
    struct ctx *c = test_ctx_more(args[0]);
    int fd = *(int *)args[1];
    static atomic_llong next = 1;
    for (;;) {
        struct sample s = sample_of(atomic_fetch_add(&next, 1));
        if (store_write(c, insert, &s) == OK && write(fd, &s.id, sizeof s.id) != sizeof s.id)
            return NULL;
        test_ctx_reset(c);
    }
}

static _Noreturn void child_process(struct ctx *c, int fd)
{
    expect_ok(c, test_store_reopen(c, parts, 1));
    pthread_t thread;
    void *args[] = {c, &fd};
    for (int i = 0; i < 8; i++)
        pthread_create(&thread, NULL, insert_forever, args);
    pthread_join(thread, NULL);
    _exit(0);
}

static void test_kill(struct ctx *c)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    store_close(test_house(c)->store); // a file must not be open across a fork
    test_house(c)->store = NULL;
    pid_t pid = fork();
    if (pid == 0)
        child_process(c, fds[1]);
    close(fds[1]);
    expect_ok(c, test_store_reopen(c, parts, 1));
    int64_t id, acknowledged = 0, last = 0;
    while (read(fds[0], &id, sizeof id) == sizeof id) {
        struct sample s = {.id = id};
        if (++acknowledged == 2000)
            kill(pid, SIGKILL);
        last = id;
        if (acknowledged >= 2000) // after the kill the pipe still holds what was answered
            expect_ok(c, store_read(c, find, &s));
        test_ctx_reset(c);
    }
    close(fds[0]);
    waitpid(pid, NULL, 0);
    assert_true(acknowledged >= 2000 && last > 0);
    assert_true(count_of(c) >= acknowledged);
    print_message("killed after %lld acknowledged writes, %lld stored\n", (long long)acknowledged,
                  (long long)count_of(c));
}

// --- all -------------------------------------------------------------------------------------------------------------
static void on_each_engine(void (*test)(struct ctx *c), const struct store_part *with, size_t n)
{
    for (const char *const *engine = test_engines(); *engine; engine++) {
        print_message("%s\n", *engine);
        struct ctx *c = test_ctx(with, n, *engine);
        test(c);
        test_ctx_free(c);
    }
}

#define ON_BOTH(name)                                                                                                  \
    static void both_##name(void **state)                                                                              \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        on_each_engine(test_##name, parts, 1);                                                                         \
    }
ON_BOTH(values)
ON_BOTH(bad_values)
ON_BOTH(wrong_calls)
ON_BOTH(rows)
ON_BOTH(changes)
ON_BOTH(transactions)
ON_BOTH(snapshot)
ON_BOTH(lost_updates)
ON_BOTH(one_wins)
ON_BOTH(deadline)
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

static void sqlite_kill(void **state)
{
    (void)state;
    struct ctx *c = test_ctx(parts, 1, "sqlite");
    test_kill(c);
    test_ctx_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_values),        cmocka_unit_test(both_bad_values),   cmocka_unit_test(both_wrong_calls),
        cmocka_unit_test(both_rows),          cmocka_unit_test(both_changes),      cmocka_unit_test(both_transactions),
        cmocka_unit_test(both_snapshot),      cmocka_unit_test(both_lost_updates), cmocka_unit_test(both_one_wins),
        cmocka_unit_test(both_deadline),      cmocka_unit_test(both_copy),         cmocka_unit_test(both_contract),
        cmocka_unit_test(both_contract_sees), cmocka_unit_test(both_migrations),   cmocka_unit_test(sqlite_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
