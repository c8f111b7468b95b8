// SPDX-License-Identifier: MulanPSL-2.0
// Two steps at the same instant, on two connections: whatever the order, one of the outcomes that one after the other
// would have had, on both engines. And what follows at once when a boundary is redrawn or a post falls vacant.
#include "base/clock.h"
#include "domain/request/request_clock.h"
#include "domain/request/test_request_util.h"

#include <string.h>

#define ROUNDS 8 // each with the two started together; which is first, the machine decides

static const struct request_input note = {.note = STR_INIT("说明")};

static enum err step(struct town_side *side)
{
    return town_act(side->c, side->id, side->action, side->input, NULL);
}

static enum err marks(struct town_side *side)
{
    return request_jobs[0].run(side->c);
}

static void file(struct town *t, int64_t item, struct request *r)
{
    town_become(t->c, t->residents[0]);
    expect_ok(t->c, town_file(t->c, item, t->building, "灯", r));
}

static void step_by(struct town *t, int64_t who, struct request *r, const char *action,
                    const struct request_input *input)
{
    town_become(t->c, who);
    expect_ok(t->c, town_act(t->c, r->id, action, input, r));
}

static size_t times(struct str story, const char *what)
{
    size_t n = 0;
    while (story.n)
        n += str_equal_z(str_cut(&story, ' '), what);
    return n;
}

// --- return, transfer, sign -----------------------------------------------------------------------------------------
static void test_return_against_sign(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file(&t, t.lamp, &r);
            struct town_side sign = {.run = step, .who = t.steward, .id = r.id, .action = "sign"};
            struct town_side back = {.run = step, .who = t.steward, .id = r.id, .action = "return", .input = &note};
            town_race(&t, &sign, &back);
            assert_true((sign.result == OK) != (back.result == OK));
            expect_ok(t.c, town_get(t.c, r.id, &r));
            assert_int_equal(r.state, sign.result == OK ? REQUEST_IN_PROGRESS : REQUEST_FILED);
            assert_true((r.handler_id == t.steward) == (sign.result == OK));
        }
    }
}

static void test_transfer_against_sign(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file(&t, t.lamp, &r);
            const struct request_input to_grid = {.note = STR("换人"), .post_id = t.grid_post};
            struct town_side sign = {.run = step, .who = t.steward, .id = r.id, .action = "sign"};
            struct town_side pass = {
                .run = step, .who = t.community_worker, .id = r.id, .action = "transfer", .input = &to_grid};
            town_race(&t, &sign, &pass);
            assert_int_equal(pass.result, OK); // before or after the signature
            expect_ok(t.c, town_get(t.c, r.id, &r));
            assert_int_equal(r.state, REQUEST_DISPATCHED);
            assert_true(r.owner_post_id == t.grid_post);
            town_expect_story(t.c, r.id,
                              sign.result == OK ? "reported filed dispatched signed transferred"
                                                : "reported filed dispatched transferred");
        }
    }
}

static enum err end_steward(struct town_side *side)
{
    struct town town = {.c = side->c};
    return town_end_term(&town, side->id);
}

static void test_vacancy_against_sign(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file(&t, t.lamp, &r);
            struct town_side sign = {.run = step, .who = t.steward, .id = r.id, .action = "sign"};
            struct town_side leave = {.run = end_steward, .id = t.steward_term};
            town_race(&t, &sign, &leave);
            assert_int_equal(leave.result, OK);
            expect_ok(t.c, town_get(t.c, r.id, &r));
            assert_true(r.owner_post_id == t.grid_post);
            assert_int_equal(r.state, REQUEST_DISPATCHED);
            t.steward_term = town_begin_term(&t, t.steward_post, t.steward);
        }
    }
}

// --- the clocks -----------------------------------------------------------------------------------------------------
// Two schedulers after a standstill of a month: each mark once and in order (half of the limit
// falls on the end of the response clock).
static void test_two_schedulers(void **state)
{
    EACH_ENGINE(t)
    {
        struct request r[ROUNDS];
        int64_t began_ms = t.c->now_ms;
        for (int i = 0; i < ROUNDS; i++)
            file(&t, t.lamp, &r[i]);
        town_clock(&t, began_ms + 30 * DAY_MS);
        struct town_side one = {.run = marks}, other = {.run = marks};
        town_race(&t, &one, &other);
        assert_true(one.result == OK && other.result == OK);
        town_run_jobs(t.c);
        for (int i = 0; i < ROUNDS; i++) {
            expect_ok(t.c, town_get(t.c, r[i].id, &r[i]));
            assert_int_equal(r[i].level, REQUEST_LEVELS);
            town_expect_story(t.c, r[i].id,
                              "reported filed dispatched reminded escalated reminded escalated escalated escalated");
        }
    }
}

