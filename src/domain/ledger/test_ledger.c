// SPDX-License-Identifier: MulanPSL-2.0
// Random lives: what was summed by day, the walk over the log and a naive count of events say the same.
#include "base/clock.h"
#include "domain/ledger/ledger_internal.h"
#include "domain/request/test_request_util.h"
#include "flow/log_reader.h"
#include "flow/seal_log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define CASES 40

struct life {
    struct town *t;
    uint64_t random;
    int64_t ids[CASES];
    size_t count, done;
};

static size_t pick(struct life *life, size_t n)
{
    uint64_t z = (life->random += UINT64_C(0x9e3779b97f4a7c15)); // splitmix64
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((z ^ z >> 31) % n);
}

static uint64_t seed(void)
{
    const char *given = getenv("LINLI_SEED");
    uint64_t value = given ? strtoull(given, NULL, 10) : 20261124;
    print_message("LINLI_SEED=%llu\n", (unsigned long long)value);
    return value;
}

static void build(struct town *t, const char *engine)
{
    size_t count;
    const struct store_part *parts = town_parts(&count);
    static struct store_part more[32];
    (void)engine;
    for (size_t i = 0; i < count; i++)
        more[i] = parts[i];
    more[count] = ledger_module.store;
    expect_ok(t->c, test_store_reopen(t->c, more, count + 1));
    assert_int_equal(store_contract_check(t->c, &more[count], 1), 0); // the others have tests of their own
}

// --- a life ----------------------------------------------------------------------------------------------------------
static void file_one(struct life *life)
{
    struct town *t = life->t;
    struct request r;
    const int64_t items[] = {t->lamp, t->water, t->dispute}, places[] = {t->building, t->other_building};
    town_become(t->c, t->residents[pick(life, 6)]);
    expect_ok(t->c, town_file(t->c, items[pick(life, 3)], places[pick(life, 2)], "随便走走", &r));
    life->ids[life->count < CASES ? life->count++ : pick(life, CASES)] = r.id;
}

static int64_t somebody(struct life *life, const struct request *r)
{
    const struct town *t = life->t;
    const int64_t posts[] = {t->steward_post, t->grid_post, t->grid_b_post, t->community_post, t->unit_post};
    const int64_t people[] = {t->steward, t->grid_worker, t->grid_b_worker, t->community_worker, t->unit_worker};
    size_t what = pick(life, 8);
    for (size_t i = 0; i < 5 && what < 4; i++)
        if (posts[i] == r->owner_post_id)
            return people[i];
    return what < 6 ? r->reporter_id : what == 6 ? t->community_worker : t->subdistrict_worker;
}

static bool may_lead(const char *action, int state)
{
    for (size_t i = 0; i < request_flow.rule_count; i++)
        if (strcmp(request_flow.rules[i].action, action) == 0 && request_flow.rules[i].from >> state & 1)
            return true;
    return false;
}

