// SPDX-License-Identifier: MulanPSL-2.0
// Routes, how errors are told, and where everything is (discovery).
#include "base/config.h"
#include "domain/open311/open311_internal.h"

// Of the list of services as it is: changes with the program.
#define CHANGESET "2026-11-24T00:00:00Z"

// --- formats and errors ---------------------------------------------------------------------------------------------
enum open311_format open311_format_of(const struct http_request *rq)
{
    return str_ends_with(rq->path, STR(".json")) ? OPEN311_JSON : OPEN311_XML;
}

enum err open311_file_param(struct ctx *c, const struct http_request *rq, struct str *ret_name)
{
    struct str file = http_param(rq, "file");
    static const struct str endings[] = {STR_INIT(".xml"), STR_INIT(".json")};
    for (size_t i = 0; i < 2; i++)
        if (str_ends_with(file, endings[i]) && file.n > endings[i].n) {
            *ret_name = (struct str){file.p, file.n - endings[i].n};
            return OK;
        }
    return fail(c, ERR_NOT_FOUND, "http.not_found");
}

struct str open311_sentence(struct ctx *c, const char *key, struct str arg0, struct str arg1)
{
    const struct message *const tables[] = {open311_messages, NULL};
    return message_text(c->arena, message_find(tables, key), c->lang, (const struct str[2]){arg0, arg1});
}

void open311_errors_write(struct ctx *c, enum open311_format format, const struct open311_errors *errors,
                          struct http_response *rs)
{
    struct open311_out o;
    if (rs->status < 400)
        rs->status = 400;
    out_begin(&o, c, format, rs);
    out_list(&o, "errors");
    for (size_t i = 0; i < errors->count; i++) {
        out_object(&o, "error");
        out_text(&o, "code", str_format(c->arena, "%d", rs->status));
        out_text(&o, "description", errors->text[i]);
        out_end(&o);
    }
    out_end(&o);
}

// The specification knows 403, 404 and 400 only; that we are busy or broken is not the client's fault and stays.
static int status_of(int status)
{
    if (status == 401)
        return 403;
    return status == 403 || status == 404 || status == 429 || status >= 500 ? status : 400;
}

void open311_problem(struct ctx *c, const struct http_request *rq, const struct message *const *messages,
                     struct http_response *rs)
{
    struct open311_errors errors = {.text = {http_problem_title(c, messages)}, .count = 1};
    rs->status = status_of(rs->status);
    open311_errors_write(c, open311_format_of(rq), &errors, rs);
}

// --- discovery ------------------------------------------------------------------------------------------------------
static enum err discovery(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct open311_out o;
    const struct config *config = c->house->config;
    struct str origin = http_origin(c, rq);
    struct str site = str_of(config ? config->site_name : ""), phone = str_of(config ? config->phone : "");
    out_begin(&o, c, open311_format_of(rq), rs);
    out_object(&o, "discovery");
    out_z(&o, "changeset", CHANGESET);
    out_text(&o, "contact", open311_sentence(c, "open311.contact", site, phone));
    out_text(&o, "key_service", open311_sentence(c, "open311.key_service", phone, origin));
    out_list(&o, "endpoints");
    out_object(&o, "endpoint");
    out_z(&o, "specification", "http://wiki.open311.org/GeoReport_v2");
    out_text(&o, "url", str_concat(c->arena, origin, STR("/open311/v2")));
    out_z(&o, "changeset", CHANGESET);
    out_z(&o, "type", config && config->demo ? "test" : "production");
    out_list(&o, "formats");
    out_z(&o, "format", "text/xml");
    out_z(&o, "format", "application/json");
    out_end(&o);
    out_end(&o);
    out_end(&o);
    out_end(&o);
    return OK;
}

// --- routes ---------------------------------------------------------------------------------------------------------
const struct route_query open311_update_query[] = {
    {"api_key", "Key"},
    {"jurisdiction_id", "Only where several districts are served"},
    {"start_date", "Happened at or after (W3CDTF); with end_date at most 90 days"},
    {"end_date", "Happened at or before"},
    {"page", "From 0"},
    {"page_size", "1 to 1000"},
    {0},
};
static const struct route_query csv_query[] = {
    {"service_code", "Codes, separated by commas; at most 8"},
    {"status", "open, closed, or both separated by a comma"},
    {"start_date", "Requested at or after (W3CDTF)"},
    {"end_date", "Requested at or before"},
    {0},
};

