// SPDX-License-Identifier: MulanPSL-2.0
// What a module is: everything it brings, in one table. src/app/modules.c has the one list.
#pragma once
#include "flow/event.h"
#include "flow/flow.h"
#include "http/http.h"
#include "job/job.h"
#include "store/store.h"

// Finds one subject of a kind that no event tells of (its id, a number): rows come with an event, so there is none. For
// the proof.
struct untold {
    const char *kind;
    const struct sql *find;
};

struct module {
    const char *name;
    struct store_part store;
    const struct route *routes;             // ends with method NULL
    const struct route *const *more_routes; // further tables of that kind, NULL-terminated; may be NULL
    const struct flow *const *flows;        // NULL-terminated
    const struct job *jobs;                 // ends with name NULL
    const struct message *messages;         // ends with key NULL
    const struct event_subject *subjects;   // ends with kind NULL
    const struct event_hearer *hears;       // ends with type NULL
    const struct untold *untold;            // ends with kind NULL; may be NULL
    enum err (*start)(struct ctx *c);       // once, after migrations, before serving; may be NULL. Must be quick.
    // Everything the module keeps of a person, as members of the open object: for GET /me/data. NULL: nothing.
    enum err (*personal_write)(struct ctx *c, int64_t person_id, struct json_writer *w);
    // Erases what the module keeps of a person beyond need, in the open write: for DELETE /me. NULL: nothing to do.
    enum err (*personal_erase)(struct ctx *c, int64_t person_id);
    // After a restore, outside a transaction: builds again what no table holds (search, emptied before). NULL: nothing.
    enum err (*restored)(struct ctx *c);
};
struct module_list {
    const struct module *const *at; // in order: a module comes after those it uses
    size_t count;
};
extern const struct module flow_module; // event log, seals, idempotency: the platform's own tables

// What the list brings together, as the layers below take it; in the arena of c. NULL-terminated where no count is
// given. job_store_part (job/job.h) comes first among the store parts.
const struct store_part *module_store_parts(struct ctx *c, const struct module_list *list, size_t *ret_count);
const struct route *const *module_routes(struct ctx *c, const struct module_list *list);
const struct message *const *module_messages(struct ctx *c, const struct module_list *list); // platform's own included
const struct job *const *module_jobs(struct ctx *c, const struct module_list *list);
