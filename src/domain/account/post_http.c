// SPDX-License-Identifier: MulanPSL-2.0
// Posts and places as the console shows them: with who holds what. Names of holders are masked.
#include "domain/account/account_internal.h"

#define LIST_MAX 100

static const struct field holder_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "name", .type = FIELD_TEXT, .read = READ_STAFF, .doc = "Masked"},
    {.name = "term_id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "from", .type = FIELD_TIME, .read = READ_STAFF},
};
static const struct record holder_record = {.name = "post_holder", FIELDS(holder_fields)};
static const struct field org_ref_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "name", .type = FIELD_TEXT, .read = READ_STAFF},
};
static const struct record org_ref_record = {.name = "org_ref", FIELDS(org_ref_fields)};
static const struct field post_view_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "version", .type = FIELD_INT, .read = READ_STAFF},
    {.name = "org_id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "org", .type = FIELD_JSON, .read = READ_STAFF, .of = &org_ref_record},
    {.name = "place_id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "place", .type = FIELD_JSON, .read = READ_STAFF, .of = &place_ref_record},
    {.name = "role", .type = FIELD_ENUM, .read = READ_STAFF, .names = role_names},
    {.name = "name", .type = FIELD_TEXT, .read = READ_STAFF},
    {.name = "holder", .type = FIELD_JSON, .read = READ_STAFF, .of = &holder_record, .doc = "null: vacant"},
};
static const struct record post_view_record = {.name = "post_view", FIELDS(post_view_fields)};
static const struct field place_view_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "version", .type = FIELD_INT, .read = READ_STAFF},
    {.name = "parent_id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "level", .type = FIELD_ENUM, .read = READ_STAFF, .names = place_level_names},
    {.name = "code", .type = FIELD_TEXT, .read = READ_STAFF},
    {.name = "name", .type = FIELD_TEXT, .read = READ_STAFF},
    {.name = "full_name", .type = FIELD_TEXT, .read = READ_STAFF},
    {.name = "lat", .type = FIELD_REAL, .read = READ_STAFF},
    {.name = "lng", .type = FIELD_REAL, .read = READ_STAFF},
    {.name = "invented", .type = FIELD_BOOL, .read = READ_STAFF},
    {.name = "closed_at", .type = FIELD_TIME, .read = READ_STAFF},
    {.name = "child_count", .type = FIELD_INT, .read = READ_STAFF},
    {.name = "chain",
     .type = FIELD_JSON,
     .flags = FIELD_MANY,
     .read = READ_STAFF,
     .of = &place_ref_record,
     .doc = "From the district down to the place itself"},
    {.name = "door", .type = FIELD_JSON, .read = READ_STAFF, .of = &door_record},
    {.name = "posts", .type = FIELD_JSON, .flags = FIELD_MANY, .read = READ_STAFF, .of = &post_view_record},
};
static const struct record place_view_record = {.name = "place_view", FIELDS(place_view_fields)};

static void write_id_name(struct json_writer *w, int64_t id, struct str name)
{
    json_key(w, "id");
    json_put_id(w, id);
    json_key(w, "name");
    json_put_str(w, name);
}

static enum err write_holder(struct ctx *c, int64_t post_id, struct json_writer *w)
{
    struct rows rows;
    struct str name;
    TRY(term_list_of_post(c, post_id, &rows));
    const struct term *newest = rows.at;
    if (rows.count == 0 || newest->ended_at_ms) {
        json_put_null(w);
        return OK;
    }
    TRY(person_masked_name(c, newest->person_id, &name));
    json_object_begin(w);
    write_id_name(w, newest->person_id, name);
    json_key(w, "term_id");
    json_put_id(w, newest->id);
    json_key(w, "from");
    json_put_time(w, newest->began_at_ms);
    json_object_end(w);
    return OK;
}

static enum err write_post(struct ctx *c, const struct post *post, struct json_writer *w)
{
    struct org org;
    struct place place;
    TRY(org_get(c, post->org_id, &org));
    TRY(place_get(c, post->place_id, &place));
    json_object_begin(w);
    write_id_name(w, post->id, post->name);
    json_key(w, "version");
    json_put_int(w, post->version);
    json_key(w, "org_id");
    json_put_id(w, post->org_id);
    json_key(w, "org");
    json_object_begin(w);
    write_id_name(w, org.id, org.name);
    json_object_end(w);
    json_key(w, "place_id");
    json_put_id(w, post->place_id);
    json_key(w, "place");
    place_ref_write(&place, w);
    json_key(w, "role");
    json_put_z(w, role_names[post->role]);
    json_key(w, "holder");
    TRY(write_holder(c, post->id, w));
    json_object_end(w);
    return OK;
}

