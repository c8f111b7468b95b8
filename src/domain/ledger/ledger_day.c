// SPDX-License-Identifier: MulanPSL-2.0
// The log summed by day, so that a page asks for a few hundred rows and not for the whole log. A batch of new events is
// taken by the requests it tells of: what each had a part in before comes off, what it has now is put on, and in the
// same write the head moves. Only events are read that no other can come before any more.
#include "base/id.h"
#include "domain/ledger/ledger_internal.h"
#include "flow/log_reader.h"
#include "ledger_sql.h"

#define BATCH_EVENTS 256
#define BATCH_ARENA_BYTES ((size_t)512 << 20)
#define CASE_EVENTS 500
#define MEMBERS_MAX 5000
#define DAYS_MAX 8000
#define TAIL_MAX 4000 // newest events reckoned while somebody waits; beyond, the answer is as of the days

#define DAY(member_, type_) .name = #member_, .offset = offsetof(struct ledger_day, member_), .type = (type_)
#define DAY_COUNTER(name_)                                                                                             \
    {.name = #name_,                                                                                                   \
     .offset = offsetof(struct ledger_day, n) + COUNT_##name_ * sizeof(int64_t),                                       \
     .type = FIELD_INT,                                                                                                \
     .doc = "ledger_case.c"},
static const struct field ledger_day_fields[] = {
    {DAY(place_id, FIELD_ID), .flags = FIELD_KEY, .doc = "Grid or above"},
    {DAY(by_what, FIELD_ENUM), .flags = FIELD_KEY, .names = ledger_by_names, .doc = "By what it is told apart"},
    {DAY(member, FIELD_TEXT), .flags = FIELD_KEY, .doc = "Code of the item, id of unit or place; empty: none"},
    {DAY(day, FIELD_INT), .flags = FIELD_KEY, .doc = "Local day since 1970"},
    {DAY(left_out, FIELD_BOOL), .flags = FIELD_KEY, .doc = "Of requests that are left out of the net figures"},
    LEDGER_COUNTERS(DAY_COUNTER)};
const struct record ledger_day_record = {"ledger_day", "ledger_day", sizeof(struct ledger_day),
                                         FIELDS(ledger_day_fields)};
static const struct field ledger_head_fields[] = {LEDGER_HEAD_FIELDS(FIELD_ROW, ledger_head)};
const struct record ledger_head_record = {"ledger_head", "ledger_head", sizeof(struct ledger_head),
                                          FIELDS(ledger_head_fields)};
static const struct field ledger_note_fields[] = {LEDGER_NOTE_FIELDS(FIELD_ROW, ledger_note)};
const struct record ledger_note_record = {"ledger_note", "ledger_note", sizeof(struct ledger_note),
                                          FIELDS(ledger_note_fields)};

// --- one request, before and after -----------------------------------------------------------------------------------
static bool is_noted(struct str type)
{
    static const char *const types[] = {
        "request.returned", "request.contested",        "request.arbitrated", "request.asked_exclude",
        "request.excluded", "request.exclude_declined", "request.restored",   NULL};
    return enum_from_name(types, type) >= 0;
}

static enum err note_event(struct ctx *c, const struct ledger_case *k, const struct event *event, int64_t unit_id)
{
    const struct json *data;
    TRY(json_parse(c, event->data, &data));
    struct ledger_note note = {.id = event->id,
                               .request_id = k->id,
                               .type = {event->type.p + 8, event->type.n - 8}, // without "request."
                               .at_ms = event->at_ms,
                               .item_code = k->item,
                               .unit_id = unit_id,
                               .actor_id = event->actor_id,
                               .actor_role = event->actor_role,
                               .reason = json_str(json_get(data, "reason"))};
    for (int level = PLACE_DISTRICT; level <= PLACE_GRID; level++)
        if ((note.place_id = k->places[level]) != 0)
            TRY(db_exec(c, &sql_ledger_note_put, ARGS(ARG_ROW(&ledger_note_record, &note)), NULL));
    return OK;
}

// The request's part before and after the events that follow after_id, up to last_id: fn with sign -1 and 1.
typedef void (*change_fn)(const struct ledger_case *k, int sign, void *arg);
struct change {
    int64_t after_id, last_id;
    change_fn fn;
    void *arg;
    bool notes; // also writes down returns and exclusions
};

