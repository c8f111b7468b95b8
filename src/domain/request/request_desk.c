// SPDX-License-Identifier: MulanPSL-2.0
// What has to be done: a worker's list in order of need, and the desk's numbers.
#include "base/clock.h"
#include "domain/request/task.h"
#include "request_sql.h"

#include <stdlib.h>

#define WORK_MAX 200 // of one post
#define WORK_ALL_MAX 600
#define COUNT_MAX 20000 // the desk's numbers stop here

// --- GET /api/v1/worklist -------------------------------------------------------------------------------------------
struct work {
    const struct request *rows[WORK_ALL_MAX];
    size_t count;
};

static void add_work(struct work *work, const struct rows *rows)
{
    const struct request *r = rows->at;
    for (size_t i = 0; i < rows->count && work->count < WORK_ALL_MAX; i++) {
        bool known = false;
        for (size_t j = 0; j < work->count && !known; j++)
            known = work->rows[j]->id == r[i].id;
        if (!known)
            work->rows[work->count++] = &r[i];
    }
}

static int by_need(const void *a, const void *b)
{
    const struct request *x = *(const struct request *const *)a, *y = *(const struct request *const *)b;
    if (x->due_at_ms != y->due_at_ms)
        return x->due_at_ms < y->due_at_ms ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static enum err work_of_grant(struct ctx *c, const struct grant *grant, struct work *work)
{
    struct rows rows;
    if (grant->post_id) {
        TRY(db_list(c, &sql_request_work_of_post,
                    ARGS(ARG_INT("owner_post_id", grant->post_id), ARG_INT("max", WORK_MAX)), &request_record, WORK_MAX,
                    &rows));
        add_work(work, &rows);
    }
    if (grant->role == ROLE_UNIT && grant->org_id) {
        TRY(db_list(c, &sql_request_work_of_org, ARGS(ARG_INT("owner_org_id", grant->org_id), ARG_INT("max", WORK_MAX)),
                    &request_record, WORK_MAX, &rows));
        add_work(work, &rows);
    }
    return OK;
}

// A grid worker also checks what others in the grid have finished.
static enum err work_to_verify(struct ctx *c, const struct grant *grant, struct work *work)
{
    struct rows rows;
    if (grant->role != ROLE_GRID_WORKER)
        return OK;
    TRY(db_list(c, &sql_request_work_to_verify, ARGS(ARG_INT("scope_id", grant->place_id), ARG_INT("max", WORK_MAX)),
                &request_record, WORK_MAX, &rows));
    struct request *r = rows.at;
    size_t kept = 0;
    for (size_t i = 0; i < rows.count; i++)
        if (r[i].handler_id != c->actor.person_id)
            r[kept++] = r[i];
    rows.count = kept;
    add_work(work, &rows);
    return OK;
}

#define WORK_COUNTS_FIELDS(F, S)                                                                                       \
    F(S, INT, to_sign, .read = READ_ALL, .doc = "Waits for a signature")                                               \
    F(S, INT, in_progress, .read = READ_ALL, .doc = "Signed for, not finished")                                        \
    F(S, INT, overdue, .read = READ_ALL, .doc = "Past the limit")                                                      \
    F(S, INT, to_verify, .read = READ_ALL, .doc = "Finished by others, to be checked")
struct work_counts {
    WORK_COUNTS_FIELDS(FIELD_MEMBER, work_counts)
};
static const struct field work_counts_fields[] = {WORK_COUNTS_FIELDS(FIELD_ROW, work_counts)};
static const struct record work_counts_record = {"work_counts", NULL, sizeof(struct work_counts),
                                                 FIELDS(work_counts_fields)};

#define WORKLIST_FIELDS(F, S)                                                                                          \
    F(S, JSON, items, .read = READ_ALL, .flags = FIELD_MANY, .of = &request_summary_record,                            \
      .doc = "Most urgent first")                                                                                      \
    F(S, JSON, counts, .read = READ_ALL, .of = &work_counts_record, .doc = "How many of each")
struct worklist {
    WORKLIST_FIELDS(FIELD_MEMBER, worklist)
};
static const struct field worklist_fields[] = {WORKLIST_FIELDS(FIELD_ROW, worklist)};
const struct record worklist_record = {"worklist", NULL, sizeof(struct worklist), FIELDS(worklist_fields)};

static void write_counts(struct ctx *c, const struct work *work, struct json_writer *w)
{
    struct work_counts counts = {0};
    for (size_t i = 0; i < work->count; i++) {
        const struct request *r = work->rows[i];
        counts.to_sign += r->state == REQUEST_DISPATCHED;
        counts.in_progress += r->state == REQUEST_IN_PROGRESS;
        counts.to_verify += r->state == REQUEST_HANDLED;
        counts.overdue += r->state != REQUEST_HANDLED && request_overdue(c, r);
    }
    json_key(w, "counts");
    record_to_json(c, &work_counts_record, &counts, 0, READ_ALL, w);
}

static enum err write_worklist(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct work *work = arena_alloc(c->arena, sizeof *work);
    struct request_names *names = request_names_new(c);
    struct json_writer w;
    for (size_t i = 0; i < c->actor.grant_count; i++) {
        TRY(work_of_grant(c, &c->actor.grants[i], work));
        TRY(work_to_verify(c, &c->actor.grants[i], work));
    }
    qsort(work->rows, work->count, sizeof work->rows[0], by_need); // NOLINT(bugprone-sizeof-expression): pointers
    buf_clear(&rs->body);
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "items");
    json_array_begin(&w);
    for (size_t i = 0; i < work->count; i++)
        TRY(request_write_summary(c, names, work->rows[i], READ_HANDLER | READ_SCOPE, &w));
    json_array_end(&w);
    json_key(&w, "next");
    json_put_null(&w);
    write_counts(c, work, &w);
    json_object_end(&w);
    return OK;
}

