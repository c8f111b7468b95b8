// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/round/round_rule.h"

bool weekdays_parse(struct str text, unsigned *ret_mask)
{
    unsigned mask = 0;
    char last = '0';
    for (size_t i = 0; i < text.n; i++) {
        char ch = text.p[i];
        bool digit = i % 2 == 0;
        if (digit ? ch <= last || ch > '7' : ch != ',')
            return false;
        if (digit) {
            mask |= 1u << (ch - '0');
            last = ch;
        }
    }
    if (text.n % 2 == 0)
        return false;
    *ret_mask = mask;
    return true;
}

int weekday_of(int64_t day)
{
    int64_t since_monday = (day + 3) % 7; // 1970-01-01 was a Thursday
    return (int)(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

bool minute_parse(struct str text, int *ret_minute)
{
    if (text.n != 5 || text.p[2] != ':')
        return false;
    for (size_t i = 0; i < 5; i++)
        if (i != 2 && (text.p[i] < '0' || text.p[i] > '9'))
            return false;
    int hour = (text.p[0] - '0') * 10 + text.p[1] - '0', minute = (text.p[3] - '0') * 10 + text.p[4] - '0';
    if (minute > 59 || hour * 60 + minute > 24 * 60)
        return false;
    *ret_minute = hour * 60 + minute;
    return true;
}

bool words_have(struct str text, const char *word)
{
    while (text.n) {
        struct str one = str_cut(&text, ',');
        if (str_equal_z(one, word))
            return true;
    }
    return false;
}

bool words_parse(struct str text, const char *const *names)
{
    struct str rest = text;
    if (!text.n)
        return true;
    for (bool more = true; more;) {
        size_t at = (size_t)(rest.p - text.p);
        more = str_find_byte(rest, ',', 0) != (size_t)-1;
        struct str one = str_cut(&rest, ',');
        bool known = false, before = false;
        for (size_t i = 0; names[i] && !known; i++)
            known = str_equal_z(one, names[i]);
        for (struct str seen = {text.p, at ? at - 1 : 0}; seen.n && !before;)
            before = str_equal(str_cut(&seen, ','), one);
        if (!known || before)
            return false;
    }
    return true;
}

bool round_walks_on(const struct calendar *calendar, const struct round_window *window, int64_t day)
{
    switch (window->days) {
    case ROUND_EVERY_DAY:
        return true;
    case ROUND_WEEKDAYS:
        return window->weekdays >> weekday_of(day) & 1;
    case ROUND_WORKING_DAYS:
    default:
        return calendar_is_workday(calendar, day);
    }
}

int64_t round_instant(const struct calendar *calendar, int64_t day, int minute)
{
    return day * DAY_MS - calendar_zone_ms(calendar) + minute * MINUTE_MS;
}

int64_t round_mark_ms(int64_t from_ms, int64_t to_ms, int64_t level)
{
    switch (level) {
    case 0:
        return from_ms + (to_ms - from_ms) / 2;
    case 1:
        return to_ms;
    case 2:
        return from_ms + DAY_MS;
    default:
        return 0;
    }
}

int64_t round_clamp_ms(int64_t given_ms, int64_t day_begin_ms, int64_t now_ms)
{
    if (!given_ms || given_ms > now_ms)
        return now_ms;
    return given_ms < day_begin_ms ? day_begin_ms : given_ms;
}
