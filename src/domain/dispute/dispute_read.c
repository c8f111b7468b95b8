// SPDX-License-Identifier: MulanPSL-2.0
// Reading in clear: one part of a case at a time, with a reason, and an event that says who, what and why. No event, no
// reading. And the desk's export, which is the same for all its cases.
#include "base/csv.h"
#include "base/id.h"
#include "dispute_sql.h"
#include "domain/dispute/dispute_internal.h"
#include "flow/event_data.h"
#include "flow/personal.h"

enum part { PART_WORDS, PART_PARTIES, PART_SESSION, PART_AGREEMENT, PART_NOTE };
static const char *const part_names[] = {"words", "parties", "session", "agreement", "note", NULL};

#define DISPUTE_READ_FIELDS(F, S)                                                                                      \
    F(S, ENUM, part, .flags = FIELD_INPUT | FIELD_REQUIRED, .names = part_names, .doc = "What to read")                \
    F(S, ID, of, .flags = FIELD_INPUT, .doc = "session: which; note: which step")                                      \
    F(S, INT, round, .flags = FIELD_INPUT, .min = 1, .max = DISPUTE_ROUNDS_MAX, .doc = "agreement: of which round")    \
    F(S, TEXT, reason, .flags = FIELD_INPUT | FIELD_REQUIRED, .min = 2, .max = PERSONAL_REASON_MAX,                    \
      .doc = "Why; kept in the log")
struct dispute_read {
    DISPUTE_READ_FIELDS(FIELD_MEMBER, dispute_read)
};
static const struct field dispute_read_fields[] = {DISPUTE_READ_FIELDS(FIELD_ROW, dispute_read)};
const struct record dispute_read_record = {"dispute_read", NULL, sizeof(struct dispute_read),
                                           FIELDS(dispute_read_fields)};

#define CLEAR_PARTY_FIELDS(F, S)                                                                                       \
    F(S, ID, id, .read = READ_STAFF, .doc = "The party")                                                               \
    F(S, TEXT, name, .read = READ_STAFF, .doc = "Who it is")                                                           \
    F(S, TEXT, phone, .read = READ_SCOPE, .doc = "Number to ring")                                                     \
    F(S, TEXT, home, .read = READ_STAFF, .max = 400, .doc = "House and door")                                          \
    F(S, TEXT, signed_name, .read = READ_SCOPE, .doc = "As it signed")
struct clear_party {
    CLEAR_PARTY_FIELDS(FIELD_MEMBER, clear_party)
};
static const struct field clear_party_fields[] = {CLEAR_PARTY_FIELDS(FIELD_ROW, clear_party)};
static const struct record clear_party_record = {"dispute_clear_party", NULL, sizeof(struct clear_party),
                                                 FIELDS(clear_party_fields)};
#define CLEAR_TERM_FIELDS(F, S)                                                                                        \
    F(S, ID, id, .read = READ_STAFF, .doc = "The term")                                                                \
    F(S, TEXT, text, .read = READ_STAFF, .max = 500, .doc = "What has to be done")                                     \
    F(S, TIME, due_at, .read = READ_STAFF, .doc = "Until when; null: no day")
struct clear_term {
    CLEAR_TERM_FIELDS(FIELD_MEMBER, clear_term)
};
static const struct field clear_term_fields[] = {CLEAR_TERM_FIELDS(FIELD_ROW, clear_term)};
static const struct record clear_term_record = {"dispute_clear_term", NULL, sizeof(struct clear_term),
                                                FIELDS(clear_term_fields)};
#define DISPUTE_CLEAR_FIELDS(F, S)                                                                                     \
    F(S, TEXT, text, .read = READ_STAFF, .max = 10000, .doc = "Words, minutes, agreement or note")                     \
    F(S, JSON, parties, .flags = FIELD_MANY, .read = READ_STAFF, .of = &clear_party_record,                            \
      .doc = "parties, agreement: who they are; else null")                                                            \
    F(S, JSON, terms, .flags = FIELD_MANY, .read = READ_STAFF, .of = &clear_term_record, .doc = "agreement: its terms")
