// SPDX-License-Identifier: MulanPSL-2.0
// The shapes in which a request is told. Between the files of this module only.
#pragma once
#include "domain/request/request_internal.h"

struct item_ref {
    int64_t id;
    struct str code, name_zh, name_en;
};
struct owner_ref {
    int64_t post_id;
    struct str post, name;
};
struct deadline {
    int64_t due_at;
    int unit;
    int64_t budget;
    struct str calendar_version;
    bool provisional;
    double elapsed_share;
};
struct action_ref { // written by flow_write_actions; the record is for OpenAPI
    struct str action, label;
    bool needs_note;
    struct str input;
};
struct request_view {
    struct request r;
    struct str state_zh, state_en, item, owner, handler;
    struct str words, door_number, contact_name, contact_phone, reply; // in clear; the personal ones written masked
    struct str relation, media, timeline, actions, deadline;
    bool overdue;
};
extern const struct record item_ref_record, owner_ref_record, deadline_record, action_ref_record;