static void test_pause_against_a_level(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file(&t, t.lamp, &r);
            step_by(&t, t.steward, &r, "sign", NULL);
            step_by(&t, t.steward, &r, "contact", &note);
            town_clock(&t, r.next_level_at_ms); // half of the limit
            struct town_side ask = {
                .run = step, .who = t.steward, .id = r.id, .action = "ask_reporter", .input = &note};
            struct town_side clock = {.run = marks};
            town_race(&t, &ask, &clock);
            assert_true(ask.result == OK && clock.result == OK);
            expect_ok(t.c, town_get(t.c, r.id, &r));
            assert_int_equal(r.state, REQUEST_AWAITING_REPORTER);
            assert_int_equal(r.next_level_at_ms, 0);
            size_t reminded = times(town_story(t.c, r.id), "reminded");
            assert_int_equal(r.level, reminded);
            assert_true(reminded <= 1);
            step_by(&t, t.residents[0], &r, "answer", &note); // what was half used before still is
            town_run_jobs(t.c);
            assert_int_equal(times(town_story(t.c, r.id), "reminded"), 1);
        }
    }
}

static void test_resume_against_a_level(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file(&t, t.lamp, &r);
            step_by(&t, t.steward, &r, "sign", NULL);
            step_by(&t, t.steward, &r, "ask_reporter", &note);
            town_clock(&t, t.c->now_ms + 3 * DAY_MS);
            struct town_side answer = {
                .run = step, .who = t.residents[0], .id = r.id, .action = "answer", .input = &note};
            struct town_side clock = {.run = marks};
            town_race(&t, &answer, &clock);
            assert_true(answer.result == OK && clock.result == OK);
            assert_int_equal(times(town_story(t.c, r.id), "reminded"), 0); // it used nothing yet
            expect_ok(t.c, town_get(t.c, r.id, &r));
            assert_true(r.next_level_at_ms > t.c->now_ms);
            step_by(&t, t.residents[0], &r, "withdraw", NULL);
        }
    }
}

static void test_extension_at_the_due_instant(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file(&t, t.lamp, &r);
            step_by(&t, t.steward, &r, "sign", NULL);
            step_by(&t, t.steward, &r, "contact", &note);
            step_by(&t, t.steward, &r, "ask_extend", &(struct request_input){.note = STR("等料"), .units = 1});
            int64_t due_ms = r.due_at_ms;
            town_clock(&t, due_ms);
            struct town_side allow = {.run = step, .who = t.community_worker, .id = r.id, .action = "approve_extend"};
            struct town_side clock = {.run = marks};
            town_race(&t, &allow, &clock);
            assert_true(allow.result == OK && clock.result == OK);
            expect_ok(t.c, town_get(t.c, r.id, &r));
            assert_true(r.due_at_ms > due_ms && r.extended == 1);
            town_run_jobs(t.c);
            struct str story = town_story(t.c, r.id);
            assert_true(times(story, "escalated") <= 1); // the level that was reached stays reached
            town_clock(&t, r.due_at_ms + 30 * DAY_MS);
            town_run_jobs(t.c);
            story = town_story(t.c, r.id);
            assert_int_equal(times(story, "reminded"), 2);
            assert_int_equal(times(story, "escalated"), 3);
            step_by(&t, t.residents[0], &r, "withdraw", NULL);
        }
    }
}

// --- joining and closing --------------------------------------------------------------------------------------------
static void test_merge_into_a_closing_case(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request master, other;
            file(&t, t.lamp, &master);
            step_by(&t, t.steward, &master, "sign", NULL);
            step_by(&t, t.steward, &master, "finish", &town_done);
            assert_int_equal(master.state, REQUEST_CALLBACK);
            file(&t, t.lamp, &other);
            const struct request_input into = {.note = STR("同一件事"), .master_id = master.id};
            struct town_side close = {.run = step, .who = t.residents[0], .id = master.id, .action = "confirm"};
            struct town_side join = {
                .run = step, .who = t.community_worker, .id = other.id, .action = "merge", .input = &into};
            town_race(&t, &close, &join);
            assert_int_equal(close.result, OK);
            expect_ok(t.c, town_get(t.c, other.id, &other));
            if (join.result == OK) { // it was joined before its master closed, and closed with it
                assert_int_equal(other.state, REQUEST_CLOSED);
                assert_int_equal(other.outcome, OUTCOME_DUPLICATE);
            } else
                assert_int_equal(other.state, REQUEST_DISPATCHED);
        }
    }
}

