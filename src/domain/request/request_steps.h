// SPDX-License-Identifier: MulanPSL-2.0
// Between the flow's table (request_flow.c) and the files of its guards and steps only. A guard tells whether a step
// may be taken at all, an apply changes the row before it is saved and adds to the event what it has to tell.
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

// What most steps do to the row, and tell in the event (request_steps.c).
void step_enter(struct ctx *c, const struct flow_step *step); // the state it goes to; first in every step
enum err step_attach(struct ctx *c, const struct flow_step *step, const char *purpose); // the pictures sent with it
void step_seal_reply(struct ctx *c, const struct flow_step *step); // the note; without a picture, why as well
void step_drop_ask(struct request *r);
void step_hand_to(const struct flow_step *step, const struct routing *to);
void step_end(struct ctx *c, const struct flow_step *step, int outcome);

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
enum err guard_close(struct ctx *c, const struct flow_step *step);
enum err guard_whistle(struct ctx *c, const struct flow_step *step);
enum err apply_whistle(struct ctx *c, const struct flow_step *step);
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
enum err guard_ask_exclude(struct ctx *c, const struct flow_step *step);
enum err guard_decide_exclude(struct ctx *c, const struct flow_step *step);
enum err guard_restore(struct ctx *c, const struct flow_step *step);
enum err apply_ask_exclude(struct ctx *c, const struct flow_step *step);
enum err apply_approve_exclude(struct ctx *c, const struct flow_step *step);
enum err apply_decline_exclude(struct ctx *c, const struct flow_step *step);
enum err apply_restore(struct ctx *c, const struct flow_step *step);
enum err guard_reclassify(struct ctx *c, const struct flow_step *step);
enum err apply_reclassify(struct ctx *c, const struct flow_step *step);
enum err apply_lapse(struct ctx *c, const struct flow_step *step);
enum err apply_conclude(struct ctx *c, const struct flow_step *step);
// Wishes and errands that are offered (request_offer.c).
enum err guard_approve(struct ctx *c, const struct flow_step *step);
enum err guard_convert(struct ctx *c, const struct flow_step *step);
enum err guard_claim(struct ctx *c, const struct flow_step *step);
enum err guard_claim_for_team(struct ctx *c, const struct flow_step *step);
enum err guard_expire(struct ctx *c, const struct flow_step *step);
enum err guard_retract(struct ctx *c, const struct flow_step *step);
enum err guard_give_back(struct ctx *c, const struct flow_step *step);
enum err guard_thank(struct ctx *c, const struct flow_step *step);
enum err apply_submit(struct ctx *c, const struct flow_step *step);
enum err apply_approve(struct ctx *c, const struct flow_step *step);
enum err apply_retract(struct ctx *c, const struct flow_step *step);
enum err apply_offer(struct ctx *c, const struct flow_step *step);
enum err apply_convert(struct ctx *c, const struct flow_step *step);
enum err apply_claim(struct ctx *c, const struct flow_step *step);
enum err apply_claim_for_team(struct ctx *c, const struct flow_step *step);
enum err apply_release(struct ctx *c, const struct flow_step *step);
enum err apply_give_back(struct ctx *c, const struct flow_step *step);
enum err apply_deliver(struct ctx *c, const struct flow_step *step);
enum err apply_confirm_wish(struct ctx *c, const struct flow_step *step);
enum err apply_deny_wish(struct ctx *c, const struct flow_step *step);
enum err apply_thank(struct ctx *c, const struct flow_step *step);
