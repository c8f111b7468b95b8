// SPDX-License-Identifier: MulanPSL-2.0
// Stations 党群服务站: where a service item is dealt with in person. Between the files of this module only.
#pragma once
#include "domain/account/account.h"
#include "domain/catalog/catalog.h"
#include "json/record_json.h"

#define STATION_HOURS(F, S, name_, doc_)                                                                               \
    F(S, TEXT, name_, .flags = FIELD_INPUT, .read = READ_ALL, .max = 80, .doc = doc_)
#define STATION_FIELDS(F, S)                                                                                           \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ALL, .doc = "Station")                                               \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_ALL, .doc = "Grows by one with each change")               \
    F(S, ID, place_id, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL,                                        \
      .doc = "Where it is: a grid, an estate, a building, or a place above them")                                      \
    F(S, TEXT, name_zh, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .max = 30, .doc = "Name in Chinese")  \
    F(S, TEXT, name_en, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .max = 60, .doc = "Name in English")  \
    F(S, TEXT, address, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .max = 100, .doc = "How to find it")  \
    F(S, TEXT, phone, .flags = FIELD_INPUT, .read = READ_ALL, .max = 30, .doc = "To ask before going there")           \
    F(S, REAL, lat, .flags = FIELD_INPUT, .read = READ_ALL, .min = -90, .max = 90, .doc = "Latitude; 0: unknown")      \
    F(S, REAL, lng, .flags = FIELD_INPUT, .read = READ_ALL, .min = -180, .max = 180, .doc = "Longitude; 0: unknown")   \
    STATION_HOURS(F, S, hours_mon, "Monday: 09:00-12:00 13:00-17:00; past midnight 20:00-02:00; empty: closed")        \
    STATION_HOURS(F, S, hours_tue, "Tuesday")                                                                          \
    STATION_HOURS(F, S, hours_wed, "Wednesday")                                                                        \
    STATION_HOURS(F, S, hours_thu, "Thursday")                                                                         \
    STATION_HOURS(F, S, hours_fri, "Friday")                                                                           \
    STATION_HOURS(F, S, hours_sat,                                                                                     \
                  "Saturday; when it is a working day instead of another: as the first of Monday "                     \
                  "to Friday that has hours")                                                                          \
    STATION_HOURS(F, S, hours_sun, "Sunday; the same")                                                                 \
    STATION_HOURS(F, S, hours_holiday, "Public holidays of the district's calendar; empty: closed")                    \
    F(S, TEXT, exceptions, .flags = FIELD_INPUT | FIELD_MULTILINE, .read = READ_ALL, .max = 2000,                      \
      .doc = "Single days, one a line: 2026-10-01 closed, or 2026-10-10 09:00-12:00")                                  \
    F(S, IDS, items, .flags = FIELD_INPUT, .read = READ_ALL, .max = 200,                                               \
      .doc = "Service items dealt with here; empty: all")                                                              \
    F(S, BOOL, closed, .flags = FIELD_INPUT, .read = READ_ALL, .doc = "Given up")
struct station {
    STATION_FIELDS(FIELD_MEMBER, station)
};
extern const struct record station_record;

// --- opening hours (station_hours.c): pure -------------------------------------------------------------------------
#define STATION_SPANS_MAX 4
#define STATION_EXCEPTIONS_MAX 100
struct station_span {
    int from, to; // minutes since local midnight of its day; to > 1440: it ends on the next day
};
struct station_day {
    struct station_span at[STATION_SPANS_MAX]; // ascending, apart
    size_t count;
};
struct station_hours {
    struct station_day week[7]; // from Monday
    struct station_day holiday;
    struct {
        int64_t day;
        struct station_day hours;
    } exceptions[STATION_EXCEPTIONS_MAX];
    size_t exception_count;
};
// ERR_INVALID station.bad_hours, with the field.
enum err station_hours_read(struct ctx *c, const struct station *station, struct station_hours *ret_hours);
// The hours of one local day: an exception, else a holiday, else a moved working day, else the day of the week.
const struct station_day *station_day_of(const struct station_hours *hours, const struct calendar *calendar,
                                         int64_t day);
struct station_open {
    bool now;
    int64_t until_ms; // open without a break until then; 0: closed, or for more than two weeks
    int64_t next_ms;  // closed: when it opens next; 0: open, or not within sixty days
};
struct station_open station_open_at(const struct station_hours *hours, const struct calendar *calendar, int64_t at_ms);

// --- rows (station.c) ----------------------------------------------------------------------------------------------
#define STATIONS_MAX 500
enum err station_get(struct ctx *c, int64_t id, struct station *ret_station); // ERR_NOT_FOUND station.unknown
enum err station_create(struct ctx *c, struct station *station); // fills id, version; event station.created
enum err station_save(struct ctx *c, struct station *station);   // ERR_STALE station.stale; event station.changed

// As lists have it: where it lies in the tree, how far it is, when it is open.
#define STATION_VIEW_FIELDS(F, S)                                                                                      \
    STATION_FIELDS(F, S)                                                                                               \
    F(S, TEXT, path, .flags = FIELD_COMPUTED, .read = READ_NOBODY, .doc = "Of its place")                              \
    F(S, TEXT, full_name, .flags = FIELD_COMPUTED, .read = READ_ALL, .max = 400, .doc = "Its place in full")           \
    F(S, INT, distance_m, .flags = FIELD_COMPUTED, .read = READ_ALL,                                                   \
      .doc = "Metres as the crow flies from the place asked for; 0: unknown")                                          \
    F(S, BOOL, open_now, .flags = FIELD_COMPUTED, .read = READ_ALL, .doc = "By its hours and the district's calendar") \
    F(S, TIME_MS, open_until, .flags = FIELD_COMPUTED, .read = READ_ALL,                                               \
      .doc = "Open without a break until then; null: closed, or for more than two weeks")                              \
    F(S, TIME_MS, opens_next, .flags = FIELD_COMPUTED, .read = READ_ALL,                                               \
      .doc = "Closed: when it opens; null: open, or not within sixty days")
struct station_view {
    STATION_VIEW_FIELDS(FIELD_MEMBER, station_view)
    int depth; // how many levels it has in common with the place asked for
};
extern const struct record station_view_record;
struct station_filter {
    int64_t place_id, item_id; // 0: any
    bool with_closed;
    size_t limit;
};
// Nearest first: by the narrowest place that holds both, then as the crow flies, then as they were made.
enum err station_find(struct ctx *c, const struct station_filter *filter, struct station_view **ret_stations,
                      size_t *ret_count);
extern const struct route station_routes[];
