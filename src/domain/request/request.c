// SPDX-License-Identifier: MulanPSL-2.0
// Rows of requests, and a step of their flow with what follows from it.
#include "domain/request/request.h"

#include "base/calendar.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/request_offer.h"
#include "domain/request/task.h"
#include "request_sql.h"

struct str request_seal(struct ctx *c, const struct request *r, const char *field, struct str clear)
{
    return seal_field(c, &request_record, record_field(&request_record, str_of(field)), r->id, clear);
}

enum err request_open_text(struct ctx *c, const struct request *r, const char *field, struct str box,
                           struct str *ret_clear)
{
    return open_field(c, &request_record, record_field(&request_record, str_of(field)), r->id, box, ret_clear);
}

enum err request_get(struct ctx *c, int64_t id, struct request *ret_request)
{
    enum err err = db_one(c, &sql_request_by_id, ARGS(ARG_INT("id", id)), &request_record, ret_request);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "request.unknown") : err;
}

// --- the rows by which any subtree is listed ------------------------------------------------------------------------
struct request_scope request_scope_of(const struct request *r)
{
    enum request_stage stage = STAGE_OTHER;
    if (request_to_decide(r))
        stage = STAGE_TO_DECIDE;
    else if (r->state == REQUEST_IN_REVIEW)
        stage = STAGE_TO_REVIEW;
    else if (r->state == REQUEST_UNCLAIMED)
        stage = r->kind == KIND_WISH ? STAGE_ON_WALL : STAGE_TO_TEAMS;
    else if (r->state == REQUEST_CLAIMED || r->state == REQUEST_FULFILLED)
        stage = STAGE_TAKEN;
    else if (r->paused_at_ms || r->state == REQUEST_MERGED)
        stage = STAGE_PAUSED;
    else if (r->state == REQUEST_REPORTED || r->state == REQUEST_FILED)
        stage = STAGE_TO_DISPATCH;
    else if (r->state == REQUEST_HANDLED)
        stage = STAGE_TO_VERIFY;
    else if (r->state == REQUEST_CALLBACK)
        stage = STAGE_TO_CONFIRM;
    return (struct request_scope){.place_id = r->place_id,
                                  .request_id = r->id,
                                  .open = r->open,
                                  .stage = stage,
                                  .unsatisfied = r->unsatisfied,
                                  .due_at_ms = r->due_at_ms,
                                  .closed_at_ms = r->closed_at_ms};
}

enum err request_scope_write(struct ctx *c, const struct request *before, const struct request *after)
{
    struct request_scope old = request_scope_of(before), now = request_scope_of(after);
    if (old.open == now.open && old.stage == now.stage && old.unsatisfied == now.unsatisfied &&
        old.due_at_ms == now.due_at_ms && old.closed_at_ms == now.closed_at_ms)
        return OK;
    return db_exec(c, &sql_request_scope_save, ARGS(ARG_ROW(&request_scope_record, &now)), NULL);
}

// --- a step and what follows from it --------------------------------------------------------------------------------
struct actor request_become_system(struct ctx *c)
{
    struct actor before = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    return before;
}

static enum err run_as_system(struct ctx *c, struct request_case *rc, const char *action)
{
    struct actor actor = request_become_system(c);
    enum err err = flow_act(c, &request_flow, &rc->r, str_of(action), NULL, -1, NULL);
    c->actor = actor;
    return err;
}

// Tries to send it out; that nobody is there is no error: it waits on the desk.
static enum err dispatch_if_possible(struct ctx *c, struct request_case *rc)
{
    enum err err = run_as_system(c, rc, "dispatch");
    if (err == ERR_CONFLICT) {
        ctx_clear_error(c);
        return OK;
    }
    return err;
}

static enum err rate_at_once(struct ctx *c, struct request_case *rc, const struct json *input)
{
    int64_t rating = input ? json_int(json_get(input, "rating")) : 0;
    const struct json *given;
    if (!rating || rc->r.reporter_id != c->actor.person_id)
        return OK;
    TRY(json_parse(c, str_format(c->arena, "{\"rating\":%lld}", (long long)rating), &given));
    return flow_act(c, &request_flow, &rc->r, STR("rate"), given, -1, NULL);
}

static enum err reroute_if_vacant(struct ctx *c, struct request_case *rc)
{
    int64_t holder = 0;
    TRY(post_holder_at(c, rc->r.owner_post_id, c->now_ms, &holder));
    if (holder)
        return OK;
    enum err err = run_as_system(c, rc, "reroute");
    if (err == ERR_CONFLICT) {
        ctx_clear_error(c);
        return OK;
    }
    return err;
}

