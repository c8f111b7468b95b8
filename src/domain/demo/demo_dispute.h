// SPDX-License-Identifier: MulanPSL-2.0
// Disputes of the invented people: opened by a community's desk, mediated by a grid worker, agreed or not, visited.
// Every step goes through the rules. Shared by the demo's history and the year.
#pragma once
#include "domain/demo/demo_life.h"
#include "domain/dispute/dispute.h"

struct mediation { // plain values
    int64_t id;
    struct dice dice;
    int64_t at_ms; // when somebody does something next; 0: nobody ever
};
// The desk of the building's community opens a case. At c->now_ms, in the open write.
enum err mediation_open(struct ctx *c, int64_t building_id, struct dice dice, struct mediation *ret_one);
// The next step, by who would take it, and when the one after it is.
enum err mediation_act(struct ctx *c, struct mediation *one, const char **ret_action);
// When somebody does something next: one->at_ms, later than c->now_ms.
enum err mediation_plan(struct ctx *c, struct mediation *one);
// One case lived through from from_ms up to until_ms, its clock included.
enum err mediation_story(struct ctx *c, int64_t building_id, struct dice dice, int64_t from_ms, int64_t until_ms);