static void act_once(struct life *life)
{
    static const char *const actions[] = {"sign",         "sign",
                                          "contact",      "contact",
                                          "finish",       "finish",
                                          "finish",       "pass",
                                          "pass",         "rework",
                                          "confirm",      "confirm",
                                          "confirm",      "deny",
                                          "rate",         "rate",
                                          "reopen",       "withdraw",
                                          "return",       "dispatch",
                                          "transfer",     "ask_extend",
                                          "ask_extend",   "approve_extend",
                                          "ask_suspend",  "approve_suspend",
                                          "ask_reporter", "answer",
                                          "merge",        "separate",
                                          "refuse",       "appeal",
                                          "explain",      "not_ours",
                                          "ask_exclude",  "approve_exclude",
                                          "restore",      "comment",
                                          "contest",      "arbitrate",
                                          "reclassify"};
    struct town *t = life->t;
    struct request r;
    int64_t id = life->ids[pick(life, life->count)];
    const char *action = "comment";
    const int64_t posts[] = {t->steward_post, t->grid_post, t->community_post, t->unit_post};
    const int64_t items[] = {t->lamp, t->water};
    expect_ok(t->c, town_get(t->c, id, &r));
    for (int i = 0; i < 40; i++) { // mostly what may be done now
        action = actions[pick(life, sizeof actions / sizeof *actions)];
        if (may_lead(action, r.state))
            break;
    }
    struct request_input input = {.note = STR("随便说说")};
    if (strcmp(action, "rate") == 0 || (strcmp(action, "confirm") == 0 && pick(life, 2)))
        input.rating = 1 + (int64_t)pick(life, 5);
    if (strcmp(action, "transfer") == 0 || strcmp(action, "arbitrate") == 0)
        input.post_id = posts[pick(life, 4)];
    if (strcmp(action, "ask_suspend") == 0)
        input.until_ms = t->c->now_ms + (int64_t)pick(life, 10 * DAY_MS);
    if (strcmp(action, "ask_extend") == 0)
        input.units = 1 + (int64_t)pick(life, 5);
    if (strcmp(action, "finish") == 0)
        input.without_photo = STR("黑灯瞎火");
    if (strcmp(action, "merge") == 0)
        input.master_id = life->ids[pick(life, life->count)];
    if (strcmp(action, "reclassify") == 0)
        input.item_id = items[pick(life, 2)];
    if (strcmp(action, "ask_exclude") == 0)
        input.reason = EXCLUSION_NOT_HERE;
    town_become(t->c, somebody(life, &r));
    enum err err = town_act(t->c, id, action, &input, NULL);
    if (err == ERR_INTERNAL || err == ERR_BUSY)
        fail_msg("%s: %s", action, t->c->error.key);
    life->done += err == OK;
    ctx_clear_error(t->c);
}

static void live(struct life *life, size_t steps)
{
    for (size_t i = 0; i < steps; i++) {
        size_t what = pick(life, 100);
        if (what < 5 || !life->count) {
            file_one(life);
        } else if (what < 9) {
            town_clock(life->t, life->t->c->now_ms + (int64_t)pick(life, DAY_MS));
            town_run_jobs(life->t->c);
        } else {
            act_once(life);
        }
        if (i % 50 == 0)
            test_ctx_reset(life->t->c);
    }
}

// --- three ways to count
// -----------------------------------------------------------------------------------------------
struct asked {
    struct ledger_query query;
    struct str member;
    bool one_member;
    const struct ledger_row *rows;
    size_t count;
    int64_t as_of_ms;
};

static enum err read_asked(struct ctx *c, void *arg)
{
    struct asked *a = arg;
    return ledger_read(c, &a->query, a->member, a->one_member, &a->rows, &a->count, &a->as_of_ms);
}

static enum err walk_all(struct ctx *c, void *walk)
{
    return event_walk(c, INT64_MIN, INT64_MAX, ledger_walk_take, walk);
}

static void expect_sane(const struct ledger_row *row)
{
    for (const struct ledger_figure *f = ledger_figures; f->code; f++) {
        if (f->kind != FIGURE_SHARE)
            continue;
        if (row->raw[f->numerator] > row->raw[f->denominator] || row->net[f->numerator] > row->net[f->denominator] ||
            row->raw[f->numerator] < 0 || row->net[f->numerator] < 0)
            fail_msg("%s of %.*s: %lld of %lld", f->code, STR_ARG(row->member), (long long)row->raw[f->numerator],
                     (long long)row->raw[f->denominator]);
    }
}

static void expect_same(struct town *t, const struct ledger_query *query)
{
    struct asked asked = {.query = *query};
    struct ledger_query filled;
    const struct ledger_row *rows;
    size_t count;
    struct ledger_walk *walk = ledger_walk_new(t->c, query);
    expect_ok(t->c, store_read(t->c, read_asked, &asked));
    expect_ok(t->c, store_read(t->c, walk_all, walk));
    ledger_walk_rows(walk, &filled, &rows, &count);
    assert_int_equal(asked.as_of_ms, t->c->now_ms);
    assert_int_equal(asked.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(str_equal(asked.rows[i].member, rows[i].member));
        assert_int_equal(asked.rows[i].period, rows[i].period);
        for (size_t j = 0; j < LEDGER_COUNTER_COUNT; j++)
            if (asked.rows[i].raw[j] != rows[i].raw[j] || asked.rows[i].net[j] != rows[i].net[j])
                fail_msg("%s of %.*s: by day %lld, %lld net; by the log %lld, %lld", ledger_counter_names[j],
                         STR_ARG(rows[i].member), (long long)asked.rows[i].raw[j], (long long)asked.rows[i].net[j],
                         (long long)rows[i].raw[j], (long long)rows[i].net[j]);
        expect_sane(&rows[i]);
    }
}

