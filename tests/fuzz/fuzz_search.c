// SPDX-License-Identifier: MulanPSL-2.0
// Words to tokens, for the index and for a query of both engines. What comes out is of a small alphabet, whatever goes
// in: it becomes part of a query.
#include "store/search_tokens.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str s, const char *allowed)
{
    for (size_t i = 0; i < s.n; i++)
        if (!s.p[i] || !strchr(allowed, s.p[i]))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    if (!utf8_valid(text))
        return 0;
    struct ctx c = {.arena = arena_new(16 << 20)};
    struct token_key key = {1, 2};
    struct buf query;
    check(tokens_of(&c, DIALECT_SQLITE, &key, text), "0123456789abcdefghijklmnopqrstuvz ");
    check(tokens_of(&c, DIALECT_PG, &key, text), "0123456789abcdefghijklmnopqrstuv: ");
    for (int dialect = 0; dialect < 2; dialect++) {
        buf_init(&query, 1 << 20);
        query_of(&query, (enum dialect)dialect, &key, text);
        check(buf_str(&query), dialect == DIALECT_PG ? "0123456789abcdefghijklmnopqrstuv<->& "
                                                     : "0123456789abcdefghijklmnopqrstuv\"AND ");
        buf_free(&query);
    }
    arena_free(c.arena);
    return 0;
}
