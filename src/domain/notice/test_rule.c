// SPDX-License-Identifier: MulanPSL-2.0
// When a notice goes out: over random cases.
#include "base/test.h"

#include "domain/notice/notice_rule.h"

#define CASES 100000
#define CHINA_MS (8 * HOUR_MS)

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 16;
}

static void test_quiet_hours_are_read(void **state)
{
    (void)state;
    struct notice_quiet quiet;
    assert_true(notice_quiet_parse(STR("21:00-08:30"), &quiet));
    assert_int_equal(quiet.from_minute, 21 * 60);
    assert_int_equal(quiet.to_minute, 8 * 60 + 30);
    assert_true(notice_quiet_parse(STR("off"), &quiet));
    assert_int_equal(notice_after_quiet(&quiet, CHINA_MS, 12345), 12345);
    static const char *const bad[] = {"", "21:00", "24:00-08:00", "21:60-08:00", "21-8", "21:00-08:00-", "a1:00-08:00"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(notice_quiet_parse(str_of(bad[i]), &quiet));
}

static void test_night_waits_for_the_morning(void **state)
{
    (void)state;
    struct notice_quiet quiet = {21 * 60, 8 * 60};
    int64_t midnight = INT64_C(1772380800000); // 2026-03-02 00:00 in China
    assert_int_equal(notice_after_quiet(&quiet, CHINA_MS, midnight), midnight + 8 * HOUR_MS);
    assert_int_equal(notice_after_quiet(&quiet, CHINA_MS, midnight + 8 * HOUR_MS), midnight + 8 * HOUR_MS);
    assert_int_equal(notice_after_quiet(&quiet, CHINA_MS, midnight + 21 * HOUR_MS - 1), midnight + 21 * HOUR_MS - 1);
    assert_int_equal(notice_after_quiet(&quiet, CHINA_MS, midnight + 21 * HOUR_MS), midnight + 32 * HOUR_MS);
}

// The answer is never earlier, never in the quiet hours, less than a day away, and the first that is not quiet.
static void test_quiet_property(void **state)
{
    (void)state;
    uint64_t seed = 20261124;
    for (int i = 0; i < CASES; i++) {
        struct notice_quiet quiet = {(int)(next(&seed) % 1440), (int)(next(&seed) % 1440)};
        int64_t zone_ms = ((int64_t)(next(&seed) % 27) - 12) * HOUR_MS,
                at_ms = (int64_t)(next(&seed) % (1u << 31)) * 997;
        int64_t out_ms = notice_after_quiet(&quiet, zone_ms, at_ms);
        assert_true(out_ms >= at_ms && out_ms < at_ms + DAY_MS);
        assert_int_equal(notice_after_quiet(&quiet, zone_ms, out_ms), out_ms);
        if (out_ms > at_ms)
            assert_int_equal(notice_after_quiet(&quiet, zone_ms, out_ms - 1), out_ms);
    }
}

// Between half and whole of the doubled base; never above an hour; the bounds never shrink with failures.
static void test_backoff_property(void **state)
{
    (void)state;
    uint64_t seed = 20261125;
    for (int i = 0; i < CASES; i++) {
        int64_t base_ms = (int64_t)(next(&seed) % (120 * SECOND_MS)) + 1, failures = (int64_t)(next(&seed) % 70) + 1;
        int64_t whole = base_ms;
        for (int64_t k = 1; k < failures && whole < NOTICE_BACKOFF_MAX_MS; k++)
            whole *= 2;
        whole = whole > NOTICE_BACKOFF_MAX_MS ? NOTICE_BACKOFF_MAX_MS : whole;
        int64_t wait = notice_backoff_ms(base_ms, failures, (uint32_t)next(&seed));
        assert_true(wait >= whole / 2 && wait <= whole && wait > 0);
        assert_true(notice_backoff_ms(base_ms, failures + 1, UINT32_MAX) * 2 >= wait);
    }
    assert_int_equal(notice_backoff_ms(30 * SECOND_MS, 1, 0), 15 * SECOND_MS);
    assert_int_equal(notice_backoff_ms(30 * SECOND_MS, INT64_MAX, 0), HOUR_MS / 2);
}

// However the messages come, no minute sees more than twenty, and a robot that rested sends eight at once.
static void test_pace_property(void **state)
{
    (void)state;
    uint64_t seed = 20261126;
    enum { SENT = 4000 };
    static int64_t at[SENT];
    int64_t now = INT64_C(1772380800000), paced_to = 0;
    for (int i = 0; i < SENT; i++) {
        now += (int64_t)(next(&seed) % 3 ? 0 : next(&seed) % (next(&seed) % 50 ? 5000 : 120000));
        int64_t earliest = notice_pace_earliest(paced_to);
        if (now < earliest)
            now = earliest;
        paced_to = notice_pace_take(paced_to, now);
        at[i] = now;
    }
    int first = 0;
    for (int i = 0; i < SENT; i++) {
        while (at[i] - at[first] > MINUTE_MS)
            first++;
        assert_true(i - first + 1 <= 20);
    }
    paced_to = 0;
    for (int i = 0; i < NOTICE_PACE_BURST; i++) {
        assert_true(notice_pace_earliest(paced_to) <= now);
        paced_to = notice_pace_take(paced_to, now);
    }
    assert_true(notice_pace_earliest(paced_to) > now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quiet_hours_are_read), cmocka_unit_test(test_night_waits_for_the_morning),
        cmocka_unit_test(test_quiet_property),       cmocka_unit_test(test_backoff_property),
        cmocka_unit_test(test_pace_property),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
