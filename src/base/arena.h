// SPDX-License-Identifier: MulanPSL-2.0
// Memory of one request, message or job: allocated piecemeal, freed at once. Domain code allocates nowhere else.
// Exhausted memory, or an arena grown past its maximum, aborts: limits at the edges make both improbable.
#pragma once
#include <stddef.h>

struct arena;

struct arena *arena_new(size_t max_bytes);
// Runs what was deferred (newest first), then frees everything.
void arena_free(struct arena *arena);
// The same, but keeps the first block for the next use.
void arena_reset(struct arena *arena);
// Zeroed, aligned for any type; never NULL.
void *arena_alloc(struct arena *arena, size_t size_bytes);
// count × size with overflow checked.
void *arena_array(struct arena *arena, size_t count, size_t size_bytes);
// fn(what) runs when the arena is freed or reset: for what a library owns.
void arena_defer(struct arena *arena, void (*fn)(void *what), void *what);
size_t arena_used_bytes(const struct arena *arena);
