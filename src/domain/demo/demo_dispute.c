// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/demo/demo_dispute.h"

#include "base/calendar.h"
#include "base/id.h"

// --- what it is about ------------------------------------------------------------------------------------------------
static const struct {
    enum dispute_category category;
    int share; // of a hundred
    const char *words, *agreement, *term;
} matters[] = {
    {DISPUTE_CATEGORY_NEIGHBOURS, 22, "两家为楼道里放的鞋柜和花盆争了几回，见面不说话。",
     "鞋柜移进家中，花盆搬到一楼花坛。", "清空楼道，一周内完成"},
    {DISPUTE_CATEGORY_NOISE, 16, "楼上夜里拖椅子、孩子跑跳，楼下老人睡不好。", "晚上九点半以后不拖动家具，椅脚装软垫。",
     "装好软垫"},
    {DISPUTE_CATEGORY_LEAK, 15, "楼上卫生间漏水，楼下吊顶发霉，赔多少谈不拢。", "楼上重做防水，赔吊顶修复费的七成。",
     "做好防水并试水"},
    {DISPUTE_CATEGORY_PROPERTY, 12, "电梯停用多日，住户不交物业费，物业停了门禁卡。",
     "减免停用期间费用，其余补交，门禁恢复。", "补交物业费"},
    {DISPUTE_CATEGORY_FAMILY, 10, "兄妹三人为母亲由谁照看、钱怎么出起了争执。",
     "三家按月轮流照看，费用均摊，每季对账。", "第一季对账"},
    {DISPUTE_CATEGORY_PETS, 8, "狗没拴绳扑倒了孩子，医药费双方各执一词。", "养犬人付医药费并道歉，出门必拴绳。",
     "付清医药费"},
    {DISPUTE_CATEGORY_WAGES, 6, "装修工说尾款拖了两个月，业主说有几处没做好。", "返修三处后当日付清尾款。",
     "返修并结清"},
    {DISPUTE_CATEGORY_DAMAGE, 5, "倒车时蹭坏了邻居的电动车，双方对修理费有分歧。", "按修理单据赔付，互不再追究。",
     "付修理费"},
    {DISPUTE_CATEGORY_HOUSING, 3, "一楼搭的雨棚挡了二楼采光，反复争吵。", "雨棚拆低六十公分，边角包好。", "改好雨棚"},
    {DISPUTE_CATEGORY_CONSUMER, 2, "理发店关门，预付卡里的钱退不出来。", "店主分两次退还余额。", "退第一笔"},
    {DISPUTE_CATEGORY_OTHER, 1, "晾衣绳占了公共活动场地，几家说法不一。", "在西侧另立晾衣架，场地空出。", "立好晾衣架"},
};
#define MATTERS (sizeof matters / sizeof *matters)

static size_t pick_matter(struct dice *dice)
{
    int64_t left = dice_below(dice, 100);
    size_t i = 0;
    while (i + 1 < MATTERS && left >= matters[i].share)
        left -= matters[i++].share;
    return i;
}

static size_t matter_of(const struct dispute *d)
{
    for (size_t i = 0; i < MATTERS; i++)
        if ((int)matters[i].category == d->category)
            return i;
    return MATTERS - 1;
}

// --- one step --------------------------------------------------------------------------------------------------------
struct step {
    struct mediation *one;
    struct dispute d;
    struct dispute_outline o;
    const char **action;
};

static enum err act(struct ctx *c, struct step *s, const char *action, struct str input)
{
    const struct json *json = NULL;
    if (input.n)
        TRY(json_parse(c, input, &json));
    *s->action = action;
    TRY(dispute_act(c, s->one->id, str_of(action), json, -1, NULL));
    return dispute_outline_read(c, s->one->id, &s->d, &s->o);
}

static enum err become_desk(struct ctx *c, int64_t place_id)
{
    struct post_holder holder;
    TRY(org_responsible(c, place_id, ROLE_COMMUNITY, c->now_ms, &holder));
    return life_become(c, holder.person_id);
}

static enum err add_party(struct ctx *c, struct step *s, const char *side)
{
    struct dice *dice = &s->one->dice;
    struct str name = demo_invented_name(c, 7000 + (size_t)dice_below(dice, 1900));
    struct str input = str_format(c->arena, "{\"side\":\"%s\",\"name\":\"%.*s\",\"phone\":\"%.*s\"}", side,
                                  STR_ARG(name), STR_ARG(demo_phone(c, 9600 + (size_t)dice_below(dice, 300))));
    return act(c, s, "add_party", input);
}

