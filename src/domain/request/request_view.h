// SPDX-License-Identifier: MulanPSL-2.0
// The shapes in which a request is told. Between the files of this module only.
#pragma once
#include "domain/request/request_internal.h"

#define ITEM_REF_FIELDS(F, S)                                                                                          \
    F(S, ID, id, .read = READ_ALL, .doc = "Service item")                                                              \
    F(S, TEXT, code, .read = READ_ALL, .doc = "Its code")                                                              \
    F(S, TEXT, name_zh, .read = READ_ALL, .doc = "Its Chinese name")                                                   \
    F(S, TEXT, name_en, .read = READ_ALL, .doc = "Its English name")
struct item_ref {
    ITEM_REF_FIELDS(FIELD_MEMBER, item_ref)
};
#define OWNER_REF_FIELDS(F, S)                                                                                         \
    F(S, ID, post_id, .read = READ_ALL, .doc = "The post that has to act")                                             \
    F(S, TEXT, post, .read = READ_ALL, .doc = "Its name")                                                              \
    F(S, TEXT, name, .read = READ_ALL, .doc = "Who holds it, masked; empty: nobody")
struct owner_ref {
    OWNER_REF_FIELDS(FIELD_MEMBER, owner_ref)
};
#define DEADLINE_FIELDS(F, S)                                                                                          \
    F(S, TIME, due_at, .read = READ_ALL, .doc = "Until when it should be done")                                        \
    F(S, ENUM, unit, .read = READ_ALL, .names = calendar_unit_names, .doc = "Time in which the limit counts")          \
    F(S, INT, budget, .read = READ_ALL, .doc = "Units from report to finish")                                          \
    F(S, TEXT, calendar_version, .read = READ_ALL, .doc = "Calendar that was used")                                    \
    F(S, BOOL, provisional, .read = READ_ALL, .doc = "A year without known holidays was counted")                      \
    F(S, REAL, elapsed_share, .read = READ_ALL, .doc = "Share of the limit used up; above 1: overdue")
struct deadline {
    DEADLINE_FIELDS(FIELD_MEMBER, deadline)
};
#define ACTION_REF_FIELDS(F, S)                                                                                        \
    F(S, TEXT, action, .read = READ_ALL, .doc = "POST …/actions/{action}")                                             \
    F(S, TEXT, label, .read = READ_ALL, .doc = "For the button")                                                       \
    F(S, BOOL, needs_note, .read = READ_ALL, .doc = "A note must be sent")                                             \
    F(S, JSON, input, .read = READ_ALL, .doc = "JSON schema of what it takes; null: nothing")
struct action_ref {
    ACTION_REF_FIELDS(FIELD_MEMBER, action_ref)
};
struct request_view {
    struct request r;
    struct str state_zh, state_en, item, owner, handler;
    struct str words, door_number, contact_name, contact_phone, reply; // in clear; the personal ones written masked
    struct str relation, media, timeline, tasks, actions, deadline, claimant, thanks;
    bool overdue;
};
extern const struct record item_ref_record, owner_ref_record, deadline_record;
