// SPDX-License-Identifier: MulanPSL-2.0
// The public wall: what is asked and done near a door. What is shown says nothing of who asked: no words, no name, no
// picture, no building or flat; private requests are absent. k-anonymity, kept simple: an estate is named only when its
// newest requests came from at least K_MIN different people, else the grid is named; and when even the whole area has
// fewer than K_MIN, nothing is shown at all.
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/request_internal.h"
#include "request_sql.h"

#include <stdlib.h>

#define K_MIN 3
#define SAMPLE 200
#define DONE_MAX 2000

struct wall_entry {
    struct request r;
    struct str area, state_zh, state_en;
    bool overdue;
};
#define ROW(member, name_, type_)                                                                                      \
    .name = (name_), .offset = offsetof(struct wall_entry, r.member), .type = (type_), .read = READ_PUBLIC
#define WALL(member, type_) FIELD_AT(struct wall_entry, member), .type = (type_), .read = READ_PUBLIC
static const struct field wall_entry_fields[] = {
    {ROW(id, "id", FIELD_ID), .doc = "For paging; opens nothing"},
    {ROW(kind, "kind", FIELD_ENUM), .names = request_kind_names, .doc = "Kind"},
    {ROW(item_zh, "item_zh", FIELD_TEXT), .doc = "Service item in Chinese"},
    {ROW(item_en, "item_en", FIELD_TEXT), .doc = "Service item in English"},
    {WALL(area, FIELD_TEXT), .doc = "Estate or grid"},
    {ROW(state, "state", FIELD_ENUM), .names = request_state_names, .doc = "Where it stands"},
    {WALL(state_zh, FIELD_TEXT), .doc = "The state in Chinese"},
    {WALL(state_en, FIELD_TEXT), .doc = "The state in English"},
    {ROW(reported_at_ms, "reported_at", FIELD_TIME), .doc = "When it was reported"},
    {ROW(closed_at_ms, "closed_at", FIELD_TIME), .doc = "When it was closed"},
    {ROW(due_at_ms, "due_at", FIELD_TIME), .doc = "Until when it should be done"},
    {WALL(overdue, FIELD_BOOL), .doc = "Not finished in time"},
    {ROW(outcome, "outcome", FIELD_ENUM), .names = request_outcome_names, .doc = "How it ended"},
    {ROW(rating, "rating", FIELD_INT), .max = 5, .doc = "1 to 5; 0: none"},
};
const struct record wall_entry_record = {"wall_entry", NULL, sizeof(struct wall_entry), FIELDS(wall_entry_fields)};

#define WALL_SUMMARY_FIELDS(F, S)                                                                                      \
    F(S, INT, open, .read = READ_PUBLIC, .doc = "Open now")                                                            \
    F(S, INT, done_30d, .read = READ_PUBLIC,                                                                           \
      .doc = "Done within the last 30 days (withdrawn and refused ones left out)")                                     \
    F(S, JSON, on_time_30d, .read = READ_PUBLIC, .doc = "Share of them finished within the limit, 0 to 1; null: none") \
    F(S, JSON, median_hours_30d, .read = READ_PUBLIC, .doc = "Median hours from report to finish; null: none")
struct wall_summary {
    WALL_SUMMARY_FIELDS(FIELD_MEMBER, wall_summary)
};
static const struct field wall_summary_fields[] = {WALL_SUMMARY_FIELDS(FIELD_ROW, wall_summary)};
const struct record wall_summary_record = {"wall_summary", NULL, sizeof(struct wall_summary),
                                           FIELDS(wall_summary_fields)};

// --- which area -----------------------------------------------------------------------------------------------------
struct wall_call {
    struct str door;
    int64_t place_id, before, limit;
    struct http_response *rs;
};

// The grid of the door or place, or the next larger area; a place larger than a grid is taken as it is.
static enum err find_area(struct ctx *c, const struct wall_call *call, int64_t *ret_place_id)
{
    struct place_chain chain;
    struct place place;
    int64_t place_id = call->place_id;
    if (call->door.n) {
        struct door door;
        TRY(door_find(c, call->door, &door));
        place_id = door.place_id;
    }
    if (!place_id)
        return fail_field(c, ERR_INVALID, "request.no_place", STR("door"));
    TRY(place_get(c, place_id, &place));
    TRY(place_get_chain(c, place_id, &chain));
    int level = place.level < PLACE_GRID ? place.level : PLACE_GRID;
    while (level > 0 && !chain.at[level])
        level--;
    *ret_place_id = chain.at[level];
    return OK;
}

static enum err public_rows(struct ctx *c, int64_t area_id, int64_t before, size_t max, struct rows *ret_rows,
                            int64_t *ret_next)
{
    TRY(db_list(c, &sql_request_page_place,
                ARGS(ARG_INT("scope_id", area_id), ARG_INT("before", before), ARG_INT("max", (int64_t)max)),
                &request_record, max, ret_rows));
    struct request *r = ret_rows->at;
    size_t kept = 0;
    *ret_next = ret_rows->count == max ? r[max - 1].id : 0;
    for (size_t i = 0; i < ret_rows->count; i++)
        if (!r[i].is_private)
            r[kept++] = r[i];
    ret_rows->count = kept;
    return OK;
}

