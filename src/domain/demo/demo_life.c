// SPDX-License-Identifier: MulanPSL-2.0
// Who does what next. One function for each state in which people act; the table at the end calls them.
#include "domain/demo/demo_life_steps.h"

#include "domain/demo/demo_words.h"

enum err life_become(struct ctx *c, int64_t person_id)
{
    struct person person;
    TRY(person_get(c, person_id, &person));
    return account_actor(c, &person, &c->actor);
}

// --- people ----------------------------------------------------------------------------------------------------------
// Holder of the nearest post of the role; 0: nobody.
static enum err holder(struct ctx *c, const struct request *r, enum role role, int64_t *ret_person_id,
                       int64_t *ret_post_id)
{
    struct post_holder found;
    enum err err = org_responsible(c, r->place_id, role, c->now_ms, &found);
    *ret_person_id = err == OK ? found.person_id : 0;
    if (ret_post_id)
        *ret_post_id = err == OK ? found.post.id : 0;
    if (err == ERR_NOT_FOUND)
        ctx_clear_error(c);
    return err == ERR_NOT_FOUND ? OK : err;
}

// Somebody at a desk who has not had it in hand: nobody decides about their own work.
enum err life_desk(struct ctx *c, const struct request *r, enum role from, int64_t *ret_person_id)
{
    *ret_person_id = 0;
    for (int role = (int)from; role <= ROLE_DISTRICT && !*ret_person_id; role++) {
        int64_t person_id, owner_id = 0;
        TRY(holder(c, r, (enum role)role, &person_id, NULL));
        if (r->owner_post_id)
            TRY(post_holder_at(c, r->owner_post_id, c->now_ms, &owner_id));
        if (person_id != r->handler_id && person_id != r->verifier_id && person_id != r->asked_by_id &&
            person_id != r->reporter_id && (person_id != owner_id || !r->handler_id))
            *ret_person_id = person_id;
    }
    return OK;
}

// --- one step
// ---------------------------------------------------------------------------------------------------------
enum err life_do(struct ctx *c, struct life_step *s, int64_t person_id, const char *action,
                 const struct request_input *input)
{
    if (!person_id)
        return OK; // nobody is there
    TRY(life_become(c, person_id));
    *s->action = action;
    return request_act_with(c, s->r->id, action, input, s->r);
}

enum err life_say(struct ctx *c, struct life_step *s, int64_t person_id, const char *action, const char *note)
{
    const struct request_input input = {.note = str_of(note)};
    return life_do(c, s, person_id, action, &input);
}

static enum err owner(struct ctx *c, const struct life_step *s, int64_t *ret_person_id)
{
    *ret_person_id = 0;
    return s->r->owner_post_id ? post_holder_at(c, s->r->owner_post_id, c->now_ms, ret_person_id) : OK;
}

static enum err by_owner(struct ctx *c, struct life_step *s, const char *action, const char *note)
{
    int64_t person_id;
    TRY(owner(c, s, &person_id));
    return life_say(c, s, person_id, action, note);
}

static enum err by_desk(struct ctx *c, struct life_step *s, enum role from, const char *action, const char *note)
{
    int64_t person_id;
    TRY(life_desk(c, s->r, from, &person_id));
    return life_say(c, s, person_id, action, note);
}

static enum err by_reporter(struct ctx *c, struct life_step *s, const char *action, const char *note)
{
    return life_say(c, s, s->one->reporter_id, action, note);
}

// To another post than the one that has it.
static enum err hand_on(struct ctx *c, struct life_step *s, enum role desk_from, const char *action, const char *note)
{
    struct request_input input = {.note = str_of(note)};
    int64_t person_id, nobody;
    for (int role = ROLE_GRID_WORKER; role <= ROLE_DISTRICT; role++) {
        TRY(holder(c, s->r, (enum role)role, &nobody, &input.post_id));
        if (input.post_id && input.post_id != s->r->owner_post_id)
            break;
    }
    TRY(life_desk(c, s->r, desk_from, &person_id));
    return input.post_id == s->r->owner_post_id ? OK : life_do(c, s, person_id, action, &input);
}

// True the first time.
bool life_once(struct life_step *s, unsigned what)
{
    bool first = !(s->one->did & what);
    s->one->did |= what;
    return first;
}

