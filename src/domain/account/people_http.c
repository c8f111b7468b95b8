// SPDX-License-Identifier: MulanPSL-2.0
// Routes of people, for administrators: the system's make and disable accounts and give out passwords, security's
// unlock them and give out TOTP secrets.
#include "account_sql.h"
#include "domain/account/account_internal.h"

#define LIST_MAX 100

// --- list ----------------------------------------------------------------------------------------------------------
struct list {
    struct str words, kind;
    int role; // -1: any
    int64_t before_id, limit;
    struct http_response *rs;
    struct person *found;
    size_t count;
    int64_t next_id;
};

static enum err take(struct ctx *c, struct list *list, int64_t person_id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->found[i].id == person_id)
            return OK;
    return person_get(c, person_id, &list->found[list->count++]);
}

// Holders of posts page by term; grants beside posts are few and come with the first page.
static enum err find_by_role(struct ctx *c, struct list *list)
{
    struct rows terms = {0}, grants = {0};
    enum role role = (enum role)list->role;
    if (!(ROLE_BIT(role) & ROLES_ADMIN))
        TRY(term_list_of_role(c, role, list->before_id, (size_t)list->limit, &terms));
    if (list->before_id == 0) {
        struct args args = ARGS(ARG_INT("person_id", 0), ARG_TEXT("role", str_of(role_names[role])),
                                ARG_INT("before", 0), ARG_INT("limit", LIST_MAX));
        TRY(db_list(c, &sql_grants_list, args, &account_grant_record, LIST_MAX, &grants));
    }
    list->found = arena_array(c->arena, terms.count + grants.count + 1, sizeof *list->found);
    for (size_t i = 0; i < grants.count; i++)
        TRY(take(c, list, ((const struct account_grant *)grants.at)[i].person_id));
    const struct term *term = terms.at;
    for (size_t i = 0; i < terms.count; i++)
        TRY(take(c, list, term[i].person_id));
    if (terms.count && terms.count == (size_t)list->limit)
        list->next_id = term[terms.count - 1].id;
    return OK;
}

static enum err find_by_words(struct ctx *c, struct list *list)
{
    struct str phone, prefix = {0};
    struct rows rows;
    if (list->words.n && phone_read(c, list->words, &phone) == OK) {
        TRY(db_list(c, &sql_people_by_phone, ARGS(ARG_TEXT("phone_blind", phone_blind(c, phone))), &person_record, 20,
                    &rows));
        list->found = rows.at;
        list->count = rows.count;
        return OK;
    }
    ctx_clear_error(c);
    if (list->words.n)
        prefix = str_concat(c->arena, like_literal(c, str_lower(c->arena, list->words)), STR("%"));
    struct args args = ARGS(ARG_INT("before", list->before_id), ARG_TEXT("kind", list->kind),
                            ARG_TEXT("prefix", prefix), ARG_INT("limit", list->limit));
    TRY(db_list(c, &sql_people_list, args, &person_record, LIST_MAX, &rows));
    list->found = rows.at;
    list->count = rows.count;
    if (rows.count && rows.count == (size_t)list->limit)
        list->next_id = list->found[rows.count - 1].id;
    return OK;
}

static enum err list_read(struct ctx *c, void *arg)
{
    struct list *list = arg;
    TRY(list->role >= 0 ? find_by_role(c, list) : find_by_words(c, list));
    struct json_writer w;
    json_list_begin(&w, &list->rs->body);
    for (size_t i = 0; i < list->count; i++) {
        TRY(person_fill_roles(c, &list->found[i]));
        record_to_json(c, &person_record, &list->found[i], list->found[i].id, READ_ADMIN, &w);
    }
    json_list_end(&w, list->next_id);
    return OK;
}

static enum err list_people(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list list = {
        .role = -1, .rs = rs, .words = str_trim(http_query(c, rq, "q")), .kind = http_query(c, rq, "kind")};
    struct str role = http_query(c, rq, "role");
    if (role.n && (list.role = enum_from_name(role_names, role)) < 0)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("role"));
    if (list.kind.n && enum_from_name(person_kind_names, list.kind) < 0)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("kind"));
    TRY(http_query_id(c, rq, "before", &list.before_id));
    TRY(http_query_int(c, rq, "limit", 1, LIST_MAX, 20, &list.limit));
    return store_read(c, list_read, &list);
}

