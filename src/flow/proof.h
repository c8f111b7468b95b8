// SPDX-License-Identifier: MulanPSL-2.0
// The checker of the event log, fed row by row, whether they come from the store or from an export. Memory is bounded
// by walking the log as often as proof_walks says: each walk keeps the chains of a share of the subjects.
//
// A walk is: proof_walk_begin; in the first walk every seal just before the first event beyond its minute, every event
// in order of id, the remaining seals, the seal head; in the others the events; then every head; proof_walk_end.
#pragma once
#include "flow/event_private.h"

struct proof;
// heads: how many subjects there should be.
struct proof *proof_new(enum crypto_suite suite, int64_t tenant_id, int64_t heads);
void proof_free(struct proof *proof);
int64_t proof_walks(const struct proof *proof);
void proof_walk_begin(struct proof *proof, int64_t walk);
// False: a row whose own content lies was found; feeding may stop.
bool proof_event(struct proof *proof, const struct event *event);
bool proof_seal(struct proof *proof, const struct event_seal *seal);
void proof_seal_head(struct proof *proof, const struct event_seal_head *head); // NULL: there is none
void proof_head(struct proof *proof, const struct event_head *head);
void proof_walk_end(struct proof *proof);
// What whoever feeds it found out: a row that cannot be read (log_walk.h), a subject that no event tells of.
void proof_unreadable(struct proof *proof, const char *table, bool after, int64_t id, struct str column);
void proof_untold(struct proof *proof, const char *kind, int64_t id);

int64_t proof_events(const struct proof *proof);
int64_t proof_seals(const struct proof *proof);
int64_t proof_unsealed(const struct proof *proof);
// The sentence, empty when all is well; valid until proof_free.
struct str proof_fault(struct proof *proof);
