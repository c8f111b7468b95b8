// SPDX-License-Identifier: MulanPSL-2.0
// Filing: a request comes in, gets its place, clock and owner, and goes out to who is responsible, in one transaction.
#include "base/calendar.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/request_clock.h"
#include "domain/request/request_offer.h"
#include "request_sql.h"

// Words, item and, of what was imported, the answer: what a search looks through. Who asked is not among it.
static struct str searched_text(struct ctx *c, const struct request *r, struct str words, struct str reply)
{
    return str_concat(
        c->arena, words,
        str_format(c->arena, "\n%.*s\n%.*s\n%.*s", STR_ARG(r->item_zh), STR_ARG(r->item_en), STR_ARG(reply)));
}

static enum err index_text(struct ctx *c, const struct request *r, struct str words, struct str reply)
{
    return search_put(c, "request", r->id, searched_text(c, r, words, reply));
}

enum err request_reindex(struct ctx *c, const struct request *before, const struct request *after)
{
    struct str words, reply = {0};
    TRY(request_open_text(c, before, "words", before->words, &words));
    if (before->source == SOURCE_IMPORT)
        TRY(request_open_text(c, before, "reply", before->reply, &reply));
    TRY(search_remove(c, "request", before->id, searched_text(c, before, words, reply)));
    return index_text(c, after, words, reply);
}

static enum err set_place(struct ctx *c, struct request *r, struct place_chain *ret_chain)
{
    struct place place, area;
    TRY(place_get(c, r->place_id, &place));
    if (place.closed_at_ms)
        return fail_field(c, ERR_INVALID, "request.place_closed", STR("place_id"));
    TRY(place_get_chain(c, r->place_id, ret_chain));
    r->building_id = ret_chain->at[PLACE_BUILDING];
    r->estate_id = ret_chain->at[PLACE_ESTATE];
    r->grid_id = ret_chain->at[PLACE_GRID];
    r->community_id = ret_chain->at[PLACE_COMMUNITY];
    r->subdistrict_id = ret_chain->at[PLACE_SUBDISTRICT];
    static const enum place_level widest_first[] = {PLACE_ESTATE, PLACE_GRID, PLACE_COMMUNITY, PLACE_SUBDISTRICT,
                                                    PLACE_DISTRICT};
    for (size_t i = 0; i < sizeof widest_first / sizeof *widest_first && !r->area.n; i++)
        if (ret_chain->at[widest_first[i]]) {
            TRY(place_get(c, ret_chain->at[widest_first[i]], &area));
            r->area = area.name;
        }
    return place_full_name(c, r->place_id, PLACE_SUBDISTRICT, &r->place_name);
}

void request_set_item(struct request *r, const struct service_item *item)
{
    r->item_id = item->id;
    r->item_version = item->version;
    r->kind = item->kind;
    r->item_code = item->code;
    r->item_zh = item->name_zh;
    r->item_en = item->name_en;
    r->unit = item->unit;
    r->budget = item->budget;
    r->dispatch_budget = item->dispatch_budget;
    r->response_budget = item->response_budget;
    r->verification_budget = item->verification_budget;
    r->staff_verifies = item->staff_verifies;
    r->is_private = r->is_private || item->private_always;
}

static void tell_number(struct json_writer *w, const char *key, int64_t number)
{
    json_key(w, key);
    json_put_int(w, number);
}

void request_tell_limits(const struct request *r, struct json_writer *w)
{
    json_key(w, "item");
    json_put_str(w, r->item_code);
    json_key(w, "kind");
    json_put_z(w, request_kind_names[r->kind]);
    tell_number(w, "item_version", r->item_version);
    json_key(w, "unit");
    json_put_z(w, calendar_unit_names[r->unit]);
    tell_number(w, "budget", r->budget);
    tell_number(w, "dispatch_budget", r->dispatch_budget);
    tell_number(w, "response_budget", r->response_budget);
    tell_number(w, "verification_budget", r->verification_budget);
    json_key(w, "calendar");
    json_put_str(w, r->calendar_version);
}