// --- making --------------------------------------------------------------------------------------------------------
#define STAFF_CREATE_FIELDS(F, S)                                                                                      \
    F(S, TEXT, login, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 32, .doc = "3 to 32 of a-z 0-9 . _ -")             \
    F(S, TEXT, name, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 40)                                                 \
    F(S, TEXT, phone, .flags = FIELD_INPUT, .max = 20)
struct staff_create {
    STAFF_CREATE_FIELDS(FIELD_MEMBER, staff_create)
};
static const struct field create_fields[] = {STAFF_CREATE_FIELDS(FIELD_ROW, staff_create)};
static const struct record create_record = {
    .name = "staff_create", .size_bytes = sizeof(struct staff_create), FIELDS(create_fields)};
// Two people give out what a sign-in needs: the system administrator the password, the security administrator the TOTP
// secret. Neither can sign in as somebody else.
static const struct field password_fields[] = {
    {.name = "person", .type = FIELD_JSON, .read = READ_ADMIN, .of = &person_record},
    {.name = "login", .type = FIELD_TEXT, .read = READ_ADMIN},
    {.name = "password",
     .type = FIELD_TEXT,
     .read = READ_ADMIN,
     .doc = "To be changed at the first sign-in; shown once"},
};
static const struct record password_record = {.name = "new_password", FIELDS(password_fields)};
static const struct field totp_fields[] = {
    {.name = "person", .type = FIELD_JSON, .read = READ_ADMIN, .of = &person_record},
    {.name = "login", .type = FIELD_TEXT, .read = READ_ADMIN},
    {.name = "totp_secret", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "Base32; shown once"},
    {.name = "otpauth", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "What an authenticator app scans"},
};
static const struct record totp_record = {.name = "new_totp", FIELDS(totp_fields)};

struct making {
    int64_t person_id; // 0: a new one
    struct new_staff staff;
    struct new_staff_secrets secrets;
};

static enum err answer_secrets(struct ctx *c, const struct making *making, struct person *person,
                               struct http_response *rs)
{
    struct json_writer w;
    const struct new_staff_secrets *secrets = &making->secrets;
    TRY(person_fill_roles(c, person));
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "person");
    record_to_json(c, &person_record, person, person->id, READ_ADMIN, &w);
    json_key(&w, "login");
    json_put_str(&w, person->login);
    if (secrets->password.n) {
        json_key(&w, "password");
        json_put_str(&w, secrets->password);
    }
    if (secrets->totp_base32.n) {
        json_key(&w, "totp_secret");
        json_put_str(&w, secrets->totp_base32);
        json_key(&w, "otpauth");
        json_put_str(&w, str_format(c->arena, "otpauth://totp/Linli:%.*s?secret=%.*s&issuer=Linli",
                                    STR_ARG(person->login), STR_ARG(secrets->totp_base32)));
    }
    json_object_end(&w);
    return OK;
}

static enum err create_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct making *making = arg;
    struct person person;
    TRY(person_create_staff(c, &making->staff, &person, &making->secrets));
    rs->status = 201;
    return answer_secrets(c, making, &person, rs);
}

static enum err create_person(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct staff_create given = {0};
    struct making making = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &create_record, body, RECORD_CREATE, 0, &given));
    making.staff = (struct new_staff){.login = given.login, .name = given.name, .phone = given.phone, .no_totp = true};
    TRY(new_staff_prepare(c, &making.staff, &making.secrets));
    return command_run(c, rq, rs, create_run, &making);
}

// --- changing ------------------------------------------------------------------------------------------------------
#define PERSON_INPUT_FIELDS(F, S)                                                                                      \
    F(S, TEXT, name, .flags = FIELD_INPUT, .max = 40)                                                                  \
    F(S, TEXT, phone, .flags = FIELD_INPUT, .max = 20)                                                                 \
    F(S, BOOL, disabled, .flags = FIELD_INPUT, .doc = "Ends all sessions")
struct person_input {
    PERSON_INPUT_FIELDS(FIELD_MEMBER, person_input)
};
static const struct field change_fields[] = {PERSON_INPUT_FIELDS(FIELD_ROW, person_input)};
static const struct record change_record = {
    .name = "person_change", .size_bytes = sizeof(struct person_input), FIELDS(change_fields)};

