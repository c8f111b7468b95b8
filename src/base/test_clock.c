// SPDX-License-Identifier: MulanPSL-2.0
#include "base/clock.h"

#include "base/test.h"

#include <string.h>
#include <time.h>

static void every_day_there_and_back(void **state)
{
    (void)state;
    int year = 1;
    int month = 1;
    int day = 1;
    int64_t first = day_from_date(1, 1, 1);
    int64_t last = day_from_date(9999, 12, 31);
    assert_int_equal(first, -719162);
    assert_int_equal(day_from_date(1970, 1, 1), 0);
    for (int64_t number = first; number <= last; number++) {
        int got_year;
        int got_month;
        int got_day;
        day_to_date(number, &got_year, &got_month, &got_day);
        if (got_year != year || got_month != month || got_day != day || day_from_date(year, month, day) != number)
            fail_msg("day %lld", (long long)number);
        if (date_valid(year, month, day + 1)) {
            day++;
        } else {
            day = 1;
            month = month % 12 + 1;
            year += month == 1;
        }
    }
    assert_int_equal(year, 10000);
}

static void dates_that_are_none(void **state)
{
    (void)state;
    assert_true(date_valid(2024, 2, 29));
    assert_true(date_valid(2000, 2, 29));
    assert_false(date_valid(1900, 2, 29));
    assert_false(date_valid(2026, 2, 29));
    assert_false(date_valid(2026, 4, 31));
    assert_false(date_valid(2026, 0, 1));
    assert_false(date_valid(2026, 13, 1));
    assert_false(date_valid(2026, 1, 0));
    assert_false(date_valid(0, 1, 1));
    assert_false(date_valid(10000, 1, 1));
}

static void formatting_agrees_with_the_library(void **state)
{
    (void)state;
    struct random random = test_random();
    for (int64_t i = 0; i < test_cases(50000); i++) {
        int64_t at = random_between(&random, INT64_C(-60000000000000), INT64_C(253402300799999));
        int64_t ms = ((at % 1000) + 1000) % 1000;
        time_t seconds = (time_t)((at - ms) / 1000);
        struct tm parts;
        char expected[80];
        char got[25];
        gmtime_r(&seconds, &parts);
        snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, (int)ms);
        time_format(at, got);
        assert_string_equal(got, expected);
        int64_t back;
        assert_true(time_parse(str_of(got), &back));
        assert_int_equal(back, at);
    }
}

static void zones_and_fractions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at_ms;
    } good[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00:00z", 0},
        {"1970-01-01", 0},
        {"1970-01-02", DAY_MS},
        {"1970-01-01T08:00:00+08:00", 0},
        {"1969-12-31T19:30:00-04:30", 0},
        {"1970-01-01T00:00:00.5Z", 500},
        {"1970-01-01T00:00:00.001999Z", 1},
        {"2026-11-24T05:29:48.123Z", INT64_C(1795498188123)},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        int64_t at = -1;
        assert_true(time_parse(str_of(good[i].text), &at));
        assert_int_equal(at, good[i].at_ms);
    }
    static const char *const bad[] = {
        "",
        "2026",
        "2026-11",
        "2026-11-24T",
        "2026-11-24T05:29Z",
        "2026-11-24T05:29:48",
        "2026-11-24T05:29:48.Z",
        "2026-11-24 05:29:48Z",
        "2026-02-30",
        "2026-11-24T24:00:00Z",
        "2026-11-24T05:60:00Z",
        "2026-11-24T05:29:60Z",
        "2026-11-24T05:29:48+0800",
        "2026-11-24T05:29:48+24:00",
        "2026-11-24T05:29:48+08:60",
        "2026-11-24T05:29:48ZZ",
        "2026-11-24x",
        "0000-01-01",
        "+2026-11-24",
        "2026-1-24",
        " 2026-11-24",
        "2026/11/24",
        "20261124",
        "2026-11-24T05:29:48.1234567890123Z",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t at;
        if (time_parse(str_of(bad[i]), &at))
            fail_msg("%s", bad[i]);
    }
}

static void a_turned_clock(void **state)
{
    (void)state;
    struct clock turned = clock_machine;
    turned.offset_ms = 3 * DAY_MS;
    int64_t difference = clock_now_ms(&turned) - clock_now_ms(&clock_machine);
    assert_in_range(difference, 3 * DAY_MS - 2000, 3 * DAY_MS + 2000);
    int64_t before = clock_monotonic_ns();
    assert_true(clock_monotonic_ns() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_there_and_back),
        cmocka_unit_test(dates_that_are_none),
        cmocka_unit_test(formatting_agrees_with_the_library),
        cmocka_unit_test(zones_and_fractions),
        cmocka_unit_test(a_turned_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
