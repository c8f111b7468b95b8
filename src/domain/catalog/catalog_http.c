// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/catalog/catalog_internal.h"
#include "flow/command.h"

static enum err read_items(struct ctx *c, void *arg)
{
    bool with_closed = c->actor.roles & ROLE_BIT(ROLE_SYSTEM_ADMIN);
    return service_item_list(c, with_closed, arg);
}

// Everybody sees what is offered; the system administrator also what no longer is.
static enum err get_items(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    struct rows rows;
    TRY(store_read(c, read_items, &rows));
    const struct service_item *items = rows.at;
    struct json_writer w;
    json_list_begin(&w, &rs->body);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &service_item_record, &items[i], items[i].id, READ_ALL, &w);
    json_list_end(&w, 0);
    return OK;
}

// --- one item, as it is or as it was --------------------------------------------------------------------------------
struct item_call {
    int64_t id, version;
    struct http_response *rs;
};

static enum err write_item(struct ctx *c, void *arg)
{
    struct item_call *call = arg;
    struct service_item_version item;
    struct service_item now;
    TRY(service_item_get(c, call->id, &now));
    TRY(service_item_get_version(c, call->id, call->version ? call->version : now.version, &item));
    struct json_writer w;
    buf_clear(&call->rs->body);
    json_writer_init(&w, &call->rs->body);
    record_to_json(c, &service_item_version_record, &item, item.id, READ_ALL, &w);
    if (!call->version)
        http_set_etag_version(call->rs, now.version);
    return OK;
}

static enum err get_item(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct item_call call = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &call.id));
    TRY(http_query_int(c, rq, "version", 1, INT64_MAX, 0, &call.version));
    return store_read(c, write_item, &call);
}

static enum err write_versions(struct ctx *c, void *arg)
{
    struct item_call *call = arg;
    struct service_item item;
    struct rows rows;
    struct json_writer w;
    TRY(service_item_get(c, call->id, &item));
    TRY(service_item_versions(c, call->id, &rows));
    const struct service_item_version *versions = rows.at;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &service_item_version_record, &versions[i], item.id, READ_ALL, &w);
    json_list_end(&w, 0);
    return OK;
}

static enum err get_versions(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct item_call call = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &call.id));
    return store_read(c, write_versions, &call);
}

// --- making and changing --------------------------------------------------------------------------------------------
static void answer(struct ctx *c, const struct service_item *item, struct http_response *rs)
{
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    record_to_json(c, &service_item_record, item, item->id, READ_ALL, &w);
    http_set_etag_version(rs, item->version);
}

static enum err do_create(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)arg;
    const struct json *body;
    TRY(json_parse(c, rq->body, &body));
    struct service_item item = {0};
    TRY(record_from_json(c, &service_item_record, body, RECORD_CREATE, 0, &item));
    TRY(service_item_create(c, &item));
    rs->status = 201;
    answer(c, &item, rs);
    return OK;
}

static enum err post_item(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_create, NULL);
}

static enum err do_change(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)arg;
    int64_t id, if_version;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(http_if_match(c, rq, &if_version));
    const struct json *body;
    TRY(json_parse(c, rq->body, &body));
    struct service_item item, before;
    TRY(service_item_get(c, id, &item));
    before = item;
    if (if_version >= 0 && if_version != item.version)
        return fail(c, ERR_STALE, "item.stale");
    TRY(record_from_json(c, &service_item_record, body, RECORD_CHANGE, id, &item));
    TRY(service_item_save(c, &before, &item));
    answer(c, &item, rs);
    return OK;
}

static enum err patch_item(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_change, NULL);
}

static const struct route_query version_query[] = {{"version", "As it was in this version; without: as it is"},
                                                   {NULL, NULL}};

const struct route catalog_routes[] = {
    {"GET", "/api/v1/items", get_items, ACCESS_ANYONE, ROUTE_LIST, NULL, &service_item_record, NULL,
     "What can be asked for"},
    {"POST", "/api/v1/items", post_item, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0, &service_item_record, &service_item_record,
     NULL, "Add a service item"},
    {"GET", "/api/v1/items/{id}", get_item, ACCESS_ANYONE, 0, NULL, &service_item_version_record, version_query,
     "One service item, as it is or as it was"},
    {"GET", "/api/v1/items/{id}/versions", get_versions, ACCESS_ANYONE, ROUTE_LIST, NULL, &service_item_version_record,
     NULL, "Every version of a service item, newest first"},
    {"PATCH", "/api/v1/items/{id}", patch_item, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0, &service_item_record,
     &service_item_record, NULL, "Change or close a service item"},
    {NULL},
};
