// SPDX-License-Identifier: MulanPSL-2.0
// Who has to be told of a step, in the write of the step: whoever got the work, the group of the place, and the
// resident when an answer is wanted or it is over. What somebody did is not told to themselves.
#include "base/calendar.h"
#include "base/clock.h"
#include "domain/notice/notice.h"
#include "domain/request/request_offer.h"

#define TOLD_LATE_MS (7 * DAY_MS) // what is filled in afterwards (demo, import) is no news

static struct notice_what about(const struct request *r, const char *template, struct str place)
{
    return (struct notice_what){.template = template,
                                .args_zh = {r->item_zh, place},
                                .args_en = {r->item_en, place},
                                .about_kind = "request",
                                .about_id = r->id,
                                .urgent = r->unit == UNIT_URGENT_HOUR};
}

// The holder of the post, and the group of the place: that one gets no more than the area.
static enum err tell_dispatched(struct ctx *c, const struct request *r)
{
    struct notice_what what = about(r, "request.notice_dispatched", r->place_name);
    int64_t holder = 0;
    TRY(post_holder_at(c, r->owner_post_id, c->now_ms, &holder));
    bool self = c->actor.kind == ACTOR_PERSON && holder == c->actor.person_id;
    if (holder && !self)
        TRY(notice_put(c, &what, &(struct notice_to){.person_id = holder}));
    what = about(r, "request.notice_group", r->area);
    return notice_put_group(c, &what, r->place_id);
}

// A text message only for who has asked for it.
enum err request_tell_reporter(struct ctx *c, const struct request *r, const char *template)
{
    struct person person;
    struct person_contact contact = {0};
    bool self = c->actor.kind == ACTOR_PERSON && r->reporter_id == c->actor.person_id;
    if (!r->reporter_id || self)
        return OK;
    TRY(person_get(c, r->reporter_id, &person));
    if (person.disabled)
        return OK;
    if (person.sms_notices)
        TRY(person_own_contact(c, &person, &contact));
    struct notice_what what = about(r, template, r->place_name);
    what.urgent = false; // nobody is woken to say how it was
    return notice_put(c, &what, &(struct notice_to){person.id, person.lang, contact.phone});
}

// Whoever holds a post: of the work that is running out of time, or of what was put to it.
static enum err tell_holder(struct ctx *c, const struct request *r, int64_t post_id, const char *template)
{
    struct notice_what what = about(r, template, r->place_name);
    int64_t holder = 0;
    if (post_id)
        TRY(post_holder_at(c, post_id, c->now_ms, &holder));
    return holder ? notice_put(c, &what, &(struct notice_to){.person_id = holder}) : OK;
}

enum err request_notice_callback(struct ctx *c, const struct request *r)
{
    return request_tell_reporter(c, r, "request.notice_callback");
}

static enum err tell_marks(struct ctx *c, const struct request *before, const struct request *after)
{
    if (after->escalated_post_id != before->escalated_post_id)
        TRY(tell_holder(c, after, after->escalated_post_id, "request.notice_escalated"));
    if (after->level > before->level && after->open)
        TRY(tell_holder(c, after, after->owner_post_id, "request.notice_reminded"));
    return OK;
}

enum err request_notice(struct ctx *c, const struct request *before, const struct request *after)
{
    bool entered = before->state != after->state, told = false;
    bool now = !c->house->clock || c->now_ms > clock_now_ms(c->house->clock) - TOLD_LATE_MS;
    if (!now || after->source == SOURCE_IMPORT)
        return OK;
    TRY(tell_marks(c, before, after));
    TRY(request_offer_notice(c, before, after, &told));
    if (told)
        return OK;
    if (after->state == REQUEST_AWAITING_REPORTER && entered)
        return request_tell_reporter(c, after, "request.notice_question");
    if (after->state == REQUEST_DISPATCHED && (entered || before->owner_post_id != after->owner_post_id))
        return tell_dispatched(c, after);
    if (after->state == REQUEST_CALLBACK && entered)
        return after->open_tasks ? OK : request_notice_callback(c, after);
    if (!after->open && before->open)
        return request_tell_reporter(
            c, after, after->state == REQUEST_REJECTED ? "request.notice_refused" : "request.notice_closed");
    return OK;
}
