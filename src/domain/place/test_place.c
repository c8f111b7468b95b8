// SPDX-License-Identifier: MulanPSL-2.0
// The place tree: making, moving without losing history, doors, and the official divisions.
#include "domain/place/place_internal.h"
#include "http/http.h"
#include "store/test_store_util.h"
#include "json/record_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

static const struct module *const module_array[] = {&flow_module, &place_module};
static const struct module_list list = {module_array, 2};

static struct ctx *open_test(const char *engine)
{
    const struct store_part parts[] = {flow_module.store, place_module.store};
    struct ctx *c = test_ctx(parts, 2, engine);
    test_house(c)->modules = &list;
    return c;
}

static void statements_keep_the_contract(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        const struct store_part parts[] = {flow_module.store, place_module.store};
        assert_int_equal(store_contract_check(c, parts, 2), 0);
        test_ctx_free(c);
    }
}

// Each step of a test in a write of its own, as commands do.
#define WRITE(c, fn, arg) expect_ok(c, store_write(c, fn, arg))

static enum err create(struct ctx *c, void *arg)
{
    return place_create(c, arg);
}

static struct place make(struct ctx *c, int64_t parent_id, enum place_level level, const char *name)
{
    struct place place = {.parent_id = parent_id, .level = (int)level, .name = str_of(name)};
    WRITE(c, create, &place);
    return place;
}

struct tree {
    struct place district, street, community, other, grid, estate, building;
};

static struct tree make_tree(struct ctx *c)
{
    struct tree t;
    t.district = make(c, 0, PLACE_DISTRICT, "红花岗区");
    t.street = make(c, t.district.id, PLACE_SUBDISTRICT, "长征街道");
    t.community = make(c, t.street.id, PLACE_COMMUNITY, "黄泥坡社区");
    t.other = make(c, t.street.id, PLACE_COMMUNITY, "河北井社区");
    t.grid = make(c, t.community.id, PLACE_GRID, "第1网格");
    t.estate = make(c, t.grid.id, PLACE_ESTATE, "太阳园小区");
    t.building = make(c, t.estate.id, PLACE_BUILDING, "3栋");
    return t;
}

struct move {
    int64_t id, to;
};

static enum err move(struct ctx *c, void *arg)
{
    const struct move *move = arg;
    return place_move(c, move->id, move->to);
}

static enum err check_moved(struct ctx *c, void *arg)
{
    const struct tree *t = arg;
    struct place building;
    struct place_chain now, before;
    struct rows events;
    bool covers;
    TRY(place_get(c, t->building.id, &building));
    TRY(place_get_chain(c, t->building.id, &now));
    assert_true(now.at[PLACE_COMMUNITY] == t->other.id);
    assert_true(now.at[PLACE_GRID] == t->grid.id);
    TRY(place_get_chain_at(c, t->building.id, t->building.id ? c->now_ms - 1000 : 0, &before));
    assert_true(before.at[PLACE_COMMUNITY] == t->community.id);
    TRY(place_covers(c, t->other.id, t->building.id, &covers));
    assert_true(covers);
    TRY(place_covers(c, t->community.id, t->building.id, &covers));
    assert_false(covers);
    struct str name;
    TRY(place_full_name(c, t->building.id, PLACE_SUBDISTRICT, &name));
    assert_true(str_equal_z(name, "长征街道 · 河北井社区 · 第1网格 · 太阳园小区 · 3栋"));
    TRY(event_list(c, "place", t->grid.id, 0, 10, &events));
    assert_int_equal(events.count, 2);
    assert_true(str_equal_z(((struct event *)events.at)[1].type, "place.moved"));
    int64_t ids[PLACE_LEVEL_COUNT];
    assert_int_equal(place_path_ids(building.path, ids), 6);
    assert_true(ids[5] == building.id && ids[0] == t->district.id);
    return OK;
}

static void moving_keeps_the_past(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct tree t = make_tree(c);
        c->now_ms += 5000;
        WRITE(c, move, (&(struct move){t.grid.id, t.other.id}));
        expect_ok(c, store_read(c, check_moved, &t));
        expect_err(c, store_write(c, move, &(struct move){t.grid.id, t.other.id}), ERR_CONFLICT, "place.is_there");
        expect_err(c, store_write(c, move, &(struct move){t.grid.id, t.building.id}), ERR_INVALID,
                   "place.level_not_below");
        expect_err(c, store_write(c, move, &(struct move){t.district.id, t.street.id}), ERR_CONFLICT,
                   "place.district_stays");
        test_ctx_free(c);
    }
}

static void bad_places_are_refused(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct tree t = make_tree(c);
        struct place second = {.level = PLACE_DISTRICT, .name = STR("另一个区")};
        expect_err(c, store_write(c, create, &second), ERR_CONFLICT, "place.one_district");
        struct place upside = {.parent_id = t.building.id, .level = PLACE_GRID, .name = STR("x")};
        expect_err(c, store_write(c, create, &upside), ERR_INVALID, "place.level_not_below");
        struct place lost = {.parent_id = 12345, .level = PLACE_GRID, .name = STR("x")};
        expect_err(c, store_write(c, create, &lost), ERR_INVALID, "place.no_such_parent");
        struct place coded = {.parent_id = t.estate.id, .level = PLACE_BUILDING, .name = STR("4栋"), .code = STR("B4")};
        WRITE(c, create, &coded);
        struct place again = {.parent_id = t.estate.id, .level = PLACE_BUILDING, .name = STR("5栋"), .code = STR("B4")};
        expect_err(c, store_write(c, create, &again), ERR_CONFLICT, "place.code_taken");
        test_ctx_free(c);
    }
}

