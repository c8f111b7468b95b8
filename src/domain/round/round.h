// SPDX-License-Identifier: MulanPSL-2.0
// The daily round (巡楼): a plan says which post walks where and when; each planned day has a round with checkpoints,
// visits to people who agreed to them, and meals carried; what is found becomes a request.
#pragma once
#include "base/field.h"
#include "domain/request/request.h"
#include "domain/round/round_rule.h"
#include "flow/module.h"

extern const char *const round_days_names[];   // "working_days", "every_day", "weekdays", NULL
extern const char *const round_ask_names[];    // "lights", "stairs", …, NULL
extern const char *const round_state_names[];  // "planned", "walking", "done", "incomplete", "missed", NULL
extern const char *const round_kind_names[];   // "checkpoint", "visit", "meal", NULL
extern const char *const round_result_names[]; // "", "seen", "well", …, NULL
extern const char *const care_consent_names[]; // "written", "spoken", "guardian", NULL
extern const char *const care_reason_names[];  // "alone", "ill", …, NULL

#define ROUND_PLAN_FIELDS(F, S)                                                                                        \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_STAFF)                                                               \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_STAFF, .doc = "Grows with each change, checkpoints too")   \
    F(S, ID, place_id, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF,                                      \
      .doc = "The building, estate or grid that is walked; stays")                                                     \
    F(S, TEXT, name, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .max = 60, .doc = "What it is called") \
    F(S, ENUM, role, .flags = FIELD_INPUT, .read = READ_STAFF, .names = role_names,                                    \
      .doc = "Whose post walks: steward (when absent), grid_worker or community; a vacant post: the next upward")      \
    F(S, ENUM, days, .flags = FIELD_INPUT, .read = READ_STAFF, .names = round_days_names,                              \
      .doc = "On which days, by the district's calendar")                                                              \
    F(S, TEXT, weekdays, .flags = FIELD_INPUT, .read = READ_STAFF, .max = 13,                                          \
      .doc = "With days = weekdays: \"1,3,5\", Monday is 1")                                                           \
    F(S, TEXT, window_from, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .max = 5,                       \
      .doc = "\"07:00\", local time")                                                                                  \
    F(S, TEXT, window_to, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .max = 5, .doc = "\"10:00\"")     \
    F(S, INT, made_to_day, .read = READ_NOBODY, .doc = "Up to this local day its rounds are made")                     \
    F(S, TIME_MS, closed_at, .read = READ_STAFF, .doc = "No longer walked since; null: in use")                        \
    F(S, TEXT, place_name, .flags = FIELD_COMPUTED, .read = READ_STAFF, .doc = "The place in full")                    \
    F(S, JSON, checkpoints, .flags = FIELD_COMPUTED | FIELD_MANY, .read = READ_STAFF, .of = &checkpoint_record,        \
      .doc = "In the order they are walked")
extern const struct record checkpoint_record;
struct round_plan {
    ROUND_PLAN_FIELDS(FIELD_MEMBER, round_plan)
};
extern const struct record round_plan_record;

#define CHECKPOINT_FIELDS(F, S)                                                                                        \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_STAFF)                                                               \
    F(S, ID, plan_id, .read = READ_STAFF)                                                                              \
    F(S, ID, place_id, .flags = FIELD_INPUT, .read = READ_STAFF,                                                       \
      .doc = "Where it is, within the plan's place; absent: that place")                                               \
    F(S, TEXT, name, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .max = 40, .doc = "\"1单元顶层\"")     \
    F(S, TEXT, asks, .flags = FIELD_INPUT, .read = READ_STAFF, .max = 200,                                             \
      .doc = "What is looked at, joined by commas: lights, stairs, fire, rubbish, ebikes, doors, leaks, posters")      \
    F(S, INT, sort, .flags = FIELD_INPUT, .read = READ_STAFF, .min = 0, .max = 1000, .doc = "Order on the way")        \
    F(S, TEXT, code, .read = READ_STAFF, .doc = "What its poster's link ends with; empty: it is tapped")               \
    F(S, TIME_MS, closed_at, .read = READ_STAFF, .doc = "Out of use since; null: in use")
