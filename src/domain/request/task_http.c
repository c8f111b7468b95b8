// SPDX-License-Identifier: MulanPSL-2.0
// Routes of tasks, and who hears of them.
#include "domain/request/task.h"
#include "flow/command.h"
#include "request_sql.h"

#include <stdlib.h>

#define WORK_MAX 200 // of one post, unit or place
#define ALL_MAX 600

enum err task_may_read(struct ctx *c, int64_t id)
{
    struct request_task t;
    struct request r;
    TRY(task_get(c, id, &t));
    return task_may_see(c, &t, &r);
}

enum err task_topics_of(struct ctx *c, int64_t id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    struct request_task t;
    struct request r;
    struct rows rows;
    size_t n = 0;
    TRY(task_get(c, id, &t));
    TRY(request_get(c, t.request_id, &r));
    TRY(db_list(c, &sql_request_scope_places, ARGS(ARG_INT("request_id", r.id)), &request_scope_record, 16, &rows));
    const struct request_scope *scope = rows.at;
    const int64_t own[] = {t.post_id, t.org_id, t.whistler_id, r.owner_post_id, r.owner_org_id, r.reporter_id};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i] && n < max)
            ret_topics[n++] = own[i];
    for (size_t i = 0; i < rows.count && n < max; i++)
        ret_topics[n++] = scope[i].place_id;
    *ret_count = n;
    return OK;
}

enum err task_count_late(struct ctx *c, int64_t place_id, int64_t max, int64_t *ret_count)
{
    return db_number(c, &sql_task_count_late, ARGS(ARG_INT("scope_id", place_id), ARG_INT("max", max)), ret_count);
}

// --- GET /api/v1/tasks
// ------------------------------------------------------------------------------------------------
struct tasks_call {
    int64_t place_id;
    bool overdue;
    struct http_response *rs;
};
struct found {
    const struct request_task *rows[ALL_MAX];
    size_t count;
};

static void add(struct found *found, const struct rows *rows)
{
    const struct request_task *t = rows->at;
    for (size_t i = 0; i < rows->count && found->count < ALL_MAX; i++) {
        bool known = false;
        for (size_t j = 0; j < found->count && !known; j++)
            known = found->rows[j]->id == t[i].id;
        if (!known)
            found->rows[found->count++] = &t[i];
    }
}

// What was summoned of mine: of my posts, of my unit.
static enum err find_mine(struct ctx *c, struct found *found)
{
    struct rows rows;
    for (size_t i = 0; i < c->actor.grant_count; i++) {
        const struct grant *grant = &c->actor.grants[i];
        if (grant->post_id) {
            TRY(db_list(c, &sql_task_work_of_post, ARGS(ARG_INT("post_id", grant->post_id), ARG_INT("max", WORK_MAX)),
                        &request_task_record, WORK_MAX, &rows));
            add(found, &rows);
        }
        if (grant->role == ROLE_UNIT && grant->org_id) {
            TRY(db_list(c, &sql_task_work_of_org, ARGS(ARG_INT("org_id", grant->org_id), ARG_INT("max", WORK_MAX)),
                        &request_task_record, WORK_MAX, &rows));
            add(found, &rows);
        }
    }
    return OK;
}

// What others do for requests of a place: for the desk over it.
static enum err find_in_place(struct ctx *c, const struct tasks_call *call, struct found *found)
{
    struct rows rows;
    const struct grant *grant;
    TRY(account_grant_over(c, ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER), call->place_id, &grant));
    if (!grant)
        return fail(c, ERR_NOT_FOUND, "place.unknown");
    TRY(db_list(c, &sql_task_in_place,
                ARGS(ARG_INT("scope_id", call->place_id), ARG_INT("before_ms", call->overdue ? c->now_ms : INT64_MAX),
                     ARG_INT("max", WORK_MAX)),
                &request_task_record, WORK_MAX, &rows));
    add(found, &rows);
    return OK;
}

static int64_t need_of(const struct request_task *t)
{
    return t->wait_due_at_ms ? t->wait_due_at_ms : t->due_at_ms;
}

