// SPDX-License-Identifier: MulanPSL-2.0
// When a station is open. Pure: hours, the district's calendar, an instant.
#include "base/clock.h"
#include "domain/catalog/station.h"

#define DAY_MINUTES 1440
#define AHEAD_OPEN 15 // days looked ahead for the end of an unbroken opening
#define AHEAD_NEXT 60 // days looked ahead for the next opening

// --- reading --------------------------------------------------------------------------------------------------------
static bool read_minute(struct str s, int *ret_minute)
{
    for (size_t i = 0; i < s.n; i++)
        if (i == 2 ? s.p[i] != ':' : s.p[i] < '0' || s.p[i] > '9')
            return false;
    if (s.n != 5)
        return false;
    int hour = (s.p[0] - '0') * 10 + s.p[1] - '0', minute = (s.p[3] - '0') * 10 + s.p[4] - '0';
    *ret_minute = hour * 60 + minute;
    return minute < 60 && *ret_minute <= DAY_MINUTES;
}

// "09:00-12:00 20:00-02:00": ascending, apart; only the last may pass midnight.
static bool read_spans(struct str text, struct station_day *ret_day)
{
    int before = -1;
    ret_day->count = 0;
    text = str_trim(text);
    while (text.n) {
        struct station_span span;
        struct str one = str_cut(&text, ' ');
        if (one.n == 0)
            continue;
        if (ret_day->count == STATION_SPANS_MAX || one.n != 11 || one.p[5] != '-' ||
            !read_minute((struct str){one.p, 5}, &span.from) || !read_minute((struct str){one.p + 6, 5}, &span.to))
            return false;
        if (span.from <= before || span.from == DAY_MINUTES || span.from == span.to)
            return false;
        if (span.to < span.from)
            span.to += DAY_MINUTES;
        before = span.to;
        ret_day->at[ret_day->count++] = span;
    }
    return true;
}

static bool read_exceptions(struct str text, struct station_hours *hours)
{
    hours->exception_count = 0;
    while (text.n) {
        struct str line = str_trim(str_cut(&text, '\n'));
        int64_t at_ms;
        if (line.n == 0)
            continue;
        struct str date = str_cut(&line, ' ');
        line = str_trim(line);
        if (hours->exception_count == STATION_EXCEPTIONS_MAX || date.n != 10 || !time_parse(date, &at_ms))
            return false;
        struct station_day *day = &hours->exceptions[hours->exception_count].hours;
        hours->exceptions[hours->exception_count++].day = at_ms / DAY_MS - (at_ms % DAY_MS < 0);
        if (str_equal_z(line, "closed"))
            day->count = 0;
        else if (!read_spans(line, day) || day->count == 0)
            return false;
    }
    return true;
}

enum err station_hours_read(struct ctx *c, const struct station *station, struct station_hours *ret)
{
    const struct str week[] = {station->hours_mon, station->hours_tue, station->hours_wed, station->hours_thu,
                               station->hours_fri, station->hours_sat, station->hours_sun};
    static const char *const names[] = {"hours_mon", "hours_tue", "hours_wed", "hours_thu",
                                        "hours_fri", "hours_sat", "hours_sun"};
    for (size_t i = 0; i < 7; i++)
        if (!read_spans(week[i], &ret->week[i]))
            return fail_field(c, ERR_INVALID, "station.bad_hours", str_of(names[i]));
    if (!read_spans(station->hours_holiday, &ret->holiday))
        return fail_field(c, ERR_INVALID, "station.bad_hours", STR("hours_holiday"));
    if (!read_exceptions(station->exceptions, ret))
        return fail_field(c, ERR_INVALID, "station.bad_exceptions", STR("exceptions"));
    return OK;
}

// --- one day --------------------------------------------------------------------------------------------------------
// A moved working day has no hours of its own anywhere: it is worked as on the first day of the week that has any.
static const struct station_day *working_day(const struct station_hours *hours)
{
    for (size_t i = 0; i < 5; i++)
        if (hours->week[i].count)
            return &hours->week[i];
    return &hours->week[0];
}

const struct station_day *station_day_of(const struct station_hours *hours, const struct calendar *calendar,
                                         int64_t day)
{
    for (size_t i = 0; i < hours->exception_count; i++)
        if (hours->exceptions[i].day == day)
            return &hours->exceptions[i].hours;
    if (calendar_is_holiday(calendar, day))
        return &hours->holiday;
    if (calendar_is_weekend(day) && calendar_is_workday(calendar, day))
        return working_day(hours);
    int64_t since_monday = (day + 3) % 7;
    return &hours->week[since_monday < 0 ? since_monday + 7 : since_monday];
}

// --- an instant -----------------------------------------------------------------------------------------------------
static int64_t instant(const struct calendar *calendar, int64_t day, int minute)
{
    return day * DAY_MS + minute * MINUTE_MS - calendar_zone_ms(calendar);
}

// The end of a span that holds the instant; 0: none does. Of yesterday's, one may pass midnight.
static int64_t held_until(const struct station_hours *hours, const struct calendar *calendar, int64_t at_ms)
{
    int64_t today = calendar_day(calendar, at_ms), until_ms = 0;
    for (int64_t day = today - 1; day <= today; day++) {
        const struct station_day *spans = station_day_of(hours, calendar, day);
        for (size_t i = 0; i < spans->count; i++) {
            int64_t from_ms = instant(calendar, day, spans->at[i].from),
                    to_ms = instant(calendar, day, spans->at[i].to);
            if (from_ms <= at_ms && to_ms > at_ms && to_ms > until_ms)
                until_ms = to_ms;
        }
    }
    return until_ms;
}

static int64_t next_opening(const struct station_hours *hours, const struct calendar *calendar, int64_t at_ms)
{
    int64_t today = calendar_day(calendar, at_ms);
    for (int64_t day = today; day <= today + AHEAD_NEXT; day++) {
        const struct station_day *spans = station_day_of(hours, calendar, day);
        for (size_t i = 0; i < spans->count; i++)
            if (instant(calendar, day, spans->at[i].from) > at_ms)
                return instant(calendar, day, spans->at[i].from);
    }
    return 0;
}

struct station_open station_open_at(const struct station_hours *hours, const struct calendar *calendar, int64_t at_ms)
{
    struct station_open open = {.until_ms = held_until(hours, calendar, at_ms)};
    open.now = open.until_ms != 0;
    if (!open.now) {
        open.next_ms = next_opening(hours, calendar, at_ms);
        return open;
    }
    // What joins without a break is one opening.
    for (int64_t more; (more = held_until(hours, calendar, open.until_ms)) != 0;) {
        open.until_ms = more;
        if (open.until_ms > at_ms + AHEAD_OPEN * DAY_MS) {
            open.until_ms = 0;
            break;
        }
    }
    return open;
}
