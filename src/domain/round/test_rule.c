// SPDX-License-Identifier: MulanPSL-2.0
// The rules of rounds over random calendars, windows and texts.
#include "base/arena.h"
#include "base/ctx.h"
#include "domain/round/round_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

#define SEED 20261124u
static unsigned long long rng = SEED;
static unsigned random_below(unsigned n)
{
    rng = rng * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(rng >> 33) % n;
}

// A calendar with holidays and moved working days at random, kept beside it as plain arrays: the oracle.
#define DAYS 365
struct oracle {
    struct calendar *calendar;
    int zone_minutes;
    bool workday[DAYS];
};

static int64_t first_day(void)
{
    return day_from_date(2026, 1, 1);
}

static void make_oracle(struct ctx *c, struct oracle *o)
{
    char text[16384];
    int n, zone = (int)random_below(27) - 12;
    o->zone_minutes = zone * 60;
    n = snprintf(text, sizeof text, "version t\nzone %c%02d:00\nhours 09:00-12:00 13:00-17:00\nyear 2026\n",
                 zone < 0 ? '-' : '+', abs(zone));
    for (int i = 0; i < DAYS; i++) {
        int year, month, day;
        int64_t at = first_day() + i;
        bool weekend = ((at % 7) + 7) % 7 == 2 || ((at % 7) + 7) % 7 == 3; // 1970-01-01, day 0, was a Thursday
        bool turned = random_below(9) == 0;
        day_to_date(at, &year, &month, &day);
        o->workday[i] = weekend == turned;
        if (turned)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s %04d-%02d-%02d\n", weekend ? "workday" : "holiday",
                          year, month, day);
    }
    assert_int_equal(calendar_parse(c, str_of(text), &o->calendar), OK);
}

static void test_days(void **state)
{
    (void)state;
    struct ctx c = {.arena = arena_new(64 << 20), .lang = "en"};
    print_message("seed %u\n", SEED);
    for (int round = 0; round < 300; round++) {
        struct oracle o;
        make_oracle(&c, &o);
        struct round_window window = {.days = (enum round_days)random_below(3), .weekdays = random_below(128) << 1};
        for (int i = 0; i < DAYS; i++) {
            int64_t day = first_day() + i;
            int weekday = (int)((day + 3) % 7) + 1;
            bool want = window.days == ROUND_EVERY_DAY ||
                        (window.days == ROUND_WEEKDAYS ? window.weekdays >> weekday & 1 : o.workday[i]);
            assert_int_equal(round_walks_on(o.calendar, &window, day), want);
            assert_int_equal(weekday_of(day), weekday);
            int minute = (int)random_below(24 * 60);
            int64_t at = round_instant(o.calendar, day, minute);
            assert_int_equal(at, (day * 24 * 60 + minute - o.zone_minutes) * MINUTE_MS);
            assert_int_equal(calendar_day(o.calendar, at), day); // it lies on that local day
        }
        calendar_free(o.calendar);
    }
    arena_free(c.arena);
}

static void test_ladder(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        int64_t from = (int64_t)random_below(1u << 30) * MINUTE_MS,
                to = from + (ROUND_WINDOW_MIN + (int64_t)random_below(23 * 60)) * MINUTE_MS, last = from;
        for (int level = 0; level < ROUND_LEVELS; level++) {
            int64_t at = round_mark_ms(from, to, level);
            assert_true(at > last); // in order
            last = at;
        }
        assert_true(round_mark_ms(from, to, 0) < to);
        assert_int_equal(round_mark_ms(from, to, 1), to);
        assert_int_equal(round_mark_ms(from, to, ROUND_LEVELS), 0);
    }
}

static void test_clamp(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        int64_t begin = random_below(1u << 30), now = begin + random_below(1u << 28), given = random_below(1u << 31);
        int64_t at = round_clamp_ms(given, begin, now);
        assert_true(at >= begin && at <= now);
        if (given >= begin && given <= now && given)
            assert_int_equal(at, given);
    }
    assert_int_equal(round_clamp_ms(0, 5, 9), 9); // no time given: now
}

static void test_texts(void **state)
{
    (void)state;
    static const char *const names[] = {"lights", "stairs", "fire", NULL};
    unsigned mask = 0;
    int minute;
    assert_true(weekdays_parse(STR("1,3,5"), &mask));
    assert_int_equal(mask, 1u << 1 | 1u << 3 | 1u << 5);
    static const char *const bad_days[] = {"", "0", "8", "1,", ",1", "1,1", "3,1", "1 ,2", "12", "1,2,"};
    for (size_t i = 0; i < sizeof bad_days / sizeof *bad_days; i++)
        assert_false(weekdays_parse(str_of(bad_days[i]), &mask));
    for (int h = 0; h < 30; h++)
        for (int m = 0; m < 70; m++) {
            char text[8];
            snprintf(text, sizeof text, "%02d:%02d", h, m);
            bool good = m < 60 && h * 60 + m <= 24 * 60;
            assert_int_equal(minute_parse(str_of(text), &minute), good);
            if (good)
                assert_int_equal(minute, h * 60 + m);
        }
    static const char *const bad_minutes[] = {"", "7:00", "07:0", "07-00", "+7:00", "07:00 "};
    for (size_t i = 0; i < sizeof bad_minutes / sizeof *bad_minutes; i++)
        assert_false(minute_parse(str_of(bad_minutes[i]), &minute));
    assert_true(words_parse(STR(""), names));
    assert_true(words_parse(STR("lights,fire"), names));
    static const char *const bad_words[] = {"lights,", ",lights", "lights,lights", "light", "lights fire", ","};
    for (size_t i = 0; i < sizeof bad_words / sizeof *bad_words; i++)
        assert_false(words_parse(str_of(bad_words[i]), names));
}

static void test_flow(void **state)
{
    (void)state;
    struct ctx c = {.arena = arena_new(1 << 20), .lang = "en"};
    struct str fault;
    if (!flow_check(&c, &round_flow, &fault))
        print_error("%.*s\n", STR_ARG(fault));
    assert_true(flow_check(&c, &round_flow, &fault));
    arena_free(c.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),  cmocka_unit_test(test_ladder), cmocka_unit_test(test_clamp),
        cmocka_unit_test(test_texts), cmocka_unit_test(test_flow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
