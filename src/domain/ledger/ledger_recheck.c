// SPDX-License-Identifier: MulanPSL-2.0
// Random re-checks 抽查: of each unit, a few of the requests that were closed as solved in a week are drawn by a seed
// that nobody knew before the week was over and that everybody can look up afterwards: the hash of the first seal of
// the log after it. An outsider draws the same from an export: docs/decisions/0005-rechecks.md has the recipe, to the
// byte.
#include "base/clock.h"
#include "base/id.h"
#include "crypto/seal.h"
#include "domain/ledger/ledger_internal.h"
#include "flow/event_data.h"
#include "flow/log_reader.h"
#include "ledger_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ONE_IN 20
#define DRAWN_MAX 10 // of one unit
#define PAGE_EVENTS 500
#define CASE_EVENTS 500
#define DRAW_ARENA_BYTES ((size_t)512 << 20)
#define CATCH_UP_WEEKS 8

static const struct field recheck_fields[] = {LEDGER_RECHECK_FIELDS(FIELD_ROW, ledger_recheck)};
const struct record ledger_recheck_record = {"ledger_recheck", "ledger_recheck", sizeof(struct ledger_recheck),
                                             FIELDS(recheck_fields)};
static const struct field draw_fields[] = {LEDGER_DRAW_FIELDS(FIELD_ROW, ledger_draw)};
const struct record ledger_draw_record = {"ledger_draw", "ledger_draw", sizeof(struct ledger_draw),
                                          FIELDS(draw_fields)};

// --- the rule --------------------------------------------------------------------------------------------------------
size_t ledger_draw_size(size_t n)
{
    size_t size = (n + ONE_IN - 1) / ONE_IN;
    return size < DRAWN_MAX ? size : DRAWN_MAX;
}

void ledger_draw_hash(struct ctx *c, struct str seed, struct str week, struct str unit, int64_t request_id,
                      unsigned char ret_hash[HASH_BYTES])
{
    struct str text = str_format(c->arena, "linli.recheck.1\n%.*s\n%.*s\n%.*s\n%" PRId64, STR_ARG(seed), STR_ARG(week),
                                 STR_ARG(unit), request_id);
    crypto_hash(keys_suite(c->house->keys), text, ret_hash);
}

static int64_t lowest_place(const struct ledger_case *k)
{
    int64_t place_id = 0;
    for (int level = PLACE_DISTRICT; level <= PLACE_GRID; level++)
        if (k->places[level])
            place_id = k->places[level];
    return place_id;
}

enum err ledger_solved_in(struct ctx *c, int64_t request_id, int64_t from_ms, int64_t end_ms, int64_t last_id,
                          struct ledger_solved *ret_solved)
{
    struct ledger_case *k = arena_alloc(c->arena, sizeof *k);
    struct rows rows = {.count = CASE_EVENTS};
    int64_t at_id = 0;
    *ret_solved = (struct ledger_solved){.request_id = request_id};
    while (rows.count == CASE_EVENTS) {
        TRY(event_list(c, "request", request_id, at_id, CASE_EVENTS, &rows));
        const struct event *events = rows.at;
        for (size_t i = 0; i < rows.count && events[i].id <= last_id; i++) {
            TRY(ledger_case_take(c, c->arena, k, &events[i]));
            bool solved =
                str_equal_z(events[i].type, "request.confirmed") || str_equal_z(events[i].type, "request.lapsed");
            if (str_equal_z(events[i].type, "request.reopened"))
                ret_solved->solved = false;
            if (!solved || !k->known)
                continue;
            ret_solved->solved = events[i].at_ms >= from_ms && events[i].at_ms < end_ms;
            ret_solved->unit_id = k->unit_id;
            ret_solved->at_ms = events[i].at_ms;
        }
        at_id = rows.count ? events[rows.count - 1].id : 0;
    }
    ret_solved->place_id = lowest_place(k);
    ret_solved->item = k->item;
    return OK;
}

// --- who may be drawn ------------------------------------------------------------------------------------------------
struct week {
    int64_t monday, from_ms, end_ms; // monday: local day since 1970
    struct str name;
    struct event_sealing seal;
    struct ledger_sum *closed; // requests that an event of the week's closing tells of
    int64_t after_id;
    bool more;
    struct ledger_solved *solved;
    size_t count, looked; // looked: how many of closed
};

static enum err read_closed(struct ctx *c, void *arg)
{
    struct week *week = arg;
    struct rows rows;
    TRY(event_page(c, "request", week->after_id, week->seal.last_id, PAGE_EVENTS, &rows));
    const struct event *events = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        struct ledger_key key = {.member_id = events[i].subject_id};
        if (str_equal_z(events[i].type, "request.confirmed") || str_equal_z(events[i].type, "request.lapsed"))
            ledger_sum_at(week->closed, &key);
        week->after_id = events[i].id;
    }
    week->more = rows.count == PAGE_EVENTS;
    return OK;
}

