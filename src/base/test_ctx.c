// SPDX-License-Identifier: MulanPSL-2.0
// ctx, error, field and log: the small ones.
#include "base/ctx.h"

#include "base/field.h"
#include "base/log.h"
#include "base/test.h"

#include <string.h>
#include <unistd.h>

static void an_error_is_copied(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    char name[] = "words";
    assert_int_equal(fail_field(&c, ERR_INVALID, "field.missing", str_of(name)), ERR_INVALID);
    memset(name, 'x', 5);
    assert_true(str_equal_z(c.error.field, "words"));
    assert_string_equal(c.error.key, "field.missing");
    c.error.retry_after_s = 9;
    assert_int_equal(fail_with(&c, ERR_RATE, "auth.too_often", STR("3"), STR("分钟")), ERR_RATE);
    assert_int_equal(c.error.retry_after_s, 0);
    assert_int_equal(c.error.field.n, 0);
    assert_true(str_equal_z(c.error.args[0], "3"));
    assert_true(str_equal_z(c.error.args[1], "分钟"));
    ctx_clear_error(&c);
    assert_int_equal(c.error.code, OK);
    assert_int_equal(c.error.args[0].n, 0);
    arena_free(c.arena);
}

static void every_error_has_status_and_name(void **state)
{
    (void)state;
    for (int code = 0; code < ERR_COUNT; code++) {
        assert_in_range(err_status((enum err)code), 200, 599);
        assert_true(strlen(err_name((enum err)code)) > 0);
    }
    assert_int_equal(err_status(ERR_STALE), 412);
    assert_string_equal(err_name(ERR_CONFLICT), "conflict");
}

struct example {
    int64_t number;
    bool flag;
    double real;
    struct str text;
    int kind;
};
static const char *const kinds[] = {"wish", "repair", NULL};
static const struct field example_fields[] = {
    {FIELD_AT(struct example, number), .type = FIELD_INT},
    {FIELD_AT(struct example, flag), .type = FIELD_BOOL},
    {FIELD_AT(struct example, real), .type = FIELD_REAL},
    {FIELD_AT(struct example, text), .type = FIELD_TEXT, .max = 50},
    {FIELD_AT(struct example, kind), .type = FIELD_ENUM, .names = kinds},
};
static const struct record example_record = {
    .name = "example", .size_bytes = sizeof(struct example), FIELDS(example_fields)};

static void fields_reach_their_members(void **state)
{
    (void)state;
    struct example row = {0};
    *field_int(&example_fields[0], &row) = 5;
    *field_bool(&example_fields[1], &row) = true;
    *field_real(&example_fields[2], &row) = 0.5;
    *field_str(&example_fields[3], &row) = STR("x");
    *field_enum(&example_fields[4], &row) = 1;
    assert_int_equal(row.number, 5);
    assert_true(row.flag && row.real == 0.5 && row.text.n == 1 && row.kind == 1);
    assert_ptr_equal(record_field(&example_record, STR("kind")), &example_fields[4]);
    assert_null(record_field(&example_record, STR("kin")));
    assert_int_equal(enum_from_name(kinds, STR("repair")), 1);
    assert_int_equal(enum_from_name(kinds, STR("Repair")), -1);
    assert_int_equal(field_text_max(&example_fields[3]), 50);
    assert_int_equal(field_text_max(&example_fields[4]), 200);
}

// What log_write puts on stderr, whole.
static size_t captured(char *out, size_t cap, const char *value)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int kept = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    log_info("test value=%s", value);
    log_debug("not shown");
    dup2(kept, STDERR_FILENO);
    close(kept);
    ssize_t n = read(ends[0], out, cap - 1);
    close(ends[0]);
    assert_true(n > 0);
    out[n] = 0;
    return (size_t)n;
}

static void a_log_entry_is_one_line(void **state)
{
    (void)state;
    static char line[20000];
    size_t n = captured(line, sizeof(line), "a\nb\rc\x1b[0m\x7f\xFF 邻里 \xC2\x85 \xE2\x80\xA8 \\");
    assert_ptr_equal(strchr(line, '\n'), line + n - 1);
    assert_non_null(
        strstr(line, "Z info test value=a\\x0ab\\x0dc\\x1b[0m\\x7f\\xff 邻里 \\xc2\\x85 \\xe2\\x80\\xa8 \\\n"));
    char *large = malloc(9000);
    memset(large, '\x01', 8999);
    large[8999] = 0;
    n = captured(line, sizeof(line), large);
    free(large);
    assert_true(n < 9000);
    assert_string_equal(line + n - 5, " ...\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_is_copied),
        cmocka_unit_test(every_error_has_status_and_name),
        cmocka_unit_test(fields_reach_their_members),
        cmocka_unit_test(a_log_entry_is_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
