// SPDX-License-Identifier: MulanPSL-2.0
#include "base/csv.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum mode {
    FIELD_START,
    UNQUOTED,
    QUOTED,
    QUOTE_IN_QUOTED, // a quote within a quoted field: its end, or the first half of ""
    SKIPPING,        // the rest of a line that could not be read
};

struct csv_reader {
    char separator;
    bool quoting;
    size_t max_row_bytes;

    struct str input; // what was fed and not yet read; belongs to the caller
    bool last;
    bool after_cr;       // a line feed right here ends no second line
    unsigned bom_length; // bytes of the byte-order mark seen; 3 when the start of the text is behind us

    enum mode mode;
    enum csv_result bad; // what is wrong with the row being read, or CSV_ROW
    bool row_begun;
    int64_t line, row_line;

    struct buf row;     // the bytes of its fields, one after another
    size_t *ends;       // where each field ends in row
    struct str *fields; // what is handed out
    size_t field_count, field_cap;
};

static const char bom[3] = {'\xEF', '\xBB', '\xBF'};

static void *must(void *p)
{
    if (!p) {
        fprintf(stderr, "csv: out of memory\n");
        abort();
    }
    return p;
}

struct csv_reader *csv_reader_new(char separator, bool quoting, size_t max_row_bytes)
{
    struct csv_reader *reader = must(calloc(1, sizeof(*reader)));
    reader->separator = separator;
    reader->quoting = quoting;
    reader->max_row_bytes = max_row_bytes;
    reader->line = 1;
    reader->bad = CSV_ROW;
    buf_init(&reader->row, max_row_bytes);
    return reader;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (!reader)
        return;
    buf_free(&reader->row);
    free(reader->ends);
    free(reader->fields);
    free(reader);
}

void csv_feed(struct csv_reader *reader, struct str bytes, bool last)
{
    assert(reader->input.n == 0); // read until CSV_NEED_MORE first
    reader->input = bytes;
    reader->last = last;
}

static void spoil(struct csv_reader *reader, enum csv_result why)
{
    reader->bad = why;
    reader->mode = SKIPPING;
}

static void add_byte(struct csv_reader *reader, char c)
{
    if (reader->row.n + reader->field_count >= reader->max_row_bytes)
        spoil(reader, CSV_ROW_TOO_LONG);
    else
        buf_add_byte(&reader->row, c);
}

// The separators count too, so that a row of nothing else stays bounded.
static void end_field(struct csv_reader *reader)
{
    if (reader->row.n + reader->field_count > reader->max_row_bytes) {
        spoil(reader, CSV_ROW_TOO_LONG);
        return;
    }
    if (reader->field_count == reader->field_cap) {
        reader->field_cap = reader->field_cap ? reader->field_cap * 2 : 16;
        reader->ends = must(realloc(reader->ends, reader->field_cap * sizeof(*reader->ends)));
        reader->fields = must(realloc(reader->fields, reader->field_cap * sizeof(*reader->fields)));
    }
    reader->ends[reader->field_count++] = reader->row.n;
    reader->mode = FIELD_START;
}

// One byte that ends no line.
static void take(struct csv_reader *reader, char c)
{
    reader->row_begun = true;
    switch (reader->mode) {
    case SKIPPING:
        break;
    case FIELD_START:
    case UNQUOTED:
        if (c == reader->separator) {
            end_field(reader);
        } else if (reader->mode == FIELD_START && reader->quoting && c == '"') {
            reader->mode = QUOTED;
        } else { // a quote further in is taken as it stands: 5" pipe
            reader->mode = UNQUOTED;
            add_byte(reader, c);
        }
        break;
    case QUOTED:
        if (c == '"')
            reader->mode = QUOTE_IN_QUOTED;
        else
            add_byte(reader, c);
        break;
    case QUOTE_IN_QUOTED:
        if (c == '"') {
            reader->mode = QUOTED;
            add_byte(reader, c);
        } else if (c == reader->separator) {
            end_field(reader);
        } else {
            spoil(reader, CSV_BAD_QUOTE);
        }
        break;
    }
}

