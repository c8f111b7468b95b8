// SPDX-License-Identifier: MulanPSL-2.0
// The care list over HTTP: only for the community's desk, and what concerns one person for who visits.
#include "base/id.h"
#include "base/phone.h"
#include "domain/round/round_internal.h"
#include "flow/command.h"
#include "round_sql.h"

#define DESK ROLE_BIT(ROLE_COMMUNITY)
#define VISITORS (ROLES_STAFF & ~ROLE_BIT(ROLE_UNIT))
#define VISITS_SHOWN 20

#define CARE_VISIT_FIELDS(F, S)                                                                                        \
    F(S, TEXT, kind, .read = READ_SCOPE)                                                                               \
    F(S, TEXT, result, .read = READ_SCOPE)                                                                             \
    F(S, TIME_MS, ticked_at, .read = READ_SCOPE)                                                                       \
    F(S, TEXT, words, .read = READ_SCOPE, .doc = "What the visitor wrote")                                             \
    F(S, ID, request_id, .read = READ_SCOPE)
struct care_visit {
    CARE_VISIT_FIELDS(FIELD_MEMBER, care_visit)
};
static const struct field visit_fields[] = {CARE_VISIT_FIELDS(FIELD_ROW, care_visit)};
const struct record care_visit_record = {"care_visit", NULL, sizeof(struct care_visit), FIELDS(visit_fields)};

// 404 for who has nothing to do with the person.
static enum err care_of(struct ctx *c, const struct http_request *rq, enum care_access least, struct care *ret_care,
                        enum care_access *ret_access)
{
    int64_t id;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(care_get(c, id, ret_care));
    TRY(care_access_of(c, ret_care, ret_access));
    return *ret_access >= least ? OK : fail(c, ERR_NOT_FOUND, "care.unknown");
}

static enum err write_visits(struct ctx *c, const struct care *care, struct str *ret_json)
{
    struct rows rows;
    struct buf out;
    struct json_writer w;
    TRY(db_list(c, &sql_round_items_of_care, ARGS(ARG_INT("care_id", care->id), ARG_INT("max", VISITS_SHOWN)),
                &round_item_record, VISITS_SHOWN, &rows));
    const struct round_item *items = rows.at;
    buf_init(&out, 1 << 18);
    json_writer_init(&w, &out);
    json_array_begin(&w);
    enum err err = OK;
    for (size_t i = 0; i < rows.count && err == OK; i++) {
        struct care_visit visit = {.kind = str_of(round_kind_names[items[i].kind]),
                                   .result = str_of(round_result_names[items[i].result]),
                                   .ticked_at_ms = items[i].ticked_at_ms,
                                   .request_id = items[i].request_id};
        err = round_open(c, &round_item_record, "words", items[i].id, items[i].words, &visit.words);
        record_to_json(c, &care_visit_record, &visit, 0, READ_SCOPE, &w);
    }
    json_array_end(&w);
    *ret_json = str_copy(c->arena, buf_str(&out));
    buf_free(&out);
    return err;
}

static enum err write(struct ctx *c, struct care *care, bool whole, struct json_writer *w)
{
    struct round_plan plan;
    TRY(round_plan_over(c, care->place_id, &plan));
    care->planned = plan.id != 0;
    care->next_visit = care->withdrawn_at_ms ? STR("") : round_date(c, care->next_day);
    care->recorded_by = STR("");
    if (care->consent_by)
        TRY(person_masked_name(c, care->consent_by, &care->recorded_by));
    care->visits = STR("[]");
    if (whole)
        TRY(write_visits(c, care, &care->visits));
    record_to_json(c, &care_record, care, care->id, READ_SCOPE, w);
    return OK;
}

static enum err answer(struct ctx *c, struct care *care, struct http_response *rs)
{
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    http_set_etag_version(rs, care->version);
    return write(c, care, true, &w);
}

// --- reading ---------------------------------------------------------------------------------------------------------
struct call {
    struct http_request *rq;
    struct http_response *rs;
};

static enum err read_list(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    int64_t place_id, after, limit;
    struct place place;
    struct rows rows;
    struct json_writer w;
    const struct grant *grant = NULL;
    TRY(http_query_id(c, call->rq, "place", &place_id));
    TRY(http_query_id(c, call->rq, "after", &after));
    TRY(http_query_int(c, call->rq, "limit", 1, 100, 50, &limit));
    for (size_t i = 0; i < c->actor.grant_count && !place_id; i++)
        if (c->actor.grants[i].role == ROLE_COMMUNITY)
            place_id = c->actor.grants[i].place_id;
    TRY(place_get(c, place_id, &place));
    TRY(account_grant_over(c, DESK, place_id, &grant));
    if (!grant)
        return fail(c, ERR_NOT_FOUND, "place.unknown");
    TRY(db_list(c, &sql_cares_under,
                ARGS(ARG_TEXT("under", place_under(c, &place)), ARG_INT("after", after), ARG_INT("max", limit)),
                &care_record, 100, &rows));
    struct care *cares = rows.at;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        TRY(write(c, &cares[i], false, &w));
    json_list_end(&w, rows.count == (size_t)limit ? cares[rows.count - 1].id : 0);
    return OK;
}

