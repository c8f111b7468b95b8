// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/catalog/catalog.h"

#include "base/calendar.h"
#include "base/config.h"
#include "base/csv.h"
#include "base/id.h"
#include "catalog_sql.h"
#include "domain/catalog/catalog_internal.h"
#include "domain/catalog/station.h"

const char *const request_kind_names[] = {"wish", "repair", "errand", "dispute", "finding", NULL};

static const struct field service_item_fields[] = {SERVICE_ITEM_FIELDS(FIELD_ROW, service_item)};
const struct record service_item_record = {"service_item", "service_item", sizeof(struct service_item),
                                           FIELDS(service_item_fields)};

static const struct field version_fields[] = {SERVICE_ITEM_VERSION_FIELDS(FIELD_ROW, service_item_version)};
const struct record service_item_version_record = {"service_item_version", "service_item_version",
                                                   sizeof(struct service_item_version), FIELDS(version_fields)};

const struct service_limits service_limits_default[UNIT_COUNT] = {
    [UNIT_URGENT_HOUR] = {1, 2, 24},
    [UNIT_WORK_HOUR] = {2, 4, 16},
    [UNIT_WORK_DAY] = {1, 1, 2},
    [UNIT_DAY] = {1, 1, 3},
};

enum err service_item_get(struct ctx *c, int64_t id, struct service_item *ret_item)
{
    enum err err = db_one(c, &sql_service_item_by_id, ARGS(ARG_INT("id", id)), &service_item_record, ret_item);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "item.unknown") : err;
}

enum err service_item_by_code(struct ctx *c, struct str code, struct service_item *ret_item)
{
    enum err err = db_one(c, &sql_service_item_by_code, ARGS(ARG_TEXT("code", code)), &service_item_record, ret_item);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "item.unknown") : err;
}

enum err service_item_get_version(struct ctx *c, int64_t id, int64_t version, struct service_item_version *ret_item)
{
    enum err err = db_one(c, &sql_service_item_version_by_number, ARGS(ARG_INT("id", id), ARG_INT("version", version)),
                          &service_item_version_record, ret_item);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "item.no_such_version") : err;
}

enum err service_item_versions(struct ctx *c, int64_t id, struct rows *ret_rows)
{
    return db_list(c, &sql_service_item_versions, ARGS(ARG_INT("id", id)), &service_item_version_record,
                   SERVICE_VERSIONS_MAX, ret_rows);
}

enum err service_item_list(struct ctx *c, bool with_closed, struct rows *ret_rows)
{
    return db_list(c, &sql_service_item_list, ARGS(ARG_INT("closed_max", with_closed)), &service_item_record,
                   SERVICE_ITEMS_MAX, ret_rows);
}

