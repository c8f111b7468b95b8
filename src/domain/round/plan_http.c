// SPDX-License-Identifier: MulanPSL-2.0
// Plans, checkpoints and their posters over HTTP.
#include "domain/round/round_internal.h"
#include "flow/command.h"
#include "round_sql.h"

#define EDITORS (ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER))

// The plan of the path, for who has a desk or the grid over its place; 404 for everybody else.
static enum err plan_of(struct ctx *c, const struct http_request *rq, struct round_plan *ret_plan)
{
    int64_t id;
    const struct grant *grant;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(round_plan_get(c, id, ret_plan));
    TRY(account_grant_over(c, EDITORS, ret_plan->place_id, &grant));
    return grant ? OK : fail(c, ERR_NOT_FOUND, "round_plan.unknown");
}

static enum err fill(struct ctx *c, struct round_plan *plan, bool with_checkpoints)
{
    struct rows rows;
    struct buf out;
    struct json_writer w;
    TRY(place_full_name(c, plan->place_id, PLACE_COMMUNITY, &plan->place_name));
    plan->checkpoints = STR("[]");
    if (!with_checkpoints)
        return OK;
    TRY(checkpoints_of(c, plan->id, &rows));
    const struct checkpoint *checkpoints = rows.at;
    buf_init(&out, 1 << 18);
    json_writer_init(&w, &out);
    json_array_begin(&w);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &checkpoint_record, &checkpoints[i], checkpoints[i].id, READ_STAFF, &w);
    json_array_end(&w);
    plan->checkpoints = str_copy(c->arena, buf_str(&out));
    buf_free(&out);
    return OK;
}

static enum err answer(struct ctx *c, struct round_plan *plan, struct http_response *rs)
{
    struct json_writer w;
    TRY(fill(c, plan, true));
    json_writer_init(&w, &rs->body);
    record_to_json(c, &round_plan_record, plan, plan->id, READ_STAFF, &w);
    http_set_etag_version(rs, plan->version);
    return OK;
}

static enum err fresh(struct ctx *c, const struct http_request *rq, const struct round_plan *plan)
{
    int64_t if_version;
    TRY(http_if_match(c, rq, &if_version));
    if (if_version >= 0 && if_version != plan->version)
        return fail(c, ERR_STALE, "round_plan.stale");
    return plan->closed_at_ms ? fail(c, ERR_CONFLICT, "round_plan.closed") : OK;
}

// --- plans -----------------------------------------------------------------------------------------------------------
struct call {
    struct http_request *rq;
    struct http_response *rs;
};

static enum err read_one(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct round_plan plan;
    TRY(plan_of(c, call->rq, &plan));
    buf_clear(&call->rs->body);
    return answer(c, &plan, call->rs);
}

static enum err get_plan(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {rq, rs};
    return store_read(c, read_one, &call);
}

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
        if (ROLE_BIT(c->actor.grants[i].role) & EDITORS)
            place_id = c->actor.grants[i].place_id;
    TRY(place_get(c, place_id, &place));
    TRY(account_grant_over(c, EDITORS, place_id, &grant));
    if (!grant)
        return fail(c, ERR_NOT_FOUND, "place.unknown");
    TRY(db_list(c, &sql_round_plans_under,
                ARGS(ARG_TEXT("under", place_under(c, &place)), ARG_INT("after", after), ARG_INT("max", limit)),
                &round_plan_record, 100, &rows));
    struct round_plan *plans = rows.at;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < rows.count; i++) {
        TRY(fill(c, &plans[i], true));
        record_to_json(c, &round_plan_record, &plans[i], plans[i].id, READ_STAFF, &w);
    }
    json_list_end(&w, rows.count == (size_t)limit ? plans[rows.count - 1].id : 0);
    return OK;
}

static enum err list_plans(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {rq, rs};
    return store_read(c, read_list, &call);
}

static enum err do_make(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    const struct grant *grant;
    struct round_plan plan = {.role = ROLE_STEWARD};
    (void)arg;
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &round_plan_record, body, RECORD_CREATE, 0, &plan));
    if (!json_get(body, "role"))
        plan.role = ROLE_STEWARD;
    enum err err = account_grant_over(c, EDITORS, plan.place_id, &grant);
    if (err == ERR_NOT_FOUND || (err == OK && !grant)) // a place elsewhere is as if it were not there
        return fail_field(c, ERR_INVALID, "round_plan.wrong_place", STR("place_id"));
    TRY(err);
    TRY(round_plan_make(c, &plan));
    rs->status = 201;
    return answer(c, &plan, rs);
}

