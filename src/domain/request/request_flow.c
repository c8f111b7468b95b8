// SPDX-License-Identifier: MulanPSL-2.0
// The path of a request as a table: states × actions × who may × guard. The seven steps are those of
// 鲁建城字〔2014〕19号; who may act, beyond that nobody checks or asks about their own work, is Linli's choice.
#include "base/calendar.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/request_internal.h"
#include "request_sql.h"

#define BIT(state) (1u << REQUEST_##state)
#define OPEN_BIT(code, name, zh, en, flags, ...) | ((flags)&FLOW_FINAL ? 0u : BIT(code))
#define OPEN_STATES (0u REQUEST_STATES(OPEN_BIT))
#define ALL_STATES ((1u << REQUEST_STATE_COUNT) - 1)

bool request_state_open(int state)
{
    return OPEN_STATES >> state & 1;
}

static struct request_case *case_of(const struct flow_step *step)
{
    return step->row;
}

static const struct request_input *input_of(const struct flow_step *step)
{
    return step->in;
}

// --- guards: may it be done at all? ---------------------------------------------------------------------------------
static enum err guard_dispatch(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    const struct request_input *in = input_of(step);
    if (rc->fresh && rc->routing.post_id)
        return OK; // found while filing
    return in && in->post_id ? request_route_to(c, &rc->r, in->post_id, &rc->routing)
                             : request_route(c, &rc->r, &rc->routing);
}

static enum err guard_transfer(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    if (input_of(step)->post_id == rc->r.owner_post_id)
        return fail_field(c, ERR_CONFLICT, "request.same_post", STR("post_id"));
    return request_route_to(c, &rc->r, input_of(step)->post_id, &rc->routing);
}

static enum err guard_return(struct ctx *c, const struct flow_step *step)
{
    return case_of(step)->r.returned ? fail(c, ERR_CONFLICT, "request.returned_once") : OK;
}

static enum err guard_reopen(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    if (rc->r.outcome == OUTCOME_WITHDRAWN)
        return fail(c, ERR_CONFLICT, "request.withdrawn");
    if (c->now_ms > rc->r.closed_at_ms + REQUEST_REOPEN_MS)
        return fail(c, ERR_CONFLICT, "request.reopen_too_late");
    return OK;
}

static enum err guard_rate(struct ctx *c, const struct flow_step *step)
{
    return case_of(step)->r.outcome == OUTCOME_WITHDRAWN ? fail(c, ERR_CONFLICT, "request.withdrawn") : OK;
}

static enum err guard_urge(struct ctx *c, const struct flow_step *step)
{
    int64_t last_ms = case_of(step)->r.urged_at_ms;
    return last_ms && c->now_ms < last_ms + REQUEST_URGE_MS ? fail(c, ERR_RATE, "request.urged_already") : OK;
}

static enum err guard_comment(struct ctx *c, const struct flow_step *step)
{
    return str_trim(step->note).n || input_of(step)->media.n
               ? OK
               : fail_field(c, ERR_INVALID, "request.nothing_said", STR("note"));
}

static enum err guard_reroute(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    TRY(request_route_again(c, &rc->r, &rc->routing));
    return rc->routing.post_id == rc->r.owner_post_id ? fail(c, ERR_CONFLICT, "request.same_post") : OK;
}

// --- what a step does to the row, and what its event tells beside from and to ---------------------------------------
static void tell_id(const struct flow_step *step, const char *key, int64_t id)
{
    if (!id)
        return;
    json_key(step->data, key);
    json_put_id(step->data, id);
}

static void tell_word(const struct flow_step *step, const char *key, struct str word)
{
    if (!word.n)
        return;
    json_key(step->data, key);
    json_put_str(step->data, word);
}

static void enter(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    if (step->to != step->from)
        r->state_at_ms = c->now_ms;
    r->open = request_state_open(step->to);
}

