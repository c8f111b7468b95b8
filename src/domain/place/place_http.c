// SPDX-License-Identifier: MulanPSL-2.0
// Routes of places and doors. One place with its posts is answered by domain/account, which knows people.
#include "domain/place/place_internal.h"

#include "flow/command.h"
#include "place_sql.h"
#include "json/record_json.h"

#include <string.h>

#define LIST_MAX 100
// The same bits as in domain/org, which lies above this module.
#define ACCESS_STAFF 0x3feu        // every role but resident
#define ACCESS_SYSTEM_ADMIN 0x080u // ROLE_SYSTEM_ADMIN

// --- GET /api/v1/places --------------------------------------------------------------------------------------------
struct list {
    int64_t parent_id, after_id, limit;
    int level; // -1: any
    struct str words;
    struct http_response *rs;
};

static enum err write_list(struct ctx *c, const struct list *list, struct rows *rows)
{
    struct json_writer w;
    json_list_begin(&w, &list->rs->body);
    struct place *places = rows->at;
    for (size_t i = 0; i < rows->count; i++) {
        TRY(place_count_children(c, &places[i]));
        record_to_json(c, &place_record, &places[i], places[i].id, READ_STAFF, &w);
    }
    bool more = rows->count == (size_t)list->limit && rows->count;
    json_list_end(&w, more ? places[rows->count - 1].id : 0);
    return OK;
}

static enum err find_by_words(struct ctx *c, const struct list *list, struct rows *ret_rows)
{
    int64_t *ids = arena_array(c->arena, LIST_MAX, sizeof *ids);
    size_t found;
    TRY(search_find(c, "place", list->words, list->after_id, (size_t)list->limit, ids, &found));
    struct place *places = arena_array(c->arena, found ? found : 1, sizeof *places);
    size_t n = 0;
    for (size_t i = 0; i < found; i++) {
        TRY(place_get(c, ids[i], &places[n]));
        bool wanted = list->level < 0 || places[n].level == list->level;
        if (wanted && places[n].closed_at_ms == 0)
            n++;
    }
    *ret_rows = (struct rows){.at = places, .count = n};
    return OK;
}

static enum err list_read(struct ctx *c, void *arg)
{
    struct list *list = arg;
    struct rows rows;
    if (list->words.n)
        TRY(find_by_words(c, list, &rows));
    else if (list->level >= 0 && list->parent_id == 0)
        TRY(place_of_level(c, (enum place_level)list->level, list->after_id, (size_t)list->limit, &rows));
    else
        TRY(place_children(c, list->parent_id, list->after_id, (size_t)list->limit, &rows));
    return write_list(c, list, &rows);
}

static enum err list_places(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list list = {.level = -1, .rs = rs, .words = http_query(c, rq, "q")};
    struct str level = http_query(c, rq, "level");
    if (level.n && (list.level = enum_from_name(place_level_names, level)) < 0)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("level"));
    TRY(http_query_id(c, rq, "parent", &list.parent_id));
    TRY(http_query_id(c, rq, "before", &list.after_id));
    TRY(http_query_int(c, rq, "limit", 1, LIST_MAX, 20, &list.limit));
    return store_read(c, list_read, &list);
}

// --- making and changing -------------------------------------------------------------------------------------------
static enum err answer(struct ctx *c, const struct place *place, struct http_response *rs)
{
    http_set_etag_version(rs, place->version);
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    record_to_json(c, &place_record, place, place->id, READ_STAFF, &w);
    return OK;
}

static enum err create(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct place place = *(const struct place *)arg;
    TRY(place_create(c, &place));
    rs->status = 201;
    return answer(c, &place, rs);
}

static enum err create_place(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct place place = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &place_record, body, RECORD_CREATE, 0, &place));
    return command_run(c, rq, rs, create, &place);
}

#define PLACE_INPUT_FIELDS(F, S)                                                                                       \
    F(S, ID, parent_id, .flags = FIELD_INPUT, .read = READ_STAFF,                                                      \
      .doc = "Moves the place with all below it; sent alone")                                                          \
    F(S, TEXT, name, .flags = FIELD_INPUT, .read = READ_STAFF, .max = 60)                                              \
    F(S, TEXT, code, .flags = FIELD_INPUT, .read = READ_STAFF, .max = 64)                                              \
    F(S, REAL, lat, .flags = FIELD_INPUT, .read = READ_STAFF, .min = -90, .max = 90)                                   \
    F(S, REAL, lng, .flags = FIELD_INPUT, .read = READ_STAFF, .min = -180, .max = 180)                                 \
    F(S, BOOL, closed, .flags = FIELD_INPUT, .read = READ_STAFF, .doc = "Out of use; only with nothing in use below it")
struct place_input {
    PLACE_INPUT_FIELDS(FIELD_MEMBER, place_input)
};
static const struct field input_fields[] = {PLACE_INPUT_FIELDS(FIELD_ROW, place_input)};
static const struct record input_record = {
    .name = "place_change", .size_bytes = sizeof(struct place_input), FIELDS(input_fields)};

struct change {
    int64_t id, if_version;
    const struct json *body;
};

