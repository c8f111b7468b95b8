// SPDX-License-Identifier: MulanPSL-2.0
// What is told of a case. Names and numbers are masked, words, minutes, agreement and notes left out: reading them in
// clear is dispute_read.c's, and an event. Which fields a reader gets is the records' business.
#include "domain/dispute/dispute_internal.h"

#define DISPUTE_PARTY_VIEW(F, S)                                                                                       \
    F(S, ID, id, .read = READ_STAFF, .doc = "The party")                                                               \
    F(S, ENUM, side, .read = READ_STAFF, .names = dispute_side_names, .doc = "On which side")                          \
    F(S, ENUM, consent, .read = READ_STAFF, .names = dispute_consent_names, .doc = "To mediation")                     \
    F(S, TIME, consent_at, .read = READ_STAFF, .doc = "When that was said")                                            \
    F(S, TIME, signed_at, .read = READ_SCOPE, .doc = "When it signed this round's agreement")                          \
    F(S, TEXT, name, .read = READ_STAFF, .doc = "Masked")                                                              \
    F(S, TEXT, phone, .read = READ_SCOPE, .doc = "Masked; empty: not known")
struct dispute_party_view {
    DISPUTE_PARTY_VIEW(FIELD_MEMBER, dispute_party_view)
};
static const struct field dispute_party_view_fields[] = {DISPUTE_PARTY_VIEW(FIELD_ROW, dispute_party_view)};
static const struct record dispute_party_view_record = {"dispute_party_view", NULL, sizeof(struct dispute_party_view),
                                                        FIELDS(dispute_party_view_fields)};

#define DISPUTE_MEDIATOR_VIEW(F, S)                                                                                    \
    F(S, ID, person_id, .read = READ_STAFF, .doc = "Who")                                                              \
    F(S, TEXT, name, .read = READ_STAFF, .doc = "Masked")                                                              \
    F(S, ENUM, standing, .read = READ_STAFF, .names = dispute_standing_names, .doc = "Asked, accepted, gone")          \
    F(S, TIME, since, .read = READ_STAFF, .doc = "Since when")                                                         \
    F(S, BOOL, me, .read = READ_STAFF, .doc = "It is the reader")
struct dispute_mediator_view {
    DISPUTE_MEDIATOR_VIEW(FIELD_MEMBER, dispute_mediator_view)
};
static const struct field dispute_mediator_view_fields[] = {DISPUTE_MEDIATOR_VIEW(FIELD_ROW, dispute_mediator_view)};
static const struct record dispute_mediator_view_record = {
    "dispute_mediator_view", NULL, sizeof(struct dispute_mediator_view), FIELDS(dispute_mediator_view_fields)};

#define DISPUTE_STEP_VIEW(F, S)                                                                                        \
    F(S, ID, id, .read = READ_SCOPE, .doc = "The step")                                                                \
    F(S, TIME, at, .read = READ_SCOPE, .doc = "When")                                                                  \
    F(S, TEXT, type, .read = READ_SCOPE, .doc = "What happened")                                                       \
    F(S, TEXT, label_zh, .read = READ_SCOPE, .doc = "In Chinese")                                                      \
    F(S, TEXT, label_en, .read = READ_SCOPE, .doc = "In English")                                                      \
    F(S, TEXT, by, .read = READ_SCOPE, .doc = "Who, masked; empty: the system")                                        \
    F(S, BOOL, noted, .read = READ_SCOPE, .doc = "A note was written: POST …/read opens it")
struct dispute_step_view {
    DISPUTE_STEP_VIEW(FIELD_MEMBER, dispute_step_view)
};
static const struct field dispute_step_view_fields[] = {DISPUTE_STEP_VIEW(FIELD_ROW, dispute_step_view)};
static const struct record dispute_step_view_record = {"dispute_step_view", NULL, sizeof(struct dispute_step_view),
                                                       FIELDS(dispute_step_view_fields)};