static enum err list_care(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {rq, rs};
    return store_read(c, read_list, &call);
}

static enum err read_one(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct care care;
    enum care_access access;
    TRY(care_of(c, call->rq, CARE_DESK, &care, &access));
    buf_clear(&call->rs->body);
    return answer(c, &care, call->rs);
}

static enum err get_care(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {rq, rs};
    return store_read(c, read_one, &call);
}

// --- writing ---------------------------------------------------------------------------------------------------------
static enum err check_input(struct ctx *c, const struct json *body)
{
    struct str reason = json_str(json_get(body, "reason")), phone = json_str(json_get(body, "phone")), read;
    if (json_get(body, "reason") && enum_from_name(care_reason_names, reason) < 0)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("reason"));
    if (phone.n && !phone_contact(c->arena, phone, &read))
        return fail_field(c, ERR_INVALID, "request.bad_phone", STR("phone"));
    return OK;
}

static enum err do_record(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    const struct grant *grant;
    struct care care = {.id = ids_next(c->house->ids, c->now_ms),
                        .consent_by = c->actor.person_id,
                        .meal_days = STR(""),
                        .meal = STR("")};
    (void)arg;
    TRY(json_parse(c, rq->body, &body));
    TRY(check_input(c, body));
    TRY(record_from_json(c, &care_record, body, RECORD_CREATE, care.id, &care));
    enum err err = account_grant_over(c, DESK, care.place_id, &grant);
    if (err == ERR_NOT_FOUND || (err == OK && !grant))
        return fail_field(c, ERR_INVALID, "care.wrong_place", STR("place_id"));
    TRY(err);
    TRY(care_insert(c, &care));
    rs->status = 201;
    return answer(c, &care, rs);
}

static enum err post_care(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_record, NULL);
}

static enum err do_change(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    struct care care;
    enum care_access access;
    int64_t if_version;
    (void)arg;
    TRY(care_of(c, rq, CARE_DESK, &care, &access));
    TRY(http_if_match(c, rq, &if_version));
    if (care.withdrawn_at_ms)
        return fail(c, ERR_CONFLICT, "care.withdrawn");
    if (if_version >= 0 && if_version != care.version)
        return fail(c, ERR_STALE, "care.stale");
    TRY(json_parse(c, rq->body, &body));
    TRY(check_input(c, body));
    int64_t place_id = care.place_id;
    int how = care.consent_how;
    TRY(record_from_json(c, &care_record, body, RECORD_CHANGE, care.id, &care));
    if (care.place_id != place_id || care.consent_how != how)
        return fail(c, ERR_INVALID, "care.stays");
    if (!care.name.n || !care.door_number.n)
        return fail_field(c, ERR_INVALID, "field.missing", care.name.n ? STR("door_number") : STR("name"));
    TRY(care_save(c, &care));
    TRY(care_event(c, &care, "care.changed"));
    return answer(c, &care, rs);
}

static enum err patch_care(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_change, NULL);
}

#define WITHDRAW_FIELDS(F, S)                                                                                          \
    F(S, ENUM, how, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_OWNER, .names = care_consent_names,            \
      .doc = "How it was said: written, spoken or by the guardian")
struct care_withdrawal {
    WITHDRAW_FIELDS(FIELD_MEMBER, care_withdrawal)
};
static const struct field withdraw_fields[] = {WITHDRAW_FIELDS(FIELD_ROW, care_withdrawal)};
static const struct record care_withdrawal_record = {"care_withdrawal", NULL, sizeof(struct care_withdrawal),
                                                     FIELDS(withdraw_fields)};

static enum err do_withdraw(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    struct care care;
    struct care_withdrawal in = {0};
    enum care_access access;
    (void)arg;
    TRY(care_of(c, rq, CARE_VISITOR, &care, &access)); // who stands at the door can be told so
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &care_withdrawal_record, body, RECORD_CREATE, 0, &in));
    if (care.withdrawn_at_ms)
        return fail(c, ERR_CONFLICT, "care.withdrawn");
    TRY(care_withdraw(c, &care, care_consent_names[in.how]));
    rs->status = 204;
    return OK;
}