static enum err attach(struct ctx *c, const struct flow_step *step, const char *purpose)
{
    struct request *r = &case_of(step)->r;
    const struct request_input *in = input_of(step);
    int64_t ids[REQUEST_MEDIA_MAX];
    size_t count;
    if (!in || !in->media.n)
        return OK;
    TRY(request_parse_ids(c, in->media, ids, REQUEST_MEDIA_MAX, &count));
    TRY(media_attach(c, ids, count, "request", r->id, purpose));
    r->photo_count += (int64_t)count;
    json_key(step->data, "media");
    json_array_begin(step->data);
    for (size_t i = 0; i < count; i++)
        json_put_id(step->data, ids[i]);
    json_array_end(step->data);
    return OK;
}

// The decision and its grounds, so that it can be explained and contested.
static void hand_to(const struct flow_step *step, const struct routing *to)
{
    struct request *r = &case_of(step)->r;
    r->owner_post_id = to->post_id;
    r->owner_org_id = to->org_id;
    r->owner_name = to->post_name;
    r->handler_id = 0;
    r->signed_at_ms = 0;
    r->handled_at_ms = 0;
    tell_word(step, "rule", str_of(to->rule));
    tell_id(step, "post", to->post_id);
    tell_word(step, "post_name", to->post_name);
    tell_id(step, "vacant_post", to->vacant_post_id);
}

static void end_with(struct ctx *c, const struct flow_step *step, int outcome)
{
    struct request *r = &case_of(step)->r;
    r->closed_at_ms = c->now_ms;
    r->outcome = outcome;
    tell_word(step, "outcome", str_of(request_outcome_names[outcome]));
}

static enum err apply_same(struct ctx *c, const struct flow_step *step)
{
    enter(c, step);
    return OK;
}

static enum err apply_routing(struct ctx *c, const struct flow_step *step)
{
    enter(c, step);
    hand_to(step, &case_of(step)->routing);
    return OK;
}

static enum err apply_refuse(struct ctx *c, const struct flow_step *step)
{
    enter(c, step);
    end_with(c, step, OUTCOME_REFUSED);
    return OK;
}

static enum err apply_sign(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    enter(c, step);
    r->handler_id = c->actor.person_id;
    r->signed_at_ms = c->now_ms;
    return attach(c, step, "before");
}

static enum err apply_return(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    struct routing desk;
    enter(c, step);
    tell_id(step, "returned_by", r->owner_post_id);
    TRY(request_route_desk(c, r, &desk));
    hand_to(step, &desk);
    r->returned++;
    return OK;
}

static enum err apply_finish(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    enter(c, step);
    r->handler_id = c->actor.person_id;
    r->handled_at_ms = c->now_ms;
    r->verifier_id = 0;
    const struct request_input *in = input_of(step);
    struct str reply = step->note;
    if (!in->media.n) { // a picture is asked for: that there is none is told, and why is part of the answer
        json_key(step->data, "without_photo");
        json_put_bool(step->data, true);
        if (in->without_photo.n)
            reply = str_format(c->arena, "%.*s\n%.*s", STR_ARG(reply), STR_ARG(in->without_photo));
    }
    r->reply = request_seal(c, r, "reply", reply);
    return attach(c, step, "after");
}

static enum err apply_pass(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    enter(c, step);
    r->verifier_id = c->actor.kind == ACTOR_PERSON ? c->actor.person_id : 0;
    if (c->actor.kind == ACTOR_SYSTEM)
        tell_word(step, "rule", STR("item_without_verification"));
    return attach(c, step, "after");
}

static enum err apply_confirm(struct ctx *c, const struct flow_step *step)
{
    enter(c, step);
    case_of(step)->r.unsatisfied = false;
    end_with(c, step, OUTCOME_SOLVED);
    return OK;
}

// The work is not done: it goes on where it was, or, when nobody holds that post any more, one level up.
static enum err apply_deny(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    enter(c, step);
    r->unsatisfied = true;
    r->handled_at_ms = 0;
    return attach(c, step, "report");
}

