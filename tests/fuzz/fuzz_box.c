// SPDX-License-Identifier: MulanPSL-2.0
// Hostile boxes. The keys are those of tests, so that the corpus can hold boxes that do open: moved, they must not.
#include "crypto/seal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct house house = {.keys = keys_for_test(SUITE_STD)};
    struct ctx c = {.arena = arena_new(64u << 20), .house = &house, .lang = "en"};
    struct str box = {(const char *)data, size};
    struct str clear = {"", 0};
    if (open_bytes(&c, "person", "phone", 42, box, &clear) == OK) {
        if (clear.n >= size)
            abort();
        if (open_bytes(&c, "person", "phone", 43, box, &clear) == OK ||
            open_bytes(&c, "person", "name", 42, box, &clear) == OK)
            abort();
    }
    arena_free(c.arena);
    keys_free(house.keys);
    return 0;
}
