// SPDX-License-Identifier: MulanPSL-2.0
// Exclusion 剔除 from the published rates. Whoever answers for a request asks, with a reason of a closed list and in
// words; an approver decides who neither asked nor handled it nor is of its unit. It touches neither state nor clock,
// and the raw rates count the request all the same: the ledger publishes both.
#include "domain/request/request_steps.h"

enum err guard_ask_exclude(struct ctx *c, const struct flow_step *step)
{
    const struct request_input *in = input_of(step);
    if (case_of(step)->r.exclusion != EXCLUSION_NONE)
        return fail(c, ERR_CONFLICT, "request.exclusion_already");
    if (in && in->reason == EXCLUSION_REASON_NONE)
        return fail_field(c, ERR_INVALID, "request.exclusion_reason_needed", STR("reason"));
    return OK;
}

static enum err not_my_own(struct ctx *c, const struct request *r)
{
    unsigned relations;
    TRY(request_relate(c, r, &relations));
    bool own = r->exclusion_by_id == c->actor.person_id || r->handler_id == c->actor.person_id ||
               relations & (RELATION_HANDLER | RELATION_REPORTER);
    return own ? fail(c, ERR_FORBIDDEN, "request.own_exclusion") : OK;
}

enum err guard_decide_exclude(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    if (r->exclusion != EXCLUSION_ASKED)
        return fail(c, ERR_CONFLICT, "request.exclusion_not_asked");
    return not_my_own(c, r);
}

enum err guard_restore(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    if (r->exclusion != EXCLUSION_EXCLUDED)
        return fail(c, ERR_CONFLICT, "request.not_excluded");
    return not_my_own(c, r);
}

// The reason stands in every event of it, so that each can be read alone; who decided is the event's actor.
static void tell_reason(const struct flow_step *step)
{
    flow_tell_word(step, "reason", str_of(request_exclusion_reason_names[case_of(step)->r.exclusion_reason]));
}

static void count_again(struct request *r)
{
    r->exclusion = EXCLUSION_NONE;
    r->exclusion_reason = EXCLUSION_REASON_NONE;
    r->exclusion_by_id = r->excluder_id = r->excluded_at_ms = 0;
}

enum err apply_ask_exclude(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->exclusion = EXCLUSION_ASKED;
    r->exclusion_reason = input_of(step)->reason;
    r->exclusion_by_id = c->actor.person_id;
    tell_reason(step);
    return OK;
}

enum err apply_approve_exclude(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->exclusion = EXCLUSION_EXCLUDED;
    r->excluded_at_ms = c->now_ms;
    r->excluder_id = c->actor.person_id;
    tell_reason(step);
    return OK;
}

enum err apply_decline_exclude(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    tell_reason(step);
    count_again(&case_of(step)->r);
    return OK;
}

enum err apply_restore(struct ctx *c, const struct flow_step *step)
{
    return apply_decline_exclude(c, step);
}
