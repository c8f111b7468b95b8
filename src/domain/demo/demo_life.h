// SPDX-License-Identifier: MulanPSL-2.0
// What the invented people do: who takes the next step of a request, when, and which. Every step goes through the
// rules as a button would. Shared by the year (demo_year.c), the demo's history and its live stream.
#pragma once
#include "domain/demo/demo_dice.h"
#include "domain/demo/demo_internal.h"

struct life {
    uint64_t seed;
    struct rows items;        // service_item, in the order of the catalogue
    const int64_t *buildings; // in the order they were made; the tour's is not among them
    size_t building_count;
    struct life_master { // the newest requests of each community: what another may be joined to
        int64_t community_id, ids[3];
    } * masters;
    size_t master_count;
    int64_t units[8]; // posts of units that serve the whole district: whom one can summon
    size_t unit_count;
};
enum err life_load(struct ctx *c, uint64_t seed, struct life *ret_life); // in a read or write

// One request and those around it. Plain values: what is in an arena does not live so long.
struct life_case {
    int64_t id, reporter_id;
    struct dice dice;
    unsigned did;  // what was done once already: bits of demo_life.c
    int64_t at_ms; // when somebody does something next; 0: nobody ever
    int state;     // as it stood when that was planned
};

// A resident asks (reporter_id 0: the desk writes it down for a caller). At c->now_ms, in the open write.
enum err life_report(struct ctx *c, const struct life *life, int64_t building_id, int64_t reporter_id, struct dice dice,
                     struct life_case *ret_case, struct request *ret_request);
// The next step as the request stands now, by who would take it. *ret_request: as it is then. Nobody there to take
// it, or time has moved it on since it was planned: nothing happens. An action that the rules refuse comes back as
// their error: roll back, and life_plan.
enum err life_act(struct ctx *c, const struct life *life, struct life_case *one, struct request *ret_request,
                  const char **ret_action);
// When somebody does something next: one->at_ms, later than c->now_ms.
void life_plan(struct ctx *c, const struct life *life, const struct request *r, struct life_case *one);
// c->actor becomes the person.
enum err life_become(struct ctx *c, int64_t person_id);
