// SPDX-License-Identifier: MulanPSL-2.0
// The place tree: making, changing, moving, and finding one's way in it.
#include "domain/place/place_internal.h"

#include "base/id.h"
#include "flow/event_data.h"
#include "place_sql.h"

#include <inttypes.h>

#define PATH_STEP_BYTES 17 // 16 hex digits and "/"

const char *const place_level_names[] = {"district", "subdistrict", "community", "grid", "estate",
                                         "building", "unit",        "household", NULL};

static const struct field place_fields[] = {PLACE_FIELDS(FIELD_ROW, place)};
const struct record place_record = {
    .name = "place", .table = "place", .size_bytes = sizeof(struct place), FIELDS(place_fields)};

static const struct field ref_fields[] = {
    {FIELD_AT(struct place, id), .type = FIELD_ID, .read = READ_ALL},
    {FIELD_AT(struct place, level), .type = FIELD_ENUM, .read = READ_ALL, .names = place_level_names},
    {FIELD_AT(struct place, name), .type = FIELD_TEXT, .read = READ_ALL},
};
const struct record place_ref_record = {.name = "place_ref", .size_bytes = sizeof(struct place), FIELDS(ref_fields)};

static const struct field history_fields[] = {PLACE_HISTORY_FIELDS(FIELD_ROW, place_history)};
const struct record place_history_record = {.name = "place_history",
                                            .table = "place_history",
                                            .size_bytes = sizeof(struct place_history),
                                            FIELDS(history_fields)};

void place_ref_write(const struct place *place, struct json_writer *w)
{
    json_object_begin(w);
    json_key(w, "id");
    json_put_id(w, place->id);
    json_key(w, "level");
    json_put_z(w, place_level_names[place->level]);
    json_key(w, "name");
    json_put_str(w, place->name);
    json_object_end(w);
}

static enum err unknown(struct ctx *c, enum err err, const char *key)
{
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return fail(c, ERR_NOT_FOUND, key);
}

enum err place_get(struct ctx *c, int64_t id, struct place *ret_place)
{
    return unknown(c, db_one(c, &sql_place_by_id, ARGS(ARG_INT("id", id)), &place_record, ret_place), "place.unknown");
}

enum err place_by_code(struct ctx *c, enum place_level level, struct str code, struct place *ret_place)
{
    struct args args = ARGS(ARG_TEXT("level", str_of(place_level_names[level])), ARG_TEXT("code", code));
    return unknown(c, db_one(c, &sql_place_by_code, args, &place_record, ret_place), "place.unknown");
}

enum err place_root(struct ctx *c, struct place *ret_place)
{
    return unknown(c, db_one(c, &sql_place_root, NO_ARGS, &place_record, ret_place), "place.no_district");
}

enum err place_children(struct ctx *c, int64_t parent_id, int64_t after_id, size_t max, struct rows *ret_rows)
{
    struct args args =
        ARGS(ARG_INT("parent_id", parent_id), ARG_INT("after", after_id), ARG_INT("limit", (int64_t)max));
    return db_list(c, &sql_place_children, args, &place_record, max, ret_rows);
}

enum err place_of_level(struct ctx *c, enum place_level level, int64_t after_id, size_t max, struct rows *ret_rows)
{
    struct args args = ARGS(ARG_TEXT("level", str_of(place_level_names[level])), ARG_INT("after", after_id),
                            ARG_INT("limit", (int64_t)max));
    return db_list(c, &sql_place_of_level, args, &place_record, max, ret_rows);
}

enum err place_count_children(struct ctx *c, struct place *place)
{
    return db_number(c, &sql_place_child_count, ARGS(ARG_INT("parent_id", place->id)), &place->child_count);
}

struct str place_under(struct ctx *c, const struct place *place)
{
    return str_concat(c->arena, place->path, STR("%"));
}

static struct str path_below(struct ctx *c, struct str parent_path, int64_t id)
{
    return str_format(c->arena, "%.*s%016" PRIx64 "/", STR_ARG(parent_path), (uint64_t)id);
}

size_t place_path_ids(struct str path, int64_t ret_ids[PLACE_LEVEL_COUNT])
{
    size_t count = 0;
    for (size_t at = 1; at + PATH_STEP_BYTES <= path.n && count < PLACE_LEVEL_COUNT; at += PATH_STEP_BYTES) {
        uint64_t id = 0;
        for (size_t i = 0; i < PATH_STEP_BYTES - 1; i++) {
            char digit = path.p[at + i];
            id = id << 4 | (uint64_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }
        ret_ids[count++] = (int64_t)id;
    }
    return count;
}

// --- making ------------------------------------------------------------------------------------------------------
static enum err find_parent(struct ctx *c, const struct place *place, struct place *ret_parent)
{
    enum err err = place_get(c, place->parent_id, ret_parent);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return fail_field(c, ERR_INVALID, "place.no_such_parent", STR("parent_id"));
    }
    TRY(err);
    if (ret_parent->closed_at_ms)
        return fail_field(c, ERR_CONFLICT, "place.parent_closed", STR("parent_id"));
    if (ret_parent->level >= place->level)
        return fail_field(c, ERR_INVALID, "place.level_not_below", STR("parent_id"));
    return OK;
}

