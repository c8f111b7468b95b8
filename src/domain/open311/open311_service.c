// SPDX-License-Identifier: MulanPSL-2.0
// Services: the catalogue as Open311 tells it, and what an administrator adds to an item for it.
#include "base/config.h"
#include "domain/open311/open311_internal.h"
#include "flow/command.h"
#include "flow/event_data.h"
#include "open311_sql.h"

#include <string.h>

const char *const open311_datatype_names[] = {"string",          "number",         "datetime", "text",
                                              "singlevaluelist", "multivaluelist", NULL};
static const struct field service_fields[] = {OPEN311_SERVICE_FIELDS(FIELD_ROW, open311_service)};
const struct record open311_service_record = {"open311_service", "open311_service", sizeof(struct open311_service),
                                              FIELDS(service_fields)};
static const struct field attribute_fields[] = {OPEN311_ATTRIBUTE_FIELDS(FIELD_ROW, open311_attribute)};
const struct record open311_attribute_record = {"open311_attribute", "open311_attribute",
                                                sizeof(struct open311_attribute), FIELDS(attribute_fields)};

// --- rules ----------------------------------------------------------------------------------------------------------
enum err open311_check_jurisdiction(struct ctx *c, struct str sent)
{
    struct str own = c->house->config ? str_of(c->house->config->jurisdiction) : (struct str){0};
    if (!own.n || str_equal(own, sent))
        return OK;
    return sent.n ? fail(c, ERR_NOT_FOUND, "open311.jurisdiction_unknown")
                  : fail(c, ERR_INVALID, "open311.jurisdiction_missing");
}

static enum err service_get(struct ctx *c, int64_t item_id, struct open311_service *ret_service)
{
    enum err err =
        db_one(c, &sql_open311_service_get, ARGS(ARG_INT("item_id", item_id)), &open311_service_record, ret_service);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    *ret_service = (struct open311_service){.item_id = item_id};
    return OK;
}

enum err open311_definition_get(struct ctx *c, int64_t item_id, struct open311_definition *ret_definition)
{
    struct rows rows;
    TRY(service_get(c, item_id, &ret_definition->service));
    TRY(db_list(c, &sql_open311_attribute_list, ARGS(ARG_INT("item_id", item_id)), &open311_attribute_record,
                OPEN311_ATTRIBUTES_MAX, &rows));
    ret_definition->attributes = rows.at;
    ret_definition->count = rows.count;
    return OK;
}

const struct open311_attribute *open311_attribute_find(const struct open311_definition *definition, struct str code)
{
    for (size_t i = 0; i < definition->count; i++)
        if (str_equal(definition->attributes[i].code, code))
            return &definition->attributes[i];
    return NULL;
}

static bool code_valid(struct str code)
{
    for (size_t i = 0; i < code.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", code.p[i]))
            return false;
    return code.n > 0;
}

// Every line "key=name", no key twice.
static bool choices_valid(struct str choices)
{
    struct str rest = choices;
    size_t count = 0;
    while (rest.n) {
        struct str before = {choices.p, (size_t)(rest.p - choices.p)}, known;
        struct str name = str_cut(&rest, '\n'), key = str_trim(str_cut(&name, '='));
        if (!key.n || !str_trim(name).n || open311_choice(before, key, &known))
            return false;
        count++;
    }
    return count > 0;
}

static enum err check_attribute(struct ctx *c, const struct open311_attribute *attributes, size_t index)
{
    const struct open311_attribute *a = &attributes[index];
    if (!code_valid(a->code))
        return fail_field(c, ERR_INVALID, "open311.bad_attribute_code", STR("code"));
    for (size_t i = 0; i < index; i++)
        if (str_equal(attributes[i].code, a->code))
            return fail_field(c, ERR_INVALID, "open311.attribute_twice", STR("code"));
    bool list = a->datatype == DATA_SINGLE || a->datatype == DATA_MULTI;
    if (list ? !choices_valid(a->choices) : a->choices.n > 0)
        return fail_field(c, ERR_INVALID, "open311.bad_choices", STR("choices"));
    return OK;
}

static enum err tell_changed(struct ctx *c, const struct open311_service *service,
                             const struct open311_attribute *attributes, size_t count)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "batch");
    json_put_bool(w, service->batch);
    json_key(w, "attributes");
    json_array_begin(w);
    for (size_t i = 0; i < count; i++)
        json_put_str(w, attributes[i].code);
    json_array_end(w);
    return event_data_append(c, &data, "service_item", service->item_id, "open311.service_changed");
}

