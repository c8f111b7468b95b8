// SPDX-License-Identifier: MulanPSL-2.0
#include "crypto/seal.h"

#include "base/field.h"
#include "base/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void boxes_open_only_in_their_place(void **state)
{
    (void)state;
    for (int suite = 0; suite < 2; suite++) {
        struct house house = {.keys = keys_for_test((enum crypto_suite)suite)};
        struct ctx c = test_ctx(&house);
        struct str clear;
        struct str phone = STR("13812341234");
        struct str box = seal_bytes(&c, "person", "phone", 42, phone);
        assert_int_equal(str_find(box, phone, 0), (size_t)-1);
        assert_int_equal(open_bytes(&c, "person", "phone", 42, box, &clear), OK);
        assert_true(str_equal(clear, phone));
        assert_false(str_equal(box, seal_bytes(&c, "person", "phone", 42, phone)));
        clear = STR("untouched");
        assert_int_equal(open_bytes(&c, "person", "phone", 43, box, &clear), ERR_INTERNAL);
        assert_string_equal(c.error.key, "crypto.box_bad");
        assert_int_equal(open_bytes(&c, "person", "name", 42, box, &clear), ERR_INTERNAL);
        assert_int_equal(open_bytes(&c, "request", "phone", 42, box, &clear), ERR_INTERNAL);
        assert_int_equal(open_bytes(&c, "personp", "hone", 42, box, &clear), ERR_INTERNAL);
        assert_true(str_equal_z(clear, "untouched"));
        struct str empty = seal_bytes(&c, "person", "phone", 42, STR(""));
        assert_int_equal(open_bytes(&c, "person", "phone", 42, empty, &clear), OK);
        assert_int_equal(clear.n, 0);
        arena_free(c.arena);
        keys_free(house.keys);
    }
}

static void every_changed_bit_is_noticed(void **state)
{
    (void)state;
    for (int suite = 0; suite < 2; suite++) {
        struct house house = {.keys = keys_for_test((enum crypto_suite)suite)};
        struct ctx c = test_ctx(&house);
        struct str box = seal_bytes(&c, "person", "name", 1, STR("李明"));
        struct str clear;
        char *copy = arena_alloc(c.arena, box.n + 1);
        for (size_t bit = 0; bit < box.n * 8; bit++) {
            memcpy(copy, box.p, box.n);
            copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
            assert_int_equal(open_bytes(&c, "person", "name", 1, (struct str){copy, box.n}, &clear), ERR_INTERNAL);
        }
        memcpy(copy, box.p, box.n);
        for (size_t n = 0; n <= box.n + 1; n++)
            assert_int_equal(open_bytes(&c, "person", "name", 1, (struct str){copy, n}, &clear) == OK, n == box.n);
        arena_free(c.arena);
        keys_free(house.keys);
    }
}

static void any_length_there_and_back(void **state)
{
    (void)state;
    struct random random = test_random();
    for (int suite = 0; suite < 2; suite++) {
        struct house house = {.keys = keys_for_test((enum crypto_suite)suite)};
        struct ctx c = test_ctx(&house);
        for (int64_t i = 0; i < test_cases(2000); i++) {
            size_t n = (size_t)random_between(&random, 0, 300);
            char *bytes = arena_alloc(c.arena, n);
            crypto_random(bytes, n);
            int64_t row = (int64_t)random_next(&random);
            struct str clear;
            struct str box = seal_bytes(&c, "t", "c", row, (struct str){bytes, n});
            assert_int_equal(open_bytes(&c, "t", "c", row, box, &clear), OK);
            assert_true(str_equal(clear, (struct str){bytes, n}));
            arena_reset(c.arena);
        }
        arena_free(c.arena);
        keys_free(house.keys);
    }
}

