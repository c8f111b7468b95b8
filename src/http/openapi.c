// SPDX-License-Identifier: MulanPSL-2.0
// One pass over the routes writes the paths and collects the records they name; the schemas of those, and of what
// those hold, follow. Schemas: "request" as answered, "request_input" as sent to create, "request_change" to change.
#include "http/openapi.h"

#include "http/router.h"
#include "json/record_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SCHEMAS 256

enum form { FORM_ANSWER, FORM_CREATE, FORM_CHANGE };
static const char *const form_suffix[] = {"", "_input", "_change"};

struct schema {
    const struct record *record;
    enum form form;
};
struct writer {
    struct json_writer w;
    struct schema schemas[MAX_SCHEMAS];
    size_t schema_count;
    const char *const *role_names;
};

static void put(struct writer *d, const char *key, const char *value)
{
    json_key(&d->w, key);
    json_put_z(&d->w, value);
}

static void open(struct writer *d, const char *key)
{
    json_key(&d->w, key);
    json_object_begin(&d->w);
}

static void shut(struct writer *d)
{
    json_object_end(&d->w);
}

static void want_schema(struct writer *d, const struct record *record, enum form form)
{
    for (size_t i = 0; i < d->schema_count; i++)
        if (d->schemas[i].record == record && d->schemas[i].form == form)
            return;
    if (d->schema_count == MAX_SCHEMAS) {
        fprintf(stderr, "openapi: more than %d schemas\n", MAX_SCHEMAS);
        abort();
    }
    d->schemas[d->schema_count++] = (struct schema){record, form};
}

static void put_ref(struct writer *d, const struct record *record, enum form form)
{
    char path[160];
    snprintf(path, sizeof path, "#/components/schemas/%s%s", record->name, form_suffix[form]);
    want_schema(d, record, form);
    put(d, "$ref", path);
}

// Clients name their functions by it: "get_requests_id".
static void put_operation_id(struct writer *d, const struct route *route)
{
    char id[160];
    size_t n = 0;
    struct str path = str_of(route->path);
    for (const char *p = route->method; *p && n < 8; p++)
        id[n++] = (char)(*p - 'A' + 'a');
    if (str_starts_with(path, STR("/api/v1")))
        path = (struct str){path.p + 7, path.n - 7};
    for (size_t i = 0; i < path.n && n < sizeof id - 1; i++) {
        char byte = path.p[i];
        bool word = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
        if (word)
            id[n++] = byte;
        else if (n && id[n - 1] != '_' && i + 1 < path.n)
            id[n++] = '_';
    }
    id[n] = '\0';
    put(d, "operationId", id);
}

static void put_parameter(struct writer *d, const char *where, struct str name, const char *doc, bool required)
{
    json_object_begin(&d->w);
    json_key(&d->w, "name");
    json_put_str(&d->w, name);
    put(d, "in", where);
    if (required) {
        json_key(&d->w, "required");
        json_put_bool(&d->w, true);
    }
    if (doc)
        put(d, "description", doc);
    open(d, "schema");
    put(d, "type", "string");
    shut(d);
    shut(d);
}

static bool is_get(const struct route *route)
{
    return !strcmp(route->method, "GET");
}

static void put_parameters(struct writer *d, const struct route *route)
{
    json_key(&d->w, "parameters");
    json_array_begin(&d->w);
    struct str rest = str_of(route->path);
    while (rest.n) {
        struct str segment = str_cut(&rest, '/');
        if (segment.n > 2 && segment.p[0] == '{')
            put_parameter(d, "path", (struct str){segment.p + 1, segment.n - 2}, NULL, true);
    }
    bool before = false, limit = false;
    for (const struct route_query *query = route->query; query && query->name; query++) {
        put_parameter(d, "query", str_of(query->name), query->doc, false);
        before = before || !strcmp(query->name, "before");
        limit = limit || !strcmp(query->name, "limit");
    }
    if (route->flags & ROUTE_LIST && !before)
        put_parameter(d, "query", STR("before"), "Cursor: what \"next\" of the page before said", false);
    if (route->flags & ROUTE_LIST && !limit)
        put_parameter(d, "query", STR("limit"), "1 to 100, 20 when absent", false);
    if (!strcmp(route->method, "POST") && !(route->flags & ROUTE_NO_IDEMPOTENCY))
        put_parameter(d, "header", STR("Idempotency-Key"),
                      "1 to 64 visible ASCII characters; repeats are answered alike", false);
    if (!strcmp(route->method, "PATCH") || strstr(route->path, "/actions/"))
        put_parameter(d, "header", STR("If-Match"), "Version as last seen, in quotes", false);
    json_array_end(&d->w);
}

