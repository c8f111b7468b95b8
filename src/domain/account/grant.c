// SPDX-License-Identifier: MulanPSL-2.0
// Roles beside posts: the three separate administrators, and desks.
#include "domain/account/account_internal.h"

#include "account_sql.h"
#include "base/id.h"

static const struct field grant_fields[] = {ACCOUNT_GRANT_FIELDS(FIELD_ROW, account_grant)};
const struct record account_grant_record = {.name = "account_grant",
                                            .table = "account_grant",
                                            .size_bytes = sizeof(struct account_grant),
                                            FIELDS(grant_fields)};

// GB/T 22239-2019 8.1.5: system, security and audit administration are held apart; and whoever administers handles no
// requests, which administrators may not read.
static enum err check_separate(struct ctx *c, const struct person *person, enum role role)
{
    struct actor actor;
    TRY(account_actor(c, person, &actor));
    bool admin = ROLE_BIT(role) & ROLES_ADMIN, holds_admin = actor.roles & ROLES_ADMIN,
         holds_staff = actor.roles & ROLES_STAFF;
    if (admin ? holds_admin || holds_staff : holds_admin)
        return fail_field(c, ERR_CONFLICT, "account.separate_admins", STR("role"));
    return OK;
}

static enum err district(struct ctx *c, int64_t *ret_place_id)
{
    struct place root;
    enum err err = place_root(c, &root);
    if (err == ERR_NOT_FOUND) { // the first administrators come before the first place
        ctx_clear_error(c);
        *ret_place_id = 0;
        return OK;
    }
    TRY(err);
    *ret_place_id = root.id;
    return OK;
}

enum err account_grant(struct ctx *c, int64_t person_id, enum role role, int64_t place_id)
{
    struct person person;
    TRY(person_get(c, person_id, &person));
    if (!(ROLE_BIT(role) & (ROLES_ADMIN | ROLES_DESK)))
        return fail_field(c, ERR_INVALID, "account.role_by_post", STR("role"));
    if (person.kind != PERSON_STAFF)
        return fail_field(c, ERR_INVALID, "account.staff_only", STR("person_id"));
    TRY(check_separate(c, &person, role));
    if (place_id) {
        struct place place;
        TRY(place_get(c, place_id, &place));
    } else {
        TRY(district(c, &place_id));
    }
    struct account_grant grant = {.id = ids_next(c->house->ids, c->now_ms),
                                  .version = 1,
                                  .person_id = person_id,
                                  .role = (int)role,
                                  .place_id = place_id,
                                  .made_at_ms = c->now_ms};
    enum err err = db_exec(c, &sql_grant_insert, ARGS(ARG_ROW(&account_grant_record, &grant)), NULL);
    if (err == ERR_CONFLICT) {
        ctx_clear_error(c);
        return fail(c, ERR_CONFLICT, "account.granted_already");
    }
    TRY(err);
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "grant_id");
    json_put_id(w, grant.id);
    json_key(w, "role");
    json_put_z(w, role_names[role]);
    json_key(w, "place_id");
    json_put_id(w, place_id);
    return event_data_append(c, &data, "person", person_id, "account.granted");
}

enum err account_grant_over(struct ctx *c, unsigned roles, int64_t place_id, const struct grant **ret_grant)
{
    struct place_chain chain;
    const struct grant *found = NULL;
    TRY(place_get_chain(c, place_id, &chain));
    for (size_t i = 0; i < c->actor.grant_count && !found; i++) {
        const struct grant *grant = &c->actor.grants[i];
        for (int level = 0; level < PLACE_LEVEL_COUNT && (ROLE_BIT(grant->role) & roles); level++)
            if (chain.at[level] && chain.at[level] == grant->place_id)
                found = grant;
    }
    *ret_grant = found;
    return OK;
}

enum err account_topics(struct ctx *c, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    size_t n = 0;
    if (c->actor.kind == ACTOR_PERSON && n < max)
        ret_topics[n++] = c->actor.person_id;
    for (size_t i = 0; i < c->actor.grant_count; i++) {
        const struct grant *grant = &c->actor.grants[i];
        if (grant->post_id && n < max)
            ret_topics[n++] = grant->post_id;
        // A unit hears what comes to its posts, not all that happens in the area.
        if (grant->place_id && n < max && (ROLE_BIT(grant->role) & (ROLES_STAFF & ~ROLE_BIT(ROLE_UNIT))))
            ret_topics[n++] = grant->place_id;
    }
    *ret_count = n;
    return OK;
}

