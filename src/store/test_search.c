// SPDX-License-Identifier: MulanPSL-2.0
// Search on both engines: what is found, what is not, in which order; and against a plain scan of random texts.
#include "store/test_store_util.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

struct document {
    const char *kind;
    int64_t id;
    struct str text, old;
    bool remove;
};
struct question {
    const char *kind;
    struct str words;
    int64_t before;
    size_t max, found;
    int64_t ids[64];
};

static enum err put(struct ctx *c, void *arg)
{
    struct document *d = arg;
    if (d->old.n || d->remove)
        TRY(search_remove(c, d->kind, d->id, d->old));
    return d->remove ? OK : search_put(c, d->kind, d->id, d->text);
}

static enum err ask(struct ctx *c, void *arg)
{
    struct question *q = arg;
    return search_find(c, q->kind, q->words, q->before, q->max, q->ids, &q->found);
}

static void put_text(struct ctx *c, const char *kind, int64_t id, const char *text)
{
    struct document d = {.kind = kind, .id = id, .text = str_of(text)};
    expect_ok(c, store_write(c, put, &d));
}

// Asserts the ids found, newest first; ends with 0.
static void found(struct ctx *c, const char *words, ...)
{
    struct question q = {.kind = "request", .words = str_of(words), .max = 20};
    expect_ok(c, store_read(c, ask, &q));
    va_list wanted;
    va_start(wanted, words);
    size_t n = 0;
    for (int id; (id = va_arg(wanted, int)); n++)
        if (n >= q.found || q.ids[n] != id) {
            print_error("%s: wanted %d at %zu of %zu\n", words, id, n, q.found);
            _fail(__FILE__, __LINE__);
        }
    va_end(wanted);
    if (n != q.found) {
        print_error("%s: found %zu, wanted %zu\n", words, q.found, n);
        _fail(__FILE__, __LINE__);
    }
}

static void test_words(struct ctx *c)
{
    put_text(c, "request", 1, "三号楼东单元门口的路灯不亮，晚上看不见路");
    put_text(c, "request", 2, "小区东门口垃圾没有人收。Pump ＡＢ12 broken!");
    put_text(c, "request", 3, "门；口"); // two runs: no pair
    put_text(c, "request", 4, "水");
    put_text(c, "notice", 5, "路灯检修通知");
    put_text(c, "request", 6, "门口口门，口门口");
    put_text(c, "request", 7, "\xF0\xA0\xAE\xB7野家门前"); // beyond the BMP
    found(c, "路灯", 1, 0);
    found(c, "门口", 6, 2, 1, 0);
    found(c, "东单元门", 1, 0);
    found(c, "东门口垃", 2, 0);
    found(c, "单元垃圾", 0); // its pairs are not together anywhere
    found(c, "门口门", 0);   // pairs 门口 and 口门 meet in 6 only across a comma
    found(c, "口门口", 6, 0);
    found(c, "路灯 门口", 1, 0);
    found(c, "路灯，门口！", 1, 0);
    found(c, "PUMP", 2, 0);
    found(c, "ump", 2, 0);
    found(c, "ab12", 2, 0);
    found(c, "Ｂ１", 2, 0);
    found(c, "水", 4, 0);
    found(c, "\xF0\xA0\xAE\xB7野", 7, 0);
    found(c, "", 0);
    found(c, " ，。！", 0);
    found(c, "检修", 0); // of another kind
    found(c, "' OR \"1\" * NEAR(", 0);
    c->tenant_id = 2;
    found(c, "路灯", 0);
    c->tenant_id = 1;
    struct question q = {.kind = "request", .words = STR("\xff"), .max = 20};
    expect_err(c, store_read(c, ask, &q), ERR_INVALID, "store.bad_text");
    struct document d = {.kind = "request", .id = 1};
    expect_err(c, store_read(c, put, &d), ERR_INTERNAL, "store.write_in_read");
}

static void test_pages(struct ctx *c)
{
    // spread over years, so that PostgreSQL has many windows
    for (int64_t i = 1; i <= 60; i++)
        put_text(c, "request", i << 52, i % 3 ? "电梯停了" : "电梯停了好几天");
    struct question q = {.kind = "request", .words = STR("电梯停"), .max = 7};
    int64_t next = 60, seen = 0;
    do {
        expect_ok(c, store_read(c, ask, &q));
        for (size_t i = 0; i < q.found; i++, next--, seen++)
            assert_int_equal(q.ids[i] >> 52, next);
        q.before = q.found ? q.ids[q.found - 1] : 0;
    } while (q.found == 7);
    assert_int_equal(seen, 60);
    q = (struct question){.kind = "request", .words = STR("好几天"), .max = 64};
    expect_ok(c, store_read(c, ask, &q));
    assert_int_equal(q.found, 20);
    q.before = INT64_C(1) << 52;
    expect_ok(c, store_read(c, ask, &q));
    assert_int_equal(q.found, 0);
}

