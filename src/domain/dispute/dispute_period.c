// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/dispute/dispute_period.h"

#include "base/clock.h"

bool dispute_period_parse(struct str text, struct dispute_period *ret_period)
{
    int64_t year, quarter;
    if (text.n != 6 || text.p[4] != 'Q')
        return false;
    bool good = str_to_int64((struct str){text.p, 4}, &year) && str_to_int64((struct str){text.p + 5, 1}, &quarter);
    if (!good || year < 2000 || year > 2999 || quarter < 1 || quarter > 4)
        return false;
    *ret_period = (struct dispute_period){(int)year, (int)quarter};
    return true;
}

struct str dispute_period_text(struct arena *arena, struct dispute_period period)
{
    return str_format(arena, "%04dQ%d", period.year, period.quarter);
}

struct dispute_period dispute_period_at(int64_t at_ms, int64_t zone_ms)
{
    int year, month, day;
    day_to_date((at_ms + zone_ms) / DAY_MS, &year, &month, &day);
    return (struct dispute_period){year, (month - 1) / 3 + 1};
}

struct dispute_period dispute_period_before(struct dispute_period period)
{
    return period.quarter > 1 ? (struct dispute_period){period.year, period.quarter - 1}
                              : (struct dispute_period){period.year - 1, 4};
}

struct dispute_period dispute_period_after(struct dispute_period period)
{
    return period.quarter < 4 ? (struct dispute_period){period.year, period.quarter + 1}
                              : (struct dispute_period){period.year + 1, 1};
}

int64_t dispute_period_from_ms(struct dispute_period period, int64_t zone_ms)
{
    return day_from_date(period.year, period.quarter * 3 - 2, 1) * DAY_MS - zone_ms;
}
