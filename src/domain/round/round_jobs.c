// SPDX-License-Identifier: MulanPSL-2.0
// What time does: makes the rounds of the day, once; tells who has to know, level by level and each once, also after a
// standstill; hands a round on when nobody holds the post any more. Each row in a write of its own.
#include "domain/round/round_internal.h"
#include "round_sql.h"

#define BATCH 100
struct batch {
    const struct sql *sql;
    const struct record *record;
    int64_t after;
    size_t count;
    int64_t ids[BATCH];
    int64_t day; // round_plans_due, rounds_open
};

static enum err read_batch(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    struct rows rows;
    TRY(db_list(
        c, b->sql,
        ARGS(ARG_INT("after", b->after), ARG_INT("day", b->day), ARG_INT("from_day", b->day), ARG_INT("max", BATCH)),
        b->record, BATCH, &rows));
    const struct field *id = record_field(b->record, STR("id"));
    b->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        b->after = b->ids[i] = *field_int(id, (char *)rows.at + i * b->record->size_bytes);
    return OK;
}

// Every row that the statement finds, in a write of its own; what fails for itself holds up no other.
static enum err each(struct ctx *c, struct batch b, store_fn act)
{
    do {
        TRY(store_read(c, read_batch, &b));
        for (size_t i = 0; i < b.count; i++)
            TRY(job_write(c, act, &b.ids[i], b.ids[i], NULL));
    } while (b.count == BATCH);
    return OK;
}

// --- the rounds of the day -------------------------------------------------------------------------------------------
static enum err make_of_plan(struct ctx *c, void *arg)
{
    struct round_plan plan;
    struct place place;
    int64_t today = round_today(c), first = today - ROUND_CATCH_UP_DAYS;
    TRY(round_plan_get(c, *(const int64_t *)arg, &plan));
    TRY(place_get(c, plan.place_id, &place));
    if (first <= plan.made_to_day)
        first = plan.made_to_day + 1;
    for (int64_t day = first; day <= today && !plan.closed_at_ms && !place.closed_at_ms; day++)
        TRY(round_make(c, &plan, day));
    return db_exec(c, &sql_round_plan_made, ARGS(ARG_INT("day", today), ARG_INT("id", plan.id)), NULL);
}

static enum err make_rounds(struct ctx *c)
{
    struct batch b = {.sql = &sql_round_plans_due, .record = &round_plan_record, .day = round_today(c)};
    return each(c, b, make_of_plan);
}

static enum err any_plan_due(struct ctx *c, void *arg)
{
    int64_t n;
    TRY(db_number(c, &sql_round_plan_wanted, ARGS(ARG_INT("day", round_today(c))), &n));
    *(bool *)arg = n > 0;
    return OK;
}

static enum err rounds_wanted(struct ctx *c, bool *ret_wanted)
{
    return store_read(c, any_plan_due, ret_wanted);
}

// --- the ladder ------------------------------------------------------------------------------------------------------
// The next upward from a post; from nobody's: the community.
static enum err above(struct ctx *c, int64_t place_id, int64_t post_id, struct post_holder *ret_holder)
{
    struct post post = {.role = ROLE_GRID_WORKER};
    if (post_id)
        TRY(post_get(c, post_id, &post));
    if (post.role >= ROLE_DISTRICT) {
        *ret_holder = (struct post_holder){.post.name = STR("")};
        return OK;
    }
    return round_responsible(c, place_id, (enum role)(post.role + 1), ret_holder);
}

static enum err fire(struct ctx *c, struct round_case *rc)
{
    struct round *r = &rc->r;
    bool open = r->state == ROUND_PLANNED || r->state == ROUND_WALKING;
    if (r->level == 0 && open) {
        rc->told.post = (struct post){.id = r->post_id, .name = r->post_name};
        if (r->post_id)
            TRY(post_holder_at(c, r->post_id, c->now_ms, &rc->told.person_id));
        TRY(round_act(c, rc, "remind"));
        return round_tell(c, r, &rc->told, "round.notice_remind");
    }
    if (open) {
        TRY(above(c, r->place_id, r->post_id, &rc->told));
        TRY(round_act(c, rc, "close"));
        return round_tell(c, r, &rc->told, "round.notice_missed");
    }
    TRY(above(c, r->place_id, r->escalated_post_id, &rc->told));
    TRY(round_act(c, rc, "escalate"));
    return round_tell(c, r, &rc->told, "round.notice_escalated");
}

// All marks of one round that have passed, in order.
static enum err fire_round(struct ctx *c, void *arg)
{
    struct round_case rc = {0};
    TRY(round_get(c, *(const int64_t *)arg, &rc.r));
    while (rc.r.next_mark_at_ms && rc.r.next_mark_at_ms <= c->now_ms && rc.r.level < ROUND_LEVELS) {
        rc.told = (struct post_holder){0};
        TRY(fire(c, &rc));
    }
    return OK;
}

