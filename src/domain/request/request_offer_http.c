// SPDX-License-Identifier: MulanPSL-2.0
// The wall of wishes, open to everybody: a text that the community has approved, an area, since when. Nothing that came
// from the wisher is on it: no words, no name, no door, no picture, and no private wish. Who takes one on reads no more
// than that, and the contact where the wisher agreed to it.
#include "base/calendar.h"
#include "base/clock.h"
#include "domain/request/request_claim.h"
#include "domain/request/request_offer.h"
#include "flow/command.h"
#include "request_sql.h"

#define COUNT_MAX 20000

// --- GET /api/v1/wishes ---------------------------------------------------------------------------------------------
struct wish_entry {
    struct request r;
};
#define ROW(member, name_, type_)                                                                                      \
    .name = (name_), .offset = offsetof(struct wish_entry, r.member), .type = (type_), .read = READ_PUBLIC
static const struct field wish_entry_fields[] = {
    {ROW(id, "id", FIELD_ID), .doc = "To claim it by"},
    {ROW(item_zh, "item_zh", FIELD_TEXT), .doc = "Service item in Chinese"},
    {ROW(item_en, "item_en", FIELD_TEXT), .doc = "Service item in English"},
    {ROW(public_words, "text", FIELD_TEXT), .max = 140, .doc = "The wish, as the community approved it"},
    {ROW(public_area, "area", FIELD_TEXT), .doc = "Estate, grid or community"},
    {ROW(offered_at_ms, "since", FIELD_TIME), .doc = "Since when it waits for somebody"},
    {ROW(offer_until_ms, "until", FIELD_TIME), .doc = "If nobody takes it on by then, the community does"},
};
const struct record wish_entry_record = {"wish", NULL, sizeof(struct wish_entry), FIELDS(wish_entry_fields)};

#define WISH_SUMMARY_FIELDS(F, S)                                                                                      \
    F(S, INT, waiting, .read = READ_PUBLIC, .doc = "Wait for somebody")                                                \
    F(S, INT, taken, .read = READ_PUBLIC, .doc = "Somebody has taken them on")                                         \
    F(S, INT, fulfilled_month, .read = READ_PUBLIC, .doc = "Came true this month, by the calendar on the wall")
struct wish_summary {
    WISH_SUMMARY_FIELDS(FIELD_MEMBER, wish_summary)
};
static const struct field wish_summary_fields[] = {WISH_SUMMARY_FIELDS(FIELD_ROW, wish_summary)};
const struct record wish_summary_record = {"wish_summary", NULL, sizeof(struct wish_summary),
                                           FIELDS(wish_summary_fields)};

struct wishes_call {
    struct str door;
    int64_t place_id, before, limit;
    struct http_response *rs;
};

// The community of a door: neighbours help beyond their own building. A place is taken as it is; neither: the district.
static enum err find_area(struct ctx *c, const struct wishes_call *call, int64_t *ret_place_id)
{
    struct place_chain chain;
    struct place place;
    struct door door;
    if (!call->door.n && !call->place_id) {
        TRY(place_root(c, &place));
        *ret_place_id = place.id;
        return OK;
    }
    if (!call->door.n) {
        TRY(place_get(c, call->place_id, &place));
        TRY(place_get_chain(c, place.id, &chain));
        int level = place.level < PLACE_COMMUNITY ? place.level : PLACE_COMMUNITY; // never a household
        *ret_place_id = chain.at[level] ? chain.at[level] : place.id;
        return OK;
    }
    TRY(door_find(c, call->door, &door));
    TRY(place_get_chain(c, door.place_id, &chain));
    *ret_place_id = chain.at[PLACE_COMMUNITY] ? chain.at[PLACE_COMMUNITY] : chain.at[PLACE_DISTRICT];
    return OK;
}

