// SPDX-License-Identifier: MulanPSL-2.0
// Boundaries for the demo, invented: no real ones are published for grids, and none is copied. A sheet of small crooked
// cells is dealt out by halving: to the sub-districts, within each to its communities, within each to its grids, each
// as many cells as it has grids below (a village counts for three). Neighbours share the cells' corners, so nothing
// gapes and nothing overlaps. The plane is the demo's own, 0 to 40, and lies nowhere.
#include "domain/demo/demo_shapes.h"
#include "domain/demo/demo_dice.h"

#include <math.h>
#include <stdlib.h>

#define SIDE_MAX 160
#define CELLS_PER_PART 11
#define PLANE 40.0
#define PARTS_MAX 2000 // places of one level under one
#define TEXT_MAX_BYTES (SHAPE_POINTS_MAX * 24)

struct cell {
    int column, row;
    double along; // its place on the line of the cut in hand
};
struct sheet {
    int side;
    struct cell *cells; // dealt out by reordering
    size_t count;
    int32_t *owner; // by row and column: number of the part being traced, -1 elsewhere
};
struct part { // a place and how many cells it gets
    struct place place;
    size_t weight;
};

// --- the sheet -------------------------------------------------------------------------------------------------------
// Where a corner of the lattice lies: moved off its place by less than half a step, always the same way.
static void corner(const struct sheet *sheet, int column, int row, double *ret_x, double *ret_y)
{
    struct dice dice = dice_of(20261124, (uint64_t)column, (uint64_t)row);
    double step = PLANE / sheet->side;
    *ret_x = step * (column + ((double)dice_below(&dice, 1000) / 1000 - 0.5) * 0.7);
    *ret_y = step * (row + ((double)dice_below(&dice, 1000) / 1000 - 0.5) * 0.7);
}

// The district's outline: a circle with slow waves, so it has no holes.
static bool within(const struct sheet *sheet, int column, int row)
{
    double x = (column + 0.5) / sheet->side * 2 - 1, y = (row + 0.5) / sheet->side * 2 - 1;
    double angle = atan2(y, x), far = sqrt(x * x + y * y);
    return far < 0.82 + 0.09 * sin(3 * angle + 1) + 0.05 * sin(5 * angle + 2.2) + 0.03 * sin(9 * angle);
}

static void make_sheet(struct ctx *c, size_t weight, struct sheet *sheet)
{
    sheet->side = 8;
    while (sheet->side < SIDE_MAX && (size_t)(0.52 * sheet->side * sheet->side) < weight * CELLS_PER_PART)
        sheet->side++;
    size_t all = (size_t)sheet->side * (size_t)sheet->side;
    sheet->cells = arena_array(c->arena, all, sizeof *sheet->cells);
    sheet->owner = arena_array(c->arena, all, sizeof *sheet->owner);
    sheet->count = 0;
    for (int row = 0; row < sheet->side; row++)
        for (int column = 0; column < sheet->side; column++) {
            sheet->owner[row * sheet->side + column] = -1;
            if (within(sheet, column, row))
                sheet->cells[sheet->count++] = (struct cell){.column = column, .row = row};
        }
}

// --- dealing out -----------------------------------------------------------------------------------------------------
static int compare_cells(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->along < y->along)
        return -1;
    if (x->along > y->along)
        return 1;
    return x->row != y->row ? x->row - y->row : x->column - y->column;
}

// Across the longer way, a little askew.
static void sort_cells(struct cell *cells, size_t count, uint64_t which)
{
    int low[2] = {SIDE_MAX, SIDE_MAX}, high[2] = {0, 0};
    struct dice dice = dice_of(7, which, count);
    for (size_t i = 0; i < count; i++) {
        int at[2] = {cells[i].column, cells[i].row};
        for (int k = 0; k < 2; k++) {
            low[k] = at[k] < low[k] ? at[k] : low[k];
            high[k] = at[k] > high[k] ? at[k] : high[k];
        }
    }
    double askew = (double)dice_between(&dice, -35, 35) / 100;
    bool wide = high[0] - low[0] > high[1] - low[1];
    for (size_t i = 0; i < count; i++) {
        double main = wide ? cells[i].column : cells[i].row, other = wide ? cells[i].row : cells[i].column;
        cells[i].along = main + askew * other;
    }
    qsort(cells, count, sizeof *cells, compare_cells);
}

static size_t weight_of(const struct part *parts, size_t count)
{
    size_t weight = 0;
    for (size_t i = 0; i < count; i++)
        weight += parts[i].weight;
    return weight;
}

// After it, the cells of each part stand together; ret_first[i] is where those of the i-th begin.
static void deal(struct cell *cells, size_t cell_count, const struct part *parts, size_t count, size_t first,
                 size_t *ret_first)
{
    if (count == 0)
        return;
    ret_first[0] = first;
    if (count == 1)
        return;
    size_t left = count / 2;
    size_t cut = cell_count * weight_of(parts, left) / weight_of(parts, count);
    sort_cells(cells, cell_count, (uint64_t)first << 20 ^ count);
    deal(cells, cut, parts, left, first, ret_first);
    deal(cells + cut, cell_count - cut, parts + left, count - left, first + cut, ret_first + left);
}

// --- tracing ---------------------------------------------------------------------------------------------------------
static const int steps[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}}; // right, up, left, down