static enum err change_of(struct ctx *c, int64_t request_id, const struct change *change)
{
    struct ledger_case *k = arena_alloc(c->arena, sizeof *k);
    struct rows rows;
    int64_t at_id = 0;
    bool told = false; // as it was before
    do {
        TRY(event_list(c, "request", request_id, at_id, CASE_EVENTS, &rows));
        const struct event *events = rows.at;
        for (size_t i = 0; i < rows.count && events[i].id <= change->last_id; i++) {
            int64_t unit_id = k->unit_id;
            bool fresh = events[i].id > change->after_id;
            if (fresh && !told) {
                told = true;
                change->fn(k, -1, change->arg);
            }
            TRY(ledger_case_take(c, c->arena, k, &events[i]));
            if (fresh && change->notes && k->known && is_noted(events[i].type))
                TRY(note_event(c, k, &events[i], unit_id));
        }
        at_id = rows.count ? events[rows.count - 1].id : 0;
    } while (rows.count == CASE_EVENTS);
    if (told)
        change->fn(k, 1, change->arg);
    return OK;
}

// Each request of the events, once.
static enum err change_each(struct ctx *c, const struct rows *rows, const struct change *change)
{
    const struct event *events = rows->at;
    struct ledger_sum *seen = ledger_sum_new(c->arena);
    for (size_t i = 0; i < rows->count; i++) {
        struct ledger_key key = {.member_id = events[i].subject_id};
        if (!str_equal_z(events[i].subject_kind, "request") || ledger_sum_at(seen, &key)->n[0]++)
            continue;
        TRY(change_of(c, events[i].subject_id, change));
    }
    return OK;
}

// --- the job ---------------------------------------------------------------------------------------------------------
static void spread(const struct ledger_case *k, int sign, void *arg)
{
    ledger_sum_spread(arg, k, sign);
}

static enum err save_days(struct ctx *c, struct ledger_sum *sum)
{
    for (size_t i = 0; i < ledger_sum_count(sum); i++) {
        const struct ledger_total *total = ledger_sum_get(sum, i);
        struct ledger_day day = {.place_id = total->key.place_id,
                                 .by_what = total->key.by,
                                 .member = ledger_member_text(c->arena, &total->key),
                                 .day = total->key.day,
                                 .left_out = total->key.excluded};
        bool changed = false;
        for (size_t j = 0; j < LEDGER_COUNTER_COUNT; j++) {
            day.n[j] = total->n[j];
            changed |= day.n[j] != 0;
        }
        if (changed)
            TRY(db_exec(c, &sql_ledger_day_add, ARGS(ARG_ROW(&ledger_day_record, &day)), NULL));
    }
    return OK;
}

// As it is; of another definition: begun anew.
static enum err head_to_fold(struct ctx *c, struct ledger_head *ret_head)
{
    struct ledger_head none = {.id = 1, .definition = LEDGER_DEFINITION};
    TRY(db_exec(c, &sql_ledger_head_begin, ARGS(ARG_ROW(&ledger_head_record, &none)), NULL));
    TRY(db_one(c, &sql_ledger_head_get, NO_ARGS, &ledger_head_record, ret_head));
    if (ret_head->definition == LEDGER_DEFINITION)
        return OK;
    TRY(db_exec(c, &sql_ledger_day_clear, NO_ARGS, NULL));
    TRY(db_exec(c, &sql_ledger_note_clear, NO_ARGS, NULL));
    TRY(db_exec(
        c, &sql_ledger_head_move,
        ARGS(ARG_INT("last_id", 0), ARG_INT("definition", LEDGER_DEFINITION), ARG_INT("old_id", ret_head->last_id)),
        NULL));
    *ret_head = none;
    return OK;
}

static enum err fold_batch(struct ctx *c, void *arg)
{
    bool *ret_more = arg;
    struct ledger_head head;
    struct rows rows;
    int64_t settled_id, moved = 0;
    *ret_more = false;
    TRY(head_to_fold(c, &head));
    TRY(event_settled(c, &settled_id));
    if (settled_id <= head.last_id)
        return OK;
    TRY(event_page(c, "request", head.last_id, settled_id, BATCH_EVENTS, &rows));
    const struct event *events = rows.at;
    int64_t last_id = rows.count == BATCH_EVENTS ? events[rows.count - 1].id : settled_id;
    struct ledger_sum *sum = ledger_sum_new(c->arena);
    struct change change = {head.last_id, last_id, spread, sum, true};
    TRY(change_each(c, &rows, &change));
    TRY(save_days(c, sum));
    TRY(db_exec(
        c, &sql_ledger_head_move,
        ARGS(ARG_INT("last_id", last_id), ARG_INT("definition", LEDGER_DEFINITION), ARG_INT("old_id", head.last_id)),
        &moved));
    if (!moved)
        return fail(c, ERR_BUSY, "event.raced"); // another process was first: nothing of this is kept
    *ret_more = rows.count == BATCH_EVENTS;
    return OK;
}

