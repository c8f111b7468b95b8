// SPDX-License-Identifier: MulanPSL-2.0
// For property tests: random calendars (holidays, moved working days, working hours, zone), and instants and pauses to
// try them with.
#pragma once
#include "base/calendar.h"
#include "base/clock.h"
#include "base/test.h"

#define MADE_LISTED_MAX 60
#define MADE_DAYS 201
// A calendar, and apart from it what it was made of.
struct made_calendar {
    struct calendar *calendar;
    int64_t zone_ms;
    struct {
        int from, to; // minutes of the day
    } hours[3];
    size_t hours_count;
    int64_t off[MADE_LISTED_MAX], moved[MADE_LISTED_MAX];
    size_t off_count, moved_count;
    char listed[MADE_DAYS]; // by day from made_first_day(): 'o' off, 'm' moved, 0 as the week has it
};

int64_t made_first_day(void); // 2025-01-01; 2025 is the one year that is listed
struct made_calendar made_random(struct random *random);
// Puts a day that is not listed yet into off or moved, whichever changes it.
void made_list_day(struct made_calendar *made, int64_t day);
void made_build(struct made_calendar *made); // from the rest: its calendar
bool made_works_on(const struct made_calendar *made, int64_t day);
bool made_working(const struct made_calendar *made, int64_t at_ms);
// The next instant at or after at_ms at which somebody works. Another way than the calendar's own: day by day.
int64_t made_next_working(const struct made_calendar *made, int64_t at_ms);
// Within so many days from made_first_day(). Whole minutes half of the time: edges of hours are where errors live.
int64_t made_instant(struct random *random, int64_t days);
// One of 400 calendars for each stretch of cases, until check has said so often that the case was one (test_cases).
typedef bool made_check(struct random *random, const struct made_calendar *made);
void made_for_many(made_check *check, int64_t usual);
