// SPDX-License-Identifier: MulanPSL-2.0
// Plans and their checkpoints: rows, what is checked, one event for each change. A round copies what it needs when it
// is made, so a change of the plan leaves what was walked as it was.
#include "base/id.h"
#include "domain/round/round_internal.h"
#include "round_sql.h"

const char *const round_days_names[] = {"working_days", "every_day", "weekdays", NULL};
const char *const round_ask_names[] = {"lights", "stairs", "fire",    "rubbish", "ebikes",
                                       "doors",  "leaks",  "posters", NULL};

static const struct field checkpoint_fields[] = {CHECKPOINT_FIELDS(FIELD_ROW, checkpoint)};
const struct record checkpoint_record = {
    .name = "checkpoint", .table = "checkpoint", .size_bytes = sizeof(struct checkpoint), FIELDS(checkpoint_fields)};
static const struct field plan_fields[] = {ROUND_PLAN_FIELDS(FIELD_ROW, round_plan)};
const struct record round_plan_record = {
    .name = "round_plan", .table = "round_plan", .size_bytes = sizeof(struct round_plan), FIELDS(plan_fields)};

enum err round_plan_get(struct ctx *c, int64_t id, struct round_plan *ret_plan)
{
    enum err err = db_one(c, &sql_round_plan_by_id, ARGS(ARG_INT("id", id)), &round_plan_record, ret_plan);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return fail(c, ERR_NOT_FOUND, "round_plan.unknown");
}

enum err round_plan_over(struct ctx *c, int64_t place_id, struct round_plan *ret_plan)
{
    struct place_chain chain;
    TRY(place_get_chain(c, place_id, &chain));
    const int64_t *id = chain.at;
    struct args args = ARGS(ARG_INT("id0", id[0]), ARG_INT("id1", id[1]), ARG_INT("id2", id[2]), ARG_INT("id3", id[3]),
                            ARG_INT("id4", id[4]), ARG_INT("id5", id[5]), ARG_INT("id6", id[6]), ARG_INT("id7", id[7]));
    enum err err = db_one(c, &sql_round_plan_over, args, &round_plan_record, ret_plan);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    *ret_plan = (struct round_plan){0};
    return OK;
}

enum err round_plan_check(struct ctx *c, const struct round_plan *plan, struct round_window *ret_window)
{
    struct round_window window = {.days = (enum round_days)plan->days};
    struct place place;
    TRY(place_get(c, plan->place_id, &place));
    if (place.closed_at_ms || place.level < PLACE_COMMUNITY || place.level > PLACE_UNIT)
        return fail_field(c, ERR_INVALID, "round_plan.wrong_place", STR("place_id"));
    if (plan->role != ROLE_STEWARD && plan->role != ROLE_GRID_WORKER && plan->role != ROLE_COMMUNITY)
        return fail_field(c, ERR_INVALID, "round_plan.wrong_role", STR("role"));
    if (plan->days == ROUND_WEEKDAYS ? !weekdays_parse(plan->weekdays, &window.weekdays) : plan->weekdays.n > 0)
        return fail_field(c, ERR_INVALID, "round_plan.bad_weekdays", STR("weekdays"));
    if (!minute_parse(plan->window_from, &window.from_minute))
        return fail_field(c, ERR_INVALID, "round_plan.bad_window", STR("window_from"));
    if (!minute_parse(plan->window_to, &window.to_minute) || window.to_minute < window.from_minute + ROUND_WINDOW_MIN)
        return fail_field(c, ERR_INVALID, "round_plan.bad_window", STR("window_to"));
    *ret_window = window;
    return OK;
}

static void put_word(struct json_writer *w, const char *key, struct str word)
{
    json_key(w, key);
    json_put_str(w, word);
}

// Days and window in full: with the calendar they tell which rounds there have to be.
static enum err tell(struct ctx *c, const struct round_plan *plan, const char *type, int64_t checkpoint_id)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "version");
    json_put_int(w, plan->version);
    json_key(w, "place");
    json_put_id(w, plan->place_id);
    put_word(w, "role", str_of(role_names[plan->role]));
    put_word(w, "days", str_of(round_days_names[plan->days]));
    put_word(w, "weekdays", plan->weekdays);
    put_word(w, "window_from", plan->window_from);
    put_word(w, "window_to", plan->window_to);
    if (checkpoint_id) {
        json_key(w, "checkpoint");
        json_put_id(w, checkpoint_id);
    }
    return event_data_append(c, &data, "round_plan", plan->id, type);
}