static void put_request_body(struct writer *d, const struct route *route)
{
    bool form = route->flags & ROUTE_FORM, multipart = !form && route->flags & ROUTE_MULTIPART;
    if (is_get(route) || (!route->in && !multipart))
        return;
    open(d, "requestBody");
    open(d, "content");
    open(d, form ? HTTP_FORM_TYPE : multipart ? "multipart/form-data" : "application/json");
    open(d, "schema");
    if (multipart) {
        put(d, "type", "object");
        open(d, "properties");
        open(d, "file");
        put(d, "type", "string");
        put(d, "contentMediaType", "application/octet-stream");
        shut(d);
        shut(d);
    } else {
        put_ref(d, route->in, strcmp(route->method, "PATCH") ? FORM_CREATE : FORM_CHANGE);
    }
    shut(d);
    shut(d);
    shut(d);
    shut(d);
}

static void put_list_schema(struct writer *d, const struct route *route)
{
    put(d, "type", "object");
    open(d, "properties");
    open(d, "items");
    put(d, "type", "array");
    open(d, "items");
    if (route->out)
        put_ref(d, route->out, FORM_ANSWER);
    shut(d);
    shut(d);
    open(d, "next");
    json_key(&d->w, "type");
    json_array_begin(&d->w);
    json_put_z(&d->w, "string");
    json_put_z(&d->w, "null");
    json_array_end(&d->w);
    shut(d);
    shut(d);
    json_key(&d->w, "required");
    json_array_begin(&d->w);
    json_put_z(&d->w, "items");
    json_put_z(&d->w, "next");
    json_array_end(&d->w);
}

static void put_content(struct writer *d, const struct route *route)
{
    char type[64];
    const char *given = "application/json";
    if (route->flags & ROUTE_CSV)
        given = "text/csv";
    else if (route->flags & ROUTE_STREAM)
        given = "text/event-stream";
    else if (route->flags & ROUTE_RAW)
        given = route->out_type ? route->out_type : "application/octet-stream";
    snprintf(type, sizeof type, "%.*s", (int)strcspn(given, ";"), given);
    bool json = !strcmp(type, "application/json");
    open(d, "content");
    open(d, type);
    open(d, "schema");
    if (route->flags & ROUTE_LIST)
        put_list_schema(d, route);
    else if (route->out && json)
        put_ref(d, route->out, FORM_ANSWER);
    else if (!json)
        put(d, "type", "string");
    shut(d);
    shut(d);
    shut(d);
}

static void put_responses(struct writer *d, const struct route *route)
{
    open(d, "responses");
    open(d, "2XX"); // 200, 201, 202 or 204: the body is the same, or there is none
    put(d, "description", "Done");
    if (is_get(route) || route->out || route->flags & (ROUTE_LIST | ROUTE_RAW | ROUTE_CSV))
        put_content(d, route);
    shut(d);
    open(d, "default");
    put(d, "$ref", "#/components/responses/problem");
    shut(d);
    shut(d);
}

static void put_security(struct writer *d, const struct route *route)
{
    json_key(&d->w, "security");
    json_array_begin(&d->w);
    static const char *const schemes[] = {"cookie", "bearer"};
    for (size_t i = 0; i < 2 && !(route->access & ACCESS_ANYONE); i++) {
        json_object_begin(&d->w);
        json_key(&d->w, schemes[i]);
        json_array_begin(&d->w);
        json_array_end(&d->w);
        json_object_end(&d->w);
    }
    json_array_end(&d->w);
}

static void put_access(struct writer *d, const struct route *route)
{
    json_key(&d->w, "x-access");
    json_array_begin(&d->w);
    if (route->access & ACCESS_ANYONE)
        json_put_z(&d->w, "anyone");
    if (route->access & ACCESS_SIGNED_IN)
        json_put_z(&d->w, "signed_in");
    for (size_t role = 0; d->role_names && d->role_names[role]; role++)
        if (route->access & 1u << role)
            json_put_z(&d->w, d->role_names[role]);
    json_array_end(&d->w);
}

static void put_operation(struct writer *d, const struct route *route)
{
    char method[16] = {0};
    for (size_t i = 0; route->method[i] && i < sizeof method - 1; i++)
        method[i] = (char)(route->method[i] - 'A' + 'a');
    open(d, method);
    put_operation_id(d, route);
    if (route->summary)
        put(d, "summary", route->summary);
    if (route->flags & ROUTE_DEMO) {
        json_key(&d->w, "x-demo");
        json_put_bool(&d->w, true);
    }
    put_security(d, route);
    put_access(d, route);
    put_parameters(d, route);
    put_request_body(d, route);
    put_responses(d, route);
    shut(d);
}

