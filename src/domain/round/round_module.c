// SPDX-License-Identifier: MulanPSL-2.0
// What this module brings: its table entry, its sentences, and what the platform asks it about its subjects and people.
#include "domain/round/round_internal.h"
#include "round_sql.h"

#define PERSON_MAX 1000

// --- who is concerned, who may read ----------------------------------------------------------------------------------
static enum err place_topics(struct ctx *c, int64_t place_id, int64_t own, int64_t *ret_topics, size_t max,
                             size_t *ret_count)
{
    struct place_chain chain;
    size_t n = 0;
    TRY(place_get_chain(c, place_id, &chain));
    if (own && n < max)
        ret_topics[n++] = own;
    for (int level = 0; level < PLACE_LEVEL_COUNT && n < max; level++)
        if (chain.at[level])
            ret_topics[n++] = chain.at[level];
    *ret_count = n;
    return OK;
}

static enum err round_topics(struct ctx *c, int64_t id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    struct round r;
    TRY(round_get(c, id, &r));
    return place_topics(c, r.place_id, r.post_id, ret_topics, max, ret_count);
}

static enum err round_may_read(struct ctx *c, int64_t id)
{
    struct round r;
    unsigned relations;
    return round_see(c, id, &r, &relations);
}

static enum err plan_topics(struct ctx *c, int64_t id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    struct round_plan plan;
    TRY(round_plan_get(c, id, &plan));
    return place_topics(c, plan.place_id, 0, ret_topics, max, ret_count);
}

static enum err plan_may_read(struct ctx *c, int64_t id)
{
    struct round_plan plan;
    const struct grant *grant;
    TRY(round_plan_get(c, id, &plan));
    TRY(account_grant_over(c, ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER), plan.place_id, &grant));
    return grant ? OK : fail(c, ERR_NOT_FOUND, "round_plan.unknown");
}

static enum err care_may_read(struct ctx *c, int64_t id)
{
    struct care care;
    enum care_access access;
    TRY(care_get(c, id, &care));
    TRY(care_access_of(c, &care, &access));
    return access == CARE_NONE ? fail(c, ERR_NOT_FOUND, "care.unknown") : OK;
}

static const struct event_subject subjects[] = {
    {"round", round_topics, round_may_read},
    {"round_plan", plan_topics, plan_may_read},
    {"care", NULL, care_may_read}, // that somebody is visited is nobody's news
    {NULL, NULL, NULL}};

// --- what is kept of a person: what they ticked. Who is on the care list has no account. -----------------------------
static enum err personal_write(struct ctx *c, int64_t person_id, struct json_writer *w)
{
    struct rows rows;
    TRY(db_list(c, &sql_round_items_of_person, ARGS(ARG_INT("person_id", person_id), ARG_INT("max", PERSON_MAX)),
                &round_item_record, PERSON_MAX, &rows));
    const struct round_item *items = rows.at;
    json_key(w, "rounds");
    json_array_begin(w);
    for (size_t i = 0; i < rows.count; i++) {
        json_object_begin(w);
        json_key(w, "round");
        json_put_id(w, items[i].round_id);
        json_key(w, "kind");
        json_put_z(w, round_kind_names[items[i].kind]);
        json_key(w, "checkpoint");
        json_put_str(w, items[i].name);
        json_key(w, "ticked_at");
        json_put_time(w, items[i].ticked_at_ms);
        json_object_end(w);
    }
    json_array_end(w);
    return OK;
}