static void test_changes(struct ctx *c)
{
    put_text(c, "request", 1, "楼道堆物");
    put_text(c, "request", 2, "楼道灯坏");
    struct document d = {.kind = "request", .id = 1, .old = STR("楼道堆物"), .text = STR("消防通道占用")};
    expect_ok(c, store_write(c, put, &d));
    found(c, "堆物", 0);
    found(c, "消防通道", 1, 0);
    found(c, "楼道", 2, 0);
    d = (struct document){.kind = "request", .id = 2, .old = STR("楼道灯坏"), .remove = true};
    expect_ok(c, store_write(c, put, &d));
    found(c, "楼道", 0);
}

static enum err put_and_fail(struct ctx *c, void *arg)
{
    TRY(put(c, arg));
    struct question q = {.kind = "request", .words = STR("充电桩"), .max = 9};
    expect_ok(c, ask(c, &q));
    assert_int_equal(q.found, 1); // its own, before it is stored
    return fail(c, ERR_CONFLICT, "sample.no");
}

static enum err clear(struct ctx *c, void *arg)
{
    (void)arg;
    return store_search_clear(c);
}

static void test_rollback(struct ctx *c)
{
    struct document d = {.kind = "request", .id = 1, .text = STR("充电桩故障")};
    expect_err(c, store_write(c, put_and_fail, &d), ERR_CONFLICT, "sample.no");
    found(c, "充电桩", 0);
    expect_ok(c, store_write(c, put, &d));
    found(c, "充电桩", 1, 0);
    expect_ok(c, store_write(c, clear, NULL));
    found(c, "充电桩", 0);
    expect_ok(c, store_write(c, put, &d));
    found(c, "充电桩", 1, 0);
}

// Few different characters, so that pairs meet by chance all the time.
static size_t random_text(unsigned *seed, size_t max, char *out)
{
    static const char *const bits[] = {"门", "口", "灯", "，", "路", "a"};
    size_t n = 0, length = 1 + (size_t)rand_r(seed) % max;
    for (size_t i = 0; i < length; i++)
        n += (size_t)sprintf(out + n, "%s", bits[(size_t)rand_r(seed) % 6]);
    return n;
}

static void test_random(struct ctx *c)
{
    enum { TEXTS = 60 };
    static char texts[TEXTS][128];
    unsigned seed = 7;
    print_message("seed %u\n", seed);
    for (int i = 0; i < TEXTS; i++) {
        random_text(&seed, 14, texts[i]);
        put_text(c, "request", (int64_t)(i + 1) << 50, texts[i]);
    }
    for (int round = 0; round < 150; round++) {
        char words[128];
        random_text(&seed, 5, words);
        // one run of two characters or more: then a hit is a text that holds the string
        if (strstr(words, "，") || (strlen(words) <= 3 && strcmp(words, "aa")))
            continue;
        struct question q = {.kind = "request", .words = str_of(words), .max = 64};
        expect_ok(c, store_read(c, ask, &q));
        size_t n = 0;
        for (int i = TEXTS - 1; i >= 0; i--)
            if (strstr(texts[i], words)) {
                if (n >= q.found || q.ids[n] != (int64_t)(i + 1) << 50)
                    print_error("%s in %s\n", words, texts[i]);
                assert_true(n < q.found && q.ids[n] == (int64_t)(i + 1) << 50);
                n++;
            }
        assert_int_equal(n, q.found);
        test_ctx_reset(c);
    }
}

static void on_each_engine(void (*test)(struct ctx *c))
{
    for (const char *const *engine = test_engines(); *engine; engine++) {
        print_message("%s\n", *engine);
        struct ctx *c = test_ctx(NULL, 0, *engine);
        test(c);
        test_ctx_free(c);
    }
}

#define ON_BOTH(name)                                                                                                  \
    static void both_##name(void **state)                                                                              \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        on_each_engine(test_##name);                                                                                   \
    }
ON_BOTH(words)
ON_BOTH(pages)
ON_BOTH(changes)
ON_BOTH(rollback)
ON_BOTH(random)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_words),    cmocka_unit_test(both_pages),  cmocka_unit_test(both_changes),
        cmocka_unit_test(both_rollback), cmocka_unit_test(both_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
