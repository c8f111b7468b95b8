// SPDX-License-Identifier: MulanPSL-2.0
// What must hold in any calendar: random calendars, instants, budgets and pauses.
#include "base/buf.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "base/test.h"

#include <string.h>

#define CALENDARS 400
#define MAX_PAUSES 6
#define MAX_LISTED 60

// A calendar, and apart from it what it was made of.
struct made {
    struct calendar *calendar;
    int64_t zone_ms;
    struct {
        int from, to; // minutes of the day
    } hours[3];
    size_t hours_count;
    int64_t off[MAX_LISTED], moved[MAX_LISTED];
    size_t off_count, moved_count;
};

struct example {
    int64_t start_ms;
    enum calendar_unit unit;
    int64_t budget, budget_ms;
    struct calendar_pause pauses[MAX_PAUSES];
    size_t pause_count;
    int64_t due_ms;
};

static int64_t first_day(void)
{
    return day_from_date(2025, 1, 1);
}

static bool listed(const int64_t *days, size_t count, int64_t day)
{
    for (size_t i = 0; i < count; i++)
        if (days[i] == day)
            return true;
    return false;
}

static void add_day(struct buf *text, const char *verb, int64_t day)
{
    int year;
    int month;
    int in_month;
    day_to_date(day, &year, &month, &in_month);
    buf_addf(text, "%s %04d-%02d-%02d\n", verb, year, month, in_month);
}

static void write_calendar(const struct made *made, struct buf *text)
{
    int64_t zone = made->zone_ms < 0 ? -made->zone_ms : made->zone_ms;
    buf_addf(text, "version test\nzone %c%02d:%02d\nhours", made->zone_ms < 0 ? '-' : '+', (int)(zone / HOUR_MS),
             (int)(zone / MINUTE_MS % 60));
    for (size_t i = 0; i < made->hours_count; i++)
        buf_addf(text, " %02d:%02d-%02d:%02d", made->hours[i].from / 60, made->hours[i].from % 60,
                 made->hours[i].to / 60, made->hours[i].to % 60);
    buf_addf(text, "\nyear 2025\n");
    for (size_t i = 0; i < made->off_count; i++)
        add_day(text, "holiday", made->off[i]);
    for (size_t i = 0; i < made->moved_count; i++)
        add_day(text, "workday", made->moved[i]);
}

static void build(struct made *made)
{
    struct ctx c = test_ctx(NULL);
    struct buf text;
    buf_init(&text, 100000);
    write_calendar(made, &text);
    assert_int_equal(calendar_parse(&c, buf_str(&text), &made->calendar), OK);
    buf_free(&text);
    arena_free(c.arena);
}

static struct made random_calendar(struct random *random)
{
    struct made made = {.zone_ms = random_between(random, -28, 28) * 30 * MINUTE_MS};
    made.hours_count = (size_t)random_between(random, 1, 3);
    int minute = (int)random_between(random, 0, 600);
    for (size_t i = 0; i < made.hours_count; i++) {
        made.hours[i].from = minute;
        made.hours[i].to = minute + (int)random_between(random, 1, 240);
        minute = made.hours[i].to + (int)random_between(random, 1, 30);
    }
    int64_t many = random_between(random, 0, MAX_LISTED);
    for (int64_t i = 0; i < many; i++) {
        int64_t day = first_day() + random_between(random, 0, 200);
        if (!listed(made.off, made.off_count, day) && !listed(made.moved, made.moved_count, day)) {
            if (random_next(random) % 3)
                made.off[made.off_count++] = day;
            else
                made.moved[made.moved_count++] = day;
        }
    }
    build(&made);
    return made;
}

// Whole minutes half of the time: edges of working hours are where errors live.
static int64_t random_instant(struct random *random, int64_t days)
{
    int64_t at = first_day() * DAY_MS + random_between(random, 0, days * DAY_MS);
    return random_next(random) % 2 ? at - at % (10 * MINUTE_MS) : at;
}

