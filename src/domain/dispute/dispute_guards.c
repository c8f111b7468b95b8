// SPDX-License-Identifier: MulanPSL-2.0
// May it be done at all? Asked with in NULL, for a button, a guard looks at the case only.
#include "base/id.h"
#include "base/phone.h"
#include "domain/dispute/dispute_steps.h"

#include <string.h>

#define ACTIVE (1u << STANDING_PROPOSED | 1u << STANDING_ACCEPTED)

static enum err need_party(struct ctx *c, const struct dispute_case *dc, int64_t id)
{
    return dispute_party_of(&dc->parts, id) ? OK : fail_field(c, ERR_INVALID, "dispute.no_such_party", STR("party_id"));
}

// Who is asked already must have no tie to who comes later either.
enum err dispute_guard_add_party(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    struct str number;
    struct place place;
    if (dc->parts.party_count >= DISPUTE_PARTIES_MAX)
        return fail(c, ERR_CONFLICT, "dispute.too_many_parties");
    if (!in)
        return OK;
    if (in->phone.n && !phone_contact(c->arena, in->phone, &number))
        return fail_field(c, ERR_INVALID, "request.bad_phone", STR("phone"));
    if (in->home_place_id) {
        enum err err = place_get(c, in->home_place_id, &place);
        if (err == ERR_NOT_FOUND || (err == OK && place.level < PLACE_BUILDING))
            return fail_field(c, ERR_INVALID, "dispute.no_such_home", STR("home_place_id"));
        TRY(err);
    }
    return OK;
}

enum err dispute_guard_party(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    if (!dc->parts.party_count)
        return fail(c, ERR_CONFLICT, "dispute.no_parties");
    if (!in)
        return OK;
    bool consents = strcmp(step->rule->action, "consent") == 0;
    if (consents && in->consent == CONSENT_NOT_ASKED)
        return fail_field(c, ERR_INVALID, "dispute.yes_or_no", STR("consent"));
    return need_party(c, dc, in->party_id);
}

static enum err find_person(struct ctx *c, const struct dispute_input *in, int64_t *ret_person_id)
{
    struct person person;
    if (!in->post_id == !in->phone.n)
        return fail_field(c, ERR_INVALID, "dispute.whom", STR("post_id"));
    if (in->post_id) {
        struct post post;
        enum err err = post_get(c, in->post_id, &post);
        if (err != OK)
            return err == ERR_NOT_FOUND ? fail_field(c, ERR_INVALID, "request.no_such_post", STR("post_id")) : err;
        TRY(post_holder_at(c, in->post_id, c->now_ms, ret_person_id));
        return *ret_person_id ? OK : fail_field(c, ERR_CONFLICT, "request.post_vacant", STR("post_id"));
    }
    struct str number;
    if (!phone_mobile(c->arena, in->phone, &number))
        return fail_field(c, ERR_INVALID, "dispute.nobody_of_phone", STR("phone"));
    enum err err = resident_of_phone(c, number, &person);
    if (err == ERR_NOT_FOUND || (err == OK && person.disabled))
        return fail_field(c, ERR_INVALID, "dispute.nobody_of_phone", STR("phone"));
    TRY(err);
    *ret_person_id = person.id;
    return OK;
}

enum err dispute_guard_propose(struct ctx *c, const struct flow_step *step)
{
    struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    if (dispute_mediators_in(&dc->parts, ACTIVE) >= DISPUTE_MEDIATORS_MAX ||
        dc->parts.mediator_count >= DISPUTE_ASKED_MAX)
        return fail(c, ERR_CONFLICT, "dispute.too_many_mediators");
    if (!dc->parts.party_count)
        return fail(c, ERR_CONFLICT, "dispute.no_parties"); // to whom there is no tie cannot be known yet
    if (!in)
        return OK;
    TRY(find_person(c, in, &dc->person_id));
    const struct dispute_mediator *known = dispute_mediator_of(&dc->parts, dc->person_id);
    if (known && (1u << known->standing & ACTIVE))
        return fail(c, ERR_CONFLICT, "dispute.asked_already");
    if (known && known->standing == STANDING_OBJECTED)
        return fail(c, ERR_CONFLICT, "dispute.objected_once");
    return dispute_check_tie(c, dc, dc->person_id);
}

enum err dispute_guard_take_on(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    if (!input_of(step)->no_tie)
        return fail_field(c, ERR_INVALID, "dispute.declare", STR("no_tie"));
    return dispute_check_tie(c, dc, c->actor.person_id);
}

