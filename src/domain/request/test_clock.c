// SPDX-License-Identifier: MulanPSL-2.0
// What must hold of a request's clocks in any calendar: random calendars, requests, pauses and wake-ups of the job. The
// pure arithmetic only; what the store does with it is in test_life.c. Each rule names the defect it guards against.
#include "base/test_calendar_util.h"
#include "domain/request/request_clock.h"

#include <string.h>

#define MARKS_MAX 16

struct example {
    struct request r;
    struct request_pauses pauses;
};

static enum calendar_unit random_unit(struct random *random)
{
    return (enum calendar_unit)random_between(random, 0, UNIT_COUNT - 1);
}

static void add_pause(struct example *e, int64_t from_ms, int64_t to_ms)
{
    e->pauses.at[e->pauses.count++] = (struct calendar_pause){from_ms, to_ms};
}

// Sent out or not, signed for or not, spoken to or not; with a few pauses behind it.
static void random_example(struct random *random, const struct made_calendar *made, struct example *e)
{
    struct request *r = &e->r;
    e->pauses.count = 0;
    *r = (struct request){.state = REQUEST_DISPATCHED,
                          .open = true,
                          .unit = (int)random_unit(random),
                          .budget = random_between(random, 1, 30),
                          .dispatch_budget = random_between(random, 1, 6),
                          .response_budget = random_between(random, 1, 12),
                          .verification_budget = random_between(random, 1, 12),
                          .reported_at_ms = made_instant(random, 100)};
    int64_t past_ms = r->reported_at_ms;
    for (int64_t n = random_between(random, 0, 3); n > 0; n--) {
        int64_t from_ms = past_ms + random_between(random, 0, 3 * DAY_MS);
        past_ms = from_ms + random_between(random, 0, 4 * DAY_MS);
        add_pause(e, from_ms, past_ms);
    }
    if (random_next(random) % 2)
        r->dispatched_at_ms = r->reported_at_ms + random_between(random, 0, DAY_MS);
    if (random_next(random) % 2)
        r->responded_at_ms = r->signed_at_ms = r->contacted_at_ms =
            r->reported_at_ms + random_between(random, 0, 3 * DAY_MS);
    r->due_at_ms = request_limit(made->calendar, r, &e->pauses, NULL);
}

static int64_t elapsed(const struct made_calendar *made, const struct example *e, int64_t to_ms)
{
    return calendar_elapsed_ms(made->calendar, e->r.reported_at_ms, to_ms, (enum calendar_unit)e->r.unit, e->pauses.at,
                               e->pauses.count);
}

// --- the job: fires what has passed, one after the other ------------------------------------------------------------
struct fired {
    struct request_mark marks[MARKS_MAX];
    size_t count;
};

static void wake(const struct made_calendar *made, struct example *e, int64_t now_ms, struct fired *fired)
{
    for (;;) {
        struct request_mark mark = request_next_mark(made->calendar, &e->r, &e->pauses);
        if (!mark.at_ms || mark.at_ms > now_ms)
            return;
        assert_true(fired->count < MARKS_MAX);
        fired->marks[fired->count++] = mark;
        if (mark.clock == CLOCK_COMPLETION)
            e->r.level = mark.level;
        else
            e->r.late |= (int64_t)mark.clock;
    }
}

static size_t count_of(const struct fired *fired, enum request_clock clock, int level)
{
    size_t n = 0;
    for (size_t i = 0; i < fired->count; i++)
        n += fired->marks[i].clock == clock && fired->marks[i].level == level;
    return n;
}

