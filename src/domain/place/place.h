// SPDX-License-Identifier: MulanPSL-2.0
// The place tree (district → subdistrict → community → grid → estate → building → unit → household) and the codes on
// the doors of its buildings.
#pragma once
#include "base/field.h"
#include "flow/module.h"

enum place_level {
    PLACE_DISTRICT,
    PLACE_SUBDISTRICT,
    PLACE_COMMUNITY,
    PLACE_GRID,
    PLACE_ESTATE,
    PLACE_BUILDING,
    PLACE_UNIT,
    PLACE_HOUSEHOLD,
    PLACE_LEVEL_COUNT
};
extern const char *const place_level_names[]; // "district", …, NULL

#define PLACE_FIELDS(F, S)                                                                                             \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ALL)                                                                 \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_ALL)                                                       \
    F(S, ID, parent_id, .flags = FIELD_INPUT, .read = READ_ALL,                                                        \
      .doc = "The place it lies in; null for the district itself")                                                     \
    F(S, ENUM, level, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .names = place_level_names,             \
      .doc = "Deeper than the parent's; levels may be left out")                                                       \
    F(S, TEXT, code, .flags = FIELD_INPUT, .read = READ_ALL, .max = 64,                                                \
      .doc = "Official or import code, unique within a level")                                                         \
    F(S, TEXT, name, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .max = 60,                               \
      .doc = "Names repeat: never a key")                                                                              \
    F(S, TEXT, path, .read = READ_NOBODY,                                                                              \
      .doc = "'/' + ids from the district down to itself, each 16 hex digits, '/' after each")                         \
    F(S, REAL, lat, .flags = FIELD_INPUT, .read = READ_ALL, .min = -90, .max = 90)                                     \
    F(S, REAL, lng, .flags = FIELD_INPUT, .read = READ_ALL, .min = -180, .max = 180)                                   \
    F(S, BOOL, invented, .read = READ_ALL, .doc = "Made up for the demo")                                              \
    F(S, TIME_MS, closed_at, .read = READ_ALL, .doc = "Out of use since; null: in use")                                \
    F(S, INT, child_count, .flags = FIELD_COMPUTED, .read = READ_ALL, .doc = "Places in use right below it")
struct place {
    PLACE_FIELDS(FIELD_MEMBER, place)
};
extern const struct record place_record;
// A place as other answers show it: {id, level, name}.
extern const struct record place_ref_record;
void place_ref_write(const struct place *place, struct json_writer *w);

enum err place_get(struct ctx *c, int64_t id, struct place *ret_place); // ERR_NOT_FOUND place.unknown
enum err place_by_code(struct ctx *c, enum place_level level, struct str code, struct place *ret_place);
// The district. ERR_NOT_FOUND place.no_district in an installation without places.
enum err place_root(struct ctx *c, struct place *ret_place);
enum err place_create(struct ctx *c, struct place *place); // fills id, path, version; event place.created
// Writes what changed beside the parent (name, code, lat, lng, closed_at_ms), guarded by the version; one event, of the
// given type. What is in use (open children) is not closed: ERR_CONFLICT place.has_children.
enum err place_change(struct ctx *c, const struct place *before, struct place *place, const char *event_type);
// Moves the place (and its subtree) under another parent as of now; the past stays in the log and in place_history.
enum err place_move(struct ctx *c, int64_t id, int64_t new_parent_id);
// Children in use, in the order they were made, after after_id (0: from the first).
enum err place_children(struct ctx *c, int64_t parent_id, int64_t after_id, size_t max, struct rows *ret_rows);
enum err place_count_children(struct ctx *c, struct place *place); // fills child_count
// Places in use of one level, the same way.
enum err place_of_level(struct ctx *c, enum place_level level, int64_t after_id, size_t max, struct rows *ret_rows);
// The chain from the place up to the district; ids by level, 0 where a level is missing.
struct place_chain {
    int64_t at[PLACE_LEVEL_COUNT];
};
enum err place_get_chain(struct ctx *c, int64_t id, struct place_chain *ret_chain);
// The same as of an instant; a place of which nothing is known for then counts as standing where it stands now.
enum err place_get_chain_at(struct ctx *c, int64_t id, int64_t at_ms, struct place_chain *ret_chain);
// Does the subtree of ancestor hold place (also itself)?
enum err place_covers(struct ctx *c, int64_t ancestor_id, int64_t place_id, bool *ret_covers);
// "长征街道 · 黄泥坡社区 · 太阳园小区 · 3栋", from level down; for people.
enum err place_full_name(struct ctx *c, int64_t id, enum place_level from, struct str *ret_name);
// What a path LIKE matches below (and including) the place.
struct str place_under(struct ctx *c, const struct place *place);
// Loads the district of this official code with its subdistricts and communities from data/divisions.tsv, when the
// store has no place at all. *ret_count: places made.
enum err place_load_divisions(struct ctx *c, struct str district_code, int64_t *ret_count);

