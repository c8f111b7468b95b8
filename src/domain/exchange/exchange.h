// SPDX-License-Identifier: MulanPSL-2.0
// Requests in and out as CSV: import by a mapping file, export, and what was imported given back as it came.
#pragma once
#include "base/field.h"
#include "flow/event.h"
#include "flow/module.h"

#include <stdio.h>

#define FAULT_TEXT_MAX 100 // code points
#define IMPORT_RUN_FIELDS(F, S)                                                                                        \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ADMIN, .doc = "the run")                                             \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_ADMIN, .doc = "grows with each batch")                     \
    F(S, ID, by_id, .read = READ_ADMIN, .doc = "who brought the file; null: the command line")                         \
    F(S, TEXT, mapping, .read = READ_ADMIN, .max = 40, .doc = "name of the mapping")                                   \
    F(S, TEXT, file_name, .read = READ_ADMIN, .max = 200, .doc = "as it was called there")                             \
    F(S, INT, total_bytes, .read = READ_ADMIN, .doc = "size of the file")                                              \
    F(S, INT, done_bytes, .read = READ_ADMIN, .doc = "read so far")                                                    \
    F(S, INT, rows_read, .read = READ_ADMIN, .doc = "rows read")                                                       \
    F(S, INT, rows_new, .read = READ_ADMIN, .doc = "rows that became requests")                                        \
    F(S, INT, rows_same, .read = READ_ADMIN, .doc = "rows that were there already")                                    \
    F(S, INT, rows_bad, .read = READ_ADMIN, .doc = "rows refused")                                                     \
    F(S, INT, rows_warned, .read = READ_ADMIN, .doc = "doubts about rows that were taken")                             \
    F(S, TIME_MS, started_at, .read = READ_ADMIN, .doc = "begin")                                                      \
    F(S, TIME_MS, finished_at, .read = READ_ADMIN, .doc = "end; null: running")                                        \
    F(S, TEXT, fault, .read = READ_ADMIN, .max = FAULT_TEXT_MAX, .doc = "why it stopped early; empty: it did not")
struct import_run {
    IMPORT_RUN_FIELDS(FIELD_MEMBER, import_run)
};
extern const struct record import_run_record;

#define IMPORT_FAULT_FIELDS(F, S)                                                                                      \
    F(S, ID, run_id, .flags = FIELD_KEY, .read = READ_ADMIN, .doc = "the run")                                         \
    F(S, INT, line, .flags = FIELD_KEY, .read = READ_ADMIN, .doc = "line of the file, from 1")                         \
    F(S, BOOL, bad, .read = READ_ADMIN, .doc = "refused; false: taken with a doubt")                                   \
    F(S, TEXT, field, .flags = FIELD_KEY, .read = READ_ADMIN, .max = 100, .doc = "column or field at fault")           \
    F(S, TEXT, reason, .read = READ_ADMIN, .max = FAULT_TEXT_MAX, .doc = "why")
struct import_fault {
    IMPORT_FAULT_FIELDS(FIELD_MEMBER, import_fault)
};
extern const struct record import_fault_record;

// Called after each batch.
typedef void (*import_progress)(const struct import_run *run, void *arg);
// Streams the file through the mapping (text of a .map file), batch by batch; each batch is one transaction. The same
// row again (by mapping and key) is counted as same and changes nothing; when its content differs from the row that was
// taken, that is a doubt. Bad rows and doubts are kept in import_fault, at most 10,000 a run.
enum err import_stream(struct ctx *c, struct str mapping_text, FILE *in, struct import_run *run,
                       import_progress progress, void *arg);
// Begins a run: fills id and times, writes the row.
enum err import_begin(struct ctx *c, struct import_run *run);
// The text of a mapping that ships ("nyc311"), or of a file; ERR_NOT_FOUND exchange.no_mapping.
enum err mapping_find(struct ctx *c, struct str name, bool files_too, struct str *ret_text);
// The name that a mapping's text gives itself.
enum err mapping_name(struct ctx *c, struct str text, struct str *ret_name);
// Why a row or a run failed, as it is kept: "key", or "key arg" or "key arg<TAB>arg" with what its sentence needs.
struct str fault_text(struct ctx *c, const struct error *error);
// The sentence of such a text in c's language.
struct str fault_sentence(struct ctx *c, struct str fault);
enum err import_faults(struct ctx *c, int64_t run_id, struct rows *ret_rows);

typedef enum err (*export_sink)(struct ctx *c, struct str bytes, void *arg);
// All requests as CSV with header, oldest first, personal fields masked; the words in clear. Event export.made.
enum err export_requests(struct ctx *c, export_sink sink, void *arg, int64_t *ret_rows);
// The rows that came by this mapping, with their own columns and the separator of the mapping, in the order of
// recording (which is that of the file): the same mapping reads it again. With tabs nothing is quoted; a cell that
// would need it fails with exchange.cell_unwritable.
enum err export_imported(struct ctx *c, struct str mapping, export_sink sink, void *arg, int64_t *ret_rows);

extern const struct module exchange_module;
