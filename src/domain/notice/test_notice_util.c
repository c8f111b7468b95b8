// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/notice/test_notice_util.h"

#include "base/id.h"
#include "notice_sql.h"

#include <stdlib.h>
#include <unistd.h>

static const struct message test_messages[] = {{"test.hello", "您好{0}，{1}", "hello {0}, {1}"}, {NULL, NULL, NULL}};
static const struct module test_module = {.name = "test", .messages = test_messages};
static const struct module *const module_array[] = {&flow_module, &place_module, &org_module, &notice_module,
                                                    &test_module};
static const struct module_list list = {module_array, 5};
#define PARTS                                                                                                          \
    {                                                                                                                  \
        flow_module.store, place_module.store, org_module.store, notice_module.store                                   \
    }

static int64_t turned_ms(const struct clock *clock)
{
    return INT64_C(1772413200000) + clock->offset_ms; // 2026-03-02, a Monday, 09:00 in China
}

void turn(struct world *w, int64_t by_ms)
{
    w->clock.offset_ms += by_ms;
    w->c->now_ms = clock_now_ms(&w->clock);
}

static enum err make_places(struct ctx *c, void *arg)
{
    struct world *w = arg;
    struct place district = {.level = PLACE_DISTRICT, .name = STR("测试区")};
    TRY(place_create(c, &district));
    struct place building = {.parent_id = district.id, .level = PLACE_BUILDING, .name = STR("3栋")};
    TRY(place_create(c, &building));
    w->district = district.id;
    w->building = building.id;
    return OK;
}

void world_open(struct world *w, const char *engine)
{
    const struct store_part parts[] = PARTS;
    *w = (struct world){.c = test_ctx(parts, 4, engine), .clock = {.now_ms = turned_ms}, .vendor = vendor_start()};
    snprintf(w->base, sizeof w->base, "http://127.0.0.1:%d", vendor_port(w->vendor));
    snprintf(w->sms_url, sizeof w->sms_url, "%s/sms", w->base);
    snprintf(w->secret_file, sizeof w->secret_file, "/tmp/linli-notice-XXXXXX");
    int fd = mkstemp(w->secret_file);
    assert_int_equal(write(fd, "geheim\n", 7), 7);
    close(fd);
    w->config = (struct config){.sms_gateway = "http",
                                .sms_url = w->sms_url,
                                .sms_key_file = w->secret_file,
                                .notice_quiet = "21:00-08:00",
                                .notice_retry_s = 30,
                                .notice_give_up_hours = 72,
                                .notice_keep_days = 90,
                                .wecom_base = w->base,
                                .wx_base = w->base,
                                .wx_appid = "wx123",
                                .wx_secret_file = w->secret_file,
                                .wx_templates = "other=X,thing1;test.hello=TPL-1,thing1,phrase2,time3",
                                .wx_page = "pages/request"};
    struct house *house = test_house(w->c);
    house->clock = &w->clock;
    house->config = &w->config;
    house->modules = &list;
    expect_ok(w->c, notice_config_check(w->c));
    expect_ok(w->c, store_write(w->c, make_places, w));
}

void world_close(struct world *w)
{
    vendor_stop(w->vendor);
    unlink(w->secret_file);
    test_ctx_free(w->c);
}

// --- putting and looking ---------------------------------------------------------------------------------------------
static enum err put_run(struct ctx *c, void *arg)
{
    const struct putting *p = arg;
    struct str word = str_of(p->word);
    struct notice_what what = {.template = "test.hello",
                               .args_zh = {word, STR("一二三四五六七")},
                               .args_en = {word, STR("two")},
                               .about_kind = "request",
                               .about_id = 7,
                               .urgent = p->urgent};
    if (p->robot)
        return notice_put_robot(c, &what, p->robot);
    if (p->place_id)
        return notice_put_group(c, &what, p->place_id);
    return notice_put(c, &what, &(struct notice_to){p->person_id, STR("zh"), str_of(p->phone)});
}

void put(struct world *w, struct putting p)
{
    expect_ok(w->c, store_write(w->c, put_run, &p));
}

static enum err agree_run(struct ctx *c, void *arg)
{
    const int64_t *given = arg; // person, count
    struct notice_consent consent = {.person_id = given[0], .template = STR("test.hello"), .count = given[1]};
    struct str openid = str_format(c->arena, "openid-%lld", (long long)given[0]);
    consent.openid = seal_bytes(c, "notice_consent", "openid", given[0], openid);
    return db_exec(c, &sql_notice_consent_put, ARGS(ARG_ROW(&notice_consent_record, &consent)), NULL);
}

void agree(struct world *w, int64_t person_id, int64_t count)
{
    int64_t given[] = {person_id, count};
    expect_ok(w->c, store_write(w->c, agree_run, given));
}

static enum err consent_run(struct ctx *c, void *arg)
{
    struct notice_consent *consent = arg;
    return db_one(c, &sql_notice_consent_get,
                  ARGS(ARG_INT("person_id", consent->person_id), ARG_TEXT("template", STR("test.hello"))),
                  &notice_consent_record, consent);
}

int64_t agreed(struct world *w, int64_t person_id)
{
    struct notice_consent consent = {.person_id = person_id};
    expect_ok(w->c, store_read(w->c, consent_run, &consent));
    return consent.count;
}

struct looking {
    int64_t person_id;
    struct rows rows;
};

static enum err look_run(struct ctx *c, void *arg)
{
    struct looking *look = arg;
    return db_list(c, &sql_notice_of_person, ARGS(ARG_INT("person_id", look->person_id), ARG_INT("max", 100)),
                   &notice_record, 100, &look->rows);
}

void notices_of(struct world *w, int64_t person_id, struct rows *ret_rows)
{
    struct looking look = {.person_id = person_id};
    expect_ok(w->c, store_read(w->c, look_run, &look));
    *ret_rows = look.rows;
}

struct notice newest(struct world *w, int64_t person_id)
{
    struct rows rows;
    notices_of(w, person_id, &rows);
    const struct notice *n = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        if (n[i].channel != CHANNEL_APP)
            return n[i];
    return (struct notice){.state = -1};
}

static enum err robot_run(struct ctx *c, void *arg)
{
    struct notice_robot *robot = arg;
    return notice_robot_load(c, robot->id, robot);
}

void look_at_robot(struct world *w, struct notice_robot *robot)
{
    expect_ok(w->c, store_read(w->c, robot_run, robot));
}

static enum err add_robot_run(struct ctx *c, void *arg)
{
    struct notice_robot *robot = arg;
    robot->id = ids_next(c->house->ids, c->now_ms);
    robot->key_end = STR("0000");
    robot->key = seal_bytes(c, "notice_robot", "key", robot->id, STR("key-000000000000"));
    return db_exec(c, &sql_notice_robot_insert, ARGS(ARG_ROW(&notice_robot_record, robot)), NULL);
}

struct notice_robot add_robot(struct world *w, int64_t place_id)
{
    struct notice_robot robot = {.place_id = place_id};
    expect_ok(w->c, store_write(w->c, add_robot_run, &robot));
    return robot;
}

void run(struct world *w)
{
    expect_ok(w->c, notice_jobs[0].run(w->c));
}

bool wanted(struct world *w)
{
    bool is = false;
    expect_ok(w->c, notice_jobs[0].wanted(w->c, &is));
    return is;
}

bool heard(struct world *w, size_t index, const char *text)
{
    return strstr(vendor_call(w->vendor, index), text) != NULL;
}

size_t contract_faults(struct world *w)
{
    const struct store_part parts[] = PARTS;
    return store_contract_check(w->c, parts, 4);
}
