// SPDX-License-Identifier: MulanPSL-2.0
// Whistle, check-in, clear: tasks of other units, on both engines; and their clocks over random cases.
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/task.h"
#include "domain/request/test_request_util.h"
#include "flow/seal_log.h"
#include "request_sql.h"

#include <stdlib.h>

// --- steps of a task, each in a write of its own
// ----------------------------------------------------------------------
struct step {
    int64_t id, if_version;
    const char *action, *input;
    struct request_task *task;
};

static enum err write_step(struct ctx *c, void *arg)
{
    const struct step *step = arg;
    const struct json *input = NULL;
    if (step->input)
        TRY(json_parse(c, str_of(step->input), &input));
    return task_act(c, step->id, str_of(step->action), input, step->if_version, step->task);
}

static enum err act(struct ctx *c, int64_t id, const char *action, const char *input, struct request_task *ret)
{
    struct step step = {id, -1, action, input, ret};
    return store_write(c, write_step, &step);
}

struct list {
    int64_t request_id;
    struct rows rows;
};

static enum err read_list(struct ctx *c, void *arg)
{
    struct list *list = arg;
    return task_list_of(c, list->request_id, &list->rows);
}

static struct request_task *tasks_of(struct ctx *c, int64_t request_id, size_t wanted)
{
    struct list list = {request_id, {0}};
    expect_ok(c, store_read(c, read_list, &list));
    assert_int_equal(list.rows.count, wanted);
    return list.rows.at;
}

static struct str one(struct ctx *c, int64_t post_id, const char *unit, int budget, int check_in)
{
    return str_format(c->arena,
                      "{\"post_id\":\"%.*s\",\"wanted\":\"看看\",\"unit\":\"%s\",\"budget\":%d,\"check_in\":%d}",
                      STR_ARG(id_text(c->arena, post_id)), unit, budget, check_in);
}

static enum err whistle(struct ctx *c, int64_t id, struct str summoned, struct request *ret)
{
    struct request_input in = {
        .ground = GROUND_JOINT, .summoned = str_format(c->arena, "[%.*s]", STR_ARG(summoned)), .note = STR("一起看")};
    return town_act(c, id, "whistle", &in, ret);
}

static void file_and_sign(struct town *t, struct request *r)
{
    town_become(t->c, t->residents[0]);
    expect_ok(t->c, town_file(t->c, t->lamp, t->building, "灯", r));
    town_become(t->c, t->steward);
    expect_ok(t->c, town_act(t->c, r->id, "sign", NULL, r));
}

// The unit and the neighbouring grid are summoned, four working hours each, one to be there.
static void file_and_whistle(struct town *t, struct request *r)
{
    struct ctx *c = t->c;
    file_and_sign(t, r);
    town_become(c, t->community_worker);
    struct str two = str_format(c->arena, "%.*s,%.*s", STR_ARG(one(c, t->unit_post, "work_hour", 4, 0)),
                                STR_ARG(one(c, t->subdistrict_post, "work_hour", 4, 0)));
    expect_ok(c, whistle(c, r->id, two, r));
}

static struct str story(struct ctx *c, int64_t task_id);

