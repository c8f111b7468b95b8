// SPDX-License-Identifier: MulanPSL-2.0
// What time does to tasks. Each in a write of its own, so that one that fails holds up no other.
#include "base/clock.h"
#include "domain/request/task.h"
#include "request_sql.h"

#define BATCH 100
#define WORK_MAX 200

// --- marks
// ------------------------------------------------------------------------------------------------------------
static enum err read_marked(struct ctx *c, void *arg)
{
    return db_list(c, &sql_task_marked, NO_ARGS, &request_task_record, BATCH, arg);
}

// The earliest: those that passed meanwhile follow one by one, in order.
enum err task_fire(struct ctx *c, void *arg)
{
    const int64_t *id = arg;
    struct request_task t;
    struct request r;
    struct task_mark mark;
    TRY(task_get(c, *id, &t));
    TRY(request_get(c, t.request_id, &r));
    TRY(task_mark_due(c, &t, &r, &mark));
    return task_act(c, *id, task_mark_reminds(&mark) ? STR("remind") : STR("escalate"), NULL, -1, NULL);
}

enum err task_fire_marks(struct ctx *c)
{
    size_t fired;
    do {
        struct rows rows;
        fired = 0;
        TRY(store_read(c, read_marked, &rows));
        struct request_task *tasks = rows.at;
        for (size_t i = 0; i < rows.count; i++) {
            bool done;
            TRY(job_write(c, task_fire, &tasks[i].id, tasks[i].id, &done));
            fired += done;
        }
    } while (fired); // a batch of which none can be fired is somebody else's meanwhile
    return OK;
}

enum err task_next_of(struct ctx *c, int64_t request_id, int64_t *ret_id, int64_t *ret_at_ms)
{
    struct rows rows;
    *ret_id = *ret_at_ms = 0;
    TRY(task_list_of(c, request_id, &rows));
    const struct request_task *tasks = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        if (tasks[i].next_level_at_ms && (!*ret_id || tasks[i].next_level_at_ms < *ret_at_ms)) {
            *ret_id = tasks[i].id;
            *ret_at_ms = tasks[i].next_level_at_ms;
        }
    *ret_at_ms = (*ret_at_ms + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS;
    return OK;
}

// --- posts that nobody holds any more
// ---------------------------------------------------------------------------------
struct vacant {
    int64_t after; // posts: from where to read
    size_t seen, count;
    int64_t tasks[BATCH];
};

// Of the next posts with open tasks, the tasks at those without a holder.
static enum err read_vacant(struct ctx *c, void *arg)
{
    struct vacant *v = arg;
    struct rows posts, tasks;
    int64_t after = v->after;
    TRY(db_list(c, &sql_task_posts, ARGS(ARG_INT("after", after)), &request_task_record, BATCH, &posts));
    const struct request_task *of = posts.at;
    v->seen = v->count = 0;
    for (size_t i = 0; i < posts.count && v->count < BATCH; i++) {
        int64_t holder;
        TRY(post_holder_at(c, of[i].post_id, c->now_ms, &holder));
        v->seen = i + 1;
        after = of[i].post_id;
        if (holder)
            continue;
        TRY(db_list(c, &sql_task_work_of_post, ARGS(ARG_INT("post_id", after), ARG_INT("max", WORK_MAX)),
                    &request_task_record, WORK_MAX, &tasks));
        const struct request_task *t = tasks.at;
        for (size_t j = 0; j < tasks.count && v->count < BATCH; j++)
            v->tasks[v->count++] = t[j].id;
    }
    v->after = after;
    return OK;
}

static enum err reroute_one(struct ctx *c, void *arg)
{
    const int64_t *id = arg;
    return task_act(c, *id, STR("reroute"), NULL, -1, NULL);
}

// What has nobody above either is left for the next time.
enum err task_leave_vacant_posts(struct ctx *c)
{
    struct vacant *v = arena_alloc(c->arena, sizeof *v);
    do {
        TRY(store_read(c, read_vacant, v));
        for (size_t i = 0; i < v->count; i++) {
            bool done;
            TRY(job_write(c, reroute_one, &v->tasks[i], v->tasks[i], &done));
        }
    } while (v->seen);
    return OK;
}

enum err task_leave_post(struct ctx *c, int64_t post_id)
{
    struct rows rows;
    TRY(db_list(c, &sql_task_work_of_post, ARGS(ARG_INT("post_id", post_id), ARG_INT("max", WORK_MAX)),
                &request_task_record, WORK_MAX, &rows));
    const struct request_task *t = rows.at;
    enum err err = OK;
    for (size_t i = 0; i < rows.count && err == OK; i++) {
        err = task_act(c, t[i].id, STR("reroute"), NULL, -1, NULL);
        if (err == ERR_CONFLICT) { // nobody above, or at it already: it stays, and the desk sees the vacancy
            ctx_clear_error(c);
            err = OK;
        }
    }
    return err;
}
