// SPDX-License-Identifier: MulanPSL-2.0
// The path of a task as a table, what its steps do, and what each takes.
#include "domain/request/task.h"

#include <string.h>

#define BIT(state) (1u << TASK_##state)
#define OPEN_STATES (BIT(SUMMONED) | BIT(CHECKED_IN))

static struct task_case *case_of(const struct flow_step *step)
{
    return step->row;
}

struct task_input {
    struct str note, media, without_photo;
    int64_t post_id;
};
static const struct task_input *input_of(const struct flow_step *step)
{
    return step->in;
}

#define INPUT(member, type_) FIELD_AT(struct task_input, member), .type = (type_), .flags = FIELD_INPUT
#define INPUT_NOTE                                                                                                     \
    {                                                                                                                  \
        FIELD_AT(struct task_input, note), .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_MULTILINE,                 \
                                           .read = READ_INVOLVED, .max = EVENT_NOTE_MAX, .doc = "In your own words"    \
    }
#define INPUT_MEDIA                                                                                                    \
    {                                                                                                                  \
        INPUT(media, FIELD_IDS), .max = REQUEST_MEDIA_MAX, .doc = "Pictures sent before"                               \
    }
#define INPUT_RECORD(name_)                                                                                            \
    static const struct record name_##_record = {#name_, NULL, sizeof(struct task_input), FIELDS(name_##_fields)}
static const struct field task_say_fields[] = {INPUT_NOTE, INPUT_MEDIA};
INPUT_RECORD(task_say);
static const struct field task_note_fields[] = {INPUT_NOTE};
INPUT_RECORD(task_note);
static const struct field task_clear_fields[] = {
    INPUT_NOTE,
    INPUT_MEDIA,
    {INPUT(without_photo, FIELD_TEXT), .max = 200, .doc = "Why there is no picture of the work"},
};
INPUT_RECORD(task_clear);
static const struct field task_hand_over_fields[] = {
    INPUT_NOTE,
    {FIELD_AT(struct task_input, post_id), .type = FIELD_ID, .flags = FIELD_INPUT | FIELD_REQUIRED,
     .doc = "The post that shall come instead"},
};
INPUT_RECORD(task_hand_over);
// All of it together, for OpenAPI.
static const struct field task_action_fields[] = {
    INPUT_NOTE,
    INPUT_MEDIA,
    {INPUT(without_photo, FIELD_TEXT), .max = 200, .doc = "clear: why there is no picture of the work"},
    {INPUT(post_id, FIELD_ID), .doc = "hand_over: the post that shall come instead"},
};
const struct record task_action_record = {"task_action", NULL, sizeof(struct task_input), FIELDS(task_action_fields)};

// --- what a step adds to its event -----------------------------------------------------------------------------------
static void tell_whose(const struct flow_step *step)
{
    flow_tell_id(step, "request", case_of(step)->t.request_id);
    flow_tell_word(step, "post_name", case_of(step)->t.post_name);
}

static enum err attach(struct ctx *c, const struct flow_step *step, const char *purpose)
{
    struct request_task *t = &case_of(step)->t;
    return request_attach(c, step, "request_task", t->id, input_of(step)->media, purpose, &t->photo_count);
}

// --- steps -----------------------------------------------------------------------------------------------------------
static enum err apply_check_in(struct ctx *c, const struct flow_step *step)
{
    struct request_task *t = &case_of(step)->t;
    t->helper_id = c->actor.person_id;
    t->checked_in_at_ms = c->now_ms;
    tell_whose(step);
    return attach(c, step, "before");
}

static enum err guard_clear(struct ctx *c, const struct flow_step *step)
{
    const struct task_input *in = input_of(step);
    return in->media.n || str_trim(in->without_photo).n
               ? OK
               : fail_field(c, ERR_INVALID, "request.photo_needed", STR("media"));
}

static void end(struct ctx *c, const struct flow_step *step)
{
    struct task_case *tc = case_of(step);
    tc->t.open = false;
    tc->t.ended_at_ms = c->now_ms;
    tell_whose(step);
    flow_tell_number(step, "open_tasks", tc->request->open_tasks - 1); // the request's count, afterwards
}

