// SPDX-License-Identifier: MulanPSL-2.0
// The first byte chooses the separator, quoting and the limit; the rest is text. It is read in one piece and byte by
// byte: both must say the same. What was read and can be written must read the same again.
#include "base/csv.h"

#include <stdlib.h>

#define MAX_OUT (8u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum csv_result next(struct csv_reader *reader, struct str *rest, size_t chunk, const struct str **fields,
                            size_t *count, int64_t *line)
{
    for (;;) {
        enum csv_result result = csv_next(reader, fields, count, line);
        if (result != CSV_NEED_MORE)
            return result;
        size_t n = chunk < rest->n ? chunk : rest->n;
        csv_feed(reader, (struct str){rest->p, n}, n == rest->n);
        *rest = (struct str){rest->p + n, rest->n - n};
    }
}

// Rows in a form in which nothing can be mistaken: result, line, then each field with its length.
static void read_all(struct str text, char separator, bool quoting, size_t max, size_t chunk, struct buf *out,
                     struct buf *written)
{
    struct csv_reader *reader = csv_reader_new(separator, quoting, max);
    for (;;) {
        const struct str *fields;
        size_t count = 0;
        int64_t line = 0;
        enum csv_result result = next(reader, &text, chunk, &fields, &count, &line);
        if (result == CSV_END)
            break;
        buf_addf(out, "%d %lld %zu:", (int)result, (long long)line, count);
        for (size_t i = 0; i < count; i++) {
            buf_addf(out, "%zu:", fields[i].n);
            buf_add_str(out, fields[i]);
            if (written)
                csv_write_field(written, fields[i], i == 0, false);
        }
        if (written && result == CSV_ROW)
            csv_write_end(written);
    }
    csv_reader_free(reader);
}

// The fields alone: lines differ once line breaks are written as CRLF.
static void fields_only(struct str text, size_t max, struct buf *out)
{
    struct csv_reader *reader = csv_reader_new(',', true, max);
    const struct str *fields;
    size_t count;
    int64_t line;
    for (;;) {
        enum csv_result result = next(reader, &text, SIZE_MAX, &fields, &count, &line);
        if (result == CSV_END)
            break;
        if (result != CSV_ROW)
            continue;
        for (size_t i = 0; i < count; i++) {
            buf_addf(out, "%zu:", fields[i].n);
            buf_add_str(out, fields[i]);
        }
        buf_add_byte(out, '\n');
    }
    csv_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 65536)
        return 0;
    struct str text = {(const char *)data + 1, size - 1};
    char separator = data[0] & 1 ? ',' : '\t';
    bool quoting = data[0] & 2;
    size_t max = data[0] & 4 ? 10 : 100000;
    struct buf whole;
    struct buf pieces;
    struct buf written;
    buf_init(&whole, MAX_OUT);
    buf_init(&pieces, MAX_OUT);
    buf_init(&written, MAX_OUT);
    read_all(text, separator, quoting, max, SIZE_MAX, &whole, &written);
    read_all(text, separator, quoting, max, 1, &pieces, NULL);
    if (!str_equal(buf_str(&whole), buf_str(&pieces)))
        abort();
    if (separator == ',' && quoting && !written.full) {
        buf_clear(&whole);
        buf_clear(&pieces);
        fields_only(text, max, &whole);
        fields_only(buf_str(&written), max, &pieces);
        if (!str_equal(buf_str(&whole), buf_str(&pieces)))
            abort();
    }
    buf_free(&whole);
    buf_free(&pieces);
    buf_free(&written);
    return 0;
}
