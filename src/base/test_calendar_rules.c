// SPDX-License-Identifier: MulanPSL-2.0
// What must hold in any calendar: random calendars, instants, budgets and pauses.
#include "base/test_calendar_util.h"

#include <string.h>

#define MAX_PAUSES 6

struct example {
    int64_t start_ms;
    enum calendar_unit unit;
    int64_t budget, budget_ms;
    struct calendar_pause pauses[MAX_PAUSES];
    size_t pause_count;
    int64_t due_ms;
};

static struct example random_example(struct random *random, const struct made_calendar *made)
{
    struct example e = {.start_ms = made_instant(random, 120)};
    e.unit = (enum calendar_unit)random_between(random, 0, UNIT_COUNT - 1);
    e.budget = random_next(random) % 20 ? random_between(random, 1, 40) : random_between(random, 100, 5000);
    e.budget_ms = e.budget * calendar_unit_ms(made->calendar, e.unit);
    e.pause_count = random_next(random) % 2 ? (size_t)random_between(random, 0, MAX_PAUSES) : 0;
    for (size_t i = 0; i < e.pause_count; i++) {
        e.pauses[i].from_ms = made_instant(random, 140);
        e.pauses[i].to_ms = e.pauses[i].from_ms + random_between(random, -HOUR_MS, 6 * DAY_MS);
    }
    e.due_ms = calendar_due(made->calendar, e.start_ms, e.unit, e.budget, e.pauses, e.pause_count, NULL);
    return e;
}

static int64_t elapsed(const struct made_calendar *made, const struct example *e, int64_t from_ms, int64_t to_ms)
{
    return calendar_elapsed_ms(made->calendar, from_ms, to_ms, e->unit, e->pauses, e->pause_count);
}

static bool is_work_unit(const struct example *e)
{
    return e->unit == UNIT_WORK_HOUR || e->unit == UNIT_WORK_DAY;
}

static bool is_paused(const struct example *e, int64_t at_ms)
{
    for (size_t i = 0; i < e->pause_count; i++)
        if (at_ms >= e->pauses[i].from_ms && at_ms < e->pauses[i].to_ms)
            return true;
    return false;
}

// due(t, b) = d implies elapsed(t, d) = b, and no earlier instant has it.
static bool check_inverse(struct random *random, const struct made_calendar *made, const struct example *e)
{
    (void)random;
    assert_int_equal(elapsed(made, e, e->start_ms, e->due_ms), e->budget_ms);
    assert_int_equal(elapsed(made, e, e->start_ms, e->due_ms - 1), e->budget_ms - 1);
    return true;
}

static bool check_order(struct random *random, const struct made_calendar *made, const struct example *e)
{
    int64_t more = e->budget + random_between(random, 1, 10);
    assert_true(calendar_due(made->calendar, e->start_ms, e->unit, more, e->pauses, e->pause_count, NULL) > e->due_ms);
    int64_t later = e->start_ms + random_between(random, 0, 3 * DAY_MS);
    assert_true(calendar_due(made->calendar, later, e->unit, e->budget, e->pauses, e->pause_count, NULL) >= e->due_ms);
    // Elapsed time adds up, and never runs faster than the clock.
    int64_t middle = e->start_ms + random_between(random, 0, e->due_ms - e->start_ms);
    int64_t first = elapsed(made, e, e->start_ms, middle);
    assert_int_equal(first + elapsed(made, e, middle, e->due_ms), e->budget_ms);
    assert_in_range(first, 0, middle - e->start_ms);
    // A further pause never brings the limit nearer.
    struct example paused = *e;
    if (paused.pause_count == MAX_PAUSES)
        paused.pause_count--;
    int64_t before =
        calendar_due(made->calendar, e->start_ms, e->unit, e->budget, paused.pauses, paused.pause_count, NULL);
    paused.pauses[paused.pause_count++] = (struct calendar_pause){middle, middle + random_between(random, 0, DAY_MS)};
    assert_true(calendar_due(made->calendar, e->start_ms, e->unit, e->budget, paused.pauses, paused.pause_count,
                             NULL) >= before);
    return true;
}

// Nothing falls due while paused, nor outside working time.
static bool check_due_is_counted_time(struct random *random, const struct made_calendar *made, const struct example *e)
{
    (void)random;
    assert_false(is_paused(e, e->due_ms - 1));
    if (is_work_unit(e))
        assert_true(made_working(made, e->due_ms - 1));
    return true;
}

// The same pauses cut in two, laid over one another and in another order are the same pauses.
static bool check_pauses_in_any_form(struct random *random, const struct made_calendar *made, const struct example *e)
{
    struct calendar_pause other[2 * MAX_PAUSES];
    size_t n = 0;
    for (size_t i = e->pause_count; i-- > 0;) {
        struct calendar_pause pause = e->pauses[i];
        if (pause.to_ms <= pause.from_ms)
            continue;
        int64_t cut = random_between(random, pause.from_ms, pause.to_ms);
        int64_t overlap = random_between(random, pause.from_ms, cut);
        other[n++] = (struct calendar_pause){overlap, pause.to_ms};
        other[n++] = (struct calendar_pause){pause.from_ms, cut};
    }
    assert_int_equal(calendar_due(made->calendar, e->start_ms, e->unit, e->budget, other, n, NULL), e->due_ms);
    int64_t end = made_instant(random, 200);
    assert_int_equal(calendar_elapsed_ms(made->calendar, e->start_ms, end, e->unit, other, n),
                     elapsed(made, e, e->start_ms, end));
    return true;
}