enum err dispute_guard_release(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    if (!dispute_mediators_in(&dc->parts, ACTIVE))
        return fail(c, ERR_CONFLICT, "dispute.no_mediator");
    const struct dispute_mediator *m = in ? dispute_mediator_of(&dc->parts, in->person_id) : NULL;
    if (in && (!m || !(1u << m->standing & ACTIVE)))
        return fail_field(c, ERR_INVALID, "dispute.no_such_mediator", STR("person_id"));
    return OK;
}

enum err dispute_guard_object(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_input *in = input_of(step);
    TRY(dispute_guard_release(c, step));
    return in ? need_party(c, case_of(step), in->party_id) : OK;
}

// Two sides at least, and every one of them wants it.
enum err dispute_guard_accept(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_parts *parts = &case_of(step)->parts;
    unsigned sides = 0;
    for (size_t i = 0; i < parts->party_count; i++) {
        if (parts->parties[i].consent != CONSENT_GIVEN)
            return fail(c, ERR_CONFLICT, "dispute.not_all_consent");
        sides |= 1u << parts->parties[i].side;
    }
    bool both = sides >> SIDE_APPLICANT & 1 && sides >> SIDE_RESPONDENT & 1;
    return both ? OK : fail(c, ERR_CONFLICT, "dispute.one_side");
}

enum err dispute_guard_plan(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    if (!dispute_mediators_in(&dc->parts, 1u << STANDING_ACCEPTED))
        return fail(c, ERR_CONFLICT, "dispute.no_mediator");
    if (dc->parts.session_count >= DISPUTE_SESSIONS_MAX)
        return fail(c, ERR_CONFLICT, "dispute.too_many_sessions");
    if (in && (in->planned_at_ms < c->now_ms - DAY_MS || in->planned_at_ms > c->now_ms + 366 * DAY_MS))
        return fail_field(c, ERR_INVALID, "dispute.bad_time", STR("planned_at"));
    return OK;
}

static const struct dispute_session *planned(const struct dispute_parts *parts, int64_t id)
{
    for (size_t i = 0; i < parts->session_count; i++)
        if (parts->sessions[i].outcome == MEETING_PLANNED && (!id || parts->sessions[i].id == id))
            return &parts->sessions[i];
    return NULL;
}

enum err dispute_guard_session(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_input *in = input_of(step);
    return planned(&case_of(step)->parts, in ? in->session_id : 0)
               ? OK
               : fail_field(c, ERR_CONFLICT, "dispute.no_such_session", STR("session_id"));
}

static enum err all_parties(struct ctx *c, const struct dispute_case *dc, struct str ids, const char *field,
                            size_t *ret_count)
{
    int64_t seen[DISPUTE_PARTIES_MAX] = {0};
    *ret_count = 0;
    while (ids.n) {
        int64_t id;
        bool good =
            id_parse(str_cut(&ids, ','), &id) && *ret_count < DISPUTE_PARTIES_MAX && dispute_party_of(&dc->parts, id);
        for (size_t i = 0; good && i < *ret_count; i++)
            good = seen[i] != id;
        if (!good)
            return fail_field(c, ERR_INVALID, "dispute.no_such_party", str_of(field));
        seen[(*ret_count)++] = id;
    }
    return OK;
}

enum err dispute_guard_hold(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_input *in = input_of(step);
    size_t count;
    TRY(dispute_guard_session(c, step));
    if (!in)
        return OK;
    if (in->outcome == MEETING_PLANNED || in->outcome == MEETING_CANCELLED)
        return fail_field(c, ERR_INVALID, "dispute.how_it_went", STR("outcome"));
    return all_parties(c, case_of(step), in->present, "present", &count);
}

enum err dispute_guard_write(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_input *in = input_of(step);
    return !in || str_trim(in->text).n ? OK : fail_field(c, ERR_INVALID, "dispute.no_text", STR("text"));
}

enum err dispute_guard_add_term(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    size_t count = 0;
    for (size_t i = 0; i < dc->parts.term_count; i++)
        count += dc->parts.terms[i].round == dc->d.round;
    return count < DISPUTE_TERMS_MAX ? OK : fail(c, ERR_CONFLICT, "dispute.too_many_terms");
}

