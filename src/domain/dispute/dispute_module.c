// SPDX-License-Identifier: MulanPSL-2.0
// What this module brings: its table entry, and what the platform asks it about its subjects and its people.
#include "base/config.h"
#include "dispute_sql.h"
#include "domain/dispute/dispute_internal.h"

// Nobody hears of a case by a place: whoever holds a role there would learn that it exists.
static enum err topics(struct ctx *c, int64_t id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    struct dispute d;
    struct rows rows;
    size_t n = 0;
    TRY(dispute_get(c, id, &d));
    TRY(db_list(c, &sql_dispute_mediators, ARGS(ARG_INT("dispute_id", id)), &dispute_mediator_record, DISPUTE_ASKED_MAX,
                &rows));
    const struct dispute_mediator *m = rows.at;
    int64_t desk = d.desk_post_id ? d.desk_post_id : d.opened_by_id;
    if (desk && n < max)
        ret_topics[n++] = desk;
    for (size_t i = 0; i < rows.count && n < max; i++)
        if (m[i].standing == STANDING_ACCEPTED || (m[i].standing == STANDING_PROPOSED && d.open))
            ret_topics[n++] = m[i].person_id;
    *ret_count = n;
    return OK;
}

// Of what is attached (the signed paper): only who is in the room.
static enum err may_read(struct ctx *c, int64_t id)
{
    struct dispute d;
    unsigned relations;
    TRY(dispute_get(c, id, &d));
    TRY(dispute_relate(c, &d, &relations));
    return relations & DISPUTE_ROOM ? OK : fail(c, ERR_NOT_FOUND, "dispute.unknown");
}

static const struct event_subject subjects[] = {{"dispute", topics, may_read}, {NULL, NULL, NULL}};

// Of a mediator: which cases, and as what. Of parties there is no account; they ask the desk.
static enum err personal_write(struct ctx *c, int64_t person_id, struct json_writer *w)
{
    struct rows rows;
    TRY(db_list(c, &sql_dispute_of_mediator, ARGS(ARG_INT("person_id", person_id), ARG_INT("max", 1000)),
                &dispute_mediator_record, 1000, &rows));
    const struct dispute_mediator *m = rows.at;
    json_key(w, "mediations");
    json_array_begin(w);
    for (size_t i = 0; i < rows.count; i++) {
        json_object_begin(w);
        json_key(w, "id");
        json_put_id(w, m[i].dispute_id);
        json_key(w, "standing");
        json_put_z(w, dispute_standing_names[m[i].standing]);
        json_key(w, "asked_at");
        json_put_time(w, m[i].proposed_at_ms);
        json_object_end(w);
    }
    json_array_end(w);
    return OK;
}

static enum err start(struct ctx *c)
{
    const struct config *config = c->house->config;
    int64_t days[DISPUTE_VISITS_MAX];
    size_t count;
    bool bad = config && config->dispute_visits && !dispute_visit_days(str_of(config->dispute_visits), days, &count);
    return bad ? fail(c, ERR_INVALID, "dispute.bad_visits") : OK;
}

