// SPDX-License-Identifier: MulanPSL-2.0
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK_BYTES 8192
#define ALIGN_BYTES alignof(max_align_t)

struct block {
    struct block *next; // older
    size_t cap, used;
    alignas(max_align_t) char bytes[];
};

struct deferred {
    struct deferred *next; // older
    void (*fn)(void *what);
    void *what;
};

struct arena {
    struct block *newest, *first;
    struct deferred *deferred;
    size_t used_bytes, max_bytes;
};

static _Noreturn void out_of_memory(const char *why, size_t size_bytes)
{
    fprintf(stderr, "arena: %s (%zu bytes asked)\n", why, size_bytes);
    abort();
}

static struct block *block_new(size_t cap)
{
    struct block *block = malloc(sizeof(*block) + cap);
    if (!block)
        out_of_memory("out of memory", cap);
    block->next = NULL;
    block->cap = cap;
    block->used = 0;
    return block;
}

struct arena *arena_new(size_t max_bytes)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    if (!arena)
        out_of_memory("out of memory", sizeof(*arena));
    arena->max_bytes = max_bytes;
    arena->first = arena->newest = block_new(FIRST_BLOCK_BYTES);
    return arena;
}

void arena_reset(struct arena *arena)
{
    // A deferred function may itself defer; the list is taken one by one.
    while (arena->deferred) {
        struct deferred *deferred = arena->deferred;
        arena->deferred = deferred->next;
        deferred->fn(deferred->what);
    }
    while (arena->newest != arena->first) {
        struct block *older = arena->newest->next;
        free(arena->newest);
        arena->newest = older;
    }
    arena->first->used = 0;
    arena->used_bytes = 0;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    free(arena->first);
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
    if (size_bytes > arena->max_bytes)
        out_of_memory("maximum passed", size_bytes);
    size_t size = (size_bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
    if (size == 0)
        size = ALIGN_BYTES;
    if (size < size_bytes || size > arena->max_bytes - arena->used_bytes)
        out_of_memory("maximum passed", size_bytes);
    struct block *block = arena->newest;
    if (size > block->cap - block->used) {
        size_t cap = block->cap < SIZE_MAX / 4 ? block->cap * 2 : block->cap;
        if (cap > 1 << 20)
            cap = 1 << 20;
        block = block_new(size > cap ? size : cap);
        block->next = arena->newest;
        arena->newest = block;
    }
    void *p = block->bytes + block->used;
    block->used += size;
    arena->used_bytes += size;
    return memset(p, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size_bytes)
{
    size_t total;
    if (__builtin_mul_overflow(count, size_bytes, &total))
        out_of_memory("array too large", count);
    return arena_alloc(arena, total);
}

void arena_defer(struct arena *arena, void (*fn)(void *what), void *what)
{
    struct deferred *deferred = arena_alloc(arena, sizeof(*deferred));
    deferred->fn = fn;
    deferred->what = what;
    deferred->next = arena->deferred;
    arena->deferred = deferred;
}

size_t arena_used_bytes(const struct arena *arena)
{
    return arena->used_bytes;
}
