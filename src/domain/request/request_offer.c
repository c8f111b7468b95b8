// SPDX-License-Identifier: MulanPSL-2.0
// Wishes and errands that are offered: a wish, once the community has approved a public text for it, to anybody
// signed in; an errand to every proxy-service team whose area covers it. Whoever claims first has it: the row's version
// decides. What nobody takes becomes an ordinary case.
#include "domain/request/request_offer.h"

#include "base/calendar.h"
#include "base/clock.h"
#include "domain/request/request_clock.h"
#include "domain/request/request_steps.h"
#include "request_sql.h"

#include <string.h>

#define PEOPLE_MIN 3    // different people have asked there, or its name is not told: as on the wall
#define LEFT_MIN DAY_MS // whoever gives a wish back leaves the others this long at least
#define DIGITS_MAX 6    // more in a row are a number to ring, or somebody's papers

// --- what is offered ------------------------------------------------------------------------------------------------
enum err request_offer_begins(struct ctx *c, const struct request *r, const char **ret_action)
{
    struct rows teams;
    struct service_item item;
    *ret_action = NULL;
    if (r->source == SOURCE_IMPORT || (r->kind != KIND_WISH && r->kind != KIND_ERRAND))
        return OK;
    if (r->kind == KIND_WISH) {
        *ret_action = r->is_private ? NULL : "submit";
        return OK;
    }
    TRY(service_item_get(c, r->item_id, &item));
    if (item.route_org_id) // it has its unit
        return OK;
    TRY(org_team_posts(c, r->place_id, c->now_ms, &teams));
    *ret_action = teams.count ? "offer" : NULL;
    return OK;
}

bool request_is_wish(const struct request *r)
{
    return r->state == REQUEST_IN_REVIEW || r->state == REQUEST_CLAIMED || r->state == REQUEST_FULFILLED ||
           (r->state == REQUEST_UNCLAIMED && r->kind == KIND_WISH);
}

int64_t request_clock_from(const struct request *r)
{
    return r->clock_from_ms ? r->clock_from_ms : r->reported_at_ms;
}

// --- who is what to it ----------------------------------------------------------------------------------------------
enum err request_offer_team_grant(struct ctx *c, const struct request *r, const struct grant **ret_grant)
{
    *ret_grant = NULL;
    for (size_t i = 0; i < c->actor.grant_count && !*ret_grant; i++) {
        const struct grant *grant = &c->actor.grants[i];
        struct org org;
        int64_t n;
        if (grant->role != ROLE_UNIT || !grant->org_id || !grant->post_id)
            continue;
        TRY(db_number(c, &sql_request_scope_has,
                      ARGS(ARG_INT("place_id", grant->place_id), ARG_INT("request_id", r->id)), &n));
        if (!n)
            continue;
        TRY(org_get(c, grant->org_id, &org));
        if (org.level == ORG_TEAM && !org.closed_at_ms)
            *ret_grant = grant;
    }
    return OK;
}

enum err request_offer_relate(struct ctx *c, const struct request *r, unsigned *ret_relations)
{
    const struct grant *grant = NULL;
    *ret_relations = 0;
    if (c->actor.kind != ACTOR_PERSON)
        return OK;
    if (r->claimant_id == c->actor.person_id)
        *ret_relations |= RELATION_CLAIMANT;
    if (r->state != REQUEST_UNCLAIMED)
        return OK;
    bool willing = r->kind == KIND_WISH && r->reporter_id != c->actor.person_id && !(c->actor.roles & ROLES_ADMIN);
    if (willing)
        *ret_relations |= RELATION_WILLING;
    if (r->kind == KIND_ERRAND)
        TRY(request_offer_team_grant(c, r, &grant));
    if (grant)
        *ret_relations |= RELATION_TEAM;
    return OK;
}

// A resident is "a neighbour" to everybody else; a team has a name that anybody may hear.
static enum err who_has_it(struct ctx *c, const struct request *r, struct str *ret_who)
{
    bool english = c->lang && strcmp(c->lang, "en") == 0;
    if (r->kind == KIND_WISH) {
        *ret_who = english ? STR("A neighbour") : STR("一位邻居");
        return OK;
    }
    *ret_who = r->owner_name;
    return OK;
}