static enum err write_wishes(struct ctx *c, void *arg)
{
    struct wishes_call *call = arg;
    struct rows rows;
    struct json_writer w;
    int64_t area_id = 0;
    TRY(find_area(c, call, &area_id));
    TRY(db_list(c, &sql_request_page_stage,
                ARGS(ARG_INT("scope_id", area_id), ARG_INT("stage", STAGE_ON_WALL),
                     ARG_INT("before", call->before ? call->before : INT64_MAX), ARG_INT("max", call->limit)),
                &request_record, (size_t)call->limit, &rows));
    const struct request *r = rows.at;
    int64_t next = (int64_t)rows.count == call->limit ? r[rows.count - 1].id : 0;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < rows.count; i++) {
        struct wish_entry entry = {.r = r[i]};
        if (!r[i].is_private && r[i].public_words.n)
            record_to_json(c, &wish_entry_record, &entry, r[i].id, READ_PUBLIC, &w);
    }
    json_list_end(&w, next);
    return OK;
}

static enum err read_call(struct ctx *c, const struct http_request *rq, struct http_response *rs,
                          struct wishes_call *call)
{
    *call = (struct wishes_call){.door = http_query(c, rq, "door"), .rs = rs};
    TRY(http_query_id(c, rq, "place", &call->place_id));
    TRY(http_query_id(c, rq, "before", &call->before));
    return http_query_int(c, rq, "limit", 1, 100, 20, &call->limit);
}

enum err request_http_wishes(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct wishes_call call = {0};
    TRY(read_call(c, rq, rs, &call));
    return store_read(c, write_wishes, &call);
}

// --- GET /api/v1/wishes/summary -------------------------------------------------------------------------------------
static int64_t month_begin_ms(const struct ctx *c)
{
    int year, month, day;
    int64_t zone_ms = c->house->calendar ? calendar_zone_ms(c->house->calendar) : 8 * HOUR_MS;
    day_to_date((c->now_ms + zone_ms) / DAY_MS, &year, &month, &day);
    return ((c->now_ms + zone_ms) / DAY_MS - (day - 1)) * DAY_MS - zone_ms;
}

static enum err count_stage(struct ctx *c, int64_t area_id, enum request_stage stage, int64_t *ret_count)
{
    return db_number(c, &sql_request_count_stage,
                     ARGS(ARG_INT("scope_id", area_id), ARG_INT("stage", (int64_t)stage), ARG_INT("max", COUNT_MAX)),
                     ret_count);
}

static enum err write_wishes_summary(struct ctx *c, void *arg)
{
    struct wishes_call *call = arg;
    struct wish_summary s = {0};
    struct json_writer w;
    int64_t area_id = 0;
    TRY(find_area(c, call, &area_id));
    TRY(count_stage(c, area_id, STAGE_ON_WALL, &s.waiting));
    TRY(count_stage(c, area_id, STAGE_TAKEN, &s.taken));
    TRY(db_number(c, &sql_request_count_confirmed,
                  ARGS(ARG_INT("scope_id", area_id), ARG_INT("since_ms", month_begin_ms(c)), ARG_INT("max", COUNT_MAX)),
                  &s.fulfilled_month));
    buf_clear(&call->rs->body);
    json_writer_init(&w, &call->rs->body);
    record_to_json(c, &wish_summary_record, &s, 0, READ_PUBLIC, &w);
    return OK;
}

enum err request_http_wishes_summary(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct wishes_call call = {0};
    TRY(read_call(c, rq, rs, &call));
    return store_read(c, write_wishes_summary, &call);
}

// --- POST /api/v1/wishes/{id}/claim ---------------------------------------------------------------------------------
// What never was on the wall is not there for a stranger; of what somebody else took on, who comes second is told.
static enum err may_claim(struct ctx *c, const struct request *r)
{
    unsigned relations;
    TRY(request_relate(c, r, &relations));
    if (relations & RELATION_WILLING || (relations && r->kind == KIND_WISH && r->state == REQUEST_UNCLAIMED))
        return OK;
    if (r->kind == KIND_WISH && r->public_words.n && r->claimant_id && r->claimant_id != c->actor.person_id)
        return request_offer_taken(c, r);
    return fail(c, ERR_NOT_FOUND, "request.no_wish");
}

static enum err do_claim(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t id;
    struct request r;
    (void)arg;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(request_get(c, id, &r));
    TRY(may_claim(c, &r));
    TRY(request_act(c, id, STR("claim"), NULL, -1, &r));
    return request_write_claim(c, &r, rs);
}

enum err request_http_claim(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_claim, NULL);
}
