// SPDX-License-Identifier: MulanPSL-2.0
// The audit administrator's: the event log, and the proof that it is whole.
#include "domain/account/account_internal.h"

#include "flow/seal_log.h"

static const struct field event_actor_fields[] = {
    {.name = "kind", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "person, system, program or nobody"},
    {.name = "id", .type = FIELD_ID, .read = READ_ADMIN},
    {.name = "role", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "As what"},
    {.name = "name", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "Login of staff, else masked name"},
};
static const struct record event_actor_record = {.name = "event_actor", FIELDS(event_actor_fields)};
static const struct field event_view_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_ADMIN},
    {.name = "at", .type = FIELD_TIME, .read = READ_ADMIN},
    {.name = "type", .type = FIELD_TEXT, .read = READ_ADMIN},
    {.name = "subject_kind", .type = FIELD_TEXT, .read = READ_ADMIN},
    {.name = "subject_id", .type = FIELD_ID, .read = READ_ADMIN},
    {.name = "actor", .type = FIELD_JSON, .read = READ_ADMIN, .of = &event_actor_record},
    {.name = "data", .type = FIELD_JSON, .read = READ_ADMIN},
    {.name = "prev_hash", .type = FIELD_TEXT, .read = READ_ADMIN},
    {.name = "hash", .type = FIELD_TEXT, .read = READ_ADMIN},
};
static const struct record event_view_record = {.name = "event_view", FIELDS(event_view_fields)};
static const struct field verification_fields[] = {
    {.name = "events", .type = FIELD_INT, .read = READ_ADMIN},
    {.name = "seals", .type = FIELD_INT, .read = READ_ADMIN},
    {.name = "unsealed", .type = FIELD_INT, .read = READ_ADMIN, .doc = "Events of the newest minutes"},
    {.name = "fault",
     .type = FIELD_TEXT,
     .read = READ_ADMIN,
     .doc = "null: the log is whole; else the first row that lies"},
};
static const struct record verification_record = {.name = "verification", FIELDS(verification_fields)};

struct list {
    struct event_filter filter;
    int64_t limit;
    struct http_response *rs;
};

static enum err actor_name(struct ctx *c, int64_t person_id, struct str *ret_name)
{
    struct person person;
    enum err err = person_get(c, person_id, &person);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        *ret_name = (struct str){0};
        return OK;
    }
    TRY(err);
    if (person.login.n) {
        *ret_name = person.login;
        return OK;
    }
    return person_masked_name(c, person_id, ret_name);
}

static enum err write_actor(struct ctx *c, const struct event *event, struct json_writer *w)
{
    struct str name = {0};
    if (event->actor_id)
        TRY(actor_name(c, event->actor_id, &name));
    json_object_begin(w);
    json_key(w, "kind");
    bool told = str_equal_z(event->actor_role, "nobody") || str_equal_z(event->actor_role, "program");
    if (told && !event->actor_id)
        json_put_str(w, event->actor_role);
    else
        json_put_z(w, event->actor_id ? "person" : "system");
    json_key(w, "id");
    json_put_id(w, event->actor_id);
    json_key(w, "role");
    json_put_str(w, event->actor_role);
    json_key(w, "name");
    json_put_str(w, name);
    json_object_end(w);
    return OK;
}

static enum err write_event(struct ctx *c, const struct event *event, struct json_writer *w)
{
    json_object_begin(w);
    json_key(w, "id");
    json_put_id(w, event->id);
    json_key(w, "at");
    json_put_time(w, event->at_ms);
    json_key(w, "type");
    json_put_str(w, event->type);
    json_key(w, "subject_kind");
    json_put_str(w, event->subject_kind);
    json_key(w, "subject_id");
    json_put_id(w, event->subject_id);
    json_key(w, "actor");
    TRY(write_actor(c, event, w));
    json_key(w, "data");
    json_put_raw(w, event->data);
    json_key(w, "prev_hash");
    json_put_str(w, event->prev_hash);
    json_key(w, "hash");
    json_put_str(w, event->hash);
    json_object_end(w);
    return OK;
}

static enum err list_read(struct ctx *c, void *arg)
{
    const struct list *list = arg;
    struct rows rows;
    TRY(event_search(c, &list->filter, (size_t)list->limit, &rows));
    const struct event *events = rows.at;
    struct json_writer w;
    json_list_begin(&w, &list->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        TRY(write_event(c, &events[i], &w));
    json_list_end(&w, rows.count && rows.count == (size_t)list->limit ? events[rows.count - 1].id : 0);
    return OK;
}

static enum err list_events(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list list = {.rs = rs};
    list.filter.subject_kind = http_query(c, rq, "subject_kind");
    list.filter.type = http_query(c, rq, "type");
    TRY(http_query_id(c, rq, "subject", &list.filter.subject_id));
    TRY(http_query_id(c, rq, "actor", &list.filter.actor_id));
    TRY(http_query_id(c, rq, "before", &list.filter.before_id));
    TRY(http_query_int(c, rq, "limit", 1, 100, 20, &list.limit));
    return store_read(c, list_read, &list);
}

static enum err verified_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct verify_report *report = arg;
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "events");
    json_put_int(&w, report->events);
    json_key(&w, "seals");
    json_put_int(&w, report->seals);
    json_key(&w, "unsealed");
    json_put_int(&w, report->unsealed);
    json_key(&w, "fault");
    if (report->fault.n)
        json_put_str(&w, report->fault);
    else
        json_put_null(&w);
    json_object_end(&w);
    struct event_data data;
    struct json_writer *event = event_data_begin(&data);
    json_key(event, "events");
    json_put_int(event, report->events);
    json_key(event, "fault");
    json_put_str(event, report->fault);
    return event_data_append(c, &data, "person", c->actor.person_id, "audit.verified");
}

static enum err verify(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct verify_report report = {0};
    TRY(verify_store(c, NULL, NULL, &report));
    return command_run(c, rq, rs, verified_run, &report);
}

static const struct route_query list_query[] = {
    {"subject_kind", "request, person, place…"},
    {"subject", "Events of this subject"},
    {"type", "Events of this type, e.g. personal.read"},
    {"actor", "What this person did"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100"},
    {NULL, NULL},
};
#define AUDIT_ADMIN ROLE_BIT(ROLE_AUDIT_ADMIN)
const struct route audit_routes[] = {
    {"GET", "/api/v1/events", list_events, AUDIT_ADMIN, ROUTE_LIST, NULL, &event_view_record, list_query,
     "The event log, newest first", NULL},
    {"POST", "/api/v1/verify", verify, AUDIT_ADMIN, 0, NULL, &verification_record, NULL,
     "Recomputes every hash of the log", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