// The limit runs from the report, not from signing: a signature withheld gains nothing.
static void set_clock(struct ctx *c, struct request *r)
{
    if (!r->reported_at_ms)
        r->reported_at_ms = c->now_ms;
    if (!r->due_at_ms)
        r->due_at_ms = calendar_due(c->house->calendar, r->reported_at_ms, (enum calendar_unit)r->unit, r->budget, NULL,
                                    0, &r->due_provisional);
    r->calendar_version = calendar_version(c->house->calendar);
    r->state_at_ms = r->reported_at_ms;
}

static void seal_all(struct ctx *c, struct request *r)
{
    r->words = request_seal(c, r, "words", r->words);
    r->door_number = request_seal(c, r, "door_number", r->door_number);
    r->contact_name = request_seal(c, r, "contact_name", r->contact_name);
    r->contact_phone = request_seal(c, r, "contact_phone", r->contact_phone);
}

// Grid and above, as they stand now: for figures of then, when boundaries are redrawn.
static void tell_places(const struct place_chain *chain, struct json_writer *w)
{
    for (int level = PLACE_DISTRICT; level <= PLACE_GRID; level++)
        if (chain->at[level]) {
            json_key(w, place_level_names[level]);
            json_put_id(w, chain->at[level]);
        }
}

static enum err tell_reported(struct ctx *c, const struct request *r, const struct place_chain *chain,
                              const int64_t *media, size_t media_count)
{
    struct buf data;
    struct json_writer w;
    buf_init(&data, 4096);
    json_writer_init(&w, &data);
    json_object_begin(&w);
    json_key(&w, "to");
    json_put_z(&w, request_state_names[REQUEST_REPORTED]);
    request_tell_limits(r, &w);
    json_key(&w, "due");
    json_put_time(&w, r->due_at_ms);
    json_key(&w, "place");
    json_put_id(&w, r->place_id);
    tell_places(chain, &w);
    json_key(&w, "source");
    json_put_z(&w, request_source_names[r->source]);
    if (media_count) {
        json_key(&w, "media");
        json_array_begin(&w);
        for (size_t i = 0; i < media_count; i++)
            json_put_id(&w, media[i]);
        json_array_end(&w);
    }
    json_object_end(&w);
    struct event event = {.at_ms = r->reported_at_ms,
                          .actor_id = c->actor.kind == ACTOR_PERSON ? c->actor.person_id : 0,
                          .subject_kind = STR("request"),
                          .subject_id = r->id,
                          .type = STR("request.reported"),
                          .data = buf_str(&data)};
    enum err err = event_append_as(c, &event, NULL);
    buf_free(&data);
    return err;
}

static enum err insert(struct ctx *c, struct request *r, const struct place_chain *chain)
{
    r->steady_version = r->version;
    TRY(request_clock_settle(c, r, true));
    enum err err = db_exec(c, &sql_request_insert, ARGS(ARG_ROW(&request_record, r)), NULL);
    if (err == ERR_CONFLICT)
        return fail(c, ERR_CONFLICT, "request.known_already");
    TRY(err);
    struct request_scope scope = request_scope_of(r);
    for (int level = 0; level < PLACE_LEVEL_COUNT; level++)
        if (chain->at[level]) {
            scope.place_id = chain->at[level];
            TRY(db_exec(c, &sql_request_scope_insert, ARGS(ARG_ROW(&request_scope_record, &scope)), NULL));
        }
    return OK;
}

// What is the same for all that comes in: after this the request is reported, and not in the store yet.
static enum err begin(struct ctx *c, struct request_case *rc, const int64_t *media, size_t media_count,
                      struct place_chain *ret_chain)
{
    struct request *r = &rc->r;
    struct service_item item;
    TRY(service_item_get(c, r->item_id, &item));
    if (item.closed && r->source != SOURCE_IMPORT)
        return fail_field(c, ERR_INVALID, "request.item_closed", STR("item"));
    rc->fresh = true;
    r->id = ids_next(c->house->ids, c->now_ms);
    r->version = 1;
    r->state = REQUEST_REPORTED;
    r->open = true;
    request_set_item(r, &item);
    set_clock(c, r);
    TRY(set_place(c, r, ret_chain));
    seal_all(c, r);
    TRY(media_attach(c, media, media_count, "request", r->id, "report"));
    r->photo_count = (int64_t)media_count;
    return tell_reported(c, r, ret_chain, media, media_count);
}

