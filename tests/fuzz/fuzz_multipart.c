// SPDX-License-Identifier: MulanPSL-2.0
// The first line is the Content-Type, the rest the body.
#include "http/http.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct ctx c = {.arena = arena_new(64 << 20)};
    struct str body = {(const char *)bytes, n};
    struct str type = str_cut(&body, '\n');
    struct http_part *parts;
    size_t count;
    if (multipart_parse(&c, type, body, &parts, &count) == OK) {
        demand(count <= HTTP_MAX_PARTS);
        for (size_t i = 0; i < count; i++) {
            struct str content = parts[i].content;
            demand(parts[i].name.n > 0 && utf8_valid(parts[i].name) && utf8_valid(parts[i].filename));
            demand(!content.n || (content.p >= body.p && content.p + content.n <= body.p + body.n));
        }
    } else {
        demand(c.error.code == ERR_INVALID || c.error.code == ERR_UNSUPPORTED);
    }
    arena_free(c.arena);
    return 0;
}