static enum err consent(struct ctx *c, struct step *s, int64_t party_id, const char *answer)
{
    return act(c, s, "consent",
               str_format(c->arena, "{\"party_id\":\"%.*s\",\"consent\":\"%s\"}", STR_ARG(id_text(c->arena, party_id)),
                          answer));
}

// The parties are heard; now and then one of them does not want it, or they have made it up.
static enum err hear(struct ctx *c, struct step *s)
{
    int64_t chance = dice_below(&s->one->dice, 100);
    TRY(add_party(c, s, "applicant"));
    TRY(add_party(c, s, "respondent"));
    if (chance < 12)
        TRY(add_party(c, s, "third"));
    if (chance >= 96)
        return act(c, s, "withdraw", STR("{\"note\":\"两家自己说开了。\"}"));
    if (chance >= 92) {
        TRY(consent(c, s, s->o.parties[1], "refused"));
        return act(c, s, "fail", STR("{\"referral\":\"court\",\"note\":\"一方不愿调解。\"}"));
    }
    for (size_t i = 0; i < s->o.party_count; i++)
        TRY(consent(c, s, s->o.parties[i], "given"));
    return OK;
}

// The grid worker of the place is asked, or whoever stands in.
static enum err propose(struct ctx *c, struct step *s)
{
    struct post_holder holder;
    TRY(org_responsible(c, s->d.place_id, ROLE_GRID_WORKER, c->now_ms, &holder));
    TRY(act(c, s, "propose",
            str_format(c->arena, "{\"post_id\":\"%.*s\"}", STR_ARG(id_text(c->arena, holder.post.id)))));
    return act(c, s, "accept", STR(""));
}

static enum err plan_session(struct ctx *c, struct step *s)
{
    char at[25];
    time_format(calendar_due_ms(c->house->calendar, c->now_ms, UNIT_WORK_HOUR,
                                dice_between(&s->one->dice, 3, 40) * HOUR_MS, NULL, 0, NULL),
                at);
    if (s->o.proposed_id) {
        TRY(life_become(c, s->o.proposed_id));
        TRY(act(c, s, "take_on", STR("{\"no_tie\":true}")));
    }
    if (!s->o.mediator_id)
        return OK;
    TRY(life_become(c, s->o.mediator_id));
    return act(c, s, "plan_session", str_format(c->arena, "{\"planned_at\":\"%s\",\"room\":\"社区调解室\"}", at));
}

static enum err sign_all(struct ctx *c, struct step *s)
{
    char today[25];
    time_format(c->now_ms, today);
    for (size_t i = 0; i < s->o.party_count; i++)
        TRY(act(c, s, "sign",
                str_format(c->arena, "{\"party_id\":\"%.*s\",\"signed_name\":\"本人签名\",\"signed_on\":\"%s\"}",
                           STR_ARG(id_text(c->arena, s->o.parties[i])), today)));
    return OK;
}

static enum err agree(struct ctx *c, struct step *s)
{
    size_t matter = matter_of(&s->d);
    char due[25];
    time_format(c->now_ms + 7 * DAY_MS, due);
    TRY(act(c, s, "write_agreement", str_format(c->arena, "{\"text\":\"%s\"}", matters[matter].agreement)));
    TRY(act(c, s, "add_term", str_format(c->arena, "{\"text\":\"%s\",\"due_at\":\"%s\"}", matters[matter].term, due)));
    TRY(sign_all(c, s));
    return act(c, s, "agree",
               dice_percent(&s->one->dice, 10) ? STR("{\"referral\":\"judicial\"}") : STR("{\"referral\":\"none\"}"));
}

// Most agree at the first or second table; after the third it is agreed or over.
static enum err meet(struct ctx *c, struct step *s)
{
    int64_t chance = dice_below(&s->one->dice, 100);
    bool last = s->o.sessions_held >= 2, agreed = chance < (last ? 78 : 62), over = !agreed && (last || chance >= 96);
    const char *outcome = agreed ? "agreed" : over ? "no_result" : "goes_on";
    struct str present = STR("");
    for (size_t i = 0; i < s->o.party_count; i++)
        present = str_format(c->arena, "%.*s%s\"%.*s\"", STR_ARG(present), i ? "," : "",
                             STR_ARG(id_text(c->arena, s->o.parties[i])));
    TRY(life_become(c, s->o.mediator_id));
    TRY(act(c, s, "hold_session",
            str_format(
                c->arena,
                "{\"session_id\":\"%.*s\",\"present\":[%.*s],\"outcome\":\"%s\",\"minutes\":\"双方各自说明了情况。\"}",
                STR_ARG(id_text(c->arena, s->o.session_id)), STR_ARG(present), outcome)));
    if (agreed)
        return agree(c, s);
    return over ? act(c, s, "fail", STR("{\"referral\":\"court\",\"note\":\"分歧太大，告知诉讼途径。\"}")) : OK;
}

