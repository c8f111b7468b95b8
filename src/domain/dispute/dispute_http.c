// SPDX-License-Identifier: MulanPSL-2.0
// Routes: parse → rule → reply.
#include "domain/dispute/dispute_internal.h"
#include "flow/command.h"

// --- POST /api/v1/disputes ------------------------------------------------------------------------------------------
#define DISPUTE_NEW_FIELDS(F, S)                                                                                       \
    F(S, ENUM, category, .flags = FIELD_INPUT | FIELD_REQUIRED, .names = dispute_category_names,                       \
      .doc = "What it is about")                                                                                       \
    F(S, ID, request_id, .flags = FIELD_INPUT, .doc = "A request of kind dispute; or place_id and words")              \
    F(S, ID, place_id, .flags = FIELD_INPUT, .doc = "Where it is")                                                     \
    F(S, TEXT, words, .flags = FIELD_INPUT | FIELD_MULTILINE, .max = 3000, .doc = "What it is about; kept sealed",     \
      .purpose = "To know what has to be settled")                                                                     \
    F(S, ENUM, source, .flags = FIELD_INPUT, .names = dispute_source_names, .doc = "paper, phone or visit")            \
    F(S, ID, against_post_id, .flags = FIELD_INPUT,                                                                    \
      .doc = "The post whose holder is complained of: sees nothing of the case, mediates nothing in it")
struct dispute_new {
    DISPUTE_NEW_FIELDS(FIELD_MEMBER, dispute_new)
};
static const struct field dispute_new_fields[] = {DISPUTE_NEW_FIELDS(FIELD_ROW, dispute_new)};
static const struct record dispute_new_record = {"dispute_new", NULL, sizeof(struct dispute_new),
                                                 FIELDS(dispute_new_fields)};

static enum err answer_view(struct ctx *c, int64_t id, struct http_response *rs)
{
    struct dispute_case dc;
    struct json_writer w;
    TRY(dispute_case_read(c, id, &dc));
    json_writer_init(&w, &rs->body);
    TRY(dispute_write_view(c, &dc, &w));
    http_set_etag_version(rs, dc.d.version);
    return OK;
}

static enum err do_open(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    struct dispute_new in = {.source = DISPUTE_FROM_PAPER};
    (void)arg;
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &dispute_new_record, body, RECORD_CREATE, 0, &in));
    struct dispute d = {.category = in.category,
                        .request_id = in.request_id,
                        .place_id = in.place_id,
                        .words = in.words,
                        .source = in.request_id ? DISPUTE_FROM_REQUEST : in.source};
    if (!in.request_id && in.source == DISPUTE_FROM_REQUEST)
        return fail_field(c, ERR_INVALID, "dispute.no_such_request", STR("request_id"));
    if (in.against_post_id) {
        struct post post;
        if (post_get(c, in.against_post_id, &post) != OK)
            return fail_field(c, ERR_INVALID, "request.no_such_post", STR("against_post_id"));
        TRY(post_holder_at(c, in.against_post_id, c->now_ms, &d.against_id));
    }
    TRY(dispute_open(c, &d));
    rs->status = 201;
    return answer_view(c, d.id, rs);
}

static enum err post_dispute(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_open, NULL);
}

// --- GET /api/v1/disputes/{id} --------------------------------------------------------------------------------------
struct view_call {
    int64_t id;
    struct http_response *rs;
};

static enum err write_one(struct ctx *c, void *arg)
{
    struct view_call *call = arg;
    buf_clear(&call->rs->body);
    return answer_view(c, call->id, call->rs);
}

static enum err get_dispute(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct view_call call = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &call.id));
    return store_read(c, write_one, &call);
}

// --- POST /api/v1/disputes/{id}/actions/{action} --------------------------------------------------------------------
static enum err do_action(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t id, if_version;
    const struct json *body = NULL;
    struct dispute d;
    unsigned relations;
    (void)arg;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(dispute_get(c, id, &d));
    TRY(dispute_may_see(c, &d, &relations)); // before a look at what was sent
    TRY(http_if_match(c, rq, &if_version));
    if (str_trim(rq->body).n)
        TRY(json_parse(c, rq->body, &body));
    TRY(dispute_act(c, id, http_param(rq, "action"), body, if_version, &d));
    TRY(dispute_relate(c, &d, &relations));
    if (relations)
        return answer_view(c, id, rs);
    buf_add_z(&rs->body, "null"); // who declined or stepped down has left the room
    return OK;
}

static enum err post_action(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_action, NULL);
}

// --- the table ------------------------------------------------------------------------------------------------------
static const struct route_query list_query[] = {
    {"open", "1: somebody still has to act"},
    {"mine", "1: only those I mediate or am asked to"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100, else 20"},
    {NULL, NULL},
};
static const struct route_query counts_query[] = {{"period", "A quarter that is over: 2026Q3; else the newest"},
                                                  {NULL, NULL}};

const struct route dispute_routes[] = {
    {"POST", "/api/v1/disputes", post_dispute, ROLE_BIT(ROLE_COMMUNITY), 0, &dispute_new_record, &dispute_view_record,
     NULL, "Open a mediation case, from a request or from paper or telephone"},
    {"GET", "/api/v1/disputes", dispute_http_list, ACCESS_SIGNED_IN, ROUTE_LIST, NULL, &dispute_summary_record,
     list_query, "Cases of my desk, those I mediate, and in outline those I oversee"},
    {"POST", "/api/v1/disputes/export", dispute_http_export, ROLE_BIT(ROLE_COMMUNITY), ROUTE_CSV | ROUTE_NO_IDEMPOTENCY,
     &dispute_reason_record, NULL, NULL, "My desk's cases with the parties' names as CSV; an event, with the reason",
     "text/csv"},
    {"GET", "/api/v1/disputes/counts", dispute_http_counts, ACCESS_ANYONE, 0, NULL, &dispute_counts_record,
     counts_query, "What is public of mediation: a quarter's counts, small ones hidden"},
    {"GET", "/api/v1/disputes/{id}", get_dispute, ACCESS_SIGNED_IN, 0, NULL, &dispute_view_record, NULL,
     "A case as far as the reader may see it; names masked, texts left out"},
    {"POST", "/api/v1/disputes/{id}/actions/{action}", post_action, ACCESS_SIGNED_IN, 0, &dispute_action_record,
     &dispute_view_record, NULL, "Take a step; what each takes is told in the case's actions"},
    {"POST", "/api/v1/disputes/{id}/read", dispute_http_read, ACCESS_SIGNED_IN, ROUTE_NO_IDEMPOTENCY,
     &dispute_read_record, &dispute_clear_record, NULL, "Read a part in clear; who read it, and why, is an event"},
    {NULL},
};
