// SPDX-License-Identifier: MulanPSL-2.0
// What leaves the room. For desks and the ledger the figures as they are; for everybody the quarters that are over,
// small numbers hidden (dispute_suppress.h). Nothing shorter, longer or running is published: the difference of two
// such periods would be a small number. A past quarter never changes, since what happened in it has happened.
#include "base/calendar.h"
#include "dispute_sql.h"
#include "domain/dispute/dispute_internal.h"
#include "domain/dispute/dispute_period.h"
#include "domain/dispute/dispute_suppress.h"

#include <string.h>

#define PUBLISHED_MIN 5

#define SUM_FIELDS(F, S)                                                                                               \
    F(S, ENUM, kind, .names = dispute_tally_names)                                                                     \
    F(S, ENUM, category, .names = dispute_category_names)                                                              \
    F(S, ID, subdistrict_id)                                                                                           \
    F(S, INT, number)
struct sum {
    SUM_FIELDS(FIELD_MEMBER, sum)
};
static const struct field sum_fields[] = {SUM_FIELDS(FIELD_ROW, sum)};
static const struct record sum_record = {"dispute_sum", NULL, sizeof(struct sum), FIELDS(sum_fields)};
#define SUMS_MAX 20000

static enum err read_sums(struct ctx *c, int64_t from_ms, int64_t to_ms, int64_t subdistrict_id, int64_t community_id,
                          struct rows *ret_rows)
{
    return db_list(c, &sql_dispute_tally_sum,
                   ARGS(ARG_INT("from_ms", from_ms), ARG_INT("to_ms", to_ms), ARG_INT("subdistrict_id", subdistrict_id),
                        ARG_INT("community_id", community_id)),
                   &sum_record, SUMS_MAX, ret_rows);
}

enum err dispute_counts(struct ctx *c, int64_t from_ms, int64_t to_ms, int64_t place_id, struct dispute_figures *ret)
{
    struct rows rows;
    struct place place = {.level = PLACE_DISTRICT};
    int64_t n[TALLY_COUNT] = {0};
    if (place_id)
        TRY(place_get(c, place_id, &place));
    if (place.level > PLACE_COMMUNITY)
        return fail(c, ERR_INVALID, "dispute.no_counts_below");
    TRY(read_sums(c, from_ms, to_ms, place.level == PLACE_SUBDISTRICT ? place_id : 0,
                  place.level == PLACE_COMMUNITY ? place_id : 0, &rows));
    const struct sum *sums = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        n[sums[i].kind] += sums[i].number;
    int64_t tried = n[TALLY_AGREED] + n[TALLY_FAILED];
    *ret = (struct dispute_figures){.opened = n[TALLY_OPENED],
                                    .agreed = n[TALLY_AGREED],
                                    .failed = n[TALLY_FAILED],
                                    .withdrawn = n[TALLY_WITHDRAWN],
                                    .broken = n[TALLY_BROKEN],
                                    .success_per_myriad = tried ? n[TALLY_AGREED] * 10000 / tried : -1};
    return OK;
}

// --- what everybody may see -----------------------------------------------------------------------------------------
#define COUNTS_FIELDS(F, S)                                                                                            \
    F(S, TEXT, period, .read = READ_PUBLIC, .doc = "The quarter: 2026Q3")                                              \
    F(S, TEXT, latest, .read = READ_PUBLIC, .doc = "The newest that is over")                                          \
    F(S, TIME, from, .read = READ_PUBLIC, .doc = "It begins")                                                          \
    F(S, TIME, to, .read = READ_PUBLIC, .doc = "It ends before this instant")                                          \
    F(S, INT, minimum, .read = READ_PUBLIC,                                                                            \
      .doc = "Smaller numbers are hidden (null), and others that give them away")                                      \
    F(S, JSON, ended, .read = READ_PUBLIC,                                                                             \
      .doc = "Mediations that ended: columns, total, by_category and by_place with cells and total")                   \
    F(S, JSON, opened, .read = READ_PUBLIC, .doc = "Cases opened, the same way, in one column")
struct dispute_published {
    COUNTS_FIELDS(FIELD_MEMBER, dispute_published)
};
static const struct field counts_fields[] = {COUNTS_FIELDS(FIELD_ROW, dispute_published)};
const struct record dispute_counts_record = {"dispute_counts", NULL, sizeof(struct dispute_published),
                                             FIELDS(counts_fields)};

struct counts_call {
    struct dispute_period period;
    struct http_response *rs;
    struct rows sums, places;
    struct counts counts;
};

static enum err read_places(struct ctx *c, struct counts_call *call)
{
    return place_of_level(c, PLACE_SUBDISTRICT, 0, SUPPRESS_ROWS_MAX - 1, &call->places);
}

// The last row of table B is what no sub-district of today has.
static size_t place_row(const struct counts_call *call, int64_t id)
{
    const struct place *places = call->places.at;
    for (size_t i = 0; i < call->places.count; i++)
        if (places[i].id == id)
            return i;
    return call->places.count;
}

