// SPDX-License-Identifier: MulanPSL-2.0
// Rounds over HTTP: the phone of who walks, and the desk that looks on.
#include "base/id.h"
#include "domain/round/round_internal.h"
#include "flow/command.h"
#include "round_sql.h"

#define WALKERS (ROLES_STAFF & ~ROLE_BIT(ROLE_UNIT))
#define WATCHERS (ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER))
#define GRIDS_MAX 600
#define PERIOD_MAX_DAYS 400

// --- reading ---------------------------------------------------------------------------------------------------------
struct call {
    int64_t id, place_id, after, limit, from_day, to_day;
    struct str state;
    struct http_response *rs;
};

static enum err write_one(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct round r;
    unsigned relations;
    struct json_writer w;
    TRY(round_see(c, call->id, &r, &relations));
    buf_clear(&call->rs->body);
    json_writer_init(&w, &call->rs->body);
    http_set_etag_version(call->rs, r.version);
    return round_answer(c, &r, relations, true, &w);
}

static enum err get_round(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &call.id));
    return store_read(c, write_one, &call);
}

static enum err write_mine(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct json_writer w;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < c->actor.grant_count; i++) {
        struct rows rows;
        if (!c->actor.grants[i].post_id)
            continue;
        TRY(db_list(c, &sql_rounds_of_post,
                    ARGS(ARG_INT("post_id", c->actor.grants[i].post_id), ARG_INT("from_day", round_today(c)),
                         ARG_INT("max", 20)),
                    &round_record, 20, &rows));
        for (size_t k = 0; k < rows.count; k++)
            TRY(round_answer(c, (struct round *)rows.at + k, ROUND_WALKER, true, &w));
    }
    json_list_end(&w, 0);
    return OK;
}

static enum err get_today(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {.rs = rs};
    (void)rq;
    return store_read(c, write_mine, &call);
}

// "2026-11-24" of a query, or the day given when absent.
static enum err query_day(struct ctx *c, const struct http_request *rq, const char *name, int64_t absent,
                          int64_t *ret_day)
{
    struct str text = http_query(c, rq, name);
    int64_t at_ms;
    *ret_day = absent;
    if (!text.n)
        return OK;
    if (text.n != 10 || !time_parse(text, &at_ms))
        return fail_field(c, ERR_INVALID, "field.bad_time", str_of(name));
    *ret_day = at_ms / DAY_MS;
    return OK;
}

// The place asked for, or that of the actor's first watching grant; always within reach.
static enum err reach(struct ctx *c, int64_t *place_id)
{
    const struct grant *grant = NULL;
    for (size_t i = 0; i < c->actor.grant_count && !*place_id; i++)
        if (ROLE_BIT(c->actor.grants[i].role) & WATCHERS)
            *place_id = c->actor.grants[i].place_id;
    if (*place_id)
        TRY(account_grant_over(c, WATCHERS, *place_id, &grant));
    return grant ? OK : fail(c, ERR_NOT_FOUND, "place.unknown");
}

static enum err read_period(struct ctx *c, const struct http_request *rq, struct call *call)
{
    int64_t today = round_today(c);
    TRY(query_day(c, rq, "day", today, &call->from_day));
    call->to_day = call->from_day;
    TRY(query_day(c, rq, "from", call->from_day, &call->from_day));
    TRY(query_day(c, rq, "to", call->to_day, &call->to_day));
    if (call->to_day < call->from_day || call->to_day - call->from_day > PERIOD_MAX_DAYS)
        return fail_field(c, ERR_INVALID, "round.bad_period", STR("to"));
    return http_query_id(c, rq, "place", &call->place_id);
}

static enum err write_list(struct ctx *c, void *arg)
{
    struct call *call = arg;
    struct place place;
    struct rows rows;
    struct json_writer w;
    TRY(reach(c, &call->place_id));
    TRY(place_get(c, call->place_id, &place));
    TRY(db_list(c, &sql_rounds_of_day,
                ARGS(ARG_INT("day", call->from_day), ARG_TEXT("under", place_under(c, &place)),
                     ARG_TEXT("state", call->state), ARG_INT("after", call->after), ARG_INT("max", call->limit)),
                &round_record, 100, &rows));
    struct round *r = rows.at;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < rows.count; i++) {
        unsigned relations;
        TRY(round_relate(c, &r[i], &relations));
        TRY(round_answer(c, &r[i], relations, false, &w));
    }
    json_list_end(&w, rows.count == (size_t)call->limit ? r[rows.count - 1].id : 0);
    return OK;
}