static enum err begin_with(struct ctx *c, struct request_case *rc, const char *action)
{
    struct actor actor = request_become_system(c);
    enum err err = request_run(c, rc, action, NULL, -1);
    c->actor = actor;
    return err;
}

// Up for approval, to the teams, or to whoever is responsible. That nobody is, is no error: it stays reported and the
// desk sees it.
static enum err send_out_if_possible(struct ctx *c, struct request_case *rc)
{
    const char *offer;
    TRY(request_offer_begins(c, &rc->r, &offer));
    if (offer)
        return begin_with(c, rc, str_equal_z(str_of(offer), "submit") ? offer : "file");
    enum err err = request_route(c, &rc->r, &rc->routing);
    if (err == OK)
        return begin_with(c, rc, "file");
    if (err != ERR_CONFLICT)
        return err;
    ctx_clear_error(c);
    return OK;
}

enum err request_file_with(struct ctx *c, struct request *request, const int64_t *media, size_t media_count)
{
    struct request_case rc = {.r = *request};
    struct place_chain chain = {{0}};
    struct str words = request->words;
    TRY(begin(c, &rc, media, media_count, &chain));
    TRY(send_out_if_possible(c, &rc));
    TRY(insert(c, &rc.r, &chain));
    TRY(index_text(c, &rc.r, words, (struct str){0}));
    *request = rc.r;
    return OK;
}

enum err request_file(struct ctx *c, struct request *request)
{
    return request_file_with(c, request, NULL, 0);
}

// --- the search index made again after a restore --------------------------------------------------------------------
struct reindex {
    int64_t after;
    size_t seen;
};

static enum err index_some(struct ctx *c, void *arg)
{
    struct reindex *step = arg;
    struct rows rows;
    int64_t after = step->after; // the write may run more than once
    TRY(db_list(c, &sql_request_after, ARGS(ARG_INT("after", after)), &request_record, 200, &rows));
    const struct request *r = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        struct str words, reply = {0};
        TRY(request_open_text(c, &r[i], "words", r[i].words, &words));
        if (r[i].source == SOURCE_IMPORT)
            TRY(request_open_text(c, &r[i], "reply", r[i].reply, &reply));
        TRY(index_text(c, &r[i], words, reply));
        after = r[i].id;
    }
    step->seen = rows.count;
    step->after = after;
    return OK;
}

enum err request_restored(struct ctx *c)
{
    struct reindex step = {0};
    do
        TRY(store_write(c, index_some, &step));
    while (step.seen == 200);
    return OK;
}

// --- what was reported elsewhere ------------------------------------------------------------------------------------
static enum err conclude(struct ctx *c, struct request_case *rc, const struct imported_request *given)
{
    int64_t now_ms = c->now_ms;
    struct actor actor = request_become_system(c);
    rc->imported = given;
    c->now_ms = given->closed_at_ms; // its own time: the event and the row tell when it was closed there
    enum err err = request_run(c, rc, "conclude", NULL, -1);
    c->now_ms = now_ms;
    c->actor = actor;
    return err;
}

enum err request_import(struct ctx *c, const struct imported_request *given, bool *ret_new, int64_t *ret_id)
{
    int64_t known;
    TRY(db_number(c, &sql_request_id_by_external, ARGS(ARG_TEXT("external_key", given->external_key)), &known));
    *ret_new = known == 0;
    if (known) {
        *ret_id = known;
        return OK;
    }
    struct request_case rc = {.r = {.external_key = given->external_key,
                                    .source = SOURCE_IMPORT,
                                    .item_id = given->item_id,
                                    .place_id = given->place_id,
                                    .words = given->words,
                                    .reported_at_ms = given->reported_at_ms,
                                    .due_at_ms = given->due_at_ms,
                                    .lat = given->lat,
                                    .lng = given->lng}};
    struct place_chain chain = {{0}};
    TRY(begin(c, &rc, NULL, 0, &chain));
    rc.r.kind = given->kind;
    TRY(given->closed_at_ms ? conclude(c, &rc, given) : send_out_if_possible(c, &rc));
    TRY(insert(c, &rc.r, &chain));
    TRY(index_text(c, &rc.r, given->words, given->reply));
    *ret_id = rc.r.id;
    return OK;
}
