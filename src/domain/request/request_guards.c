// SPDX-License-Identifier: MulanPSL-2.0
// May it be done at all? The guards of the path of a request; the table that calls them: request_flow.c.
#include "base/clock.h"
#include "domain/request/request_clock.h"
#include "domain/request/request_steps.h"
#include "domain/request/task.h"
#include "request_sql.h"

enum err guard_dispatch(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    const struct request_input *in = input_of(step);
    if (rc->fresh && rc->routing.post_id)
        return OK; // found while filing
    return in && in->post_id ? request_route_to(c, &rc->r, in->post_id, &rc->routing)
                             : request_route(c, &rc->r, &rc->routing);
}

enum err guard_transfer(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    if (input_of(step)->post_id == rc->r.owner_post_id)
        return fail_field(c, ERR_CONFLICT, "request.same_post", STR("post_id"));
    return request_route_to(c, &rc->r, input_of(step)->post_id, &rc->routing);
}

enum err guard_return(struct ctx *c, const struct flow_step *step)
{
    return case_of(step)->r.returned ? fail(c, ERR_CONFLICT, "request.returned_once") : OK;
}

enum err guard_file(struct ctx *c, const struct flow_step *step)
{
    bool by_itself = c->actor.kind == ACTOR_SYSTEM;
    return by_itself && case_of(step)->r.appealed ? fail(c, ERR_CONFLICT, "request.decided_above") : OK;
}

// What was refused once is not refused again by those who did.
enum err guard_refuse(struct ctx *c, const struct flow_step *step)
{
    unsigned relations;
    TRY(task_none_open(c, &case_of(step)->r));
    if (!case_of(step)->r.appealed)
        return OK;
    TRY(request_relate(c, &case_of(step)->r, &relations));
    return relations & RELATION_SUPERIOR ? OK : fail(c, ERR_CONFLICT, "request.decided_above");
}

enum err guard_appeal(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    if (r->appealed)
        return fail(c, ERR_CONFLICT, "request.appealed_once");
    return c->now_ms > r->closed_at_ms + REQUEST_APPEAL_MS ? fail(c, ERR_CONFLICT, "request.appeal_too_late") : OK;
}

enum err guard_contest(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    return r->returned && !r->contested && !r->arbitrated ? OK : fail(c, ERR_CONFLICT, "request.not_to_contest");
}

enum err guard_arbitrate(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    const struct request_input *in = input_of(step);
    if (!rc->r.contested)
        return fail(c, ERR_CONFLICT, "request.not_contested");
    return in ? request_route_to(c, &rc->r, in->post_id, &rc->routing) : OK;
}

enum err guard_contact(struct ctx *c, const struct flow_step *step)
{
    return case_of(step)->r.contacted_at_ms ? fail(c, ERR_CONFLICT, "request.contacted_already") : OK;
}

static enum err nothing_asked(struct ctx *c, const struct request *r)
{
    return r->asked == ASK_NONE ? OK : fail(c, ERR_CONFLICT, "request.asked_already");
}

enum err guard_ask_suspend(struct ctx *c, const struct flow_step *step)
{
    const struct request_input *in = input_of(step);
    TRY(nothing_asked(c, &case_of(step)->r));
    if (in && (in->until_ms <= c->now_ms || in->until_ms > c->now_ms + REQUEST_HOLD_MAX_MS))
        return fail_field(c, ERR_INVALID, "request.hold_too_long", STR("until"));
    return OK;
}

enum err guard_ask_extend(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    TRY(nothing_asked(c, r));
    return c->now_ms > r->due_at_ms ? fail(c, ERR_CONFLICT, "request.due_already") : OK;
}

enum err guard_approve_suspend(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    return r->asked == ASK_SUSPEND && r->asked_until_ms > c->now_ms ? OK : fail(c, ERR_CONFLICT, "request.not_asked");
}

// At the due instant itself it is not yet late.
enum err guard_approve_extend(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    if (r->asked != ASK_EXTEND)
        return fail(c, ERR_CONFLICT, "request.not_asked");
    return c->now_ms > r->due_at_ms ? fail(c, ERR_CONFLICT, "request.due_already") : OK;
}

enum err guard_decline(struct ctx *c, const struct flow_step *step)
{
    return case_of(step)->r.asked != ASK_NONE ? OK : fail(c, ERR_CONFLICT, "request.not_asked");
}

