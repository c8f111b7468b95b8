// SPDX-License-Identifier: MulanPSL-2.0
// Opening hours: midnight, holidays, moved working days, single days; and against a walk minute by minute.
#include "base/test_calendar_util.h"
#include "domain/catalog/station.h"

#include <string.h>

static const char calendar_text[] = "version t\nzone +08:00\nhours 09:00-12:00 13:00-17:00\nyear 2026\n"
                                    "holiday 2026-10-01\nholiday 2026-10-02\nholiday 2026-10-03\nholiday 2026-10-04\n"
                                    "holiday 2026-10-05\nworkday 2026-10-10\n";

static struct calendar *known_calendar(struct ctx *c)
{
    struct calendar *calendar = NULL;
    assert_int_equal(calendar_parse(c, str_of(calendar_text), &calendar), OK);
    return calendar;
}

static struct station_hours read_hours(struct ctx *c, const struct station *station)
{
    struct station_hours hours;
    if (station_hours_read(c, station, &hours) != OK)
        fail_msg("%s in %.*s", c->error.key, STR_ARG(c->error.field));
    return hours;
}

static int64_t at(const char *text)
{
    int64_t at_ms = 0;
    assert_true(time_parse(str_of(text), &at_ms));
    return at_ms;
}

// until, next: "" for none.
static void expect(const struct station_hours *hours, const struct calendar *calendar, const char *when, bool now,
                   const char *until, const char *next)
{
    struct station_open open = station_open_at(hours, calendar, at(when));
    if (open.now != now || open.until_ms != (*until ? at(until) : 0) || open.next_ms != (*next ? at(next) : 0))
        fail_msg("at %s: open %d until %lld next %lld", when, open.now, (long long)open.until_ms,
                 (long long)open.next_ms);
}

static const struct station usual = {.hours_mon = STR_INIT("09:00-12:00 13:00-17:00"),
                                     .hours_tue = STR_INIT("09:00-12:00 13:00-17:00"),
                                     .hours_wed = STR_INIT("09:00-12:00 13:00-17:00"),
                                     .hours_thu = STR_INIT("09:00-12:00 13:00-17:00"),
                                     .hours_fri = STR_INIT("09:00-12:00 13:00-17:00"),
                                     .hours_sat = STR_INIT("10:00-12:00"),
                                     .exceptions = STR_INIT("2026-10-12 closed\n\n2026-10-13 20:00-02:00\n")};

static void days_of_the_calendar(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    struct calendar *calendar = known_calendar(&c);
    struct station_hours hours = read_hours(&c, &usual);
    expect(&hours, calendar, "2026-09-30T08:59:59.999+08:00", false, "", "2026-09-30T09:00:00+08:00");
    expect(&hours, calendar, "2026-09-30T09:00:00+08:00", true, "2026-09-30T12:00:00+08:00", "");
    expect(&hours, calendar, "2026-09-30T12:00:00+08:00", false, "", "2026-09-30T13:00:00+08:00");
    // After Wednesday come five days of holiday, a Saturday with hours among them: Tuesday the sixth.
    expect(&hours, calendar, "2026-09-30T17:00:00+08:00", false, "", "2026-10-06T09:00:00+08:00");
    expect(&hours, calendar, "2026-10-03T11:00:00+08:00", false, "", "2026-10-06T09:00:00+08:00");
    // The tenth is a Saturday that is worked instead: as a Monday, not as a Saturday.
    expect(&hours, calendar, "2026-10-10T09:30:00+08:00", true, "2026-10-10T12:00:00+08:00", "");
    expect(&hours, calendar, "2026-10-10T14:00:00+08:00", true, "2026-10-10T17:00:00+08:00", "");
    // The twelfth, a Monday, is closed for once; on the thirteenth it is open past midnight.
    expect(&hours, calendar, "2026-10-10T17:00:00+08:00", false, "", "2026-10-13T20:00:00+08:00");
    expect(&hours, calendar, "2026-10-13T23:59:59+08:00", true, "2026-10-14T02:00:00+08:00", "");
    expect(&hours, calendar, "2026-10-14T01:59:59+08:00", true, "2026-10-14T02:00:00+08:00", "");
    expect(&hours, calendar, "2026-10-14T02:00:00+08:00", false, "", "2026-10-14T09:00:00+08:00");
    expect(&hours, calendar, "2026-10-17T10:00:00+08:00", true, "2026-10-17T12:00:00+08:00", ""); // a plain Saturday
    calendar_free(calendar);
    arena_free(c.arena);
}