static void count_kinds(struct counts_call *call, const enum dispute_tally_kind *kinds, size_t kind_count)
{
    struct counts *counts = &call->counts;
    const struct sum *sums = call->sums.at;
    memset(counts, 0, sizeof *counts);
    counts->column_count = kind_count;
    counts->by[0].row_count = DISPUTE_CATEGORY_COUNT;
    counts->by[1].row_count = call->places.count + 1;
    for (size_t i = 0; i < call->sums.count; i++)
        for (size_t j = 0; j < kind_count; j++)
            if (sums[i].kind == (int)kinds[j]) {
                counts->by[0].cell[sums[i].category][j] += sums[i].number;
                counts->by[1].cell[place_row(call, sums[i].subdistrict_id)][j] += sums[i].number;
            }
    counts_total(counts);
    counts_suppress(counts, PUBLISHED_MIN);
}

static void put_number(struct json_writer *w, int64_t number, bool hidden)
{
    if (hidden)
        json_put_null(w);
    else
        json_put_int(w, number);
}

static void put_row(const struct counts *counts, const struct count_table *table, size_t i, struct json_writer *w)
{
    json_key(w, "cells");
    json_array_begin(w);
    for (size_t j = 0; j < counts->column_count; j++)
        put_number(w, table->cell[i][j], table->cell_hidden[i][j]);
    json_array_end(w);
    json_key(w, "total");
    put_number(w, table->row[i], table->row_hidden[i]);
}

static void put_places(const struct counts_call *call, struct json_writer *w)
{
    const struct place *places = call->places.at;
    json_key(w, "by_place");
    json_array_begin(w);
    for (size_t i = 0; i < call->counts.by[1].row_count; i++) {
        bool known = i < call->places.count;
        json_object_begin(w);
        json_key(w, "place");
        if (known)
            place_ref_write(&places[i], w);
        else
            json_put_null(w);
        put_row(&call->counts, &call->counts.by[1], i, w);
        json_object_end(w);
    }
    json_array_end(w);
}

static struct str counts_text(struct ctx *c, struct counts_call *call, const enum dispute_tally_kind *kinds,
                              size_t kind_count)
{
    struct buf buf;
    struct json_writer writer, *w = &writer;
    const struct counts *counts = &call->counts;
    count_kinds(call, kinds, kind_count);
    buf_init(&buf, 1 << 18);
    json_writer_init(w, &buf);
    json_object_begin(w);
    json_key(w, "columns");
    json_array_begin(w);
    for (size_t j = 0; j < kind_count; j++)
        json_put_z(w, dispute_tally_names[kinds[j]]);
    json_array_end(w);
    json_key(w, "cells");
    json_array_begin(w);
    for (size_t j = 0; j < kind_count; j++)
        put_number(w, counts->column[j], counts->column_hidden[j]);
    json_array_end(w);
    json_key(w, "total");
    put_number(w, counts->whole, counts->whole_hidden);
    json_key(w, "by_category");
    json_array_begin(w);
    for (size_t i = 0; i < DISPUTE_CATEGORY_COUNT; i++) {
        json_object_begin(w);
        json_key(w, "category");
        json_put_z(w, dispute_category_names[i]);
        put_row(counts, &counts->by[0], i, w);
        json_object_end(w);
    }
    json_array_end(w);
    put_places(call, w);
    json_object_end(w);
    struct str text = str_copy(c->arena, buf_str(&buf));
    buf_free(&buf);
    return text;
}

static enum err write_counts(struct ctx *c, void *arg)
{
    static const enum dispute_tally_kind ended[] = {TALLY_AGREED, TALLY_FAILED, TALLY_WITHDRAWN},
                                         opened[] = {TALLY_OPENED};
    struct counts_call *call = arg;
    int64_t zone_ms = c->house->calendar ? calendar_zone_ms(c->house->calendar) : 8 * HOUR_MS;
    struct dispute_period latest = dispute_period_before(dispute_period_at(c->now_ms, zone_ms));
    if (!call->period.year)
        call->period = latest;
    struct dispute_published out = {.minimum = PUBLISHED_MIN,
                                    .period = dispute_period_text(c->arena, call->period),
                                    .latest = dispute_period_text(c->arena, latest),
                                    .from = dispute_period_from_ms(call->period, zone_ms)};
    out.to = dispute_period_from_ms(dispute_period_after(call->period), zone_ms);
    if (out.to > c->now_ms)
        return fail_field(c, ERR_INVALID, "dispute.period_runs", STR("period"));
    TRY(read_sums(c, out.from, out.to, 0, 0, &call->sums));
    TRY(read_places(c, call));
    out.ended = counts_text(c, call, ended, 3);
    out.opened = counts_text(c, call, opened, 1);
    struct json_writer w;
    buf_clear(&call->rs->body);
    json_writer_init(&w, &call->rs->body);
    record_to_json(c, &dispute_counts_record, &out, 0, READ_PUBLIC, &w);
    return OK;
}

enum err dispute_http_counts(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct counts_call *call = arena_alloc(c->arena, sizeof *call);
    struct str period = http_query(c, rq, "period");
    *call = (struct counts_call){.rs = rs};
    if (period.n && !dispute_period_parse(period, &call->period))
        return fail_field(c, ERR_INVALID, "dispute.bad_period", STR("period"));
    return store_read(c, write_counts, call);
}
