// SPDX-License-Identifier: MulanPSL-2.0
// Becoming somebody of the demo. The routes exist in demo mode only, and sign in as nobody who is not of the demo.
#include "domain/demo/demo_internal.h"
#include "json/record_json.h"

static const struct field person_fields[] = {
    {.name = "key", .type = FIELD_TEXT, .read = READ_PUBLIC, .doc = "For become"},
    {.name = "name", .type = FIELD_TEXT, .read = READ_PUBLIC, .doc = "Invented"},
    {.name = "role", .type = FIELD_ENUM, .read = READ_PUBLIC, .names = role_names},
    {.name = "role_zh", .type = FIELD_TEXT, .read = READ_PUBLIC},
    {.name = "role_en", .type = FIELD_TEXT, .read = READ_PUBLIC},
    {.name = "place", .type = FIELD_TEXT, .read = READ_PUBLIC, .doc = "Where: in full"},
    {.name = "app", .type = FIELD_TEXT, .read = READ_PUBLIC, .doc = "resident, worker or console"},
};
static const struct record person_record_of_list = {.name = "demo_person", FIELDS(person_fields)};

static void write_text(struct json_writer *w, const char *key, struct str text)
{
    json_key(w, key);
    json_put_str(w, text);
}

static enum err write_person(struct ctx *c, const struct demo_role *role, struct json_writer *w)
{
    struct demo_person person;
    struct str place;
    enum err err = demo_person_find(c, str_of(role->key), &person);
    if (err == ERR_NOT_FOUND) { // not made yet, or another district
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    TRY(place_full_name(c, person.place_id, PLACE_SUBDISTRICT, &place));
    json_object_begin(w);
    write_text(w, "key", str_of(role->key));
    write_text(w, "name", str_of(role->name));
    write_text(w, "role", str_of(role_names[role->role]));
    write_text(w, "role_zh", str_of(role->role_zh));
    write_text(w, "role_en", str_of(role->role_en));
    write_text(w, "place", place);
    write_text(w, "app", str_of(role->app));
    json_object_end(w);
    return OK;
}

static enum err list_read(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct json_writer w;
    json_list_begin(&w, &rs->body);
    for (const struct demo_role *role = demo_roles; role->key; role++)
        TRY(write_person(c, role, &w));
    json_list_end(&w, 0);
    return OK;
}

static enum err list_people(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    return store_read(c, list_read, rs);
}

struct become {
    struct str key;
    struct http_request *rq;
    struct http_response *rs;
};
static const struct field become_fields[] = {
    {FIELD_AT(struct become, key), .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 40},
};
static const struct record become_record = {
    .name = "demo_become", .size_bytes = sizeof(struct become), FIELDS(become_fields)};

// Whatever visitors did to it: the next one finds it as it was made. Posts are not given back: a vacant post is part of
// the story.
static enum err heal(struct ctx *c, const struct demo_role *role, struct person *person)
{
    struct actor actor;
    TRY(person_heal_demo(c, person, str_of(role->name), str_of(role->phone), str_of(role->key)));
    TRY(account_actor(c, person, &actor));
    bool lost = ROLE_BIT(role->role) & ROLES_ADMIN && !(actor.roles & (ROLES_ADMIN | ROLES_STAFF));
    return lost ? account_grant(c, person->id, (enum role)role->role, 0) : OK;
}

static enum err become_run(struct ctx *c, void *arg)
{
    const struct become *become = arg;
    struct demo_person row;
    struct person person;
    const struct demo_role *role = demo_role_find(become->key);
    if (!role)
        return fail_field(c, ERR_NOT_FOUND, "demo.no_such_person", STR("key"));
    TRY(demo_person_find(c, become->key, &row));
    TRY(person_get(c, row.person_id, &person));
    if (!person.demo)
        return fail_field(c, ERR_NOT_FOUND, "demo.no_such_person", STR("key"));
    TRY(heal(c, role, &person));
    TRY(person_agree(c, &person));
    return account_sign_in(c, become->rq, become->rs, &person, "demo");
}

static enum err become_person(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct become become = {.rq = rq, .rs = rs};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &become_record, body, RECORD_CREATE, 0, &become));
    return store_write(c, become_run, &become);
}

const struct route demo_routes[] = {
    {"GET", "/api/v1/demo/people", list_people, ACCESS_ANYONE, ROUTE_DEMO | ROUTE_LIST, NULL, &person_record_of_list,
     NULL, "Who one can become in the demo", NULL},
    {"POST", "/api/v1/demo/become", become_person, ACCESS_ANYONE, ROUTE_DEMO | ROUTE_NO_IDEMPOTENCY, &become_record,
     &signed_in_record, NULL, "Signs in as somebody of the demo", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
