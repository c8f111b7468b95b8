// SPDX-License-Identifier: MulanPSL-2.0
// A planned day becomes a round: who walks, which checkpoints, who is due for a visit, which meals are carried.
#include "base/id.h"
#include "domain/round/round_internal.h"
#include "round_sql.h"

#define VISITS_FIRST 10000 // sort: checkpoints, then visits, then meals
#define MEALS_FIRST 20000

enum err round_responsible(struct ctx *c, int64_t place_id, enum role role, struct post_holder *ret_holder)
{
    *ret_holder = (struct post_holder){.post.name = STR("")};
    enum err err = org_responsible(c, place_id, role, c->now_ms, ret_holder);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    *ret_holder = (struct post_holder){.post.name = STR("")};
    return OK;
}

struct draft {
    struct round r;
    struct round_item items[CHECKPOINTS_MAX + 2 * CARE_PER_ROUND_MAX];
    size_t count, visits, meals;
};

static struct round_item *add(struct ctx *c, struct draft *d, enum round_kind kind, int64_t place_id, int64_t sort)
{
    struct round_item *item = &d->items[d->count++];
    *item = (struct round_item){.id = ids_next(c->house->ids, c->now_ms),
                                .round_id = d->r.id,
                                .kind = (int)kind,
                                .place_id = place_id,
                                .sort = sort,
                                .name = STR(""),
                                .asks = STR(""),
                                .what = STR(""),
                                .bad = STR("")};
    return item;
}

static enum err add_checkpoints(struct ctx *c, struct draft *d)
{
    struct rows rows;
    TRY(checkpoints_of(c, d->r.plan_id, &rows));
    const struct checkpoint *checkpoints = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        struct round_item *item = add(c, d, ROUND_CHECKPOINT, checkpoints[i].place_id, (int64_t)i + 1);
        item->checkpoint_id = checkpoints[i].id;
        item->name = checkpoints[i].name;
        item->asks = checkpoints[i].asks;
        item->coded = checkpoints[i].code.n > 0;
    }
    return OK;
}

static enum err meal_of(struct ctx *c, const struct care *care, int64_t day, struct str *ret_what)
{
    struct care_meal meal;
    unsigned mask = 0;
    *ret_what = (struct str){0};
    enum err err = db_one(c, &sql_care_meal_get, ARGS(ARG_INT("care_id", care->id), ARG_INT("day", day)),
                          &care_meal_record, &meal);
    if (err == OK)
        *ret_what = meal.what;
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    if (weekdays_parse(care->meal_days, &mask) && mask >> weekday_of(day) & 1)
        *ret_what = care->meal.n ? care->meal : STR("送餐");
    return OK;
}

static void add_meal(struct ctx *c, struct draft *d, const struct care *care, struct str what)
{
    struct round_item *item = add(c, d, ROUND_MEAL, care->place_id, MEALS_FIRST + (int64_t)d->meals++);
    item->care_id = care->id;
    item->what = what;
}

// Of those who live there, whom no nearer plan serves. On a day that is not walked only meals are carried.
static enum err add_care(struct ctx *c, struct draft *d, bool walked)
{
    struct rows rows;
    struct place place;
    TRY(place_get(c, d->r.place_id, &place));
    TRY(db_list(
        c, &sql_cares_under,
        ARGS(ARG_TEXT("under", place_under(c, &place)), ARG_INT("after", 0), ARG_INT("max", CARE_PER_ROUND_MAX)),
        &care_record, CARE_PER_ROUND_MAX, &rows));
    const struct care *cares = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        struct round_plan nearest;
        struct str what;
        TRY(round_plan_over(c, cares[i].place_id, &nearest));
        if (nearest.id != d->r.plan_id)
            continue;
        if (walked && cares[i].next_day <= d->r.day) {
            struct round_item *item = add(c, d, ROUND_VISIT, cares[i].place_id, VISITS_FIRST + (int64_t)d->visits++);
            item->care_id = cares[i].id;
        }
        TRY(meal_of(c, &cares[i], d->r.day, &what));
        if (what.n)
            add_meal(c, d, &cares[i], what);
    }
    return OK;
}

