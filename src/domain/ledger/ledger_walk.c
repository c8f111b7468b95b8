// SPDX-License-Identifier: MulanPSL-2.0
// Figures from the log alone: each request is one ledger_case, found by its id; summed at the end.
#include "base/clock.h"
#include "domain/ledger/ledger_internal.h"

#include <string.h>

struct ledger_walk {
    struct arena *arena;
    struct ledger_query query;
    struct ledger_case **at;     // by id; NULL: free
    size_t count, max;           // max: a power of two
    int64_t first_day, last_day; // of the events
};

struct ledger_walk *ledger_walk_new(struct ctx *c, const struct ledger_query *query)
{
    struct ledger_walk *walk = arena_alloc(c->arena, sizeof *walk);
    walk->arena = c->arena;
    walk->query = *query;
    walk->max = 1024;
    walk->first_day = INT64_MAX;
    walk->last_day = INT64_MIN;
    walk->at = arena_array(walk->arena, walk->max, sizeof(struct ledger_case *));
    return walk;
}

static struct ledger_case **slot_of(struct ledger_walk *walk, int64_t id)
{
    size_t i = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (walk->max - 1);
    while (walk->at[i] && walk->at[i]->id != id)
        i = (i + 1) & (walk->max - 1);
    return &walk->at[i];
}

static void grow(struct ledger_walk *walk)
{
    struct ledger_case **old = walk->at;
    size_t old_max = walk->max;
    walk->max *= 2;
    walk->at = arena_array(walk->arena, walk->max, sizeof(struct ledger_case *));
    for (size_t i = 0; i < old_max; i++)
        if (old[i])
            *slot_of(walk, old[i]->id) = old[i];
}

enum err ledger_walk_take(struct ctx *c, const struct event *event, void *arg)
{
    struct ledger_walk *walk = arg;
    if (!str_equal_z(event->subject_kind, "request"))
        return OK;
    if (walk->count * 2 >= walk->max)
        grow(walk);
    struct ledger_case **slot = slot_of(walk, event->subject_id);
    if (!*slot) {
        *slot = arena_alloc(walk->arena, sizeof **slot);
        (*slot)->id = event->subject_id;
        walk->count++;
    }
    int64_t day = calendar_day(c->house->calendar, event->at_ms);
    if (day < walk->first_day)
        walk->first_day = day;
    if (day > walk->last_day)
        walk->last_day = day;
    return ledger_case_take(c, walk->arena, *slot, event);
}

void ledger_walk_rows(struct ledger_walk *walk, struct ledger_query *ret_query, const struct ledger_row **ret_rows,
                      size_t *ret_count)
{
    struct ledger_sum *sum = ledger_sum_new(walk->arena);
    if (walk->count && walk->query.from_day == LEDGER_DAY_OPEN)
        walk->query.from_day = walk->first_day;
    if (walk->count && walk->query.to_day == LEDGER_DAY_OPEN)
        walk->query.to_day = walk->last_day;
    *ret_query = walk->query;
    for (size_t i = 0; i < walk->max; i++)
        if (walk->at[i])
            ledger_sum_add(sum, &walk->query, walk->at[i], 1);
    ledger_sum_rows(walk->arena, sum, ret_rows, ret_count);
}

// --- days and periods -----------------------------------------------------------------------------------------------
int64_t ledger_period_begin(enum ledger_per per, int64_t day, const struct ledger_query *query)
{
    int year, month, day_of_month;
    switch (per) {
    case PER_DAY:
        return day;
    case PER_WEEK: // 1970-01-01 was a Thursday
        return day - ((day + 3) % 7 + 7) % 7;
    case PER_MONTH:
        day_to_date(day, &year, &month, &day_of_month);
        return day - day_of_month + 1;
    case PER_TOTAL:
        break;
    }
    return query->from_day;
}

bool ledger_day_parse(struct str text, int64_t *ret_day)
{
    int64_t year, month, day;
    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' || !str_to_int64((struct str){text.p, 4}, &year) ||
        !str_to_int64((struct str){text.p + 5, 2}, &month) || !str_to_int64((struct str){text.p + 8, 2}, &day) ||
        year < 1 || month < 1 || day < 1 || !date_valid((int)year, (int)month, (int)day))
        return false;
    *ret_day = day_from_date((int)year, (int)month, (int)day);
    return true;
}

struct str ledger_day_text(struct arena *arena, int64_t day)
{
    int year, month, day_of_month;
    day_to_date(day, &year, &month, &day_of_month);
    return str_format(arena, "%04d-%02d-%02d", year, month, day_of_month);
}
