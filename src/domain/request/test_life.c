// SPDX-License-Identifier: MulanPSL-2.0
// What may happen on the way: pauses, approvals, escalation, joining, arbitration, appeal. On both engines.
#include "base/clock.h"
#include "domain/request/request_clock.h"
#include "domain/request/test_request_util.h"
#include "request_sql.h"

static const struct request_input note = {.note = STR_INIT("说明")};

// The test's clock stands at Monday 09:00 in China, working hours are 9 to 12 and 13 to 17; the items have two working
// days: due on Tuesday at 17:00.
static int64_t at(const struct request *r, int days, int hours, int minutes)
{
    return r->reported_at_ms + days * DAY_MS + (hours - 9) * HOUR_MS + minutes * MINUTE_MS;
}

static void file_and_sign(struct town *t, struct request *r)
{
    town_become(t->c, t->residents[0]);
    expect_ok(t->c, town_file(t->c, t->lamp, t->building, "灯", r));
    town_become(t->c, t->steward);
    expect_ok(t->c, town_act(t->c, r->id, "sign", NULL, r));
}

static void test_waiting_for_the_reporter(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file_and_sign(&t, &r);
        town_clock(&t, at(&r, 0, 10, 0));
        town_become(c, t.steward);
        expect_err(c, town_act(c, r.id, "ask_reporter", NULL, NULL), ERR_INVALID, "flow.note_needed");
        expect_ok(c, town_act(c, r.id, "ask_reporter", &note, &r));
        assert_int_equal(r.state, REQUEST_AWAITING_REPORTER);
        assert_true(r.paused_at_ms == c->now_ms && r.contacted_at_ms == c->now_ms);
        town_clock(&t, at(&r, 3, 9, 0)); // past what was due: the clock stands still, nothing is reached
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.level, 0);
        assert_false(request_overdue(c, &r));
        town_become(c, t.residents[1]);
        expect_err(c, town_act(c, r.id, "answer", &note, NULL), ERR_NOT_FOUND, "request.unknown");
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "answer", &note, &r));
        assert_int_equal(r.state, REQUEST_IN_PROGRESS);
        assert_true(r.due_at_ms == at(&r, 4, 16, 0)); // of fourteen hours one was used: Thursday, and Friday to four
        assert_true(r.paused_at_ms == 0 && r.resume_at_ms == 0);
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "ask_reporter", &note, &r)); // no answer at all: it goes on by itself
        town_clock(&t, c->now_ms + REQUEST_ANSWER_MS);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_IN_PROGRESS);
    }
}

static void test_on_hold(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file_and_sign(&t, &r);
        struct request_input until = {.note = STR("等配件"), .until_ms = c->now_ms + 91 * DAY_MS};
        expect_err(c, town_act(c, r.id, "ask_suspend", &until, NULL), ERR_INVALID, "request.hold_too_long");
        until.until_ms = c->now_ms + 2 * DAY_MS;
        expect_ok(c, town_act(c, r.id, "ask_suspend", &until, &r));
        assert_int_equal(r.state, REQUEST_IN_PROGRESS); // asked is not granted
        assert_int_equal(r.asked, ASK_SUSPEND);
        expect_err(c, town_act(c, r.id, "ask_suspend", &until, NULL), ERR_CONFLICT, "request.asked_already");
        expect_err(c, town_act(c, r.id, "approve_suspend", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, r.id, "approve_extend", NULL, NULL), ERR_CONFLICT, "request.not_asked");
        expect_ok(c, town_act(c, r.id, "approve_suspend", NULL, &r));
        assert_int_equal(r.state, REQUEST_SUSPENDED);
        assert_int_equal(r.asked, ASK_NONE);
        town_clock(&t, c->now_ms + DAY_MS);
        town_run_jobs(c); // not yet
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_SUSPENDED);
        town_clock(&t, c->now_ms + DAY_MS);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_IN_PROGRESS);
        assert_true(r.due_at_ms == at(&r, 3, 17, 0)); // two whole working days later
        town_expect_story(c, r.id, "reported filed dispatched signed asked_suspend suspended resumed");
    }
}

