// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/request/test_request_util.h"

#include "base/calendar.h"
#include "base/clock.h"
#include "base/config.h"
#include "domain/notice/notice.h"
#include "job/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The tests of a module above compile this file with -DTOWN_MORE=its module.
#ifdef TOWN_MORE
extern const struct module TOWN_MORE;
#define MORE_MODULES , &TOWN_MORE
#else
#define MORE_MODULES
#endif
static const struct module *const all[] = {
    &flow_module,    &place_module,   &org_module,   &notice_module,
    &account_module, &catalog_module, &media_module, &request_module MORE_MODULES};
const struct request_input town_done = {.note = STR_INIT("办好了"), .without_photo = STR_INIT("屋里不便拍照")};
const struct module_list town_modules = {all, sizeof all / sizeof *all};

static const struct module_list *modules_with(const struct module *more)
{
    static const struct module *at[9];
    static struct module_list list;
    memcpy(at, all, sizeof all);
    at[8] = more;
    list = (struct module_list){at, more ? 9 : 8};
    return &list;
}

const struct store_part *town_parts(size_t *ret_count)
{
    static struct store_part parts[sizeof all / sizeof *all + 1];
    parts[0] = job_store_part;
    for (size_t i = 0; i < town_modules.count; i++)
        parts[i + 1] = town_modules.at[i]->store;
    *ret_count = town_modules.count + 1;
    return parts;
}

static const char calendar_text[] =
    "version test.1\nzone +08:00\nhours 09:00-12:00 13:00-17:00\nyear 2025\nyear 2026\n";

// --- people as actors -----------------------------------------------------------------------------------------------
struct find_actor {
    int64_t person_id;
    struct actor actor;
};

static enum err read_actor(struct ctx *c, void *arg)
{
    struct find_actor *find = arg;
    struct person person;
    TRY(person_get(c, find->person_id, &person));
    return account_actor(c, &person, &find->actor);
}

void town_become(struct ctx *c, int64_t person_id)
{
    struct find_actor find = {.person_id = person_id};
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    if (!person_id)
        return;
    expect_ok(c, store_read(c, read_actor, &find));
    c->actor = find.actor;
}

void town_clock(struct town *town, int64_t at_ms)
{
    town->c->now_ms = at_ms;
}

// --- building -------------------------------------------------------------------------------------------------------
static enum err add_place(struct ctx *c, int64_t parent_id, enum place_level level, const char *name, int64_t *ret_id)
{
    struct place place = {.parent_id = parent_id, .level = (int)level, .name = str_of(name), .invented = true};
    TRY(place_create(c, &place));
    *ret_id = place.id;
    return OK;
}

static enum err add_places(struct ctx *c, struct town *t)
{
    struct door door;
    TRY(add_place(c, 0, PLACE_DISTRICT, "测试区", &t->district));
    TRY(add_place(c, t->district, PLACE_SUBDISTRICT, "长征街道", &t->subdistrict));
    TRY(add_place(c, t->subdistrict, PLACE_COMMUNITY, "黄泥坡社区", &t->community));
    TRY(add_place(c, t->community, PLACE_GRID, "第一网格", &t->grid_a));
    TRY(add_place(c, t->community, PLACE_GRID, "第二网格", &t->grid_b));
    TRY(add_place(c, t->grid_a, PLACE_ESTATE, "太阳园小区", &t->estate));
    TRY(add_place(c, t->estate, PLACE_BUILDING, "3栋", &t->building));
    TRY(add_place(c, t->grid_b, PLACE_BUILDING, "8栋", &t->other_building));
    TRY(door_renew(c, t->building, &door));
    t->door = str_copy(c->arena, door.code);
    return OK;
}

static enum err add_worker(struct ctx *c, const char *login, const char *name, int64_t org, int64_t place,
                           enum role role, const char *post_name, int64_t *ret_post, int64_t *ret_person,
                           int64_t *ret_term)
{
    struct new_staff given = {
        .login = str_of(login), .name = str_of(name), .phone = STR("13900000000"), .no_secrets = true};
    struct new_staff_secrets secrets;
    struct person person;
    struct post post = {.org_id = org, .place_id = place, .role = (int)role, .name = str_of(post_name)};
    struct term term;
    TRY(person_create_staff(c, &given, &person, &secrets));
    TRY(post_create(c, &post));
    TRY(term_begin(c, post.id, person.id, &term));
    *ret_post = post.id;
    *ret_person = person.id;
    if (ret_term)
        *ret_term = term.id;
    return OK;
}