enum err dispute_guard_drop_term(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    for (size_t i = 0; i < dc->parts.term_count; i++)
        if (dc->parts.terms[i].round == dc->d.round && (!in || dc->parts.terms[i].id == in->term_id))
            return OK;
    return fail_field(c, ERR_CONFLICT, "dispute.no_such_term", STR("term_id"));
}

enum err dispute_guard_sign(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    if (!dispute_agreement_of(&dc->parts, dc->d.round))
        return fail(c, ERR_CONFLICT, "dispute.no_text");
    if (!in)
        return OK;
    if (in->signed_on_ms > c->now_ms + DAY_MS)
        return fail_field(c, ERR_INVALID, "dispute.bad_time", STR("signed_on"));
    return need_party(c, dc, in->party_id);
}

// There is a text, every party has signed this text, and who mediated still may.
enum err dispute_guard_agree(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    if (!dispute_agreement_of(&dc->parts, dc->d.round))
        return fail(c, ERR_CONFLICT, "dispute.no_text");
    for (size_t i = 0; i < dc->parts.party_count; i++)
        if (!dispute_signature_of(&dc->parts, dc->parts.parties[i].id, dc->d.round))
            return fail(c, ERR_CONFLICT, "dispute.not_all_signed");
    if (in && in->referral != REFERRAL_NONE && in->referral != REFERRAL_JUDICIAL)
        return fail_field(c, ERR_INVALID, "dispute.bad_referral", STR("referral"));
    return dispute_check_tie(c, dc, c->actor.person_id);
}

enum err dispute_guard_fail(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_input *in = input_of(step);
    return !in || in->referral != REFERRAL_JUDICIAL
               ? OK
               : fail_field(c, ERR_INVALID, "dispute.bad_referral", STR("referral"));
}

// Before the limit, and with the consent of all parties. At the due instant itself it is not yet late.
enum err dispute_guard_extend(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    size_t count;
    if (c->now_ms > dc->d.due_at_ms)
        return fail(c, ERR_CONFLICT, "dispute.due_already");
    if (dc->d.extended >= DISPUTE_EXTEND_MAX_DAYS)
        return fail(c, ERR_CONFLICT, "dispute.extended_fully");
    if (!in)
        return OK;
    if (dc->d.extended + in->days > DISPUTE_EXTEND_MAX_DAYS)
        return fail_field(c, ERR_CONFLICT, "dispute.extended_fully", STR("days"));
    TRY(all_parties(c, dc, in->parties, "parties", &count));
    return count == dc->parts.party_count ? OK : fail_field(c, ERR_CONFLICT, "dispute.not_all_consent", STR("parties"));
}

static const struct dispute_visit *open_visit(const struct dispute_case *dc, int64_t id)
{
    for (size_t i = 0; i < dc->parts.visit_count; i++) {
        const struct dispute_visit *v = &dc->parts.visits[i];
        if (v->round == dc->d.round && v->result == VISIT_PLANNED && (!id || v->id == id))
            return v;
    }
    return NULL;
}

enum err dispute_guard_visit(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    bool broken = step->to == DISPUTE_MEDIATING;
    if (broken && dc->d.round >= DISPUTE_ROUNDS_MAX)
        return fail(c, ERR_CONFLICT, "dispute.too_many_rounds");
    return open_visit(dc, in ? in->visit_id : 0)
               ? OK
               : fail_field(c, ERR_CONFLICT, "dispute.no_such_visit", STR("visit_id"));
}

enum err dispute_guard_close(struct ctx *c, const struct flow_step *step)
{
    return open_visit(case_of(step), 0) ? fail(c, ERR_CONFLICT, "dispute.visits_left") : OK;
}

static enum err mark_due(struct ctx *c, struct dispute_case *dc)
{
    dc->mark = dispute_next_mark(&dc->d);
    return dc->mark.level && dc->mark.at_ms <= c->now_ms ? OK : fail(c, ERR_CONFLICT, "request.nothing_due");
}

enum err dispute_guard_remind(struct ctx *c, const struct flow_step *step)
{
    struct dispute_case *dc = case_of(step);
    TRY(mark_due(c, dc));
    return dc->mark.reminds ? OK : fail(c, ERR_CONFLICT, "request.nothing_due");
}

enum err dispute_guard_escalate(struct ctx *c, const struct flow_step *step)
{
    struct dispute_case *dc = case_of(step);
    TRY(mark_due(c, dc));
    if (dc->mark.reminds)
        return fail(c, ERR_CONFLICT, "request.nothing_due");
    return dispute_route_above(c, dc);
}
