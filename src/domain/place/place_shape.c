// SPDX-License-Identifier: MulanPSL-2.0
// Reading a shape, and keeping it. Numbers become millionths of a degree at once, so that closing and area are exact.
#include "domain/place/place_internal.h"

#include "crypto/seal.h"
#include "flow/event_data.h"
#include "place_sql.h"

#include <inttypes.h>

#define MILLION 1000000
#define TEXT_MAX_BYTES (SHAPE_POINTS_MAX * 28 + SHAPE_RINGS_MAX * 8 + 64)

static const struct field shape_fields[] = {PLACE_SHAPE_FIELDS(FIELD_ROW, place_shape)};
const struct record place_shape_record = {
    .name = "place_shape", .table = "place_shape", .size_bytes = sizeof(struct place_shape), FIELDS(shape_fields)};

struct reading {
    struct buf *out;
    size_t points, rings;
};

static enum err refuse(struct ctx *c, const char *key, size_t ring)
{
    return fail_with(c, ERR_INVALID, key, str_format(c->arena, "%zu", ring), (struct str){0});
}

// --- numbers ---------------------------------------------------------------------------------------------------------
static bool read_number(const struct json *value, double limit, int64_t *ret_millionths)
{
    enum json_kind kind = value ? json_kind(value) : JSON_NULL;
    double number = json_number(value);
    if ((kind != JSON_INT && kind != JSON_REAL) || !(number >= -limit && number <= limit))
        return false;
    *ret_millionths = (int64_t)(number * MILLION + (number < 0 ? -0.5 : 0.5));
    return true;
}

struct point {
    int64_t x, y;
};

static bool read_point(const struct json *value, struct point *ret_point)
{
    size_t count = value && json_kind(value) == JSON_ARRAY ? json_count(value) : 0;
    return (count == 2 || count == 3) && read_number(json_at(value, 0), 180, &ret_point->x) &&
           read_number(json_at(value, 1), 90, &ret_point->y);
}

static void write_millionths(struct ctx *c, struct buf *out, int64_t n)
{
    int64_t all = n < 0 ? -n : n, rest = all % MILLION;
    struct str text = str_format(c->arena, "%s%" PRId64 ".%06" PRId64, n < 0 ? "-" : "", all / MILLION, rest);
    while (str_ends_with(text, STR("0")))
        text.n--;
    if (str_ends_with(text, STR(".")))
        text.n--;
    buf_add_str(out, text);
}

// --- rings -----------------------------------------------------------------------------------------------------------
static void write_ring(struct ctx *c, struct buf *out, const struct point *points, size_t count)
{
    buf_add_z(out, "[");
    for (size_t i = 0; i < count; i++) {
        buf_add_z(out, i ? ",[" : "[");
        write_millionths(c, out, points[i].x);
        buf_add_z(out, ",");
        write_millionths(c, out, points[i].y);
        buf_add_z(out, "]");
    }
    buf_add_z(out, "]");
}

// Not all on one line.
static bool has_area(const struct point *points, size_t count)
{
    struct point base = points[0], along = base;
    for (size_t i = 1; i < count; i++) {
        if (along.x == base.x && along.y == base.y)
            along = points[i];
        if ((along.x - base.x) * (points[i].y - base.y) != (points[i].x - base.x) * (along.y - base.y))
            return true;
    }
    return false;
}

static enum err read_ring(struct ctx *c, const struct json *ring, struct reading *r)
{
    size_t count = ring && json_kind(ring) == JSON_ARRAY ? json_count(ring) : 0;
    if (++r->rings > SHAPE_RINGS_MAX)
        return refuse(c, "place.shape_too_many_rings", r->rings);
    if (count < 4)
        return refuse(c, "place.shape_short_ring", r->rings);
    if ((r->points += count) > SHAPE_POINTS_MAX)
        return refuse(c, "place.shape_too_many_points", r->rings);
    struct point *points = arena_array(c->arena, count, sizeof *points);
    for (size_t i = 0; i < count; i++)
        if (!read_point(json_at(ring, i), &points[i]))
            return refuse(c, "place.shape_bad_point", r->rings);
    if (points[0].x != points[count - 1].x || points[0].y != points[count - 1].y)
        return refuse(c, "place.shape_open_ring", r->rings);
    if (!has_area(points, count))
        return refuse(c, "place.shape_flat_ring", r->rings);
    write_ring(c, r->out, points, count);
    return OK;
}