// Who handles a request approves nothing of it, whatever else they may.
static void test_nobody_approves_their_own(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.dispute, t.building, "吵架", &r)); // the community's own
        town_become(c, t.community_worker);
        expect_ok(c, town_act(c, r.id, "sign", NULL, &r));
        expect_ok(c, town_act(c, r.id, "ask_extend", &(struct request_input){.note = STR("慢"), .units = 2}, &r));
        expect_err(c, town_act(c, r.id, "approve_extend", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.subdistrict_worker);
        expect_ok(c, town_act(c, r.id, "decline", &note, &r));
        assert_int_equal(r.asked, ASK_NONE);
        assert_true(r.due_at_ms == at(&r, 1, 17, 0));
    }
}

static void test_more_time(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file_and_sign(&t, &r);
        const struct request_input more = {.note = STR("等料"), .units = 1};
        expect_ok(c, town_act(c, r.id, "ask_extend", &more, &r));
        town_clock(&t, at(&r, 1, 17, 0)); // at the due instant it is not late yet
        town_become(c, t.community_worker);
        expect_ok(c, town_act(c, r.id, "approve_extend", NULL, &r));
        assert_true(r.due_at_ms == at(&r, 2, 17, 0));
        assert_int_equal(r.extended, 1);
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "ask_extend", &more, &r));
        town_clock(&t, at(&r, 2, 17, 0) + 1);
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, r.id, "approve_extend", NULL, NULL), ERR_CONFLICT, "request.due_already");
        expect_ok(c, town_act(c, r.id, "decline", &note, NULL));
        town_become(c, t.steward);
        expect_err(c, town_act(c, r.id, "ask_extend", &more, NULL), ERR_CONFLICT, "request.due_already");
    }
}

// --- escalation -----------------------------------------------------------------------------------------------------
struct marks {
    int64_t id;
    struct rows events;
};
static enum err read_events(struct ctx *c, void *arg)
{
    struct marks *marks = arg;
    return event_list(c, "request", marks->id, 0, 100, &marks->events);
}

static void expect_marks(struct ctx *c, int64_t id, const int64_t *wanted, size_t count)
{
    struct marks marks = {.id = id};
    size_t found = 0;
    expect_ok(c, store_read(c, read_events, &marks));
    const struct event *events = marks.events.at;
    for (size_t i = 0; i < marks.events.count; i++) {
        const struct json *data;
        int64_t at_ms = 0;
        if (!str_equal_z(events[i].type, "request.reminded") && !str_equal_z(events[i].type, "request.escalated"))
            continue;
        expect_ok(c, json_parse(c, events[i].data, &data));
        assert_true(found < count && time_parse(json_str(json_get(data, "at")), &at_ms));
        assert_true(at_ms == wanted[found]);
        found++;
    }
    assert_int_equal(found, count);
}

struct seen {
    int64_t id, version;
};
static enum err sign_as_seen(struct ctx *c, void *arg)
{
    const struct seen *seen = arg;
    return request_act(c, seen->id, STR("sign"), NULL, seen->version, NULL);
}

// Who looked at it before the clocks left their marks may still act upon what they saw; nobody upon what never was.
static void expect_seen_version(struct town *t, int64_t id)
{
    town_become(t->c, t->steward);
    expect_err(t->c, store_write(t->c, sign_as_seen, &(struct seen){id, 2}), ERR_STALE, "flow.stale");
    expect_err(t->c, store_write(t->c, sign_as_seen, &(struct seen){id, 99}), ERR_STALE, "flow.stale");
    expect_ok(t->c, store_write(t->c, sign_as_seen, &(struct seen){id, 3}));
}

