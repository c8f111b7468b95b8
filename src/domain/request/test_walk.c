// SPDX-License-Identifier: MulanPSL-2.0
// Many at once, and anything in any order: what must hold, holds.
#include "base/clock.h"
#include "domain/request/test_request_util.h"
#include "request_sql.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// --- a race for one signature ---------------------------------------------------------------------------------------
#define RACERS 20
struct racer {
    struct ctx *c;
    int64_t id;
    enum err result;
    struct str who, when;
    pthread_barrier_t *start;
    pthread_t thread;
};

static void *race(void *arg)
{
    struct racer *racer = arg;
    pthread_barrier_wait(racer->start);
    racer->result = town_act(racer->c, racer->id, "sign", NULL, NULL);
    return NULL;
}

static void expect_one_winner(struct town *t, int64_t id, const int64_t *people, size_t people_count)
{
    struct racer racers[RACERS];
    pthread_barrier_t start;
    struct request r;
    size_t won = 0;
    pthread_barrier_init(&start, NULL, RACERS);
    for (size_t i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.c = test_ctx_more(t->c), .id = id, .start = &start};
        racers[i].c->now_ms = t->c->now_ms;
        town_become(racers[i].c, people[i % people_count]);
    }
    for (size_t i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    for (size_t i = 0; i < RACERS; i++)
        pthread_join(racers[i].thread, NULL);
    for (size_t i = 0; i < RACERS; i++) {
        struct error *error = &racers[i].c->error;
        if (racers[i].result == OK) {
            won++;
            continue;
        }
        assert_int_equal(racers[i].result, ERR_CONFLICT);
        assert_string_equal(error->key, "request.already_taken");
        assert_true(error->args[0].n > 0 && error->args[1].n > 0);
        const char *hour = memchr(error->args[1].p, ':', error->args[1].n); // "11月24日 18:05"
        assert_true(hour && !memchr(error->args[1].p, 'Z', error->args[1].n));
    }
    assert_int_equal(won, 1);
    expect_ok(t->c, town_get(t->c, id, &r));
    assert_int_equal(r.state, REQUEST_IN_PROGRESS);
    for (size_t i = 0; i < RACERS; i++) {
        if (racers[i].result == OK)
            assert_true(r.handler_id == racers[i].c->actor.person_id);
        test_ctx_done(racers[i].c);
    }
    pthread_barrier_destroy(&start);
}

static void test_one_signs(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r));
        expect_one_winner(&t, r.id, &t.steward, 1); // one account, many phones
        int64_t colleagues[4] = {t.unit_worker};
        for (int i = 1; i < 4; i++)
            colleagues[i] = town_add_unit_worker(&t, i);
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r));
        town_become(c, t.community_worker);
        struct request_input to = {.post_id = t.unit_post, .note = STR("请抢修")};
        expect_ok(c, town_act(c, r.id, "transfer", &to, &r));
        expect_one_winner(&t, r.id, colleagues, 4); // four people of one unit
    }
}

// --- random walks ---------------------------------------------------------------------------------------------------
#define SUBJECTS 24

struct walk {
    struct town *t;
    uint64_t random;
    struct request known[SUBJECTS];
    size_t count, done, refused;
};

