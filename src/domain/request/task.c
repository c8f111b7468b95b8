// SPDX-License-Identifier: MulanPSL-2.0
// Rows of tasks, what an actor is to one, and how they and the counts of their request are written together.
#include "domain/request/task.h"

#include "base/id.h"
#include "request_sql.h"

struct str task_seal(struct ctx *c, const struct request_task *t, const char *field, struct str clear)
{
    return seal_field(c, &request_task_record, record_field(&request_task_record, str_of(field)), t->id, clear);
}

enum err task_open_text(struct ctx *c, const struct request_task *t, const char *field, struct str box,
                        struct str *ret_clear)
{
    return open_field(c, &request_task_record, record_field(&request_task_record, str_of(field)), t->id, box,
                      ret_clear);
}

enum err task_get(struct ctx *c, int64_t id, struct request_task *ret_task)
{
    enum err err = db_one(c, &sql_task_by_id, ARGS(ARG_INT("id", id)), &request_task_record, ret_task);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "task.unknown") : err;
}

enum err task_list_of(struct ctx *c, int64_t request_id, struct rows *ret_rows)
{
    return db_list(c, &sql_task_of_request, ARGS(ARG_INT("request_id", request_id)), &request_task_record, TASKS_MAX,
                   ret_rows);
}

enum err task_may_see(struct ctx *c, const struct request_task *t, struct request *ret_request)
{
    unsigned relations;
    TRY(request_get(c, t->request_id, ret_request));
    return request_may_see(c, ret_request, &relations) == OK ? OK : fail(c, ERR_NOT_FOUND, "task.unknown");
}

// --- who is what
// ------------------------------------------------------------------------------------------------------
static bool is_of(const struct grant *grant, int64_t post_id, int64_t org_id)
{
    return (grant->post_id && grant->post_id == post_id) ||
           (grant->role == ROLE_UNIT && grant->org_id && grant->org_id == org_id);
}

enum err task_relate(struct ctx *c, const void *row, unsigned *ret_relations)
{
    const struct task_case *tc = row;
    const struct request_task *t = &tc->t;
    unsigned of_request, set = 0;
    *ret_relations = c->actor.kind == ACTOR_SYSTEM ? TASK_SYSTEM : 0;
    if (c->actor.kind == ACTOR_SYSTEM)
        return OK;
    TRY(request_relate(c, tc->request, &of_request));
    if (of_request)
        set |= TASK_WATCHER;
    if (c->actor.kind == ACTOR_PERSON && (t->whistler_id == c->actor.person_id || of_request & RELATION_SUPERIOR))
        set |= TASK_WHISTLER;
    for (size_t i = 0; i < c->actor.grant_count; i++) {
        if (is_of(&c->actor.grants[i], t->post_id, t->org_id))
            set |= TASK_HELPER;
        if (t->whistler_post_id && c->actor.grants[i].post_id == t->whistler_post_id)
            set |= TASK_WHISTLER;
    }
    *ret_relations = set;
    return OK;
}

enum err task_helps(struct ctx *c, const struct request *r, unsigned *ret_relations)
{
    struct rows rows;
    *ret_relations = 0;
    if (!r->tasks || c->actor.kind != ACTOR_PERSON)
        return OK;
    TRY(db_list(c, &sql_helper_list, ARGS(ARG_INT("request_id", r->id)), &request_helper_record, HELPERS_MAX, &rows));
    const struct request_helper *helpers = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        for (size_t j = 0; j < c->actor.grant_count; j++)
            if (is_of(&c->actor.grants[j], helpers[i].post_id, helpers[i].org_id))
                *ret_relations |= helpers[i].open ? RELATION_HELPER : RELATION_WATCHER;
    return OK;
}

enum err task_topics(struct ctx *c, const struct request *r, int64_t *topics, size_t max, size_t *count)
{
    struct rows rows;
    if (!r->tasks)
        return OK;
    TRY(db_list(c, &sql_helper_list, ARGS(ARG_INT("request_id", r->id)), &request_helper_record, HELPERS_MAX, &rows));
    const struct request_helper *helpers = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        const int64_t own[] = {helpers[i].post_id, helpers[i].org_id};
        for (size_t j = 0; helpers[i].open && j < 2; j++)
            if (own[j] && *count < max)
                topics[(*count)++] = own[j];
    }
    return OK;
}

enum err task_none_open(struct ctx *c, const struct request *r)
{
    if (!r->open_tasks)
        return OK;
    return fail_with(c, ERR_CONFLICT, "request.tasks_open", str_format(c->arena, "%lld", (long long)r->open_tasks),
                     (struct str){0});
}

// --- writing
// ----------------------------------------------------------------------------------------------------------
static enum err helper_begin(struct ctx *c, const struct request_task *t)
{
    struct request_helper helper = {t->request_id, t->post_id, t->org_id, t->id, true};
    return db_exec(c, &sql_helper_put, ARGS(ARG_ROW(&request_helper_record, &helper)), NULL);
}

static enum err helper_end(struct ctx *c, const struct request_task *t)
{
    return db_exec(
        c, &sql_helper_end,
        ARGS(ARG_INT("request_id", t->request_id), ARG_INT("post_id", t->post_id), ARG_INT("task_id", t->id)), NULL);
}

