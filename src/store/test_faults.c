// SPDX-License-Identifier: MulanPSL-2.0
// When things break: a full disk, a lost connection, two programs that migrate at once.
#include "store/test_sample.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

// --- a full disk -----------------------------------------------------------------------------------------------------
static void sqlite_disk(void **state)
{
    (void)state;
    struct ctx *c = test_ctx(sample_parts, 1, "sqlite");
    static char big[200000];
    memset(big, 'x', sizeof big);
    struct sample s = {.id = 1, .secret = {big, sizeof big}};
    expect_ok(c, store_write(c, sample_insert, &s));
    struct rlimit usual, small = {.rlim_cur = 400000};
    getrlimit(RLIMIT_FSIZE, &usual);
    small.rlim_max = usual.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small); // no file may grow past this: write() fails as on a full disk
    int64_t stored = 1, refused = 0;
    for (s.id = 2; s.id < 8; s.id++) {
        enum err err = store_write(c, sample_insert, &s);
        if (err == OK)
            stored++;
        else {
            expect_err(c, err, ERR_BUSY, "store.disk");
            refused++;
        }
        assert_int_equal(sample_count_of(c), stored); // reads go on, and see what was acknowledged
    }
    assert_true(refused > 0);
    setrlimit(RLIMIT_FSIZE, &usual);
    s.id = 100;
    expect_ok(c, store_write(c, sample_insert, &s));
    assert_int_equal(sample_count_of(c), stored + 1);
    expect_ok(c, test_store_reopen(c, sample_parts, 1));
    assert_int_equal(sample_count_of(c), stored + 1);
    test_ctx_free(c);
}

// --- two programs that start at once
// -----------------------------------------------------------------------------------
struct opener {
    const char *url;
    struct ctx *c;
    enum err err;
};

static void *open_store(void *arg)
{
    struct opener *opener = arg;
    struct store_options options = {.url = opener->url, .parts = sample_parts, .part_count = 1};
    struct store *store = NULL;
    opener->err = store_open(opener->c, &options, &store);
    store_close(store);
    return NULL;
}

static void both_start_at_once(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = test_ctx(NULL, 0, *engine); // without the tables of the sample
        struct opener openers[6];
        pthread_t threads[6];
        for (int i = 0; i < 6; i++) {
            openers[i] = (struct opener){test_store_url(c), test_ctx_more(c), OK};
            pthread_create(&threads[i], NULL, open_store, &openers[i]);
        }
        for (int i = 0; i < 6; i++) {
            pthread_join(threads[i], NULL);
            expect_ok(openers[i].c, openers[i].err);
            test_ctx_done(openers[i].c);
        }
        expect_ok(c, test_store_reopen(c, sample_parts, 1));
        assert_int_equal(store_schema_version(c->house->store, "sample"), 2);
        assert_int_equal(sample_count_of(c), 0);
        test_ctx_free(c);
    }
}

// --- PostgreSQL goes away
// ---------------------------------------------------------------------------------------------- Ends every other
// connection of this database that works in the schema of the test.
static void end_connections(struct ctx *c)
{
    PGconn *link = PQconnectdb(test_store_url(c));
    PGresult *result = PQexec(link, "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_class r ON r.oid = "
                                    "l.relation JOIN pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = "
                                    "current_schema() AND l.pid <> pg_backend_pid()");
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    PQclear(result);
    PQfinish(link);
}

struct cut {
    struct sample row;
    int runs;
};

static enum err insert_and_be_cut(struct ctx *c, void *arg)
{
    struct cut *cut = arg;
    TRY(sample_insert(c, &cut->row));
    if (cut->runs++ == 0)
        end_connections(c);
    int64_t n;
    return sample_count(c, &n);
}

static enum err insert_and_lose_commit(struct ctx *c, void *arg)
{
    struct cut *cut = arg;
    TRY(sample_insert(c, &cut->row));
    cut->runs++;
    end_connections(c); // nothing follows but COMMIT
    return OK;
}

static enum err read_and_be_cut(struct ctx *c, void *arg)
{
    TRY(sample_count(c, arg));
    end_connections(c);
    return sample_count(c, arg);
}

static void pg_lost(void **state)
{
    (void)state;
    if (!getenv("TEST_PG_URL")) {
        print_message("SKIPPED: TEST_PG_URL is not set\n");
        return;
    }
    struct ctx *c = test_ctx(sample_parts, 1, "postgresql");
    struct cut cut = {.row = {.id = 1}};
    expect_ok(c, store_write(c, insert_and_be_cut, &cut)); // repeated on another connection
    assert_int_equal(cut.runs, 2);
    assert_int_equal(sample_count_of(c), 1);
    cut = (struct cut){.row = {.id = 2}};
    expect_err(c, store_write(c, insert_and_lose_commit, &cut), ERR_BUSY, "store.commit_unknown");
    assert_int_equal(cut.runs, 1);
    assert_int_equal(sample_count_of(c), 1);
    int64_t n;
    expect_err(c, store_read(c, read_and_be_cut, &n), ERR_BUSY, "store.connection");
    assert_int_equal(sample_count_of(c), 1);
    test_ctx_free(c);
}

static void unreachable(void **state)
{
    (void)state;
    struct ctx *c = test_ctx(sample_parts, 1, "sqlite");
    struct store *store = NULL;
    struct store_options options = {
        .url = "postgres://nobody@127.0.0.1:1/nothing", .parts = sample_parts, .part_count = 1};
    expect_err(c, store_open(c, &options, &store), ERR_BUSY, "store.connection");
    options.url = "mysql://x";
    expect_err(c, store_open(c, &options, &store), ERR_INVALID, "store.bad_url");
    options.url = "sqlite:/nowhere/at/all/linli.db";
    expect_err(c, store_open(c, &options, &store), ERR_BUSY, "store.disk");
    assert_null(store);
    test_ctx_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sqlite_disk),
        cmocka_unit_test(both_start_at_once),
        cmocka_unit_test(pg_lost),
        cmocka_unit_test(unreachable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