static void test_whole_way(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        struct request_task task;
        file_and_whistle(&t, &r);
        assert_int_equal(r.open_tasks, 2);
        struct request_task *tasks = tasks_of(c, r.id, 2);
        assert_true(tasks[0].post_id == t.unit_post && tasks[0].org_id == t.unit_org);
        assert_true(tasks[0].check_in_due_at_ms == c->now_ms + HOUR_MS);
        assert_true(tasks[0].due_at_ms == c->now_ms + 5 * HOUR_MS); // over noon
        town_become(c, t.steward);
        expect_err(c, act(c, tasks[0].id, "check_in", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        expect_err(c, whistle(c, r.id, one(c, t.grid_post, "day", 1, 0), NULL), ERR_FORBIDDEN, "flow.not_allowed");
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r)); // finished, and not to be closed
        assert_int_equal(r.state, REQUEST_CALLBACK);
        town_become(c, t.residents[0]);
        expect_err(c, town_act(c, r.id, "confirm", NULL, NULL), ERR_CONFLICT, "request.tasks_open");
        town_become(c, t.unit_worker);
        expect_err(c, act(c, tasks[0].id, "clear", "{\"note\":\"好了\",\"without_photo\":\"地下\"}", NULL),
                   ERR_CONFLICT, "flow.wrong_state");
        expect_ok(c, act(c, tasks[0].id, "check_in", NULL, &task));
        assert_true(task.helper_id == t.unit_worker && task.checked_in_at_ms == c->now_ms);
        expect_err(c, act(c, tasks[0].id, "check_in", NULL, NULL), ERR_CONFLICT, "task.already_checked_in");
        expect_err(c, act(c, tasks[0].id, "clear", "{\"note\":\"好了\"}", NULL), ERR_INVALID, "request.photo_needed");
        expect_ok(c, act(c, tasks[0].id, "clear", "{\"note\":\"好了\",\"without_photo\":\"地下\"}", &task));
        assert_int_equal(task.state, TASK_CLEARED);
        town_become(c, t.unit_worker);
        expect_err(c, act(c, tasks[1].id, "recall", "{\"note\":\"x\"}", NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_clock(&t, c->now_ms + DAY_MS);
        town_become(c, t.community_worker);
        expect_err(c, act(c, tasks[1].id, "recall", NULL, NULL), ERR_INVALID, "flow.note_needed");
        expect_ok(c, act(c, tasks[1].id, "recall", "{\"note\":\"不用来了\"}", &task));
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.open_tasks, 0);
        assert_true(r.state_at_ms == c->now_ms); // only now was the resident asked
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "confirm", NULL, &r));
        assert_int_equal(r.state, REQUEST_CLOSED);
        assert_true(str_equal_z(story(c, tasks[0].id), "summoned checked_in cleared"));
        assert_true(str_equal_z(story(c, tasks[1].id), "summoned recalled"));
    }
}

static enum err read_story(struct ctx *c, void *arg)
{
    struct list *list = arg;
    return event_list(c, "request_task", list->request_id, 0, 100, &list->rows);
}

static const struct event *events_of(struct ctx *c, int64_t task_id, size_t *ret_count)
{
    struct list list = {task_id, {0}};
    expect_ok(c, store_read(c, read_story, &list));
    *ret_count = list.rows.count;
    return list.rows.at;
}

static struct str story(struct ctx *c, int64_t task_id)
{
    size_t count;
    const struct event *events = events_of(c, task_id, &count);
    struct str text = {0};
    for (size_t i = 0; i < count; i++)
        text = str_format(c->arena, "%.*s%s%.*s", STR_ARG(text), i ? " " : "", (int)events[i].type.n - 5,
                          events[i].type.p + 5);
    return text;
}

// --- no way to the end but withdrawing
// ---------------------------------------------------------------------------------
static void test_nothing_closes_over_an_open_task(void **state)
{
    EACH_ENGINE(t)
    {
        static const struct request_input note = {.note = STR_INIT("说明")};
        struct ctx *c = t.c;
        struct request r, other;
        file_and_whistle(&t, &r);
        file_and_sign(&t, &other);
        town_become(c, t.community_worker);
        struct request_input into = {.note = STR("一样"), .master_id = other.id};
        expect_err(c, town_act(c, r.id, "merge", &into, NULL), ERR_CONFLICT, "request.tasks_open");
        expect_ok(
            c, town_act(c, r.id, "transfer", &(struct request_input){.note = STR("改派"), .post_id = t.grid_post}, &r));
        town_become(c, t.grid_worker);
        expect_ok(c, town_act(c, r.id, "return", &note, &r));
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, r.id, "refuse", &note, NULL), ERR_CONFLICT, "request.tasks_open");
        struct request_input to = {.post_id = t.grid_post};
        expect_ok(c, town_act(c, r.id, "dispatch", &to, &r));
        town_become(c, t.grid_worker);
        expect_ok(c, town_act(c, r.id, "sign", NULL, &r));
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, r.id, "confirm", NULL, NULL), ERR_CONFLICT, "request.tasks_open");
        expect_err(c, town_act(c, r.id, "explain", &note, NULL), ERR_CONFLICT, "request.tasks_open");
        expect_err(c, town_act(c, r.id, "not_ours", &note, NULL), ERR_CONFLICT, "request.tasks_open");
        town_clock(&t, c->now_ms + 30 * DAY_MS);
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_CALLBACK);
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "withdraw", NULL, &r));
        assert_int_equal(r.open_tasks, 0);
        const struct request_task *tasks = tasks_of(c, r.id, 2);
        assert_true(tasks[0].state == TASK_RECALLED && tasks[1].state == TASK_RECALLED);
        assert_true(tasks[0].next_level_at_ms == 0 && !tasks[0].open);
        town_become(c, t.community_worker);
        expect_err(c, whistle(c, r.id, one(c, t.unit_post, "day", 1, 0), NULL), ERR_CONFLICT, "flow.wrong_state");
    }
}

