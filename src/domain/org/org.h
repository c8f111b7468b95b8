// SPDX-License-Identifier: MulanPSL-2.0
// Organisations on five levels, posts on places, and who holds which post as of a date.
#pragma once
#include "base/field.h"
#include "domain/place/place.h"
#include "flow/module.h"

// Bits of actor.roles and of route.access.
enum role {
    ROLE_RESIDENT,
    ROLE_STEWARD,
    ROLE_GRID_WORKER,
    ROLE_COMMUNITY,
    ROLE_SUBDISTRICT,
    ROLE_DISTRICT,
    ROLE_UNIT, // staff of a handling unit: property company, water company, department
    ROLE_SYSTEM_ADMIN,
    ROLE_SECURITY_ADMIN,
    ROLE_AUDIT_ADMIN, // the three separate administrators
    ROLE_COUNT
};
extern const char *const role_names[]; // "resident", "steward", "grid_worker", …, NULL
#define ROLE_BIT(role_) (1u << (role_))
#define ROLES_WORKERS (ROLE_BIT(ROLE_STEWARD) | ROLE_BIT(ROLE_GRID_WORKER) | ROLE_BIT(ROLE_UNIT))
#define ROLES_DESK (ROLE_BIT(ROLE_COMMUNITY) | ROLE_BIT(ROLE_SUBDISTRICT) | ROLE_BIT(ROLE_DISTRICT))
#define ROLES_STAFF (ROLES_WORKERS | ROLES_DESK)
#define ROLES_ADMIN (ROLE_BIT(ROLE_SYSTEM_ADMIN) | ROLE_BIT(ROLE_SECURITY_ADMIN) | ROLE_BIT(ROLE_AUDIT_ADMIN))

#define ORG_FIELDS(F, S)                                                                                               \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_STAFF)                                                               \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_STAFF)                                                     \
    F(S, ID, parent_id, .flags = FIELD_INPUT, .read = READ_STAFF)                                                      \
    F(S, ENUM, level, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .names = org_level_names,             \
      .doc = "One of the five levels; unit: who handles (property, water…); team: runs errands for people")            \
    F(S, TEXT, name, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .max = 60)                             \
    F(S, ID, place_id, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .doc = "The area it serves")         \
    F(S, TIME_MS, closed_at, .read = READ_STAFF, .doc = "Out of use since; null: in use")                              \
    F(S, BOOL, helps, .flags = FIELD_INPUT, .read = READ_STAFF, .doc = "Teams: helps people do it themselves (帮办)")  \
    F(S, BOOL, books, .flags = FIELD_INPUT, .read = READ_STAFF, .doc = "Teams: makes appointments (预约)")             \
    F(S, BOOL, runs, .flags = FIELD_INPUT, .read = READ_STAFF, .doc = "Teams: does it for people (代办)")              \
    F(S, TEXT, duty_hours, .flags = FIELD_INPUT, .read = READ_STAFF, .max = 60, .doc = "Teams: when somebody is there")
struct org {
    ORG_FIELDS(FIELD_MEMBER, org)
};
extern const struct record org_record;
enum org_level {
    ORG_WORK_COMMITTEE,
    ORG_COMMUNITY,
    ORG_GRID_BRANCH,
    ORG_BUILDING_GROUP,
    ORG_HOUSEHOLD,
    ORG_UNIT, // a handling unit; outside the five levels
    ORG_TEAM  // a proxy-service team: takes errands that are offered to all teams of an area; its posts carry role unit
};
extern const char *const org_level_names[];

#define POST_FIELDS(F, S)                                                                                              \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_STAFF)                                                               \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_STAFF)                                                     \
    F(S, ID, org_id, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF)                                        \
    F(S, ID, place_id, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .doc = "The subtree it answers for") \
    F(S, ENUM, role, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .names = role_names)                   \
    F(S, TEXT, name, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .max = 60)                             \
    F(S, TIME_MS, closed_at, .read = READ_STAFF, .doc = "Out of use since; null: in use")
