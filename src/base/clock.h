// SPDX-License-Identifier: MulanPSL-2.0
// Time: int64 milliseconds UTC since 1970. The process reads the clock once per request, into ctx; tests turn it.
#pragma once
#include "base/str.h"

#include <stdint.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

struct clock {
    int64_t (*now_ms)(const struct clock *clock);
    int64_t offset_ms; // added to the machine's time, for a turned clock
};

extern const struct clock clock_machine;
int64_t clock_now_ms(const struct clock *clock);
int64_t clock_monotonic_ns(void);

// Gregorian civil date of a day number (days since 1970-01-01), and back. Any year from 1 to 9999.
void day_to_date(int64_t day, int *ret_year, int *ret_month, int *ret_day);
int64_t day_from_date(int year, int month, int day);
bool date_valid(int year, int month, int day);

// "2026-11-24T05:29:48.123Z"; out holds at least 25 bytes.
void time_format(int64_t at_ms, char out[25]);
// RFC 3339 with zone (Z or ±hh:mm), fraction optional, or a date alone (midnight UTC). False on anything else.
bool time_parse(struct str s, int64_t *ret_ms);
