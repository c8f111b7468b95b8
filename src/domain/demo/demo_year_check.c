// SPDX-License-Identifier: MulanPSL-2.0
// What must hold at the end of a year, what it came to, and the digest by which two runs are compared.
#include "base/calendar.h"
#include "crypto/crypto.h"
#include "domain/demo/demo_year.h"
#include "domain/ledger/ledger.h"
#include "flow/log_reader.h"
#include "flow/seal_log.h"

#include <stdio.h>
#include <string.h>

#define TYPES_MAX 160
#define CHECK_ARENA_BYTES ((size_t)64 << 20)
#define EVENTS_MAX 400 // of one request

struct counted {
    char name[48];
    int64_t count;
};
struct checking {
    struct year *year;
    struct demo_year_report *report;
    struct counted types[TYPES_MAX];
    size_t type_count, from;
    struct ledger_walk *ledger;
};

static void count_type(struct checking *k, struct str type)
{
    size_t i = 0;
    while (i < k->type_count && !str_equal_z(type, k->types[i].name))
        i++;
    if (i == TYPES_MAX || type.n >= sizeof k->types[i].name)
        return;
    if (i == k->type_count) {
        memcpy(k->types[i].name, type.p, type.n);
        k->type_count++;
    }
    k->types[i].count++;
}

// --- one request
// ------------------------------------------------------------------------------------------------------ A mark is
// fired within the minute after its instant, or after the step that set the clock going again.
static enum err check_mark(struct ctx *c, struct checking *k, const struct event *event, int64_t before_ms)
{
    const struct json *data;
    int64_t at_ms;
    TRY(json_parse(c, event->data, &data));
    if (!time_parse(json_str(json_get(data, "at")), &at_ms))
        return fail(c, ERR_INTERNAL, "event.malformed");
    int64_t since_ms = at_ms > before_ms ? at_ms : before_ms;
    k->report->marks++;
    k->report->marks_late += event->at_ms < at_ms || event->at_ms > since_ms + MINUTE_MS;
    return OK;
}

static bool is_mark(struct str type)
{
    str_cut(&type, '.');
    return str_equal_z(type, "reminded") || str_equal_z(type, "escalated");
}

static enum err check_events(struct ctx *c, struct checking *k, const char *kind, int64_t id)
{
    struct rows rows;
    int64_t before_ms = 0;
    TRY(event_list(c, kind, id, 0, EVENTS_MAX, &rows));
    const struct event *events = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        count_type(k, events[i].type);
        if (is_mark(events[i].type))
            TRY(check_mark(c, k, &events[i], before_ms));
        before_ms = events[i].at_ms;
    }
    return OK;
}

static bool asks_for_owner(const struct request *r)
{
    return r->open && r->state != REQUEST_REPORTED && r->state != REQUEST_FILED;
}

// Offered to neighbours or teams: it has whoever took it on, or a time at which the clock makes a case of it.
static bool is_offered(const struct request *r)
{
    return r->state == REQUEST_UNCLAIMED || r->state == REQUEST_CLAIMED || r->state == REQUEST_FULFILLED;
}

static bool offer_is_lost(const struct ctx *c, const struct request *r)
{
    bool left_lying = !r->offer_until_ms || r->offer_until_ms <= c->now_ms - MINUTE_MS;
    return left_lying || (r->state != REQUEST_UNCLAIMED && !r->claimant_id);
}

// Somebody holds the post that has it, or it lies on a desk that exists. The job that moves it up from a vacant post
// comes every five minutes.
static enum err check_owner(struct ctx *c, struct checking *k, const struct request *r)
{
    int64_t person_id = 0;
    struct post_holder desk;
    if (r->owner_post_id)
        TRY(post_holder_at(c, r->owner_post_id, c->now_ms - 10 * MINUTE_MS, &person_id));
    bool vacant = !person_id && (r->state == REQUEST_DISPATCHED || r->state == REQUEST_IN_PROGRESS);
    enum err err = org_responsible(c, r->place_id, ROLE_COMMUNITY, c->now_ms, &desk);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    if (is_offered(r)) {
        k->report->without_owner += offer_is_lost(c, r);
        return OK;
    }
    bool lost = asks_for_owner(r) ? !r->owner_post_id || vacant : r->open && err != OK;
    k->report->without_owner += lost;
    return OK;
}

static enum err check_parent(struct ctx *c, struct checking *k, const struct request *r)
{
    struct request master;
    struct request_open_task task;
    size_t tasks;
    TRY(request_tasks_open(c, r->id, &task, 1, &tasks));
    k->report->children_open += !r->open && tasks;
    if (r->state != REQUEST_MERGED)
        return OK;
    TRY(request_get(c, r->master_id, &master));
    k->report->children_open += !master.open;
    return OK;
}

static enum err check_some(struct ctx *c, void *arg)
{
    struct checking *k = arg;
    for (size_t i = k->from; i < k->year->case_count && i < k->from + 100; i++) {
        struct request r;
        TRY(request_get(c, k->year->cases[i].id, &r));
        TRY(check_events(c, k, "request", r.id));
        TRY(check_owner(c, k, &r));
        TRY(check_parent(c, k, &r));
        k->report->marks_missed += r.next_level_at_ms && r.next_level_at_ms <= c->now_ms - MINUTE_MS;
    }
    return OK;
}

