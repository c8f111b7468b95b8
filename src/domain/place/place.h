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

struct place {
    int64_t id, version;
    int64_t parent_id;    // 0: the district itself
    int level;            // enum place_level
    struct str code;      // official or import code, unique per level when not empty
    struct str name;      // names repeat: never a key
    struct str path;      // "/" + ids from the district down to itself, each 16 hex digits, "/" after each
    double lat, lng;      // 0, 0: unknown
    bool invented;        // demo place that does not exist
    int64_t closed_at_ms; // 0: in use
};
extern const struct record place_record;

enum err place_get(struct ctx *c, int64_t id, struct place *ret_place); // ERR_NOT_FOUND place.unknown
enum err place_create(struct ctx *c, struct place *place);              // fills id, path, version; event place.created
// Moves the place (and its subtree) under another parent as of now; the past stays in the log and in place_history.
enum err place_move(struct ctx *c, int64_t id, int64_t new_parent_id);
// The chain from the place up to the district; ids by level, 0 where a level is missing.
struct place_chain {
    int64_t at[PLACE_LEVEL_COUNT];
};
enum err place_get_chain(struct ctx *c, int64_t id, struct place_chain *ret_chain);
// Does the subtree of ancestor hold place (also itself)?
enum err place_covers(struct ctx *c, int64_t ancestor_id, int64_t place_id, bool *ret_covers);
// "长征街道 · 黄泥坡社区 · 太阳园小区 · 3栋", from level down; for people.
enum err place_full_name(struct ctx *c, int64_t id, enum place_level from, struct str *ret_name);

struct door {
    int64_t id, version;
    int64_t place_id; // a building (or unit)
    struct str code;  // 16 random characters of Crockford base32: 80 bits
    int64_t made_at_ms, revoked_at_ms;
};
extern const struct record door_record;
// A live code; ERR_NOT_FOUND door.unknown, or ERR_NOT_FOUND door.revoked.
enum err door_find(struct ctx *c, struct str code, struct door *ret_door);
// A new code for the place; the old one, if any, is revoked.
enum err door_renew(struct ctx *c, int64_t place_id, struct door *ret_door);

extern const struct module place_module;
