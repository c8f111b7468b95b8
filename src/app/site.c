// SPDX-License-Identifier: MulanPSL-2.0
#include "app/site.h"

#include "app/house.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "base/id.h"
#include "crypto/seal.h"
#include "domain/account/account.h"
#include "domain/demo/demo.h"
#include "domain/place/place.h"
#include "http/openapi.h"
#include "site_sql.h"

#include <string.h>

#define OPENAPI_MAX_BYTES (4 << 20)
#define METRICS_MAX_BYTES (256 << 10)
#define TENANTS_MAX 10000

struct tenant_search {
    const char *code;
    int64_t id;
};

static enum err find_tenant(struct ctx *c, void *arg)
{
    struct tenant_search *search = arg;
    return db_number(c, &sql_tenant_find, ARGS(ARG_TEXT("code", str_of(search->code))), &search->id);
}

static enum err make_tenant(struct ctx *c, void *arg)
{
    c->tenant_id = ids_next(c->house->ids, c->now_ms);
    TRY(db_exec(c, &sql_tenant_insert, ARGS(ARG_TEXT("code", str_of(((struct tenant_search *)arg)->code))), NULL));
    return find_tenant(c, arg); // another process may have been first
}

enum err site_tenant(struct ctx *c, const char *district_code, bool make, int64_t *ret_tenant_id)
{
    struct tenant_search search = {.code = district_code};
    TRY(store_read(c, find_tenant, &search));
    if (!search.id && !make)
        return fail_with(c, ERR_NOT_FOUND, "site.no_district", str_of(district_code), STR(""));
    if (!search.id)
        TRY(store_write(c, make_tenant, &search));
    *ret_tenant_id = search.id;
    return OK;
}

#define TENANT_FIELDS(F, S) F(S, INT, tenant_id)
struct tenant {
    TENANT_FIELDS(FIELD_MEMBER, tenant)
};
static const struct field tenant_fields[] = {TENANT_FIELDS(FIELD_ROW, tenant)};
static const struct record tenant_record = {
    .name = "tenant", .size_bytes = sizeof(struct tenant), FIELDS(tenant_fields)};

static enum err list_tenants(struct ctx *c, void *arg)
{
    return db_list(c, &sql_tenant_list, NO_ARGS, &tenant_record, TENANTS_MAX, arg);
}

enum err site_each_tenant(struct ctx *c, enum err (*fn)(struct ctx *c))
{
    int64_t own_id = c->tenant_id;
    struct rows rows;
    TRY(store_read(c, list_tenants, &rows));
    enum err err = OK;
    for (size_t i = 0; err == OK && i < rows.count; i++) {
        c->tenant_id = ((const struct tenant *)rows.at)[i].tenant_id;
        err = fn(c);
    }
    c->tenant_id = own_id;
    return err;
}

static enum err root_read(struct ctx *c, void *arg)
{
    return place_root(c, arg);
}

// How far the demo's past is told, {"done","total"}; null when there is none, or all is told.
static void write_told(struct ctx *c, struct json_writer *w)
{
    int64_t done, total;
    if (demo_history_progress(c, &done, &total) != OK)
        ctx_clear_error(c);
    if (done >= total) {
        json_put_null(w);
        return;
    }
    json_object_begin(w);
    json_key(w, "done");
    json_put_int(w, done);
    json_key(w, "total");
    json_put_int(w, total);
    json_object_end(w);
}

static enum err get_site(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    const struct config *config = c->house->config;
    struct place district = {0}; // without a name in an empty store
    if (store_read(c, root_read, &district) != OK)
        ctx_clear_error(c);
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "name");
    json_put_z(&w, config->site_name);
    json_key(&w, "district");
    json_put_str(&w, district.name);
    json_key(&w, "district_code");
    json_put_z(&w, config->district);
    json_key(&w, "demo");
    json_put_bool(&w, config->demo);
    json_key(&w, "demo_told");
    write_told(c, &w);
    json_key(&w, "phone");
    json_put_z(&w, config->phone);
    json_key(&w, "calendar_version");
    json_put_str(&w, calendar_version(c->house->calendar));
    json_key(&w, "consent_version");
    json_put_z(&w, CONSENT_VERSION);
    json_key(&w, "languages");
    json_put_raw(&w, STR("[\"zh\",\"en\"]"));
    json_key(&w, "version");
    json_put_z(&w, LINLI_VERSION);
    json_key(&w, "now");
    json_put_time(&w, c->now_ms);
    json_object_end(&w);
    return OK;
}

static enum err touch_store(struct ctx *c, void *arg)
{
    return find_tenant(c, arg);
}