static enum err begin(struct ctx *c, const struct round_plan *plan, const struct round_window *window, int64_t day,
                      struct round *r)
{
    struct place place;
    struct place_chain chain;
    struct post_holder holder;
    TRY(place_get(c, plan->place_id, &place));
    TRY(place_get_chain(c, place.id, &chain));
    TRY(round_responsible(c, place.id, (enum role)plan->role, &holder));
    *r = (struct round){.id = ids_next(c->house->ids, c->now_ms),
                        .version = 1,
                        .state = ROUND_PLANNED,
                        .plan_id = plan->id,
                        .plan_version = plan->version,
                        .place_id = place.id,
                        .path = place.path,
                        .grid_id = chain.at[PLACE_GRID],
                        .day = day,
                        .opens_at_ms = round_instant(c->house->calendar, day, window->from_minute),
                        .closes_at_ms = round_instant(c->house->calendar, day, window->to_minute),
                        .role = plan->role,
                        .post_id = holder.post.id,
                        .post_name = holder.post.name,
                        .vacant_post_id = holder.vacant_post_id,
                        .escalated_name = STR("")};
    r->next_mark_at_ms = round_mark_ms(r->opens_at_ms, r->closes_at_ms, 0);
    return place_full_name(c, place.id, PLACE_GRID, &r->place_name);
}

static enum err tell_planned(struct ctx *c, const struct draft *d)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    const struct round *r = &d->r;
    json_key(w, "to");
    json_put_z(w, round_state_names[r->state]);
    json_key(w, "plan");
    json_put_id(w, r->plan_id);
    json_key(w, "plan_version");
    json_put_int(w, r->plan_version);
    json_key(w, "place");
    json_put_id(w, r->place_id);
    json_key(w, "day");
    json_put_str(w, round_date(c, r->day));
    json_key(w, "opens");
    json_put_time(w, r->opens_at_ms);
    json_key(w, "closes");
    json_put_time(w, r->closes_at_ms);
    json_key(w, "post");
    json_put_id(w, r->post_id);
    if (r->vacant_post_id) {
        json_key(w, "vacant_post");
        json_put_id(w, r->vacant_post_id);
    }
    json_key(w, "items");
    json_put_int(w, r->items);
    return event_data_append(c, &data, "round", r->id, "round.planned");
}

static enum err store(struct ctx *c, struct draft *d)
{
    int64_t made;
    d->r.items = (int64_t)d->count;
    TRY(db_exec(c, &sql_round_insert, ARGS(ARG_ROW(&round_record, &d->r)), &made));
    if (!made) // another process was first
        return OK;
    for (size_t i = 0; i < d->count; i++)
        TRY(db_exec(c, &sql_round_item_insert, ARGS(ARG_ROW(&round_item_record, &d->items[i])), NULL));
    return tell_planned(c, d);
}

static enum err of_plan_day(struct ctx *c, int64_t plan_id, int64_t day, struct round *ret_round)
{
    enum err err = db_one(c, &sql_round_of_plan_day, ARGS(ARG_INT("plan_id", plan_id), ARG_INT("day", day)),
                          &round_record, ret_round);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    *ret_round = (struct round){0};
    return OK;
}

// A day that passed while nothing ran: written down as missed, without anybody's name, at level 3 already unless it
// was yesterday.
static enum err miss(struct ctx *c, struct draft *d)
{
    struct round_case rc = {.r = d->r};
    TRY(round_responsible(c, rc.r.place_id, ROLE_GRID_WORKER, &rc.told));
    rc.r.level = 1;
    rc.r.next_mark_at_ms = rc.r.closes_at_ms;
    TRY(round_act_system(c, &rc, "close"));
    if (rc.r.day + 1 < round_today(c)) {
        rc.r.next_mark_at_ms = 0;
        int64_t changed;
        return db_exec(c, &sql_round_save, ARGS(ARG_INT("old_version", rc.r.version), ARG_ROW(&round_record, &rc.r)),
                       &changed);
    }
    return OK;
}

