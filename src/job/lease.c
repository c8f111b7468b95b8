// SPDX-License-Identifier: MulanPSL-2.0
#include "job/lease.h"

#include "base/clock.h"
#include "base/log.h"
#include "job_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const struct field job_lease_fields[] = {JOB_LEASE_FIELDS(FIELD_ROW, job_lease)};
static const struct record job_lease_record = {
    .name = "job_lease", .table = "job_lease", .size_bytes = sizeof(struct job_lease), FIELDS(job_lease_fields)};

extern const struct record node_lease_record; // node.c
static const struct record *const records[] = {&job_lease_record, &node_lease_record, NULL};
const struct store_part job_store_part = {
    .module = "job", .statements = job_statements, .migrations = job_migrations, .records = records};

void lease_new_holder(char out[HOLDER_BYTES])
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        abort();
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

struct taking {
    const struct job *job;
    struct str holder;
    bool taken, held;
    int64_t next_at_ms;
};

static enum err find_lease(struct ctx *c, const char *name, struct job_lease *ret_lease, bool *ret_found)
{
    enum err err = db_one(c, &sql_job_lease_get, ARGS(ARG_TEXT("name", str_of(name))), &job_lease_record, ret_lease);
    *ret_found = err == OK;
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return OK;
}

static enum err take(struct ctx *c, void *arg)
{
    struct taking *t = arg;
    struct job_lease lease;
    bool found;
    int64_t changed = 0;
    t->taken = false;
    TRY(find_lease(c, t->job->name, &lease, &found));
    if (!found) {
        lease = (struct job_lease){.name = str_of(t->job->name), .holder = STR(""), .next_at_ms = c->now_ms};
        TRY(db_exec(c, &sql_job_lease_begin, ARGS(ARG_ROW(&job_lease_record, &lease)), NULL));
    }
    t->next_at_ms = lease.next_at_ms;
    if (lease.next_at_ms > c->now_ms || (lease.holder.n && lease.lease_until_ms > c->now_ms))
        return OK;
    struct job_lease mine = lease;
    mine.holder = t->holder;
    mine.lease_until_ms = c->now_ms + JOB_LEASE_MS;
    TRY(db_exec(c, &sql_job_lease_take,
                ARGS(ARG_ROW(&job_lease_record, &mine), ARG_TEXT("old_holder", lease.holder),
                     ARG_INT("old_lease_until_ms", lease.lease_until_ms)),
                &changed));
    t->taken = changed == 1;
    return OK;
}

static enum err peek(struct ctx *c, void *arg)
{
    struct taking *t = arg;
    struct job_lease lease;
    bool found;
    TRY(find_lease(c, t->job->name, &lease, &found));
    t->held = found && lease.holder.n && lease.lease_until_ms > c->now_ms;
    t->next_at_ms = !found                                               ? 0
                    : t->held && lease.next_at_ms < lease.lease_until_ms ? lease.lease_until_ms
                                                                         : lease.next_at_ms;
    return OK;
}

enum err job_lease_take(struct ctx *c, const struct job *job, const char *holder, bool *ret_taken,
                        int64_t *ret_next_at_ms)
{
    struct taking t = {.job = job, .holder = str_of(holder)};
    bool wanted = true;
    TRY(store_read(c, peek, &t)); // most looks find nothing due: no write for them
    if (t.next_at_ms <= c->now_ms && job->wanted)
        TRY(job->wanted(c, &wanted));
    if (!wanted)
        t.next_at_ms = c->now_ms + job->every_ms;
    else if (t.next_at_ms <= c->now_ms)
        TRY(store_write(c, take, &t));
    *ret_taken = t.taken;
    *ret_next_at_ms = t.next_at_ms;
    return OK;
}

struct keeping {
    struct job_lease lease;
    int64_t changed;
};

static enum err extend(struct ctx *c, void *arg)
{
    struct keeping *k = arg;
    return db_exec(c, &sql_job_lease_extend, ARGS(ARG_ROW(&job_lease_record, &k->lease)), &k->changed);
}

enum err job_lease_extend(struct ctx *c, const char *name, const char *holder)
{
    struct keeping k = {
        .lease = {.name = str_of(name), .holder = str_of(holder), .lease_until_ms = c->now_ms + JOB_LEASE_MS}};
    return store_write(c, extend, &k);
}

static enum err end(struct ctx *c, void *arg)
{
    struct keeping *k = arg;
    return db_exec(c, &sql_job_lease_end, ARGS(ARG_ROW(&job_lease_record, &k->lease)), &k->changed);
}

enum err job_lease_end(struct ctx *c, const char *name, const char *holder, int64_t next_at_ms)
{
    struct keeping k = {.lease = {.name = str_of(name), .holder = str_of(holder), .next_at_ms = next_at_ms}};
    return store_write(c, end, &k);
}

// Missed runs are not made up for: the next is due one period after this was, or from now if that is past.
enum err job_run_taken(struct ctx *c, const struct job *job, const char *holder, int64_t due_at_ms,
                       const struct clock *clock)
{
    enum err err = job->run(c);
    if (err != OK)
        log_error("job failed job=%s error=%s key=%s", job->name, err_name(err), c->error.key ? c->error.key : "");
    struct error first = c->error;
    ctx_clear_error(c);
    int64_t now_ms = clock && c->now_ms < clock_now_ms(clock) ? clock_now_ms(clock) : c->now_ms;
    int64_t next_at_ms = due_at_ms + job->every_ms;
    if (next_at_ms <= now_ms)
        next_at_ms = now_ms + job->every_ms;
    enum err ended = job_lease_end(c, job->name, holder, next_at_ms);
    if (err == OK)
        return ended;
    c->error = first;
    return err;
}

enum err job_run_due(struct ctx *c, const struct job *const *jobs, int64_t *ret_ran)
{
    char holder[HOLDER_BYTES];
    int64_t ran = 0;
    lease_new_holder(holder);
    struct ctx system = *c;
    system.actor = (struct actor){.kind = ACTOR_SYSTEM};
    enum err first = OK;
    for (; *jobs; jobs++)
        for (const struct job *job = *jobs; job->name; job++) {
            bool taken = false;
            int64_t due_at_ms = 0;
            ctx_clear_error(&system);
            enum err err = job_lease_take(&system, job, holder, &taken, &due_at_ms);
            ran += taken;
            if (err == OK && taken)
                err = job_run_taken(&system, job, holder, due_at_ms, NULL);
            if (err != OK && first == OK) {
                first = err;
                c->error = system.error;
            }
        }
    if (ret_ran)
        *ret_ran = ran;
    return first;
}

enum err job_all_ran(struct ctx *c, const struct job *const *jobs, bool *ret_ran)
{
    bool ran = true;
    for (; *jobs && ran; jobs++)
        for (const struct job *job = *jobs; job->name && ran; job++) {
            struct taking t = {.job = job};
            bool wanted = true;
            TRY(store_read(c, peek, &t));
            if (t.next_at_ms <= c->now_ms && job->wanted)
                TRY(job->wanted(c, &wanted));
            ran = !t.held && (t.next_at_ms > c->now_ms || !wanted);
        }
    *ret_ran = ran;
    return OK;
}
