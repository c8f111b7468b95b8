// SPDX-License-Identifier: MulanPSL-2.0
// One's own page: who I am and what I may do here; all that is kept of me; closing the account.
#include "account_sql.h"
#include "domain/account/account_internal.h"

static const struct field home_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_OWNER},
    {.name = "name", .type = FIELD_TEXT, .read = READ_OWNER},
    {.name = "full_name", .type = FIELD_TEXT, .read = READ_OWNER},
};
static const struct record home_record = {.name = "home_place", FIELDS(home_fields)};
static const struct field post_ref_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_OWNER},
    {.name = "name", .type = FIELD_TEXT, .read = READ_OWNER},
};
static const struct record post_ref_record = {.name = "post_ref", FIELDS(post_ref_fields)};
static const struct field held_fields[] = {
    {.name = "role", .type = FIELD_ENUM, .read = READ_OWNER, .names = role_names},
    {.name = "place", .type = FIELD_JSON, .read = READ_OWNER, .of = &place_ref_record},
    {.name = "post", .type = FIELD_JSON, .read = READ_OWNER, .of = &post_ref_record, .doc = "null: not from a post"},
};
static const struct record held_record = {.name = "my_grant", FIELDS(held_fields)};
static const struct field me_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_OWNER},
    {.name = "version", .type = FIELD_INT, .read = READ_OWNER},
    {.name = "kind", .type = FIELD_ENUM, .read = READ_OWNER, .names = person_kind_names},
    {.name = "name", .type = FIELD_TEXT, .read = READ_OWNER},
    {.name = "phone", .type = FIELD_TEXT, .read = READ_OWNER, .doc = "Masked"},
    {.name = "door_number", .type = FIELD_TEXT, .read = READ_OWNER},
    {.name = "home_place", .type = FIELD_JSON, .read = READ_OWNER, .of = &home_record},
    {.name = "lang", .type = FIELD_TEXT, .read = READ_OWNER},
    {.name = "sms_notices",
     .type = FIELD_BOOL,
     .read = READ_OWNER,
     .doc = "Wants to hear of own requests by text message"},
    {.name = "roles", .type = FIELD_JSON, .read = READ_OWNER, .doc = "Names of the roles held now"},
    {.name = "grants", .type = FIELD_JSON, .flags = FIELD_MANY, .read = READ_OWNER, .of = &held_record},
    {.name = "demo", .type = FIELD_BOOL, .read = READ_OWNER},
    {.name = "password_expired", .type = FIELD_BOOL, .read = READ_OWNER, .doc = "Only changing it is open then"},
    {.name = "consent_needed",
     .type = FIELD_BOOL,
     .read = READ_OWNER,
     .doc = "The notice is not agreed to: sign in again to do so"},
};
const struct record me_record = {.name = "me", FIELDS(me_fields)};

static enum err write_home(struct ctx *c, int64_t place_id, struct json_writer *w)
{
    struct place place;
    struct str full_name;
    if (place_id == 0) {
        json_put_null(w);
        return OK;
    }
    TRY(place_get(c, place_id, &place));
    TRY(place_full_name(c, place_id, PLACE_SUBDISTRICT, &full_name));
    json_object_begin(w);
    json_key(w, "id");
    json_put_id(w, place.id);
    json_key(w, "name");
    json_put_str(w, place.name);
    json_key(w, "full_name");
    json_put_str(w, full_name);
    json_object_end(w);
    return OK;
}

static enum err write_grant(struct ctx *c, const struct grant *grant, struct json_writer *w)
{
    json_object_begin(w);
    json_key(w, "role");
    json_put_z(w, role_names[grant->role]);
    json_key(w, "place");
    if (grant->place_id) {
        struct place place;
        TRY(place_get(c, grant->place_id, &place));
        place_ref_write(&place, w);
    } else {
        json_put_null(w);
    }
    json_key(w, "post");
    if (grant->post_id) {
        struct post post;
        TRY(post_get(c, grant->post_id, &post));
        json_object_begin(w);
        json_key(w, "id");
        json_put_id(w, post.id);
        json_key(w, "name");
        json_put_str(w, post.name);
        json_object_end(w);
    } else {
        json_put_null(w);
    }
    json_object_end(w);
    return OK;
}

static void write_roles(unsigned roles, struct json_writer *w)
{
    json_array_begin(w);
    for (int role = 0; role < ROLE_COUNT; role++)
        if (roles & ROLE_BIT(role))
            json_put_z(w, role_names[role]);
    json_array_end(w);
}