enum err open311_service_put(struct ctx *c, int64_t item_id, struct open311_service *service,
                             struct open311_attribute *attributes, size_t count)
{
    struct service_item item;
    struct open311_service before;
    if (count > OPEN311_ATTRIBUTES_MAX)
        return fail_field(c, ERR_INVALID, "open311.too_many_attributes", STR("attributes"));
    TRY(service_item_get(c, item_id, &item));
    TRY(service_get(c, item_id, &before));
    service->item_id = item_id;
    service->version = before.version + 1;
    TRY(db_exec(c, &sql_open311_service_put, ARGS(ARG_ROW(&open311_service_record, service)), NULL));
    TRY(db_exec(c, &sql_open311_attribute_clear, ARGS(ARG_INT("item_id", item_id)), NULL));
    for (size_t i = 0; i < count; i++) {
        TRY(check_attribute(c, attributes, i));
        attributes[i].item_id = item_id;
        attributes[i].position = (int64_t)i + 1;
        TRY(db_exec(c, &sql_open311_attribute_insert, ARGS(ARG_ROW(&open311_attribute_record, &attributes[i])), NULL));
    }
    return tell_changed(c, service, attributes, count);
}

// --- how it is told -------------------------------------------------------------------------------------------------
struct str open311_item_name(const struct ctx *c, const struct service_item *item)
{
    return strcmp(c->lang, "en") == 0 ? item->name_en : item->name_zh;
}

struct str open311_kind_name(const struct ctx *c, int kind)
{
    static const char *const zh[] = {"微心愿", "报修", "代办", "纠纷", "巡查发现"};
    static const char *const en[] = {"Wishes", "Repairs", "Errands", "Disputes", "Findings"};
    return str_of(strcmp(c->lang, "en") == 0 ? en[kind] : zh[kind]);
}

struct numbered {
    int64_t id;
};
static const struct field numbered_fields[] = {
    {.name = "id", .offset = offsetof(struct numbered, id), .type = FIELD_ID}};
static const struct record numbered_record = {"numbered", NULL, sizeof(struct numbered), FIELDS(numbered_fields)};

static bool has_id(const struct rows *rows, int64_t id)
{
    for (size_t i = 0; i < rows->count; i++)
        if (((const struct numbered *)rows->at)[i].id == id)
            return true;
    return false;
}

static void write_service(struct ctx *c, const struct service_item *item, const struct open311_service *more,
                          bool metadata, struct open311_out *o)
{
    bool english = strcmp(c->lang, "en") == 0;
    struct str kind = open311_kind_name(c, item->kind);
    out_object(o, "service");
    out_text(o, "service_code", item->code);
    out_text(o, "service_name", open311_item_name(c, item));
    out_text(o, "description", english ? item->hint_en : item->hint_zh);
    out_bool(o, "metadata", metadata);
    out_z(o, "type", more && more->batch ? "batch" : "realtime");
    out_text(o, "keywords", more && more->keywords.n ? more->keywords : kind);
    out_text(o, "group", kind);
    out_end(o);
}

struct call {
    enum open311_format format;
    struct str code;
    struct http_response *rs;
};

static enum err write_services(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct rows items, more, with;
    struct open311_out o;
    TRY(service_item_list(c, false, &items));
    TRY(db_list(c, &sql_open311_service_list, NO_ARGS, &open311_service_record, 1000, &more));
    TRY(db_list(c, &sql_open311_attribute_items, NO_ARGS, &numbered_record, 1000, &with));
    const struct service_item *item = items.at;
    const struct open311_service *service = more.at;
    out_begin(&o, c, call->format, call->rs);
    out_list(&o, "services");
    for (size_t i = 0; i < items.count; i++) {
        const struct open311_service *own = NULL;
        for (size_t k = 0; k < more.count && !own; k++)
            own = service[k].item_id == item[i].id ? &service[k] : NULL;
        write_service(c, &item[i], own, has_id(&with, item[i].id), &o);
    }
    out_end(&o);
    return OK;
}

enum err open311_http_services(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {.format = open311_format_of(rq), .rs = rs};
    TRY(open311_check_jurisdiction(c, http_query(c, rq, "jurisdiction_id")));
    return store_read(c, write_services, &call);
}

static void write_attribute(const struct open311_attribute *a, struct open311_out *o)
{
    struct str rest = a->choices;
    out_object(o, "attribute");
    out_bool(o, "variable", a->variable);
    out_text(o, "code", a->code);
    out_z(o, "datatype", open311_datatype_names[a->datatype]);
    out_bool(o, "required", a->required);
    out_text(o, "datatype_description", a->datatype_description);
    out_int(o, "order", a->position);
    out_text(o, "description", a->description);
    if (rest.n) {
        out_list(o, "values");
        while (rest.n) {
            struct str name = str_cut(&rest, '\n'), key = str_cut(&name, '=');
            out_object(o, "value");
            out_text(o, "key", str_trim(key));
            out_text(o, "name", str_trim(name));
            out_end(o);
        }
        out_end(o);
    }
    out_end(o);
}

static enum err write_definition(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct service_item item;
    struct open311_definition definition = {0};
    struct open311_out o;
    enum err err = service_item_by_code(c, call->code, &item);
    if (err == ERR_NOT_FOUND || (err == OK && item.closed))
        return fail(c, ERR_NOT_FOUND, "open311.service_unknown");
    TRY(err);
    TRY(open311_definition_get(c, item.id, &definition));
    out_begin(&o, c, call->format, call->rs);
    out_object(&o, "service_definition");
    out_text(&o, "service_code", item.code);
    out_list(&o, "attributes");
    for (size_t i = 0; i < definition.count; i++)
        write_attribute(&definition.attributes[i], &o);
    out_end(&o);
    out_end(&o);
    return OK;
}

