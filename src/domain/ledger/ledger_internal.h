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
struct arena *ledger_sum_arena(const struct ledger_sum *sum);
size_t ledger_sum_count(const struct ledger_sum *sum);
struct ledger_total *ledger_sum_get(struct ledger_sum *sum, size_t index);
// What the query asks of one request, added (sign 1) or taken away (-1).
void ledger_sum_add(struct ledger_sum *sum, const struct ledger_query *query, const struct ledger_case *k, int sign);
// Every row of ledger_day that the request has a part in.
void ledger_sum_spread(struct ledger_sum *sum, const struct ledger_case *k, int sign);
struct str ledger_member_text(struct arena *arena, const struct ledger_key *key);
// The totals as rows: raw and net, sorted.
void ledger_sum_rows(struct arena *arena, struct ledger_sum *sum, const struct ledger_row **ret_rows,
                     size_t *ret_count);

// --- days (ledger_day.c) ---------------------------------------------------------------------------------------------
struct ledger_day {
    int64_t place_id;
    int by_what;
    struct str member;
    int64_t day;
    bool left_out; // of the net figures: of requests that are excluded
    int64_t n[LEDGER_COUNTER_COUNT];
};
extern const struct record ledger_day_record, ledger_head_record, ledger_note_record;
// Raise it when a definition changes: everything is reckoned anew from the log.
#define LEDGER_DEFINITION 2
#define LEDGER_HEAD_FIELDS(F, S)                                                                                       \
    F(S, INT, id, .flags = FIELD_KEY, .doc = "1")                                                                      \
    F(S, INT, last_id, .doc = "The last event that is in the days")                                                    \
    F(S, INT, definition, .doc = "LEDGER_DEFINITION when they were reckoned")
struct ledger_head {
    LEDGER_HEAD_FIELDS(FIELD_MEMBER, ledger_head)
};
#define LEDGER_NOTE_FIELDS(F, S)                                                                                       \
    F(S, ID, place_id, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "A place above the request's")                  \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_SCOPE, .doc = "The event")                                           \
    F(S, ID, request_id, .read = READ_SCOPE, .doc = "The request")                                                     \
    F(S, TEXT, type, .read = READ_SCOPE, .doc = "returned, contested, arbitrated, excluded, restored…")                \
    F(S, TIME_MS, at, .read = READ_SCOPE, .doc = "When")                                                               \
    F(S, TEXT, item_code, .read = READ_SCOPE, .doc = "Service item")                                                   \
    F(S, ID, unit_id, .read = READ_SCOPE, .doc = "The organisation that had it")                                       \
    F(S, ID, actor_id, .read = READ_NOBODY, .doc = "Who did it")                                                       \
    F(S, TEXT, actor_role, .read = READ_SCOPE, .doc = "As what")                                                       \
    F(S, TEXT, reason, .read = READ_SCOPE, .doc = "Of an exclusion: of the closed list")
struct ledger_note {
    LEDGER_NOTE_FIELDS(FIELD_MEMBER, ledger_note)
};

// --- what there is (ledger_standing.c) -------------------------------------------------------------------------------
#define LEDGER_STANDING_FIELDS(F, S)                                                                                   \
    F(S, TEXT, code, .flags = FIELD_KEY, .doc = "What")                                                                \
    F(S, INT, n, .doc = "How many")                                                                                    \
    F(S, TIME_MS, as_of, .doc = "When it was counted")
struct ledger_standing {
    LEDGER_STANDING_FIELDS(FIELD_MEMBER, ledger_standing)
};
extern const struct record ledger_standing_record, ledger_number_record;
enum err ledger_http_standing(struct ctx *c, struct http_request *rq, struct http_response *rs);

