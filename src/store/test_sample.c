// SPDX-License-Identifier: MulanPSL-2.0
#include "store/test_sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#undef fail

static const char *const state_names[] = {"new", "done", NULL};
static const struct field sample_fields[] = {
    {FIELD_AT(struct sample, id), .type = FIELD_ID, .flags = FIELD_KEY},
    {FIELD_AT(struct sample, label), .type = FIELD_TEXT},
    {FIELD_AT(struct sample, number), .type = FIELD_INT},
    {FIELD_AT(struct sample, price), .type = FIELD_REAL},
    {FIELD_AT(struct sample, flag), .type = FIELD_BOOL},
    {FIELD_AT(struct sample, at_ms), .type = FIELD_TIME},
    {FIELD_AT(struct sample, state), .type = FIELD_ENUM, .names = state_names},
    {FIELD_AT(struct sample, secret), .type = FIELD_SEALED},
    {FIELD_AT(struct sample, extra), .type = FIELD_TEXT},
    {FIELD_AT(struct sample, shown), .type = FIELD_INT, .flags = FIELD_COMPUTED},
};
const struct record sample_record = {
    .name = "sample", .table = "sample", .size_bytes = sizeof(struct sample), FIELDS(sample_fields)};

static const struct field child_fields[] = {
    {FIELD_AT(struct child, sample_id), .type = FIELD_ID, .flags = FIELD_KEY},
    {FIELD_AT(struct child, id), .type = FIELD_ID, .flags = FIELD_KEY},
    {FIELD_AT(struct child, note), .type = FIELD_TEXT},
};
const struct record child_record = {
    .name = "child", .table = "child", .size_bytes = sizeof(struct child), FIELDS(child_fields)};

static const struct field total_fields[] = {
    {FIELD_AT(struct total, count), .type = FIELD_INT},
    {FIELD_AT(struct total, number), .type = FIELD_INT},
    {FIELD_AT(struct total, price), .type = FIELD_REAL},
    {FIELD_AT(struct total, label), .type = FIELD_TEXT},
};
const struct record total_record = {.name = "total", .size_bytes = sizeof(struct total), FIELDS(total_fields)};

static const struct record *const records[] = {&sample_record, &child_record, &total_record, NULL};
const struct store_part sample_parts[1] = {
    {.module = "sample", .statements = test_store_statements, .migrations = test_store_migrations, .records = records}};

struct sample sample_of(int64_t id)
{
    return (struct sample){.id = id, .label = STR("label"), .secret = STR("s"), .extra = STR("")};
}

enum err sample_insert(struct ctx *c, void *arg)
{
    return db_exec(c, &sql_sample_insert, ARGS(ARG_ROW(&sample_record, arg)), NULL);
}

enum err sample_find(struct ctx *c, void *arg) // by its id, in place
{
    struct sample *sample = arg;
    return db_one(c, &sql_sample_find, ARGS(ARG_INT("id", sample->id)), &sample_record, sample);
}

enum err sample_count(struct ctx *c, void *arg)
{
    return db_number(c, &sql_sample_count, NO_ARGS, arg);
}

int64_t sample_count_of(struct ctx *c)
{
    int64_t n = -1;
    expect_ok(c, store_read(c, sample_count, &n));
    return n;
}

enum err sample_insert_and_refuse(struct ctx *c, void *arg)
{
    TRY(sample_insert(c, arg));
    int64_t n;
    TRY(sample_count(c, &n));
    assert_true(n > 0);
    return fail(c, ERR_FORBIDDEN, "sample.no");
}

enum err child_insert_orphan(struct ctx *c, void *arg)
{
    struct child child = {.sample_id = *(int64_t *)arg, .id = 1, .note = STR("")};
    return db_exec(c, &sql_child_insert, ARGS(ARG_ROW(&child_record, &child)), NULL);
}

void on_each_engine(void (*test)(struct ctx *c), const struct store_part *with, size_t n)
{
    for (const char *const *engine = test_engines(); *engine; engine++) {
        print_message("%s\n", *engine);
        struct ctx *c = test_ctx(with, n, *engine);
        test(c);
        test_ctx_free(c);
    }
}
