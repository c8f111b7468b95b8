// SPDX-License-Identifier: MulanPSL-2.0
// mySociety's extension: what happened since, and a word from the other side. A word from there is only ever a word (or
// reopens): that a matter is solved is said by who asked or by the desk, not by whoever writes under it elsewhere.
#include "domain/open311/open311_internal.h"
#include "flow/command.h"
#include "open311_sql.h"

#include <string.h>

#define UPDATES_CHUNK 500

// --- out ------------------------------------------------------------------------------------------------------------
static const char *closed_status(const struct json *data)
{
    static const char *const by_outcome[] = {
        "CLOSED",    "FIXED",     "NO_FURTHER_ACTION", "NOT_COUNCILS_RESPONSIBILITY",
        "DUPLICATE", "CANCELLED", "NO_FURTHER_ACTION"};
    int outcome = enum_from_name(request_outcome_names, json_str(json_get(data, "outcome")));
    if (json_bool(json_get(data, "unconfirmed")) || outcome < 0)
        return "CLOSED"; // nobody said that it was solved
    return by_outcome[outcome];
}

const char *open311_update_status(struct ctx *c, const struct event *event, int *ret_state)
{
    const struct json *data;
    if (json_parse(c, event->data, &data) != OK) {
        ctx_clear_error(c);
        return NULL;
    }
    struct str from = json_str(json_get(data, "from")), to = json_str(json_get(data, "to"));
    int state = enum_from_name(request_state_names, to);
    bool referred = str_equal_z(event->type, "request.transferred"); // also from one hand to another in the same state
    if (state < 0 || !from.n || (str_equal(from, to) && !referred))
        return NULL;
    *ret_state = state;
    switch (state) {
    case REQUEST_FILED:
    case REQUEST_IN_REVIEW:
        return "FOR_TRIAGE";
    case REQUEST_DISPATCHED:
        if (str_equal_z(event->type, "request.reopened"))
            return "REOPEN";
        return referred ? "INTERNAL_REFERRAL" : "ACTION_SCHEDULED";
    case REQUEST_IN_PROGRESS:
    case REQUEST_HANDLED:
    case REQUEST_CALLBACK:
    case REQUEST_UNCLAIMED:
    case REQUEST_CLAIMED:
    case REQUEST_FULFILLED:
        return "IN_PROGRESS"; // work that nobody has confirmed yet is still open
    case REQUEST_CLOSED:
    case REQUEST_CONFIRMED:
        return closed_status(data);
    case REQUEST_REJECTED:
        return "NO_FURTHER_ACTION";
    default:
        return NULL;
    }
}

struct window {
    enum open311_format format;
    int64_t from_ms, to_ms, skip, max;
    struct http_response *rs;
};

static void write_update(struct ctx *c, const struct event *event, const char *status, int state, struct open311_out *o)
{
    bool english = strcmp(c->lang, "en") == 0;
    out_object(o, "request_update");
    out_id(o, "update_id", event->id);
    out_id(o, "service_request_id", event->subject_id);
    out_z(o, "status", status);
    out_z(o, "description", english ? request_flow.states[state].en : request_flow.states[state].zh);
    out_time(o, "updated_datetime", event->at_ms);
    out_z(o, "media_url", "");
    out_z(o, "external_status_code", request_state_names[state]);
    out_z(o, "customer_reference", "");
    out_end(o);
}

// Those of the events that change what a client shows; *skip and *left count them down.
static void write_some(struct ctx *c, const struct rows *rows, int64_t *skip, int64_t *left, struct open311_out *o)
{
    const struct event *events = rows->at;
    for (size_t i = 0; i < rows->count && *left; i++) {
        int state = 0;
        const char *status = open311_update_status(c, &events[i], &state);
        if (!status)
            continue;
        if (*skip > 0) {
            --*skip;
            continue;
        }
        write_update(c, &events[i], status, state, o);
        --*left;
    }
}

static enum err write_updates(struct ctx *c, void *arg)
{
    const struct window *window = arg;
    int64_t skip = window->skip, left = window->max, after = id_floor(window->from_ms) - 1;
    struct rows rows = {.count = UPDATES_CHUNK};
    struct open311_out o;
    out_begin(&o, c, window->format, window->rs);
    out_list(&o, "service_request_updates");
    while (left && rows.count == UPDATES_CHUNK) {
        TRY(db_list(c, &sql_open311_updates,
                    ARGS(ARG_INT("after", after), ARG_INT("from_ms", window->from_ms), ARG_INT("to_ms", window->to_ms),
                         ARG_INT("max", UPDATES_CHUNK)),
                    &event_record, UPDATES_CHUNK, &rows));
        write_some(c, &rows, &skip, &left, &o);
        if (rows.count)
            after = ((const struct event *)rows.at)[rows.count - 1].id;
    }
    out_end(&o);
    return OK;
}

enum err open311_http_updates(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct window window = {.format = open311_format_of(rq), .rs = rs};
    int64_t page;
    TRY(open311_authenticate(c, rq, STR("")));
    TRY(open311_check_jurisdiction(c, http_query(c, rq, "jurisdiction_id")));
    TRY(open311_window(c, rq, &window.from_ms, &window.to_ms));
    TRY(open311_page(c, rq, &page, &window.max));
    window.skip = page * window.max;
    return store_read(c, write_updates, &window);
}

