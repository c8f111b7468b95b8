// SPDX-License-Identifier: MulanPSL-2.0
// The whole seed, killed in the middle and taken up again, and becoming its people.
#include "base/calendar.h"
#include "base/config.h"
#include "base/log.h"
#include "domain/catalog/catalog.h"
#include "domain/demo/demo_internal.h"
#include "domain/media/media.h"
#include "domain/notice/notice.h"
#include "domain/open311/open311.h"
#include "domain/round/round.h"
#include "flow/seal_log.h"
#include "store/test_store_util.h"
#include "json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

static const struct module *const module_array[] = {&flow_module,    &place_module,   &org_module,   &notice_module,
                                                    &account_module, &catalog_module, &media_module, &request_module,
                                                    &round_module,   &open311_module, &demo_module};
#define MODULES (sizeof module_array / sizeof *module_array)
static const struct module_list list = {module_array, MODULES};
static struct config config = {.demo = true, .district = "520302", .sms_gateway = "log"};

static struct arena *data_arena; // of the test in hand

static struct str read_data(struct ctx *c, const char *name)
{
    const char *path = str_z(c->arena, str_format(c->arena, "%s/%s", TEST_DATA, name));
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    char *text = arena_alloc(data_arena, 1 << 20);
    size_t n = fread(text, 1, 1 << 20, in);
    fclose(in);
    return (struct str){text, n};
}

static struct ctx *open_test(const char *engine)
{
    struct store_part parts[MODULES];
    static struct static_file files[2];
    for (size_t i = 0; i < MODULES; i++)
        parts[i] = module_array[i]->store;
    log_set_level(LOG_WARN);
    data_arena = arena_new(8 << 20);
    struct ctx *c = test_ctx(parts, MODULES, engine);
    struct house *house = test_house(c);
    struct calendar *calendar;
    files[0] = (struct static_file){.path = "/data/catalog.tsv", .plain = read_data(c, "catalog.tsv")};
    files[1] = (struct static_file){.path = "/data/divisions.tsv", .plain = read_data(c, "divisions.tsv")};
    *house = (struct house){.clock = house->clock,
                            .ids = house->ids,
                            .keys = house->keys,
                            .store = house->store,
                            .modules = &list,
                            .config = &config,
                            .files = files,
                            .file_count = 2};
    expect_ok(c, calendar_parse(c, read_data(c, "calendar.txt"), &calendar));
    house->calendar = calendar;
    for (size_t i = 0; i < MODULES; i++)
        if (module_array[i]->start)
            expect_ok(c, module_array[i]->start(c));
    return c;
}

static void close_test(struct ctx *c)
{
    calendar_free((struct calendar *)(uintptr_t)c->house->calendar);
    test_ctx_free(c);
    arena_free(data_arena);
}

static void count_step(const char *what, int64_t done, int64_t total, void *arg)
{
    (void)what;
    assert_true(done <= total);
    ++*(int64_t *)arg;
}

struct counted {
    int64_t grids, buildings, stewards, held, vacant, communities, teams, stations;
};

static enum err count_level(struct ctx *c, enum place_level level, int64_t *ret_count)
{
    struct rows rows;
    int64_t after_id = 0;
    *ret_count = 0;
    do {
        TRY(place_of_level(c, level, after_id, 500, &rows));
        *ret_count += (int64_t)rows.count;
        if (rows.count)
            after_id = ((const struct place *)rows.at)[rows.count - 1].id;
    } while (rows.count == 500);
    return OK;
}

// Teams with somebody on a post.
static enum err count_teams(struct ctx *c, int64_t *ret_count)
{
    struct post_filter filter = {.role = ROLE_UNIT};
    struct rows rows;
    int64_t before = 0;
    *ret_count = 0;
    TRY(post_list(c, &filter, 500, &rows));
    const struct post *posts = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        struct org org;
        TRY(org_get(c, posts[i].org_id, &org));
        *ret_count += org.level == ORG_TEAM && org.id != before; // its posts were made one after the other
        before = org.id;
    }
    return OK;
}