static enum err post_plan(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_make, NULL);
}

static enum err do_change(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    struct round_plan plan;
    const struct json *body;
    (void)arg;
    TRY(plan_of(c, rq, &plan));
    TRY(fresh(c, rq, &plan));
    int64_t place_id = plan.place_id;
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &round_plan_record, body, RECORD_CHANGE, plan.id, &plan));
    if (plan.place_id != place_id)
        return fail_field(c, ERR_INVALID, "round_plan.place_stays", STR("place_id"));
    if (!plan.name.n)
        return fail_field(c, ERR_INVALID, "field.missing", STR("name"));
    TRY(round_plan_save(c, &plan, "round_plan.changed", 0));
    return answer(c, &plan, rs);
}

static enum err patch_plan(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_change, NULL);
}

static enum err do_close(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    struct round_plan plan;
    (void)arg;
    TRY(plan_of(c, rq, &plan));
    TRY(fresh(c, rq, &plan));
    plan.closed_at_ms = c->now_ms;
    TRY(round_plan_save(c, &plan, "round_plan.closed", 0));
    rs->status = 204;
    return OK;
}

static enum err delete_plan(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_close, NULL);
}

// --- checkpoints -----------------------------------------------------------------------------------------------------
#define NEW_CHECKPOINT_FIELDS(F, S)                                                                                    \
    F(S, ID, place_id, .flags = FIELD_INPUT, .read = READ_OWNER)                                                       \
    F(S, TEXT, name, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_OWNER, .max = 40)                             \
    F(S, TEXT, asks, .flags = FIELD_INPUT, .read = READ_OWNER, .max = 200)                                             \
    F(S, INT, sort, .flags = FIELD_INPUT, .read = READ_OWNER, .min = 0, .max = 1000)                                   \
    F(S, BOOL, coded, .flags = FIELD_INPUT, .read = READ_OWNER, .doc = "With a code, for a poster")
struct checkpoint_new {
    NEW_CHECKPOINT_FIELDS(FIELD_MEMBER, checkpoint_new)
};
static const struct field new_fields[] = {NEW_CHECKPOINT_FIELDS(FIELD_ROW, checkpoint_new)};
static const struct record checkpoint_new_record = {"checkpoint_new", NULL, sizeof(struct checkpoint_new),
                                                    FIELDS(new_fields)};

static enum err do_add(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    struct round_plan plan;
    const struct json *body;
    struct checkpoint_new in = {0};
    (void)arg;
    TRY(plan_of(c, rq, &plan));
    TRY(fresh(c, rq, &plan));
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &checkpoint_new_record, body, RECORD_CREATE, 0, &in));
    struct checkpoint checkpoint = {
        .plan_id = plan.id, .place_id = in.place_id, .name = in.name, .asks = in.asks, .sort = in.sort};
    TRY(checkpoint_add(c, &checkpoint, in.coded));
    TRY(round_plan_get(c, plan.id, &plan));
    rs->status = 201;
    return answer(c, &plan, rs);
}

static enum err post_checkpoint(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_add, NULL);
}

static enum err checkpoint_of(struct ctx *c, const struct http_request *rq, struct round_plan *ret_plan,
                              struct checkpoint *ret_checkpoint)
{
    int64_t id;
    TRY(plan_of(c, rq, ret_plan));
    TRY(http_param_id(c, rq, "checkpoint", &id));
    return checkpoint_get(c, ret_plan->id, id, ret_checkpoint);
}

enum change { CHANGE, CLOSE, RENEW, REVOKE };
static enum err do_checkpoint(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    static const char *const events[] = {"round_plan.checkpoint_changed", "round_plan.checkpoint_closed",
                                         "round_plan.code_renewed", "round_plan.code_revoked"};
    enum change what = *(const enum change *)arg;
    struct round_plan plan;
    struct checkpoint checkpoint;
    const struct json *body;
    TRY(checkpoint_of(c, rq, &plan, &checkpoint));
    TRY(fresh(c, rq, &plan));
    if (what == CHANGE) {
        TRY(json_parse(c, rq->body, &body));
        TRY(record_from_json(c, &checkpoint_record, body, RECORD_CHANGE, checkpoint.id, &checkpoint));
        if (!checkpoint.name.n)
            return fail_field(c, ERR_INVALID, "field.missing", STR("name"));
    }
    if (what == CLOSE)
        checkpoint.closed_at_ms = c->now_ms;
    if (what != CHANGE)
        checkpoint.code = what == RENEW ? place_code_new(c) : STR("");
    TRY(checkpoint_save(c, &plan, &checkpoint, events[what]));
    return answer(c, &plan, rs);
}