static enum err apply_rework(struct ctx *c, const struct flow_step *step)
{
    enter(c, step);
    case_of(step)->r.handled_at_ms = 0;
    return OK;
}

static enum err apply_rate(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    enter(c, step);
    r->rating = input_of(step)->rating;
    r->unsatisfied = r->rating <= 2;
    r->unconfirmed = false;
    json_key(step->data, "rating");
    json_put_int(step->data, r->rating);
    return OK;
}

static enum err apply_reopen(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    struct request *r = &rc->r;
    enter(c, step);
    TRY(request_route_again(c, r, &rc->routing));
    hand_to(step, &rc->routing);
    r->outcome = OUTCOME_NONE;
    r->closed_at_ms = 0;
    r->rating = 0;
    r->verifier_id = 0;
    r->unconfirmed = false;
    r->unsatisfied = true;
    r->reopened++;
    return attach(c, step, "report");
}

static enum err apply_withdraw(struct ctx *c, const struct flow_step *step)
{
    enter(c, step);
    case_of(step)->r.unsatisfied = false;
    end_with(c, step, OUTCOME_WITHDRAWN);
    return OK;
}

static enum err apply_urge(struct ctx *c, const struct flow_step *step)
{
    enter(c, step);
    case_of(step)->r.urged_at_ms = c->now_ms;
    return OK;
}

// The desk's answer to somebody who was not content settles that, once the case is closed.
static enum err apply_comment(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    unsigned relations = 0;
    enter(c, step);
    if (!r->open && r->unsatisfied) {
        TRY(request_relate(c, r, &relations));
        r->unsatisfied = !(relations & RELATION_CALLER);
    }
    return attach(c, step, "comment");
}

static enum err apply_lapse(struct ctx *c, const struct flow_step *step)
{
    enter(c, step);
    case_of(step)->r.unconfirmed = true;
    end_with(c, step, OUTCOME_SOLVED);
    json_key(step->data, "unconfirmed");
    json_put_bool(step->data, true);
    return OK;
}

static enum err apply_conclude(struct ctx *c, const struct flow_step *step)
{
    const struct imported_request *given = case_of(step)->imported;
    struct request *r = &case_of(step)->r;
    enter(c, step);
    r->reply = request_seal(c, r, "reply", given->reply);
    r->handled_at_ms = given->closed_at_ms;
    r->unconfirmed = true;
    end_with(c, step, given->outcome);
    return OK;
}

// --- what each action takes -----------------------------------------------------------------------------------------
#define INPUT(member, type_) FIELD_AT(struct request_input, member), .type = (type_), .flags = FIELD_INPUT
#define INPUT_NOTE                                                                                                     \
    {                                                                                                                  \
        FIELD_AT(struct request_input, note), .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_MULTILINE,              \
                                              .read = READ_INVOLVED, .max = EVENT_NOTE_MAX, .doc = "In your own words" \
    }
#define INPUT_MEDIA                                                                                                    \
    {                                                                                                                  \
        INPUT(media, FIELD_IDS), .max = REQUEST_MEDIA_MAX, .doc = "Pictures and voice notes sent before"               \
    }
#define INPUT_RATING(required)                                                                                         \
    {                                                                                                                  \
        FIELD_AT(struct request_input, rating), .type = FIELD_INT, .flags = FIELD_INPUT | (required), .min = 1,        \
                                                .max = 5, .doc = "How well it was done"                                \
    }
#define INPUT_POST(required)                                                                                           \
    {                                                                                                                  \
        FIELD_AT(struct request_input, post_id), .type = FIELD_ID, .flags = FIELD_INPUT | (required),                  \
                                                 .doc = "The post that shall act"                                      \
    }
#define INPUT_RECORD(name_)                                                                                            \
    static const struct record name_##_record = {#name_, NULL, sizeof(struct request_input), FIELDS(name_##_fields)}

