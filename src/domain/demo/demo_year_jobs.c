// SPDX-License-Identifier: MulanPSL-2.0
// The jobs that the clock is turned for, and when each has something to do.
#include "domain/demo/demo_year.h"

#include <string.h>

enum err year_read_dues(struct ctx *c, void *arg)
{
    struct year_dues *dues = arg;
    TRY(request_dues_next(c, &dues->requests));
    memcpy(dues->at_ms, dues->requests.at_ms, sizeof dues->requests.at_ms);
    return dispute_due_next(c, &dues->at_ms[REQUEST_JOBS]);
}

// The jobs that the clock is turned for: of requests, and the one of disputes.
struct job year_job(size_t i)
{
    return i < REQUEST_JOBS ? request_module.jobs[i] : dispute_module.jobs[i - REQUEST_JOBS];
}

bool year_job_is_of_posts(size_t i)
{
    return i >= REQUEST_JOBS - REQUEST_JOBS_OF_POSTS && i < REQUEST_JOBS;
}