#define XML "text/xml; charset=utf-8"
#define JSON "application/json; charset=utf-8"
#define OPEN(method_, path_, handle_, flags_, type_, ...)                                                              \
    {                                                                                                                  \
        method_, path_, handle_, ACCESS_ANYONE, ROUTE_RAW | (flags_), .out_type = (type_), .problem = open311_problem, \
                                                                      __VA_ARGS__                                      \
    }
#define GET_BOTH(name_, handle_, ...)                                                                                  \
    OPEN("GET", "/open311/v2/" name_ ".xml", handle_, 0, XML, __VA_ARGS__),                                            \
        OPEN("GET", "/open311/v2/" name_ ".json", handle_, 0, JSON, __VA_ARGS__)
#define POST_BOTH(name_, handle_, ...)                                                                                 \
    OPEN("POST", "/open311/v2/" name_ ".xml", handle_, ROUTE_FORM | ROUTE_MULTIPART, XML, __VA_ARGS__),                \
        OPEN("POST", "/open311/v2/" name_ ".json", handle_, ROUTE_FORM | ROUTE_MULTIPART, JSON, __VA_ARGS__)

const struct route open311_routes[] = {
    GET_BOTH("discovery", discovery, .summary = "Open311: where it is, and how to get a key"),
    GET_BOTH("services", open311_http_services, .summary = "Open311: what can be asked for"),
    OPEN("GET", "/open311/v2/services/{file}", open311_http_service, 0, XML,
         .summary = "Open311: CODE.xml or CODE.json, what a service asks"),
    GET_BOTH("requests", open311_http_requests, .query = open311_request_query,
             .summary = "Open311: requests that are public, newest first"),
    OPEN("GET", "/open311/v2/requests/{file}", open311_http_request, 0, XML,
         .summary = "Open311: ID.xml or ID.json, one request"),
    POST_BOTH("requests", open311_http_file, .in = &open311_filing_input_record, .summary = "Open311: file a request"),
    OPEN("GET", "/open311/v2/requests.csv", open311_http_csv, ROUTE_CSV, NULL, .query = csv_query,
         .summary = "Open311: all public requests in bulk, newest first, at most 100,000"),
    OPEN("GET", "/open311/v2/tokens/{file}", open311_http_token, 0, XML,
         .summary = "Open311: TOKEN.xml or TOKEN.json, the id that a token stands for"),
    GET_BOTH("servicerequestupdates", open311_http_updates, .query = open311_update_query,
             .summary = "Open311: what happened to requests, oldest first"),
    POST_BOTH("servicerequestupdates", open311_http_update, .in = &open311_update_input_record,
              .summary = "Open311: a word about a request that was filed with the same key"),
    {"GET", "/api/v1/open311-keys", open311_http_keys, ROLE_BIT(ROLE_SYSTEM_ADMIN), ROUTE_LIST,
     .out = &open311_key_record, .summary = "Keys for Open311, newest first"},
    {"POST", "/api/v1/open311-keys", open311_http_key_make, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0, .in = &open311_key_record,
     .out = &open311_key_made_record, .summary = "Make a key; it is told this once"},
    {"PATCH", "/api/v1/open311-keys/{id}", open311_http_key_set_rate, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0,
     .in = &open311_rate_record, .out = &open311_key_record, .summary = "Set how often a key may be used in a minute"},
    {"DELETE", "/api/v1/open311-keys/{id}", open311_http_key_end, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0,
     .summary = "Revoke a key"},
    {"GET", "/api/v1/items/{id}/open311", open311_http_definition, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0,
     .out = &open311_definition_record, .summary = "What a service item is to Open311"},
    {"PUT", "/api/v1/items/{id}/open311", open311_http_definition_put, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0,
     .in = &open311_definition_record, .out = &open311_definition_record,
     .summary = "Set the questions that a service asks of Open311 clients, and whether it answers with a token"},
    {0},
};
