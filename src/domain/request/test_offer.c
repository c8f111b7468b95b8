// SPDX-License-Identifier: MulanPSL-2.0
// Wishes and errands that are offered: their whole way, the clock that ends each wait, two at once, and what a stranger
// and a claimant may read.
#include "base/calendar.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/request_claim.h"
#include "domain/request/test_request_util.h"

#include <pthread.h>
#include <string.h>

#define WORDS "我家三楼301，想学怎么和女儿视频，电话13711112222，王桂香"
#define TEXT "一位老人想学视频通话，盼一位有耐心的年轻人"

static const struct request_input note = {.note = STR_INIT("说明")};
static const struct request_input approval = {.text = STR_INIT(TEXT), .no_personal_data = true};

// --- filing ---------------------------------------------------------------------------------------------------------
static enum err write_file(struct ctx *c, void *arg)
{
    struct request *r = arg, copy = *r;
    TRY(request_file(c, &copy));
    *r = copy;
    return OK;
}

// With every personal field filled.
static void file(struct town *t, int64_t item_id, bool is_private, bool share, struct request *r)
{
    town_become(t->c, t->residents[0]);
    *r = (struct request){.item_id = item_id,
                          .place_id = t->building,
                          .words = STR(WORDS),
                          .door_number = STR("2单元301"),
                          .contact_name = STR("王桂香"),
                          .contact_phone = STR("13711112222"),
                          .reporter_id = t->residents[0],
                          .is_private = is_private,
                          .share_contact = share};
    expect_ok(t->c, store_write(t->c, write_file, r));
}

static void on_wall(struct town *t, bool share, struct request *r)
{
    file(t, t->wish, false, share, r);
    town_become(t->c, t->community_worker);
    expect_ok(t->c, town_act(t->c, r->id, "approve", &approval, r));
}

// --- routes ---------------------------------------------------------------------------------------------------------
static const struct route *find_route(const char *method, const char *path)
{
    const struct route *const tables[] = {claim_routes, request_routes};
    for (size_t i = 0; i < 2; i++)
        for (const struct route *route = tables[i]; route->method; route++)
            if (strcmp(route->method, method) == 0 && strcmp(route->path, path) == 0)
                return route;
    fail_msg("no route %s %s", method, path);
    return NULL;
}

struct answer {
    enum err err;
    struct str body;
    const struct json *json;
};

static struct answer call(struct ctx *c, const char *method, const char *path, int64_t id, const char *action,
                          const char *query, const char *body)
{
    struct http_request rq;
    struct http_response rs;
    struct answer answer = {0};
    const char *target = str_z(c->arena, str_format(c->arena, "%s%s", path, query));
    ctx_clear_error(c);
    expect_ok(c, http_for_test(c, method, target, "Content-Type: application/json\r\n", str_of(body), &rq, &rs));
    http_set_param_for_test(c, &rq, "id", id_text(c->arena, id));
    http_set_param_for_test(c, &rq, "action", str_of(action));
    answer.err = find_route(method, path)->handle(c, &rq, &rs);
    answer.body = str_copy(c->arena, buf_str(&rs.body));
    if (answer.err == OK && answer.body.n)
        expect_ok(c, json_parse(c, answer.body, &answer.json));
    buf_free(&rs.body);
    return answer;
}

static struct answer get(struct ctx *c, const char *path, const char *query)
{
    return call(c, "GET", path, 1, "", query, "");
}

static size_t item_count(struct answer answer)
{
    assert_int_equal(answer.err, OK);
    return json_count(json_get(answer.json, "items"));
}

static bool holds(struct str text, const char *needle)
{
    return str_find(text, str_of(needle), 0) != (size_t)-1;
}

static void expect_nothing_personal(struct answer answer)
{
    static const char *const personal[] = {"301", "13711112222", "王桂香", "桂香", "女儿", "3栋", "2单元"};
    assert_int_equal(answer.err, OK);
    for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
        if (holds(answer.body, personal[i]))
            fail_msg("%s in %.*s", personal[i], STR_ARG(answer.body));
}