const struct message dispute_messages[] = {
    {"dispute.unknown", "找不到这件调解。", "This case cannot be found."},
    {"dispute.not_your_area", "只能登记本社区的纠纷。", "Only a dispute within your community can be opened."},
    {"dispute.no_words", "请写明纠纷的由来。", "Write down what it is about."},
    {"dispute.no_such_request", "找不到这条纠纷诉求。", "This request of kind dispute cannot be found."},
    {"dispute.request_has_case", "这条诉求已经转为调解。", "There is a case for this request already."},
    {"dispute.request_closed", "这条诉求已结案。", "This request is closed."},
    {"dispute.too_many_parties", "当事人最多十二位。", "Twelve parties at most."},
    {"dispute.no_parties", "请先添加当事人。", "Add the parties first."},
    {"dispute.no_such_party", "没有这位当事人。", "There is no such party."},
    {"dispute.no_such_home", "住处请选楼栋、单元或户。", "Choose a building, a unit or a flat as the home."},
    {"dispute.yes_or_no", "请选同意或不同意。", "Choose given or refused."},
    {"dispute.whom", "请选一个岗位，或填一位居民的手机号，只填一样。",
     "Choose a post or give a resident's number, one of the two."},
    {"dispute.nobody_of_phone", "没有用这个手机号登记的居民。", "No resident is registered with this number."},
    {"dispute.too_many_mediators", "调解员最多三位。", "Three mediators at most."},
    {"dispute.asked_already", "已经邀请过。", "Was asked already."},
    {"dispute.objected_once", "当事人已申请其回避，不能再邀请。",
     "A party has objected to this person, who cannot be asked again."},
    {"dispute.declare", "请先声明与当事人没有利害关系。", "Declare first that you have no tie to the parties."},
    {"dispute.tie_party", "是当事人本人，不能调解。", "Is one of the parties and cannot mediate."},
    {"dispute.tie_home", "与当事人同户或同单元，应当回避。", "Lives in the same flat or unit as a party."},
    {"dispute.tie_complained", "是被反映的承办人，应当回避。", "Is the one who is complained of."},
    {"dispute.no_mediator", "还没有调解员接受。", "No mediator has taken it on yet."},
    {"dispute.no_such_mediator", "没有这位调解员。", "There is no such mediator."},
    {"dispute.not_all_consent", "还有当事人没有同意。", "Not all parties have agreed."},
    {"dispute.one_side", "至少要有申请方和被申请方。", "Both an applicant and a respondent are needed."},
    {"dispute.too_many_sessions", "调解次数太多。", "There are too many sessions."},
    {"dispute.bad_time", "时间不对。", "This time cannot be."},
    {"dispute.no_such_session", "没有待举行的这次调解。", "There is no such session to be held."},
    {"dispute.how_it_went", "请选这次调解的情况。", "Say how the session went."},
    {"dispute.no_text", "请先写协议。", "Write the agreement first."},
    {"dispute.too_many_terms", "履行事项最多二十条。", "Twenty terms at most."},
    {"dispute.no_such_term", "没有这条履行事项。", "There is no such term."},
    {"dispute.not_all_signed", "还有当事人没有签字。", "Not all parties have signed."},
    {"dispute.bad_referral", "这个去向在这里不适用。", "This referral does not apply here."},
    {"dispute.due_already", "已过期限，不能再延长。", "The limit has passed: it cannot be extended."},
    {"dispute.extended_fully", "最多延长三十天。", "Thirty more days at most."},
    {"dispute.no_such_visit", "没有待做的这次回访。", "There is no such visit to be made."},
    {"dispute.too_many_rounds", "重新调解的次数太多，请登记新的一件。", "It was reopened too often: open a new case."},
    {"dispute.visits_left", "还有回访没有做完。", "Some visits are still to be made."},
    {"dispute.no_such_step", "没有这一步。", "There is no such step."},
    {"dispute.not_in_the_room", "您不参加这件调解，不能查阅。", "You are not in the room and cannot read this."},
    {"dispute.no_counts_below", "社区以下不统计。", "There are no counts below a community."},
    {"dispute.bad_period", "季度请写成 2026Q3。", "Write a quarter as 2026Q3."},
    {"dispute.period_runs", "这个季度还没有结束。", "This quarter is not over yet."},
    {"dispute.bad_visits", "回访天数（dispute-visits）请写成 7,30,90。", "Write dispute-visits as 7,30,90, or off."},
    {"dispute.notice_proposed", "请您担任调解员：{0}（{1}）", "You are asked to mediate: {0} ({1})"},
    {"dispute.notice_session", "已安排调解：{0}（{1}）", "A session is planned: {0} ({1})"},
    {"dispute.notice_moved", "调解有进展：{0}（{1}）", "A case has moved on: {0} ({1})"},
    {"dispute.notice_reminded", "调解时限提醒：{0}（{1}）", "Time is running in mediation: {0} ({1})"},
    {"dispute.notice_escalated", "调解超时上报：{0}（{1}）", "Mediation ran out of time: {0} ({1})"},
    {NULL, NULL, NULL},
};

static const struct record *const records[] = {&dispute_record,           &dispute_party_record,
                                               &dispute_mediator_record,  &dispute_session_record,
                                               &dispute_agreement_record, &dispute_term_record,
                                               &dispute_signature_record, &dispute_visit_record,
                                               &dispute_tally_record,     NULL};
static const struct flow *const flows[] = {&dispute_flow, NULL};
static const struct untold untold[] = {{"dispute", &sql_dispute_untold}, {NULL, NULL}};
const struct module dispute_module = {
    .name = "dispute",
    .store = {"dispute", dispute_statements, dispute_migrations, records},
    .routes = dispute_routes,
    .flows = flows,
    .jobs = dispute_jobs,
    .messages = dispute_messages,
    .subjects = subjects,
    .untold = untold,
    .start = start,
    .personal_write = personal_write,
};