// --- rules ----------------------------------------------------------------------------------------------------------
// A change of the item while paused keeps the paused span, and the time that had passed (GLPI #6902).
static bool try_changed_while_paused(struct random *random, const struct made_calendar *made)
{
    struct example e, after;
    random_example(random, made, &e);
    struct service_item item = {.unit = (int)random_unit(random), .budget = random_between(random, 1, 30)};
    struct request_pauses *pauses = &e.pauses;
    int64_t last_ms = pauses->count ? pauses->at[pauses->count - 1].to_ms : e.r.reported_at_ms;
    int64_t from_ms = last_ms + random_between(random, 0, 2 * DAY_MS),
            to_ms = from_ms + random_between(random, 1, 9 * DAY_MS);
    e.r.extended = random_between(random, 0, 3);
    int64_t extended = item.unit == e.r.unit ? e.r.extended : 0;
    int64_t bare_ms = calendar_due(made->calendar, e.r.reported_at_ms, (enum calendar_unit)item.unit,
                                   item.budget + extended, pauses->at, pauses->count, NULL);
    after = e;
    add_pause(&e, from_ms, INT64_MAX);
    e.r.state = REQUEST_AWAITING_REPORTER;
    e.r.paused_at_ms = from_ms;
    request_reclassify(made->calendar, &e.r, &item, &e.pauses);
    assert_true(e.r.due_at_ms == bare_ms); // as it stands: had the pause not begun
    e.pauses.at[e.pauses.count - 1].to_ms = to_ms;
    e.r.paused_at_ms = 0;
    e.r.due_at_ms = request_limit(made->calendar, &e.r, &e.pauses, NULL);
    // The same as when it is changed after the pause; and the whole new budget was counted from the report.
    add_pause(&after, from_ms, to_ms);
    request_reclassify(made->calendar, &after.r, &item, &after.pauses);
    assert_true(after.r.due_at_ms == e.r.due_at_ms);
    assert_true(elapsed(made, &e, e.r.due_at_ms) ==
                (item.budget + extended) * calendar_unit_ms(made->calendar, (enum calendar_unit)item.unit));
    if (bare_ms > from_ms && (item.unit == UNIT_URGENT_HOUR || item.unit == UNIT_DAY))
        assert_true(e.r.due_at_ms == bare_ms + to_ms - from_ms); // round the clock: later by the very span
    return true;
}

// Nothing is reached while paused, nor at any instant within a pause afterwards (GLPI #24481).
static bool try_nothing_while_paused(struct random *random, const struct made_calendar *made)
{
    struct example e;
    struct fired fired = {.count = 0};
    random_example(random, made, &e);
    e.pauses.count = 0;
    int64_t from_ms = e.r.reported_at_ms + random_between(random, 0, e.r.due_at_ms - e.r.reported_at_ms + DAY_MS);
    int64_t to_ms = from_ms + random_between(random, 1, 20 * DAY_MS);
    wake(made, &e, from_ms, &fired);
    size_t before = fired.count;
    add_pause(&e, from_ms, INT64_MAX);
    e.r.paused_at_ms = from_ms;
    e.r.state = random_next(random) % 2 ? REQUEST_AWAITING_REPORTER : REQUEST_SUSPENDED;
    wake(made, &e, to_ms + random_between(random, 0, 400 * DAY_MS), &fired);
    assert_int_equal(fired.count, before);
    e.pauses.at[0].to_ms = to_ms;
    e.r.paused_at_ms = 0;
    e.r.state = REQUEST_IN_PROGRESS;
    e.r.due_at_ms = request_limit(made->calendar, &e.r, &e.pauses, NULL);
    wake(made, &e, INT64_MAX, &fired);
    for (size_t i = 0; i < fired.count; i++)
        assert_true(fired.marks[i].at_ms <= from_ms || fired.marks[i].at_ms > to_ms);
    return true;
}

