// SPDX-License-Identifier: MulanPSL-2.0
// Node numbers for base/id.h. They belong to no district: rows of tenant 0.
#include "base/clock.h"
#include "job/lease.h"
#include "job_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NODES 1024

static const struct field node_lease_fields[] = {NODE_LEASE_ROW_FIELDS(FIELD_ROW, node_lease_row)};
extern const struct record node_lease_record;
const struct record node_lease_record = {.name = "node_lease",
                                         .table = "node_lease",
                                         .size_bytes = sizeof(struct node_lease_row),
                                         FIELDS(node_lease_fields)};

static void read_line(const char *path, char *out, size_t size)
{
    FILE *in = fopen(path, "r");
    out[0] = '\0';
    if (!in)
        return;
    if (fgets(out, (int)size, in))
        out[strcspn(out, "\n")] = '\0';
    fclose(in);
}

// The same in every call of one process, and no other process of any machine bears it: boot, process namespace, number
// and start time. So nobody has to keep it.
static struct str process_name(struct ctx *c)
{
    char boot[64], stat[1024], space[64] = "", host[128] = "";
    read_line("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
    read_line("/proc/self/stat", stat, sizeof stat);
    ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    space[n > 0 ? n : 0] = '\0';
    gethostname(host, sizeof host - 1);
    const char *at = strrchr(stat, ')'); // then come state (3) … start time (22)
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    long long started = at ? strtoll(at + 1, NULL, 10) : 0; // 0 when it cannot be read: boot and pid remain
    return str_format(c->arena, "%s %s %s %ld %lld", host, boot, space, (long)getpid(), started);
}

struct lease_call {
    struct str holder;
    int64_t node, high_water_ms, changed;
};

// The free number that was used longest ago; one never used counts as time 0.
static bool choose(const struct node_lease_row *rows, size_t count, int64_t now_ms, struct node_lease_row *ret_row,
                   bool *ret_exists)
{
    bool found = false;
    size_t at = 0;
    for (int64_t node = 0; node < NODES; node++) {
        bool exists = at < count && rows[at].node == node;
        struct node_lease_row row = exists ? rows[at++] : (struct node_lease_row){.node = node, .holder = STR("")};
        if (row.holder.n && row.lease_until_ms > now_ms)
            continue;
        if (!found || row.high_water_ms < ret_row->high_water_ms) {
            *ret_row = row;
            *ret_exists = exists;
            found = true;
        }
    }
    return found;
}

static enum err lease(struct ctx *c, void *arg)
{
    struct lease_call *call = arg;
    struct rows rows;
    struct node_lease_row old = {0};
    bool exists = false;
    TRY(db_list(c, &sql_node_lease_list, ARGS(ARG_INT("max", NODES)), &node_lease_record, NODES, &rows));
    if (!choose(rows.at, rows.count, c->now_ms, &old, &exists))
        return fail(c, ERR_BUSY, "job.no_node");
    struct node_lease_row mine = {.node = old.node,
                                  .holder = call->holder,
                                  .lease_until_ms = c->now_ms + NODE_FIRST_LEASE_MS,
                                  .high_water_ms = c->now_ms + NODE_FIRST_LEASE_MS};
    if (mine.high_water_ms < old.high_water_ms)
        mine.high_water_ms = old.high_water_ms;
    if (exists)
        TRY(db_exec(c, &sql_node_lease_take,
                    ARGS(ARG_ROW(&node_lease_record, &mine), ARG_TEXT("old_holder", old.holder),
                         ARG_INT("old_lease_until_ms", old.lease_until_ms)),
                    &call->changed));
    else
        TRY(db_exec(c, &sql_node_lease_begin, ARGS(ARG_ROW(&node_lease_record, &mine)), &call->changed));
    if (call->changed != 1)
        return fail(c, ERR_BUSY, "job.raced");
    call->node = old.node;
    call->high_water_ms = old.high_water_ms;
    return OK;
}

static enum err run_for_all(struct ctx *c, store_fn fn, struct lease_call *call)
{
    struct ctx all = *c;
    all.tenant_id = 0;
    call->holder = process_name(c);
    enum err err = store_write(&all, fn, call);
    c->error = all.error;
    return err;
}

enum err node_lease(struct ctx *c, int *ret_node, int64_t *ret_high_water_ms)
{
    struct lease_call call = {0};
    TRY(run_for_all(c, lease, &call));
    *ret_node = (int)call.node;
    *ret_high_water_ms = call.high_water_ms;
    return OK;
}

static enum err renew(struct ctx *c, void *arg)
{
    struct lease_call *call = arg;
    struct node_lease_row row = {.holder = call->holder,
                                 .lease_until_ms = c->now_ms + NODE_LEASE_MS,
                                 .high_water_ms = c->now_ms + NODE_LEASE_MS};
    return db_exec(c, &sql_node_lease_renew, ARGS(ARG_ROW(&node_lease_record, &row)), &call->changed);
}

enum err node_lease_renew(struct ctx *c, int64_t *ret_held)
{
    struct lease_call call = {0};
    TRY(run_for_all(c, renew, &call));
    *ret_held = call.changed;
    return OK;
}

// Ids may have run a little ahead of the clock: the number stays closed for a second.
static enum err give_back(struct ctx *c, void *arg)
{
    struct lease_call *call = arg;
    struct node_lease_row row = {.holder = call->holder, .high_water_ms = c->now_ms + SECOND_MS};
    return db_exec(c, &sql_node_lease_end, ARGS(ARG_ROW(&node_lease_record, &row)), &call->changed);
}

enum err node_release(struct ctx *c)
{
    struct lease_call call = {0};
    return run_for_all(c, give_back, &call);
}
