// SPDX-License-Identifier: MulanPSL-2.0
// What only the whole of the log tells: seals that are missing, a tail that is in order, values that are none.
#include "flow/test_log.h"

// Nothing else speaks of seals: that the log went on without them does.
static void test_all_seals_taken_away(struct ctx *c)
{
    struct random random = test_random();
    struct log log = {0};
    make_log(c, &random);
    expect_ok(c, store_read(c, read_log, &log));
    struct intruder in = break_in(c);
    assert_int_equal(run(&in, STR("DELETE FROM event_seal")), (long)log.seal_count);
    assert_int_equal(run(&in, STR("DELETE FROM event_seal_head")), 1);
    leave(&in);
    expect_names(verdict(c), str_z(c->arena, str_format(c->arena, "event %lld", (long long)log.events[0].id)),
                 "all seals taken away");
}

static void append_one(struct ctx *c)
{
    struct event event = {.subject_kind = STR("place"), .subject_id = 1, .type = STR("thing.done")};
    expect_ok(c, store_write(c, append, &event));
}

// A process that was ended leaves its newest minutes unsealed; the next one seals them before it records anything.
static void test_unsealed_tail(struct ctx *c)
{
    struct random random = test_random();
    make_log(c, &random);
    append_one(c);
    turn(c, MINUTE_MS);
    append_one(c);
    turn(c, 48 * HOUR_MS);
    expect_whole(c); // switched off for two days
    expect_ok(c, seal_log_run(c));
    append_one(c);
    expect_whole(c);
    turn(c, 9 * MINUTE_MS);
    append_one(c);
    expect_whole(c); // sealing is late, not overdue
    turn(c, 2 * MINUTE_MS);
    append_one(c);
    expect_names(verdict(c), "no seal holds it", "sealing has stopped");
    expect_ok(c, seal_log_run(c));
    expect_whole(c);
}

// SQLite keeps a value of any type in a column of any type; PostgreSQL refuses it.
static void test_value_of_another_type(struct ctx *c)
{
    struct random random = test_random();
    struct log log = {0};
    make_log(c, &random);
    expect_ok(c, store_read(c, read_log, &log));
    struct intruder in = break_in(c);
    long long later = log.events[log.event_count / 2].id, earlier = log.events[log.event_count / 2 - 1].id;
    if (run(&in, str_format(c->arena, "UPDATE event SET data = CAST(data AS BLOB) WHERE id = %lld", later)) == 1) {
        expect_names(verdict_of_store(c), str_z(c->arena, str_format(c->arena, "event %lld", later)), "blob");
        assert_int_equal(run(&in, str_format(c->arena, "UPDATE event SET at_ms = 'x' WHERE id = %lld", earlier)), 1);
        const char *fault = verdict_of_store(c);
        expect_names(fault, str_z(c->arena, str_format(c->arena, "event %lld", earlier)), "text for a number");
        expect_names(fault, "its at_ms has another type", "text for a number");
        assert_true(run(&in, STR("UPDATE event_seal SET root = CAST(root AS BLOB)")) > 0);
        expect_names(verdict_of_store(c), "event_seal", "blob in a seal"); // read before the event is reached
    }
    leave(&in);
}

EACH(test_all_seals_taken_away, PART, 1)
EACH(test_unsealed_tail, PART, 1)
EACH(test_value_of_another_type, PART, 1)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_all_seals_taken_away),
        BOTH(test_unsealed_tail),
        BOTH(test_value_of_another_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
