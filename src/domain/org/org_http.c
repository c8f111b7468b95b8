// SPDX-License-Identifier: MulanPSL-2.0
// Routes of organisations and posts. Lists of posts with who holds them are answered by domain/account.
#include "domain/org/org_internal.h"

#include "flow/command.h"
#include "org_sql.h"
#include "json/record_json.h"

#define LIST_MAX 100

// --- organisations -------------------------------------------------------------------------------------------------
struct list {
    int64_t parent_id, place_id, after_id, limit;
    int level; // -1: any
    struct http_response *rs;
};

static enum err list_read(struct ctx *c, void *arg)
{
    const struct list *list = arg;
    struct rows rows;
    const struct sql *sql = &sql_org_children;
    if (list->place_id)
        sql = &sql_org_of_place;
    else if (list->level >= 0)
        sql = &sql_org_of_level;
    struct args args = ARGS(ARG_INT("parent_id", list->parent_id), ARG_INT("place_id", list->place_id),
                            ARG_TEXT("level", str_of(list->level >= 0 ? org_level_names[list->level] : "")),
                            ARG_INT("after", list->after_id), ARG_INT("limit", list->limit));
    TRY(db_list(c, sql, args, &org_record, LIST_MAX, &rows));
    const struct org *orgs = rows.at;
    struct json_writer w;
    json_list_begin(&w, &list->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &org_record, &orgs[i], orgs[i].id, READ_STAFF, &w);
    json_list_end(&w, rows.count && rows.count == (size_t)list->limit ? orgs[rows.count - 1].id : 0);
    return OK;
}

static enum err list_orgs(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list list = {.level = -1, .rs = rs};
    struct str level = http_query(c, rq, "level");
    if (level.n && (list.level = enum_from_name(org_level_names, level)) < 0)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("level"));
    TRY(http_query_id(c, rq, "parent", &list.parent_id));
    TRY(http_query_id(c, rq, "place", &list.place_id));
    TRY(http_query_id(c, rq, "before", &list.after_id));
    TRY(http_query_int(c, rq, "limit", 1, LIST_MAX, 20, &list.limit));
    return store_read(c, list_read, &list);
}

static enum err answer(struct ctx *c, const struct record *record, const void *row, int64_t id, int64_t version,
                       struct http_response *rs)
{
    http_set_etag_version(rs, version);
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    record_to_json(c, record, row, id, READ_STAFF, &w);
    return OK;
}

struct look {
    int64_t id;
    struct http_response *rs;
};

static enum err look_read(struct ctx *c, void *arg)
{
    const struct look *look = arg;
    struct org org;
    TRY(org_get(c, look->id, &org));
    return answer(c, &org_record, &org, org.id, org.version, look->rs);
}

static enum err get_org(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct look look = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &look.id));
    return store_read(c, look_read, &look);
}

static enum err create_org_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct org org = *(const struct org *)arg;
    TRY(org_create(c, &org));
    rs->status = 201;
    return answer(c, &org_record, &org, org.id, org.version, rs);
}

static enum err create_org(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct org org = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &org_record, body, RECORD_CREATE, 0, &org));
    return command_run(c, rq, rs, create_org_run, &org);
}

// --- a change of an organisation or a post: its name, or out of use; of a team, what it does -------------------------
#define POST_CHANGE_FIELDS(F, S)                                                                                       \
    F(S, TEXT, name, .flags = FIELD_INPUT, .read = READ_STAFF, .max = 60)                                              \
    F(S, BOOL, closed, .flags = FIELD_INPUT, .read = READ_STAFF, .doc = "Out of use; only when nothing hangs on it")
#define ORG_CHANGE_FIELDS(F, S)                                                                                        \
    POST_CHANGE_FIELDS(F, S)                                                                                           \
    F(S, BOOL, helps, .flags = FIELD_INPUT, .read = READ_STAFF, .doc = "Teams: helps people do it themselves (帮办)")  \
    F(S, BOOL, books, .flags = FIELD_INPUT, .read = READ_STAFF, .doc = "Teams: makes appointments (预约)")             \
    F(S, BOOL, runs, .flags = FIELD_INPUT, .read = READ_STAFF, .doc = "Teams: does it for people (代办)")              \
    F(S, TEXT, duty_hours, .flags = FIELD_INPUT, .read = READ_STAFF, .max = 60, .doc = "Teams: when somebody is there")
struct post_change {
    POST_CHANGE_FIELDS(FIELD_MEMBER, post_change)
};
struct org_change {
    ORG_CHANGE_FIELDS(FIELD_MEMBER, org_change)
};
static const struct field post_change_fields[] = {POST_CHANGE_FIELDS(FIELD_ROW, post_change)};
static const struct field org_change_fields[] = {ORG_CHANGE_FIELDS(FIELD_ROW, org_change)};
static const struct record post_change_record = {
    .name = "post_change", .size_bytes = sizeof(struct post_change), FIELDS(post_change_fields)};
static const struct record org_change_record = {
    .name = "org_change", .size_bytes = sizeof(struct org_change), FIELDS(org_change_fields)};