static const struct message messages[] = {
    {"round.unknown", "没有这次巡楼", "There is no such round"},
    {"round.no_such_item", "这一项已不在单子上", "This is not on the list any more"},
    {"round.not_yours", "这次巡楼由别的岗位负责", "Another post walks this round"},
    {"round.not_whole", "还没有全部完成", "Not everything on it is done"},
    {"round.told_already", "已经提醒过了", "They were reminded already"},
    {"round.too_late", "巡楼结束已超过两天，不能再补记", "The round ended more than two days ago"},
    {"round.too_early", "这次巡楼的日子还没到", "The day of this round has not come yet"},
    {"round.wrong_result", "这一项不能这样记", "This item has no such result"},
    {"round.wrong_code", "码不是这个点位的，或已换新码", "This code is not that of the checkpoint, or was replaced"},
    {"round.why_needed", "没有送到，请写明原因", "Say why the meal was not delivered"},
    {"round.no_such_finding", "请选择要报的问题", "Choose what was found"},
    {"round.bad_period", "时间段不对", "This period cannot be used"},
    {"round_plan.unknown", "没有这个巡楼安排", "There is no such plan"},
    {"round_plan.wrong_place", "请选择您负责范围内的社区、网格、小区、楼栋或单元",
     "Choose a community, grid, estate, building or unit within your reach"},
    {"round_plan.wrong_role", "只能由楼栋长、网格员或社区来巡", "Stewards, grid workers and communities walk rounds"},
    {"round_plan.bad_weekdays", "星期写法有误，例如 1,3,5（1 是星期一）", "Weekdays are written 1,3,5; Monday is 1"},
    {"round_plan.bad_window", "时间写法有误，例如 07:00 到 10:00，至少半小时",
     "The window is written 07:00 to 10:00, half an hour at least"},
    {"round_plan.place_stays", "巡查的地方不能改，请另立一个安排", "The place stays: make another plan instead"},
    {"round_plan.closed", "这个安排已停用", "This plan is no longer walked"},
    {"round_plan.stale", "安排已被他人修改，请刷新后再试", "Somebody changed the plan meanwhile: load it again"},
    {"checkpoint.unknown", "没有这个点位", "There is no such checkpoint"},
    {"checkpoint.no_code", "这个点位没有码", "This checkpoint has no code"},
    {"checkpoint.bad_asks", "没有这个查看项", "There is no such thing to look at"},
    {"checkpoint.elsewhere", "点位要在巡查范围以内", "A checkpoint lies within the place that is walked"},
    {"checkpoint.too_many", "点位太多了", "There are too many checkpoints"},
    {"care.unknown", "没有这位关照对象", "There is no such person on the list"},
    {"care.wrong_place", "请选择本社区的楼栋、单元或住户", "Choose a building, unit or household of your community"},
    {"care.stale", "资料已被他人修改，请刷新后再试", "Somebody changed it meanwhile: load it again"},
    {"care.withdrawn", "本人已撤回同意", "The person has withdrawn the consent"},
    {"care.stays", "住处和同意方式不能改，请重新登记", "Place and consent stay: record the person anew"},
    {"care.bad_day", "送餐日期要在今天起的九十天以内", "A meal is ordered for one of the next ninety days"},
    {"care.meal_there", "这一天已经有一份餐", "There is a meal on that day already"},
    {"care.round_over", "今天的巡楼已经结束", "Today's round is over"},
    {"care.no_item", "服务目录里没有可用的事项", "The catalogue has no item for it"},
    {"round.notice_remind", "今天的巡楼还没完成：{0}", "Today's round is not done yet: {0}"},
    {"round.notice_missed", "{1} 的巡楼没有完成：{0}", "The round of {1} was not done: {0}"},
    {"round.notice_escalated", "昨天的巡楼仍未补上：{0}（{1}）", "A round is still not made up for: {0} ({1})"},
    {"round.notice_yours", "岗位空缺，今天的巡楼由您来走：{0}", "A post is vacant: you walk today's round: {0}"},
    {"care.notice_overdue", "有一次走访到期未做：{0}", "A visit is overdue: {0}"},
    {NULL, NULL, NULL},
};

static const struct record *const records[] = {
    &round_plan_record, &checkpoint_record, &round_record, &round_item_record, &care_record, &care_meal_record, NULL};
static const struct flow *const flows[] = {&round_flow, NULL};
static const struct route *const more_routes[] = {round_plan_routes, care_routes, NULL};
const struct module round_module = {
    .name = "round",
    .store = {"round", round_statements, round_migrations, records},
    .routes = round_routes,
    .more_routes = more_routes,
    .flows = flows,
    .jobs = round_jobs,
    .messages = messages,
    .subjects = subjects,
    .personal_write = personal_write,
};
