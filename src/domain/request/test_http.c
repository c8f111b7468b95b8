// SPDX-License-Identifier: MulanPSL-2.0
// Lists, wall, desk, export, contact and pictures, through the handlers of the routes, on both engines.
#include "base/clock.h"
#include "base/config.h"
#include "base/id.h"
#include "domain/request/test_request_util.h"

#include <gd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct request_input note = {.note = STR_INIT("说明")};

// --- calling a route ------------------------------------------------------------------------------------------------
struct answer {
    enum err err;
    int status;
    struct str body;
    const struct json *json; // NULL when it is none
};

static const struct route *find_route(const struct route *routes, const char *method, const char *path)
{
    for (; routes->method; routes++)
        if (strcmp(routes->method, method) == 0 && strcmp(routes->path, path) == 0)
            return routes;
    fail_msg("no route %s %s", method, path);
    return NULL;
}

// path as in the table; "{…}" parts are filled from id and action.
static struct answer call(struct ctx *c, const struct route *routes, const char *method, const char *path, int64_t id,
                          const char *last, const char *query, struct str body)
{
    struct http_request rq;
    struct http_response rs;
    struct answer answer = {0};
    const struct route *route = find_route(routes, method, path);
    const char *target = str_z(c->arena, str_format(c->arena, "%s%s", path, query));
    const char *type = routes == request_routes ? "Content-Type: application/json\r\n" : "";
    ctx_clear_error(c);
    expect_ok(c, http_for_test(c, method, target, type, body, &rq, &rs));
    http_set_param_for_test(c, &rq, "id", id_text(c->arena, id));
    http_set_param_for_test(c, &rq, strstr(path, "{code}") ? "code" : "action", str_of(last));
    answer.err = route->handle(c, &rq, &rs);
    answer.status = rs.status;
    answer.body = str_copy(c->arena, buf_str(&rs.body));
    if (answer.err == OK && answer.body.n && answer.body.p[0] == '{')
        expect_ok(c, json_parse(c, answer.body, &answer.json));
    buf_free(&rs.body);
    return answer;
}

static struct answer get(struct ctx *c, const char *path, const char *query)
{
    return call(c, request_routes, "GET", path, 1, "", query, (struct str){0});
}

static const struct json *items(struct answer answer)
{
    assert_int_equal(answer.err, OK);
    return json_get(answer.json, "items");
}

static int64_t id_of(const struct json *object)
{
    int64_t id = 0;
    assert_true(id_parse(json_str(json_get(object, "id")), &id));
    return id;
}

static bool holds(struct str text, const char *needle)
{
    return str_find(text, str_of(needle), 0) != (size_t)-1;
}

// Follows next to the end; every id once, newest first. Returns how many.
static size_t count_all(struct ctx *c, const char *path, const char *query)
{
    char more[64] = "";
    int64_t last = INT64_MAX;
    size_t count = 0;
    for (int pages = 0; pages < 200; pages++) {
        struct answer answer = get(c, path, str_z(c->arena, str_format(c->arena, "%s%s", query, more)));
        const struct json *list = items(answer);
        for (size_t i = 0; i < json_count(list); i++) {
            int64_t id = id_of(json_at(list, i));
            assert_true(id < last);
            last = id;
            count++;
        }
        struct str next = json_str(json_get(answer.json, "next"));
        if (!next.n)
            return count;
        snprintf(more, sizeof more, "&before=%.*s", STR_ARG(next));
    }
    fail_msg("%s%s never ends", path, query);
    return 0;
}

// --- lists
// --------------------------------------------------------------------------------------------------------------- 60 in
// the first grid by three residents, every third about a lamp; 5 in the second grid.
static void fill(struct town *t)
{
    struct request r;
    for (int i = 0; i < 65; i++) {
        town_become(t->c, t->residents[i % 3]);
        bool other = i % 13 == 12;
        expect_ok(t->c, town_file(t->c, i % 3 ? t->water : t->lamp, other ? t->other_building : t->building,
                                  i % 10 == 0 ? "下水道堵塞了" : "水管漏水", &r));
    }
}