static enum err apply_clear(struct ctx *c, const struct flow_step *step)
{
    struct request_task *t = &case_of(step)->t;
    const struct task_input *in = input_of(step);
    struct str reply = step->note;
    end(c, step);
    if (!in->media.n) {
        json_key(step->data, "without_photo");
        json_put_bool(step->data, true);
        reply = str_format(c->arena, "%.*s\n%.*s", STR_ARG(reply), STR_ARG(in->without_photo));
    }
    t->reply = task_seal(c, t, "reply", reply);
    return attach(c, step, "after");
}

static enum err apply_recall(struct ctx *c, const struct flow_step *step)
{
    end(c, step);
    return OK;
}

static enum err apply_withdraw(struct ctx *c, const struct flow_step *step)
{
    end(c, step);
    flow_tell_word(step, "rule", STR("request_withdrawn"));
    return OK;
}

// To another team: it has its whole time from its own dispatch, whatever the one before has used up.
static enum err apply_move(struct ctx *c, const struct flow_step *step)
{
    struct task_case *tc = case_of(step);
    struct request_task *t = &tc->t;
    flow_tell_id(step, "from_post", t->post_id);
    t->post_id = tc->routing.post_id;
    t->org_id = tc->routing.org_id;
    t->post_name = tc->routing.post_name;
    t->helper_id = t->checked_in_at_ms = 0;
    t->check_in_level = t->level = 0;
    t->escalated_post_id = 0;
    t->escalated_name = STR("");
    t->dispatched_at_ms = c->now_ms;
    t->handed_over++;
    tell_whose(step);
    flow_tell_id(step, "post", t->post_id);
    flow_tell_word(step, "rule", str_of(tc->routing.rule));
    flow_tell_id(step, "vacant_post", tc->routing.vacant_post_id);
    flow_tell_time(step, "dispatched", t->dispatched_at_ms);
    return OK;
}

static enum err not_at_it(struct ctx *c, const struct task_case *tc)
{
    struct rows rows;
    if (tc->routing.post_id == tc->t.post_id || tc->routing.post_id == tc->request->owner_post_id)
        return fail_field(c, ERR_CONFLICT, "request.same_post", STR("post_id"));
    TRY(task_list_of(c, tc->t.request_id, &rows));
    const struct request_task *tasks = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        if (tasks[i].open && tasks[i].post_id == tc->routing.post_id)
            return fail_field(c, ERR_CONFLICT, "task.summoned_already", STR("post_id"));
    return OK;
}

static enum err guard_hand_over(struct ctx *c, const struct flow_step *step)
{
    struct task_case *tc = case_of(step);
    TRY(request_route_nearest(c, tc->request, input_of(step)->post_id, &tc->routing));
    return not_at_it(c, tc);
}

static enum err guard_reroute(struct ctx *c, const struct flow_step *step)
{
    struct task_case *tc = case_of(step);
    struct post post;
    int64_t holder;
    TRY(post_get(c, tc->t.post_id, &post));
    TRY(post_holder_at(c, tc->t.post_id, c->now_ms, &holder));
    if (holder && !post.closed_at_ms)
        return fail(c, ERR_CONFLICT, "request.same_post");
    TRY(request_route_past(c, tc->request, tc->t.post_id, &tc->routing));
    return not_at_it(c, tc);
}

// --- marks of its clocks ---------------------------------------------------------------------------------------------
static enum err guard_remind(struct ctx *c, const struct flow_step *step)
{
    struct task_case *tc = case_of(step);
    TRY(task_mark_due(c, &tc->t, tc->request, &tc->mark));
    return task_mark_reminds(&tc->mark) ? OK : fail(c, ERR_CONFLICT, "task.nothing_due");
}

static enum err guard_escalate(struct ctx *c, const struct flow_step *step)
{
    struct task_case *tc = case_of(step);
    const struct request_task *t = &tc->t;
    TRY(task_mark_due(c, t, tc->request, &tc->mark));
    if (task_mark_reminds(&tc->mark))
        return fail(c, ERR_CONFLICT, "task.nothing_due");
    return request_route_up(c, tc->request, t->escalated_post_id ? t->escalated_post_id : t->post_id, t->post_id,
                            &tc->routing);
}