enum err guard_resume(struct ctx *c, const struct flow_step *step)
{
    bool early = c->actor.kind == ACTOR_SYSTEM && c->now_ms < case_of(step)->r.resume_at_ms;
    return early ? fail(c, ERR_CONFLICT, "request.still_on_hold") : OK;
}

enum err guard_finish(struct ctx *c, const struct flow_step *step)
{
    const struct request_input *in = input_of(step);
    return in->media.n || str_trim(in->without_photo).n
               ? OK
               : fail_field(c, ERR_INVALID, "request.photo_needed", STR("media"));
}

// Into one that is open, is not joined itself, and lies under the same desk.
enum err guard_merge(struct ctx *c, const struct flow_step *step)
{
    const struct request_input *in = input_of(step);
    const struct request *r = &case_of(step)->r;
    struct request master;
    struct rows joined;
    unsigned relations;
    if (!in)
        return OK;
    TRY(task_none_open(c, r));
    if (in->master_id == r->id || request_get(c, in->master_id, &master) != OK ||
        request_may_see(c, &master, &relations) != OK || !(relations & RELATION_DISPATCHER))
        return fail_field(c, ERR_INVALID, "request.no_such_master", STR("master_id"));
    if (!master.open || master.state == REQUEST_MERGED)
        return fail_field(c, ERR_CONFLICT, "request.master_closed", STR("master_id"));
    TRY(db_list(c, &sql_request_joined_to, ARGS(ARG_INT("master_id", r->id)), &request_record, JOINED_MAX, &joined));
    if (joined.count)
        return fail(c, ERR_CONFLICT, "request.is_master");
    TRY(db_list(c, &sql_request_joined_to, ARGS(ARG_INT("master_id", master.id)), &request_record, JOINED_MAX,
                &joined));
    return joined.count < JOINED_MAX ? OK : fail(c, ERR_CONFLICT, "request.too_many_joined");
}

enum err guard_close(struct ctx *c, const struct flow_step *step)
{
    return task_none_open(c, &case_of(step)->r);
}

enum err guard_whistle(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    const struct request_input *in = input_of(step);
    if (rc->r.tasks >= TASKS_MAX)
        return fail(c, ERR_CONFLICT, "task.too_many");
    if (!in)
        return OK;
    struct summons *summons = arena_array(c->arena, WHISTLE_MAX, sizeof *summons);
    TRY(task_read_summons(c, &rc->r, in->summoned, summons, &rc->summons_count));
    rc->summons = summons;
    return OK;
}

enum err guard_remind(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    TRY(request_mark_due(c, &rc->r, &rc->mark));
    return request_mark_reminds(&rc->mark) ? OK : fail(c, ERR_CONFLICT, "request.nothing_due");
}

enum err guard_escalate(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    TRY(request_mark_due(c, &rc->r, &rc->mark));
    if (request_mark_reminds(&rc->mark))
        return fail(c, ERR_CONFLICT, "request.nothing_due");
    return request_route_above(c, &rc->r, &rc->routing);
}

enum err guard_reopen(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    if (rc->r.outcome == OUTCOME_WITHDRAWN)
        return fail(c, ERR_CONFLICT, "request.withdrawn");
    if (c->now_ms > rc->r.closed_at_ms + REQUEST_REOPEN_MS)
        return fail(c, ERR_CONFLICT, "request.reopen_too_late");
    return OK;
}

enum err guard_rate(struct ctx *c, const struct flow_step *step)
{
    return case_of(step)->r.outcome == OUTCOME_WITHDRAWN ? fail(c, ERR_CONFLICT, "request.withdrawn") : OK;
}

enum err guard_urge(struct ctx *c, const struct flow_step *step)
{
    int64_t last_ms = case_of(step)->r.urged_at_ms;
    return last_ms && c->now_ms < last_ms + REQUEST_URGE_MS ? fail(c, ERR_RATE, "request.urged_already") : OK;
}

enum err guard_comment(struct ctx *c, const struct flow_step *step)
{
    return str_trim(step->note).n || input_of(step)->media.n
               ? OK
               : fail_field(c, ERR_INVALID, "request.nothing_said", STR("note"));
}

enum err guard_reroute(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    TRY(request_route_again(c, &rc->r, &rc->routing));
    return rc->routing.post_id == rc->r.owner_post_id ? fail(c, ERR_CONFLICT, "request.same_post") : OK;
}