static enum err write_posts(struct ctx *c, const struct rows *rows, struct json_writer *w)
{
    json_array_begin(w);
    for (size_t i = 0; i < rows->count; i++)
        TRY(write_post(c, (const struct post *)rows->at + i, w));
    json_array_end(w);
    return OK;
}

// --- GET /api/v1/posts ---------------------------------------------------------------------------------------------
struct list {
    struct post_filter filter;
    int64_t limit;
    struct http_response *rs;
};

static enum err list_read(struct ctx *c, void *arg)
{
    const struct list *list = arg;
    struct rows rows;
    TRY(post_list(c, &list->filter, (size_t)list->limit, &rows));
    struct json_writer w;
    json_writer_init(&w, &list->rs->body);
    json_object_begin(&w);
    json_key(&w, "items");
    TRY(write_posts(c, &rows, &w));
    json_key(&w, "next");
    bool more = rows.count && rows.count == (size_t)list->limit;
    json_put_id(&w, more ? ((const struct post *)rows.at)[rows.count - 1].id : 0);
    json_object_end(&w);
    return OK;
}

static enum err list_posts(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list list = {.filter.role = -1, .rs = rs};
    int64_t vacant;
    struct str role = http_query(c, rq, "role");
    if (role.n && (list.filter.role = enum_from_name(role_names, role)) < 0)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("role"));
    TRY(http_query_id(c, rq, "place", &list.filter.place_id));
    TRY(http_query_id(c, rq, "org", &list.filter.org_id));
    TRY(http_query_int(c, rq, "vacant", 0, 1, 0, &vacant));
    TRY(http_query_id(c, rq, "before", &list.filter.after_id));
    TRY(http_query_int(c, rq, "limit", 1, LIST_MAX, 20, &list.limit));
    list.filter.vacant = vacant;
    return store_read(c, list_read, &list);
}

// --- GET /api/v1/places/{id} ---------------------------------------------------------------------------------------
struct view {
    int64_t id;
    struct http_request *rq;
    struct http_response *rs;
};

static enum err write_chain(struct ctx *c, int64_t place_id, struct json_writer *w)
{
    struct place_chain chain;
    TRY(place_get_chain(c, place_id, &chain));
    json_array_begin(w);
    for (int level = 0; level < PLACE_LEVEL_COUNT; level++) {
        struct place place;
        if (chain.at[level] == 0)
            continue;
        TRY(place_get(c, chain.at[level], &place));
        place_ref_write(&place, w);
    }
    json_array_end(w);
    return OK;
}

static enum err write_door(struct ctx *c, const struct view *view, struct json_writer *w)
{
    struct door door;
    enum err err = door_of_place(c, view->id, &door);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        json_put_null(w);
        return OK;
    }
    TRY(err);
    json_object_begin(w);
    record_members_to_json(c, &door_record, &door, door.id, READ_STAFF, w);
    json_key(w, "link");
    json_put_str(w, door_link(c, view->rq, door.code));
    json_object_end(w);
    return OK;
}

static enum err view_read(struct ctx *c, void *arg)
{
    const struct view *view = arg;
    struct place place;
    struct rows posts;
    struct str full_name;
    TRY(place_get(c, view->id, &place));
    TRY(place_count_children(c, &place));
    TRY(place_full_name(c, view->id, PLACE_SUBDISTRICT, &full_name));
    TRY(post_list_of_place(c, view->id, &posts));
    http_set_etag_version(view->rs, place.version);
    struct json_writer w;
    json_writer_init(&w, &view->rs->body);
    json_object_begin(&w);
    record_members_to_json(c, &place_record, &place, place.id, READ_STAFF, &w);
    json_key(&w, "full_name");
    json_put_str(&w, full_name);
    json_key(&w, "chain");
    TRY(write_chain(c, view->id, &w));
    json_key(&w, "door");
    TRY(write_door(c, view, &w));
    json_key(&w, "posts");
    TRY(write_posts(c, &posts, &w));
    json_object_end(&w);
    return OK;
}

static enum err get_place(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct view view = {.rq = rq, .rs = rs};
    TRY(http_param_id(c, rq, "id", &view.id));
    return store_read(c, view_read, &view);
}

// --- terms ---------------------------------------------------------------------------------------------------------
struct appointment {
    int64_t post_id, person_id;
};
static const struct field appointment_fields[] = {
    {FIELD_AT(struct appointment, person_id), .type = FIELD_ID, .flags = FIELD_INPUT | FIELD_REQUIRED,
     .read = READ_STAFF},
};
static const struct record appointment_record = {
    .name = "appointment", .size_bytes = sizeof(struct appointment), FIELDS(appointment_fields)};