static void reach(const struct flow_step *step)
{
    struct task_case *tc = case_of(step);
    bool to_come = tc->mark.clock == TASK_CLOCK_CHECK_IN;
    *(to_come ? &tc->t.check_in_level : &tc->t.level) = tc->mark.level;
    tell_whose(step);
    flow_tell_word(step, "clock", str_of(to_come ? "check_in" : "clear"));
    flow_tell_number(step, "level", tc->mark.level);
    flow_tell_number(step, "share", request_level_shares[tc->mark.level - 1]);
    flow_tell_time(step, "at", tc->mark.at_ms);
}

static enum err apply_remind(struct ctx *c, const struct flow_step *step)
{
    (void)c;
    reach(step);
    return OK;
}

static enum err apply_escalate(struct ctx *c, const struct flow_step *step)
{
    struct task_case *tc = case_of(step);
    (void)c;
    reach(step);
    if (!tc->routing.post_id)
        return OK;
    tc->t.escalated_post_id = tc->routing.post_id;
    tc->t.escalated_name = tc->routing.post_name;
    flow_tell_id(step, "post", tc->routing.post_id);
    flow_tell_word(step, "above_name", tc->routing.post_name);
    flow_tell_id(step, "vacant_post", tc->routing.vacant_post_id);
    return OK;
}

// --- the table -------------------------------------------------------------------------------------------------------
static const struct flow_relation relations[] = {
    {TASK_HELPER, "helper", "响应单位", "summoned unit"},
    {TASK_WHISTLER, "whistler", "吹哨人", "whistler"},
    {TASK_SYSTEM, "system", "系统", "system"},
    {TASK_WATCHER, "watcher", "知情人", "watcher"},
};

#define STATE_ROW(code, ...) {__VA_ARGS__},
static const struct flow_state states[] = {TASK_STATES(STATE_ROW)};

static const struct flow_rule rules[] = {
    {"check_in", "报到", "Check in", BIT(SUMMONED), TASK_CHECKED_IN, TASK_HELPER, NULL, apply_check_in,
     &task_say_record, "task.checked_in", 0},
    {"clear", "销哨", "Clear", BIT(CHECKED_IN), TASK_CLEARED, TASK_HELPER, guard_clear, apply_clear, &task_clear_record,
     "task.cleared", FLOW_NEEDS_NOTE},
    {"hand_over", "转交他队", "Hand over to another team", OPEN_STATES, TASK_SUMMONED, TASK_WHISTLER, guard_hand_over,
     apply_move, &task_hand_over_record, "task.handed_over", FLOW_NEEDS_NOTE},
    {"recall", "撤哨", "Call off", OPEN_STATES, TASK_RECALLED, TASK_WHISTLER, NULL, apply_recall, &task_note_record,
     "task.recalled", FLOW_NEEDS_NOTE},
    {"withdraw", "随诉求撤回", "Called off with its request", OPEN_STATES, TASK_RECALLED, TASK_SYSTEM, NULL,
     apply_withdraw, NULL, "task.recalled", FLOW_HIDDEN},
    {"reroute", "空岗上移", "Move on from a vacant post", OPEN_STATES, TASK_SUMMONED, TASK_SYSTEM, guard_reroute,
     apply_move, NULL, "task.rerouted", FLOW_HIDDEN},
    {"remind", "到时提醒", "Remind by the clock", OPEN_STATES, FLOW_SAME, TASK_SYSTEM, guard_remind, apply_remind, NULL,
     "task.reminded", FLOW_HIDDEN},
    {"escalate", "超时升级", "Escalate by the clock", OPEN_STATES, FLOW_SAME, TASK_SYSTEM, guard_escalate,
     apply_escalate, NULL, "task.escalated", FLOW_HIDDEN},
};

const struct flow task_flow = {
    .name = "task",
    .zh = "吹哨任务",
    .en = "Task of a whistle",
    .states = states,
    .state_count = sizeof states / sizeof *states,
    .rules = rules,
    .rule_count = sizeof rules / sizeof *rules,
    .relations = relations,
    .relation_count = sizeof relations / sizeof *relations,
    .record = &request_task_record,
    .relate = task_relate,
    .save = task_save,
};
