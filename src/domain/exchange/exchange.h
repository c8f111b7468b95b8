// SPDX-License-Identifier: MulanPSL-2.0
// Requests in and out as CSV: import by a mapping file, export, and what was imported given back as it came.
#pragma once
#include "base/field.h"
#include "flow/event.h"
#include "flow/module.h"

#include <stdio.h>

struct import_run {
    int64_t id, version;
    int64_t by_id;      // who; 0: the command line
    struct str mapping; // its name
    struct str file_name;
    int64_t total_bytes, done_bytes;
    int64_t rows_read, rows_new, rows_same, rows_bad, rows_warned;
    int64_t started_at_ms, finished_at_ms; // finished 0: still running
    struct str fault;                      // why it stopped early; empty when it did not
};
extern const struct record import_run_record;

struct import_fault { // one row that was refused (bad), or taken with a doubt
    int64_t run_id, line;
    bool bad;
    struct str field, reason; // reason: a message key
};
extern const struct record import_fault_record;

// Called after each batch.
typedef void (*import_progress)(const struct import_run *run, void *arg);
// Streams the file through the mapping (text of a .map file), batch by batch; each batch is one transaction. The same
// row again (by mapping and key) is counted as same and changes nothing. Bad rows are kept in import_fault, at most
// 10,000 a run.
enum err import_stream(struct ctx *c, struct str mapping_text, FILE *in, struct import_run *run,
                       import_progress progress, void *arg);
// Begins a run: fills id and times, writes the row.
enum err import_begin(struct ctx *c, struct import_run *run);
// The text of a mapping that ships ("nyc311"), or of a file; ERR_NOT_FOUND exchange.no_mapping.
enum err mapping_find(struct ctx *c, struct str name, bool files_too, struct str *ret_text);
// The name that a mapping's text gives itself.
enum err mapping_name(struct ctx *c, struct str text, struct str *ret_name);
enum err import_faults(struct ctx *c, int64_t run_id, struct rows *ret_rows);

typedef enum err (*export_sink)(struct ctx *c, struct str bytes, void *arg);
// All requests as CSV with header, oldest first, personal fields masked; the words in clear. Event export.made.
enum err export_requests(struct ctx *c, export_sink sink, void *arg, int64_t *ret_rows);
// The rows that came by this mapping, with their own columns, in the order of the file.
enum err export_imported(struct ctx *c, struct str mapping, export_sink sink, void *arg, int64_t *ret_rows);

extern const struct module exchange_module;
