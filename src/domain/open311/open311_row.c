// SPDX-License-Identifier: MulanPSL-2.0
// A request as the public sees it. What came through Open311 is told with its description, its point, and its place
// down to the building: its sender published them. What came any other way is told as the public wall tells it, by
// service and state, and by community: no words, no point, no door.
#include "domain/open311/open311_internal.h"
#include "open311_sql.h"

#include <string.h>

#define NOTES_MAX 200

#define ROW(member, type_)                                                                                             \
    {                                                                                                                  \
        .name = #member, .offset = offsetof(struct open311_row, r.member), .type = (type_)                             \
    }
#define NAMED(member, names_)                                                                                          \
    {                                                                                                                  \
        .name = #member, .offset = offsetof(struct open311_row, r.member), .type = FIELD_ENUM, .names = (names_)       \
    }
static const struct field row_fields[] = {
    ROW(id, FIELD_ID),
    NAMED(state, request_state_names),
    ROW(open, FIELD_BOOL),
    NAMED(kind, request_kind_names),
    ROW(item_id, FIELD_ID),
    ROW(item_code, FIELD_TEXT),
    ROW(item_zh, FIELD_TEXT),
    ROW(item_en, FIELD_TEXT),
    ROW(place_id, FIELD_ID),
    ROW(building_id, FIELD_ID),
    ROW(estate_id, FIELD_ID),
    ROW(grid_id, FIELD_ID),
    ROW(community_id, FIELD_ID),
    ROW(subdistrict_id, FIELD_ID),
    ROW(words, FIELD_BLOB),
    ROW(public_words, FIELD_TEXT),
    NAMED(source, request_source_names),
    ROW(is_private, FIELD_BOOL),
    ROW(lat, FIELD_REAL),
    ROW(lng, FIELD_REAL),
    ROW(reported_at_ms, FIELD_TIME),
    ROW(due_at_ms, FIELD_TIME),
    ROW(closed_at_ms, FIELD_TIME),
    ROW(state_at_ms, FIELD_TIME),
    NAMED(outcome, request_outcome_names),
    {FIELD_AT(struct open311_row, said), .type = FIELD_INT},
    {FIELD_AT(struct open311_row, media_url), .type = FIELD_TEXT},
};
const struct record open311_row_record = {"open311_row", NULL, sizeof(struct open311_row), FIELDS(row_fields)};

static const struct field filing_fields[] = {OPEN311_FILING_FIELDS(FIELD_ROW, open311_filing)};
const struct record open311_filing_record = {"open311_filing", "open311_filing", sizeof(struct open311_filing),
                                             FIELDS(filing_fields)};
static const struct field answer_fields[] = {OPEN311_ANSWER_FIELDS(FIELD_ROW, open311_answer)};
const struct record open311_answer_record = {"open311_answer", "open311_answer", sizeof(struct open311_answer),
                                             FIELDS(answer_fields)};

// --- names of places ------------------------------------------------------------------------------------------------
#define PLACES_MAX 2048
struct open311_places {
    struct known {
        struct place place;
        struct str full_name;
    } * at[PLACES_MAX]; // open addressing by id
    size_t count;
    struct definition_known {
        int64_t item_id;
        struct open311_definition definition;
    } * definitions;
    size_t definition_count;
};

struct open311_places *open311_places_new(struct ctx *c)
{
    struct open311_places *places = arena_alloc(c->arena, sizeof *places);
    memset(places, 0, sizeof *places);
    places->definitions = arena_array(c->arena, SERVICE_ITEMS_MAX, sizeof *places->definitions);
    return places;
}

static enum err look_up(struct ctx *c, int64_t id, struct known *known)
{
    *known = (struct known){0};
    TRY(place_get(c, id, &known->place));
    TRY(place_full_name(c, id, PLACE_SUBDISTRICT, &known->full_name));
    if (!known->full_name.n)
        known->full_name = known->place.name;
    return OK;
}

