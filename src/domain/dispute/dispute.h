// SPDX-License-Identifier: MulanPSL-2.0
// Mediation of disputes (矛盾纠纷调解). Confidential: the desk that opened a case and its mediators read it, the
// sub-district sees that it is there and how its clock stands, everybody else finds nothing. What leaves the room is
// counts.
#pragma once
#include "base/field.h"
#include "domain/account/account.h"
#include "domain/media/media.h"
#include "domain/request/request.h"
#include "flow/module.h"

// Name in code, in store and JSON, zh, en, flags, who has to act next, what runs meanwhile (dispute_flow.c).
#define DISPUTE_STATES(STATE)                                                                                          \
    STATE(OPENED, "opened", "待受理", "Opened", FLOW_INITIAL, DISPUTE_DESK, "acceptance")                              \
    STATE(ACCEPTED, "accepted", "已受理", "Accepted", 0, DISPUTE_DESK | DISPUTE_MEDIATOR, "mediation")                 \
    STATE(MEDIATING, "mediating", "调解中", "In mediation", 0, DISPUTE_DESK | DISPUTE_MEDIATOR, "mediation")           \
    STATE(AGREED, "agreed", "已达成协议", "Agreed", 0, DISPUTE_DESK | DISPUTE_MEDIATOR, "visit")                       \
    STATE(FOLLOW_UP, "follow_up", "回访中", "Followed up", 0, DISPUTE_DESK | DISPUTE_MEDIATOR, "visit")                \
    STATE(CLOSED, "closed", "已结案", "Closed", FLOW_FINAL, 0, NULL)                                                   \
    STATE(FAILED, "failed", "未达成协议", "No agreement", FLOW_FINAL, 0, NULL)                                         \
    STATE(WITHDRAWN, "withdrawn", "已撤回", "Withdrawn", FLOW_FINAL, 0, NULL)
#define DISPUTE_STATE_NUMBER(code, ...) DISPUTE_##code,
enum dispute_state { DISPUTE_STATES(DISPUTE_STATE_NUMBER) DISPUTE_STATE_COUNT };

// Name in code, in store and JSON, zh, en.
#define DISPUTE_CATEGORIES(CATEGORY)                                                                                   \
    CATEGORY(NEIGHBOURS, "neighbours", "邻里", "Neighbours")                                                           \
    CATEGORY(FAMILY, "family", "婚姻家庭", "Family")                                                                   \
    CATEGORY(NOISE, "noise", "噪声", "Noise")                                                                          \
    CATEGORY(LEAK, "water_leak", "漏水", "Water leak")                                                                 \
    CATEGORY(PETS, "pets", "宠物", "Pets")                                                                             \
    CATEGORY(PROPERTY, "property", "物业", "Property management")                                                      \
    CATEGORY(HOUSING, "housing", "房屋宅基地", "House and land")                                                       \
    CATEGORY(WAGES, "wages", "劳动报酬", "Wages")                                                                      \
    CATEGORY(DAMAGE, "damage", "损害赔偿", "Damages")                                                                  \
    CATEGORY(CONTRACT, "contract", "合同", "Contract")                                                                 \
    CATEGORY(CONSUMER, "consumer", "消费", "Purchases")                                                                \
    CATEGORY(OTHER, "other", "其他", "Other")
#define DISPUTE_CATEGORY_NUMBER(code, ...) DISPUTE_CATEGORY_##code,
enum dispute_category { DISPUTE_CATEGORIES(DISPUTE_CATEGORY_NUMBER) DISPUTE_CATEGORY_COUNT };

enum dispute_result { DISPUTE_RESULT_NONE, DISPUTE_RESULT_AGREED, DISPUTE_RESULT_FAILED, DISPUTE_RESULT_WITHDRAWN };
// Where the parties were told they can go: an agreement to the court to confirm it (司法确认), what failed elsewhere.
enum dispute_referral { REFERRAL_NONE, REFERRAL_JUDICIAL, REFERRAL_COURT, REFERRAL_POLICE, REFERRAL_ARBITRATION };
enum dispute_source { DISPUTE_FROM_REQUEST, DISPUTE_FROM_PAPER, DISPUTE_FROM_PHONE, DISPUTE_FROM_VISIT };
enum dispute_clock { DISPUTE_CLOCK_NONE, DISPUTE_CLOCK_ACCEPTANCE, DISPUTE_CLOCK_MEDIATION, DISPUTE_CLOCK_VISIT };
extern const char *const dispute_state_names[], *const dispute_category_names[],
                                                    *const dispute_result_names[], *const dispute_referral_names[],
                                                                                       *const dispute_source_names[],
                                                                                           *const dispute_clock_names[];