static const struct field term_view_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "version", .type = FIELD_INT, .read = READ_STAFF},
    {.name = "post_id", .type = FIELD_ID, .read = READ_STAFF},
    {.name = "person", .type = FIELD_JSON, .read = READ_STAFF, .of = &org_ref_record, .doc = "Name masked"},
    {.name = "from", .type = FIELD_TIME, .read = READ_STAFF},
    {.name = "to", .type = FIELD_TIME, .read = READ_STAFF, .doc = "null: still"},
};
static const struct record term_view_record = {.name = "term_view", FIELDS(term_view_fields)};

static enum err write_term(struct ctx *c, const struct term *term, struct json_writer *w)
{
    struct str name;
    TRY(person_masked_name(c, term->person_id, &name));
    json_object_begin(w);
    json_key(w, "id");
    json_put_id(w, term->id);
    json_key(w, "version");
    json_put_int(w, term->version);
    json_key(w, "post_id");
    json_put_id(w, term->post_id);
    json_key(w, "person");
    json_object_begin(w);
    write_id_name(w, term->person_id, name);
    json_object_end(w);
    json_key(w, "from");
    json_put_time(w, term->began_at_ms);
    json_key(w, "to");
    json_put_time(w, term->ended_at_ms);
    json_object_end(w);
    return OK;
}

// Stewards may be residents; whoever holds another post signs in as staff. Administrators hold none.
static enum err check_person(struct ctx *c, const struct post *post, int64_t person_id)
{
    struct person person;
    struct actor actor;
    enum err err = person_get(c, person_id, &person);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return fail_field(c, ERR_INVALID, "account.no_such_person", STR("person_id"));
    }
    TRY(err);
    if (person.disabled)
        return fail_field(c, ERR_CONFLICT, "account.disabled", STR("person_id"));
    if (post->role != ROLE_STEWARD && person.kind != PERSON_STAFF)
        return fail_field(c, ERR_CONFLICT, "account.staff_only", STR("person_id"));
    TRY(account_actor(c, &person, &actor));
    if (actor.roles & ROLES_ADMIN)
        return fail_field(c, ERR_CONFLICT, "account.separate_admins", STR("person_id"));
    return OK;
}

static enum err appoint_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct appointment *given = arg;
    struct post post;
    struct term term;
    TRY(post_get(c, given->post_id, &post));
    TRY(check_person(c, &post, given->person_id));
    TRY(term_begin(c, given->post_id, given->person_id, &term));
    rs->status = 201;
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    return write_term(c, &term, &w);
}

static enum err appoint(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct appointment given = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &appointment_record, body, RECORD_CREATE, 0, &given));
    TRY(http_param_id(c, rq, "id", &given.post_id));
    return command_run(c, rq, rs, appoint_run, &given);
}

static enum err terms_read(struct ctx *c, void *arg)
{
    const struct view *view = arg;
    struct post post;
    struct rows rows;
    TRY(post_get(c, view->id, &post));
    TRY(term_list_of_post(c, view->id, &rows));
    struct json_writer w;
    json_list_begin(&w, &view->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        TRY(write_term(c, (const struct term *)rows.at + i, &w));
    json_list_end(&w, 0);
    return OK;
}

static enum err list_terms(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct view view = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &view.id));
    return store_read(c, terms_read, &view);
}

static const struct route_query list_query[] = {
    {"place", "Posts on this place and below it"},
    {"org", "Posts of this organisation"},
    {"role", "Posts of this role"},
    {"vacant", "1: only those that nobody holds"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100"},
    {NULL, NULL},
};
#define STAFF (ROLES_STAFF | ROLES_ADMIN)
const struct route post_routes[] = {
    {"GET", "/api/v1/places/{id}", get_place, STAFF, 0, NULL, &place_view_record, NULL,
     "A place with its line, its door code and the posts on it", NULL},
    {"GET", "/api/v1/posts", list_posts, STAFF, ROUTE_LIST, NULL, &post_view_record, list_query,
     "Posts with who holds them", NULL},
    {"GET", "/api/v1/posts/{id}/terms", list_terms, STAFF, ROUTE_LIST, NULL, &term_view_record, NULL,
     "Who held the post, newest first", NULL},
    {"POST", "/api/v1/posts/{id}/term", appoint, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0, &appointment_record, &term_view_record,
     NULL, "Appoints to the post; a running term ends", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