enum err round_make(struct ctx *c, const struct round_plan *plan, int64_t day)
{
    struct round_window window;
    struct round there;
    struct draft *d = arena_alloc(c->arena, sizeof *d);
    d->count = d->visits = d->meals = 0;
    TRY(round_plan_check(c, plan, &window));
    TRY(of_plan_day(c, plan->id, day, &there));
    bool walked = round_walks_on(c->house->calendar, &window, day), past = day < round_today(c);
    if (there.id || (past && !walked))
        return OK;
    TRY(begin(c, plan, &window, day, &d->r));
    if (walked)
        TRY(add_checkpoints(c, d));
    if (!past)
        TRY(add_care(c, d, walked));
    if (!d->count)
        return OK;
    TRY(store(c, d));
    return past ? miss(c, d) : OK;
}

// Nobody has begun it: it follows its plan. From the first tick on it stays as it is.
enum err round_replan(struct ctx *c, const struct round_plan *plan)
{
    struct round_window window;
    int64_t gone;
    struct draft *d = arena_alloc(c->arena, sizeof *d);
    d->count = d->visits = d->meals = 0;
    TRY(of_plan_day(c, plan->id, round_today(c), &d->r));
    if (!d->r.id || d->r.state != ROUND_PLANNED || plan->closed_at_ms)
        return OK;
    TRY(round_plan_check(c, plan, &window));
    TRY(db_exec(c, &sql_round_checkpoints_remove, ARGS(ARG_INT("round_id", d->r.id)), &gone));
    if (round_walks_on(c->house->calendar, &window, d->r.day))
        TRY(add_checkpoints(c, d));
    for (size_t i = 0; i < d->count; i++)
        TRY(db_exec(c, &sql_round_item_insert, ARGS(ARG_ROW(&round_item_record, &d->items[i])), NULL));
    struct round_case rc = {.r = d->r};
    struct round *r = &rc.r;
    r->plan_version = plan->version;
    r->items += (int64_t)d->count - gone;
    r->opens_at_ms = round_instant(c->house->calendar, r->day, window.from_minute);
    r->closes_at_ms = round_instant(c->house->calendar, r->day, window.to_minute);
    r->next_mark_at_ms = round_mark_ms(r->opens_at_ms, r->closes_at_ms, r->level);
    return round_act_system(c, &rc, "replan");
}

// --- items that come or go after the round was made ------------------------------------------------------------------
enum err round_add_meal(struct ctx *c, int64_t care_id, int64_t day, struct str what)
{
    struct care care;
    struct round_plan plan;
    struct draft *d = arena_alloc(c->arena, sizeof *d);
    d->count = d->visits = d->meals = 0;
    TRY(care_get(c, care_id, &care));
    TRY(round_plan_over(c, care.place_id, &plan));
    if (!plan.id || day != round_today(c) || plan.made_to_day < day)
        return OK; // with the round of that day, when it is made
    TRY(of_plan_day(c, plan.id, day, &d->r));
    if (!d->r.id)
        return round_make(c, &plan, day);
    if (d->r.state != ROUND_PLANNED && d->r.state != ROUND_WALKING)
        return fail(c, ERR_CONFLICT, "care.round_over");
    d->meals = (size_t)d->r.items; // behind what is there
    add_meal(c, d, &care, what);
    TRY(db_exec(c, &sql_round_item_insert, ARGS(ARG_ROW(&round_item_record, &d->items[0])), NULL));
    struct round_case rc = {.r = d->r, .item = d->items[0]};
    rc.r.items++;
    return round_act_system(c, &rc, "add");
}

enum err round_drop_care(struct ctx *c, int64_t care_id)
{
    struct rows rows;
    TRY(db_list(c, &sql_round_items_waiting_of_care, ARGS(ARG_INT("care_id", care_id), ARG_INT("max", 1000)),
                &round_item_record, 1000, &rows));
    const struct round_item *items = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        struct round_case rc = {.item = items[i]};
        TRY(round_get(c, items[i].round_id, &rc.r));
        TRY(db_exec(c, &sql_round_item_remove, ARGS(ARG_INT("id", items[i].id)), NULL));
        rc.r.items--;
        TRY(round_act_system(c, &rc, "drop"));
        TRY(round_finish_if_whole(c, &rc));
    }
    return OK;
}