#define DISPUTE_FIELDS(F, S)                                                                                           \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ALL, .doc = "The case; its number")                                  \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_ALL, .doc = "Grows with each change")                      \
    F(S, INT, steady_version, .read = READ_NOBODY, .doc = "Version of the last step that was no mark of a clock")      \
    F(S, ENUM, state, .names = dispute_state_names, .read = READ_ALL, .doc = "Where it stands")                        \
    F(S, BOOL, open, .read = READ_ALL, .doc = "Somebody still has to act")                                             \
    F(S, ENUM, category, .names = dispute_category_names, .read = READ_ALL, .doc = "What it is about")                 \
    F(S, ENUM, source, .names = dispute_source_names, .read = READ_SCOPE, .doc = "How it came")                        \
    F(S, ID, request_id, .read = READ_SCOPE, .doc = "The request it came from; null: none")                            \
    F(S, ID, place_id, .read = READ_STAFF, .doc = "Where it is; a unit or above, never a flat")                        \
    F(S, ID, community_id, .read = READ_SCOPE, .doc = "The community whose desk has it")                               \
    F(S, ID, subdistrict_id, .read = READ_SCOPE, .doc = "The sub-district above")                                      \
    F(S, SEALED, words, .flags = FIELD_MULTILINE, .read = READ_NOBODY, .max = 12000, .doc = "What it is about",        \
      .purpose = "To know what has to be settled")                                                                     \
    F(S, ID, opened_by_id, .read = READ_NOBODY, .doc = "Who opened it")                                                \
    F(S, ID, desk_post_id, .read = READ_NOBODY, .doc = "The post that opened it; null: none")                          \
    F(S, ID, against_id, .read = READ_NOBODY, .doc = "Of the staff, who is complained of: sees nothing of it")         \
    F(S, TIME, opened_at_ms, .read = READ_ALL, .doc = "When it was opened")                                            \
    F(S, TIME, accepted_at_ms, .read = READ_STAFF, .doc = "When all parties had agreed to mediation")                  \
    F(S, ENUM, clock, .names = dispute_clock_names, .read = READ_ALL, .doc = "What runs")                              \
    F(S, TIME, clock_from_ms, .read = READ_ALL, .doc = "Since when it runs")                                           \
    F(S, TIME, due_at_ms, .read = READ_ALL, .doc = "Until when")                                                       \
    F(S, INT, extended, .read = READ_STAFF, .doc = "Days that all parties agreed to add")                              \
    F(S, INT, level, .read = READ_ALL, .doc = "Marks of the clock that were reached")                                  \
    F(S, TIME, next_mark_at_ms, .read = READ_NOBODY, .doc = "When the next is; null: none")                            \
    F(S, ID, escalated_post_id, .read = READ_NOBODY, .doc = "The post above that has to see to it")                    \
    F(S, TEXT, escalated_name, .read = READ_ALL, .doc = "Its name")                                                    \
    F(S, INT, round, .read = READ_STAFF, .doc = "1; one more each time an agreement was broken")                       \
    F(S, ENUM, result, .names = dispute_result_names, .read = READ_STAFF, .doc = "How it ended")                       \
    F(S, ENUM, referral, .names = dispute_referral_names, .read = READ_STAFF, .doc = "Where the parties can go")       \
    F(S, TIME, ended_at_ms, .read = READ_STAFF, .doc = "When mediation ended")                                         \
    F(S, TIME, closed_at_ms, .read = READ_STAFF, .doc = "When nothing was left to do")
struct dispute {
    DISPUTE_FIELDS(FIELD_MEMBER, dispute)
};
extern const struct record dispute_record;
extern const struct flow dispute_flow;

#define DISPUTE_ACCEPT_DAYS 7
// 人民调解: ordinarily within a month (司法部《人民调解工作若干规定》第33条); more only with the parties' consent.
#define DISPUTE_LIMIT_DAYS 30
#define DISPUTE_EXTEND_MAX_DAYS 30
#define DISPUTE_VISIT_DAYS 7 // to record a follow-up visit
#define DISPUTE_PARTIES_MAX 12
#define DISPUTE_MEDIATORS_MAX 3 // who are asked or have accepted, at a time

// Opens a case as the actor's community desk: category, place (or request), source and, in clear, words. From a request
// (kind dispute, seen by the actor): its place, words, and who asked as the first party; it is signed for when it waits
// for the actor. In the open write. ERR_FORBIDDEN dispute.not_your_area; ERR_CONFLICT dispute.request_has_case.
enum err dispute_open(struct ctx *c, struct dispute *dispute);
enum err dispute_get(struct ctx *c, int64_t id, struct dispute *ret_dispute); // ERR_NOT_FOUND dispute.unknown
// One step of the flow by c->actor, in the open write. ERR_NOT_FOUND for who has nothing to do with it.
enum err dispute_act(struct ctx *c, int64_t id, struct str action, const struct json *input, int64_t if_version,
                     struct dispute *ret_dispute);

// --- for who lets cases live (the demo) -----------------------------------------------------------------------------
// What a case waits for, as numbers alone.
struct dispute_outline {
    int64_t parties[DISPUTE_PARTIES_MAX];
    size_t party_count, consents, signatures;
    int64_t proposed_id, mediator_id;  // who is asked, who has accepted; 0: nobody
    int64_t session_id, session_at_ms; // planned and not held yet; 0: none
    size_t sessions_held;
    bool written;                   // there is a text in this round
    int64_t visit_id, visit_due_ms; // the next that is to be made; 0: none
};
enum err dispute_outline_read(struct ctx *c, int64_t id, struct dispute *ret_dispute, struct dispute_outline *ret);
// What the clock does to one case before until_ms, each mark at its own minute as the job would have fired it. In the
// open write; c->now_ms goes on to the last of them.
enum err dispute_time_passes(struct ctx *c, int64_t id, int64_t until_ms, struct dispute *ret_dispute);
enum err dispute_due_next(struct ctx *c, int64_t *ret_at_ms); // the next mark of all cases; 0: none

// --- figures --------------------------------------------------------------------------------------------------------
// What happened from (included) to to (excluded) in the subtree of a place (0, or the district: all; else a
// sub-district or a community): how often a case was opened, mediation ended one way or another, an agreement was
// broken. From the event log alone: the events dispute.opened, .agreed, .failed, .withdrawn, .broken, each with
// category, community_id and subdistrict_id as of then. Not suppressed: for desks. What everybody may see is GET
// /api/v1/disputes/counts.
struct dispute_figures {
    int64_t opened, agreed, failed, withdrawn, broken;
    int64_t success_per_myriad; // agreed of agreed + failed; -1: none ended so
};
enum err dispute_counts(struct ctx *c, int64_t from_ms, int64_t to_ms, int64_t place_id,
                        struct dispute_figures *ret_figures);
extern const struct module dispute_module;