// --- doors ---------------------------------------------------------------------------------------------------------
static enum err renew(struct ctx *c, void *arg)
{
    struct door *door = arg;
    return door_renew(c, door->place_id, door);
}

static enum err put_demo(struct ctx *c, void *arg)
{
    struct door *door = arg;
    return door_put(c, door->place_id, STR("DEM0DEM0DEM0DEM0"), door);
}

static enum err revoke(struct ctx *c, void *arg)
{
    return door_revoke(c, ((struct door *)arg)->id);
}

struct find {
    const char *code;
    struct door door;
};

static enum err find(struct ctx *c, void *arg)
{
    struct find *find = arg;
    return door_find(c, str_of(find->code), &find->door);
}

static void doors_open_once(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct tree t = make_tree(c);
        struct door first = {.place_id = t.building.id}, second = first;
        WRITE(c, renew, &first);
        const char *code = str_z(c->arena, first.code);
        struct find by_code = {.code = code};
        expect_ok(c, store_read(c, find, &by_code));
        assert_true(by_code.door.place_id == t.building.id);
        WRITE(c, put_demo, &second);
        expect_err(c, store_read(c, find, &by_code), ERR_NOT_FOUND, "door.revoked");
        struct find forgiving = {.code = "demo-demO-deM0-dem0"};
        expect_ok(c, store_read(c, find, &forgiving));
        assert_true(forgiving.door.id == second.id);
        expect_err(c, store_read(c, find, &(struct find){.code = "0000000000000000"}), ERR_NOT_FOUND, "door.unknown");
        expect_err(c, store_read(c, find, &(struct find){.code = "' OR 1=1 --"}), ERR_NOT_FOUND, "door.unknown");
        WRITE(c, revoke, &second);
        expect_err(c, store_read(c, find, &forgiving), ERR_NOT_FOUND, "door.revoked");
        expect_err(c, store_write(c, revoke, &second), ERR_CONFLICT, "door.revoked");
        struct door of_district = {.place_id = t.district.id};
        expect_err(c, store_write(c, renew, &of_district), ERR_INVALID, "door.wrong_level");
        test_ctx_free(c);
    }
}

static void qr_codes_are_drawings(void **state)
{
    (void)state;
    struct ctx *c = open_test("sqlite");
    struct buf out;
    buf_init(&out, 1 << 20);
    expect_ok(c, qr_svg(c, STR("https://linli.example.cn/q/DEM0DEM0DEM0DEM0"), &out));
    struct str svg = buf_str(&out);
    assert_true(str_starts_with(svg, STR("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 41 41\"")));
    assert_true(str_find(svg, STR("M4 4h7"), 0) != (size_t)-1); // the finder pattern, behind the quiet zone
    buf_free(&out);
    test_ctx_free(c);
}

// --- the official table --------------------------------------------------------------------------------------------
static struct str read_divisions(struct ctx *c)
{
    FILE *in = fopen(TEST_DIVISIONS, "r");
    assert_non_null(in);
    char *text = arena_alloc(c->arena, 1 << 20);
    size_t n = fread(text, 1, 1 << 20, in);
    fclose(in);
    return (struct str){text, n};
}

struct loading {
    struct str code;
    int64_t count;
};

static enum err load(struct ctx *c, void *arg)
{
    struct loading *loading = arg;
    return place_load_divisions(c, loading->code, &loading->count);
}

static enum err check_divisions(struct ctx *c, void *arg)
{
    (void)arg;
    struct rows streets, communities;
    struct place place;
    TRY(place_of_level(c, PLACE_SUBDISTRICT, 0, 100, &streets));
    TRY(place_of_level(c, PLACE_COMMUNITY, 0, 500, &communities));
    assert_int_equal(streets.count, 23);
    assert_int_equal(communities.count, 196);
    TRY(place_by_code(c, PLACE_SUBDISTRICT, STR("520302111"), &place));
    assert_true(str_equal_z(place.name, "永乐镇"));
    int64_t found;
    size_t count;
    TRY(search_find(c, "place", STR("黄泥坡"), 0, 1, &found, &count));
    assert_int_equal(count, 1);
    TRY(place_get(c, found, &place));
    assert_true(str_equal_z(place.name, "黄泥坡社区"));
    return OK;
}

static void divisions_are_loaded_once(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct static_file file = {.path = "/data/divisions.tsv", .plain = read_divisions(c)};
        test_house(c)->files = &file;
        test_house(c)->file_count = 1;
        struct loading unknown = {.code = STR("999999")}, loading = {.code = STR("520302")};
        expect_err(c, store_write(c, load, &unknown), ERR_INVALID, "place.unknown_district");
        WRITE(c, load, &loading);
        assert_int_equal(loading.count, 220);
        expect_ok(c, store_read(c, check_divisions, NULL));
        WRITE(c, load, &loading);
        assert_int_equal(loading.count, 0);
        test_ctx_free(c);
    }
}

