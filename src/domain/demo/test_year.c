// SPDX-License-Identifier: MulanPSL-2.0
// Chance, the heap of what is planned, and that what is planned lies ahead.
#include "base/test.h"
#include "domain/demo/demo_year.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

static void dice_are_the_same_everywhere(void **state)
{
    (void)state;
    struct dice zero = {0}; // the first values that the algorithm's paper gives for the state 0
    assert_true(dice_next(&zero) == UINT64_C(0xe220a8397b1dcdaf));
    assert_true(dice_next(&zero) == UINT64_C(0x6e789e6aa1b965f4));
    struct dice one = dice_of(1, 3, 7), same = dice_of(1, 3, 7), other = dice_of(1, 3, 8);
    assert_true(dice_next(&one) == dice_next(&same));
    assert_true(dice_next(&one) != dice_next(&other));
}

static void dice_stay_in_their_bounds(void **state)
{
    (void)state;
    struct dice dice = dice_of(20261124, 0, 0);
    int64_t sixes = 0;
    for (int i = 0; i < 60000; i++) {
        int64_t n = dice_between(&dice, 1, 6);
        assert_true(n >= 1 && n <= 6);
        sixes += n == 6;
    }
    assert_true(sixes > 9500 && sixes < 10500);
    assert_int_equal(dice_below(&dice, 1), 0);
    assert_false(dice_percent(&dice, 0));
    assert_true(dice_percent(&dice, 100));
}

static void the_heap_gives_the_earliest_and_of_equals_the_first(void **state)
{
    (void)state;
    struct year_heap_entry space[500];
    struct dice dice = dice_of(5, 5, 5);
    for (int round = 0; round < 200; round++) {
        struct year_heap heap = {.at = space, .max = 500};
        int64_t last_ms = 0, last_number = -1;
        for (size_t i = 0; i < 400; i++) {
            year_put(&heap, dice_below(&dice, 50), 0, i);
            if (dice_percent(&dice, 20))
                year_take(&heap);
        }
        while (heap.count) {
            struct year_heap_entry entry = year_take(&heap);
            assert_true(entry.at_ms > last_ms || (entry.at_ms == last_ms && entry.number > last_number));
            last_ms = entry.at_ms;
            last_number = entry.number;
        }
    }
}

static void a_full_heap_takes_no_more(void **state)
{
    (void)state;
    struct year_heap_entry space[2];
    struct year_heap heap = {.at = space, .max = 2};
    for (size_t i = 0; i < 3; i++)
        year_put(&heap, (int64_t)i, 0, i);
    assert_int_equal(heap.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dice_are_the_same_everywhere),
        cmocka_unit_test(dice_stay_in_their_bounds),
        cmocka_unit_test(the_heap_gives_the_earliest_and_of_equals_the_first),
        cmocka_unit_test(a_full_heap_takes_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