// --- on the desk
// ------------------------------------------------------------------------------------------------------
static enum err at_desk(struct ctx *c, struct life_step *s)
{
    struct dice *dice = &s->one->dice;
    if (s->r->state == REQUEST_REPORTED && s->r->appealed)
        return dice_percent(dice, 70) ? by_desk(c, s, ROLE_SUBDISTRICT, "file", "申诉有理，受理。")
                                      : by_desk(c, s, ROLE_SUBDISTRICT, "refuse", "复核后仍不属受理范围。");
    if (dice_percent(dice, 20))
        return by_desk(c, s, s->r->appealed ? ROLE_SUBDISTRICT : ROLE_COMMUNITY, "refuse", "涉及诉讼，请走司法途径。");
    if (s->r->state == REQUEST_REPORTED)
        return by_desk(c, s, ROLE_COMMUNITY, "file", "受理。");
    if (dice_percent(dice, 45)) // to the same again, who may then only contest it
        return by_desk(c, s, ROLE_COMMUNITY, "dispatch", "核对过职责，仍请你处办理。");
    return hand_on(c, s, ROLE_COMMUNITY, "dispatch", "改派。");
}

// --- with whoever has to act
// ------------------------------------------------------------------------------------------
static enum err decide(struct ctx *c, struct life_step *s)
{
    const char *yes = s->r->asked == ASK_SUSPEND ? "approve_suspend" : "approve_extend";
    bool too_late = s->r->asked == ASK_EXTEND ? c->now_ms > s->r->due_at_ms : s->r->asked_until_ms <= c->now_ms;
    if (too_late || dice_percent(&s->one->dice, 25))
        return by_desk(c, s, ROLE_COMMUNITY, "decline", "理由不充分，按原时限办。");
    return by_desk(c, s, ROLE_COMMUNITY, yes, "情况属实，同意。");
}

static enum err ask_for_time(struct ctx *c, struct life_step *s)
{
    struct dice *dice = &s->one->dice;
    int64_t person_id;
    struct request_input input = {.note = STR("要等配件到货，申请顺延。"), .units = dice_between(dice, 1, 4)};
    TRY(owner(c, s, &person_id));
    return life_do(c, s, person_id, "ask_extend", &input);
}

static enum err ask_for_hold(struct ctx *c, struct life_step *s)
{
    struct dice *dice = &s->one->dice;
    int64_t person_id;
    struct request_input input = {.note = STR("要等汛期过后才能开挖，申请挂账。"),
                                  .until_ms = c->now_ms + dice_between(dice, 3, 40) * DAY_MS +
                                              dice_between(dice, 0, 1439) * MINUTE_MS};
    TRY(owner(c, s, &person_id));
    return life_do(c, s, person_id, "ask_suspend", &input);
}

// What is open under the same desk and may be the same thing; 0: nothing.
static enum err master_of(struct ctx *c, const struct life_step *s, int64_t *ret_id)
{
    const struct life *life = s->life;
    struct request master;
    *ret_id = 0;
    size_t i = 0;
    while (i < life->master_count && life->masters[i].community_id != s->r->community_id)
        i++;
    for (size_t k = 0; i < life->master_count && k < 3 && !*ret_id; k++) {
        int64_t id = life->masters[i].ids[k];
        if (!id || id == s->r->id)
            continue;
        TRY(request_get(c, id, &master));
        if (master.open && master.state != REQUEST_MERGED)
            *ret_id = id;
    }
    return OK;
}

// Other units are summoned: one or two of those that serve the district.
static enum err whistle(struct ctx *c, struct life_step *s)
{
    const struct life *life = s->life;
    int64_t person_id, first = dice_below(&s->one->dice, (int64_t)life->unit_count), two = dice_below(&s->one->dice, 2);
    struct str summoned = STR("");
    struct request_input input = {.ground = (int)dice_below(&s->one->dice, 3)};
    for (int64_t i = 0; i <= two && i < (int64_t)life->unit_count; i++) {
        char id[ID_TEXT_LENGTH + 1];
        long long days = i + 2;
        id_format(life->units[(size_t)(first + i) % life->unit_count], id);
        summoned = str_format(
            c->arena, "%.*s%s{\"post_id\":\"%s\",\"wanted\":\"请到场一同处理\",\"unit\":\"work_day\",\"budget\":%lld}",
            STR_ARG(summoned), i ? "," : "", id, days);
    }
    input.summoned = str_format(c->arena, "[%.*s]", STR_ARG(summoned));
    TRY(life_desk(c, s->r, ROLE_COMMUNITY, &person_id));
    return life_do(c, s, person_id, "whistle", &input);
}