static enum err visit(struct ctx *c, struct step *s)
{
    struct str input = str_format(c->arena, "{\"visit_id\":\"%.*s\",\"note\":\"当面问过双方。\"}",
                                  STR_ARG(id_text(c->arena, s->o.visit_id)));
    TRY(life_become(c, s->o.mediator_id));
    return act(c, s, dice_percent(&s->one->dice, 95) || s->d.round > 2 ? "visit_kept" : "visit_broken", input);
}

static enum err next(struct ctx *c, struct step *s)
{
    switch (s->d.state) {
    case DISPUTE_OPENED:
        TRY(become_desk(c, s->d.place_id));
        return s->o.party_count ? propose(c, s) : hear(c, s);
    case DISPUTE_ACCEPTED:
        return plan_session(c, s);
    case DISPUTE_MEDIATING:
        return s->o.session_id ? meet(c, s) : plan_session(c, s);
    case DISPUTE_AGREED:
    case DISPUTE_FOLLOW_UP:
        return s->o.visit_id ? visit(c, s) : OK;
    default:
        return OK;
    }
}

// --- when ------------------------------------------------------------------------------------------------------------
// In working hours; most soon, some so late that the clock has spoken.
static int64_t when(struct ctx *c, struct step *s)
{
    struct dice *dice = &s->one->dice;
    bool slow = dice_percent(dice, 8);
    int64_t hours = dice_between(dice, 1, 20) * (slow ? 9 : 1), from_ms = c->now_ms;
    if (s->d.state == DISPUTE_MEDIATING && s->o.session_id) {
        from_ms = s->o.session_at_ms;
        hours = slow ? hours : 2;
    }
    if (s->d.state == DISPUTE_AGREED || s->d.state == DISPUTE_FOLLOW_UP) {
        if (!s->o.visit_id)
            return 0;
        from_ms = s->o.visit_due_ms;
        hours = slow ? dice_between(dice, 40, 80) : dice_between(dice, 1, 24);
    }
    if (!s->d.open)
        return 0;
    from_ms = from_ms > c->now_ms ? from_ms : c->now_ms;
    int64_t at_ms = calendar_due_ms(c->house->calendar, from_ms, UNIT_WORK_HOUR, hours * HOUR_MS, NULL, 0, NULL);
    return at_ms - at_ms % MINUTE_MS + dice_between(dice, 1, 59) * SECOND_MS + (at_ms <= c->now_ms ? MINUTE_MS : 0);
}

enum err mediation_plan(struct ctx *c, struct mediation *one)
{
    struct step s = {.one = one};
    TRY(dispute_outline_read(c, one->id, &s.d, &s.o));
    one->at_ms = when(c, &s);
    return OK;
}

enum err mediation_act(struct ctx *c, struct mediation *one, const char **ret_action)
{
    struct step s = {.one = one, .action = ret_action};
    *ret_action = NULL;
    TRY(dispute_outline_read(c, one->id, &s.d, &s.o));
    TRY(next(c, &s));
    one->at_ms = when(c, &s);
    return OK;
}

enum err mediation_open(struct ctx *c, int64_t building_id, struct dice dice, struct mediation *ret_one)
{
    static const enum dispute_source sources[] = {DISPUTE_FROM_PAPER, DISPUTE_FROM_PHONE, DISPUTE_FROM_VISIT};
    size_t matter = pick_matter(&dice);
    struct dispute d = {.category = (int)matters[matter].category,
                        .place_id = building_id,
                        .words = str_of(matters[matter].words),
                        .source = (int)sources[dice_below(&dice, 3)]};
    TRY(become_desk(c, building_id));
    TRY(dispute_open(c, &d));
    *ret_one = (struct mediation){.id = d.id, .dice = dice};
    return mediation_plan(c, ret_one);
}

enum err mediation_story(struct ctx *c, int64_t building_id, struct dice dice, int64_t from_ms, int64_t until_ms)
{
    struct mediation one;
    struct dispute d;
    const char *action;
    c->now_ms = from_ms;
    TRY(mediation_open(c, building_id, dice, &one));
    for (int steps = 0; steps < 100; steps++) {
        int64_t next_ms = one.at_ms && one.at_ms < until_ms ? one.at_ms : until_ms;
        TRY(dispute_time_passes(c, one.id, next_ms, &d));
        if (next_ms == until_ms)
            return OK;
        c->now_ms = next_ms;
        TRY(mediation_act(c, &one, &action));
    }
    return OK;
}
