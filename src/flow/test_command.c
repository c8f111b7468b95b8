// SPDX-License-Identifier: MulanPSL-2.0
// Commands and their idempotency keys: whatever the network repeats, it happens once.
#include "job/test_each.h"

#include "crypto/seal.h"
#include "flow/command.h"
#include "flow/event.h"
#include "flow/module.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define PART &flow_module.store
#define BODY "{\"title\":\"路灯不亮\",\"phone\":\"13812341234\"}"

// What a command of the test does: an event, and an answer that tells how often it was run.
struct doing {
    int64_t subject_id;
    enum err fails_with;
    atomic_int *runs;
};
static enum err do_it(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    struct doing *doing = arg;
    (void)rq;
    int run = atomic_fetch_add(doing->runs, 1) + 1;
    TRY(event_append(c, "thing", doing->subject_id, "thing.made", (struct str){0}, NULL));
    if (doing->fails_with)
        return fail(c, doing->fails_with, "test.no");
    rs->status = 201;
    http_set_header(rs, "Location", STR("/things/1"));
    buf_addf(&rs->body, "{\"run\":%d,\"phone\":\"13812341234\"}", run);
    return OK;
}

struct answer {
    enum err err;
    int status;
    struct str body, replay, location;
};
static struct answer send_as(struct ctx *c, struct doing *doing, const char *method, const char *target,
                             const char *headers, const char *body, const char *ip)
{
    struct http_request rq;
    struct http_response rs;
    ctx_clear_error(c);
    expect_ok(c, http_for_test(c, method, target, headers, str_of(body), &rq, &rs));
    rq.client_ip = str_of(ip);
    struct answer answer = {.err = command_run(c, &rq, &rs, do_it, doing), .status = rs.status};
    answer.body = str_copy(c->arena, buf_str(&rs.body));
    answer.replay = http_response_header(&rs, "Idempotent-Replay");
    answer.location = http_response_header(&rs, "Location");
    buf_free(&rs.body);
    return answer;
}
static struct answer send(struct ctx *c, struct doing *doing, const char *headers)
{
    return send_as(c, doing, "POST", "/api/v1/things", headers, BODY, "10.0.0.1");
}

static enum err count_in(struct ctx *c, void *arg)
{
    struct rows rows;
    TRY(event_list(c, "thing", 1, 0, 1000, &rows));
    *(size_t *)arg = rows.count;
    return OK;
}
static size_t events(struct ctx *c)
{
    size_t n = 0;
    expect_ok(c, store_read(c, count_in, &n));
    return n;
}

static void sign_in(struct ctx *c, int64_t person_id)
{
    c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = person_id};
}

static void test_without_key_each_is_run(struct ctx *c)
{
    atomic_int runs = 0;
    struct doing doing = {1, OK, &runs};
    assert_int_equal(send(c, &doing, NULL).status, 201);
    struct answer second = send(c, &doing, NULL);
    assert_int_equal(second.replay.n, 0);
    assert_true(str_equal_z(second.location, "/things/1"));
    assert_int_equal(runs, 2);
    assert_int_equal(events(c), 2);
}

static void test_replay(struct ctx *c)
{
    atomic_int runs = 0;
    struct doing doing = {1, OK, &runs};
    sign_in(c, 5);
    struct answer first = send(c, &doing, "Idempotency-Key: k1\n"), second = send(c, &doing, "Idempotency-Key: k1\n");
    assert_int_equal(first.err, OK);
    assert_int_equal(first.replay.n, 0);
    assert_int_equal(second.status, 201);
    assert_true(str_equal_z(second.replay, "true"));
    assert_true(str_equal(first.body, second.body));
    assert_int_equal(runs, 1);
    assert_int_equal(events(c), 1);
    // Another key, another person, another district: another command.
    send(c, &doing, "Idempotency-Key: k2\n");
    sign_in(c, 6);
    send(c, &doing, "Idempotency-Key: k1\n");
    assert_int_equal(runs, 3);
    c->tenant_id = 2;
    send(c, &doing, "Idempotency-Key: k1\n");
    assert_int_equal(runs, 4);
}