static enum err add_people(struct ctx *c, struct town *t)
{
    struct org office = {.level = ORG_COMMUNITY, .name = STR("黄泥坡社区党组织"), .place_id = t->community};
    struct org unit = {.level = ORG_UNIT, .name = STR("供水公司"), .place_id = t->district};
    TRY(org_create(c, &office));
    TRY(org_create(c, &unit));
    t->unit_org = unit.id;
    TRY(add_worker(c, "steward", "陈林", office.id, t->building, ROLE_STEWARD, "3栋楼栋长", &t->steward_post,
                   &t->steward, &t->steward_term));
    TRY(add_worker(c, "grid_a", "王二", office.id, t->grid_a, ROLE_GRID_WORKER, "第一网格员", &t->grid_post,
                   &t->grid_worker, NULL));
    TRY(add_worker(c, "grid_b", "李三", office.id, t->grid_b, ROLE_GRID_WORKER, "第二网格员", &t->grid_b_post,
                   &t->grid_b_worker, NULL));
    TRY(add_worker(c, "community", "赵四", office.id, t->community, ROLE_COMMUNITY, "社区值班", &t->community_post,
                   &t->community_worker, NULL));
    TRY(add_worker(c, "subdistrict", "周六", office.id, t->subdistrict, ROLE_SUBDISTRICT, "街道值班",
                   &t->subdistrict_post, &t->subdistrict_worker, NULL));
    TRY(add_worker(c, "unit", "孙五", unit.id, t->district, ROLE_UNIT, "供水抢修", &t->unit_post, &t->unit_worker,
                   NULL));
    for (size_t i = 0; i < sizeof t->residents / sizeof *t->residents; i++) {
        struct person person;
        struct str phone = str_format(c->arena, "1370000000%zu", i);
        TRY(person_create_resident(c, phone, STR("居民"), t->building, true, &person));
        t->residents[i] = person.id;
    }
    return OK;
}

static enum err add_item(struct ctx *c, const char *code, enum request_kind kind, enum role role, bool checked,
                         bool is_private, int64_t *ret_id)
{
    struct service_item item = {.code = str_of(code),
                                .kind = (int)kind,
                                .name_zh = str_of(code),
                                .name_en = str_of(code),
                                .hint_zh = STR(""),
                                .hint_en = STR(""),
                                .route_role = (int)role,
                                .unit = UNIT_WORK_DAY,
                                .budget = 2,
                                .staff_verifies = checked,
                                .private_always = is_private};
    TRY(service_item_create(c, &item));
    *ret_id = item.id;
    return OK;
}

static enum err add_all(struct ctx *c, void *arg)
{
    struct town *t = arg;
    TRY(add_places(c, t));
    TRY(add_people(c, t));
    TRY(add_item(c, "wish", KIND_WISH, ROLE_STEWARD, false, false, &t->wish));
    TRY(add_item(c, "errand", KIND_ERRAND, ROLE_STEWARD, false, false, &t->errand));
    TRY(add_item(c, "lamp", KIND_REPAIR, ROLE_STEWARD, false, false, &t->lamp));
    TRY(add_item(c, "water", KIND_REPAIR, ROLE_GRID_WORKER, true, false, &t->water));
    return add_item(c, "dispute", KIND_DISPUTE, ROLE_COMMUNITY, true, true, &t->dispute);
}

void town_build(struct town *town, const char *engine)
{
    town_build_with(town, engine, NULL);
}

void town_build_with(struct town *town, const char *engine, const struct module *more)
{
    static struct config config;
    size_t count;
    static struct store_part parts[10];
    const struct store_part *usual = town_parts(&count);
    memcpy(parts, usual, count * sizeof *parts);
    if (more)
        parts[count++] = more->store;
    *town = (struct town){.c = test_ctx(parts, count, engine)};
    struct house *house = test_house(town->c);
    struct calendar *calendar;
    expect_ok(town->c, calendar_parse(town->c, str_of(calendar_text), &calendar));
    char folder[] = "/tmp/linli-request-XXXXXX";
    town->data_dir = strdup(mkdtemp(folder));
    config = (struct config){.data_dir = town->data_dir, .phone = "0851-12345"};
    house->calendar = town->calendar = calendar;
    house->config = &config;
    house->modules = modules_with(more);
    expect_ok(town->c, store_write(town->c, add_all, town));
}

void town_end(struct town *town)
{
    const struct house *house = town->c->house;
    char command[256];
    calendar_free(town->calendar);
    snprintf(command, sizeof command, "rm -rf '%s'", house->config->data_dir);
    if (system(command) != 0)
        print_error("%s failed\n", command);
    free(town->data_dir);
    test_ctx_free(town->c);
}

// --- steps ----------------------------------------------------------------------------------------------------------
static enum err write_file(struct ctx *c, void *arg)
{
    struct request *r = arg, copy = *r; // may run more than once
    TRY(request_file(c, &copy));
    *r = copy;
    return OK;
}

enum err town_file(struct ctx *c, int64_t item_id, int64_t place_id, const char *words, struct request *ret_request)
{
    *ret_request = (struct request){.item_id = item_id,
                                    .place_id = place_id,
                                    .words = str_of(words),
                                    .contact_name = STR("张奶奶"),
                                    .contact_phone = STR("13711112222"),
                                    .reporter_id = c->actor.person_id};
    return store_write(c, write_file, ret_request);
}

struct act {
    int64_t id;
    const char *action;
    const struct request_input *input;
    struct request *request;
};

