// SPDX-License-Identifier: MulanPSL-2.0
// Rounds from the plan to the ladder, two phones at once, what comes late, a consent withdrawn in the middle. On both
// engines.
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/test_request_util.h"
#include "domain/round/round_internal.h"
#include "round_sql.h"

#include <string.h>

// The test's clock stands at Monday 09:00 in China; the window is 07:00 to 10:00.
struct world {
    struct round_plan plan;
    struct checkpoint points[2];
    int64_t care[2], help;
    struct round r;
    struct rows items;
};

static enum err add_world(struct ctx *c, void *arg)
{
    struct town *t = ((void **)arg)[0];
    struct world *w = ((void **)arg)[1];
    struct service_item item = {.code = STR("elder.help"),
                                .kind = KIND_FINDING,
                                .name_zh = STR("需要帮助"),
                                .name_en = STR("in need"),
                                .hint_zh = STR(""),
                                .hint_en = STR(""),
                                .route_role = ROLE_GRID_WORKER,
                                .unit = UNIT_WORK_DAY,
                                .budget = 1};
    TRY(service_item_create(c, &item));
    w->help = item.id;
    w->plan = (struct round_plan){.place_id = t->building,
                                  .name = STR("巡楼"),
                                  .role = ROLE_STEWARD,
                                  .days = ROUND_EVERY_DAY,
                                  .weekdays = STR(""),
                                  .window_from = STR("07:00"),
                                  .window_to = STR("10:00")};
    TRY(round_plan_make(c, &w->plan));
    for (int i = 0; i < 2; i++) {
        w->points[i] = (struct checkpoint){
            .plan_id = w->plan.id, .name = i ? STR("顶层") : STR("门厅"), .asks = STR("lights,stairs")};
        TRY(checkpoint_add(c, &w->points[i], i == 0));
    }
    for (int i = 0; i < 2; i++) {
        struct new_care care = {.place_id = t->building,
                                .name = STR("张玉兰"),
                                .door_number = STR("201"),
                                .phone = STR("13711112222"),
                                .note = STR("听力不好"),
                                .reason = "alone",
                                .every_days = 2,
                                .meal_days = i ? STR("1,2,3,4,5,6,7") : STR(""),
                                .meal = i ? STR("午餐") : STR(""),
                                .consent_by = t->community_worker};
        TRY(care_make(c, &care, &w->care[i]));
    }
    return OK;
}

static void run_jobs(struct ctx *c)
{
    town_become(c, 0);
    for (const struct job *job = round_jobs; job->name; job++)
        expect_ok(c, job->run(c));
}

static enum err read_round(struct ctx *c, void *arg)
{
    struct world *w = arg;
    TRY(db_one(c, &sql_round_of_plan_day,
               ARGS(ARG_INT("plan_id", w->plan.id), ARG_INT("day", w->r.day ? w->r.day : round_today(c))),
               &round_record, &w->r));
    return round_items_of(c, w->r.id, &w->items);
}

static void look(struct ctx *c, struct world *w)
{
    expect_ok(c, store_read(c, read_round, w));
}

static void build(struct town *t, struct world *w)
{
    void *both[] = {t, w};
    *w = (struct world){0};
    town_become(t->c, 0);
    expect_ok(t->c, store_write(t->c, add_world, both));
    run_jobs(t->c);
    look(t->c, w);
}

static const struct round_item *item_at(const struct world *w, size_t i)
{
    assert_true(i < w->items.count);
    return (const struct round_item *)w->items.at + i;
}

struct tick_call {
    int64_t round_id;
    struct round_tick tick;
    struct round r;
};

static enum err write_tick(struct ctx *c, void *arg)
{
    struct tick_call *call = arg;
    return round_tick(c, call->round_id, &call->tick, &call->r);
}

static enum err tick_as(struct ctx *c, int64_t person, struct world *w, size_t i, int result, int64_t at_ms)
{
    struct tick_call call = {w->r.id,
                             {.item = item_at(w, i)->id,
                              .result = result,
                              .bad = STR(""),
                              .at_ms = at_ms,
                              .words = result == RESULT_NOT_DELIVERED ? STR("不在家") : STR("")},
                             {0}};
    town_become(c, person);
    return store_write(c, write_tick, &call);
}

struct story_call {
    const char *kind;
    int64_t id;
    struct rows rows;
};

static enum err read_story(struct ctx *c, void *arg)
{
    struct story_call *story = arg;
    return event_list(c, story->kind, story->id, 0, 500, &story->rows);
}

