// SPDX-License-Identifier: MulanPSL-2.0
// The care list: people who agreed to be visited. Without a recorded consent nobody is on it; when it is withdrawn, the
// sealed fields and what visitors wrote are erased in the same write, and nobody is sent there any more. What stays
// (place, when and how the consent was given and withdrawn, who recorded it) proves that both were respected.
#include "base/id.h"
#include "domain/round/round_internal.h"
#include "round_sql.h"

#define DEFAULT_FROM (9 * 60) // the window of who lives where no plan walks
#define DEFAULT_TO (18 * 60)

const char *const care_consent_names[] = {"written", "spoken", "guardian", NULL};
const char *const care_reason_names[] = {"alone", "ill", "disabled", "pregnant", "bereaved", "other", NULL};

static const struct field care_fields[] = {CARE_FIELDS(FIELD_ROW, care)};
const struct record care_record = {
    .name = "care", .table = "care", .size_bytes = sizeof(struct care), FIELDS(care_fields)};
static const struct field care_meal_fields[] = {CARE_MEAL_FIELDS(FIELD_ROW, care_meal)};
const struct record care_meal_record = {
    .name = "care_meal", .table = "care_meal", .size_bytes = sizeof(struct care_meal), FIELDS(care_meal_fields)};
static const struct field care_clear_fields[] = {CARE_CLEAR_FIELDS(FIELD_ROW, care_clear)};
const struct record care_clear_record = {"care_clear", NULL, sizeof(struct care_clear), FIELDS(care_clear_fields)};

enum err care_get(struct ctx *c, int64_t id, struct care *ret_care)
{
    enum err err = db_one(c, &sql_care_by_id, ARGS(ARG_INT("id", id)), &care_record, ret_care);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return fail(c, ERR_NOT_FOUND, "care.unknown");
}

enum err care_access_of(struct ctx *c, const struct care *care, enum care_access *ret_access)
{
    const struct grant *desk;
    *ret_access = CARE_NONE;
    TRY(account_grant_over(c, ROLE_BIT(ROLE_COMMUNITY), care->place_id, &desk));
    if (desk) {
        *ret_access = CARE_DESK;
        return OK;
    }
    for (size_t i = 0; i < c->actor.grant_count && *ret_access == CARE_NONE; i++) {
        int64_t n = 0, post_id = c->actor.grants[i].post_id;
        if (post_id)
            TRY(db_number(c, &sql_round_care_on_post,
                          ARGS(ARG_INT("care_id", care->id), ARG_INT("post_id", post_id),
                               ARG_INT("from_day", round_today(c) - ROUND_LATE_MS / DAY_MS)),
                          &n));
        if (n)
            *ret_access = CARE_VISITOR;
    }
    return OK;
}

enum err care_event(struct ctx *c, const struct care *care, const char *type)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "place");
    json_put_id(w, care->place_id);
    json_key(w, "consent");
    json_put_z(w, care_consent_names[care->consent_how]);
    json_key(w, "every_days");
    json_put_int(w, care->every_days);
    json_key(w, "meal_days");
    json_put_str(w, care->meal_days);
    json_key(w, "next_visit");
    json_put_str(w, round_date(c, care->next_day));
    return event_data_append(c, &data, "care", care->id, type);
}

// From the window of the plan that walks there.
enum err care_set_mark(struct ctx *c, struct care *care)
{
    struct round_plan plan;
    int from = DEFAULT_FROM, to = DEFAULT_TO;
    TRY(round_plan_over(c, care->place_id, &plan));
    if (plan.id) {
        (void)minute_parse(plan.window_from, &from);
        (void)minute_parse(plan.window_to, &to);
    }
    care->next_mark_at_ms = care->withdrawn_at_ms
                                ? 0
                                : round_mark_ms(round_instant(c->house->calendar, care->next_day, from),
                                                round_instant(c->house->calendar, care->next_day, to), care->level);
    return OK;
}

static enum err check(struct ctx *c, const struct care *care, struct place *ret_place)
{
    unsigned mask;
    TRY(place_get(c, care->place_id, ret_place));
    if (ret_place->closed_at_ms || ret_place->level < PLACE_BUILDING)
        return fail_field(c, ERR_INVALID, "care.wrong_place", STR("place_id"));
    if (care->meal_days.n && !weekdays_parse(care->meal_days, &mask))
        return fail_field(c, ERR_INVALID, "round_plan.bad_weekdays", STR("meal_days"));
    return OK;
}

enum err care_insert(struct ctx *c, struct care *care)
{
    struct place place;
    TRY(check(c, care, &place));
    care->version = 1;
    care->path = place.path;
    TRY(place_full_name(c, place.id, PLACE_GRID, &care->place_name));
    care->consent_at_ms = c->now_ms;
    care->next_day = round_today(c);
    TRY(care_set_mark(c, care));
    TRY(db_exec(c, &sql_care_insert, ARGS(ARG_ROW(&care_record, care)), NULL));
    return care_event(c, care, "care.recorded");
}

enum err care_make(struct ctx *c, const struct new_care *given, int64_t *ret_id)
{
    int64_t id = ids_next(c->house->ids, c->now_ms);
    struct care care = {.id = id,
                        .place_id = given->place_id,
                        .name = round_seal(c, &care_record, "name", id, given->name),
                        .door_number = round_seal(c, &care_record, "door_number", id, given->door_number),
                        .phone = round_seal(c, &care_record, "phone", id, given->phone),
                        .note = round_seal(c, &care_record, "note", id, given->note),
                        .reason = round_seal(c, &care_record, "reason", id, str_of(given->reason)),
                        .every_days = given->every_days,
                        .meal_days = given->meal_days,
                        .meal = given->meal,
                        .consent_how = given->consent_how,
                        .consent_by = given->consent_by};
    *ret_id = id;
    return care_insert(c, &care);
}