static void test_levels(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r, slow;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r));
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &slow));
        const int64_t wanted[] = {at(&r, 0, 17, 0), at(&r, 0, 17, 0), at(&r, 1, 14, 12),
                                  at(&r, 1, 17, 0), at(&r, 2, 17, 0), at(&r, 3, 17, 0)};
        town_clock(&t, at(&r, 0, 17, 0) - 1);
        town_run_jobs(c);
        expect_marks(c, r.id, wanted, 0);
        town_clock(&t, at(&r, 0, 17, 0)); // half the time; and nobody has signed and spoken to the resident
        town_run_jobs(c);
        town_run_jobs(c);
        expect_marks(c, r.id, wanted, 2);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.escalated_post_id == t.grid_post && r.owner_post_id == t.steward_post);
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "sign", NULL, &r));
        town_clock(&t, at(&r, 1, 17, 0));
        town_run_jobs(c);
        expect_marks(c, r.id, wanted, 4);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.level == 3 && r.escalated_post_id == t.community_post && r.owner_post_id == t.steward_post);
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        town_clock(&t, at(&r, 10, 9, 0)); // after a week of standstill: each once, in order
        town_run_jobs(c);
        expect_marks(c, r.id, wanted, 4); // it was finished: its clock has ended
        expect_marks(c, slow.id, wanted, 6);
        expect_ok(c, town_get(c, slow.id, &slow));
        assert_true(slow.level == REQUEST_LEVELS && slow.supervised && slow.escalated_post_id == t.subdistrict_post);
        assert_true(slow.owner_post_id == t.steward_post && slow.next_level_at_ms == 0);
        town_run_jobs(c);
        expect_marks(c, slow.id, wanted, 6);
        expect_seen_version(&t, slow.id);
        town_expect_story(c, slow.id,
                          "reported filed dispatched reminded escalated reminded escalated escalated escalated signed");
    }
}

// A false finish gains nothing; the time after a true one is nobody's.
static void test_time_after_the_finish(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file_and_sign(&t, &r);
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        town_clock(&t, at(&r, 1, 9, 0));
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "deny", &note, &r));
        assert_true(r.due_at_ms == at(&r, 1, 17, 0));
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r)); // seven hours of fourteen
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "confirm", NULL, &r));
        town_clock(&t, at(&r, 3, 9, 0));
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "reopen", &note, &r));
        assert_true(r.due_at_ms == at(&r, 3, 17, 0)); // the other seven are left
    }
}

// --- joining --------------------------------------------------------------------------------------------------------
static void test_joining(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request master, same, other;
        town_become(c, t.residents[1]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯坏了", &same));
        expect_ok(c, town_file(c, t.lamp, t.building, "灯还坏", &other));
        file_and_sign(&t, &master);
        town_become(c, t.community_worker);
        struct request_input into = {.note = STR("同一盏灯"), .master_id = same.id};
        expect_err(c, town_act(c, same.id, "merge", &into, NULL), ERR_INVALID, "request.no_such_master");
        into.master_id = master.id;
        expect_ok(c, town_act(c, same.id, "merge", &into, &same));
        assert_int_equal(same.state, REQUEST_MERGED);
        expect_ok(c, town_act(c, other.id, "merge", &into, &other));
        struct request_input on = {.note = STR("再并"), .master_id = same.id};
        expect_err(c, town_act(c, master.id, "merge", &on, NULL), ERR_CONFLICT, "request.master_closed");
        expect_ok(c, town_act(c, other.id, "separate", NULL, &other));
        assert_int_equal(other.state, REQUEST_DISPATCHED); // on its own way, and sent out again
        into.master_id = other.id;
        expect_err(c, town_act(c, master.id, "merge", &into, NULL), ERR_CONFLICT, "request.is_master");
        town_become(c, t.steward);
        expect_ok(c, town_act(c, master.id, "finish", &town_done, &master));
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, master.id, "confirm", NULL, &master));
        expect_ok(c, town_get(c, same.id, &same));
        assert_true(same.state == REQUEST_CLOSED && same.outcome == OUTCOME_DUPLICATE && !same.open);
    }
}

