// SPDX-License-Identifier: MulanPSL-2.0
// Many writers at once, and a program killed amid its writes.
#include "store/test_sample.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

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
    TRY(sample_find(c, &s));
    return db_exec(c, &sql_sample_set_number, ARGS(ARG_INT("id", 1), ARG_INT("number", s.number + 1)), NULL);
}

static void *add_often(void *arg)
{
    struct crowd *crowd = arg;
    for (int i = 0; i < ROUNDS; i++) {
        // Every fourth write of half the threads fails by itself: it must take nothing with it.
        struct sample bad = sample_of(1);
        if (i % 4 == 3 && crowd->index % 2) {
            expect_err(crowd->c, store_write(crowd->c, sample_insert_and_refuse, &(struct sample){.id = 1000}),
                       ERR_FORBIDDEN, NULL);
            expect_err(crowd->c, store_write(crowd->c, sample_insert, &bad), ERR_CONFLICT, "store.duplicate");
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
    enum err err = store_write(crowd->c, sample_insert, &s);
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
    expect_ok(c, store_write(c, sample_insert, &s));
    store_on_commit(c->house->store, count_commits, &commits);
    int stored, refused;
    run_crowd(c, THREADS, add_often, &stored, &refused);
    expect_ok(c, store_read(c, sample_find, &s));
    assert_int_equal(s.number, stored);
    assert_int_equal(refused, 0);
    assert_int_equal(stored, THREADS * ROUNDS);
    assert_int_equal(sample_count_of(c), 1);
    assert_true(commits > 0 && commits <= stored);
}

static void test_one_wins(struct ctx *c)
{
    int stored, refused;
    run_crowd(c, 20, insert_same, &stored, &refused);
    assert_int_equal(stored, 1);
    assert_int_equal(refused, 19);
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
        if (store_write(c, sample_insert, &s) == OK && write(fd, &s.id, sizeof s.id) != sizeof s.id)
            return NULL;
        test_ctx_reset(c);
    }
}

static _Noreturn void child_process(struct ctx *c, int fd)
{
    expect_ok(c, test_store_reopen(c, sample_parts, 1));
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
    expect_ok(c, test_store_reopen(c, sample_parts, 1));
    int64_t id, acknowledged = 0, last = 0;
    while (read(fds[0], &id, sizeof id) == sizeof id) {
        struct sample s = {.id = id};
        if (++acknowledged == 2000)
            kill(pid, SIGKILL);
        last = id;
        if (acknowledged >= 2000) // after the kill the pipe still holds what was answered
            expect_ok(c, store_read(c, sample_find, &s));
        test_ctx_reset(c);
    }
    close(fds[0]);
    waitpid(pid, NULL, 0);
    assert_true(acknowledged >= 2000 && last > 0);
    assert_true(sample_count_of(c) >= acknowledged);
    print_message("killed after %lld acknowledged writes, %lld stored\n", (long long)acknowledged,
                  (long long)sample_count_of(c));
}

// --- all
// --------------------------------------------------------------------------------------------------------------
ON_BOTH(lost_updates)
ON_BOTH(one_wins)

static void sqlite_kill(void **state)
{
    (void)state;
    struct ctx *c = test_ctx(sample_parts, 1, "sqlite");
    test_kill(c);
    test_ctx_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_lost_updates),
        cmocka_unit_test(both_one_wins),
        cmocka_unit_test(sqlite_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