static void test_key_of_another_request(struct ctx *c)
{
    atomic_int runs = 0;
    struct doing doing = {1, OK, &runs};
    sign_in(c, 5);
    static const char key[] = "Idempotency-Key: k1\n";
    send(c, &doing, key);
    assert_int_equal(send_as(c, &doing, "POST", "/api/v1/things", key, "{}", "").err, ERR_CONFLICT);
    assert_string_equal(c->error.key, "command.key_reused");
    assert_int_equal(send_as(c, &doing, "POST", "/api/v1/others", key, BODY, "").err, ERR_CONFLICT);
    assert_int_equal(send_as(c, &doing, "PUT", "/api/v1/things", key, BODY, "").err, ERR_CONFLICT);
    assert_int_equal(send_as(c, &doing, "POST", "/api/v1/things", key, BODY, "").err, OK);
    assert_int_equal(runs, 1);
}

static void test_bad_keys(struct ctx *c)
{
    atomic_int runs = 0;
    struct doing doing = {1, OK, &runs};
    static const char *const bad[] = {
        "Idempotency-Key: a b\n", "Idempotency-Key: 键\n",
        "Idempotency-Key: 12345678901234567890123456789012345678901234567890123456789012345\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(send(c, &doing, bad[i]).err, ERR_INVALID);
        assert_string_equal(c->error.key, "command.bad_key");
    }
    assert_int_equal(runs, 0);
    assert_int_equal(
        send(c, &doing, "Idempotency-Key: 1234567890123456789012345678901234567890123456789012345678901234\n").err, OK);
}

// What was refused may be tried again under the same key: nothing of it stays, not even the key.
static void test_errors_leave_nothing(struct ctx *c)
{
    atomic_int runs = 0;
    struct doing doing = {1, ERR_CONFLICT, &runs};
    sign_in(c, 5);
    assert_int_equal(send(c, &doing, "Idempotency-Key: k1\n").err, ERR_CONFLICT);
    assert_int_equal(events(c), 0);
    doing.fails_with = OK;
    struct answer again = send(c, &doing, "Idempotency-Key: k1\n");
    assert_int_equal(again.err, OK);
    assert_int_equal(again.replay.n, 0);
    assert_int_equal(events(c), 1);
}

// Who is not signed in: the key belongs to the address.
static void test_nobodys_keys(struct ctx *c)
{
    atomic_int runs = 0;
    struct doing doing = {1, OK, &runs};
    c->actor = (struct actor){.kind = ACTOR_NOBODY};
    static const char key[] = "Idempotency-Key: k1\n";
    send_as(c, &doing, "POST", "/t", key, BODY, "10.0.0.1");
    assert_true(str_equal_z(send_as(c, &doing, "POST", "/t", key, BODY, "10.0.0.1").replay, "true"));
    assert_int_equal(send_as(c, &doing, "POST", "/t", key, BODY, "10.0.0.2").replay.n, 0);
    assert_int_equal(runs, 2);
}

// A program's key for repeats is its own, wherever it calls from.
static void test_a_programs_keys(struct ctx *c)
{
    atomic_int runs = 0;
    struct doing doing = {1, OK, &runs};
    static const char key[] = "Idempotency-Key: k1\n";
    c->actor = (struct actor){.kind = ACTOR_PROGRAM, .session_id = 7};
    send_as(c, &doing, "POST", "/t", key, BODY, "10.0.0.1");
    assert_true(str_equal_z(send_as(c, &doing, "POST", "/t", key, BODY, "10.0.0.2").replay, "true"));
    c->actor.session_id = 8;
    assert_int_equal(send_as(c, &doing, "POST", "/t", key, BODY, "10.0.0.1").replay.n, 0);
    assert_int_equal(runs, 2);
}

