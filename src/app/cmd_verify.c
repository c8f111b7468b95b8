// SPDX-License-Identifier: MulanPSL-2.0
// linli verify: exit status 0 when the log is whole, 1 when a row lies (named on stderr), 2 when it cannot be read.
#include "app/house.h"
#include "flow/seal_log.h"

#include <stdio.h>
#include <unistd.h>

static void show_progress(int64_t done, int64_t total, void *arg)
{
    (void)arg;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%lld of %lld events", (long long)done, (long long)total);
}

static int report(const struct verify_report *report)
{
    if (report->fault.n) {
        fprintf(stderr, "linli verify: %.*s\n", STR_ARG(report->fault));
        return 1;
    }
    printf("whole: %lld events, %lld seals, %lld events not sealed yet\n", (long long)report->events,
           (long long)report->seals, (long long)report->unsealed);
    return 0;
}

int cmd_verify(struct ctx *c, struct command_line *line)
{
    struct verify_report result = {0};
    const char *export = command_value(line, "export");
    if (export) {
        if (verify_export(c, export, &result) == OK)
            return report(&result);
        print_error(c, "linli verify");
        return 2;
    }
    struct house house;
    int status = 2;
    if (house_open(c, &line->config, OPEN_READING, &house) != OK) {
        print_error(c, "linli verify");
        return 2;
    }
    if (verify_store(c, show_progress, NULL, &result) == OK)
        status = report(&result);
    else
        print_error(c, "linli verify");
    house_close(&house);
    return status;
}