// --- whom one may summon, and who sees
// --------------------------------------------------------------------------------
static void test_who_is_summoned(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file_and_sign(&t, &r);
        town_become(c, t.community_worker);
        expect_err(c, whistle(c, r.id, one(c, t.steward_post, "day", 1, 0), NULL), ERR_CONFLICT, "request.same_post");
        expect_err(c, whistle(c, r.id, one(c, t.grid_b_post, "day", 1, 0), NULL), ERR_INVALID,
                   "request.post_elsewhere");
        expect_err(c, whistle(c, r.id, one(c, t.unit_post, "day", 1, 2), NULL), ERR_INVALID,
                   "task.check_in_after_clear");
        expect_err(c, whistle(c, r.id, one(c, t.unit_post, "week", 1, 0), NULL), ERR_INVALID, "field.unknown_value");
        expect_err(c, whistle(c, r.id, (struct str){0}, NULL), ERR_INVALID, "field.missing");
        struct str twice = one(c, t.unit_post, "day", 1, 0);
        expect_err(c, whistle(c, r.id, str_format(c->arena, "%.*s,%.*s", STR_ARG(twice), STR_ARG(twice)), NULL),
                   ERR_CONFLICT, "task.summoned_already");
        expect_ok(c, whistle(c, r.id, twice, &r));
        expect_err(c, whistle(c, r.id, twice, NULL), ERR_CONFLICT, "task.summoned_already");
        struct str many = twice;
        for (int i = 1; i < 13; i++)
            many = str_format(c->arena, "%.*s,%.*s", STR_ARG(many), STR_ARG(twice));
        expect_err(c, whistle(c, r.id, many, NULL), ERR_INVALID, "field.too_long");
        assert_int_equal(tasks_of(c, r.id, 1)[0].check_in_budget, 1);
    }
}

struct look {
    int64_t id;
    unsigned relations;
};
static enum err may_see(struct ctx *c, void *arg)
{
    struct look *look = arg;
    struct request r;
    TRY(request_get(c, look->id, &r));
    return request_may_see(c, &r, &look->relations);
}

static void test_who_sees_it(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r, other;
        file_and_sign(&t, &other);
        file_and_sign(&t, &r);
        struct look look = {.id = r.id};
        town_become(c, t.unit_worker);
        expect_err(c, store_read(c, may_see, &look), ERR_NOT_FOUND, "request.unknown");
        town_become(c, t.community_worker);
        expect_ok(c, whistle(c, r.id, one(c, t.unit_post, "day", 1, 0), &r));
        int64_t colleague = town_add_unit_worker(&t, 2), task_id = tasks_of(c, r.id, 1)[0].id;
        const int64_t unit[] = {t.unit_worker, colleague};
        for (size_t i = 0; i < 2; i++) { // of the unit everybody, while it is at it
            town_become(c, unit[i]);
            expect_ok(c, store_read(c, may_see, &look));
            assert_int_equal(look.relations, RELATION_HELPER);
            assert_true(request_readers(look.relations) & READ_HANDLER);
        }
        expect_err(c, store_read(c, may_see, &(struct look){.id = other.id}), ERR_NOT_FOUND, "request.unknown");
        town_become(c, t.grid_b_worker);
        expect_err(c, store_read(c, may_see, &look), ERR_NOT_FOUND, "request.unknown");
        expect_err(c, act(c, task_id, "check_in", NULL, NULL), ERR_NOT_FOUND, "task.unknown");
        town_become(c, t.community_worker);
        expect_ok(c, act(c, task_id, "recall", "{\"note\":\"不用了\"}", NULL));
        town_become(c, t.unit_worker); // and afterwards it reads, and does no more
        expect_ok(c, store_read(c, may_see, &look));
        assert_int_equal(look.relations, RELATION_WATCHER);
    }
}

