// SPDX-License-Identifier: MulanPSL-2.0
// A district lives through days. What is planned stands in a heap by its time; what the jobs have to do is asked of the
// store; the clock jumps to whichever is first. Jobs run at whole minutes, people act between them.
#include "domain/demo/demo_year.h"

#include "base/calendar.h"
#include "base/log.h"
#include "demo_sql.h"
#include "flow/seal_log.h"
#include "job/job.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define YEAR_ARENA_BYTES ((size_t)64 << 20)
#define ASKERS_MAX 1500
#define FIRST_ASKER_PHONE 1000
#define FIRST_STEWARD_PHONE 7000
#define SEAL_EVERY_NS (INT64_C(60) * 1000000000)

enum year_what { WHAT_DAY, WHAT_REPORT, WHAT_CASE, WHAT_LEAVE, WHAT_APPOINT, WHAT_MOVE, WHAT_QUARREL, WHAT_DISPUTE };

// --- a day
// ------------------------------------------------------------------------------------------------------------ More on
// Mondays, fewer on days off; more in the rains of early summer and in the cold.
static int64_t reports_of_day(struct ctx *c, const struct year *year, int64_t day, struct dice *dice)
{
    static const int by_month[] = {110, 95, 90, 95, 105, 125, 120, 100, 95, 95, 100, 115};
    static const int by_weekday[] = {122, 110, 104, 104, 106, 84, 70}; // from Monday
    int of_year, month, of_month;
    day_to_date(day, &of_year, &month, &of_month);
    int64_t share = by_month[month - 1] * by_weekday[(day + 3) % 7];
    if (!calendar_is_workday(c->house->calendar, day) && (day + 3) % 7 < 5)
        share = share * 6 / 10; // a holiday
    int64_t ten_thousandths = year->wish->per_day * share * dice_between(dice, 70, 130) / 100;
    return ten_thousandths / 10000 + (dice_below(dice, 10000) < ten_thousandths % 10000);
}

static int64_t hour_of_report(struct dice *dice)
{
    static const int shares[24] = {1,  1,  0,  0,  1,  3,  12, 30, 55, 70, 65, 50,
                                   35, 35, 45, 50, 50, 48, 45, 52, 45, 25, 10, 3};
    int total = 0;
    for (size_t i = 0; i < 24; i++)
        total += shares[i];
    int64_t left = dice_below(dice, total), hour = 0;
    while (left >= shares[hour])
        left -= shares[hour++];
    return hour;
}

static void begin_day(struct ctx *c, struct year *year, int64_t at_ms)
{
    int64_t day = calendar_day(c->house->calendar, at_ms);
    struct dice dice = dice_of(year->life.seed, 2, (uint64_t)day);
    int64_t count = reports_of_day(c, year, day, &dice);
    for (int64_t i = 0; i < count; i++)
        year_put(&year->heap,
                 at_ms + hour_of_report(&dice) * HOUR_MS + dice_below(&dice, 60) * MINUTE_MS +
                     dice_between(&dice, 1, 59) * SECOND_MS,
                 WHAT_REPORT, 0);
    if (dice_percent(&dice, 22)) // somebody leaves a post
        year_put(&year->heap, at_ms + dice_between(&dice, 9, 17) * HOUR_MS + 30 * SECOND_MS, WHAT_LEAVE,
                 (size_t)dice_below(&dice, (int64_t)year->life.building_count));
    if (at_ms <= year->begin_ms + (year->end_ms - year->begin_ms) * 6 / 10 &&
        at_ms + DAY_MS > year->begin_ms + (year->end_ms - year->begin_ms) * 6 / 10)
        for (size_t i = 0; i < 4; i++) // grids are drawn anew, once
            year_put(&year->heap, at_ms + 10 * HOUR_MS + (int64_t)i * MINUTE_MS + 30 * SECOND_MS, WHAT_MOVE,
                     (size_t)dice_below(&dice, (int64_t)year->life.building_count));
    if (dice_percent(&dice, 85)) // somebody comes to the desk about a neighbour
        year_put(&year->heap, at_ms + dice_between(&dice, 540, 1010) * MINUTE_MS + 20 * SECOND_MS, WHAT_QUARREL,
                 (size_t)dice_below(&dice, (int64_t)year->life.building_count));
    if (at_ms + DAY_MS < year->end_ms)
        year_put(&year->heap, at_ms + DAY_MS, WHAT_DAY, 0);
    memset(year->due_ms, 0, sizeof year->due_ms);
    for (size_t i = 0; i < YEAR_JOBS; i++) // once a day all of them, whatever is known to be due
        year->due_ms[i] = at_ms;
}

