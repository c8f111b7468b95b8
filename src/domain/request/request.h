// SPDX-License-Identifier: MulanPSL-2.0
// The main job: what a resident asks, who does it, until when, and whether it was done.
#pragma once
#include "base/field.h"
#include "domain/account/account.h"
#include "domain/catalog/catalog.h"
#include "domain/media/media.h"
#include "flow/module.h"

struct request {
    int64_t id, version;
    int state;
    int kind;
    int64_t item_id;
    int64_t place_id, building_id, grid_id, community_id, subdistrict_id;
    struct str words;                       // sealed: what is asked
    struct str door_number;                 // sealed, personal
    int64_t reporter_id;                    // 0: imported or phoned in
    struct str contact_name, contact_phone; // sealed, personal
    int source;                             // app, phone, import, open311
    struct str external_key;                // import: unique
    bool is_private;                        // never on the wall
    int64_t reported_at_ms, due_at_ms;
    bool due_provisional;
    int64_t owner_post_id, owner_org_id; // who has to act
    int64_t handler_id, signed_at_ms, handled_at_ms, verifier_id, closed_at_ms;
    int outcome;      // none, solved, explained, not_our_duty, duplicate, withdrawn, refused
    int64_t rating;   // 0: none; 1 to 5
    int64_t reopened; // how often
    struct str reply; // sealed: the office's last answer
};
extern const struct record request_record;
extern const struct flow request_flow;
// Files what is given (place, item, words, contact…): ids, clock, routing, events; auto-dispatched to who is
// responsible as of now.
enum err request_file(struct ctx *c, struct request *request);
enum err request_get(struct ctx *c, int64_t id, struct request *ret_request);
// A request that was reported, and perhaps closed, elsewhere. Its own times; nobody is asked to act on what is closed.
struct imported_request {
    struct str external_key; // unique
    int kind, outcome;
    int64_t item_id, place_id;
    struct str words, reply; // in clear
    int64_t reported_at_ms, closed_at_ms, due_at_ms; // closed 0: open; due 0: reckoned from the item
    double lat, lng;
};
// Is there one with this key?
enum err request_is_imported(struct ctx *c, struct str external_key, bool *ret_there);
// In the open write, with its events. The same external_key again: *ret_new false, and nothing changes.
enum err request_import(struct ctx *c, const struct imported_request *given, bool *ret_new, int64_t *ret_id);
extern const struct module request_module;
