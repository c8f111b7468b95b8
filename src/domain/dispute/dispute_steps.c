// SPDX-License-Identifier: MulanPSL-2.0
// What a step changes: the case's row (saved by the engine) and what belongs to it. No event tells more than that it
// happened; those that are counted tell what is counted.
#include "domain/dispute/dispute_steps.h"
#include "base/calendar.h"
#include "base/config.h"
#include "base/id.h"
#include "base/phone.h"
#include "dispute_sql.h"

static enum err put(struct ctx *c, const struct sql *sql, const struct record *record, const void *row)
{
    return db_exec(c, sql, ARGS(ARG_ROW(record, row)), NULL);
}

static int64_t new_id(struct ctx *c)
{
    return ids_next(c->house->ids, c->now_ms);
}

// --- parties --------------------------------------------------------------------------------------------------------
enum err dispute_apply_add_party(struct ctx *c, const struct flow_step *step)
{
    struct dispute_case *dc = case_of(step);
    const struct dispute_input *in = input_of(step);
    const struct record *record = &dispute_party_record;
    struct dispute_party party = {.dispute_id = dc->d.id, .id = new_id(c), .side = in->side};
    struct str number = {0};
    if (in->phone.n)
        phone_contact(c->arena, in->phone, &number); // the guard has seen that it is one
    party.name = dispute_seal(c, record, "name", party.id, in->name);
    party.phone = dispute_seal(c, record, "phone", party.id, number);
    party.door_number = dispute_seal(c, record, "door_number", party.id, in->door);
    party.home = in->home_place_id ? dispute_seal(c, record, "home", party.id, id_text(c->arena, in->home_place_id))
                                   : (struct str){0};
    for (size_t i = 0; i < dc->parts.mediator_count; i++)
        if (dc->parts.mediators[i].standing <= STANDING_ACCEPTED)
            TRY(dispute_check_party_tie(c, &party, dc->parts.mediators[i].person_id));
    return put(c, &sql_dispute_party_put, record, &party);
}

enum err dispute_apply_remove_party(struct ctx *c, const struct flow_step *step)
{
    return db_exec(c, &sql_dispute_party_remove,
                   ARGS(ARG_INT("dispute_id", case_of(step)->d.id), ARG_INT("id", input_of(step)->party_id)), NULL);
}

enum err dispute_apply_consent(struct ctx *c, const struct flow_step *step)
{
    struct dispute_party *party = dispute_party_of(&case_of(step)->parts, input_of(step)->party_id);
    party->consent = input_of(step)->consent;
    party->consent_at_ms = c->now_ms;
    return put(c, &sql_dispute_party_put, &dispute_party_record, party);
}

// --- mediators ------------------------------------------------------------------------------------------------------
static enum err stand(struct ctx *c, struct dispute_case *dc, int64_t person_id, enum dispute_standing standing,
                      int64_t objected_by_id)
{
    struct dispute_mediator *known = dispute_mediator_of(&dc->parts, person_id);
    struct dispute_mediator m =
        known ? *known : (struct dispute_mediator){.dispute_id = dc->d.id, .person_id = person_id};
    m.standing = (int)standing;
    m.objected_by_id = objected_by_id;
    m.answered_at_ms = c->now_ms;
    if (standing == STANDING_PROPOSED) {
        m.proposed_at_ms = c->now_ms;
        m.answered_at_ms = 0;
    }
    dc->person_id = person_id;
    return put(c, &sql_dispute_mediator_put, &dispute_mediator_record, &m);
}

