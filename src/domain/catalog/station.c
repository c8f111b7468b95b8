// SPDX-License-Identifier: MulanPSL-2.0
// Stations: rows, what is checked before one is kept, and which is near.
#include "domain/catalog/station.h"

#include "base/id.h"
#include "catalog_sql.h"
#include "flow/event_data.h"

#include <math.h>
#include <stdlib.h>

static const struct field station_fields[] = {STATION_FIELDS(FIELD_ROW, station)};
const struct record station_record = {"station", "station", sizeof(struct station), FIELDS(station_fields)};

static const struct field station_view_fields[] = {STATION_VIEW_FIELDS(FIELD_ROW, station_view)};
const struct record station_view_record = {"station_view", NULL, sizeof(struct station_view),
                                           FIELDS(station_view_fields)};

enum err station_get(struct ctx *c, int64_t id, struct station *ret_station)
{
    enum err err = db_one(c, &sql_station_by_id, ARGS(ARG_INT("id", id)), &station_record, ret_station);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "station.unknown") : err;
}

// What one field alone cannot tell.
static enum err station_check(struct ctx *c, const struct station *station)
{
    struct station_hours *hours = arena_alloc(c->arena, sizeof *hours);
    struct place place;
    struct service_item item;
    struct str items = station->items;
    TRY(station_hours_read(c, station, hours));
    if (place_get(c, station->place_id, &place) != OK || place.closed_at_ms)
        return fail_field(c, ERR_INVALID, "station.no_such_place", STR("place_id"));
    while (items.n) {
        int64_t id;
        if (!id_parse(str_cut(&items, ','), &id) || service_item_get(c, id, &item) != OK)
            return fail_field(c, ERR_INVALID, "item.unknown", STR("items"));
    }
    return OK;
}

static enum err station_tell(struct ctx *c, const struct station *station, const char *type)
{
    struct buf data;
    struct json_writer w;
    buf_init(&data, 32768);
    json_writer_init(&w, &data);
    record_to_json(c, &station_record, station, station->id, READ_ALL, &w);
    struct str text = str_copy(c->arena, buf_str(&data));
    buf_free(&data);
    return event_append(c, "station", station->id, type, text, NULL);
}

enum err station_create(struct ctx *c, struct station *station)
{
    TRY(station_check(c, station));
    station->id = ids_next(c->house->ids, c->now_ms);
    station->version = 1;
    TRY(db_exec(c, &sql_station_insert, ARGS(ARG_ROW(&station_record, station)), NULL));
    return station_tell(c, station, "station.created");
}

enum err catalog_make_station(struct ctx *c, const struct new_station *given)
{
    struct station station = {.place_id = given->place_id,
                              .name_zh = given->name_zh,
                              .name_en = given->name_en,
                              .address = given->address,
                              .phone = given->phone,
                              .items = given->items};
    struct str *const days[7] = {&station.hours_mon, &station.hours_tue, &station.hours_wed, &station.hours_thu,
                                 &station.hours_fri, &station.hours_sat, &station.hours_sun};
    for (size_t i = 0; i < 7; i++)
        *days[i] = given->hours[i] ? str_of(given->hours[i]) : STR("");
    return station_create(c, &station);
}

enum err station_save(struct ctx *c, struct station *station)
{
    TRY(station_check(c, station));
    int64_t changed, old_version = station->version++;
    TRY(db_exec(c, &sql_station_save, ARGS(ARG_INT("old_version", old_version), ARG_ROW(&station_record, station)),
                &changed));
    return changed ? station_tell(c, station, "station.changed") : fail(c, ERR_STALE, "station.stale");
}

// --- which is near --------------------------------------------------------------------------------------------------
static bool handles(struct str items, int64_t item_id)
{
    bool all = items.n == 0;
    while (items.n) {
        int64_t id;
        if (id_parse(str_cut(&items, ','), &id) && id == item_id)
            return true;
    }
    return all;
}

// Levels that two paths have in common: each is "/" and 16 hex digits.
static int common_depth(struct str a, struct str b)
{
    int depth = 0;
    size_t end = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < end && a.p[i] == b.p[i]; i++)
        depth += a.p[i] == '/';
    return depth;
}

static double radians(double degrees)
{
    return degrees * 3.14159265358979323846 / 180;
}

// Along the surface of a globe of 6,371 km; a few hundred metres are exact to less than one.
static int64_t metres(double lat1, double lng1, double lat2, double lng2)
{
    if ((lat1 == 0 && lng1 == 0) || (lat2 == 0 && lng2 == 0))
        return 0;
    double a = pow(sin(radians(lat2 - lat1) / 2), 2) +
               cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lng2 - lng1) / 2), 2);
    return (int64_t)(2 * 6371000 * asin(sqrt(a < 1 ? a : 1))) + 1;
}

static int nearest_first(const void *a, const void *b)
{
    const struct station_view *x = a, *y = b;
    if (x->depth != y->depth)
        return x->depth > y->depth ? -1 : 1;
    int64_t far_x = x->distance_m ? x->distance_m : INT64_MAX, far_y = y->distance_m ? y->distance_m : INT64_MAX;
    if (far_x != far_y)
        return far_x < far_y ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static enum err fill(struct ctx *c, struct station_view *view)
{
    struct station station;
    struct station_hours *hours = arena_alloc(c->arena, sizeof *hours);
    TRY(place_full_name(c, view->place_id, PLACE_SUBDISTRICT, &view->full_name));
    TRY(station_get(c, view->id, &station));
    TRY(station_hours_read(c, &station, hours));
    struct station_open open = station_open_at(hours, c->house->calendar, c->now_ms);
    view->open_now = open.now && !view->closed;
    view->open_until_ms = view->open_now ? open.until_ms : 0;
    view->opens_next_ms = view->closed ? 0 : open.next_ms;
    return OK;
}

enum err station_find(struct ctx *c, const struct station_filter *filter, struct station_view **ret_stations,
                      size_t *ret_count)
{
    struct rows rows;
    struct place place = {0};
    if (filter->place_id)
        TRY(place_get(c, filter->place_id, &place));
    TRY(db_list(c, &sql_station_list, ARGS(ARG_INT("closed_max", filter->with_closed)), &station_view_record,
                STATIONS_MAX, &rows));
    struct station_view *all = rows.at;
    size_t kept = 0;
    for (size_t i = 0; i < rows.count; i++) {
        if (filter->item_id && !handles(all[i].items, filter->item_id))
            continue;
        all[kept] = all[i];
        all[kept].depth = common_depth(place.path, all[i].path);
        all[kept].distance_m = metres(place.lat, place.lng, all[i].lat, all[i].lng);
        kept++;
    }
    qsort(all, kept, sizeof *all, nearest_first);
    kept = kept < filter->limit ? kept : filter->limit;
    for (size_t i = 0; i < kept; i++)
        TRY(fill(c, &all[i]));
    *ret_stations = all;
    *ret_count = kept;
    return OK;
}