static enum err read_polygon(struct ctx *c, const struct json *rings, struct reading *r)
{
    size_t count = rings && json_kind(rings) == JSON_ARRAY ? json_count(rings) : 0;
    if (!count)
        return refuse(c, "place.shape_short_ring", r->rings + 1);
    buf_add_z(r->out, "[");
    for (size_t i = 0; i < count; i++) {
        buf_add_z(r->out, i ? "," : "");
        TRY(read_ring(c, json_at(rings, i), r));
    }
    buf_add_z(r->out, "]");
    return OK;
}

static enum err read_polygons(struct ctx *c, const struct json *polygons, struct reading *r)
{
    size_t count = polygons && json_kind(polygons) == JSON_ARRAY ? json_count(polygons) : 0;
    if (!count)
        return refuse(c, "place.shape_short_ring", 1);
    buf_add_z(r->out, "[");
    for (size_t i = 0; i < count; i++) {
        buf_add_z(r->out, i ? "," : "");
        TRY(read_polygon(c, json_at(polygons, i), r));
    }
    buf_add_z(r->out, "]");
    return OK;
}

static enum err read_geometry(struct ctx *c, const struct json *geometry, struct reading *r)
{
    struct str type = json_str(json_get(geometry, "type"));
    const struct json *coordinates = json_get(geometry, "coordinates");
    bool one = str_equal_z(type, "Polygon");
    if (!one && !str_equal_z(type, "MultiPolygon"))
        return fail_field(c, ERR_INVALID, "place.shape_wrong_type", STR("type"));
    buf_add_z(r->out, one ? "{\"type\":\"Polygon\",\"coordinates\":" : "{\"type\":\"MultiPolygon\",\"coordinates\":");
    TRY(one ? read_polygon(c, coordinates, r) : read_polygons(c, coordinates, r));
    buf_add_z(r->out, "}");
    return OK;
}

enum err place_shape_read(struct ctx *c, const struct json *geometry, struct place_shape *ret_shape)
{
    struct buf out;
    struct reading r = {.out = &out};
    buf_init(&out, TEXT_MAX_BYTES);
    enum err err = read_geometry(c, geometry, &r);
    if (err == OK) {
        ret_shape->geometry = str_copy(c->arena, buf_str(&out));
        ret_shape->points = (int64_t)r.points;
    }
    buf_free(&out);
    return err;
}

// --- keeping ---------------------------------------------------------------------------------------------------------
static enum err is_same(struct ctx *c, const struct place_shape *shape, bool *ret_same)
{
    struct place_shape old = {0};
    enum err err =
        db_one(c, &sql_place_shape_get, ARGS(ARG_INT("place_id", shape->place_id)), &place_shape_record, &old);
    *ret_same = err == OK && str_equal(old.geometry, shape->geometry) && old.invented == shape->invented;
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return OK;
}

enum err place_shape_put(struct ctx *c, struct place_shape *shape)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char hash[HASH_BYTES];
    char hex[2 * HASH_BYTES];
    struct event_data data;
    bool same;
    TRY(is_same(c, shape, &same));
    if (same)
        return OK;
    shape->set_at_ms = c->now_ms;
    TRY(db_exec(c, &sql_place_shape_put, ARGS(ARG_ROW(&place_shape_record, shape)), NULL));
    crypto_hash(keys_suite(c->house->keys), shape->geometry, hash);
    for (size_t i = 0; i < sizeof hex; i++)
        hex[i] = digits[hash[i / 2] >> (i % 2 ? 0 : 4) & 15];
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "points");
    json_put_int(w, shape->points);
    json_key(w, "geometry_hash");
    json_put_str(w, (struct str){hex, sizeof hex});
    return event_data_append(c, &data, "place", shape->place_id, "place.shape_set");
}
