// SPDX-License-Identifier: MulanPSL-2.0
// Sums over requests, in memory: an open hash table that doubles.
#include "base/id.h"
#include "domain/ledger/ledger_internal.h"

#include <stdlib.h>

struct ledger_sum {
    struct arena *arena;
    struct ledger_total **at; // by hash; NULL: free
    struct ledger_total **all;
    size_t count, max; // max: a power of two, of at; all has half as many
};

static void make_room(struct ledger_sum *sum, size_t max);

struct ledger_sum *ledger_sum_new(struct arena *arena)
{
    struct ledger_sum *sum = arena_alloc(arena, sizeof *sum);
    sum->arena = arena;
    make_room(sum, 256);
    return sum;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t hash_of(const struct ledger_key *key)
{
    uint64_t hash = mix(0, (uint64_t)key->place_id);
    hash = mix(hash, (uint64_t)key->by << 1 | (uint64_t)key->excluded);
    hash = mix(hash, (uint64_t)key->member_id);
    hash = mix(hash, (uint64_t)key->day);
    for (size_t i = 0; i < key->code.n; i++)
        hash = mix(hash, (unsigned char)key->code.p[i]);
    return hash;
}

static bool same(const struct ledger_key *a, const struct ledger_key *b)
{
    return a->place_id == b->place_id && a->by == b->by && a->member_id == b->member_id && a->day == b->day &&
           a->excluded == b->excluded && str_equal(a->code, b->code);
}

static struct ledger_total **slot_of(const struct ledger_sum *sum, const struct ledger_key *key)
{
    size_t i = (size_t)hash_of(key) & (sum->max - 1);
    while (sum->at[i] && !same(&sum->at[i]->key, key))
        i = (i + 1) & (sum->max - 1);
    return &sum->at[i];
}

static void make_room(struct ledger_sum *sum, size_t max)
{
    struct ledger_total **all = arena_array(sum->arena, max / 2, sizeof(struct ledger_total *));
    sum->at = arena_array(sum->arena, max, sizeof(struct ledger_total *));
    sum->max = max;
    for (size_t i = 0; i < sum->count; i++) {
        all[i] = sum->all[i];
        *slot_of(sum, &all[i]->key) = all[i];
    }
    sum->all = all;
}

struct ledger_total *ledger_sum_at(struct ledger_sum *sum, const struct ledger_key *key)
{
    struct ledger_total **slot = slot_of(sum, key);
    if (*slot)
        return *slot;
    if (sum->count == sum->max / 2) {
        make_room(sum, 2 * sum->max);
        slot = slot_of(sum, key);
    }
    struct ledger_total *total = arena_alloc(sum->arena, sizeof *total);
    total->key = *key;
    total->key.code = str_copy(sum->arena, key->code);
    *slot = sum->all[sum->count++] = total;
    return total;
}

struct arena *ledger_sum_arena(const struct ledger_sum *sum)
{
    return sum->arena;
}

size_t ledger_sum_count(const struct ledger_sum *sum)
{
    return sum->count;
}

struct ledger_total *ledger_sum_get(struct ledger_sum *sum, size_t index)
{
    return sum->all[index];
}

// --- what a query asks ----------------------------------------------------------------------------------------------
static bool lies_in(const struct ledger_case *k, int64_t place_id)
{
    for (int level = PLACE_DISTRICT; level <= PLACE_GRID; level++)
        if (k->places[level] == place_id)
            return true;
    return place_id == 0;
}

static const enum place_level level_of[LEDGER_BY_COUNT] = {[BY_GRID] = PLACE_GRID,
                                                           [BY_COMMUNITY] = PLACE_COMMUNITY,
                                                           [BY_SUBDISTRICT] = PLACE_SUBDISTRICT,
                                                           [BY_DISTRICT] = PLACE_DISTRICT};

void ledger_sum_add(struct ledger_sum *sum, const struct ledger_query *query, const struct ledger_case *k, int sign)
{
    struct ledger_key key = {.by = (int)query->by, .excluded = k->excluded};
    if (!lies_in(k, query->place_id))
        return;
    if (query->by == BY_ITEM)
        key.code = k->item;
    else if (query->by != BY_ALL && query->by != BY_UNIT)
        key.member_id = k->places[level_of[query->by]];
    for (size_t i = 0; i < k->entry_count; i++) {
        const struct ledger_entry *e = &k->entries[i];
        if (e->day < query->from_day || e->day > query->to_day)
            continue;
        if (query->by == BY_UNIT)
            key.member_id = e->unit_id;
        key.day = ledger_period_begin(query->per, e->day, query);
        ledger_sum_at(sum, &key)->n[e->counter] += sign * e->n;
    }
}

// Of a place: all together, by item, by unit, and by each level of places below.
void ledger_sum_spread(struct ledger_sum *sum, const struct ledger_case *k, int sign)
{
    for (int level = PLACE_DISTRICT; level <= PLACE_GRID; level++)
        for (int by = BY_ALL; by < BY_DISTRICT && k->places[level]; by++) {
            struct ledger_key key = {.place_id = k->places[level], .by = by, .excluded = k->excluded};
            if (by >= BY_GRID && (int)level_of[by] <= level)
                continue;
            if (by >= BY_GRID)
                key.member_id = k->places[level_of[by]];
            if (by == BY_ITEM)
                key.code = k->item;
            for (size_t i = 0; i < k->entry_count; i++) {
                const struct ledger_entry *e = &k->entries[i];
                key.day = e->day;
                if (by == BY_UNIT)
                    key.member_id = e->unit_id;
                ledger_sum_at(sum, &key)->n[e->counter] += sign * e->n;
            }
        }
}

struct str ledger_member_text(struct arena *arena, const struct ledger_key *key)
{
    if (key->code.n)
        return key->code;
    return key->member_id ? id_text(arena, key->member_id) : STR("");
}

static int compare_rows(const void *a, const void *b)
{
    const struct ledger_row *x = a, *y = b;
    size_t n = x->member.n < y->member.n ? x->member.n : y->member.n;
    for (size_t i = 0; i < n; i++)
        if (x->member.p[i] != y->member.p[i])
            return (unsigned char)x->member.p[i] < (unsigned char)y->member.p[i] ? -1 : 1;
    if (x->member.n != y->member.n)
        return x->member.n < y->member.n ? -1 : 1;
    return x->period < y->period ? -1 : x->period > y->period;
}

static bool is_empty(const struct ledger_row *row)
{
    for (size_t i = 0; i < LEDGER_COUNTER_COUNT; i++)
        if (row->raw[i])
            return false;
    return true;
}

// The two rows of a member and period, with and without what was excluded, are one.
void ledger_sum_rows(struct arena *arena, struct ledger_sum *sum, const struct ledger_row **ret_rows, size_t *ret_count)
{
    struct ledger_row *rows = arena_array(arena, sum->count ? sum->count : 1, sizeof *rows);
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < sum->count; i++) {
        const struct ledger_total *total = sum->all[i];
        struct ledger_row *row = &rows[count++];
        row->period = total->key.day;
        row->member = ledger_member_text(arena, &total->key);
        for (size_t j = 0; j < LEDGER_COUNTER_COUNT; j++) {
            row->raw[j] = total->n[j];
            row->net[j] = total->key.excluded ? 0 : total->n[j];
        }
    }
    qsort(rows, count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < count; i++) {
        if (kept && compare_rows(&rows[kept - 1], &rows[i]) == 0)
            for (size_t j = 0; j < LEDGER_COUNTER_COUNT; j++) {
                rows[kept - 1].raw[j] += rows[i].raw[j];
                rows[kept - 1].net[j] += rows[i].net[j];
            }
        else
            rows[kept++] = rows[i];
    }
    count = kept;
    kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_empty(&rows[i]))
            rows[kept++] = rows[i];
    *ret_rows = rows;
    *ret_count = kept;
}
