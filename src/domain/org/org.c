// SPDX-License-Identifier: MulanPSL-2.0
// Organisations and posts: making and changing them.
#include "domain/org/org_internal.h"

#include "base/id.h"
#include "flow/event_data.h"
#include "org_sql.h"

const char *const role_names[] = {"resident",       "steward",     "grid_worker", "community",
                                  "subdistrict",    "district",    "unit",        "system_admin",
                                  "security_admin", "audit_admin", NULL};
const char *const org_level_names[] = {"work_committee", "community", "grid_branch", "building_group",
                                       "household",      "unit",      "team",        NULL};

static const struct field org_fields[] = {ORG_FIELDS(FIELD_ROW, org)};
const struct record org_record = {.name = "org", .table = "org", .size_bytes = sizeof(struct org), FIELDS(org_fields)};

static const struct field post_fields[] = {POST_FIELDS(FIELD_ROW, post)};
const struct record post_record = {
    .name = "post", .table = "post", .size_bytes = sizeof(struct post), FIELDS(post_fields)};

static const struct field held_fields[] = {
    POST_FIELDS(FIELD_ROW, post) // its first member
    {FIELD_AT(struct post_held, person_id), .type = FIELD_ID, .read = READ_STAFF},
};
const struct record post_held_record = {
    .name = "post_held", .size_bytes = sizeof(struct post_held), FIELDS(held_fields)};

enum err org_not_found(struct ctx *c, enum err err, const char *key)
{
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return fail(c, ERR_NOT_FOUND, key);
}

enum err org_get(struct ctx *c, int64_t id, struct org *ret_org)
{
    return org_not_found(c, db_one(c, &sql_org_by_id, ARGS(ARG_INT("id", id)), &org_record, ret_org), "org.unknown");
}

enum err post_get(struct ctx *c, int64_t id, struct post *ret_post)
{
    return org_not_found(c, db_one(c, &sql_post_by_id, ARGS(ARG_INT("id", id)), &post_record, ret_post),
                         "org.no_such_post");
}

// What is named by a field of what was sent has to be there and in use.
static enum err check_place(struct ctx *c, int64_t place_id)
{
    struct place place;
    enum err err = place_get(c, place_id, &place);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return fail_field(c, ERR_INVALID, "place.unknown", STR("place_id"));
    }
    TRY(err);
    return place.closed_at_ms ? fail_field(c, ERR_CONFLICT, "place.closed", STR("place_id")) : OK;
}

static enum err check_org(struct ctx *c, int64_t org_id, const char *field, struct org *ret_org)
{
    enum err err = org_get(c, org_id, ret_org);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return fail_field(c, ERR_INVALID, "org.unknown", str_of(field));
    }
    TRY(err);
    return ret_org->closed_at_ms ? fail_field(c, ERR_CONFLICT, "org.closed", str_of(field)) : OK;
}

static enum err append(struct ctx *c, const char *kind, int64_t id, const char *type, struct str name, int64_t place_id)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "name");
    json_put_str(w, name);
    json_key(w, "place_id");
    json_put_id(w, place_id);
    return event_data_append(c, &data, kind, id, type);
}

// What a team does and when it is there is asked of teams alone.
static enum err check_team(struct ctx *c, const struct org *org)
{
    const char *field = org->helps          ? "helps"
                        : org->books        ? "books"
                        : org->runs         ? "runs"
                        : org->duty_hours.n ? "duty_hours"
                                            : NULL;
    return field && org->level != ORG_TEAM ? fail_field(c, ERR_INVALID, "org.not_a_team", str_of(field)) : OK;
}

enum err org_create(struct ctx *c, struct org *org)
{
    TRY(check_team(c, org));
    TRY(check_place(c, org->place_id));
    if (org->parent_id) {
        struct org parent;
        TRY(check_org(c, org->parent_id, "parent_id", &parent));
        bool fits = parent.level < ORG_UNIT && parent.level < org->level;
        if (!fits)
            return fail_field(c, ERR_INVALID, "org.level_not_below", STR("parent_id"));
    }
    org->id = ids_next(c->house->ids, c->now_ms);
    org->version = 1;
    TRY(db_exec(c, &sql_org_insert, ARGS(ARG_ROW(&org_record, org)), NULL));
    return append(c, "org", org->id, "org.created", org->name, org->place_id);
}