// --- what happens, each in a write of its own
// -------------------------------------------------------------------------
struct happening {
    struct year *year;
    struct year_heap_entry entry;
    struct life_case one; // as it was before: the write may run more than once
    struct life_case after;
    struct mediation dispute; // as it is then
    const char *action;
    bool made, person_made;
    int64_t person_id, home_id, post_id, community_id;
};

static enum err new_asker(struct ctx *c, const struct year *year, struct happening *h, struct dice *dice)
{
    struct person person;
    size_t number = year->askers.count;
    h->home_id = year->life.buildings[dice_below(dice, (int64_t)year->life.building_count)];
    TRY(person_create_resident(c, demo_phone(c, FIRST_ASKER_PHONE + number), demo_invented_name(c, 3000 + number * 3),
                               h->home_id, true, &person));
    h->person_id = person.id;
    h->person_made = true;
    return OK;
}

// Two of three have asked before; now and then somebody only rings up, or a steward sees something in the building.
static enum err report(struct ctx *c, struct happening *h)
{
    const struct year *year = h->year;
    struct dice dice = dice_of(year->life.seed, 3, year->case_count);
    struct request request;
    int64_t kind = dice_below(&dice, 100);
    h->home_id = year->life.buildings[dice_below(&dice, (int64_t)year->life.building_count)];
    if (kind < 8) {
        struct rows posts;
        TRY(post_list_of_place(c, h->home_id, &posts));
        if (posts.count)
            TRY(post_holder_at(c, ((const struct post *)posts.at)->id, c->now_ms, &h->person_id));
    } else if (kind < 85) {
        size_t known = year->askers.count;
        if (known == year->askers.max || (known > 20 && dice_percent(&dice, 66))) {
            size_t which = (size_t)dice_below(&dice, (int64_t)known);
            h->person_id = year->askers.ids[which];
            h->home_id = year->askers.homes[which];
        } else {
            TRY(new_asker(c, year, h, &dice));
        }
    }
    TRY(life_report(c, &year->life, h->home_id, h->person_id, dice, &h->after, &request));
    h->community_id = request.community_id;
    h->action = "report";
    return OK;
}

static enum err go_on(struct ctx *c, struct happening *h)
{
    struct request request;
    TRY(life_act(c, &h->year->life, &h->after, &request, &h->action));
    life_plan(c, &h->year->life, &request, &h->after);
    return OK;
}

static enum err steward_post(struct ctx *c, struct happening *h)
{
    struct rows posts;
    TRY(post_list_of_place(c, h->year->life.buildings[h->entry.which], &posts));
    h->post_id = posts.count ? ((const struct post *)posts.at)->id : 0;
    return OK;
}

static enum err leave(struct ctx *c, struct happening *h)
{
    struct rows terms;
    TRY(steward_post(c, h));
    if (!h->post_id)
        return OK;
    TRY(term_list_of_post(c, h->post_id, &terms));
    const struct term *newest = terms.at;
    if (!terms.count || newest->ended_at_ms)
        return OK;
    h->made = true;
    return term_end(c, newest->id);
}

static enum err appoint(struct ctx *c, struct happening *h)
{
    struct person person;
    struct term term;
    int64_t holder_id;
    size_t number = (size_t)h->year->appointed;
    TRY(steward_post(c, h));
    TRY(post_holder_at(c, h->post_id, c->now_ms, &holder_id));
    if (holder_id || number >= 1000)
        return OK;
    TRY(person_create_resident(c, demo_phone(c, FIRST_STEWARD_PHONE + number), demo_invented_name(c, 900 + number * 7),
                               h->year->life.buildings[h->entry.which], true, &person));
    h->made = true;
    return term_begin(c, h->post_id, person.id, &term);
}

