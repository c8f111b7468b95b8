// SPDX-License-Identifier: MulanPSL-2.0
// The path of a request, step by step, on both engines.
#include "base/clock.h"
#include "domain/request/test_request_util.h"

static const struct request_input note = {.note = STR_INIT("说明")};

static void test_contract(void **state)
{
    EACH_ENGINE(t)
    {
        const struct store_part parts[] = {catalog_module.store, media_module.store, request_module.store};
        assert_int_equal(store_contract_check(t.c, parts, 3), 0);
        struct str fault = {0};
        if (!flow_check(t.c, &request_flow, &fault))
            fail_msg("%.*s", STR_ARG(fault));
    }
}

static void test_whole_path(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "三楼的灯不亮了", &r));
        assert_int_equal(r.state, REQUEST_DISPATCHED);
        assert_true(r.owner_post_id == t.steward_post);
        assert_true(r.estate_id == t.estate && r.grid_id == t.grid_a);
        assert_true(str_equal_z(r.area, "太阳园小区"));
        assert_int_equal(r.version, 3);
        // Monday 09:00 and two working days of seven hours: Tuesday 17:00.
        assert_true(r.due_at_ms == r.reported_at_ms + 32 * HOUR_MS);
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "sign", NULL, &r));
        assert_true(r.handler_id == t.steward);
        expect_err(c, town_act(c, r.id, "finish", NULL, NULL), ERR_INVALID, NULL);
        expect_err(c, town_act(c, r.id, "finish", &note, NULL), ERR_INVALID, "request.photo_needed");
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        assert_int_equal(r.state, REQUEST_CALLBACK); // the item asks for no check
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "confirm", &(struct request_input){.rating = 5}, &r));
        assert_int_equal(r.state, REQUEST_EVALUATED);
        assert_int_equal(r.outcome, OUTCOME_SOLVED);
        assert_int_equal(r.rating, 5);
        assert_false(r.open);
        town_expect_story(c, r.id, "reported filed dispatched signed finished passed confirmed rated");
    }
}

static void test_nobody_checks_their_own_work(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.water, t.building, "水管漏水", &r));
        assert_true(r.owner_post_id == t.grid_post);
        town_become(c, t.grid_worker);
        expect_ok(c, town_act(c, r.id, "sign", NULL, &r));
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        assert_int_equal(r.state, REQUEST_HANDLED);
        expect_err(c, town_act(c, r.id, "pass", NULL, NULL), ERR_FORBIDDEN, "request.own_work");
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, r.id, "rework", NULL, NULL), ERR_INVALID, NULL);
        expect_ok(c, town_act(c, r.id, "rework", &note, &r));
        assert_int_equal(r.state, REQUEST_IN_PROGRESS);
        town_become(c, t.grid_worker);
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        town_become(c, t.community_worker);
        expect_ok(c, town_act(c, r.id, "pass", NULL, &r));
        // Who checked does not also ask whether it was done.
        expect_err(c, town_act(c, r.id, "confirm", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "deny", &note, &r));
        assert_int_equal(r.state, REQUEST_IN_PROGRESS);
        assert_true(r.unsatisfied);
    }
}

static enum err file_given(struct ctx *c, void *arg)
{
    return request_file(c, arg);
}

static enum err may_see(struct ctx *c, void *arg)
{
    unsigned relations;
    return request_may_see(c, arg, &relations);
}

// A program speaks for who asked through it: of what came otherwise it knows nothing.
static void test_a_program_is_the_reporter_of_what_it_filed(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.water, t.building, "水管漏水", &r));
        c->actor = (struct actor){.kind = ACTOR_PROGRAM, .session_id = 7};
        expect_err(c, town_act(c, r.id, "comment", &note, NULL), ERR_NOT_FOUND, "request.unknown");
        struct request own = {.item_id = t.water, .place_id = t.building, .source = SOURCE_OPEN311};
        own.words = STR("水管又漏了");
        expect_ok(c, store_write(c, file_given, &own));
        expect_ok(c, town_act(c, own.id, "comment", &note, NULL));
        expect_err(c, town_act(c, own.id, "sign", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        expect_ok(c, town_act(c, own.id, "withdraw", NULL, &own));
        assert_int_equal(own.state, REQUEST_CLOSED);
    }
}