struct change {
    int64_t id, if_version;
    const struct json *body;
    struct person_input input;
};

static enum err answer(struct ctx *c, struct person *person, struct http_response *rs)
{
    TRY(person_fill_roles(c, person));
    http_set_etag_version(rs, person->version);
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    record_to_json(c, &person_record, person, person->id, READ_ADMIN, &w);
    return OK;
}

// An administrator's account is beyond the other administrators: it is disabled after its role has been taken back, and
// gets new secrets from the command line of the machine.
static enum err check_no_admin(struct ctx *c, const struct person *person)
{
    struct actor actor;
    TRY(account_actor(c, person, &actor));
    return actor.roles & ROLES_ADMIN ? fail(c, ERR_FORBIDDEN, "account.not_an_admin") : OK;
}

// Residents correct their own data themselves; an administrator can only shut them out or let them in.
static enum err apply(struct ctx *c, const struct change *change, struct person *person)
{
    bool personal = json_get(change->body, "name") || json_get(change->body, "phone");
    if (personal && person->kind != PERSON_STAFF)
        return fail(c, ERR_CONFLICT, "account.staff_only");
    if (json_get(change->body, "name"))
        person->name = person_seal(c, "name", person->id, change->input.name);
    if (json_get(change->body, "phone")) {
        struct str phone = {0};
        if (change->input.phone.n)
            TRY(phone_read(c, change->input.phone, &phone));
        person->phone = person_seal(c, "phone", person->id, phone);
        person->phone_blind = phone.n ? phone_blind(c, phone) : (struct str){0};
    }
    if (json_get(change->body, "disabled") && change->input.disabled != person->disabled)
        TRY(check_no_admin(c, person));
    if (json_get(change->body, "disabled"))
        person->disabled = change->input.disabled;
    return OK;
}

static enum err change_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct change *change = arg;
    struct person person;
    TRY(person_get(c, change->id, &person));
    if (change->if_version >= 0 && change->if_version != person.version)
        return fail(c, ERR_STALE, "account.stale");
    if (person.id == c->actor.person_id)
        return fail(c, ERR_FORBIDDEN, "account.not_yourself");
    bool was_disabled = person.disabled;
    TRY(apply(c, change, &person));
    if (!person.disabled && was_disabled)
        person.last_seen_at_ms = c->now_ms; // else it would be disabled again at once for not having been used
    TRY(person_save(c, &person));
    const char *type = "account.changed";
    if (person.disabled != was_disabled)
        type = person.disabled ? "account.disabled" : "account.enabled";
    if (person.disabled)
        TRY(session_end_others(c, person.id, 0));
    TRY(account_event(c, person.id, type));
    return answer(c, &person, rs);
}

static enum err change_person(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct change change = {0};
    TRY(http_param_id(c, rq, "id", &change.id));
    TRY(http_if_match(c, rq, &change.if_version));
    TRY(json_parse(c, rq->body, &change.body));
    TRY(record_from_json(c, &change_record, change.body, RECORD_CHANGE, 0, &change.input));
    if (json_count(change.body) == 0)
        return fail(c, ERR_INVALID, "account.nothing_to_change");
    TRY(command_run(c, rq, rs, change_run, &change));
    return session_close_ended(c, change.id);
}

// --- the security administrator's ----------------------------------------------------------------------------------
static enum err unlock_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct person person;
    TRY(person_get(c, *(const int64_t *)arg, &person));
    person.failures = 0;
    person.locked_until_ms = 0;
    TRY(person_save(c, &person));
    TRY(account_event(c, person.id, "account.unlocked"));
    return answer(c, &person, rs);
}

static enum err unlock_person(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t id;
    TRY(http_param_id(c, rq, "id", &id));
    return command_run(c, rq, rs, unlock_run, &id);
}

static enum err end_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct person person;
    TRY(person_get(c, *(const int64_t *)arg, &person));
    TRY(session_end_others(c, person.id, 0));
    rs->status = 204;
    return account_event(c, person.id, "account.sessions_ended");
}

static enum err end_sessions(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t id;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(command_run(c, rq, rs, end_run, &id));
    return session_close_ended(c, id);
}

