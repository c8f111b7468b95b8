// SPDX-License-Identifier: MulanPSL-2.0
// A ready ctx with a store of its own, for unit tests of every layer above. On each engine in three lines:
//     for (const char *const *engine = test_engines(); *engine; engine++) {
//         struct ctx *c = test_ctx(parts, part_count, *engine);
//         …
//         test_ctx_free(c);
//     }
#pragma once
#include "base/ctx.h"
#include "store/store.h"

// "sqlite", and "postgresql" when TEST_PG_URL is set (said on stderr when not); NULL-terminated.
const char *const *test_engines(void);
// A temporary SQLite file, or a fresh schema in the database of TEST_PG_URL; migrated. Tenant 1, the system as actor,
// now_ms 2026-03-02T01:00:00Z (a Monday, 09:00 in China). Ends the test program loudly when it cannot.
struct ctx *test_ctx(const struct store_part *parts, size_t part_count, const char *engine);
// For a second process: the store that another one made, under test_store_url. test_ctx_free leaves it there.
struct ctx *test_ctx_join(const struct store_part *parts, size_t part_count, const char *url);
// What the house of such a ctx holds, to be filled further (modules, calendar, config) or changed (clock).
struct house *test_house(struct ctx *c);
const char *test_store_url(struct ctx *c);
// Another ctx on the same house, for another thread or person; free it with test_ctx_done.
struct ctx *test_ctx_more(struct ctx *c);
void test_ctx_done(struct ctx *more);
// Forgets what the arena holds and the last error, as between two requests.
void test_ctx_reset(struct ctx *c);
void test_ctx_free(struct ctx *c); // the store and its files too
// Closes and opens the store again with other parts (migrations, restarts).
enum err test_store_reopen(struct ctx *c, const struct store_part *parts, size_t part_count);

// Fails the cmocka test with the error's key and arguments when the result is another than wanted.
#define expect_ok(c, expression) test_expect((c), (expression), OK, NULL, #expression, __FILE__, __LINE__)
#define expect_err(c, expression, code, key)                                                                           \
    test_expect((c), (expression), (code), (key), #expression, __FILE__, __LINE__)
void test_expect(struct ctx *c, enum err result, enum err wanted, const char *key, const char *expression,
                 const char *file, int line);

// The contract test every module gets for free, on the engine that is open: prepares every statement, compares its
// columns with the fields of its record and its parameters with their number; compares every record's table with its
// field table; sees that every index begins with tenant_id. Prints each fault on stderr; returns how many.
size_t store_contract_check(struct ctx *c, const struct store_part *parts, size_t part_count);