static struct example random_example(struct random *random, const struct made *made)
{
    struct example e = {.start_ms = random_instant(random, 120)};
    e.unit = (enum calendar_unit)random_between(random, 0, UNIT_COUNT - 1);
    e.budget = random_next(random) % 20 ? random_between(random, 1, 40) : random_between(random, 100, 5000);
    e.budget_ms = e.budget * calendar_unit_ms(made->calendar, e.unit);
    e.pause_count = random_next(random) % 2 ? (size_t)random_between(random, 0, MAX_PAUSES) : 0;
    for (size_t i = 0; i < e.pause_count; i++) {
        e.pauses[i].from_ms = random_instant(random, 140);
        e.pauses[i].to_ms = e.pauses[i].from_ms + random_between(random, -HOUR_MS, 6 * DAY_MS);
    }
    e.due_ms = calendar_due(made->calendar, e.start_ms, e.unit, e.budget, e.pauses, e.pause_count, NULL);
    return e;
}

static int64_t elapsed(const struct made *made, const struct example *e, int64_t from_ms, int64_t to_ms)
{
    return calendar_elapsed_ms(made->calendar, from_ms, to_ms, e->unit, e->pauses, e->pause_count);
}

static bool is_work_unit(const struct example *e)
{
    return e->unit == UNIT_WORK_HOUR || e->unit == UNIT_WORK_DAY;
}

static bool is_working(const struct made *made, int64_t at_ms)
{
    int64_t local = at_ms + made->zone_ms;
    int64_t day = local / DAY_MS;
    bool weekend = (day + 3) % 7 >= 5;
    if (weekend ? !listed(made->moved, made->moved_count, day) : listed(made->off, made->off_count, day))
        return false;
    for (size_t i = 0; i < made->hours_count; i++)
        if (local % DAY_MS >= made->hours[i].from * MINUTE_MS && local % DAY_MS < made->hours[i].to * MINUTE_MS)
            return true;
    return false;
}

static bool is_paused(const struct example *e, int64_t at_ms)
{
    for (size_t i = 0; i < e->pause_count; i++)
        if (at_ms >= e->pauses[i].from_ms && at_ms < e->pauses[i].to_ms)
            return true;
    return false;
}

typedef void rule(struct random *random, const struct made *made, const struct example *e);

static void for_many(rule *check, int64_t usual)
{
    struct random random = test_random();
    int64_t cases = test_cases(usual);
    int64_t each = cases / CALENDARS + 1;
    for (int64_t i = 0; i < cases; i += each) {
        struct made made = random_calendar(&random);
        for (int64_t k = 0; k < each; k++) {
            struct example e = random_example(&random, &made);
            check(&random, &made, &e);
        }
        calendar_free(made.calendar);
    }
}

// due(t, b) = d implies elapsed(t, d) = b, and no earlier instant has it.
static void check_inverse(struct random *random, const struct made *made, const struct example *e)
{
    (void)random;
    assert_int_equal(elapsed(made, e, e->start_ms, e->due_ms), e->budget_ms);
    assert_int_equal(elapsed(made, e, e->start_ms, e->due_ms - 1), e->budget_ms - 1);
}

static void check_order(struct random *random, const struct made *made, const struct example *e)
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
}

// Nothing falls due while paused, nor outside working time.
static void check_due_is_counted_time(struct random *random, const struct made *made, const struct example *e)
{
    (void)random;
    assert_false(is_paused(e, e->due_ms - 1));
    if (is_work_unit(e))
        assert_true(is_working(made, e->due_ms - 1));
}

// The same pauses cut in two, laid over one another and in another order are the same pauses.
static void check_pauses_in_any_form(struct random *random, const struct made *made, const struct example *e)
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
    int64_t end = random_instant(random, 200);
    assert_int_equal(calendar_elapsed_ms(made->calendar, e->start_ms, end, e->unit, other, n),
                     elapsed(made, e, e->start_ms, end));
}

