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
    STATE(AWAITING_REPORTER, "awaiting_reporter", "待补充", "Waits for your word", FLOW_PAUSED,                        \
          RELATION_REPORTER | RELATION_CALLER, "pause")                                                                \
    STATE(SUSPENDED, "suspended", "挂账中", "On hold", FLOW_PAUSED, RELATION_HANDLER | RELATION_SYSTEM, "pause")       \
    STATE(HANDLED, "handled", "待核查", "To be checked", 0, RELATION_VERIFIER | RELATION_SYSTEM, "verification")       \
    STATE(CALLBACK, "callback", "待回访", "To be confirmed", 0, RELATION_REPORTER | RELATION_CALLER, "callback")       \
    STATE(MERGED, "merged", "已并案", "Joined to another", 0, RELATION_DISPATCHER | RELATION_SYSTEM, "completion")     \
    STATE(CLOSED, "closed", "已结案", "Closed", FLOW_FINAL, 0, NULL)                                                   \
    STATE(EVALUATED, "evaluated", "已评价", "Rated", FLOW_FINAL, 0, NULL)                                              \
    STATE(REJECTED, "rejected", "不予受理", "Not taken", FLOW_FINAL, 0, NULL)                                          \
    STATE(IN_REVIEW, "in_review", "待审核", "To be approved", 0, RELATION_APPROVER | RELATION_SYSTEM, "dispatch")      \
    STATE(UNCLAIMED, "unclaimed", "待认领", "Who takes it?", 0, RELATION_WILLING | RELATION_TEAM | RELATION_SYSTEM,    \
          "offer")                                                                                                     \
    STATE(CLAIMED, "claimed", "已认领", "Taken on", 0, RELATION_CLAIMANT | RELATION_SYSTEM, "delivery")                \
    STATE(FULFILLED, "fulfilled", "已圆梦", "Come true", 0, RELATION_REPORTER | RELATION_CALLER, "callback")           \
    STATE(CONFIRMED, "confirmed", "已确认", "Confirmed", FLOW_FINAL, 0, NULL)
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
enum request_ask { ASK_NONE, ASK_SUSPEND, ASK_EXTEND }; // what a handler has asked for and nobody has decided yet
extern const char *const request_ask_names[];
// Exclusion 剔除 from the published rates: asked for with a reason, decided by somebody else; raw rates count it all
// the same. The reasons are a closed list, of what no office can answer for.
enum request_exclusion { EXCLUSION_NONE, EXCLUSION_ASKED, EXCLUSION_EXCLUDED };
extern const char *const request_exclusion_names[];
enum request_exclusion_reason {
    EXCLUSION_REASON_NONE,
    EXCLUSION_FALSE_REPORT, // what was said did not happen
    EXCLUSION_NOT_LAWFUL,   // what is asked for is against the law
    EXCLUSION_NOT_HERE,     // another district's, or not a district's business
    EXCLUSION_BEYOND_US,    // weather, works of the state, a court: nobody here could
    EXCLUSION_UNREACHABLE,  // the reporter cannot be found, and nothing can be done without
    EXCLUSION_REPEATED,     // the same again, after it was answered
};
extern const char *const request_exclusion_reason_names[];