static enum err post_withdraw(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_withdraw, NULL);
}

#define MEAL_FIELDS(F, S)                                                                                              \
    F(S, TEXT, date, .flags = FIELD_INPUT, .read = READ_OWNER, .max = 10, .doc = "Local day; absent: today")           \
    F(S, TEXT, what, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_OWNER, .max = 40)
struct meal_input {
    MEAL_FIELDS(FIELD_MEMBER, meal_input)
};
static const struct field meal_fields[] = {MEAL_FIELDS(FIELD_ROW, meal_input)};
static const struct record meal_record = {"care_meal_new", NULL, sizeof(struct meal_input), FIELDS(meal_fields)};

static enum err do_meal(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    struct care care;
    struct meal_input in = {0};
    enum care_access access;
    int64_t at_ms, day = round_today(c);
    (void)arg;
    TRY(care_of(c, rq, CARE_DESK, &care, &access));
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &meal_record, body, RECORD_CREATE, 0, &in));
    if (in.date.n) {
        if (in.date.n != 10 || !time_parse(in.date, &at_ms))
            return fail_field(c, ERR_INVALID, "field.bad_time", STR("date"));
        day = at_ms / DAY_MS;
    }
    TRY(care_meal_add(c, care.id, day, in.what));
    rs->status = 201;
    return answer(c, &care, rs);
}

static enum err post_meal(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_meal, NULL);
}

// --- in clear --------------------------------------------------------------------------------------------------------
#define OPEN_FIELDS(F, S)                                                                                              \
    F(S, TEXT, reason, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_OWNER, .min = 2, .max = 200,                \
      .doc = "Why it has to be read; kept in the log")
struct care_opening {
    OPEN_FIELDS(FIELD_MEMBER, care_opening)
};
static const struct field opening_fields[] = {OPEN_FIELDS(FIELD_ROW, care_opening)};
static const struct record care_opening_record = {"care_opening", NULL, sizeof(struct care_opening),
                                                  FIELDS(opening_fields)};

static enum err write_open(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    const struct json *body;
    struct care care;
    struct care_opening in = {0};
    struct care_clear clear = {0};
    enum care_access access;
    struct json_writer w;
    http_response_reset(call->rs);
    TRY(care_of(c, call->rq, CARE_VISITOR, &care, &access));
    TRY(json_parse(c, call->rq->body, &body));
    TRY(record_from_json(c, &care_opening_record, body, RECORD_CREATE, 0, &in));
    if (care.withdrawn_at_ms)
        return fail(c, ERR_CONFLICT, "care.withdrawn");
    TRY(care_open(c, &care, in.reason, &clear));
    json_writer_init(&w, &call->rs->body);
    record_to_json(c, &care_clear_record, &clear, care.id, READ_ALL, &w);
    return OK;
}

static enum err post_open(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {rq, rs};
    TRY(store_write(c, write_open, &call));
    http_set_header(rs, "Cache-Control", STR("no-store"));
    return OK;
}

static const struct route_query list_query[] = {
    {"place", "Subtree of this place"},
    {"after", "Cursor: next of the page before"},
    {"limit", "1 to 100, else 50"},
    {NULL, NULL},
};

const struct route care_routes[] = {
    {"GET", "/api/v1/care", list_care, DESK, ROUTE_LIST, NULL, &care_record, list_query,
     "Who is visited, masked: the community's desk only", NULL, NULL},
    {"POST", "/api/v1/care", post_care, DESK, 0, &care_record, &care_record, NULL,
     "Puts a person on the care list, with the consent that was given", NULL, NULL},
    {"GET", "/api/v1/care/{id}", get_care, DESK, 0, NULL, &care_record, NULL, "One person, masked, with the visits",
     NULL, NULL},
    {"PATCH", "/api/v1/care/{id}", patch_care, DESK, 0, &care_record, &care_record, NULL,
     "Changes what is kept; place and consent stay", NULL, NULL},
    {"POST", "/api/v1/care/{id}/open", post_open, VISITORS, ROUTE_NO_IDEMPOTENCY, &care_opening_record,
     &care_clear_record, NULL, "Reads the person in clear, for the desk and who visits today; an event", NULL, NULL},
    {"POST", "/api/v1/care/{id}/withdraw", post_withdraw, VISITORS, 0, &care_withdrawal_record, NULL, NULL,
     "The consent is withdrawn: off all rounds, and erased, at once", NULL, NULL},
    {"POST", "/api/v1/care/{id}/meals", post_meal, DESK, 0, &meal_record, &care_record, NULL,
     "A meal to be carried on a day", NULL, NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL},
};
