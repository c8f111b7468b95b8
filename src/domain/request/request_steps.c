// SPDX-License-Identifier: MulanPSL-2.0
// What the steps of a request do to its row, and what their events tell beside from and to. The table: request_flow.c.
#include "domain/request/request_steps.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/task.h"
#include "request_sql.h"

void step_enter(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    rc->before = rc->r;
    rc->data = step->data;
    if (step->to != step->from)
        rc->r.state_at_ms = c->now_ms;
    rc->r.open = request_state_open(step->to);
}

enum err request_attach(struct ctx *c, const struct flow_step *step, const char *kind, int64_t id, struct str media,
                        const char *purpose, int64_t *photo_count)
{
    int64_t ids[REQUEST_MEDIA_MAX];
    size_t count;
    if (!media.n)
        return OK;
    TRY(request_parse_ids(c, media, ids, REQUEST_MEDIA_MAX, &count));
    TRY(media_attach(c, ids, count, kind, id, purpose));
    *photo_count += (int64_t)count;
    json_key(step->data, "media");
    json_array_begin(step->data);
    for (size_t i = 0; i < count; i++)
        json_put_id(step->data, ids[i]);
    json_array_end(step->data);
    return OK;
}

enum err step_attach(struct ctx *c, const struct flow_step *step, const char *purpose)
{
    struct request *r = &case_of(step)->r;
    const struct request_input *in = input_of(step);
    return in ? request_attach(c, step, "request", r->id, in->media, purpose, &r->photo_count) : OK;
}

void step_drop_ask(struct request *r)
{
    r->asked = ASK_NONE;
    r->asked_by_id = r->asked_until_ms = r->asked_units = 0;
}

// The decision and its grounds, so that it can be explained and contested.
void step_hand_to(const struct flow_step *step, const struct routing *to)
{
    struct request *r = &case_of(step)->r;
    r->owner_post_id = to->post_id;
    r->owner_org_id = to->org_id;
    r->owner_name = to->post_name;
    r->handler_id = 0;
    r->signed_at_ms = 0;
    r->handled_at_ms = 0;
    r->contested = false;
    r->team_due_ms = 0; // another team's limit runs from its own claim
    step_drop_ask(r);
    flow_tell_word(step, "rule", str_of(to->rule));
    flow_tell_id(step, "post", to->post_id);
    flow_tell_word(step, "post_name", to->post_name);
    flow_tell_id(step, "org", to->post_org_id);
    flow_tell_id(step, "vacant_post", to->vacant_post_id);
}

void step_end(struct ctx *c, const struct flow_step *step, int outcome)
{
    struct request *r = &case_of(step)->r;
    r->closed_at_ms = c->now_ms;
    r->outcome = outcome;
    r->offer_until_ms = 0;
    step_drop_ask(r);
    flow_tell_word(step, "outcome", str_of(request_outcome_names[outcome]));
}

enum err apply_same(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    return OK;
}

enum err apply_routing(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    step_hand_to(step, &case_of(step)->routing);
    if (!r->dispatched_at_ms)
        r->dispatched_at_ms = c->now_ms;
    return OK;
}

enum err apply_refuse(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    step_end(c, step, OUTCOME_REFUSED);
    return OK;
}

enum err apply_sign(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->handler_id = c->actor.person_id;
    r->signed_at_ms = c->now_ms;
    return step_attach(c, step, "before");
}

enum err apply_return(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    struct routing desk;
    step_enter(c, step);
    flow_tell_id(step, "returned_by", r->owner_post_id);
    TRY(request_route_desk(c, r, &desk));
    step_hand_to(step, &desk);
    r->returned++;
    return OK;
}

// A picture is asked for: that there is none is told, and why is part of the answer.
void step_seal_reply(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    const struct request_input *in = input_of(step);
    struct str reply = step->note;
    if (!in->media.n) {
        json_key(step->data, "without_photo");
        json_put_bool(step->data, true);
        if (in->without_photo.n)
            reply = str_format(c->arena, "%.*s\n%.*s", STR_ARG(reply), STR_ARG(in->without_photo));
    }
    r->reply = request_seal(c, r, "reply", reply);
}

enum err apply_finish(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->handler_id = c->actor.person_id;
    r->handled_at_ms = c->now_ms;
    r->verifier_id = 0;
    step_drop_ask(r);
    step_seal_reply(c, step);
    return step_attach(c, step, "after");
}

enum err apply_pass(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->verifier_id = c->actor.kind == ACTOR_PERSON ? c->actor.person_id : 0;
    r->verified_at_ms = c->now_ms;
    if (c->actor.kind == ACTOR_SYSTEM)
        flow_tell_word(step, "rule", STR("item_without_verification"));
    return step_attach(c, step, "after");
}