// --- the way of a wish ----------------------------------------------------------------------------------------------
static void test_a_wish_comes_true(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file(&t, t.wish, false, false, &r);
        assert_true(r.state == REQUEST_IN_REVIEW && r.open && r.owner_post_id == t.community_post);
        assert_int_equal(item_count(get(c, "/api/v1/wishes", "")), 0);
        town_become(c, t.residents[1]);
        expect_err(c, town_act(c, r.id, "claim", NULL, NULL), ERR_NOT_FOUND, "request.unknown");
        town_become(c, t.grid_worker); // not the community
        expect_err(c, town_act(c, r.id, "approve", &approval, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.community_worker);
        expect_ok(c, town_act(c, r.id, "approve", &approval, &r));
        assert_true(r.state == REQUEST_UNCLAIMED && r.owner_post_id == 0);
        assert_true(r.offer_until_ms == c->now_ms + REQUEST_OFFER_MS && r.next_level_at_ms == 0);
        town_become(c, t.residents[0]); // the wisher
        expect_err(c, town_act(c, r.id, "claim", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.residents[1]);
        expect_ok(c, town_act(c, r.id, "claim", NULL, &r));
        assert_true(r.state == REQUEST_CLAIMED && r.claimant_id == t.residents[1] && r.handler_id == 0);
        expect_err(c, town_act(c, r.id, "deliver", &note, NULL), ERR_INVALID, "request.photo_needed");
        expect_ok(c, town_act(c, r.id, "deliver", &town_done, &r));
        assert_true(r.state == REQUEST_FULFILLED && r.open && r.handled_at_ms == c->now_ms);
        expect_err(c, town_act(c, r.id, "confirm", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "confirm", &note, &r));
        assert_true(r.state == REQUEST_CONFIRMED && !r.open && r.outcome == OUTCOME_SOLVED && r.thanked_at_ms);
        assert_true(r.closed_at_ms == c->now_ms && r.offer_until_ms == 0 && r.next_level_at_ms == 0);
        town_expect_story(c, r.id, "reported submitted approved claimed delivered wish_confirmed");
        struct answer counts = get(c, "/api/v1/wishes/summary", "");
        assert_int_equal(json_int(json_get(counts.json, "fulfilled_month")), 1);
        town_become(c, t.residents[1]);
        struct answer claim = call(c, "GET", "/api/v1/claims/{id}", r.id, "", "", "");
        expect_nothing_personal(claim);
        assert_true(str_equal_z(json_str(json_get(claim.json, "thanks")), "说明"));
        counts = get(c, "/api/v1/claims/summary", "");
        assert_int_equal(json_int(json_get(counts.json, "fulfilled")), 1);
        assert_int_equal(json_int(json_get(counts.json, "thanked")), 1);
    }
}

static void test_the_public_text(void **state)
{
    static const char *const refused[] = {"王桂香想学视频", "打13711112222", "电话 1371-111 2222",
                                          "１３７１１１１２２２２", "住2单元301"};
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file(&t, t.wish, false, false, &r);
        town_become(c, t.community_worker);
        struct request_input in = {.text = STR(TEXT)};
        expect_err(c, town_act(c, r.id, "approve", &in, NULL), ERR_INVALID, "request.look_for_personal");
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
            in = (struct request_input){.text = str_of(refused[i]), .no_personal_data = true};
            expect_err(c, town_act(c, r.id, "approve", &in, NULL), ERR_INVALID, "request.text_personal");
        }
        struct str long_text = STR("");
        for (int i = 0; i < 141; i++)
            long_text = str_concat(c->arena, long_text, STR("愿"));
        in.text = long_text;
        assert_int_equal(town_act(c, r.id, "approve", &in, NULL), ERR_INVALID);
        in.text = utf8_prefix(long_text, 140);
        expect_ok(c, town_act(c, r.id, "approve", &in, &r));
        expect_ok(c, town_act(c, r.id, "retract", &note, &r)); // something was overlooked
        assert_true(r.state == REQUEST_IN_REVIEW && !r.public_words.n && r.clock_from_ms == c->now_ms);
        expect_ok(c, town_act(c, r.id, "refuse", &note, &r));
        assert_true(r.state == REQUEST_REJECTED && r.outcome == OUTCOME_REFUSED);
    }
}

static void test_nobody_approves_their_own(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.community_worker);
        expect_ok(c, town_file(c, t.wish, t.building, "想要一本书", &r));
        expect_err(c, town_act(c, r.id, "approve", &approval, NULL), ERR_FORBIDDEN, "request.own_wish");
        town_become(c, t.subdistrict_worker);
        expect_ok(c, town_act(c, r.id, "approve", &approval, &r));
    }
}

