// SPDX-License-Identifier: MulanPSL-2.0
// GET /api/v1/doors/{code}: the page behind a door's code. What can be asked here, whom it reaches, whom to ring.
#include "base/config.h"
#include "base/id.h"
#include "domain/request/request_internal.h"
#include "request_sql.h"

#define COUNT_MAX 20000

#define DOOR_PLACE_FIELDS(F, S)                                                                                        \
    F(S, ID, id, .read = READ_PUBLIC, .doc = "The place")                                                              \
    F(S, ENUM, level, .read = READ_PUBLIC, .names = place_level_names, .doc = "Its level")                             \
    F(S, TEXT, name, .read = READ_PUBLIC, .doc = "Its name")
struct door_place {
    DOOR_PLACE_FIELDS(FIELD_MEMBER, door_place)
};
static const struct field door_place_fields[] = {DOOR_PLACE_FIELDS(FIELD_ROW, door_place)};
static const struct record door_place_record = {"door_place", NULL, sizeof(struct door_place),
                                                FIELDS(door_place_fields)};

#define DOOR_VIEW_FIELDS(F, S)                                                                                         \
    F(S, TEXT, code, .read = READ_PUBLIC, .doc = "The code on the door")                                               \
    F(S, JSON, place, .read = READ_PUBLIC, .of = &door_place_record, .doc = "Where the door is")                       \
    F(S, TEXT, full_name, .read = READ_PUBLIC, .max = 400, .doc = "The place in full")                                 \
    F(S, TEXT, phone, .read = READ_PUBLIC, .doc = "For those who cannot or will not write")                            \
    F(S, BOOL, steward_present, .read = READ_PUBLIC, .doc = "The building has a steward")                              \
    F(S, INT, open_count, .read = READ_PUBLIC, .doc = "Open here now")                                                 \
    F(S, INT, done_count, .read = READ_PUBLIC, .doc = "Closed here so far")                                            \
    F(S, IDS, common, .read = READ_PUBLIC,                                                                             \
      .doc = "The items asked for most of late in the district, most often first")                                     \
    F(S, JSON, items, .read = READ_PUBLIC, .flags = FIELD_MANY, .of = &service_item_record, .doc = "What can be asked")
struct door_view {
    DOOR_VIEW_FIELDS(FIELD_MEMBER, door_view)
};
static const struct field door_view_fields[] = {DOOR_VIEW_FIELDS(FIELD_ROW, door_view)};
const struct record door_view_record = {"door_page", NULL, sizeof(struct door_view), FIELDS(door_view_fields)};

static struct str take(struct ctx *c, struct buf *buf)
{
    struct str text = str_copy(c->arena, buf_str(buf));
    buf_free(buf);
    return text;
}

static enum err items_text(struct ctx *c, struct str *ret_text)
{
    struct rows rows;
    struct buf buf;
    struct json_writer w;
    TRY(service_item_list(c, false, &rows));
    const struct service_item *items = rows.at;
    buf_init(&buf, 1 << 20);
    json_writer_init(&w, &buf);
    json_array_begin(&w);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &service_item_record, &items[i], items[i].id, READ_PUBLIC, &w);
    json_array_end(&w);
    *ret_text = take(c, &buf);
    return OK;
}

// Of the latest requests of the whole district, so that it tells nothing of anybody.
#define COMMON_LOOKED_AT 400
#define COMMON_AT_LEAST 3
#define COMMON_MAX 12
#define COMMON_FIELDS(F, S) F(S, ID, item_id)
struct common {
    COMMON_FIELDS(FIELD_MEMBER, common)
};
static const struct field common_fields[] = {COMMON_FIELDS(FIELD_ROW, common)};
static const struct record common_record = {"common_item", NULL, sizeof(struct common), FIELDS(common_fields)};

static enum err common_text(struct ctx *c, struct str *ret_ids)
{
    struct rows rows;
    TRY(db_list(c, &sql_request_common_items, ARGS(ARG_INT("max", COMMON_LOOKED_AT), ARG_INT("least", COMMON_AT_LEAST)),
                &common_record, COMMON_MAX, &rows));
    const struct common *common = rows.at;
    struct str ids = {0};
    for (size_t i = 0; i < rows.count; i++) {
        char text[ID_TEXT_LENGTH + 1];
        id_format(common[i].item_id, text);
        ids = ids.n ? str_format(c->arena, "%.*s,%s", STR_ARG(ids), text) : str_format(c->arena, "%s", text);
    }
    *ret_ids = ids;
    return OK;
}

static struct str place_text(struct ctx *c, const struct place *place)
{
    struct door_place told = {place->id, place->level, place->name};
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, 4096);
    json_writer_init(&w, &buf);
    record_to_json(c, &door_place_record, &told, place->id, READ_PUBLIC, &w);
    return take(c, &buf);
}

static enum err has_steward(struct ctx *c, int64_t place_id, bool *ret_present)
{
    struct rows rows;
    TRY(post_list_of_place(c, place_id, &rows));
    const struct post *posts = rows.at;
    *ret_present = false;
    for (size_t i = 0; i < rows.count && !*ret_present; i++) {
        int64_t holder = 0;
        if (posts[i].role == ROLE_STEWARD)
            TRY(post_holder_at(c, posts[i].id, c->now_ms, &holder));
        *ret_present = holder != 0;
    }
    return OK;
}

struct door_call {
    struct str code;
    struct door_view view;
};

static enum err read_door(struct ctx *c, void *arg)
{
    struct door_call *call = arg;
    struct door door;
    struct place place;
    TRY(door_find(c, call->code, &door));
    TRY(place_get(c, door.place_id, &place));
    struct door_view *view = &call->view;
    *view = (struct door_view){.code = door.code, .place = place_text(c, &place)};
    if (c->house->config && c->house->config->phone)
        view->phone = str_of(c->house->config->phone);
    TRY(place_full_name(c, place.id, PLACE_SUBDISTRICT, &view->full_name));
    TRY(has_steward(c, place.id, &view->steward_present));
    TRY(db_number(c, &sql_request_count_open, ARGS(ARG_INT("scope_id", place.id), ARG_INT("max", COUNT_MAX)),
                  &view->open_count));
    TRY(db_number(c, &sql_request_count_closed,
                  ARGS(ARG_INT("scope_id", place.id), ARG_INT("since_ms", 0), ARG_INT("max", COUNT_MAX)),
                  &view->done_count));
    TRY(common_text(c, &view->common));
    return items_text(c, &view->items);
}

enum err request_http_door(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct door_call call = {.code = http_param(rq, "code")};
    struct json_writer w;
    TRY(store_read(c, read_door, &call));
    json_writer_init(&w, &rs->body);
    record_to_json(c, &door_view_record, &call.view, 0, READ_PUBLIC, &w);
    return OK;
}