// --- the whole ------------------------------------------------------------------------------------------------------
struct dispute_view {
    struct dispute d;
    struct str state_zh, state_en, place, relation, parties, mediators, sessions, agreements, terms, visits, media,
        timeline, actions;
    bool overdue, request_open;
};
#define ROW(member, name_, type_) .name = (name_), .offset = offsetof(struct dispute_view, d.member), .type = (type_)
#define VIEW(member, type_) FIELD_AT(struct dispute_view, member), .type = (type_)
// What an overseer sees: number, category, state, clock.
#define SUMMARY_FIELDS                                                                                                 \
    {ROW(id, "id", FIELD_ID), .read = READ_ALL, .doc = "The case; its number"},                                        \
        {ROW(version, "version", FIELD_INT), .read = READ_ALL, .doc = "For If-Match"},                                 \
        {ROW(state, "state", FIELD_ENUM), .read = READ_ALL, .names = dispute_state_names, .doc = "Where it stands"},   \
        {VIEW(state_zh, FIELD_TEXT), .read = READ_ALL, .doc = "The state in Chinese"},                                 \
        {VIEW(state_en, FIELD_TEXT), .read = READ_ALL, .doc = "The state in English"},                                 \
        {ROW(open, "open", FIELD_BOOL), .read = READ_ALL, .doc = "Somebody still has to act"},                         \
        {ROW(category, "category", FIELD_ENUM), .read = READ_ALL, .names = dispute_category_names,                     \
         .doc = "What it is about"},                                                                                   \
        {ROW(opened_at_ms, "opened_at", FIELD_TIME), .read = READ_ALL, .doc = "When it was opened"},                   \
        {ROW(clock, "clock", FIELD_ENUM), .read = READ_ALL, .names = dispute_clock_names, .doc = "What runs"},         \
        {ROW(clock_from_ms, "clock_from", FIELD_TIME), .read = READ_ALL, .doc = "Since when"},                         \
        {ROW(due_at_ms, "due_at", FIELD_TIME), .read = READ_ALL, .doc = "Until when; of a visit: by when"},            \
        {VIEW(overdue, FIELD_BOOL), .read = READ_ALL, .doc = "That has passed"},                                       \
        {ROW(level, "level", FIELD_INT), .read = READ_ALL, .doc = "Marks of the clock that were reached"},             \
        {ROW(escalated_name, "escalated_to", FIELD_TEXT), .read = READ_ALL, .doc = "The post above it was put to"},    \
        {VIEW(relation, FIELD_TEXT), .read = READ_ALL, .doc = "desk, mediator, proposed or overseer"},                 \
    {                                                                                                                  \
        VIEW(place, FIELD_TEXT), .read = READ_STAFF, .max = 400, .doc = "Where it is"                                  \
    }
static const struct field dispute_summary_fields[] = {SUMMARY_FIELDS};
const struct record dispute_summary_record = {"dispute_summary", NULL, sizeof(struct dispute_view),
                                              FIELDS(dispute_summary_fields)};
static const struct field dispute_view_fields[] = {
    SUMMARY_FIELDS,
    {ROW(place_id, "place_id", FIELD_ID), .read = READ_STAFF, .doc = "Where it is"},
    {ROW(source, "source", FIELD_ENUM), .read = READ_SCOPE, .names = dispute_source_names, .doc = "How it came"},
    {ROW(request_id, "request_id", FIELD_ID), .read = READ_SCOPE, .doc = "The request it came from"},
    {VIEW(request_open, FIELD_BOOL), .read = READ_SCOPE, .doc = "That request still has to be finished"},
    {ROW(accepted_at_ms, "accepted_at", FIELD_TIME), .read = READ_STAFF, .doc = "When all had agreed to mediation"},
    {ROW(extended, "extended", FIELD_INT), .read = READ_STAFF, .doc = "Days added with all parties' consent"},
    {ROW(round, "round", FIELD_INT), .read = READ_STAFF, .doc = "One more each time an agreement was broken"},
    {ROW(result, "result", FIELD_ENUM), .read = READ_STAFF, .names = dispute_result_names, .doc = "How it ended"},
    {ROW(referral, "referral", FIELD_ENUM), .read = READ_STAFF, .names = dispute_referral_names,
     .doc = "Where the parties can go"},
    {ROW(ended_at_ms, "ended_at", FIELD_TIME), .read = READ_STAFF, .doc = "When mediation ended"},
    {ROW(closed_at_ms, "closed_at", FIELD_TIME), .read = READ_STAFF, .doc = "When nothing was left to do"},
    {VIEW(parties, FIELD_JSON), .flags = FIELD_MANY, .read = READ_STAFF, .of = &dispute_party_view_record,
     .doc = "Masked; POST …/read opens them"},
    {VIEW(mediators, FIELD_JSON), .flags = FIELD_MANY, .read = READ_STAFF, .of = &dispute_mediator_view_record,
     .doc = "Everybody who was asked"},
    {VIEW(sessions, FIELD_JSON), .flags = FIELD_MANY, .read = READ_SCOPE, .of = &dispute_session_record,
     .doc = "Without their minutes: POST …/read opens them"},
    {VIEW(agreements, FIELD_JSON), .flags = FIELD_MANY, .read = READ_SCOPE, .of = &dispute_agreement_record,
     .doc = "Without their texts: POST …/read opens them"},
    {VIEW(terms, FIELD_JSON), .flags = FIELD_MANY, .read = READ_SCOPE, .of = &dispute_term_record,
     .doc = "Without their texts"},
    {VIEW(visits, FIELD_JSON), .flags = FIELD_MANY, .read = READ_SCOPE, .of = &dispute_visit_record,
     .doc = "Follow-up visits"},
    {VIEW(media, FIELD_JSON), .flags = FIELD_MANY, .read = READ_SCOPE, .of = &media_view_record,
     .doc = "Pictures of the signed paper"},
    {VIEW(timeline, FIELD_JSON), .flags = FIELD_MANY, .read = READ_SCOPE, .of = &dispute_step_view_record,
     .doc = "What happened, oldest first"},
    {VIEW(actions, FIELD_JSON), .read = READ_STAFF, .doc = "What the reader may do now: action, label, input"},
};
const struct record dispute_view_record = {"dispute_view", NULL, sizeof(struct dispute_view),
                                           FIELDS(dispute_view_fields)};

