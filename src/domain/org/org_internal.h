// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module.
#pragma once
#include "domain/org/org.h"

extern const struct route org_routes[];
extern const struct message org_messages[];

extern const struct record post_held_record;

// Pure: of the posts on a line of places, who answers from that role upward. A rung that nobody holds is passed over at
// once, and the first such post remembered. False: nobody at all.
bool org_ladder(const struct rows *held, const struct place_chain *chain, enum role from,
                struct post_holder *ret_holder);
enum err org_not_found(struct ctx *c, enum err err, const char *key);
// Writes what changed, guarded by the version (row's version is the old one on entry); one event of the given type.
enum err org_save(struct ctx *c, struct org *org, const char *event_type);
enum err post_save(struct ctx *c, struct post *post, const char *event_type);
