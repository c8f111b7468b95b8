// SPDX-License-Identifier: MulanPSL-2.0
// When a round is walked, reminded of and missed, as pure functions: nothing here reads a clock or a store.
#pragma once
#include "base/calendar.h"
#include "base/clock.h"

enum round_days { ROUND_WORKING_DAYS, ROUND_EVERY_DAY, ROUND_WEEKDAYS };
#define ROUND_WINDOW_MIN 30          // minutes
#define ROUND_LATE_MS (48 * HOUR_MS) // what was ticked without a network is taken until so long after the window
#define ROUND_CATCH_UP_DAYS 92       // after a standstill: so many missed days are written down at most
#define ROUND_LATE_RECORD_MS (10 * MINUTE_MS) // told so much after it happened: marked as recorded late

// "1,3,5": Monday is 1, Sunday 7; ascending, once each. A parser: fuzzed. False on anything else (empty too).
bool weekdays_parse(struct str text, unsigned *ret_mask); // bit 1u << weekday
int weekday_of(int64_t day);                              // 1 to 7
// "07:00" to "24:00" as minutes of the day. A parser: fuzzed.
bool minute_parse(struct str text, int *ret_minute);
// Items joined by commas, each one of names (NULL-terminated), none twice. A parser: fuzzed.
bool words_parse(struct str text, const char *const *names);
bool words_have(struct str text, const char *word);

struct round_window {
    enum round_days days;
    unsigned weekdays;
    int from_minute, to_minute; // from < to
};
bool round_walks_on(const struct calendar *calendar, const struct round_window *window, int64_t day);
int64_t round_instant(const struct calendar *calendar, int64_t day, int minute);

// The ladder: 1 reminds who walks, 2 tells the grid worker, 3 the community. When the level after this one is reached;
// 0: there is none.
#define ROUND_LEVELS 3
int64_t round_mark_ms(int64_t from_ms, int64_t to_ms, int64_t level);

// The time a phone gives for what it ticked, as far as it can be true: not before the round's day began, not after now.
int64_t round_clamp_ms(int64_t given_ms, int64_t day_begin_ms, int64_t now_ms);