static enum err read_solved(struct ctx *c, void *arg)
{
    struct week *week = arg;
    size_t end = ledger_sum_count(week->closed);
    for (size_t n = 0; n < 100 && week->looked < end; n++, week->looked++) {
        struct ledger_solved one;
        TRY(ledger_solved_in(c, ledger_sum_get(week->closed, week->looked)->key.member_id, week->from_ms, week->end_ms,
                             week->seal.last_id, &one));
        if (one.solved)
            week->solved[week->count++] = one;
    }
    return OK;
}

static enum err read_week(struct ctx *c, struct week *week)
{
    week->closed = ledger_sum_new(c->arena);
    week->after_id = id_floor(week->from_ms) - 1;
    week->more = true;
    while (week->more)
        TRY(store_read(c, read_closed, week));
    week->solved = arena_array(c->arena, ledger_sum_count(week->closed) + 1, sizeof *week->solved);
    while (week->looked < ledger_sum_count(week->closed))
        TRY(store_read(c, read_solved, week));
    return OK;
}

// --- drawing ---------------------------------------------------------------------------------------------------------
struct ticket {
    const struct ledger_solved *of;
    unsigned char hash[HASH_BYTES];
};

static int by_unit_then_hash(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    if (x->of->unit_id != y->of->unit_id)
        return x->of->unit_id < y->of->unit_id ? -1 : 1;
    int order = memcmp(x->hash, y->hash, HASH_BYTES);
    return order ? order : (x->of->request_id > y->of->request_id) - (x->of->request_id < y->of->request_id);
}

static struct str unit_text(struct ctx *c, int64_t unit_id)
{
    return unit_id ? id_text(c->arena, unit_id) : STR("");
}

static struct ticket *make_tickets(struct ctx *c, const struct week *week)
{
    struct ticket *tickets = arena_array(c->arena, week->count + 1, sizeof *tickets);
    for (size_t i = 0; i < week->count; i++) {
        tickets[i].of = &week->solved[i];
        ledger_draw_hash(c, week->seal.hash, week->name, unit_text(c, week->solved[i].unit_id),
                         week->solved[i].request_id, tickets[i].hash);
    }
    qsort(tickets, week->count, sizeof *tickets, by_unit_then_hash);
    return tickets;
}

static enum err keep_drawn(struct ctx *c, const struct week *week, const struct ledger_solved *of, size_t rank,
                           size_t eligible)
{
    struct ledger_recheck recheck = {.id = ids_next(c->house->ids, c->now_ms),
                                     .week = week->name,
                                     .request_id = of->request_id,
                                     .place_id = of->place_id,
                                     .unit_id = of->unit_id,
                                     .item_code = of->item,
                                     .solved_at_ms = of->at_ms,
                                     .rank = (int64_t)rank,
                                     .eligible = (int64_t)eligible};
    struct event_data data;
    TRY(db_exec(c, &sql_ledger_recheck_put, ARGS(ARG_ROW(&ledger_recheck_record, &recheck)), NULL));
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "week");
    json_put_str(w, week->name);
    json_key(w, "seal");
    json_put_str(w, week->seal.hash);
    json_key(w, "request");
    json_put_id(w, of->request_id);
    json_key(w, "unit");
    json_put_id(w, of->unit_id);
    json_key(w, "rank");
    json_put_int(w, recheck.rank);
    json_key(w, "eligible");
    json_put_int(w, recheck.eligible);
    return event_data_append(c, &data, "recheck", recheck.id, "recheck.drawn");
}

static enum err keep_week(struct ctx *c, void *arg)
{
    const struct week *week = arg;
    struct ticket *tickets = make_tickets(c, week);
    struct ledger_draw draw = {.week = week->name,
                               .seal_minute = week->seal.minute,
                               .seal_hash = week->seal.hash,
                               .last_event_id = week->seal.last_id,
                               .eligible = (int64_t)week->count,
                               .drawn_at_ms = c->now_ms};
    int64_t kept = 0;
    for (size_t i = 0, n; i < week->count; i += n) {
        for (n = 1; i + n < week->count && tickets[i + n].of->unit_id == tickets[i].of->unit_id;)
            n++;
        draw.drawn += (int64_t)ledger_draw_size(n);
    }
    TRY(db_exec(c, &sql_ledger_draw_put, ARGS(ARG_ROW(&ledger_draw_record, &draw)), &kept));
    if (!kept)
        return OK; // another process has drawn it: the same
    for (size_t i = 0, n; i < week->count; i += n) {
        for (n = 1; i + n < week->count && tickets[i + n].of->unit_id == tickets[i].of->unit_id;)
            n++;
        for (size_t rank = 0; rank < ledger_draw_size(n); rank++)
            TRY(keep_drawn(c, week, tickets[i + rank].of, rank + 1, n));
    }
    return OK;
}

