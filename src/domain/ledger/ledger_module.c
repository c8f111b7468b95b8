// SPDX-License-Identifier: MulanPSL-2.0
#include "base/clock.h"
#include "domain/ledger/ledger_internal.h"
#include "ledger_sql.h"

static const struct job jobs[] = {
    {"ledger_fold", MINUTE_MS, ledger_fold}, {"ledger_standing", 10 * MINUTE_MS, ledger_count_standing}, {NULL}};
static const struct record *const records[] = {&ledger_day_record, &ledger_head_record, &ledger_note_record,
                                               &ledger_standing_record, NULL};

static const struct message messages[] = {
    {"ledger.bad_period", "期间不对：起止日期写成 2026-11-01，起不晚于止，最多三年。",
     "The period is not right: dates like 2026-11-01, the first not after the last, three years at most."},
    {"ledger.bad_query", "不能这样统计。", "It cannot be told apart this way."},
    {"ledger.place_too_small", "只统计到网格。", "Figures go down to grids, not below."},
    {NULL, NULL, NULL},
};

const struct module ledger_module = {
    .name = "ledger",
    .store = {"ledger", ledger_statements, ledger_migrations, records},
    .routes = ledger_routes,
    .jobs = jobs,
    .messages = messages,
};
