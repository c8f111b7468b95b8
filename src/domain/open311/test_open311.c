// SPDX-License-Identifier: MulanPSL-2.0
// What is sent and what is answered, without a server; the whole of it is tested from outside
// (tests/api/open311.test.ts).
#include "domain/open311/open311_internal.h"
#include "job/job.h"
#include "store/test_store_util.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
// after the four
#include <cmocka.h>
#undef fail
#undef fail_msg

static struct ctx bare(void)
{
    static const struct house house = {0};
    return (struct ctx){.arena = arena_new(64u << 20), .house = &house, .tenant_id = 1, .lang = "en"};
}

static void attribute_names(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"attribute[URG]", "URG"},
        {"attribute[URG][]", "URG"},
        {"attribute[a.b-c][0]", "a.b-c"},
        {"attribute[URG][][]", "URG"},
        {"attribute[水]", "水"},
        {"attribute[]", NULL},
        {"attribute", NULL},
        {"attribute[URG", NULL},
        {"attribute]URG[", NULL},
        {"attributes[URG]", NULL},
        {"[URG]", NULL},
        {"attribute[URG]x", NULL},
        {"attribute[URG][", NULL},
        {"attribute[URG]x[]", NULL},
        {"attribute[[URG]]", NULL},
        {"attribute[URG][][x", NULL},
        {"", NULL},
        {"Attribute[URG]", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str code;
        bool found = open311_attribute_name(str_of(cases[i][0]), &code);
        assert_int_equal(found, cases[i][1] != NULL);
        if (found)
            assert_true(str_equal_z(code, cases[i][1]));
    }
}