enum err dispute_apply_propose(struct ctx *c, const struct flow_step *step)
{
    return stand(c, case_of(step), case_of(step)->person_id, STANDING_PROPOSED, 0);
}
enum err dispute_apply_take_on(struct ctx *c, const struct flow_step *step)
{
    return stand(c, case_of(step), c->actor.person_id, STANDING_ACCEPTED, 0);
}
enum err dispute_apply_decline(struct ctx *c, const struct flow_step *step)
{
    return stand(c, case_of(step), c->actor.person_id, STANDING_DECLINED, 0);
}
enum err dispute_apply_object(struct ctx *c, const struct flow_step *step)
{
    return stand(c, case_of(step), input_of(step)->person_id, STANDING_OBJECTED, input_of(step)->party_id);
}
enum err dispute_apply_release(struct ctx *c, const struct flow_step *step)
{
    return stand(c, case_of(step), input_of(step)->person_id, STANDING_LEFT, 0);
}
enum err dispute_apply_step_down(struct ctx *c, const struct flow_step *step)
{
    return stand(c, case_of(step), c->actor.person_id, STANDING_LEFT, 0);
}

// --- sessions -------------------------------------------------------------------------------------------------------
enum err dispute_apply_accept(struct ctx *c, const struct flow_step *step)
{
    struct dispute *d = &case_of(step)->d;
    d->accepted_at_ms = c->now_ms;
    dispute_clock_start(d, DISPUTE_CLOCK_MEDIATION, c->now_ms, c->now_ms + DISPUTE_LIMIT_DAYS * DAY_MS);
    return OK;
}

enum err dispute_apply_plan(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_input *in = input_of(step);
    struct dispute_session s = {
        .dispute_id = case_of(step)->d.id, .id = new_id(c), .planned_at_ms = in->planned_at_ms, .room = in->room};
    return put(c, &sql_dispute_session_put, &dispute_session_record, &s);
}

static struct dispute_session *session_of(const struct flow_step *step)
{
    struct dispute_parts *parts = &case_of(step)->parts;
    for (size_t i = 0; i < parts->session_count; i++)
        if (parts->sessions[i].id == input_of(step)->session_id)
            return &parts->sessions[i];
    return NULL;
}

enum err dispute_apply_cancel(struct ctx *c, const struct flow_step *step)
{
    struct dispute_session *s = session_of(step);
    s->outcome = MEETING_CANCELLED;
    s->held_at_ms = c->now_ms;
    s->written_by_id = c->actor.person_id;
    return put(c, &sql_dispute_session_put, &dispute_session_record, s);
}

enum err dispute_apply_hold(struct ctx *c, const struct flow_step *step)
{
    const struct dispute_input *in = input_of(step);
    struct dispute_session *s = session_of(step);
    s->outcome = in->outcome;
    s->held_at_ms = c->now_ms;
    s->present = in->present;
    s->written_by_id = c->actor.person_id;
    s->minutes = dispute_seal(c, &dispute_session_record, "minutes", s->id, in->minutes);
    return put(c, &sql_dispute_session_put, &dispute_session_record, s);
}

// --- the agreement --------------------------------------------------------------------------------------------------
// Who signed, signed what was there then.
static enum err void_signatures(struct ctx *c, const struct dispute *d)
{
    return db_exec(c, &sql_dispute_signatures_drop, ARGS(ARG_INT("dispute_id", d->id), ARG_INT("round", d->round)),
                   NULL);
}

enum err dispute_apply_write(struct ctx *c, const struct flow_step *step)
{
    const struct dispute *d = &case_of(step)->d;
    struct dispute_agreement a = {.dispute_id = d->id, .round = d->round, .id = new_id(c), .written_at_ms = c->now_ms};
    a.text = dispute_seal(c, &dispute_agreement_record, "text", a.id, input_of(step)->text);
    TRY(void_signatures(c, d));
    return put(c, &sql_dispute_agreement_put, &dispute_agreement_record, &a);
}

enum err dispute_apply_add_term(struct ctx *c, const struct flow_step *step)
{
    const struct dispute *d = &case_of(step)->d;
    const struct dispute_input *in = input_of(step);
    struct dispute_term term = {.dispute_id = d->id, .id = new_id(c), .round = d->round, .due_at_ms = in->due_at_ms};
    term.text = dispute_seal(c, &dispute_term_record, "text", term.id, in->text);
    TRY(void_signatures(c, d));
    return put(c, &sql_dispute_term_put, &dispute_term_record, &term);
}