// --- the job ---------------------------------------------------------------------------------------------------------
// The earliest whole week that is not drawn yet; *ret_found false: none, or its end is not sealed yet.
struct finding {
    struct week week;
    bool found;
};

static enum err find_week(struct ctx *c, void *arg)
{
    struct finding *finding = arg;
    struct week *week = &finding->week;
    struct rows rows;
    int64_t today = calendar_day(c->house->calendar, c->now_ms), last;
    int64_t monday = today - ((today + 3) % 7 + 7) % 7 - 7; // 1970-01-01 was a Thursday
    TRY(db_list(c, &sql_ledger_draw_list, ARGS(ARG_INT("max", 1)), &ledger_draw_record, 1, &rows));
    finding->found = false;
    week->monday = monday;
    if (rows.count && ledger_day_parse(((const struct ledger_draw *)rows.at)->week, &last)) {
        week->monday = last + 7 > monday - 7 * CATCH_UP_WEEKS ? last + 7 : monday;
        if (week->monday > monday)
            return OK;
    }
    week->from_ms = week->monday * DAY_MS - calendar_zone_ms(c->house->calendar);
    week->end_ms = week->from_ms + 7 * DAY_MS;
    week->name = ledger_day_text(c->arena, week->monday);
    enum err err = event_first_seal(c, week->end_ms, &week->seal);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    finding->found = err == OK;
    return err;
}

static enum err draw_week(struct ctx *c, bool *ret_more)
{
    struct finding finding = {0};
    TRY(store_read(c, find_week, &finding));
    *ret_more = finding.found;
    if (!finding.found)
        return OK;
    TRY(read_week(c, &finding.week));
    return store_write(c, keep_week, &finding.week);
}

enum err ledger_draw_weeks(struct ctx *c)
{
    struct arena *whole = c->arena, *own = arena_new(DRAW_ARENA_BYTES);
    bool more = true;
    enum err err = OK;
    c->arena = own;
    while (err == OK && more) {
        arena_reset(own);
        err = draw_week(c, &more);
    }
    c->arena = whole;
    if (err != OK) // what the error points to lies in the arena that goes
        err = fail(c, err, c->error.key);
    arena_free(own);
    return err;
}

// --- what was found --------------------------------------------------------------------------------------------------
static bool of_the_unit(const struct ctx *c, int64_t unit_id)
{
    for (size_t i = 0; i < c->actor.grant_count; i++)
        if (unit_id && c->actor.grants[i].org_id == unit_id)
            return true;
    return false;
}

// To look up the telephone number for the re-check itself is no part in the case.
enum err ledger_recheck_may(struct ctx *c, const struct ledger_recheck *recheck, bool *ret_may)
{
    struct rows rows = {.count = CASE_EVENTS};
    int64_t at_id = 0;
    bool own = of_the_unit(c, recheck->unit_id);
    while (rows.count == CASE_EVENTS && !own) {
        TRY(event_list(c, "request", recheck->request_id, at_id, CASE_EVENTS, &rows));
        const struct event *events = rows.at;
        for (size_t i = 0; i < rows.count; i++) {
            own |= events[i].actor_id == c->actor.person_id && !str_equal_z(events[i].type, "personal.read");
            at_id = events[i].id;
        }
    }
    *ret_may = !own;
    return OK;
}

enum err ledger_recheck_answer(struct ctx *c, int64_t id, struct str result, struct str how, struct str note)
{
    struct ledger_recheck recheck;
    struct event_data data;
    int64_t answered;
    bool may;
    TRY(db_one(c, &sql_ledger_recheck_get, ARGS(ARG_INT("id", id)), &ledger_recheck_record, &recheck));
    if (recheck.result.n)
        return fail(c, ERR_CONFLICT, "ledger.recheck_done");
    TRY(ledger_recheck_may(c, &recheck, &may));
    if (!may)
        return fail(c, ERR_FORBIDDEN, "ledger.recheck_own");
    TRY(db_exec(c, &sql_ledger_recheck_answer,
                ARGS(ARG_TEXT("result", result), ARG_TEXT("how", how), ARG_INT("checker_id", c->actor.person_id),
                     ARG_INT("id", id)),
                &answered));
    if (!answered)
        return fail(c, ERR_CONFLICT, "ledger.recheck_done");
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "recheck");
    json_put_id(w, id);
    json_key(w, "result");
    json_put_str(w, result);
    json_key(w, "how");
    json_put_str(w, how);
    json_key(w, "unit");
    json_put_id(w, recheck.unit_id);
    event_note_put(c, w, recheck.request_id, note);
    return event_data_append(c, &data, "request", recheck.request_id, "request.rechecked");
}
