// SPDX-License-Identifier: MulanPSL-2.0
// Single header values, through every reader of them.
#include "http/header.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

// What is a view must lie inside of what was given.
static bool inside(struct str part, struct str whole)
{
    return !part.n || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *arena = arena_new(64 << 20);
    struct str value = {(const char *)bytes, n}, param;
    int64_t version;
    uint64_t first, count;
    const char *lang = header_language(value);
    demand(!strcmp(lang, "zh") || !strcmp(lang, "en"));
    header_accepts_gzip(value);
    header_etag_matches(value, STR("\"abc\""));
    if (header_version(value, &version))
        demand(version >= 0);
    demand(inside(header_cookie(value, STR("linli_session")), value));
    demand(header_media_type(arena, value).n <= n);
    if (header_param(arena, value, STR("boundary"), &param))
        demand(param.n <= n);
    for (uint64_t size = 0; size < 200; size += 99)
        if (header_range(value, size, &first, &count) == RANGE_PART)
            demand(count > 0 && first < size && count <= size - first);
    header_same_origin(value, STR("linli.test"));
    demand(inside(header_last_forwarded(value), value));
    header_has_token(value, STR("close"));
    arena_free(arena);
    return 0;
}