// The unit that was summoned first and is not done yet checks in, or clears.
static enum err help(struct ctx *c, struct life_step *s)
{
    struct request_open_task task;
    size_t count;
    int64_t person_id;
    TRY(request_tasks_open(c, s->r->id, &task, 1, &count));
    if (!count)
        return OK;
    TRY(post_holder_at(c, task.post_id, c->now_ms, &person_id));
    if (!person_id)
        return OK;
    TRY(life_become(c, person_id));
    *s->action = task.checked_in ? "clear" : "check_in";
    TRY(request_task_step(c, task.id, *s->action, task.checked_in ? STR("已处理完毕。") : STR("已到场。"),
                          task.checked_in ? STR("示例数据没有照片") : STR("")));
    return request_get(c, s->r->id, s->r);
}

// It is something else of the same kind.
static enum err change_item(struct ctx *c, struct life_step *s)
{
    const struct service_item *items = s->life->items.at;
    size_t count = s->life->items.count, from = (size_t)dice_below(&s->one->dice, (int64_t)count + 1);
    int64_t person_id;
    struct request_input input = {.note = STR("核对后属于另一类事项，改派类别。")};
    for (size_t i = 0; i < count && !input.item_id; i++) {
        const struct service_item *item = &items[(from + i) % count];
        if (item->kind == s->r->kind && item->id != s->r->item_id)
            input.item_id = item->id;
    }
    TRY(holder(c, s->r, ROLE_COMMUNITY, &person_id, NULL));
    return input.item_id ? life_do(c, s, person_id, "reclassify", &input) : OK;
}

// Out of the published rates: whoever has it asks, a desk decides.
static enum err ask_exclude(struct ctx *c, struct life_step *s)
{
    int64_t person_id;
    struct request_input input = {.note = STR("多次联系，反映的情况不存在，申请剔除。"), .reason = 1};
    TRY(owner(c, s, &person_id));
    return life_do(c, s, person_id, "ask_exclude", &input);
}

static enum err decide_exclude(struct ctx *c, struct life_step *s)
{
    return dice_percent(&s->one->dice, 70) ? by_desk(c, s, ROLE_COMMUNITY, "approve_exclude", "核实无误，同意剔除。")
                                           : by_desk(c, s, ROLE_COMMUNITY, "decline_exclude", "证据不足，照常计入。");
}

static enum err join(struct ctx *c, struct life_step *s, int64_t master_id)
{
    int64_t person_id;
    struct request_input input = {.note = STR("同一件事，并案办理。"), .master_id = master_id};
    TRY(holder(c, s->r, ROLE_COMMUNITY, &person_id, NULL));
    return life_do(c, s, person_id, "merge", &input);
}

static enum err to_be_signed(struct ctx *c, struct life_step *s)
{
    struct dice *dice = &s->one->dice;
    const struct request *r = s->r;
    int64_t chance = dice_below(dice, 1000), master_id = 0;
    if (r->contested)
        return hand_on(c, s, ROLE_SUBDISTRICT, "arbitrate", "裁定由你处承办，不再退回。");
    if (r->asked != ASK_NONE)
        return decide(c, s);
    if (c->now_ms > r->reported_at_ms + (r->due_at_ms - r->reported_at_ms) / 2) {
        if (life_once(s, DID_URGE) && chance < 350 && s->one->reporter_id)
            return by_reporter(c, s, "urge", "怎么还没有人来？");
    }
    if (r->returned && !r->arbitrated && chance < 600)
        return by_owner(c, s, "contest", "确实不归我们管，请上级裁定。");
    if (!life_once(s, DID_SEND))
        return by_owner(c, s, "sign", "");
    if (chance < 12 && s->one->reporter_id)
        return by_reporter(c, s, "withdraw", "已经自己弄好了。");
    if (chance < 50 && !r->returned)
        return by_owner(c, s, "return", demo_returns[chance % 2]);
    if (chance < 70)
        return hand_on(c, s, ROLE_COMMUNITY, "transfer", "近处有人，转过去更快。");
    if (chance < 100)
        TRY(master_of(c, s, &master_id));
    if (master_id)
        return join(c, s, master_id);
    if (chance < 115 && c->now_ms <= r->due_at_ms)
        return ask_for_time(c, s);
    return chance < 165 && !r->contacted_at_ms ? by_owner(c, s, "contact", "电话里说好了时间。")
                                               : by_owner(c, s, "sign", "");
}

