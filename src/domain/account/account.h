// SPDX-License-Identifier: MulanPSL-2.0
// People, how they sign in, what they may do. Residents: phone and one-time code. Staff: password and TOTP.
#pragma once
#include "base/field.h"
#include "domain/org/org.h"
#include "flow/module.h"

enum person_kind { PERSON_RESIDENT, PERSON_STAFF };
struct person {
    int64_t id, version;
    int kind;
    struct str login;       // staff only; unique
    struct str name;        // sealed, personal
    struct str phone;       // sealed, personal
    struct str phone_blind; // for finding
    struct str door_number; // sealed, personal: "2单元301"
    int64_t home_place_id;  // building or below; 0: unknown
    struct str password;    // argon2id
    struct str totp_secret; // sealed
    int64_t totp_used_step, password_at_ms, last_seen_ms, locked_until_ms;
    int64_t failures;
    bool disabled, demo;
    struct str lang; // "zh", "en"
    int64_t created_at_ms;
};
extern const struct record person_record;

// Authenticates a request: http_options.authenticate.
enum err account_authenticate(struct ctx *c, struct http_request *rq);
enum err person_get(struct ctx *c, int64_t id, struct person *ret_person);
// Opens the name without an event, for what is shown to colleagues as a masked name ("李*").
enum err person_masked_name(struct ctx *c, int64_t id, struct str *ret_name);
struct new_staff {
    struct str login, name, phone, password; // password empty: a random one is made
    bool demo;
};
struct new_staff_secrets {
    struct str password, totp_base32;
};
enum err person_create_staff(struct ctx *c, const struct new_staff *given, struct person *ret_person,
                             struct new_staff_secrets *ret_secrets);
enum err person_create_resident(struct ctx *c, struct str phone, struct str name, int64_t home_place_id, bool demo,
                                struct person *ret_person);
// A role outside posts (administrators). No account holds two administrator roles: ERR_CONFLICT
// account.separate_admins.
enum err account_grant(struct ctx *c, int64_t person_id, enum role role, int64_t place_id);
// Does the actor hold one of roles on a place that covers place_id? The first such grant, or NULL.
enum err account_grant_over(struct ctx *c, unsigned roles, int64_t place_id, const struct grant **ret_grant);
// The topics of live streams the actor may hear: itself, its posts, the places of its grants.
enum err account_topics(struct ctx *c, int64_t *ret_topics, size_t max, size_t *ret_count);

#define CONSENT_VERSION "2026-1"
extern const struct module account_module;
