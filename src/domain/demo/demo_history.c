// SPDX-License-Identifier: MulanPSL-2.0
// The demo's past: told story by story while the server already serves, each in a write of its own, each lived through
// by the rules at its own times, clocks included. Started again after a kill it goes on with the story that was next.
#include "domain/demo/demo_stories.h"

#include "base/log.h"
#include "demo_sql.h"
#include "domain/demo/demo_dispute.h"

#define HISTORY_DAYS 300
#define DISPUTE_DAYS 325
#define STORIES_MAX 6000 // more than it takes to come to the deeds
#define STORIES_A_DISPUTE 10
#define DISPUTES_LATE_PERCENT 12 // of the last weeks: some of them are open still
#define SLICE_NS (INT64_C(1200) * 1000000)
#define STORY_ARENA_BYTES ((size_t)64 << 20)

struct telling {
    int64_t base_ms, index;
    struct life life;
    bool deed;
};

static enum err find_asker(struct ctx *c, const struct telling *t, struct dice *dice, struct demo_person *ret_row)
{
    struct person person;
    int64_t known = t->index / 4;
    size_t which = (size_t)(t->index % 4 && known ? dice_below(dice, known) : known);
    struct str key = str_format(c->arena, "neighbour_%zu", which);
    enum err err = demo_person_find(c, key, ret_row);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    int64_t home_id = t->life.buildings[dice_below(dice, (int64_t)t->life.building_count)];
    TRY(person_create_resident(c, demo_phone(c, DEMO_NEIGHBOUR_PHONE + which), demo_invented_name(c, 5000 + which * 3),
                               home_id, true, &person));
    *ret_row = (struct demo_person){.name = key, .person_id = person.id, .place_id = home_id};
    return db_exec(c, &sql_demo_person_insert, ARGS(ARG_ROW(&demo_person_record, ret_row)), NULL);
}

// By day, evenly over the time; in order of the stories.
static int64_t begins_at(const struct telling *t, struct dice *dice)
{
    int64_t span_ms = HISTORY_DAYS * DAY_MS, back_ms = dice_below(dice, span_ms / MINUTE_MS) * MINUTE_MS;
    int64_t at_ms = t->base_ms - 2 * HOUR_MS - back_ms, of_day = (at_ms + 8 * HOUR_MS) % DAY_MS;
    if (of_day < 7 * HOUR_MS)
        at_ms += 7 * HOUR_MS - DAY_MS + dice_between(dice, 0, 700) * MINUTE_MS;
    return at_ms - at_ms % MINUTE_MS + dice_between(dice, 1, 59) * SECOND_MS;
}

// What people do and what time does, whichever is first, up to when the demo began.
enum err demo_live_through(struct ctx *c, const struct life *life, int64_t base_ms, struct life_case *one,
                           struct request *r)
{
    const char *action;
    for (int steps = 0; steps < 200; steps++) {
        int64_t until_ms = one->at_ms && one->at_ms < base_ms ? one->at_ms : base_ms;
        c->actor = (struct actor){.kind = ACTOR_SYSTEM};
        TRY(request_time_passes(c, one->id, until_ms, r));
        if (r->state != one->state && until_ms == base_ms && c->now_ms < base_ms) {
            life_plan(c, life, r, one);
            continue;
        }
        if (until_ms == base_ms)
            return OK;
        c->now_ms = until_ms;
        TRY(life_act(c, life, one, r, &action));
        life_plan(c, life, r, one);
    }
    return OK;
}

// Most have ended long ago, since only quarters that are over are published.
static enum err tell_dispute(struct ctx *c, const struct telling *t)
{
    struct dice dice = dice_of(t->life.seed, 9, (uint64_t)t->index);
    int64_t days = dice_percent(&dice, DISPUTES_LATE_PERCENT) ? dice_between(&dice, 1, 45)
                                                              : dice_between(&dice, 125, DISPUTE_DAYS);
    int64_t at_ms = t->base_ms - days * DAY_MS, of_day = (at_ms + 8 * HOUR_MS) % DAY_MS;
    at_ms += 9 * HOUR_MS - of_day + dice_between(&dice, 0, 470) * MINUTE_MS + dice_between(&dice, 1, 59) * SECOND_MS;
    return mediation_story(c, t->life.buildings[dice_below(&dice, (int64_t)t->life.building_count)], dice, at_ms,
                           t->base_ms);
}

