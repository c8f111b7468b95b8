// SPDX-License-Identifier: MulanPSL-2.0
// People as records: what is kept of them, sealed how, found how.
#include "domain/account/account_internal.h"

#include "account_sql.h"
#include "base/id.h"
#include "base/phone.h"

#include <string.h>

const char *const person_kind_names[] = {"resident", "staff", NULL};

#define PERSONAL (FIELD_PERSONAL)
static const struct field person_fields[] = {PERSON_FIELDS(FIELD_ROW, person)};
const struct record person_record = {
    .name = "person", .table = "person", .size_bytes = sizeof(struct person), FIELDS(person_fields)};

enum err account_event(struct ctx *c, int64_t person_id, const char *type)
{
    return event_append(c, "person", person_id, type, (struct str){0}, NULL);
}

enum err account_not_found(struct ctx *c, enum err err, const char *key)
{
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return fail(c, ERR_NOT_FOUND, key);
}

enum err person_get(struct ctx *c, int64_t id, struct person *ret_person)
{
    return account_not_found(c, db_one(c, &sql_person_by_id, ARGS(ARG_INT("id", id)), &person_record, ret_person),
                             "account.no_such_person");
}

enum err resident_of_phone(struct ctx *c, struct str phone, struct person *ret_person)
{
    return account_not_found(c,
                             db_one(c, &sql_resident_by_phone, ARGS(ARG_TEXT("phone_blind", phone_blind(c, phone))),
                                    &person_record, ret_person),
                             "account.no_such_person");
}

enum err person_by_login(struct ctx *c, struct str login, struct person *ret_person)
{
    return account_not_found(
        c, db_one(c, &sql_person_by_login, ARGS(ARG_TEXT("login", login)), &person_record, ret_person),
        "account.no_such_person");
}

enum err person_save(struct ctx *c, struct person *person)
{
    int64_t changed, old_version = person->version++;
    struct args args = ARGS(ARG_INT("old_version", old_version), ARG_ROW(&person_record, person));
    enum err err = db_exec(c, &sql_person_update, args, &changed);
    if (err == ERR_CONFLICT) {
        ctx_clear_error(c);
        return fail(c, ERR_CONFLICT, "account.taken");
    }
    TRY(err);
    return changed == 1 ? OK : fail(c, ERR_STALE, "account.stale");
}

// --- reading what was typed ----------------------------------------------------------------------------------------
enum err phone_read(struct ctx *c, struct str typed, struct str *ret_phone)
{
    return phone_mobile(c->arena, typed, ret_phone) ? OK
                                                    : fail_field(c, ERR_INVALID, "account.bad_phone", STR("phone"));
}

struct str phone_blind(struct ctx *c, struct str phone)
{
    return blind(c, "account.phone", phone);
}

int64_t subject_of_blind(struct ctx *c, const char *purpose, struct str clear)
{
    return (int64_t)(blind64(c, purpose, clear) >> 1 | 1); // 63 bits, never 0
}

struct str like_literal(struct ctx *c, struct str text)
{
    char *out = arena_alloc(c->arena, text.n * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '!' || text.p[i] == '%' || text.p[i] == '_')
            out[n++] = '!';
        out[n++] = text.p[i];
    }
    return (struct str){out, n};
}

enum err login_read(struct ctx *c, struct str typed, struct str *ret_login)
{
    struct str login = str_lower(c->arena, str_trim(typed));
    bool fine = login.n >= 3 && login.n <= 32;
    for (size_t i = 0; fine && i < login.n; i++) {
        char ch = login.p[i];
        fine = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '_' || ch == '-';
    }
    if (!fine)
        return fail_field(c, ERR_INVALID, "account.bad_login", STR("login"));
    *ret_login = login;
    return OK;
}

// --- sealed fields -------------------------------------------------------------------------------------------------
struct str person_seal(struct ctx *c, const char *field, int64_t id, struct str clear)
{
    return seal_field(c, &person_record, record_field(&person_record, str_of(field)), id, clear);
}

enum err person_open(struct ctx *c, const char *field, int64_t id, struct str box, struct str *ret_clear)
{
    return open_field(c, &person_record, record_field(&person_record, str_of(field)), id, box, ret_clear);
}

enum err person_masked_name(struct ctx *c, int64_t id, struct str *ret_name)
{
    struct person person;
    struct str name;
    TRY(person_get(c, id, &person));
    TRY(person_open(c, "name", id, person.name, &name));
    *ret_name = name.n ? mask_text(c->arena, name) : (struct str){0};
    return OK;
}

enum err person_own_contact(struct ctx *c, const struct person *person, struct person_contact *ret_contact)
{
    TRY(person_open(c, "name", person->id, person->name, &ret_contact->name));
    TRY(person_open(c, "phone", person->id, person->phone, &ret_contact->phone));
    return person_open(c, "door_number", person->id, person->door_number, &ret_contact->door_number);
}

bool person_needs_consent(const struct person *person)
{
    return person->kind == PERSON_RESIDENT && !str_equal_z(person->consent_version, CONSENT_VERSION);
}

bool person_password_expired(const struct ctx *c, const struct person *person)
{
    return person->kind == PERSON_STAFF && person->password.n && person->password_at_ms + PASSWORD_AGE_MS < c->now_ms;
}

