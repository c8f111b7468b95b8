// SPDX-License-Identifier: MulanPSL-2.0
// Shared by calendar.c (arithmetic) and calendar_parse.c (reading).
#pragma once
#include "base/calendar.h"

#define MAX_HOURS 8

struct calendar {
    char version[65];
    int64_t zone_ms;
    struct hours {
        int64_t from_ms, to_ms; // since local midnight; ascending, apart
    } hours[MAX_HOURS];
    size_t hours_count;
    int64_t span_ms; // their sum: the length of a working day
    // Only the days that differ from the plain week, sorted: holidays from Monday to Friday, working Saturdays and
    // Sundays. So the number of working days before a day needs no walk.
    int64_t *off_days, *moved_days;
    size_t off_count, moved_count;
    int64_t *rest_days; // every holiday listed, weekends too, sorted
    size_t rest_count;
    int *years; // whose list is complete, sorted
    size_t year_count;
};