static void times(void **state)
{
    (void)state;
    struct ctx c = bare();
    static const struct {
        const char *text;
        int64_t at_ms; // -1: refused
    } cases[] = {
        {"2026-01-02T03:04:05Z", INT64_C(1767323045000)},
        {"2026-01-02T11:04:05+08:00", INT64_C(1767323045000)},
        {"2026-01-02T11:04:05 08:00", INT64_C(1767323045000)}, // a plus that was not escaped
        {"2026-01-02T11:04 08:00", INT64_C(1767323040000)},
        {"2026-01-02T03:04Z", INT64_C(1767323040000)},
        {" 2026-01-02 ", INT64_C(1767312000000)},
        {"2026-01-02T03:04:05", -1},
        {"2026-01-02T03:04", -1},
        {"2026-13-02T03:04Z", -1},
        {"yesterday", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t at_ms = -1;
        if (!open311_time_parse(c.arena, str_of(cases[i].text), &at_ms))
            at_ms = -1;
        assert_int_equal(at_ms, cases[i].at_ms);
    }
    arena_free(c.arena);
}

static void what_xml_cannot_hold_is_left_out(void **state)
{
    (void)state;
    struct ctx c = bare();
    assert_true(str_equal_z(open311_clean(c.arena, STR("a\x01\x02"
                                                       "b\r\n\t\x1f水\x0b")),
                            "ab\r\n\t水"));
    assert_true(str_equal_z(open311_clean(c.arena, STR("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd")), "\xef\xbf\xbd"));
    struct str same = STR("🚰 & <水>");
    assert_ptr_equal(open311_clean(c.arena, same).p, same.p); // nothing is copied
    assert_int_equal(open311_clean(c.arena, STR("\x01")).n, 0);
    assert_int_equal(open311_clean(c.arena, STR("")).n, 0);
    arena_free(c.arena);
}

static void choices(void **state)
{
    (void)state;
    struct str name, list = STR("1=沙发\r\n 2 = 床=垫 \n3=");
    assert_true(open311_choice(list, STR("1"), &name) && str_equal_z(name, "沙发"));
    assert_true(open311_choice(list, STR("2"), &name) && str_equal_z(name, "床=垫"));
    assert_false(open311_choice(list, STR("沙发"), &name));
    assert_false(open311_choice(list, STR(""), &name));
    assert_false(open311_choice(STR(""), STR("1"), &name));
}

static void write_tree(struct open311_out *o)
{
    out_list(o, "things");
    out_object(o, "thing");
    out_text(o, "text", STR("a<b>&\"'\r\n\x01"));
    out_z(o, "none", "");
    out_bool(o, "yes", true);
    out_int(o, "count", -7);
    out_real(o, "lat", 27.1);
    out_time(o, "at", INT64_C(1767323045999));
    out_list(o, "parts");
    out_z(o, "part", "x");
    out_z(o, "part", "y");
    out_end(o);
    out_object(o, "more");
    out_id(o, "id", 0);
    out_end(o);
    out_list(o, "empty");
    out_end(o);
    out_end(o);
    out_end(o);
}

static void one_tree_in_two_spellings(void **state)
{
    (void)state;
    struct ctx c = bare();
    struct http_request rq;
    struct http_response rs;
    struct open311_out o;
    assert_int_equal(http_for_test(&c, "GET", "/x", NULL, STR(""), &rq, &rs), OK);
    out_begin(&o, &c, OPEN311_XML, &rs);
    write_tree(&o);
    assert_true(str_equal_z(
        buf_str(&rs.body),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<things><thing><text>a&lt;b&gt;&amp;\"'&#13;\n</text><none></none>"
        "<yes>true</yes><count>-7</count><lat>27.1</lat><at>2026-01-02T03:04:05Z</at>"
        "<parts><part>x</part><part>y</part></parts><more><id></id></more><empty></empty></thing></things>"));
    assert_string_equal(rs.content_type, "text/xml; charset=utf-8");
    out_begin(&o, &c, OPEN311_JSON, &rs);
    write_tree(&o);
    assert_true(str_equal_z(
        buf_str(&rs.body), "[{\"text\":\"a<b>&\\\"'\\r\\n\",\"none\":null,\"yes\":true,\"count\":-7,\"lat\":27.1,"
                           "\"at\":\"2026-01-02T03:04:05Z\",\"parts\":[\"x\",\"y\"],\"more\":{\"id\":null},\"empty\":[]"
                           "}]"));
    buf_free(&rs.body);
    arena_free(c.arena);
}

// --- with a store ---------------------------------------------------------------------------------------------------
static const struct module *const all[] = {&flow_module,    &place_module, &org_module,     &account_module,
                                           &catalog_module, &media_module, &request_module, &open311_module};
#define MODULE_COUNT (sizeof all / sizeof *all)
static const struct module_list modules = {all, MODULE_COUNT};

static struct ctx *open_store(const char *engine)
{
    static struct store_part parts[MODULE_COUNT + 1];
    parts[0] = job_store_part;
    for (size_t i = 0; i < MODULE_COUNT; i++)
        parts[i + 1] = all[i]->store;
    struct ctx *c = test_ctx(parts, MODULE_COUNT + 1, engine);
    test_house(c)->modules = &modules;
    assert_int_equal(store_contract_check(c, parts, MODULE_COUNT + 1), 0);
    return c;
}

struct map {
    int64_t district, street, community, estate, three, thirteen, other_estate, other_three, closed;
};

static enum err add(struct ctx *c, int64_t parent_id, enum place_level level, const char *name, double lat, double lng,
                    int64_t *ret_id)
{
    struct place place = {.parent_id = parent_id, .level = (int)level, .name = str_of(name), .lat = lat, .lng = lng};
    TRY(place_create(c, &place));
    *ret_id = place.id;
    return OK;
}

static enum err draw_map(struct ctx *c, void *arg)
{
    struct map *m = arg;
    struct place before, coded;
    TRY(add(c, 0, PLACE_DISTRICT, "测试区", 0, 0, &m->district));
    TRY(add(c, m->district, PLACE_SUBDISTRICT, "长征街道", 27.72, 106.92, &m->street));
    TRY(add(c, m->street, PLACE_COMMUNITY, "黄泥坡社区", 27.7, 106.9, &m->community));
    TRY(add(c, m->community, PLACE_ESTATE, "太阳园小区", 27.7, 106.9, &m->estate));
    TRY(add(c, m->estate, PLACE_BUILDING, "3栋", 27.7005, 106.9005, &m->three));
    TRY(add(c, m->estate, PLACE_BUILDING, "13栋", 27.7015, 106.9005, &m->thirteen));
    TRY(add(c, m->community, PLACE_ESTATE, "月亮100%园", 0, 0, &m->other_estate));
    TRY(add(c, m->other_estate, PLACE_BUILDING, "3栋", 0, 0, &m->other_three));
    TRY(add(c, m->estate, PLACE_BUILDING, "99栋", 27.7, 106.9, &m->closed));
    TRY(place_get(c, m->closed, &before));
    struct place after = before;
    after.closed_at_ms = c->now_ms;
    TRY(place_change(c, &before, &after, "place.closed"));
    TRY(place_get(c, m->thirteen, &before));
    coded = before;
    coded.code = STR("B-13");
    return place_change(c, &before, &coded, "place.changed");
}

struct search {
    struct open311_where where;
    int64_t place_id;
    bool found;
};

static enum err locate(struct ctx *c, void *arg)
{
    struct search *search = arg;
    return open311_locate(c, &search->where, &search->place_id, &search->found);
}

static void expect_at(struct ctx *c, const char *id, const char *address, double lat, double lng, int64_t wanted)
{
    struct search search = {.where = {str_of(id), str_of(address), lat != 0, lat, lng}};
    expect_ok(c, store_read(c, locate, &search));
    assert_int_equal(search.place_id, wanted);
}

static void places_are_found(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_store(*engine);
        struct map m;
        expect_ok(c, store_write(c, draw_map, &m));
        const char *three = str_z(c->arena, id_text(c->arena, m.three));
        // By id and by code.
        expect_at(c, three, "", 0, 0, m.three);
        expect_at(c, "B-13", "", 0, 0, m.thirteen);
        expect_at(c, str_z(c->arena, id_text(c->arena, m.closed)), "", 0, 0, m.district);
        expect_at(c, "nowhere", "", 0, 0, m.district);
        // By point: the nearest building, then the wider areas.
        expect_at(c, "", "", 27.7006, 106.9005, m.three);
        expect_at(c, "", "", 27.7013, 106.9005, m.thirteen);
        expect_at(c, "", "", 27.6985, 106.9, m.estate);
        expect_at(c, "", "", 27.69, 106.9, m.community);
        expect_at(c, "", "", 27.75, 106.95, m.street);
        expect_at(c, "", "", -33, 151, m.district);
        // By address: the longest name counts, a number is whole, what could be two places is neither.
        expect_at(c, "", "长征街道黄泥坡社区太阳园小区3栋2单元301", 0, 0, m.three);
        expect_at(c, "", "太阳园小区13栋", 0, 0, m.thirteen);
        expect_at(c, "", "太阳园小区23栋", 0, 0, m.estate);
        expect_at(c, "", "黄泥坡社区3栋", 0, 0, m.community);
        expect_at(c, "", "月亮100%园 3栋", 0, 0, m.other_three);
        expect_at(c, "", "月亮100多园 3栋", 0, 0, m.district);
        expect_at(c, "", "somewhere else", 0, 0, m.district);
        // What comes first.
        expect_at(c, three, "太阳园小区13栋", 27.69, 106.9, m.three);
        expect_at(c, "nowhere", "太阳园小区13栋", -33, 151, m.thirteen);
        test_ctx_free(c);
    }
}

