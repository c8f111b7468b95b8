// SPDX-License-Identifier: MulanPSL-2.0
// Small numbers hidden, so that no total gives one away. Pure arithmetic; knows nothing of disputes.
//
// What is published is one ring of sums:
//
//     whole -> row of table A -> cell -> column -> cell -> row of table B -> whole
//
// Table A splits the whole by one thing (category), table B by another (sub-district); both have the same columns
// (result), so a column's total is the same in both. Every number is the flow through one edge of that network, and at
// every node what comes in goes out: these are all the sums that a reader can form. A hidden number is given away
// exactly when its edge lies on no ring along which the flow could be changed without changing a published number or
// making one negative. Numbers are whole and the network's, so this test is complete: what passes it can have at least
// two values.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUPPRESS_COLUMNS_MAX 4
#define SUPPRESS_ROWS_MAX 64 // of each table

struct count_table {
    size_t row_count;
    int64_t cell[SUPPRESS_ROWS_MAX][SUPPRESS_COLUMNS_MAX];
    int64_t row[SUPPRESS_ROWS_MAX]; // totals
    bool cell_hidden[SUPPRESS_ROWS_MAX][SUPPRESS_COLUMNS_MAX];
    bool row_hidden[SUPPRESS_ROWS_MAX];
};
struct counts {
    size_t column_count;
    struct count_table by[2]; // A, B
    int64_t column[SUPPRESS_COLUMNS_MAX];
    bool column_hidden[SUPPRESS_COLUMNS_MAX];
    int64_t whole;
    bool whole_hidden;
};

// Fills the totals from the cells. False when the two tables do not add up to the same columns.
bool counts_total(struct counts *counts);
// Hides every number below min, and as few others as it finds to be needed.
void counts_suppress(struct counts *counts, int64_t min);
// Is a hidden number given away? Only for tests: counts_suppress leaves none.
bool counts_leak(const struct counts *counts);
