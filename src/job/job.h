// SPDX-License-Identifier: MulanPSL-2.0
// What time does: each job runs every so often, on one process at a time (a lease in the store), for one tenant.
#pragma once
#include "base/ctx.h"
#include "store/store.h"

struct job {
    const char *name; // NULL ends a table
    int64_t every_ms;
    enum err (*run)(struct ctx *c); // as ACTOR_SYSTEM, outside a transaction; may run twice, must be harmless
    // NULL, or: is there anything to do? Asked when it is due and before a lease is taken, so that a job that comes
    // often writes nothing while it idles.
    enum err (*wanted)(struct ctx *c, bool *ret_wanted);
};
struct scheduler;
// jobs: tables, each ending with name NULL; a NULL-terminated list of them, which must outlive the scheduler. Two
// threads: one runs what is due, one after the other; one keeps the leases of jobs and node alive meanwhile. A job seen
// for the first time is due at once. When another process has taken the node number (this one stood still for longer
// than its lease), the process sends itself SIGTERM: going on would make ids twice.
enum err scheduler_start(struct ctx *c, const struct house *house, const struct job *const *jobs, int64_t tenant_id,
                         struct scheduler **ret_scheduler);
void scheduler_wake(struct scheduler *scheduler); // looks at once: a clock was turned
void scheduler_stop(struct scheduler *scheduler); // waits for the job that runs
// Runs every due job once, on this thread, for c's tenant, as of c->now_ms: for tests and commands. Jobs held by
// another are left. An error of a job is returned after all had their turn. *ret_ran (may be NULL): how many this one
// ran.
enum err job_run_due(struct ctx *c, const struct job *const *jobs, int64_t *ret_ran);
// Whether nothing of it is due as of c->now_ms, nor held by another process: for who turns the clock for several.
enum err job_all_ran(struct ctx *c, const struct job *const *jobs, bool *ret_ran);

// One row of a job's batch in a write of its own, so that one that fails holds up no other: what meanwhile went another
// way, or has nobody yet, is left for the next time. Only a store that is busy or broken ends the batch. id: for the
// log. *ret_done (may be NULL): it was written.
enum err job_write(struct ctx *c, store_fn fn, void *arg, int64_t id, bool *ret_done);

// The node number of this process for base/id.h: a leased row (0 to 1023). Held for six hours; from its start on the
// scheduler keeps it alive minute by minute. *ret_high_water_ms: the time up to which the number may have made ids
// before; never go behind it. The number that was not used for longest is given. ERR_BUSY job.no_node when all are
// held.
enum err node_lease(struct ctx *c, int *ret_node, int64_t *ret_high_water_ms);
// Gives it back: after the last id was made, before the store is closed.
enum err node_release(struct ctx *c);
extern const struct store_part job_store_part;