static enum csv_result end_row(struct csv_reader *reader, const struct str **ret_fields, size_t *ret_count,
                               int64_t *ret_line)
{
    if (reader->mode != SKIPPING)
        end_field(reader);
    enum csv_result result = reader->bad;
    size_t from = 0;
    for (size_t i = 0; i < reader->field_count; i++) {
        reader->fields[i] = (struct str){reader->row.p ? reader->row.p + from : "", reader->ends[i] - from};
        from = reader->ends[i];
    }
    *ret_fields = reader->fields;
    *ret_count = result == CSV_ROW ? reader->field_count : 0;
    *ret_line = reader->row_line;
    reader->row_begun = false;
    return result;
}

static void begin_row(struct csv_reader *reader)
{
    buf_clear(&reader->row);
    reader->field_count = 0;
    reader->mode = FIELD_START;
    reader->bad = CSV_ROW;
    reader->row_line = reader->line;
    reader->row_begun = true;
}

// Takes the bytes of a byte-order mark off the front; gives back those of something that only began like one.
static void skip_bom(struct csv_reader *reader)
{
    while (reader->bom_length < 3 && (reader->input.n || reader->last)) {
        if (reader->input.n == 0 || reader->input.p[0] != bom[reader->bom_length]) {
            unsigned seen = reader->bom_length;
            reader->bom_length = 3;
            if (seen)
                begin_row(reader);
            for (unsigned i = 0; i < seen; i++)
                take(reader, bom[i]);
            return;
        }
        reader->bom_length++;
        reader->input.p++;
        reader->input.n--;
    }
}

enum csv_result csv_next(struct csv_reader *reader, const struct str **ret_fields, size_t *ret_count, int64_t *ret_line)
{
    skip_bom(reader);
    while (reader->input.n) {
        char c = *reader->input.p++;
        reader->input.n--;
        if (c == '\n' && reader->after_cr) {
            reader->after_cr = false;
            if (!reader->row_begun)
                continue;
            add_byte(reader, c); // CRLF inside quotes: one line, both bytes kept
            if (reader->mode == SKIPPING)
                return end_row(reader, ret_fields, ret_count, ret_line);
            continue;
        }
        if (!reader->row_begun)
            begin_row(reader);
        reader->after_cr = c == '\r';
        if (c != '\n' && c != '\r') {
            take(reader, c);
            continue;
        }
        reader->line++;
        if (reader->mode == QUOTED)
            add_byte(reader, c);
        if (reader->mode != QUOTED)
            return end_row(reader, ret_fields, ret_count, ret_line);
    }
    if (!reader->last)
        return CSV_NEED_MORE;
    if (!reader->row_begun)
        return CSV_END;
    if (reader->mode == QUOTED)
        spoil(reader, CSV_BAD_QUOTE);
    return end_row(reader, ret_fields, ret_count, ret_line);
}

void csv_write_field(struct buf *out, struct str field, bool first, bool defuse)
{
    if (!first)
        buf_add_byte(out, ',');
    bool formula = defuse && field.n && field.p[0] && strchr("=+-@\t\r", field.p[0]);
    bool quote = field.n && (field.p[0] == ' ' || field.p[field.n - 1] == ' ');
    quote = quote || (field.n >= 3 && memcmp(field.p, bom, 3) == 0);
    for (size_t i = 0; i < field.n && !quote; i++)
        quote = field.p[i] == ',' || field.p[i] == '"' || field.p[i] == '\r' || field.p[i] == '\n';
    if (quote)
        buf_add_byte(out, '"');
    if (formula)
        buf_add_byte(out, '\'');
    while (field.n) {
        size_t at = quote ? str_find_byte(field, '"', 0) : (size_t)-1;
        size_t n = at == (size_t)-1 ? field.n : at + 1;
        buf_add(out, field.p, n);
        if (at != (size_t)-1)
            buf_add_byte(out, '"');
        field.p += n;
        field.n -= n;
    }
    if (quote)
        buf_add_byte(out, '"');
}

void csv_write_end(struct buf *out)
{
    buf_add(out, "\r\n", 2);
}