static bool code_valid(struct str code)
{
    for (size_t i = 0; i < code.n; i++) {
        char b = code.p[i];
        if (!((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '.' || b == '_'))
            return false;
    }
    return code.n > 0;
}

// --- limits ----------------------------------------------------------------------------------------------------------
static void follow(int64_t *limit, int64_t before, int64_t before_default, int64_t now_default)
{
    if (*limit == 0 || (before && *limit == before && before == before_default))
        *limit = now_default;
}

// before: NULL for a new one.
static void fill_limits(const struct service_item *before, struct service_item *item)
{
    static const struct service_item none = {0};
    const struct service_item *old = before ? before : &none;
    const struct service_limits *was = &service_limits_default[old->unit], *is = &service_limits_default[item->unit];
    follow(&item->dispatch_budget, old->dispatch_budget, was->dispatch, is->dispatch);
    follow(&item->response_budget, old->response_budget, was->response, is->response);
    follow(&item->verification_budget, old->verification_budget, was->verification, is->verification);
}

static size_t count_lines(struct str text)
{
    size_t lines = 0;
    while (text.n)
        lines += str_trim(str_cut(&text, '\n')).n > 0;
    return lines;
}

// What one field alone cannot tell.
static enum err item_check(struct ctx *c, const struct service_item *item)
{
    if (count_lines(item->bring_zh) != count_lines(item->bring_en))
        return fail_field(c, ERR_INVALID, "item.bring_differs", STR("bring_en"));
    if (!code_valid(item->code))
        return fail_field(c, ERR_INVALID, "item.bad_code", STR("code"));
    if (item->route_role < ROLE_STEWARD || item->route_role > ROLE_DISTRICT)
        return fail_field(c, ERR_INVALID, "item.bad_route", STR("route_role"));
    struct org org;
    if (item->route_org_id && org_get(c, item->route_org_id, &org) != OK)
        return fail_field(c, ERR_INVALID, "item.no_such_unit", STR("route_org_id"));
    return OK;
}

static enum err item_tell(struct ctx *c, const struct service_item *item, const char *type)
{
    struct buf data;
    buf_init(&data, 16384);
    struct json_writer w;
    json_writer_init(&w, &data);
    record_to_json(c, &service_item_record, item, item->id, READ_ALL, &w);
    struct str text = str_copy(c->arena, buf_str(&data));
    buf_free(&data);
    return event_append(c, "service_item", item->id, type, text, NULL);
}

// Each state of an item, for ever, in the write that brings it about.
static enum err keep_version(struct ctx *c, const struct service_item *item)
{
    int64_t by = c->actor.kind == ACTOR_PERSON ? c->actor.person_id : 0;
    return db_exec(
        c, &sql_service_item_version_insert,
        ARGS(ARG_INT("effective_from", c->now_ms), ARG_INT("changed_by_id", by), ARG_ROW(&service_item_record, item)),
        NULL);
}

enum err service_item_create(struct ctx *c, struct service_item *item)
{
    fill_limits(NULL, item);
    TRY(item_check(c, item));
    item->id = ids_next(c->house->ids, c->now_ms);
    item->version = 1;
    enum err err = db_exec(c, &sql_service_item_insert, ARGS(ARG_ROW(&service_item_record, item)), NULL);
    if (err == ERR_CONFLICT)
        return fail_field(c, ERR_CONFLICT, "item.code_taken", STR("code"));
    TRY(err);
    TRY(keep_version(c, item));
    return item_tell(c, item, "item.created");
}

enum err service_item_save(struct ctx *c, const struct service_item *before, struct service_item *item)
{
    fill_limits(before, item);
    TRY(item_check(c, item));
    int64_t changed, old_version = item->version++;
    enum err err = db_exec(c, &sql_service_item_save,
                           ARGS(ARG_INT("old_version", old_version), ARG_ROW(&service_item_record, item)), &changed);
    if (err == ERR_CONFLICT)
        return fail_field(c, ERR_CONFLICT, "item.code_taken", STR("code"));
    TRY(err);
    if (changed == 0)
        return fail(c, ERR_STALE, "item.stale");
    TRY(keep_version(c, item));
    return item_tell(c, item, "item.changed");
}

// --- the catalogue's text -----------------------------------------------------------------------------------------
// code kind name_zh name_en hint_zh hint_en bring_zh bring_en route unit budget verify private; what to bring is
// separated by "; ", in both languages.
#define TSV_COLUMNS 13

static bool read_flag(struct str s, bool *ret_flag)
{
    *ret_flag = str_equal_z(s, "yes");
    return *ret_flag || str_equal_z(s, "no");
}

static struct str as_lines(struct ctx *c, struct str list)
{
    struct str lines = {0};
    while (list.n) {
        struct str one = str_trim(str_cut(&list, ';'));
        lines = lines.n ? str_format(c->arena, "%.*s\n%.*s", STR_ARG(lines), STR_ARG(one)) : one;
    }
    return lines;
}

static bool read_row(struct ctx *c, const struct str *fields, size_t count, struct service_item *ret_item)
{
    if (count != TSV_COLUMNS)
        return false;
    *ret_item = (struct service_item){.code = fields[0],
                                      .kind = enum_from_name(request_kind_names, fields[1]),
                                      .name_zh = fields[2],
                                      .name_en = fields[3],
                                      .hint_zh = fields[4],
                                      .hint_en = fields[5],
                                      .bring_zh = as_lines(c, fields[6]),
                                      .bring_en = as_lines(c, fields[7]),
                                      .route_role = enum_from_name(role_names, fields[8]),
                                      .unit = enum_from_name(calendar_unit_names, fields[9])};
    return ret_item->kind >= 0 && ret_item->route_role >= 0 && ret_item->unit >= 0 &&
           str_to_int64(fields[10], &ret_item->budget) && ret_item->budget > 0 &&
           read_flag(fields[11], &ret_item->staff_verifies) && read_flag(fields[12], &ret_item->private_always);
}

static enum err load_row(struct ctx *c, const struct str *fields, size_t count, int64_t line, int64_t *made)
{
    struct service_item item, known;
    if (fields[0].n == 0 || fields[0].p[0] == '#' || str_equal_z(fields[0], "code"))
        return OK; // empty lines, remarks, the line that names the columns
    if (!read_row(c, fields, count, &item))
        return fail_with(c, ERR_INVALID, "item.bad_row", str_format(c->arena, "%lld", (long long)line), STR(""));
    if (service_item_by_code(c, item.code, &known) == OK)
        return OK;
    ctx_clear_error(c);
    item.sort = line * 10;
    TRY(service_item_create(c, &item));
    ++*made;
    return OK;
}

enum err catalog_load(struct ctx *c, struct str text, int64_t *ret_made)
{
    struct csv_reader *reader = csv_reader_new('\t', false, 4096);
    csv_feed(reader, text, true);
    const struct str *fields;
    size_t count;
    int64_t line, made = 0;
    enum csv_result result;
    enum err err = OK;
    while (err == OK && (result = csv_next(reader, &fields, &count, &line)) != CSV_END) {
        if (result != CSV_ROW)
            err = fail_with(c, ERR_INVALID, "item.bad_row", str_format(c->arena, "%lld", (long long)line), STR(""));
        else
            err = load_row(c, fields, count, line, &made);
    }
    csv_reader_free(reader);
    if (err == OK)
        *ret_made = made;
    return err;
}

static enum err load_when_empty(struct ctx *c, void *arg)
{
    (void)arg;
    int64_t count, made;
    TRY(db_number(c, &sql_service_item_count, NO_ARGS, &count));
    return count ? OK : catalog_load(c, packed_text(c, "/data/catalog.tsv"), &made);
}

// A district begins with the catalogue of data/catalog.tsv; afterwards its system administrator keeps it.
static enum err catalog_start(struct ctx *c)
{
    if (c->house->config && c->house->config->empty)
        return OK;
    return store_write(c, load_when_empty, NULL);
}

static const struct message catalog_messages[] = {
    {"item.unknown", "没有这个服务事项。", "There is no such service item."},
    {"item.no_such_version", "这个事项没有这个版本。", "This service item has no such version."},
    {"item.bring_differs", "中英文“要带什么”须一行对一行。",
     "What to bring must have as many lines in English as in Chinese."},
    {"item.bad_code", "事项代码只能用小写字母、数字、句点和下划线。",
     "The code may hold small letters, digits, full stops and underscores only."},
    {"item.bad_route", "受理角色必须是楼栋长、网格员、社区、街道或区。",
     "The item must go to a steward, grid worker, community, sub-district or district."},
    {"item.no_such_unit", "没有这个承办单位。", "There is no such unit."},
    {"item.code_taken", "这个事项代码已经在用。", "Another item has this code already."},
    {"item.stale", "事项已被别人修改，请刷新后再试。", "Somebody else changed this item. Reload and try again."},
    {"item.bad_row", "事项目录第 {0} 行无法读取。", "Line {0} of the catalogue cannot be read."},
    {"station.unknown", "没有这个服务站。", "There is no such station."},
    {"station.stale", "服务站已被别人修改，请刷新后再试。",
     "Somebody else changed this station. Reload and try again."},
    {"station.not_yours", "这个地方的服务站不归您维护。", "Stations there are not yours to keep."},
    {"station.no_such_place", "没有这个地方，或已停用。", "There is no such place, or it is no longer in use."},
    {"station.bad_hours", "开放时间请写成 09:00-12:00 13:00-17:00，最多四段，依次不重叠；不开放留空。",
     "Write opening hours as 09:00-12:00 13:00-17:00, at most four, in order and apart; empty when closed."},
    {"station.bad_exceptions", "特殊日期每行一个：2026-10-01 closed，或 2026-10-10 09:00-12:00。",
     "Single days, one a line: 2026-10-01 closed, or 2026-10-10 09:00-12:00."},
    {NULL, NULL, NULL},
};

static const struct record *const catalog_records[] = {&service_item_record, &service_item_version_record,
                                                       &station_record, &station_view_record, NULL};
static const struct route *const more_routes[] = {station_routes, NULL};
const struct module catalog_module = {
    .name = "catalog",
    .store = {"catalog", catalog_statements, catalog_migrations, catalog_records},
    .routes = catalog_routes,
    .more_routes = more_routes,
    .messages = catalog_messages,
    .start = catalog_start,
};