enum err care_save(struct ctx *c, struct care *care)
{
    struct place place;
    int64_t changed;
    if (!care->withdrawn_at_ms)
        TRY(check(c, care, &place));
    TRY(care_set_mark(c, care));
    care->version++;
    TRY(db_exec(c, &sql_care_save, ARGS(ARG_INT("old_version", care->version - 1), ARG_ROW(&care_record, care)),
                &changed));
    return changed == 1 ? OK : fail(c, ERR_STALE, "care.stale");
}

enum err care_meal_add(struct ctx *c, int64_t care_id, int64_t day, struct str what)
{
    struct care care;
    struct care_meal meal = {.care_id = care_id, .day = day, .what = what};
    int64_t made;
    TRY(care_get(c, care_id, &care));
    if (care.withdrawn_at_ms)
        return fail(c, ERR_NOT_FOUND, "care.unknown");
    if (day < round_today(c) || day > round_today(c) + 90)
        return fail_field(c, ERR_INVALID, "care.bad_day", STR("date"));
    TRY(db_exec(c, &sql_care_meal_insert, ARGS(ARG_ROW(&care_meal_record, &meal)), &made));
    if (!made)
        return fail(c, ERR_CONFLICT, "care.meal_there");
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "day");
    json_put_str(w, round_date(c, day));
    TRY(event_data_append(c, &data, "care", care_id, "care.meal_ordered"));
    return round_add_meal(c, care_id, day, what);
}

// --- the consent is withdrawn ----------------------------------------------------------------------------------------
enum err care_withdraw(struct ctx *c, struct care *care, const char *how)
{
    const struct str empty = {0};
    care->name = care->door_number = care->phone = care->note = care->reason = empty;
    care->meal_days = care->meal = STR("");
    care->withdrawn_at_ms = c->now_ms;
    care->withdrawn_by = c->actor.person_id;
    care->not_home = care->level = 0;
    TRY(care_save(c, care));
    TRY(db_exec(c, &sql_care_meals_forget, ARGS(ARG_INT("care_id", care->id)), NULL));
    TRY(db_exec(c, &sql_round_items_forget_care, ARGS(ARG_BLOB("words", empty), ARG_INT("care_id", care->id)), NULL));
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "how");
    json_put_z(w, how);
    TRY(event_data_append(c, &data, "care", care->id, "care.withdrawn"));
    return round_drop_care(c, care->id);
}

// --- visits ----------------------------------------------------------------------------------------------------------
enum err care_visited(struct ctx *c, int64_t care_id, const struct round *r, int result, int64_t at_ms, bool *ret_help)
{
    struct care care;
    TRY(care_get(c, care_id, &care));
    bool away = result == RESULT_NOT_HOME;
    care.not_home = away ? care.not_home + 1 : 0;
    *ret_help = result == RESULT_NEEDS_HELP || (away && care.not_home % 2 == 0);
    int64_t next = r->day + (away ? 1 : care.every_days);
    if (next > care.next_day) // what a phone without network tells late does not undo what was known since
        care.next_day = next;
    care.level = 0;
    if (!away && at_ms > care.last_visit_at_ms)
        care.last_visit_at_ms = at_ms;
    TRY(care_save(c, &care));
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "round");
    json_put_id(w, r->id);
    json_key(w, "next_visit");
    json_put_str(w, round_date(c, care.next_day));
    return event_data_append(c, &data, "care", care.id, "care.visited");
}

static enum err help_item(struct ctx *c, struct service_item *ret_item)
{
    static const char *const codes[] = {"elder.help", "elder.visit", "other.advice"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        enum err err = service_item_by_code(c, str_of(codes[i]), ret_item);
        if (err == OK && !ret_item->closed)
            return OK;
        if (err != OK && err != ERR_NOT_FOUND)
            return err;
        ctx_clear_error(c);
    }
    return fail(c, ERR_CONFLICT, "care.no_item");
}

// Private, with what is needed to knock and ring; it goes by the item's own route.
enum err care_raise(struct ctx *c, int64_t care_id, bool not_home, int64_t *ret_request_id)
{
    struct care care;
    struct service_item item;
    TRY(care_get(c, care_id, &care));
    TRY(help_item(c, &item));
    struct request request = {
        .item_id = item.id, .place_id = care.place_id, .is_private = true, .reporter_id = c->actor.person_id};
    TRY(round_open(c, &care_record, "name", care.id, care.name, &request.contact_name));
    TRY(round_open(c, &care_record, "phone", care.id, care.phone, &request.contact_phone));
    TRY(round_open(c, &care_record, "door_number", care.id, care.door_number, &request.door_number));
    request.words =
        not_home ? STR("走访两次都没有人应门，请尽快上门或联系家人看看。") : STR("走访时发现需要帮助，请尽快联系。");
    TRY(request_file(c, &request));
    *ret_request_id = request.id;
    return OK;
}

enum err care_open(struct ctx *c, const struct care *care, struct str reason, struct care_clear *ret_clear)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    event_note_put(c, w, care->id, reason);
    TRY(event_data_append(c, &data, "care", care->id, "care.opened"));
    struct care_clear clear = {.care_id = care->id, .item_id = ret_clear->item_id};
    TRY(round_open(c, &care_record, "name", care->id, care->name, &clear.name));
    TRY(round_open(c, &care_record, "door_number", care->id, care->door_number, &clear.door_number));
    TRY(round_open(c, &care_record, "phone", care->id, care->phone, &clear.phone));
    TRY(round_open(c, &care_record, "note", care->id, care->note, &clear.note));
    TRY(round_open(c, &care_record, "reason", care->id, care->reason, &clear.reason));
    *ret_clear = clear;
    return OK;
}
