// SPDX-License-Identifier: MulanPSL-2.0
// Routes: parse → rule → reply.
#include "base/id.h"
#include "base/phone.h"
#include "domain/request/request_internal.h"
#include "flow/command.h"
#include "flow/personal.h"

// --- POST /api/v1/requests ------------------------------------------------------------------------------------------
#define REQUEST_NEW_FIELDS(F, S)                                                                                       \
    F(S, ID, item, .read = READ_OWNER, .flags = FIELD_INPUT | FIELD_REQUIRED, .doc = "Service item")                   \
    F(S, TEXT, door, .read = READ_OWNER, .flags = FIELD_INPUT, .max = 32, .doc = "Code on the door; or place_id")      \
    F(S, ID, place_id, .read = READ_OWNER, .flags = FIELD_INPUT, .doc = "Building or below; or door")                  \
    F(S, TEXT, words, .read = READ_OWNER, .flags = FIELD_INPUT | FIELD_MULTILINE, .max = 2000,                         \
      .doc = "What is asked; may be empty when a voice note says it", .purpose = "To know what has to be done")        \
    F(S, IDS, media, .read = READ_OWNER, .flags = FIELD_INPUT, .max = REQUEST_MEDIA_MAX,                               \
      .doc = "Pictures and voice notes sent before")                                                                   \
    F(S, TEXT, door_number, .read = READ_OWNER, .flags = FIELD_INPUT | FIELD_PERSONAL, .max = 40,                      \
      .doc = "Unit and door", .purpose = "To find the flat")                                                           \
    F(S, TEXT, contact_name, .read = READ_OWNER, .flags = FIELD_INPUT | FIELD_PERSONAL, .max = 40,                     \
      .doc = "Whom to ask for; own name when absent", .purpose = "To speak to the person")                             \
    F(S, TEXT, contact_phone, .read = READ_OWNER, .flags = FIELD_INPUT | FIELD_PERSONAL, .max = 20,                    \
      .doc = "Number to ring; own when absent", .purpose = "To agree on a time")                                       \
    F(S, BOOL, is_private, .read = READ_OWNER, .flags = FIELD_INPUT, .doc = "Keep it off the public wall")             \
    F(S, BOOL, share_contact, .read = READ_OWNER, .flags = FIELD_INPUT,                                                \
      .doc =                                                                                                           \
          "Wishes: whoever takes it on may read whom to ask for, number and door; else the community hands it over")   \
    F(S, ENUM, source, .read = READ_OWNER, .flags = FIELD_INPUT, .names = request_source_names,                        \
      .doc = "phone: staff write down what a caller said; else app")
struct request_new {
    REQUEST_NEW_FIELDS(FIELD_MEMBER, request_new)
};
static const struct field request_new_fields[] = {REQUEST_NEW_FIELDS(FIELD_ROW, request_new)};
const struct record request_new_record = {"request_new", NULL, sizeof(struct request_new), FIELDS(request_new_fields)};

static enum err find_place(struct ctx *c, const struct request_new *in, struct request *r)
{
    struct door door;
    struct place place;
    if (in->door.n) {
        TRY(door_find(c, in->door, &door));
        r->place_id = door.place_id;
        return OK;
    }
    if (!in->place_id)
        return fail_field(c, ERR_INVALID, "request.no_place", STR("door"));
    enum err err = place_get(c, in->place_id, &place);
    bool usable = err == OK && (place.level >= PLACE_BUILDING || c->actor.roles & ROLES_STAFF);
    if (!usable && (err == OK || err == ERR_NOT_FOUND))
        return fail_field(c, ERR_INVALID, "request.no_place", STR("place_id"));
    TRY(err);
    r->place_id = in->place_id;
    return OK;
}