// --- filling --------------------------------------------------------------------------------------------------------
struct list_text {
    struct buf buf;
    struct json_writer w;
};

static struct json_writer *begin(struct list_text *list)
{
    buf_init(&list->buf, 1 << 18);
    json_writer_init(&list->w, &list->buf);
    json_array_begin(&list->w);
    return &list->w;
}

static struct str end(struct ctx *c, struct list_text *list)
{
    json_array_end(&list->w);
    struct str text = list->buf.full ? (struct str){0} : str_copy(c->arena, buf_str(&list->buf));
    buf_free(&list->buf);
    return text;
}

static struct str rows_text(struct ctx *c, const struct record *record, const void *rows, size_t count)
{
    struct list_text list;
    struct json_writer *w = begin(&list);
    for (size_t i = 0; i < count; i++)
        record_to_json(c, record, (const char *)rows + i * record->size_bytes, 0, READ_SCOPE, w);
    return end(c, &list);
}

static enum err parties_text(struct ctx *c, const struct dispute_case *dc, unsigned readers, struct str *ret_text)
{
    struct list_text list;
    struct json_writer *w = begin(&list);
    for (size_t i = 0; i < dc->parts.party_count; i++) {
        const struct dispute_party *p = &dc->parts.parties[i];
        const struct dispute_signature *s = dispute_signature_of(&dc->parts, p->id, dc->d.round);
        struct dispute_party_view v = {.id = p->id,
                                       .side = p->side,
                                       .consent = p->consent,
                                       .consent_at = p->consent_at_ms,
                                       .signed_at = s ? s->signed_at_ms : 0};
        struct str name, phone;
        TRY(dispute_unseal(c, &dispute_party_record, "name", p->id, p->name, &name));
        TRY(dispute_unseal(c, &dispute_party_record, "phone", p->id, p->phone, &phone));
        v.name = mask_text(c->arena, name);
        v.phone = phone.n ? mask_text(c->arena, phone) : phone;
        record_to_json(c, &dispute_party_view_record, &v, 0, readers, w);
    }
    *ret_text = end(c, &list);
    return OK;
}

static struct str name_of(struct ctx *c, int64_t person_id)
{
    struct str name = {0};
    if (person_id && person_masked_name(c, person_id, &name) != OK)
        ctx_clear_error(c); // an account that was closed has no name any more
    return name;
}

static struct str mediators_text(struct ctx *c, const struct dispute_case *dc, unsigned readers)
{
    struct list_text list;
    struct json_writer *w = begin(&list);
    for (size_t i = 0; i < dc->parts.mediator_count; i++) {
        const struct dispute_mediator *m = &dc->parts.mediators[i];
        struct dispute_mediator_view v = {.person_id = m->person_id,
                                          .name = name_of(c, m->person_id),
                                          .standing = m->standing,
                                          .since = m->answered_at_ms ? m->answered_at_ms : m->proposed_at_ms,
                                          .me = m->person_id == c->actor.person_id};
        record_to_json(c, &dispute_mediator_view_record, &v, 0, readers, w);
    }
    return end(c, &list);
}

static void label_of(struct str type, struct dispute_step_view *v)
{
    v->label_zh = STR("登记");
    v->label_en = STR("Opened");
    if (str_equal_z(type, "personal.read")) {
        v->label_zh = STR("查阅保密内容");
        v->label_en = STR("Confidential content was read");
    }
    for (size_t i = 0; i < dispute_flow.rule_count; i++)
        if (str_equal_z(type, dispute_flow.rules[i].event)) {
            v->label_zh = str_of(dispute_flow.rules[i].zh);
            v->label_en = str_of(dispute_flow.rules[i].en);
        }
}

