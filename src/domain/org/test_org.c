// SPDX-License-Identifier: MulanPSL-2.0
// Posts, terms, and who answers for a place as of an instant.
#include "domain/org/org_internal.h"
#include "store/test_store_util.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

static const struct module *const module_array[] = {&flow_module, &place_module, &org_module};
static const struct module_list list = {module_array, 3};

static struct ctx *open_test(const char *engine)
{
    const struct store_part parts[] = {flow_module.store, place_module.store, org_module.store};
    struct ctx *c = test_ctx(parts, 3, engine);
    test_house(c)->modules = &list;
    return c;
}

static void statements_keep_the_contract(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        const struct store_part parts[] = {flow_module.store, place_module.store, org_module.store};
        assert_int_equal(store_contract_check(c, parts, 3), 0);
        test_ctx_free(c);
    }
}

enum { LILAC = 101, MEI, LAN, ZHU }; // people; only their ids matter here

struct town {
    struct place district, street, community, grid, estate, building, other_building;
    struct org committee, property;
    struct post steward, grid_worker, community_worker, district_desk, unit;
};

static enum err place_below(struct ctx *c, struct place *place, const struct place *parent, enum place_level level,
                            const char *name)
{
    *place = (struct place){.parent_id = parent ? parent->id : 0, .level = (int)level, .name = str_of(name)};
    return place_create(c, place);
}

static enum err post_on(struct ctx *c, struct post *post, const struct org *org, const struct place *place,
                        enum role role, const char *name)
{
    *post = (struct post){.org_id = org->id, .place_id = place->id, .role = (int)role, .name = str_of(name)};
    return post_create(c, post);
}

static enum err build(struct ctx *c, void *arg)
{
    struct town *t = arg;
    TRY(place_below(c, &t->district, NULL, PLACE_DISTRICT, "区"));
    TRY(place_below(c, &t->street, &t->district, PLACE_SUBDISTRICT, "街道"));
    TRY(place_below(c, &t->community, &t->street, PLACE_COMMUNITY, "社区"));
    TRY(place_below(c, &t->grid, &t->community, PLACE_GRID, "网格"));
    TRY(place_below(c, &t->estate, &t->grid, PLACE_ESTATE, "小区"));
    TRY(place_below(c, &t->building, &t->estate, PLACE_BUILDING, "1栋"));
    TRY(place_below(c, &t->other_building, &t->estate, PLACE_BUILDING, "2栋"));
    t->committee = (struct org){.level = ORG_WORK_COMMITTEE, .name = STR("街道党工委"), .place_id = t->street.id};
    TRY(org_create(c, &t->committee));
    t->property = (struct org){.level = ORG_UNIT, .name = STR("物业"), .place_id = t->estate.id};
    TRY(org_create(c, &t->property));
    TRY(post_on(c, &t->steward, &t->committee, &t->building, ROLE_STEWARD, "1栋楼栋长"));
    TRY(post_on(c, &t->grid_worker, &t->committee, &t->grid, ROLE_GRID_WORKER, "网格员"));
    TRY(post_on(c, &t->community_worker, &t->committee, &t->community, ROLE_COMMUNITY, "社区干部"));
    TRY(post_on(c, &t->district_desk, &t->committee, &t->district, ROLE_DISTRICT, "区治理中心"));
    return post_on(c, &t->unit, &t->property, &t->estate, ROLE_UNIT, "物业客服");
}

static enum err begin(struct ctx *c, void *arg)
{
    struct term *term = arg;
    return term_begin(c, term->post_id, term->person_id, term);
}

static enum err end(struct ctx *c, void *arg)
{
    return term_end(c, ((struct term *)arg)->id);
}

static struct term appoint(struct ctx *c, const struct post *post, int64_t person_id)
{
    struct term term = {.post_id = post->id, .person_id = person_id};
    expect_ok(c, store_write(c, begin, &term));
    return term;
}

struct question {
    int64_t place_id, org_id, at_ms;
    enum role from;
    struct post_holder holder;
};

static enum err ask(struct ctx *c, void *arg)
{
    struct question *q = arg;
    if (q->org_id)
        return org_unit_responsible(c, q->org_id, q->place_id, q->at_ms, &q->holder);
    return org_responsible(c, q->place_id, q->from, q->at_ms, &q->holder);
}

static int64_t who(struct ctx *c, const struct place *place, enum role from, int64_t at_ms)
{
    struct question q = {.place_id = place->id, .from = from, .at_ms = at_ms};
    expect_ok(c, store_read(c, ask, &q));
    return q.holder.person_id;
}

