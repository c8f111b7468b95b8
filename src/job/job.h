// SPDX-License-Identifier: MulanPSL-2.0
// What time does: each job runs every so often, on one process at a time (a lease in the store), for one tenant.
#pragma once
#include "base/ctx.h"
#include "store/store.h"

struct job {
    const char *name; // NULL ends a table
    int64_t every_ms;
    enum err (*run)(struct ctx *c); // as ACTOR_SYSTEM, outside a transaction; may run twice, must be harmless
};
struct scheduler;
enum err scheduler_start(struct ctx *c, const struct house *house, const struct job *const *jobs, int64_t tenant_id,
                         struct scheduler **ret_scheduler);
void scheduler_wake(struct scheduler *scheduler);
void scheduler_stop(struct scheduler *scheduler);
// Runs every due job once, on this thread: for tests and commands.
enum err job_run_due(struct ctx *c, const struct job *const *jobs);

// The node number of this process for base/id.h: a leased row (0 to 1023), kept alive by the scheduler. Refuses to go
// behind the time up to which the number was used before.
enum err node_lease(struct ctx *c, int *ret_node, int64_t *ret_high_water_ms);
extern const struct store_part job_store_part;