static void test_a_private_wish_is_never_public(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file(&t, t.wish, true, true, &r);
        assert_true(r.state == REQUEST_DISPATCHED && r.owner_post_id == t.steward_post);
        town_become(c, t.residents[1]);
        assert_int_equal(call(c, "POST", "/api/v1/wishes/{id}/claim", r.id, "", "", "").err, ERR_NOT_FOUND);
        assert_int_equal(item_count(get(c, "/api/v1/wishes", "")), 0);
    }
}

static void test_given_back_denied_withdrawn(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        on_wall(&t, false, &r);
        int64_t ends_ms = r.offer_until_ms;
        town_clock(&t, c->now_ms + 3 * DAY_MS);
        town_become(c, t.residents[1]);
        expect_ok(c, town_act(c, r.id, "claim", NULL, &r));
        town_clock(&t, c->now_ms + 2 * DAY_MS);
        expect_ok(c, town_act(c, r.id, "release", NULL, &r));
        assert_true(r.state == REQUEST_UNCLAIMED && r.claimant_id == 0);
        assert_true(r.offer_until_ms == ends_ms + 2 * DAY_MS); // the time it was claimed is not time on the wall
        assert_int_equal(call(c, "GET", "/api/v1/claims/{id}", r.id, "", "", "").err, ERR_NOT_FOUND);
        expect_ok(c, town_act(c, r.id, "claim", NULL, &r));
        expect_ok(c, town_act(c, r.id, "deliver", &town_done, &r));
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "deny", &note, &r));
        assert_true(r.state == REQUEST_CLAIMED && r.unsatisfied && r.handled_at_ms == 0);
        expect_ok(c, town_act(c, r.id, "withdraw", NULL, &r));
        assert_true(r.state == REQUEST_CLOSED && r.outcome == OUTCOME_WITHDRAWN && r.offer_until_ms == 0);
        town_expect_story(c, r.id,
                          "reported submitted approved claimed released claimed delivered wish_denied withdrawn");
    }
}

// --- the clock ------------------------------------------------------------------------------------------------------
static void test_nobody_took_it(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        on_wall(&t, true, &r);
        town_clock(&t, r.offer_until_ms - 1);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.state == REQUEST_UNCLAIMED && r.level == 0 && r.late == 0);
        town_clock(&t, r.offer_until_ms);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.state == REQUEST_DISPATCHED && r.owner_post_id == t.steward_post);
        assert_true(r.clock_from_ms == c->now_ms && r.dispatched_at_ms == c->now_ms && !r.public_words.n);
        int64_t due_ms = calendar_due(t.calendar, c->now_ms, UNIT_WORK_DAY, 2, NULL, 0, NULL);
        assert_true(r.due_at_ms == due_ms && r.level == 0); // as if it had been reported now
        town_expect_story(c, r.id, "reported submitted approved converted dispatched");
        town_clock(&t, due_ms + 1);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.level, 3); // and escalates like any case
    }
}

static void test_the_review_has_its_clock(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file(&t, t.wish, false, false, &r);
        town_clock(&t, r.due_at_ms + 1);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.state == REQUEST_IN_REVIEW && r.late == CLOCK_DISPATCH);
        assert_true(r.escalated_post_id == t.subdistrict_post);
        town_become(c, t.subdistrict_worker);
        expect_ok(c, town_act(c, r.id, "convert", NULL, &r)); // no wish, in truth
        assert_true(r.state == REQUEST_DISPATCHED && r.late == 0);
        file(&t, t.wish, false, false, &r); // and one that nobody looks at
        town_clock(&t, c->now_ms + REQUEST_REVIEW_MS);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.state == REQUEST_DISPATCHED && r.clock_from_ms == c->now_ms);
    }
}

static void test_claims_and_answers_run_out(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        on_wall(&t, true, &r);
        town_become(c, t.residents[1]);
        expect_ok(c, town_act(c, r.id, "claim", NULL, &r));
        town_clock(&t, c->now_ms + REQUEST_DELIVER_MS);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.state == REQUEST_UNCLAIMED && r.claimant_id == 0 && r.offer_until_ms > c->now_ms);
        town_become(c, t.residents[2]);
        expect_ok(c, town_act(c, r.id, "claim", NULL, &r));
        expect_ok(c, town_act(c, r.id, "deliver", &town_done, &r));
        town_clock(&t, c->now_ms + REQUEST_CALLBACK_MS - 1);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_FULFILLED);
        town_clock(&t, c->now_ms + 1);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.state == REQUEST_CONFIRMED && r.unconfirmed && r.outcome == OUTCOME_SOLVED && !r.open);
        town_expect_story(c, r.id, "reported submitted approved claimed claim_expired claimed delivered wish_lapsed");
        town_become(c, t.residents[0]); // late, but still
        expect_ok(c, town_act(c, r.id, "thank", &note, &r));
        expect_err(c, town_act(c, r.id, "thank", &note, NULL), ERR_CONFLICT, "request.no_thanks");
    }
}