struct key_case {
    struct open311_key key;
    struct str clear;
};

static enum err make_key(struct ctx *c, void *arg)
{
    struct key_case *key = arg;
    return open311_key_make(c, &key->key, &key->clear);
}

static enum err end_key(struct ctx *c, void *arg)
{
    return open311_key_end(c, ((struct key_case *)arg)->key.id);
}

static void a_key_works_until_it_is_revoked(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_store(*engine);
        struct key_case key = {.key.name = STR("app")};
        struct http_request rq;
        struct http_response rs;
        expect_ok(c, store_write(c, make_key, &key));
        assert_int_equal(key.clear.n, 40);
        assert_false(str_equal(key.key.key_hash, key.clear));
        expect_ok(c, http_for_test(c, "POST", "/x", NULL, STR(""), &rq, &rs));
        expect_ok(c, open311_authenticate(c, &rq, key.clear));
        assert_int_equal(c->actor.kind, ACTOR_PROGRAM);
        assert_int_equal(c->actor.session_id, key.key.id);
        expect_err(c, open311_authenticate(c, &rq, STR("0000")), ERR_FORBIDDEN, "open311.key_wrong");
        expect_err(c, open311_authenticate(c, &rq, STR("")), ERR_FORBIDDEN, "open311.key_missing");
        c->actor = (struct actor){.kind = ACTOR_SYSTEM};
        expect_ok(c, store_write(c, end_key, &key));
        expect_err(c, open311_authenticate(c, &rq, key.clear), ERR_FORBIDDEN, "open311.key_wrong");
        expect_err(c, store_write(c, end_key, &key), ERR_CONFLICT, "open311.key_ended");
        buf_free(&rs.body);
        test_ctx_free(c);
    }
}