// Those that were joined to it close with it; when it was taken back or refused, they go their own way again.
static enum err settle_joined(struct ctx *c, const struct request *master)
{
    bool apart = master->outcome == OUTCOME_WITHDRAWN || master->outcome == OUTCOME_REFUSED;
    struct rows rows;
    TRY(db_list(c, &sql_request_joined_to, ARGS(ARG_INT("master_id", master->id)), &request_record, JOINED_MAX, &rows));
    const struct request *joined = rows.at;
    struct actor actor = request_become_system(c);
    enum err err = OK;
    for (size_t i = 0; i < rows.count && err == OK; i++)
        if (joined[i].state == REQUEST_MERGED)
            err = request_act(c, joined[i].id, apart ? STR("separate") : STR("close_joined"), NULL, -1, NULL);
    c->actor = actor;
    return err;
}

static enum err follow(struct ctx *c, struct request_case *rc, struct str action, const struct json *input)
{
    static const char *const filing[] = {"file", "separate", "convert", "release"};
    const char *offer = NULL;
    if (rc->r.state == REQUEST_FILED && str_equal_z(action, "file"))
        TRY(request_offer_begins(c, &rc->r, &offer));
    if (offer && str_equal_z(str_of(offer), "offer"))
        return run_as_system(c, rc, offer);
    for (size_t i = 0; i < sizeof filing / sizeof *filing; i++)
        if (rc->r.state == REQUEST_FILED && str_equal_z(action, filing[i]))
            return dispatch_if_possible(c, rc);
    if (str_equal_z(action, "finish") && !rc->r.staff_verifies)
        return run_as_system(c, rc, "pass");
    if (str_equal_z(action, "confirm") && rc->r.state == REQUEST_CLOSED)
        return rate_at_once(c, rc, input);
    if (rc->r.state == REQUEST_IN_PROGRESS && (str_equal_z(action, "deny") || str_equal_z(action, "rework")))
        return reroute_if_vacant(c, rc);
    return OK;
}

// "11月24日 18:05", "24 Nov 18:05": by the clock on the wall, in the reader's language.
struct str request_local_time(struct ctx *c, int64_t at_ms)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int year, month, day_of_month;
    int64_t zone_ms = c->house->calendar ? calendar_zone_ms(c->house->calendar) : 8 * HOUR_MS;
    int64_t local_ms = at_ms + zone_ms, minute = local_ms % DAY_MS / MINUTE_MS;
    day_to_date(local_ms / DAY_MS, &year, &month, &day_of_month);
    int hours = (int)(minute / 60), minutes = (int)(minute % 60);
    if (c->lang && str_equal_z(str_of(c->lang), "en"))
        return str_format(c->arena, "%d %s %02d:%02d", day_of_month, months[month - 1], hours, minutes);
    return str_format(c->arena, "%d月%d日 %02d:%02d", month, day_of_month, hours, minutes);
}

enum err request_taken(struct ctx *c, const struct request *r)
{
    struct str who;
    TRY(person_masked_name(c, r->handler_id, &who));
    if (r->owner_name.n)
        who = str_format(c->arena, "%.*s %.*s", STR_ARG(r->owner_name), STR_ARG(who));
    return fail_with(c, ERR_CONFLICT, "request.already_taken", who, request_local_time(c, r->signed_at_ms));
}

// What is worth a better answer than the table alone can give.
static enum err refuse_early(struct ctx *c, struct request_case *rc, unsigned relations, struct str action)
{
    const struct request *r = &rc->r;
    const char *offer = NULL;
    if (str_equal_z(action, "file") && c->actor.kind == ACTOR_SYSTEM && !rc->routing.post_id) {
        TRY(request_offer_begins(c, r, &offer));
        if (!offer)
            TRY(request_route(c, r, &rc->routing)); // the system files only what it can send out
    }
    bool sees_work = relations & (RELATION_HANDLER | RELATION_DISPATCHER);
    if (str_equal_z(action, "sign") && sees_work && r->signed_at_ms && r->handler_id && r->open)
        return request_taken(c, r);
    bool checks = str_equal_z(action, "pass") || str_equal_z(action, "rework");
    if (checks && r->state == REQUEST_HANDLED && r->handler_id == c->actor.person_id && c->actor.kind == ACTOR_PERSON)
        return fail(c, ERR_FORBIDDEN, "request.own_work");
    return OK;
}