enum err request_offer_taken(struct ctx *c, const struct request *r)
{
    struct str who;
    int64_t at_ms = r->kind == KIND_WISH ? r->claimed_at_ms : r->signed_at_ms;
    TRY(who_has_it(c, r, &who));
    return fail_with(c, ERR_CONFLICT, "request.claimed_already", who, request_local_time(c, at_ms));
}

bool request_offer_lost(const struct request *mine, const struct request *theirs)
{
    bool wish = mine->state == REQUEST_CLAIMED && theirs->claimant_id && mine->claimant_id != theirs->claimant_id;
    bool errand = mine->team_due_ms && theirs->team_due_ms && mine->handler_id != theirs->handler_id;
    return wish || errand;
}

// --- approving ------------------------------------------------------------------------------------------------------
// Decimal digits in a row, of either width; blanks and hyphens between them do not part them.
static bool holds_long_number(struct str text)
{
    size_t run = 0;
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char *p = (const unsigned char *)text.p + i;
        bool wide = i + 2 < text.n && p[0] == 0xef && p[1] == 0xbc && p[2] >= 0x90 && p[2] <= 0x99;
        if ((*p >= '0' && *p <= '9') || wide)
            run++;
        else if (*p != ' ' && *p != '-')
            run = 0;
        i += wide ? 2 : 0;
        if (run > DIGITS_MAX)
            return true;
    }
    return false;
}

static bool holds(struct str text, struct str part, size_t least)
{
    if (utf8_count(part) < least)
        return false;
    for (size_t i = 0; i + part.n <= text.n; i++)
        if (memcmp(text.p + i, part.p, part.n) == 0)
            return true;
    return false;
}

// Whoever approves has looked; what a program can tell, it tells as well.
static enum err names_somebody(struct ctx *c, const struct request *r, struct str text, bool *ret_names)
{
    struct str name, door;
    TRY(request_open_text(c, r, "contact_name", r->contact_name, &name));
    TRY(request_open_text(c, r, "door_number", r->door_number, &door));
    *ret_names = holds_long_number(text) || holds(text, str_trim(name), 2) || holds(text, str_trim(door), 3);
    return OK;
}

enum err guard_approve(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    const struct request_input *in = input_of(step);
    bool names = false;
    if (r->reporter_id && r->reporter_id == c->actor.person_id)
        return fail(c, ERR_FORBIDDEN, "request.own_wish");
    if (!in)
        return OK;
    if (!in->no_personal_data)
        return fail_field(c, ERR_INVALID, "request.look_for_personal", STR("no_personal_data"));
    if (!str_trim(in->text).n)
        return fail_field(c, ERR_INVALID, "field.missing", STR("text"));
    TRY(names_somebody(c, r, in->text, &names));
    return names ? fail_field(c, ERR_INVALID, "request.text_personal", STR("text")) : OK;
}

// The smallest area from which several people have asked; a community holds thousands, so its name may be told.
static enum err name_area(struct ctx *c, struct request *r)
{
    const int64_t by_size[] = {r->estate_id, r->grid_id};
    int64_t place_id = r->community_id ? r->community_id : r->subdistrict_id;
    struct place place;
    for (size_t i = 0; i < sizeof by_size / sizeof *by_size; i++) {
        int64_t people = 0;
        if (by_size[i])
            TRY(db_number(c, &sql_request_people_at, ARGS(ARG_INT("scope_id", by_size[i])), &people));
        if (people >= PEOPLE_MIN) {
            place_id = by_size[i];
            break;
        }
    }
    if (place_id)
        TRY(place_get(c, place_id, &place));
    else
        TRY(place_root(c, &place));
    r->public_area = place.name;
    return OK;
}

static void wait_until(const struct flow_step *step, int64_t until_ms)
{
    struct request *r = &case_of(step)->r;
    r->offer_until_ms = r->due_at_ms = until_ms;
    flow_tell_time(step, "until", until_ms);
}

