// SPDX-License-Identifier: MulanPSL-2.0
#include "base/id.h"

#include "base/test.h"

#include <pthread.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static int64_t random_id(struct random *random)
{
    int64_t id = (int64_t)(random_next(random) >> 1) >> (random_next(random) % 3 ? 0 : random_next(random) % 62);
    return id ? id : 1;
}

static void text_there_and_back_in_order(void **state)
{
    (void)state;
    struct random random = test_random();
    for (int64_t i = 0; i < test_cases(100000); i++) {
        int64_t a = random_id(&random);
        int64_t b = random_id(&random);
        char text_a[ID_TEXT_LENGTH + 1];
        char text_b[ID_TEXT_LENGTH + 1];
        int64_t back;
        id_format(a, text_a);
        id_format(b, text_b);
        assert_int_equal(strlen(text_a), ID_TEXT_LENGTH);
        assert_true(id_parse(str_of(text_a), &back));
        assert_int_equal(back, a);
        if (a != b)
            assert_int_equal(strncmp(text_a, text_b, 13) < 0, a < b);
    }
    char text[ID_TEXT_LENGTH + 1];
    int64_t back;
    id_format(INT64_MAX, text);
    assert_true(id_parse(str_of(text), &back));
    assert_int_equal(back, INT64_MAX);
    id_format(0, text);
    assert_false(id_parse(str_of(text), &back));
}

// The check digit is linear, so what catches every error in one id catches it in all; random ids all the same.
static void every_single_error_is_caught(void **state)
{
    (void)state;
    struct random random = test_random();
    for (int64_t round = 0; round < test_cases(3000); round++) {
        char good[ID_TEXT_LENGTH + 1];
        int64_t back;
        id_format(random_id(&random), good);
        for (int at = 0; at < ID_TEXT_LENGTH; at++) {
            char text[ID_TEXT_LENGTH + 1];
            memcpy(text, good, sizeof(text));
            for (int digit = 0; digit < 32; digit++) {
                text[at] = alphabet[digit];
                assert_int_equal(id_parse(str_of(text), &back), text[at] == good[at]);
            }
        }
        for (int at = 0; at < ID_TEXT_LENGTH; at++) {
            for (int other = at + 1; other < ID_TEXT_LENGTH; other++) { // neighbours, and any other two
                char text[ID_TEXT_LENGTH + 1];
                memcpy(text, good, sizeof(text));
                text[at] = good[other];
                text[other] = good[at];
                assert_int_equal(id_parse(str_of(text), &back), good[at] == good[other]);
            }
        }
    }
}

static void people_may_write_it_their_way(void **state)
{
    (void)state;
    struct random random = test_random();
    for (int i = 0; i < 5000; i++) {
        int64_t id = random_id(&random);
        int64_t back;
        char text[ID_TEXT_LENGTH + 1];
        char loose[40];
        size_t n = 0;
        id_format(id, text);
        for (int k = 0; k < ID_TEXT_LENGTH; k++) {
            char c = text[k];
            if (c == '1')
                c = "1IiLl"[random_next(&random) % 5];
            else if (c == '0')
                c = "0Oo"[random_next(&random) % 3];
            else if (c >= 'A' && random_next(&random) % 2)
                c = (char)(c - 'A' + 'a');
            loose[n++] = c;
            if (k % 4 == 3)
                loose[n++] = '-';
        }
        assert_true(id_parse((struct str){loose, n}, &back));
        assert_int_equal(back, id);
        assert_false(id_parse((struct str){text, ID_TEXT_LENGTH - 1}, &back));
        memcpy(loose, text, ID_TEXT_LENGTH);
        loose[ID_TEXT_LENGTH] = '0';
        assert_false(id_parse((struct str){loose, ID_TEXT_LENGTH + 1}, &back));
        loose[3] = 'U';
        assert_false(id_parse((struct str){loose, ID_TEXT_LENGTH}, &back));
    }
    int64_t id;
    assert_false(id_parse(STR(""), &id));
    assert_false(id_parse(STR("--------------"), &id));
    assert_false(id_parse(STR("ZZZZZZZZZZZZZZ"), &id)); // more than 63 bits
}

static void ids_grow_whatever_the_clock_does(void **state)
{
    (void)state;
    struct random random = test_random();
    struct ids *ids = ids_new(7, ID_EPOCH_MS + 5000);
    int64_t last = 0;
    int64_t now = ID_EPOCH_MS;
    for (int64_t i = 0; i < test_cases(100000); i++) {
        now += random_between(&random, -3, 3);
        int64_t id = ids_next(ids, now);
        assert_true(id > last);
        assert_true(id_time_ms(id) > ID_EPOCH_MS + 5000); // never into the time of a former life
        assert_int_equal(id >> 12 & 1023, 7);
        last = id;
    }
    ids_free(ids);
    ids = ids_new(0, 0);
    assert_true(ids_next(ids, 0) > 0);
    assert_int_equal(id_time_ms(ids_next(ids, ID_EPOCH_MS + 12345)), ID_EPOCH_MS + 12345);
    assert_true(id_floor(ID_EPOCH_MS + 12345) <= ids_next(ids, ID_EPOCH_MS + 12345));
    assert_int_equal(id_time_ms(id_floor(ID_EPOCH_MS + 12345)), ID_EPOCH_MS + 12345);
    assert_int_equal(id_floor(0), 0);
    assert_true(id_floor(INT64_MAX) > 0);
    ids_free(ids);
    struct ids *others = ids_new(1023, 0);
    assert_int_equal(ids_next(others, 0) >> 12 & 1023, 1023);
    ids_free(others);
}

#define THREADS 8
#define EACH 20000

struct worker {
    struct ids *ids;
    int64_t made[EACH];
};

static void *make_ids(void *what)
{
    struct worker *worker = what;
    for (int i = 0; i < EACH; i++)
        worker->made[i] = ids_next(worker->ids, ID_EPOCH_MS + i / 5000);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void threads_never_get_the_same(void **state)
{
    (void)state;
    static struct worker workers[THREADS];
    static int64_t all[THREADS * EACH];
    struct ids *ids = ids_new(3, 0);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i].ids = ids;
        assert_int_equal(pthread_create(&threads[i], NULL, make_ids, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        for (int k = 1; k < EACH; k++)
            assert_true(workers[i].made[k] > workers[i].made[k - 1]);
        memcpy(all + (size_t)i * EACH, workers[i].made, sizeof(workers[i].made));
    }
    qsort(all, THREADS * EACH, sizeof(*all), compare);
    for (int i = 1; i < THREADS * EACH; i++)
        assert_true(all[i] != all[i - 1]);
    ids_free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_there_and_back_in_order),  cmocka_unit_test(every_single_error_is_caught),
        cmocka_unit_test(people_may_write_it_their_way), cmocka_unit_test(ids_grow_whatever_the_clock_does),
        cmocka_unit_test(threads_never_get_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