static enum err list_rounds(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {.rs = rs, .state = http_query(c, rq, "state")};
    if (call.state.n && enum_from_name(round_state_names, call.state) < 0)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("state"));
    TRY(read_period(c, rq, &call));
    TRY(http_query_id(c, rq, "after", &call.after));
    TRY(http_query_int(c, rq, "limit", 1, 100, 50, &call.limit));
    return store_read(c, write_list, &call);
}

// --- figures ---------------------------------------------------------------------------------------------------------
#define ROUND_GRID_FIELDS(F, S)                                                                                        \
    F(S, ID, grid_id, .read = READ_STAFF, .doc = "null: above any grid")                                               \
    F(S, INT, planned, .read = READ_STAFF)                                                                             \
    F(S, INT, done, .read = READ_STAFF)                                                                                \
    F(S, INT, under_way, .read = READ_STAFF, .doc = "Planned or begun, the window is not over")                        \
    F(S, INT, missed, .read = READ_STAFF, .doc = "Missed or incomplete")                                               \
    F(S, INT, findings, .read = READ_STAFF)                                                                            \
    F(S, TEXT, name, .flags = FIELD_COMPUTED, .read = READ_STAFF, .doc = "Grid with its community")
struct round_grid {
    ROUND_GRID_FIELDS(FIELD_MEMBER, round_grid)
};
static const struct field grid_fields[] = {ROUND_GRID_FIELDS(FIELD_ROW, round_grid)};
static const struct record round_grid_record = {"round_grid", NULL, sizeof(struct round_grid), FIELDS(grid_fields)};

#define ROUND_FIGURES_FIELDS(F, S)                                                                                     \
    F(S, TEXT, from, .read = READ_STAFF)                                                                               \
    F(S, TEXT, to, .read = READ_STAFF)                                                                                 \
    F(S, JSON, counts, .read = READ_STAFF, .of = &round_counts_record)                                                 \
    F(S, JSON, grids, .flags = FIELD_MANY, .read = READ_STAFF, .of = &round_grid_record, .doc = "Most missed first")
struct round_figures {
    ROUND_FIGURES_FIELDS(FIELD_MEMBER, round_figures)
};
static const struct field figures_fields[] = {ROUND_FIGURES_FIELDS(FIELD_ROW, round_figures)};
static const struct record round_figures_record = {"round_figures", NULL, sizeof(struct round_figures),
                                                   FIELDS(figures_fields)};

static enum err write_grids(struct ctx *c, const struct rows *rows, struct json_writer *w)
{
    struct round_grid *grids = rows->at;
    json_array_begin(w);
    for (size_t i = 0; i < rows->count; i++) {
        grids[i].name = STR("");
        if (grids[i].grid_id)
            TRY(place_full_name(c, grids[i].grid_id, PLACE_COMMUNITY, &grids[i].name));
        record_to_json(c, &round_grid_record, &grids[i], 0, READ_STAFF, w);
    }
    json_array_end(w);
    return OK;
}

static enum err write_figures(struct ctx *c, void *arg)
{
    struct call *call = arg;
    struct place place;
    struct round_counts counts;
    struct rows rows;
    struct json_writer w;
    TRY(reach(c, &call->place_id));
    TRY(place_get(c, call->place_id, &place));
    TRY(round_counts(c, place.id, call->from_day, call->to_day, &counts));
    TRY(db_list(c, &sql_rounds_by_grid,
                ARGS(ARG_INT("from_day", call->from_day), ARG_INT("to_day", call->to_day),
                     ARG_TEXT("under", place_under(c, &place)), ARG_INT("max", GRIDS_MAX)),
                &round_grid_record, GRIDS_MAX, &rows));
    buf_clear(&call->rs->body);
    json_writer_init(&w, &call->rs->body);
    json_object_begin(&w);
    json_key(&w, "from");
    json_put_str(&w, round_date(c, call->from_day));
    json_key(&w, "to");
    json_put_str(&w, round_date(c, call->to_day));
    json_key(&w, "counts");
    record_to_json(c, &round_counts_record, &counts, 0, READ_STAFF, &w);
    json_key(&w, "grids");
    TRY(write_grids(c, &rows, &w));
    json_object_end(&w);
    return OK;
}