struct checkpoint {
    CHECKPOINT_FIELDS(FIELD_MEMBER, checkpoint)
};

// --- for other modules, all in the open write ------------------------------------------------------------------------
// Fills id and version; checks everything. Event round_plan.made. Walked from today on, when today's window is not
// over.
enum err round_plan_make(struct ctx *c, struct round_plan *plan);
// Event round_plan.checkpoint_added. coded: with a code of its own for a poster.
enum err checkpoint_add(struct ctx *c, struct checkpoint *checkpoint, bool coded);

// A person who agreed to be visited; everything in clear (sealed here).
struct new_care {
    int64_t place_id;
    struct str name, door_number, phone, note;
    const char *reason;   // of care_reason_names
    int64_t every_days;   // 1 to 90
    struct str meal_days; // "1,2,3,4,5"; empty: no meals
    struct str meal;
    int consent_how;
    int64_t consent_by; // who recorded it
};
enum err care_make(struct ctx *c, const struct new_care *given, int64_t *ret_id);
// A meal on one local day.
enum err care_meal_add(struct ctx *c, int64_t care_id, int64_t day, struct str what);

// --- for who lets rounds live (the demo), in the open write ----------------------------------------------------------
// Makes what the plan still lacks up to today, as the job would; today's round and the post that walks it; 0: none.
enum err round_live_plan(struct ctx *c, int64_t place_id, int64_t *ret_plan_id); // the nearest over a place; 0: none
enum err round_live_make(struct ctx *c, int64_t plan_id, int64_t *ret_round_id, int64_t *ret_post_id);
// c->actor walks it: the items from from on, count at most, are ticked now, all in order, everybody well, meals
// brought.
enum err round_live_walk(struct ctx *c, int64_t round_id, size_t from, size_t count);
// c->actor finds something at its first checkpoint, which becomes a request.
enum err round_live_find(struct ctx *c, int64_t round_id, int64_t item_id, struct str words, int64_t *ret_request_id);
// What the clock does to it before until_ms, each mark at its own minute.
enum err round_live_time(struct ctx *c, int64_t round_id, int64_t until_ms);

// --- figures: each derivable from the events alone (README.md says how) ----------------------------------------------
#define ROUND_COUNTS_FIELDS(F, S)                                                                                      \
    F(S, INT, planned, .read = READ_STAFF, .doc = "Rounds planned for days of the period")                             \
    F(S, INT, walking, .read = READ_STAFF, .doc = "Under way now")                                                     \
    F(S, INT, done, .read = READ_STAFF, .doc = "Of these, done whole")                                                 \
    F(S, INT, in_time, .read = READ_STAFF, .doc = "Done with every item ticked within the window")                     \
    F(S, INT, incomplete, .read = READ_STAFF, .doc = "Begun, and not everything done")                                 \
    F(S, INT, missed, .read = READ_STAFF, .doc = "Not begun within the window")                                        \
    F(S, INT, findings, .read = READ_STAFF, .doc = "Findings raised on them")                                          \
    F(S, INT, visits, .read = READ_STAFF, .doc = "Visits made, whatever was found")                                    \
    F(S, INT, visits_well, .read = READ_STAFF, .doc = "Seen and well")                                                 \
    F(S, INT, visits_help, .read = READ_STAFF, .doc = "Needs help: a request was raised")                              \
    F(S, INT, meals, .read = READ_STAFF, .doc = "Meals delivered")                                                     \
    F(S, INT, meals_failed, .read = READ_STAFF, .doc = "Meals not delivered, with the reason")
struct round_counts {
    ROUND_COUNTS_FIELDS(FIELD_MEMBER, round_counts)
};
extern const struct record round_counts_record;
// Rounds of local days from_day to to_day, both included, in the subtree as it was when they were planned.
enum err round_counts(struct ctx *c, int64_t place_id, int64_t from_day, int64_t to_day,
                      struct round_counts *ret_counts);

extern const struct flow round_flow;
extern const struct module round_module;