// Own name and number, unless others were given.
static enum err own_contact(struct ctx *c, struct request *r)
{
    struct person person;
    struct person_contact own;
    TRY(person_get(c, c->actor.person_id, &person));
    TRY(person_own_contact(c, &person, &own));
    if (!r->contact_name.n)
        r->contact_name = own.name;
    if (!r->contact_phone.n)
        r->contact_phone = own.phone;
    if (!r->door_number.n && person.home_place_id == r->place_id)
        r->door_number = own.door_number;
    return OK;
}

static enum err who_asks(struct ctx *c, const struct request_new *in, struct request *r)
{
    if (in->contact_phone.n && !phone_contact(c->arena, in->contact_phone, &r->contact_phone))
        return fail_field(c, ERR_INVALID, "request.bad_phone", STR("contact_phone"));
    if (in->source == SOURCE_APP) {
        r->reporter_id = c->actor.person_id;
        return own_contact(c, r);
    }
    const struct grant *grant;
    if (in->source != SOURCE_PHONE)
        return fail_field(c, ERR_INVALID, "request.bad_source", STR("source"));
    TRY(account_grant_over(c, ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER), r->place_id, &grant));
    if (!grant)
        return fail_field(c, ERR_FORBIDDEN, "request.bad_source", STR("source"));
    if (!in->contact_phone.n)
        return fail_field(c, ERR_INVALID, "request.contact_needed", STR("contact_phone"));
    r->source = SOURCE_PHONE;
    return OK;
}

static enum err has_voice(struct ctx *c, int64_t request_id, bool *ret_voice)
{
    struct rows rows;
    TRY(media_list(c, "request", request_id, &rows));
    const struct media *media = rows.at;
    *ret_voice = false;
    for (size_t i = 0; i < rows.count; i++)
        *ret_voice |= media[i].kind == MEDIA_VOICE;
    return OK;
}

static enum err answer_view(struct ctx *c, const struct request *r, struct http_response *rs)
{
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    TRY(request_write_view(c, r, &w));
    http_set_etag_version(rs, r->version);
    return OK;
}

// What a caller dictated is answered as far as its writer may see it.
static enum err do_file(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    struct request_new in = {0};
    int64_t media[REQUEST_MEDIA_MAX];
    size_t media_count;
    bool voice;
    (void)arg;
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &request_new_record, body, RECORD_CREATE, 0, &in));
    struct request r = {.item_id = in.item,
                        .words = in.words,
                        .door_number = in.door_number,
                        .contact_name = in.contact_name,
                        .is_private = in.is_private,
                        .share_contact = in.share_contact};
    TRY(find_place(c, &in, &r));
    TRY(who_asks(c, &in, &r));
    TRY(request_parse_ids(c, in.media, media, REQUEST_MEDIA_MAX, &media_count));
    TRY(request_file_with(c, &r, media, media_count));
    if (!in.words.n) {
        TRY(has_voice(c, r.id, &voice));
        if (!voice)
            return fail_field(c, ERR_INVALID, "request.no_words", STR("words"));
    }
    rs->status = 201;
    return answer_view(c, &r, rs);
}

static enum err post_request(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_file, NULL);
}

// --- GET /api/v1/requests/{id} --------------------------------------------------------------------------------------
struct view_call {
    int64_t id;
    struct http_response *rs;
};

static enum err write_one(struct ctx *c, void *arg)
{
    struct view_call *call = arg;
    struct request r;
    TRY(request_get(c, call->id, &r));
    buf_clear(&call->rs->body);
    return answer_view(c, &r, call->rs);
}

static enum err get_request(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct view_call call = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &call.id));
    return store_read(c, write_one, &call);
}

// --- POST /api/v1/requests/{id}/actions/{action} --------------------------------------------------------------------
static enum err do_action(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t id, if_version;
    const struct json *body = NULL;
    struct request r;
    unsigned relations;
    (void)arg;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(request_get(c, id, &r));
    TRY(request_may_see(c, &r, &relations)); // before a look at what was sent
    TRY(http_if_match(c, rq, &if_version));
    if (str_trim(rq->body).n)
        TRY(json_parse(c, rq->body, &body));
    TRY(request_act(c, id, http_param(rq, "action"), body, if_version, &r));
    return answer_view(c, &r, rs);
}

