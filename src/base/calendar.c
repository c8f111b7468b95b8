// SPDX-License-Identifier: MulanPSL-2.0
// Everything rests on one function, work_before(t): the working time from day 0 to t. It never falls, so elapsed time
// is a difference of two values and a due instant is its inverse.
#include "base/calendar.h"

#include "base/calendar_private.h"
#include "base/clock.h"

#include <stdlib.h>

const char *const calendar_unit_names[] = {"urgent_hour", "work_hour", "work_day", "day", NULL};

// Instants outside the years 1 to 9999 are drawn to these ends, so that nothing overflows.
#define FIRST_MS INT64_C(-62135596800000)
#define LAST_MS INT64_C(253402300799999)

struct str calendar_version(const struct calendar *calendar)
{
    return str_of(calendar->version);
}

int64_t calendar_zone_ms(const struct calendar *calendar)
{
    return calendar->zone_ms;
}

static int64_t clamp(int64_t at_ms)
{
    return at_ms < FIRST_MS ? FIRST_MS : at_ms > LAST_MS ? LAST_MS : at_ms;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

int64_t calendar_day(const struct calendar *calendar, int64_t at_ms)
{
    return floor_div(clamp(at_ms) + calendar->zone_ms, DAY_MS);
}

// How many of the sorted days lie before day.
static size_t count_before(const int64_t *days, size_t count, int64_t day)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (days[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool contains(const int64_t *days, size_t count, int64_t day)
{
    size_t at = count_before(days, count, day);
    return at < count && days[at] == day;
}

bool calendar_is_weekend(int64_t day)
{
    int64_t since_monday = day + 3 - 7 * floor_div(day + 3, 7); // 1970-01-01 was a Thursday
    return since_monday >= 5;
}

bool calendar_is_workday(const struct calendar *calendar, int64_t day)
{
    return calendar_is_weekend(day) ? contains(calendar->moved_days, calendar->moved_count, day)
                                    : !contains(calendar->off_days, calendar->off_count, day);
}

bool calendar_is_holiday(const struct calendar *calendar, int64_t day)
{
    return contains(calendar->rest_days, calendar->rest_count, day);
}

static bool has_year(const struct calendar *calendar, int year)
{
    for (size_t i = 0; i < calendar->year_count; i++)
        if (calendar->years[i] == year)
            return true;
    return false;
}

static int year_of(int64_t day)
{
    int year;
    int month;
    int in_month;
    day_to_date(day, &year, &month, &in_month);
    return year;
}

bool calendar_is_empty(const struct calendar *calendar)
{
    return calendar->year_count == 0;
}

bool calendar_has_year(const struct calendar *calendar, int64_t day)
{
    return has_year(calendar, year_of(day));
}

// Working days from a fixed early Monday up to, not including, day.
static int64_t workdays_before(const struct calendar *calendar, int64_t day)
{
    int64_t since = day + 3; // from Monday 1969-12-29
    int64_t weeks = floor_div(since, 7);
    int64_t rest = since - 7 * weeks;
    int64_t plain = weeks * 5 + (rest > 5 ? 5 : rest);
    return plain - (int64_t)count_before(calendar->off_days, calendar->off_count, day) +
           (int64_t)count_before(calendar->moved_days, calendar->moved_count, day);
}

static int64_t work_before(const struct calendar *calendar, int64_t at_ms)
{
    int64_t day = calendar_day(calendar, at_ms);
    int64_t work = workdays_before(calendar, day) * calendar->span_ms;
    if (!calendar_is_workday(calendar, day))
        return work;
    int64_t in_day = at_ms + calendar->zone_ms - day * DAY_MS;
    for (size_t i = 0; i < calendar->hours_count && in_day > calendar->hours[i].from_ms; i++) {
        int64_t to = in_day < calendar->hours[i].to_ms ? in_day : calendar->hours[i].to_ms;
        work += to - calendar->hours[i].from_ms;
    }
    return work;
}

// The first instant at which work_before reaches work; LAST_MS when that is beyond it.
static int64_t work_reached(const struct calendar *calendar, int64_t work)
{
    int64_t low = calendar_day(calendar, FIRST_MS); // the last day known to begin below work
    int64_t high = calendar_day(calendar, LAST_MS) + 1;
    if (workdays_before(calendar, high) * calendar->span_ms < work)
        return LAST_MS;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (workdays_before(calendar, middle) * calendar->span_ms < work)
            low = middle;
        else
            high = middle;
    }
    int64_t rest = work - workdays_before(calendar, low) * calendar->span_ms;
    for (size_t i = 0; i < calendar->hours_count; i++) {
        int64_t length = calendar->hours[i].to_ms - calendar->hours[i].from_ms;
        if (rest <= length)
            return clamp(low * DAY_MS - calendar->zone_ms + calendar->hours[i].from_ms + rest);
        rest -= length;
    }
    return LAST_MS; // only when work lies before FIRST_MS, which clamp() excludes
}

static bool by_calendar(enum calendar_unit unit)
{
    return unit == UNIT_WORK_HOUR || unit == UNIT_WORK_DAY;
}

// Time of the unit's own kind between two instants, pauses left aside.
static int64_t between(const struct calendar *calendar, int64_t from_ms, int64_t to_ms, enum calendar_unit unit)
{
    return by_calendar(unit) ? work_before(calendar, to_ms) - work_before(calendar, from_ms) : to_ms - from_ms;
}

static int64_t after(const struct calendar *calendar, int64_t from_ms, int64_t budget_ms, enum calendar_unit unit)
{
    if (by_calendar(unit))
        return work_reached(calendar, work_before(calendar, from_ms) + budget_ms);
    return budget_ms > LAST_MS - from_ms ? LAST_MS : from_ms + budget_ms;
}

int64_t calendar_unit_ms(const struct calendar *calendar, enum calendar_unit unit)
{
    switch (unit) {
    case UNIT_WORK_DAY:
        return calendar->span_ms;
    case UNIT_DAY:
        return DAY_MS;
    case UNIT_URGENT_HOUR:
    case UNIT_WORK_HOUR:
    case UNIT_COUNT:
        break;
    }
    return HOUR_MS;
}

// The span of time without pause that begins at or after *from_ms: both ends are set; the end is LAST_MS after the last
// pause. Looks through all pauses each time: a case has a handful, and so they need no sorted copy.
static void next_open_span(const struct calendar_pause *pauses, size_t pause_count, int64_t *from_ms,
                           int64_t *ret_to_ms)
{
    bool moved = true;
    while (moved) {
        moved = false;
        for (size_t i = 0; i < pause_count; i++) {
            if (pauses[i].from_ms <= *from_ms && pauses[i].to_ms > *from_ms) {
                *from_ms = clamp(pauses[i].to_ms);
                moved = *from_ms < LAST_MS;
            }
        }
    }
    *ret_to_ms = LAST_MS;
    for (size_t i = 0; i < pause_count; i++)
        if (pauses[i].from_ms > *from_ms && pauses[i].from_ms < *ret_to_ms && pauses[i].to_ms > pauses[i].from_ms)
            *ret_to_ms = pauses[i].from_ms;
}

static bool any_year_missing(const struct calendar *calendar, int64_t from_ms, int64_t to_ms)
{
    int last = year_of(calendar_day(calendar, to_ms));
    for (int year = year_of(calendar_day(calendar, from_ms)); year <= last; year++)
        if (!has_year(calendar, year))
            return true;
    return false;
}

int64_t calendar_due(const struct calendar *calendar, int64_t start_ms, enum calendar_unit unit, int64_t budget_units,
                     const struct calendar_pause *pauses, size_t pause_count, bool *ret_provisional)
{
    int64_t budget_ms;
    if (__builtin_mul_overflow(budget_units, calendar_unit_ms(calendar, unit), &budget_ms))
        budget_ms = budget_units < 0 ? 0 : LAST_MS - FIRST_MS;
    return calendar_due_ms(calendar, start_ms, unit, budget_ms, pauses, pause_count, ret_provisional);
}

int64_t calendar_due_ms(const struct calendar *calendar, int64_t start_ms, enum calendar_unit unit, int64_t budget_ms,
                        const struct calendar_pause *pauses, size_t pause_count, bool *ret_provisional)
{
    int64_t start = clamp(start_ms);
    int64_t due = start;
    int64_t budget = budget_ms < LAST_MS - FIRST_MS ? budget_ms : LAST_MS - FIRST_MS;
    if (budget > 0) {
        int64_t from = start;
        for (;;) {
            int64_t to;
            next_open_span(pauses, pause_count, &from, &to);
            due = after(calendar, from, budget, unit);
            if (due <= to)
                break;
            budget -= between(calendar, from, to, unit);
            from = to;
        }
    }
    if (ret_provisional)
        *ret_provisional = by_calendar(unit) && budget_ms > 0 && any_year_missing(calendar, start, due);
    return due;
}

int64_t calendar_elapsed_ms(const struct calendar *calendar, int64_t start_ms, int64_t end_ms, enum calendar_unit unit,
                            const struct calendar_pause *pauses, size_t pause_count)
{
    int64_t from = clamp(start_ms);
    int64_t end = clamp(end_ms);
    int64_t elapsed = 0;
    while (from < end) {
        int64_t to;
        next_open_span(pauses, pause_count, &from, &to);
        if (from >= end)
            break;
        elapsed += between(calendar, from, to < end ? to : end, unit);
        from = to;
    }
    return elapsed;
}