// Somebody is at its desk, and no mark is left unfired.
static enum err check_dispute(struct ctx *c, struct checking *k, int64_t id)
{
    struct dispute d;
    struct post_holder desk;
    TRY(dispute_get(c, id, &d));
    TRY(check_events(c, k, "dispute", id));
    enum err err = org_responsible(c, d.community_id, ROLE_COMMUNITY, c->now_ms, &desk);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    k->report->without_owner += d.open && err != OK;
    k->report->marks_missed += d.next_mark_at_ms && d.next_mark_at_ms <= c->now_ms - MINUTE_MS;
    return OK;
}

static enum err check_disputes(struct ctx *c, void *arg)
{
    struct checking *k = arg;
    for (size_t i = k->from; i < k->year->dispute_count && i < k->from + 100; i++)
        TRY(check_dispute(c, k, k->year->disputes[i].id));
    return OK;
}

// --- the lines and their digest
// ---------------------------------------------------------------------------------------
static void put_figures(struct checking *k, struct buf *out)
{
    static const struct ledger_weights weights = {{30, 35, 35}};
    struct ledger_query query;
    const struct ledger_row *rows;
    size_t count;
    ledger_walk_rows(k->ledger, &query, &rows, &count);
    for (const struct ledger_figure *figure = ledger_figures; figure->code && count == 1; figure++) {
        int64_t part, whole, value = ledger_value(figure, rows->raw, &weights);
        bool fraction = ledger_fraction(figure, rows->raw, &part, &whole);
        buf_addf(out, "figure %s", figure->code);
        if (fraction)
            buf_addf(out, " %lld", (long long)part);
        if (fraction && figure->kind == FIGURE_SHARE)
            buf_addf(out, "/%lld", (long long)whole);
        if (value >= 0)
            buf_addf(out, " %lld.%04lld%%", (long long)(value / 10000), (long long)(value % 10000));
        buf_add_byte(out, '\n');
    }
}

static void put_types(struct checking *k, struct buf *out)
{
    for (size_t i = 1; i < k->type_count; i++) // by name; there are few
        for (size_t j = i; j && strcmp(k->types[j - 1].name, k->types[j].name) > 0; j--) {
            struct counted swap = k->types[j];
            k->types[j] = k->types[j - 1];
            k->types[j - 1] = swap;
        }
    for (size_t i = 0; i < k->type_count; i++) {
        buf_addf(out, "event %s %lld\n", k->types[i].name, (long long)k->types[i].count);
        k->report->events += k->types[i].count;
    }
}

static void put_lines(struct ctx *c, struct checking *k)
{
    const struct year *year = k->year;
    const struct demo_year *wish = year->wish;
    char begin[25], end[25];
    struct buf out;
    time_format(wish->begin_ms, begin);
    time_format(wish->end_ms, end);
    buf_init(&out, 1 << 20);
    buf_addf(&out, "seed %lld, %lld a day, from %s to %s\n", (long long)wish->seed, (long long)wish->per_day, begin,
             end);
    buf_addf(&out,
             "requests %zu, disputes %zu, steps of people %lld, posts left %lld, taken %lld, estates moved %lld\n",
             year->case_count, year->dispute_count, (long long)year->steps, (long long)year->vacated,
             (long long)year->appointed, (long long)year->moved);
    put_types(k, &out);
    put_figures(k, &out);
    unsigned char hash[HASH_BYTES];
    crypto_hash(SUITE_STD, buf_str(&out), hash);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(k->report->digest + 2 * i, 3, "%02x", hash[i]);
    for (size_t i = 0; i < year->refusal_count; i++) {
        const struct year_refusal *one = &year->refusals[i];
        k->report->refused += one->count;
        buf_addf(&out, "not allowed: %s (%s) %lld times\n", one->action, one->key, (long long)one->count);
    }
    k->report->lines = str_copy(c->arena, buf_str(&out));
    buf_free(&out);
}

static enum err check_all(struct ctx *c, struct checking *k)
{
    struct ctx own = *c;
    own.arena = arena_new(CHECK_ARENA_BYTES);
    enum err err = OK;
    for (k->from = 0; err == OK && k->from < k->year->case_count; k->from += 100) {
        arena_reset(own.arena);
        err = store_read(&own, check_some, k);
    }
    for (k->from = 0; err == OK && k->from < k->year->dispute_count; k->from += 100) {
        arena_reset(own.arena);
        err = store_read(&own, check_disputes, k);
    }
    c->error = own.error;
    c->error.field = c->error.args[0] = c->error.args[1] = STR("");
    arena_free(own.arena);
    return err;
}

static enum err walk_log(struct ctx *c, void *arg)
{
    return event_walk(c, 0, INT64_MAX, ledger_walk_take, arg);
}

enum err year_check(struct ctx *c, struct year *year, struct demo_year_report *ret_report)
{
    struct checking *k = arena_alloc(c->arena, sizeof *k);
    struct verify_report proof = {0};
    *ret_report =
        (struct demo_year_report){.requests = (int64_t)year->case_count, .steps = year->steps, .ticks = year->ticks};
    *k = (struct checking){.year = year, .report = ret_report};
    TRY(check_all(c, k));
    k->ledger = ledger_walk_new(
        c, &(struct ledger_query){.by = BY_ALL, .from_day = LEDGER_DAY_OPEN, .to_day = LEDGER_DAY_OPEN});
    TRY(store_read(c, walk_log, k->ledger));
    put_lines(c, k);
    int64_t end_ms = c->now_ms;
    c->now_ms = clock_now_ms(c->house->clock);
    enum err err = seal_log_run(c);
    if (err == OK)
        err = verify_store(c, NULL, NULL, &proof);
    c->now_ms = end_ms;
    ret_report->seals = proof.seals;
    ret_report->fault = proof.fault;
    return err;
}
