// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module only.
#pragma once
#include "domain/notice/notice.h"
#include "domain/round/round.h"
#include "flow/event_data.h"
#include "json/record_json.h"

// --- a round and what is on it ---------------------------------------------------------------------------------------
#define ROUND_STATES(STATE)                                                                                            \
    STATE(PLANNED, "planned", "待巡", "Planned", FLOW_INITIAL, ROUND_WALKER | ROUND_SYSTEM, "window")                  \
    STATE(WALKING, "walking", "巡查中", "Under way", 0, ROUND_WALKER | ROUND_SYSTEM, "window")                         \
    STATE(DONE, "done", "已完成", "Done", FLOW_FINAL, 0, NULL)                                                         \
    STATE(INCOMPLETE, "incomplete", "未巡完", "Incomplete", FLOW_FINAL, 0, NULL)                                       \
    STATE(MISSED, "missed", "未巡", "Missed", FLOW_FINAL, 0, NULL)
#define ROUND_STATE_NUMBER(code, ...) ROUND_##code,
enum round_state { ROUND_STATES(ROUND_STATE_NUMBER) ROUND_STATE_COUNT };
enum round_relation {
    ROUND_WALKER = 1, // holds the post that walks it
    ROUND_SYSTEM = 2,
    ROUND_WATCHER = 4, // grid worker or desk over the place: reads, without who is visited
    ROUND_DESK = 8,    // the community's desk over the place: may know who is visited
};
enum round_kind { ROUND_CHECKPOINT, ROUND_VISIT, ROUND_MEAL };
enum round_result {
    RESULT_NONE,
    RESULT_SEEN,
    RESULT_WELL,
    RESULT_NEEDS_HELP,
    RESULT_NOT_HOME,
    RESULT_REFUSED,
    RESULT_DELIVERED,
    RESULT_NOT_DELIVERED
};

#define ROUND_FIELDS(F, S)                                                                                             \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_STAFF)                                                               \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_STAFF)                                                     \
    F(S, ENUM, state, .read = READ_STAFF, .names = round_state_names)                                                  \
    F(S, ID, plan_id, .read = READ_STAFF)                                                                              \
    F(S, INT, plan_version, .read = READ_STAFF, .doc = "The plan as it was when this round was made from it")          \
    F(S, ID, place_id, .read = READ_STAFF)                                                                             \
    F(S, TEXT, path, .read = READ_NOBODY, .doc = "Of the place, when it was planned")                                  \
    F(S, TEXT, place_name, .read = READ_STAFF, .max = 400, .doc = "Place in full")                                     \
    F(S, ID, grid_id, .read = READ_STAFF, .doc = "Grid, if any")                                                       \
    F(S, INT, day, .read = READ_NOBODY, .doc = "Local day number")                                                     \
    F(S, TIME_MS, opens_at, .read = READ_STAFF, .doc = "When its window begins")                                       \
    F(S, TIME_MS, closes_at, .read = READ_STAFF, .doc = "When its window ends")                                        \
    F(S, ENUM, role, .read = READ_STAFF, .names = role_names, .doc = "Whose round it is by the plan")                  \
    F(S, ID, post_id, .read = READ_STAFF, .doc = "Post that walks; null: nobody is there")                             \
    F(S, TEXT, post_name, .read = READ_STAFF)                                                                          \
    F(S, ID, vacant_post_id, .read = READ_STAFF, .doc = "The post that should walk and that nobody holds")             \
    F(S, INT, level, .read = READ_STAFF, .doc = "1 reminded, 2 told to the grid, 3 told to the community")             \
    F(S, TIME_MS, next_mark_at, .read = READ_NOBODY)                                                                   \
    F(S, ID, escalated_post_id, .read = READ_STAFF)                                                                    \
    F(S, TEXT, escalated_name, .read = READ_STAFF, .doc = "Who was told last that it is not done")                     \
    F(S, TIME_MS, begun_at, .read = READ_STAFF, .doc = "First tick, by the phone's clock")                             \
    F(S, TIME_MS, ended_at, .read = READ_STAFF, .doc = "Last tick, or the end of its window")                          \
    F(S, INT, items, .read = READ_STAFF, .doc = "Checkpoints, visits and meals on it")                                 \
    F(S, INT, items_done, .read = READ_STAFF)                                                                          \
    F(S, INT, findings, .read = READ_STAFF)                                                                            \
    F(S, BOOL, recorded_late, .read = READ_STAFF,                                                                      \
      .doc = "Something was told after its window, by a phone without network")                                        \
    F(S, BOOL, in_time, .read = READ_STAFF, .doc = "Done, every item within the window")                               \
    F(S, TEXT, state_zh, .flags = FIELD_COMPUTED, .read = READ_STAFF)                                                  \
    F(S, TEXT, state_en, .flags = FIELD_COMPUTED, .read = READ_STAFF)                                                  \
    F(S, TEXT, date, .flags = FIELD_COMPUTED, .read = READ_STAFF, .doc = "Its local day, 2026-11-24")                  \
    F(S, JSON, place, .flags = FIELD_COMPUTED, .read = READ_STAFF, .of = &place_ref_record)                            \
    F(S, BOOL, mine, .flags = FIELD_COMPUTED, .read = READ_STAFF, .doc = "I walk it")                                  \
    F(S, JSON, list, .flags = FIELD_COMPUTED | FIELD_MANY, .read = READ_STAFF, .of = &round_item_record,               \
      .doc = "In the order it is walked; only of one round, not in lists")