// The estate goes to the next grid of its community.
static enum err move(struct ctx *c, struct happening *h)
{
    struct place_chain chain;
    struct rows grids;
    TRY(place_get_chain(c, h->year->life.buildings[h->entry.which], &chain));
    if (!chain.at[PLACE_ESTATE] || !chain.at[PLACE_GRID])
        return OK;
    TRY(place_children(c, chain.at[PLACE_COMMUNITY], 0, 50, &grids));
    const struct place *grid = grids.at;
    for (size_t i = 0; i < grids.count; i++)
        if (grid[i].level == PLACE_GRID && grid[i].id != chain.at[PLACE_GRID]) {
            h->made = true;
            return place_move(c, chain.at[PLACE_ESTATE], grid[i].id);
        }
    return OK;
}

static enum err quarrel(struct ctx *c, struct happening *h)
{
    struct dice dice = dice_of(h->year->life.seed, 10, h->year->dispute_count);
    h->action = "open a dispute";
    return mediation_open(c, h->year->life.buildings[h->entry.which], dice, &h->dispute);
}

static enum err happen(struct ctx *c, void *arg)
{
    struct happening *h = arg;
    h->after = h->one;
    h->action = NULL;
    h->made = h->person_made = false;
    h->person_id = 0;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    switch (h->entry.what) {
    case WHAT_REPORT:
        return report(c, h);
    case WHAT_CASE:
        return go_on(c, h);
    case WHAT_LEAVE:
        return leave(c, h);
    case WHAT_APPOINT:
        return appoint(c, h);
    case WHAT_QUARREL:
        return quarrel(c, h);
    case WHAT_DISPUTE:
        h->dispute = h->year->disputes[h->entry.which];
        return mediation_act(c, &h->dispute, &h->action);
    default:
        return move(c, h);
    }
}

// --- and what follows
// -------------------------------------------------------------------------------------------------
static void note_refusal(struct year *year, const char *action, const char *key)
{
    size_t i = 0;
    while (i < year->refusal_count &&
           (strcmp(year->refusals[i].action, action) != 0 || strcmp(year->refusals[i].key, key) != 0))
        i++;
    if (i == YEAR_REFUSALS)
        return;
    if (i == year->refusal_count)
        year->refusals[year->refusal_count++] = (struct year_refusal){action, key, 0};
    year->refusals[i].count++;
}

static enum err plan_again(struct ctx *c, void *arg)
{
    struct happening *h = arg;
    struct request request;
    if (h->entry.what == WHAT_DISPUTE)
        return mediation_plan(c, &h->dispute);
    TRY(request_get(c, h->after.id, &request));
    life_plan(c, &h->year->life, &request, &h->after);
    return OK;
}

static void remember_master(struct year *year, int64_t community_id, int64_t id)
{
    size_t i = 0;
    while (i < year->life.master_count && year->life.masters[i].community_id != community_id)
        i++;
    if (i == YEAR_MASTERS)
        return;
    if (i == year->life.master_count)
        year->life.master_count++;
    struct life_master *masters = &year->life.masters[i];
    *masters = (struct life_master){community_id, {id, masters->ids[0], masters->ids[1]}};
}

static void keep_report(struct year *year, const struct happening *h)
{
    if (h->person_made) {
        year->askers.ids[year->askers.count] = h->person_id;
        year->askers.homes[year->askers.count++] = h->home_id;
    }
    if (year->case_count == year->case_max)
        return;
    year->cases[year->case_count] = h->after;
    if (h->after.at_ms)
        year_put(&year->heap, h->after.at_ms, WHAT_CASE, year->case_count);
    year->case_count++;
    remember_master(year, h->community_id, h->after.id);
}