static void test_strangers(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.water, t.building, "水管漏水", &r));
        const int64_t strangers[] = {t.grid_b_worker, t.residents[1], t.unit_worker};
        for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
            town_become(c, strangers[i]);
            expect_err(c, town_act(c, r.id, "sign", NULL, NULL), ERR_NOT_FOUND, "request.unknown");
            expect_err(c, town_act(c, r.id, "comment", &note, NULL), ERR_NOT_FOUND, "request.unknown");
            expect_err(c, store_read(c, may_see, &r), ERR_NOT_FOUND, "request.unknown");
        }
        town_become(c, t.steward); // watches over the building, but this is the grid worker's
        expect_err(c, town_act(c, r.id, "sign", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.residents[0]);
        expect_err(c, town_act(c, r.id, "sign", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        expect_err(c, town_act(c, r.id, "dance", NULL, NULL), ERR_NOT_FOUND, "flow.no_such_action");
        expect_err(c, town_act(c, r.id, "lapse", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
    }
}

static void test_vacant_posts(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r));
        town_clock(&t, c->now_ms + MINUTE_MS);
        expect_ok(c, town_end_term(&t, t.steward_term));
        // nobody holds the post any more: at once with the grid worker, no job needed
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.owner_post_id == t.grid_post);
        assert_int_equal(r.state, REQUEST_DISPATCHED);
        town_expect_story(c, r.id, "reported filed dispatched rerouted");
        town_become(c, t.residents[1]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r)); // and what comes now goes there at once
        assert_true(r.owner_post_id == t.grid_post);
    }
}

struct appoint {
    const struct town *town;
    struct post post;
    struct term term;
};
static enum err write_appoint(struct ctx *c, void *arg)
{
    struct appoint *appoint = arg;
    struct org committee = {.level = ORG_WORK_COMMITTEE, .name = STR("工委"), .place_id = appoint->town->district};
    TRY(org_create(c, &committee));
    appoint->post = (struct post){
        .org_id = committee.id, .place_id = appoint->town->district, .role = ROLE_DISTRICT, .name = STR("区值班")};
    TRY(post_create(c, &appoint->post));
    return term_begin(c, appoint->post.id, appoint->town->community_worker, &appoint->term);
}

static void test_nobody_responsible(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.district, "区里的灯", &r));
        assert_int_equal(r.state, REQUEST_REPORTED);
        assert_true(r.open && r.owner_post_id == 0);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_REPORTED);
        town_expect_story(c, r.id, "reported");
        struct appoint appoint = {.town = &t};
        expect_ok(c, store_write(c, write_appoint, &appoint));
        town_clock(&t, c->now_ms + MINUTE_MS);
        town_run_jobs(c); // somebody was appointed: it goes out
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_DISPATCHED);
        assert_true(r.owner_post_id == appoint.post.id);
        town_expect_story(c, r.id, "reported filed dispatched");
    }
}

// What was joined goes its own way again while nobody is there: it lies filed, and goes out when somebody is appointed.
static void test_nobody_for_what_was_joined(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request master, joined;
        struct appoint appoint = {.town = &t};
        town_become(c, 0);
        expect_ok(c, store_write(c, write_appoint, &appoint));
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.district, "灯", &master));
        expect_ok(c, town_file(c, t.lamp, t.district, "同一盏灯", &joined));
        town_become(c, t.community_worker);
        const struct request_input into = {.note = STR("同一件事"), .master_id = master.id};
        expect_ok(c, town_act(c, joined.id, "merge", &into, &joined));
        town_clock(&t, c->now_ms + MINUTE_MS);
        expect_ok(c, town_end_term(&t, appoint.term.id));
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, master.id, "withdraw", NULL, NULL));
        expect_ok(c, town_get(c, joined.id, &joined));
        assert_int_equal(joined.state, REQUEST_FILED);
        town_run_jobs(c);
        expect_ok(c, town_get(c, joined.id, &joined));
        assert_int_equal(joined.state, REQUEST_FILED);
        town_begin_term(&t, appoint.post.id, t.community_worker);
        town_clock(&t, c->now_ms + MINUTE_MS);
        town_run_jobs(c);
        expect_ok(c, town_get(c, joined.id, &joined));
        assert_int_equal(joined.state, REQUEST_DISPATCHED);
        assert_true(joined.owner_post_id == appoint.post.id);
    }
}

