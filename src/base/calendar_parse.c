// SPDX-License-Identifier: MulanPSL-2.0
#include "base/calendar_private.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DAYS 20000
#define MAX_YEARS 500

struct entry {
    int64_t day;
    bool work;
};

struct reading {
    struct calendar *calendar;
    struct entry *entries;
    size_t entry_count, entry_cap;
    bool has_version, has_zone, has_hours;
};

static struct str next_word(struct str *rest)
{
    struct str s = str_trim(*rest);
    size_t n = 0;
    while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t')
        n++;
    *rest = (struct str){s.p + n, s.n - n};
    return (struct str){s.p, n};
}

// "hh:mm" as milliseconds, up to 24:00.
static bool read_hhmm(struct str s, int64_t *ret_ms)
{
    int64_t hours;
    int64_t minutes;
    if (s.n != 5 || s.p[2] != ':' || s.p[0] == '-' || s.p[3] == '-')
        return false;
    if (!str_to_int64((struct str){s.p, 2}, &hours) || !str_to_int64((struct str){s.p + 3, 2}, &minutes))
        return false;
    *ret_ms = hours * HOUR_MS + minutes * MINUTE_MS;
    return minutes < 60 && *ret_ms <= DAY_MS;
}

static bool read_zone(struct calendar *calendar, struct str s)
{
    int64_t offset;
    if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-'))
        return false;
    if (!read_hhmm((struct str){s.p + 1, 5}, &offset) || offset > 14 * HOUR_MS)
        return false;
    calendar->zone_ms = s.p[0] == '-' ? -offset : offset;
    return true;
}

static bool read_hours(struct calendar *calendar, struct str rest)
{
    int64_t before = -1;
    for (struct str span = next_word(&rest); span.n; span = next_word(&rest)) {
        struct hours hours;
        if (calendar->hours_count == MAX_HOURS || span.n != 11 || span.p[5] != '-')
            return false;
        if (!read_hhmm((struct str){span.p, 5}, &hours.from_ms) ||
            !read_hhmm((struct str){span.p + 6, 5}, &hours.to_ms))
            return false;
        if (hours.from_ms <= before || hours.to_ms <= hours.from_ms)
            return false;
        before = hours.to_ms;
        calendar->span_ms += hours.to_ms - hours.from_ms;
        calendar->hours[calendar->hours_count++] = hours;
    }
    return calendar->hours_count > 0;
}

static bool read_year(struct calendar *calendar, struct str s)
{
    int64_t year;
    if (s.n != 4 || !str_to_int64(s, &year) || year < 1 || calendar->year_count == MAX_YEARS)
        return false;
    calendar->years[calendar->year_count++] = (int)year;
    return true;
}

static bool read_day(struct reading *reading, struct str s, bool work)
{
    int64_t at_ms;
    if (s.n != 10 || !time_parse(s, &at_ms) || reading->entry_count == reading->entry_cap)
        return false;
    reading->entries[reading->entry_count++] = (struct entry){at_ms / DAY_MS - (at_ms % DAY_MS < 0), work};
    return true;
}

static bool read_line(struct reading *reading, struct str line)
{
    struct calendar *calendar = reading->calendar;
    struct str rest = line;
    struct str verb = next_word(&rest);
    if (str_equal_z(verb, "hours")) {
        bool first = !reading->has_hours;
        reading->has_hours = true;
        return first && read_hours(calendar, rest);
    }
    struct str value = next_word(&rest);
    if (value.n == 0)
        return false;
    // What follows a day is its name, for the reader of the file.
    if (str_equal_z(verb, "holiday") || str_equal_z(verb, "workday"))
        return read_day(reading, value, verb.p[0] == 'w');
    if (str_trim(rest).n)
        return false;
    if (str_equal_z(verb, "year"))
        return read_year(calendar, value);
    if (str_equal_z(verb, "zone")) {
        bool first = !reading->has_zone;
        reading->has_zone = true;
        return first && read_zone(calendar, value);
    }
    if (!str_equal_z(verb, "version") || reading->has_version || value.n >= sizeof(calendar->version))
        return false;
    reading->has_version = true;
    memcpy(calendar->version, value.p, value.n);
    return true;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    return x->day < y->day ? -1 : x->day > y->day;
}

// Keeps what differs from the plain week. False when one day is both holiday and working day.
static bool sort_days(struct reading *reading)
{
    struct calendar *calendar = reading->calendar;
    qsort(reading->entries, reading->entry_count, sizeof(*reading->entries), compare_entries);
    for (size_t i = 0; i < reading->entry_count; i++) {
        struct entry entry = reading->entries[i];
        if (i && reading->entries[i - 1].day == entry.day) {
            if (reading->entries[i - 1].work != entry.work)
                return false;
            continue;
        }
        if (!entry.work)
            calendar->rest_days[calendar->rest_count++] = entry.day;
        if (entry.work && calendar_is_weekend(entry.day))
            calendar->moved_days[calendar->moved_count++] = entry.day;
        else if (!entry.work && !calendar_is_weekend(entry.day))
            calendar->off_days[calendar->off_count++] = entry.day;
    }
    return true;
}

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

void calendar_free(struct calendar *calendar)
{
    if (!calendar)
        return;
    free(calendar->off_days);
    free(calendar->moved_days);
    free(calendar->rest_days);
    free(calendar->years);
    free(calendar);
}

static bool read_all(struct reading *reading, struct str text, int64_t *ret_line)
{
    while (text.n) {
        (*ret_line)++;
        struct str line = str_cut(&text, '\n');
        line = str_trim(str_cut(&line, '#'));
        if (line.n && !read_line(reading, line))
            return false;
    }
    return true;
}

static size_t count_lines(struct str text, size_t max)
{
    size_t count = text.n > 0;
    for (size_t at = str_find_byte(text, '\n', 0); at != (size_t)-1 && count < max;
         at = str_find_byte(text, '\n', at + 1))
        count++;
    return count;
}

enum err calendar_parse(struct ctx *c, struct str text, struct calendar **ret_calendar)
{
    struct calendar *calendar = must(calloc(1, sizeof(*calendar)));
    struct reading reading = {.calendar = calendar};
    reading.entry_cap = count_lines(text, MAX_DAYS); // one day a line at most
    reading.entries = arena_array(c->arena, reading.entry_cap, sizeof(*reading.entries));
    calendar->years = must(calloc(MAX_YEARS, sizeof(*calendar->years)));
    calendar->zone_ms = 8 * HOUR_MS;
    int64_t line = 0;
    bool good = read_all(&reading, text, &line);
    calendar->off_days = must(calloc(reading.entry_count + 1, sizeof(int64_t)));
    calendar->moved_days = must(calloc(reading.entry_count + 1, sizeof(int64_t)));
    calendar->rest_days = must(calloc(reading.entry_count + 1, sizeof(int64_t)));
    if (!reading.has_hours)
        read_hours(calendar, STR("09:00-12:00 13:00-17:00"));
    if (good && !sort_days(&reading)) {
        good = false;
        line++; // no one line: the contradiction shows at the end
    }
    if (!good) {
        calendar_free(calendar);
        return fail_with(c, ERR_INVALID, "calendar.bad_line", str_format(c->arena, "%lld", (long long)line), STR(""));
    }
    *ret_calendar = calendar;
    return OK;
}
