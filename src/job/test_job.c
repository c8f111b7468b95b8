// SPDX-License-Identifier: MulanPSL-2.0
#include "job/test_each.h"

#include "job/lease.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// What the jobs below tell of themselves. A job is a plain function without argument, so it is static here.
static atomic_int ran, at_once, overlapped, other_ran;
static atomic_llong last_run_ms;

static enum err count_run(struct ctx *c)
{
    assert_int_equal(c->actor.kind, ACTOR_SYSTEM);
    assert_null(c->db);
    if (atomic_fetch_add(&at_once, 1))
        atomic_fetch_add(&overlapped, 1);
    atomic_fetch_add(&ran, 1);
    atomic_store(&last_run_ms, c->now_ms);
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    atomic_fetch_sub(&at_once, 1);
    return OK;
}

static enum err always_fails(struct ctx *c)
{
    return fail(c, ERR_INTERNAL, "test.no");
}

static enum err run_other(struct ctx *c)
{
    (void)c;
    atomic_fetch_add(&other_ran, 1);
    return OK;
}

static const struct job counting[] = {{"test.count", MINUTE_MS, count_run}, {0}};
static const struct job failing[] = {{"test.fail", MINUTE_MS, always_fails}, {"test.other", HOUR_MS, run_other}, {0}};
static const struct job *const only_counting[] = {counting, NULL};
static const struct job *const with_failing[] = {failing, counting, NULL};

static void forget(void)
{
    atomic_store(&ran, 0);
    atomic_store(&overlapped, 0);
    atomic_store(&other_ran, 0);
}

static void test_statements_fit(struct ctx *c)
{
    assert_int_equal(store_contract_check(c, &job_store_part, 1), 0);
}

static void test_runs_when_due(struct ctx *c)
{
    forget();
    expect_ok(c, job_run_due(c, only_counting, NULL)); // never seen before: due at once
    assert_int_equal(ran, 1);
    expect_ok(c, job_run_due(c, only_counting, NULL));
    assert_int_equal(ran, 1);
    c->now_ms += MINUTE_MS - 1;
    expect_ok(c, job_run_due(c, only_counting, NULL));
    assert_int_equal(ran, 1);
    c->now_ms += 1;
    expect_ok(c, job_run_due(c, only_counting, NULL));
    assert_int_equal(ran, 2);
    c->now_ms += 100 * MINUTE_MS; // missed runs are not made up for
    expect_ok(c, job_run_due(c, only_counting, NULL));
    expect_ok(c, job_run_due(c, only_counting, NULL));
    assert_int_equal(ran, 3);
}

static void test_each_tenant_has_its_own_turn(struct ctx *c)
{
    forget();
    expect_ok(c, job_run_due(c, only_counting, NULL));
    c->tenant_id = 2;
    expect_ok(c, job_run_due(c, only_counting, NULL));
    assert_int_equal(ran, 2);
}

static void test_one_failure_holds_up_nobody(struct ctx *c)
{
    forget();
    expect_err(c, job_run_due(c, with_failing, NULL), ERR_INTERNAL, "test.no");
    assert_int_equal(ran, 1);
    assert_int_equal(other_ran, 1);
    ctx_clear_error(c);
    expect_ok(c, job_run_due(c, with_failing, NULL)); // not due again before its time
    c->now_ms += MINUTE_MS;
    expect_err(c, job_run_due(c, with_failing, NULL), ERR_INTERNAL, "test.no");
    assert_int_equal(ran, 2);
    assert_int_equal(other_ran, 1);
}

static void test_lease_of_the_dead_runs_out(struct ctx *c)
{
    bool taken;
    int64_t next_ms;
    expect_ok(c, job_lease_take(c, counting, "one that died", &taken, &next_ms));
    assert_true(taken);
    expect_ok(c, job_lease_take(c, counting, "another", &taken, &next_ms));
    assert_false(taken);
    assert_int_equal(next_ms, c->now_ms + JOB_LEASE_MS); // when it pays to look again
    c->now_ms += JOB_LEASE_MS - 1;
    expect_ok(c, job_lease_take(c, counting, "another", &taken, &next_ms));
    assert_false(taken);
    c->now_ms += 1;
    expect_ok(c, job_lease_take(c, counting, "another", &taken, &next_ms));
    assert_true(taken);
    // The first comes back from the dead: it neither ends nor extends what is not its any more.
    expect_ok(c, job_lease_end(c, counting[0].name, "one that died", c->now_ms));
    expect_ok(c, job_lease_extend(c, counting[0].name, "one that died"));
    expect_ok(c, job_lease_take(c, counting, "third", &taken, &next_ms));
    assert_false(taken);
}

static void test_long_run_keeps_its_lease(struct ctx *c)
{
    bool taken;
    int64_t next_ms;
    expect_ok(c, job_lease_take(c, counting, "slow", &taken, &next_ms));
    for (int i = 0; i < 10; i++) {
        c->now_ms += JOB_LEASE_MS - 1;
        expect_ok(c, job_lease_take(c, counting, "eager", &taken, &next_ms));
        assert_false(taken);
        expect_ok(c, job_lease_extend(c, counting[0].name, "slow"));
    }
    expect_ok(c, job_lease_end(c, counting[0].name, "slow", c->now_ms));
    expect_ok(c, job_lease_take(c, counting, "eager", &taken, &next_ms));
    assert_true(taken);
}