enum err person_fill_roles(struct ctx *c, struct person *person)
{
    struct actor actor;
    TRY(account_actor(c, person, &actor));
    struct str json = STR("[");
    for (int role = 0; role < ROLE_COUNT; role++)
        if (actor.roles & ROLE_BIT(role))
            json = str_format(c->arena, "%.*s%s\"%s\"", STR_ARG(json), json.n > 1 ? "," : "", role_names[role]);
    person->roles = str_concat(c->arena, json, STR("]"));
    return OK;
}

// --- making --------------------------------------------------------------------------------------------------------
static enum err insert(struct ctx *c, const struct person *person, const char *taken_field)
{
    enum err err = db_exec(c, &sql_person_insert, ARGS(ARG_ROW(&person_record, person)), NULL);
    if (err != ERR_CONFLICT)
        return err;
    ctx_clear_error(c);
    return fail_field(c, ERR_CONFLICT, "account.taken", str_of(taken_field));
}

static struct person new_person(struct ctx *c, enum person_kind kind, bool demo)
{
    return (struct person){.id = ids_next(c->house->ids, c->now_ms),
                           .version = 1,
                           .kind = (int)kind,
                           .demo = demo,
                           .lang = STR("zh"),
                           .created_at_ms = c->now_ms};
}

struct person person_new_resident(struct ctx *c, struct str phone)
{
    struct person person = new_person(c, PERSON_RESIDENT, false);
    person.phone = person_seal(c, "phone", person.id, phone);
    person.phone_blind = phone_blind(c, phone);
    return person;
}

enum err person_create_staff(struct ctx *c, const struct new_staff *given, struct person *ret_person,
                             struct new_staff_secrets *ret_secrets)
{
    struct new_staff ready = *given;
    struct str login, phone = {0};
    TRY(login_read(c, given->login, &login));
    if (given->phone.n)
        TRY(phone_read(c, given->phone, &phone));
    if (!given->no_secrets && given->encoded.n == 0)
        TRY(new_staff_prepare(c, &ready, ret_secrets));
    struct person person = new_person(c, PERSON_STAFF, given->demo);
    person.login = login;
    person.name = person_seal(c, "name", person.id, given->name);
    person.phone = person_seal(c, "phone", person.id, phone);
    person.phone_blind = phone.n ? phone_blind(c, phone) : (struct str){0};
    if (!given->no_secrets) {
        person.password = ready.encoded;
        person.totp_secret = person_seal(c, "totp_secret", person.id, ready.totp_bytes);
        person.password_at_ms = given->password.n ? c->now_ms : 0;
    }
    TRY(insert(c, &person, "login"));
    *ret_person = person;
    return account_event(c, person.id, "account.created");
}

enum err person_reset_admin(struct ctx *c, const struct new_staff *prepared)
{
    struct str login;
    struct person person;
    struct actor actor;
    TRY(login_read(c, prepared->login, &login));
    TRY(person_by_login(c, login, &person));
    TRY(account_actor(c, &person, &actor));
    if (!(actor.roles & ROLES_ADMIN))
        return fail(c, ERR_CONFLICT, "account.admins_only");
    person.password = prepared->encoded;
    person.password_at_ms = 0; // to be changed at the next sign-in
    person.totp_secret = person_seal(c, "totp_secret", person.id, prepared->totp_bytes);
    person.totp_used_step = 0; // of the old secret
    person.failures = 0;
    person.locked_until_ms = 0;
    person.disabled = false;
    person.last_seen_at_ms = c->now_ms; // else it would be disabled again at once for not having been used
    TRY(person_save(c, &person));
    TRY(session_end_others(c, person.id, 0));
    return account_event(c, person.id, "account.secrets_reset");
}

enum err person_heal_demo(struct ctx *c, struct person *person, struct str name, struct str phone, struct str login)
{
    bool staff = person->kind == PERSON_STAFF, was_disabled = person->disabled;
    bool whole = !was_disabled && !person->password.n && !person->totp_secret.n && !person->locked_until_ms &&
                 person->name.n && (staff ? person->login.n : person->phone.n);
    if (whole || !person->demo)
        return OK;
    person->disabled = false;
    person->password = person->totp_secret = (struct str){0};
    person->password_at_ms = person->locked_until_ms = person->failures = 0;
    if (!person->name.n)
        person->name = person_seal(c, "name", person->id, name);
    if (staff && !person->login.n)
        person->login = login;
    if (!staff && !person->phone.n) {
        person->phone = person_seal(c, "phone", person->id, phone);
        person->phone_blind = phone_blind(c, phone);
    }
    TRY(person_save(c, person));
    return was_disabled ? account_event(c, person->id, "account.enabled") : OK;
}

enum err person_create_resident(struct ctx *c, struct str phone, struct str name, int64_t home_place_id, bool demo,
                                struct person *ret_person)
{
    struct str digits;
    TRY(phone_read(c, phone, &digits));
    struct person person = new_person(c, PERSON_RESIDENT, demo);
    person.name = person_seal(c, "name", person.id, name);
    person.phone = person_seal(c, "phone", person.id, digits);
    person.phone_blind = phone_blind(c, digits);
    person.home_place_id = home_place_id;
    if (demo)
        person.consent_version = STR(CONSENT_VERSION);
    TRY(insert(c, &person, "phone"));
    *ret_person = person;
    return account_event(c, person.id, "account.created");
}
