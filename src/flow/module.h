// SPDX-License-Identifier: MulanPSL-2.0
// What a module is: everything it brings, in one table. src/app/modules.c has the one list.
#pragma once
#include "flow/event.h"
#include "flow/flow.h"
#include "http/http.h"
#include "job/job.h"
#include "store/store.h"

struct module {
    const char *name;
    struct store_part store;
    const struct route *routes;           // ends with method NULL
    const struct flow *const *flows;      // NULL-terminated
    const struct job *jobs;               // ends with name NULL
    const struct message *messages;       // ends with key NULL
    const struct event_subject *subjects; // ends with kind NULL
    enum err (*start)(struct ctx *c);     // once, after migrations, before serving; may be NULL. Must be quick.
};
struct module_list {
    const struct module *const *at; // in order: a module comes after those it uses
    size_t count;
};
extern const struct module flow_module; // event log, seals, idempotency: the platform's own tables