static int by_need(const void *a, const void *b)
{
    const struct request_task *x = *(const struct request_task *const *)a, *y = *(const struct request_task *const *)b;
    if (need_of(x) != need_of(y))
        return need_of(x) < need_of(y) ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static enum err write_tasks(struct ctx *c, void *arg)
{
    struct tasks_call *call = arg;
    struct found *found = arena_alloc(c->arena, sizeof *found);
    struct request_names *names = request_names_new(c);
    struct json_writer w;
    TRY(call->place_id ? find_in_place(c, call, found) : find_mine(c, found));
    qsort(found->rows, found->count, sizeof found->rows[0], by_need); // NOLINT(bugprone-sizeof-expression): pointers
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < found->count; i++) {
        struct request r;
        TRY(request_get(c, found->rows[i]->request_id, &r));
        if (call->overdue && !task_overdue(c, found->rows[i], &r))
            continue;
        TRY(task_write_view(c, names, found->rows[i], &r, READ_HANDLER | READ_SCOPE, &w));
    }
    json_list_end(&w, 0);
    return OK;
}

static enum err get_tasks(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct tasks_call call = {.rs = rs};
    int64_t overdue;
    TRY(http_query_id(c, rq, "place", &call.place_id));
    TRY(http_query_int(c, rq, "overdue", 0, 1, 0, &overdue));
    call.overdue = overdue == 1;
    return store_read(c, write_tasks, &call);
}

// --- one task
// ---------------------------------------------------------------------------------------------------------
static enum err answer(struct ctx *c, const struct request_task *t, const struct request *r, struct http_response *rs)
{
    struct json_writer w;
    unsigned relations;
    TRY(request_relate(c, r, &relations));
    json_writer_init(&w, &rs->body);
    TRY(task_write_view(c, request_names_new(c), t, r, request_readers(relations), &w));
    http_set_etag_version(rs, t->version);
    return OK;
}

struct one_call {
    int64_t id;
    struct http_response *rs;
};

static enum err write_one(struct ctx *c, void *arg)
{
    struct one_call *call = arg;
    struct request_task t;
    struct request r;
    TRY(task_get(c, call->id, &t));
    TRY(task_may_see(c, &t, &r));
    buf_clear(&call->rs->body);
    return answer(c, &t, &r, call->rs);
}

static enum err get_task(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct one_call call = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &call.id));
    return store_read(c, write_one, &call);
}

static enum err do_action(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t id, if_version;
    const struct json *body = NULL;
    struct request_task t;
    struct request r;
    (void)arg;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(task_get(c, id, &t));
    TRY(task_may_see(c, &t, &r)); // before a look at what was sent
    TRY(http_if_match(c, rq, &if_version));
    if (str_trim(rq->body).n)
        TRY(json_parse(c, rq->body, &body));
    TRY(task_act(c, id, http_param(rq, "action"), body, if_version, &t));
    TRY(request_get(c, t.request_id, &r));
    return answer(c, &t, &r, rs);
}

static enum err post_action(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_action, NULL);
}

static const struct route_query list_query[] = {
    {"place", "Instead of mine: what others were summoned for in this subtree, for the desk over it"},
    {"overdue", "1: past the limit that runs"},
    {NULL, NULL},
};

const struct route task_routes[] = {
    {"GET", "/api/v1/tasks", get_tasks, ROLES_STAFF, ROUTE_LIST, NULL, &task_view_record, list_query,
     "Open tasks I was summoned for by a whistle, in order of need"},
    {"GET", "/api/v1/tasks/{id}", get_task, ACCESS_SIGNED_IN, 0, NULL, &task_view_record, NULL,
     "One task of a summoned unit, for whoever may see its request"},
    {"POST", "/api/v1/tasks/{id}/actions/{action}", post_action, ACCESS_SIGNED_IN, 0, &task_action_record,
     &task_view_record, NULL, "Take a step: check_in, clear, hand_over, recall"},
    {NULL},
};
