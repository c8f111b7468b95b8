// SPDX-License-Identifier: MulanPSL-2.0
// What follows from a step, in its write: what is counted, the request it came from, who is told.
#include "base/id.h"
#include "dispute_sql.h"
#include "domain/dispute/dispute_internal.h"
#include "domain/notice/notice.h"

// --- what is counted ------------------------------------------------------------------------------------------------
enum err dispute_tally_put(struct ctx *c, const struct dispute *d, enum dispute_tally_kind kind)
{
    struct dispute_tally tally = {.id = ids_next(c->house->ids, c->now_ms),
                                  .at_ms = c->now_ms,
                                  .kind = (int)kind,
                                  .category = d->category,
                                  .community_id = d->community_id,
                                  .subdistrict_id = d->subdistrict_id};
    return db_exec(c, &sql_dispute_tally_put, ARGS(ARG_ROW(&dispute_tally_record, &tally)), NULL);
}

void dispute_write_counted(const struct dispute *d, struct json_writer *w)
{
    json_key(w, "category");
    json_put_z(w, dispute_category_names[d->category]);
    json_key(w, "community_id");
    json_put_id(w, d->community_id);
    json_key(w, "subdistrict_id");
    json_put_id(w, d->subdistrict_id);
}

// --- the request it came from ---------------------------------------------------------------------------------------
static bool holds_request(const struct ctx *c, const struct request *r)
{
    for (size_t i = 0; i < c->actor.grant_count; i++)
        if (c->actor.grants[i].post_id && c->actor.grants[i].post_id == r->owner_post_id)
            return true;
    return false;
}

enum err dispute_sign_request(struct ctx *c, const struct dispute *d)
{
    struct request r;
    TRY(request_get(c, d->request_id, &r));
    if (r.state != REQUEST_DISPATCHED || !holds_request(c, &r))
        return OK; // it is somebody else's to sign for
    return request_act_with(c, r.id, "sign", NULL, NULL);
}

// With how it ended, and not a word of what was said. Who does not hold the request leaves it to the desk.
static enum err finish_request(struct ctx *c, const struct dispute *d)
{
    static const struct str words[] = {STR_INIT(""), STR_INIT("调解达成协议"),
                                       STR_INIT("调解未达成协议，已告知其他途径"), STR_INIT("当事人撤回调解")};
    struct request r;
    TRY(request_get(c, d->request_id, &r));
    if (r.state != REQUEST_IN_PROGRESS || !holds_request(c, &r))
        return OK;
    struct request_input in = {.note = words[d->result], .without_photo = STR("调解不拍照")};
    return request_act_with(c, r.id, "finish", &in, NULL);
}

static enum err close_as_system(struct ctx *c, struct dispute_case *dc)
{
    struct actor actor = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    dc->mark = (struct dispute_mark){0};
    enum err err = flow_act(c, &dispute_flow, &dc->d, STR("close"), NULL, -1, NULL);
    c->actor = actor;
    return err;
}

enum err dispute_follow(struct ctx *c, struct dispute_case *dc, const struct dispute *before)
{
    bool ended = dc->d.result != DISPUTE_RESULT_NONE && before->result == DISPUTE_RESULT_NONE;
    if (ended && dc->d.request_id)
        TRY(finish_request(c, &dc->d));
    if (dc->d.state == DISPUTE_FOLLOW_UP && dc->d.clock == DISPUTE_CLOCK_NONE)
        return close_as_system(c, dc); // that was the last visit
    return OK;
}

// --- who is told: number and category, nothing else ----------------------------------------------------------------
#define CATEGORY_WORDS(code, name, zh, en) {STR_INIT(zh), STR_INIT(en)},
static const struct {
    struct str zh, en;
} category_words[] = {DISPUTE_CATEGORIES(CATEGORY_WORDS)};

struct str dispute_label(struct ctx *c, int category)
{
    bool en = c->lang && str_equal_z(str_of(c->lang), "en");
    return en ? category_words[category].en : category_words[category].zh;
}

static enum err tell(struct ctx *c, const struct dispute *d, int64_t person_id, const char *template)
{
    struct str number = id_text(c->arena, d->id);
    struct notice_what what = {.template = template,
                               .args_zh = {number, category_words[d->category].zh},
                               .args_en = {number, category_words[d->category].en},
                               .about_kind = "dispute",
                               .about_id = d->id};
    bool self = c->actor.kind == ACTOR_PERSON && c->actor.person_id == person_id;
    return person_id && !self ? notice_put(c, &what, &(struct notice_to){.person_id = person_id}) : OK;
}

static enum err tell_holder(struct ctx *c, const struct dispute *d, int64_t post_id, const char *template)
{
    int64_t holder = 0;
    if (post_id)
        TRY(post_holder_at(c, post_id, c->now_ms, &holder));
    return tell(c, d, holder, template);
}

static enum err tell_room(struct ctx *c, const struct dispute_case *dc, const char *template)
{
    for (size_t i = 0; i < dc->parts.mediator_count; i++)
        if (dc->parts.mediators[i].standing == STANDING_ACCEPTED)
            TRY(tell(c, &dc->d, dc->parts.mediators[i].person_id, template));
    return dc->d.desk_post_id ? tell_holder(c, &dc->d, dc->d.desk_post_id, template)
                              : tell(c, &dc->d, dc->d.opened_by_id, template);
}

enum err dispute_tell(struct ctx *c, const struct dispute_case *dc, const struct dispute *before, struct str action)
{
    const struct dispute *d = &dc->d;
    bool now = !c->house->clock || c->now_ms > clock_now_ms(c->house->clock) - 7 * DAY_MS;
    if (!now)
        return OK; // what is filled in afterwards is no news
    if (str_equal_z(action, "propose"))
        return tell(c, d, dc->person_id, "dispute.notice_proposed");
    if (d->level > before->level) {
        if (d->escalated_post_id != before->escalated_post_id)
            TRY(tell_holder(c, d, d->escalated_post_id, "dispute.notice_escalated"));
        return tell_room(c, dc, "dispute.notice_reminded");
    }
    if (str_equal_z(action, "plan_session"))
        return tell_room(c, dc, "dispute.notice_session");
    if (before->state != d->state)
        return tell_room(c, dc, "dispute.notice_moved");
    return OK;
}