static void test_five_at_a_time(void **state)
{
    EACH_ENGINE(t)
    {
        struct request r;
        for (int i = 0; i <= REQUEST_CLAIMS_MAX; i++) {
            on_wall(&t, false, &r);
            town_become(t.c, t.residents[1]);
            if (i < REQUEST_CLAIMS_MAX)
                expect_ok(t.c, town_act(t.c, r.id, "claim", NULL, NULL));
            else
                expect_err(t.c, town_act(t.c, r.id, "claim", NULL, NULL), ERR_CONFLICT, "request.claims_enough");
        }
    }
}

// --- errands --------------------------------------------------------------------------------------------------------
static void test_errands_are_offered(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file(&t, t.errand, false, false, &r); // there is no team yet
        assert_true(r.state == REQUEST_DISPATCHED && r.owner_post_id == t.steward_post);
        town_add_team(&t);
        file(&t, t.errand, false, false, &r);
        assert_true(r.state == REQUEST_UNCLAIMED && r.owner_post_id == 0 && r.dispatched_at_ms == 0);
        int64_t due_ms = r.due_at_ms;
        assert_int_equal(item_count(get(c, "/api/v1/wishes", "")), 0); // an errand is on no wall
        town_become(c, t.residents[1]);
        expect_err(c, town_act(c, r.id, "claim", NULL, NULL), ERR_NOT_FOUND, "request.unknown");
        town_become(c, t.unit_worker); // of a unit that is no team
        assert_int_equal(item_count(get(c, "/api/v1/offers", "")), 0);
        assert_int_equal(call(c, "POST", "/api/v1/offers/{id}/claim", r.id, "", "", "").err, ERR_NOT_FOUND);
        town_become(c, t.team[0]);
        struct answer offers = get(c, "/api/v1/offers", "");
        assert_int_equal(item_count(offers), 1);
        assert_false(holds(offers.body, "2单元") || holds(offers.body, "contact"));
        town_clock(&t, c->now_ms + HOUR_MS);
        assert_int_equal(call(c, "POST", "/api/v1/offers/{id}/claim", r.id, "", "", "").err, OK);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.state == REQUEST_IN_PROGRESS && r.owner_org_id == t.team_org && r.handler_id == t.team[0]);
        assert_true(r.due_at_ms == due_ms && r.team_due_ms > due_ms); // the team's own limit from its claim
        town_become(c, t.team[1]);
        assert_int_equal(call(c, "POST", "/api/v1/offers/{id}/claim", r.id, "", "", "").err, ERR_CONFLICT);
        assert_string_equal(c->error.key, "request.claimed_already");
        assert_true(str_equal_z(c->error.args[0], "代办一组"));
        town_become(c, t.team[0]);
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "confirm", NULL, &r));
        expect_ok(c, town_act(c, r.id, "thank", &note, &r));
        town_become(c, t.team[1]);
        assert_int_equal(json_int(json_get(get(c, "/api/v1/offers", "").json, "thanked_30d")), 1);
        town_expect_story(c, r.id, "reported filed offered claimed finished passed confirmed thanked");
    }
}

static void test_no_team_took_it(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_add_team(&t);
        file(&t, t.errand, false, false, &r);
        int64_t due_ms = r.due_at_ms;
        town_clock(&t, r.offer_until_ms);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(r.state == REQUEST_DISPATCHED && r.owner_post_id == t.steward_post && r.due_at_ms == due_ms);
        file(&t, t.errand, false, false, &r);
        town_become(c, t.team[0]);
        expect_ok(c, town_act(c, r.id, "claim", NULL, &r));
        expect_ok(c, town_act(c, r.id, "release", &note, &r)); // they cannot after all
        assert_true(r.state == REQUEST_DISPATCHED && r.owner_post_id == t.steward_post && r.team_due_ms == 0);
        file(&t, t.errand, false, false, &r);
        town_become(c, t.grid_worker); // the desk sends it itself
        expect_ok(c, town_act(c, r.id, "convert", NULL, &r));
        assert_int_equal(r.state, REQUEST_DISPATCHED);
    }
}

