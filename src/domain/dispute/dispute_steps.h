// SPDX-License-Identifier: MulanPSL-2.0
// Between dispute_flow.c, dispute_guards.c and dispute_steps.c only. A guard tells whether a step may be taken, an
// apply changes the case before it is saved.
#pragma once
#include "domain/dispute/dispute_internal.h"

static inline struct dispute_case *case_of(const struct flow_step *step)
{
    return step->row;
}
static inline const struct dispute_input *input_of(const struct flow_step *step)
{
    return step->in;
}

enum err dispute_guard_add_party(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_party(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_propose(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_take_on(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_object(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_release(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_accept(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_plan(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_session(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_hold(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_write(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_add_term(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_drop_term(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_sign(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_agree(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_fail(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_extend(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_visit(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_close(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_remind(struct ctx *c, const struct flow_step *step);
enum err dispute_guard_escalate(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_add_party(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_remove_party(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_consent(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_propose(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_take_on(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_decline(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_object(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_release(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_step_down(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_accept(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_plan(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_cancel(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_hold(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_write(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_add_term(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_drop_term(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_sign(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_agree(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_fail(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_withdraw(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_extend(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_kept(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_broken(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_close(struct ctx *c, const struct flow_step *step);
enum err dispute_apply_mark(struct ctx *c, const struct flow_step *step);
