// SPDX-License-Identifier: MulanPSL-2.0
// Chance that is the same on every machine: a sequence belongs to one thing (a request, a day), named by numbers, so
// what happens to one does not move the others. splitmix64 (Steele, Lea, Flood, 2014).
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline struct dice dice_of(uint64_t seed, uint64_t what, uint64_t which)
{
    struct dice dice = {seed};
    dice.state = dice_next(&dice) ^ what;
    dice.state = dice_next(&dice) ^ which;
    return dice;
}

// 0 to below - 1; below at least 1.
static inline int64_t dice_below(struct dice *dice, int64_t below)
{
    return (int64_t)(dice_next(dice) % (uint64_t)below);
}

static inline int64_t dice_between(struct dice *dice, int64_t from, int64_t to)
{
    return from + dice_below(dice, to - from + 1);
}

static inline bool dice_percent(struct dice *dice, int64_t percent)
{
    return dice_below(dice, 100) < percent;
}