static const struct field request_say_fields[] = {INPUT_NOTE, INPUT_MEDIA};
INPUT_RECORD(request_say);
static const struct field request_note_fields[] = {INPUT_NOTE};
INPUT_RECORD(request_note);
static const struct field request_finish_fields[] = {
    INPUT_NOTE,
    INPUT_MEDIA,
    {INPUT(without_photo, FIELD_TEXT), .max = 200, .doc = "Why there is no picture of the work"},
};
INPUT_RECORD(request_finish);
static const struct field request_dispatch_fields[] = {INPUT_NOTE, INPUT_POST(0)};
INPUT_RECORD(request_dispatch);
static const struct field request_transfer_fields[] = {INPUT_NOTE, INPUT_POST(FIELD_REQUIRED)};
INPUT_RECORD(request_transfer);
static const struct field request_confirm_fields[] = {INPUT_NOTE, INPUT_RATING(0)};
INPUT_RECORD(request_confirm);
// All of it together, for OpenAPI: each action takes its own part.
static const struct field request_action_fields[] = {
    INPUT_NOTE,
    INPUT_MEDIA,
    INPUT_RATING(0),
    INPUT_POST(0),
    {INPUT(without_photo, FIELD_TEXT), .max = 200, .doc = "finish: why there is no picture of the work"},
};
const struct record request_action_record = {"request_action", NULL, sizeof(struct request_input),
                                             FIELDS(request_action_fields)};
static const struct field request_rate_fields[] = {INPUT_NOTE, INPUT_RATING(FIELD_REQUIRED)};
INPUT_RECORD(request_rate);

// --- the table ------------------------------------------------------------------------------------------------------
static const struct flow_relation relations[] = {
    {RELATION_REPORTER, "reporter", "提出人", "reporter"},
    {RELATION_HANDLER, "handler", "承办人", "handler"},
    {RELATION_DISPATCHER, "dispatcher", "派单员", "dispatcher"},
    {RELATION_VERIFIER, "verifier", "核查人", "verifier"},
    {RELATION_CALLER, "caller", "回访人", "caller"},
    {RELATION_SUPERIOR, "superior", "上级", "superior"},
    {RELATION_SYSTEM, "system", "系统", "system"},
    {RELATION_WATCHER, "watcher", "知情人", "watcher"},
};

#define STATE_ROW(code, ...) {__VA_ARGS__},
static const struct flow_state states[] = {REQUEST_STATES(STATE_ROW)};