// The stretch around a moment in which nobody works, pauses included, makes no difference.
static bool check_pause_off_work(struct random *random, const struct made_calendar *made, const struct example *e)
{
    if (!is_work_unit(e) || e->pause_count == MAX_PAUSES)
        return false;
    int64_t from = made_instant(random, 150), next = made_next_working(made, from);
    if (next == from)
        return false;
    int64_t longest = from + random_between(random, 1, 3000) * MINUTE_MS, to = next < longest ? next : longest;
    struct example paused = *e;
    paused.pauses[paused.pause_count++] = (struct calendar_pause){from, to};
    assert_int_equal(
        calendar_due(made->calendar, e->start_ms, e->unit, e->budget, paused.pauses, paused.pause_count, NULL),
        e->due_ms);
    int64_t end = made_instant(random, 200);
    assert_int_equal(elapsed(made, &paused, e->start_ms, end), elapsed(made, e, e->start_ms, end));
    return true;
}

// What comes in outside hours is reckoned from the next working minute.
static bool check_start_off_work(struct random *random, const struct made_calendar *made, const struct example *e)
{
    (void)random;
    if (!is_work_unit(e) || made_working(made, e->start_ms))
        return false;
    int64_t next = made_next_working(made, e->start_ms);
    assert_int_equal(calendar_due(made->calendar, next, e->unit, e->budget, e->pauses, e->pause_count, NULL),
                     e->due_ms);
    return true;
}

// One more holiday inside the span costs exactly one working day; a moved working day gives one back.
static bool check_whole_days(struct random *random, const struct made_calendar *made, const struct example *e)
{
    int64_t first = calendar_day(made->calendar, e->start_ms) + 1;
    int64_t due = calendar_due(made->calendar, e->start_ms, UNIT_WORK_DAY, e->budget, NULL, 0, NULL);
    int64_t last = calendar_day(made->calendar, due) - 1;
    if (first > last || made->off_count == MADE_LISTED_MAX || made->moved_count == MADE_LISTED_MAX)
        return false;
    int64_t day = random_between(random, first, last), index = day - made_first_day();
    bool weekend = (day + 3) % 7 >= 5;
    if (index < 0 || index >= MADE_DAYS || made->listed[index])
        return false;
    struct made_calendar other = *made;
    made_list_day(&other, day);
    made_build(&other);
    int64_t budget = weekend ? e->budget - 1 : e->budget + 1;
    // Only when the day given back lies before the shorter limit too.
    bool inside = !weekend || (budget > 0 &&
                               day < calendar_day(made->calendar, calendar_due(made->calendar, e->start_ms,
                                                                               UNIT_WORK_DAY, budget, NULL, 0, NULL)));
    if (inside)
        assert_int_equal(calendar_due(other.calendar, e->start_ms, UNIT_WORK_DAY, e->budget, NULL, 0, NULL),
                         calendar_due(made->calendar, e->start_ms, UNIT_WORK_DAY, budget, NULL, 0, NULL));
    calendar_free(other.calendar);
    return inside;
}

// Another way to the same number: minute by minute.
static bool check_against_minutes(struct random *random, const struct made_calendar *made, const struct example *e)
{
    struct example whole = *e;
    whole.start_ms -= whole.start_ms % MINUTE_MS;
    for (size_t i = 0; i < whole.pause_count; i++) {
        whole.pauses[i].from_ms -= whole.pauses[i].from_ms % MINUTE_MS;
        whole.pauses[i].to_ms -= whole.pauses[i].to_ms % MINUTE_MS;
    }
    int64_t end = whole.start_ms + random_between(random, 0, 12 * 24 * 60) * MINUTE_MS;
    int64_t counted = 0;
    for (int64_t at = whole.start_ms; at < end; at += MINUTE_MS)
        if ((!is_work_unit(e) || made_working(made, at)) && !is_paused(&whole, at))
            counted += MINUTE_MS;
    assert_int_equal(elapsed(made, &whole, whole.start_ms, end), counted);
    return true;
}

// Provisional exactly when working time of a year other than 2025, the only one listed, was passed through.
static bool check_provisional(struct random *random, const struct made_calendar *made, const struct example *e)
{
    (void)random;
    bool provisional;
    calendar_due(made->calendar, e->start_ms, e->unit, e->budget, e->pauses, e->pause_count, &provisional);
    bool beyond = calendar_day(made->calendar, e->start_ms) < day_from_date(2025, 1, 1) ||
                  calendar_day(made->calendar, e->due_ms) > day_from_date(2025, 12, 31);
    assert_int_equal(provisional, is_work_unit(e) && beyond);
    return true;
}

#define RULE(name, usual)                                                                                              \
    static bool try_##name(struct random *random, const struct made_calendar *made)                                    \
    {                                                                                                                  \
        struct example e = random_example(random, made);                                                               \
        return check_##name(random, made, &e);                                                                         \
    }                                                                                                                  \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        made_for_many(try_##name, usual);                                                                              \
    }
RULE(inverse, 100000)
RULE(order, 100000)
RULE(due_is_counted_time, 100000)
RULE(pauses_in_any_form, 100000)
RULE(pause_off_work, 100000)
RULE(start_off_work, 100000)
RULE(whole_days, 100000)
RULE(against_minutes, 1500)
RULE(provisional, 100000)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inverse),
        cmocka_unit_test(order),
        cmocka_unit_test(due_is_counted_time),
        cmocka_unit_test(pauses_in_any_form),
        cmocka_unit_test(pause_off_work),
        cmocka_unit_test(start_off_work),
        cmocka_unit_test(whole_days),
        cmocka_unit_test(against_minutes),
        cmocka_unit_test(provisional),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