// --- secrets: half from each of two administrators -----------------------------------------------------------------
static enum err check_target(struct ctx *c, int64_t id, struct person *ret_person)
{
    if (id == c->actor.person_id)
        return fail(c, ERR_FORBIDDEN, "account.not_yourself");
    TRY(person_get(c, id, ret_person));
    if (ret_person->kind != PERSON_STAFF)
        return fail(c, ERR_CONFLICT, "account.staff_only");
    return check_no_admin(c, ret_person);
}

static enum err save_secrets(struct ctx *c, const struct making *making, struct person *person, const char *event,
                             struct http_response *rs)
{
    person->failures = 0;
    person->locked_until_ms = 0;
    TRY(person_save(c, person));
    TRY(session_end_others(c, person->id, 0));
    TRY(account_event(c, person->id, event));
    return answer_secrets(c, making, person, rs);
}

static enum err password_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct making *making = arg;
    struct person person;
    TRY(check_target(c, making->person_id, &person));
    person.password = making->staff.encoded;
    person.password_at_ms = 0; // to be changed at the next sign-in
    return save_secrets(c, making, &person, "account.password_reset", rs);
}

static enum err totp_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct making *making = arg;
    struct person person;
    TRY(check_target(c, making->person_id, &person));
    totp_new(c, &making->staff.totp_bytes, &making->secrets.totp_base32);
    person.totp_secret = person_seal(c, "totp_secret", person.id, making->staff.totp_bytes);
    person.totp_used_step = 0; // of the old secret
    return save_secrets(c, making, &person, "account.totp_reset", rs);
}

static enum err load_target(struct ctx *c, void *arg)
{
    struct person *person = arg;
    return check_target(c, person->id, person);
}

static enum err new_password(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct making making = {.staff.no_totp = true};
    struct person person;
    TRY(http_param_id(c, rq, "id", &person.id));
    TRY(store_read(c, load_target, &person)); // before the slow part, which belongs outside the write
    making.person_id = person.id;
    making.staff.login = person.login;
    TRY(new_staff_prepare(c, &making.staff, &making.secrets));
    TRY(command_run(c, rq, rs, password_run, &making));
    return session_close_ended(c, person.id);
}

static enum err new_totp(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct making making = {0};
    TRY(http_param_id(c, rq, "id", &making.person_id));
    TRY(command_run(c, rq, rs, totp_run, &making));
    return session_close_ended(c, making.person_id);
}

static const struct route_query list_query[] = {
    {"q", "Beginning of a login, or a whole phone number"},
    {"role", "Holders of this role"},
    {"kind", "resident or staff"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100"},
    {NULL, NULL},
};
#define SYSTEM_ADMIN ROLE_BIT(ROLE_SYSTEM_ADMIN)
#define SECURITY_ADMIN ROLE_BIT(ROLE_SECURITY_ADMIN)
const struct route people_routes[] = {
    {"GET", "/api/v1/people", list_people, ROLES_ADMIN, ROUTE_LIST, NULL, &person_record, list_query,
     "People, newest first; names and phones masked", NULL},
    {"POST", "/api/v1/people", create_person, SYSTEM_ADMIN, 0, &create_record, &password_record, NULL,
     "Makes a staff account; its first password is shown once, its TOTP secret comes from the security administrator",
     NULL},
    {"POST", "/api/v1/people/{id}/password", new_password, SYSTEM_ADMIN, 0, NULL, &password_record, NULL,
     "New password, shown once; sessions end. Not of administrators", NULL},
    {"PATCH", "/api/v1/people/{id}", change_person, SYSTEM_ADMIN, 0, &change_record, &person_record, NULL,
     "Corrects, disables or enables an account", NULL},
    {"POST", "/api/v1/people/{id}/unlock", unlock_person, SECURITY_ADMIN, 0, NULL, &person_record, NULL,
     "Lifts the lock after failed sign-ins", NULL},
    {"POST", "/api/v1/people/{id}/totp", new_totp, SECURITY_ADMIN, 0, NULL, &totp_record, NULL,
     "New TOTP secret, shown once; sessions end. Not of administrators", NULL},
    {"DELETE", "/api/v1/people/{id}/sessions", end_sessions, SECURITY_ADMIN, 0, NULL, NULL, NULL,
     "Ends all sessions of a person", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