enum err me_members(struct ctx *c, const struct person *person, const struct actor *actor, struct json_writer *w)
{
    struct person_contact contact;
    TRY(person_own_contact(c, person, &contact));
    json_key(w, "id");
    json_put_id(w, person->id);
    json_key(w, "version");
    json_put_int(w, person->version);
    json_key(w, "kind");
    json_put_z(w, person_kind_names[person->kind]);
    json_key(w, "name");
    json_put_str(w, contact.name);
    json_key(w, "phone");
    json_put_str(w, contact.phone.n ? mask_text(c->arena, contact.phone) : contact.phone);
    json_key(w, "door_number");
    json_put_str(w, contact.door_number);
    json_key(w, "home_place");
    TRY(write_home(c, person->home_place_id, w));
    json_key(w, "lang");
    json_put_str(w, person->lang);
    json_key(w, "sms_notices");
    json_put_bool(w, person->sms_notices);
    json_key(w, "roles");
    write_roles(actor->roles, w);
    json_key(w, "grants");
    json_array_begin(w);
    for (size_t i = 0; i < actor->grant_count; i++)
        TRY(write_grant(c, &actor->grants[i], w));
    json_array_end(w);
    json_key(w, "demo");
    json_put_bool(w, person->demo);
    json_key(w, "password_expired");
    json_put_bool(w, person_password_expired(c, person));
    json_key(w, "consent_needed");
    json_put_bool(w, person_needs_consent(person));
    return OK;
}

// --- all that is kept ----------------------------------------------------------------------------------------------
static void write_text(struct json_writer *w, const char *key, struct str text)
{
    json_key(w, key);
    json_put_str(w, text);
}

static void write_time(struct json_writer *w, const char *key, int64_t at_ms)
{
    json_key(w, key);
    json_put_time(w, at_ms);
}

static enum err write_person(struct ctx *c, const struct person *person, struct json_writer *w)
{
    struct person_contact contact;
    TRY(person_own_contact(c, person, &contact));
    json_key(w, "person");
    json_object_begin(w);
    json_key(w, "id");
    json_put_id(w, person->id);
    json_key(w, "kind");
    json_put_z(w, person_kind_names[person->kind]);
    write_text(w, "login", person->login);
    write_text(w, "name", contact.name);
    write_text(w, "phone", contact.phone);
    write_text(w, "door_number", contact.door_number);
    json_key(w, "home_place");
    TRY(write_home(c, person->home_place_id, w));
    write_text(w, "lang", person->lang);
    json_key(w, "sms_notices");
    json_put_bool(w, person->sms_notices);
    write_time(w, "created_at", person->created_at_ms);
    write_time(w, "last_seen_at", person->last_seen_at_ms);
    write_time(w, "password_at", person->password_at_ms);
    json_key(w, "has_password");
    json_put_bool(w, person->password.n > 0);
    json_key(w, "has_totp");
    json_put_bool(w, person->totp_secret.n > 0);
    json_object_end(w);
    return OK;
}

void consents_write(const struct rows *rows, struct json_writer *w)
{
    const struct consent *consents = rows->at;
    json_array_begin(w);
    for (size_t i = 0; i < rows->count; i++) {
        json_object_begin(w);
        write_text(w, "version", consents[i].consent_version);
        write_time(w, "given_at", consents[i].given_at_ms);
        write_time(w, "withdrawn_at", consents[i].withdrawn_at_ms);
        json_object_end(w);
    }
    json_array_end(w);
}

enum err account_personal_write(struct ctx *c, int64_t person_id, struct json_writer *w)
{
    struct person person;
    struct actor actor;
    struct rows consents, sessions;
    struct args args = ARGS(ARG_INT("person_id", person_id));
    TRY(person_get(c, person_id, &person));
    TRY(write_person(c, &person, w));
    TRY(account_actor(c, &person, &actor));
    json_key(w, "roles");
    write_roles(actor.roles, w);
    TRY(db_list(c, &sql_consents_of_person, args, &consent_record, 100, &consents));
    json_key(w, "consents");
    consents_write(&consents, w);
    TRY(db_list(c, &sql_sessions_of_person, args, &session_record, 50, &sessions));
    json_key(w, "sessions");
    json_array_begin(w);
    for (size_t i = 0; i < sessions.count; i++) {
        const struct session *session = (const struct session *)sessions.at + i;
        record_to_json(c, &session_record, session, session->id, READ_OWNER, w);
    }
    json_array_end(w);
    return OK;
}

// The row stays, empty, so that the log still has somebody to name; what was personal in it is gone.
enum err account_personal_erase(struct ctx *c, int64_t person_id)
{
    struct person person;
    TRY(person_get(c, person_id, &person));
    struct args of_person = ARGS(ARG_INT("person_id", person_id));
    if (person.phone_blind.n)
        TRY(db_exec(c, &sql_auth_code_forget_phone, ARGS(ARG_TEXT("phone_blind", person.phone_blind)), NULL));
    TRY(db_exec(c, &sql_consent_close_all, of_person, NULL));
    TRY(session_end_others(c, person_id, 0));
    person.name = person.phone = person.phone_blind = person.door_number = (struct str){0};
    person.login = person.password = person.totp_secret = person.consent_version = (struct str){0};
    person.home_place_id = 0;
    person.sms_notices = false;
    person.disabled = true;
    return person_save(c, &person);
}
