// SPDX-License-Identifier: MulanPSL-2.0
// Shapes over HTTP: set by the system administrator, one or many; read as GeoJSON, sub-districts and communities by
// everybody, grids by staff.
#include "domain/place/place_internal.h"

#include "base/id.h"
#include "flow/command.h"
#include "flow/event_data.h"
#include "place_sql.h"
#include "json/record_json.h"

#define ACCESS_STAFF 0x3feu        // as in place_http.c
#define ACCESS_SYSTEM_ADMIN 0x080u // ROLE_SYSTEM_ADMIN

// --- setting ---------------------------------------------------------------------------------------------------------
struct upload {
    int64_t place_id;
    const struct json *body;
    int64_t count;
};

static enum err put_one(struct ctx *c, const struct json *geometry, int64_t place_id)
{
    struct place place;
    TRY(place_get(c, place_id, &place));
    if (place.level > PLACE_GRID)
        return fail(c, ERR_INVALID, "place.shape_too_deep");
    struct place_shape shape = {.place_id = place_id};
    TRY(place_shape_read(c, geometry, &shape));
    return place_shape_put(c, &shape);
}

static enum err answer_count(struct http_response *rs, int64_t count)
{
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "count");
    json_put_int(&w, count);
    json_object_end(&w);
    return OK;
}

static enum err put_shape_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct upload *upload = arg;
    (void)rq;
    TRY(put_one(c, upload->body, upload->place_id));
    return answer_count(rs, 1);
}

static enum err put_shape(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct upload upload;
    TRY(http_param_id(c, rq, "id", &upload.place_id));
    TRY(json_parse(c, rq->body, &upload.body));
    return command_run(c, rq, rs, put_shape_run, &upload);
}

// By the place's id ("id"), or by level and code among the properties, as a survey's export has them.
static enum err place_of_feature(struct ctx *c, const struct json *feature, int64_t *ret_place_id)
{
    const struct json *properties = json_get(feature, "properties");
    struct str code = json_str(json_get(properties, "code"));
    int level = enum_from_name(place_level_names, json_str(json_get(properties, "level")));
    struct place place;
    if (id_parse(json_str(json_get(feature, "id")), ret_place_id))
        return OK;
    if (!code.n || level < 0)
        return fail(c, ERR_INVALID, "place.shape_whose");
    TRY(place_by_code(c, (enum place_level)level, code, &place));
    *ret_place_id = place.id;
    return OK;
}

// Which of them is at fault is the field: "features.12".
static enum err put_feature(struct ctx *c, const struct json *feature, size_t index)
{
    int64_t place_id;
    enum err err = place_of_feature(c, feature, &place_id);
    if (err == OK)
        err = put_one(c, json_get(feature, "geometry"), place_id);
    if (err == ERR_INVALID || err == ERR_NOT_FOUND)
        ctx_set_error(c, err = ERR_INVALID, c->error.key, str_format(c->arena, "features.%zu", index), c->error.args[0],
                      c->error.args[1]);
    return err;
}

static enum err put_shapes_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *features = json_get(((const struct upload *)arg)->body, "features");
    (void)rq;
    for (size_t i = 0; i < json_count(features); i++)
        TRY(put_feature(c, json_at(features, i), i));
    return answer_count(rs, (int64_t)json_count(features));
}

static enum err put_shapes(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct upload upload = {0};
    TRY(json_parse(c, rq->body, &upload.body));
    const struct json *features = json_get(upload.body, "features");
    if (!str_equal_z(json_str(json_get(upload.body, "type")), "FeatureCollection") || !features ||
        json_kind(features) != JSON_ARRAY || !json_count(features))
        return fail(c, ERR_INVALID, "place.shape_no_collection");
    if (json_count(features) > SHAPE_FEATURES_MAX)
        return fail(c, ERR_TOO_LARGE, "place.shape_too_many");
    return command_run(c, rq, rs, put_shapes_run, &upload);
}