struct post {
    POST_FIELDS(FIELD_MEMBER, post)
};
extern const struct record post_record;

#define TERM_FIELDS(F, S)                                                                                              \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_STAFF)                                                               \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_STAFF)                                                     \
    F(S, ID, post_id, .read = READ_STAFF)                                                                              \
    F(S, ID, person_id, .read = READ_STAFF)                                                                            \
    F(S, TIME_MS, began_at, .read = READ_STAFF)                                                                        \
    F(S, TIME_MS, ended_at, .read = READ_STAFF)
struct term {
    TERM_FIELDS(FIELD_MEMBER, term)
};
extern const struct record term_record;

enum err org_create(struct ctx *c, struct org *org);
enum err org_get(struct ctx *c, int64_t id, struct org *ret_org); // ERR_NOT_FOUND org.unknown
enum err post_create(struct ctx *c, struct post *post);
// Ends the running term of the post, if any, and begins the new one, now.
enum err term_begin(struct ctx *c, int64_t post_id, int64_t person_id, struct term *ret_term);
enum err term_end(struct ctx *c, int64_t term_id);

struct post_holder {
    struct post post;
    int64_t person_id;      // never 0 in an answer of org_responsible
    int64_t vacant_post_id; // the first post skipped because nobody holds it; 0: none was
};
// Who answers for the place as of at_ms: the nearest post of the role or, where that is missing or vacant, of the next
// role upward (steward → grid worker → community → subdistrict → district). ERR_NOT_FOUND org.nobody_responsible.
enum err org_responsible(struct ctx *c, int64_t place_id, enum role from, int64_t at_ms,
                         struct post_holder *ret_holder);
// The staff post of a unit that serves the place.
enum err org_unit_responsible(struct ctx *c, int64_t org_id, int64_t place_id, int64_t at_ms,
                              struct post_holder *ret_holder);
// ERR_NOT_FOUND org.no_such_post.
enum err post_get(struct ctx *c, int64_t id, struct post *ret_post);
// Held posts of proxy-service teams whose area covers the place, as of at_ms: rows of post_held_record.
enum err org_team_posts(struct ctx *c, int64_t place_id, int64_t at_ms, struct rows *ret_rows);
// Who holds the post as of at_ms; 0: nobody (a vacancy is no error).
enum err post_holder_at(struct ctx *c, int64_t post_id, int64_t at_ms, int64_t *ret_person_id);
// Open posts of the subtree that nobody holds now; stops counting at 1,000.
enum err org_count_vacant(struct ctx *c, int64_t place_id, int64_t *ret_count);
// The grants that the person's posts give as of at_ms.
enum err org_grants_of(struct ctx *c, int64_t person_id, int64_t at_ms, struct grant **ret_grants, size_t *ret_count);

// Running terms of a person, and of the holders of a role (newest first, below before_id unless 0).
enum err term_list_of_person(struct ctx *c, int64_t person_id, struct rows *ret_rows);
enum err term_list_of_role(struct ctx *c, enum role role, int64_t before_id, size_t max, struct rows *ret_rows);
enum err term_list_of_post(struct ctx *c, int64_t post_id, struct rows *ret_rows); // newest first
enum err term_get(struct ctx *c, int64_t id, struct term *ret_term);               // ERR_NOT_FOUND org.no_such_term
// Posts in use right on a place.
enum err post_list_of_place(struct ctx *c, int64_t place_id, struct rows *ret_rows);
struct post_filter {
    int64_t place_id; // its subtree; 0: the whole district
    int64_t org_id;   // 0: any
    int role;         // -1: any
    bool vacant;      // only those without a running term
    int64_t after_id;
};
enum err post_list(struct ctx *c, const struct post_filter *filter, size_t max, struct rows *ret_rows);

// A post with who held it.
struct post_held {
    struct post post;
    int64_t person_id;
};

extern const struct module org_module;