#define DISPATCHERS (RELATION_DISPATCHER | RELATION_SYSTEM)
#define TALKERS (RELATION_REPORTER | RELATION_STAFF)
static const struct flow_rule rules[] = {
    {"file", "受理立案", "File", BIT(REPORTED), REQUEST_FILED, DISPATCHERS, NULL, apply_same, &request_note_record,
     "request.filed", 0},
    {"refuse", "不予受理", "Refuse", BIT(REPORTED) | BIT(FILED), REQUEST_REJECTED, RELATION_DISPATCHER, NULL,
     apply_refuse, &request_note_record, "request.refused", FLOW_NEEDS_NOTE},
    {"dispatch", "派单", "Send out", BIT(FILED), REQUEST_DISPATCHED, DISPATCHERS, guard_dispatch, apply_routing,
     &request_dispatch_record, "request.dispatched", 0},
    {"sign", "签收", "Sign for", BIT(DISPATCHED), REQUEST_IN_PROGRESS, RELATION_HANDLER, NULL, apply_sign,
     &request_say_record, "request.signed", 0},
    {"return", "退回", "Send back", BIT(DISPATCHED), REQUEST_FILED, RELATION_HANDLER, guard_return, apply_return,
     &request_note_record, "request.returned", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"finish", "办结", "Finish", BIT(IN_PROGRESS), REQUEST_HANDLED, RELATION_HANDLER, NULL, apply_finish,
     &request_finish_record, "request.finished", FLOW_NEEDS_NOTE},
    {"pass", "核查通过", "Passed", BIT(HANDLED), REQUEST_CALLBACK, RELATION_VERIFIER | RELATION_SYSTEM, NULL,
     apply_pass, &request_say_record, "request.passed", 0},
    {"rework", "退回返工", "Needs more work", BIT(HANDLED), REQUEST_IN_PROGRESS, RELATION_VERIFIER, NULL, apply_rework,
     &request_note_record, "request.reworked", FLOW_NEEDS_NOTE},
    {"confirm", "确认办好了", "Yes, it is done", BIT(CALLBACK), REQUEST_CLOSED, RELATION_REPORTER | RELATION_CALLER,
     NULL, apply_confirm, &request_confirm_record, "request.confirmed", 0},
    {"deny", "还没办好", "No, not yet", BIT(CALLBACK), REQUEST_IN_PROGRESS, RELATION_REPORTER | RELATION_CALLER, NULL,
     apply_deny, &request_say_record, "request.denied", FLOW_NEEDS_NOTE},
    {"rate", "评价", "Rate", BIT(CLOSED), REQUEST_EVALUATED, RELATION_REPORTER, guard_rate, apply_rate,
     &request_rate_record, "request.rated", FLOW_GUARD_SHOWS},
    {"reopen", "重新打开", "Open again", BIT(CLOSED) | BIT(EVALUATED), REQUEST_DISPATCHED, RELATION_REPORTER,
     guard_reopen, apply_reopen, &request_say_record, "request.reopened", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"withdraw", "撤回", "Withdraw", OPEN_STATES, REQUEST_CLOSED, RELATION_REPORTER, NULL, apply_withdraw,
     &request_note_record, "request.withdrawn", 0},
    {"urge", "催办", "Urge", OPEN_STATES, FLOW_SAME, RELATION_REPORTER, guard_urge, apply_urge, &request_note_record,
     "request.urged", FLOW_GUARD_SHOWS},
    {"comment", "补充说明", "Add a word", ALL_STATES, FLOW_SAME, TALKERS, guard_comment, apply_comment,
     &request_say_record, "request.commented", 0},
    {"transfer", "转派", "Pass on", BIT(DISPATCHED) | BIT(IN_PROGRESS), REQUEST_DISPATCHED, RELATION_DISPATCHER,
     guard_transfer, apply_routing, &request_transfer_record, "request.transferred", FLOW_NEEDS_NOTE},
    {"reroute", "空岗上移", "Move up from a vacant post", BIT(DISPATCHED) | BIT(IN_PROGRESS), REQUEST_DISPATCHED,
     RELATION_SYSTEM, guard_reroute, apply_routing, NULL, "request.rerouted", FLOW_HIDDEN},
    {"lapse", "到期自动结案", "Close by the clock", BIT(CALLBACK), REQUEST_CLOSED, RELATION_SYSTEM, NULL, apply_lapse,
     NULL, "request.lapsed", FLOW_HIDDEN},
    {"conclude", "导入结案", "Close as imported", OPEN_STATES, REQUEST_CLOSED, RELATION_SYSTEM, NULL, apply_conclude,
     NULL, "request.concluded", FLOW_HIDDEN},
};

// --- what the actor is to a request, and how a row is written -------------------------------------------------------
static unsigned relations_of_grant(const struct grant *grant, const struct request *r, int64_t person_id)
{
    unsigned set = 0;
    bool handled = r->handler_id == person_id, verified = r->verifier_id == person_id;
    if (grant->role == ROLE_STEWARD)
        return RELATION_WATCHER;
    if (grant->role != ROLE_GRID_WORKER && !(ROLE_BIT(grant->role) & ROLES_DESK))
        return 0;
    set |= RELATION_DISPATCHER;
    if (!handled)
        set |= RELATION_VERIFIER;
    if (ROLE_BIT(grant->role) & ROLES_DESK && !handled && !verified)
        set |= RELATION_CALLER;
    if (grant->role == ROLE_SUBDISTRICT || grant->role == ROLE_DISTRICT)
        set |= RELATION_SUPERIOR;
    return set;
}