static void blind_hashes_keep_purposes_apart(void **state)
{
    (void)state;
    struct house house = {.keys = keys_for_test(SUITE_SM)};
    struct ctx c = test_ctx(&house);
    struct str phone = STR("13812341234");
    struct str hash = blind(&c, "account.phone", phone);
    assert_int_equal(hash.n, 32);
    assert_true(str_equal(hash, blind(&c, "account.phone", phone)));
    assert_false(str_equal(hash, blind(&c, "request.phone", phone)));
    assert_false(str_equal(hash, blind(&c, "account.phone", STR("13812341235"))));
    assert_false(str_equal(blind(&c, "ab", STR("c")), blind(&c, "a", STR("bc"))));
    assert_true(blind64(&c, "words", phone) == blind64(&c, "words", phone));
    assert_true(blind64(&c, "words", phone) != blind64(&c, "word", phone));
    arena_free(c.arena);
    keys_free(house.keys);
}

struct person {
    int64_t id;
    struct str phone;
};
static const struct field person_fields[] = {
    {FIELD_AT(struct person, id), .type = FIELD_ID},
    {FIELD_AT(struct person, phone), .type = FIELD_SEALED},
};
static const struct record person_record = {.name = "person", .table = "person", FIELDS(person_fields)};

static void empty_fields_stay_empty(void **state)
{
    (void)state;
    struct house house = {.keys = keys_for_test(SUITE_STD)};
    struct ctx c = test_ctx(&house);
    struct str clear;
    assert_int_equal(seal_field(&c, &person_record, &person_fields[1], 5, STR("")).n, 0);
    assert_int_equal(open_field(&c, &person_record, &person_fields[1], 5, STR(""), &clear), OK);
    assert_int_equal(clear.n, 0);
    struct str box = seal_field(&c, &person_record, &person_fields[1], 5, STR("x"));
    assert_int_equal(open_bytes(&c, "person", "phone", 5, box, &clear), OK);
    assert_int_equal(open_field(&c, &person_record, &person_fields[1], 6, box, &clear), ERR_INTERNAL);
    arena_free(c.arena);
    keys_free(house.keys);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void the_key_file_is_made_once(void **state)
{
    (void)state;
    char root[] = "/tmp/linli-keys-XXXXXX";
    assert_non_null(mkdtemp(root));
    struct ctx c = test_ctx(NULL);
    const char *dir = str_z(c.arena, str_format(c.arena, "%s/data", root));
    const char *path = str_z(c.arena, str_format(c.arena, "%s/keys", dir));
    struct keys *first = NULL;
    struct keys *second = NULL;
    assert_int_equal(keys_load(&c, dir, false, SUITE_STD, &first), ERR_INTERNAL);
    assert_string_equal(c.error.key, "crypto.keys_missing");
    assert_int_equal(keys_load(&c, dir, true, SUITE_SM, &first), OK);
    assert_int_equal(keys_suite(first), SUITE_SM);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(keys_load(&c, dir, true, SUITE_STD, &second), OK); // the suite of the file stays
    assert_int_equal(keys_suite(second), SUITE_SM);
    struct house one = {.keys = first};
    struct house two = {.keys = second};
    struct str clear;
    c.house = &one;
    struct str box = seal_bytes(&c, "t", "c", 1, STR("x"));
    struct str hash = blind(&c, "p", STR("x"));
    c.house = &two;
    assert_int_equal(open_bytes(&c, "t", "c", 1, box, &clear), OK);
    assert_true(str_equal(hash, blind(&c, "p", STR("x"))));
    keys_free(first);
    keys_free(second);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(keys_load(&c, dir, true, SUITE_STD, &first), ERR_INTERNAL);
    assert_string_equal(c.error.key, "crypto.keys_bad");
    unlink(path);
    assert_int_equal(rmdir(dir), 0); // nothing was left aside
    rmdir(root);
    arena_free(c.arena);
}

#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void a_new_key_seals_and_the_old_ones_open(void **state)
{
    (void)state;
    char dir[] = "/tmp/linli-keys-XXXXXX";
    assert_non_null(mkdtemp(dir));
    struct ctx c = test_ctx(NULL);
    const char *path = str_z(c.arena, str_format(c.arena, "%s/keys", dir));
    struct keys *before = NULL;
    struct keys *after = NULL;
    struct str clear;
    write_file(path, "# x\n\nsuite std\nkey 1 " KEY_A "\n", 0600);
    assert_int_equal(keys_load(&c, dir, false, SUITE_STD, &before), OK);
    write_file(path, "suite std\nkey 1 " KEY_A "\nkey 9 " KEY_B "\n", 0400);
    assert_int_equal(keys_load(&c, dir, false, SUITE_STD, &after), OK);
    struct house old_house = {.keys = before};
    struct house new_house = {.keys = after};
    c.house = &old_house;
    struct str old_box = seal_bytes(&c, "t", "c", 1, STR("x"));
    struct str hash = blind(&c, "p", STR("x"));
    c.house = &new_house;
    assert_int_equal(open_bytes(&c, "t", "c", 1, old_box, &clear), OK);
    assert_true(str_equal(hash, blind(&c, "p", STR("x")))); // what is indexed stays found
    struct str new_box = seal_bytes(&c, "t", "c", 1, STR("x"));
    assert_int_equal(new_box.p[1], 9);
    c.house = &old_house;
    assert_int_equal(open_bytes(&c, "t", "c", 1, new_box, &clear), ERR_INTERNAL);
    keys_free(before);
    keys_free(after);
    unlink(path);
    rmdir(dir);
    arena_free(c.arena);
}

static void bad_key_files_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "suite std\n",
        "key 1 " KEY_A "\n",
        "suite aes\nkey 1 " KEY_A "\n",
        "suite std\nkey 0 " KEY_A "\n",
        "suite std\nkey 256 " KEY_A "\n",
        "suite std\nkey 1 " KEY_A "0\n",
        "suite std\nkey 1 x\n",
        "suite std\nkey 1 " KEY_A "\nkey 1 " KEY_B "\n",
        "suite std\nsuite sm\nkey 1 " KEY_A "\n",
        "suite std\nlock\n",
        "suite std\nkey 1 " KEY_A "\nkey 2 g0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
    };
    char dir[] = "/tmp/linli-keys-XXXXXX";
    assert_non_null(mkdtemp(dir));
    struct ctx c = test_ctx(NULL);
    const char *path = str_z(c.arena, str_format(c.arena, "%s/keys", dir));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct keys *keys;
        write_file(path, bad[i], 0600);
        assert_int_equal(keys_load(&c, dir, true, SUITE_STD, &keys), ERR_INTERNAL);
        assert_string_equal(c.error.key, "crypto.keys_bad");
    }
    unlink(path);
    rmdir(dir);
    arena_free(c.arena);
}

