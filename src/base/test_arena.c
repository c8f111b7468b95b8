// SPDX-License-Identifier: MulanPSL-2.0
#include "base/arena.h"

#include "base/buf.h"
#include "base/test.h"

#include <stdalign.h>
#include <string.h>

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 3000; size += 37) {
            unsigned char *p = arena_alloc(arena, size);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(p[i], 0);
            memset(p, 0xFF, size);
        }
        arena_reset(arena);
        assert_int_equal(arena_used_bytes(arena), 0);
    }
    arena_free(arena);
}

static void large_pieces_do_not_overlap(void **state)
{
    (void)state;
    struct arena *arena = arena_new(8 << 20);
    char *pieces[20];
    for (int i = 0; i < 20; i++) {
        pieces[i] = arena_array(arena, 1000, (size_t)i * 13 + 1);
        memset(pieces[i], 'a' + i, 1000 * ((size_t)i * 13 + 1));
    }
    for (int i = 0; i < 20; i++)
        for (size_t at = 0; at < 1000 * ((size_t)i * 13 + 1); at += 97)
            assert_int_equal(pieces[i][at], 'a' + i);
    arena_free(arena);
}

struct note {
    char *order;
    char mark;
};

static void write_mark(void *what)
{
    struct note *note = what;
    size_t n = strlen(note->order);
    note->order[n] = note->mark;
}

static void deferred_runs_newest_first_and_once(void **state)
{
    (void)state;
    char order[8] = "";
    struct note notes[] = {{order, 'a'}, {order, 'b'}, {order, 'c'}};
    struct arena *arena = arena_new(1 << 20);
    for (int i = 0; i < 3; i++)
        arena_defer(arena, write_mark, &notes[i]);
    arena_reset(arena);
    assert_string_equal(order, "cba");
    arena_free(arena);
    assert_string_equal(order, "cba");
}

static void a_buffer_states_its_maximum(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    for (int i = 0; i < 99; i++)
        buf_add(&buf, "0123456789", 10);
    assert_false(buf.full);
    buf_add(&buf, "0123456789A", 11);
    assert_true(buf.full);
    buf_add_byte(&buf, 'x'); // nothing more, so that what is there stays a prefix
    assert_int_equal(buf.n, 990);
    buf_clear(&buf);
    assert_false(buf.full);
    for (int i = 0; i < 1000; i++)
        buf_add_byte(&buf, 'y');
    assert_false(buf.full);
    assert_int_equal(buf.n, 1000);
    buf_add_byte(&buf, 'y');
    assert_true(buf.full);
    buf_free(&buf);
    buf_init(&buf, 0);
    buf_add_str(&buf, STR(""));
    assert_false(buf.full);
    assert_int_equal(buf_str(&buf).n, 0);
    buf_add_byte(&buf, 'z');
    assert_true(buf.full);
    buf_free(&buf);
}

static void a_buffer_writes_numbers(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 10000);
    buf_add_int(&buf, 0);
    buf_add_byte(&buf, ' ');
    buf_add_int(&buf, INT64_MIN);
    buf_add_byte(&buf, ' ');
    buf_add_int(&buf, INT64_MAX);
    buf_addf(&buf, " %s-%d", "x", 7);
    assert_true(str_equal_z(buf_str(&buf), "0 -9223372036854775808 9223372036854775807 x-7"));
    buf_clear(&buf);
    buf_addf(&buf, "%2000d", 5);
    assert_int_equal(buf.n, 2000);
    assert_int_equal(buf.p[1999], '5');
    buf_addf(&buf, "%9000d", 5);
    assert_true(buf.full);
    assert_int_equal(buf.n, 2000);
    buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(large_pieces_do_not_overlap),
        cmocka_unit_test(deferred_runs_newest_first_and_once),
        cmocka_unit_test(a_buffer_states_its_maximum),
        cmocka_unit_test(a_buffer_writes_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