// The next route after the given one, over all tables; NULL begins and ends.
static const struct route *next_route(const struct route *const *routes, const struct route *after)
{
    for (; routes && *routes; routes++)
        for (const struct route *route = *routes; route->method; route++) {
            if (!after)
                return route;
            if (route == after)
                after = NULL;
        }
    return NULL;
}

static void put_paths(struct writer *d, const struct route *const *routes)
{
    open(d, "paths");
    for (const struct route *first = NULL; (first = next_route(routes, first));) {
        const struct route *same = NULL;
        while ((same = next_route(routes, same)) != first && strcmp(same->path, first->path) != 0)
            ;
        if (same != first)
            continue; // the path was written with an earlier route
        open(d, first->path);
        for (; same; same = next_route(routes, same))
            if (!strcmp(same->path, first->path))
                put_operation(d, same);
        shut(d);
    }
    shut(d);
}

// What a change takes: as to create, but nothing is required.
static void put_change_schema(struct writer *d, const struct record *record)
{
    struct field *fields = calloc(record->field_count + 1, sizeof *fields);
    if (!fields)
        abort();
    struct record change = *record;
    for (size_t i = 0; i < record->field_count; i++) {
        fields[i] = record->fields[i];
        fields[i].flags &= ~(unsigned)FIELD_REQUIRED;
    }
    change.fields = fields;
    record_schema(&change, true, &d->w);
    free(fields);
}

static void put_problem_schema(struct writer *d)
{
    static const char *const texts[] = {"type", "title", "key", "field", "request_id"};
    open(d, "problem");
    put(d, "type", "object");
    open(d, "properties");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        open(d, texts[i]);
        put(d, "type", "string");
        shut(d);
    }
    open(d, "status");
    put(d, "type", "integer");
    shut(d);
    open(d, "args");
    put(d, "type", "array");
    open(d, "items");
    put(d, "type", "string");
    shut(d);
    shut(d);
    shut(d);
    json_key(&d->w, "required");
    json_array_begin(&d->w);
    for (size_t i = 0; i < 3; i++)
        json_put_z(&d->w, texts[i]);
    json_put_z(&d->w, "status");
    json_array_end(&d->w);
    shut(d);
}

static void put_schemas(struct writer *d)
{
    char name[160];
    open(d, "schemas");
    put_problem_schema(d);
    for (size_t i = 0; i < d->schema_count; i++) { // grows while it is walked
        struct schema schema = d->schemas[i];
        for (size_t f = 0; f < schema.record->field_count; f++)
            if (schema.record->fields[f].of)
                want_schema(d, schema.record->fields[f].of, FORM_ANSWER);
        snprintf(name, sizeof name, "%s%s", schema.record->name, form_suffix[schema.form]);
        json_key(&d->w, name);
        if (schema.form == FORM_CHANGE)
            put_change_schema(d, schema.record);
        else
            record_schema(schema.record, schema.form == FORM_CREATE, &d->w);
    }
    shut(d);
}

static void put_components(struct writer *d)
{
    open(d, "components");
    put_schemas(d);
    open(d, "responses");
    open(d, "problem");
    put(d, "description", "What went wrong, in the language of Accept-Language (RFC 9457)");
    open(d, "content");
    open(d, "application/problem+json");
    open(d, "schema");
    put(d, "$ref", "#/components/schemas/problem");
    shut(d);
    shut(d);
    shut(d);
    shut(d);
    shut(d);
    open(d, "securitySchemes");
    open(d, "cookie");
    put(d, "type", "apiKey");
    put(d, "in", "cookie");
    put(d, "name", "linli_session");
    shut(d);
    open(d, "bearer");
    put(d, "type", "http");
    put(d, "scheme", "bearer");
    shut(d);
    shut(d);
    shut(d);
}

void openapi_write(const struct route *const *routes, const char *const *role_names, const char *version,
                   struct buf *out)
{
    struct writer *d = calloc(1, sizeof *d);
    if (!d)
        abort();
    d->role_names = role_names;
    json_writer_init(&d->w, out);
    json_object_begin(&d->w);
    put(d, "openapi", "3.1.0");
    open(d, "info");
    put(d, "title", "Linli");
    put(d, "version", version);
    shut(d);
    put_paths(d, routes);
    put_components(d);
    json_object_end(&d->w);
    free(d);
}