static enum err count_all(struct ctx *c, void *arg)
{
    struct counted *n = arg;
    struct rows rows;
    struct place root;
    TRY(count_level(c, PLACE_GRID, &n->grids));
    TRY(count_level(c, PLACE_BUILDING, &n->buildings));
    TRY(count_level(c, PLACE_COMMUNITY, &n->communities));
    struct post_filter filter = {.role = ROLE_STEWARD};
    do {
        TRY(post_list(c, &filter, 500, &rows));
        n->stewards += (int64_t)rows.count;
        for (size_t i = 0; i < rows.count; i++) {
            int64_t holder;
            TRY(post_holder_at(c, ((const struct post *)rows.at)[i].id, c->now_ms, &holder));
            n->held += holder != 0;
        }
        if (rows.count)
            filter.after_id = ((const struct post *)rows.at)[rows.count - 1].id;
    } while (rows.count == 500);
    TRY(place_root(c, &root));
    TRY(count_teams(c, &n->teams));
    const struct event_filter stations = {.type = STR("station.created")};
    TRY(event_search(c, &stations, 200, &rows));
    n->stations = (int64_t)rows.count;
    return org_count_vacant(c, root.id, &n->vacant);
}

static enum err check_tour(struct ctx *c, void *arg)
{
    (void)arg;
    struct door door;
    struct demo_person steward, grid_worker, community, subdistrict, property;
    struct post_holder holder;
    struct str name;
    TRY(door_find(c, STR(DEMO_DOOR_CODE), &door));
    TRY(place_full_name(c, door.place_id, PLACE_SUBDISTRICT, &name));
    assert_true(str_equal_z(name, "长征街道 · 黄泥坡社区 · 第1网格 · 太阳园小区 · 3栋"));
    TRY(demo_person_find(c, STR("steward"), &steward));
    TRY(demo_person_find(c, STR("grid_worker"), &grid_worker));
    TRY(demo_person_find(c, STR("community_worker"), &community));
    TRY(demo_person_find(c, STR("subdistrict_staff"), &subdistrict));
    TRY(demo_person_find(c, STR("unit_property"), &property));
    TRY(org_responsible(c, door.place_id, ROLE_STEWARD, c->now_ms, &holder));
    assert_true(holder.person_id == steward.person_id);
    TRY(org_responsible(c, door.place_id, ROLE_GRID_WORKER, c->now_ms, &holder));
    assert_true(holder.person_id == grid_worker.person_id);
    TRY(org_responsible(c, door.place_id, ROLE_COMMUNITY, c->now_ms, &holder));
    assert_true(holder.person_id == community.person_id);
    TRY(org_responsible(c, door.place_id, ROLE_SUBDISTRICT, c->now_ms - 30 * DAY_MS, &holder));
    assert_true(holder.person_id == subdistrict.person_id);
    return OK;
}

static enum err each_request(struct ctx *c, int64_t states[], int64_t *ret_overdue)
{
    struct rows events;
    struct event_filter filter = {.type = STR("request.reported")};
    TRY(event_search(c, &filter, 200, &events));
    assert_true(events.count > DEMO_REQUESTS && events.count < DEMO_REQUESTS + 20); // and what rounds found
    for (size_t i = 0; i < events.count; i++) {
        struct request request;
        TRY(request_get(c, ((const struct event *)events.at)[i].subject_id, &request));
        states[request.state]++;
        *ret_overdue += request.open && request.due_at_ms < c->now_ms;
        assert_true(request.reported_at_ms < c->now_ms && request.reported_at_ms > c->now_ms - 32 * DAY_MS);
    }
    return OK;
}

// Three weeks of rounds: most walked whole, some not, something found.
static enum err check_rounds(struct ctx *c, void *arg)
{
    struct place root;
    struct round_counts counts;
    int64_t today = calendar_day(c->house->calendar, c->now_ms);
    (void)arg;
    TRY(place_root(c, &root));
    TRY(round_counts(c, root.id, today - DEMO_ROUND_DAYS, today - 1, &counts));
    assert_int_equal(counts.planned, 6 * DEMO_ROUND_DAYS);
    assert_true(counts.done > 5 * DEMO_ROUND_DAYS && counts.missed > 0 && counts.incomplete > 0);
    assert_true(counts.findings > 0 && counts.visits > 0 && counts.meals > 0);
    assert_int_equal(counts.done + counts.missed + counts.incomplete, counts.planned);
    return OK;
}

static enum err check_requests(struct ctx *c, void *arg)
{
    (void)arg;
    int64_t states[REQUEST_STATE_COUNT] = {0}, overdue = 0;
    TRY(each_request(c, states, &overdue));
    assert_true(states[REQUEST_EVALUATED] > 50);
    assert_true(states[REQUEST_CLOSED] > 5);
    assert_true(states[REQUEST_CALLBACK] >= 1);
    assert_true(states[REQUEST_IN_PROGRESS] >= 3);
    assert_true(states[REQUEST_DISPATCHED] >= 1);
    assert_true(states[REQUEST_UNCLAIMED] >= 1 && states[REQUEST_CONFIRMED] >= 3);
    assert_true(overdue >= 3);
    return OK;
}

