// SPDX-License-Identifier: MulanPSL-2.0
// The ledger 台账: figures of the work, each a reading of the event log by one table of definitions
// (ledger_figures.c). What is counted, by which event, on which day, in whose name stands there and nowhere else.
#pragma once
#include "domain/request/request.h"
#include "flow/module.h"

// What is counted. Each is a column of ledger_day; what a figure divides by what: ledger_figures.
#define LEDGER_COUNTERS(N)                                                                                             \
    N(reported)                                                                                                        \
    N(filed)                                                                                                           \
    N(sent)                                                                                                            \
    N(sent_in_time)                                                                                                    \
    N(responded)                                                                                                       \
    N(callbacks)                                                                                                       \
    N(solved)                                                                                                          \
    N(satisfied)                                                                                                       \
    N(due)                                                                                                             \
    N(closed)                                                                                                          \
    N(closed_in_time)                                                                                                  \
    N(finished)                                                                                                        \
    N(reworked)                                                                                                        \
    N(extended)                                                                                                        \
    N(returned)                                                                                                        \
    N(deeds)                                                                                                           \
    N(lapsed)                                                                                                          \
    N(rechecked)                                                                                                       \
    N(upheld)                                                                                                          \
    N(unreached)                                                                                                       \
    N(excluded)
#define LEDGER_COUNTER_NUMBER(name) COUNT_##name,
enum ledger_counter { LEDGER_COUNTERS(LEDGER_COUNTER_NUMBER) LEDGER_COUNTER_COUNT };
#define COUNT_NONE LEDGER_COUNTER_COUNT
extern const char *const ledger_counter_names[]; // NULL-terminated

enum ledger_figure_kind { FIGURE_COUNT, FIGURE_SHARE, FIGURE_COMPOSITE };
struct ledger_figure {
    const char *code, *zh, *en;
    enum ledger_figure_kind kind;
    enum ledger_counter numerator, denominator; // COUNT_NONE: none
    const char *period_zh, *period_en;          // which instant puts it into a period
    const char *definition_zh, *definition_en;
};
extern const struct ledger_figure ledger_figures[]; // ends with code NULL

// Weights of the composite in percent: of response, resolution, satisfaction.
struct ledger_weights {
    int64_t at[3];
};
bool ledger_weights_parse(struct str text, struct ledger_weights *ret_weights); // "30-35-35"; sum 100
// Numerator and denominator of the figure. False for the composite, which has none.
bool ledger_fraction(const struct ledger_figure *figure, const int64_t n[LEDGER_COUNTER_COUNT], int64_t *ret_numerator,
                     int64_t *ret_denominator);
// In ten-thousandths of a percent (100 % = 1,000,000): of a share, or the composite, of which each term, weight ×
// numerator / denominator, is cut there. -1: something would be divided by nothing.
int64_t ledger_value(const struct ledger_figure *figure, const int64_t n[LEDGER_COUNTER_COUNT],
                     const struct ledger_weights *weights);

// By what the figures are told apart.
enum ledger_by { BY_ALL, BY_ITEM, BY_UNIT, BY_GRID, BY_COMMUNITY, BY_SUBDISTRICT, BY_DISTRICT, LEDGER_BY_COUNT };
extern const char *const ledger_by_names[]; // NULL-terminated: "all", "item", "unit", "grid", …
enum ledger_per { PER_TOTAL, PER_DAY, PER_WEEK, PER_MONTH };
extern const char *const ledger_per_names[]; // "total", "day", "week" (from Monday), "month"

struct ledger_query {
    int64_t place_id; // its subtree; 0: everything
    enum ledger_by by;
    enum ledger_per per;
    int64_t from_day, to_day; // local days since 1970, both included
};
#define LEDGER_DAY_OPEN INT64_MIN // of a walk: from the day of the first event, to that of the last
// Day on which the period that holds the day begins.
int64_t ledger_period_begin(enum ledger_per per, int64_t day, const struct ledger_query *query);

struct ledger_row {
    struct str member; // code of the item, or id in text; empty: all, or no unit had it yet
    int64_t period;    // day on which it begins
    int64_t raw[LEDGER_COUNTER_COUNT], net[LEDGER_COUNTER_COUNT];
};

// The log alone: give it every event in order, then take the rows. In the arena of c: about half a kilobyte a request.
struct ledger_walk;
struct ledger_walk *ledger_walk_new(struct ctx *c, const struct ledger_query *query);
enum err ledger_walk_take(struct ctx *c, const struct event *event, void *walk); // event_fn (flow/log_reader.h)
// Sorted by member, then period. *ret_query: the query, its days filled in.
void ledger_walk_rows(struct ledger_walk *walk, struct ledger_query *ret_query, const struct ledger_row **ret_rows,
                      size_t *ret_count);

// Reads on in the log as far as it is settled, and sums it by day. A job; harmless to repeat, also in two processes.
enum err ledger_fold(struct ctx *c);
enum err ledger_rebuild(struct ctx *c); // forgets the days and reads the log from its beginning
// In an open read: what was summed by day, and the newest events on top. Place: a grid or above, never 0. One member,
// or (not one_member) all of them, then per total only. *ret_as_of_ms: everything that happened before is in it.
enum err ledger_read(struct ctx *c, const struct ledger_query *query, struct str member, bool one_member,
                     const struct ledger_row **ret_rows, size_t *ret_count, int64_t *ret_as_of_ms);

// As CSV: a line for each row and figure. Dates are of the calendar's zone.
void ledger_csv_write(struct ctx *c, const struct ledger_query *query, const struct ledger_row *rows, size_t count,
                      const struct ledger_weights *weights, struct buf *out);
// "2026-11-24" to a local day; false on anything else.
bool ledger_day_parse(struct str text, int64_t *ret_day);
struct str ledger_day_text(struct arena *arena, int64_t day);

// Counts anew what there is and was done altogether: a job of this module, every ten minutes.
enum err ledger_count_standing(struct ctx *c);

extern const struct module ledger_module;