static enum err find_place(struct ctx *c, struct open311_places *places, int64_t id, const struct known **ret_known)
{
    size_t slot = (size_t)((uint64_t)id * UINT64_C(0x9E3779B97F4A7C15) >> 53) % PLACES_MAX;
    while (places->at[slot] && places->at[slot]->place.id != id)
        slot = (slot + 1) % PLACES_MAX;
    if (!places->at[slot]) {
        struct known *known = arena_alloc(c->arena, sizeof *known);
        TRY(look_up(c, id, known));
        *ret_known = known;
        if (places->count < PLACES_MAX / 2) {
            places->at[slot] = known;
            places->count++;
        }
        return OK;
    }
    *ret_known = places->at[slot];
    return OK;
}

static enum err find_definition(struct ctx *c, struct open311_places *places, int64_t item_id,
                                const struct open311_definition **ret_definition)
{
    for (size_t i = 0; i < places->definition_count; i++)
        if (places->definitions[i].item_id == item_id) {
            *ret_definition = &places->definitions[i].definition;
            return OK;
        }
    struct definition_known *known = &places->definitions[places->definition_count % SERVICE_ITEMS_MAX];
    known->item_id = item_id;
    TRY(open311_definition_get(c, item_id, &known->definition));
    if (places->definition_count < SERVICE_ITEMS_MAX)
        places->definition_count++;
    *ret_definition = &known->definition;
    return OK;
}

// --- what is told ---------------------------------------------------------------------------------------------------
// Who sent it published it, unless it is a wish: there the public reads what the community approved.
static bool is_published(const struct request *r)
{
    return r->source == SOURCE_OPEN311 && r->kind != KIND_WISH;
}

// Down to the building for what came from outside, else to the community.
static int64_t public_place(const struct request *r)
{
    const int64_t by_level[] = {r->building_id, r->estate_id, r->grid_id, r->community_id, r->subdistrict_id};
    size_t from = is_published(r) ? 0 : 3;
    for (size_t i = from; i < sizeof by_level / sizeof *by_level; i++)
        if (by_level[i])
            return by_level[i];
    return 0;
}

static enum err open_description(struct ctx *c, const struct open311_row *row, struct str *ret_text)
{
    static const char words[] = "words";
    struct str clear;
    TRY(open_field(c, &request_record, record_field(&request_record, str_of(words)), row->r.id, row->r.words, &clear));
    *ret_text = utf8_prefix(clear, (size_t)row->said);
    return OK;
}

static enum err tell_place(struct ctx *c, struct open311_places *places, const struct open311_row *row,
                           struct open311_public *told)
{
    const struct known *known;
    struct place root;
    int64_t id = public_place(&row->r);
    if (!id) {
        TRY(place_root(c, &root));
        id = root.id;
    }
    TRY(find_place(c, places, id, &known));
    bool own_point = is_published(&row->r) && (row->r.lat != 0 || row->r.lng != 0);
    told->address = known->full_name;
    told->address_id = id;
    told->lat = own_point ? row->r.lat : known->place.lat;
    told->lng = own_point ? row->r.lng : known->place.lng;
    told->has_point = told->lat != 0 || told->lng != 0;
    return OK;
}

enum err open311_public_of(struct ctx *c, struct open311_places *places, const struct open311_row *row,
                           struct open311_public *ret_public)
{
    const struct request *r = &row->r;
    bool english = strcmp(c->lang, "en") == 0;
    struct open311_public told = {.closed = !r->open, .service_name = english ? r->item_en : r->item_zh};
    told.status_notes = str_of(english ? request_flow.states[r->state].en : request_flow.states[r->state].zh);
    told.updated_at_ms = told.closed && r->closed_at_ms ? r->closed_at_ms : r->state_at_ms;
    if (is_published(r))
        TRY(open_description(c, row, &told.description));
    else
        told.description = r->public_words.n ? r->public_words : told.service_name;
    TRY(tell_place(c, places, row, &told));
    *ret_public = told;
    return OK;
}

// --- extensions -----------------------------------------------------------------------------------------------------
struct list_answers { // of one attribute
    const struct open311_attribute *attribute;
    const struct open311_answer *answers;
    size_t count;
};

