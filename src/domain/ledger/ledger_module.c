// SPDX-License-Identifier: MulanPSL-2.0
#include "base/clock.h"
#include "domain/ledger/ledger_internal.h"
#include "ledger_sql.h"

static const struct job jobs[] = {{"ledger_fold", MINUTE_MS, ledger_fold},
                                  {"ledger_standing", 10 * MINUTE_MS, ledger_count_standing},
                                  {"ledger_draw", MINUTE_MS, ledger_draw_weeks},
                                  {NULL}};
static const struct record *const records[] = {
    &ledger_day_record,     &ledger_head_record, &ledger_note_record,   &ledger_standing_record,
    &ledger_recheck_record, &ledger_draw_record, &ledger_target_record, NULL};
static const struct route *const more_routes[] = {ledger_recheck_routes, ledger_target_routes, NULL};

static const struct message messages[] = {
    {"ledger.bad_period", "期间不对：起止日期写成 2026-11-01，起不晚于止，最多三年。",
     "The period is not right: dates like 2026-11-01, the first not after the last, three years at most."},
    {"ledger.bad_query", "不能这样统计。", "It cannot be told apart this way."},
    {"ledger.place_too_small", "只统计到网格。", "Figures go down to grids, not below."},
    {"ledger.no_recheck", "没有这项抽查。", "There is no such re-check."},
    {"ledger.recheck_done", "这项抽查已经有人登记了结果。", "Somebody has written down the result already."},
    {"ledger.recheck_own", "经手过这件诉求的人（或承办单位的人）不能抽查它，请交给别人。",
     "Whoever had a part in the case, or belongs to the unit that did the work, cannot check it: leave it to somebody "
     "else."},
    {"ledger.no_figure", "没有这项指标，或者它不能设目标。", "There is no such figure, or it cannot have a target."},
    {"ledger.bad_target", "比率的目标在 0 到 100 之间，件数的目标不小于 0。",
     "The target of a rate is from 0 to 100, of a count not below 0."},
    {NULL, NULL, NULL},
};

const struct module ledger_module = {
    .name = "ledger",
    .store = {"ledger", ledger_statements, ledger_migrations, records},
    .routes = ledger_routes,
    .more_routes = more_routes,
    .jobs = jobs,
    .messages = messages,
};
