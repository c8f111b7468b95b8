// SPDX-License-Identifier: MulanPSL-2.0
// The demo's past (demo_history.c) and the quiet life in it while it is served (demo_stream.c).
#pragma once
#include "domain/demo/demo_life.h"

#define DEMO_DEEDS 2500 // the source has 2,300 and more; the ledger takes off what is left out of the figures
#define DEMO_STORY_SEED 520302
#define DEMO_NEIGHBOUR_PHONE 1000 // 199 0000 1000 and on

// Whether the demo moves by itself: demo mode, not --empty, not --demo-still.
bool demo_lives(const struct ctx *c);
// What people do and what time does to one request, whichever is first, up to base_ms.
enum err demo_live_through(struct ctx *c, const struct life *life, int64_t base_ms, struct life_case *one,
                           struct request *r);
// The number kept under the name in demo_step; 0: none. In a read or write.
enum err demo_step_value(struct ctx *c, const char *name, int64_t *ret_value);
enum err demo_history_tell(struct ctx *c); // for a second or so
enum err demo_history_wanted(struct ctx *c, bool *ret_wanted);
enum err demo_stream_step(struct ctx *c);
enum err demo_stream_wanted(struct ctx *c, bool *ret_wanted);

#define DEMO_CASE_FIELDS(F, S)                                                                                         \
    F(S, INT, slot, .flags = FIELD_KEY, .read = READ_NOBODY)                                                           \
    F(S, ID, request_id, .read = READ_NOBODY, .doc = "What the invented people have in hand; null: nothing")           \
    F(S, ID, reporter_id, .read = READ_NOBODY)                                                                         \
    F(S, INT, dice, .read = READ_NOBODY)                                                                               \
    F(S, INT, did, .read = READ_NOBODY)                                                                                \
    F(S, INT, state, .read = READ_NOBODY)                                                                              \
    F(S, TIME, at_ms, .read = READ_NOBODY, .doc = "When somebody does something next")
struct demo_case {
    DEMO_CASE_FIELDS(FIELD_MEMBER, demo_case)
};
extern const struct record demo_case_record;
