// SPDX-License-Identifier: MulanPSL-2.0
// Tasks against their request, and against each other, at the same instant on two connections, on both engines.
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/task.h"
#include "domain/request/test_request_util.h"

#define ROUNDS 8 // each with the two started together; which is first, the machine decides

static enum err request_step(struct town_side *side)
{
    return town_act(side->c, side->id, side->action, side->input, NULL);
}

static enum err write_task_step(struct ctx *c, void *arg)
{
    const struct town_side *side = arg;
    const struct json *input;
    TRY(json_parse(c, STR("{\"note\":\"说明\"}"), &input));
    if (str_equal_z(str_of(side->action), "clear"))
        TRY(json_parse(c, STR("{\"note\":\"好了\",\"without_photo\":\"地下\"}"), &input));
    return task_act(c, side->id, str_of(side->action), input, -1, NULL);
}

static enum err task_step(struct town_side *side)
{
    return store_write(side->c, write_task_step, side);
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

static const struct request_task *tasks_of(struct ctx *c, int64_t request_id, size_t *ret_count)
{
    struct list list = {request_id, {0}};
    expect_ok(c, store_read(c, read_list, &list));
    *ret_count = list.rows.count;
    return list.rows.at;
}

static struct request_input summons_of(struct ctx *c, int64_t post_id)
{
    struct str id = id_text(c->arena, post_id);
    return (struct request_input){
        .ground = GROUND_EMERGENCY,
        .summoned =
            str_format(c->arena, "[{\"post_id\":\"%.*s\",\"wanted\":\"快来\",\"unit\":\"urgent_hour\",\"budget\":4}]",
                       STR_ARG(id))};
}

static void by(struct town *t, int64_t who, struct request *r, const char *action, const struct request_input *input)
{
    town_become(t->c, who);
    expect_ok(t->c, town_act(t->c, r->id, action, input, r));
}

static void file_and_sign(struct town *t, struct request *r)
{
    town_become(t->c, t->residents[0]);
    expect_ok(t->c, town_file(t->c, t->lamp, t->building, "灯", r));
    by(t, t->steward, r, "sign", NULL);
}

static int64_t summon_unit(struct town *t, struct request *r)
{
    struct request_input in = summons_of(t->c, t->unit_post);
    size_t count;
    by(t, t->community_worker, r, "whistle", &in);
    return tasks_of(t->c, r->id, &count)[0].id;
}

// The count of the request is what its tasks say, and nothing is closed over one that is open.
static void expect_whole(struct town *t, struct request *r)
{
    size_t count, open = 0;
    const struct request_task *tasks = tasks_of(t->c, r->id, &count);
    expect_ok(t->c, town_get(t->c, r->id, r));
    for (size_t i = 0; i < count; i++)
        open += tasks[i].open;
    assert_int_equal(r->open_tasks, open);
    assert_int_equal(r->tasks, count);
    assert_true(r->open || !open);
}

// --- the request is closed while somebody whistles
// ---------------------------------------------------------------------
static void test_close_against_new_task(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file_and_sign(&t, &r);
            struct request_input in = summons_of(t.c, t.unit_post);
            struct town_side whistle = {
                .run = request_step, .who = t.community_worker, .id = r.id, .action = "whistle", .input = &in};
            struct town_side close = {.run = request_step, .who = t.residents[0], .id = r.id, .action = "withdraw"};
            town_race(&t, &whistle, &close);
            assert_int_equal(close.result, OK);
            expect_whole(&t, &r);
            assert_true(!r.open && r.open_tasks == 0); // summoned first: called off again; else refused
            assert_true(whistle.result == OK ? r.tasks == 1 : whistle.result == ERR_CONFLICT && r.tasks == 0);
        }
    }
}

// The resident confirms while the desk says that it is not done after all and summons others.
static enum err deny_and_whistle(struct town_side *side)
{
    static const struct request_input note = {.note = STR_INIT("还没好")};
    TRY(town_act(side->c, side->id, "deny", &note, NULL));
    return town_act(side->c, side->id, "whistle", side->input, NULL);
}

static void test_confirm_against_new_task(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file_and_sign(&t, &r);
            by(&t, t.steward, &r, "finish", &town_done);
            struct request_input in = summons_of(t.c, t.unit_post);
            struct town_side whistle = {.run = deny_and_whistle, .who = t.community_worker, .id = r.id, .input = &in};
            struct town_side close = {.run = request_step, .who = t.residents[0], .id = r.id, .action = "confirm"};
            town_race(&t, &whistle, &close);
            assert_true((whistle.result == OK) != (close.result == OK));
            expect_whole(&t, &r);
            assert_int_equal(r.open_tasks, whistle.result == OK);
            assert_int_equal(r.state, whistle.result == OK ? REQUEST_IN_PROGRESS : REQUEST_CLOSED);
        }
    }
}