enum err apply_confirm(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    const struct request_input *in = input_of(step);
    bool own = c->actor.kind == ACTOR_PERSON && r->reporter_id == c->actor.person_id;
    step_enter(c, step);
    r->unsatisfied = false;
    step_end(c, step, OUTCOME_SOLVED);
    if (own || !in || !in->rating)
        return OK;          // who asked rates by a step of their own
    r->rating = in->rating; // what they told who rang up
    r->unsatisfied = r->rating <= 2;
    json_key(step->data, "rating");
    json_put_int(step->data, r->rating);
    return OK;
}

// The work is not done: it goes on where it was, or, when nobody holds that post any more, one level up.
enum err apply_deny(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->unsatisfied = true;
    r->handled_at_ms = r->verified_at_ms = 0; // the limit goes on as if the work had never been called done
    return step_attach(c, step, "report");
}

enum err apply_rework(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->handled_at_ms = r->verified_at_ms = 0;
    return OK;
}

enum err apply_rate(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->rating = input_of(step)->rating;
    r->unsatisfied = r->rating <= 2;
    r->unconfirmed = false;
    json_key(step->data, "rating");
    json_put_int(step->data, r->rating);
    return OK;
}

enum err apply_reopen(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    struct request *r = &rc->r;
    step_enter(c, step);
    TRY(request_route_again(c, r, &rc->routing));
    TRY(request_pause_put(c, r, r->handled_at_ms ? r->handled_at_ms : r->closed_at_ms, c->now_ms, PAUSE_CLOSED));
    step_hand_to(step, &rc->routing);
    r->outcome = OUTCOME_NONE;
    r->closed_at_ms = 0;
    r->rating = 0;
    r->verifier_id = 0;
    r->verified_at_ms = 0;
    r->unconfirmed = false;
    r->unsatisfied = true;
    r->reopened++;
    return step_attach(c, step, "report");
}

enum err apply_withdraw(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    case_of(step)->r.unsatisfied = false;
    step_end(c, step, OUTCOME_WITHDRAWN);
    return task_withdraw_all(c, &case_of(step)->r);
}

enum err apply_urge(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    case_of(step)->r.urged_at_ms = c->now_ms;
    return OK;
}

// The desk's answer to somebody who was not content settles that, once the case is closed; what a handler writes speaks
// to the reporter.
enum err apply_comment(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    unsigned relations = 0;
    step_enter(c, step);
    TRY(request_relate(c, r, &relations));
    if (!r->open && r->unsatisfied)
        r->unsatisfied = !(relations & RELATION_CALLER);
    if (relations & RELATION_HANDLER && r->reporter_id != c->actor.person_id && !r->contacted_at_ms)
        r->contacted_at_ms = c->now_ms;
    return step_attach(c, step, "comment");
}

enum err apply_contact(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    case_of(step)->r.contacted_at_ms = c->now_ms;
    return OK;
}

enum err apply_ask_reporter(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    step_drop_ask(r);
    r->resume_at_ms = c->now_ms + REQUEST_ANSWER_MS;
    if (!r->contacted_at_ms)
        r->contacted_at_ms = c->now_ms;
    return OK;
}

enum err apply_answer(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    return step_attach(c, step, "report");
}

static void ask(struct ctx *c, const struct flow_step *step, enum request_ask what)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->asked = (int)what;
    r->asked_by_id = c->actor.person_id;
}

enum err apply_ask_suspend(struct ctx *c, const struct flow_step *step)
{
    ask(c, step, ASK_SUSPEND);
    case_of(step)->r.asked_until_ms = input_of(step)->until_ms;
    flow_tell_time(step, "until", input_of(step)->until_ms);
    return OK;
}

enum err apply_ask_extend(struct ctx *c, const struct flow_step *step)
{
    ask(c, step, ASK_EXTEND);
    case_of(step)->r.asked_units = input_of(step)->units;
    flow_tell_number(step, "units", input_of(step)->units);
    return OK;
}

enum err apply_approve_suspend(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->resume_at_ms = r->asked_until_ms;
    flow_tell_time(step, "until", r->resume_at_ms);
    step_drop_ask(r);
    return OK;
}

enum err apply_approve_extend(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    step_enter(c, step);
    r->extended += r->asked_units;
    flow_tell_number(step, "units", r->asked_units);
    step_drop_ask(r);
    TRY(request_pauses_read(c, r, pauses));
    r->due_at_ms = request_limit(c->house->calendar, r, pauses, &r->due_provisional);
    return OK;
}