extern const struct record round_item_record;
struct round {
    ROUND_FIELDS(FIELD_MEMBER, round)
};
extern const struct record round_record;

#define ROUND_ITEM_FIELDS(F, S)                                                                                        \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_STAFF)                                                               \
    F(S, ID, round_id, .read = READ_STAFF)                                                                             \
    F(S, ENUM, kind, .read = READ_STAFF, .names = round_kind_names)                                                    \
    F(S, ID, checkpoint_id, .read = READ_STAFF)                                                                        \
    F(S, ID, care_id, .read = READ_HANDLER, .doc = "Who is visited: only for who visits and the community")            \
    F(S, ID, place_id, .read = READ_HANDLER)                                                                           \
    F(S, TEXT, name, .read = READ_STAFF, .doc = "Of the checkpoint")                                                   \
    F(S, TEXT, asks, .read = READ_STAFF, .doc = "What is looked at there")                                             \
    F(S, BOOL, coded, .read = READ_STAFF, .doc = "A poster with a code hangs there")                                   \
    F(S, TEXT, what, .read = READ_HANDLER, .doc = "The meal")                                                          \
    F(S, INT, sort, .read = READ_NOBODY)                                                                               \
    F(S, ENUM, result, .read = READ_HANDLER, .names = round_result_names)                                              \
    F(S, TEXT, bad, .read = READ_STAFF, .doc = "What was not in order there")                                          \
    F(S, BOOL, scanned, .read = READ_STAFF, .doc = "Its code was scanned, not tapped")                                 \
    F(S, TIME_MS, ticked_at, .read = READ_STAFF, .doc = "When, by the phone's clock as far as it can be true")         \
    F(S, TIME_MS, sent_at, .read = READ_NOBODY, .doc = "As the phone said")                                            \
    F(S, TIME_MS, recorded_at, .read = READ_STAFF, .doc = "When the server heard of it")                               \
    F(S, BOOL, late, .read = READ_STAFF, .doc = "Recorded late")                                                       \
    F(S, ID, person_id, .read = READ_NOBODY)                                                                           \
    F(S, SEALED, words, .flags = FIELD_MULTILINE, .read = READ_NOBODY, .max = 4000,                                    \
      .purpose = "what the visitor saw or why a meal came back; gone with the consent")                                \
    F(S, ID, request_id, .read = READ_HANDLER, .doc = "Raised because of it")                                          \
    F(S, INT, noted, .read = READ_STAFF, .doc = "How often somebody else said something of it afterwards")             \
    F(S, TEXT, code_mark, .flags = FIELD_COMPUTED, .read = READ_HANDLER,                                               \
      .doc = "FNV-1a (32 bits, hex) of the poster's code: a phone without network finds the item a scan is of")        \
    F(S, TEXT, care_name, .flags = FIELD_COMPUTED, .read = READ_HANDLER, .doc = "Masked; POST …/open tells it")        \
    F(S, BOOL, ticked, .flags = FIELD_COMPUTED, .read = READ_STAFF)