static bool inside(const struct sheet *sheet, int column, int row)
{
    return column >= 0 && row >= 0 && column < sheet->side && row < sheet->side &&
           sheet->owner[row * sheet->side + column] >= 0;
}

// Does the border run from this corner in that direction, with the part on its left?
static bool runs(const struct sheet *sheet, int column, int row, int way)
{
    static const int left[4][2] = {{0, 0}, {-1, 0}, {-1, -1}, {0, -1}},
                     right[4][2] = {{0, -1}, {0, 0}, {-1, 0}, {-1, -1}};
    return inside(sheet, column + left[way][0], row + left[way][1]) &&
           !inside(sheet, column + right[way][0], row + right[way][1]);
}

static void put_corner(const struct sheet *sheet, int column, int row, struct buf *out)
{
    double x, y;
    corner(sheet, column, row, &x, &y);
    buf_addf(out, "[%.4f,%.4f]", x, y);
}

// Once around, turning left first, so that what meets in one corner only stays two pieces. Marks where it has been.
static void trace(const struct sheet *sheet, int column, int row, bool *been, struct buf *out)
{
    int begin_column = column, begin_row = row, way = 0;
    buf_add_z(out, "[[");
    do {
        if (way == 0)
            been[row * (sheet->side + 1) + column] = true;
        put_corner(sheet, column, row, out);
        buf_add_z(out, ",");
        column += steps[way][0];
        row += steps[way][1];
        way = (way + 1) % 4;
        while (!runs(sheet, column, row, way))
            way = (way + 3) % 4;
    } while (column != begin_column || row != begin_row || way != 0);
    put_corner(sheet, begin_column, begin_row, out);
    buf_add_z(out, "]]");
}

static enum err put_shape(struct ctx *c, struct sheet *sheet, const struct place *place, const struct cell *cells,
                          size_t count)
{
    size_t corners = (size_t)(sheet->side + 1) * (size_t)(sheet->side + 1);
    bool *been = arena_array(c->arena, corners, sizeof *been);
    const struct json *geometry;
    struct place_shape shape = {.place_id = place->id, .invented = true};
    struct buf out;
    bool first = true;
    buf_init(&out, TEXT_MAX_BYTES);
    buf_add_z(&out, "{\"type\":\"MultiPolygon\",\"coordinates\":[");
    for (size_t i = 0; i < count; i++)
        sheet->owner[cells[i].row * sheet->side + cells[i].column] = 0;
    for (size_t i = 0; i < count; i++) {
        int column = cells[i].column, row = cells[i].row;
        if (been[row * (sheet->side + 1) + column] || !runs(sheet, column, row, 0))
            continue;
        buf_add_z(&out, first ? "" : ",");
        trace(sheet, column, row, been, &out);
        first = false;
    }
    for (size_t i = 0; i < count; i++)
        sheet->owner[cells[i].row * sheet->side + cells[i].column] = -1;
    buf_add_z(&out, "]}");
    enum err err = json_parse(c, buf_str(&out), &geometry);
    buf_free(&out);
    TRY(err);
    TRY(place_shape_read(c, geometry, &shape));
    return place_shape_put(c, &shape);
}

// --- the tree --------------------------------------------------------------------------------------------------------
static enum err parts_below(struct ctx *c, const struct place *place, struct part **ret_parts, size_t *ret_count);

// Grids below; a community without any, a village, counts for three.
static enum err weigh(struct ctx *c, const struct place *place, size_t *ret_weight)
{
    struct part *parts;
    size_t count;
    *ret_weight = place->level == PLACE_GRID ? 1 : 3;
    if (place->level >= PLACE_GRID)
        return OK;
    TRY(parts_below(c, place, &parts, &count));
    if (count)
        *ret_weight = weight_of(parts, count);
    return OK;
}

static enum err parts_below(struct ctx *c, const struct place *place, struct part **ret_parts, size_t *ret_count)
{
    struct rows rows;
    TRY(place_children(c, place->id, 0, PARTS_MAX, &rows));
    *ret_parts = arena_array(c->arena, rows.count + 1, sizeof **ret_parts);
    *ret_count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct place *child = (const struct place *)rows.at + i;
        if (child->level > PLACE_GRID)
            continue;
        struct part *part = &(*ret_parts)[(*ret_count)++];
        part->place = *child;
        TRY(weigh(c, child, &part->weight));
    }
    return OK;
}

static enum err shape_below(struct ctx *c, struct sheet *sheet, const struct place *place, struct cell *cells,
                            size_t count)
{
    struct part *parts;
    size_t part_count;
    TRY(parts_below(c, place, &parts, &part_count));
    size_t *first = arena_array(c->arena, part_count + 1, sizeof *first);
    deal(cells, count, parts, part_count, 0, first);
    first[part_count] = count;
    for (size_t i = 0; i < part_count; i++) {
        size_t n = first[i + 1] - first[i];
        if (!n)
            continue;
        TRY(put_shape(c, sheet, &parts[i].place, cells + first[i], n));
        TRY(shape_below(c, sheet, &parts[i].place, cells + first[i], n));
    }
    return OK;
}

enum err demo_make_shapes(struct ctx *c)
{
    struct place district;
    struct sheet sheet;
    size_t weight;
    TRY(place_root(c, &district));
    TRY(weigh(c, &district, &weight));
    make_sheet(c, weight, &sheet);
    return shape_below(c, &sheet, &district, sheet.cells, sheet.count);
}