static void keep_dispute(struct year *year, const struct happening *h)
{
    bool is_new = h->entry.what == WHAT_QUARREL;
    size_t which = is_new ? year->dispute_count : h->entry.which;
    if (which == year->dispute_max)
        return;
    year->dispute_count += is_new;
    year->disputes[which] = h->dispute;
    if (h->dispute.at_ms)
        year_put(&year->heap, h->dispute.at_ms, WHAT_DISPUTE, which);
}

static void keep(struct year *year, const struct happening *h)
{
    struct dice dice = dice_of(year->life.seed, 4, (uint64_t)h->entry.number);
    year->steps += h->action != NULL;
    switch (h->entry.what) {
    case WHAT_REPORT:
        keep_report(year, h);
        break;
    case WHAT_CASE:
        year->cases[h->entry.which] = h->after;
        if (h->after.at_ms)
            year_put(&year->heap, h->after.at_ms, WHAT_CASE, h->entry.which);
        break;
    case WHAT_LEAVE:
        year->vacated += h->made;
        if (h->made)
            year_put(&year->heap, h->entry.at_ms + dice_between(&dice, 2, 45) * DAY_MS, WHAT_APPOINT, h->entry.which);
        break;
    case WHAT_APPOINT:
        year->appointed += h->made;
        break;
    case WHAT_QUARREL:
    case WHAT_DISPUTE:
        keep_dispute(year, h);
        break;
    default:
        year->moved += h->made;
    }
    if (h->made)
        year->posts_changed_ms = h->entry.at_ms;
}

static enum err do_one(struct ctx *c, struct year *year, struct year_heap_entry entry)
{
    struct happening h = {.year = year, .entry = entry};
    c->now_ms = entry.at_ms;
    if (entry.what == WHAT_DAY) {
        begin_day(c, year, entry.at_ms);
        return OK;
    }
    if (entry.what == WHAT_CASE)
        h.one = year->cases[entry.which];
    enum err err = store_write(c, happen, &h);
    if (err == ERR_CONFLICT || err == ERR_FORBIDDEN || err == ERR_INVALID || err == ERR_NOT_FOUND || err == ERR_RATE) {
        note_refusal(year, h.action ? h.action : "report", c->error.key);
        ctx_clear_error(c);
        if (!h.after.id && entry.what != WHAT_DISPUTE)
            return OK;
        err = store_read(c, plan_again, &h);
    }
    TRY(err);
    keep(year, &h);
    return OK;
}

// --- jobs
// -------------------------------------------------------------------------------------------------------------
static int64_t on_grid(int64_t at_ms, int64_t every_ms)
{
    return (at_ms + every_ms - 1) / every_ms * every_ms;
}

// When the next job has something to do: what the store says, and where posts have changed hands, those that look.
static enum err next_tick(struct ctx *c, struct year *year, int64_t *ret_at_ms)
{
    struct year_dues dues;
    *ret_at_ms = INT64_MAX;
    TRY(store_read(c, year_read_dues, &dues));
    for (size_t i = 0; i < YEAR_JOBS; i++) {
        int64_t every_ms = year_job(i).every_ms, at_ms = dues.at_ms[i];
        if (year_job_is_of_posts(i) && year->posts_changed_ms)
            at_ms = year->posts_changed_ms;
        if (year->due_ms[i] && (!at_ms || year->due_ms[i] < at_ms))
            at_ms = year->due_ms[i];
        if (!at_ms)
            continue;
        at_ms = on_grid(at_ms, every_ms);
        if (year->ran_ms[i] && at_ms < year->ran_ms[i] + every_ms)
            at_ms = year->ran_ms[i] + every_ms;
        year->due_ms[i] = at_ms;
        if (at_ms < *ret_at_ms)
            *ret_at_ms = at_ms;
    }
    return OK;
}

static void pick(unsigned which, struct job picked[YEAR_JOBS + 1])
{
    size_t n = 0;
    for (size_t i = 0; i < YEAR_JOBS; i++)
        if (which >> i & 1)
            picked[n++] = year_job(i);
    picked[n] = (struct job){NULL};
}

// For the second process, the minute and what is due in it stand in the store as one number.
static enum err write_step(struct ctx *c, void *arg)
{
    return db_exec(c, &sql_demo_step_put, ARGS(ARG_ROW(&demo_step_record, arg)), NULL);
}