static uint64_t next(struct walk *walk)
{
    uint64_t z = (walk->random += UINT64_C(0x9e3779b97f4a7c15)); // splitmix64
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static size_t pick(struct walk *walk, size_t n)
{
    return (size_t)(next(walk) % n);
}

struct check {
    const struct request *r;
    struct rows scope, events;
};

static enum err read_check(struct ctx *c, void *arg)
{
    struct check *check = arg;
    TRY(db_list(c, &sql_request_scope_places, ARGS(ARG_INT("request_id", check->r->id)), &request_scope_record, 16,
                &check->scope));
    return event_list(c, "request", check->r->id, 0, 1000, &check->events);
}

static void expect_invariants(struct ctx *c, const struct request *r)
{
    struct check check = {.r = r};
    struct request_scope wanted = request_scope_of(r);
    expect_ok(c, store_read(c, read_check, &check));
    assert_true(r->open == request_state_open(r->state));
    assert_true(r->open == (r->closed_at_ms == 0));
    assert_true(r->due_at_ms >= r->reported_at_ms);
    if (r->open && r->state >= REQUEST_DISPATCHED && r->state < REQUEST_MERGED)
        assert_true(r->owner_post_id != 0);
    if (r->state >= REQUEST_IN_PROGRESS && r->state <= REQUEST_CALLBACK)
        assert_true(r->handler_id != 0 && r->signed_at_ms >= r->reported_at_ms);
    assert_true((r->paused_at_ms != 0) == (r->state == REQUEST_AWAITING_REPORTER || r->state == REQUEST_SUSPENDED));
    assert_true((r->state == REQUEST_MERGED) <= (r->master_id != 0));
    bool claimed = r->state == REQUEST_CLAIMED || r->state == REQUEST_FULFILLED || r->state == REQUEST_CONFIRMED;
    assert_true(claimed <= (r->claimant_id != 0) && (!claimed || r->claimant_id != r->reporter_id));
    bool waits = r->state >= REQUEST_IN_REVIEW && r->state <= REQUEST_FULFILLED;
    assert_true(waits == (r->offer_until_ms != 0));
    if (!r->open)
        assert_true(r->next_level_at_ms == 0 && r->asked == ASK_NONE);
    if (r->verifier_id)
        assert_true(r->verifier_id != r->handler_id || r->state == REQUEST_IN_PROGRESS);
    const struct request_scope *scope = check.scope.at;
    assert_true(check.scope.count >= 5);
    for (size_t i = 0; i < check.scope.count; i++)
        assert_true(scope[i].open == wanted.open && scope[i].stage == wanted.stage &&
                    scope[i].unsatisfied == wanted.unsatisfied && scope[i].closed_at_ms == wanted.closed_at_ms);
    // The log tells the whole way: every step begins where the one before ended, one version each.
    const struct event *events = check.events.at;
    struct str at = {0};
    for (size_t i = 0; i < check.events.count; i++) {
        const struct json *data;
        expect_ok(c, json_parse(c, events[i].data, &data));
        if (i)
            assert_true(str_equal(json_str(json_get(data, "from")), at));
        at = json_str(json_get(data, "to"));
    }
    assert_true(str_equal_z(at, request_state_names[r->state]));
    assert_int_equal(r->version, check.events.count);
}

static bool rule_leads(const char *action, int from, int to)
{
    for (size_t i = 0; i < request_flow.rule_count; i++) {
        const struct flow_rule *rule = &request_flow.rules[i];
        if (strcmp(rule->action, action) == 0 && rule->from >> from & 1 &&
            (rule->to == FLOW_SAME ? from : rule->to) == to)
            return true;
    }
    return false;
}

// What follows of itself: file and separate send out, finish may pass, confirm may rate; deny and rework may move up.
static bool leads(const char *action, int from, int to)
{
    return rule_leads(action, from, to) ||
           ((strcmp(action, "file") == 0 || strcmp(action, "separate") == 0 || strcmp(action, "convert") == 0 ||
             strcmp(action, "release") == 0) &&
            to == REQUEST_DISPATCHED) ||
           (strcmp(action, "file") == 0 && to == REQUEST_UNCLAIMED) ||
           (strcmp(action, "finish") == 0 && to == REQUEST_CALLBACK) ||
           (strcmp(action, "confirm") == 0 && to == REQUEST_EVALUATED) ||
           ((strcmp(action, "deny") == 0 || strcmp(action, "rework") == 0) && to == REQUEST_DISPATCHED);
}

static void file_one(struct walk *walk)
{
    struct town *t = walk->t;
    const int64_t items[] = {t->lamp, t->water, t->dispute, t->wish, t->errand},
                  places[] = {t->building, t->other_building};
    struct request *r = &walk->known[walk->count < SUBJECTS ? walk->count++ : pick(walk, SUBJECTS)];
    town_become(t->c, t->residents[pick(walk, 6)]);
    expect_ok(t->c, town_file(t->c, items[pick(walk, 5)], places[pick(walk, 2)], "随便走走", r));
    expect_invariants(t->c, r);
}

// Mostly what somebody might really do next, else nobody would get far.
static const struct flow_rule *pick_rule(struct walk *walk, const struct request *r)
{
    const struct flow_rule *rule = &request_flow.rules[pick(walk, request_flow.rule_count)];
    for (int i = 0; i < 20 && pick(walk, 8) && !(rule->from >> r->state & 1 && rule->to != FLOW_SAME); i++)
        rule = &request_flow.rules[pick(walk, request_flow.rule_count)];
    return rule;
}

static int64_t holder_of(const struct town *t, int64_t post_id)
{
    const int64_t posts[] = {t->steward_post, t->grid_post, t->grid_b_post, t->community_post, t->unit_post};
    const int64_t people[] = {t->steward, t->grid_worker, t->grid_b_worker, t->community_worker, t->unit_worker};
    for (size_t i = 0; i < 5; i++)
        if (posts[i] == post_id)
            return people[i];
    return 0;
}

// Mostly somebody of those who may, and now and then anybody.
static int64_t pick_actor(struct walk *walk, const struct request *r, unsigned who)
{
    const struct town *t = walk->t;
    const int64_t anybody[] = {t->steward,
                               t->grid_worker,
                               t->grid_b_worker,
                               t->community_worker,
                               t->unit_worker,
                               t->residents[0],
                               t->residents[1],
                               t->residents[2],
                               t->residents[3],
                               t->residents[4],
                               t->residents[5],
                               t->subdistrict_worker,
                               0};
    if (pick(walk, 4) == 0)
        return anybody[pick(walk, 13)];
    if (who & RELATION_SYSTEM && pick(walk, 3) == 0)
        return 0;
    if (who & RELATION_REPORTER)
        return r->reporter_id;
    if (who & RELATION_HANDLER)
        return r->team_due_ms ? r->handler_id : holder_of(t, r->owner_post_id);
    if (who & RELATION_WILLING)
        return t->residents[pick(walk, 6)];
    if (who & RELATION_CLAIMANT)
        return r->claimant_id;
    if (who & RELATION_TEAM)
        return t->team[pick(walk, 2)];
    return who & RELATION_SUPERIOR || pick(walk, 3) == 0 ? t->subdistrict_worker : t->community_worker;
}

static void act_once(struct walk *walk)
{
    struct town *t = walk->t;
    const int64_t posts[] = {0, t->steward_post, t->grid_post, t->grid_b_post, t->community_post, t->unit_post, 12345};
    struct request *r = &walk->known[pick(walk, walk->count)], now;
    for (int i = 0; i < 6 && !r->open; i++)
        r = &walk->known[pick(walk, walk->count)];
    expect_ok(t->c, town_get(t->c, r->id, r)); // what was done to another may have moved it
    const struct flow_rule *rule = pick_rule(walk, r);
    const char *action = rule->action;
    struct request_input input = {.note = pick(walk, 5) ? STR("随便说说") : STR(""),
                                  .rating = (int64_t)pick(walk, 6),
                                  .post_id = posts[pick(walk, 7)]};
    if (strcmp(action, "conclude") == 0) // the importer's own
        return;
    town_become(t->c, pick_actor(walk, r, rule->who));
    if (strcmp(action, "rate") != 0 && strcmp(action, "confirm") != 0)
        input.rating = 0;
    if (strcmp(action, "transfer") != 0 && strcmp(action, "dispatch") != 0)
        input.post_id = 0;
    if (strcmp(action, "arbitrate") == 0)
        input.post_id = posts[pick(walk, 7)];
    if (strcmp(action, "ask_suspend") == 0)
        input.until_ms = t->c->now_ms + (int64_t)pick(walk, 100 * DAY_MS);
    if (strcmp(action, "ask_extend") == 0)
        input.units = 1 + (int64_t)pick(walk, 5);
    if (strcmp(action, "approve") == 0)
        input = (struct request_input){.text = STR("一个心愿"), .no_personal_data = pick(walk, 4) != 0};
    if ((strcmp(action, "finish") == 0 || strcmp(action, "deliver") == 0) && pick(walk, 4))
        input.without_photo = STR("黑灯瞎火");
    if (strcmp(action, "merge") == 0)
        input.master_id = walk->known[pick(walk, walk->count)].id;
    if (strcmp(action, "ask_exclude") == 0)
        input.reason = (int)pick(walk, 7);
    if (strcmp(action, "reclassify") == 0) {
        const int64_t items[] = {t->lamp, t->water, t->dispute};
        input.item_id = items[pick(walk, 3)];
    }
    enum err err = town_act(t->c, r->id, action, &input, &now);
    if (err == ERR_INTERNAL || err == ERR_BUSY)
        fail_msg("%s: %s", action, t->c->error.key);
    if (err != OK) {
        walk->refused++;
        ctx_clear_error(t->c);
        expect_ok(t->c, town_get(t->c, r->id, &now));
        assert_int_equal(now.version, r->version); // what is refused changes nothing
        return;
    }
    walk->done++;
    if (!leads(action, r->state, now.state))
        fail_msg("%s led from %s to %s", action, request_state_names[r->state], request_state_names[now.state]);
    assert_true(now.version > r->version);
    expect_invariants(t->c, &now);
    *r = now;
}

static void let_time_pass(struct walk *walk)
{
    struct town *t = walk->t;
    town_clock(t, t->c->now_ms + (int64_t)pick(walk, 3 * DAY_MS));
    if (pick(walk, 3) == 0 && t->steward_term) {
        expect_ok(t->c, town_end_term(t, t->steward_term));
        t->steward_term = 0;
    } else if (!t->steward_term) {
        t->steward_term = town_begin_term(t, t->steward_post, t->steward);
    }
    town_become(t->c, 0);
    for (const struct job *job = request_jobs; job->name; job++)
        expect_ok(t->c, job->run(t->c));
    for (size_t i = 0; i < walk->count; i++) {
        struct request *r = &walk->known[i];
        expect_ok(t->c, town_get(t->c, r->id, r));
        expect_invariants(t->c, r);
        if (r->state == REQUEST_CALLBACK)
            assert_true(t->c->now_ms <= r->state_at_ms + REQUEST_CALLBACK_MS);
    }
}

static void test_random_walks(void **state)
{
    const char *given = getenv("LINLI_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 20261124;
    print_message("LINLI_SEED=%llu\n", (unsigned long long)seed);
    EACH_ENGINE(t)
    {
        size_t steps = strcmp(*engine, "sqlite") == 0 ? 4000 : 1000;
        struct walk *walk = calloc(1, sizeof *walk);
        *walk = (struct walk){.t = &t, .random = seed};
        town_add_team(&t);
        file_one(walk);
        for (size_t i = 0; i < steps; i++) {
            size_t what = pick(walk, 100);
            if (what < 12)
                file_one(walk);
            else if (what < 14)
                let_time_pass(walk);
            else
                act_once(walk);
            if (i % 50 == 0) { // rows of the arena are remembered by number only
                for (size_t j = 0; j < walk->count; j++)
                    walk->known[j] = (struct request){.id = walk->known[j].id, .version = walk->known[j].version};
                test_ctx_reset(t.c);
                for (size_t j = 0; j < walk->count; j++)
                    expect_ok(t.c, town_get(t.c, walk->known[j].id, &walk->known[j]));
            }
        }
        print_message("%s: %zu steps taken, %zu refused\n", *engine, walk->done, walk->refused);
        assert_true(walk->done * 20 > steps); // else nearly all was refused, and little tried
        free(walk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_signs),
        cmocka_unit_test(test_random_walks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