static enum err post_action(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_action, NULL);
}

// --- POST /api/v1/requests/{id}/contact -----------------------------------------------------------------------------
#define REASON_FIELDS(F, S)                                                                                            \
    F(S, TEXT, reason, .flags = FIELD_INPUT | FIELD_REQUIRED, .min = 2, .max = 200,                                    \
      .doc = "Why it has to be read; kept in the log")
struct reason {
    REASON_FIELDS(FIELD_MEMBER, reason)
};
static const struct field reason_fields[] = {REASON_FIELDS(FIELD_ROW, reason)};
const struct record reading_reason_record = {"reading_reason", NULL, sizeof(struct reason), FIELDS(reason_fields)};

#define CONTACT_FIELDS(F, S)                                                                                           \
    F(S, TEXT, contact_name, .read = READ_INVOLVED, .doc = "Whom to ask for")                                          \
    F(S, TEXT, contact_phone, .read = READ_INVOLVED, .doc = "Number to ring")                                          \
    F(S, TEXT, door_number, .read = READ_INVOLVED, .doc = "Unit and door")
struct contact {
    CONTACT_FIELDS(FIELD_MEMBER, contact)
};
static const struct field contact_fields[] = {CONTACT_FIELDS(FIELD_ROW, contact)};
const struct record request_contact_record = {"contact", NULL, sizeof(struct contact), FIELDS(contact_fields)};

static enum err open_one(struct ctx *c, const struct request *r, const char *field, struct str box, struct str reason,
                         struct str *ret_clear)
{
    return box.n ? record_open_personal(c, &request_record, field, r, r->id, reason, ret_clear) : OK;
}

enum err request_write_contact(struct ctx *c, struct http_request *rq, const struct request *r,
                               struct http_response *rs)
{
    const struct json *body;
    struct reason in = {0};
    struct contact out = {0};
    struct json_writer w;
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &reading_reason_record, body, RECORD_CREATE, 0, &in));
    TRY(open_one(c, r, "contact_name", r->contact_name, in.reason, &out.contact_name));
    TRY(open_one(c, r, "contact_phone", r->contact_phone, in.reason, &out.contact_phone));
    TRY(open_one(c, r, "door_number", r->door_number, in.reason, &out.door_number));
    json_writer_init(&w, &rs->body);
    record_to_json(c, &request_contact_record, &out, r->id, READ_INVOLVED, &w);
    return OK;
}

static enum err do_contact(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t id;
    struct request r;
    unsigned relations;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(request_get(c, id, &r));
    TRY(request_may_see(c, &r, &relations)); // before a look at the body: a stranger learns nothing from its faults
    if (!(relations & (RELATION_STAFF | RELATION_REPORTER)))
        return fail(c, ERR_FORBIDDEN, "request.contact_not_yours");
    return request_write_contact(c, rq, &r, rs);
}

// Not replayed from the idempotency store: an answer with personal data in clear is kept nowhere.
struct contact_call {
    struct http_request *rq;
    struct http_response *rs;
};
static enum err write_contact(struct ctx *c, void *arg)
{
    struct contact_call *call = arg;
    http_response_reset(call->rs);
    return do_contact(c, call->rq, call->rs);
}

static enum err post_contact(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct contact_call call = {rq, rs};
    TRY(store_write(c, write_contact, &call));
    http_set_header(rs, "Cache-Control", STR("no-store"));
    return OK;
}

// --- GET /api/v1/stream ---------------------------------------------------------------------------------------------
#define TOPICS_MAX 64