enum err request_http_worklist(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    return store_read(c, write_worklist, rs);
}

// --- GET /api/v1/desk -----------------------------------------------------------------------------------------------
#define DESK_FIELDS(F, S)                                                                                              \
    F(S, INT, to_dispatch, .read = READ_SCOPE, .doc = "Reported or filed, sent to nobody yet: state=reported,filed")   \
    F(S, INT, due_soon, .read = READ_SCOPE, .doc = "Not finished, due within 24 hours: due_soon=1")                    \
    F(S, INT, overdue, .read = READ_SCOPE, .doc = "Not finished, past the limit: overdue=1")                           \
    F(S, INT, unsatisfied, .read = READ_SCOPE,                                                                         \
      .doc = "The resident is not content and has no answer yet: unsatisfied=1")                                       \
    F(S, INT, to_verify, .read = READ_SCOPE, .doc = "Finished, to be checked: state=handled")                          \
    F(S, INT, to_decide, .read = READ_SCOPE,                                                                           \
      .doc = "Ask for a hold, more time or exclusion, are contested or appealed: to_decide=1")                         \
    F(S, INT, to_review, .read = READ_SCOPE, .doc = "Wishes to approve: state=in_review")                              \
    F(S, INT, escalated, .read = READ_SCOPE,                                                                           \
      .doc = "Open, put to one of your posts because time ran out: escalated=1")                                       \
    F(S, INT, tasks_late, .read = READ_SCOPE,                                                                          \
      .doc = "Tasks of summoned units past the limit that runs: /tasks?place=…&overdue=1")                             \
    F(S, INT, vacant_posts, .read = READ_SCOPE, .doc = "Posts that nobody holds")                                      \
    F(S, INT, open, .read = READ_SCOPE, .doc = "Somebody still has to act: open=1. No number counts beyond 20,000")    \
    F(S, INT, closed_7d, .read = READ_SCOPE, .doc = "Closed within the last 7 days")                                   \
    F(S, TIME, as_of, .read = READ_SCOPE, .doc = "When this was counted")
struct desk {
    DESK_FIELDS(FIELD_MEMBER, desk)
};
static const struct field desk_fields[] = {DESK_FIELDS(FIELD_ROW, desk)};
const struct record desk_record = {"desk", NULL, sizeof(struct desk), FIELDS(desk_fields)};

static enum err count_place(struct ctx *c, int64_t place_id, struct desk *sum)
{
    struct desk one = {0};
    int64_t n;
    TRY(db_one(
        c, &sql_request_desk,
        ARGS(ARG_INT("scope_id", place_id), ARG_INT("soon_ms", c->now_ms + REQUEST_SOON_MS), ARG_INT("max", COUNT_MAX)),
        &desk_record, &one));
    sum->to_dispatch += one.to_dispatch;
    sum->due_soon += one.due_soon;
    sum->overdue += one.overdue;
    sum->to_verify += one.to_verify;
    sum->to_decide += one.to_decide;
    sum->to_review += one.to_review;
    sum->open += one.open;
    TRY(db_number(c, &sql_request_count_unsatisfied, ARGS(ARG_INT("scope_id", place_id), ARG_INT("max", COUNT_MAX)),
                  &n));
    sum->unsatisfied += n;
    TRY(db_number(
        c, &sql_request_count_closed,
        ARGS(ARG_INT("scope_id", place_id), ARG_INT("since_ms", c->now_ms - 7 * DAY_MS), ARG_INT("max", COUNT_MAX)),
        &n));
    sum->closed_7d += n;
    TRY(db_number(c, &sql_request_count_exclusions, ARGS(ARG_INT("scope_id", place_id), ARG_INT("max", COUNT_MAX)),
                  &n));
    sum->to_decide += n;
    TRY(task_count_late(c, place_id, COUNT_MAX, &n));
    sum->tasks_late += n;
    TRY(org_count_vacant(c, place_id, &n));
    sum->vacant_posts += n;
    return OK;
}

struct desk_call {
    struct request_filter filter;
    struct desk desk;
};

// Places that lie within another of the reach would be counted twice.
static enum err is_inside_another(struct ctx *c, const struct request_reach *reach, size_t index, bool *ret_inside)
{
    *ret_inside = false;
    for (size_t i = 0; i < reach->place_count && !*ret_inside; i++)
        if (i != index)
            TRY(place_covers(c, reach->places[i], reach->places[index], ret_inside));
    return OK;
}

static enum err count_desk(struct ctx *c, void *arg)
{
    struct desk_call *call = arg;
    struct request_reach reach;
    call->desk = (struct desk){.as_of = c->now_ms};
    TRY(request_reach_of(c, &call->filter, &reach));
    for (size_t i = 0; i < reach.place_count; i++) {
        bool inside;
        TRY(is_inside_another(c, &reach, i, &inside));
        if (!inside)
            TRY(count_place(c, reach.places[i], &call->desk));
    }
    for (size_t i = 0; i < c->actor.grant_count; i++) {
        int64_t n = 0;
        if (c->actor.grants[i].post_id)
            TRY(db_number(c, &sql_request_count_escalated,
                          ARGS(ARG_INT("post_id", c->actor.grants[i].post_id), ARG_INT("max", COUNT_MAX)), &n));
        call->desk.escalated += n;
    }
    return OK;
}

enum err request_http_desk(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct desk_call call = {0};
    struct json_writer w;
    TRY(http_query_id(c, rq, "place", &call.filter.place_id));
    TRY(store_read(c, count_desk, &call));
    json_writer_init(&w, &rs->body);
    record_to_json(c, &desk_record, &call.desk, 0, READ_SCOPE, &w);
    return OK;
}
