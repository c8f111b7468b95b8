// SPDX-License-Identifier: MulanPSL-2.0
#include "http/http.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static bool clean(struct str s)
{
    return utf8_valid(s) && (!s.n || !memchr(s.p, '\0', s.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct ctx c = {.arena = arena_new(64 << 20)};
    struct http_part *parts;
    size_t count;
    if (form_parse(&c, (struct str){(const char *)bytes, n}, &parts, &count) == OK) {
        demand(count <= HTTP_MAX_PARTS);
        for (size_t i = 0; i < count; i++)
            demand(clean(parts[i].name) && clean(parts[i].content) && !parts[i].filename.n);
    } else {
        demand(c.error.code == ERR_INVALID || c.error.code == ERR_TOO_LARGE);
    }
    arena_free(c.arena);
    return 0;
}