static void expect_story(struct ctx *c, const char *kind, int64_t id, const char *wanted)
{
    struct story_call story = {kind, id, {0}};
    char text[2000] = "";
    size_t skip = strlen(kind) + 1;
    expect_ok(c, store_read(c, read_story, &story));
    const struct event *events = story.rows.at;
    for (size_t i = 0; i < story.rows.count; i++) {
        strncat(text, i ? " " : "", sizeof text - strlen(text) - 1);
        strncat(text, str_z(c->arena, events[i].type) + skip, sizeof text - strlen(text) - 1);
    }
    if (strcmp(text, wanted) != 0)
        fail_msg("%s: %s", kind, text);
}

static void test_contract(void **state)
{
    size_t count;
    const struct store_part *parts = town_parts(&count);
    (void)state;
    for (const char *const *engine = test_engines(); *engine; engine++) {
        struct ctx *c = test_ctx(parts, count, *engine);
        assert_int_equal(store_contract_check(c, parts, count), 0);
        test_ctx_free(c);
    }
}

static void test_walked_in_time(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        assert_int_equal(w.items.count, 5); // two checkpoints, two visits, one meal
        assert_int_equal(w.r.post_id, t.steward_post);
        assert_int_equal(w.r.plan_version, 3);
        run_jobs(c); // once: nothing is made again, nobody reminded again
        expect_story(c, "round", w.r.id, "planned reminded");
        static const int results[] = {RESULT_SEEN, RESULT_SEEN, RESULT_WELL, RESULT_WELL, RESULT_DELIVERED};
        for (size_t i = 0; i < 5; i++)
            expect_ok(c, tick_as(c, t.steward, &w, i, results[i], c->now_ms));
        look(c, &w);
        assert_int_equal(w.r.state, ROUND_DONE);
        assert_true(w.r.in_time && !w.r.recorded_late && w.r.items_done == 5);
        town_clock(&t, c->now_ms + 30 * HOUR_MS);
        run_jobs(c);
        expect_story(c, "round", w.r.id, "planned reminded ticked ticked ticked ticked ticked done");
    }
}

static enum err add_point(struct ctx *c, void *arg)
{
    const struct world *w = arg;
    struct checkpoint point = {.plan_id = w->plan.id, .name = STR("地下室"), .asks = STR("")};
    return checkpoint_add(c, &point, false);
}

// The plan changes: what nobody has begun follows it, what was begun stays as it was.
static void test_version_walked(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        town_become(c, 0);
        expect_ok(c, store_write(c, add_point, &w));
        look(c, &w);
        assert_true(w.r.plan_version == 4 && w.r.items == 6 && w.items.count == 6);
        expect_ok(c, tick_as(c, t.steward, &w, 0, RESULT_SEEN, c->now_ms));
        town_become(c, 0);
        expect_ok(c, store_write(c, add_point, &w));
        look(c, &w);
        assert_true(w.r.plan_version == 4 && w.r.items == 6 && w.items.count == 6);
        expect_story(c, "round", w.r.id, "planned reminded replanned ticked");
    }
}

static void test_ladder(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        int64_t nine = c->now_ms;
        town_clock(&t, nine + HOUR_MS - 1);
        run_jobs(c);
        expect_story(c, "round", w.r.id, "planned reminded");
        town_clock(&t, nine + HOUR_MS);
        run_jobs(c);
        run_jobs(c);
        look(c, &w);
        assert_int_equal(w.r.state, ROUND_MISSED);
        assert_int_equal(w.r.escalated_post_id, t.grid_post);
        expect_story(c, "round", w.r.id, "planned reminded missed");
        town_clock(&t, nine + 22 * HOUR_MS);
        run_jobs(c);
        look(c, &w);
        assert_int_equal(w.r.escalated_post_id, t.community_post);
        expect_story(c, "round", w.r.id, "planned reminded missed escalated");
        run_jobs(c);
        expect_story(c, "round", w.r.id, "planned reminded missed escalated");
    }
}