struct dispute_clear {
    DISPUTE_CLEAR_FIELDS(FIELD_MEMBER, dispute_clear)
};
static const struct field dispute_clear_fields[] = {DISPUTE_CLEAR_FIELDS(FIELD_ROW, dispute_clear)};
const struct record dispute_clear_record = {"dispute_clear", NULL, sizeof(struct dispute_clear),
                                            FIELDS(dispute_clear_fields)};

// --- the parts ------------------------------------------------------------------------------------------------------
static struct str take(struct ctx *c, struct buf *buf)
{
    struct str text = buf->full ? (struct str){0} : str_copy(c->arena, buf_str(buf));
    buf_free(buf);
    return text;
}

static enum err open_party(struct ctx *c, const struct dispute_case *dc, const struct dispute_party *p, int64_t round,
                           struct clear_party *ret)
{
    const struct dispute_signature *s = dispute_signature_of(&dc->parts, p->id, round);
    struct str home, door, house = {0};
    int64_t place_id;
    *ret = (struct clear_party){.id = p->id};
    TRY(dispute_unseal(c, &dispute_party_record, "name", p->id, p->name, &ret->name));
    TRY(dispute_unseal(c, &dispute_party_record, "phone", p->id, p->phone, &ret->phone));
    TRY(dispute_unseal(c, &dispute_party_record, "home", p->id, p->home, &home));
    TRY(dispute_unseal(c, &dispute_party_record, "door_number", p->id, p->door_number, &door));
    if (home.n && id_parse(home, &place_id) && place_full_name(c, place_id, PLACE_ESTATE, &house) != OK)
        ctx_clear_error(c);
    ret->home = str_trim(str_format(c->arena, "%.*s %.*s", STR_ARG(house), STR_ARG(door)));
    if (s)
        TRY(dispute_unseal(c, &dispute_signature_record, "name", s->id, s->name, &ret->signed_name));
    return OK;
}

static enum err parties_text(struct ctx *c, const struct dispute_case *dc, int64_t round, unsigned readers,
                             struct str *ret_text)
{
    struct buf buf;
    struct json_writer w;
    struct clear_party party;
    enum err err = OK;
    buf_init(&buf, 65536);
    json_writer_init(&w, &buf);
    json_array_begin(&w);
    for (size_t i = 0; i < dc->parts.party_count && err == OK; i++) {
        err = open_party(c, dc, &dc->parts.parties[i], round, &party);
        if (err == OK)
            record_to_json(c, &clear_party_record, &party, 0, readers, &w);
    }
    json_array_end(&w);
    *ret_text = take(c, &buf);
    return err;
}

static enum err terms_text(struct ctx *c, const struct dispute_case *dc, int64_t round, struct str *ret_text)
{
    struct buf buf;
    struct json_writer w;
    enum err err = OK;
    buf_init(&buf, 65536);
    json_writer_init(&w, &buf);
    json_array_begin(&w);
    for (size_t i = 0; i < dc->parts.term_count && err == OK; i++) {
        const struct dispute_term *term = &dc->parts.terms[i];
        struct clear_term clear = {.id = term->id, .due_at = term->due_at_ms};
        if (term->round != round)
            continue;
        err = dispute_unseal(c, &dispute_term_record, "text", term->id, term->text, &clear.text);
        record_to_json(c, &clear_term_record, &clear, 0, READ_STAFF, &w);
    }
    json_array_end(&w);
    *ret_text = take(c, &buf);
    return err;
}

static enum err open_session(struct ctx *c, const struct dispute_case *dc, int64_t id, struct str *ret_text)
{
    for (size_t i = 0; i < dc->parts.session_count; i++) {
        const struct dispute_session *s = &dc->parts.sessions[i];
        if (s->id == id)
            return dispute_unseal(c, &dispute_session_record, "minutes", id, s->minutes, ret_text);
    }
    return fail_field(c, ERR_INVALID, "dispute.no_such_session", STR("of"));
}

