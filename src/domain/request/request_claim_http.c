// SPDX-License-Identifier: MulanPSL-2.0
// What somebody took on: a person the wishes, a team the errands. A claimant has no other view of a request than this.
#include "base/clock.h"
#include "base/config.h"
#include "domain/request/request_claim.h"
#include "domain/request/request_offer.h"
#include "flow/command.h"
#include "request_sql.h"

#define OFFERS_MAX 200
#define WORDS_MAX 60
#define THANKED_MS (30 * DAY_MS)

// --- a claim --------------------------------------------------------------------------------------------------------
struct claim {
    struct request r;
    struct str state_zh, state_en, reply, thanks, phone, actions;
    bool may_read_contact;
};
#define ROW(member, name_, type_)                                                                                      \
    .name = (name_), .offset = offsetof(struct claim, r.member), .type = (type_), .read = READ_OWNER
#define VIEW(member, type_) FIELD_AT(struct claim, member), .type = (type_), .read = READ_OWNER
static const struct field claim_fields[] = {
    {ROW(id, "id", FIELD_ID), .doc = "The wish"},
    {ROW(version, "version", FIELD_INT), .doc = "For If-Match"},
    {ROW(state, "state", FIELD_ENUM), .names = request_state_names, .doc = "Where it stands"},
    {VIEW(state_zh, FIELD_TEXT), .doc = "The state in Chinese"},
    {VIEW(state_en, FIELD_TEXT), .doc = "The state in English"},
    {ROW(open, "open", FIELD_BOOL), .doc = "Somebody still has to act"},
    {ROW(item_zh, "item_zh", FIELD_TEXT), .doc = "Service item in Chinese"},
    {ROW(item_en, "item_en", FIELD_TEXT), .doc = "Service item in English"},
    {ROW(public_words, "text", FIELD_TEXT), .max = 140, .doc = "The wish, as it was on the wall"},
    {ROW(public_area, "area", FIELD_TEXT), .doc = "Estate, grid or community"},
    {ROW(claimed_at_ms, "claimed_at", FIELD_TIME), .doc = "When you took it on"},
    {ROW(offer_until_ms, "until", FIELD_TIME), .doc = "Until when you should bring it, or the wisher should answer"},
    {ROW(handled_at_ms, "delivered_at", FIELD_TIME), .doc = "When you brought it"},
    {ROW(closed_at_ms, "closed_at", FIELD_TIME), .doc = "When it was over"},
    {ROW(outcome, "outcome", FIELD_ENUM), .names = request_outcome_names, .doc = "How it ended"},
    {ROW(unconfirmed, "unconfirmed", FIELD_BOOL), .doc = "The wisher did not say"},
    {VIEW(reply, FIELD_TEXT), .flags = FIELD_MULTILINE, .max = 10000, .doc = "What you wrote when you brought it"},
    {VIEW(thanks, FIELD_TEXT), .max = 600, .doc = "The wisher's thanks"},
    {VIEW(may_read_contact, FIELD_BOOL), .doc = "The wisher agreed that you read name, number and door"},
    {VIEW(phone, FIELD_TEXT), .doc = "The community's number: it hands the rest over"},
    {VIEW(actions, FIELD_JSON), .flags = FIELD_MANY, .of = &request_action_ref_record, .doc = "What you may do now"},
};
const struct record claim_record = {"claim", NULL, sizeof(struct claim), FIELDS(claim_fields)};

static enum err fill(struct ctx *c, const struct request *r, struct claim *claim)
{
    const struct flow_state *state = &request_flow.states[r->state];
    *claim = (struct claim){.r = *r,
                            .state_zh = str_of(state->zh),
                            .state_en = str_of(state->en),
                            .phone = str_of(c->house->config->phone),
                            .may_read_contact = request_claimant_reads(c, r)};
    TRY(request_open_text(c, r, "reply", r->reply, &claim->reply));
    TRY(request_open_text(c, r, "thanks", r->thanks, &claim->thanks));
    return request_actions_text(c, r, RELATION_CLAIMANT, &claim->actions);
}

static enum err put_claim(struct ctx *c, const struct request *r, struct json_writer *w)
{
    struct claim claim;
    TRY(fill(c, r, &claim));
    record_to_json(c, &claim_record, &claim, r->id, READ_OWNER, w);
    return OK;
}

// Also what is somebody's no longer is answered to who just gave it back.
enum err request_write_claim(struct ctx *c, const struct request *r, struct http_response *rs)
{
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    TRY(put_claim(c, r, &w));
    http_set_etag_version(rs, r->version);
    return OK;
}