static enum err get_figures(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {.rs = rs};
    TRY(read_period(c, rq, &call));
    return store_read(c, write_figures, &call);
}

// --- what the phone sends --------------------------------------------------------------------------------------------
#define TICK_FIELDS(F, S)                                                                                              \
    F(S, ID, item, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_OWNER, .doc = "Of the round's list")            \
    F(S, ENUM, result, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_OWNER, .names = round_result_names,         \
      .doc = "seen; well, needs_help, not_home, refused; delivered, not_delivered")                                    \
    F(S, TEXT, bad, .flags = FIELD_INPUT, .read = READ_OWNER, .max = 200,                                              \
      .doc = "Of what is asked there, what is not in order; joined by commas")                                         \
    F(S, TEXT, code, .flags = FIELD_INPUT, .read = READ_OWNER, .max = 32, .doc = "Of the poster, when it was scanned") \
    F(S, TEXT, words, .flags = FIELD_INPUT | FIELD_MULTILINE, .read = READ_OWNER, .max = 1000,                         \
      .doc = "not_delivered: why")                                                                                     \
    F(S, TIME_MS, at, .flags = FIELD_INPUT, .read = READ_OWNER, .doc = "When it was ticked, by the phone's clock")
struct tick_input {
    TICK_FIELDS(FIELD_MEMBER, tick_input)
};
static const struct field tick_fields[] = {TICK_FIELDS(FIELD_ROW, tick_input)};
static const struct record tick_record = {"round_tick", NULL, sizeof(struct tick_input), FIELDS(tick_fields)};

#define FOUND_FIELDS(F, S)                                                                                             \
    F(S, ID, service, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_OWNER,                                       \
      .doc = "Service item of kind finding or repair")                                                                 \
    F(S, ID, item, .flags = FIELD_INPUT, .read = READ_OWNER, .doc = "Where, of the round's list")                      \
    F(S, TEXT, words, .flags = FIELD_INPUT | FIELD_MULTILINE, .read = READ_OWNER, .max = 1900)                         \
    F(S, IDS, media, .flags = FIELD_INPUT, .read = READ_OWNER, .max = REQUEST_MEDIA_MAX, .doc = "Pictures sent before")
struct found_input {
    FOUND_FIELDS(FIELD_MEMBER, found_input)
};
static const struct field found_fields[] = {FOUND_FIELDS(FIELD_ROW, found_input)};
static const struct record found_record = {"round_finding", NULL, sizeof(struct found_input), FIELDS(found_fields)};

static enum err answer(struct ctx *c, struct round *r, struct http_response *rs)
{
    struct json_writer w;
    unsigned relations;
    json_writer_init(&w, &rs->body);
    http_set_etag_version(rs, r->version);
    TRY(round_relate(c, r, &relations));
    return round_answer(c, r, relations, true, &w);
}

// A stranger learns nothing from the faults of what was sent.
static enum err seen(struct ctx *c, const struct http_request *rq, int64_t *ret_id)
{
    struct round r;
    unsigned relations;
    TRY(http_param_id(c, rq, "id", ret_id));
    return round_see(c, *ret_id, &r, &relations);
}

static enum err do_tick(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t id;
    const struct json *body;
    struct tick_input in = {0};
    struct round r;
    (void)arg;
    TRY(seen(c, rq, &id));
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &tick_record, body, RECORD_CREATE, 0, &in));
    struct round_tick tick = {in.item, in.result, in.bad, in.code, in.words, in.at_ms};
    TRY(round_tick(c, id, &tick, &r));
    return answer(c, &r, rs);
}

static enum err post_tick(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_tick, NULL);
}

static enum err read_media(struct ctx *c, struct str text, struct round_found *found)
{
    while (text.n) {
        int64_t id;
        if (found->media_count == REQUEST_MEDIA_MAX || !id_parse(str_cut(&text, ','), &id))
            return fail_field(c, ERR_INVALID, "field.bad_id", STR("media"));
        found->media[found->media_count++] = id;
    }
    return OK;
}

static enum err do_find(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t id, request_id;
    const struct json *body;
    struct found_input in = {0};
    struct round r;
    (void)arg;
    TRY(seen(c, rq, &id));
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &found_record, body, RECORD_CREATE, 0, &in));
    struct round_found found = {.item_id = in.service, .round_item = in.item, .words = in.words};
    TRY(read_media(c, in.media, &found));
    TRY(round_find(c, id, &found, &r, &request_id));
    rs->status = 201;
    http_set_header(rs, "Location",
                    str_format(c->arena, "/api/v1/requests/%.*s", STR_ARG(id_text(c->arena, request_id))));
    return answer(c, &r, rs);
}

