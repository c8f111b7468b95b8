// SPDX-License-Identifier: MulanPSL-2.0
#include "base/csv.h"

#include "base/test.h"

#include <string.h>

// Everything the reader says about text, written as "line:field|field\n"; bad rows as "line!quote" or "line!long".
static void read_all(struct str text, char separator, bool quoting, size_t max, size_t chunk, struct buf *out)
{
    struct csv_reader *reader = csv_reader_new(separator, quoting, max);
    buf_clear(out);
    size_t at = 0;
    for (;;) {
        const struct str *fields;
        size_t count;
        int64_t line;
        enum csv_result result = csv_next(reader, &fields, &count, &line);
        if (result == CSV_END)
            break;
        if (result == CSV_NEED_MORE) {
            size_t n = chunk < text.n - at ? chunk : text.n - at;
            csv_feed(reader, (struct str){text.p + at, n}, at + n == text.n);
            at += n;
            continue;
        }
        buf_add_int(out, line);
        buf_add_byte(out, result == CSV_ROW ? ':' : '!');
        for (size_t i = 0; i < count; i++) {
            if (i)
                buf_add_byte(out, '|');
            buf_add_str(out, fields[i]);
        }
        if (result != CSV_ROW)
            buf_add_z(out, result == CSV_BAD_QUOTE ? "quote" : "long");
        buf_add_byte(out, '\n');
    }
    csv_reader_free(reader);
}

static void expect(const char *text, const char *expected)
{
    struct buf out;
    buf_init(&out, 100000);
    for (size_t chunk = 1; chunk < 8; chunk++) {
        read_all(str_of(text), ',', true, 20, chunk, &out);
        if (!str_equal_z(buf_str(&out), expected))
            fail_msg("chunk %zu: %.*s", chunk, (int)out.n, out.p);
    }
    buf_free(&out);
}

static void rows_and_quotes(void **state)
{
    (void)state;
    expect("", "");
    expect("a,b\r\nc,d\r\n", "1:a|b\n2:c|d\n");
    expect("a,b\nc,d", "1:a|b\n2:c|d\n");
    expect("a\rb\r", "1:a\n2:b\n");
    expect(",\n", "1:|\n");
    expect("a\n\nb\n", "1:a\n2:\n3:b\n");
    expect("\"a,\"\"b\"\"\",\"\"\n", "1:a,\"b\"|\n");
    expect("\"a\r\nb\",c\nd\n", "1:a\r\nb|c\n3:d\n");
    expect("5\" pipe,x\n", "1:5\" pipe|x\n");
    expect("\xEF\xBB\xBFid,x\n", "1:id|x\n");
    expect("\xEF\xBB\xBF\"id\"\n", "1:id\n");
    expect("\xEF\xBB\n", "1:\xEF\xBB\n");
    expect("\xEF\xBB", "1:\xEF\xBB\n");
    expect("\xEF", "1:\xEF\n");
    expect("\xEF\xBB\xBF", "");
    expect("a\n\xEF\xBB\xBF\n", "1:a\n2:\xEF\xBB\xBF\n");
}

static void after_a_bad_row_reading_goes_on(void **state)
{
    (void)state;
    expect("\"a\"b\nc\n", "1!quote\n2:c\n");
    expect("x\n\"open", "1:x\n2!quote\n");
    expect("12345678901234567890\n123456789012345678901\nc\n", "1:12345678901234567890\n2!long\n3:c\n");
    expect(",,,,,,,,,,,,,,,,,,,,,,,,\nc\n", "1!long\n2:c\n");
    expect("\"2345678901234567890\r\nx\"\r\nc\r\n", "1!long\n2:x\"\n3:c\n");
    expect("\"234567890123456789012\nc\n", "1!long\n2:c\n");
}

static void tab_separated_knows_no_quotes(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    read_all(STR("\"a\tb,c\n\"x\"\ty\n"), '\t', false, 100, 3, &out);
    assert_true(str_equal_z(buf_str(&out), "1:\"a|b,c\n2:\"x\"|y\n"));
    buf_free(&out);
}

static void a_spreadsheet_is_defused(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    csv_write_field(&out, STR("=1+1"), true, true);
    csv_write_field(&out, STR("@x,y"), false, true);
    csv_write_field(&out, STR("a=b"), false, true);
    csv_write_field(&out, STR("-1"), false, false);
    csv_write_end(&out);
    assert_true(str_equal_z(buf_str(&out), "'=1+1,\"'@x,y\",a=b,-1\r\n"));
    buf_free(&out);
}

static size_t random_field(struct random *random, char *out)
{
    static const char *const pieces[] = {"a", "邻里", ",", "\"",           "\r\n", "\n",  "\r",
                                         " ", "\t",   "=", "\xEF\xBB\xBF", "\xEF", "\"\""};
    size_t n = 0;
    for (int64_t k = random_between(random, 0, 5); k > 0; k--) {
        const char *piece = pieces[random_next(random) % (sizeof(pieces) / sizeof(pieces[0]))];
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return n;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct random random = test_random();
    struct buf out;
    buf_init(&out, 100000);
    for (int64_t round = 0; round < test_cases(20000); round++) {
        static char texts[6][6][40];
        size_t lengths[6][6];
        size_t counts[6];
        size_t rows = (size_t)random_between(&random, 1, 6);
        buf_clear(&out);
        for (size_t r = 0; r < rows; r++) {
            counts[r] = (size_t)random_between(&random, 1, 6);
            for (size_t f = 0; f < counts[r]; f++) {
                lengths[r][f] = random_field(&random, texts[r][f]);
                csv_write_field(&out, (struct str){texts[r][f], lengths[r][f]}, f == 0, false);
            }
            csv_write_end(&out);
        }
        struct csv_reader *reader = csv_reader_new(',', true, 1000);
        size_t at = 0;
        size_t row = 0;
        for (;;) {
            const struct str *fields;
            size_t count;
            int64_t line;
            enum csv_result result = csv_next(reader, &fields, &count, &line);
            if (result == CSV_END)
                break;
            if (result == CSV_NEED_MORE) {
                size_t n = (size_t)random_between(&random, 0, (int64_t)(out.n - at));
                csv_feed(reader, (struct str){out.p + at, n}, at + n == out.n);
                at += n;
                continue;
            }
            assert_int_equal(result, CSV_ROW);
            assert_true(row < rows);
            assert_int_equal(count, counts[row]);
            for (size_t f = 0; f < count; f++)
                assert_true(str_equal(fields[f], (struct str){texts[row][f], lengths[row][f]}));
            row++;
        }
        assert_int_equal(row, rows);
        csv_reader_free(reader);
    }
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_quotes),          cmocka_unit_test(after_a_bad_row_reading_goes_on),
        cmocka_unit_test(a_spreadsheet_is_defused), cmocka_unit_test(tab_separated_knows_no_quotes),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