static enum err write_act(struct ctx *c, void *arg)
{
    const struct act *act = arg;
    return request_act_with(c, act->id, act->action, act->input, act->request);
}

enum err town_act(struct ctx *c, int64_t id, const char *action, const struct request_input *input,
                  struct request *ret_request)
{
    struct act act = {id, action, input, ret_request};
    return store_write(c, write_act, &act);
}

static enum err read_request(struct ctx *c, void *arg)
{
    const struct act *act = arg;
    return request_get(c, act->id, act->request);
}

enum err town_get(struct ctx *c, int64_t id, struct request *ret_request)
{
    struct act act = {id, NULL, NULL, ret_request};
    return store_read(c, read_request, &act);
}

struct story {
    int64_t id;
    struct rows rows;
};

static enum err read_story(struct ctx *c, void *arg)
{
    struct story *story = arg;
    return event_list(c, "request", story->id, 0, 500, &story->rows);
}

struct str town_story(struct ctx *c, int64_t id)
{
    struct story story = {.id = id};
    struct str text = {0};
    expect_ok(c, store_read(c, read_story, &story));
    const struct event *events = story.rows.at;
    for (size_t i = 0; i < story.rows.count; i++) {
        struct str type = events[i].type;
        if (str_starts_with(type, STR("request.")))
            type = (struct str){type.p + 8, type.n - 8};
        text = str_format(c->arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", STR_ARG(type));
    }
    return text;
}

static enum err write_end_term(struct ctx *c, void *arg)
{
    return term_end(c, *(const int64_t *)arg);
}

enum err town_end_term(struct town *town, int64_t term_id)
{
    town_become(town->c, 0);
    return store_write(town->c, write_end_term, &term_id);
}

struct begin {
    int64_t post_id, person_id;
    struct term term;
};

static enum err write_begin_term(struct ctx *c, void *arg)
{
    struct begin *begin = arg;
    return term_begin(c, begin->post_id, begin->person_id, &begin->term);
}

int64_t town_begin_term(struct town *town, int64_t post_id, int64_t person_id)
{
    struct begin begin = {post_id, person_id, {0}};
    town_become(town->c, 0);
    expect_ok(town->c, store_write(town->c, write_begin_term, &begin));
    return begin.term.id;
}

struct colleague {
    const struct town *town;
    int number;
    int64_t post_id, person_id;
};

static enum err write_colleague(struct ctx *c, void *arg)
{
    struct colleague *one = arg;
    const char *login = str_z(c->arena, str_format(c->arena, "unit_%d", one->number));
    return add_worker(c, login, "周六", one->town->unit_org, one->town->district, ROLE_UNIT, login, &one->post_id,
                      &one->person_id, NULL);
}

int64_t town_add_unit_worker(struct town *town, int number)
{
    struct colleague one = {town, number, 0, 0};
    town_become(town->c, 0);
    expect_ok(town->c, store_write(town->c, write_colleague, &one));
    return one.person_id;
}

static enum err write_team(struct ctx *c, void *arg)
{
    struct town *t = arg;
    struct org team = {.level = ORG_TEAM,
                       .name = STR("邻里代办队"),
                       .place_id = t->community,
                       .runs = true,
                       .duty_hours = STR("周一至周五")};
    int64_t post_id;
    TRY(org_create(c, &team));
    t->team_org = team.id;
    TRY(add_worker(c, "team_0", "郑七", team.id, t->community, ROLE_UNIT, "代办一组", &post_id, &t->team[0], NULL));
    return add_worker(c, "team_1", "钱八", team.id, t->community, ROLE_UNIT, "代办二组", &post_id, &t->team[1], NULL);
}

void town_add_team(struct town *town)
{
    town_become(town->c, 0);
    expect_ok(town->c, store_write(town->c, write_team, town));
}

void town_run_jobs(struct ctx *c)
{
    town_become(c, 0);
    for (const struct job *job = request_jobs; job->name; job++)
        expect_ok(c, job->run(c));
}

void town_expect_story(struct ctx *c, int64_t id, const char *wanted)
{
    struct str story = town_story(c, id);
    if (!str_equal_z(story, wanted))
        fail_msg("story: %.*s", STR_ARG(story));
}

// --- two at once ---------------------------------------------------------------------------------------------------
static void *run_side(void *arg)
{
    struct town_side *side = arg;
    pthread_barrier_wait(side->start);
    side->result = side->run(side);
    return NULL;
}

void town_race(struct town *t, struct town_side *left, struct town_side *right)
{
    struct town_side *sides[] = {left, right};
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, 2);
    for (size_t i = 0; i < 2; i++) {
        sides[i]->c = test_ctx_more(t->c);
        sides[i]->c->now_ms = t->c->now_ms;
        town_become(sides[i]->c, sides[i]->who);
        sides[i]->start = &start;
    }
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&sides[i]->thread, NULL, run_side, sides[i]), 0);
    for (size_t i = 0; i < 2; i++) {
        pthread_join(sides[i]->thread, NULL);
        test_ctx_done(sides[i]->c);
    }
    pthread_barrier_destroy(&start);
}