static enum err get_stream(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t topics[TOPICS_MAX];
    size_t count;
    (void)rq;
    TRY(account_topics(c, topics, TOPICS_MAX, &count));
    http_send_stream(rs, topics, count, c->actor.session_id);
    return OK;
}

// --- the table ------------------------------------------------------------------------------------------------------
static const struct route_query list_query[] = {
    {"mine", "1: what I asked for"},
    {"place", "Subtree of this place"},
    {"state", "States, separated by commas"},
    {"kind", "wish, repair, errand, dispute or finding"},
    {"item", "Service item"},
    {"overdue", "1: not finished and past the limit"},
    {"due_soon", "1: not finished and due within 24 hours"},
    {"unsatisfied", "1: the resident is not content and has no answer yet"},
    {"open", "1: somebody still has to act"},
    {"q", "Words to look for"},
    {"from", "Reported at or after"},
    {"to", "Reported before"},
    {"to_decide", "1: an approver or a superior has to decide"},
    {"exclusion", "none, asked or excluded: whether the published rates leave it out"},
    {"source", "app, phone, import or open311"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100, else 20"},
    {NULL, NULL},
};
static const struct route_query place_query[] = {{"place", "Only this subtree"}, {NULL, NULL}};
static const struct route_query wall_query[] = {
    {"door", "Code on a door"},
    {"place", "Or a place"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100, else 20"},
    {NULL, NULL},
};

const struct route request_routes[] = {
    {"POST", "/api/v1/requests", post_request, ACCESS_SIGNED_IN, 0, &request_new_record, &request_view_record, NULL,
     "Say what is needed; it is sent at once to who is responsible"},
    {"GET", "/api/v1/requests", request_http_list, ACCESS_SIGNED_IN, ROUTE_LIST, NULL, &request_summary_record,
     list_query, "Requests within reach, newest first"},
    {"GET", "/api/v1/requests.csv", request_http_csv, ROLES_STAFF, ROUTE_CSV, NULL, NULL, list_query,
     "The same list as CSV, up to 10,000 rows; the export is an event", "text/csv"},
    {"GET", "/api/v1/requests/{id}", get_request, ACCESS_SIGNED_IN, 0, NULL, &request_view_record, NULL,
     "All that the reader may see of one request"},
    {"POST", "/api/v1/requests/{id}/actions/{action}", post_action, ACCESS_SIGNED_IN, 0, &request_action_record,
     &request_view_record, NULL,
     "Take a step: sign, finish, confirm, …; what each takes is told in the request's actions"},
    {"POST", "/api/v1/requests/{id}/contact", post_contact, ACCESS_SIGNED_IN, ROUTE_NO_IDEMPOTENCY,
     &reading_reason_record, &request_contact_record, NULL,
     "Read the contact in clear; who read it, and why, is an event"},
    {"GET", "/api/v1/stream", get_stream, ACCESS_SIGNED_IN, ROUTE_STREAM, NULL, NULL, NULL,
     "What happens, as it happens: server-sent events of what concerns me"},
    {"GET", "/api/v1/worklist", request_http_worklist, ROLES_STAFF, 0, NULL, &worklist_record, NULL,
     "What I have to do, in order of need"},
    {"GET", "/api/v1/desk", request_http_desk, ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER), 0, NULL, &desk_record,
     place_query, "What needs a hand, in numbers; each is a filter of the list"},
    {"GET", "/api/v1/doors/{code}", request_http_door, ACCESS_ANYONE, 0, NULL, &door_view_record, NULL,
     "The page behind a door's code"},
    {"GET", "/api/v1/wall", request_http_wall, ACCESS_ANYONE, ROUTE_LIST, NULL, &wall_entry_record, wall_query,
     "What is asked and done near a door: no words, no names, no building"},
    {"GET", "/api/v1/wall/summary", request_http_wall_summary, ACCESS_ANYONE, 0, NULL, &wall_summary_record, wall_query,
     "The same in four numbers"},
    {NULL},
};
