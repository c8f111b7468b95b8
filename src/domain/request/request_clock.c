// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/request/request_clock.h"

#include "domain/request/request_offer.h"
#include "request_sql.h"

const char *const pause_reason_names[] = {"awaiting_reporter", "suspended", "closed", NULL};
const int request_level_shares[REQUEST_LEVELS] = {50, 80, 100, 150, 200};

// --- pauses ---------------------------------------------------------------------------------------------------------
enum err request_pauses_read(struct ctx *c, const struct request *r, struct request_pauses *ret)
{
    struct rows rows;
    TRY(db_list(c, &sql_request_pauses, ARGS(ARG_INT("request_id", r->id)), &request_pause_record, PAUSES_MAX, &rows));
    const struct request_pause *pauses = rows.at;
    ret->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        ret->at[i] = (struct calendar_pause){pauses[i].from_ms, pauses[i].to_ms ? pauses[i].to_ms : INT64_MAX};
    return OK;
}

enum err request_pause_put(struct ctx *c, const struct request *r, int64_t from_ms, int64_t to_ms,
                           enum pause_reason reason)
{
    struct request_pause pause = {.request_id = r->id, .from_ms = from_ms, .to_ms = to_ms, .reason = (int)reason};
    return db_exec(c, &sql_request_pause_put, ARGS(ARG_ROW(&request_pause_record, &pause)), NULL);
}

// --- when ------------------------------------------------------------------------------------------------------------
static int64_t limit_from(const struct calendar *calendar, const struct request *r, int64_t from_ms, int64_t units,
                          const struct request_pauses *pauses)
{
    return calendar_due(calendar, from_ms, (enum calendar_unit)r->unit, units, pauses->at, pauses->count, NULL);
}

int64_t request_limit(const struct calendar *calendar, const struct request *r, const struct request_pauses *pauses,
                      bool *ret_provisional)
{
    return calendar_due(calendar, request_clock_from(r), (enum calendar_unit)r->unit, r->budget + r->extended,
                        pauses->at, pauses->count, ret_provisional);
}

int64_t request_limit_standing(const struct calendar *calendar, const struct request *r,
                               const struct request_pauses *pauses, bool *ret_provisional)
{
    struct request_pauses ended = {.count = 0};
    for (size_t i = 0; i < pauses->count; i++)
        if (pauses->at[i].to_ms != INT64_MAX)
            ended.at[ended.count++] = pauses->at[i];
    return request_limit(calendar, r, &ended, ret_provisional);
}

int64_t request_clock_due(const struct calendar *calendar, const struct request *r, enum request_clock clock,
                          const struct request_pauses *pauses)
{
    switch (clock) {
    case CLOCK_DISPATCH:
        return limit_from(calendar, r, request_clock_from(r), r->dispatch_budget, pauses);
    case CLOCK_RESPONSE:
        return limit_from(calendar, r, request_clock_from(r), r->response_budget, pauses);
    case CLOCK_VERIFICATION:
        return r->handled_at_ms ? limit_from(calendar, r, r->handled_at_ms, r->verification_budget, pauses) : 0;
    case CLOCK_COMPLETION:
        break;
    }
    return r->due_at_ms;
}

static bool clock_runs(const struct request *r, enum request_clock clock)
{
    if (!r->open || r->paused_at_ms || r->state == REQUEST_MERGED)
        return false;
    if (request_is_wish(r)) // not a case yet; but it has to be approved, or not, in time
        return clock == CLOCK_DISPATCH && r->state == REQUEST_IN_REVIEW;
    switch (clock) {
    case CLOCK_DISPATCH:
        return !r->dispatched_at_ms;
    case CLOCK_RESPONSE:
        return request_clock_runs(r) && !r->responded_at_ms;
    case CLOCK_VERIFICATION:
        return r->state == REQUEST_HANDLED;
    case CLOCK_COMPLETION:
        break;
    }
    return request_clock_runs(r);
}

int64_t request_level_at(const struct calendar *calendar, int64_t from_ms, int64_t due_ms, enum calendar_unit unit,
                         int level, const struct request_pauses *pauses)
{
    int64_t whole_ms = calendar_elapsed_ms(calendar, from_ms, due_ms, unit, pauses->at, pauses->count);
    int64_t share_ms =
        whole_ms / 100 * request_level_shares[level - 1] + whole_ms % 100 * request_level_shares[level - 1] / 100;
    return calendar_due_ms(calendar, from_ms, unit, share_ms, pauses->at, pauses->count, NULL);
}

static void take_earlier(struct request_mark *next, enum request_clock clock, int level, int64_t at_ms)
{
    if (at_ms && (!next->at_ms || at_ms < next->at_ms))
        *next = (struct request_mark){clock, level, at_ms};
}

