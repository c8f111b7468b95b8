// SPDX-License-Identifier: MulanPSL-2.0
// What a case waits for, as numbers alone: for who lets invented cases live.
#include "domain/dispute/dispute_internal.h"

static void outline_people(const struct dispute_case *dc, struct dispute_outline *o)
{
    const struct dispute_parts *parts = &dc->parts;
    o->party_count = parts->party_count;
    for (size_t i = 0; i < parts->party_count; i++) {
        o->parties[i] = parts->parties[i].id;
        o->consents += parts->parties[i].consent == CONSENT_GIVEN;
        o->signatures += dispute_signature_of(parts, parts->parties[i].id, dc->d.round) != NULL;
    }
    for (size_t i = 0; i < parts->mediator_count; i++) {
        if (parts->mediators[i].standing == STANDING_PROPOSED)
            o->proposed_id = parts->mediators[i].person_id;
        if (parts->mediators[i].standing == STANDING_ACCEPTED)
            o->mediator_id = parts->mediators[i].person_id;
    }
}

enum err dispute_outline_read(struct ctx *c, int64_t id, struct dispute *ret_dispute, struct dispute_outline *ret)
{
    struct dispute_case *dc = arena_alloc(c->arena, sizeof *dc);
    const struct dispute_parts *parts = &dc->parts;
    struct dispute_outline o = {{0}};
    TRY(dispute_case_read(c, id, dc));
    outline_people(dc, &o);
    o.written = dispute_agreement_of(parts, dc->d.round) != NULL;
    for (size_t i = 0; i < parts->session_count; i++) {
        if (parts->sessions[i].outcome != MEETING_PLANNED) {
            o.sessions_held++;
            continue;
        }
        o.session_id = parts->sessions[i].id;
        o.session_at_ms = parts->sessions[i].planned_at_ms;
    }
    for (size_t i = 0; i < parts->visit_count; i++) {
        const struct dispute_visit *v = &parts->visits[i];
        if (v->round != dc->d.round || v->result != VISIT_PLANNED || (o.visit_id && o.visit_due_ms <= v->due_at_ms))
            continue;
        o.visit_id = v->id;
        o.visit_due_ms = v->due_at_ms;
    }
    *ret_dispute = dc->d;
    *ret = o;
    return OK;
}