// Only choices from a list that its office made: what was written freely may name anybody.
static enum err write_choices(struct ctx *c, const struct list_answers *list, struct open311_out *o)
{
    out_object(o, "attribute");
    out_text(o, "code", list->attribute->code);
    out_text(o, "name", list->attribute->description);
    out_list(o, "values");
    for (size_t i = 0; i < list->count; i++) {
        struct str key, name;
        const struct field *field = record_field(&open311_answer_record, STR("answer"));
        if (!str_equal(list->answers[i].code, list->attribute->code))
            continue;
        TRY(open_field(c, &open311_answer_record, field, list->answers[i].request_id, list->answers[i].answer, &key));
        if (!open311_choice(list->attribute->choices, key, &name))
            continue;
        out_object(o, "value");
        out_text(o, "key", key);
        out_text(o, "name", name);
        out_end(o);
    }
    out_end(o);
    out_end(o);
    return OK;
}

static enum err write_answers(struct ctx *c, struct open311_places *places, const struct open311_row *row,
                              struct open311_out *o)
{
    struct rows rows = {0};
    const struct open311_definition *definition = NULL;
    out_list(o, "attributes");
    if (is_published(&row->r)) {
        TRY(find_definition(c, places, row->r.item_id, &definition));
        TRY(db_list(c, &sql_open311_answer_list, ARGS(ARG_INT("request_id", row->r.id)), &open311_answer_record, 256,
                    &rows));
    }
    const struct open311_answer *answers = rows.at;
    for (size_t i = 0; definition && i < definition->count; i++) {
        struct list_answers list = {&definition->attributes[i], answers, rows.count};
        bool given = false;
        for (size_t k = 0; k < rows.count; k++)
            given = given || str_equal(answers[k].code, list.attribute->code);
        if (given && list.attribute->choices.n)
            TRY(write_choices(c, &list, o));
    }
    out_end(o);
    return OK;
}

static enum err write_notes(struct ctx *c, const struct open311_row *row, struct open311_out *o)
{
    struct rows rows;
    bool english = strcmp(c->lang, "en") == 0;
    TRY(event_list(c, "request", row->r.id, 0, NOTES_MAX, &rows));
    const struct event *events = rows.at;
    out_list(o, "notes");
    for (size_t i = 0; i < rows.count; i++) {
        int state;
        const char *status = open311_update_status(c, &events[i], &state);
        if (!status)
            continue;
        out_object(o, "note");
        out_time(o, "datetime", events[i].at_ms);
        out_z(o, "status", status);
        out_z(o, "description", english ? request_flow.states[state].en : request_flow.states[state].zh);
        out_end(o);
    }
    out_end(o);
    return OK;
}

static enum err write_extensions(struct ctx *c, struct open311_places *places, const struct open311_row *row,
                                 struct open311_out *o)
{
    TRY(write_answers(c, places, row, o));
    out_object(o, "extended_attributes");
    out_z(o, "kind", request_kind_names[row->r.kind]);
    out_z(o, "state", request_state_names[row->r.state]);
    out_z(o, "outcome", row->r.outcome == OUTCOME_NONE ? "" : request_outcome_names[row->r.outcome]);
    out_end(o);
    return write_notes(c, row, o);
}

enum err open311_row_write(struct ctx *c, struct open311_places *places, const struct open311_row *row, bool extensions,
                           struct open311_out *o)
{
    const struct request *r = &row->r;
    struct open311_public told;
    TRY(open311_public_of(c, places, row, &told));
    out_object(o, "request");
    out_id(o, "service_request_id", r->id);
    out_z(o, "status", told.closed ? "closed" : "open");
    out_text(o, "status_notes", told.status_notes);
    out_text(o, "service_name", told.service_name);
    out_text(o, "service_code", r->item_code);
    out_text(o, "description", told.description);
    out_z(o, "agency_responsible", "");
    out_z(o, "service_notice", "");
    out_time(o, "requested_datetime", r->reported_at_ms);
    out_time(o, "updated_datetime", told.updated_at_ms);
    out_time(o, "expected_datetime", r->due_at_ms);
    out_text(o, "address", told.address);
    out_id(o, "address_id", told.address_id);
    out_z(o, "zipcode", "");
    if (told.has_point) {
        out_real(o, "lat", told.lat);
        out_real(o, "long", told.lng);
    } else {
        out_z(o, "lat", "");
        out_z(o, "long", "");
    }
    out_text(o, "media_url", is_published(&row->r) ? row->media_url : STR(""));
    if (extensions)
        TRY(write_extensions(c, places, row, o));
    out_end(o);
    return OK;
}
