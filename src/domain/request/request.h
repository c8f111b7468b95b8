// SPDX-License-Identifier: MulanPSL-2.0
// The main job: what a resident asks, who does it, until when, and whether it was done.
#pragma once
#include "base/field.h"
#include "domain/account/account.h"
#include "domain/catalog/catalog.h"
#include "domain/media/media.h"
#include "flow/module.h"

// The states, in this one place: name in code, name in store and JSON, zh, en, flags, who has to act next, what runs
// meanwhile. Adding a state is a line here, and the rules that lead to it and on (request_flow.c).
#define REQUEST_STATES(STATE)                                                                                          \
    STATE(REPORTED, "reported", "待受理", "Reported", FLOW_INITIAL, RELATION_DISPATCHER | RELATION_SYSTEM, "dispatch") \
    STATE(FILED, "filed", "已立案", "Filed", 0, RELATION_DISPATCHER | RELATION_SYSTEM, "dispatch")                     \
    STATE(DISPATCHED, "dispatched", "待签收", "Sent out", 0, RELATION_HANDLER, "response")                             \
    STATE(IN_PROGRESS, "in_progress", "处置中", "In progress", 0, RELATION_HANDLER, "completion")                      \
    STATE(HANDLED, "handled", "待核查", "To be checked", 0, RELATION_VERIFIER | RELATION_SYSTEM, "verification")       \
    STATE(CALLBACK, "callback", "待回访", "Was it done?", 0, RELATION_REPORTER | RELATION_CALLER, "callback")          \
    STATE(CLOSED, "closed", "已结案", "Closed", FLOW_FINAL, 0, NULL)                                                   \
    STATE(EVALUATED, "evaluated", "已评价", "Rated", FLOW_FINAL, 0, NULL)                                              \
    STATE(REJECTED, "rejected", "不予受理", "Not taken", FLOW_FINAL, 0, NULL)
#define REQUEST_STATE_NUMBER(code, ...) REQUEST_##code,
enum request_state { REQUEST_STATES(REQUEST_STATE_NUMBER) REQUEST_STATE_COUNT };
enum request_source { SOURCE_APP, SOURCE_PHONE, SOURCE_IMPORT, SOURCE_OPEN311 };
enum request_outcome {
    OUTCOME_NONE,
    OUTCOME_SOLVED,
    OUTCOME_EXPLAINED,
    OUTCOME_NOT_OUR_DUTY,
    OUTCOME_DUPLICATE,
    OUTCOME_WITHDRAWN,
    OUTCOME_REFUSED
};
extern const char *const request_state_names[];
extern const char *const request_source_names[];
extern const char *const request_outcome_names[];

struct request {
    int64_t id, version;
    int state; // enum request_state
    bool open; // somebody still has to act: any state before closed or rejected
    int kind;
    int64_t item_id;
    struct str item_code, item_zh, item_en; // as they were called when it was filed
    int64_t place_id, building_id, estate_id, grid_id, community_id, subdistrict_id;
    struct str area;                        // name of the estate or grid, for the wall
    struct str place_name;                  // in full, for staff
    struct str words;                       // sealed: what is asked
    struct str door_number;                 // sealed, personal
    int64_t reporter_id;                    // 0: imported or phoned in
    struct str contact_name, contact_phone; // sealed, personal
    int source;                             // app, phone, import, open311
    struct str external_key;                // import: unique
    bool is_private;                        // never on the wall
    double lat, lng;                        // 0, 0: unknown
    int64_t reported_at_ms, due_at_ms;
    bool due_provisional;
    int unit;       // enum calendar_unit, of the item
    int64_t budget; // units from report to finish
    struct str calendar_version;
    bool staff_verifies;
    int64_t owner_post_id, owner_org_id; // who has to act
    struct str owner_name;               // of the post
    int64_t handler_id, signed_at_ms, handled_at_ms, verifier_id, closed_at_ms;
    int64_t state_at_ms; // since when it is in this state
    int outcome;         // none, solved, explained, not_our_duty, duplicate, withdrawn, refused
    bool unconfirmed;    // closed by the clock: nobody said whether it was done
    bool unsatisfied;    // the resident said no, or rated it 1 or 2, and nobody has answered that yet
    int64_t rating;      // 0: none; 1 to 5
    int64_t reopened;    // how often
    int64_t returned;    // how often the office that was asked sent it back
    int64_t urged_at_ms;
    int64_t photo_count;
    struct str reply; // sealed: the office's last answer
};
extern const struct record request_record;
extern const struct flow request_flow;

#define REQUEST_MEDIA_MAX 6
#define REQUEST_REOPEN_MS (7 * DAY_MS)
#define REQUEST_CALLBACK_MS (7 * DAY_MS)
#define REQUEST_URGE_MS HOUR_MS

// Files what is given: item, place, reporter, source and, in clear, words, door number, contact (they are sealed here).
// Fills ids, clock, owner; dispatched at once to who is responsible as of now, by the system, with its reasons in the
// event. In the open write; every time is c->now_ms unless reported_at_ms is given.
enum err request_file(struct ctx *c, struct request *request);
// The same with pictures and voice notes that the actor has sent before.
enum err request_file_with(struct ctx *c, struct request *request, const int64_t *media, size_t media_count);
enum err request_get(struct ctx *c, int64_t id, struct request *ret_request); // ERR_NOT_FOUND request.unknown

// What an action takes beside its name; each action reads its own.
struct request_input {
    struct str note;          // in clear
    struct str media;         // ids in text, joined by commas
    struct str without_photo; // finish: why there is no picture
    int64_t post_id;
    int64_t rating;
};
// One step of the flow by c->actor, in the open write: what the buttons do. input is what was sent as JSON; NULL:
// nothing. *ret_request (may be NULL) is the request afterwards. ERR_NOT_FOUND for who may not see it.
enum err request_act(struct ctx *c, int64_t id, struct str action, const struct json *input, int64_t if_version,
                     struct request *ret_request);
// The same for programs (demo, import): takes the input as a struct.
enum err request_act_with(struct ctx *c, int64_t id, const char *action, const struct request_input *input,
                          struct request *ret_request);

// A request that was reported, and perhaps closed, elsewhere. Its own times; nobody is asked to act on what is closed.
struct imported_request {
    struct str external_key; // unique
    int kind, outcome;
    int64_t item_id, place_id;
    struct str words, reply;                         // in clear
    int64_t reported_at_ms, closed_at_ms, due_at_ms; // closed 0: open; due 0: reckoned from the item
    double lat, lng;
};
// In the open write, with its events. The same external_key again: *ret_new false, and nothing changes.
enum err request_import(struct ctx *c, const struct imported_request *given, bool *ret_new, int64_t *ret_id);
extern const struct module request_module;