// --- another team, and a post that nobody holds
// -----------------------------------------------------------------------
static void test_handed_over(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r, before;
        struct request_task task;
        file_and_whistle(&t, &before);
        int64_t id = tasks_of(c, before.id, 2)[0].id, due_ms = before.due_at_ms;
        town_clock(&t, c->now_ms + 5 * HOUR_MS); // its whole limit, and more than its check-in, is gone
        town_run_jobs(c);
        task = tasks_of(c, before.id, 2)[0];
        assert_int_equal(task.level, 3);
        assert_int_equal(task.check_in_level, 5);
        assert_true(task.escalated_post_id == t.subdistrict_post);
        town_become(c, t.community_worker);
        struct str input =
            str_format(c->arena, "{\"note\":\"换人\",\"post_id\":\"%.*s\"}", STR_ARG(id_text(c->arena, t.grid_post)));
        expect_ok(c, act(c, id, "hand_over", str_z(c->arena, input), &task));
        assert_true(task.state == TASK_SUMMONED && task.post_id == t.grid_post && task.org_id == 0);
        assert_true(task.level == 0 && task.check_in_level == 0 && task.escalated_post_id == 0);
        assert_true(task.dispatched_at_ms == c->now_ms && task.next_level_at_ms > c->now_ms);
        assert_true(task.check_in_due_at_ms == c->now_ms + HOUR_MS);
        expect_ok(c, town_get(c, before.id, &r));
        assert_true(r.due_at_ms == due_ms && r.open_tasks == 2); // the limit of the request stays
        town_become(c, t.unit_worker);
        expect_err(c, act(c, id, "check_in", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.grid_worker);
        expect_ok(c, act(c, id, "check_in", NULL, NULL));
    }
}

static void test_vacant_posts(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.water, t.building, "水", &r)); // the grid worker's
        town_become(c, t.grid_worker);
        expect_ok(c, town_act(c, r.id, "sign", NULL, &r));
        town_become(c, t.subdistrict_worker);
        expect_ok(c, whistle(c, r.id, one(c, t.steward_post, "day", 2, 1), &r));
        struct request_task task = tasks_of(c, r.id, 1)[0];
        assert_true(task.post_id == t.steward_post);
        expect_ok(c, town_end_term(&t, t.steward_term));
        // the next upward, in the same write: not the grid, which has the request itself
        task = tasks_of(c, r.id, 1)[0];
        assert_true(task.post_id == t.community_post && task.dispatched_at_ms == c->now_ms && task.handed_over == 1);
        assert_true(str_equal_z(story(c, task.id), "summoned rerouted"));
        town_become(c, t.subdistrict_worker);
        expect_err(c, whistle(c, r.id, one(c, t.steward_post, "day", 2, 1), NULL), ERR_CONFLICT,
                   "task.summoned_already"); // its post is vacant, and who comes instead is there already
        town_become(c, t.community_worker);
        expect_ok(c, act(c, task.id, "check_in", NULL, NULL));
    }
}

// --- clocks
// -----------------------------------------------------------------------------------------------------------
static void expect_marks(struct ctx *c, int64_t task_id, const char *wanted)
{
    size_t count;
    const struct event *events = events_of(c, task_id, &count);
    struct str text = {0};
    for (size_t i = 0; i < count; i++) {
        const struct json *data;
        expect_ok(c, json_parse(c, events[i].data, &data));
        if (json_get(data, "share"))
            text = str_format(c->arena, "%.*s%.*s%lld ", STR_ARG(text), 2, json_str(json_get(data, "clock")).p,
                              (long long)json_int(json_get(data, "share")));
    }
    if (!str_equal_z(text, wanted))
        fail_msg("marks: %.*s", STR_ARG(text));
}