static enum err slow_down(struct ctx *c, void *arg)
{
    struct key_case *key = arg;
    return open311_key_set_rate(c, key->key.id, 3, &key->key);
}

static void a_key_is_used_so_often_a_minute(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_store(*engine);
        struct key_case key = {.key.name = STR("app")}, other = {.key.name = STR("another")};
        struct http_request rq;
        struct http_response rs;
        expect_ok(c, store_write(c, make_key, &key));
        expect_ok(c, store_write(c, make_key, &other));
        assert_int_equal(key.key.per_minute, OPEN311_PER_MINUTE);
        expect_ok(c, store_write(c, slow_down, &key));
        assert_true(key.key.per_minute == 3 && key.key.version == 2);
        expect_ok(c, http_for_test(c, "POST", "/x", NULL, STR(""), &rq, &rs));
        c->now_ms = c->now_ms / MINUTE_MS * MINUTE_MS + 20 * SECOND_MS;
        for (int i = 0; i < 3; i++)
            expect_ok(c, open311_authenticate(c, &rq, key.clear));
        for (int i = 0; i < 2; i++) {
            c->actor = (struct actor){.kind = ACTOR_SYSTEM};
            expect_err(c, open311_authenticate(c, &rq, key.clear), ERR_RATE, "open311.too_often");
            assert_int_equal(c->actor.kind, ACTOR_SYSTEM); // nobody was let in
        }
        expect_ok(c, open311_authenticate(c, &rq, other.clear)); // each key has its own count
        open311_authenticate(c, &rq, key.clear);
        assert_int_equal(c->error.retry_after_s, 40); // until the next minute begins
        ctx_clear_error(c);
        c->now_ms += 40 * SECOND_MS;
        expect_ok(c, open311_authenticate(c, &rq, key.clear));
        buf_free(&rs.body);
        test_ctx_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attribute_names),
        cmocka_unit_test(times),
        cmocka_unit_test(what_xml_cannot_hold_is_left_out),
        cmocka_unit_test(choices),
        cmocka_unit_test(one_tree_in_two_spellings),
        cmocka_unit_test(places_are_found),
        cmocka_unit_test(a_key_works_until_it_is_revoked),
        cmocka_unit_test(a_key_is_used_so_often_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