static enum err see_value(struct ctx *c, const struct store_value *values, size_t n, void *arg)
{
    (void)c;
    static const char *const never[] = {"13812341234", "10.0.0.1", "路灯"};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof never / sizeof *never; k++)
            if (str_find(values[i].text, str_of(never[k]), 0) != (size_t)-1)
                fail_msg("column %zu holds “%s” in clear", i, never[k]);
    ++*(int *)arg;
    return OK;
}
static enum err see_table(struct ctx *c, void *arg)
{
    return store_table_each(c, STR("command"), see_value, arg);
}

static void test_nothing_personal_in_clear(struct ctx *c)
{
    atomic_int runs = 0;
    int rows = 0;
    struct doing doing = {1, OK, &runs};
    c->actor = (struct actor){.kind = ACTOR_NOBODY};
    send(c, &doing, "Idempotency-Key: k1\n");
    expect_ok(c, store_read(c, see_table, &rows));
    assert_int_equal(rows, 1);
}

static void test_keys_are_forgotten(struct ctx *c)
{
    atomic_int runs = 0;
    struct doing doing = {1, OK, &runs};
    sign_in(c, 5);
    send(c, &doing, "Idempotency-Key: k1\n");
    c->now_ms += 7 * DAY_MS;
    expect_ok(c, command_expire(c));
    assert_true(str_equal_z(send(c, &doing, "Idempotency-Key: k1\n").replay, "true"));
    c->now_ms += 1;
    expect_ok(c, command_expire(c));
    assert_int_equal(send(c, &doing, "Idempotency-Key: k1\n").replay.n, 0);
    assert_int_equal(runs, 2);
}

// --- the same at once ------------------------------------------------------------------------------------------------
#define SENDERS 20
struct sender {
    struct ctx *c;
    struct doing doing;
    pthread_barrier_t *barrier;
    struct answer answer;
};
static void *send_once(void *arg)
{
    struct sender *s = arg;
    sign_in(s->c, 5);
    pthread_barrier_wait(s->barrier);
    s->answer = send(s->c, &s->doing, "Idempotency-Key: k1\n");
    return NULL;
}

static void test_twenty_at_once(struct ctx *c)
{
    atomic_int runs = 0;
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, SENDERS);
    struct sender senders[SENDERS];
    pthread_t threads[SENDERS];
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.c = test_ctx_more(c), .doing = {1, OK, &runs}, .barrier = &barrier};
        pthread_create(&threads[i], NULL, send_once, &senders[i]);
    }
    int first = 0, replays = 0;
    struct str body = {0};
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(senders[i].answer.err, OK);
        assert_int_equal(senders[i].answer.status, 201);
        if (senders[i].answer.replay.n)
            replays++;
        else
            first++;
        if (!body.n)
            body = str_copy(c->arena, senders[i].answer.body);
        assert_true(str_equal(body, senders[i].answer.body));
        test_ctx_done(senders[i].c);
    }
    pthread_barrier_destroy(&barrier);
    assert_int_equal(first, 1);
    assert_int_equal(replays, SENDERS - 1);
    assert_int_equal(events(c), 1);
}

EACH(test_without_key_each_is_run, PART, 1)
EACH(test_replay, PART, 1)
EACH(test_key_of_another_request, PART, 1)
EACH(test_bad_keys, PART, 1)
EACH(test_errors_leave_nothing, PART, 1)
EACH(test_nobodys_keys, PART, 1)
EACH(test_a_programs_keys, PART, 1)
EACH(test_nothing_personal_in_clear, PART, 1)
EACH(test_keys_are_forgotten, PART, 1)
EACH(test_twenty_at_once, PART, 1)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_without_key_each_is_run), BOTH(test_replay),
        BOTH(test_key_of_another_request),  BOTH(test_bad_keys),
        BOTH(test_errors_leave_nothing),    BOTH(test_nobodys_keys),
        BOTH(test_a_programs_keys),         BOTH(test_nothing_personal_in_clear),
        BOTH(test_keys_are_forgotten),      BOTH(test_twenty_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