enum err round_plan_make(struct ctx *c, struct round_plan *plan)
{
    struct round_window window;
    if (plan->role == ROLE_RESIDENT) // absent
        plan->role = ROLE_STEWARD;
    TRY(round_plan_check(c, plan, &window));
    int64_t today = round_today(c);
    bool over = c->now_ms >= round_instant(c->house->calendar, today, window.to_minute);
    plan->id = ids_next(c->house->ids, c->now_ms);
    plan->version = 1;
    plan->made_to_day = over ? today : today - 1;
    TRY(db_exec(c, &sql_round_plan_insert, ARGS(ARG_ROW(&round_plan_record, plan)), NULL));
    return tell(c, plan, "round_plan.made", 0);
}

enum err round_plan_save(struct ctx *c, struct round_plan *plan, const char *event, int64_t checkpoint_id)
{
    struct round_window window;
    int64_t changed;
    if (!plan->closed_at_ms)
        TRY(round_plan_check(c, plan, &window));
    plan->version++;
    TRY(db_exec(c, &sql_round_plan_save,
                ARGS(ARG_INT("old_version", plan->version - 1), ARG_ROW(&round_plan_record, plan)), &changed));
    if (changed != 1)
        return fail(c, ERR_STALE, "round_plan.stale");
    TRY(tell(c, plan, event, checkpoint_id));
    return round_replan(c, plan);
}

// --- checkpoints -----------------------------------------------------------------------------------------------------
enum err checkpoints_of(struct ctx *c, int64_t plan_id, struct rows *ret_rows)
{
    return db_list(c, &sql_checkpoints_of_plan, ARGS(ARG_INT("plan_id", plan_id), ARG_INT("max", CHECKPOINTS_MAX)),
                   &checkpoint_record, CHECKPOINTS_MAX, ret_rows);
}

enum err checkpoint_get(struct ctx *c, int64_t plan_id, int64_t id, struct checkpoint *ret_checkpoint)
{
    enum err err = db_one(c, &sql_checkpoint_by_id, ARGS(ARG_INT("id", id)), &checkpoint_record, ret_checkpoint);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    if (err == ERR_NOT_FOUND || ret_checkpoint->plan_id != plan_id || ret_checkpoint->closed_at_ms)
        return fail(c, ERR_NOT_FOUND, "checkpoint.unknown");
    return OK;
}

static enum err check(struct ctx *c, const struct round_plan *plan, const struct checkpoint *checkpoint)
{
    bool inside;
    if (!words_parse(checkpoint->asks, round_ask_names))
        return fail_field(c, ERR_INVALID, "checkpoint.bad_asks", STR("asks"));
    TRY(place_covers(c, plan->place_id, checkpoint->place_id, &inside));
    return inside ? OK : fail_field(c, ERR_INVALID, "checkpoint.elsewhere", STR("place_id"));
}

enum err checkpoint_add(struct ctx *c, struct checkpoint *checkpoint, bool coded)
{
    struct round_plan plan;
    struct rows rows;
    TRY(round_plan_get(c, checkpoint->plan_id, &plan));
    if (plan.closed_at_ms)
        return fail(c, ERR_CONFLICT, "round_plan.closed");
    if (!checkpoint->place_id)
        checkpoint->place_id = plan.place_id;
    TRY(check(c, &plan, checkpoint));
    TRY(checkpoints_of(c, plan.id, &rows));
    if (rows.count == CHECKPOINTS_MAX)
        return fail(c, ERR_CONFLICT, "checkpoint.too_many");
    if (!checkpoint->sort && rows.count)
        checkpoint->sort = ((const struct checkpoint *)rows.at)[rows.count - 1].sort + 1;
    checkpoint->id = ids_next(c->house->ids, c->now_ms);
    if (coded)
        checkpoint->code = place_code_new(c);
    TRY(db_exec(c, &sql_checkpoint_insert, ARGS(ARG_ROW(&checkpoint_record, checkpoint)), NULL));
    return round_plan_save(c, &plan, "round_plan.checkpoint_added", checkpoint->id);
}

enum err checkpoint_save(struct ctx *c, struct round_plan *plan, struct checkpoint *checkpoint, const char *event)
{
    TRY(check(c, plan, checkpoint));
    TRY(db_exec(c, &sql_checkpoint_save, ARGS(ARG_ROW(&checkpoint_record, checkpoint)), NULL));
    return round_plan_save(c, plan, event, checkpoint->id);
}
