// SPDX-License-Identifier: MulanPSL-2.0
#include "base/arena.h"
#include "base/phone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void numbers_are_taken_as_people_type_them(void **state)
{
    static const struct {
        const char *typed, *number; // NULL: none
    } cases[] = {
        {"13812345678", "13812345678"},
        {"+86 138 1234-5678", "13812345678"},
        {"0851-28222222", "0851-28222222"},
        {"085128222222", "0851-28222222"},
        {"0851 2822222", "0851-2822222"},
        {"(0851)28222222", "0851-28222222"},
        {"（0851）28222222转801", "0851-28222222-801"},
        {"010-62345678-12", "010-62345678-12"},
        {"02862345678x3", "028-62345678-3"},
        {"", NULL},
        {"abc", NULL},
        {"1", NULL},
        {"12345", NULL},
        {"12812345678", NULL},
        {"138123456789", NULL},
        {"28222222", NULL},
        {"0851-", NULL},
        {"0851-282222", NULL},
        {"0851-282222222", NULL},
        {"0051-28222222", NULL},
        {"0851-18222222", NULL},
        {"0851-28222222-", NULL},
        {"0851-28222222-1234567", NULL},
        {"0851-28222222-1-2", NULL},
        {"13812345678转1", NULL},
        {"0851-28222222 home", NULL},
        {"０８５１-28222222", NULL},
    };
    struct arena *arena = arena_new(1 << 20);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str number = {0};
        bool taken = phone_contact(arena, str_of(cases[i].typed), &number);
        if (taken != (cases[i].number != NULL) || (taken && !str_equal_z(number, cases[i].number))) {
            fprintf(stderr, "\"%s\" became \"%.*s\"\n", cases[i].typed, STR_ARG(number));
            assert_true(0);
        }
    }
    arena_free(arena);
}

static size_t below(uint64_t *state, size_t limit)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (size_t)(*state >> 33) % limit;
}

static void any_bytes_are_read_within_their_bounds(void **state)
{
    static const char alphabet[] = "0123456789-+()x# \xe8\xbd\xac";
    struct arena *arena = arena_new(16 << 20);
    uint64_t random = 20261124;
    (void)state;
    printf("seed %llu\n", (unsigned long long)random);
    for (int i = 0; i < 20000; i++) {
        size_t n = below(&random, 24);
        char *text = malloc(n + 1); // exactly as long as it is, for the sanitizer
        for (size_t k = 0; k < n; k++)
            text[k] = alphabet[below(&random, sizeof alphabet - 1)];
        struct str number, again;
        if (phone_contact(arena, (struct str){text, n}, &number)) {
            assert_true(phone_contact(arena, number, &again)); // what it gives it takes
            assert_true(str_equal(number, again));
        }
        free(text);
        arena_reset(arena);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_taken_as_people_type_them),
                                       cmocka_unit_test(any_bytes_are_read_within_their_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