#define REQUEST_FIELDS(F, S)                                                                                           \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ALL, .doc = "The request")                                           \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_INVOLVED, .doc = "Grows with each change")                 \
    F(S, INT, steady_version, .read = READ_NOBODY, .doc = "Version of the last step that was no mark of a clock")      \
    F(S, ENUM, state, .names = request_state_names, .read = READ_ALL, .doc = "Where it stands")                        \
    F(S, BOOL, open, .read = READ_ALL, .doc = "Somebody still has to act")                                             \
    F(S, ENUM, kind, .names = request_kind_names, .read = READ_ALL, .doc = "Wish, repair, errand, dispute or finding") \
    F(S, ID, item_id, .read = READ_ALL, .doc = "Service item")                                                         \
    F(S, TEXT, item_code, .read = READ_ALL, .doc = "Its code when this was filed")                                     \
    F(S, TEXT, item_zh, .read = READ_ALL, .doc = "Its Chinese name when this was filed")                               \
    F(S, TEXT, item_en, .read = READ_ALL, .doc = "Its English name when this was filed")                               \
    F(S, ID, place_id, .read = READ_INVOLVED, .doc = "Where it is")                                                    \
    F(S, ID, building_id, .read = READ_INVOLVED, .doc = "Building, if any")                                            \
    F(S, ID, estate_id, .read = READ_INVOLVED, .doc = "Estate, if any")                                                \
    F(S, ID, grid_id, .read = READ_INVOLVED, .doc = "Grid, if any")                                                    \
    F(S, ID, community_id, .read = READ_INVOLVED, .doc = "Community, if any")                                          \
    F(S, ID, subdistrict_id, .read = READ_INVOLVED, .doc = "Sub-district, if any")                                     \
    F(S, TEXT, area, .read = READ_ALL, .doc = "Estate or grid, by name")                                               \
    F(S, TEXT, place_name, .read = READ_INVOLVED, .max = 400, .doc = "Place in full")                                  \
    F(S, SEALED, words, .flags = FIELD_MULTILINE, .read = READ_INVOLVED, .max = 12000, .doc = "What is asked",         \
      .purpose = "To know what has to be done")                                                                        \
    F(S, SEALED, door_number, .flags = FIELD_PERSONAL, .read = READ_INVOLVED, .max = 40, .doc = "Unit and door",       \
      .purpose = "To find the flat where the work is")                                                                 \
    F(S, ID, reporter_id, .read = READ_NOBODY, .doc = "Who asks; null: imported or phoned in")                         \
    F(S, SEALED, contact_name, .flags = FIELD_PERSONAL, .read = READ_INVOLVED, .max = 40, .doc = "Whom to ask for",    \
      .purpose = "To speak to the person when the work is done")                                                       \
    F(S, SEALED, contact_phone, .flags = FIELD_PERSONAL, .read = READ_INVOLVED, .max = 20, .doc = "Number to ring",    \
      .purpose = "To agree on a time and to ask whether it was done")                                                  \
    F(S, ENUM, source, .names = request_source_names, .read = READ_INVOLVED, .doc = "How it came")                     \
    F(S, TEXT, external_key, .read = READ_SCOPE, .max = 100, .doc = "Its name where it came from")                     \
    F(S, BOOL, is_private, .read = READ_INVOLVED, .doc = "Never on the wall")                                          \
    F(S, REAL, lat, .read = READ_INVOLVED, .doc = "Latitude; 0: unknown")                                              \
    F(S, REAL, lng, .read = READ_INVOLVED, .doc = "Longitude; 0: unknown")                                             \
    F(S, TIME, reported_at_ms, .read = READ_ALL, .doc = "When it was reported")                                        \
    F(S, TIME, due_at_ms, .read = READ_ALL, .doc = "Until when it should be done")                                     \
    F(S, BOOL, due_provisional, .read = READ_ALL, .doc = "Reckoned with a year whose holidays are not known")          \
    F(S, ENUM, unit, .names = calendar_unit_names, .read = READ_INVOLVED, .doc = "Time in which the limit counts")     \
    F(S, INT, budget, .read = READ_INVOLVED, .doc = "Units of it, from report to finish")                              \
    F(S, INT, item_version, .read = READ_ALL, .doc = "Version of the service item that it was filed under")            \
    F(S, INT, dispatch_budget, .read = READ_INVOLVED, .doc = "C1: units from report until it is sent out")             \
    F(S, INT, response_budget, .read = READ_INVOLVED, .doc = "C2: units from report until signed and spoken to")       \
    F(S, INT, verification_budget, .read = READ_INVOLVED, .doc = "C4: units from finish until it was checked")         \
    F(S, TEXT, calendar_version, .read = READ_INVOLVED, .doc = "Calendar that the limit was reckoned with")            \
    F(S, BOOL, staff_verifies, .read = READ_INVOLVED, .doc = "Somebody else checks before the resident is asked")      \
    F(S, ID, owner_post_id, .read = READ_INVOLVED, .doc = "Post that has to act")                                      \
    F(S, ID, owner_org_id, .read = READ_INVOLVED, .doc = "Unit that has to act")                                       \
    F(S, TEXT, owner_name, .read = READ_INVOLVED, .doc = "Name of the post")                                           \
    F(S, ID, handler_id, .read = READ_NOBODY, .doc = "Who signed for it")                                              \
    F(S, TIME, signed_at_ms, .read = READ_INVOLVED, .doc = "When it was signed for")                                   \
    F(S, TIME, handled_at_ms, .read = READ_INVOLVED, .doc = "When the work was finished")                              \
    F(S, ID, verifier_id, .read = READ_NOBODY, .doc = "Who checked the work")                                          \
    F(S, TIME, closed_at_ms, .read = READ_ALL, .doc = "When it was closed")                                            \
    F(S, TIME, state_at_ms, .read = READ_INVOLVED, .doc = "Since when it is in this state")                            \
    F(S, TIME, dispatched_at_ms, .read = READ_INVOLVED, .doc = "When it was first sent out: the end of clock C1")      \
    F(S, TIME, responded_at_ms, .read = READ_INVOLVED,                                                                 \
      .doc = "When it was first signed for and the reporter spoken to: the end of C2, whoever has it afterwards")      \
    F(S, TIME, contacted_at_ms, .read = READ_INVOLVED, .doc = "When the handler spoke to the reporter: C2")            \
    F(S, TIME, verified_at_ms, .read = READ_INVOLVED, .doc = "When the work was checked: C4")                          \
    F(S, INT, extended, .read = READ_INVOLVED, .doc = "Units that were added to the budget, with approval")            \
    F(S, TIME, paused_at_ms, .read = READ_INVOLVED, .doc = "Since when its clock stands still; null: it runs")         \
    F(S, TIME, resume_at_ms, .read = READ_INVOLVED, .doc = "On hold until then at the latest")                         \
    F(S, ENUM, asked, .names = request_ask_names, .read = READ_INVOLVED,                                               \
      .doc = "What the handler asks an approver for")                                                                  \
    F(S, ID, asked_by_id, .read = READ_NOBODY, .doc = "Who asks")                                                      \
    F(S, TIME, asked_until_ms, .read = READ_INVOLVED, .doc = "On hold until when it is asked")                         \
    F(S, INT, asked_units, .read = READ_INVOLVED, .doc = "How many more units are asked for")                          \
    F(S, INT, late, .read = READ_INVOLVED,                                                                             \
      .doc = "Clocks that ran out beside the limit: 1 dispatch, 2 response, 4 check")                                  \
    F(S, INT, level, .read = READ_INVOLVED, .doc = "Levels of escalation that were reached")                           \
    F(S, TIME, next_level_at_ms, .read = READ_NOBODY, .doc = "When the next is; null: none")                           \
    F(S, ID, escalated_post_id, .read = READ_INVOLVED,                                                                 \
      .doc = "The post above that has to see to it; it stays the owner's")                                             \
    F(S, TEXT, escalated_name, .read = READ_INVOLVED, .doc = "Its name")                                               \
    F(S, BOOL, supervised, .read = READ_INVOLVED, .doc = "Under supervision from above")                               \
    F(S, ID, master_id, .read = READ_SCOPE, .doc = "The request it was joined to")                                     \
    F(S, BOOL, contested, .read = READ_INVOLVED,                                                                       \
      .doc = "The unit says again that it is not its work: to be decided above")                                       \
    F(S, BOOL, arbitrated, .read = READ_INVOLVED, .doc = "It was decided whose work it is")                            \
    F(S, BOOL, appealed, .read = READ_INVOLVED, .doc = "The reporter has appealed against a refusal, once")            \
    F(S, ENUM, outcome, .names = request_outcome_names, .read = READ_ALL, .doc = "How it ended")                       \
    F(S, BOOL, unconfirmed, .read = READ_ALL, .doc = "Closed by the clock: nobody said whether it was done")           \
    F(S, BOOL, unsatisfied, .read = READ_INVOLVED, .doc = "The resident is not content, and has no answer yet")        \
    F(S, INT, rating, .read = READ_ALL, .max = 5, .doc = "1 to 5; 0: none")                                            \
    F(S, INT, reopened, .read = READ_INVOLVED, .doc = "How often it was opened again")                                 \
    F(S, INT, returned, .read = READ_INVOLVED, .doc = "How often it was sent back")                                    \
    F(S, TIME, urged_at_ms, .read = READ_INVOLVED, .doc = "When it was last urged")                                    \
    F(S, INT, photo_count, .read = READ_INVOLVED, .doc = "Pictures that belong to it")                                 \
    F(S, ENUM, exclusion, .names = request_exclusion_names, .read = READ_INVOLVED,                                     \
      .doc = "Whether the published rates leave it out")                                                               \
    F(S, ENUM, exclusion_reason, .names = request_exclusion_reason_names, .read = READ_INVOLVED, .doc = "Why")         \
    F(S, ID, exclusion_by_id, .read = READ_NOBODY, .doc = "Who asked for it")                                          \
    F(S, TIME, excluded_at_ms, .read = READ_INVOLVED, .doc = "Left out since; null: counted")                          \
    F(S, ID, excluder_id, .read = READ_NOBODY, .doc = "Who approved it")                                               \
    F(S, INT, tasks, .read = READ_INVOLVED, .doc = "How many posts were ever summoned to it by a whistle")             \
    F(S, INT, open_tasks, .read = READ_INVOLVED, .doc = "Of these, at it still: it cannot be closed before")           \
    F(S, SEALED, reply, .flags = FIELD_MULTILINE, .read = READ_INVOLVED, .max = 10000,                                 \
      .doc = "The office's last answer", .purpose = "To tell the resident what was done")                              \
    F(S, TEXT, public_words, .read = READ_ALL, .max = 140, .doc = "A wish as everybody may read it")                   \
    F(S, TEXT, public_area, .read = READ_ALL, .doc = "Where it is, as everybody may read it")                          \
    F(S, BOOL, share_contact, .read = READ_INVOLVED,                                                                   \
      .doc = "Whoever takes the wish on may read whom to ask for, number and door: agreed to when it was filed")       \
    F(S, TIME, offered_at_ms, .read = READ_ALL, .doc = "Since when it waits for somebody to take it on")               \
    F(S, TIME, offer_until_ms, .read = READ_INVOLVED,                                                                  \
      .doc = "When the offer, the claim or the wait for the wisher runs out; null: none of them")                      \
    F(S, INT, offer_left_ms, .read = READ_NOBODY, .doc = "Of the offer, when it was claimed")                          \
    F(S, ID, claimant_id, .read = READ_NOBODY, .doc = "Who took the wish on")                                          \
    F(S, TIME, claimed_at_ms, .read = READ_INVOLVED, .doc = "When it was taken on")                                    \
    F(S, TIME, clock_from_ms, .read = READ_INVOLVED,                                                                   \
      .doc = "From when its clocks run: when the wish became a case; null: from the report")                           \
    F(S, TIME, team_due_ms, .read = READ_INVOLVED,                                                                     \
      .doc = "Until when the team that took the errand should have done it: reckoned from its claim")                  \
    F(S, SEALED, thanks, .read = READ_INVOLVED, .max = 600, .doc = "A word of thanks",                                 \
      .purpose = "To thank who did it")                                                                                \
    F(S, TIME, thanked_at_ms, .read = READ_INVOLVED, .doc = "When the reporter thanked")