static enum err become(struct ctx *c, const char *key, struct http_response *ret_rs)
{
    struct http_request rq;
    struct str body = str_format(c->arena, "{\"key\":\"%s\"}", key);
    TRY(http_for_test(c, "POST", "/api/v1/demo/become", NULL, body, &rq, ret_rs));
    return demo_routes[1].handle(c, &rq, ret_rs);
}

static void check_becoming(struct ctx *c)
{
    struct http_response rs;
    struct http_request rq;
    const struct json *answer;
    for (const struct demo_role *role = demo_roles; role->key; role++) {
        expect_ok(c, become(c, role->key, &rs));
        expect_ok(c, json_parse(c, str_copy(c->arena, buf_str(&rs.body)), &answer));
        buf_free(&rs.body);
        assert_true(json_str(json_get(answer, "token")).n > 40);
        const struct json *roles = json_get(json_get(answer, "me"), "roles");
        bool has_role = false;
        for (size_t i = 0; i < json_count(roles); i++)
            has_role |= str_equal_z(json_str(json_at(roles, i)), role_names[role->role]);
        assert_true(has_role);
    }
    expect_err(c, become(c, "asker_5", &rs), ERR_NOT_FOUND, "demo.no_such_person");
    buf_free(&rs.body);
    expect_ok(c, http_for_test(c, "GET", "/api/v1/demo/people", NULL, STR(""), &rq, &rs));
    expect_ok(c, demo_routes[0].handle(c, &rq, &rs));
    expect_ok(c, json_parse(c, str_copy(c->arena, buf_str(&rs.body)), &answer));
    assert_int_equal(json_count(json_get(answer, "items")), 17);
    buf_free(&rs.body);
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
}

// Stops the seed at its 60th step, as a kill between two writes would.
struct killed {
    int64_t left;
    jmp_buf out;
};

static void kill_at(const char *what, int64_t done, int64_t total, void *arg)
{
    (void)what;
    (void)done;
    (void)total;
    struct killed *killed = arg;
    if (--killed->left == 0)
        longjmp(killed->out, 1);
}

static void the_seed_is_whole(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct killed killed = {.left = 60};
        if (setjmp(killed.out) == 0)
            demo_seed(c, kill_at, &killed);
        assert_int_equal(killed.left, 0);
        int64_t steps = 0, again = 0;
        struct counted n = {0};
        int64_t begun_ns = clock_monotonic_ns();
        expect_ok(c, demo_seed(c, count_step, &steps));
        fprintf(stderr, "%s: %lld steps in %lld ms\n", *engine, (long long)steps,
                (long long)((clock_monotonic_ns() - begun_ns) / 1000000));
        assert_int_equal(steps, 1 + 23 + 100 + 1 + 12 + 1 + 1 + 1 + DEMO_ROUND_DAYS - 60);
        expect_ok(c, demo_seed(c, count_step, &again));
        assert_int_equal(again, 0);
        expect_ok(c, store_read(c, count_all, &n));
        assert_int_equal(n.communities, 196);
        assert_int_equal(n.grids, DEMO_GRIDS);
        assert_int_equal(n.buildings, DEMO_BUILDINGS);
        assert_int_equal(n.stewards, DEMO_BUILDINGS);
        assert_true(n.vacant >= 5 && n.vacant <= 15); // a handful, on purpose
        assert_true(n.held >= 800 && n.held < DEMO_BUILDINGS);
        assert_int_equal(n.teams, DEMO_TEAMS);
        assert_true(n.stations >= 150);
        expect_ok(c, store_read(c, check_tour, NULL));
        expect_ok(c, store_read(c, check_requests, NULL));
        expect_ok(c, store_read(c, check_rounds, NULL));
        check_becoming(c);
        struct verify_report report = {0};
        expect_ok(c, verify_store(c, NULL, NULL, &report));
        assert_int_equal(report.fault.n, 0);
        close_test(c);
    }
}

static void other_stores_are_left_alone(void **state)
{
    (void)state;
    struct ctx *c = open_test("sqlite");
    int64_t steps = 0;
    config.empty = true;
    expect_ok(c, demo_seed(c, count_step, &steps));
    config.empty = false;
    config.demo = false;
    expect_ok(c, demo_seed(c, count_step, &steps));
    config.demo = true;
    assert_int_equal(steps, 0);
    close_test(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_is_whole),
        cmocka_unit_test(other_stores_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