bool request_claimant_reads(const struct ctx *c, const struct request *r)
{
    return r->share_contact && r->state == REQUEST_CLAIMED && c->actor.kind == ACTOR_PERSON &&
           r->claimant_id == c->actor.person_id;
}

static enum err my_claim(struct ctx *c, int64_t id, struct request *r)
{
    TRY(request_get(c, id, r));
    bool mine = c->actor.kind == ACTOR_PERSON && r->claimant_id && r->claimant_id == c->actor.person_id;
    return mine ? OK : fail(c, ERR_NOT_FOUND, "request.no_claim");
}

// --- GET /api/v1/claims, …/summary, …/{id} --------------------------------------------------------------------------
struct claims_call {
    int64_t id, before, limit;
    struct http_response *rs;
};

static enum err write_claims(struct ctx *c, void *arg)
{
    struct claims_call *call = arg;
    struct rows rows;
    struct json_writer w;
    TRY(db_list(c, &sql_request_claims_of,
                ARGS(ARG_INT("claimant_id", c->actor.person_id),
                     ARG_INT("before", call->before ? call->before : INT64_MAX), ARG_INT("max", call->limit)),
                &request_record, (size_t)call->limit, &rows));
    const struct request *r = rows.at;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        TRY(put_claim(c, &r[i], &w));
    json_list_end(&w, (int64_t)rows.count == call->limit ? r[rows.count - 1].id : 0);
    return OK;
}

static enum err get_claims(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct claims_call call = {.rs = rs};
    TRY(http_query_id(c, rq, "before", &call.before));
    TRY(http_query_int(c, rq, "limit", 1, 100, 20, &call.limit));
    return store_read(c, write_claims, &call);
}

static enum err write_one(struct ctx *c, void *arg)
{
    struct claims_call *call = arg;
    struct request r;
    TRY(my_claim(c, call->id, &r));
    buf_clear(&call->rs->body);
    return request_write_claim(c, &r, call->rs);
}

static enum err get_claim(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct claims_call call = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &call.id));
    return store_read(c, write_one, &call);
}

#define CLAIMS_SUMMARY_FIELDS(F, S)                                                                                    \
    F(S, INT, running, .read = READ_OWNER, .doc = "Taken on, not confirmed yet")                                       \
    F(S, INT, fulfilled, .read = READ_OWNER, .doc = "Came true")                                                       \
    F(S, INT, thanked, .read = READ_OWNER, .doc = "Came true, with a word of thanks")
struct claims_summary {
    CLAIMS_SUMMARY_FIELDS(FIELD_MEMBER, claims_summary)
};
static const struct field claims_summary_fields[] = {CLAIMS_SUMMARY_FIELDS(FIELD_ROW, claims_summary)};
const struct record claims_summary_record = {"claims_summary", NULL, sizeof(struct claims_summary),
                                             FIELDS(claims_summary_fields)};

static enum err write_claims_summary(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct claims_summary s = {0};
    struct json_writer w;
    TRY(db_one(c, &sql_request_claims_count, ARGS(ARG_INT("claimant_id", c->actor.person_id)), &claims_summary_record,
               &s));
    buf_clear(&rs->body);
    json_writer_init(&w, &rs->body);
    record_to_json(c, &claims_summary_record, &s, 0, READ_OWNER, &w);
    return OK;
}

static enum err get_claims_summary(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    return store_read(c, write_claims_summary, rs);
}

// --- POST /api/v1/claims/{id}/actions/{action}, …/contact -----------------------------------------------------------
static enum err do_action(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t id, if_version;
    const struct json *body = NULL;
    struct request r;
    (void)arg;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(my_claim(c, id, &r));
    TRY(http_if_match(c, rq, &if_version));
    if (str_trim(rq->body).n)
        TRY(json_parse(c, rq->body, &body));
    TRY(request_act(c, id, http_param(rq, "action"), body, if_version, &r));
    return request_write_claim(c, &r, rs);
}

static enum err post_action(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_action, NULL);
}

struct contact_call {
    struct http_request *rq;
    struct http_response *rs;
};

static enum err write_contact(struct ctx *c, void *arg)
{
    const struct contact_call *call = arg;
    int64_t id;
    struct request r;
    http_response_reset(call->rs);
    TRY(http_param_id(c, call->rq, "id", &id));
    TRY(my_claim(c, id, &r));
    if (!request_claimant_reads(c, &r))
        return fail(c, ERR_FORBIDDEN, "request.not_agreed");
    return request_write_contact(c, call->rq, &r, call->rs);
}