static void test_lists(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        fill(&t);
        const char *list = "/api/v1/requests";
        town_become(c, t.community_worker);
        assert_int_equal(count_all(c, list, "?limit=7"), 65);
        assert_int_equal(count_all(c, list, "?limit=100&open=1"), 65);
        assert_int_equal(count_all(c, list, "?limit=3&kind=repair&state=dispatched"), 65);
        assert_int_equal(count_all(c, list, "?limit=3&kind=wish"), 0);
        assert_int_equal(count_all(c, list, "?limit=2&q=%E5%A0%B5%E5%A1%9E"), 7); // 堵塞
        assert_int_equal(count_all(c, list, "?limit=2&q=%E7%9F%B3%E5%A4%B4"), 0); // 石头
        struct str item = id_text(c->arena, t.lamp);
        assert_int_equal(count_all(c, list, str_z(c->arena, str_format(c->arena, "?limit=5&item=%.*s", STR_ARG(item)))),
                         22);
        struct str grid = id_text(c->arena, t.grid_b);
        const char *in_b = str_z(c->arena, str_format(c->arena, "?limit=2&place=%.*s", STR_ARG(grid)));
        assert_int_equal(count_all(c, list, in_b), 5);
        town_become(c, t.grid_b_worker);
        assert_int_equal(count_all(c, list, "?limit=3"), 5);
        assert_int_equal(count_all(c, list, "?limit=3&q=%E6%B0%B4%E7%AE%A1"), 5); // 水管, of 65 only its own
        struct str theirs = id_text(c->arena, t.grid_a);
        const char *in_a = str_z(c->arena, str_format(c->arena, "?place=%.*s", STR_ARG(theirs)));
        assert_int_equal(get(c, list, in_a).err, ERR_NOT_FOUND);
        town_become(c, t.steward);
        assert_int_equal(count_all(c, list, "?limit=9"), 60);
        town_become(c, t.residents[0]);
        assert_int_equal(count_all(c, list, "?mine=1&limit=4"), 22);
        assert_int_equal(count_all(c, list, "?limit=4"), 22); // a resident's list is always its own
        assert_int_equal(get(c, list, "?state=nonsense").err, ERR_INVALID);
        assert_int_equal(get(c, list, "?limit=101").err, ERR_INVALID);
        assert_int_equal(get(c, list, "?from=yesterday").err, ERR_INVALID);
    }
}

static void test_worklist_and_desk(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        fill(&t);
        town_become(c, t.steward);
        struct answer work = get(c, "/api/v1/worklist", "");
        size_t lamps = json_count(items(work));
        assert_int_equal(lamps, 20); // the lamps of its building
        assert_int_equal(json_int(json_get(json_get(work.json, "counts"), "to_sign")), 20);
        int64_t last_due = 0;
        for (size_t i = 0; i < lamps; i++) {
            int64_t due;
            assert_true(time_parse(json_str(json_get(json_at(items(work), i), "due_at")), &due));
            assert_true(due >= last_due);
            last_due = due;
        }
        int64_t id = id_of(json_at(items(work), 0));
        expect_ok(c, town_act(c, id, "sign", NULL, NULL));
        expect_ok(c, town_act(c, id, "finish", &town_done, &r));
        assert_int_equal(json_count(items(get(c, "/api/v1/worklist", ""))), 19);
        town_become(c, r.reporter_id);
        expect_ok(c, town_act(c, id, "deny", &note, NULL));
        town_become(c, t.community_worker);
        town_clock(&t, c->now_ms + 2 * DAY_MS);
        struct answer desk = get(c, "/api/v1/desk", "");
        const char *list = "/api/v1/requests";
        assert_int_equal(json_int(json_get(desk.json, "open")), 65);
        assert_int_equal(json_int(json_get(desk.json, "overdue")), count_all(c, list, "?limit=50&overdue=1"));
        assert_int_equal(json_int(json_get(desk.json, "overdue")), 65);
        assert_int_equal(json_int(json_get(desk.json, "unsatisfied")), 1);
        assert_int_equal(count_all(c, list, "?unsatisfied=1"), 1);
        assert_int_equal(json_int(json_get(desk.json, "to_verify")), 0);
    }
}