// Each post gets a task of its own, with an event of its own; here is told which.
enum err apply_whistle(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    int ground = input_of(step)->ground;
    step_enter(c, step);
    flow_tell_word(step, "ground", str_of(task_ground_names[ground]));
    json_key(step->data, "tasks");
    json_array_begin(step->data);
    for (size_t i = 0; i < rc->summons_count; i++) {
        int64_t id;
        TRY(task_summon(c, &rc->r, ground, &rc->summons[i], &id));
        json_object_begin(step->data);
        flow_tell_id(step, "task", id);
        flow_tell_id(step, "post", rc->summons[i].routing.post_id);
        flow_tell_word(step, "post_name", rc->summons[i].routing.post_name);
        json_object_end(step->data);
    }
    json_array_end(step->data);
    flow_tell_number(step, "open_tasks", rc->r.open_tasks);
    return OK;
}

enum err apply_decline(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    step_drop_ask(&case_of(step)->r);
    return OK;
}

enum err apply_contest(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    case_of(step)->r.contested = true;
    return OK;
}

enum err apply_arbitrate(struct ctx *c, const struct flow_step *step)
{
    TRY(apply_routing(c, step));
    case_of(step)->r.arbitrated = true;
    return OK;
}

enum err apply_merge(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    step_drop_ask(r);
    r->master_id = input_of(step)->master_id;
    flow_tell_id(step, "master", r->master_id);
    return OK;
}

enum err apply_separate(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    case_of(step)->r.master_id = 0;
    return OK;
}

enum err apply_close_joined(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    flow_tell_id(step, "master", case_of(step)->r.master_id);
    step_end(c, step, OUTCOME_DUPLICATE);
    return OK;
}

enum err apply_explain(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    step_end(c, step, OUTCOME_EXPLAINED);
    return OK;
}

enum err apply_not_ours(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    step_end(c, step, OUTCOME_NOT_OUR_DUTY);
    return OK;
}

static void put_above(const struct flow_step *step, const struct routing *above)
{
    struct request *r = &case_of(step)->r;
    if (!above->post_id)
        return;
    r->escalated_post_id = above->post_id;
    r->escalated_name = above->post_name;
    flow_tell_id(step, "post", above->post_id);
    flow_tell_word(step, "post_name", above->post_name);
    flow_tell_id(step, "vacant_post", above->vacant_post_id);
}

enum err apply_appeal(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    struct request *r = &rc->r;
    step_enter(c, step);
    TRY(request_pause_put(c, r, r->closed_at_ms, c->now_ms, PAUSE_CLOSED));
    r->closed_at_ms = 0;
    r->outcome = OUTCOME_NONE;
    r->appealed = true;
    TRY(request_route_above(c, r, &rc->routing));
    put_above(step, &rc->routing);
    return step_attach(c, step, "report");
}

// It was closed when it was refused; now nobody can appeal any more.
enum err apply_settle(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    flow_tell_word(step, "outcome", str_of(request_outcome_names[case_of(step)->r.outcome]));
    return OK;
}

enum err apply_supervise(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    case_of(step)->r.supervised = true;
    return OK;
}

static const char *clock_name(enum request_clock clock)
{
    return clock == CLOCK_DISPATCH       ? "dispatch"
           : clock == CLOCK_RESPONSE     ? "response"
           : clock == CLOCK_VERIFICATION ? "verification"
                                         : "completion";
}

// Which clock, how far, and when exactly: whoever reads the log can reckon it again.
static void reach(const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    flow_tell_word(step, "clock", str_of(clock_name(rc->mark.clock)));
    if (rc->mark.clock == CLOCK_COMPLETION) {
        rc->r.level = rc->mark.level;
        flow_tell_number(step, "level", rc->mark.level);
        flow_tell_number(step, "share", request_level_shares[rc->mark.level - 1]);
    } else {
        rc->r.late |= (int64_t)rc->mark.clock;
    }
    flow_tell_time(step, "at", rc->mark.at_ms);
}

enum err apply_remind(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    reach(step);
    return OK;
}

enum err apply_escalate(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    step_enter(c, step);
    reach(step);
    put_above(step, &rc->routing);
    if (rc->r.level == REQUEST_LEVELS)
        rc->r.supervised = true;
    return OK;
}

enum err apply_lapse(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    case_of(step)->r.unconfirmed = true;
    step_end(c, step, OUTCOME_SOLVED);
    json_key(step->data, "unconfirmed");
    json_put_bool(step->data, true);
    return OK;
}

enum err apply_conclude(struct ctx *c, const struct flow_step *step)
{
    const struct imported_request *given = case_of(step)->imported;
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->reply = request_seal(c, r, "reply", given->reply);
    r->handled_at_ms = given->closed_at_ms;
    r->unconfirmed = true;
    step_end(c, step, given->outcome);
    return OK;
}