// A standstill of five days: today's round is made, the others are written down as missed, levels in order.
static void test_standstill(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        int64_t day = w.r.day, id = w.r.id;
        town_clock(&t, c->now_ms + 5 * DAY_MS + HOUR_MS / 2);
        run_jobs(c);
        expect_story(c, "round", id, "planned reminded missed escalated");
        for (int i = 1; i <= 5; i++) {
            w.r.day = day + i;
            look(c, &w);
            assert_int_equal(w.r.state, i < 5 ? ROUND_MISSED : ROUND_PLANNED);
            // Who is due for a visit is known for today only.
            assert_int_equal(w.items.count, i < 5 ? 2 : 5);
            expect_story(c, "round", w.r.id,
                         i < 4    ? "planned missed"
                         : i == 4 ? "planned missed escalated"
                                  : "planned reminded");
        }
    }
}

static void test_two_phones(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        int64_t nine = c->now_ms;
        expect_err(c, tick_as(c, t.grid_b_worker, &w, 0, RESULT_SEEN, nine), ERR_NOT_FOUND, "round.unknown");
        expect_err(c, tick_as(c, t.grid_worker, &w, 0, RESULT_SEEN, nine), ERR_FORBIDDEN, "round.not_yours");
        expect_err(c, tick_as(c, t.residents[0], &w, 0, RESULT_SEEN, nine), ERR_NOT_FOUND, "round.unknown");
        expect_err(c, tick_as(c, t.steward, &w, 0, RESULT_WELL, nine), ERR_INVALID, "round.wrong_result");
        expect_ok(c, tick_as(c, t.steward, &w, 2, RESULT_WELL, nine - 1));
        expect_ok(c, tick_as(c, t.steward, &w, 2, RESULT_WELL, nine - 1)); // sent twice: harmless
        expect_story(c, "round", w.r.id, "planned reminded ticked");
        expect_story(c, "care", w.care[0], "recorded reminded visited");
        // The post changes hands at noon of the same walk: two phones of two holders.
        town_begin_term(&t, t.steward_post, t.residents[1]);
        expect_err(c, tick_as(c, t.steward, &w, 3, RESULT_WELL, nine), ERR_NOT_FOUND, "round.unknown");
        expect_ok(c, tick_as(c, t.residents[1], &w, 2, RESULT_NOT_HOME, nine));
        look(c, &w);
        assert_int_equal(item_at(&w, 2)->result, RESULT_WELL); // the first stands
        assert_int_equal(item_at(&w, 2)->noted, 1);
        expect_story(c, "round", w.r.id, "planned reminded ticked noted");
        expect_story(c, "care", w.care[0], "recorded reminded visited");
    }
}

static void test_late_arrival(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        int64_t nine = c->now_ms;
        town_clock(&t, nine + 8 * HOUR_MS);
        run_jobs(c);
        look(c, &w);
        assert_int_equal(w.r.state, ROUND_MISSED);
        static const int results[] = {RESULT_SEEN, RESULT_SEEN, RESULT_WELL, RESULT_REFUSED, RESULT_NOT_DELIVERED};
        expect_ok(c, tick_as(c, t.steward, &w, 0, RESULT_SEEN, nine));
        look(c, &w);
        assert_int_equal(w.r.state, ROUND_INCOMPLETE);
        assert_true(item_at(&w, 0)->late && item_at(&w, 0)->ticked_at_ms == nine && w.r.recorded_late);
        // A clock that goes wrong is set right: never before the day, never after now.
        expect_ok(c, tick_as(c, t.steward, &w, 1, RESULT_SEEN, nine - 40 * DAY_MS));
        look(c, &w);
        assert_true(item_at(&w, 1)->ticked_at_ms == nine - 9 * HOUR_MS);
        for (size_t i = 2; i < 5; i++)
            expect_ok(c, tick_as(c, t.steward, &w, i, results[i], i == 4 ? c->now_ms + DAY_MS : nine + 1));
        look(c, &w);
        assert_true(item_at(&w, 4)->ticked_at_ms == c->now_ms);
        assert_int_equal(w.r.state, ROUND_DONE);
        assert_false(w.r.in_time); // the last came after the window
        town_clock(&t, w.r.closes_at_ms + ROUND_LATE_MS + 1);
        expect_err(c, tick_as(c, t.steward, &w, 0, RESULT_SEEN, nine + 5), ERR_CONFLICT, "round.too_late");
    }
}

static enum err withdraw(struct ctx *c, void *arg)
{
    struct care care;
    TRY(care_get(c, *(const int64_t *)arg, &care));
    return care_withdraw(c, &care, "spoken");
}

static enum err read_care(struct ctx *c, void *arg)
{
    struct care *care = arg;
    return care_get(c, care->id, care);
}

