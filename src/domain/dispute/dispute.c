// SPDX-License-Identifier: MulanPSL-2.0
// Cases and what belongs to them: reading, opening, a step with what follows from it.
#include "base/id.h"
#include "dispute_sql.h"
#include "domain/dispute/dispute_internal.h"
#include "flow/event_data.h"
#include "flow/personal.h"

struct str dispute_seal(struct ctx *c, const struct record *record, const char *field, int64_t row_id, struct str clear)
{
    return seal_field(c, record, record_field(record, str_of(field)), row_id, clear);
}

enum err dispute_unseal(struct ctx *c, const struct record *record, const char *field, int64_t row_id, struct str box,
                        struct str *ret_clear)
{
    return open_field(c, record, record_field(record, str_of(field)), row_id, box, ret_clear);
}

enum err dispute_get(struct ctx *c, int64_t id, struct dispute *ret_dispute)
{
    enum err err = db_one(c, &sql_dispute_by_id, ARGS(ARG_INT("id", id)), &dispute_record, ret_dispute);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "dispute.unknown") : err;
}

// --- what belongs to a case -----------------------------------------------------------------------------------------
static enum err read_part(struct ctx *c, const struct sql *sql, const struct record *record, int64_t dispute_id,
                          size_t max, void *ret_at, size_t *ret_count)
{
    struct rows rows;
    TRY(db_list(c, sql, ARGS(ARG_INT("dispute_id", dispute_id)), record, max, &rows));
    *(void **)ret_at = rows.at;
    *ret_count = rows.count;
    return OK;
}

enum err dispute_parts_read(struct ctx *c, int64_t id, struct dispute_parts *p)
{
    TRY(read_part(c, &sql_dispute_parties, &dispute_party_record, id, DISPUTE_PARTIES_MAX, (void *)&p->parties,
                  &p->party_count));
    TRY(read_part(c, &sql_dispute_mediators, &dispute_mediator_record, id, DISPUTE_ASKED_MAX, (void *)&p->mediators,
                  &p->mediator_count));
    TRY(read_part(c, &sql_dispute_sessions, &dispute_session_record, id, DISPUTE_SESSIONS_MAX, (void *)&p->sessions,
                  &p->session_count));
    TRY(read_part(c, &sql_dispute_agreements, &dispute_agreement_record, id, DISPUTE_ROUNDS_MAX, (void *)&p->agreements,
                  &p->agreement_count));
    TRY(read_part(c, &sql_dispute_terms, &dispute_term_record, id, (size_t)DISPUTE_TERMS_MAX * DISPUTE_ROUNDS_MAX,
                  (void *)&p->terms, &p->term_count));
    TRY(read_part(c, &sql_dispute_signatures, &dispute_signature_record, id,
                  (size_t)DISPUTE_PARTIES_MAX * DISPUTE_ROUNDS_MAX, (void *)&p->signatures, &p->signature_count));
    return read_part(c, &sql_dispute_visits, &dispute_visit_record, id, (size_t)DISPUTE_VISITS_MAX * DISPUTE_ROUNDS_MAX,
                     (void *)&p->visits, &p->visit_count);
}

struct dispute_party *dispute_party_of(const struct dispute_parts *parts, int64_t id)
{
    for (size_t i = 0; i < parts->party_count; i++)
        if (parts->parties[i].id == id)
            return &parts->parties[i];
    return NULL;
}

struct dispute_mediator *dispute_mediator_of(const struct dispute_parts *parts, int64_t person_id)
{
    for (size_t i = 0; i < parts->mediator_count; i++)
        if (parts->mediators[i].person_id == person_id)
            return &parts->mediators[i];
    return NULL;
}

const struct dispute_agreement *dispute_agreement_of(const struct dispute_parts *parts, int64_t round)
{
    for (size_t i = 0; i < parts->agreement_count; i++)
        if (parts->agreements[i].round == round)
            return &parts->agreements[i];
    return NULL;
}

const struct dispute_signature *dispute_signature_of(const struct dispute_parts *parts, int64_t party_id, int64_t round)
{
    for (size_t i = 0; i < parts->signature_count; i++)
        if (parts->signatures[i].party_id == party_id && parts->signatures[i].round == round)
            return &parts->signatures[i];
    return NULL;
}

size_t dispute_mediators_in(const struct dispute_parts *parts, unsigned standings)
{
    size_t count = 0;
    for (size_t i = 0; i < parts->mediator_count; i++)
        count += standings >> parts->mediators[i].standing & 1;
    return count;
}

enum err dispute_case_read(struct ctx *c, int64_t id, struct dispute_case *dc)
{
    *dc = (struct dispute_case){0};
    TRY(dispute_get(c, id, &dc->d));
    return dispute_parts_read(c, id, &dc->parts);
}

// --- opening --------------------------------------------------------------------------------------------------------
// What the request said, and who asked as the first party. Reading the contact is an event of the request.
static enum err take_request(struct ctx *c, struct dispute *d, struct request *r)
{
    const struct event_subject *subject = event_subject_of(c, STR("request"));
    int64_t known;
    enum err err = subject->may_read(c, d->request_id);
    if (err == OK)
        err = request_get(c, d->request_id, r);
    if (err == ERR_NOT_FOUND || (err == OK && r->kind != KIND_DISPUTE))
        return fail_field(c, ERR_INVALID, "dispute.no_such_request", STR("request_id"));
    TRY(err);
    TRY(db_number(c, &sql_dispute_of_request, ARGS(ARG_INT("request_id", r->id)), &known));
    if (known || !r->open)
        return fail_field(c, ERR_CONFLICT, known ? "dispute.request_has_case" : "dispute.request_closed",
                          STR("request_id"));
    d->place_id = r->place_id;
    if (!d->words.n)
        TRY(dispute_unseal(c, &request_record, "words", r->id, r->words, &d->words));
    return OK;
}