enum err request_run(struct ctx *c, struct request_case *rc, const char *action, const struct json *input,
                     int64_t if_version)
{
    struct request before = rc->r;
    unsigned relations;
    TRY(request_relate(c, &rc->r, &relations)); // more than who may see it: also who may claim it
    if (!relations)
        return fail(c, ERR_NOT_FOUND, "request.unknown");
    TRY(refuse_early(c, rc, relations, str_of(action)));
    if (if_version >= before.steady_version && if_version <= before.version)
        if_version = -1; // since it was seen only a clock has left its mark
    TRY(flow_act(c, &request_flow, &rc->r, str_of(action), input, if_version, NULL));
    TRY(follow(c, rc, str_of(action), input));
    if (before.open && !rc->r.open)
        TRY(settle_joined(c, &rc->r));
    if (rc->r.open_tasks && (before.paused_at_ms != 0) != (rc->r.paused_at_ms != 0))
        TRY(task_clocks_follow(c, &rc->r));
    TRY(request_notice(c, &before, &rc->r));
    return rc->fresh ? OK : request_scope_write(c, &before, &rc->r);
}

enum err request_act(struct ctx *c, int64_t id, struct str action, const struct json *input, int64_t if_version,
                     struct request *ret_request)
{
    struct request_case rc = {0};
    TRY(request_get(c, id, &rc.r));
    TRY(request_run(c, &rc, str_z(c->arena, action), input, if_version));
    if (ret_request)
        *ret_request = rc.r;
    return OK;
}

static void put_media(struct json_writer *w, struct str ids)
{
    json_key(w, "media");
    json_array_begin(w);
    while (ids.n)
        json_put_str(w, str_cut(&ids, ','));
    json_array_end(w);
}

enum err request_act_with(struct ctx *c, int64_t id, const char *action, const struct request_input *input,
                          struct request *ret_request)
{
    struct buf text;
    struct json_writer w;
    const struct json *json = NULL;
    buf_init(&text, 65536);
    json_writer_init(&w, &text);
    json_object_begin(&w);
    if (input && input->note.n) {
        json_key(&w, "note");
        json_put_str(&w, input->note);
    }
    if (input && input->media.n)
        put_media(&w, input->media);
    if (input && input->without_photo.n) {
        json_key(&w, "without_photo");
        json_put_str(&w, input->without_photo);
    }
    if (input && input->post_id) {
        json_key(&w, "post_id");
        json_put_id(&w, input->post_id);
    }
    if (input && input->item_id) {
        json_key(&w, "item_id");
        json_put_id(&w, input->item_id);
    }
    if (input && input->reason) {
        json_key(&w, "reason");
        json_put_z(&w, request_exclusion_reason_names[input->reason]);
    }
    if (input && input->until_ms) {
        json_key(&w, "until");
        json_put_time(&w, input->until_ms);
    }
    if (input && input->units) {
        json_key(&w, "units");
        json_put_int(&w, input->units);
    }
    if (input && input->master_id) {
        json_key(&w, "master_id");
        json_put_id(&w, input->master_id);
    }
    if (input && input->summoned.n) {
        json_key(&w, "ground");
        json_put_z(&w, task_ground_names[input->ground]);
        json_key(&w, "summoned");
        json_put_raw(&w, input->summoned);
    }
    if (input && input->text.n) {
        json_key(&w, "text");
        json_put_str(&w, input->text);
        json_key(&w, "no_personal_data");
        json_put_bool(&w, input->no_personal_data);
    }
    if (input && input->rating) {
        json_key(&w, "rating");
        json_put_int(&w, input->rating);
    }
    json_object_end(&w);
    enum err err = json_parse(c, str_copy(c->arena, buf_str(&text)), &json);
    buf_free(&text);
    TRY(err);
    return request_act(c, id, str_of(action), json, -1, ret_request);
}

enum err request_parse_ids(struct ctx *c, struct str text, int64_t *ret_ids, size_t max, size_t *ret_count)
{
    size_t count = 0;
    while (text.n) {
        struct str one = str_cut(&text, ',');
        if (count == max || !id_parse(one, &ret_ids[count]))
            return fail_field(c, ERR_INVALID, "media.unknown", STR("media"));
        count++;
    }
    *ret_count = count;
    return OK;
}