static void test_consent_withdrawn(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        expect_ok(c, tick_as(c, t.steward, &w, 4, RESULT_NOT_DELIVERED, c->now_ms)); // its meal, with a word
        look(c, &w);
        assert_true(item_at(&w, 4)->words.n > 0);
        town_become(c, t.community_worker);
        expect_ok(c, store_write(c, withdraw, &w.care[1]));
        struct world after = w;
        look(c, &after);
        assert_int_equal(after.items.count, 4); // the visit is gone, the meal that was carried stays, without words
        assert_int_equal(after.r.items, 4);
        assert_int_equal(item_at(&after, 3)->kind, ROUND_MEAL);
        assert_int_equal(item_at(&after, 3)->words.n, 0);
        struct care care = {.id = w.care[1]};
        expect_ok(c, store_read(c, read_care, &care));
        assert_int_equal(care.name.n + care.door_number.n + care.phone.n + care.note.n + care.reason.n, 0);
        assert_true(care.consent_at_ms && care.withdrawn_at_ms && care.consent_by == t.community_worker);
        assert_int_equal(care.next_mark_at_ms, 0);
        expect_story(c, "care", w.care[1], "recorded reminded withdrawn");
        expect_err(c, tick_as(c, t.steward, &w, 3, RESULT_WELL, c->now_ms), ERR_NOT_FOUND, "round.no_such_item");
        // The rest is done: the round is whole without the one who left.
        for (size_t i = 0; i < 3; i++)
            expect_ok(c, tick_as(c, t.steward, &w, i, i == 2 ? RESULT_WELL : RESULT_SEEN, c->now_ms));
        look(c, &after);
        assert_int_equal(after.r.state, ROUND_DONE);
        town_clock(&t, c->now_ms + DAY_MS);
        run_jobs(c); // tomorrow nobody is sent there
        after.r.day++;
        look(c, &after);
        for (size_t i = 0; i < after.items.count; i++)
            assert_true(item_at(&after, i)->care_id != w.care[1]);
    }
}

// "Not at home" twice in a row, and "needs help": a request at once, private, with what is needed to knock.
static void test_help(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        struct request request;
        build(&t, &w);
        expect_ok(c, tick_as(c, t.steward, &w, 2, RESULT_NOT_HOME, c->now_ms));
        expect_ok(c, tick_as(c, t.steward, &w, 3, RESULT_NEEDS_HELP, c->now_ms));
        look(c, &w);
        assert_int_equal(item_at(&w, 2)->request_id, 0);
        expect_ok(c, town_get(c, item_at(&w, 3)->request_id, &request));
        assert_true(request.is_private && request.item_id == w.help && request.owner_post_id == t.grid_post);
        assert_true(request.contact_phone.n > 0 && request.door_number.n > 0);
        town_clock(&t, c->now_ms + DAY_MS);
        run_jobs(c);
        w.r.day++;
        look(c, &w); // not at home: due again the next day; the other one after two days
        assert_int_equal(w.items.count, 4);
        assert_int_equal(item_at(&w, 2)->care_id, w.care[0]);
        expect_ok(c, tick_as(c, t.steward, &w, 2, RESULT_NOT_HOME, c->now_ms));
        look(c, &w);
        assert_true(item_at(&w, 2)->request_id != 0);
    }
}

static void test_overdue_visit(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        town_clock(&t, c->now_ms + 3 * DAY_MS);
        run_jobs(c);
        run_jobs(c);
        expect_story(c, "care", w.care[0], "recorded reminded overdue overdue");
        w.r.day += 3;
        look(c, &w);
        expect_ok(c, tick_as(c, t.steward, &w, 2, RESULT_WELL, c->now_ms));
        expect_story(c, "care", w.care[0], "recorded reminded overdue overdue visited");
        struct care care = {.id = w.care[0]};
        expect_ok(c, store_read(c, read_care, &care));
        assert_true(care.level == 0 && care.next_day == w.r.day + 2);
    }
}

static void test_vacant_steward(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        expect_ok(c, town_end_term(&t, t.steward_term));
        run_jobs(c);
        look(c, &w);
        assert_int_equal(w.r.post_id, t.grid_post);
        assert_int_equal(w.r.vacant_post_id, t.steward_post);
        expect_ok(c, tick_as(c, t.grid_worker, &w, 0, RESULT_SEEN, c->now_ms));
        town_clock(&t, c->now_ms + 2 * HOUR_MS);
        run_jobs(c);
        look(c, &w);
        assert_int_equal(w.r.state, ROUND_INCOMPLETE);
        assert_int_equal(w.r.escalated_post_id, t.community_post); // the next above who walked
        town_clock(&t, c->now_ms + DAY_MS - 2 * HOUR_MS);
        run_jobs(c);
        w.r.day++;
        look(c, &w); // the next day's goes to the grid worker from the start
        assert_true(w.r.post_id == t.grid_post && w.r.vacant_post_id == t.steward_post);
    }
}

