// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of the year: a district lives through days, its clock turned from event to event.
#pragma once
#include "domain/demo/demo_dispute.h"

struct year_heap_entry { // something that happens at a time; number: of equal times the one that was put first is first
    int64_t at_ms, number;
    int what; // enum year_what
    size_t which;
};
struct year_heap {
    struct year_heap_entry *at;
    size_t count, max;
    int64_t numbers;
};
void year_put(struct year_heap *heap, int64_t at_ms, int what, size_t which);
struct year_heap_entry year_take(struct year_heap *heap); // the earliest; there must be one

struct year_people {
    int64_t *ids, *homes;
    size_t count, max;
};
struct year_refusal { // a button that the rules did not allow, and why
    const char *action, *key;
    int64_t count;
};
#define YEAR_REFUSALS 64
#define YEAR_JOBS (REQUEST_JOBS + 1) // the last is that of the disputes

struct year {
    const struct demo_year *wish;
    struct life life;
    struct demo_plan plan;
    struct year_heap heap;
    struct life_case *cases;
    size_t case_count, case_max;
    struct year_people askers;
    int64_t begin_ms, end_ms;
    struct mediation *disputes;
    size_t dispute_count, dispute_max;
    int64_t due_ms[YEAR_JOBS]; // when each job of the requests runs next
    int64_t ran_ms[YEAR_JOBS]; // when it ran last
    int64_t posts_changed_ms;  // since a post was left or taken: 0: it was seen to
    int64_t sealed_ns;
    struct year_refusal refusals[YEAR_REFUSALS];
    size_t refusal_count;
    int64_t steps, ticks, appointed, vacated, moved;
};
#define YEAR_MASTERS 512

struct year_dues {
    struct request_dues requests;
    int64_t at_ms[YEAR_JOBS];
};
enum err year_read_dues(struct ctx *c, void *arg); // struct year_dues; a store_fn
struct job year_job(size_t i);
bool year_job_is_of_posts(size_t i); // it looks for posts that were left or taken

enum err year_check(struct ctx *c, struct year *year, struct demo_year_report *ret_report);