static enum err delete_shape_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t place_id = *(const int64_t *)arg, gone = 0;
    (void)rq;
    TRY(db_exec(c, &sql_place_shape_delete, ARGS(ARG_INT("place_id", place_id)), &gone));
    if (!gone)
        return fail(c, ERR_NOT_FOUND, "place.shape_none");
    rs->status = 204;
    return event_append(c, "place", place_id, "place.shape_removed", (struct str){0}, NULL);
}

static enum err delete_shape(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t place_id;
    TRY(http_param_id(c, rq, "id", &place_id));
    return command_run(c, rq, rs, delete_shape_run, &place_id);
}

// --- reading ---------------------------------------------------------------------------------------------------------
#define SHAPES_FIELDS(F, S)                                                                                            \
    F(S, TEXT, type, .read = READ_PUBLIC, .doc = "FeatureCollection (GeoJSON, RFC 7946)")                              \
    F(S, BOOL, invented, .read = READ_PUBLIC, .doc = "One of them at least was made up for the demo")                  \
    F(S, JSON, features, .read = READ_PUBLIC, .doc = "Each with id of the place, and name as its property")            \
    F(S, ID, next, .read = READ_PUBLIC, .doc = "There are more: before of the next call")
struct place_shapes {
    SHAPES_FIELDS(FIELD_MEMBER, place_shapes)
};
static const struct field shapes_fields[] = {SHAPES_FIELDS(FIELD_ROW, place_shapes)};
static const struct record shapes_record = {"place_shapes", NULL, sizeof(struct place_shapes), FIELDS(shapes_fields)};
#define COUNT_FIELDS(F, S) F(S, INT, count, .read = READ_STAFF, .doc = "How many places have a shape by this")
struct shape_count {
    COUNT_FIELDS(FIELD_MEMBER, shape_count)
};
static const struct field count_fields[] = {COUNT_FIELDS(FIELD_ROW, shape_count)};
static const struct record count_record = {"place_shape_count", NULL, sizeof(struct shape_count), FIELDS(count_fields)};
#define GEOMETRY_FIELDS(F, S)                                                                                          \
    F(S, TEXT, type, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .doc = "Polygon or MultiPolygon")      \
    F(S, JSON, coordinates, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .doc = "Closed rings, RFC 7946")
struct shape_geometry {
    GEOMETRY_FIELDS(FIELD_MEMBER, shape_geometry)
};
static const struct field geometry_fields[] = {GEOMETRY_FIELDS(FIELD_ROW, shape_geometry)};
static const struct record geometry_record = {"place_geometry", NULL, sizeof(struct shape_geometry),
                                              FIELDS(geometry_fields)};
#define COLLECTION_FIELDS(F, S)                                                                                        \
    F(S, TEXT, type, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF, .doc = "FeatureCollection")            \
    F(S, JSON, features, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_STAFF,                                    \
      .doc = "Each with id of the place, or level and code as properties; all or none are taken")
struct shape_collection {
    COLLECTION_FIELDS(FIELD_MEMBER, shape_collection)
};
static const struct field collection_fields[] = {COLLECTION_FIELDS(FIELD_ROW, shape_collection)};
static const struct record collection_record = {"place_geometries", NULL, sizeof(struct shape_collection),
                                                FIELDS(collection_fields)};

struct shapes_call {
    int64_t parent_id, after_id, limit;
    enum place_level level;
    struct http_response *rs;
};

static enum err write_feature(struct ctx *c, const struct place_shape *shape, struct json_writer *w)
{
    struct place place;
    TRY(place_get(c, shape->place_id, &place));
    json_object_begin(w);
    json_key(w, "type");
    json_put_z(w, "Feature");
    json_key(w, "id");
    json_put_id(w, shape->place_id);
    json_key(w, "properties");
    json_object_begin(w);
    json_key(w, "name");
    json_put_str(w, place.name);
    json_key(w, "parent");
    json_put_id(w, place.parent_id);
    json_object_end(w);
    json_key(w, "geometry");
    json_put_raw(w, shape->geometry);
    json_object_end(w);
    return OK;
}