struct request {
    REQUEST_FIELDS(FIELD_MEMBER, request)
};
extern const struct record request_record;
extern const struct flow request_flow;

#define REQUEST_MEDIA_MAX 6
#define REQUEST_REOPEN_MS (7 * DAY_MS)
#define REQUEST_CALLBACK_MS (7 * DAY_MS)
#define REQUEST_APPEAL_MS (7 * DAY_MS)  // against a refusal
#define REQUEST_ANSWER_MS (15 * DAY_MS) // the clock waits no longer for a reporter's word
#define REQUEST_URGE_MS HOUR_MS
// A wish waits for somebody this long, and whoever takes it on has as long to bring it: the longest feedback limit of
// Beijing's 12345 hotline (15 days, in force 2023-01-01), in calendar days.
#define REQUEST_OFFER_MS (15 * DAY_MS)
#define REQUEST_DELIVER_MS (15 * DAY_MS)
#define REQUEST_REVIEW_MS (7 * DAY_MS)    // nobody has approved it by then: a case, so that it is not forgotten
#define REQUEST_CLAIMS_MAX 5              // wishes that one person has taken on and not brought yet
#define REQUEST_HOLD_MAX_MS (90 * DAY_MS) // a request is on hold no longer at a time

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
    int64_t until_ms;      // ask_suspend: until when
    int64_t units;         // ask_extend: how many more
    int64_t master_id;     // merge: into which
    int64_t item_id;       // reclassify: which item it is
    int reason;            // ask_exclude: enum request_exclusion_reason
    int ground;            // whistle: enum task_ground
    struct str summoned;   // whistle: an array of {post_id, wanted, unit, budget, check_in}
    struct str text;       // approve: the wish as everybody may read it
    bool no_personal_data; // approve: whoever approves has looked for it
};
// One step of the flow by c->actor, in the open write: what the buttons do. input is what was sent as JSON; NULL:
// nothing. *ret_request (may be NULL) is the request afterwards. ERR_NOT_FOUND for who may not see it.
enum err request_act(struct ctx *c, int64_t id, struct str action, const struct json *input, int64_t if_version,
                     struct request *ret_request);