static void expect_all_same(struct life *life)
{
    struct town *t = life->t;
    const int64_t places[] = {t->district, t->subdistrict, t->community, t->grid_a, t->grid_b};
    int64_t today = calendar_day(t->calendar, t->c->now_ms);
    for (int i = 0; i < 8; i++) {
        struct ledger_query query = {.place_id = places[pick(life, 5)], .by = (enum ledger_by)pick(life, BY_GRID)};
        if (pick(life, 2)) {
            query.place_id = t->district;
            query.by = (enum ledger_by)(BY_GRID + pick(life, 3));
        }
        query.from_day = today - (int64_t)pick(life, 60);
        query.to_day = query.from_day + (int64_t)pick(life, 70);
        if (query.by == BY_ALL)
            query.per = (enum ledger_per)pick(life, 4);
        expect_same(t, &query);
    }
}

struct naive {
    int64_t n[LEDGER_COUNTER_COUNT];
};

static enum err count_event(struct ctx *c, const struct event *event, void *arg)
{
    static const struct {
        const char *type;
        enum ledger_counter counter;
    } plain[] = {{"reported", COUNT_reported}, {"finished", COUNT_finished}, {"reworked", COUNT_reworked},
                 {"denied", COUNT_reworked},   {"denied", COUNT_callbacks},  {"confirmed", COUNT_callbacks},
                 {"confirmed", COUNT_solved},  {"returned", COUNT_returned}, {"lapsed", COUNT_lapsed},
                 {"confirmed", COUNT_closed},  {"lapsed", COUNT_closed},     {"explained", COUNT_closed},
                 {"not_ours", COUNT_closed}};
    struct naive *naive = arg;
    (void)c;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (str_starts_with(event->type, STR("request.")) &&
            str_equal_z((struct str){event->type.p + 8, event->type.n - 8}, plain[i].type))
            naive->n[plain[i].counter]++;
    return OK;
}

static enum err count_all(struct ctx *c, void *arg)
{
    return event_walk(c, INT64_MIN, INT64_MAX, count_event, arg);
}

// What stands in the rows, and what a plain count of events gives.
static void expect_naive(struct life *life, const int64_t *all_ids, size_t all_count)
{
    struct town *t = life->t;
    struct naive naive = {{0}};
    struct asked asked = {.query = {.place_id = t->district, .from_day = 0, .to_day = 100000}};
    expect_ok(t->c, store_read(t->c, count_all, &naive));
    expect_ok(t->c, store_read(t->c, read_asked, &asked));
    assert_int_equal(asked.count, 1);
    naive.n[COUNT_due] = naive.n[COUNT_closed];
    for (size_t i = 0; i < all_count; i++) {
        struct request r;
        expect_ok(t->c, town_get(t->c, all_ids[i], &r));
        naive.n[COUNT_sent] += r.dispatched_at_ms != 0;
        naive.n[COUNT_excluded] += r.exclusion == EXCLUSION_EXCLUDED;
        naive.n[COUNT_due] += r.open && r.state != REQUEST_REPORTED && r.state != REQUEST_MERGED;
    }
    static const enum ledger_counter compared[] = {COUNT_reported, COUNT_finished, COUNT_reworked, COUNT_callbacks,
                                                   COUNT_solved,   COUNT_returned, COUNT_lapsed,   COUNT_closed,
                                                   COUNT_sent,     COUNT_due,      COUNT_excluded};
    for (size_t i = 0; i < sizeof compared / sizeof *compared; i++)
        if (asked.rows[0].raw[compared[i]] != naive.n[compared[i]])
            fail_msg("%s: %lld, counted %lld", ledger_counter_names[compared[i]],
                     (long long)asked.rows[0].raw[compared[i]], (long long)naive.n[compared[i]]);
    print_message(
        "reported %lld sent %lld in time %lld responded %lld callbacks %lld satisfied %lld due %lld closed %lld in "
        "time %lld extended %lld excluded %lld\n",
        (long long)asked.rows[0].raw[COUNT_reported], (long long)asked.rows[0].raw[COUNT_sent],
        (long long)asked.rows[0].raw[COUNT_sent_in_time], (long long)asked.rows[0].raw[COUNT_responded],
        (long long)asked.rows[0].raw[COUNT_callbacks], (long long)asked.rows[0].raw[COUNT_satisfied],
        (long long)asked.rows[0].raw[COUNT_due], (long long)asked.rows[0].raw[COUNT_closed],
        (long long)asked.rows[0].raw[COUNT_closed_in_time], (long long)asked.rows[0].raw[COUNT_extended],
        (long long)asked.rows[0].raw[COUNT_excluded]);
}