static enum err post_contact(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct contact_call call = {rq, rs};
    TRY(store_write(c, write_contact, &call));
    http_set_header(rs, "Cache-Control", STR("no-store"));
    return OK;
}

// --- errands: GET /api/v1/offers, POST …/{id}/claim -----------------------------------------------------------------
// Words of a private errand are for the team that has it.
struct offer {
    struct request r;
    struct str words;
};
#define OFFER(member, name_, type_)                                                                                    \
    .name = (name_), .offset = offsetof(struct offer, r.member), .type = (type_), .read = READ_HANDLER
static const struct field offer_fields[] = {
    {OFFER(id, "id", FIELD_ID), .doc = "To claim it by"},
    {OFFER(item_zh, "item_zh", FIELD_TEXT), .doc = "Service item in Chinese"},
    {OFFER(item_en, "item_en", FIELD_TEXT), .doc = "Service item in English"},
    {OFFER(area, "area", FIELD_TEXT), .doc = "Estate or grid"},
    {FIELD_AT(struct offer, words), .type = FIELD_TEXT, .read = READ_HANDLER, .flags = FIELD_MULTILINE, .max = 2000,
     .doc = "What is asked, the first 60 characters; empty when it is private"},
    {OFFER(is_private, "is_private", FIELD_BOOL), .doc = "What is asked is told to the team that takes it"},
    {OFFER(reported_at_ms, "reported_at", FIELD_TIME), .doc = "When it was reported"},
    {OFFER(due_at_ms, "due_at", FIELD_TIME), .doc = "Until when it should be done"},
    {OFFER(offer_until_ms, "until", FIELD_TIME), .doc = "If no team takes it by then, it goes the ordinary way"},
};
const struct record offer_record = {"offer", NULL, sizeof(struct offer), FIELDS(offer_fields)};

#define OFFERS_FIELDS(F, S)                                                                                            \
    F(S, JSON, items, .read = READ_HANDLER, .flags = FIELD_MANY, .of = &offer_record, .doc = "Newest first")           \
    F(S, INT, thanked_30d, .read = READ_HANDLER, .doc = "Thanks that your teams had within 30 days")                   \
    F(S, BOOL, of_team, .read = READ_HANDLER, .doc = "You are of a proxy-service team")
struct offers {
    OFFERS_FIELDS(FIELD_MEMBER, offers)
};
static const struct field offers_fields[] = {OFFERS_FIELDS(FIELD_ROW, offers)};
const struct record offers_record = {"offers", NULL, sizeof(struct offers), FIELDS(offers_fields)};

struct offers_call {
    struct http_response *rs;
    struct json_writer w;
    struct offers out;
    int64_t seen[OFFERS_MAX];
    size_t count;
};

static enum err put_offer(struct ctx *c, const struct request *r, struct offers_call *call)
{
    struct offer offer = {.r = *r};
    for (size_t i = 0; i < call->count; i++)
        if (call->seen[i] == r->id)
            return OK;
    if (call->count == OFFERS_MAX)
        return OK;
    call->seen[call->count++] = r->id;
    if (!r->is_private)
        TRY(request_open_text(c, r, "words", r->words, &offer.words));
    offer.words = utf8_prefix(offer.words, WORDS_MAX);
    record_to_json(c, &offer_record, &offer, r->id, READ_HANDLER, &call->w);
    return OK;
}

static enum err offers_of_grant(struct ctx *c, const struct grant *grant, struct offers_call *call)
{
    struct org org;
    struct rows rows;
    int64_t n;
    if (grant->role != ROLE_UNIT || !grant->org_id || !grant->post_id)
        return OK;
    TRY(org_get(c, grant->org_id, &org));
    if (org.level != ORG_TEAM || org.closed_at_ms)
        return OK;
    call->out.of_team = true;
    TRY(db_number(c, &sql_request_count_thanked,
                  ARGS(ARG_INT("owner_org_id", org.id), ARG_INT("since_ms", c->now_ms - THANKED_MS)), &n));
    call->out.thanked_30d += n;
    TRY(db_list(c, &sql_request_page_stage,
                ARGS(ARG_INT("scope_id", grant->place_id), ARG_INT("stage", STAGE_TO_TEAMS),
                     ARG_INT("before", INT64_MAX), ARG_INT("max", OFFERS_MAX)),
                &request_record, OFFERS_MAX, &rows));
    const struct request *r = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        TRY(put_offer(c, &r[i], call));
    return OK;
}

