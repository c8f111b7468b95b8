// SPDX-License-Identifier: MulanPSL-2.0
// No hidden number can be told from those that are published. Judged by another way than the code's own: small tables
// by trying every table that a reader could think of, larger ones by solving the equations.
#include "base/test.h"
#include "domain/dispute/dispute_period.h"
#include "domain/dispute/dispute_suppress.h"

#include <math.h>
#include <string.h>

#define MIN 5
static struct random chance;
static int64_t below(int64_t n)
{
    return random_between(&chance, 0, n - 1);
}

// Cases thrown one by one into a category, a place and a result: both tables are of the same cases.
static void throw_cases(struct counts *counts, size_t columns, size_t rows_a, size_t rows_b, int64_t cases)
{
    memset(counts, 0, sizeof *counts);
    counts->column_count = columns;
    counts->by[0].row_count = rows_a;
    counts->by[1].row_count = rows_b;
    while (cases-- > 0) {
        int64_t j = below((int64_t)columns), skew = below(4) ? 1 : 3;
        counts->by[0].cell[below((int64_t)rows_a) / skew][j]++;
        counts->by[1].cell[below((int64_t)rows_b) / skew][j]++;
    }
    assert_true(counts_total(counts));
}

// --- every table that fits ------------------------------------------------------------------------------------------
#define CELLS_MAX 8
struct guess {
    const struct counts *truth;
    int64_t *cell[CELLS_MAX];
    const bool *hidden[CELLS_MAX];
    int64_t true_value[CELLS_MAX];
    size_t cell_count, fits;
    struct counts trial;
    bool other[64]; // per number of the ring: another value was seen
};
struct number {
    int64_t value, trial;
    bool hidden;
};

static size_t numbers_of(const struct counts *truth, const struct counts *trial, struct number *out)
{
    size_t n = 0;
    out[n++] = (struct number){truth->whole, trial->whole, truth->whole_hidden};
    for (size_t j = 0; j < truth->column_count; j++)
        out[n++] = (struct number){truth->column[j], trial->column[j], truth->column_hidden[j]};
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < truth->by[side].row_count; i++) {
            out[n++] = (struct number){truth->by[side].row[i], trial->by[side].row[i], truth->by[side].row_hidden[i]};
            for (size_t j = 0; j < truth->column_count; j++)
                out[n++] = (struct number){truth->by[side].cell[i][j], trial->by[side].cell[i][j],
                                           truth->by[side].cell_hidden[i][j]};
        }
    return n;
}

static void judge(struct guess *g)
{
    struct number numbers[64];
    if (!counts_total(&g->trial))
        return; // the two tables contradict each other
    size_t n = numbers_of(g->truth, &g->trial, numbers);
    for (size_t i = 0; i < n; i++)
        if (!numbers[i].hidden && numbers[i].value != numbers[i].trial)
            return;
    g->fits++;
    for (size_t i = 0; i < n; i++)
        g->other[i] |= numbers[i].value != numbers[i].trial;
}

// A hidden cell may be anything from 0; when it may be another than it is, it may be one that is near.
static void try_all(struct guess *g, size_t at)
{
    if (at == g->cell_count) {
        judge(g);
        return;
    }
    int64_t truth = g->true_value[at], first = truth > 2 ? truth - 2 : 0;
    if (!*g->hidden[at]) {
        *g->cell[at] = truth;
        try_all(g, at + 1);
        return;
    }
    for (int64_t value = first; value <= truth + 2; value++) {
        *g->cell[at] = value;
        try_all(g, at + 1);
    }
}

static void expect_hidden_stay_hidden(const struct counts *counts)
{
    struct guess g = {.truth = counts, .trial = *counts};
    struct number numbers[64];
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < counts->by[side].row_count; i++)
            for (size_t j = 0; j < counts->column_count; j++) {
                g.cell[g.cell_count] = &g.trial.by[side].cell[i][j];
                g.hidden[g.cell_count] = &counts->by[side].cell_hidden[i][j];
                g.true_value[g.cell_count++] = counts->by[side].cell[i][j];
            }
    try_all(&g, 0);
    assert_true(g.fits >= 1);
    size_t n = numbers_of(counts, counts, numbers);
    for (size_t i = 0; i < n; i++)
        if (numbers[i].hidden && !g.other[i]) {
            print_error("number %zu = %lld of a table of %lld is given away\n", i, (long long)numbers[i].value,
                        (long long)counts->whole);
            assert_true(false);
        }
}