static void test_rate_against_reopen(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file(&t, t.lamp, &r);
            step_by(&t, t.steward, &r, "sign", NULL);
            step_by(&t, t.steward, &r, "finish", &town_done);
            step_by(&t, t.residents[0], &r, "confirm", NULL);
            town_clock(&t, r.closed_at_ms + REQUEST_REOPEN_MS); // the last instant
            const struct request_input stars = {.rating = 5};
            struct town_side rate = {.run = step, .who = t.residents[0], .id = r.id, .action = "rate", .input = &stars};
            struct town_side open = {
                .run = step, .who = t.residents[0], .id = r.id, .action = "reopen", .input = &note};
            town_race(&t, &rate, &open);
            assert_int_equal(open.result, OK);
            expect_ok(t.c, town_get(t.c, r.id, &r));
            assert_int_equal(r.state, REQUEST_DISPATCHED);
            assert_int_equal(r.reopened, 1);
            step_by(&t, t.residents[0], &r, "withdraw", NULL);
        }
    }
}

// --- a boundary redrawn in the middle of a case ---------------------------------------------------------------------
struct move {
    int64_t place, to;
};
static enum err write_move(struct ctx *c, void *arg)
{
    const struct move *move = arg;
    return place_move(c, move->place, move->to);
}

static void redraw(struct town *t, int64_t place, int64_t to)
{
    struct move move = {place, to};
    town_become(t->c, 0);
    expect_ok(t->c, store_write(t->c, write_move, &move));
}

static bool sees(struct town *t, int64_t who, int64_t id)
{
    struct request r;
    unsigned relations;
    town_become(t->c, who);
    expect_ok(t->c, town_get(t->c, id, &r));
    bool seen = request_may_see(t->c, &r, &relations) == OK;
    ctx_clear_error(t->c);
    return seen;
}

static void test_redrawn(void **state)
{
    EACH_ENGINE(t)
    {
        struct request open, closed;
        file(&t, t.lamp, &closed);
        step_by(&t, t.residents[0], &closed, "withdraw", NULL);
        file(&t, t.lamp, &open);
        int64_t version = open.version;
        assert_true(sees(&t, t.grid_worker, open.id) && !sees(&t, t.grid_b_worker, open.id));
        town_clock(&t, t.c->now_ms + MINUTE_MS);
        redraw(&t, t.estate, t.grid_b);
        assert_true(!sees(&t, t.grid_worker, open.id) && sees(&t, t.grid_b_worker, open.id));
        assert_true(sees(&t, t.community_worker, open.id) && sees(&t, t.steward, open.id));
        assert_true(sees(&t, t.grid_worker, closed.id) && !sees(&t, t.grid_b_worker, closed.id)); // judged there
        expect_ok(t.c, town_get(t.c, open.id, &open));
        assert_true(open.grid_id == t.grid_b && open.community_id == t.community && open.estate_id == t.estate);
        assert_true(open.owner_post_id == t.steward_post);
        assert_int_equal(open.steady_version, version); // what somebody has on the screen still holds
        town_clock(&t, open.due_at_ms);                 // and it climbs the new tree
        town_run_jobs(t.c);
        expect_ok(t.c, town_get(t.c, open.id, &open));
        assert_true(open.escalated_post_id == t.grid_b_post || open.escalated_post_id == t.community_post);
        assert_true(open.escalated_post_id != t.grid_post);
    }
}

static enum err move_there(struct town_side *side)
{
    const struct move move = {side->id, (int64_t)(intptr_t)side->input};
    struct move copy = move;
    return store_write(side->c, write_move, &copy);
}

static void test_redrawn_against_a_step(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            int64_t to = i % 2 ? t.grid_a : t.grid_b;
            file(&t, t.lamp, &r);
            town_clock(&t, t.c->now_ms + MINUTE_MS);
            struct town_side sign = {.run = step, .who = t.steward, .id = r.id, .action = "sign"};
            struct town_side draw = {
                .run = move_there, .id = t.estate, .input = (const struct request_input *)(intptr_t)to};
            town_race(&t, &sign, &draw);
            assert_true(sign.result == OK && draw.result == OK);
            expect_ok(t.c, town_get(t.c, r.id, &r));
            assert_int_equal(r.state, REQUEST_IN_PROGRESS);
            assert_true(r.grid_id == to);
            assert_true(sees(&t, to == t.grid_a ? t.grid_worker : t.grid_b_worker, r.id));
            assert_false(sees(&t, to == t.grid_a ? t.grid_b_worker : t.grid_worker, r.id));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_return_against_sign),          cmocka_unit_test(test_transfer_against_sign),
        cmocka_unit_test(test_vacancy_against_sign),         cmocka_unit_test(test_two_schedulers),
        cmocka_unit_test(test_pause_against_a_level),        cmocka_unit_test(test_resume_against_a_level),
        cmocka_unit_test(test_extension_at_the_due_instant), cmocka_unit_test(test_merge_into_a_closing_case),
        cmocka_unit_test(test_rate_against_reopen),          cmocka_unit_test(test_redrawn),
        cmocka_unit_test(test_redrawn_against_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