enum err dispute_apply_drop_term(struct ctx *c, const struct flow_step *step)
{
    const struct dispute *d = &case_of(step)->d;
    TRY(void_signatures(c, d));
    return db_exec(
        c, &sql_dispute_term_remove,
        ARGS(ARG_INT("dispute_id", d->id), ARG_INT("id", input_of(step)->term_id), ARG_INT("round", d->round)), NULL);
}

static enum err attach(struct ctx *c, const struct dispute *d, struct str ids)
{
    int64_t media[REQUEST_MEDIA_MAX];
    size_t count = 0;
    while (ids.n && count < REQUEST_MEDIA_MAX)
        if (!id_parse(str_cut(&ids, ','), &media[count++]))
            return fail_field(c, ERR_INVALID, "media.unknown", STR("media"));
    return count ? media_attach(c, media, count, "dispute", d->id, "report") : OK;
}

enum err dispute_apply_sign(struct ctx *c, const struct flow_step *step)
{
    const struct dispute *d = &case_of(step)->d;
    const struct dispute_input *in = input_of(step);
    struct dispute_signature s = {.dispute_id = d->id,
                                  .party_id = in->party_id,
                                  .round = d->round,
                                  .id = new_id(c),
                                  .signed_at_ms = in->signed_on_ms};
    s.name = dispute_seal(c, &dispute_signature_record, "name", s.id, in->signed_name);
    TRY(attach(c, d, in->media));
    return put(c, &sql_dispute_signature_put, &dispute_signature_record, &s);
}

// --- how it ends ----------------------------------------------------------------------------------------------------
static enum err end(struct ctx *c, const struct flow_step *step, enum dispute_result result, int referral,
                    enum dispute_tally_kind kind)
{
    struct dispute *d = &case_of(step)->d;
    d->result = (int)result;
    d->referral = referral;
    d->ended_at_ms = c->now_ms;
    dispute_clock_start(d, DISPUTE_CLOCK_NONE, 0, 0);
    dispute_write_counted(d, step->data);
    return dispute_tally_put(c, d, kind);
}

static enum err plan_visits(struct ctx *c, struct dispute *d)
{
    const struct config *config = c->house->config;
    struct str days = config && config->dispute_visits ? str_of(config->dispute_visits) : STR("7,30,90");
    int64_t at[DISPUTE_VISITS_MAX];
    size_t count;
    if (!dispute_visit_days(days, at, &count))
        return fail(c, ERR_INTERNAL, "dispute.bad_visits"); // the start has refused it
    for (size_t i = 0; i < count; i++) {
        struct dispute_visit v = {
            .dispute_id = d->id, .id = new_id(c), .round = d->round, .due_at_ms = c->now_ms + at[i] * DAY_MS};
        TRY(put(c, &sql_dispute_visit_put, &dispute_visit_record, &v));
        if (i == 0)
            dispute_clock_start(d, DISPUTE_CLOCK_VISIT, v.due_at_ms, v.due_at_ms + DISPUTE_VISIT_DAYS * DAY_MS);
    }
    return OK;
}

enum err dispute_apply_agree(struct ctx *c, const struct flow_step *step)
{
    struct dispute_case *dc = case_of(step);
    struct dispute_agreement a = *dispute_agreement_of(&dc->parts, dc->d.round);
    a.agreed_at_ms = c->now_ms;
    TRY(put(c, &sql_dispute_agreement_put, &dispute_agreement_record, &a));
    TRY(end(c, step, DISPUTE_RESULT_AGREED, input_of(step)->referral, TALLY_AGREED));
    return plan_visits(c, &dc->d);
}

enum err dispute_apply_fail(struct ctx *c, const struct flow_step *step)
{
    case_of(step)->d.closed_at_ms = c->now_ms;
    return end(c, step, DISPUTE_RESULT_FAILED, input_of(step)->referral, TALLY_FAILED);
}

