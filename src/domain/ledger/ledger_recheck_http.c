// SPDX-License-Identifier: MulanPSL-2.0
// Re-checks over HTTP: the list of a desk's area, what was found, and, for everybody, the seeds of the draws.
#include "base/id.h"
#include "domain/ledger/ledger_internal.h"
#include "flow/command.h"
#include "ledger_sql.h"
#include "json/record_json.h"

#define ACCESS_DESK (ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER))
#define DRAWS_MAX 104 // two years of weeks

static const char *const results[] = {"solved", "not_solved", "unreachable", NULL};
static const char *const hows[] = {"call", "visit", NULL};
static const char *const states[] = {"open", "done", "all", NULL};

// --- shapes ----------------------------------------------------------------------------------------------------------
#define RECHECK_VIEW_FIELDS(F, S)                                                                                      \
    F(S, ID, id, .read = READ_SCOPE, .doc = "The re-check")                                                            \
    F(S, TEXT, week, .read = READ_SCOPE, .doc = "Monday of the week in which it was closed")                           \
    F(S, ID, request_id, .read = READ_SCOPE, .doc = "The request")                                                     \
    F(S, TEXT, item_zh, .read = READ_SCOPE, .doc = "Service item")                                                     \
    F(S, TEXT, item_en, .read = READ_SCOPE, .doc = "The same in English")                                              \
    F(S, TEXT, area, .read = READ_SCOPE, .doc = "Estate or grid")                                                      \
    F(S, TEXT, unit, .read = READ_SCOPE, .doc = "The organisation that had it when it was closed")                     \
    F(S, TIME, solved_at, .read = READ_SCOPE, .doc = "When it was closed")                                             \
    F(S, INT, rank, .read = READ_SCOPE, .doc = "Its rank in the unit's draw, from 1")                                  \
    F(S, INT, eligible, .read = READ_SCOPE, .doc = "How many of the unit there were to draw from")                     \
    F(S, TEXT, result, .read = READ_SCOPE, .doc = "Empty: to be done; solved, not_solved or unreachable")              \
    F(S, TEXT, how, .read = READ_SCOPE, .doc = "call or visit")                                                        \
    F(S, TIME, checked_at, .read = READ_SCOPE, .doc = "When")                                                          \
    F(S, BOOL, mine, .read = READ_SCOPE, .doc = "The reader had no part in the case, so may check it")
struct recheck_view {
    RECHECK_VIEW_FIELDS(FIELD_MEMBER, recheck_view)
};
static const struct field view_fields[] = {RECHECK_VIEW_FIELDS(FIELD_ROW, recheck_view)};
static const struct record view_record = {"ledger_recheck_view", NULL, sizeof(struct recheck_view),
                                          FIELDS(view_fields)};
#define RECHECK_INPUT_FIELDS(F, S)                                                                                     \
    F(S, ENUM, result, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_SCOPE, .names = results,                    \
      .doc = "What was found")                                                                                         \
    F(S, ENUM, how, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_SCOPE, .names = hows,                          \
      .doc = "How it was checked")                                                                                     \
    F(S, TEXT, note, .flags = FIELD_INPUT | FIELD_MULTILINE, .read = READ_SCOPE, .max = EVENT_NOTE_MAX,                \
      .doc = "In own words")
struct recheck_input {
    RECHECK_INPUT_FIELDS(FIELD_MEMBER, recheck_input)
};
static const struct field input_fields[] = {RECHECK_INPUT_FIELDS(FIELD_ROW, recheck_input)};
static const struct record input_record = {"ledger_recheck_input", NULL, sizeof(struct recheck_input),
                                           FIELDS(input_fields)};

// --- the list --------------------------------------------------------------------------------------------------------
struct call {
    int64_t place_id, before, limit;
    struct str state;
    struct http_response *rs;
};

static enum err find_place(struct ctx *c, struct call *call, struct place *ret_place)
{
    const struct grant *grant;
    for (size_t i = 0; i < c->actor.grant_count && !call->place_id; i++)
        if (ROLE_BIT(c->actor.grants[i].role) & ACCESS_DESK)
            call->place_id = c->actor.grants[i].place_id;
    TRY(account_grant_over(c, ACCESS_DESK, call->place_id, &grant));
    return grant ? place_get(c, call->place_id, ret_place) : fail(c, ERR_NOT_FOUND, "place.unknown");
}

static enum err may_lack(struct ctx *c, enum err err)
{
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return OK;
}

static enum err describe(struct ctx *c, const struct ledger_recheck *k, struct recheck_view *ret)
{
    struct request request;
    struct org org = {0};
    TRY(request_get(c, k->request_id, &request));
    if (k->unit_id)
        TRY(may_lack(c, org_get(c, k->unit_id, &org)));
    *ret = (struct recheck_view){.id = k->id,
                                 .week = k->week,
                                 .request_id = k->request_id,
                                 .item_zh = request.item_zh,
                                 .item_en = request.item_en,
                                 .area = request.area,
                                 .unit = org.name,
                                 .solved_at = k->solved_at_ms,
                                 .rank = k->rank,
                                 .eligible = k->eligible,
                                 .result = k->result,
                                 .how = k->how,
                                 .checked_at = k->checked_at_ms};
    return ledger_recheck_may(c, k, &ret->mine);
}