// --- what strangers and claimants read ------------------------------------------------------------------------------
static void test_what_may_be_read(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request silent, open;
        on_wall(&t, false, &silent);
        on_wall(&t, true, &open);
        c->actor = (struct actor){.kind = ACTOR_NOBODY};
        struct answer wall = get(c, "/api/v1/wishes", "");
        expect_nothing_personal(wall);
        assert_int_equal(item_count(wall), 2);
        assert_true(holds(wall.body, TEXT) && holds(wall.body, "黄泥坡社区")); // one person asked there: no estate
        assert_false(holds(wall.body, "太阳园"));
        town_become(c, t.residents[1]);
        assert_int_equal(call(c, "GET", "/api/v1/requests/{id}", open.id, "", "", "").err, ERR_NOT_FOUND);
        expect_nothing_personal(call(c, "POST", "/api/v1/wishes/{id}/claim", open.id, "", "", ""));
        expect_nothing_personal(call(c, "POST", "/api/v1/wishes/{id}/claim", silent.id, "", "", ""));
        expect_nothing_personal(get(c, "/api/v1/claims", ""));
        assert_int_equal(call(c, "GET", "/api/v1/requests/{id}", open.id, "", "", "").err, ERR_NOT_FOUND);
        assert_int_equal(call(c, "POST", "/api/v1/requests/{id}/contact", open.id, "", "", "{\"reason\":\"送去\"}").err,
                         ERR_NOT_FOUND);
        const char *path = "/api/v1/claims/{id}/contact";
        assert_int_equal(call(c, "POST", path, silent.id, "", "", "{\"reason\":\"送去\"}").err, ERR_FORBIDDEN);
        struct answer contact = call(c, "POST", path, open.id, "", "", "{\"reason\":\"送去\"}");
        assert_int_equal(contact.err, OK);
        assert_true(holds(contact.body, "13711112222") && holds(contact.body, "2单元301"));
        town_expect_story(c, open.id, "reported submitted approved claimed personal.read personal.read personal.read");
        town_become(c, t.residents[2]);
        assert_int_equal(call(c, "POST", path, open.id, "", "", "{\"reason\":\"送去\"}").err, ERR_NOT_FOUND);
        assert_int_equal(call(c, "POST", "/api/v1/wishes/{id}/claim", open.id, "", "", "").err, ERR_CONFLICT);
        assert_string_equal(c->error.key, "request.claimed_already");
        assert_true(str_equal_z(c->error.args[0], "一位邻居"));
        town_become(c, t.residents[1]);
        const char *action = "/api/v1/claims/{id}/actions/{action}";
        expect_nothing_personal(call(c, "POST", action, open.id, "release", "", "{}"));
        assert_int_equal(call(c, "POST", path, open.id, "", "", "{\"reason\":\"送去\"}").err, ERR_NOT_FOUND);
    }
}

// --- two at once ----------------------------------------------------------------------------------------------------
#define RUNNERS 8
struct runner {
    struct ctx *c;
    int64_t id;
    const char *action;
    enum err result;
    pthread_barrier_t *start;
    pthread_t thread;
};

static void *run(void *arg)
{
    struct runner *runner = arg;
    pthread_barrier_wait(runner->start);
    runner->result = town_act(runner->c, runner->id, runner->action, NULL, NULL);
    return NULL;
}

// people[i % count] does actions[i % count]; exactly one of them may have it.
static void race(struct town *t, int64_t id, const int64_t *people, const char *const *actions, size_t count)
{
    struct runner runners[RUNNERS];
    pthread_barrier_t start;
    size_t won = 0;
    pthread_barrier_init(&start, NULL, RUNNERS);
    for (size_t i = 0; i < RUNNERS; i++) {
        runners[i] = (struct runner){.c = test_ctx_more(t->c), .id = id, .action = actions[i % count], .start = &start};
        runners[i].c->now_ms = t->c->now_ms;
        town_become(runners[i].c, people[i % count]);
    }
    for (size_t i = 0; i < RUNNERS; i++)
        assert_int_equal(pthread_create(&runners[i].thread, NULL, run, &runners[i]), 0);
    for (size_t i = 0; i < RUNNERS; i++)
        pthread_join(runners[i].thread, NULL);
    for (size_t i = 0; i < RUNNERS; i++) {
        won += runners[i].result == OK;
        if (runners[i].result != OK && runners[i].result != ERR_CONFLICT && runners[i].result != ERR_STALE &&
            runners[i].result != ERR_FORBIDDEN && runners[i].result != ERR_NOT_FOUND)
            fail_msg("%s: %s", runners[i].action, runners[i].c->error.key);
        test_ctx_done(runners[i].c);
    }
    assert_int_equal(won, 1);
    pthread_barrier_destroy(&start);
}

