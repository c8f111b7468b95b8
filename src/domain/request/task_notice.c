// SPDX-License-Identifier: MulanPSL-2.0
// Who is told of a task, in the write of its step: whoever was summoned, who whistled and whose work it helps when it
// is over, and the post above when time runs out.
#include "base/calendar.h"
#include "base/clock.h"
#include "domain/notice/notice.h"
#include "domain/request/task.h"

#define TOLD_LATE_MS (7 * DAY_MS) // what is filled in afterwards is no news

static struct notice_what about(const struct task_case *tc, const char *template)
{
    const struct request *r = tc->request;
    return (struct notice_what){.template = template,
                                .args_zh = {r->item_zh, r->place_name},
                                .args_en = {r->item_en, r->place_name},
                                .about_kind = "request",
                                .about_id = r->id,
                                .urgent = tc->t.unit == UNIT_URGENT_HOUR};
}

static enum err tell_person(struct ctx *c, const struct task_case *tc, int64_t person_id, const char *template)
{
    struct notice_what what = about(tc, template);
    bool self = c->actor.kind == ACTOR_PERSON && person_id == c->actor.person_id;
    return person_id && !self ? notice_put(c, &what, &(struct notice_to){.person_id = person_id}) : OK;
}

static enum err tell_post(struct ctx *c, const struct task_case *tc, int64_t post_id, const char *template)
{
    int64_t holder = 0;
    if (post_id)
        TRY(post_holder_at(c, post_id, c->now_ms, &holder));
    return tell_person(c, tc, holder, template);
}

static enum err tell_ended(struct ctx *c, const struct task_case *tc)
{
    if (tc->t.state == TASK_RECALLED)
        return tell_post(c, tc, tc->t.post_id, "task.notice_recalled");
    TRY(tell_person(c, tc, tc->t.whistler_id, "task.notice_cleared"));
    return tc->request->handler_id == tc->t.whistler_id
               ? OK
               : tell_person(c, tc, tc->request->handler_id, "task.notice_cleared");
}

enum err task_notice(struct ctx *c, const struct request_task *before, const struct task_case *tc)
{
    const struct request_task *t = &tc->t;
    if (c->house->clock && c->now_ms <= clock_now_ms(c->house->clock) - TOLD_LATE_MS)
        return OK;
    if (t->post_id != before->post_id) {
        TRY(tell_post(c, tc, before->post_id, "task.notice_recalled"));
        return tell_post(c, tc, t->post_id, "task.notice_summoned");
    }
    if (before->open && !t->open)
        return tell_ended(c, tc);
    if (t->escalated_post_id != before->escalated_post_id)
        TRY(tell_post(c, tc, t->escalated_post_id, "task.notice_escalated"));
    return tc->mark.at_ms ? tell_post(c, tc, t->post_id, "task.notice_reminded") : OK;
}