// Opening again never lowers what has passed, and judges no leg anew that was closed (zammad #188).
static bool try_opened_again(struct random *random, const struct made_calendar *made)
{
    struct example e;
    struct fired before = {.count = 0}, after = {.count = 0};
    random_example(random, made, &e);
    e.pauses.count = 0;
    e.r.dispatched_at_ms = e.r.reported_at_ms + 1;
    e.r.responded_at_ms = e.r.signed_at_ms = e.r.contacted_at_ms = e.r.reported_at_ms + 2;
    e.r.state = REQUEST_IN_PROGRESS;
    e.r.due_at_ms = request_limit(made->calendar, &e.r, &e.pauses, NULL);
    int64_t finished_ms = e.r.reported_at_ms + random_between(random, 3, 40 * DAY_MS);
    wake(made, &e, finished_ms, &before);
    int64_t used_ms = elapsed(made, &e, finished_ms), level = e.r.level;
    int64_t reopened_ms = finished_ms + random_between(random, 0, 14 * DAY_MS);
    // As request_steps.c does it: the time in between is nobody's, the next owner signs anew.
    add_pause(&e, finished_ms, reopened_ms);
    e.r.state = REQUEST_DISPATCHED;
    e.r.signed_at_ms = 0;
    e.r.due_at_ms = request_limit(made->calendar, &e.r, &e.pauses, NULL);
    assert_true(elapsed(made, &e, reopened_ms) == used_ms);
    assert_true(elapsed(made, &e, reopened_ms + random_between(random, 0, 9 * DAY_MS)) >= used_ms);
    wake(made, &e, INT64_MAX, &after);
    for (size_t i = 0; i < after.count; i++) {
        assert_int_equal(after.marks[i].clock, CLOCK_COMPLETION); // neither C1 nor C2 again
        assert_true(after.marks[i].level > level && after.marks[i].at_ms > reopened_ms);
    }
    assert_int_equal(after.count, REQUEST_LEVELS - level);
    return true;
}

// Whatever else happens earlier, C2 ends where it always did, and is marked there, once (zammad #5177).
static bool try_nothing_replaces_c2(struct random *random, const struct made_calendar *made)
{
    struct example e;
    struct fired fired = {.count = 0};
    random_example(random, made, &e);
    e.r.responded_at_ms = e.r.signed_at_ms = e.r.contacted_at_ms = 0;
    int64_t wanted_ms = calendar_due(made->calendar, e.r.reported_at_ms, (enum calendar_unit)e.r.unit,
                                     e.r.response_budget, e.pauses.at, e.pauses.count, NULL);
    for (int64_t at_ms = e.r.reported_at_ms, n = random_between(random, 0, 6); n > 0; n--) {
        at_ms += random_between(random, 0, 2 * DAY_MS);
        wake(made, &e, at_ms < wanted_ms ? at_ms : wanted_ms - 1, &fired);
        switch (random_between(random, 0, 5)) { // urged, extended, half an answer, passed on, another limit
        case 0:
            e.r.urged_at_ms = at_ms;
            break;
        case 1:
            e.r.extended++;
            e.r.due_at_ms = request_limit(made->calendar, &e.r, &e.pauses, NULL);
            break;
        case 2:
            e.r.contacted_at_ms = at_ms;
            break;
        case 3:
            e.r.signed_at_ms = 0;
            e.r.owner_post_id++;
            break;
        case 4:
            e.r.due_at_ms = at_ms + DAY_MS; // as an import may give it
            break;
        default:
            e.r.dispatched_at_ms = at_ms;
        }
        assert_true(request_clock_due(made->calendar, &e.r, CLOCK_RESPONSE, &e.pauses) == wanted_ms);
    }
    wake(made, &e, INT64_MAX, &fired);
    assert_int_equal(count_of(&fired, CLOCK_RESPONSE, 0), 1);
    for (size_t i = 0; i < fired.count; i++)
        if (fired.marks[i].clock == CLOCK_RESPONSE)
            assert_true(fired.marks[i].at_ms == wanted_ms);
    return true;
}

