// SPDX-License-Identifier: MulanPSL-2.0
// Text of statements and migrations.
#include "store/internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct field fields[] = {
    {.name = "id", .type = FIELD_ID, .flags = FIELD_KEY},
    {.name = "label", .type = FIELD_TEXT},
};
static const struct record record = {.name = "thing", .table = "thing", FIELDS(fields)};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    char *text = malloc(size + 1); // of its own, so that a sanitizer sees a step past its end
    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    struct arena *arena = arena_new(64 << 20);
    for (int dialect = 0; dialect < 2; dialect++) {
        struct sql sql = {"fuzz", text, "thing", 0};
        struct statement st;
        const char *fault = NULL;
        if (query_expand(arena, (enum dialect)dialect, &sql, &record, &st, &fault) != (fault == NULL))
            abort();
        migration_expand(arena, (enum dialect)dialect, text, &fault);
    }
    arena_free(arena);
    free(text);
    return 0;
}