enum err dispute_apply_withdraw(struct ctx *c, const struct flow_step *step)
{
    case_of(step)->d.closed_at_ms = c->now_ms;
    return end(c, step, DISPUTE_RESULT_WITHDRAWN, REFERRAL_NONE, TALLY_WITHDRAWN);
}

enum err dispute_apply_extend(struct ctx *c, const struct flow_step *step)
{
    struct dispute *d = &case_of(step)->d;
    (void)c;
    d->extended += input_of(step)->days;
    d->due_at_ms += input_of(step)->days * DAY_MS;
    return OK;
}

// --- follow-up ------------------------------------------------------------------------------------------------------
static enum err visited(struct ctx *c, struct dispute_case *dc, int64_t id, enum dispute_kept result)
{
    const struct dispute_visit *next = NULL;
    for (size_t i = 0; i < dc->parts.visit_count; i++) {
        struct dispute_visit *v = &dc->parts.visits[i];
        if (v->round != dc->d.round || v->result != VISIT_PLANNED)
            continue;
        if (v->id == id || result == VISIT_BROKEN) { // once it is broken nobody asks again whether it is kept
            v->result = v->id == id ? (int)result : VISIT_DROPPED;
            v->done_at_ms = c->now_ms;
            TRY(put(c, &sql_dispute_visit_put, &dispute_visit_record, v));
        } else if (!next) {
            next = v;
        }
    }
    if (next)
        dispute_clock_start(&dc->d, DISPUTE_CLOCK_VISIT, next->due_at_ms,
                            next->due_at_ms + DISPUTE_VISIT_DAYS * DAY_MS);
    else
        dispute_clock_start(&dc->d, DISPUTE_CLOCK_NONE, 0, 0);
    return OK;
}

enum err dispute_apply_kept(struct ctx *c, const struct flow_step *step)
{
    return visited(c, case_of(step), input_of(step)->visit_id, VISIT_KEPT);
}

// Back to the table, with a limit of its own.
enum err dispute_apply_broken(struct ctx *c, const struct flow_step *step)
{
    struct dispute_case *dc = case_of(step);
    struct dispute *d = &dc->d;
    TRY(visited(c, dc, input_of(step)->visit_id, VISIT_BROKEN));
    d->round++;
    d->result = DISPUTE_RESULT_NONE;
    d->referral = REFERRAL_NONE;
    d->ended_at_ms = 0;
    d->extended = 0;
    dispute_clock_start(d, DISPUTE_CLOCK_MEDIATION, c->now_ms, c->now_ms + DISPUTE_LIMIT_DAYS * DAY_MS);
    dispute_write_counted(d, step->data);
    return dispute_tally_put(c, d, TALLY_BROKEN);
}

enum err dispute_apply_close(struct ctx *c, const struct flow_step *step)
{
    struct dispute *d = &case_of(step)->d;
    d->closed_at_ms = c->now_ms;
    dispute_clock_start(d, DISPUTE_CLOCK_NONE, 0, 0);
    return OK;
}

// --- marks ----------------------------------------------------------------------------------------------------------
enum err dispute_apply_mark(struct ctx *c, const struct flow_step *step)
{
    struct dispute_case *dc = case_of(step);
    (void)c;
    dc->d.level = dc->mark.level;
    json_key(step->data, "clock");
    json_put_z(step->data, dispute_clock_names[dc->d.clock]);
    json_key(step->data, "level");
    json_put_int(step->data, dc->mark.level);
    json_key(step->data, "at");
    json_put_time(step->data, dc->mark.at_ms);
    if (dc->post_id) {
        dc->d.escalated_post_id = dc->post_id;
        dc->d.escalated_name = dc->post_name;
        json_key(step->data, "post_id");
        json_put_id(step->data, dc->post_id);
    }
    return OK;
}
