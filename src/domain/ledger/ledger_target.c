// SPDX-License-Identifier: MulanPSL-2.0
// Targets: what a figure should come to, of all or of one unit. Set by the system administrator, told of in the log,
// read by everybody.
#include "base/id.h"
#include "domain/ledger/ledger_internal.h"
#include "flow/command.h"
#include "flow/event_data.h"
#include "ledger_sql.h"
#include "json/record_json.h"

#include <math.h>

#define COUNT_TARGET_MAX 1000000000.0

#define LEDGER_TARGET_FIELDS(F, S)                                                                                     \
    F(S, TEXT, figure, .flags = FIELD_KEY | FIELD_INPUT | FIELD_REQUIRED, .read = READ_PUBLIC, .max = 40,              \
      .doc = "Code of the figure")                                                                                     \
    F(S, ID, unit_id, .flags = FIELD_KEY | FIELD_INPUT, .read = READ_PUBLIC,                                           \
      .doc = "Of this organisation; null: of all")                                                                     \
    F(S, ID, id, .read = READ_NOBODY, .doc = "The setting, in the log")                                                \
    F(S, REAL, value, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_PUBLIC, .min = 0, .max = 1000000000,         \
      .doc = "In percent of a share and of the composite, else in cases")                                              \
    F(S, TIME_MS, set_at, .read = READ_PUBLIC, .doc = "Since when")
struct ledger_target {
    LEDGER_TARGET_FIELDS(FIELD_MEMBER, ledger_target)
};
static const struct field target_fields[] = {LEDGER_TARGET_FIELDS(FIELD_ROW, ledger_target)};
const struct record ledger_target_record = {"ledger_target", "ledger_target", sizeof(struct ledger_target),
                                            FIELDS(target_fields)};

static const struct ledger_figure *figure_of(struct str code)
{
    for (const struct ledger_figure *f = ledger_figures; f->code; f++)
        if (str_equal_z(code, f->code))
            return f;
    return NULL;
}

static enum err check(struct ctx *c, const struct ledger_target *target)
{
    const struct ledger_figure *figure = figure_of(target->figure);
    struct org org;
    if (!figure)
        return fail_field(c, ERR_INVALID, "ledger.no_figure", STR("figure"));
    double most = figure->kind == FIGURE_COUNT ? COUNT_TARGET_MAX : 100;
    if (!(target->value >= 0 && target->value <= most))
        return fail_field(c, ERR_INVALID, "ledger.bad_target", STR("value"));
    return target->unit_id ? org_get(c, target->unit_id, &org) : OK;
}

static enum err tell(struct ctx *c, const struct ledger_target *target, const char *type)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "figure");
    json_put_str(w, target->figure);
    json_key(w, "unit");
    json_put_id(w, target->unit_id);
    json_key(w, "value");
    json_put_real(w, target->value);
    return event_data_append(c, &data, "ledger_target", target->id, type);
}

static enum err put_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    struct ledger_target target = *(const struct ledger_target *)arg;
    struct json_writer w;
    (void)rq;
    TRY(check(c, &target));
    target.id = ids_next(c->house->ids, c->now_ms);
    target.set_at_ms = c->now_ms;
    TRY(db_exec(c, &sql_ledger_target_put, ARGS(ARG_ROW(&ledger_target_record, &target)), NULL));
    TRY(tell(c, &target, "ledger_target.set"));
    json_writer_init(&w, &rs->body);
    record_to_json(c, &ledger_target_record, &target, 0, READ_PUBLIC, &w);
    return OK;
}

static enum err put_target(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct ledger_target target = {0};
    const struct json *body;
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &ledger_target_record, body, RECORD_CREATE, 0, &target));
    return command_run(c, rq, rs, put_run, &target);
}

static enum err delete_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    struct ledger_target *target = arg;
    int64_t gone = 0;
    (void)rq;
    TRY(db_exec(c, &sql_ledger_target_delete,
                ARGS(ARG_TEXT("figure", target->figure), ARG_INT("unit_id", target->unit_id)), &gone));
    if (!gone)
        return fail(c, ERR_NOT_FOUND, "ledger.no_figure");
    target->id = ids_next(c->house->ids, c->now_ms);
    rs->status = 204;
    return tell(c, target, "ledger_target.removed");
}

static enum err delete_target(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct ledger_target target = {.figure = http_param(rq, "figure")};
    TRY(http_query_id(c, rq, "unit", &target.unit_id));
    return command_run(c, rq, rs, delete_run, &target);
}

static enum err write_list(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct rows rows;
    struct json_writer w;
    TRY(db_list(c, &sql_ledger_target_list, NO_ARGS, &ledger_target_record, 5000, &rows));
    const struct ledger_target *targets = rows.at;
    buf_clear(&rs->body);
    json_list_begin(&w, &rs->body);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &ledger_target_record, &targets[i], 0, READ_PUBLIC, &w);
    json_list_end(&w, 0);
    return OK;
}

static enum err get_targets(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    return store_read(c, write_list, rs);
}

static const struct route_query delete_query[] = {{"unit", "Of this organisation; without it of all"}, {NULL, NULL}};
const struct route ledger_target_routes[] = {
    {"GET", "/api/v1/ledger/targets", get_targets, ACCESS_ANYONE, ROUTE_LIST, NULL, &ledger_target_record, NULL,
     "What each figure should come to, of all and of single units"},
    {"PUT", "/api/v1/ledger/targets", put_target, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0, &ledger_target_record,
     &ledger_target_record, NULL, "Sets the target of a figure, of all or of one unit"},
    {"DELETE", "/api/v1/ledger/targets/{figure}", delete_target, ROLE_BIT(ROLE_SYSTEM_ADMIN), 0, NULL, NULL,
     delete_query, "Takes a target away"},
    {NULL},
};