#define DOOR_FIELDS(F, S)                                                                                              \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_STAFF)                                                               \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_STAFF)                                                     \
    F(S, ID, place_id, .read = READ_STAFF, .doc = "A building (or unit)")                                              \
    F(S, TEXT, code, .read = READ_STAFF, .doc = "What the link on the door ends with")                                 \
    F(S, TIME_MS, made_at, .read = READ_STAFF)                                                                         \
    F(S, TIME_MS, revoked_at, .read = READ_STAFF)
struct door {
    DOOR_FIELDS(FIELD_MEMBER, door)
};
extern const struct record door_record;
// A live code; ERR_NOT_FOUND door.unknown, or ERR_NOT_FOUND door.revoked. Lower case, hyphens, I L O are forgiven.
enum err door_find(struct ctx *c, struct str code, struct door *ret_door);
// The live door of a place; ERR_NOT_FOUND door.none.
enum err door_of_place(struct ctx *c, int64_t place_id, struct door *ret_door);
// A new code for the place; the old one, if any, is revoked.
enum err door_renew(struct ctx *c, int64_t place_id, struct door *ret_door);
// The same with a code that is given (16 Crockford characters): an import, or the demo's guided tour.
enum err door_put(struct ctx *c, int64_t place_id, struct str code, struct door *ret_door);
enum err door_revoke(struct ctx *c, int64_t door_id);
// ORIGIN/q/CODE; the origin is config.public_url or else the Host that was asked.
struct str door_link(struct ctx *c, const struct http_request *rq, struct str code);
// What is printed on walls: 16 random Crockford characters; and as somebody typed it: hyphens and confusions set right,
// empty when it cannot be a code.
struct str place_code_new(struct ctx *c);
struct str place_code_read(struct ctx *c, struct str text);
// QR code (level Q, quiet zone of four modules) as an SVG of its own.
enum err qr_svg(struct ctx *c, struct str text, struct buf *out);

// Shapes 边界: a polygon or several, for maps of figures. Longitude and latitude (WGS84), or a plane that was invented;
// nothing is looked up by them: whose work something is, the place tree says.
#define SHAPE_POINTS_MAX 4000 // of one place
#define SHAPE_RINGS_MAX 64
#define SHAPE_FEATURES_MAX 2000 // of one upload
#define SHAPE_PAGE_MAX 1000     // shapes of one answer
#define SHAPE_PAGE_BYTES (6u << 20)

#define PLACE_SHAPE_FIELDS(F, S)                                                                                       \
    F(S, ID, place_id, .flags = FIELD_KEY, .read = READ_PUBLIC, .doc = "Whose")                                        \
    F(S, TEXT, geometry, .read = READ_PUBLIC, .doc = "GeoJSON (RFC 7946): Polygon or MultiPolygon, six decimals")      \
    F(S, INT, points, .read = READ_PUBLIC, .doc = "Corners")                                                           \
    F(S, BOOL, invented, .read = READ_PUBLIC, .doc = "Made up for the demo")                                           \
    F(S, TIME_MS, set_at, .read = READ_PUBLIC, .doc = "Since when it is this one")
struct place_shape {
    PLACE_SHAPE_FIELDS(FIELD_MEMBER, place_shape)
};
extern const struct record place_shape_record;

// Reads a geometry: Polygon or MultiPolygon, rings closed and of four positions or more, with an area, longitude -180
// to 180, latitude -90 to 90 (a third number, the height, is left out). Fills geometry, written anew in one form, and
// points. Fails with ERR_INVALID and keys place.shape_*; {0}: which ring, counted from 1.
enum err place_shape_read(struct ctx *c, const struct json *geometry, struct place_shape *ret_shape);
// In the open write: the place gets the shape (place_id, geometry, points, invented are given) instead of the one it
// had; event place.shape_set, unless it is the same already.
enum err place_shape_put(struct ctx *c, struct place_shape *shape);

extern const struct module place_module;