// One key set, many threads; meant for the thread sanitizer.
static void *seal_and_open(void *what)
{
    struct ctx c = test_ctx(what);
    for (int i = 0; i < 500; i++) {
        struct str clear;
        struct str box = seal_bytes(&c, "t", "c", i, STR("邻里"));
        if (open_bytes(&c, "t", "c", i, box, &clear) != OK || !str_equal_z(clear, "邻里"))
            abort();
        if (blind64(&c, "p", STR("x")) != blind64(&c, "p", STR("x")))
            abort();
        arena_reset(c.arena);
    }
    arena_free(c.arena);
    return NULL;
}

static void threads_share_the_keys(void **state)
{
    (void)state;
    for (int suite = 0; suite < 2; suite++) {
        struct house house = {.keys = keys_for_test((enum crypto_suite)suite)};
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, seal_and_open, &house), 0);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        keys_free(house.keys);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_open_only_in_their_place),
        cmocka_unit_test(every_changed_bit_is_noticed),
        cmocka_unit_test(any_length_there_and_back),
        cmocka_unit_test(blind_hashes_keep_purposes_apart),
        cmocka_unit_test(empty_fields_stay_empty),
        cmocka_unit_test(the_key_file_is_made_once),
        cmocka_unit_test(a_new_key_seals_and_the_old_ones_open),
        cmocka_unit_test(bad_key_files_are_refused),
        cmocka_unit_test(threads_share_the_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