static enum err open_note(struct ctx *c, const struct dispute_case *dc, int64_t id, struct str *ret_text)
{
    struct rows rows;
    TRY(event_list(c, "dispute", dc->d.id, id - 1, 1, &rows));
    const struct event *event = rows.at;
    if (rows.count != 1 || event->id != id)
        return fail_field(c, ERR_INVALID, "dispute.no_such_step", STR("of"));
    return event_note_open(c, event, ret_text);
}

static enum err open_part(struct ctx *c, const struct dispute_case *dc, const struct dispute_read *in, unsigned readers,
                          struct dispute_clear *ret)
{
    int64_t round = in->round ? in->round : dc->d.round;
    const struct dispute_agreement *a = dispute_agreement_of(&dc->parts, round);
    switch ((enum part)in->part) {
    case PART_WORDS:
        return dispute_unseal(c, &dispute_record, "words", dc->d.id, dc->d.words, &ret->text);
    case PART_PARTIES:
        return parties_text(c, dc, round, readers, &ret->parties);
    case PART_SESSION:
        return open_session(c, dc, in->of, &ret->text);
    case PART_AGREEMENT:
        if (a)
            TRY(dispute_unseal(c, &dispute_agreement_record, "text", a->id, a->text, &ret->text));
        TRY(parties_text(c, dc, round, readers, &ret->parties));
        return terms_text(c, dc, round, &ret->terms);
    case PART_NOTE:
        return open_note(c, dc, in->of, &ret->text);
    }
    return fail(c, ERR_INTERNAL, "dispute.unknown");
}

static enum err tell_reading(struct ctx *c, const struct dispute *d, const struct dispute_read *in)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "field");
    json_put_z(w, part_names[in->part]);
    event_note_put(c, w, d->id, in->reason);
    return event_data_append(c, &data, "dispute", d->id, "personal.read");
}

struct read_call {
    struct http_request *rq;
    struct http_response *rs;
};

static enum err read_one(struct ctx *c, void *arg)
{
    struct read_call *call = arg;
    struct dispute_case dc;
    struct dispute_read in = {0};
    struct dispute_clear out = {0};
    const struct json *body;
    int64_t id;
    unsigned relations;
    http_response_reset(call->rs);
    TRY(http_param_id(c, call->rq, "id", &id));
    TRY(dispute_case_read(c, id, &dc));
    TRY(dispute_may_see(c, &dc.d, &relations)); // before a look at the body
    TRY(json_parse(c, call->rq->body, &body));
    TRY(record_from_json(c, &dispute_read_record, body, RECORD_CREATE, 0, &in));
    bool may = relations & DISPUTE_ROOM || (relations & DISPUTE_PROPOSED && in.part == PART_PARTIES);
    if (!may)
        return fail(c, ERR_FORBIDDEN, "dispute.not_in_the_room");
    TRY(tell_reading(c, &dc.d, &in));
    TRY(open_part(c, &dc, &in, dispute_readers(relations), &out));
    struct json_writer w;
    json_writer_init(&w, &call->rs->body);
    record_to_json(c, &dispute_clear_record, &out, 0, READ_STAFF, &w);
    return OK;
}

// Not replayed from the idempotency store: an answer in clear is kept nowhere.
enum err dispute_http_read(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct read_call call = {rq, rs};
    TRY(store_write(c, read_one, &call));
    http_set_header(rs, "Cache-Control", STR("no-store"));
    return OK;
}

// --- the desk's export ----------------------------------------------------------------------------------------------
#define EXPORT_MAX 2000
#define EXPORT_REASON_FIELDS(F, S)                                                                                     \
    F(S, TEXT, reason, .flags = FIELD_INPUT | FIELD_REQUIRED, .min = 2, .max = PERSONAL_REASON_MAX,                    \
      .doc = "What for; kept in the log")
