// SPDX-License-Identifier: MulanPSL-2.0
// Who hears of what is offered: the desk of a wish to approve, the teams of an errand, the wisher of every step, the
// claimant of what became of it. A claimant is told no more than the wall says.
#include "domain/notice/notice.h"
#include "domain/request/request_offer.h"

static bool is_self(const struct ctx *c, int64_t person_id)
{
    return c->actor.kind == ACTOR_PERSON && c->actor.person_id == person_id;
}

static enum err tell(struct ctx *c, const struct request *r, const char *template, const char *kind, int64_t person_id)
{
    struct notice_what what = {.template = template,
                               .args_zh = {r->item_zh, r->public_area.n ? r->public_area : r->area},
                               .args_en = {r->item_en, r->public_area.n ? r->public_area : r->area},
                               .about_kind = kind,
                               .about_id = r->id};
    struct person person;
    if (!person_id || is_self(c, person_id))
        return OK;
    TRY(person_get(c, person_id, &person));
    return person.disabled ? OK
                           : notice_put(c, &what, &(struct notice_to){.person_id = person_id, .lang = person.lang});
}

static enum err tell_desk(struct ctx *c, const struct request *r)
{
    int64_t holder = 0;
    if (r->owner_post_id)
        TRY(post_holder_at(c, r->owner_post_id, c->now_ms, &holder));
    return tell(c, r, "request.notice_to_review", "request", holder);
}

static enum err tell_teams(struct ctx *c, const struct request *r)
{
    struct rows rows;
    TRY(org_team_posts(c, r->place_id, c->now_ms, &rows));
    const struct post_held *held = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        TRY(tell(c, r, "request.notice_offered", "offer", held[i].person_id));
    return OK;
}

// Back on the wall: given back, or run out; or there for the first time.
static enum err tell_on_wall(struct ctx *c, const struct request *before, const struct request *after)
{
    if (before->state != REQUEST_CLAIMED)
        return request_tell_reporter(c, after, "request.notice_approved");
    TRY(request_tell_reporter(c, after, "request.notice_given_back"));
    return c->actor.kind == ACTOR_SYSTEM ? tell(c, after, "request.notice_expired", "claim", before->claimant_id) : OK;
}

// It is over for whoever had taken it on.
static enum err tell_claimant(struct ctx *c, const struct request *before, const struct request *after)
{
    bool had = before->state == REQUEST_CLAIMED || before->state == REQUEST_FULFILLED;
    if (!had || after->state == before->state)
        return OK;
    if (after->state == REQUEST_CONFIRMED)
        return tell(c, after, "request.notice_confirmed", "claim", after->claimant_id);
    if (after->state == REQUEST_CLAIMED)
        return tell(c, after, "request.notice_not_yet", "claim", after->claimant_id);
    return after->open ? OK : tell(c, after, "request.notice_claim_over", "claim", before->claimant_id);
}

enum err request_offer_notice(struct ctx *c, const struct request *before, const struct request *after, bool *ret_told)
{
    *ret_told = false;
    TRY(tell_claimant(c, before, after));
    if (before->thanked_at_ms != after->thanked_at_ms && after->state == before->state && after->handler_id)
        TRY(tell(c, after, "request.notice_thanked", "request", after->handler_id));
    if (before->state == after->state)
        return OK;
    *ret_told = request_is_wish(after) || after->state == REQUEST_UNCLAIMED;
    switch (after->state) {
    case REQUEST_IN_REVIEW:
        return tell_desk(c, after);
    case REQUEST_UNCLAIMED:
        return after->kind == KIND_WISH ? tell_on_wall(c, before, after) : tell_teams(c, after);
    case REQUEST_CLAIMED:
        return before->state == REQUEST_UNCLAIMED ? request_tell_reporter(c, after, "request.notice_claimed") : OK;
    case REQUEST_FULFILLED:
        return request_tell_reporter(c, after, "request.notice_delivered");
    default:
        return OK;
    }
}