// --- the wall -------------------------------------------------------------------------------------------------------
static void test_wall(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        const char *door = str_z(c->arena, str_format(c->arena, "?door=%.*s", STR_ARG(t.door)));
        for (int i = 0; i < 2; i++) {
            town_become(c, t.residents[i]);
            expect_ok(c, town_file(c, t.lamp, t.building, "独特的话语", &r));
        }
        c->actor = (struct actor){.kind = ACTOR_NOBODY};
        assert_int_equal(json_count(items(get(c, "/api/v1/wall", door))), 0); // two people: one could guess
        town_become(c, t.residents[2]);
        expect_ok(c, town_file(c, t.dispute, t.building, "家里的事", &r)); // private: does not count either
        assert_int_equal(json_count(items(get(c, "/api/v1/wall", door))), 0);
        expect_ok(c, town_file(c, t.lamp, t.building, "独特的话语", &r));
        c->actor = (struct actor){.kind = ACTOR_NOBODY};
        struct answer wall = get(c, "/api/v1/wall", door);
        assert_int_equal(json_count(items(wall)), 3);
        assert_true(holds(wall.body, "太阳园小区"));
        const char *const secrets[] = {"独特", "家里", "3栋", "dispute", "张奶奶", "137", "居民"};
        for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
            if (holds(wall.body, secrets[i]))
                fail_msg("the wall tells %s", secrets[i]);
        town_become(c, t.residents[3]); // the only one who asks in the other grid's building
        expect_ok(c, town_file(c, t.water, t.other_building, "水", &r));
        struct answer summary = get(c, "/api/v1/wall/summary", door);
        assert_int_equal(json_int(json_get(summary.json, "open")), 4);
        assert_int_equal(json_kind(json_get(summary.json, "on_time_30d")), JSON_NULL);
        town_become(c, t.steward);
        int64_t id = id_of(json_at(items(wall), 0));
        expect_ok(c, town_act(c, id, "sign", NULL, NULL));
        town_clock(&t, c->now_ms + 6 * HOUR_MS);
        expect_ok(c, town_act(c, id, "finish", &town_done, &r));
        town_become(c, r.reporter_id);
        expect_ok(c, town_act(c, id, "confirm", NULL, NULL));
        summary = get(c, "/api/v1/wall/summary", door);
        assert_int_equal(json_int(json_get(summary.json, "done_30d")), 1);
        assert_true(json_number(json_get(summary.json, "on_time_30d")) > 0.99);
        assert_true(json_number(json_get(summary.json, "median_hours_30d")) > 5.9 &&
                    json_number(json_get(summary.json, "median_hours_30d")) < 6.1);
        assert_int_equal(get(c, "/api/v1/wall", "?door=NOSUCHDOOR").err, ERR_NOT_FOUND);
        assert_int_equal(get(c, "/api/v1/wall", "").err, ERR_INVALID);
        struct answer page =
            call(c, request_routes, "GET", "/api/v1/doors/{code}", 1, str_z(c->arena, t.door), "", (struct str){0});
        assert_int_equal(page.err, OK);
        assert_true(json_bool(json_get(page.json, "steward_present")));
        assert_int_equal(json_count(json_get(page.json, "items")), 5);
        assert_int_equal(json_int(json_get(page.json, "done_count")), 1);
    }
}

// --- filing, reading, contact ---------------------------------------------------------------------------------------
static struct str new_body(struct ctx *c, const struct town *t, int64_t item, const char *more)
{
    return str_format(c->arena, "{\"item\":\"%.*s\",\"door\":\"%.*s\"%s}", STR_ARG(id_text(c->arena, item)),
                      STR_ARG(t->door), more);
}

static struct answer post(struct ctx *c, struct str body)
{
    return call(c, request_routes, "POST", "/api/v1/requests", 1, "", "", body);
}

