// SPDX-License-Identifier: MulanPSL-2.0
// What is planned, the earliest on top.
#include "domain/demo/demo_year.h"

static bool before(const struct year_heap_entry *a, const struct year_heap_entry *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->number < b->number;
}

void year_put(struct year_heap *heap, int64_t at_ms, int what, size_t which)
{
    if (heap->count == heap->max)
        return; // so large that it does not come to that
    size_t i = heap->count++;
    struct year_heap_entry entry = {at_ms, heap->numbers++, what, which};
    for (; i && before(&entry, &heap->at[(i - 1) / 2]); i = (i - 1) / 2)
        heap->at[i] = heap->at[(i - 1) / 2];
    heap->at[i] = entry;
}

struct year_heap_entry year_take(struct year_heap *heap)
{
    struct year_heap_entry first = heap->at[0], last = heap->at[--heap->count];
    size_t i = 0;
    for (size_t child = 1; child < heap->count; child = 2 * i + 1) {
        if (child + 1 < heap->count && before(&heap->at[child + 1], &heap->at[child]))
            child++;
        if (!before(&heap->at[child], &last))
            break;
        heap->at[i] = heap->at[child];
        i = child;
    }
    heap->at[i] = last;
    return first;
}