static enum err check_root(struct ctx *c, const struct place *place)
{
    if (place->level != PLACE_DISTRICT)
        return fail_field(c, ERR_INVALID, "place.no_such_parent", STR("parent_id"));
    struct place root;
    enum err err = place_root(c, &root);
    if (err == OK)
        return fail(c, ERR_CONFLICT, "place.one_district");
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return OK;
}

static enum err check_duplicate(struct ctx *c, enum err err)
{
    if (err != ERR_CONFLICT)
        return err;
    ctx_clear_error(c);
    return fail_field(c, ERR_CONFLICT, "place.code_taken", STR("code"));
}

enum err place_create(struct ctx *c, struct place *place)
{
    struct place parent = {.path = STR("/")};
    if (place->parent_id)
        TRY(find_parent(c, place, &parent));
    else
        TRY(check_root(c, place));
    if (place->name.n == 0)
        return fail_field(c, ERR_INVALID, "field.missing", STR("name"));
    place->id = ids_next(c->house->ids, c->now_ms);
    place->version = 1;
    place->path = path_below(c, parent.path, place->id);
    TRY(check_duplicate(c, db_exec(c, &sql_place_insert, ARGS(ARG_ROW(&place_record, place)), NULL)));
    TRY(db_exec(c, &sql_place_history_insert,
                ARGS(ARG_INT("place_id", place->id), ARG_INT("parent_id", place->parent_id)), NULL));
    TRY(search_put(c, "place", place->id, place->name));
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "parent_id");
    json_put_id(w, place->parent_id);
    json_key(w, "level");
    json_put_z(w, place_level_names[place->level]);
    json_key(w, "name");
    json_put_str(w, place->name);
    json_key(w, "code");
    json_put_str(w, place->code);
    return event_data_append(c, &data, "place", place->id, "place.created");
}

// --- changing ----------------------------------------------------------------------------------------------------
static enum err save(struct ctx *c, struct place *place)
{
    int64_t changed, old_version = place->version;
    place->version++;
    struct args args = ARGS(ARG_INT("old_version", old_version), ARG_ROW(&place_record, place));
    TRY(check_duplicate(c, db_exec(c, &sql_place_update, args, &changed)));
    if (changed != 1)
        return fail(c, ERR_STALE, "place.stale");
    return OK;
}

enum err place_change(struct ctx *c, const struct place *before, struct place *place, const char *event_type)
{
    if (place->closed_at_ms && !before->closed_at_ms) {
        TRY(place_count_children(c, place));
        if (place->child_count)
            return fail(c, ERR_CONFLICT, "place.has_children");
    }
    TRY(save(c, place));
    if (!str_equal(before->name, place->name)) {
        TRY(search_remove(c, "place", place->id, before->name));
        TRY(search_put(c, "place", place->id, place->name));
    }
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    if (!str_equal(before->name, place->name)) {
        json_key(w, "name_before");
        json_put_str(w, before->name);
        json_key(w, "name");
        json_put_str(w, place->name);
    }
    if (!str_equal(before->code, place->code)) {
        json_key(w, "code_before");
        json_put_str(w, before->code);
        json_key(w, "code");
        json_put_str(w, place->code);
    }
    return event_data_append(c, &data, "place", place->id, event_type);
}

static enum err check_move(struct ctx *c, const struct place *place, struct place *ret_parent)
{
    if (place->parent_id == 0)
        return fail(c, ERR_CONFLICT, "place.district_stays");
    TRY(find_parent(c, place, ret_parent)); // its parent_id is the new one already
    if (str_starts_with(ret_parent->path, place->path))
        return fail_field(c, ERR_CONFLICT, "place.into_itself", STR("parent_id"));
    return OK;
}

enum err place_move(struct ctx *c, int64_t id, int64_t new_parent_id)
{
    struct place place, parent;
    TRY(place_get(c, id, &place));
    int64_t old_parent_id = place.parent_id;
    if (old_parent_id == new_parent_id)
        return fail_field(c, ERR_CONFLICT, "place.is_there", STR("parent_id"));
    if (old_parent_id)
        place.parent_id = new_parent_id;
    TRY(check_move(c, &place, &parent));
    struct str old_path = place.path;
    place.path = path_below(c, parent.path, id);
    TRY(save(c, &place));
    TRY(db_exec(c, &sql_place_update_paths,
                ARGS(ARG_TEXT("old_path", old_path), ARG_TEXT("new_path", place.path),
                     ARG_TEXT("under", str_concat(c->arena, old_path, STR("%"))), ARG_INT("id", id)),
                NULL));
    TRY(db_exec(c, &sql_place_history_forget, ARGS(ARG_INT("place_id", id)), NULL));
    TRY(db_exec(c, &sql_place_history_end, ARGS(ARG_INT("place_id", id)), NULL));
    TRY(db_exec(c, &sql_place_history_insert, ARGS(ARG_INT("place_id", id), ARG_INT("parent_id", new_parent_id)),
                NULL));
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "from");
    json_put_id(w, old_parent_id);
    json_key(w, "to");
    json_put_id(w, new_parent_id);
    return event_data_append(c, &data, "place", id, "place.moved");
}
