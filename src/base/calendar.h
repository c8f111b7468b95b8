// SPDX-License-Identifier: MulanPSL-2.0
// Working time: public holidays 法定节假日, moved working days 调休, working hours. All arithmetic of limits is here
// and is a pure function of its arguments. Source of the rules: State Council's yearly notice on holidays
// (国务院办公厅关于部分节假日安排的通知); the lists are data (data/calendar.txt) that an operator can replace.
#pragma once
#include "base/ctx.h"

enum calendar_unit {
    UNIT_URGENT_HOUR, // 紧急工作时: clock hours, every day, round the clock
    UNIT_WORK_HOUR,   // 工作时
    UNIT_WORK_DAY,    // 工作日: the working span of one working day
    UNIT_DAY,         // 自然日: 24 clock hours
    UNIT_COUNT
};
extern const char *const calendar_unit_names[]; // "urgent_hour", "work_hour", "work_day", "day", NULL

struct calendar;

// Reads the text of a calendar file, one entry a line (# begins a comment):
//   version 2026.1 · zone +08:00 · hours 09:00-12:00 13:00-17:00 · year 2025 (its list is complete)
//   holiday 2025-01-01 [name] · workday 2025-01-26 [name]
// Saturdays and Sundays are off unless listed as workday. Fails with calendar.bad_line ({0} = line number).
enum err calendar_parse(struct ctx *c, struct str text, struct calendar **ret_calendar);
void calendar_free(struct calendar *calendar);
struct str calendar_version(const struct calendar *calendar);
int64_t calendar_zone_ms(const struct calendar *calendar); // offset of local time from UTC
// Local day number (days since 1970-01-01 in the calendar's zone).
int64_t calendar_day(const struct calendar *calendar, int64_t at_ms);
bool calendar_is_workday(const struct calendar *calendar, int64_t day);
// A day listed as a holiday, a Saturday or Sunday within it too.
bool calendar_is_holiday(const struct calendar *calendar, int64_t day);
// A Saturday or Sunday.
bool calendar_is_weekend(int64_t day);
bool calendar_is_empty(const struct calendar *calendar); // no year has a list
// False when the year of the day has no list: what is reckoned from it is provisional.
bool calendar_has_year(const struct calendar *calendar, int64_t day);

struct calendar_pause {
    int64_t from_ms, to_ms; // half open
};
// The instant at which budget_units of unit are used up, counting from start_ms and not while paused. Pauses need not
// be sorted and may overlap. *ret_provisional (may be NULL) tells whether a day of a year without a list was counted.
int64_t calendar_due(const struct calendar *calendar, int64_t start_ms, enum calendar_unit unit, int64_t budget_units,
                     const struct calendar_pause *pauses, size_t pause_count, bool *ret_provisional);
// The same for a budget in milliseconds of the unit's own time: a share of a limit.
int64_t calendar_due_ms(const struct calendar *calendar, int64_t start_ms, enum calendar_unit unit, int64_t budget_ms,
                        const struct calendar_pause *pauses, size_t pause_count, bool *ret_provisional);
// Milliseconds of the unit's own time between the two instants. calendar_due(t, u, b) = d implies
// calendar_elapsed_ms(t, d, u) = b × calendar_unit_ms(u).
int64_t calendar_elapsed_ms(const struct calendar *calendar, int64_t start_ms, int64_t end_ms, enum calendar_unit unit,
                            const struct calendar_pause *pauses, size_t pause_count);
int64_t calendar_unit_ms(const struct calendar *calendar, enum calendar_unit unit);
