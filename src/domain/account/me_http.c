// SPDX-License-Identifier: MulanPSL-2.0
// Routes of one's own page (PIPL art. 44 to 50: see, correct, take along, withdraw, close).
#include "account_sql.h"
#include "domain/account/account_internal.h"

// --- GET, PATCH ----------------------------------------------------------------------------------------------------
static enum err answer_me(struct ctx *c, struct http_response *rs)
{
    struct person person;
    TRY(person_get(c, c->actor.person_id, &person));
    http_set_etag_version(rs, person.version);
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    TRY(me_members(c, &person, &c->actor, &w));
    json_object_end(&w);
    return OK;
}

static enum err me_read(struct ctx *c, void *arg)
{
    return answer_me(c, arg);
}

static enum err get_me(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    return store_read(c, me_read, rs);
}

#define ME_INPUT_FIELDS(F, S)                                                                                          \
    F(S, TEXT, name, .flags = FIELD_INPUT, .max = 40)                                                                  \
    F(S, TEXT, door_number, .flags = FIELD_INPUT, .max = 30)                                                           \
    F(S, ID, home_place, .flags = FIELD_INPUT, .doc = "Building or below")                                             \
    F(S, TEXT, lang, .flags = FIELD_INPUT, .max = 2, .doc = "zh or en")                                                \
    F(S, BOOL, sms_notices, .flags = FIELD_INPUT, .doc = "Tell me of my requests by text message")
struct me_input {
    ME_INPUT_FIELDS(FIELD_MEMBER, me_input)
};
static const struct field input_fields[] = {ME_INPUT_FIELDS(FIELD_ROW, me_input)};
static const struct record me_input_record = {
    .name = "me_change", .size_bytes = sizeof(struct me_input), FIELDS(input_fields)};

struct me_change {
    struct me_input input;
    const struct json *body;
    int64_t if_version;
};

static enum err check_home(struct ctx *c, int64_t place_id)
{
    struct place place;
    enum err err = place_get(c, place_id, &place);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    if (err == OK && place.level >= PLACE_BUILDING && place.closed_at_ms == 0)
        return OK;
    ctx_clear_error(c);
    return fail_field(c, ERR_INVALID, "account.bad_home", STR("home_place"));
}

static enum err apply(struct ctx *c, const struct me_change *change, struct person *person)
{
    const struct me_input *input = &change->input;
    if (json_get(change->body, "name"))
        person->name = person_seal(c, "name", person->id, input->name);
    if (json_get(change->body, "door_number"))
        person->door_number = person_seal(c, "door_number", person->id, input->door_number);
    if (input->lang.n)
        person->lang = input->lang;
    if (json_get(change->body, "sms_notices"))
        person->sms_notices = input->sms_notices;
    if (!json_get(change->body, "home_place"))
        return OK;
    if (input->home_place)
        TRY(check_home(c, input->home_place));
    person->home_place_id = input->home_place;
    return OK;
}

static enum err change_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct me_change *change = arg;
    struct person person;
    TRY(person_get(c, c->actor.person_id, &person));
    if (change->if_version >= 0 && change->if_version != person.version)
        return fail(c, ERR_STALE, "account.stale");
    TRY(apply(c, change, &person));
    TRY(person_save(c, &person));
    struct event_data data; // which fields, never their values
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "fields");
    json_array_begin(w);
    for (size_t i = 0; i < json_count(change->body); i++) {
        struct str key;
        json_member(change->body, i, &key);
        json_put_str(w, key);
    }
    json_array_end(w);
    TRY(event_data_append(c, &data, "person", person.id, "account.changed"));
    return answer_me(c, rs);
}

static enum err change_me(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct me_change change = {0};
    TRY(http_if_match(c, rq, &change.if_version));
    TRY(json_parse(c, rq->body, &change.body));
    TRY(record_from_json(c, &me_input_record, change.body, RECORD_CHANGE, 0, &change.input));
    TRY(lang_check(c, change.input.lang));
    if (json_count(change.body) == 0)
        return fail(c, ERR_INVALID, "account.nothing_to_change");
    return command_run(c, rq, rs, change_run, &change);
}