// Different people among the rows of an estate (0: of all). What nobody here reported counts as a person of its own.
static size_t count_people(const struct rows *rows, int64_t estate_id)
{
    const struct request *r = rows->at;
    int64_t seen[K_MIN];
    size_t count = 0;
    for (size_t i = 0; i < rows->count && count < K_MIN; i++) {
        int64_t who = r[i].reporter_id ? r[i].reporter_id : r[i].id;
        bool known = estate_id && r[i].estate_id != estate_id;
        for (size_t j = 0; j < count && !known; j++)
            known = seen[j] == who;
        if (!known)
            seen[count++] = who;
    }
    return count;
}

static enum err write_entry(struct ctx *c, const struct request *r, const struct rows *sample, struct str area_name,
                            struct json_writer *w)
{
    bool name_estate = r->estate_id && count_people(sample, r->estate_id) >= K_MIN;
    struct wall_entry entry = {.r = *r,
                               .area = name_estate ? r->area : area_name,
                               .state_zh = str_of(request_flow.states[r->state].zh),
                               .state_en = str_of(request_flow.states[r->state].en),
                               .overdue = request_overdue(c, r)};
    record_to_json(c, &wall_entry_record, &entry, r->id, READ_PUBLIC, w);
    return OK;
}

static enum err write_wall(struct ctx *c, void *arg)
{
    struct wall_call *call = arg;
    int64_t area_id = 0, next = 0, sample_next;
    struct place area;
    struct rows sample, rows = {0};
    struct json_writer w;
    TRY(find_area(c, call, &area_id));
    TRY(place_get(c, area_id, &area));
    TRY(public_rows(c, area_id, INT64_MAX, SAMPLE, &sample, &sample_next));
    if (count_people(&sample, 0) >= K_MIN)
        TRY(public_rows(c, area_id, call->before ? call->before : INT64_MAX, (size_t)call->limit, &rows, &next));
    const struct request *r = rows.at;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        TRY(write_entry(c, &r[i], &sample, area.name, &w));
    json_list_end(&w, next);
    return OK;
}

static enum err read_call(struct ctx *c, const struct http_request *rq, struct http_response *rs,
                          struct wall_call *call)
{
    *call = (struct wall_call){.door = http_query(c, rq, "door"), .rs = rs};
    TRY(http_query_id(c, rq, "place", &call->place_id));
    TRY(http_query_id(c, rq, "before", &call->before));
    return http_query_int(c, rq, "limit", 1, 100, 20, &call->limit);
}

enum err request_http_wall(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct wall_call call = {0};
    TRY(read_call(c, rq, rs, &call));
    return store_read(c, write_wall, &call);
}

// --- four numbers ---------------------------------------------------------------------------------------------------
static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static enum err reckon_done(struct ctx *c, int64_t area_id, struct wall_summary *s)
{
    struct rows rows;
    TRY(db_list(
        c, &sql_request_closed_since,
        ARGS(ARG_INT("scope_id", area_id), ARG_INT("since_ms", c->now_ms - 30 * DAY_MS), ARG_INT("max", DONE_MAX)),
        &request_record, DONE_MAX, &rows));
    const struct request *r = rows.at;
    int64_t *spans = arena_array(c->arena, rows.count ? rows.count : 1, sizeof *spans), on_time = 0;
    size_t n = 0;
    for (size_t i = 0; i < rows.count; i++) {
        int64_t finished_ms = r[i].handled_at_ms ? r[i].handled_at_ms : r[i].closed_at_ms;
        if (r[i].outcome == OUTCOME_WITHDRAWN || r[i].outcome == OUTCOME_REFUSED)
            continue;
        spans[n++] = finished_ms - r[i].reported_at_ms;
        on_time += finished_ms <= r[i].due_at_ms;
    }
    s->done_30d = (int64_t)n;
    if (n == 0)
        return OK;
    qsort(spans, n, sizeof *spans, by_size);
    int64_t median_ms = n % 2 ? spans[n / 2] : (spans[n / 2 - 1] + spans[n / 2]) / 2;
    s->on_time_30d = str_format(c->arena, "%.3f", (double)on_time / (double)n);
    s->median_hours_30d = str_format(c->arena, "%.1f", (double)median_ms / (double)HOUR_MS);
    return OK;
}

static enum err write_summary(struct ctx *c, void *arg)
{
    struct wall_call *call = arg;
    struct wall_summary summary = {0};
    struct json_writer w;
    int64_t area_id = 0;
    TRY(find_area(c, call, &area_id));
    TRY(db_number(c, &sql_request_count_open, ARGS(ARG_INT("scope_id", area_id), ARG_INT("max", 20000)),
                  &summary.open));
    TRY(reckon_done(c, area_id, &summary));
    buf_clear(&call->rs->body);
    json_writer_init(&w, &call->rs->body);
    record_to_json(c, &wall_summary_record, &summary, 0, READ_PUBLIC, &w);
    return OK;
}

enum err request_http_wall_summary(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct wall_call call = {0};
    TRY(read_call(c, rq, rs, &call));
    return store_read(c, write_summary, &call);
}