static enum err first_party(struct ctx *c, const struct dispute *d, const struct request *r)
{
    struct str name = {0}, phone = {0}, door = {0};
    const struct str reason = STR("转为调解");
    if (!r->contact_name.n)
        return OK;
    TRY(record_open_personal(c, &request_record, "contact_name", r, r->id, reason, &name));
    if (r->contact_phone.n)
        TRY(record_open_personal(c, &request_record, "contact_phone", r, r->id, reason, &phone));
    if (r->door_number.n)
        TRY(record_open_personal(c, &request_record, "door_number", r, r->id, reason, &door));
    struct dispute_party party = {
        .dispute_id = d->id, .id = ids_next(c->house->ids, c->now_ms), .side = SIDE_APPLICANT};
    const struct record *record = &dispute_party_record;
    party.name = dispute_seal(c, record, "name", party.id, name);
    party.phone = dispute_seal(c, record, "phone", party.id, phone);
    party.door_number = dispute_seal(c, record, "door_number", party.id, door);
    if (r->building_id)
        party.home = dispute_seal(c, record, "home", party.id, id_text(c->arena, r->place_id));
    return db_exec(c, &sql_dispute_party_put, ARGS(ARG_ROW(record, &party)), NULL);
}

// Only a desk of the community opens; where it lies is told no nearer than the unit.
static enum err set_place(struct ctx *c, struct dispute *d)
{
    struct place_chain chain;
    const struct grant *grant = NULL;
    enum err err = place_get_chain(c, d->place_id, &chain);
    if (!d->place_id || err == ERR_NOT_FOUND)
        return fail_field(c, ERR_INVALID, "request.no_place", STR("place_id"));
    TRY(err);
    for (size_t i = 0; i < c->actor.grant_count && !grant; i++) {
        const struct grant *held = &c->actor.grants[i];
        bool over = held->place_id == chain.at[PLACE_COMMUNITY] || held->place_id == chain.at[PLACE_SUBDISTRICT];
        if (held->role == ROLE_COMMUNITY && held->place_id && over)
            grant = held;
    }
    if (!grant || !chain.at[PLACE_COMMUNITY])
        return fail_field(c, ERR_FORBIDDEN, "dispute.not_your_area", STR("place_id"));
    d->community_id = chain.at[PLACE_COMMUNITY];
    d->subdistrict_id = chain.at[PLACE_SUBDISTRICT];
    d->desk_post_id = grant->post_id;
    for (int level = PLACE_HOUSEHOLD; level > 0 && chain.at[PLACE_HOUSEHOLD]; level--)
        if (level < PLACE_HOUSEHOLD && chain.at[level]) {
            d->place_id = chain.at[level];
            break;
        }
    return OK;
}

enum err dispute_open(struct ctx *c, struct dispute *d)
{
    struct request r = {0};
    struct event_data data;
    if (d->request_id)
        TRY(take_request(c, d, &r));
    TRY(set_place(c, d));
    if (!str_trim(d->words).n)
        return fail_field(c, ERR_INVALID, "dispute.no_words", STR("words"));
    if (c->actor.person_id == d->against_id)
        return fail(c, ERR_CONFLICT, "dispute.tie_complained");
    d->id = ids_next(c->house->ids, c->now_ms);
    d->version = d->steady_version = 1;
    d->state = DISPUTE_OPENED;
    d->open = true;
    d->round = 1;
    d->opened_by_id = c->actor.person_id;
    d->opened_at_ms = c->now_ms;
    d->escalated_name = STR("");
    d->words = dispute_seal(c, &dispute_record, "words", d->id, d->words);
    dispute_clock_start(d, DISPUTE_CLOCK_ACCEPTANCE, c->now_ms, c->now_ms + DISPUTE_ACCEPT_DAYS * DAY_MS);
    d->next_mark_at_ms = dispute_next_mark(d).at_ms;
    TRY(db_exec(c, &sql_dispute_insert, ARGS(ARG_ROW(&dispute_record, d)), NULL));
    dispute_write_counted(d, event_data_begin(&data));
    TRY(event_data_append(c, &data, "dispute", d->id, "dispute.opened"));
    TRY(dispute_tally_put(c, d, TALLY_OPENED));
    if (!r.id)
        return OK;
    TRY(first_party(c, d, &r));
    return dispute_sign_request(c, d);
}

// --- a step ---------------------------------------------------------------------------------------------------------
enum err dispute_act(struct ctx *c, int64_t id, struct str action, const struct json *input, int64_t if_version,
                     struct dispute *ret_dispute)
{
    struct dispute_case dc;
    unsigned relations;
    TRY(dispute_case_read(c, id, &dc));
    TRY(dispute_may_see(c, &dc.d, &relations));
    struct dispute before = dc.d;
    if (if_version >= before.steady_version && if_version <= before.version)
        if_version = -1; // since it was seen only a clock has left its mark
    TRY(flow_act(c, &dispute_flow, &dc.d, action, input, if_version, NULL));
    TRY(dispute_parts_read(c, id, &dc.parts));
    TRY(dispute_tell(c, &dc, &before, action));
    TRY(dispute_follow(c, &dc, &before));
    if (ret_dispute)
        *ret_dispute = dc.d;
    return OK;
}