static const struct demo_words *words_of(const struct request *r)
{
    for (size_t i = 0; i < demo_words_count; i++)
        if (str_equal_z(r->item_code, demo_words[i].item))
            return &demo_words[i];
    return NULL;
}

static enum err finish(struct ctx *c, struct life_step *s)
{
    const struct demo_words *words = words_of(s->r);
    int64_t person_id;
    struct request_input input = {.note = words ? str_of(words->answer) : STR("已办好，当面看过。"),
                                  .without_photo = STR("示例数据没有照片")};
    TRY(owner(c, s, &person_id));
    return life_do(c, s, person_id, "finish", &input);
}

static enum err in_hand(struct ctx *c, struct life_step *s)
{
    struct dice *dice = &s->one->dice;
    const struct request *r = s->r;
    int64_t chance = dice_below(dice, 1000);
    if (r->asked != ASK_NONE)
        return decide(c, s);
    if (life_once(s, DID_TALK) && !r->contacted_at_ms && chance < 850)
        return by_owner(c, s, "contact", "已上门，见到本人。");
    bool first = life_once(s, DID_ASK);
    if (first && chance < 60)
        return by_owner(c, s, "ask_reporter", "请问具体是哪一处？方便时拍张照片。");
    if (first && chance < 100)
        return ask_for_hold(c, s);
    if (r->open_tasks)
        return help(c, s);
    if (first && chance >= 350 && chance < 400 && s->life->unit_count)
        return whistle(c, s);
    if (r->exclusion == EXCLUSION_ASKED)
        return decide_exclude(c, s);
    if (first && chance < 170 && c->now_ms <= r->due_at_ms)
        return ask_for_time(c, s);
    if (first && chance >= 300 && chance < 325)
        return change_item(c, s);
    if (first && chance >= 330 && chance < 345 && r->exclusion == EXCLUSION_NONE)
        return ask_exclude(c, s);
    if (first && r->team_due_ms && chance >= 400 && chance < 440)
        return by_owner(c, s, "release", "超出代办范围，请另行安排。");
    if (first && chance < 185)
        return hand_on(c, s, ROLE_COMMUNITY, "transfer", "需要另一个网格协助，转派。");
    if (first && chance < 230)
        return s->one->reporter_id ? by_reporter(c, s, "comment", "补充：下午五点以后家里有人。")
                                   : by_owner(c, s, "comment", "材料已备齐。");
    if (r->level >= 4 && !r->supervised && chance < 500)
        return by_desk(c, s, ROLE_SUBDISTRICT, "supervise", "已超时，督办。");
    if (life_once(s, DID_URGE) && c->now_ms > r->due_at_ms && s->one->reporter_id && chance < 600)
        return by_reporter(c, s, "urge", "说好的日子已经过了。");
    return finish(c, s);
}

static enum err awaited(struct ctx *c, struct life_step *s)
{
    return s->one->reporter_id ? by_reporter(c, s, "answer", "是2单元三楼左手边那一户，晚上在家。")
                               : by_desk(c, s, ROLE_COMMUNITY, "answer", "电话问过本人：三楼左手边。");
}

static enum err on_hold(struct ctx *c, struct life_step *s)
{
    return by_owner(c, s, "resume", "提前具备条件，恢复处置。");
}

// --- after the work
// ---------------------------------------------------------------------------------------------------
static enum err to_be_checked(struct ctx *c, struct life_step *s)
{
    bool good = dice_percent(&s->one->dice, 92);
    s->one->did &= ~(unsigned)DID_RATE;
    return good ? by_desk(c, s, ROLE_COMMUNITY, "pass", "现场看过，已办好。")
                : by_desk(c, s, ROLE_COMMUNITY, "rework", "只做了一半，请返工。");
}