static void leave_desk(struct request *r)
{
    r->owner_post_id = r->owner_org_id = r->escalated_post_id = 0;
    r->owner_name = r->escalated_name = STR("");
}

// To be approved within the time in which it would have to be sent out, on the community's desk.
static enum err put_up(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    struct request_pauses *none = arena_alloc(c->arena, sizeof *none);
    struct routing desk;
    TRY(request_route_desk(c, r, &desk));
    step_hand_to(step, &desk);
    none->count = 0;
    r->due_at_ms = request_clock_due(c->house->calendar, r, CLOCK_DISPATCH, none);
    r->offer_until_ms = c->now_ms + REQUEST_REVIEW_MS;
    flow_tell_time(step, "due", r->due_at_ms);
    flow_tell_time(step, "until", r->offer_until_ms);
    return OK;
}

enum err apply_submit(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    return put_up(c, step);
}

enum err apply_approve(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    leave_desk(r);
    r->public_words = str_trim(input_of(step)->text);
    TRY(name_area(c, r));
    r->offered_at_ms = c->now_ms;
    r->offer_left_ms = REQUEST_OFFER_MS;
    wait_until(step, c->now_ms + REQUEST_OFFER_MS);
    return OK;
}

enum err guard_retract(struct ctx *c, const struct flow_step *step)
{
    return case_of(step)->r.kind == KIND_WISH ? OK : fail(c, ERR_CONFLICT, "request.not_a_wish");
}

// It was approved in time once: its clock begins anew.
enum err apply_retract(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->public_words = r->public_area = STR("");
    r->offered_at_ms = r->offer_until_ms = r->offer_left_ms = r->late = 0;
    r->clock_from_ms = c->now_ms;
    flow_tell_time(step, "clock_from", r->clock_from_ms);
    return put_up(c, step);
}

// --- errands to the teams -------------------------------------------------------------------------------------------
// One of them has to take it within the time for a response; until then nobody has it, and the clocks run.
enum err apply_offer(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    struct request_pauses *none = arena_alloc(c->arena, sizeof *none);
    step_enter(c, step);
    none->count = 0;
    r->offered_at_ms = c->now_ms;
    r->offer_until_ms = request_clock_due(c->house->calendar, r, CLOCK_RESPONSE, none);
    flow_tell_time(step, "until", r->offer_until_ms);
    return OK;
}

enum err guard_claim_for_team(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    const struct grant *grant;
    struct post post;
    TRY(request_offer_team_grant(c, &rc->r, &grant));
    if (!grant)
        return fail(c, ERR_FORBIDDEN, "flow.not_allowed");
    TRY(post_get(c, grant->post_id, &post));
    rc->routing = (struct routing){.post_id = post.id,
                                   .org_id = grant->org_id,
                                   .post_org_id = grant->org_id,
                                   .person_id = c->actor.person_id,
                                   .post_name = post.name,
                                   .rule = "claimed"};
    return OK;
}

// The team's own limit runs from its claim; that of the request goes on from the report.
enum err apply_claim_for_team(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    step_hand_to(step, &case_of(step)->routing);
    r->handler_id = c->actor.person_id;
    r->signed_at_ms = c->now_ms;
    r->offer_until_ms = 0;
    if (!r->dispatched_at_ms)
        r->dispatched_at_ms = c->now_ms;
    r->team_due_ms = calendar_due(c->house->calendar, c->now_ms, (enum calendar_unit)r->unit, r->budget, NULL, 0, NULL);
    flow_tell_time(step, "team_due", r->team_due_ms);
    return OK;
}

enum err guard_give_back(struct ctx *c, const struct flow_step *step)
{
    return case_of(step)->r.team_due_ms ? OK : fail(c, ERR_CONFLICT, "request.not_claimed");
}

enum err apply_give_back(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    struct routing desk;
    step_enter(c, step);
    flow_tell_id(step, "returned_by", r->owner_post_id);
    TRY(request_route_desk(c, r, &desk));
    step_hand_to(step, &desk);
    return OK;
}

