// SPDX-License-Identifier: MulanPSL-2.0
// CSV (RFC 4180) and tab-separated text, read as a stream and written. A parser: fuzzed (tests/fuzz).
#pragma once
#include "base/buf.h"

struct csv_reader; // keeps at most max_row_bytes of one row

struct csv_reader *csv_reader_new(char separator, bool quoting, size_t max_row_bytes);
void csv_reader_free(struct csv_reader *reader);
enum csv_result { CSV_ROW, CSV_NEED_MORE, CSV_END, CSV_BAD_QUOTE, CSV_ROW_TOO_LONG };
// Feeds bytes; last tells that no more follow. A byte-order mark at the very start is skipped.
void csv_feed(struct csv_reader *reader, struct str bytes, bool last);
// The next row: fields stay valid until the next call. *ret_line is the line on which the row began (from 1).
// After CSV_BAD_QUOTE or CSV_ROW_TOO_LONG reading goes on at the next line.
enum csv_result csv_next(struct csv_reader *reader, const struct str **ret_fields, size_t *ret_count,
                         int64_t *ret_line);

// Quotes where needed; a field that a spreadsheet would take for a formula (= + - @ tab) is preceded by ' when
// defuse is set. first: no comma before it.
void csv_write_field(struct buf *out, struct str field, bool first, bool defuse);
void csv_write_end(struct buf *out); // CRLF
