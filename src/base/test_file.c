// SPDX-License-Identifier: MulanPSL-2.0
#include "base/file.h"
#include "base/test.h"

#include <stdio.h>
#include <unistd.h>

static void test_read(void **state)
{
    (void)state;
    char path[] = "/tmp/linli-file-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "four", 4), 4);
    close(fd);
    struct arena *arena = arena_new(1 << 16);
    struct str text = STR("as before");
    assert_false(file_read(arena, path, 3, &text)); // one too many: nothing is cut off in silence
    assert_string_equal(text.p, "as before");
    assert_true(file_read(arena, path, 4, &text));
    assert_int_equal(text.n, 4);
    assert_memory_equal(text.p, "four", 4);
    unlink(path);
    assert_false(file_read(arena, path, 4, &text));
    assert_false(file_read(arena, "/tmp", 4, &text)); // a folder
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