// Many threads look at the same moment, over and over; each due run happens once.
#define RIVALS 6
#define ROUNDS 20
struct rival {
    struct ctx *c;
    pthread_barrier_t *barrier;
};
static void *look(void *arg)
{
    struct rival *rival = arg;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(rival->barrier);
        expect_ok(rival->c, job_run_due(rival->c, only_counting, NULL));
        rival->c->now_ms += 2 * MINUTE_MS;
        test_ctx_reset(rival->c);
        pthread_barrier_wait(rival->barrier);
    }
    return NULL;
}

static void test_each_due_run_happens_once(struct ctx *c)
{
    forget();
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, RIVALS);
    pthread_t threads[RIVALS];
    struct rival rivals[RIVALS];
    for (int i = 0; i < RIVALS; i++) {
        rivals[i] = (struct rival){test_ctx_more(c), &barrier};
        pthread_create(&threads[i], NULL, look, &rivals[i]);
    }
    for (int i = 0; i < RIVALS; i++) {
        pthread_join(threads[i], NULL);
        test_ctx_done(rivals[i].c);
    }
    pthread_barrier_destroy(&barrier);
    assert_int_equal(ran, ROUNDS);
    assert_int_equal(overlapped, 0);
}

// --- two schedulers on one store
// ---------------------------------------------------------------------------------------
static _Atomic int64_t turned_ms;
static int64_t turned_now(const struct clock *clock)
{
    (void)clock;
    return atomic_load(&turned_ms);
}

static bool wait_for(int wanted)
{
    for (int i = 0; i < 2000 && ran < wanted; i++)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    return ran >= wanted;
}

static void test_two_schedulers_share_the_work(struct ctx *c)
{
    static const struct clock turned = {.now_ms = turned_now};
    forget();
    atomic_store(&turned_ms, c->now_ms);
    struct house house = *c->house;
    house.clock = &turned;
    struct scheduler *a, *b;
    expect_ok(c, scheduler_start(c, &house, only_counting, 1, &a));
    expect_ok(c, scheduler_start(c, &house, only_counting, 1, &b));
    for (int round = 1; round <= 10; round++) {
        assert_true(wait_for(round));
        while (at_once)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); // the lease is given back after the run
        assert_int_equal(ran, round);
        atomic_fetch_add(&turned_ms, 2 * MINUTE_MS);
        scheduler_wake(a);
        scheduler_wake(b);
    }
    assert_true(wait_for(11));
    scheduler_stop(a);
    scheduler_stop(b);
    assert_int_equal(ran, 11);
    assert_int_equal(overlapped, 0);
}

// --- node numbers
// ------------------------------------------------------------------------------------------------------
static void test_node_numbers(struct ctx *c)
{
    int first, second;
    int64_t high_ms, held;
    expect_ok(c, node_lease_renew(c, &held));
    assert_int_equal(held, 0);
    expect_ok(c, node_lease(c, &first, &high_ms));
    assert_int_equal(high_ms, 0); // never used before
    expect_ok(c, node_lease_renew(c, &held));
    assert_int_equal(held, 1);
    expect_ok(c, node_lease(c, &second, &high_ms)); // held numbers are not given twice
    assert_int_not_equal(first, second);
    assert_in_range(first, 0, 1023);
    expect_ok(c, node_lease_renew(c, &held));
    assert_int_equal(held, 2);
    expect_ok(c, node_release(c));
    expect_ok(c, node_lease_renew(c, &held));
    assert_int_equal(held, 0);
    int third; // given back does not mean given again at once
    expect_ok(c, node_lease(c, &third, &high_ms));
    assert_true(third != first && third != second);
}

// A number given again never stands behind the time of its last owner, and the one unused for longest comes first.
static void test_node_of_a_killed_process_comes_back(struct ctx *c)
{
    int node;
    int64_t high_ms;
    for (int i = 0; i < 1024; i++) {
        expect_ok(c, node_lease(c, &node, &high_ms));
        test_ctx_reset(c);
    }
    expect_err(c, node_lease(c, &node, &high_ms), ERR_BUSY, "job.no_node");
    ctx_clear_error(c);
    c->now_ms += NODE_FIRST_LEASE_MS;
    expect_ok(c, node_lease(c, &node, &high_ms));
    assert_int_equal(high_ms, c->now_ms); // ids of the dead one may carry times up to the end of its lease
}

EACH(test_statements_fit, &job_store_part, 1)
EACH(test_runs_when_due, &job_store_part, 1)
EACH(test_each_tenant_has_its_own_turn, &job_store_part, 1)
EACH(test_one_failure_holds_up_nobody, &job_store_part, 1)
EACH(test_lease_of_the_dead_runs_out, &job_store_part, 1)
EACH(test_long_run_keeps_its_lease, &job_store_part, 1)
EACH(test_each_due_run_happens_once, &job_store_part, 1)
EACH(test_two_schedulers_share_the_work, &job_store_part, 1)
EACH(test_node_numbers, &job_store_part, 1)
EACH(test_node_of_a_killed_process_comes_back, &job_store_part, 1)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_statements_fit),
        BOTH(test_runs_when_due),
        BOTH(test_each_tenant_has_its_own_turn),
        BOTH(test_one_failure_holds_up_nobody),
        BOTH(test_lease_of_the_dead_runs_out),
        BOTH(test_long_run_keeps_its_lease),
        BOTH(test_each_due_run_happens_once),
        BOTH(test_two_schedulers_share_the_work),
        BOTH(test_node_numbers),
        BOTH(test_node_of_a_killed_process_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