// The last task is cleared while the resident confirms: too early, or just in time.
static void test_close_against_clear(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file_and_sign(&t, &r);
            struct town_side clear = {
                .run = task_step, .who = t.unit_worker, .id = summon_unit(&t, &r), .action = "check_in"};
            struct town_side close = {.run = request_step, .who = t.residents[0], .id = r.id, .action = "confirm"};
            by(&t, t.steward, &r, "finish", &town_done);
            clear.c = t.c;
            town_become(t.c, t.unit_worker);
            expect_ok(t.c, task_step(&clear));
            clear.action = "clear";
            town_race(&t, &clear, &close);
            assert_int_equal(clear.result, OK);
            expect_whole(&t, &r);
            assert_int_equal(r.state, close.result == OK ? REQUEST_CLOSED : REQUEST_CALLBACK);
            assert_true(close.result == OK || close.result == ERR_CONFLICT);
        }
    }
}

// --- two about one task
// -----------------------------------------------------------------------------------------------
static void test_two_of_a_unit_check_in(void **state)
{
    EACH_ENGINE(t)
    {
        int64_t colleague = town_add_unit_worker(&t, 2);
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            size_t count;
            file_and_sign(&t, &r);
            int64_t id = summon_unit(&t, &r);
            struct town_side left = {.run = task_step, .who = t.unit_worker, .id = id, .action = "check_in"};
            struct town_side right = {.run = task_step, .who = colleague, .id = id, .action = "check_in"};
            town_race(&t, &left, &right);
            assert_true((left.result == OK) != (right.result == OK));
            assert_int_equal(left.result == OK ? right.result : left.result, ERR_CONFLICT);
            const struct request_task *task = tasks_of(t.c, r.id, &count);
            assert_true(task->helper_id == (left.result == OK ? t.unit_worker : colleague) && task->version == 2);
            expect_whole(&t, &r);
        }
    }
}

static void test_clear_against_recall(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            size_t count;
            file_and_sign(&t, &r);
            int64_t id = summon_unit(&t, &r);
            struct town_side clear = {.c = t.c, .run = task_step, .who = t.unit_worker, .id = id, .action = "check_in"};
            struct town_side recall = {.run = task_step, .who = t.community_worker, .id = id, .action = "recall"};
            town_become(t.c, t.unit_worker);
            expect_ok(t.c, task_step(&clear));
            clear.action = "clear";
            town_race(&t, &clear, &recall);
            assert_true((clear.result == OK) != (recall.result == OK));
            assert_int_equal(tasks_of(t.c, r.id, &count)->state, clear.result == OK ? TASK_CLEARED : TASK_RECALLED);
            expect_whole(&t, &r);
            assert_int_equal(r.open_tasks, 0); // counted down once
        }
    }
}

// Two desks, or one from two windows, summon the same unit.
static void test_two_whistles(void **state)
{
    EACH_ENGINE(t)
    {
        for (int i = 0; i < ROUNDS; i++) {
            struct request r;
            file_and_sign(&t, &r);
            struct request_input in = summons_of(t.c, t.unit_post);
            struct town_side left = {
                .run = request_step, .who = t.community_worker, .id = r.id, .action = "whistle", .input = &in};
            struct town_side right = left;
            right.who = t.subdistrict_worker;
            town_race(&t, &left, &right);
            assert_true((left.result == OK) != (right.result == OK));
            expect_whole(&t, &r);
            assert_int_equal(r.open_tasks, 1);
        }
    }
}

// A second process of the same job: each level once.
static enum err run_marks(struct town_side *side)
{
    return task_fire_marks(side->c);
}

static void test_marks_by_two_processes(void **state)
{
    EACH_ENGINE(t)
    {
        struct request r;
        size_t count;
        file_and_sign(&t, &r);
        summon_unit(&t, &r);
        town_clock(&t, t.c->now_ms + DAY_MS);
        struct town_side left = {.run = run_marks}, right = {.run = run_marks};
        town_race(&t, &left, &right);
        assert_true(left.result == OK && right.result == OK);
        const struct request_task *task = tasks_of(t.c, r.id, &count);
        assert_true(task->level == 5 && task->check_in_level == 5 && task->version == 11); // ten marks, each once
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_close_against_new_task), cmocka_unit_test(test_confirm_against_new_task),
        cmocka_unit_test(test_close_against_clear),    cmocka_unit_test(test_two_of_a_unit_check_in),
        cmocka_unit_test(test_clear_against_recall),   cmocka_unit_test(test_two_whistles),
        cmocka_unit_test(test_marks_by_two_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