static void test_return_transfer_refuse(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r));
        town_become(c, t.steward);
        expect_err(c, town_act(c, r.id, "return", NULL, NULL), ERR_INVALID, NULL);
        expect_ok(c, town_act(c, r.id, "return", &note, &r));
        assert_int_equal(r.state, REQUEST_FILED);
        assert_true(r.owner_post_id == t.community_post); // it lies on the desk
        town_become(c, t.community_worker);
        struct request_input to = {.post_id = t.grid_b_post};
        expect_err(c, town_act(c, r.id, "dispatch", &to, NULL), ERR_INVALID, "request.post_elsewhere");
        to.post_id = t.unit_post;
        expect_ok(c, town_act(c, r.id, "dispatch", &to, &r));
        assert_true(r.owner_org_id == t.unit_org);
        town_become(c, t.unit_worker); // now it is theirs
        expect_err(c, town_act(c, r.id, "return", &note, NULL), ERR_CONFLICT, "request.returned_once");
        expect_ok(c, town_act(c, r.id, "sign", NULL, &r));
        town_become(c, t.community_worker);
        to = (struct request_input){.post_id = t.grid_post, .note = STR("网格员更近")};
        int64_t due_ms = r.due_at_ms;
        expect_ok(c, town_act(c, r.id, "transfer", &to, &r));
        assert_int_equal(r.state, REQUEST_DISPATCHED);
        assert_true(r.owner_org_id == 0 && r.handler_id == 0 && r.due_at_ms == due_ms);
        expect_err(c, town_act(c, r.id, "transfer", &to, NULL), ERR_CONFLICT, "request.same_post");
        expect_err(c, town_act(c, r.id, "refuse", &note, NULL), ERR_CONFLICT, "flow.wrong_state");
    }
}

static void test_reopen_within_seven_days(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r));
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "sign", NULL, NULL));
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        town_clock(&t, c->now_ms + REQUEST_CALLBACK_MS - 1);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_CALLBACK); // not a moment early
        town_clock(&t, c->now_ms + 2);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_CLOSED);
        assert_true(r.unconfirmed && r.outcome == OUTCOME_SOLVED);
        town_become(c, t.residents[0]);
        town_clock(&t, r.closed_at_ms + REQUEST_REOPEN_MS + 1);
        expect_err(c, town_act(c, r.id, "reopen", &note, NULL), ERR_CONFLICT, "request.reopen_too_late");
        town_clock(&t, r.closed_at_ms + REQUEST_REOPEN_MS);
        expect_ok(c, town_act(c, r.id, "reopen", &note, &r));
        assert_int_equal(r.state, REQUEST_DISPATCHED);
        assert_true(r.owner_post_id == t.steward_post && r.reopened == 1 && r.open && r.closed_at_ms == 0);
        expect_ok(c, town_act(c, r.id, "urge", NULL, NULL));
        expect_err(c, town_act(c, r.id, "urge", NULL, NULL), ERR_RATE, "request.urged_already");
        expect_ok(c, town_act(c, r.id, "withdraw", NULL, &r));
        expect_err(c, town_act(c, r.id, "reopen", &note, NULL), ERR_CONFLICT, "request.withdrawn");
    }
}

struct import {
    struct imported_request given;
    bool is_new;
    int64_t id;
};
static enum err write_import(struct ctx *c, void *arg)
{
    struct import *import = arg;
    return request_import(c, &import->given, &import->is_new, &import->id);
}

static void test_import(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, 0);
        struct import import = {.given = {.external_key = STR("nyc:1"),
                                          .kind = KIND_FINDING,
                                          .outcome = OUTCOME_EXPLAINED,
                                          .item_id = t.water,
                                          .place_id = t.district,
                                          .words = STR("Street light out"),
                                          .reply = STR("Fixed"),
                                          .reported_at_ms = INT64_C(1540080000000),
                                          .closed_at_ms = INT64_C(1540090000000)}};
        expect_ok(c, store_write(c, write_import, &import));
        assert_true(import.is_new);
        int64_t id = import.id;
        expect_ok(c, store_write(c, write_import, &import));
        assert_true(!import.is_new && import.id == id);
        expect_ok(c, town_get(c, id, &r));
        assert_int_equal(r.state, REQUEST_CLOSED);
        assert_int_equal(r.kind, KIND_FINDING);
        assert_int_equal(r.outcome, OUTCOME_EXPLAINED);
        assert_true(r.closed_at_ms == import.given.closed_at_ms && r.reported_at_ms == import.given.reported_at_ms);
        assert_true(r.due_provisional); // 2018 has no list
        town_expect_story(c, id, "reported concluded");
        import.given.external_key = STR("nyc:2");
        import.given.closed_at_ms = 0;
        import.given.place_id = t.building;
        expect_ok(c, store_write(c, write_import, &import));
        expect_ok(c, town_get(c, import.id, &r));
        assert_int_equal(r.state, REQUEST_DISPATCHED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract),
        cmocka_unit_test(test_whole_path),
        cmocka_unit_test(test_nobody_checks_their_own_work),
        cmocka_unit_test(test_a_program_is_the_reporter_of_what_it_filed),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_vacant_posts),
        cmocka_unit_test(test_nobody_responsible),
        cmocka_unit_test(test_nobody_for_what_was_joined),
        cmocka_unit_test(test_return_transfer_refuse),
        cmocka_unit_test(test_reopen_within_seven_days),
        cmocka_unit_test(test_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
