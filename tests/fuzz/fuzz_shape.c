// SPDX-License-Identifier: MulanPSL-2.0
// Whatever is sent as a boundary: what is taken reads back as the very same, and keeps within its limits.
#include "base/arena.h"
#include "domain/place/place.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64u << 20);
    struct ctx c = {.arena = arena};
    const struct json *geometry;
    struct place_shape shape = {0}, again = {0};
    if (size < 1u << 20 && json_parse(&c, (struct str){(const char *)data, size}, &geometry) == OK &&
        place_shape_read(&c, geometry, &shape) == OK) {
        if (shape.points < 4 || shape.points > SHAPE_POINTS_MAX)
            abort();
        if (json_parse(&c, shape.geometry, &geometry) != OK || place_shape_read(&c, geometry, &again) != OK ||
            !str_equal(shape.geometry, again.geometry) || shape.points != again.points)
            abort();
    }
    arena_free(arena);
    return 0;
}