enum err org_save(struct ctx *c, struct org *org, const char *event_type)
{
    TRY(check_team(c, org));
    if (org->closed_at_ms) {
        int64_t in_use;
        TRY(db_number(c, &sql_org_in_use, ARGS(ARG_INT("id", org->id)), &in_use));
        if (in_use)
            return fail(c, ERR_CONFLICT, "org.in_use");
    }
    int64_t changed, old_version = org->version++;
    struct args args = ARGS(ARG_INT("old_version", old_version), ARG_ROW(&org_record, org));
    TRY(db_exec(c, &sql_org_update, args, &changed));
    if (changed != 1)
        return fail(c, ERR_STALE, "org.stale");
    return append(c, "org", org->id, event_type, org->name, org->place_id);
}

enum err post_create(struct ctx *c, struct post *post)
{
    if (!(ROLE_BIT(post->role) & ROLES_STAFF))
        return fail_field(c, ERR_INVALID, "org.role_not_for_posts", STR("role"));
    struct org org;
    TRY(check_org(c, post->org_id, "org_id", &org));
    TRY(check_place(c, post->place_id));
    bool of_unit = org.level == ORG_UNIT || org.level == ORG_TEAM;
    if (of_unit != (post->role == ROLE_UNIT))
        return fail_field(c, ERR_INVALID, "org.role_not_of_org", STR("role"));
    post->id = ids_next(c->house->ids, c->now_ms);
    post->version = 1;
    TRY(db_exec(c, &sql_post_insert, ARGS(ARG_ROW(&post_record, post)), NULL));
    return append(c, "post", post->id, "post.created", post->name, post->place_id);
}

enum err post_save(struct ctx *c, struct post *post, const char *event_type)
{
    if (post->closed_at_ms) {
        int64_t holder_id;
        TRY(post_holder_at(c, post->id, c->now_ms, &holder_id));
        if (holder_id)
            return fail(c, ERR_CONFLICT, "org.post_held");
    }
    int64_t changed, old_version = post->version++;
    struct args args = ARGS(ARG_INT("old_version", old_version), ARG_ROW(&post_record, post));
    TRY(db_exec(c, &sql_post_update, args, &changed));
    if (changed != 1)
        return fail(c, ERR_STALE, "org.stale");
    return append(c, "post", post->id, event_type, post->name, post->place_id);
}

enum err post_list_of_place(struct ctx *c, int64_t place_id, struct rows *ret_rows)
{
    return db_list(c, &sql_posts_of_place, ARGS(ARG_INT("place_id", place_id)), &post_record, 100, ret_rows);
}

enum err post_list(struct ctx *c, const struct post_filter *filter, size_t max, struct rows *ret_rows)
{
    struct str under = STR("%"), role = {0};
    if (filter->place_id) {
        struct place place;
        TRY(place_get(c, filter->place_id, &place));
        under = place_under(c, &place);
    }
    if (filter->role >= 0)
        role = str_of(role_names[filter->role]);
    const struct sql *sql = filter->vacant ? &sql_posts_vacant_under : &sql_posts_under;
    struct args args = ARGS(ARG_TEXT("under", under), ARG_TEXT("role", role), ARG_INT("org_id", filter->org_id),
                            ARG_INT("after", filter->after_id), ARG_INT("limit", (int64_t)max));
    return db_list(c, sql, args, &post_record, max, ret_rows);
}

enum err org_count_vacant(struct ctx *c, int64_t place_id, int64_t *ret_count)
{
    struct place place;
    TRY(place_get(c, place_id, &place));
    return db_number(c, &sql_posts_count_vacant, ARGS(ARG_TEXT("under", place_under(c, &place))), ret_count);
}