static enum err write_shapes(struct ctx *c, void *arg)
{
    const struct shapes_call *call = arg;
    struct place parent;
    struct rows rows;
    struct json_writer w;
    bool invented = false;
    size_t i = 0;
    TRY(call->parent_id ? place_get(c, call->parent_id, &parent) : place_root(c, &parent));
    TRY(db_list(c, &sql_place_shapes_under,
                ARGS(ARG_TEXT("level", str_of(place_level_names[call->level])),
                     ARG_TEXT("under", place_under(c, &parent)), ARG_INT("after", call->after_id),
                     ARG_INT("limit", call->limit)),
                &place_shape_record, (size_t)call->limit, &rows));
    const struct place_shape *shapes = rows.at;
    buf_clear(&call->rs->body);
    json_writer_init(&w, &call->rs->body);
    json_object_begin(&w);
    json_key(&w, "type");
    json_put_z(&w, "FeatureCollection");
    json_key(&w, "features");
    json_array_begin(&w);
    for (; i < rows.count && call->rs->body.n < SHAPE_PAGE_BYTES; i++) {
        TRY(write_feature(c, &shapes[i], &w));
        invented |= shapes[i].invented;
    }
    json_array_end(&w);
    json_key(&w, "invented");
    json_put_bool(&w, invented);
    json_key(&w, "next");
    json_put_id(&w, i && (i < rows.count || rows.count == (size_t)call->limit) ? shapes[i - 1].place_id : 0);
    json_object_end(&w);
    return OK;
}

static enum err get_shapes(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct shapes_call call = {.rs = rs};
    struct str level = http_query(c, rq, "level");
    int number = enum_from_name(place_level_names, level.n ? level : STR("community"));
    if (number < PLACE_SUBDISTRICT || number > PLACE_GRID)
        return fail_field(c, ERR_INVALID, "place.shape_too_deep", STR("level"));
    if (number == PLACE_GRID && !(c->actor.roles & ACCESS_STAFF))
        return fail(c, ERR_FORBIDDEN, "place.shape_staff");
    call.level = (enum place_level)number;
    TRY(http_query_id(c, rq, "parent", &call.parent_id));
    TRY(http_query_id(c, rq, "before", &call.after_id));
    TRY(http_query_int(c, rq, "limit", 1, SHAPE_PAGE_MAX, SHAPE_PAGE_MAX, &call.limit));
    TRY(store_read(c, write_shapes, &call));
    http_set_header(rs, "Cache-Control",
                    number == PLACE_GRID ? STR("private, max-age=300") : STR("public, max-age=300"));
    return OK;
}

static const struct route_query shapes_query[] = {
    {"parent", "In this place's subtree; without it the district's"},
    {"level", "subdistrict, community (unless told otherwise) or, for staff, grid"},
    {"before", "Cursor: next of the answer before"},
    {"limit", "1 to 1000"},
    {NULL, NULL},
};
const struct route place_shape_routes[] = {
    {"GET", "/api/v1/places/shapes", get_shapes, ACCESS_ANYONE, 0, NULL, &shapes_record, shapes_query,
     "Boundaries as GeoJSON: sub-districts and communities for everybody, grids for staff", NULL},
    {"PUT", "/api/v1/places/shapes", put_shapes, ACCESS_SYSTEM_ADMIN, 0, &collection_record, &count_record, NULL,
     "Sets the boundaries of many places by one GeoJSON FeatureCollection, all or none", NULL},
    {"PUT", "/api/v1/places/{id}/shape", put_shape, ACCESS_SYSTEM_ADMIN, 0, &geometry_record, &count_record, NULL,
     "Sets the boundary of a place: a GeoJSON Polygon or MultiPolygon", NULL},
    {"DELETE", "/api/v1/places/{id}/shape", delete_shape, ACCESS_SYSTEM_ADMIN, 0, NULL, NULL, NULL,
     "Takes the boundary of a place away", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
