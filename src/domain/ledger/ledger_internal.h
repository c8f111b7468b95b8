// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module only.
#pragma once
#include "base/calendar.h"
#include "domain/ledger/ledger.h"

// --- one request as the log tells it (ledger_case.c): a pure function of its events ----------------------------------
struct ledger_entry { // n more (or fewer) of a counter, on a day, in the name of a unit
    int32_t day;
    int16_t counter, n;
    int64_t unit_id;
};
struct ledger_case {
    int64_t id;
    struct str item;                                // code
    int64_t places[PLACE_GRID + 1];                 // by level, as it was reported; 0: none
    int64_t unit_id, first_unit_id;                 // who has it, who had it first
    int64_t due_ms;                                 // the limit of C3
    int32_t filed_day, sent_day, leg_day, deed_day; // 0: none
    int64_t leg_unit_id, deed_unit_id;
    int32_t finish_day, confirm_day;
    int64_t finish_unit_id, confirm_unit_id;
    bool known, leg_open, responded, finish_in_time, extended, excluded;
    struct ledger_entry *entries;
    size_t entry_count, entry_max;
};
// Takes the next event of the request; keep: where entries and texts live.
enum err ledger_case_take(struct ctx *c, struct arena *keep, struct ledger_case *k, const struct event *event);

// --- sums (ledger_sum.c) ---------------------------------------------------------------------------------------------
struct ledger_key {
    int64_t place_id;
    int by; // enum ledger_by
    int64_t member_id;
    struct str code; // the member of BY_ITEM
    int64_t day;
    int excluded;
};
struct ledger_total {
    struct ledger_key key;
    int64_t n[LEDGER_COUNTER_COUNT];
};
struct ledger_sum; // key → counters
struct ledger_sum *ledger_sum_new(struct arena *arena);
struct ledger_total *ledger_sum_at(struct ledger_sum *sum, const struct ledger_key *key); // made when it is not there
size_t ledger_sum_count(const struct ledger_sum *sum);
struct ledger_total *ledger_sum_get(struct ledger_sum *sum, size_t index);
// What the query asks of one request, added (sign 1) or taken away (-1).
void ledger_sum_add(struct ledger_sum *sum, const struct ledger_query *query, const struct ledger_case *k, int sign);
// The totals as rows: raw and net, sorted.
void ledger_sum_rows(struct arena *arena, struct ledger_sum *sum, const struct ledger_row **ret_rows,
                     size_t *ret_count);
