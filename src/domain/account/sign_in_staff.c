// SPDX-License-Identifier: MulanPSL-2.0
// Staff: login, password and TOTP together. An unknown name, a wrong password and a wrong TOTP are answered alike, in
// like time, and lock alike.
#include "account_sql.h"
#include "domain/account/account_internal.h"

#define STAFF_INPUT_FIELDS(F, S)                                                                                       \
    F(S, TEXT, login, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 64)                                                \
    F(S, TEXT, password, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = PASSWORD_MAX)                                   \
    F(S, TEXT, totp, .flags = FIELD_INPUT, .max = 16,                                                                  \
      .doc = "Six digits of the authenticator app; absent: 403 account.totp_needed")
struct staff_input {
    STAFF_INPUT_FIELDS(FIELD_MEMBER, staff_input)
};
static const struct field input_fields[] = {STAFF_INPUT_FIELDS(FIELD_ROW, staff_input)};
const struct record staff_input_record = {
    .name = "sign_in_staff", .size_bytes = sizeof(struct staff_input), FIELDS(input_fields)};

struct attempt {
    struct staff_input input;
    struct http_request *rq;
    struct http_response *rs;
    struct str login, login_blind, ip_blind;
    bool known;
    struct person person;
    struct failure failure, address; // of the unknown login, of the client's address
    int64_t step;                    // of the TOTP; -1: does not match
    bool locked, refused;
};

static enum err look_up(struct ctx *c, void *arg)
{
    struct attempt *attempt = arg;
    TRY(failure_get(c, attempt->ip_blind, &attempt->address));
    enum err err = person_by_login(c, attempt->login, &attempt->person);
    attempt->known = err == OK;
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    attempt->person = (struct person){0};
    return failure_get(c, attempt->login_blind, &attempt->failure);
}

static enum err fail_until(struct ctx *c, enum err code, const char *key, int64_t until_ms)
{
    enum err err = fail(c, code, key);
    c->error.retry_after_s = (until_ms - c->now_ms + SECOND_MS - 1) / SECOND_MS;
    return err;
}

static enum err check_lock(struct ctx *c, const struct attempt *attempt)
{
    if (attempt->address.locked_until_ms > c->now_ms)
        return fail_until(c, ERR_RATE, "account.too_often", attempt->address.locked_until_ms);
    int64_t until_ms = attempt->known ? attempt->person.locked_until_ms : attempt->failure.locked_until_ms;
    return until_ms > c->now_ms ? fail_until(c, ERR_LOCKED, "account.locked", until_ms) : OK;
}

// Both are always reckoned, so that the time tells nothing.
static enum err check_secrets(struct ctx *c, struct attempt *attempt, bool *ret_right)
{
    struct str secret = {0};
    bool password = password_verify(attempt->person.password, attempt->input.password);
    if (attempt->person.totp_secret.n)
        TRY(person_open(c, "totp_secret", attempt->person.id, attempt->person.totp_secret, &secret));
    attempt->step = secret.n ? totp_match(secret, attempt->input.totp, c->now_ms) : -1;
    if (secret.n)
        crypto_wipe((char *)(uintptr_t)secret.p, secret.n);
    *ret_right = password && attempt->step >= 0 && attempt->known && !attempt->person.disabled;
    return OK;
}

// One event tells of the failure, and of the lock when it is the last that was allowed.
enum err person_count_failure(struct ctx *c, const struct person *person, bool *ret_locked)
{
    TRY(db_exec(c, &sql_person_lock_over, ARGS(ARG_INT("id", person->id)), NULL));
    struct args args =
        ARGS(ARG_INT("id", person->id), ARG_INT("max", FAILURES_MAX), ARG_INT("until", c->now_ms + LOCK_MS));
    TRY(db_exec(c, &sql_person_fail, args, NULL));
    struct person after;
    TRY(person_get(c, person->id, &after));
    *ret_locked = after.locked_until_ms > c->now_ms;
    return account_event(c, person->id, *ret_locked ? "account.locked" : "account.sign_in_failed");
}

static enum err count_failure(struct ctx *c, void *arg)
{
    struct attempt *attempt = arg;
    bool address_locked;
    TRY(failure_add(c, attempt->ip_blind, ADDRESS_FAILURES_MAX, &address_locked));
    if (attempt->known)
        return person_count_failure(c, &attempt->person, &attempt->locked);
    TRY(failure_add(c, attempt->login_blind, FAILURES_MAX, &attempt->locked));
    const char *type = attempt->locked ? "account.locked" : "account.sign_in_failed";
    return event_append(c, "login", subject_of_blind(c, "account.login", attempt->login), type, (struct str){0}, NULL);
}

static enum err refuse(struct ctx *c, struct attempt *attempt)
{
    TRY(store_write(c, count_failure, attempt));
    if (attempt->locked)
        return fail_until(c, ERR_LOCKED, "account.locked", c->now_ms + LOCK_MS);
    return fail(c, ERR_UNAUTHENTICATED, "account.wrong_login");
}

static enum err sign_in(struct ctx *c, void *arg)
{
    struct attempt *attempt = arg;
    int64_t changed;
    TRY(db_exec(c, &sql_person_lock_over, ARGS(ARG_INT("id", attempt->person.id)), NULL));
    struct args args = ARGS(ARG_INT("id", attempt->person.id), ARG_INT("step", attempt->step));
    TRY(db_exec(c, &sql_person_signed_in, args, &changed));
    attempt->refused = changed != 1; // locked or disabled meanwhile, or this TOTP was used before
    if (attempt->refused)
        return OK;
    return account_sign_in(c, attempt->rq, attempt->rs, &attempt->person, "password");
}

enum err sign_in_staff(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct attempt attempt = {.rq = rq, .rs = rs};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &staff_input_record, body, RECORD_CREATE, 0, &attempt.input));
    if (attempt.input.totp.n == 0)
        return fail_field(c, ERR_FORBIDDEN, "account.totp_needed", STR("totp"));
    attempt.login = str_lower(c->arena, attempt.input.login);
    attempt.login_blind = blind(c, "account.login", attempt.login);
    attempt.ip_blind = blind(c, "account.address", rq->client_ip);
    TRY(store_read(c, look_up, &attempt));
    bool right;
    TRY(check_secrets(c, &attempt, &right));
    TRY(check_lock(c, &attempt));
    if (!right)
        return refuse(c, &attempt);
    TRY(store_write(c, sign_in, &attempt));
    return attempt.refused ? refuse(c, &attempt) : OK;
}