static void test_filing(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        town_become(c, t.residents[0]);
        struct answer filed =
            post(c, new_body(c, &t, t.lamp, ",\"words\":\"三楼灯坏\\n请来看\",\"door_number\":\"2单元301\""));
        assert_int_equal(filed.err, OK);
        assert_int_equal(filed.status, 201);
        assert_true(str_equal_z(json_str(json_get(filed.json, "state")), "dispatched"));
        assert_true(str_equal_z(json_str(json_get(filed.json, "relation")), "reporter"));
        assert_true(str_equal_z(json_str(json_get(filed.json, "contact_phone")), "137****0000")); // own, and masked
        assert_false(holds(filed.body, "13700000000"));
        assert_int_equal(json_count(json_get(filed.json, "timeline")), 3);
        assert_true(json_number(json_get(json_get(filed.json, "deadline"), "budget")) == 2);
        int64_t id = id_of(filed.json);
        const char *const bad[] = {"",
                                   ",\"words\":\"\"",
                                   ",\"words\":7",
                                   ",\"words\":\"x\",\"extra\":1",
                                   ",\"words\":\"x\",\"media\":[\"06YT8W7JR0002M\"]",
                                   ",\"words\":\"x\",\"media\":\"y\"",
                                   ",\"words\":\"x\",\"source\":\"phone\""};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            struct answer answer = post(c, new_body(c, &t, t.lamp, bad[i]));
            if (answer.err != ERR_INVALID && answer.err != ERR_FORBIDDEN)
                fail_msg("taken: %s", bad[i]);
        }
        assert_int_equal(count_all(c, "/api/v1/requests", "?mine=1"), 1); // nothing of the bad ones was kept
        const char *path = "/api/v1/requests/{id}";
        town_become(c, t.grid_b_worker);
        assert_int_equal(call(c, request_routes, "GET", path, id, "", "", (struct str){0}).err, ERR_NOT_FOUND);
        const char *contact = "/api/v1/requests/{id}/contact";
        struct str reason = STR("{\"reason\":\"上门前打电话\"}");
        assert_int_equal(call(c, request_routes, "POST", contact, id, "", "", reason).err, ERR_NOT_FOUND);
        town_become(c, t.steward);
        assert_int_equal(call(c, request_routes, "POST", contact, id, "", "", STR("{}")).err, ERR_INVALID);
        struct answer clear = call(c, request_routes, "POST", contact, id, "", "", reason);
        assert_int_equal(clear.err, OK);
        assert_true(str_equal_z(json_str(json_get(clear.json, "contact_phone")), "13700000000"));
        assert_true(str_equal_z(json_str(json_get(clear.json, "door_number")), "2单元301"));
        struct str story = town_story(c, id);
        assert_true(holds(story, "personal.read"));
        struct answer seen = call(c, request_routes, "GET", path, id, "", "", (struct str){0});
        assert_true(str_equal_z(json_str(json_get(seen.json, "relation")), "handler"));
        assert_false(holds(seen.body, "13700000000"));
        struct answer signed_for =
            call(c, request_routes, "POST", "/api/v1/requests/{id}/actions/{action}", id, "sign", "", (struct str){0});
        assert_int_equal(signed_for.err, OK);
        town_become(c, t.grid_worker); // a dispatcher over the place writes down what a caller says
        struct answer phoned =
            post(c, new_body(c, &t, t.lamp, ",\"words\":\"x\",\"source\":\"phone\",\"contact_phone\":\"13911112222\""));
        assert_int_equal(phoned.err, OK);
        assert_true(str_equal_z(json_str(json_get(phoned.json, "source")), "phone"));
    }
}

static void test_a_number_to_ring_is_one(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        town_become(c, t.grid_worker);
        static const char *const bad[] = {"abc", "1", "12345", "0851-28"};
        for (size_t i = 0; i < 4; i++)
            for (int source = 0; source < 2; source++) {
                const char *members = source ? ",\"source\":\"phone\"" : "";
                struct str more = str_format(c->arena, ",\"words\":\"x\"%s,\"contact_phone\":\"%s\"", members, bad[i]);
                struct answer refused = post(c, new_body(c, &t, t.lamp, str_z(c->arena, more)));
                assert_int_equal(refused.err, ERR_INVALID);
                assert_true(str_equal_z(c->error.field, "contact_phone"));
                ctx_clear_error(c);
            }
        expect_ok(c, post(c, new_body(c, &t, t.lamp,
                                      ",\"words\":\"x\",\"source\":\"phone\",\"contact_phone\":"
                                      "\"（0851）28222222转801\""))
                         .err);
    }
}