static enum err write_offers(struct ctx *c, void *arg)
{
    struct offers_call *call = arg;
    call->count = 0;
    call->out = (struct offers){0};
    buf_clear(&call->rs->body);
    json_writer_init(&call->w, &call->rs->body);
    json_object_begin(&call->w);
    json_key(&call->w, "items");
    json_array_begin(&call->w);
    for (size_t i = 0; i < c->actor.grant_count; i++)
        TRY(offers_of_grant(c, &c->actor.grants[i], call));
    json_array_end(&call->w);
    json_key(&call->w, "thanked_30d");
    json_put_int(&call->w, call->out.thanked_30d);
    json_key(&call->w, "of_team");
    json_put_bool(&call->w, call->out.of_team);
    json_object_end(&call->w);
    return OK;
}

static enum err get_offers(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct offers_call *call = arena_alloc(c->arena, sizeof *call);
    (void)rq;
    call->rs = rs;
    return store_read(c, write_offers, call);
}

// Who comes second is told which team was first, if the errand was one that the actor's team could have had.
static enum err may_take(struct ctx *c, const struct request *r)
{
    const struct grant *grant = NULL;
    if (r->kind == KIND_ERRAND && r->offered_at_ms)
        TRY(request_offer_team_grant(c, r, &grant));
    if (!grant)
        return fail(c, ERR_NOT_FOUND, "request.unknown");
    if (r->state == REQUEST_UNCLAIMED)
        return OK;
    return r->team_due_ms ? request_offer_taken(c, r) : fail(c, ERR_CONFLICT, "request.offer_over");
}

static enum err do_take(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t id;
    struct request r;
    struct json_writer w;
    (void)arg;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(request_get(c, id, &r));
    TRY(may_take(c, &r));
    TRY(request_act(c, id, STR("claim"), NULL, -1, &r));
    json_writer_init(&w, &rs->body);
    TRY(request_write_view(c, &r, &w));
    http_set_etag_version(rs, r.version);
    return OK;
}

static enum err post_take(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_take, NULL);
}

// --- the table ------------------------------------------------------------------------------------------------------
static const struct route_query wishes_query[] = {
    {"door", "Code on a door: the wishes of its community"},
    {"place", "Or a place, down to a community; neither: the district"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100, else 20"},
    {NULL, NULL},
};
static const struct route_query page_query[] = {
    {"before", "Cursor: next of the page before"}, {"limit", "1 to 100, else 20"}, {NULL, NULL}};

const struct route claim_routes[] = {
    {"GET", "/api/v1/wishes", request_http_wishes, ACCESS_ANYONE, ROUTE_LIST, NULL, &wish_entry_record, wishes_query,
     "Wishes that wait for somebody, newest first: a text that was approved, an area, since when"},
    {"GET", "/api/v1/wishes/summary", request_http_wishes_summary, ACCESS_ANYONE, 0, NULL, &wish_summary_record,
     wishes_query, "How many wait, are taken on, and came true this month"},
    {"POST", "/api/v1/wishes/{id}/claim", request_http_claim, ACCESS_SIGNED_IN, 0, NULL, &claim_record, NULL,
     "Take a wish on; the first one has it"},
    {"GET", "/api/v1/claims", get_claims, ACCESS_SIGNED_IN, ROUTE_LIST, NULL, &claim_record, page_query,
     "Wishes that I took on, newest first"},
    {"GET", "/api/v1/claims/summary", get_claims_summary, ACCESS_SIGNED_IN, 0, NULL, &claims_summary_record, NULL,
     "How many of them came true"},
    {"GET", "/api/v1/claims/{id}", get_claim, ACCESS_SIGNED_IN, 0, NULL, &claim_record, NULL, "One of them"},
    {"POST", "/api/v1/claims/{id}/actions/{action}", post_action, ACCESS_SIGNED_IN, 0, &request_action_record,
     &claim_record, NULL, "Deliver it, or give it back; what each takes is told in the claim's actions"},
    {"POST", "/api/v1/claims/{id}/contact", post_contact, ACCESS_SIGNED_IN, ROUTE_NO_IDEMPOTENCY,
     &reading_reason_record, &request_contact_record, NULL,
     "Read whom to ask for, number and door, if the wisher agreed to that; each reading is an event"},
    {"GET", "/api/v1/offers", get_offers, ROLES_WORKERS, 0, NULL, &offers_record, NULL,
     "Errands that are offered to my proxy-service team"},
    {"POST", "/api/v1/offers/{id}/claim", post_take, ROLES_WORKERS, 0, NULL, &request_view_record, NULL,
     "Take an errand for my team; the first one has it"},
    {NULL},
};