// --- password ------------------------------------------------------------------------------------------------------
#define PASSWORD_INPUT_FIELDS(F, S)                                                                                    \
    F(S, TEXT, old, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = PASSWORD_MAX)                                        \
    F(S, TEXT, new, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = PASSWORD_MAX,                                        \
      .doc = "At least ten characters, not a common one, without the login")
struct password_input {
    PASSWORD_INPUT_FIELDS(FIELD_MEMBER, password_input)
};
static const struct field password_fields[] = {PASSWORD_INPUT_FIELDS(FIELD_ROW, password_input)};
static const struct record password_input_record = {
    .name = "password_change", .size_bytes = sizeof(struct password_input), FIELDS(password_fields)};

struct password_change {
    struct person person;
    struct str encoded;
    bool locked;
};

static enum err load_self(struct ctx *c, void *arg)
{
    return person_get(c, c->actor.person_id, arg);
}

static enum err count_wrong(struct ctx *c, void *arg)
{
    struct password_change *change = arg;
    return person_count_failure(c, &change->person, &change->locked);
}

static enum err save_password(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct password_change *change = arg;
    struct person person;
    TRY(person_get(c, change->person.id, &person));
    if (!str_equal(person.password, change->person.password))
        return fail(c, ERR_CONFLICT, "account.stale");
    person.password = change->encoded;
    person.password_at_ms = c->now_ms;
    person.failures = 0;
    TRY(person_save(c, &person));
    TRY(session_end_others(c, person.id, c->actor.session_id));
    rs->status = 204;
    return account_event(c, person.id, "account.password_changed");
}

static enum err change_password(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct password_input input = {0};
    struct password_change change = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &password_input_record, body, RECORD_CREATE, 0, &input));
    TRY(store_read(c, load_self, &change.person));
    if (change.person.kind != PERSON_STAFF)
        return fail(c, ERR_CONFLICT, "account.no_password");
    if (change.person.locked_until_ms > c->now_ms)
        return fail(c, ERR_LOCKED, "account.locked");
    if (!password_verify(change.person.password, input.old)) {
        TRY(store_write(c, count_wrong, &change));
        return fail_field(c, ERR_INVALID, "account.password_wrong", STR("old"));
    }
    if (str_equal(input.old, input.new))
        return fail_field(c, ERR_INVALID, "account.password_same", STR("new"));
    TRY(password_check(c, input.new, change.person.login, "new"));
    TRY(password_hash(c, input.new, &change.encoded));
    TRY(command_run(c, rq, rs, save_password, &change));
    return session_close_ended(c, c->actor.person_id);
}

// --- what is kept, consent -----------------------------------------------------------------------------------------
static enum err data_read(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    const struct module_list *list = c->house->modules;
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "made_at");
    json_put_time(&w, c->now_ms);
    for (size_t i = 0; list && i < list->count; i++)
        if (list->at[i]->personal_write)
            TRY(list->at[i]->personal_write(c, c->actor.person_id, &w));
    json_object_end(&w);
    return OK;
}

static enum err get_data(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    http_set_header(rs, "Content-Disposition", STR("attachment; filename=\"linli-my-data.json\""));
    return store_read(c, data_read, rs);
}

static enum err consents_read(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct rows rows;
    struct args args = ARGS(ARG_INT("person_id", c->actor.person_id));
    TRY(db_list(c, &sql_consents_of_person, args, &consent_record, 100, &rows));
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "items");
    consents_write(&rows, &w);
    json_key(&w, "next");
    json_put_null(&w);
    json_object_end(&w);
    return OK;
}

static enum err get_consents(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    return store_read(c, consents_read, rs);
}