static void round_the_clock_and_never(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    struct calendar *calendar = known_calendar(&c);
    struct str all_day = STR("00:00-24:00");
    struct station always = {.hours_mon = all_day,
                             .hours_tue = all_day,
                             .hours_wed = all_day,
                             .hours_thu = all_day,
                             .hours_fri = all_day,
                             .hours_sat = all_day,
                             .hours_sun = all_day};
    struct station_hours hours = read_hours(&c, &always);
    // Joined over midnight, up to the holiday.
    expect(&hours, calendar, "2026-09-28T23:30:00+08:00", true, "2026-10-01T00:00:00+08:00", "");
    always.hours_holiday = all_day;
    hours = read_hours(&c, &always);
    expect(&hours, calendar, "2026-09-28T23:30:00+08:00", true, "", ""); // for more than two weeks
    struct station never = {.id = 1};
    hours = read_hours(&c, &never);
    expect(&hours, calendar, "2026-09-28T09:30:00+08:00", false, "", "");
    calendar_free(calendar);
    arena_free(c.arena);
}

static void what_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"9:00-12:00",
                                      "09:00-25:00",
                                      "09:00",
                                      "09:00-09:00",
                                      "09:60-10:00",
                                      "09:00~12:00",
                                      "09:00-12:00 11:00-13:00",
                                      "13:00-17:00 09:00-12:00",
                                      "20:00-02:00 03:00-04:00",
                                      "24:00-02:00",
                                      "01:00-02:00 03:00-04:00 05:00-06:00 07:00-08:00 09:00-10:00",
                                      "closed",
                                      "-9:00-12:00",
                                      "09:00-12:00,13:00-17:00"};
    static const char *const bad_days[] = {"2026-13-01 closed", "2026-10-01", "closed", "2026-10-01 open",
                                           "2026-10-01 09:00"};
    struct ctx c = test_ctx(NULL);
    struct station_hours hours;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct station station = {.hours_wed = str_of(bad[i])};
        if (station_hours_read(&c, &station, &hours) != ERR_INVALID || !str_equal_z(c.error.field, "hours_wed"))
            fail_msg("taken: %s", bad[i]);
    }
    for (size_t i = 0; i < sizeof bad_days / sizeof *bad_days; i++) {
        struct station station = {.exceptions = str_of(bad_days[i])};
        if (station_hours_read(&c, &station, &hours) != ERR_INVALID || !str_equal_z(c.error.field, "exceptions"))
            fail_msg("taken: %s", bad_days[i]);
    }
    arena_free(c.arena);
}

// --- any hours in any calendar --------------------------------------------------------------------------------------
static struct station_day random_day(struct random *random)
{
    struct station_day day = {.count = random_next(random) % 3 ? (size_t)random_between(random, 1, 3) : 0};
    int minute = 0;
    for (size_t i = 0; i < day.count; i++) {
        day.at[i].from = minute + (int)random_between(random, i ? 1 : 0, 300);
        day.at[i].to = day.at[i].from + (int)random_between(random, 1, 240);
        minute = day.at[i].to;
    }
    if (day.count && random_next(random) % 4 == 0)
        day.at[day.count - 1].to = 1440 + (int)random_between(random, 0, 300);
    return day;
}

static struct station_hours random_hours(struct random *random)
{
    struct station_hours hours = {.holiday = random_day(random)};
    for (size_t i = 0; i < 7; i++)
        hours.week[i] = random_day(random);
    for (; hours.exception_count < 3; hours.exception_count++) {
        hours.exceptions[hours.exception_count].day = made_first_day() + random_between(random, 0, 100);
        hours.exceptions[hours.exception_count].hours = random_day(random);
    }
    return hours;
}

// By the rule's words, of one minute: is it within a span of its day, or of one of yesterday's past midnight?
static bool open_in(const struct station_hours *hours, const struct made_calendar *made, int64_t at_ms)
{
    int64_t local = at_ms + made->zone_ms, today = local / DAY_MS, minute = local % DAY_MS / MINUTE_MS;
    for (int back = 0; back <= 1; back++) {
        const struct station_day *day = station_day_of(hours, made->calendar, today - back);
        for (size_t i = 0; i < day->count; i++)
            if (minute + 1440 * back >= day->at[i].from && minute + 1440 * back < day->at[i].to)
                return true;
    }
    return false;
}

// What is told changes exactly where it is told to change, and nowhere before.
static bool try_open(struct random *random, const struct made_calendar *made)
{
    struct station_hours hours = random_hours(random);
    int64_t at_ms = made_instant(random, 90);
    struct station_open open = station_open_at(&hours, made->calendar, at_ms);
    assert_int_equal(open.now, open_in(&hours, made, at_ms));
    assert_true(open.now ? open.next_ms == 0 : open.until_ms == 0);
    int64_t change_ms = open.now ? open.until_ms : open.next_ms;
    if (!change_ms)
        return false;
    assert_true(change_ms > at_ms && open_in(&hours, made, change_ms) != open.now);
    assert_int_equal(open_in(&hours, made, change_ms - 1), open.now);
    for (int i = 0; i < 40; i++)
        assert_int_equal(open_in(&hours, made, random_between(random, at_ms, change_ms - 1)), open.now);
    return true;
}

static void open_or_closed_in_any_calendar(void **state)
{
    (void)state;
    made_for_many(try_open, 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_of_the_calendar),
        cmocka_unit_test(round_the_clock_and_never),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(open_or_closed_in_any_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
