// SPDX-License-Identifier: MulanPSL-2.0
// For the tests of this folder and of flow: each test twice, on SQLite and on PostgreSQL (skipped without TEST_PG_URL).
#pragma once
#define test_ctx test_ctx_without_store // base/test.h and the store's helper both have one
#include "base/test.h"
#undef test_ctx

#include "base/clock.h"
#include "store/test_store_util.h"

static inline void run_on(const char *engine, void (*test)(struct ctx *c), const struct store_part *parts, size_t count)
{
    if (engine[0] == 'p' && !getenv("TEST_PG_URL"))
        skip();
    struct ctx *c = test_ctx(parts, count, engine);
    test(c);
    test_ctx_free(c);
}

#define EACH(test_, parts_, count_)                                                                                    \
    static void test_##_on_sqlite(void **state)                                                                        \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        run_on("sqlite", test_, parts_, count_);                                                                       \
    }                                                                                                                  \
    static void test_##_on_postgresql(void **state)                                                                    \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        run_on("postgresql", test_, parts_, count_);                                                                   \
    }
#define BOTH(test_) cmocka_unit_test(test_##_on_sqlite), cmocka_unit_test(test_##_on_postgresql)