static enum err get_health(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    struct tenant_search search = {.code = c->house->config->district};
    bool well = store_read(c, touch_store, &search) == OK;
    struct json_writer w;
    rs->status = well ? 200 : 503;
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "status");
    json_put_z(&w, well ? "ok" : "store unreachable");
    json_key(&w, "store");
    json_put_z(&w, store_engine(c->house->store));
    json_key(&w, "version");
    json_put_z(&w, LINLI_VERSION);
    json_object_end(&w);
    ctx_clear_error(c);
    return OK;
}

static enum err get_metrics(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    rs->content_type = "text/plain; version=0.0.4; charset=utf-8";
    http_metrics(http_server_of(rq), &rs->body);
    return OK;
}

static enum err get_openapi(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    openapi_write(module_routes(c, &modules), role_names, LINLI_VERSION, &rs->body);
    return OK;
}

static const struct route routes[] = {
    {"GET", "/healthz", get_health, ACCESS_ANYONE, ROUTE_RAW, .out_type = "application/json; charset=utf-8",
     .summary = "Is the server well?"},
    {"GET", "/metrics", get_metrics, ACCESS_ANYONE, ROUTE_RAW, .out_type = "text/plain",
     .summary = "Counters in Prometheus' text format"},
    {"GET", "/api/v1/openapi.json", get_openapi, ACCESS_ANYONE, ROUTE_RAW,
     .out_type = "application/json; charset=utf-8", .summary = "This document"},
    {"GET", "/api/v1/site", get_site, ACCESS_ANYONE, 0, .summary = "What every page needs to know of the installation"},
    {0},
};

static const struct message messages[] = {
    {"config.unknown", "没有 {0} 这个选项，请用 linli --help 查看。",
     "there is no option {0}; linli --help lists them"},
    {"config.no_value", "选项 {0} 后面要有值。", "option {0} needs a value"},
    {"config.bad_number", "选项 {0} 要是一个数，不能是 {1}。", "option {0} must be a number, not {1}"},
    {"config.bad_flag", "选项 {0} 只能是 0 或 1，不能是 {1}。", "option {0} is 0 or 1, not {1}"},
    {"config.out_of_range", "选项 {0} 的值 {1} 超出范围。", "option {0}: {1} is out of range"},
    {"config.bad_choice", "选项 {0} 没有 {1} 这个值，请用 linli --help 查看。",
     "option {0} has no value {1}; linli --help lists them"},
    {"config.bad_url", "选项 {0} 要以 http:// 或 https:// 开头，后面是主机名，不能是 {1}。",
     "option {0} must be http:// or https:// and a host, not {1}"},
    {"config.bad_address", "选项 {0} 要是 IPv4 或 IPv6 地址，不能是 {1}。",
     "option {0} must be an IPv4 or IPv6 address, not {1}"},
    {"config.bad_store", "选项 {0} 要以 postgres:// 开头，不能是 {1}。",
     "option {0} must begin with postgres://, not {1}"},
    {"config.sms_incomplete", "选项 {0} 为 {1} 时还要 --sms-url 和 --sms-key-file。",
     "option {0} {1} needs --sms-url and --sms-key-file as well"},
    {"config.bad_calendar", "选项 calendar 的文件 {0} 第 {1} 行有误。",
     "option calendar: line {1} of {0} is not understood"},
    {"config.empty_calendar", "选项 calendar 的文件 {0} 里没有任何一年（year）的节假日。",
     "option calendar: {0} lists no year"},
    {"config.no_file", "文件 {0} 读不了。", "file {0} cannot be read"},
    {"config.no_data_dir", "数据目录 {0} 无法建立：{1}。", "the data folder {0} cannot be made: {1}"},
    {"config.too_many_words", "多余的参数：{0}。", "one argument too many: {0}"},
    {"site.no_district", "这里没有 {0} 区的数据；请用 --district 指明。",
     "this store has no district {0}; --district names another"},
    {"backup.unwritable", "文件 {0} 写不了：{1}。", "the file {0} cannot be written: {1}"},
    {"backup.disk", "写盘失败：{0}。", "the disk refused: {0}"},
    {"backup.damaged", "备份文件已损坏：{0}。", "the backup is damaged at {0}"},
    {"backup.cut_off", "备份文件不完整。 {0}", "the backup is cut off {0}"},
    {"backup.not_empty", "目标不是空的（{0}），恢复只能进入空库。",
     "there are rows in {0}: restore goes into an empty store only"},
    {"backup.file_there", "文件 {0} 已经存在。", "the file {0} is there already"},
    {"backup.other_schema", "备份的表 {0} 与本版本不同，请用当时的版本恢复后再升级。",
     "table {0} of the backup has other columns: restore with the version that made it, then upgrade"},
    {"backup.row_too_large", "有一行太大，无法备份。", "a row is too large to back up"},
    {"exchange.page_too_large", "一页数据太大，无法导出。", "a page is too large to export"},
    {0},
};

const struct module site_module = {
    .name = "site",
    .store = {.module = "site", .statements = site_statements, .migrations = site_migrations},
    .routes = routes,
    .messages = messages,
};
