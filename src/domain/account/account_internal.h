// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module.
#pragma once
#include "base/clock.h"
#include "domain/account/account.h"
#include "flow/command.h"
#include "flow/event_data.h"
#include "json/record_json.h"

extern const struct route auth_routes[], me_routes[], people_routes[], grant_routes[], post_routes[], audit_routes[];
extern const struct message account_messages[];
extern const struct job account_jobs[];

// GB/T 22239-2019 8.1.4.1: limited failures, time-out, two factors, change of passwords.
#define FAILURES_MAX 5
#define LOCK_MS (15 * MINUTE_MS)
#define FAILURES_FORGET_MS HOUR_MS // of unknown names and addresses
#define ADDRESS_FAILURES_MAX 100   // an office shares one address
#define PASSWORD_MAX 128           // code points
#define PASSWORD_AGE_MS (90 * DAY_MS)
#define UNUSED_AGE_MS (90 * DAY_MS)
#define STAFF_IDLE_MS (30 * MINUTE_MS)
#define STAFF_SESSION_MS (12 * HOUR_MS)
#define RESIDENT_IDLE_MS (30 * DAY_MS)
#define RESIDENT_SESSION_MS (180 * DAY_MS)
// OWASP ASVS 5.0.0 6.5, 6.6: one-time codes short-lived, used once, limited.
#define CODE_LIFE_MS (5 * MINUTE_MS)
#define CODE_TRIES_MAX 5
#define CODE_GAP_MS MINUTE_MS
#define CODES_PER_PHONE_DAY 10
#define CODES_PER_IP_HOUR 60

#define SESSION_FIELDS(F, S)                                                                                           \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_OWNER | READ_ADMIN)                                                  \
    F(S, ID, person_id, .read = READ_ADMIN)                                                                            \
    F(S, TEXT, token_hash, .read = READ_NOBODY)                                                                        \
    F(S, TIME_MS, made_at, .read = READ_OWNER | READ_ADMIN)                                                            \
    F(S, TIME_MS, seen_at, .read = READ_OWNER | READ_ADMIN)                                                            \
    F(S, TIME_MS, expires_at, .read = READ_OWNER | READ_ADMIN)                                                         \
    F(S, TIME_MS, ended_at, .read = READ_OWNER | READ_ADMIN)
struct session {
    SESSION_FIELDS(FIELD_MEMBER, session)
};
extern const struct record session_record;
#define AUTH_CODE_FIELDS(F, S)                                                                                         \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_NOBODY)                                                              \
    F(S, TEXT, phone_blind, .read = READ_NOBODY)                                                                       \
    F(S, TEXT, ip_blind, .read = READ_NOBODY)                                                                          \
    F(S, TEXT, code_hash, .read = READ_NOBODY)                                                                         \
    F(S, TIME_MS, made_at, .read = READ_NOBODY)                                                                        \
    F(S, TIME_MS, expires_at, .read = READ_NOBODY)                                                                     \
    F(S, INT, tries, .read = READ_NOBODY)                                                                              \
    F(S, TIME_MS, used_at, .read = READ_NOBODY)
struct auth_code {
    AUTH_CODE_FIELDS(FIELD_MEMBER, auth_code)
};
extern const struct record auth_code_record;
#define FAILURE_FIELDS(F, S)                                                                                           \
    F(S, TEXT, subject_blind, .flags = FIELD_KEY, .read = READ_NOBODY)                                                 \
    F(S, INT, failures, .read = READ_NOBODY)                                                                           \
    F(S, TIME_MS, locked_until, .read = READ_NOBODY)                                                                   \
    F(S, TIME_MS, failed_at, .read = READ_NOBODY)
struct failure {
    FAILURE_FIELDS(FIELD_MEMBER, failure)
};
extern const struct record failure_record;
#define CONSENT_FIELDS(F, S)                                                                                           \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_OWNER)                                                               \
    F(S, TEXT, phone_blind, .read = READ_NOBODY)                                                                       \
    F(S, ID, person_id, .read = READ_NOBODY)                                                                           \
    F(S, TEXT, consent_version, .read = READ_OWNER)                                                                    \
    F(S, TIME_MS, given_at, .read = READ_OWNER)                                                                        \
    F(S, TIME_MS, withdrawn_at, .read = READ_OWNER)