// --- routes --------------------------------------------------------------------------------------------------------
struct list {
    int64_t person_id, before_id, limit;
    struct str role;
    struct http_response *rs;
};

static enum err list_read(struct ctx *c, void *arg)
{
    const struct list *list = arg;
    struct rows rows;
    struct args args = ARGS(ARG_INT("person_id", list->person_id), ARG_TEXT("role", list->role),
                            ARG_INT("before", list->before_id), ARG_INT("limit", list->limit));
    TRY(db_list(c, &sql_grants_list, args, &account_grant_record, 100, &rows));
    const struct account_grant *grants = rows.at;
    struct json_writer w;
    json_list_begin(&w, &list->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &account_grant_record, &grants[i], grants[i].id, READ_ADMIN, &w);
    json_list_end(&w, rows.count && rows.count == (size_t)list->limit ? grants[rows.count - 1].id : 0);
    return OK;
}

static enum err list_grants(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list list = {.role = http_query(c, rq, "role"), .rs = rs};
    if (list.role.n && enum_from_name(role_names, list.role) < 0)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("role"));
    TRY(http_query_id(c, rq, "person", &list.person_id));
    TRY(http_query_id(c, rq, "before", &list.before_id));
    TRY(http_query_int(c, rq, "limit", 1, 100, 20, &list.limit));
    return store_read(c, list_read, &list);
}

static enum err give(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct account_grant *given = arg;
    if (given->person_id == c->actor.person_id)
        return fail(c, ERR_FORBIDDEN, "account.not_yourself");
    TRY(account_grant(c, given->person_id, (enum role)given->role, given->place_id));
    struct rows rows;
    TRY(db_list(c, &sql_grants_of_person, ARGS(ARG_INT("person_id", given->person_id)), &account_grant_record, 50,
                &rows));
    const struct account_grant *newest = (const struct account_grant *)rows.at + rows.count - 1;
    rs->status = 201;
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    record_to_json(c, &account_grant_record, newest, newest->id, READ_ADMIN, &w);
    return OK;
}

static enum err give_grant(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct account_grant given = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &account_grant_record, body, RECORD_CREATE, 0, &given));
    return command_run(c, rq, rs, give, &given);
}

static enum err take(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    int64_t id = *(const int64_t *)arg, changed;
    struct account_grant grant;
    TRY(account_not_found(c, db_one(c, &sql_grant_by_id, ARGS(ARG_INT("id", id)), &account_grant_record, &grant),
                          "account.no_such_grant"));
    TRY(db_exec(c, &sql_grant_end, ARGS(ARG_INT("id", id)), &changed));
    if (changed != 1)
        return fail(c, ERR_NOT_FOUND, "account.no_such_grant");
    rs->status = 204;
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "grant_id");
    json_put_id(w, id);
    json_key(w, "role");
    json_put_z(w, role_names[grant.role]);
    return event_data_append(c, &data, "person", grant.person_id, "account.grant_ended");
}

static enum err take_grant(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t id;
    TRY(http_param_id(c, rq, "id", &id));
    return command_run(c, rq, rs, take, &id);
}

static const struct route_query list_query[] = {{"person", "Grants of this person"},
                                                {"role", "Grants of this role"},
                                                {"before", "Cursor: next of the page before"},
                                                {"limit", "1 to 100"},
                                                {NULL, NULL}};
#define SECURITY_ADMIN ROLE_BIT(ROLE_SECURITY_ADMIN)
const struct route grant_routes[] = {
    {"GET", "/api/v1/grants", list_grants, ROLES_ADMIN, ROUTE_LIST, NULL, &account_grant_record, list_query,
     "Roles held beside posts", NULL},
    {"POST", "/api/v1/grants", give_grant, SECURITY_ADMIN, 0, &account_grant_record, &account_grant_record, NULL,
     "Gives a role; nobody holds two of the three administrations", NULL},
    {"DELETE", "/api/v1/grants/{id}", take_grant, SECURITY_ADMIN, 0, NULL, NULL, NULL, "Takes a role back", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