static enum err post_find(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_find, NULL);
}

// --- who is visited, in clear, for the phone of who visits -----------------------------------------------------------
// Each person is opened once, however much is to be done for them.
static enum err open_item(struct ctx *c, const struct round_item *item, struct care_clear *clear, size_t count)
{
    struct care care;
    for (size_t i = 0; i < count; i++)
        if (clear[i].care_id == item->care_id) {
            clear[count] = clear[i];
            clear[count].item_id = item->id;
            return OK;
        }
    clear[count] = (struct care_clear){.item_id = item->id};
    TRY(care_get(c, item->care_id, &care));
    return care_open(c, &care, STR("巡楼走访"), &clear[count]);
}

static enum err do_open(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct round r;
    unsigned relations;
    int64_t id;
    struct rows rows;
    struct json_writer w;
    size_t count = 0;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(round_see(c, id, &r, &relations));
    if (!(relations & ROUND_WALKER))
        return fail(c, ERR_FORBIDDEN, "round.not_yours");
    TRY(round_items_of(c, id, &rows));
    const struct round_item *items = rows.at;
    struct care_clear *clear = arena_array(c->arena, rows.count + 1, sizeof *clear);
    json_list_begin(&w, &rs->body);
    for (size_t i = 0; i < rows.count; i++) {
        if (!items[i].care_id || items[i].result != RESULT_NONE)
            continue;
        TRY(open_item(c, &items[i], clear, count));
        record_to_json(c, &care_clear_record, &clear[count], items[i].care_id, READ_ALL, &w);
        count++;
    }
    json_list_end(&w, 0);
    return OK;
}

struct open_call {
    struct http_request *rq;
    struct http_response *rs;
};
static enum err write_open(struct ctx *c, void *arg)
{
    const struct open_call *call = arg;
    http_response_reset(call->rs);
    return do_open(c, call->rq, call->rs);
}

// Not kept for replay: an answer with personal data in clear is kept nowhere.
static enum err post_open(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct open_call call = {rq, rs};
    TRY(store_write(c, write_open, &call));
    http_set_header(rs, "Cache-Control", STR("no-store"));
    return OK;
}

static const struct route_query list_query[] = {
    {"day", "2026-11-24; absent: today"},   {"place", "Subtree of this place"},
    {"state", "planned, walking, done, …"}, {"after", "Cursor: next of the page before"},
    {"limit", "1 to 100, else 50"},         {NULL, NULL},
};
static const struct route_query figures_query[] = {
    {"from", "First local day; absent: today"},
    {"to", "Last local day"},
    {"place", "Subtree of this place"},
    {NULL, NULL},
};

const struct route round_routes[] = {
    {"GET", "/api/v1/rounds/today", get_today, WALKERS, ROUTE_LIST, NULL, &round_record, NULL,
     "The rounds that I walk today, whole", NULL, NULL},
    {"GET", "/api/v1/rounds/figures", get_figures, WATCHERS, 0, NULL, &round_figures_record, figures_query,
     "Rounds in numbers, in all and by grid", NULL, NULL},
    {"GET", "/api/v1/rounds", list_rounds, WATCHERS, ROUTE_LIST, NULL, &round_record, list_query,
     "Rounds of a day within reach", NULL, NULL},
    {"GET", "/api/v1/rounds/{id}", get_round, WALKERS, 0, NULL, &round_record, NULL, "One round with all on it", NULL,
     NULL},
    {"POST", "/api/v1/rounds/{id}/ticks", post_tick, WALKERS, 0, &tick_record, &round_record, NULL,
     "Ticks one item; may come late, and twice", NULL, NULL},
    {"POST", "/api/v1/rounds/{id}/findings", post_find, WALKERS, 0, &found_record, &round_record, NULL,
     "Reports what was found: a request, sent at once to who is responsible", NULL, NULL},
    {"POST", "/api/v1/rounds/{id}/open", post_open, WALKERS, ROUTE_LIST | ROUTE_NO_IDEMPOTENCY, NULL,
     &care_clear_record, NULL, "Who is to be visited, in clear, for who walks; each person opened is an event", NULL,
     NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL},
};
