// SPDX-License-Identifier: MulanPSL-2.0
// A case in the town of the request's tests, and steps of it.
#pragma once
#include "domain/dispute/dispute_internal.h"
#include "domain/request/test_request_util.h"

#define EACH_CASE_ENGINE(name_) EACH_ENGINE_WITH(name_, &dispute_module)

// By the community's worker, about the building.
int64_t case_open(struct town *t, int64_t request_id);
// One step by who is the actor; input is JSON with ' for ".
enum err case_act(struct ctx *c, int64_t id, const char *action, const char *input_json, struct dispute *ret_dispute);
struct dispute_case case_now(struct ctx *c, int64_t id);
// Adds one and gives its id.
int64_t case_party(struct town *t, int64_t id, const char *side, const char *name, const char *phone);
// Two parties that consent, a resident of another house as the mediator, accepted: at the table.
int64_t case_at_table(struct town *t, int64_t *ret_mediator);
// The text is there and all have signed.
void case_signed(struct town *t, int64_t id, int64_t mediator);
int64_t town_volunteer(struct town *t, const char *name, const char *phone, int64_t home_place_id);
struct str case_id(struct ctx *c, int64_t id); // in text
void case_marks(struct ctx *c);
void case_expect_story(struct ctx *c, int64_t id, const char *wanted);
