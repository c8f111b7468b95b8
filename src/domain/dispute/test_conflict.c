// SPDX-License-Identifier: MulanPSL-2.0
// Who may mediate: not a party, not of the same house, not who is complained of. On both engines.
#include "domain/dispute/test_dispute_util.h"

#include <string.h>

static void test_which_unit_a_door_is_in(void **state)
{
    (void)state;
    static const struct {
        const char *text, *label;
    } known[] = {{"2单元301", "2"},   {"02单元301", "2"},  {"3栋12单元5-1", "12"}, {"二单元三楼", "2"},
                 {"十单元", "10"},    {"十二单元", "12"},  {"二十单元", "20"},     {"B单元 8", "b"},
                 {"２单元", "2"},     {"3栋 2 单元", "2"}, {"九十九单元", "99"},   {"a1单元", "a1"},
                 {"1单元 2单元", "1"}};
    static const char *const unknown[] = {"",       "301",      "2-301",  "单元",         "二零五", "这单元",
                                          "百单元", "十十单元", "零单元", "12345678单元", "单元2"};
    char label[DISPUTE_UNIT_MAX];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!dispute_unit_label(str_of(known[i].text), label))
            fail_msg("%s: no unit", known[i].text);
        assert_string_equal(label, known[i].label);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (dispute_unit_label(str_of(unknown[i]), label))
            fail_msg("%s: unit %s", unknown[i], label);
    assert_false(dispute_unit_label((struct str){"\xff\xfe", 2}, label));
}

static void test_homes(void **state)
{
    (void)state;
    const struct dispute_home nowhere = {0}, house = {.building_id = 1}, other = {.building_id = 2},
                              unit = {1, 11, 0, STR_INIT("1")}, flat = {1, 11, 111, STR_INIT("1")},
                              second = {1, 12, 0, STR_INIT("2")}, door1 = {1, 0, 0, STR_INIT("1")},
                              door2 = {1, 0, 0, STR_INIT("2")};
    assert_false(dispute_homes_meet(&nowhere, &nowhere)); // nothing is known: declared, not reckoned
    assert_false(dispute_homes_meet(&house, &other));
    assert_true(dispute_homes_meet(&house, &house)); // nothing tells the units apart
    assert_true(dispute_homes_meet(&house, &unit));
    assert_true(dispute_homes_meet(&unit, &flat));
    assert_false(dispute_homes_meet(&unit, &second));
    assert_true(dispute_homes_meet(&unit, &door1));
    assert_false(dispute_homes_meet(&unit, &door2));
    assert_false(dispute_homes_meet(&door1, &door2));
    const struct dispute_home *all[] = {&nowhere, &house, &other, &unit, &flat, &second, &door1, &door2};
    for (size_t i = 0; i < 8; i++)
        for (size_t j = 0; j < 8; j++)
            assert_int_equal(dispute_homes_meet(all[i], all[j]), dispute_homes_meet(all[j], all[i]));
}

static void propose(struct ctx *c, int64_t id, const char *phone, const char *key)
{
    struct str text = str_format(c->arena, "{'phone':'%s'}", phone);
    expect_err(c, case_act(c, id, "propose", str_z(c->arena, text), NULL), key ? ERR_CONFLICT : OK, key);
}

static void test_no_mediator_with_a_tie(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        int64_t id = case_open(&t, 0);
        expect_err(c, case_act(c, id, "propose", "{'phone':'13822220001'}", NULL), ERR_CONFLICT, "dispute.no_parties");
        town_volunteer(&t, "周一", "13911110001", t.other_building);
        town_volunteer(&t, "同楼", "13822220002", t.building);
        int64_t good = town_volunteer(&t, "钱老师", "13822220001", t.other_building);
        case_party(&t, id, "applicant", "周一", "13911110001");
        struct str home =
            str_format(c->arena, "{'side':'respondent','name':'吴二','home_place_id':'%.*s','door':'2单元301'}",
                       STR_ARG(case_id(c, t.building)));
        town_become(c, t.community_worker);
        expect_ok(c, case_act(c, id, "add_party", str_z(c->arena, home), NULL));
        propose(c, id, "13911110001", "dispute.tie_party"); // by number
        propose(c, id, "13822220002", "dispute.tie_home");  // one house, whose units nothing tells apart
        expect_err(c, case_act(c, id, "propose", "{'phone':'13899999999'}", NULL), ERR_INVALID,
                   "dispute.nobody_of_phone");
        expect_err(c, case_act(c, id, "propose", "{}", NULL), ERR_INVALID, "dispute.whom");
        propose(c, id, "13822220001", NULL);
        propose(c, id, "13822220001", "dispute.asked_already");
        // Who comes later is looked at against who was asked before.
        expect_err(c, case_act(c, id, "add_party", "{'side':'third','name':'甲','phone':'13822220001'}", NULL),
                   ERR_CONFLICT, "dispute.tie_party");
        assert_int_equal(case_now(c, id).parts.party_count, 2);
        town_become(c, good);
        expect_err(c, case_act(c, id, "take_on", "{'no_tie':false}", NULL), ERR_INVALID, "dispute.declare");
        expect_ok(c, case_act(c, id, "take_on", "{'no_tie':true}", NULL));
        // A party objects: at once, and for good.
        town_become(c, t.community_worker);
        int64_t party = case_now(c, id).parts.parties[0].id;
        struct str object = str_format(c->arena, "{'party_id':'%.*s','person_id':'%.*s','note':'是对方亲戚'}",
                                       STR_ARG(case_id(c, party)), STR_ARG(case_id(c, good)));
        expect_ok(c, case_act(c, id, "object", str_z(c->arena, object), NULL));
        propose(c, id, "13822220001", "dispute.objected_once");
        town_become(c, good);
        expect_err(c, case_act(c, id, "note", "{'note':'我'}", NULL), ERR_NOT_FOUND, "dispute.unknown");
    }
}

static enum err write_against(struct ctx *c, void *arg)
{
    struct dispute *d = arg, copy = *d;
    TRY(dispute_open(c, &copy));
    *d = copy;
    return OK;
}

static void test_who_is_complained_of_sees_nothing(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct dispute d = {.place_id = t.building, .words = STR("网格员拖着不办"), .against_id = t.grid_worker};
        town_become(c, t.community_worker);
        expect_ok(c, store_write(c, write_against, &d));
        case_party(&t, d.id, "applicant", "周一", "13911110001");
        struct str post = str_format(c->arena, "{'post_id':'%.*s'}", STR_ARG(case_id(c, t.grid_post)));
        expect_err(c, case_act(c, d.id, "propose", str_z(c->arena, post), NULL), ERR_CONFLICT,
                   "dispute.tie_complained");
        d = (struct dispute){.place_id = t.building, .words = STR("x"), .against_id = t.community_worker};
        expect_err(c, store_write(c, write_against, &d), ERR_CONFLICT, "dispute.tie_complained");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_unit_a_door_is_in),
        cmocka_unit_test(test_homes),
        cmocka_unit_test(test_no_mediator_with_a_tie),
        cmocka_unit_test(test_who_is_complained_of_sees_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
