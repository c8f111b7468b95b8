// SPDX-License-Identifier: MulanPSL-2.0
// While the demo is served, something happens in it now and then: somebody asks, or one of the things in hand goes a
// step further. Only what these invented people began is touched by them, never at the tour's door, and no more than a
// few at a time and a day.
#include "base/calendar.h"
#include "demo_sql.h"
#include "domain/demo/demo_stories.h"

#define SLOTS 40          // in hand at the same time
#define REPORTS_A_DAY 120 // at most
#define WAIT_MOST_MS (25 * MINUTE_MS)

static const struct field case_fields[] = {DEMO_CASE_FIELDS(FIELD_ROW, demo_case)};
const struct record demo_case_record = {
    .name = "demo_case", .table = "demo_case", .size_bytes = sizeof(struct demo_case), FIELDS(case_fields)};

struct happening {
    uint64_t seed;
    struct life life;
    struct demo_case slot;
    int64_t reports_today, day, neighbours;
    bool due; // the slot's next step is
};

static enum err put_case(struct ctx *c, const struct demo_case *row)
{
    return db_exec(c, &sql_demo_case_put, ARGS(ARG_ROW(&demo_case_record, row)), NULL);
}

// The step that has waited longest, else the first slot with nothing in it.
static enum err choose(struct ctx *c, void *arg)
{
    struct happening *h = arg;
    struct rows rows;
    bool used[SLOTS] = {false};
    int64_t counted;
    h->due = false;
    h->slot = (struct demo_case){.slot = -1};
    TRY(db_list(c, &sql_demo_case_list, NO_ARGS, &demo_case_record, SLOTS, &rows));
    const struct demo_case *cases = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        if (!cases[i].request_id || cases[i].slot < 0 || cases[i].slot >= SLOTS)
            continue;
        used[cases[i].slot] = true;
        if (cases[i].at_ms <= c->now_ms && (!h->due || cases[i].at_ms < h->slot.at_ms)) {
            h->slot = cases[i];
            h->due = true;
        }
    }
    for (int64_t i = 0; i < SLOTS && !h->due && h->slot.slot < 0; i++)
        if (!used[i])
            h->slot = (struct demo_case){.slot = i};
    h->day = calendar_day(c->house->calendar, c->now_ms);
    TRY(demo_step_value(c, "stream.day", &counted));
    h->reports_today = counted / 1000 == h->day ? counted % 1000 : 0;
    TRY(demo_step_value(c, "history.told", &h->neighbours));
    h->neighbours /= 4;
    return life_load(c, h->seed, &h->life);
}

// Nobody who looks on waits for days.
static void hurry(struct ctx *c, struct demo_case *row, const struct life_case *one)
{
    struct dice dice = one->dice;
    int64_t most_ms = c->now_ms + dice_between(&dice, 1, WAIT_MOST_MS / MINUTE_MS) * MINUTE_MS;
    bool over = !one->at_ms || one->at_ms > c->now_ms + 30 * DAY_MS;
    *row = (struct demo_case){.slot = row->slot,
                              .request_id = over ? 0 : one->id,
                              .reporter_id = one->reporter_id,
                              .dice = (int64_t)dice.state,
                              .did = one->did,
                              .state = one->state,
                              .at_ms = one->at_ms && one->at_ms < most_ms ? one->at_ms : most_ms};
}

static enum err ask(struct ctx *c, struct happening *h)
{
    struct dice dice = dice_of(h->seed, 7, 0);
    struct demo_person asker;
    struct life_case one;
    struct request request;
    struct demo_step today = {STR("stream.day"), h->day * 1000 + h->reports_today + 1};
    TRY(demo_person_find(c, str_format(c->arena, "neighbour_%lld", (long long)dice_below(&dice, h->neighbours)),
                         &asker));
    TRY(life_report(c, &h->life, asker.place_id, asker.person_id, dice, &one, &request));
    hurry(c, &h->slot, &one);
    TRY(put_case(c, &h->slot));
    return db_exec(c, &sql_demo_step_put, ARGS(ARG_ROW(&demo_step_record, &today)), NULL);
}

static enum err go_on(struct ctx *c, struct happening *h)
{
    struct life_case one = {.id = h->slot.request_id,
                            .reporter_id = h->slot.reporter_id,
                            .dice = {(uint64_t)h->slot.dice},
                            .did = (unsigned)h->slot.did,
                            .state = (int)h->slot.state};
    struct request request;
    const char *action;
    TRY(life_act(c, &h->life, &one, &request, &action));
    life_plan(c, &h->life, &request, &one);
    hurry(c, &h->slot, &one);
    return put_case(c, &h->slot);
}

static enum err happen(struct ctx *c, void *arg)
{
    struct happening again = *(struct happening *)arg; // the write may run more than once
    struct actor actor = c->actor;
    enum err err = again.due ? go_on(c, &again) : ask(c, &again);
    c->actor = actor;
    return err;
}

// What the rules did not allow is let go: somebody else had a hand in it.
static enum err let_go(struct ctx *c, void *arg)
{
    struct demo_case empty = {.slot = ((struct happening *)arg)->slot.slot};
    return put_case(c, &empty);
}

enum err demo_stream_step(struct ctx *c)
{
    struct happening *h = arena_alloc(c->arena, sizeof *h);
    struct dice dice = dice_of(DEMO_STORY_SEED, 8, (uint64_t)(c->now_ms / SECOND_MS));
    h->seed = dice_next(&dice);
    TRY(store_read(c, choose, h));
    if (!h->life.building_count || !h->neighbours || h->slot.slot < 0 ||
        (!h->due && h->reports_today >= REPORTS_A_DAY) ||
        dice_percent(&dice, 40)) // every 20 seconds or so, now and then a minute
        return OK;
    enum err err = store_write(c, happen, h);
    if (err != ERR_CONFLICT && err != ERR_FORBIDDEN && err != ERR_INVALID && err != ERR_NOT_FOUND && err != ERR_RATE)
        return err;
    ctx_clear_error(c);
    return store_write(c, let_go, h);
}

// Once the past is told.
enum err demo_stream_wanted(struct ctx *c, bool *ret_wanted)
{
    int64_t done, total;
    TRY(demo_history_progress(c, &done, &total));
    *ret_wanted = total && done >= total;
    return OK;
}