static enum err collect_id(struct ctx *c, const struct event *event, void *arg)
{
    struct life *all = arg;
    (void)c;
    if (str_equal_z(event->type, "request.reported") && all->count < 1000)
        ((int64_t *)(void *)all->t)[all->count++] = event->subject_id;
    return OK;
}

static enum err collect_ids(struct ctx *c, void *arg)
{
    return event_walk(c, INT64_MIN, INT64_MAX, collect_id, arg);
}

static void test_random_lives(void **state)
{
    uint64_t random = seed();
    EACH_ENGINE(t)
    {
        struct life life = {.t = &t, .random = random};
        static int64_t all_ids[1000];
        build(&t, *engine);
        for (int round = 0; round < (strcmp(*engine, "sqlite") == 0 ? 20 : 5); round++) {
            live(&life, 100);
            town_become(t.c, 0);
            if (pick(&life, 3)) {
                expect_ok(t.c, seal_log_run(t.c));
                expect_ok(t.c, ledger_fold(t.c));
            }
            expect_all_same(&life);
            test_ctx_reset(t.c);
        }
        town_become(t.c, 0);
        expect_ok(t.c, ledger_rebuild(t.c));
        expect_all_same(&life);
        struct life all = {.t = (struct town *)(void *)all_ids};
        expect_ok(t.c, store_read(t.c, collect_ids, &all));
        expect_naive(&life, all_ids, all.count);
        assert_true(life.done > 100);
    }
}

// --- two processes
// -----------------------------------------------------------------------------------------------------
static void *fold(void *arg)
{
    struct ctx *c = arg;
    for (int i = 0; i < 20; i++) {
        enum err err = ledger_fold(c);
        if (err == OK)
            break;
        ctx_clear_error(c);
    }
    return NULL;
}

static void test_two_processes(void **state)
{
    EACH_ENGINE(t)
    {
        struct life life = {.t = &t, .random = 7};
        pthread_t threads[2];
        struct ctx *both[2];
        build(&t, *engine);
        live(&life, strcmp(*engine, "sqlite") == 0 ? 600 : 200);
        town_become(t.c, 0);
        town_clock(&t, t.c->now_ms + HOUR_MS);
        expect_ok(t.c, seal_log_run(t.c));
        for (int i = 0; i < 2; i++) {
            both[i] = test_ctx_more(t.c);
            both[i]->now_ms = t.c->now_ms;
            assert_int_equal(pthread_create(&threads[i], NULL, fold, both[i]), 0);
        }
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        expect_all_same(&life);
        for (int i = 0; i < 2; i++)
            test_ctx_done(both[i]);
    }
}

// --- one case, by hand
// -------------------------------------------------------------------------------------------------
static void step(struct town *t, int64_t person_id, const char *action, struct request_input input, struct request *r)
{
    town_become(t->c, person_id);
    expect_ok(t->c, town_act(t->c, r->id, action, &input, r));
}