// The request's count falls in the very write that ends the task, under the request's version: whoever closes the
// request, or whistles again, meanwhile comes before or after, never between.
static enum err count_ended(struct ctx *c, const struct task_case *tc)
{
    struct request *r = tc->request;
    r->open_tasks--;
    if (tc->in_hand)
        return OK;
    bool may_ask_now = r->state == REQUEST_CALLBACK && !r->open_tasks;
    if (may_ask_now)
        r->state_at_ms = c->now_ms; // the resident has the whole time to answer
    TRY(request_save_counts(c, r));
    return may_ask_now ? request_notice_callback(c, r) : OK;
}

static enum err already_there(struct ctx *c, const struct request_task *t)
{
    struct str who;
    TRY(person_masked_name(c, t->helper_id, &who));
    return fail_with(c, ERR_CONFLICT, "task.already_checked_in",
                     str_format(c->arena, "%.*s %.*s", STR_ARG(t->post_name), STR_ARG(who)),
                     request_local_time(c, t->checked_in_at_ms));
}

static enum err lost_race(struct ctx *c, const struct request_task *mine)
{
    struct request_task theirs;
    TRY(task_get(c, mine->id, &theirs));
    if (mine->state == TASK_CHECKED_IN && theirs.helper_id)
        return already_there(c, &theirs);
    return fail(c, ERR_STALE, "flow.stale");
}

enum err task_save(struct ctx *c, void *row, int64_t old_version)
{
    struct task_case *tc = row;
    struct request_task *t = &tc->t, before;
    int64_t changed;
    if (!tc->mark.at_ms)
        t->steady_version = t->version;
    TRY(task_get(c, t->id, &before));
    TRY(task_clock_settle(c, t, tc->request));
    TRY(db_exec(c, &sql_task_save, ARGS(ARG_INT("old_version", old_version), ARG_ROW(&request_task_record, t)),
                &changed));
    if (!changed)
        return lost_race(c, t);
    bool moved = t->post_id != before.post_id;
    if (moved || !t->open)
        TRY(helper_end(c, &before));
    if (moved && t->open)
        TRY(helper_begin(c, t));
    return before.open && !t->open ? count_ended(c, tc) : OK;
}

// --- steps
// ------------------------------------------------------------------------------------------------------------
static enum err run(struct ctx *c, struct task_case *tc, struct str action, const struct json *input,
                    int64_t if_version)
{
    struct request_task before = tc->t;
    unsigned relations;
    TRY(task_relate(c, tc, &relations));
    if (!relations)
        return fail(c, ERR_NOT_FOUND, "task.unknown");
    if (str_equal_z(action, "check_in") && relations & TASK_HELPER && before.state == TASK_CHECKED_IN)
        return already_there(c, &before);
    if (if_version >= before.steady_version && if_version <= before.version)
        if_version = -1; // since it was seen only a clock has left its mark
    TRY(flow_act(c, &task_flow, &tc->t, action, input, if_version, NULL));
    return task_notice(c, &before, tc);
}

enum err task_act(struct ctx *c, int64_t id, struct str action, const struct json *input, int64_t if_version,
                  struct request_task *ret_task)
{
    struct request r;
    struct task_case tc = {.request = &r};
    TRY(task_get(c, id, &tc.t));
    TRY(request_get(c, tc.t.request_id, &r));
    TRY(run(c, &tc, action, input, if_version));
    if (ret_task)
        *ret_task = tc.t;
    return OK;
}

enum err task_withdraw_all(struct ctx *c, struct request *r)
{
    struct rows rows;
    if (!r->open_tasks)
        return OK;
    TRY(task_list_of(c, r->id, &rows));
    const struct request_task *tasks = rows.at;
    struct actor actor = request_become_system(c);
    enum err err = OK;
    for (size_t i = 0; i < rows.count && err == OK; i++) {
        struct task_case tc = {.t = tasks[i], .request = r, .in_hand = true};
        if (tasks[i].open)
            err = run(c, &tc, STR("withdraw"), NULL, -1);
    }
    c->actor = actor;
    return err;
}

// --- a whistle
// --------------------------------------------------------------------------------------------------------
static enum err read_one(struct ctx *c, const struct request *r, const struct json *json, const struct rows *tasks,
                         struct summons *ret)
{
    *ret = (struct summons){0};
    TRY(record_from_json(c, &whistle_one_record, json, RECORD_CREATE, 0, ret));
    TRY(request_route_nearest(c, r, ret->post_id, &ret->routing));
    if (ret->routing.post_id == r->owner_post_id)
        return fail_field(c, ERR_CONFLICT, "request.same_post", STR("post_id"));
    if (ret->check_in > ret->budget)
        return fail_field(c, ERR_INVALID, "task.check_in_after_clear", STR("check_in"));
    const struct request_task *known = tasks->at;
    for (size_t i = 0; i < tasks->count; i++)
        if (known[i].open && known[i].post_id == ret->routing.post_id)
            return fail_field(c, ERR_CONFLICT, "task.summoned_already", STR("post_id"));
    return OK;
}