struct round_item {
    ROUND_ITEM_FIELDS(FIELD_MEMBER, round_item)
};

// What one phone says of one item. The row first, so that a pointer to it is a pointer to this.
struct round_tick {
    int64_t item;
    int result;
    struct str bad, code, words; // words in clear
    int64_t at_ms;
};
struct round_case {
    struct round r;
    struct round_item item; // tick, note, drop, add
    const struct round_tick *tick;
    int64_t request_id;      // find
    struct post_holder told; // remind, escalate, close, reroute
};

// round.c
enum err round_get(struct ctx *c, int64_t id, struct round *ret_round); // ERR_NOT_FOUND round.unknown
// ERR_NOT_FOUND for who has nothing to do with it.
enum err round_see(struct ctx *c, int64_t id, struct round *ret_round, unsigned *ret_relations);
enum err round_relate(struct ctx *c, const void *row, unsigned *ret_relations);
enum err round_save(struct ctx *c, void *row, int64_t old_version);
enum err round_items_of(struct ctx *c, int64_t round_id, struct rows *ret_rows);
enum err round_item_get(struct ctx *c, int64_t round_id, int64_t id, struct round_item *ret_item);
enum err round_act(struct ctx *c, struct round_case *rc, const char *action);
// The same as the system.
enum err round_act_system(struct ctx *c, struct round_case *rc, const char *action);
int64_t round_today(const struct ctx *c);
struct str round_date(struct ctx *c, int64_t day);
enum err round_answer(struct ctx *c, struct round *r, unsigned relations, bool whole, struct json_writer *w);
unsigned round_readers(unsigned relations);
struct str round_seal(struct ctx *c, const struct record *record, const char *field, int64_t id, struct str clear);
enum err round_open(struct ctx *c, const struct record *record, const char *field, int64_t id, struct str box,
                    struct str *ret_clear);
enum err round_finish_if_whole(struct ctx *c, struct round_case *rc);

// round_make.c: in the open write; nothing happens when it is there already or nothing is to be done that day.
enum err round_make(struct ctx *c, const struct round_plan *plan, int64_t day);
enum err round_replan(struct ctx *c, const struct round_plan *plan); // today's, when nobody has begun it
// Put on today's round of the plan over its place, if that is still to be walked.
enum err round_add_meal(struct ctx *c, int64_t care_id, int64_t day, struct str what);
// Off all rounds where nothing was ticked for it.
enum err round_drop_care(struct ctx *c, int64_t care_id);
enum err round_responsible(struct ctx *c, int64_t place_id, enum role role,
                           struct post_holder *ret_holder); // or post 0

// round_tick.c
enum err round_tick(struct ctx *c, int64_t round_id, const struct round_tick *tick, struct round *ret_round);
struct round_found {
    int64_t item_id;    // service item
    int64_t round_item; // where; 0: the round's place
    struct str words;
    int64_t media[REQUEST_MEDIA_MAX];
    size_t media_count;
};
enum err round_find(struct ctx *c, int64_t round_id, const struct round_found *found, struct round *ret_round,
                    int64_t *ret_request_id);

// round_notice.c
enum err round_tell(struct ctx *c, const struct round *r, const struct post_holder *to, const char *template);
enum err care_tell(struct ctx *c, int64_t care_id, struct str place_name, const struct post_holder *to,
                   const char *template);

