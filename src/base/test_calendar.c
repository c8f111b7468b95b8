// SPDX-License-Identifier: MulanPSL-2.0
// Known days of 2025 and 2026, read from the calendar that ships, and bad calendar files.
#include "base/calendar.h"

#include "base/clock.h"
#include "base/test.h"

static struct calendar *shipped(struct ctx *c)
{
    static char text[20000];
    FILE *file = fopen(getenv("LINLI_CALENDAR"), "r");
    assert_non_null(file);
    size_t n = fread(text, 1, sizeof(text), file);
    fclose(file);
    struct calendar *calendar = NULL;
    assert_int_equal(calendar_parse(c, (struct str){text, n}, &calendar), OK);
    return calendar;
}

static int64_t at(const char *text)
{
    int64_t at_ms = 0;
    if (!time_parse(str_of(text), &at_ms))
        fail_msg("not a time: %s", text);
    return at_ms;
}

static void assert_time(int64_t got, const char *expected)
{
    char text[25];
    char wanted[25];
    time_format(got, text);
    time_format(at(expected), wanted);
    assert_string_equal(text, wanted);
}

static void working_days_of_the_shipped_years(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    struct calendar *calendar = shipped(&c);
    int days[2] = {0, 0};
    for (int year = 2025; year <= 2026; year++)
        for (int64_t day = day_from_date(year, 1, 1); day <= day_from_date(year, 12, 31); day++)
            days[year - 2025] += calendar_is_workday(calendar, day);
    // 2025: 261 weekdays, less 18 holidays among them, and 5 moved days. 2026: 261, less 19, and 6.
    assert_int_equal(days[0], 248);
    assert_int_equal(days[1], 248);
    assert_true(calendar_is_workday(calendar, day_from_date(2026, 2, 14)));  // Saturday, moved
    assert_false(calendar_is_workday(calendar, day_from_date(2026, 2, 17))); // Spring Festival
    assert_true(calendar_is_workday(calendar, day_from_date(2025, 10, 11))); // Saturday, moved
    assert_false(calendar_is_workday(calendar, day_from_date(2025, 10, 12)));
    assert_true(calendar_has_year(calendar, day_from_date(2026, 12, 31)));
    assert_false(calendar_has_year(calendar, day_from_date(2027, 1, 1)));
    assert_true(str_equal_z(calendar_version(calendar), "2026.1"));
    assert_int_equal(calendar_zone_ms(calendar), 8 * HOUR_MS);
    assert_int_equal(calendar_unit_ms(calendar, UNIT_WORK_DAY), 7 * HOUR_MS);
    assert_int_equal(calendar_day(calendar, at("2026-01-01T23:59:59+08:00")), day_from_date(2026, 1, 1));
    assert_int_equal(calendar_day(calendar, at("2026-01-01T00:00:00+08:00")), day_from_date(2026, 1, 1));
    calendar_free(calendar);
    arena_free(c.arena);
}