// --- in -------------------------------------------------------------------------------------------------------------
static const char *const update_statuses[] = {"OPEN",
                                              "IN_PROGRESS",
                                              "ACTION_SCHEDULED",
                                              "INVESTIGATING",
                                              "FIXED",
                                              "DUPLICATE",
                                              "NOT_COUNCILS_RESPONSIBILITY",
                                              "NO_FURTHER_ACTION",
                                              "INTERNAL_REFERRAL",
                                              "FOR_TRIAGE",
                                              "CANCELLED",
                                              "REOPEN",
                                              "CLOSED",
                                              NULL};

static const struct field update_input_fields[] = {
    {.name = "api_key", .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 100, .doc = "Key"},
    {.name = "service_request_id",
     .type = FIELD_TEXT,
     .flags = FIELD_INPUT | FIELD_REQUIRED,
     .doc = "A request that was filed with this key"},
    {.name = "status", .type = FIELD_TEXT, .flags = FIELD_INPUT, .doc = "OPEN, FIXED, REOPEN…: only REOPEN acts"},
    {.name = "description",
     .type = FIELD_TEXT,
     .flags = FIELD_INPUT | FIELD_MULTILINE,
     .max = EVENT_NOTE_MAX,
     .doc = "What is said"},
};
const struct record open311_update_input_record = {"open311_update_input", NULL, 0, FIELDS(update_input_fields)};

struct update_call {
    enum open311_format format;
    int64_t request_id;
    struct str status, description;
    struct open311_files files;
};

static enum err read_update(struct ctx *c, const struct open311_form *form, struct update_call *call)
{
    struct str id = open311_value(c, form, "service_request_id");
    call->status = open311_value(c, form, "status");
    call->description = open311_value(c, form, "description");
    if (!id.n)
        return fail_with(c, ERR_INVALID, "open311.missing", STR("service_request_id"), STR(""));
    if (!id_parse(id, &call->request_id))
        return fail(c, ERR_NOT_FOUND, "open311.request_unknown");
    if (call->status.n && enum_from_name(update_statuses, call->status) < 0)
        return fail_with(c, ERR_INVALID, "open311.bad_value", STR("status"), call->status);
    if (utf8_count(call->description) > EVENT_NOTE_MAX - 40) // what is written before it has to fit, too
        return fail_with(c, ERR_INVALID, "open311.too_long", STR("description"), STR("1960"));
    if (!call->description.n && !call->status.n)
        return fail_with(c, ERR_INVALID, "open311.missing", STR("description"), STR(""));
    return OK;
}

static bool means_reopen(const struct update_call *call, const struct request *r, const char **ret_action)
{
    bool done = r->state == REQUEST_CLOSED || r->state == REQUEST_EVALUATED;
    *ret_action = done ? "reopen" : "deny";
    return str_equal_z(call->status, "REOPEN") &&
           (done || r->state == REQUEST_CALLBACK || r->state == REQUEST_FULFILLED);
}

static enum err act(struct ctx *c, const struct update_call *call, struct open311_files *files)
{
    struct request r;
    int64_t ids[REQUEST_MEDIA_MAX];
    const char *action;
    struct request_input in = {.note = call->description};
    TRY(request_get(c, call->request_id, &r));
    if (!means_reopen(call, &r, &action))
        action = "comment";
    bool says_more = call->status.n && !str_equal_z(call->status, "OPEN");
    if (says_more || !call->description.n)
        in.note = str_format(c->arena, "[%.*s] %.*s", STR_ARG(call->status), STR_ARG(call->description));
    TRY(open311_files_keep(c, files, "comment", ids));
    for (size_t i = 0; i < files->count; i++)
        in.media =
            str_format(c->arena, "%.*s%s%.*s", STR_ARG(in.media), i ? "," : "", STR_ARG(id_text(c->arena, ids[i])));
    return request_act_with(c, call->request_id, action, &in, NULL);
}

static enum err do_update(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct update_call *call = arg;
    struct open311_filing filing;
    struct open311_files files = call->files;
    struct event_filter newest = {.subject_kind = STR("request"), .subject_id = call->request_id};
    struct rows rows;
    struct open311_out o;
    (void)rq;
    enum err err = db_one(c, &sql_open311_filing_get, ARGS(ARG_INT("request_id", call->request_id)),
                          &open311_filing_record, &filing);
    if (err == ERR_NOT_FOUND || (err == OK && filing.key_id != c->actor.session_id))
        return fail(c, ERR_NOT_FOUND, "open311.request_unknown");
    TRY(err);
    TRY(act(c, call, &files));
    TRY(event_search(c, &newest, 1, &rows));
    out_begin(&o, c, call->format, rs);
    out_list(&o, "service_request_updates");
    out_object(&o, "request_update");
    out_id(&o, "update_id", ((const struct event *)rows.at)->id);
    out_end(&o);
    out_end(&o);
    return OK;
}

enum err open311_http_update(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct open311_form form;
    struct update_call *call = arena_alloc(c->arena, sizeof *call);
    *call = (struct update_call){.format = open311_format_of(rq)};
    TRY(open311_form_read(c, rq, &form));
    TRY(open311_authenticate(c, rq, open311_value(c, &form, "api_key")));
    TRY(open311_check_jurisdiction(c, open311_value(c, &form, "jurisdiction_id")));
    TRY(read_update(c, &form, call));
    TRY(open311_files_receive(c, &form, &call->files));
    return command_run(c, rq, rs, do_update, call);
}