// --- random re-checks of what was closed as solved (ledger_recheck.c; docs/decisions/0005-rechecks.md) ---------------
#define LEDGER_RECHECK_FIELDS(F, S)                                                                                    \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_SCOPE, .doc = "The re-check")                                        \
    F(S, TEXT, week, .read = READ_SCOPE, .doc = "Monday of the week in which it was closed")                           \
    F(S, ID, request_id, .read = READ_SCOPE, .doc = "The request")                                                     \
    F(S, ID, place_id, .read = READ_NOBODY, .doc = "Its grid, or what is known above")                                 \
    F(S, ID, unit_id, .read = READ_SCOPE, .doc = "The organisation that had it when it was closed")                    \
    F(S, TEXT, item_code, .read = READ_SCOPE, .doc = "Service item")                                                   \
    F(S, TIME_MS, solved_at, .read = READ_SCOPE, .doc = "When it was closed")                                          \
    F(S, INT, rank, .read = READ_SCOPE, .doc = "Its rank in the unit's draw, from 1")                                  \
    F(S, INT, eligible, .read = READ_SCOPE, .doc = "How many of the unit there were to draw from")                     \
    F(S, TEXT, result, .read = READ_SCOPE, .doc = "Empty: to be done; solved, not_solved or unreachable")              \
    F(S, TEXT, how, .read = READ_SCOPE, .doc = "call or visit")                                                        \
    F(S, ID, checker_id, .read = READ_NOBODY, .doc = "Who checked")                                                    \
    F(S, TIME_MS, checked_at, .read = READ_SCOPE, .doc = "When")
struct ledger_recheck {
    LEDGER_RECHECK_FIELDS(FIELD_MEMBER, ledger_recheck)
};
#define LEDGER_DRAW_FIELDS(F, S)                                                                                       \
    F(S, TEXT, week, .flags = FIELD_KEY, .read = READ_PUBLIC, .doc = "Monday of the week")                             \
    F(S, INT, seal_minute, .read = READ_PUBLIC, .doc = "The first sealed minute after the week, since 1970")           \
    F(S, TEXT, seal_hash, .read = READ_PUBLIC, .doc = "Its hash: the seed of the draw")                                \
    F(S, INT, last_event_id, .read = READ_PUBLIC, .doc = "Events up to this one count, as the export writes ids")      \
    F(S, INT, eligible, .read = READ_PUBLIC, .doc = "Requests closed as solved in the week")                           \
    F(S, INT, drawn, .read = READ_PUBLIC, .doc = "How many of them were drawn")                                        \
    F(S, TIME_MS, drawn_at, .read = READ_PUBLIC, .doc = "When")
struct ledger_draw {
    LEDGER_DRAW_FIELDS(FIELD_MEMBER, ledger_draw)
};
extern const struct record ledger_recheck_record, ledger_draw_record;
// Of n: one in twenty, rounded up, ten at most.
size_t ledger_draw_size(size_t n);
// What puts a request into its place among the unit's: the lower, the earlier.
void ledger_draw_hash(struct ctx *c, struct str seed, struct str week, struct str unit, int64_t request_id,
                      unsigned char ret_hash[HASH_BYTES]);
// One request as of last_id: closed as solved between the two, and not opened again since; by whom.
struct ledger_solved {
    int64_t request_id, unit_id, place_id, at_ms;
    struct str item;
    bool solved;
};
enum err ledger_solved_in(struct ctx *c, int64_t request_id, int64_t from_ms, int64_t end_ms, int64_t last_id,
                          struct ledger_solved *ret_solved);
enum err ledger_draw_weeks(struct ctx *c); // a job: draws the last whole week, once its end is sealed
// In the open write: what was found, by c->actor, who must have had no part in the case.
enum err ledger_recheck_answer(struct ctx *c, int64_t id, struct str result, struct str how, struct str note);
// Is c->actor a stranger to the case? In an open read or write.
enum err ledger_recheck_may(struct ctx *c, const struct ledger_recheck *recheck, bool *ret_may);
extern const struct route ledger_recheck_routes[];

// --- targets (ledger_target.c) ---------------------------------------------------------------------------------------
extern const struct record ledger_target_record;
extern const struct route ledger_target_routes[];

// --- routes (ledger_http.c, ledger_returns.c) ------------------------------------------------------------------------
extern const struct route ledger_routes[];
extern const struct route_query ledger_returns_query[];
extern const struct record ledger_return_record;
enum err ledger_http_returns(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err ledger_http_returns_csv(struct ctx *c, struct http_request *rq, struct http_response *rs);
