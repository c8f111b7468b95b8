// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module.
#pragma once
#include "base/clock.h"
#include "base/id.h"
#include "domain/account/account.h"
#include "domain/demo/demo.h"
#include "domain/request/request.h"

#define DEMO_GRIDS 492             // of the source: grids of the urban communities
#define DEMO_BUILDINGS 820         // more than 800 stewards
#define DEMO_TEAMS 65              // of the source: proxy-service teams
#define DEMO_AGE_MS (330 * DAY_MS) // the demo's organisations are that old; its past begins later
#define DEMO_REQUESTS 120
#define DEMO_REQUESTS_A_STEP 10
#define DEMO_RESIDENTS 24 // who ask; the first two are named

#define DEMO_STEP_FIELDS(F, S)                                                                                         \
    F(S, TEXT, name, .flags = FIELD_KEY, .read = READ_NOBODY)                                                          \
    F(S, TIME_MS, done_at, .read = READ_NOBODY)
struct demo_step {
    DEMO_STEP_FIELDS(FIELD_MEMBER, demo_step)
};
extern const struct record demo_step_record;
#define DEMO_PERSON_FIELDS(F, S)                                                                                       \
    F(S, TEXT, name, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "Key of struct demo_role")                        \
    F(S, ID, person_id, .read = READ_NOBODY)                                                                           \
    F(S, ID, place_id, .read = READ_NOBODY)
struct demo_person {
    DEMO_PERSON_FIELDS(FIELD_MEMBER, demo_person)
};
extern const struct record demo_person_record;

// --- who one can become --------------------------------------------------------------------------------------------
struct demo_role {
    const char *key, *name;
    int role; // enum role
    const char *role_zh, *role_en, *app;
    const char *phone; // residents
};
extern const struct demo_role demo_roles[]; // ends with key NULL
const struct demo_role *demo_role_find(struct str key);
// A telephone number of the demo: 199 0000 and four digits that nobody has.
struct str demo_phone(struct ctx *c, size_t number);
// Makes the person of the key, or finds it. place_id: where the page says it belongs.
enum err demo_person_make(struct ctx *c, const char *key, int64_t place_id, int64_t *ret_person_id);
enum err demo_person_find(struct ctx *c, struct str key,
                          struct demo_person *ret_person); // ERR_NOT_FOUND demo.no_such_person
// A name that nobody in particular has.
struct str demo_invented_name(struct ctx *c, size_t index);

// --- the plan: reckoned from the official communities, the same at every start ---------------------------------------
struct demo_estate {
    const char *name;
    bool of_source;                        // named by the source page
    size_t first_building, building_count; // numbers over the whole district
};
struct demo_grid {
    size_t number;                    // over the whole district
    const struct demo_estate *estate; // NULL: none
};
struct demo_community {
    struct place place;
    size_t grid_count;
    const struct demo_grid *grids;
    bool is_tour; // 黄泥坡社区, or in another district the first
};
struct demo_plan {
    struct demo_community *communities;
    size_t community_count;
    struct place *villages; // communities without grids
    size_t village_count;
    int64_t base_ms; // when the seed began
};
// The district without any request, begun at c->now_ms: for a year that is lived through.
enum err demo_seed_district(struct ctx *c, struct demo_plan *ret_plan);
enum err demo_plan_make(struct ctx *c, int64_t base_ms, struct demo_plan *ret_plan);

// --- steps, each in the open write -----------------------------------------------------------------------------------
enum err demo_make_district(struct ctx *c, const struct demo_plan *plan);
enum err demo_make_street(struct ctx *c, const struct demo_plan *plan, const struct place *street);
enum err demo_make_community(struct ctx *c, const struct demo_plan *plan, const struct demo_community *community);
enum err demo_make_residents(struct ctx *c, const struct demo_plan *plan);
enum err demo_make_open311(struct ctx *c);
#define DEMO_ROUND_DAYS 21 // that were walked before the demo began
struct demo_past_day {
    int64_t base_ms;
    size_t days_ago; // from 1
};
int64_t demo_rounds_begin(const struct ctx *c, int64_t base_ms); // when the plans were made
enum err demo_make_rounds(struct ctx *c, int64_t base_ms);
enum err demo_make_past_rounds(struct ctx *c, const struct demo_past_day *day);
enum err demo_make_requests(struct ctx *c, const struct demo_plan *plan, size_t first);

// What the steps share (demo_make.c).
enum err demo_make_org(struct ctx *c, int64_t parent_id, enum org_level level, struct str name, int64_t place_id,
                       int64_t *ret_id);
enum err demo_make_post(struct ctx *c, int64_t org_id, int64_t place_id, enum role role, struct str name,
                        int64_t person_id); // 0: vacant
enum err demo_make_staff(struct ctx *c, const char *kind, size_t number, int64_t *ret_person_id);
// Proxy-service teams and service stations of one community (demo_team.c).
enum err demo_make_teams(struct ctx *c, const struct demo_plan *plan, const struct demo_community *community);
enum err demo_make_stations(struct ctx *c, const struct demo_community *community);

extern const struct route demo_routes[];