// Two jobs that were started at once, after a standstill: each level once, in order.
static void test_each_level_once(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file_and_whistle(&t, &r);
        const struct request_task *tasks = tasks_of(c, r.id, 2);
        int64_t began_ms = c->now_ms;
        town_clock(&t, began_ms + HOUR_MS / 2);
        town_run_jobs(c);
        expect_marks(c, tasks[0].id, "ch50 ");
        town_clock(&t, began_ms + DAY_MS + 2 * HOUR_MS);
        town_run_jobs(c);
        town_run_jobs(c);
        expect_marks(c, tasks[0].id, "ch50 ch80 ch100 ch150 ch200 cl50 cl80 cl100 cl150 cl200 ");
        struct request_task now = tasks_of(c, r.id, 2)[0];
        assert_true(now.escalated_post_id != 0 && now.next_level_at_ms == 0);
        assert_true(now.steady_version == 1 && now.version > 1); // a mark makes nobody's view stale
        town_become(c, t.unit_worker);
        struct step seen = {now.id, 1, "check_in", NULL, &now};
        expect_ok(c, store_write(c, write_step, &seen));
    }
}

// While the request is on hold nothing of its tasks runs out, and they have the span on top.
static void test_stands_still_with_its_request(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file_and_whistle(&t, &r);
        int64_t due_ms = tasks_of(c, r.id, 2)[0].due_at_ms;
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "ask_reporter", &(struct request_input){.note = STR("哪一层")}, &r));
        assert_true(tasks_of(c, r.id, 2)[0].wait_due_at_ms == 0);
        town_clock(&t, c->now_ms + DAY_MS);
        town_run_jobs(c);
        assert_true(tasks_of(c, r.id, 2)[0].level == 0 && tasks_of(c, r.id, 2)[0].version == 1);
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "answer", &(struct request_input){.note = STR("三层")}, &r));
        assert_true(tasks_of(c, r.id, 2)[0].due_at_ms == due_ms + DAY_MS);
    }
}

// --- over random cases
// ------------------------------------------------------------------------------------------------
#define CASES 3000
static int64_t below(unsigned *seed, int64_t n)
{
    return (int64_t)((((uint64_t)rand_r(seed) << 31) ^ (uint64_t)rand_r(seed)) % (uint64_t)n);
}

struct fired {
    int64_t check_in, clear, last_ms;
};

// Fires what is due, and looks at each: the next of its clock, not before the one before, at its very share.
static void fire_due(const struct calendar *calendar, struct request_task *t, const struct request_pauses *pauses,
                     int64_t now_ms, struct fired *fired)
{
    struct task_mark mark;
    enum calendar_unit unit = (enum calendar_unit)t->unit;
    while ((mark = task_next_mark(calendar, t, false, pauses)).at_ms && mark.at_ms <= now_ms) {
        bool to_come = mark.clock == TASK_CLOCK_CHECK_IN;
        int64_t *level = to_come ? &fired->check_in : &fired->clear;
        int64_t whole_ms = (to_come ? t->check_in_budget : t->budget) * calendar_unit_ms(calendar, unit);
        assert_int_equal(mark.level, *level + 1);
        assert_true(mark.at_ms >= fired->last_ms);
        assert_true(calendar_elapsed_ms(calendar, t->dispatched_at_ms, mark.at_ms, unit, pauses->at, pauses->count) ==
                    whole_ms / 100 * request_level_shares[mark.level - 1]);
        fired->last_ms = mark.at_ms;
        *level = mark.level;
        *(to_come ? &t->check_in_level : &t->level) = mark.level;
    }
}