static void rest(int64_t ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

#define WAIT_MS 2
#define WAITS_MAX 30000 // a minute

static enum err share(struct ctx *c, struct year *year, unsigned which, const struct job *const *jobs)
{
    struct demo_step now = {STR("year.now"), c->now_ms + which};
    bool ran = false;
    TRY(store_write(c, write_step, &now));
    if (year->ticks % 2) // let the other be first
        rest(WAIT_MS);
    for (int i = 0; i < WAITS_MAX; i++) {
        TRY(job_run_due(c, jobs, NULL));
        TRY(job_all_ran(c, jobs, &ran));
        if (ran)
            return OK;
        rest(WAIT_MS);
    }
    return fail(c, ERR_BUSY, "demo.no_worker");
}

static enum err tick(struct ctx *c, struct year *year, int64_t at_ms)
{
    struct job picked[YEAR_JOBS + 1];
    const struct job *const jobs[] = {picked, NULL};
    unsigned which = 0;
    c->now_ms = at_ms;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    for (size_t i = 0; i < YEAR_JOBS; i++)
        if (year->due_ms[i] && year->due_ms[i] <= at_ms) {
            which |= 1u << i;
            if (year_job_is_of_posts(i))
                year->posts_changed_ms = 0;
            year->ran_ms[i] = at_ms;
            year->due_ms[i] = 0;
        }
    pick(which, picked);
    year->ticks++;
    return year->wish->shared ? share(c, year, which, jobs) : job_run_due(c, jobs, NULL);
}

// --- from event to event
// ----------------------------------------------------------------------------------------------
static enum err seal(struct ctx *c, struct year *year)
{
    int64_t now_ns = clock_monotonic_ns();
    if (now_ns < year->sealed_ns + SEAL_EVERY_NS)
        return OK;
    year->sealed_ns = now_ns;
    c->now_ms = clock_now_ms(c->house->clock); // the log is of when it was written
    return seal_log_run(c);
}

static enum err next_event(struct ctx *c, struct year *year, bool *ret_over)
{
    int64_t tick_ms, planned_ms = year->heap.count ? year->heap.at[0].at_ms : INT64_MAX;
    TRY(seal(c, year));
    TRY(next_tick(c, year, &tick_ms));
    int64_t at_ms = tick_ms <= planned_ms ? tick_ms : planned_ms;
    *ret_over = at_ms >= year->end_ms;
    if (year->wish->progress)
        year->wish->progress(*ret_over ? year->end_ms : at_ms, at_ms - year->begin_ms, year->end_ms - year->begin_ms,
                             year->wish->arg);
    if (*ret_over)
        return OK;
    return tick_ms <= planned_ms ? tick(c, year, tick_ms) : do_one(c, year, year_take(&year->heap));
}

static enum err live(struct ctx *c, struct year *year)
{
    struct ctx own = *c;
    bool over = false;
    enum err err = OK;
    own.arena = arena_new(YEAR_ARENA_BYTES);
    while (err == OK && !over) {
        arena_reset(own.arena);
        err = next_event(&own, year, &over);
    }
    if (err != OK) {
        c->error = own.error;
        for (size_t i = 0; i < 2; i++)
            c->error.args[i] = str_copy(c->arena, own.error.args[i]);
        c->error.field = str_copy(c->arena, own.error.field);
    }
    arena_free(own.arena);
    return err;
}

static enum err load(struct ctx *c, void *arg)
{
    struct year *year = arg;
    return life_load(c, (uint64_t)year->wish->seed, &year->life);
}

static enum err prepare(struct ctx *c, struct year *year)
{
    const struct demo_year *wish = year->wish;
    int64_t days = (wish->end_ms - wish->begin_ms) / DAY_MS;
    struct demo_plan plan;
    TRY(demo_refuse(c) != OK ? fail(c, ERR_CONFLICT, "demo.lived_in") : OK);
    c->now_ms = wish->begin_ms;
    TRY(demo_seed_district(c, &plan));
    if (!plan.community_count)
        return fail(c, ERR_CONFLICT, "demo.lived_in");
    TRY(store_read(c, load, year));
    year->case_max = (size_t)(days * wish->per_day * 2 + 1000);
    year->cases = arena_array(c->arena, year->case_max, sizeof *year->cases);
    year->dispute_max = (size_t)days + 10;
    year->disputes = arena_array(c->arena, year->dispute_max, sizeof *year->disputes);
    year->heap.max = year->case_max + year->dispute_max + (size_t)(wish->per_day * 4) + 4000;
    year->heap.at = arena_array(c->arena, year->heap.max, sizeof *year->heap.at);
    year->life.masters = arena_array(c->arena, YEAR_MASTERS, sizeof *year->life.masters);
    year->askers = (struct year_people){arena_array(c->arena, ASKERS_MAX, sizeof(int64_t)),
                                        arena_array(c->arena, ASKERS_MAX, sizeof(int64_t)), 0, ASKERS_MAX};
    year_put(&year->heap, wish->begin_ms, WHAT_DAY, 0);
    return OK;
}

// --- two processes
// ----------------------------------------------------------------------------------------------------
static enum err read_step(struct ctx *c, void *arg)
{
    struct demo_step *step = arg;
    enum err err = db_one(c, &sql_demo_step_get, ARGS(ARG_TEXT("name", step->name)), &demo_step_record, step);
    if (err == ERR_NOT_FOUND)
        ctx_clear_error(c);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err await_worker(struct ctx *c)
{
    for (int i = 0; i < WAITS_MAX; i++) {
        struct demo_step worker = {STR("year.worker"), 0};
        TRY(store_read(c, read_step, &worker));
        if (worker.done_at_ms)
            return OK;
        rest(WAIT_MS);
    }
    return fail(c, ERR_BUSY, "demo.no_worker");
}

enum err demo_year_work(struct ctx *c, int64_t *ret_runs)
{
    struct ctx own = *c;
    struct demo_step here = {STR("year.worker"), c->now_ms};
    int64_t seen = 0, idle = 0, ran = 0;
    *ret_runs = 0;
    TRY(store_write(c, write_step, &here));
    own.arena = arena_new(YEAR_ARENA_BYTES);
    enum err err = OK;
    for (; err == OK && idle < 2 * WAITS_MAX; idle++) {
        struct demo_step now = {STR("year.now"), 0};
        struct job picked[YEAR_JOBS + 1];
        const struct job *const jobs[] = {picked, NULL};
        arena_reset(own.arena);
        err = store_read(&own, read_step, &now);
        if (now.done_at_ms == INT64_MAX)
            break;
        if (now.done_at_ms == seen) {
            rest(1);
            continue;
        }
        seen = now.done_at_ms;
        own.now_ms = seen - seen % MINUTE_MS;
        pick((unsigned)(seen % MINUTE_MS), picked);
        err = err == OK ? job_run_due(&own, jobs, &ran) : err;
        *ret_runs += ran;
        idle = 0;
    }
    c->error = own.error;
    c->error.field = c->error.args[0] = c->error.args[1] = STR("");
    arena_free(own.arena);
    return err;
}

enum err demo_year_live(struct ctx *c, const struct demo_year *wish, struct demo_year_report *ret_report)
{
    struct year *year = arena_alloc(c->arena, sizeof *year);
    *year = (struct year){.wish = wish, .begin_ms = wish->begin_ms, .end_ms = wish->end_ms};
    TRY(prepare(c, year));
    if (wish->shared)
        TRY(await_worker(c));
    enum err err = live(c, year);
    if (wish->shared) {
        struct demo_step over = {STR("year.now"), INT64_MAX};
        struct error first = c->error;
        enum err told = store_write(c, write_step, &over);
        if (err != OK)
            c->error = first;
        else
            err = told;
    }
    TRY(err);
    struct demo_step whole = {STR("history.deeds"), INT32_MAX}; // no other past is told into it
    TRY(store_write(c, write_step, &whole));
    c->now_ms = wish->end_ms;
    return year_check(c, year, ret_report);
}