// --- plans (plan.c) --------------------------------------------------------------------------------------------------
enum err round_plan_get(struct ctx *c, int64_t id, struct round_plan *ret_plan); // ERR_NOT_FOUND round_plan.unknown
enum err round_plan_check(struct ctx *c, const struct round_plan *plan, struct round_window *ret_window);
// What changed is in plan; event of the given type, with the checkpoint it is about (0: none).
enum err round_plan_save(struct ctx *c, struct round_plan *plan, const char *event, int64_t checkpoint_id);
enum err checkpoint_get(struct ctx *c, int64_t plan_id, int64_t id, struct checkpoint *ret_checkpoint);
enum err checkpoint_save(struct ctx *c, struct round_plan *plan, struct checkpoint *checkpoint, const char *event);
enum err checkpoints_of(struct ctx *c, int64_t plan_id, struct rows *ret_rows);
// The nearest plan over a place; id 0: none.
enum err round_plan_over(struct ctx *c, int64_t place_id, struct round_plan *ret_plan);
#define CHECKPOINTS_MAX 60
#define CARE_PER_ROUND_MAX 200

// --- who is visited (care.c) -----------------------------------------------------------------------------------------
#define CARE_FIELDS(F, S)                                                                                              \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_SCOPE)                                                               \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_SCOPE)                                                     \
    F(S, ID, place_id, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_SCOPE,                                      \
      .doc = "Building, unit or household")                                                                            \
    F(S, TEXT, path, .read = READ_NOBODY)                                                                              \
    F(S, TEXT, place_name, .read = READ_SCOPE, .max = 400)                                                             \
    F(S, SEALED, name, .flags = FIELD_INPUT | FIELD_REQUIRED | FIELD_PERSONAL, .read = READ_SCOPE, .max = 40,          \
      .purpose = "whom to ask for at the door")                                                                        \
    F(S, SEALED, door_number, .flags = FIELD_INPUT | FIELD_REQUIRED | FIELD_PERSONAL, .read = READ_SCOPE, .max = 40,   \
      .purpose = "which door to knock at")                                                                             \
    F(S, SEALED, phone, .flags = FIELD_INPUT | FIELD_PERSONAL, .read = READ_SCOPE, .max = 20,                          \
      .purpose = "ringing up when nobody opens")                                                                       \
    F(S, SEALED, note, .flags = FIELD_INPUT | FIELD_PERSONAL | FIELD_MULTILINE, .read = READ_NOBODY, .max = 500,       \
      .purpose = "what the visitor has to mind")                                                                       \
    F(S, SEALED, reason, .flags = FIELD_INPUT | FIELD_REQUIRED | FIELD_PERSONAL, .read = READ_NOBODY, .max = 20,       \
      .doc = "alone, ill, disabled, pregnant, bereaved or other; sensitive (PIPL 28): told on opening only",           \
      .purpose = "knowing what to look for on a visit")                                                                \
    F(S, INT, every_days, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_SCOPE, .min = 1, .max = 90,              \
      .doc = "A visit every so many days")                                                                             \
    F(S, TEXT, meal_days, .flags = FIELD_INPUT, .read = READ_SCOPE, .max = 13,                                         \
      .doc = "Weekdays on which a meal is carried, \"1,2,3,4,5\"; empty: none")                                        \
    F(S, TEXT, meal, .flags = FIELD_INPUT, .read = READ_SCOPE, .max = 40, .doc = "What: \"lunch\"")                    \
    F(S, ENUM, consent_how, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_SCOPE, .names = care_consent_names,    \
      .doc = "written, spoken (with a witness) or guardian")                                                           \
    F(S, TIME_MS, consent_at, .read = READ_SCOPE, .doc = "When it was recorded")                                       \
    F(S, ID, consent_by, .read = READ_NOBODY)                                                                          \
    F(S, TIME_MS, withdrawn_at, .read = READ_SCOPE, .doc = "When the consent was withdrawn; the rest is erased then")  \
    F(S, ID, withdrawn_by, .read = READ_NOBODY)                                                                        \
    F(S, INT, next_day, .read = READ_NOBODY)                                                                           \
    F(S, TIME_MS, last_visit_at, .read = READ_SCOPE)                                                                   \
    F(S, INT, not_home, .read = READ_SCOPE, .doc = "Not at home so often in a row")                                    \
    F(S, INT, level, .read = READ_SCOPE, .doc = "Visit overdue: 1 walker, 2 grid, 3 community was told")               \
    F(S, TIME_MS, next_mark_at, .read = READ_NOBODY)                                                                   \
    F(S, TEXT, next_visit, .flags = FIELD_COMPUTED, .read = READ_SCOPE, .doc = "Local day")                            \
    F(S, TEXT, recorded_by, .flags = FIELD_COMPUTED, .read = READ_SCOPE, .doc = "Who recorded the consent, masked")    \
    F(S, BOOL, planned, .flags = FIELD_COMPUTED, .read = READ_SCOPE, .doc = "A plan walks there; else nobody comes")   \
    F(S, JSON, visits, .flags = FIELD_COMPUTED | FIELD_MANY, .read = READ_SCOPE, .of = &care_visit_record,             \
      .doc = "The newest, of one person only")