static void test_one_by_hand(void **state)
{
    EACH_ENGINE(t)
    {
        struct request r;
        int64_t first = t.c->now_ms;
        build(&t, *engine);
        town_become(t.c, t.residents[0]);
        expect_ok(t.c, town_file(t.c, t.lamp, t.building, "灯坏了", &r));
        town_clock(&t, first + 10 * MINUTE_MS);
        step(&t, t.steward, "sign", (struct request_input){0}, &r);
        step(&t, t.steward, "contact", (struct request_input){.note = STR("打过电话")}, &r);
        step(&t, t.steward, "finish", town_done, &r);
        step(&t, t.residents[0], "deny", (struct request_input){.note = STR("还没亮")}, &r);
        step(&t, t.steward, "finish", town_done, &r);
        town_clock(&t, first + 2 * DAY_MS);
        step(&t, t.residents[0], "confirm", (struct request_input){.rating = 3}, &r);
        struct asked asked = {.query = {.place_id = t.grid_a,
                                        .per = PER_DAY,
                                        .from_day = calendar_day(t.calendar, first),
                                        .to_day = calendar_day(t.calendar, first) + 30}};
        expect_ok(t.c, store_read(t.c, read_asked, &asked));
        const struct ledger_row *day = asked.rows;
        static const int64_t on_first[LEDGER_COUNTER_COUNT] = {
            [COUNT_reported] = 1,  [COUNT_filed] = 1,    [COUNT_sent] = 1,     [COUNT_sent_in_time] = 1,
            [COUNT_responded] = 1, [COUNT_finished] = 2, [COUNT_reworked] = 1, [COUNT_callbacks] = 1};
        for (size_t i = 0; i < LEDGER_COUNTER_COUNT; i++)
            if (i != COUNT_due && i != COUNT_closed && i != COUNT_closed_in_time)
                assert_int_equal(day[0].raw[i], on_first[i]);
        int64_t callbacks = 0, satisfied = 0, deeds = 0, due = 0, in_time = 0;
        for (size_t i = 0; i < asked.count; i++) {
            callbacks += day[i].raw[COUNT_callbacks];
            satisfied += day[i].raw[COUNT_satisfied];
            deeds += day[i].raw[COUNT_deeds];
            due += day[i].raw[COUNT_due];
            in_time += day[i].raw[COUNT_closed_in_time];
            assert_true(!day[i].raw[COUNT_due] || day[i].period == calendar_day(t.calendar, r.due_at_ms));
        }
        assert_int_equal(callbacks, 2);
        assert_int_equal(satisfied, 1);
        assert_int_equal(deeds, 1);
        assert_int_equal(due, 1);
        assert_int_equal(in_time, 1);
    }
}

static void test_values(void **state)
{
    struct ledger_weights weights;
    int64_t n[LEDGER_COUNTER_COUNT] = {0};
    (void)state;
    assert_true(ledger_weights_parse(STR("30-35-35"), &weights));
    assert_false(ledger_weights_parse(STR("30-35-36"), &weights) || ledger_weights_parse(STR("50-50"), &weights) ||
                 ledger_weights_parse(STR("30-35-35-0"), &weights) ||
                 ledger_weights_parse(STR("130--65-35"), &weights));
    assert_true(ledger_weights_parse(STR("30-35-35"), &weights));
    const struct ledger_figure *composite = ledger_figures;
    while (composite->kind != FIGURE_COMPOSITE)
        composite++;
    assert_int_equal(ledger_value(composite, n, &weights), -1); // nothing is divided by nothing
    n[COUNT_sent] = 3;
    n[COUNT_responded] = 2;
    n[COUNT_callbacks] = 7;
    n[COUNT_solved] = 6;
    n[COUNT_satisfied] = 5;
    assert_int_equal(ledger_value(composite, n, &weights), 200000 + 300000 + 250000);
    int64_t day;
    assert_true(ledger_day_parse(STR("2026-02-28"), &day) && !ledger_day_parse(STR("2026-02-29"), &day));
    struct ledger_query query = {0};
    assert_int_equal(ledger_period_begin(PER_WEEK, day, &query), day - 5); // a Saturday
    assert_int_equal(ledger_period_begin(PER_MONTH, day, &query), day - 27);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_one_by_hand),
        cmocka_unit_test(test_random_lives),
        cmocka_unit_test(test_two_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