struct consent {
    CONSENT_FIELDS(FIELD_MEMBER, consent)
};
extern const struct record consent_record;
#define ACCOUNT_GRANT_FIELDS(F, S)                                                                                     \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ADMIN)                                                               \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_ADMIN)                                                     \
    F(S, ID, person_id, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ADMIN)                                     \
    F(S, ENUM, role, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ADMIN, .names = role_names)                   \
    F(S, ID, place_id, .flags = FIELD_INPUT, .read = READ_ADMIN,                                                       \
      .doc = "The subtree it holds for; absent: the district")                                                         \
    F(S, TIME_MS, made_at, .read = READ_ADMIN)                                                                         \
    F(S, TIME_MS, ended_at, .read = READ_ADMIN)
struct account_grant {
    ACCOUNT_GRANT_FIELDS(FIELD_MEMBER, account_grant)
};
extern const struct record account_grant_record;

// person.c
enum err account_not_found(struct ctx *c, enum err err, const char *key);
enum err account_event(struct ctx *c, int64_t person_id, const char *type); // without members
enum err person_by_login(struct ctx *c, struct str login, struct person *ret_person);
enum err person_save(struct ctx *c, struct person *person); // guarded by the version, which grows
// 11 digits of a Chinese mobile number, from what was typed; ERR_INVALID account.bad_phone.
enum err phone_read(struct ctx *c, struct str typed, struct str *ret_phone);
struct str phone_blind(struct ctx *c, struct str phone);
struct str like_literal(struct ctx *c, struct str text); // for LIKE … ESCAPE '!'
enum err login_read(struct ctx *c, struct str typed, struct str *ret_login);
struct str person_seal(struct ctx *c, const char *field, int64_t id, struct str clear);
enum err person_open(struct ctx *c, const char *field, int64_t id, struct str box, struct str *ret_clear);
struct person person_new_resident(struct ctx *c, struct str phone); // not inserted yet
// A subject of the event log that is no record of ours: what failed for a phone number or an unknown login.
int64_t subject_of_blind(struct ctx *c, const char *purpose, struct str clear);
bool person_needs_consent(const struct person *person);
bool person_password_expired(const struct ctx *c, const struct person *person);
enum err person_fill_roles(struct ctx *c, struct person *person);

// secret.c
enum err password_check(struct ctx *c, struct str password, struct str login, const char *field);
// Verifies in the same time whether there is something to verify or not.
bool password_verify(struct str encoded, struct str password);

// session.c
struct str token_from_request(struct ctx *c, struct http_request *rq);
struct str token_hash(struct ctx *c, struct str token);
void session_cookie_clear(struct http_request *rq, struct http_response *rs);
void session_close_streams(struct ctx *c, int64_t session_id);
// After the write: the live streams of a person's ended sessions end as well.
enum err session_close_ended(struct ctx *c, int64_t person_id);
// In the open write: ends all sessions but one (0: all).
enum err session_end_others(struct ctx *c, int64_t person_id, int64_t except_id);

// A new TOTP secret: bytes to keep sealed, Base32 to show once.
void totp_new(struct ctx *c, struct str *ret_bytes, struct str *ret_base32);

// failures.c
enum err failure_get(struct ctx *c, struct str subject_blind, struct failure *ret_failure);
enum err failure_add(struct ctx *c, struct str subject_blind, int64_t max, bool *ret_locked);

// sign_in_staff.c, sign_in_resident.c: handlers
extern const struct record staff_input_record, code_input_record, code_sent_record, resident_input_record;
enum err sign_in_staff(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err sign_in_code(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err sign_in_resident(struct ctx *c, struct http_request *rq, struct http_response *rs);
// In the open write: a failed password counts; the fifth locks.
enum err person_count_failure(struct ctx *c, const struct person *person, bool *ret_locked);
enum err lang_check(struct ctx *c, struct str lang); // zh, en or empty

// consent.c
void consent_write(struct json_writer *w);
extern const struct record consent_notice_record;
enum err consent_give(struct ctx *c, struct str phone_blind, int64_t person_id);

// me.c
enum err me_members(struct ctx *c, const struct person *person, const struct actor *actor, struct json_writer *w);
extern const struct record me_record;
void consents_write(const struct rows *rows, struct json_writer *w); // an array
enum err account_personal_write(struct ctx *c, int64_t person_id, struct json_writer *w);
enum err account_personal_erase(struct ctx *c, int64_t person_id);
