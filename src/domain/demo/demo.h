// SPDX-License-Identifier: MulanPSL-2.0
// The demo district: real divisions, invented grids, estates, buildings, people and requests. In demo mode only.
#pragma once
#include "flow/module.h"

// Fills an empty store. Step by step, each in a write of its own that also marks it done: started again after a kill it
// goes on where it stopped, and does nothing when all is there. progress is told after each step.
enum err demo_seed(struct ctx *c, void (*progress)(const char *what, int64_t done, int64_t total, void *arg),
                   void *arg);

// Whether the store holds the demo, begun or whole: it must not be served as a real installation, since anybody may
// have been anybody in it. ERR_CONFLICT demo.there.
enum err demo_refuse(struct ctx *c);

// How much of its past the demo has told by now, in deeds done for residents; total 0: it is not the demo that is
// served, or it keeps still. The past is told by a job while the server serves.
enum err demo_history_progress(struct ctx *c, int64_t *ret_done, int64_t *ret_total);

// --- a simulated year: linli simulate --------------------------------------------------------------------------------
struct demo_year { // what is wished
    int64_t seed, per_day;
    int64_t begin_ms, end_ms; // midnights of the calendar's zone
    bool shared;              // a second process runs jobs too: demo_year_work
    void (*progress)(int64_t at_ms, int64_t done, int64_t total, void *arg);
    void *arg;
};
struct demo_year_report {
    int64_t requests, steps, ticks, refused;
    int64_t events, seals;
    int64_t without_owner, marks, marks_missed, marks_late, children_open; // what must be 0 but marks
    struct str fault;                                                      // of the log; empty: whole
    struct str lines;                                                      // all that the digest is of, for people
    char digest[65];
};
// Fills the empty store with the demo district as of begin_ms and lives through the time: every step of people through
// the rules at its own time, every job when it is due, the clock turned from event to event. The same wish gives the
// same digest on every engine. ERR_CONFLICT demo.lived_in when the store holds a demo already.
enum err demo_year_live(struct ctx *c, const struct demo_year *wish, struct demo_year_report *ret_report);
// The second process: runs what is due by the first's clock, as far as it gets the leases, until that has ended.
enum err demo_year_work(struct ctx *c, int64_t *ret_runs);

// The door code of the demo's guided tour: building 3 of 太阳园小区.
#define DEMO_DOOR_CODE "DEM0DEM0DEM0DEM0"

extern const struct module demo_module;
