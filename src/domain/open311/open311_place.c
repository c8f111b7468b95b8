// SPDX-License-Identifier: MulanPSL-2.0
// From what a client knows of a place to a place of ours.
#include "domain/open311/open311_internal.h"
#include "open311_sql.h"

#include <math.h>

#define EARTH_METRES_A_DEGREE 111320.0

double open311_metres(double lat_a, double lng_a, double lat_b, double lng_b)
{
    double radians = (lat_a + lat_b) / 2 * 3.14159265358979323846 / 180;
    double north = (lat_b - lat_a) * EARTH_METRES_A_DEGREE,
           east = (lng_b - lng_a) * EARTH_METRES_A_DEGREE * cos(radians);
    return sqrt(north * north + east * east);
}

// --- by id or code --------------------------------------------------------------------------------------------------
static enum err by_id(struct ctx *c, struct str text, int64_t *ret_place_id)
{
    struct place place;
    int64_t id;
    *ret_place_id = 0;
    enum err err = id_parse(text, &id) ? place_get(c, id, &place) : ERR_NOT_FOUND;
    for (int level = PLACE_LEVEL_COUNT - 1; err == ERR_NOT_FOUND && level >= 0; level--)
        err = place_by_code(c, (enum place_level)level, text, &place);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    *ret_place_id = place.closed_at_ms ? 0 : place.id;
    return OK;
}

// --- by point -------------------------------------------------------------------------------------------------------
// How far from its point a place of a level still counts as there: what we chose, from how large such places are.
static const struct {
    enum place_level level;
    double metres;
} reach[] = {
    {PLACE_BUILDING, 150}, {PLACE_ESTATE, 400}, {PLACE_GRID, 1000}, {PLACE_COMMUNITY, 2500}, {PLACE_SUBDISTRICT, 10000},
};
#define REACH_COUNT (sizeof reach / sizeof *reach)
#define SMALL_COUNT 2 // so many that only a few hundred metres are looked at

static enum err near_point(struct ctx *c, const struct open311_where *where, const enum place_level levels[3],
                           double metres, struct rows *ret_rows)
{
    double north = metres / EARTH_METRES_A_DEGREE;
    double narrow = cos(where->lat * 3.14159265358979323846 / 180);
    double east = north / (narrow > 0.01 ? narrow : 0.01);
    return db_list(c, &sql_open311_places_near,
                   ARGS(ARG_TEXT("level0", str_of(place_level_names[levels[0]])),
                        ARG_TEXT("level1", str_of(place_level_names[levels[1]])),
                        ARG_TEXT("level2", str_of(place_level_names[levels[2]])), ARG_REAL("south", where->lat - north),
                        ARG_REAL("north", where->lat + north), ARG_REAL("west", where->lng - east),
                        ARG_REAL("east", where->lng + east)),
                   &place_record, 2000, ret_rows);
}

static int64_t nearest(const struct rows *rows, const struct open311_where *where, enum place_level level,
                       double metres)
{
    const struct place *place = rows->at;
    int64_t found = 0;
    for (size_t i = 0; i < rows->count; i++) {
        double away = open311_metres(where->lat, where->lng, place[i].lat, place[i].lng);
        if (place[i].level != (int)level || away > metres)
            continue;
        metres = away;
        found = place[i].id;
    }
    return found;
}

// The smallest kind of place that is near enough.
static enum err by_point(struct ctx *c, const struct open311_where *where, int64_t *ret_place_id)
{
    static const enum place_level small[3] = {PLACE_BUILDING, PLACE_ESTATE, PLACE_ESTATE};
    static const enum place_level large[3] = {PLACE_GRID, PLACE_COMMUNITY, PLACE_SUBDISTRICT};
    struct rows rows = {0};
    *ret_place_id = 0;
    TRY(near_point(c, where, small, reach[SMALL_COUNT - 1].metres, &rows));
    for (size_t i = 0; i < SMALL_COUNT && !*ret_place_id; i++)
        *ret_place_id = nearest(&rows, where, reach[i].level, reach[i].metres);
    if (*ret_place_id)
        return OK;
    TRY(near_point(c, where, large, reach[REACH_COUNT - 1].metres, &rows));
    for (size_t i = SMALL_COUNT; i < REACH_COUNT && !*ret_place_id; i++)
        *ret_place_id = nearest(&rows, where, reach[i].level, reach[i].metres);
    return OK;
}

// --- by address -----------------------------------------------------------------------------------------------------
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// Does the address hold the name, and not as the end of a longer number ("3栋" in "13栋")?
static bool address_holds(struct str address, struct str name)
{
    for (size_t at = 0; (at = str_find(address, name, at)) != (size_t)-1; at++)
        if (at == 0 || !is_digit(name.p[0]) || !is_digit(address.p[at - 1]))
            return true;
    return false;
}

// The one place of the level below *place that the address names best (by the longest name); none when two do.
static enum err descend(struct ctx *c, struct str address, enum place_level level, struct place *place, bool *ret_found)
{
    struct rows rows;
    const struct place *best = NULL;
    bool twice = false;
    TRY(db_list(c, &sql_open311_places_named,
                ARGS(ARG_TEXT("level", str_of(place_level_names[level])), ARG_TEXT("under", place_under(c, place)),
                     ARG_TEXT("address", address)),
                &place_record, 200, &rows));
    const struct place *found = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        if (!address_holds(address, found[i].name) || (best && found[i].name.n < best->name.n))
            continue;
        twice = best && found[i].name.n == best->name.n;
        best = &found[i];
    }
    *ret_found = best && !twice;
    if (*ret_found)
        *place = *best;
    return OK;
}

static enum err by_address(struct ctx *c, struct str address, const struct place *root, int64_t *ret_place_id)
{
    static const enum place_level levels[] = {PLACE_SUBDISTRICT, PLACE_COMMUNITY, PLACE_GRID, PLACE_ESTATE,
                                              PLACE_BUILDING};
    struct place place = *root;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        bool found;
        TRY(descend(c, address, levels[i], &place, &found));
    }
    *ret_place_id = place.id == root->id ? 0 : place.id;
    return OK;
}

enum err open311_locate(struct ctx *c, const struct open311_where *where, int64_t *ret_place_id, bool *ret_found)
{
    struct place root;
    int64_t id = 0;
    TRY(place_root(c, &root));
    if (where->address_id.n)
        TRY(by_id(c, where->address_id, &id));
    if (!id && where->has_point)
        TRY(by_point(c, where, &id));
    if (!id && where->address_string.n)
        TRY(by_address(c, where->address_string, &root, &id));
    *ret_found = id != 0;
    *ret_place_id = id ? id : root.id;
    return OK;
}