#define WITHDRAWAL_FIELDS(F, S) F(S, TEXT, version, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 20)
struct withdrawal {
    WITHDRAWAL_FIELDS(FIELD_MEMBER, withdrawal)
};
static const struct field withdrawal_fields[] = {WITHDRAWAL_FIELDS(FIELD_ROW, withdrawal)};
static const struct record withdrawal_record = {
    .name = "consent_withdrawal", .size_bytes = sizeof(struct withdrawal), FIELDS(withdrawal_fields)};

static enum err withdraw_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct withdrawal *given = arg;
    struct person person;
    int64_t changed;
    struct args args = ARGS(ARG_INT("person_id", c->actor.person_id), ARG_TEXT("consent_version", given->version));
    TRY(db_exec(c, &sql_consent_withdraw, args, &changed));
    TRY(person_get(c, c->actor.person_id, &person));
    bool current = str_equal(person.consent_version, given->version);
    if (changed == 0 && !current)
        return fail_field(c, ERR_NOT_FOUND, "account.no_such_consent", STR("version"));
    if (current) {
        person.consent_version = (struct str){0};
        TRY(person_save(c, &person));
    }
    rs->status = 204;
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "version");
    json_put_str(w, given->version);
    return event_data_append(c, &data, "person", c->actor.person_id, "account.consent_withdrawn");
}

static enum err withdraw(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct withdrawal given = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &withdrawal_record, body, RECORD_CREATE, 0, &given));
    return command_run(c, rq, rs, withdraw_run, &given);
}

// --- closing -------------------------------------------------------------------------------------------------------
static enum err close_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    (void)arg;
    if (c->actor.roles & (ROLES_STAFF | ROLES_ADMIN)) // the post has to be handed over first
        return fail(c, ERR_CONFLICT, "account.holds_post");
    const struct module_list *list = c->house->modules;
    for (size_t i = 0; list && i < list->count; i++)
        if (list->at[i]->personal_erase)
            TRY(list->at[i]->personal_erase(c, c->actor.person_id));
    rs->status = 204;
    return account_event(c, c->actor.person_id, "account.closed");
}

static enum err close_account(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    TRY(command_run(c, rq, rs, close_run, NULL));
    session_cookie_clear(rq, rs);
    return session_close_ended(c, c->actor.person_id);
}

static const struct field consent_given_fields[] = {
    {.name = "version", .type = FIELD_TEXT, .read = READ_OWNER},
    {.name = "given_at", .type = FIELD_TIME, .read = READ_OWNER},
    {.name = "withdrawn_at", .type = FIELD_TIME, .read = READ_OWNER},
};
static const struct record consent_given_record = {.name = "consent_given", FIELDS(consent_given_fields)};

const struct route me_routes[] = {
    {"GET", "/api/v1/me", get_me, ACCESS_SIGNED_IN, 0, NULL, &me_record, NULL, "Who I am and what I may do", NULL},
    {"PATCH", "/api/v1/me", change_me, ACCESS_SIGNED_IN, 0, &me_input_record, &me_record, NULL, "Corrects my own data",
     NULL},
    {"DELETE", "/api/v1/me", close_account, ACCESS_SIGNED_IN, 0, NULL, NULL, NULL,
     "Closes the account: personal data are erased, sessions end", NULL},
    {"POST", "/api/v1/me/password", change_password, ACCESS_SIGNED_IN, 0, &password_input_record, NULL, NULL,
     "Changes the password; other sessions end", NULL},
    {"GET", "/api/v1/me/data", get_data, ACCESS_SIGNED_IN, ROUTE_RAW, NULL, NULL, NULL,
     "Everything kept of me, as a file", "application/json; charset=utf-8"},
    {"GET", "/api/v1/me/consents", get_consents, ACCESS_SIGNED_IN, ROUTE_LIST, NULL, &consent_given_record, NULL,
     "Which notices I agreed to, and when", NULL},
    {"POST", "/api/v1/me/consents/withdraw", withdraw, ACCESS_SIGNED_IN, 0, &withdrawal_record, NULL, NULL,
     "Withdraws the agreement: nothing more is done with my data", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