static void one_case(const struct calendar *calendar, unsigned *seed)
{
    static struct request_pauses pauses;
    int64_t now_ms = INT64_C(1772000000000) + below(seed, 300 * DAY_MS), sla_ms = now_ms + 9 * DAY_MS;
    const int64_t budget = 1 + below(seed, 12);
    struct request r = {.due_at_ms = sla_ms, .unit = UNIT_DAY};
    struct request_task t = {.open = true,
                             .state = TASK_SUMMONED,
                             .unit = (int)below(seed, UNIT_COUNT),
                             .budget = budget,
                             .check_in_budget = 1 + below(seed, budget),
                             .dispatched_at_ms = now_ms};
    pauses.count = (size_t)below(seed, 3);
    for (size_t i = 0; i < pauses.count; i++) {
        int64_t from_ms = now_ms + below(seed, 5 * DAY_MS);
        pauses.at[i] = (struct calendar_pause){from_ms, from_ms + below(seed, 3 * DAY_MS)};
    }
    struct fired fired = {0};
    for (int jump = 0; jump < 12; jump++) {
        task_set_limits(calendar, &t, &pauses);
        fire_due(calendar, &t, &pauses, now_ms, &fired);
        now_ms += below(seed, 4 * DAY_MS); // the job runs when it runs
        int64_t what = below(seed, 6);
        if (what == 0 && t.state == TASK_SUMMONED) {
            fire_due(calendar, &t, &pauses, now_ms, &fired);
            t.state = TASK_CHECKED_IN;
            assert_true(task_next_mark(calendar, &t, false, &pauses).clock != TASK_CLOCK_CHECK_IN);
        } else if (what == 1) { // another team: its own whole time
            t.state = TASK_SUMMONED;
            t.check_in_level = t.level = 0;
            t.dispatched_at_ms = now_ms;
            task_set_limits(calendar, &t, &pauses);
            fired = (struct fired){.last_ms = now_ms};
            assert_true(task_next_mark(calendar, &t, false, &pauses).at_ms > now_ms);
        }
        assert_true(task_next_mark(calendar, &t, true, &pauses).at_ms == 0); // nothing runs out while it stands still
        assert_true(r.due_at_ms == sla_ms);
    }
    t.open = false;
    assert_true(task_next_mark(calendar, &t, false, &pauses).at_ms == 0);
}

static void test_clocks_over_random_cases(void **state)
{
    static const char text[] = "version p\nzone +08:00\nhours 09:00-12:00 13:00-17:00\nyear 2026\n"
                               "holiday 2026-05-01\nholiday 2026-10-01\nworkday 2026-05-09\n";
    struct house house = {0};
    struct ctx c = {.arena = arena_new(1 << 20), .house = &house};
    struct calendar *calendar;
    unsigned seed = 1911;
    (void)state;
    print_message("seed %u\n", seed);
    assert_int_equal(calendar_parse(&c, str_of(text), &calendar), OK);
    for (int i = 0; i < CASES; i++)
        one_case(calendar, &seed);
    calendar_free(calendar);
    arena_free(c.arena);
}

// --- the proof
// ----------------------------------------------------------------------------------------------------------
static enum err write_untold(struct ctx *c, void *arg)
{
    return db_exec(c, &sql_task_insert, ARGS(ARG_ROW(&request_task_record, arg)), NULL);
}

// A row that somebody wrote beside the log is named for what it is.
static void test_a_task_without_events_is_found(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        struct verify_report report = {0};
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &r));
        expect_ok(c, verify_store(c, NULL, NULL, &report));
        assert_int_equal(report.fault.n, 0);
        struct request_task task = {.id = r.id + 1, .version = 1, .request_id = r.id};
        expect_ok(c, store_write(c, write_untold, &task));
        expect_ok(c, verify_store(c, NULL, NULL, &report));
        struct str wanted = str_format(c->arena, "request_task %lld", (long long)task.id);
        if (str_find(report.fault, wanted, 0) >= report.fault.n)
            fail_msg("fault: %.*s", STR_ARG(report.fault));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_task_without_events_is_found),
        cmocka_unit_test(test_whole_way),
        cmocka_unit_test(test_nothing_closes_over_an_open_task),
        cmocka_unit_test(test_who_is_summoned),
        cmocka_unit_test(test_who_sees_it),
        cmocka_unit_test(test_handed_over),
        cmocka_unit_test(test_vacant_posts),
        cmocka_unit_test(test_each_level_once),
        cmocka_unit_test(test_stands_still_with_its_request),
        cmocka_unit_test(test_clocks_over_random_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