static enum err apply(struct ctx *c, const struct change *change, const struct place *before)
{
    struct place_input input = {before->parent_id, before->name, before->code,
                                before->lat,       before->lng,  before->closed_at_ms != 0};
    TRY(record_from_json(c, &input_record, change->body, RECORD_CHANGE, before->id, &input));
    if (json_get(change->body, "parent_id"))
        return json_count(change->body) == 1 ? place_move(c, before->id, input.parent_id)
                                             : fail_field(c, ERR_INVALID, "place.move_alone", STR("parent_id"));
    if (input.name.n == 0)
        return fail_field(c, ERR_INVALID, "field.missing", STR("name"));
    struct place place = *before;
    place.name = input.name;
    place.code = input.code;
    place.lat = input.lat;
    place.lng = input.lng;
    bool was_closed = before->closed_at_ms != 0;
    if (input.closed != was_closed)
        place.closed_at_ms = input.closed ? c->now_ms : 0;
    const char *type = "place.changed";
    if (input.closed != was_closed)
        type = input.closed ? "place.closed" : "place.reopened";
    else if (!str_equal(before->name, place.name))
        type = "place.renamed";
    return place_change(c, before, &place, type);
}

static enum err change_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct change *change = arg;
    struct place place;
    TRY(place_get(c, change->id, &place));
    if (change->if_version >= 0 && change->if_version != place.version)
        return fail(c, ERR_STALE, "place.stale");
    TRY(apply(c, change, &place));
    TRY(place_get(c, change->id, &place));
    TRY(place_count_children(c, &place));
    return answer(c, &place, rs);
}

static enum err change_place(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct change change;
    TRY(http_param_id(c, rq, "id", &change.id));
    TRY(http_if_match(c, rq, &change.if_version));
    TRY(json_parse(c, rq->body, &change.body));
    if (json_count(change.body) == 0)
        return fail(c, ERR_INVALID, "place.nothing_to_change");
    return command_run(c, rq, rs, change_run, &change);
}

// --- doors ---------------------------------------------------------------------------------------------------------
static enum err door_write(struct ctx *c, struct http_request *rq, const struct door *door, struct json_writer *w)
{
    json_object_begin(w);
    record_members_to_json(c, &door_record, door, door->id, READ_STAFF, w);
    json_key(w, "link");
    json_put_str(w, door_link(c, rq, door->code));
    json_object_end(w);
    return OK;
}

static enum err renew_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    struct door door;
    TRY(door_renew(c, *(const int64_t *)arg, &door));
    rs->status = 201;
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    return door_write(c, rq, &door, &w);
}

static enum err renew_door(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t place_id;
    TRY(http_param_id(c, rq, "id", &place_id));
    return command_run(c, rq, rs, renew_run, &place_id);
}

struct doors {
    int64_t place_id;
    struct http_request *rq;
    struct http_response *rs;
};

static enum err doors_read(struct ctx *c, void *arg)
{
    struct doors *doors = arg;
    struct place place;
    struct rows rows;
    TRY(place_get(c, doors->place_id, &place));
    TRY(db_list(c, &sql_doors_of_place, ARGS(ARG_INT("place_id", doors->place_id)), &door_record, 100, &rows));
    struct json_writer w;
    json_list_begin(&w, &doors->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        TRY(door_write(c, doors->rq, (const struct door *)rows.at + i, &w));
    json_list_end(&w, 0);
    return OK;
}

static enum err list_doors(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct doors doors = {.rq = rq, .rs = rs};
    TRY(http_param_id(c, rq, "id", &doors.place_id));
    return store_read(c, doors_read, &doors);
}

static enum err revoke_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    TRY(door_revoke(c, *(const int64_t *)arg));
    rs->status = 204;
    return OK;
}

static enum err revoke_door(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t door_id;
    TRY(http_param_id(c, rq, "id", &door_id));
    return command_run(c, rq, rs, revoke_run, &door_id);
}

struct find {
    struct str code;
    struct door door;
};

static enum err find_read(struct ctx *c, void *arg)
{
    struct find *find = arg;
    return door_find(c, find->code, &find->door);
}

static enum err door_qr(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct find find = {.code = http_param(rq, "code")};
    TRY(store_read(c, find_read, &find));
    rs->content_type = "image/svg+xml";
    return qr_svg(c, door_link(c, rq, find.door.code), &rs->body);
}

static const struct route_query list_query[] = {
    {"parent", "Children of this place"},
    {"level", "Places of this level"},
    {"q", "Words of the name"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100"},
    {NULL, NULL},
};
const struct route place_routes[] = {
    {"GET", "/api/v1/places", list_places, ACCESS_STAFF, ROUTE_LIST, NULL, &place_record, list_query,
     "Places below a place, of a level, or by name; without a filter the district itself", NULL},
    {"POST", "/api/v1/places", create_place, ACCESS_SYSTEM_ADMIN, 0, &place_record, &place_record, NULL,
     "Makes a place", NULL},
    {"PATCH", "/api/v1/places/{id}", change_place, ACCESS_SYSTEM_ADMIN, 0, &input_record, &place_record, NULL,
     "Renames, moves (with all below it), closes or reopens a place", NULL},
    {"POST", "/api/v1/places/{id}/door", renew_door, ACCESS_SYSTEM_ADMIN, 0, NULL, &door_record, NULL,
     "Makes a new door code; the old one is revoked", NULL},
    {"GET", "/api/v1/places/{id}/doors", list_doors, ACCESS_STAFF, ROUTE_LIST, NULL, &door_record, NULL,
     "Door codes of a place, newest first", NULL},
    {"DELETE", "/api/v1/doors/{id}", revoke_door, ACCESS_SYSTEM_ADMIN, 0, NULL, NULL, NULL, "Revokes a door code",
     NULL},
    {"GET", "/api/v1/doors/{code}/qr.svg", door_qr, ACCESS_ANYONE, ROUTE_RAW, NULL, NULL, NULL,
     "The door's link as a QR code", "image/svg+xml"},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
