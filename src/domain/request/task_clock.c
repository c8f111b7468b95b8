// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/request/task.h"
#include "request_sql.h"

void task_set_limits(const struct calendar *calendar, struct request_task *t, const struct request_pauses *pauses)
{
    enum calendar_unit unit = (enum calendar_unit)t->unit;
    t->check_in_due_at_ms =
        calendar_due(calendar, t->dispatched_at_ms, unit, t->check_in_budget, pauses->at, pauses->count, NULL);
    t->due_at_ms =
        calendar_due(calendar, t->dispatched_at_ms, unit, t->budget, pauses->at, pauses->count, &t->due_provisional);
}

static void take_earlier(struct task_mark *next, enum task_clock clock, int64_t level, int64_t at_ms)
{
    if (!next->at_ms || at_ms < next->at_ms)
        *next = (struct task_mark){clock, (int)level, at_ms};
}

struct task_mark task_next_mark(const struct calendar *calendar, const struct request_task *t, bool paused,
                                const struct request_pauses *pauses)
{
    struct task_mark next = {0};
    enum calendar_unit unit = (enum calendar_unit)t->unit;
    if (!t->open || paused)
        return next;
    if (t->state == TASK_SUMMONED && t->check_in_level < REQUEST_LEVELS)
        take_earlier(&next, TASK_CLOCK_CHECK_IN, t->check_in_level + 1,
                     request_level_at(calendar, t->dispatched_at_ms, t->check_in_due_at_ms, unit,
                                      (int)t->check_in_level + 1, pauses));
    if (t->level < REQUEST_LEVELS)
        take_earlier(&next, TASK_CLOCK_CLEAR, t->level + 1,
                     request_level_at(calendar, t->dispatched_at_ms, t->due_at_ms, unit, (int)t->level + 1, pauses));
    return next;
}

bool task_mark_reminds(const struct task_mark *mark)
{
    return request_level_shares[mark->level - 1] < 100;
}

enum err task_clock_settle(struct ctx *c, struct request_task *t, const struct request *r)
{
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    TRY(request_pauses_read(c, r, pauses));
    if (t->open && !r->paused_at_ms)
        task_set_limits(c->house->calendar, t, pauses);
    bool runs = t->open && !r->paused_at_ms;
    t->wait_due_at_ms = !runs ? 0 : t->state == TASK_SUMMONED ? t->check_in_due_at_ms : t->due_at_ms;
    t->next_level_at_ms = task_next_mark(c->house->calendar, t, r->paused_at_ms != 0, pauses).at_ms;
    return OK;
}

enum err task_mark_due(struct ctx *c, const struct request_task *t, const struct request *r, struct task_mark *ret)
{
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    TRY(request_pauses_read(c, r, pauses));
    *ret = task_next_mark(c->house->calendar, t, r->paused_at_ms != 0, pauses);
    return ret->at_ms && ret->at_ms <= c->now_ms ? OK : fail(c, ERR_CONFLICT, "task.nothing_due");
}

bool task_overdue(const struct ctx *c, const struct request_task *t, const struct request *r)
{
    int64_t until_ms = !t->open ? t->ended_at_ms : r->paused_at_ms ? r->paused_at_ms : c->now_ms;
    if (t->state == TASK_RECALLED)
        return false;
    return until_ms > (t->state == TASK_SUMMONED ? t->check_in_due_at_ms : t->due_at_ms);
}

enum err task_clocks_follow(struct ctx *c, const struct request *r)
{
    struct rows rows;
    TRY(task_list_of(c, r->id, &rows));
    struct request_task *tasks = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        if (!tasks[i].open)
            continue;
        TRY(task_clock_settle(c, &tasks[i], r));
        TRY(db_exec(c, &sql_task_save,
                    ARGS(ARG_INT("old_version", tasks[i].version), ARG_ROW(&request_task_record, &tasks[i])), NULL));
    }
    return OK;
}
