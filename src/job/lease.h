// SPDX-License-Identifier: MulanPSL-2.0
// Leases of jobs and of the node number: rows that say who, and until when. Not for other folders.
#pragma once
#include "job/job.h"

#define HOLDER_BYTES 40
#define JOB_LEASE_MS (60 * INT64_C(1000))
#define NODE_LEASE_MS (60 * INT64_C(1000))
#define NODE_FIRST_LEASE_MS (6 * 60 * NODE_LEASE_MS) // for commands, which have no scheduler
#define KEEP_EVERY_MS (15 * INT64_C(1000))
#define JOBS_MAX 256

#define JOB_LEASE_FIELDS(F, S)                                                                                         \
    F(S, TEXT, name, .flags = FIELD_KEY)                                                                               \
    F(S, TEXT, holder, .doc = "Empty: nobody")                                                                         \
    F(S, TIME, lease_until_ms)                                                                                         \
    F(S, TIME, next_at_ms)
struct job_lease {
    JOB_LEASE_FIELDS(FIELD_MEMBER, job_lease)
};
#define NODE_LEASE_ROW_FIELDS(F, S)                                                                                    \
    F(S, INT, node, .flags = FIELD_KEY)                                                                                \
    F(S, TEXT, holder)                                                                                                 \
    F(S, TIME, lease_until_ms)                                                                                         \
    F(S, TIME, high_water_ms, .doc = "Ids of this node may carry times up to this")
struct node_lease_row {
    NODE_LEASE_ROW_FIELDS(FIELD_MEMBER, node_lease_row)
};

// A name nobody else bears.
void lease_new_holder(char out[HOLDER_BYTES]);
// Takes the job's lease if it is due and free. *ret_taken; *ret_next_at_ms: when it is due, as far as is known.
enum err job_lease_take(struct ctx *c, const struct job *job, const char *holder, bool *ret_taken,
                        int64_t *ret_next_at_ms);
enum err job_lease_extend(struct ctx *c, const char *name, const char *holder);
// Gives it back, due again at next_at_ms.
enum err job_lease_end(struct ctx *c, const char *name, const char *holder, int64_t next_at_ms);
// Runs the job and gives its lease back. c: as the system, outside a transaction. clock: by which the next run is not
// in the past, however long this one took; NULL: c->now_ms.
enum err job_run_taken(struct ctx *c, const struct job *job, const char *holder, int64_t due_at_ms,
                       const struct clock *clock);

// Keeps the numbers this process holds. *ret_held: how many.
enum err node_lease_renew(struct ctx *c, int64_t *ret_held);
