// SPDX-License-Identifier: MulanPSL-2.0
// Minute seals over the event log, and the proof: linli verify. Encodings: docs/decisions/0002-event-hash.md.
#pragma once
#include "base/ctx.h"

// Seals every minute that ended more than two minutes ago and has events. Run by a job; harmless to repeat.
enum err seal_log_run(struct ctx *c);
struct verify_report {
    int64_t events, seals;
    int64_t unsealed; // events of the newest minutes
    struct str fault; // empty: all is well; else one line naming the first row that lies
};
// The log of c's tenant, from the store, in one consistent read and bounded memory (about 32 MiB; a log of more than
// 262,144 subjects is walked once for each so many). progress may be NULL; done counts events over all walks.
enum err verify_store(struct ctx *c, void (*progress)(int64_t done, int64_t total, void *arg), void *arg,
                      struct verify_report *ret_report);
// From an export of the log: the file written by event_export (one JSON object a line). Needs neither store nor keys.
enum err verify_export(struct ctx *c, const char *path, struct verify_report *ret_report);
// Writes path + ".part" and renames it. Fails with event.export_unwritable.
enum err event_export(struct ctx *c, const char *path);