extern const struct record care_visit_record;
struct care {
    CARE_FIELDS(FIELD_MEMBER, care)
};
extern const struct record care_record;
#define CARE_MEAL_FIELDS(F, S)                                                                                         \
    F(S, ID, care_id, .flags = FIELD_KEY, .read = READ_NOBODY)                                                         \
    F(S, INT, day, .flags = FIELD_KEY, .read = READ_NOBODY)                                                            \
    F(S, TEXT, what, .read = READ_NOBODY)
struct care_meal {
    CARE_MEAL_FIELDS(FIELD_MEMBER, care_meal)
};
extern const struct record care_meal_record;

enum err care_get(struct ctx *c, int64_t id, struct care *ret_care); // ERR_NOT_FOUND care.unknown
enum care_access { CARE_NONE, CARE_VISITOR, CARE_DESK };
// The community's desk over the place; or who has it on a round of theirs that is not over for good.
enum err care_access_of(struct ctx *c, const struct care *care, enum care_access *ret_access);
enum err care_insert(struct ctx *c, struct care *care); // fills path, consent, next day; event care.recorded
enum err care_save(struct ctx *c, struct care *care);   // guarded by the version, which grows
enum err care_withdraw(struct ctx *c, struct care *care, const char *how);
// Nothing is overdue until next_day: when the ladder begins.
enum err care_set_mark(struct ctx *c, struct care *care);
// A visit's outcome: when the next is due; *ret_help: a request has to be raised.
enum err care_visited(struct ctx *c, int64_t care_id, const struct round *r, int result, int64_t at_ms, bool *ret_help);
enum err care_raise(struct ctx *c, int64_t care_id, bool not_home, int64_t *ret_request_id);
enum err care_event(struct ctx *c, const struct care *care, const char *type);
// What who visits has to know, in clear; one event care.opened for the person, with the reason sealed.
#define CARE_CLEAR_FIELDS(F, S)                                                                                        \
    F(S, ID, care_id, .read = READ_ALL)                                                                                \
    F(S, ID, item_id, .read = READ_ALL, .doc = "On the round")                                                         \
    F(S, TEXT, name, .read = READ_ALL)                                                                                 \
    F(S, TEXT, door_number, .read = READ_ALL)                                                                          \
    F(S, TEXT, phone, .read = READ_ALL)                                                                                \
    F(S, TEXT, note, .read = READ_ALL)                                                                                 \
    F(S, TEXT, reason, .read = READ_ALL)
struct care_clear {
    CARE_CLEAR_FIELDS(FIELD_MEMBER, care_clear)
};
extern const struct record care_clear_record;
enum err care_open(struct ctx *c, const struct care *care, struct str reason, struct care_clear *ret_clear);

extern const struct route round_routes[], round_plan_routes[], care_routes[];
extern const struct job round_jobs[];
