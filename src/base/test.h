// SPDX-License-Identifier: MulanPSL-2.0
// For unit tests only: cmocka, a context, and repeatable random numbers.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// after the four
#include <cmocka.h>
// cmocka's macro fail() hides ours of base/ctx.h, and its fail_msg() is made of it.
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "base/ctx.h"

#include <stdio.h>
#include <stdlib.h>

#define TEST_ARENA_BYTES (64u << 20)

static inline struct ctx test_ctx(const struct house *house)
{
    struct ctx c = {.arena = arena_new(TEST_ARENA_BYTES), .house = house, .tenant_id = 1, .lang = "zh"};
    ctx_clear_error(&c);
    return c;
}

// splitmix64. The seed is printed, so that a failure can be repeated: LINLI_SEED=… sets it.
struct random {
    uint64_t state;
};

static inline struct random test_random(void)
{
    const char *seed = getenv("LINLI_SEED");
    struct random random = {seed ? strtoull(seed, NULL, 10) : 20261124};
    print_message("seed %llu\n", (unsigned long long)random.state);
    return random;
}

static inline uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

// From low to high, both included.
static inline int64_t random_between(struct random *random, int64_t low, int64_t high)
{
    return low + (int64_t)(random_next(random) % ((uint64_t)(high - low) + 1));
}

// How many random cases: usual, or LINLI_PROPERTY_CASES.
static inline int64_t test_cases(int64_t usual)
{
    const char *wanted = getenv("LINLI_PROPERTY_CASES");
    return wanted ? strtoll(wanted, NULL, 10) : usual;
}