static void expect_small_hidden(const struct counts *counts)
{
    static struct number numbers[2 * SUPPRESS_ROWS_MAX * (SUPPRESS_COLUMNS_MAX + 1) + SUPPRESS_COLUMNS_MAX + 1];
    size_t n = numbers_of(counts, counts, numbers);
    for (size_t i = 0; i < n; i++)
        assert_true(numbers[i].hidden || numbers[i].value >= MIN);
    assert_false(counts_leak(counts));
}

static void test_small_tables_by_trying_all(void **state)
{
    static const struct {
        size_t columns, a, b;
    } shapes[] = {{2, 2, 2}, {1, 4, 4}, {2, 2, 1}, {2, 3, 1}, {1, 3, 3}, {3, 1, 1}, {2, 1, 3}};
    (void)state;
    size_t hidden_beyond = 0;
    for (int round = 0; round < test_cases(3000); round++) {
        struct counts counts;
        size_t shape = (size_t)below((int64_t)(sizeof shapes / sizeof *shapes));
        throw_cases(&counts, shapes[shape].columns, shapes[shape].a, shapes[shape].b, below(60));
        counts_suppress(&counts, MIN);
        expect_small_hidden(&counts);
        expect_hidden_stay_hidden(&counts);
        for (size_t j = 0; j < counts.column_count; j++)
            hidden_beyond += counts.column_hidden[j] && counts.column[j] >= MIN;
    }
    assert_true(hidden_beyond > 0); // the complementary part was needed at all
}

// --- larger tables: is a hidden number the same in every solution of the equations? ----------------------------------
#define UNKNOWNS 160
static double matrix[UNKNOWNS][UNKNOWNS];
static size_t equation_count, unknown_count;

static void reduce(size_t *ret_pivots, bool *ret_free)
{
    size_t row = 0;
    memset(ret_free, 1, unknown_count);
    for (size_t column = 0; column < unknown_count && row < equation_count; column++) {
        size_t best = row;
        for (size_t i = row; i < equation_count; i++)
            if (fabs(matrix[i][column]) > fabs(matrix[best][column]))
                best = i;
        if (fabs(matrix[best][column]) < 1e-9)
            continue;
        for (size_t k = 0; k < unknown_count; k++) {
            double swap = matrix[row][k];
            matrix[row][k] = matrix[best][k];
            matrix[best][k] = swap;
        }
        for (size_t i = 0; i < equation_count; i++) {
            double factor = matrix[i][column] / matrix[row][column];
            for (size_t k = column; i != row && k < unknown_count; k++)
                matrix[i][k] -= factor * matrix[row][k];
        }
        ret_free[column] = false;
        ret_pivots[row++] = column;
    }
    equation_count = row;
}

struct unknowns {
    int whole, column[SUPPRESS_COLUMNS_MAX], row[2][SUPPRESS_ROWS_MAX],
        cell[2][SUPPRESS_ROWS_MAX][SUPPRESS_COLUMNS_MAX];
};
static int unknown(bool hidden)
{
    return hidden ? (int)unknown_count++ : -1;
}
static void term(int index, double factor)
{
    if (index >= 0)
        matrix[equation_count][index] += factor;
}

static void write_equations(const struct counts *c, struct unknowns *u)
{
    memset(matrix, 0, sizeof matrix);
    equation_count = unknown_count = 0;
    u->whole = unknown(c->whole_hidden);
    for (size_t j = 0; j < c->column_count; j++)
        u->column[j] = unknown(c->column_hidden[j]);
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < c->by[s].row_count; i++) {
            u->row[s][i] = unknown(c->by[s].row_hidden[i]);
            for (size_t j = 0; j < c->column_count; j++)
                u->cell[s][i][j] = unknown(c->by[s].cell_hidden[i][j]);
        }
    for (int s = 0; s < 2; s++) {
        for (size_t i = 0; i < c->by[s].row_count; i++, equation_count++) {
            term(u->row[s][i], -1);
            for (size_t j = 0; j < c->column_count; j++)
                term(u->cell[s][i][j], 1);
        }
        for (size_t j = 0; j < c->column_count; j++, equation_count++) {
            term(u->column[j], -1);
            for (size_t i = 0; i < c->by[s].row_count; i++)
                term(u->cell[s][i][j], 1);
        }
    }
    term(u->whole, -1);
    for (size_t j = 0; j < c->column_count; j++)
        term(u->column[j], 1);
    equation_count++;
}