// --- export ---------------------------------------------------------------------------------------------------------
static enum err count_exports(struct ctx *c, void *arg)
{
    struct event_filter filter = {.type = STR("export.made"), .subject_kind = STR("")};
    return event_search(c, &filter, 10, arg);
}

static void test_csv(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        fill(&t);
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "=HYPERLINK(\"http://x\"), \"引号\"", &r));
        town_become(c, t.community_worker);
        struct answer csv = get(c, "/api/v1/requests.csv", "");
        assert_int_equal(csv.err, OK);
        size_t lines = 0;
        for (size_t i = 0; i < csv.body.n; i++)
            lines += csv.body.p[i] == '\n';
        assert_int_equal(lines, 67);
        assert_true(holds(csv.body, "\"'=HYPERLINK(\"\"http://x\"\"), \"\"引号\"\"\""));
        assert_false(holds(csv.body, "13711112222"));
        struct rows exports;
        expect_ok(c, store_read(c, count_exports, &exports));
        assert_int_equal(exports.count, 1);
        assert_true(((const struct event *)exports.at)->actor_id == t.community_worker);
    }
}

// --- pictures -------------------------------------------------------------------------------------------------------
static enum err keep(struct ctx *c, void *arg)
{
    return media_keep(c, arg);
}

static struct media send_picture(struct town *t)
{
    gdImagePtr image = gdImageCreateTrueColor(20, 10);
    int n;
    void *p = gdImagePngPtr(image, &n);
    struct media media;
    expect_ok(t->c, media_receive(t->c, (struct str){p, (size_t)n}, &media));
    gdFree(p);
    gdImageDestroy(image);
    media.purpose = STR("report");
    expect_ok(t->c, store_write(t->c, keep, &media));
    return media;
}

static enum err get_picture(struct ctx *c, int64_t id)
{
    return call(c, media_module.routes, "GET", "/api/v1/media/{id}", id, "", "", (struct str){0}).err;
}

static void test_pictures(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        town_become(c, t.residents[0]);
        struct media media = send_picture(&t), lost = send_picture(&t);
        assert_int_equal(get_picture(c, media.id), OK);
        town_become(c, t.steward);
        assert_int_equal(get_picture(c, media.id), ERR_NOT_FOUND); // belongs to nothing yet
        struct str with =
            str_format(c->arena, ",\"words\":\"\",\"media\":[\"%.*s\"]", STR_ARG(id_text(c->arena, media.id)));
        assert_int_equal(post(c, new_body(c, &t, t.lamp, str_z(c->arena, with))).err, ERR_INVALID); // not the steward's
        town_become(c, t.residents[0]);
        assert_int_equal(post(c, new_body(c, &t, t.lamp, str_z(c->arena, with))).err, ERR_INVALID); // no word, no voice
        with = str_format(c->arena, ",\"words\":\"灯\",\"media\":[\"%.*s\"]", STR_ARG(id_text(c->arena, media.id)));
        struct answer filed = post(c, new_body(c, &t, t.lamp, str_z(c->arena, with)));
        assert_int_equal(filed.err, OK);
        assert_int_equal(json_count(json_get(filed.json, "media")), 1);
        assert_int_equal(json_count(json_get(json_at(json_get(filed.json, "timeline"), 0), "media")), 1);
        const int64_t may[] = {t.residents[0], t.steward, t.grid_worker, t.community_worker};
        const int64_t may_not[] = {t.residents[1], t.grid_b_worker, t.unit_worker};
        for (size_t i = 0; i < 4; i++) {
            town_become(c, may[i]);
            assert_int_equal(get_picture(c, media.id), OK);
        }
        for (size_t i = 0; i < 3; i++) {
            town_become(c, may_not[i]);
            assert_int_equal(get_picture(c, media.id), ERR_NOT_FOUND);
        }
        town_become(c, 0);
        town_clock(&t, c->now_ms + DAY_MS + 1);
        expect_ok(c, media_module.jobs[0].run(c));
        town_become(c, t.residents[0]);
        assert_int_equal(get_picture(c, media.id), OK);
        assert_int_equal(get_picture(c, lost.id), ERR_NOT_FOUND); // a day, and nothing it belongs to
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_worklist_and_desk),
        cmocka_unit_test(test_wall),
        cmocka_unit_test(test_filing),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_a_number_to_ring_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