// --- the figures are those of the events -----------------------------------------------------------------------------
struct tally {
    struct round_counts from_rows, from_events;
    int64_t place_id, day;
    const struct world *w;
};

static struct str word_of(struct ctx *c, const struct event *event, const char *key)
{
    const struct json *data;
    expect_ok(c, json_parse(c, event->data, &data));
    return json_str(json_get(data, key));
}

static enum err count_both(struct ctx *c, void *arg)
{
    struct tally *tally = arg;
    struct rows rows;
    struct round_counts *n = &tally->from_events;
    TRY(round_counts(c, tally->place_id, tally->day, tally->day, &tally->from_rows));
    TRY(event_list(c, "round", tally->w->r.id, 0, 500, &rows));
    *n = (struct round_counts){0};
    const struct event *events = rows.at;
    struct str state = {0};
    for (size_t i = 0; i < rows.count; i++) {
        const struct event *event = &events[i];
        if (word_of(c, event, "to").n)
            state = word_of(c, event, "to");
        n->planned += str_equal_z(event->type, "round.planned");
        n->findings += str_equal_z(event->type, "round.found");
        if (!str_equal_z(event->type, "round.ticked"))
            continue;
        struct str result = word_of(c, event, "result");
        n->visits += str_equal_z(word_of(c, event, "kind"), "visit");
        n->visits_well += str_equal_z(result, "well");
        n->visits_help += str_equal_z(result, "needs_help");
        n->meals += str_equal_z(result, "delivered");
        n->meals_failed += str_equal_z(result, "not_delivered");
    }
    n->done = str_equal_z(state, "done");
    n->walking = str_equal_z(state, "walking");
    n->missed = str_equal_z(state, "missed");
    n->incomplete = str_equal_z(state, "incomplete");
    return OK;
}

static enum err write_found(struct ctx *c, void *arg)
{
    struct tick_call *call = arg;
    struct round_found found = {.item_id = call->tick.item};
    int64_t request_id;
    return round_find(c, call->round_id, &found, &call->r, &request_id);
}

static void test_counts(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct world w;
        build(&t, &w);
        expect_ok(c, tick_as(c, t.steward, &w, 0, RESULT_SEEN, c->now_ms));
        expect_ok(c, tick_as(c, t.steward, &w, 2, RESULT_WELL, c->now_ms));
        expect_ok(c, tick_as(c, t.steward, &w, 3, RESULT_NEEDS_HELP, c->now_ms));
        expect_ok(c, tick_as(c, t.steward, &w, 4, RESULT_DELIVERED, c->now_ms));
        struct tick_call found = {w.r.id, {.item = t.lamp}, {0}};
        expect_ok(c, store_write(c, write_found, &found));
        for (int i = 0; i < 3; i++) { // under way, incomplete, done
            struct tally tally = {.place_id = t.district, .day = w.r.day, .w = &w};
            if (i == 1) {
                town_clock(&t, c->now_ms + 2 * HOUR_MS);
                run_jobs(c);
            }
            if (i == 2)
                expect_ok(c, tick_as(c, t.steward, &w, 1, RESULT_SEEN, c->now_ms));
            expect_ok(c, store_read(c, count_both, &tally));
            assert_memory_equal(&tally.from_rows, &tally.from_events, sizeof tally.from_rows);
            assert_int_equal(tally.from_rows.findings, 1);
            tally.place_id = t.grid_b; // nothing of it next door
            expect_ok(c, store_read(c, count_both, &tally));
            assert_int_equal(tally.from_rows.planned, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract),       cmocka_unit_test(test_walked_in_time),
        cmocka_unit_test(test_version_walked), cmocka_unit_test(test_ladder),
        cmocka_unit_test(test_standstill),     cmocka_unit_test(test_two_phones),
        cmocka_unit_test(test_late_arrival),   cmocka_unit_test(test_consent_withdrawn),
        cmocka_unit_test(test_help),           cmocka_unit_test(test_overdue_visit),
        cmocka_unit_test(test_vacant_steward), cmocka_unit_test(test_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
