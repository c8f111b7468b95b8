// SPDX-License-Identifier: MulanPSL-2.0
// Reading the log as a whole, in order of its ids: for figures and whatever else is a reading of it. From the store, or
// from an export alone.
#pragma once
#include "flow/event.h"

typedef enum err (*event_fn)(struct ctx *c, const struct event *event, void *arg);
// Every event with after_id < id <= last_id (INT64_MAX: to the end), in an open read. c of fn is on an arena that lives
// for a few events only: what is kept is copied. An error of fn ends the walk and is returned.
enum err event_walk(struct ctx *c, int64_t after_id, int64_t last_id, event_fn fn, void *arg);
// The same from a file of event_export; needs neither store nor keys. It trusts the file: linli verify --export proves
// it. Fails with event.export_unreadable, event.export_malformed ({0} = file, {1} = line).
enum err event_walk_export(struct ctx *c, const char *path, event_fn fn, void *arg);
// At most max of them, of one kind of subject (NULL: of all), in an open read or write.
enum err event_page(struct ctx *c, const char *kind, int64_t after_id, int64_t last_id, size_t max,
                    struct rows *ret_rows);
// No event can come any more with an id up to this: what is reckoned up to here stays as it is. 0: none is settled.
enum err event_settled(struct ctx *c, int64_t *ret_id);
// The first seal of a minute that began at or after from_ms: its hash stands for every event up to last_id, and was
// known to nobody before. ERR_NOT_FOUND while there is none.
struct event_sealing {
    int64_t minute, last_id; // the minute: ms since 1970 / 60,000
    struct str hash;
};
enum err event_first_seal(struct ctx *c, int64_t from_ms, struct event_sealing *ret_sealing);
