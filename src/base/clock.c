// SPDX-License-Identifier: MulanPSL-2.0
#include "base/clock.h"

#include <time.h>

static int64_t machine_now_ms(const struct clock *clock)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000 + clock->offset_ms;
}

const struct clock clock_machine = {.now_ms = machine_now_ms, .offset_ms = 0};

int64_t clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock);
}

int64_t clock_monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#define DAYS_BEFORE_1970 719162 // from 0001-01-01

static const int days_before_month[2][13] = {
    {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
    {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366},
};

static int is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t day_of_new_year(int year)
{
    int64_t before = year - 1;
    return before * 365 + before / 4 - before / 100 + before / 400 - DAYS_BEFORE_1970;
}

int64_t day_from_date(int year, int month, int day)
{
    return day_of_new_year(year) + days_before_month[is_leap(year)][month - 1] + day - 1;
}

void day_to_date(int64_t day, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t since = day + DAYS_BEFORE_1970;
    int year = (int)(since * 400 / 146097) + 1; // off by at most one
    while (day < day_of_new_year(year))
        year--;
    while (day >= day_of_new_year(year + 1))
        year++;
    int in_year = (int)(day - day_of_new_year(year));
    const int *before = days_before_month[is_leap(year)];
    int month = 1;
    while (in_year >= before[month])
        month++;
    *ret_year = year;
    *ret_month = month;
    *ret_day = in_year - before[month - 1] + 1;
}

bool date_valid(int year, int month, int day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    const int *before = days_before_month[is_leap(year)];
    return day <= before[month] - before[month - 1];
}

static void put_digits(char *out, int count, int64_t value)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
}

void time_format(int64_t at_ms, char out[25])
{
    const int64_t first = (int64_t)-DAYS_BEFORE_1970 * DAY_MS;
    const int64_t last = day_of_new_year(10000) * DAY_MS - 1;
    int64_t at = at_ms < first ? first : at_ms > last ? last : at_ms;
    int64_t in_day = at % DAY_MS;
    if (in_day < 0)
        in_day += DAY_MS;
    int year;
    int month;
    int day;
    day_to_date((at - in_day) / DAY_MS, &year, &month, &day);
    const char shape[] = "0000-00-00T00:00:00.000Z";
    for (int i = 0; i < 25; i++)
        out[i] = shape[i];
    put_digits(out, 4, year);
    put_digits(out + 5, 2, month);
    put_digits(out + 8, 2, day);
    put_digits(out + 11, 2, in_day / HOUR_MS);
    put_digits(out + 14, 2, in_day / MINUTE_MS % 60);
    put_digits(out + 17, 2, in_day / SECOND_MS % 60);
    put_digits(out + 20, 3, in_day % SECOND_MS);
}

// The number of exactly count digits at *s, which moves on; -1 when they are not there.
static int take_digits(struct str *s, size_t count)
{
    if (s->n < count)
        return -1;
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return -1;
        value = value * 10 + (s->p[i] - '0');
    }
    s->p += count;
    s->n -= count;
    return value;
}

static bool take_byte(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    s->p++;
    s->n--;
    return true;
}

// .digits, cut to milliseconds. Up to 12 digits.
static bool take_fraction(struct str *s, int *ret_ms)
{
    int ms = 0;
    int unit = 100;
    size_t count = 0;
    for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; s->p++, s->n--, count++) {
        ms += (s->p[0] - '0') * unit;
        unit /= 10;
    }
    *ret_ms = ms;
    return count >= 1 && count <= 12;
}

static bool take_zone(struct str *s, int64_t *ret_offset_ms)
{
    if (take_byte(s, 'Z') || take_byte(s, 'z')) {
        *ret_offset_ms = 0;
        return true;
    }
    bool west = take_byte(s, '-');
    if (!west && !take_byte(s, '+'))
        return false;
    int hours = take_digits(s, 2);
    if (hours < 0 || hours > 23 || !take_byte(s, ':'))
        return false;
    int minutes = take_digits(s, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    int64_t offset = hours * HOUR_MS + minutes * MINUTE_MS;
    *ret_offset_ms = west ? -offset : offset;
    return true;
}

bool time_parse(struct str s, int64_t *ret_ms)
{
    int year = take_digits(&s, 4);
    bool dash = take_byte(&s, '-');
    int month = take_digits(&s, 2);
    dash = take_byte(&s, '-') && dash;
    int day = take_digits(&s, 2);
    if (!dash || !date_valid(year, month, day))
        return false;
    int64_t at = day_from_date(year, month, day) * DAY_MS;
    if (s.n == 0) {
        *ret_ms = at;
        return true;
    }
    if (!take_byte(&s, 'T') && !take_byte(&s, 't'))
        return false;
    int hours = take_digits(&s, 2);
    bool colon = take_byte(&s, ':');
    int minutes = take_digits(&s, 2);
    colon = take_byte(&s, ':') && colon;
    int seconds = take_digits(&s, 2);
    if (!colon || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59)
        return false;
    int ms = 0;
    int64_t offset;
    if (take_byte(&s, '.') && !take_fraction(&s, &ms))
        return false;
    if (!take_zone(&s, &offset) || s.n)
        return false;
    *ret_ms = at + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS + ms - offset;
    return true;
}