static enum err write_list(struct ctx *c, void *arg)
{
    struct call *call = arg;
    struct place place;
    struct rows rows;
    struct json_writer w;
    TRY(find_place(c, call, &place));
    TRY(db_list(c, &sql_ledger_recheck_page,
                ARGS(ARG_TEXT("under", place_under(c, &place)), ARG_TEXT("state", call->state),
                     ARG_INT("before", call->before ? call->before : INT64_MAX), ARG_INT("max", call->limit)),
                &ledger_recheck_record, (size_t)call->limit, &rows));
    const struct ledger_recheck *found = rows.at;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < rows.count; i++) {
        struct recheck_view view;
        TRY(describe(c, &found[i], &view));
        record_to_json(c, &view_record, &view, view.id, READ_SCOPE, &w);
    }
    json_list_end(&w, rows.count == (size_t)call->limit ? found[rows.count - 1].id : 0);
    return OK;
}

static enum err get_list(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {.rs = rs, .state = http_query(c, rq, "state")};
    if (!call.state.n)
        call.state = STR("open");
    if (enum_from_name(states, call.state) < 0)
        return fail_field(c, ERR_INVALID, "ledger.bad_query", STR("state"));
    TRY(http_query_id(c, rq, "place", &call.place_id));
    TRY(http_query_id(c, rq, "before", &call.before));
    TRY(http_query_int(c, rq, "limit", 1, 100, 20, &call.limit));
    return store_read(c, write_list, &call);
}

// --- the answer ------------------------------------------------------------------------------------------------------
struct answer {
    int64_t id;
    struct recheck_input input;
};

static enum err answer_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct answer *answer = arg;
    struct ledger_recheck recheck;
    struct recheck_view view;
    const struct grant *grant = NULL;
    struct json_writer w;
    (void)rq;
    enum err err =
        db_one(c, &sql_ledger_recheck_get, ARGS(ARG_INT("id", answer->id)), &ledger_recheck_record, &recheck);
    TRY(may_lack(c, err));
    if (err == OK)
        TRY(account_grant_over(c, ACCESS_DESK, recheck.place_id, &grant));
    if (!grant)
        return fail(c, ERR_NOT_FOUND, "ledger.no_recheck");
    TRY(ledger_recheck_answer(c, answer->id, str_of(results[answer->input.result]), str_of(hows[answer->input.how]),
                              answer->input.note));
    TRY(db_one(c, &sql_ledger_recheck_get, ARGS(ARG_INT("id", answer->id)), &ledger_recheck_record, &recheck));
    TRY(describe(c, &recheck, &view));
    json_writer_init(&w, &rs->body);
    record_to_json(c, &view_record, &view, view.id, READ_SCOPE, &w);
    return OK;
}

static enum err post_answer(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct answer answer = {0};
    const struct json *body;
    TRY(http_param_id(c, rq, "id", &answer.id));
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &input_record, body, RECORD_CREATE, 0, &answer.input));
    return command_run(c, rq, rs, answer_run, &answer);
}

// --- the seeds -------------------------------------------------------------------------------------------------------
static enum err write_draws(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct rows rows;
    struct json_writer w;
    TRY(db_list(c, &sql_ledger_draw_list, ARGS(ARG_INT("max", DRAWS_MAX)), &ledger_draw_record, DRAWS_MAX, &rows));
    const struct ledger_draw *draws = rows.at;
    buf_clear(&rs->body);
    json_list_begin(&w, &rs->body);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &ledger_draw_record, &draws[i], 0, READ_PUBLIC, &w);
    json_list_end(&w, 0);
    return OK;
}

static enum err get_draws(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    TRY(store_read(c, write_draws, rs));
    http_set_header(rs, "Cache-Control", STR("public, max-age=60"));
    return OK;
}

static const struct route_query list_query[] = {
    {"place", "Its subtree; without it one's own"},
    {"state", "open (unless told otherwise), done or all"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100, else 20"},
    {NULL, NULL},
};
const struct route ledger_recheck_routes[] = {
    {"GET", "/api/v1/ledger/rechecks", get_list, ACCESS_DESK, ROUTE_LIST, NULL, &view_record, list_query,
     "Requests closed as solved that were drawn to be checked again, newest first"},
    {"GET", "/api/v1/ledger/rechecks/draws", get_draws, ACCESS_ANYONE, ROUTE_LIST, NULL, &ledger_draw_record, NULL,
     "Seeds of the weekly draws, newest first: with an export of the log anybody draws the same"},
    {"POST", "/api/v1/ledger/rechecks/{id}", post_answer, ACCESS_DESK, 0, &input_record, &view_record, NULL,
     "What the re-check found; only by somebody who had no part in the case"},
    {NULL},
};
