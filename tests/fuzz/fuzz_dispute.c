// SPDX-License-Identifier: MulanPSL-2.0
// What the mediation module reads of text: which unit a door is in, days of visits, a quarter.
#include "base/arena.h"
#include "domain/dispute/dispute_internal.h"
#include "domain/dispute/dispute_period.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    char label[DISPUTE_UNIT_MAX], again[DISPUTE_UNIT_MAX];
    int64_t days[DISPUTE_VISITS_MAX];
    size_t count;
    struct dispute_period period, same;
    struct arena *arena = arena_new(1 << 20);
    if (dispute_unit_label(text, label)) { // what it says is read the same again
        struct str said = str_format(arena, "%s单元", label);
        if (!memchr(label, 0, sizeof label) || !label[0] || !dispute_unit_label(said, again) ||
            strcmp(label, again) != 0)
            abort();
    }
    if (dispute_visit_days(text, days, &count))
        for (size_t i = 0; i < count; i++)
            if (days[i] < 1 || days[i] > 730 || (i && days[i] <= days[i - 1]))
                abort();
    if (dispute_period_parse(text, &period) &&
        (!dispute_period_parse(dispute_period_text(arena, period), &same) || same.year != period.year))
        abort();
    arena_free(arena);
    return 0;
}
