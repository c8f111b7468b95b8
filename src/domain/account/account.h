// SPDX-License-Identifier: MulanPSL-2.0
// People, how they sign in, what they may do. Residents (stewards among them): phone and one-time code. Staff: password
// and TOTP.
#pragma once
#include "base/field.h"
#include "domain/org/org.h"
#include "flow/module.h"

enum person_kind { PERSON_RESIDENT, PERSON_STAFF };
#define PERSON_FIELDS(F, S)                                                                                            \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_INVOLVED)                                                            \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_INVOLVED)                                                  \
    F(S, ENUM, kind, .read = READ_INVOLVED, .names = person_kind_names)                                                \
    F(S, TEXT, login, .read = READ_OWNER | READ_ADMIN, .max = 32, .doc = "Staff only; unique, lower case")             \
    F(S, SEALED, name, .flags = PERSONAL, .read = READ_INVOLVED, .max = 40,                                            \
      .purpose = "how the person is addressed by who helps", .doc = "Sealed, personal")                                \
    F(S, SEALED, phone, .flags = PERSONAL, .read = READ_OWNER | READ_ADMIN, .max = 11,                                 \
      .purpose = "signing in; asking back about a request", .doc = "Sealed, personal")                                 \
    F(S, TEXT, phone_blind, .read = READ_NOBODY, .doc = "For finding")                                                 \
    F(S, SEALED, door_number, .flags = PERSONAL, .read = READ_OWNER, .max = 30,                                        \
      .purpose = "finding the door when something has to be done there", .doc = "Sealed, personal: '2单元301'")        \
    F(S, ID, home_place_id, .read = READ_OWNER | READ_ADMIN, .doc = "Building or below; 0: unknown")                   \
    F(S, TEXT, password, .read = READ_NOBODY, .doc = "Argon2id; empty: cannot sign in by password")                    \
    F(S, SEALED, totp_secret, .read = READ_NOBODY, .doc = "Sealed")                                                    \
    F(S, INT, totp_used_step, .read = READ_NOBODY)                                                                     \
    F(S, TIME_MS, password_at, .read = READ_OWNER | READ_ADMIN,                                                        \
      .doc = "When it was chosen; null: never by its holder, so expired")                                              \
    F(S, TIME_MS, last_seen_at, .read = READ_OWNER | READ_ADMIN)                                                       \
    F(S, TIME_MS, locked_until, .read = READ_OWNER | READ_ADMIN)                                                       \
    F(S, INT, failures, .read = READ_ADMIN)                                                                            \
    F(S, BOOL, disabled, .read = READ_OWNER | READ_ADMIN)                                                              \
    F(S, BOOL, demo, .read = READ_INVOLVED)                                                                            \
    F(S, TEXT, lang, .read = READ_OWNER, .doc = "'zh', 'en'")                                                          \
    F(S, BOOL, sms_notices, .read = READ_OWNER, .doc = "Wants to hear of own requests by text message")                \
    F(S, TEXT, consent_version, .read = READ_OWNER,                                                                    \
      .doc = "Residents: the notice agreed to; empty: none, or withdrawn")                                             \
    F(S, TIME_MS, created_at, .read = READ_OWNER | READ_ADMIN)                                                         \
    F(S, JSON, roles, .flags = FIELD_COMPUTED, .read = READ_OWNER | READ_ADMIN, .doc = "Names of the roles held now")
struct person {
    PERSON_FIELDS(FIELD_MEMBER, person)
};
extern const struct record person_record;
extern const char *const person_kind_names[]; // "resident", "staff", NULL

// Authenticates a request: http_options.authenticate.
enum err account_authenticate(struct ctx *c, struct http_request *rq);
enum err person_get(struct ctx *c, int64_t id, struct person *ret_person); // ERR_NOT_FOUND account.no_such_person
// The resident who signs in with this number (11 digits). ERR_NOT_FOUND account.no_such_person.
enum err resident_of_phone(struct ctx *c, struct str phone, struct person *ret_person);
// Opens the name without an event, for what is shown to colleagues as a masked name ("李*").
enum err person_masked_name(struct ctx *c, int64_t id, struct str *ret_name);
// The person's own name, phone and door number in clear, for what it files itself; no event, as for one's own page.
struct person_contact {
    struct str name, phone, door_number;
};
enum err person_own_contact(struct ctx *c, const struct person *person, struct person_contact *ret_contact);

struct new_staff {
    struct str login, name, phone, password; // password empty: a random one is made, to be changed at the first sign-in
    bool demo;
    bool no_secrets;    // neither password nor TOTP: cannot sign in until both are given out; nothing slow then
    bool no_totp;       // the password alone: cannot sign in until the security administrator gives out a TOTP secret
    struct str encoded; // the password hashed already (new_staff_prepare)
    struct str totp_bytes;
};
struct new_staff_secrets {
    struct str password, totp_base32;
};
// The slow part, before the write: makes what is missing, hashes.
enum err new_staff_prepare(struct ctx *c, struct new_staff *given, struct new_staff_secrets *ret_secrets);
// In the open write. Prepares first (slow) when that has not been done; *ret_secrets is then filled, else left alone.
enum err person_create_staff(struct ctx *c, const struct new_staff *given, struct person *ret_person,
                             struct new_staff_secrets *ret_secrets);
// In the open write: new secrets, prepared, for an administrator's account, whose holder lost them; it is enabled and
// unlocked, its sessions end. From the machine's command line only. ERR_CONFLICT account.admins_only.
enum err person_reset_admin(struct ctx *c, const struct new_staff *prepared);
// In the open write. demo: counts as having agreed to the notice.
enum err person_create_resident(struct ctx *c, struct str phone, struct str name, int64_t home_place_id, bool demo,
                                struct person *ret_person);
// In the open write: a person of the demo is again as the demo made it: enabled, unlocked, without password and TOTP
// secret, with its name, phone (residents) and login (staff).
enum err person_heal_demo(struct ctx *c, struct person *person, struct str name, struct str phone, struct str login);
// A role outside posts (administrators, desks). No account holds two administrator roles, or one and a post:
// ERR_CONFLICT account.separate_admins. place_id 0: the district.
enum err account_grant(struct ctx *c, int64_t person_id, enum role role, int64_t place_id);
// Does the actor hold one of roles on a place that covers place_id? The first such grant, or NULL.
enum err account_grant_over(struct ctx *c, unsigned roles, int64_t place_id, const struct grant **ret_grant);
// The topics of live streams the actor may hear: itself, its posts, the places of its grants.
enum err account_topics(struct ctx *c, int64_t *ret_topics, size_t max, size_t *ret_count);
// What the person is as an actor now: roles and grants.
enum err account_actor(struct ctx *c, const struct person *person, struct actor *ret_actor);
// In the open write: begins a session, writes token, cookie and "me" as the answer, one event account.signed_in whose
// data says how ("code", "password", "demo").
enum err account_sign_in(struct ctx *c, struct http_request *rq, struct http_response *rs, const struct person *person,
                         const char *how);
// In the open write: records that a resident agrees to the notice as it is now, where that is not on record (the demo's
// people have been shown it by their story). Staff: nothing.
enum err person_agree(struct ctx *c, struct person *person);
// What account_sign_in answers.
extern const struct record signed_in_record;

#define CONSENT_VERSION "2026-1"
extern const struct module account_module;