// The stretch around a moment in which nobody works, pauses included, makes no difference.
static void check_pause_off_work(struct random *random, const struct made *made, const struct example *e)
{
    if (!is_work_unit(e) || e->pause_count == MAX_PAUSES)
        return;
    int64_t from = random_instant(random, 150);
    from -= from % MINUTE_MS;
    if (is_working(made, from))
        return;
    int64_t to = from;
    int64_t longest = random_between(random, 1, 3000);
    while (to < from + longest * MINUTE_MS && !is_working(made, to))
        to += MINUTE_MS;
    struct example paused = *e;
    paused.pauses[paused.pause_count++] = (struct calendar_pause){from, to};
    assert_int_equal(
        calendar_due(made->calendar, e->start_ms, e->unit, e->budget, paused.pauses, paused.pause_count, NULL),
        e->due_ms);
    int64_t end = random_instant(random, 200);
    assert_int_equal(elapsed(made, &paused, e->start_ms, end), elapsed(made, e, e->start_ms, end));
}

// What comes in outside hours is reckoned from the next working minute.
static void check_start_off_work(struct random *random, const struct made *made, const struct example *e)
{
    (void)random;
    int64_t next = e->start_ms - e->start_ms % MINUTE_MS;
    if (!is_work_unit(e) || is_working(made, e->start_ms))
        return;
    while (!is_working(made, next))
        next += MINUTE_MS;
    assert_int_equal(calendar_due(made->calendar, next, e->unit, e->budget, e->pauses, e->pause_count, NULL),
                     e->due_ms);
}

// One more holiday inside the span costs exactly one working day; a moved working day gives one back.
static void check_whole_days(struct random *random, const struct made *made, const struct example *e)
{
    int64_t first = calendar_day(made->calendar, e->start_ms) + 1;
    int64_t due = calendar_due(made->calendar, e->start_ms, UNIT_WORK_DAY, e->budget, NULL, 0, NULL);
    int64_t last = calendar_day(made->calendar, due) - 1;
    if (first > last || made->off_count == MAX_LISTED || made->moved_count == MAX_LISTED)
        return;
    int64_t day = random_between(random, first, last);
    bool weekend = (day + 3) % 7 >= 5;
    if (listed(made->off, made->off_count, day) || listed(made->moved, made->moved_count, day))
        return;
    struct made other = *made;
    if (weekend)
        other.moved[other.moved_count++] = day;
    else
        other.off[other.off_count++] = day;
    build(&other);
    int64_t budget = weekend ? e->budget - 1 : e->budget + 1;
    // Only when the day given back lies before the shorter limit too.
    if (!weekend ||
        (budget > 0 && day < calendar_day(made->calendar, calendar_due(made->calendar, e->start_ms, UNIT_WORK_DAY,
                                                                       budget, NULL, 0, NULL))))
        assert_int_equal(calendar_due(other.calendar, e->start_ms, UNIT_WORK_DAY, e->budget, NULL, 0, NULL),
                         calendar_due(made->calendar, e->start_ms, UNIT_WORK_DAY, budget, NULL, 0, NULL));
    calendar_free(other.calendar);
}

// Another way to the same number: minute by minute.
static void check_against_minutes(struct random *random, const struct made *made, const struct example *e)
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
        if ((!is_work_unit(e) || is_working(made, at)) && !is_paused(&whole, at))
            counted += MINUTE_MS;
    assert_int_equal(elapsed(made, &whole, whole.start_ms, end), counted);
}

// Provisional exactly when working time of a year other than 2025, the only one listed, was passed through.
static void check_provisional(struct random *random, const struct made *made, const struct example *e)
{
    (void)random;
    bool provisional;
    calendar_due(made->calendar, e->start_ms, e->unit, e->budget, e->pauses, e->pause_count, &provisional);
    bool beyond = calendar_day(made->calendar, e->start_ms) < day_from_date(2025, 1, 1) ||
                  calendar_day(made->calendar, e->due_ms) > day_from_date(2025, 12, 31);
    assert_int_equal(provisional, is_work_unit(e) && beyond);
}

#define RULE(name, usual)                                                                                              \
    static void name(void **state)                                                                                     \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        for_many(check_##name, usual);                                                                                 \
    }
RULE(inverse, 40000)
RULE(order, 20000)
RULE(due_is_counted_time, 20000)
RULE(pauses_in_any_form, 20000)
RULE(pause_off_work, 20000)
RULE(start_off_work, 20000)
RULE(whole_days, 10000)
RULE(against_minutes, 1500)
RULE(provisional, 20000)

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