static enum err check_rare(struct ctx *c, void *arg)
{
    (void)arg;
    struct place place;
    int64_t found;
    size_t count;
    TRY(place_by_code(c, PLACE_SUBDISTRICT, STR("520302001"), &place));
    assert_true(str_equal_z(place.name, "\xE3\xAF\x8A木街道"));
    TRY(search_find(c, "place", STR("\xE3\xAF\x8A木"), 0, 1, &found, &count));
    assert_true(count == 1 && found == place.id);
    return OK;
}

// A character outside the common sets (U+3BCA) lives through table, store and search.
static void rare_characters_survive(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct static_file file = {
            .path = "/data/divisions.tsv",
            .plain =
                STR("level\tcode\tname\tparent\narea\t520302\t红花岗区\t5203\nstreet\t520302001\t㯊木街道\t520302\n")};
        test_house(c)->files = &file;
        test_house(c)->file_count = 1;
        struct loading loading = {.code = STR("520302")};
        WRITE(c, load, &loading);
        assert_int_equal(loading.count, 2);
        expect_ok(c, store_read(c, check_rare, NULL));
        test_ctx_free(c);
    }
}

static enum err read_shape(struct ctx *c, const char *text, struct place_shape *ret_shape)
{
    const struct json *geometry;
    TRY(json_parse(c, str_of(text), &geometry));
    return place_shape_read(c, geometry, ret_shape);
}

static void bad_shapes_are_refused_with_their_reason(void **state)
{
    static const struct {
        const char *text, *key;
    } cases[] = {
        {"{\"type\":\"Point\",\"coordinates\":[1,2]}", "place.shape_wrong_type"},
        {"{\"type\":\"Polygon\",\"coordinates\":[]}", "place.shape_short_ring"},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[0,0]]]}", "place.shape_short_ring"},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,1]]]}", "place.shape_open_ring"},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,1],[2,2],[0,0]]]}", "place.shape_flat_ring"},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,\"0\"],[1,1],[0,0]]]}", "place.shape_bad_point"},
        {"{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[181,0],[1,1],[0,0]]]}", "place.shape_bad_point"},
    };
    (void)state;
    struct ctx *c = open_test("sqlite");
    struct place_shape shape;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_shape(c, cases[i].text, &shape), ERR_INVALID);
        assert_string_equal(c->error.key, cases[i].key);
        ctx_clear_error(c);
    }
    struct buf many;
    buf_init(&many, 1 << 20);
    buf_add_z(&many, "{\"type\":\"Polygon\",\"coordinates\":[[[0,0]");
    for (int i = 0; i <= SHAPE_POINTS_MAX; i++)
        buf_addf(&many, ",[%d.5,%d]", i % 90, i % 80);
    buf_add_z(&many, ",[0,0]]]}");
    buf_add_byte(&many, 0);
    assert_int_equal(read_shape(c, many.p, &shape), ERR_INVALID);
    assert_string_equal(c->error.key, "place.shape_too_many_points");
    buf_free(&many);
    test_ctx_free(c);
}

static enum err put_shape(struct ctx *c, void *arg)
{
    return place_shape_put(c, arg);
}

static enum err told_once(struct ctx *c, void *arg)
{
    struct rows rows;
    TRY(event_list(c, "place", *(const int64_t *)arg, 0, 100, &rows));
    const struct event *last = (const struct event *)rows.at + rows.count - 1;
    assert_true(str_equal_z(last[0].type, "place.shape_set"));
    assert_false(str_equal_z(last[-1].type, "place.shape_set"));
    return OK;
}

static void a_shape_is_kept_and_told_of_once(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct tree t = make_tree(c);
        struct place_shape shape = {.place_id = t.grid.id};
        expect_ok(c,
                  read_shape(c, "{\"type\":\"Polygon\",\"coordinates\":[[[0.10,0],[1,0,9],[1.00000049,-1],[0.1,0]]]}",
                             &shape));
        assert_true(
            str_equal_z(shape.geometry, "{\"type\":\"Polygon\",\"coordinates\":[[[0.1,0],[1,0],[1,-1],[0.1,0]]]}"));
        WRITE(c, put_shape, &shape);
        WRITE(c, put_shape, &shape);
        expect_ok(c, store_read(c, told_once, &t.grid.id));
        test_ctx_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_keep_the_contract),
        cmocka_unit_test(moving_keeps_the_past),
        cmocka_unit_test(bad_places_are_refused),
        cmocka_unit_test(doors_open_once),
        cmocka_unit_test(qr_codes_are_drawings),
        cmocka_unit_test(divisions_are_loaded_once),
        cmocka_unit_test(rare_characters_survive),
        cmocka_unit_test(bad_shapes_are_refused_with_their_reason),
        cmocka_unit_test(a_shape_is_kept_and_told_of_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
