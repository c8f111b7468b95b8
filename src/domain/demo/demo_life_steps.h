// SPDX-License-Identifier: MulanPSL-2.0
// Between demo_life.c and demo_life_offer.c: one step of one request, and who takes it.
#pragma once
#include "domain/demo/demo_life.h"

// What was done once already.
enum { DID_TALK = 1, DID_ASK = 2, DID_URGE = 4, DID_RATE = 8, DID_SEND = 16, DID_SAY = 32, DID_THANK = 64 };

struct life_step {
    const struct life *life;
    struct life_case *one;
    struct request *r;
    const char **action; // what was tried; stays NULL: nothing
};
// True the first time.
bool life_once(struct life_step *s, unsigned what);
// By this person; 0: nobody is there, and nothing happens.
enum err life_do(struct ctx *c, struct life_step *s, int64_t person_id, const char *action,
                 const struct request_input *input);
enum err life_say(struct ctx *c, struct life_step *s, int64_t person_id, const char *action, const char *note);
// Somebody at a desk, from the role upward, who has not had it in hand; 0: nobody.
enum err life_desk(struct ctx *c, const struct request *r, enum role from, int64_t *ret_person_id);
// Who holds the nearest post of the building; 0: nobody.
enum err life_steward(struct ctx *c, int64_t building_id, int64_t *ret_person_id);

// --- what is offered (demo_life_offer.c): to be approved, unclaimed, claimed, fulfilled ------------------------------
enum err life_in_review(struct ctx *c, struct life_step *s);
enum err life_unclaimed(struct ctx *c, struct life_step *s);
enum err life_claimed(struct ctx *c, struct life_step *s);
enum err life_fulfilled(struct ctx *c, struct life_step *s);
