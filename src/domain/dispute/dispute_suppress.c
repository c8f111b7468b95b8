// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/dispute/dispute_suppress.h"

#include <string.h>

// --- the network ----------------------------------------------------------------------------------------------------
// Nodes: the whole's two ends, the rows of A, the two ends of each column, the rows of B.
#define NODES_MAX (2 + 2 * SUPPRESS_ROWS_MAX + 2 * SUPPRESS_COLUMNS_MAX)
#define EDGES_MAX (1 + SUPPRESS_COLUMNS_MAX + 2 * SUPPRESS_ROWS_MAX * (SUPPRESS_COLUMNS_MAX + 1))
enum { WHOLE_OUT, WHOLE_IN, FIRST_COLUMN };

struct edge {
    int from, to;
    int64_t value;
    bool *hidden;
};
struct net {
    size_t edge_count;
    int node_count;
    struct edge edges[EDGES_MAX];
};

static void add(struct net *net, struct edge edge)
{
    net->edges[net->edge_count++] = edge;
}

static void build(struct net *net, struct counts *counts)
{
    int columns = (int)counts->column_count, row = FIRST_COLUMN + 2 * columns;
    net->edge_count = 0;
    add(net, (struct edge){WHOLE_IN, WHOLE_OUT, counts->whole, &counts->whole_hidden});
    for (int j = 0; j < columns; j++)
        add(net, (struct edge){FIRST_COLUMN + 2 * j, FIRST_COLUMN + 2 * j + 1, counts->column[j],
                               &counts->column_hidden[j]});
    for (int side = 0; side < 2; side++) {
        struct count_table *table = &counts->by[side];
        for (size_t i = 0; i < table->row_count; i++, row++) {
            add(net,
                (struct edge){side ? row : WHOLE_OUT, side ? WHOLE_IN : row, table->row[i], &table->row_hidden[i]});
            for (int j = 0; j < columns; j++)
                add(net, (struct edge){side ? FIRST_COLUMN + 2 * j + 1 : row, side ? row : FIRST_COLUMN + 2 * j,
                                       table->cell[i][j], &table->cell_hidden[i][j]});
        }
    }
    net->node_count = row;
}

// --- a way round ----------------------------------------------------------------------------------------------------
// The cheapest way from start to goal without the edge skip: along an edge its flow grows, against it its flow shrinks
// (only if there is some). What is hidden already costs nothing; what would have to be hidden costs what it says.
struct way {
    int64_t cost[NODES_MAX];
    int by[NODES_MAX]; // the edge by which the node is reached; -1: not reached
    bool done[NODES_MAX];
};

static void relax(struct way *way, const struct edge *e, int index, int at)
{
    int next = e->from == at ? e->to : e->from;
    bool along = e->from == at;
    if (!along && e->value == 0)
        return;
    int64_t cost = way->cost[at] + (*e->hidden ? 0 : 1000 + e->value);
    if (way->by[next] < 0 || cost < way->cost[next]) {
        way->cost[next] = cost;
        way->by[next] = index;
    }
}

static int nearest(const struct net *net, const struct way *way)
{
    int best = -1;
    for (int node = 0; node < net->node_count; node++)
        if (!way->done[node] && way->by[node] >= 0 && (best < 0 || way->cost[node] < way->cost[best]))
            best = node;
    return best;
}

static bool find_way(const struct net *net, int start, int goal, size_t skip, struct way *way)
{
    memset(way, 0, sizeof *way);
    for (int node = 0; node < net->node_count; node++)
        way->by[node] = -1;
    way->by[start] = (int)net->edge_count; // reached by itself
    for (int at = start; at >= 0 && at != goal; at = nearest(net, way)) {
        way->done[at] = true;
        for (size_t i = 0; i < net->edge_count; i++) {
            const struct edge *e = &net->edges[i];
            bool leads_on = (e->from == at && !way->done[e->to]) || (e->to == at && !way->done[e->from]);
            if (i != skip && leads_on)
                relax(way, e, (int)i, at);
        }
    }
    return way->by[goal] >= 0;
}

// Could the hidden edge have another value? Up: the rest of a ring leads from its head to its tail; down: the other
// way.
static bool has_ring(const struct net *net, size_t edge, struct way *way, int *ret_start, int *ret_goal)
{
    const struct edge *e = &net->edges[edge];
    struct way down;
    bool up = find_way(net, e->to, e->from, edge, way);
    *ret_start = e->to;
    *ret_goal = e->from;
    if (e->value == 0 || !find_way(net, e->from, e->to, edge, &down))
        return up;
    if (!up || down.cost[e->to] < way->cost[e->from]) {
        *way = down;
        *ret_start = e->from;
        *ret_goal = e->to;
    }
    return true;
}

static void hide_way(const struct net *net, const struct way *way, int start, int goal)
{
    for (int at = goal; at != start;) {
        const struct edge *e = &net->edges[way->by[at]];
        *e->hidden = true;
        at = e->to == at ? e->from : e->to;
    }
}

// True when there was something to hide.
static bool protect_one(const struct net *net)
{
    struct way way;
    int start, goal;
    for (size_t i = 0; i < net->edge_count; i++) {
        if (!*net->edges[i].hidden)
            continue;
        if (!has_ring(net, i, &way, &start, &goal)) // not met in a network of rings; then nothing is told
            for (size_t j = 0; j < net->edge_count; j++)
                *net->edges[j].hidden = true;
        else if (way.cost[goal])
            hide_way(net, &way, start, goal);
        else
            continue;
        return true;
    }
    return false;
}

// --- what others call -----------------------------------------------------------------------------------------------
bool counts_total(struct counts *counts)
{
    int64_t columns[2][SUPPRESS_COLUMNS_MAX] = {{0}};
    counts->whole = 0;
    for (int side = 0; side < 2; side++) {
        struct count_table *table = &counts->by[side];
        for (size_t i = 0; i < table->row_count; i++) {
            table->row[i] = 0;
            for (size_t j = 0; j < counts->column_count; j++) {
                table->row[i] += table->cell[i][j];
                columns[side][j] += table->cell[i][j];
            }
        }
    }
    for (size_t j = 0; j < counts->column_count; j++) {
        counts->column[j] = columns[0][j];
        counts->whole += columns[0][j];
        if (columns[0][j] != columns[1][j])
            return false;
    }
    return true;
}

void counts_suppress(struct counts *counts, int64_t min)
{
    struct net net;
    bool changed = true;
    build(&net, counts);
    for (size_t i = 0; i < net.edge_count; i++)
        *net.edges[i].hidden = net.edges[i].value < min;
    // When all is hidden no ring can be wished for more: each turn hides at least one edge, so this ends.
    for (size_t turn = 0; changed && turn <= net.edge_count; turn++)
        changed = protect_one(&net);
}

bool counts_leak(const struct counts *counts)
{
    struct counts copy = *counts;
    struct net net;
    struct way way;
    int start, goal;
    build(&net, &copy);
    for (size_t i = 0; i < net.edge_count; i++)
        if (*net.edges[i].hidden && (!has_ring(&net, i, &way, &start, &goal) || way.cost[goal]))
            return true;
    return false;
}