static void test_two_at_once(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        for (int round = 0; round < 5; round++) {
            on_wall(&t, false, &r);
            race(&t, r.id, (const int64_t[]){t.residents[1], t.residents[2], t.residents[3], t.residents[4]},
                 (const char *const[]){"claim", "claim", "claim", "claim"}, 4);
            expect_ok(c, town_get(c, r.id, &r));
            assert_true(r.state == REQUEST_CLAIMED && r.claimant_id != 0);
            town_expect_story(c, r.id, "reported submitted approved claimed");
            town_become(c, t.residents[0]);
            expect_ok(c, town_act(c, r.id, "withdraw", NULL, NULL));

            on_wall(&t, false, &r); // claim against the clock
            town_clock(&t, r.offer_until_ms);
            race(&t, r.id, (const int64_t[]){t.residents[1], 0}, (const char *const[]){"claim", "convert"}, 2);
            expect_ok(c, town_get(c, r.id, &r));
            assert_true((r.state == REQUEST_CLAIMED) == (r.claimant_id != 0));
            assert_true((r.state == REQUEST_DISPATCHED) == (r.clock_from_ms != 0));
            town_become(c, t.residents[0]);
            expect_ok(c, town_act(c, r.id, "withdraw", NULL, NULL));
        }
    }
}

static void test_claim_against_withdraw(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        on_wall(&t, false, &r);
        struct runner both[2];
        pthread_barrier_t start;
        pthread_barrier_init(&start, NULL, 2);
        for (size_t i = 0; i < 2; i++) {
            both[i] =
                (struct runner){.c = test_ctx_more(c), .id = r.id, .action = i ? "withdraw" : "claim", .start = &start};
            both[i].c->now_ms = c->now_ms;
            town_become(both[i].c, t.residents[i ? 0 : 1]);
            assert_int_equal(pthread_create(&both[i].thread, NULL, run, &both[i]), 0);
        }
        for (size_t i = 0; i < 2; i++)
            pthread_join(both[i].thread, NULL);
        // Whichever came first, or one after the other: never claimed once it is withdrawn.
        expect_ok(c, town_get(c, r.id, &r));
        assert_true(both[0].result == OK || both[1].result == OK);
        assert_true((both[1].result == OK) == (r.state == REQUEST_CLOSED));
        assert_true(both[1].result == OK || r.state == REQUEST_CLAIMED);
        test_ctx_done(both[0].c);
        test_ctx_done(both[1].c);
        pthread_barrier_destroy(&start);
    }
}

static void test_two_of_the_teams(void **state)
{
    EACH_ENGINE(t)
    {
        struct request r;
        town_add_team(&t);
        for (int round = 0; round < 5; round++) {
            file(&t, t.errand, false, false, &r);
            race(&t, r.id, (const int64_t[]){t.team[0], t.team[1]}, (const char *const[]){"claim", "claim"}, 2);
            expect_ok(t.c, town_get(t.c, r.id, &r));
            assert_true(r.state == REQUEST_IN_PROGRESS && r.handler_id != 0);
            town_expect_story(t.c, r.id, "reported filed offered claimed");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_wish_comes_true),
        cmocka_unit_test(test_the_public_text),
        cmocka_unit_test(test_nobody_approves_their_own),
        cmocka_unit_test(test_a_private_wish_is_never_public),
        cmocka_unit_test(test_given_back_denied_withdrawn),
        cmocka_unit_test(test_nobody_took_it),
        cmocka_unit_test(test_the_review_has_its_clock),
        cmocka_unit_test(test_claims_and_answers_run_out),
        cmocka_unit_test(test_five_at_a_time),
        cmocka_unit_test(test_errands_are_offered),
        cmocka_unit_test(test_no_team_took_it),
        cmocka_unit_test(test_what_may_be_read),
        cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_claim_against_withdraw),
        cmocka_unit_test(test_two_of_the_teams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