enum err ledger_fold(struct ctx *c)
{
    struct arena *whole = c->arena, *batch = arena_new(BATCH_ARENA_BYTES);
    bool more = true;
    enum err err = OK;
    c->arena = batch;
    while (err == OK && more) {
        err = store_write(c, fold_batch, &more);
        if (err == OK)
            arena_reset(batch);
    }
    c->arena = whole;
    if (err != OK) // what the error points to lies in the batch's arena
        err = fail(c, err, c->error.key);
    arena_free(batch);
    return err;
}

static enum err forget(struct ctx *c, void *arg)
{
    struct ledger_head head;
    (void)arg;
    TRY(head_to_fold(c, &head));
    TRY(db_exec(c, &sql_ledger_day_clear, NO_ARGS, NULL));
    TRY(db_exec(c, &sql_ledger_note_clear, NO_ARGS, NULL));
    return db_exec(
        c, &sql_ledger_head_move,
        ARGS(ARG_INT("last_id", 0), ARG_INT("definition", LEDGER_DEFINITION), ARG_INT("old_id", head.last_id)), NULL);
}

enum err ledger_rebuild(struct ctx *c)
{
    TRY(store_write(c, forget, NULL));
    return ledger_fold(c);
}

// --- reading ---------------------------------------------------------------------------------------------------------
struct reading {
    struct ledger_sum *sum;
    const struct ledger_query *query;
    struct str member;
    bool one_member;
};

static void add_day(struct reading *r, const struct ledger_day *day)
{
    struct ledger_key key = {.by = (int)r->query->by,
                             .code = day->member,
                             .day = ledger_period_begin(r->query->per, day->day, r->query),
                             .excluded = day->left_out};
    if (r->query->per == PER_TOTAL)
        key.day = r->query->from_day;
    struct ledger_total *total = ledger_sum_at(r->sum, &key);
    for (size_t i = 0; i < LEDGER_COUNTER_COUNT; i++)
        total->n[i] += day->n[i];
}

static enum err take_day(struct ctx *c, void *row, void *arg)
{
    (void)c;
    add_day(arg, row);
    return OK;
}

static enum err read_days(struct ctx *c, struct reading *r)
{
    const struct ledger_query *q = r->query;
    const struct arg args[] = {
        ARG_INT("place_id", q->place_id), ARG_TEXT("by_what", str_of(ledger_by_names[q->by])),
        ARG_INT("from_day", q->from_day), ARG_INT("to_day", q->to_day),
        ARG_TEXT("member", r->member),    ARG_INT("max", r->one_member ? DAYS_MAX : 2 * MEMBERS_MAX)};
    return db_each(c, r->one_member ? &sql_ledger_days : &sql_ledger_members,
                   (struct args){args, sizeof args / sizeof *args}, &ledger_day_record, take_day, r);
}

// The newest events come with ids where the days have texts: the same member by the same text.
static void add_newest(const struct ledger_case *k, int sign, void *arg)
{
    struct reading *r = arg;
    struct ledger_sum *own = ledger_sum_new(ledger_sum_arena(r->sum));
    ledger_sum_add(own, r->query, k, sign);
    for (size_t i = 0; i < ledger_sum_count(own); i++) {
        const struct ledger_total *total = ledger_sum_get(own, i);
        struct ledger_key key = total->key;
        key.code = ledger_member_text(ledger_sum_arena(r->sum), &total->key);
        key.member_id = 0;
        if (r->one_member && !str_equal(key.code, r->member))
            continue;
        struct ledger_total *sum = ledger_sum_at(r->sum, &key);
        for (size_t j = 0; j < LEDGER_COUNTER_COUNT; j++)
            sum->n[j] += total->n[j];
    }
}

enum err ledger_read(struct ctx *c, const struct ledger_query *query, struct str member, bool one_member,
                     const struct ledger_row **ret_rows, size_t *ret_count, int64_t *ret_as_of_ms)
{
    struct reading r = {ledger_sum_new(c->arena), query, member, one_member || query->by == BY_ALL};
    struct ledger_head head = {0};
    struct rows rows;
    enum err err = db_one(c, &sql_ledger_head_get, NO_ARGS, &ledger_head_record, &head);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    TRY(read_days(c, &r));
    TRY(event_page(c, "request", head.last_id, INT64_MAX, TAIL_MAX, &rows));
    *ret_as_of_ms = head.last_id ? id_time_ms(head.last_id) : 0;
    if (rows.count < TAIL_MAX) {
        struct change change = {head.last_id, INT64_MAX, add_newest, &r, false};
        TRY(change_each(c, &rows, &change));
        *ret_as_of_ms = c->now_ms;
    }
    ledger_sum_rows(c->arena, r.sum, ret_rows, ret_count);
    return OK;
}