// The same for programs (demo, import): takes the input as a struct.
enum err request_act_with(struct ctx *c, int64_t id, const char *action, const struct request_input *input,
                          struct request *ret_request);

// Tasks that other units were summoned to and are not over, for programs; and one step of a task by c->actor, as its
// button: check_in, clear (without_photo: why there is none), recall.
struct request_open_task {
    int64_t id, post_id;
    bool checked_in;
};
enum err request_tasks_open(struct ctx *c, int64_t request_id, struct request_open_task *ret_tasks, size_t max,
                            size_t *ret_count);
enum err request_task_step(struct ctx *c, int64_t task_id, const char *action, struct str note,
                           struct str without_photo);

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

// When each of the module's jobs has something to do next, as far as that is known beforehand: for who turns the clock
// from event to event. In order of request_module.jobs; 0: nothing waits for it.
#define REQUEST_JOBS 8
#define REQUEST_JOBS_OF_POSTS 2 // the last ones: they look for posts that were left or taken
struct request_dues {
    int64_t at_ms[REQUEST_JOBS];
};
enum err request_dues_next(struct ctx *c, struct request_dues *ret_dues);
// What time does to one request before until_ms, each at its own minute as the jobs would have done it: for what is
// told afterwards (the demo's past). As the system, in the open write; c->now_ms moves to the last of it.
enum err request_time_passes(struct ctx *c, int64_t id, int64_t until_ms, struct request *ret_request);
extern const struct module request_module;