struct request_mark request_next_mark(const struct calendar *calendar, const struct request *r,
                                      const struct request_pauses *pauses)
{
    static const enum request_clock small[] = {CLOCK_DISPATCH, CLOCK_RESPONSE, CLOCK_VERIFICATION};
    struct request_mark next = {0};
    if (clock_runs(r, CLOCK_COMPLETION) && r->due_at_ms && r->level < REQUEST_LEVELS)
        take_earlier(&next, CLOCK_COMPLETION, (int)r->level + 1,
                     request_level_at(calendar, request_clock_from(r), r->due_at_ms, (enum calendar_unit)r->unit,
                                      (int)r->level + 1, pauses));
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (clock_runs(r, small[i]) && !(r->late & (int64_t)small[i]))
            take_earlier(&next, small[i], 0, request_clock_due(calendar, r, small[i], pauses));
    return next;
}

enum err request_mark_due(struct ctx *c, const struct request *r, struct request_mark *ret_mark)
{
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    TRY(request_pauses_read(c, r, pauses));
    *ret_mark = request_next_mark(c->house->calendar, r, pauses);
    return ret_mark->at_ms && ret_mark->at_ms <= c->now_ms ? OK : fail(c, ERR_CONFLICT, "request.nothing_due");
}

bool request_mark_reminds(const struct request_mark *mark)
{
    return mark->clock == CLOCK_COMPLETION && request_level_shares[mark->level - 1] < 100;
}

// --- before the row is written ------------------------------------------------------------------------------------
static bool pauses_in(int state)
{
    return state == REQUEST_AWAITING_REPORTER || state == REQUEST_SUSPENDED;
}

static void take_what_had_passed(struct ctx *c, struct request *r, const struct request_pauses *pauses)
{
    struct request_mark mark;
    while ((mark = request_next_mark(c->house->calendar, r, pauses)).at_ms && mark.at_ms <= c->now_ms)
        if (mark.clock == CLOCK_COMPLETION)
            r->level = mark.level;
        else
            r->late |= (int64_t)mark.clock;
}

enum err request_clock_settle(struct ctx *c, struct request *r, bool fresh)
{
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    pauses->count = 0;
    if (!r->responded_at_ms && r->signed_at_ms && r->contacted_at_ms)
        r->responded_at_ms = r->signed_at_ms > r->contacted_at_ms ? r->signed_at_ms : r->contacted_at_ms;
    if (pauses_in(r->state) && !r->paused_at_ms) {
        r->paused_at_ms = c->now_ms;
        TRY(request_pause_put(c, r, c->now_ms, 0, r->state == REQUEST_SUSPENDED ? PAUSE_HOLD : PAUSE_AWAITING));
    } else if (r->paused_at_ms && !pauses_in(r->state)) {
        TRY(db_exec(c, &sql_request_pause_end, ARGS(ARG_INT("request_id", r->id)), NULL));
        r->paused_at_ms = r->resume_at_ms = 0;
    }
    if (!fresh)
        TRY(request_pauses_read(c, r, pauses));
    if (pauses->count && !r->paused_at_ms && r->open && !request_is_wish(r))
        r->due_at_ms = request_limit(c->house->calendar, r, pauses, &r->due_provisional);
    if (fresh && r->source == SOURCE_IMPORT)
        take_what_had_passed(c, r, pauses);
    r->next_level_at_ms = request_next_mark(c->house->calendar, r, pauses).at_ms;
    return OK;
}

// --- what the step's event tells of the clocks ----------------------------------------------------------------------
static void tell(struct request_case *rc, const char *key, int64_t at_ms)
{
    if (!at_ms)
        return;
    json_key(rc->data, key);
    json_put_time(rc->data, at_ms);
}

enum err request_clock_tell(struct ctx *c, struct request_case *rc)
{
    const struct request *now = &rc->r, *before = &rc->before;
    const struct calendar *calendar = c->house->calendar;
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    bool sent = now->dispatched_at_ms && !before->dispatched_at_ms,
         spoken = now->responded_at_ms && !before->responded_at_ms,
         checked = before->state == REQUEST_HANDLED && now->state != REQUEST_HANDLED;
    pauses->count = 0;
    if (!rc->data || request_is_wish(now)) // a wish on its way is no case: its steps tell "until"
        return OK;
    if ((sent || spoken || checked) && !rc->fresh)
        TRY(request_pauses_read(c, now, pauses));
    while (pauses->count && pauses->at[pauses->count - 1].from_ms >= c->now_ms)
        pauses->count--; // begins with this very step: a clock that ends with it does not stand still
    if (sent)
        tell(rc, "dispatch_due", request_clock_due(calendar, now, CLOCK_DISPATCH, pauses));
    if (spoken)
        tell(rc, "response_due", request_clock_due(calendar, now, CLOCK_RESPONSE, pauses));
    if (checked)
        tell(rc, "verification_due", request_clock_due(calendar, before, CLOCK_VERIFICATION, pauses));
    if (now->due_at_ms != before->due_at_ms)
        tell(rc, "due", now->due_at_ms);
    if (now->handled_at_ms && !before->handled_at_ms)
        tell(rc, "completion_due", now->due_at_ms);
    rc->data = NULL;
    return OK;
}