static enum err scope_holds(struct ctx *c, int64_t place_id, const struct request *r, bool *ret_holds)
{
    int64_t n;
    *ret_holds = place_id == r->place_id || place_id == r->building_id || place_id == r->grid_id ||
                 place_id == r->community_id || place_id == r->subdistrict_id;
    if (*ret_holds)
        return OK;
    TRY(db_number(c, &sql_request_scope_has, ARGS(ARG_INT("place_id", place_id), ARG_INT("request_id", r->id)), &n));
    *ret_holds = n > 0;
    return OK;
}

enum err request_relate(struct ctx *c, const void *row, unsigned *ret_relations)
{
    const struct request *r = row;
    unsigned set = 0;
    *ret_relations = c->actor.kind == ACTOR_SYSTEM ? RELATION_SYSTEM : 0;
    if (c->actor.kind == ACTOR_PROGRAM && r->source == SOURCE_OPEN311)
        *ret_relations = RELATION_REPORTER; // domain/open311 has checked that it was filed with this very key
    if (c->actor.kind != ACTOR_PERSON)
        return OK;
    if (r->reporter_id && r->reporter_id == c->actor.person_id)
        set |= RELATION_REPORTER;
    if (r->handler_id == c->actor.person_id)
        set |= RELATION_WATCHER;
    for (size_t i = 0; i < c->actor.grant_count; i++) {
        const struct grant *grant = &c->actor.grants[i];
        if ((grant->post_id && grant->post_id == r->owner_post_id) ||
            (grant->role == ROLE_UNIT && grant->org_id && grant->org_id == r->owner_org_id))
            set |= RELATION_HANDLER;
        unsigned more = relations_of_grant(grant, r, c->actor.person_id);
        bool holds = false;
        if (more & ~set)
            TRY(scope_holds(c, grant->place_id, r, &holds));
        if (holds)
            set |= more;
    }
    *ret_relations = set;
    return OK;
}

enum err request_may_see(struct ctx *c, const struct request *r, unsigned *ret_relations)
{
    TRY(request_relate(c, r, ret_relations));
    return *ret_relations ? OK : fail(c, ERR_NOT_FOUND, "request.unknown");
}

unsigned request_readers(unsigned set)
{
    unsigned readers = 0;
    if (set & RELATION_REPORTER)
        readers |= READ_OWNER;
    if (set & RELATION_HANDLER)
        readers |= READ_HANDLER;
    if (set & (RELATION_STAFF | RELATION_WATCHER | RELATION_SYSTEM))
        readers |= READ_SCOPE;
    return readers;
}

// Somebody else's step was first. Of two who sign, the second is told who it was and when.
static enum err lost_race(struct ctx *c, const struct request *mine)
{
    struct request theirs;
    TRY(request_get(c, mine->id, &theirs));
    if (mine->state == REQUEST_IN_PROGRESS && theirs.handler_id)
        return request_taken(c, &theirs);
    return fail(c, ERR_STALE, "flow.stale");
}

static enum err save(struct ctx *c, void *row, int64_t old_version)
{
    struct request_case *rc = row;
    int64_t changed;
    if (rc->fresh)
        return OK;
    TRY(db_exec(c, &sql_request_save, ARGS(ARG_INT("old_version", old_version), ARG_ROW(&request_record, &rc->r)),
                &changed));
    return changed ? OK : lost_race(c, &rc->r);
}

const struct flow request_flow = {
    .name = "request",
    .zh = "诉求",
    .en = "Request",
    .states = states,
    .state_count = sizeof states / sizeof *states,
    .rules = rules,
    .rule_count = sizeof rules / sizeof *rules,
    .relations = relations,
    .relation_count = sizeof relations / sizeof *relations,
    .record = &request_record,
    .relate = request_relate,
    .save = save,
};