static enum err on_a_round(struct ctx *c, const struct care *care, bool *ret_on)
{
    struct rows rows;
    TRY(db_list(c, &sql_round_items_waiting_of_care, ARGS(ARG_INT("care_id", care->id), ARG_INT("max", 10)),
                &round_item_record, 10, &rows));
    *ret_on = false;
    for (size_t i = 0; i < rows.count; i++) {
        struct round r;
        TRY(round_get(c, ((const struct round_item *)rows.at)[i].round_id, &r));
        *ret_on |= r.day == round_today(c);
    }
    return OK;
}

static enum err fire_care_level(struct ctx *c, struct care *care)
{
    static const enum role roles[] = {ROLE_STEWARD, ROLE_GRID_WORKER, ROLE_COMMUNITY};
    struct post_holder told;
    int64_t due_ms = care->next_mark_at_ms;
    bool on = false;
    TRY(round_responsible(c, care->place_id, roles[care->level], &told));
    if (care->level == 0)
        TRY(on_a_round(c, care, &on)); // the round's own reminder says it
    care->level++;
    TRY(care_save(c, care));
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "level");
    json_put_int(w, care->level);
    json_key(w, "due");
    json_put_time(w, due_ms);
    json_key(w, "post");
    json_put_id(w, told.post.id);
    if (told.vacant_post_id) {
        json_key(w, "vacant_post");
        json_put_id(w, told.vacant_post_id);
    }
    TRY(event_data_append(c, &data, "care", care->id, care->level == 1 ? "care.reminded" : "care.overdue"));
    return on ? OK : care_tell(c, care->id, care->place_name, &told, "care.notice_overdue");
}

static enum err fire_care(struct ctx *c, void *arg)
{
    struct care care;
    TRY(care_get(c, *(const int64_t *)arg, &care));
    while (care.next_mark_at_ms && care.next_mark_at_ms <= c->now_ms && care.level < ROUND_LEVELS)
        TRY(fire_care_level(c, &care));
    return OK;
}

static enum err fire_marks(struct ctx *c)
{
    TRY(each(c, (struct batch){.sql = &sql_rounds_marked, .record = &round_record}, fire_round));
    return each(c, (struct batch){.sql = &sql_cares_marked, .record = &care_record}, fire_care);
}

// --- posts that nobody holds any more --------------------------------------------------------------------------------
static enum err hand_on(struct ctx *c, void *arg)
{
    struct round_case rc = {0};
    int64_t holder = 0;
    TRY(round_get(c, *(const int64_t *)arg, &rc.r));
    if (rc.r.post_id)
        TRY(post_holder_at(c, rc.r.post_id, c->now_ms, &holder));
    if (holder)
        return OK;
    TRY(round_responsible(c, rc.r.place_id, (enum role)rc.r.role, &rc.told));
    if (!rc.told.post.id || rc.told.post.id == rc.r.post_id)
        return OK;
    TRY(round_act(c, &rc, "reroute"));
    return round_tell(c, &rc.r, &rc.told, "round.notice_yours");
}

static enum err leave_vacant_posts(struct ctx *c)
{
    return each(c, (struct batch){.sql = &sql_rounds_open, .record = &round_record, .day = round_today(c) - 1},
                hand_on);
}

// --- for who lets rounds live
// ----------------------------------------------------------------------------------------
enum err round_live_plan(struct ctx *c, int64_t place_id, int64_t *ret_plan_id)
{
    struct round_plan plan;
    TRY(round_plan_over(c, place_id, &plan));
    *ret_plan_id = plan.id;
    return OK;
}

enum err round_live_make(struct ctx *c, int64_t plan_id, int64_t *ret_round_id, int64_t *ret_post_id)
{
    struct round round = {0};
    TRY(make_of_plan(c, &plan_id));
    enum err err = db_one(c, &sql_round_of_plan_day, ARGS(ARG_INT("plan_id", plan_id), ARG_INT("day", round_today(c))),
                          &round_record, &round);
    if (err == ERR_NOT_FOUND)
        ctx_clear_error(c);
    else
        TRY(err);
    *ret_round_id = err == OK ? round.id : 0;
    *ret_post_id = err == OK ? round.post_id : 0;
    return OK;
}

enum err round_live_time(struct ctx *c, int64_t round_id, int64_t until_ms)
{
    struct actor actor = c->actor;
    struct round r;
    enum err err = round_get(c, round_id, &r);
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    while (err == OK && r.next_mark_at_ms && r.next_mark_at_ms < until_ms && r.level < ROUND_LEVELS) {
        c->now_ms = r.next_mark_at_ms > c->now_ms ? r.next_mark_at_ms : c->now_ms;
        err = fire_round(c, &round_id);
        if (err == OK)
            err = round_get(c, round_id, &r);
    }
    c->actor = actor;
    return err;
}

const struct job round_jobs[] = {
    {"round_make", MINUTE_MS, make_rounds, rounds_wanted},
    {"round_vacant", 5 * MINUTE_MS, leave_vacant_posts, NULL},
    {"round_marks", MINUTE_MS, fire_marks, NULL},
    {NULL, 0, NULL, NULL},
};