static void answers_climb_past_vacancies(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct town t;
        expect_ok(c, store_write(c, build, &t));
        struct question nobody = {.place_id = t.building.id, .from = ROLE_STEWARD, .at_ms = c->now_ms};
        expect_err(c, store_read(c, ask, &nobody), ERR_NOT_FOUND, "org.nobody_responsible");
        appoint(c, &t.district_desk, ZHU);
        assert_int_equal(who(c, &t.building, ROLE_STEWARD, c->now_ms), ZHU);
        appoint(c, &t.grid_worker, MEI);
        struct question q = {.place_id = t.building.id, .from = ROLE_STEWARD, .at_ms = c->now_ms};
        expect_ok(c, store_read(c, ask, &q));
        assert_int_equal(q.holder.person_id, MEI);
        assert_true(q.holder.vacant_post_id == t.steward.id);
        struct term steward = appoint(c, &t.steward, LILAC);
        assert_int_equal(who(c, &t.building, ROLE_STEWARD, c->now_ms), LILAC);
        assert_int_equal(who(c, &t.other_building, ROLE_STEWARD, c->now_ms), MEI);
        assert_int_equal(who(c, &t.building, ROLE_COMMUNITY, c->now_ms), ZHU);
        int64_t before_ms = c->now_ms;
        c->now_ms += 60000;
        expect_ok(c, store_write(c, end, &steward));
        assert_int_equal(who(c, &t.building, ROLE_STEWARD, c->now_ms), MEI);
        assert_int_equal(who(c, &t.building, ROLE_STEWARD, before_ms), LILAC); // as of a date
        expect_err(c, store_write(c, end, &steward), ERR_CONFLICT, "org.term_ended");
        test_ctx_free(c);
    }
}

static void a_post_has_one_holder(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct town t;
        expect_ok(c, store_write(c, build, &t));
        struct term first = appoint(c, &t.steward, LILAC), again = first;
        expect_err(c, store_write(c, begin, &again), ERR_CONFLICT, "org.holds_it_already");
        c->now_ms += 1000;
        appoint(c, &t.steward, LAN);
        assert_int_equal(who(c, &t.building, ROLE_STEWARD, c->now_ms), LAN);
        expect_err(c, store_write(c, end, &first), ERR_CONFLICT, "org.term_ended");
        test_ctx_free(c);
    }
}

static enum err count(struct ctx *c, void *arg)
{
    struct question *q = arg;
    return org_count_vacant(c, q->place_id, &q->at_ms);
}

static enum err grants(struct ctx *c, void *arg)
{
    const struct town *t = arg;
    struct grant *given;
    size_t n;
    TRY(org_grants_of(c, LILAC, c->now_ms, &given, &n));
    assert_int_equal(n, 1);
    assert_true(given->role == ROLE_STEWARD && given->place_id == t->building.id && given->post_id == t->steward.id);
    return OK;
}

static void units_and_vacancies(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct town t;
        expect_ok(c, store_write(c, build, &t));
        struct question vacant = {.place_id = t.district.id};
        expect_ok(c, store_read(c, count, &vacant));
        assert_int_equal(vacant.at_ms, 5);
        struct question unit = {.place_id = t.building.id, .org_id = t.property.id, .at_ms = c->now_ms};
        expect_err(c, store_read(c, ask, &unit), ERR_NOT_FOUND, "org.nobody_responsible");
        appoint(c, &t.unit, MEI);
        appoint(c, &t.steward, LILAC);
        expect_ok(c, store_read(c, ask, &unit));
        assert_true(unit.holder.person_id == MEI && unit.holder.post.id == t.unit.id);
        vacant.place_id = t.building.id;
        expect_ok(c, store_read(c, count, &vacant));
        assert_int_equal(vacant.at_ms, 0);
        expect_ok(c, store_read(c, grants, &t));
        test_ctx_free(c);
    }
}

static enum err wrong_posts(struct ctx *c, void *arg)
{
    const struct town *t = arg;
    struct post post;
    expect_err(c, post_on(c, &post, &t->committee, &t->street, ROLE_SYSTEM_ADMIN, "x"), ERR_INVALID,
               "org.role_not_for_posts");
    expect_err(c, post_on(c, &post, &t->committee, &t->street, ROLE_UNIT, "x"), ERR_INVALID, "org.role_not_of_org");
    expect_err(c, post_on(c, &post, &t->property, &t->street, ROLE_STEWARD, "x"), ERR_INVALID, "org.role_not_of_org");
    struct org below = {
        .level = ORG_WORK_COMMITTEE, .name = STR("y"), .place_id = t->street.id, .parent_id = t->committee.id};
    expect_err(c, org_create(c, &below), ERR_INVALID, "org.level_not_below");
    struct org org = t->committee;
    org.closed_at_ms = c->now_ms;
    expect_err(c, org_save(c, &org, "org.closed"), ERR_CONFLICT, "org.in_use");
    org = t->committee;
    org.books = true; // asked of teams alone
    expect_err(c, org_save(c, &org, "org.changed"), ERR_INVALID, "org.not_a_team");
    return OK;
}

static void bad_posts_are_refused(void **state)
{
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = open_test(*engine);
        struct town t;
        expect_ok(c, store_write(c, build, &t));
        expect_ok(c, store_write(c, wrong_posts, &t));
        test_ctx_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_keep_the_contract), cmocka_unit_test(answers_climb_past_vacancies),
        cmocka_unit_test(a_post_has_one_holder),        cmocka_unit_test(units_and_vacancies),
        cmocka_unit_test(bad_posts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
