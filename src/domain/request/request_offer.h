// SPDX-License-Identifier: MulanPSL-2.0
// What is offered to whoever wants to take it on: wishes to everybody, errands to the proxy-service teams of the area.
// A wish that is private is never offered: it goes the ordinary way. Between the files of this module only.
#pragma once
#include "domain/request/request_internal.h"

// What becomes of a request that comes in: "submit" (a wish, to be approved), "offer" (an errand: once filed, to the
// teams of its area), or NULL: it goes the ordinary way.
enum err request_offer_begins(struct ctx *c, const struct request *r, const char **ret_action);
// It is at present neither a case nor over, but a wish on its way: no clock of a case runs, except the first until it
// is approved.
bool request_is_wish(const struct request *r);
// From when its clocks run.
int64_t request_clock_from(const struct request *r);
// The relations of an offer: WILLING, CLAIMANT, TEAM.
enum err request_offer_relate(struct ctx *c, const struct request *r, unsigned *ret_relations);
// Is the grant of a proxy-service team whose area covers the request?
enum err request_offer_team_grant(struct ctx *c, const struct request *r, const struct grant **ret_grant);
// ERR_CONFLICT, to who comes second: who was first, without a resident's name, and when.
enum err request_offer_taken(struct ctx *c, const struct request *r);
bool request_offer_lost(const struct request *mine, const struct request *theirs);
// What has to be told of a step with an offer; *ret_told: nothing more has to be (request_notice.c goes on else).
enum err request_offer_notice(struct ctx *c, const struct request *before, const struct request *after, bool *ret_told);