static void test_larger_tables_by_their_equations(void **state)
{
    (void)state;
    size_t shown = 0;
    for (int round = 0; round < test_cases(400); round++) {
        struct counts counts;
        struct unknowns u;
        size_t pivots[UNKNOWNS];
        bool free_one[UNKNOWNS];
        throw_cases(&counts, (size_t)(1 + below(4)), (size_t)(1 + below(12)), (size_t)(1 + below(14)), below(900));
        counts_suppress(&counts, MIN);
        expect_small_hidden(&counts);
        write_equations(&counts, &u);
        reduce(pivots, free_one);
        for (size_t i = 0; i < equation_count; i++) {
            bool hangs_on_free = false;
            for (size_t k = 0; k < unknown_count; k++)
                hangs_on_free |= free_one[k] && fabs(matrix[i][k]) > 1e-9;
            assert_true(hangs_on_free); // else this unknown has one solution
        }
        for (size_t i = 0; i < counts.by[0].row_count; i++)
            for (size_t j = 0; j < counts.column_count; j++)
                shown += !counts.by[0].cell_hidden[i][j];
    }
    assert_true(shown > 1000); // and what may be told is told
}

static void test_known_tables(void **state)
{
    (void)state;
    struct counts c = {.column_count = 2, .by = {{.row_count = 3}, {.row_count = 1}}};
    const int64_t cells[3][2] = {{20, 3}, {30, 12}, {9, 8}};
    memcpy(c.by[0].cell[0], cells[0], sizeof cells[0]);
    memcpy(c.by[0].cell[1], cells[1], sizeof cells[1]);
    memcpy(c.by[0].cell[2], cells[2], sizeof cells[2]);
    c.by[1].cell[0][0] = 59;
    c.by[1].cell[0][1] = 23;
    assert_true(counts_total(&c));
    assert_int_equal(c.whole, 82);
    counts_suppress(&c, MIN);
    assert_true(c.by[0].cell_hidden[0][1]);                                                           // the small one
    assert_true(c.by[0].cell_hidden[2][1] && c.by[0].cell_hidden[0][0] && c.by[0].cell_hidden[2][0]); // a square
    assert_false(c.by[0].cell_hidden[1][0] || c.by[0].cell_hidden[1][1] || c.whole_hidden || c.column_hidden[1]);
    c.by[0].cell[0][1] = 5; // now nothing is small
    c.by[1].cell[0][1] = 25;
    assert_true(counts_total(&c));
    counts_suppress(&c, MIN);
    assert_false(c.by[0].cell_hidden[0][1] || c.by[0].cell_hidden[2][0]);
    c.by[1].cell[0][1] = 26;
    assert_false(counts_total(&c)); // not of the same cases
    memset(&c, 0, sizeof c);
    c.column_count = 2;
    c.by[0].row_count = c.by[1].row_count = 2;
    assert_true(counts_total(&c));
    counts_suppress(&c, MIN); // nothing at all: nothing is told
    assert_true(c.whole_hidden && c.column_hidden[0] && c.by[0].row_hidden[1] && c.by[1].cell_hidden[1][1]);
}

static void test_quarters(void **state)
{
    (void)state;
    struct dispute_period p;
    struct arena *arena = arena_new(65536);
    assert_true(dispute_period_parse(STR("2026Q3"), &p));
    assert_true(p.year == 2026 && p.quarter == 3);
    static const char *const bad[] = {"",        "2026",   "2026Q5", "2026Q0", "2026q1",
                                      "2026Q11", "-026Q1", "1999Q4", "2026-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(dispute_period_parse(str_of(bad[i]), &p));
    const int64_t zone_ms = INT64_C(28800000);
    p = (struct dispute_period){2026, 1};
    assert_int_equal(dispute_period_from_ms(p, zone_ms), INT64_C(1767196800000)); // 2025-12-31T16:00:00Z
    for (int i = 0; i < 40; i++, p = dispute_period_after(p)) {
        int64_t from_ms = dispute_period_from_ms(p, zone_ms);
        struct dispute_period in = dispute_period_at(from_ms, zone_ms),
                              before = dispute_period_at(from_ms - 1, zone_ms);
        assert_true(in.year == p.year && in.quarter == p.quarter);
        struct dispute_period wanted = dispute_period_before(p);
        assert_true(before.year == wanted.year && before.quarter == wanted.quarter);
        assert_true(dispute_period_parse(dispute_period_text(arena, p), &in));
        assert_true(in.year == p.year && in.quarter == p.quarter);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_tables),
        cmocka_unit_test(test_small_tables_by_trying_all),
        cmocka_unit_test(test_larger_tables_by_their_equations),
        cmocka_unit_test(test_quarters),
    };
    chance = test_random();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