// However seldom the job wakes, the same marks are left, each once, in order, with the instants at which they were
// passed and not those at which it woke (GLPI #4170, #15429).
static bool try_marks_after_downtime(struct random *random, const struct made_calendar *made)
{
    struct example e, often;
    struct fired seldom_fired = {.count = 0}, often_fired = {.count = 0};
    random_example(random, made, &e);
    often = e;
    int64_t now_ms = e.r.reported_at_ms;
    for (int64_t n = random_between(random, 0, 4); n > 0; n--) {
        now_ms += random_between(random, 0, 30 * DAY_MS);
        wake(made, &e, now_ms, &seldom_fired);
        wake(made, &e, now_ms, &seldom_fired); // a second process
    }
    wake(made, &e, INT64_MAX, &seldom_fired);
    for (struct request_mark mark; (mark = request_next_mark(made->calendar, &often.r, &often.pauses)).at_ms;)
        wake(made, &often, mark.at_ms, &often_fired);
    assert_int_equal(seldom_fired.count, often_fired.count);
    for (size_t i = 0; i < seldom_fired.count; i++) {
        const struct request_mark *one = &seldom_fired.marks[i], *other = &often_fired.marks[i];
        assert_true(one->clock == other->clock && one->level == other->level && one->at_ms == other->at_ms);
        assert_true(i == 0 || seldom_fired.marks[i - 1].at_ms <= one->at_ms);
        assert_int_equal(count_of(&seldom_fired, one->clock, one->level), 1);
        if (one->level == 3)
            assert_true(one->at_ms == e.r.due_at_ms); // a hundred per cent is the limit itself
    }
    assert_int_equal(e.r.level, REQUEST_LEVELS);
    return true;
}

// What comes in when nobody works has every limit of what comes in at the next working minute (osTicket #1168).
static bool try_reported_off_work(struct random *random, const struct made_calendar *made)
{
    static const enum request_clock clocks[] = {CLOCK_DISPATCH, CLOCK_RESPONSE, CLOCK_COMPLETION};
    struct example e;
    random_example(random, made, &e);
    struct request next = e.r;
    next.reported_at_ms = made_next_working(made, e.r.reported_at_ms);
    if (next.reported_at_ms == e.r.reported_at_ms || e.r.unit == UNIT_URGENT_HOUR || e.r.unit == UNIT_DAY)
        return false;
    next.due_at_ms = request_limit(made->calendar, &next, &e.pauses, NULL);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        assert_true(request_clock_due(made->calendar, &e.r, clocks[i], &e.pauses) ==
                    request_clock_due(made->calendar, &next, clocks[i], &e.pauses));
    return true;
}

// The limit of one unit's share runs from its own dispatch, whole, whoever had it before; the request's own limit does
// not move for it (GLPI #1911).
static bool try_share_of_the_next_unit(struct random *random, const struct made_calendar *made)
{
    struct example e;
    random_example(random, made, &e);
    int64_t budget = random_between(random, 1, 20), due_ms = e.r.due_at_ms, before_ms = 0, sent_ms = e.r.reported_at_ms;
    enum calendar_unit unit = (enum calendar_unit)e.r.unit;
    for (int64_t n = random_between(random, 1, 4); n > 0; n--) {
        sent_ms += random_between(random, 0, 12 * DAY_MS);
        int64_t share_ms = calendar_due(made->calendar, sent_ms, unit, budget, e.pauses.at, e.pauses.count, NULL);
        assert_true(calendar_elapsed_ms(made->calendar, sent_ms, share_ms, unit, e.pauses.at, e.pauses.count) ==
                    budget * calendar_unit_ms(made->calendar, unit));
        assert_true(share_ms >= before_ms);
        before_ms = share_ms;
        e.r.owner_post_id = n;
        e.r.signed_at_ms = e.r.handler_id = 0;
        assert_true(request_limit(made->calendar, &e.r, &e.pauses, NULL) == due_ms);
    }
    return true;
}

#define RULE(name)                                                                                                     \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        made_for_many(try_##name, 100000);                                                                             \
    }
RULE(changed_while_paused)
RULE(nothing_while_paused)
RULE(opened_again)
RULE(nothing_replaces_c2)
RULE(marks_after_downtime)
RULE(reported_off_work)
RULE(share_of_the_next_unit)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changed_while_paused),   cmocka_unit_test(nothing_while_paused),
        cmocka_unit_test(opened_again),           cmocka_unit_test(nothing_replaces_c2),
        cmocka_unit_test(marks_after_downtime),   cmocka_unit_test(reported_off_work),
        cmocka_unit_test(share_of_the_next_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