static void limits_worked_out_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *start;
        enum calendar_unit unit;
        int64_t budget;
        const char *due;
        bool provisional;
    } cases[] = {
        // Tuesday; over the midday break.
        {"2026-11-24T11:00:00+08:00", UNIT_WORK_HOUR, 2, "2026-11-24T14:00:00+08:00", false},
        // Used up exactly at the end of a span: due then, not when work resumes.
        {"2026-11-24T10:00:00+08:00", UNIT_WORK_HOUR, 2, "2026-11-24T12:00:00+08:00", false},
        {"2026-11-24T13:00:00+08:00", UNIT_WORK_HOUR, 4, "2026-11-24T17:00:00+08:00", false},
        // In the evening, in the night, at midday: from the next working minute.
        {"2026-11-24T20:00:00+08:00", UNIT_WORK_HOUR, 1, "2026-11-25T10:00:00+08:00", false},
        {"2026-11-24T03:00:00+08:00", UNIT_WORK_HOUR, 1, "2026-11-24T10:00:00+08:00", false},
        {"2026-11-24T12:30:00+08:00", UNIT_WORK_HOUR, 1, "2026-11-24T14:00:00+08:00", false},
        // Friday afternoon to Monday.
        {"2026-11-27T16:00:00+08:00", UNIT_WORK_HOUR, 2, "2026-11-30T10:00:00+08:00", false},
        {"2026-11-27T16:00:00+08:00", UNIT_WORK_DAY, 1, "2026-11-30T16:00:00+08:00", false},
        // The Saturday before Spring Festival works; nine days off follow.
        {"2026-02-13T16:00:00+08:00", UNIT_WORK_DAY, 1, "2026-02-14T16:00:00+08:00", false},
        {"2026-02-13T16:00:00+08:00", UNIT_WORK_DAY, 2, "2026-02-24T16:00:00+08:00", false},
        {"2026-02-18T10:00:00+08:00", UNIT_WORK_HOUR, 1, "2026-02-24T10:00:00+08:00", false},
        // National Day and Mid-autumn 2025.
        {"2025-09-30T17:00:00+08:00", UNIT_WORK_DAY, 3, "2025-10-11T17:00:00+08:00", false},
        // Clock hours and days run through everything.
        {"2026-02-16T22:00:00+08:00", UNIT_URGENT_HOUR, 3, "2026-02-17T01:00:00+08:00", false},
        {"2026-02-16T22:00:00+08:00", UNIT_DAY, 15, "2026-03-03T22:00:00+08:00", false},
        {"2026-12-31T22:00:00+08:00", UNIT_DAY, 15, "2027-01-15T22:00:00+08:00", false},
        // Into a year without a list.
        {"2026-12-31T16:00:00+08:00", UNIT_WORK_DAY, 1, "2027-01-01T16:00:00+08:00", true},
        {"2026-12-31T10:00:00+08:00", UNIT_WORK_HOUR, 1, "2026-12-31T11:00:00+08:00", false},
        {"2026-11-24T10:00:00+08:00", UNIT_WORK_HOUR, 0, "2026-11-24T10:00:00+08:00", false},
    };
    struct ctx c = test_ctx(NULL);
    struct calendar *calendar = shipped(&c);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool provisional;
        int64_t due = calendar_due(calendar, at(cases[i].start), cases[i].unit, cases[i].budget, NULL, 0, &provisional);
        print_message("%s\n", cases[i].start);
        assert_time(due, cases[i].due);
        assert_int_equal(provisional, cases[i].provisional);
    }
    calendar_free(calendar);
    arena_free(c.arena);
}

static void pauses_worked_out_by_hand(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    struct calendar *calendar = shipped(&c);
    const struct calendar_pause pauses[] = {
        {at("2026-11-24T15:00:00+08:00"), at("2026-11-24T16:00:00+08:00")},
        {at("2026-11-24T10:00:00+08:00"), at("2026-11-24T11:00:00+08:00")},
        {at("2026-11-24T10:30:00+08:00"), at("2026-11-24T11:30:00+08:00")},
        {at("2026-11-28T09:00:00+08:00"), at("2026-11-29T17:00:00+08:00")}, // a weekend
        {at("2026-11-24T10:10:00+08:00"), at("2026-11-24T10:10:00+08:00")}, // none at all
        {at("2026-11-24T11:00:00+08:00"), at("2026-11-24T10:00:00+08:00")}, // the wrong way round
    };
    size_t n = sizeof(pauses) / sizeof(pauses[0]);
    int64_t start = at("2026-11-24T09:00:00+08:00");
    assert_time(calendar_due(calendar, start, UNIT_WORK_HOUR, 1, pauses, n, NULL), "2026-11-24T10:00:00+08:00");
    assert_time(calendar_due(calendar, start, UNIT_WORK_HOUR, 2, pauses, n, NULL), "2026-11-24T13:30:00+08:00");
    assert_time(calendar_due(calendar, start, UNIT_WORK_DAY, 1, pauses, n, NULL), "2026-11-25T11:30:00+08:00");
    assert_time(calendar_due(calendar, start, UNIT_DAY, 7, pauses, n, NULL), "2026-12-02T19:30:00+08:00");
    assert_int_equal(calendar_elapsed_ms(calendar, start, at("2026-11-24T17:00:00+08:00"), UNIT_WORK_HOUR, pauses, n),
                     7 * HOUR_MS - 150 * MINUTE_MS);
    assert_int_equal(calendar_elapsed_ms(calendar, start, start - 1, UNIT_WORK_HOUR, pauses, n), 0);
    const struct calendar_pause shortest[] = {{start, start + 1}};
    assert_int_equal(calendar_due(calendar, start, UNIT_URGENT_HOUR, 1, shortest, 1, NULL), start + HOUR_MS + 1);
    assert_int_equal(calendar_elapsed_ms(calendar, start, start + 5, UNIT_DAY, shortest, 1), 4);
    // One who is paused for ever is never late.
    const struct calendar_pause always[] = {{0, INT64_MAX}};
    assert_int_equal(calendar_elapsed_ms(calendar, start, at("2030-01-01"), UNIT_DAY, always, 1), 0);
    assert_true(calendar_due(calendar, start, UNIT_WORK_HOUR, 1, always, 1, NULL) > at("9999-12-31"));
    calendar_free(calendar);
    arena_free(c.arena);
}