struct export_reason {
    EXPORT_REASON_FIELDS(FIELD_MEMBER, export_reason)
};
static const struct field export_reason_fields[] = {EXPORT_REASON_FIELDS(FIELD_ROW, export_reason)};
const struct record dispute_reason_record = {"dispute_export_reason", NULL, sizeof(struct export_reason),
                                             FIELDS(export_reason_fields)};

static struct str day(struct ctx *c, int64_t at_ms)
{
    char text[25];
    if (!at_ms)
        return STR("");
    time_format(at_ms, text);
    return str_copy(c->arena, str_of(text));
}

static enum err export_row(struct ctx *c, const struct dispute *d, struct buf *out)
{
    struct dispute_case dc = {.d = *d};
    struct clear_party party;
    struct str names = {0};
    TRY(dispute_parts_read(c, d->id, &dc.parts));
    for (size_t i = 0; i < dc.parts.party_count; i++) {
        TRY(open_party(c, &dc, &dc.parts.parties[i], d->round, &party));
        names = str_format(c->arena, "%.*s%s%.*s", STR_ARG(names), i ? "; " : "", STR_ARG(party.name));
    }
    const struct str cells[] = {id_text(c->arena, d->id),
                                str_of(dispute_category_names[d->category]),
                                str_of(dispute_state_names[d->state]),
                                str_of(dispute_result_names[d->result]),
                                str_of(dispute_referral_names[d->referral]),
                                day(c, d->opened_at_ms),
                                day(c, d->accepted_at_ms),
                                day(c, d->due_at_ms),
                                day(c, d->ended_at_ms),
                                names};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        csv_write_field(out, cells[i], i == 0, true);
    csv_write_end(out);
    return OK;
}

static enum err export_place(struct ctx *c, int64_t place_id, struct buf *out, int64_t *count)
{
    struct rows rows;
    TRY(db_list(c, &sql_dispute_page_community,
                ARGS(ARG_INT("place_id", place_id), ARG_INT("before", INT64_MAX), ARG_INT("open_min", 0),
                     ARG_INT("max", EXPORT_MAX)),
                &dispute_record, EXPORT_MAX, &rows));
    const struct dispute *d = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        if (d[i].against_id == c->actor.person_id)
            continue;
        TRY(export_row(c, &d[i], out));
        ++*count;
    }
    return OK;
}

static enum err export_all(struct ctx *c, void *arg)
{
    static const char *const heads[] = {"number",    "category",    "state",  "result",   "referral",
                                        "opened_at", "accepted_at", "due_at", "ended_at", "parties"};
    struct read_call *call = arg;
    struct export_reason in = {0};
    const struct json *body;
    struct event_data data;
    int64_t count = 0;
    http_response_reset(call->rs);
    TRY(json_parse(c, call->rq->body, &body));
    TRY(record_from_json(c, &dispute_reason_record, body, RECORD_CREATE, 0, &in));
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        csv_write_field(&call->rs->body, str_of(heads[i]), i == 0, false);
    csv_write_end(&call->rs->body);
    for (size_t i = 0; i < c->actor.grant_count; i++)
        if (c->actor.grants[i].role == ROLE_COMMUNITY)
            TRY(export_place(c, c->actor.grants[i].place_id, &call->rs->body, &count));
    if (call->rs->body.full)
        return fail(c, ERR_TOO_LARGE, "request.export_too_large");
    struct json_writer *w = event_data_begin(&data);
    int64_t id = ids_next(c->house->ids, c->now_ms);
    json_key(w, "what");
    json_put_z(w, "disputes.csv");
    json_key(w, "rows");
    json_put_int(w, count);
    event_note_put(c, w, id, in.reason);
    return event_data_append(c, &data, "export", id, "export.made");
}

enum err dispute_http_export(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct read_call call = {rq, rs};
    TRY(store_write(c, export_all, &call));
    rs->content_type = "text/csv; charset=utf-8";
    http_set_header(rs, "Cache-Control", STR("no-store"));
    http_set_header(rs, "Content-Disposition", STR("attachment; filename=\"disputes.csv\""));
    return OK;
}
