// SPDX-License-Identifier: MulanPSL-2.0
// linli simulate: an empty store becomes the demo district and lives through days or a year. Exit status 0 when all
// holds at the end, 1 when something does not (told), 2 when it could not be done.
#include "app/house.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "domain/demo/demo.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DAYS_MAX 3660
#define PER_DAY_MAX 1000

struct bar {
    int64_t shown, zone_ms, begun_ns;
};

static void show_progress(int64_t at_ms, int64_t done, int64_t total, void *arg)
{
    struct bar *bar = arg;
    static const char full[] = "##############################", none[] = "..............................";
    bool live = isatty(STDERR_FILENO);
    int64_t percent = total ? done * 100 / total : 100;
    percent = percent > 100 ? 100 : percent < 0 ? 0 : percent;
    if (percent == bar->shown || (!live && percent % 10))
        return;
    bar->shown = percent;
    int year, month, day;
    day_to_date((at_ms + bar->zone_ms) / DAY_MS, &year, &month, &day);
    int filled = (int)(percent * 30 / 100);
    fprintf(stderr, "%s[%.*s%.*s] %3d %%  %d-%02d-%02d  %lld s%s", live ? "\r" : "", filled, full, 30 - filled, none,
            (int)percent, year, month, day, (long long)((clock_monotonic_ns() - bar->begun_ns) / 1000000000),
            live && percent < 100 ? "" : "\n");
}

static bool read_number(const struct command_line *line, const char *name, int64_t standard, int64_t max,
                        int64_t *ret_number)
{
    const char *text = command_value(line, name);
    *ret_number = standard;
    if (text && (!str_to_int64(str_of(text), ret_number) || *ret_number < 1 || *ret_number > max)) {
        fprintf(stderr, "linli simulate: --%s is a number from 1 to %lld\n", name, (long long)max);
        return false;
    }
    return true;
}

// From midnight to midnight; the last one that was, or the date that is given.
static bool read_wish(struct ctx *c, const struct command_line *line, struct demo_year *ret_wish)
{
    struct demo_year wish = {.shared = command_value(line, "shared") != NULL};
    const char *until = command_value(line, "until");
    int64_t days, zone_ms = calendar_zone_ms(c->house->calendar);
    if (!read_number(line, "days", 365, DAYS_MAX, &days) || !read_number(line, "seed", 1, INT64_MAX, &wish.seed) ||
        !read_number(line, "per-day", 14, PER_DAY_MAX, &wish.per_day))
        return false;
    wish.end_ms = (c->now_ms + zone_ms) / DAY_MS * DAY_MS - zone_ms;
    if (until && (strlen(until) != 10 || !time_parse(str_of(until), &wish.end_ms) || wish.end_ms > c->now_ms)) {
        fputs("linli simulate: --until is a date that is past, 2026-11-24\n", stderr);
        return false;
    }
    if (until)
        wish.end_ms -= zone_ms;
    wish.begin_ms = wish.end_ms - days * DAY_MS;
    *ret_wish = wish;
    return true;
}

static int tell(const struct demo_year_report *report)
{
    printf("%.*s", STR_ARG(report->lines));
    printf("runs of jobs: %lld minutes; refused steps: %lld; events of requests: %lld; seals: %lld\n",
           (long long)report->ticks, (long long)report->refused, (long long)report->events, (long long)report->seals);
    printf("digest %s\n", report->digest);
    printf("requests without an owner: %lld\n", (long long)report->without_owner);
    printf("marks reached: %lld, not fired: %lld, fired in another minute: %lld\n", (long long)report->marks,
           (long long)report->marks_missed, (long long)report->marks_late);
    printf("open children of closed parents: %lld\n", (long long)report->children_open);
    printf("log: %s%.*s\n", report->fault.n ? "" : "whole", STR_ARG(report->fault));
    return report->without_owner || report->marks_missed || report->marks_late || report->children_open ||
           report->fault.n;
}

static int live(struct ctx *c, const struct command_line *line)
{
    struct demo_year wish;
    struct demo_year_report report;
    struct bar bar = {.shown = -1, .zone_ms = calendar_zone_ms(c->house->calendar), .begun_ns = clock_monotonic_ns()};
    if (!read_wish(c, line, &wish))
        return 2;
    wish.progress = show_progress;
    wish.arg = &bar;
    if (demo_year_live(c, &wish, &report) == OK)
        return tell(&report);
    print_error(c, "linli simulate");
    return 2;
}

static int work(struct ctx *c)
{
    int64_t runs;
    if (demo_year_work(c, &runs) != OK) {
        print_error(c, "linli simulate --worker");
        return 2;
    }
    printf("%lld runs of jobs\n", (long long)runs);
    return 0;
}

int cmd_simulate(struct ctx *c, struct command_line *line)
{
    struct house house;
    if (!line->config.demo || line->word_count) {
        fputs("usage: linli simulate [--days 365] [--seed 1] [--per-day 14] [--until DATE] [--shared | --worker] "
              "[--data DIR] [--store URL], without --no-demo and --empty\n",
              stderr);
        return 2;
    }
    if (house_open(c, &line->config, OPEN_RELAXED, &house) != OK) {
        print_error(c, "linli simulate");
        return 2;
    }
    int status = command_value(line, "worker") ? work(c) : live(c, line);
    house_close(&house);
    return status;
}
