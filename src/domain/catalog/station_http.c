// SPDX-License-Identifier: MulanPSL-2.0
// Routes of stations: everybody reads them; the system administrator, and a desk within its places, keep them.
#include "domain/catalog/station.h"
#include "flow/command.h"

#define KEEPERS (ROLE_BIT(ROLE_SYSTEM_ADMIN) | ROLES_DESK)
#define LIST_MAX 100

struct list_call {
    struct station_filter filter;
    struct str door;
    struct http_response *rs;
};

static enum err write_list(struct ctx *c, void *arg)
{
    struct list_call *call = arg;
    struct station_filter filter = call->filter;
    struct station_view *stations;
    struct json_writer w;
    size_t count;
    if (call->door.n) {
        struct door door;
        TRY(door_find(c, call->door, &door));
        filter.place_id = door.place_id;
    }
    TRY(station_find(c, &filter, &stations, &count));
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < count; i++)
        record_to_json(c, &station_view_record, &stations[i], stations[i].id, READ_ALL, &w);
    json_list_end(&w, 0);
    return OK;
}

static enum err get_stations(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list_call call = {.rs = rs, .door = http_query(c, rq, "door")};
    int64_t limit, closed;
    TRY(http_query_id(c, rq, "place", &call.filter.place_id));
    TRY(http_query_id(c, rq, "item", &call.filter.item_id));
    TRY(http_query_int(c, rq, "limit", 1, LIST_MAX, 20, &limit));
    TRY(http_query_int(c, rq, "closed", 0, 1, 0, &closed));
    call.filter.limit = (size_t)limit;
    call.filter.with_closed = closed && c->actor.roles & KEEPERS;
    return store_read(c, write_list, &call);
}

// --- keeping them ---------------------------------------------------------------------------------------------------
static enum err may_keep(struct ctx *c, int64_t place_id)
{
    const struct grant *grant;
    TRY(account_grant_over(c, KEEPERS, place_id, &grant));
    return grant ? OK : fail(c, ERR_FORBIDDEN, "station.not_yours");
}

static void answer(struct ctx *c, const struct station *station, struct http_response *rs)
{
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    record_to_json(c, &station_record, station, station->id, READ_ALL, &w);
    http_set_etag_version(rs, station->version);
}

static enum err do_create(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    struct station station = {0};
    (void)arg;
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &station_record, body, RECORD_CREATE, 0, &station));
    TRY(may_keep(c, station.place_id));
    TRY(station_create(c, &station));
    rs->status = 201;
    answer(c, &station, rs);
    return OK;
}

static enum err post_station(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_create, NULL);
}

static enum err do_change(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    struct station station;
    int64_t id, if_version;
    (void)arg;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(http_if_match(c, rq, &if_version));
    TRY(json_parse(c, rq->body, &body));
    TRY(station_get(c, id, &station));
    TRY(may_keep(c, station.place_id));
    if (if_version >= 0 && if_version != station.version)
        return fail(c, ERR_STALE, "station.stale");
    TRY(record_from_json(c, &station_record, body, RECORD_CHANGE, id, &station));
    TRY(may_keep(c, station.place_id)); // where it goes to, too
    TRY(station_save(c, &station));
    answer(c, &station, rs);
    return OK;
}

static enum err patch_station(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_change, NULL);
}

static const struct route_query list_query[] = {
    {"door", "Nearest to this door, by the tree of places first"},
    {"place", "Or to this place"},
    {"item", "Only those where this service item is dealt with"},
    {"closed", "1: for those who keep them, also what was given up"},
    {"limit", "1 to 100, else 20"},
    {NULL, NULL},
};
const struct route station_routes[] = {
    {"GET", "/api/v1/stations", get_stations, ACCESS_ANYONE, ROUTE_LIST, NULL, &station_view_record, list_query,
     "Where things are dealt with in person, nearest first, and when it is open"},
    {"POST", "/api/v1/stations", post_station, KEEPERS, 0, &station_record, &station_record, NULL, "Add a station"},
    {"PATCH", "/api/v1/stations/{id}", patch_station, KEEPERS, 0, &station_record, &station_record, NULL,
     "Change a station, or give it up"},
    {NULL},
};