enum err open311_http_service(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call = {.format = open311_format_of(rq), .rs = rs};
    TRY(open311_file_param(c, rq, &call.code));
    TRY(open311_check_jurisdiction(c, http_query(c, rq, "jurisdiction_id")));
    return store_read(c, write_definition, &call);
}

// --- for the system administrator -----------------------------------------------------------------------------------
static const struct field definition_fields[] = {
    {.name = "batch",
     .type = FIELD_BOOL,
     .flags = FIELD_INPUT,
     .read = READ_ALL,
     .doc = "A request is answered with a token, not its id"},
    {.name = "keywords", .type = FIELD_TEXT, .flags = FIELD_INPUT, .read = READ_ALL, .doc = "Separated by commas"},
    {.name = "attributes",
     .type = FIELD_JSON,
     .flags = FIELD_INPUT | FIELD_MANY,
     .read = READ_ALL,
     .of = &open311_attribute_record,
     .doc = "Questions, in order"},
};
const struct record open311_definition_record = {"open311_definition", NULL, 0, FIELDS(definition_fields)};

static enum err answer_definition(struct ctx *c, int64_t item_id, struct http_response *rs)
{
    struct open311_definition definition = {0};
    struct json_writer w;
    TRY(open311_definition_get(c, item_id, &definition));
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "batch");
    json_put_bool(&w, definition.service.batch);
    json_key(&w, "keywords");
    json_put_str(&w, definition.service.keywords);
    json_key(&w, "attributes");
    json_array_begin(&w);
    for (size_t i = 0; i < definition.count; i++)
        record_to_json(c, &open311_attribute_record, &definition.attributes[i], item_id, READ_ALL, &w);
    json_array_end(&w);
    json_object_end(&w);
    http_set_etag_version(rs, definition.service.version);
    return OK;
}

struct definition_call {
    int64_t item_id;
    struct http_response *rs;
};

static enum err read_definition(struct ctx *c, void *arg)
{
    const struct definition_call *call = arg;
    struct service_item item;
    TRY(service_item_get(c, call->item_id, &item));
    buf_clear(&call->rs->body);
    return answer_definition(c, call->item_id, call->rs);
}

enum err open311_http_definition(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct definition_call call = {.rs = rs};
    TRY(http_param_id(c, rq, "id", &call.item_id));
    return store_read(c, read_definition, &call);
}

struct new_definition {
    struct open311_service service;
    struct open311_attribute *attributes;
    size_t count;
};

static enum err read_attributes(struct ctx *c, const struct json *list, struct new_definition *in)
{
    if (json_kind(list) != JSON_ARRAY)
        return fail_field(c, ERR_INVALID, "field.wrong_type", STR("attributes"));
    in->count = json_count(list);
    if (in->count > OPEN311_ATTRIBUTES_MAX)
        return fail_field(c, ERR_INVALID, "open311.too_many_attributes", STR("attributes"));
    in->attributes = arena_array(c->arena, in->count + 1, sizeof *in->attributes);
    for (size_t i = 0; i < in->count; i++) {
        in->attributes[i] = (struct open311_attribute){.variable = true};
        TRY(record_from_json(c, &open311_attribute_record, json_at(list, i), RECORD_CREATE, 0, &in->attributes[i]));
    }
    return OK;
}

static enum err read_new_definition(struct ctx *c, const struct json *body, struct new_definition *in)
{
    if (json_kind(body) != JSON_OBJECT)
        return fail(c, ERR_INVALID, "json.not_an_object");
    for (size_t i = 0; i < json_count(body); i++) {
        struct str key;
        const struct json *value = json_member(body, i, &key);
        if (str_equal_z(key, "attributes"))
            TRY(read_attributes(c, value, in));
        else if (str_equal_z(key, "batch") && json_kind(value) == JSON_BOOL)
            in->service.batch = json_bool(value);
        else if (str_equal_z(key, "keywords") && json_kind(value) == JSON_STRING && utf8_count(json_str(value)) <= 200)
            in->service.keywords = json_str(value);
        else
            return fail_field(c, ERR_INVALID, "json.unknown_field", utf8_prefix(key, 60));
    }
    return OK;
}

static enum err do_put(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    int64_t item_id;
    struct new_definition in = {0};
    (void)arg;
    TRY(http_param_id(c, rq, "id", &item_id));
    TRY(json_parse(c, rq->body, &body));
    TRY(read_new_definition(c, body, &in));
    TRY(open311_service_put(c, item_id, &in.service, in.attributes, in.count));
    return answer_definition(c, item_id, rs);
}

enum err open311_http_definition_put(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_put, NULL);
}