static enum err to_be_confirmed(struct ctx *c, struct life_step *s)
{
    int64_t chance = dice_below(&s->one->dice, 100);
    int64_t person_id = s->one->reporter_id;
    if (chance < 3)
        return by_desk(c, s, ROLE_COMMUNITY, chance == 0 ? "not_ours" : "explain", "已当面解释清楚政策。");
    if (!person_id)
        TRY(life_desk(c, s->r, ROLE_COMMUNITY, &person_id));
    if (chance < 9)
        return life_say(c, s, person_id, "deny", demo_denials[chance % 3]);
    const struct request_input rated = {.rating = dice_percent(&s->one->dice, 85) ? dice_between(&s->one->dice, 4, 5)
                                                                                  : dice_between(&s->one->dice, 1, 3)};
    bool rates = s->one->reporter_id && chance < 40;
    return life_do(c, s, person_id, "confirm", rates ? &rated : NULL);
}

static enum err is_closed(struct ctx *c, struct life_step *s)
{
    struct dice *dice = &s->one->dice;
    const struct demo_words *words = words_of(s->r);
    int64_t chance = dice_below(dice, 100);
    if (life_once(s, DID_RATE) && s->r->state == REQUEST_CLOSED && s->one->reporter_id) {
        struct request_input input = {.rating =
                                          dice_percent(dice, 88) ? dice_between(dice, 3, 5) : dice_between(dice, 1, 2)};
        if (words && input.rating > 3)
            input.note = str_of(words->thanks);
        return life_do(c, s, s->one->reporter_id, "rate", &input);
    }
    if (s->r->team_due_ms && s->r->outcome == OUTCOME_SOLVED && s->one->reporter_id && !s->r->thanked_at_ms &&
        life_once(s, DID_THANK))
        return by_reporter(c, s, "thank", words ? words->thanks : "跑了一趟，省了我好多事，谢谢。");
    if (s->r->exclusion == EXCLUSION_EXCLUDED && chance < 30)
        return by_desk(c, s, ROLE_COMMUNITY, "restore", "复查后应计入。");
    if (s->r->unsatisfied && chance < 60)
        return by_desk(c, s, ROLE_COMMUNITY, "comment", "已登门致歉，约定每周看一次。");
    s->one->did &= ~(unsigned)(DID_ASK | DID_SEND | DID_URGE);
    return by_reporter(c, s, "reopen", "又坏了，和上次一样。");
}

static enum err refused(struct ctx *c, struct life_step *s)
{
    return by_reporter(c, s, "appeal", "这件事一直是社区管的，请再看看。");
}

static enum err joined(struct ctx *c, struct life_step *s)
{
    if (!dice_percent(&s->one->dice, 4))
        return OK;
    return by_desk(c, s, ROLE_COMMUNITY, "separate", "核实不是同一处，分开办理。");
}

static enum err (*const doings[REQUEST_STATE_COUNT])(struct ctx *c, struct life_step *s) = {
    [REQUEST_REPORTED] = at_desk,          [REQUEST_FILED] = at_desk,
    [REQUEST_DISPATCHED] = to_be_signed,   [REQUEST_IN_PROGRESS] = in_hand,
    [REQUEST_AWAITING_REPORTER] = awaited, [REQUEST_SUSPENDED] = on_hold,
    [REQUEST_HANDLED] = to_be_checked,     [REQUEST_CALLBACK] = to_be_confirmed,
    [REQUEST_CLOSED] = is_closed,          [REQUEST_EVALUATED] = is_closed,
    [REQUEST_REJECTED] = refused,          [REQUEST_MERGED] = joined,
    [REQUEST_IN_REVIEW] = life_in_review,  [REQUEST_UNCLAIMED] = life_unclaimed,
    [REQUEST_CLAIMED] = life_claimed,      [REQUEST_FULFILLED] = life_fulfilled,
};

enum err life_act(struct ctx *c, const struct life *life, struct life_case *one, struct request *ret_request,
                  const char **ret_action)
{
    struct life_step step = {.life = life, .one = one, .r = ret_request, .action = ret_action};
    *ret_action = NULL;
    TRY(request_get(c, one->id, ret_request));
    if (ret_request->state == one->state && doings[one->state])
        TRY(doings[ret_request->state](c, &step));
    return OK;
}