static void test_a_withdrawn_master_lets_go(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request master, same;
        town_become(c, t.residents[1]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯坏了", &same));
        file_and_sign(&t, &master);
        town_become(c, t.community_worker);
        struct request_input into = {.note = STR("同一盏灯"), .master_id = master.id};
        expect_ok(c, town_act(c, same.id, "merge", &into, &same));
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, master.id, "withdraw", NULL, NULL));
        expect_ok(c, town_get(c, same.id, &same));
        assert_int_equal(same.state, REQUEST_DISPATCHED);
        assert_true(same.master_id == 0 && same.open);
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, same.id, "merge", &into, NULL), ERR_CONFLICT, "request.master_closed");
    }
}

// --- who decides ----------------------------------------------------------------------------------------------------
static void test_arbitration(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        const struct request_input to_unit = {.note = STR("归你"), .post_id = t.unit_post};
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r));
        town_become(c, t.steward);
        expect_err(c, town_act(c, r.id, "contest", &note, NULL), ERR_CONFLICT, "request.not_to_contest");
        expect_ok(c, town_act(c, r.id, "return", &note, &r));
        town_become(c, t.community_worker);
        expect_ok(c, town_act(c, r.id, "dispatch", &to_unit, &r));
        town_become(c, t.unit_worker);
        expect_err(c, town_act(c, r.id, "return", &note, NULL), ERR_CONFLICT, "request.returned_once");
        expect_ok(c, town_act(c, r.id, "contest", &note, &r));
        assert_true(r.contested);
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, r.id, "arbitrate", &to_unit, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.subdistrict_worker);
        expect_ok(c, town_act(c, r.id, "arbitrate", &to_unit, &r));
        assert_true(!r.contested && r.arbitrated && r.owner_post_id == t.unit_post);
        town_become(c, t.unit_worker);
        expect_err(c, town_act(c, r.id, "contest", &note, NULL), ERR_CONFLICT, "request.not_to_contest");
        expect_ok(c, town_act(c, r.id, "sign", NULL, &r));
    }
}

static void test_appeal(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r));
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "return", &note, &r));
        town_become(c, t.community_worker);
        expect_ok(c, town_act(c, r.id, "refuse", &note, &r));
        assert_true(r.state == REQUEST_REJECTED && r.outcome == OUTCOME_REFUSED && !r.open);
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "appeal", &note, &r));
        assert_true(r.state == REQUEST_REPORTED && r.open && r.escalated_post_id == t.subdistrict_post);
        town_run_jobs(c); // it is not sent out by itself
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_REPORTED);
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, r.id, "refuse", &note, NULL), ERR_CONFLICT, "request.decided_above");
        town_become(c, t.subdistrict_worker);
        expect_ok(c, town_act(c, r.id, "refuse", &note, &r));
        town_become(c, t.residents[0]);
        expect_err(c, town_act(c, r.id, "appeal", &note, NULL), ERR_CONFLICT, "request.appealed_once");
        int64_t closed_at_ms = r.closed_at_ms;
        town_clock(&t, c->now_ms + REQUEST_APPEAL_MS + 1);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.state == REQUEST_CLOSED && r.outcome == OUTCOME_REFUSED && r.closed_at_ms == closed_at_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waiting_for_the_reporter),
        cmocka_unit_test(test_on_hold),
        cmocka_unit_test(test_nobody_approves_their_own),
        cmocka_unit_test(test_more_time),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_time_after_the_finish),
        cmocka_unit_test(test_joining),
        cmocka_unit_test(test_a_withdrawn_master_lets_go),
        cmocka_unit_test(test_arbitration),
        cmocka_unit_test(test_appeal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