static enum err patch_checkpoint(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    enum change what = CHANGE;
    return command_run(c, rq, rs, do_checkpoint, &what);
}

static enum err delete_checkpoint(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    enum change what = CLOSE;
    return command_run(c, rq, rs, do_checkpoint, &what);
}

static enum err post_code(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    enum change what = RENEW;
    return command_run(c, rq, rs, do_checkpoint, &what);
}

static enum err delete_code(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    enum change what = REVOKE;
    return command_run(c, rq, rs, do_checkpoint, &what);
}

// The poster's link opens the round on the phone of who walks it.
static enum err read_qr(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct round_plan plan;
    struct checkpoint checkpoint;
    TRY(checkpoint_of(c, call->rq, &plan, &checkpoint));
    if (!checkpoint.code.n)
        return fail(c, ERR_NOT_FOUND, "checkpoint.no_code");
    call->rs->content_type = "image/svg+xml";
    buf_clear(&call->rs->body);
    return qr_svg(
        c,
        str_format(c->arena, "%.*s/work/round?code=%.*s", STR_ARG(http_origin(c, call->rq)), STR_ARG(checkpoint.code)),
        &call->rs->body);
}

static enum err get_qr(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {rq, rs};
    return store_read(c, read_qr, &call);
}

static const struct route_query list_query[] = {
    {"place", "Subtree of this place"},
    {"after", "Cursor: next of the page before"},
    {"limit", "1 to 100, else 50"},
    {NULL, NULL},
};

const struct route round_plan_routes[] = {
    {"GET", "/api/v1/round-plans", list_plans, EDITORS, ROUTE_LIST, NULL, &round_plan_record, list_query,
     "Plans of rounds within reach", NULL, NULL},
    {"POST", "/api/v1/round-plans", post_plan, EDITORS, 0, &round_plan_record, &round_plan_record, NULL,
     "Plans a daily round", NULL, NULL},
    {"GET", "/api/v1/round-plans/{id}", get_plan, EDITORS, 0, NULL, &round_plan_record, NULL, "One plan", NULL, NULL},
    {"PATCH", "/api/v1/round-plans/{id}", patch_plan, EDITORS, 0, &round_plan_record, &round_plan_record, NULL,
     "Changes days, window, who walks; rounds that are made already stay as they are", NULL, NULL},
    {"DELETE", "/api/v1/round-plans/{id}", delete_plan, EDITORS, 0, NULL, NULL, NULL, "No longer walked", NULL, NULL},
    {"POST", "/api/v1/round-plans/{id}/checkpoints", post_checkpoint, EDITORS, 0, &checkpoint_new_record,
     &round_plan_record, NULL, "One checkpoint more", NULL, NULL},
    {"PATCH", "/api/v1/round-plans/{id}/checkpoints/{checkpoint}", patch_checkpoint, EDITORS, 0, &checkpoint_record,
     &round_plan_record, NULL, "Changes a checkpoint", NULL, NULL},
    {"DELETE", "/api/v1/round-plans/{id}/checkpoints/{checkpoint}", delete_checkpoint, EDITORS, 0, NULL,
     &round_plan_record, NULL, "One checkpoint less", NULL, NULL},
    {"POST", "/api/v1/round-plans/{id}/checkpoints/{checkpoint}/code", post_code, EDITORS, 0, NULL, &round_plan_record,
     NULL, "A new code for its poster; the old one no longer counts", NULL, NULL},
    {"DELETE", "/api/v1/round-plans/{id}/checkpoints/{checkpoint}/code", delete_code, EDITORS, 0, NULL,
     &round_plan_record, NULL, "No code any more: it is tapped", NULL, NULL},
    {"GET", "/api/v1/round-plans/{id}/checkpoints/{checkpoint}/qr.svg", get_qr, EDITORS, ROUTE_RAW, NULL, NULL, NULL,
     "The poster's link as a QR code", "image/svg+xml", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL},
};
