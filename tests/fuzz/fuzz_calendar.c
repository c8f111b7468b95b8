// SPDX-License-Identifier: MulanPSL-2.0
// Any text as a calendar file; what is taken must keep the law that a limit's elapsed time is its budget.
#include "base/calendar.h"
#include "base/clock.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct calendar *calendar)
{
    static const int64_t starts[] = {INT64_C(1735689600000), INT64_C(1771000000000), INT64_C(1795498188123)};
    static const int64_t budgets[] = {1, 7, 250};
    for (size_t i = 0; i < 9; i++) {
        for (int unit = 0; unit < UNIT_COUNT; unit++) {
            int64_t start = starts[i / 3];
            int64_t budget = budgets[i % 3];
            struct calendar_pause pause = {start + 5 * HOUR_MS, start + 77 * HOUR_MS};
            int64_t due = calendar_due(calendar, start, (enum calendar_unit)unit, budget, &pause, 1, NULL);
            int64_t elapsed = calendar_elapsed_ms(calendar, start, due, (enum calendar_unit)unit, &pause, 1);
            // Beyond the year 9999, which a calendar of one working minute a day can reach, there is no limit.
            if (due < INT64_C(253402300799999) &&
                elapsed != budget * calendar_unit_ms(calendar, (enum calendar_unit)unit))
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_new(16u << 20), .lang = "en"};
    struct calendar *calendar;
    if (calendar_parse(&c, (struct str){(const char *)data, size}, &calendar) == OK) {
        check(calendar);
        if (calendar_version(calendar).n > 64)
            abort();
        calendar_free(calendar);
    }
    arena_free(c.arena);
    return 0;
}