// --- an ordinary case after all -------------------------------------------------------------------------------------
enum err guard_convert(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    return c->actor.kind == ACTOR_SYSTEM && c->now_ms < r->offer_until_ms ? fail(c, ERR_CONFLICT, "request.offer_runs")
                                                                          : OK;
}

// A case begins with its report, and so do its clocks (requests.md section 3: never at signing). What a wish became is
// reported as a case now: before, nobody's work was asked. An errand was a case all along.
static enum err begin_clocks(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    r->clock_from_ms = c->now_ms;
    r->late = r->level = 0;
    pauses->count = 0;
    r->due_at_ms = request_limit(c->house->calendar, r, pauses, &r->due_provisional);
    flow_tell_time(step, "clock_from", r->clock_from_ms);
    return OK;
}

enum err apply_convert(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    struct routing desk;
    step_enter(c, step);
    if (r->kind == KIND_WISH)
        TRY(begin_clocks(c, step));
    leave_desk(r);
    TRY(request_route_desk(c, r, &desk));
    step_hand_to(step, &desk);
    r->public_words = r->public_area = STR("");
    r->offered_at_ms = r->offer_until_ms = r->offer_left_ms = 0;
    return OK;
}

// --- wishes: claimed, brought, confirmed ----------------------------------------------------------------------------
enum err guard_claim(struct ctx *c, const struct flow_step *step)
{
    int64_t running;
    (void)step;
    TRY(db_number(c, &sql_request_claims_running, ARGS(ARG_INT("claimant_id", c->actor.person_id)), &running));
    return running < REQUEST_CLAIMS_MAX ? OK : fail(c, ERR_CONFLICT, "request.claims_enough");
}

enum err apply_claim(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->claimant_id = c->actor.person_id;
    r->claimed_at_ms = c->now_ms;
    r->offer_left_ms = r->offer_until_ms > c->now_ms + LEFT_MIN ? r->offer_until_ms - c->now_ms : LEFT_MIN;
    wait_until(step, c->now_ms + REQUEST_DELIVER_MS);
    return OK;
}

enum err guard_expire(struct ctx *c, const struct flow_step *step)
{
    return c->now_ms < case_of(step)->r.offer_until_ms ? fail(c, ERR_CONFLICT, "request.offer_runs") : OK;
}

// Back on the wall, for what is left of its time there.
enum err apply_release(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->claimant_id = r->claimed_at_ms = 0;
    wait_until(step, c->now_ms + r->offer_left_ms);
    return OK;
}

enum err apply_deliver(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->handled_at_ms = c->now_ms;
    r->offer_until_ms = c->now_ms + REQUEST_CALLBACK_MS;
    flow_tell_time(step, "until", r->offer_until_ms);
    step_seal_reply(c, step);
    return step_attach(c, step, "after");
}

static void keep_thanks(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    struct str word = utf8_prefix(str_trim(step->note), 200);
    if (!word.n)
        return;
    r->thanks = request_seal(c, r, "thanks", word);
    r->thanked_at_ms = c->now_ms;
}

enum err apply_confirm_wish(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    case_of(step)->r.unsatisfied = false;
    if (case_of(step)->r.reporter_id == c->actor.person_id)
        keep_thanks(c, step); // else it is what the desk wrote down
    step_end(c, step, OUTCOME_SOLVED);
    return OK;
}

enum err apply_deny_wish(struct ctx *c, const struct flow_step *step)
{
    struct request *r = &case_of(step)->r;
    step_enter(c, step);
    r->unsatisfied = true;
    r->handled_at_ms = 0;
    wait_until(step, c->now_ms + REQUEST_DELIVER_MS);
    return step_attach(c, step, "report");
}

enum err guard_thank(struct ctx *c, const struct flow_step *step)
{
    const struct request *r = &case_of(step)->r;
    bool done = r->outcome == OUTCOME_SOLVED && (r->claimant_id || r->handler_id);
    return done && !r->thanked_at_ms ? OK : fail(c, ERR_CONFLICT, "request.no_thanks");
}

enum err apply_thank(struct ctx *c, const struct flow_step *step)
{
    step_enter(c, step);
    keep_thanks(c, step);
    return OK;
}
