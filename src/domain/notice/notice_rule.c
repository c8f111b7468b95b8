// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/notice/notice_rule.h"

#define DAY_MINUTES (24 * 60)

// "21:00"
static bool minute_parse(struct str text, int *ret_minute)
{
    if (text.n != 5 || text.p[2] != ':')
        return false;
    for (size_t i = 0; i < 5; i++)
        if (i != 2 && (text.p[i] < '0' || text.p[i] > '9'))
            return false;
    int hour = (text.p[0] - '0') * 10 + text.p[1] - '0', minute = (text.p[3] - '0') * 10 + text.p[4] - '0';
    *ret_minute = hour * 60 + minute;
    return hour < 24 && minute < 60;
}

bool notice_quiet_parse(struct str text, struct notice_quiet *ret_quiet)
{
    struct notice_quiet quiet = {0};
    struct str to = text, from = str_cut(&to, '-');
    if (!str_equal_z(text, "off") && (!minute_parse(from, &quiet.from_minute) || !minute_parse(to, &quiet.to_minute)))
        return false;
    *ret_quiet = quiet;
    return true;
}

int64_t notice_after_quiet(const struct notice_quiet *quiet, int64_t zone_ms, int64_t at_ms)
{
    int64_t local = at_ms + zone_ms, of_day = ((local % DAY_MS) + DAY_MS) % DAY_MS;
    int64_t length = (quiet->to_minute - quiet->from_minute + DAY_MINUTES) % DAY_MINUTES * MINUTE_MS;
    int64_t since = (of_day - quiet->from_minute * MINUTE_MS + DAY_MS) % DAY_MS;
    return since < length ? at_ms + length - since : at_ms;
}

int64_t notice_backoff_ms(int64_t base_ms, int64_t failures, uint32_t chance)
{
    int64_t wait = base_ms < 1 ? 1 : base_ms;
    for (int64_t i = 1; i < failures && wait < NOTICE_BACKOFF_MAX_MS; i++)
        wait *= 2;
    if (wait > NOTICE_BACKOFF_MAX_MS)
        wait = NOTICE_BACKOFF_MAX_MS;
    int64_t half = wait / 2;
    return wait - half + (int64_t)(chance % ((uint64_t)half + 1));
}

int64_t notice_pace_earliest(int64_t paced_to_ms)
{
    return paced_to_ms - (NOTICE_PACE_BURST - 1) * NOTICE_PACE_EVERY_MS;
}

int64_t notice_pace_take(int64_t paced_to_ms, int64_t at_ms)
{
    return (paced_to_ms > at_ms ? paced_to_ms : at_ms) + NOTICE_PACE_EVERY_MS;
}