struct change {
    int64_t id, if_version;
    const struct json *body;
};

// Over what stands, so that what the body leaves out stays.
static enum err read_change(struct ctx *c, const struct change *change, int64_t version, const struct record *record,
                            void *input)
{
    if (change->if_version >= 0 && change->if_version != version)
        return fail(c, ERR_STALE, "org.stale");
    return record_from_json(c, record, change->body, RECORD_CHANGE, change->id, input);
}

static enum err read_name_closed(struct ctx *c, struct str new_name, bool closed, struct str *name,
                                 int64_t *closed_at_ms)
{
    if (new_name.n == 0)
        return fail_field(c, ERR_INVALID, "field.missing", STR("name"));
    *name = new_name;
    if (closed != (*closed_at_ms != 0))
        *closed_at_ms = closed ? c->now_ms : 0;
    return OK;
}

static enum err change_org_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct change *change = arg;
    struct org org;
    TRY(org_get(c, change->id, &org));
    int64_t was_closed = org.closed_at_ms;
    struct org_change in = {org.name, was_closed != 0, org.helps, org.books, org.runs, org.duty_hours};
    TRY(read_change(c, change, org.version, &org_change_record, &in));
    TRY(read_name_closed(c, in.name, in.closed, &org.name, &org.closed_at_ms));
    org.helps = in.helps;
    org.books = in.books;
    org.runs = in.runs;
    org.duty_hours = in.duty_hours;
    TRY(org_save(c, &org, org.closed_at_ms && !was_closed ? "org.closed" : "org.changed"));
    return answer(c, &org_record, &org, org.id, org.version, rs);
}

static enum err change_post_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct change *change = arg;
    struct post post;
    TRY(post_get(c, change->id, &post));
    int64_t was_closed = post.closed_at_ms;
    struct post_change in = {post.name, was_closed != 0};
    TRY(read_change(c, change, post.version, &post_change_record, &in));
    TRY(read_name_closed(c, in.name, in.closed, &post.name, &post.closed_at_ms));
    TRY(post_save(c, &post, post.closed_at_ms && !was_closed ? "post.closed" : "post.changed"));
    return answer(c, &post_record, &post, post.id, post.version, rs);
}

static enum err change(struct ctx *c, struct http_request *rq, struct http_response *rs, command_fn run)
{
    struct change change;
    TRY(http_param_id(c, rq, "id", &change.id));
    TRY(http_if_match(c, rq, &change.if_version));
    TRY(json_parse(c, rq->body, &change.body));
    return command_run(c, rq, rs, run, &change);
}

static enum err change_org(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return change(c, rq, rs, change_org_run);
}

static enum err change_post(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return change(c, rq, rs, change_post_run);
}

// --- posts and terms -----------------------------------------------------------------------------------------------
static enum err create_post_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct post post = *(const struct post *)arg;
    TRY(post_create(c, &post));
    rs->status = 201;
    return answer(c, &post_record, &post, post.id, post.version, rs);
}

static enum err create_post(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct post post = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &post_record, body, RECORD_CREATE, 0, &post));
    return command_run(c, rq, rs, create_post_run, &post);
}

static enum err end_term_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    TRY(term_end(c, *(const int64_t *)arg));
    rs->status = 204;
    return OK;
}

static enum err end_term(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t term_id;
    TRY(http_param_id(c, rq, "id", &term_id));
    return command_run(c, rq, rs, end_term_run, &term_id);
}

static const struct route_query list_query[] = {
    {"parent", "Organisations right below this one; without it those at the top"},
    {"place", "Organisations that serve this place"},
    {"level", "Organisations of this level"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100"},
    {NULL, NULL},
};
#define SYSTEM_ADMIN ROLE_BIT(ROLE_SYSTEM_ADMIN)
const struct route org_routes[] = {
    {"GET", "/api/v1/orgs", list_orgs, ROLES_STAFF | ROLES_ADMIN, ROUTE_LIST, NULL, &org_record, list_query,
     "Organisations", NULL},
    {"GET", "/api/v1/orgs/{id}", get_org, ROLES_STAFF | ROLES_ADMIN, 0, NULL, &org_record, NULL, "One organisation",
     NULL},
    {"POST", "/api/v1/orgs", create_org, SYSTEM_ADMIN, 0, &org_record, &org_record, NULL, "Makes an organisation",
     NULL},
    {"PATCH", "/api/v1/orgs/{id}", change_org, SYSTEM_ADMIN, 0, &org_change_record, &org_record, NULL,
     "Renames or closes an organisation", NULL},
    {"POST", "/api/v1/posts", create_post, SYSTEM_ADMIN, 0, &post_record, &post_record, NULL, "Makes a post on a place",
     NULL},
    {"PATCH", "/api/v1/posts/{id}", change_post, SYSTEM_ADMIN, 0, &post_change_record, &post_record, NULL,
     "Renames or closes a post", NULL},
    {"DELETE", "/api/v1/terms/{id}", end_term, SYSTEM_ADMIN, 0, NULL, NULL, NULL, "Ends a term: the post is vacant",
     NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
