// SPDX-License-Identifier: MulanPSL-2.0
// Between request_flow.c, request_guards.c and request_steps.c only. A guard tells whether a step may be taken at all,
// an apply changes the row before it is saved and adds to the event what it has to tell.
#pragma once
#include "domain/request/request_internal.h"

static inline struct request_case *case_of(const struct flow_step *step)
{
    return step->row;
}

static inline const struct request_input *input_of(const struct flow_step *step)
{
    return step->in;
}

enum err guard_dispatch(struct ctx *c, const struct flow_step *step);
enum err guard_transfer(struct ctx *c, const struct flow_step *step);
enum err guard_return(struct ctx *c, const struct flow_step *step);
enum err guard_file(struct ctx *c, const struct flow_step *step);
enum err guard_refuse(struct ctx *c, const struct flow_step *step);
enum err guard_appeal(struct ctx *c, const struct flow_step *step);
enum err guard_contest(struct ctx *c, const struct flow_step *step);
enum err guard_arbitrate(struct ctx *c, const struct flow_step *step);
enum err guard_contact(struct ctx *c, const struct flow_step *step);
enum err guard_ask_suspend(struct ctx *c, const struct flow_step *step);
enum err guard_ask_extend(struct ctx *c, const struct flow_step *step);
enum err guard_approve_suspend(struct ctx *c, const struct flow_step *step);
enum err guard_approve_extend(struct ctx *c, const struct flow_step *step);
enum err guard_decline(struct ctx *c, const struct flow_step *step);
enum err guard_resume(struct ctx *c, const struct flow_step *step);
enum err guard_finish(struct ctx *c, const struct flow_step *step);
enum err guard_merge(struct ctx *c, const struct flow_step *step);
enum err guard_remind(struct ctx *c, const struct flow_step *step);
enum err guard_escalate(struct ctx *c, const struct flow_step *step);
enum err guard_reopen(struct ctx *c, const struct flow_step *step);
enum err guard_rate(struct ctx *c, const struct flow_step *step);
enum err guard_urge(struct ctx *c, const struct flow_step *step);
enum err guard_comment(struct ctx *c, const struct flow_step *step);
enum err guard_reroute(struct ctx *c, const struct flow_step *step);
enum err apply_same(struct ctx *c, const struct flow_step *step);
enum err apply_routing(struct ctx *c, const struct flow_step *step);
enum err apply_refuse(struct ctx *c, const struct flow_step *step);
enum err apply_sign(struct ctx *c, const struct flow_step *step);
enum err apply_return(struct ctx *c, const struct flow_step *step);
enum err apply_finish(struct ctx *c, const struct flow_step *step);
enum err apply_pass(struct ctx *c, const struct flow_step *step);
enum err apply_confirm(struct ctx *c, const struct flow_step *step);
enum err apply_deny(struct ctx *c, const struct flow_step *step);
enum err apply_rework(struct ctx *c, const struct flow_step *step);
enum err apply_rate(struct ctx *c, const struct flow_step *step);
enum err apply_reopen(struct ctx *c, const struct flow_step *step);
enum err apply_withdraw(struct ctx *c, const struct flow_step *step);
enum err apply_urge(struct ctx *c, const struct flow_step *step);
enum err apply_comment(struct ctx *c, const struct flow_step *step);
enum err apply_contact(struct ctx *c, const struct flow_step *step);
enum err apply_ask_reporter(struct ctx *c, const struct flow_step *step);
enum err apply_answer(struct ctx *c, const struct flow_step *step);
enum err apply_ask_suspend(struct ctx *c, const struct flow_step *step);
enum err apply_ask_extend(struct ctx *c, const struct flow_step *step);
enum err apply_approve_suspend(struct ctx *c, const struct flow_step *step);
enum err apply_approve_extend(struct ctx *c, const struct flow_step *step);
enum err apply_decline(struct ctx *c, const struct flow_step *step);
enum err apply_contest(struct ctx *c, const struct flow_step *step);
enum err apply_arbitrate(struct ctx *c, const struct flow_step *step);
enum err apply_merge(struct ctx *c, const struct flow_step *step);
enum err apply_separate(struct ctx *c, const struct flow_step *step);
enum err apply_close_joined(struct ctx *c, const struct flow_step *step);
enum err apply_explain(struct ctx *c, const struct flow_step *step);
enum err apply_not_ours(struct ctx *c, const struct flow_step *step);
enum err apply_appeal(struct ctx *c, const struct flow_step *step);
enum err apply_settle(struct ctx *c, const struct flow_step *step);
enum err apply_supervise(struct ctx *c, const struct flow_step *step);
enum err apply_remind(struct ctx *c, const struct flow_step *step);
enum err apply_escalate(struct ctx *c, const struct flow_step *step);
enum err apply_lapse(struct ctx *c, const struct flow_step *step);
enum err apply_conclude(struct ctx *c, const struct flow_step *step);