static void absurd_numbers_neither_hang_nor_overflow(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    struct calendar *calendar = shipped(&c);
    static const int64_t numbers[] = {INT64_MIN, -1, 0, 1, 1000, INT64_C(1) << 40, INT64_C(1) << 52, INT64_MAX};
    size_t count = sizeof(numbers) / sizeof(numbers[0]);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            for (int unit = 0; unit < UNIT_COUNT; unit++) {
                struct calendar_pause pause = {numbers[k], numbers[i]};
                bool provisional;
                int64_t due =
                    calendar_due(calendar, numbers[i], (enum calendar_unit)unit, numbers[k], &pause, 1, &provisional);
                assert_true(due >= at("0001-01-01") && due <= at("9999-12-31T23:59:59.999Z"));
                assert_true(
                    calendar_elapsed_ms(calendar, numbers[i], numbers[k], (enum calendar_unit)unit, &pause, 1) >= 0);
            }
        }
    }
    // Forty working years.
    assert_time(calendar_due(calendar, at("2025-01-02T09:00:00+08:00"), UNIT_WORK_DAY, 10000, NULL, 0, NULL),
                "2063-06-06T17:00:00+08:00");
    calendar_free(calendar);
    arena_free(c.arena);
}

static void bad_lines_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line;
    } cases[] = {
        {"version 1\nwhat\n", "2"},
        {"version 1\nversion 2\n", "2"},
        {"version\n", "1"},
        {"version a b\n", "1"},
        {"# x\n\nzone 08:00\n", "3"},
        {"zone +15:00\n", "1"},
        {"zone +08:00\nzone +08:00\n", "2"},
        {"hours 09:00-12:00 11:00-17:00\n", "1"},
        {"hours 09:00-09:00\n", "1"},
        {"hours 12:00-09:00\n", "1"},
        {"hours 09:00-24:01\n", "1"},
        {"hours\n", "1"},
        {"hours 9-12\n", "1"},
        {"hours 09:00-12:60\n", "1"},
        {"hours 00:00-00:01 00:02-00:03 00:04-00:05 00:06-00:07 00:08-00:09 00:10-00:11 00:12-00:13 00:14-00:15 "
         "00:16-00:17\n",
         "1"},
        {"year 25\n", "1"},
        {"year 2025 x\n", "1"},
        {"holiday 2025-02-30\n", "1"},
        {"holiday 2025-02-03T00:00:00Z\n", "1"},
        {"holiday\n", "1"},
        {"holidays 2025-02-03\n", "1"},
        {"holiday 2025-02-03\nworkday 2025-02-03\n", "3"},
    };
    struct ctx c = test_ctx(NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct calendar *calendar;
        print_message("%s", cases[i].text);
        assert_int_equal(calendar_parse(&c, str_of(cases[i].text), &calendar), ERR_INVALID);
        assert_string_equal(c.error.key, "calendar.bad_line");
        assert_true(str_equal_z(c.error.args[0], cases[i].line));
    }
    struct calendar *calendar;
    assert_int_equal(
        calendar_parse(&c, STR("version x # y\r\n\r\n  hours\t08:30-24:00 \r\nholiday 2025-02-03 a b c"), &calendar),
        OK);
    assert_true(str_equal_z(calendar_version(calendar), "x"));
    assert_int_equal(calendar_unit_ms(calendar, UNIT_WORK_DAY), 15 * HOUR_MS + 30 * MINUTE_MS);
    assert_false(calendar_is_workday(calendar, day_from_date(2025, 2, 3)));
    calendar_free(calendar);
    arena_free(c.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(working_days_of_the_shipped_years),
        cmocka_unit_test(limits_worked_out_by_hand),
        cmocka_unit_test(pauses_worked_out_by_hand),
        cmocka_unit_test(absurd_numbers_neither_hang_nor_overflow),
        cmocka_unit_test(bad_lines_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
