// SPDX-License-Identifier: MulanPSL-2.0
// A walk over the whole log in the order the proof and the export want it. Not for other folders.
#pragma once
#include "flow/event_private.h"

struct log_walk {
    // May be NULL: not walked. Each stops the walk by returning false.
    bool (*on_event)(void *arg, const struct event *event);
    bool (*on_seal)(void *arg, const struct event_seal *seal); // just before the first event beyond its minute
    void (*on_seal_head)(void *arg, const struct event_seal_head *head); // NULL: there is none
    void (*on_head)(void *arg, const struct event_head *head);
    void (*on_page)(void *arg, size_t events);
    // A row that cannot be read as what it was written as, because a value has another type; it stops the walk. after:
    // it is the next behind this row, not this row. NULL: the walk fails with store.bad_value.
    void (*on_unreadable)(void *arg, const char *table, bool after, int64_t id, struct str column);
    void *arg;
};
// In the open read. *ret_whole: nothing stopped it.
enum err log_walk(struct ctx *c, const struct log_walk *walk, bool *ret_whole);