enum err task_read_summons(struct ctx *c, const struct request *r, struct str json, struct summons *ret_summons,
                           size_t *ret_count)
{
    const struct json *list;
    struct rows tasks;
    TRY(json_parse(c, json, &list));
    TRY(task_list_of(c, r->id, &tasks));
    size_t count = json_count(list);
    if (tasks.count + count > TASKS_MAX)
        return fail_field(c, ERR_CONFLICT, "task.too_many", STR("summoned"));
    for (size_t i = 0; i < count; i++) {
        TRY(read_one(c, r, json_at(list, i), &tasks, &ret_summons[i]));
        for (size_t j = 0; j < i; j++)
            if (ret_summons[j].routing.post_id == ret_summons[i].routing.post_id)
                return fail_field(c, ERR_CONFLICT, "task.summoned_already", STR("post_id"));
    }
    *ret_count = count;
    return OK;
}

// A quarter of the limit, one unit at least.
static int64_t check_in_of(const struct summons *s)
{
    int64_t quarter = s->budget / 4;
    return s->check_in ? s->check_in : quarter ? quarter : 1;
}

// As holder of which post the actor whistles: one over the place.
static enum err set_whistler(struct ctx *c, const struct request *r, struct request_task *t)
{
    const struct grant *grant;
    struct post post;
    t->whistler_id = c->actor.person_id;
    TRY(account_grant_over(c, ROLES_DESK, r->place_id, &grant));
    if (!grant || !grant->post_id)
        return OK;
    TRY(post_get(c, grant->post_id, &post));
    t->whistler_post_id = post.id;
    t->whistler_name = post.name;
    return OK;
}

static void put_time(struct json_writer *w, const char *key, int64_t at_ms)
{
    json_key(w, key);
    json_put_time(w, at_ms);
}

// All that the limits are reckoned from; what is wanted is sealed.
static enum err tell_summoned(struct ctx *c, const struct request_task *t, const struct summons *s)
{
    struct buf data;
    struct json_writer w;
    buf_init(&data, EVENT_DATA_MAX);
    json_writer_init(&w, &data);
    json_object_begin(&w);
    json_key(&w, "to");
    json_put_z(&w, task_state_names[t->state]);
    json_key(&w, "request");
    json_put_id(&w, t->request_id);
    json_key(&w, "ground");
    json_put_z(&w, task_ground_names[t->ground]);
    json_key(&w, "rule");
    json_put_z(&w, s->routing.rule);
    json_key(&w, "post");
    json_put_id(&w, t->post_id);
    json_key(&w, "post_name");
    json_put_str(&w, t->post_name);
    if (s->routing.vacant_post_id) {
        json_key(&w, "vacant_post");
        json_put_id(&w, s->routing.vacant_post_id);
    }
    json_key(&w, "unit");
    json_put_z(&w, calendar_unit_names[t->unit]);
    json_key(&w, "check_in_budget");
    json_put_int(&w, t->check_in_budget);
    json_key(&w, "budget");
    json_put_int(&w, t->budget);
    json_key(&w, "calendar");
    json_put_str(&w, t->calendar_version);
    put_time(&w, "dispatched", t->dispatched_at_ms);
    put_time(&w, "check_in_due", t->check_in_due_at_ms);
    put_time(&w, "due", t->due_at_ms);
    event_note_put(c, &w, t->id, s->wanted);
    json_object_end(&w);
    enum err err = data.full ? fail(c, ERR_TOO_LARGE, "event.data_too_large")
                             : event_append(c, "request_task", t->id, "task.summoned", buf_str(&data), NULL);
    buf_free(&data);
    return err;
}

enum err task_summon(struct ctx *c, struct request *r, int ground, const struct summons *s, int64_t *ret_id)
{
    struct task_case tc = {.request = r, .in_hand = true, .routing = s->routing};
    struct request_task *t = &tc.t;
    *t = (struct request_task){.id = ids_next(c->house->ids, c->now_ms),
                               .version = 1,
                               .steady_version = 1,
                               .state = TASK_SUMMONED,
                               .open = true,
                               .request_id = r->id,
                               .ground = ground,
                               .unit = s->unit,
                               .check_in_budget = check_in_of(s),
                               .budget = s->budget,
                               .calendar_version = calendar_version(c->house->calendar),
                               .post_id = s->routing.post_id,
                               .org_id = s->routing.org_id,
                               .post_name = s->routing.post_name,
                               .whistled_at_ms = c->now_ms,
                               .dispatched_at_ms = c->now_ms};
    t->wanted = task_seal(c, t, "wanted", s->wanted);
    TRY(set_whistler(c, r, t));
    TRY(task_clock_settle(c, t, r));
    TRY(db_exec(c, &sql_task_insert, ARGS(ARG_ROW(&request_task_record, t)), NULL));
    TRY(helper_begin(c, t));
    TRY(tell_summoned(c, t, s));
    r->tasks++;
    r->open_tasks++;
    *ret_id = t->id;
    return task_notice(c, &(struct request_task){0}, &tc);
}