static enum err tell(struct ctx *c, struct telling *t)
{
    struct dice dice = dice_of(t->life.seed, 6, (uint64_t)t->index);
    struct demo_person asker;
    struct life_case one;
    struct request r;
    c->now_ms = begins_at(t, &dice);
    TRY(find_asker(c, t, &dice, &asker));
    TRY(life_report(c, &t->life, asker.place_id, asker.person_id, dice, &one, &r));
    TRY(demo_live_through(c, &t->life, t->base_ms, &one, &r));
    t->deed =
        !r.open && r.outcome == OUTCOME_SOLVED && !r.unconfirmed && r.state != REQUEST_CONFIRMED; // a wish is none
    return OK;
}

static enum err count_up(struct ctx *c, const char *name, int64_t n)
{
    struct demo_step step = {str_of(name), n};
    return db_exec(c, &sql_demo_step_put, ARGS(ARG_ROW(&demo_step_record, &step)), NULL);
}

static enum err write_story(struct ctx *c, void *arg)
{
    struct telling *t = arg;
    struct actor actor = c->actor;
    int64_t now_ms = c->now_ms, told, deeds;
    TRY(demo_step_value(c, "history.told", &told));
    TRY(demo_step_value(c, "history.deeds", &deeds));
    if (told != t->index)
        return OK; // another process was first
    enum err err = tell(c, t);
    if (err == OK && t->index % STORIES_A_DISPUTE == 0)
        err = tell_dispute(c, t);
    c->now_ms = now_ms;
    c->actor = actor;
    TRY(err);
    TRY(count_up(c, "history.deeds", deeds + t->deed));
    return count_up(c, "history.told", told + 1);
}

static enum err skip_story(struct ctx *c, void *arg)
{
    return count_up(c, "history.told", ((struct telling *)arg)->index + 1);
}

static enum err begin_telling(struct ctx *c, void *arg)
{
    struct telling *t = arg;
    TRY(demo_step_value(c, "begin", &t->base_ms));
    TRY(demo_step_value(c, "history.told", &t->index));
    return life_load(c, DEMO_STORY_SEED, &t->life);
}

struct progress {
    int64_t deeds, told, open311;
};

static enum err read_progress(struct ctx *c, void *arg)
{
    struct progress *progress = arg;
    TRY(demo_step_value(c, "history.deeds", &progress->deeds));
    TRY(demo_step_value(c, "history.told", &progress->told));
    return demo_step_value(c, "open311.0", &progress->open311);
}

enum err demo_history_progress(struct ctx *c, int64_t *ret_done, int64_t *ret_total)
{
    struct progress progress;
    *ret_done = *ret_total = 0;
    if (!demo_lives(c))
        return OK;
    TRY(store_read(c, read_progress, &progress));
    if (!progress.open311)
        return OK; // not the demo district, or a part of it
    *ret_total = DEMO_DEEDS;
    *ret_done = progress.told >= STORIES_MAX || progress.deeds > DEMO_DEEDS ? DEMO_DEEDS : progress.deeds;
    return OK;
}

static enum err tell_some(struct ctx *c, struct telling *t)
{
    struct ctx own = *c;
    int64_t until_ns = clock_monotonic_ns() + SLICE_NS, before, done, total;
    own.arena = arena_new(STORY_ARENA_BYTES);
    enum err err = demo_history_progress(&own, &done, &total);
    before = done;
    while (err == OK && clock_monotonic_ns() < until_ns && done < total) {
        arena_reset(own.arena);
        err = store_write(&own, write_story, t);
        if (err == ERR_CONFLICT || err == ERR_FORBIDDEN || err == ERR_INVALID || err == ERR_NOT_FOUND) {
            log_warn("demo: story %lld left out: %s", (long long)t->index, own.error.key);
            ctx_clear_error(&own);
            err = store_write(&own, skip_story, t);
        }
        t->index++;
        if (err == OK)
            err = demo_history_progress(&own, &done, &total);
    }
    if (done / 200 != before / 200 || done >= total)
        log_info("demo: %lld of %lld deeds told", (long long)done, (long long)total);
    c->error = own.error;
    c->error.field = c->error.args[0] = c->error.args[1] = STR("");
    arena_free(own.arena);
    return err;
}

enum err demo_history_tell(struct ctx *c)
{
    struct telling *t = arena_alloc(c->arena, sizeof *t);
    TRY(store_read(c, begin_telling, t));
    return t->life.building_count ? tell_some(c, t) : OK;
}

enum err demo_history_wanted(struct ctx *c, bool *ret_wanted)
{
    int64_t done, total;
    TRY(demo_history_progress(c, &done, &total));
    *ret_wanted = done < total;
    return OK;
}
