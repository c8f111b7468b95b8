// SPDX-License-Identifier: MulanPSL-2.0
// Quarters of a year: the only periods for which counts of disputes are published.
#pragma once
#include "base/str.h"

struct dispute_period {
    int year, quarter; // 1 to 4; year 0: none
};
// A parser: fuzzed. "2026Q3".
bool dispute_period_parse(struct str text, struct dispute_period *ret_period);
struct str dispute_period_text(struct arena *arena, struct dispute_period period);
struct dispute_period dispute_period_at(int64_t at_ms, int64_t zone_ms);
struct dispute_period dispute_period_before(struct dispute_period period);
struct dispute_period dispute_period_after(struct dispute_period period);
int64_t dispute_period_from_ms(struct dispute_period period, int64_t zone_ms);