#define STEPS_MAX 1000
static enum err timeline_text(struct ctx *c, const struct dispute *d, struct str *ret_text)
{
    struct rows rows;
    struct list_text list;
    TRY(event_list(c, "dispute", d->id, 0, STEPS_MAX, &rows));
    const struct event *events = rows.at;
    struct json_writer *w = begin(&list);
    for (size_t i = 0; i < rows.count; i++) {
        struct dispute_step_view v = {.id = events[i].id,
                                      .at = events[i].at_ms,
                                      .type = events[i].type,
                                      .by = name_of(c, events[i].actor_id),
                                      .noted = str_find(events[i].data, STR("\"note_box\""), 0) != (size_t)-1};
        label_of(events[i].type, &v);
        record_to_json(c, &dispute_step_view_record, &v, 0, READ_SCOPE, w);
    }
    *ret_text = end(c, &list);
    return OK;
}

static enum err actions_text(struct ctx *c, struct dispute_case *dc, struct str *ret_text)
{
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, 1 << 17);
    json_writer_init(&w, &buf);
    enum err err = flow_write_actions(c, &dispute_flow, &dc->d, &w);
    *ret_text = str_copy(c->arena, buf_str(&buf));
    buf_free(&buf);
    return err;
}

static struct str relation_text(unsigned relations)
{
    for (size_t i = 0; i < dispute_flow.relation_count; i++)
        if (relations & dispute_flow.relations[i].bit)
            return str_of(dispute_flow.relations[i].name);
    return STR("");
}

static enum err fill(struct ctx *c, const struct dispute *d, unsigned relations, struct dispute_view *v)
{
    const struct flow_state *state = &dispute_flow.states[d->state];
    *v = (struct dispute_view){.d = *d,
                               .state_zh = str_of(state->zh),
                               .state_en = str_of(state->en),
                               .relation = relation_text(relations),
                               .overdue = d->open && d->due_at_ms && c->now_ms > d->due_at_ms};
    if (!(relations & (DISPUTE_ROOM | DISPUTE_PROPOSED)))
        return OK;
    return place_full_name(c, d->place_id, PLACE_COMMUNITY, &v->place);
}

enum err dispute_write_summary(struct ctx *c, const struct dispute *d, unsigned relations, struct json_writer *w)
{
    struct dispute_view v;
    TRY(fill(c, d, relations, &v));
    record_to_json(c, &dispute_summary_record, &v, d->id, dispute_readers(relations), w);
    return OK;
}

static enum err fill_room(struct ctx *c, struct dispute_case *dc, struct dispute_view *v)
{
    const struct dispute_parts *p = &dc->parts;
    struct rows media;
    struct request r;
    v->sessions = rows_text(c, &dispute_session_record, p->sessions, p->session_count);
    v->agreements = rows_text(c, &dispute_agreement_record, p->agreements, p->agreement_count);
    v->terms = rows_text(c, &dispute_term_record, p->terms, p->term_count);
    v->visits = rows_text(c, &dispute_visit_record, p->visits, p->visit_count);
    TRY(media_list(c, "dispute", dc->d.id, &media));
    v->media = rows_text(c, &media_view_record, media.at, media.count);
    if (dc->d.request_id) {
        TRY(request_get(c, dc->d.request_id, &r));
        v->request_open = r.open && (r.state == REQUEST_IN_PROGRESS || r.state == REQUEST_DISPATCHED);
    }
    return timeline_text(c, &dc->d, &v->timeline);
}

enum err dispute_write_view(struct ctx *c, struct dispute_case *dc, struct json_writer *w)
{
    struct dispute_view v;
    unsigned relations;
    TRY(dispute_may_see(c, &dc->d, &relations));
    unsigned readers = dispute_readers(relations);
    TRY(fill(c, &dc->d, relations, &v));
    if (relations & DISPUTE_ROOM)
        TRY(fill_room(c, dc, &v));
    if (relations & (DISPUTE_ROOM | DISPUTE_PROPOSED)) {
        TRY(parties_text(c, dc, readers, &v.parties));
        v.mediators = mediators_text(c, dc, readers);
        TRY(actions_text(c, dc, &v.actions));
    }
    record_to_json(c, &dispute_view_record, &v, dc->d.id, readers, w);
    return OK;
}
