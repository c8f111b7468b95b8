// SPDX-License-Identifier: MulanPSL-2.0
// Wishes and offered errands: the desk approves, a neighbour or a team takes it on, brings it, the wisher says thank
// you. Some of each is left to the clock.
#include "domain/demo/demo_life_steps.h"

#include "domain/demo/demo_words.h"

enum err life_steward(struct ctx *c, int64_t building_id, int64_t *ret_person_id)
{
    struct rows posts;
    *ret_person_id = 0;
    TRY(post_list_of_place(c, building_id, &posts));
    return posts.count ? post_holder_at(c, ((const struct post *)posts.at)->id, c->now_ms, ret_person_id) : OK;
}

static enum err by_caller(struct ctx *c, struct life_step *s, const char *action, const char *note)
{
    int64_t person_id = s->one->reporter_id;
    if (!person_id)
        TRY(life_desk(c, s->r, ROLE_COMMUNITY, &person_id));
    return life_say(c, s, person_id, action, note);
}

enum err life_in_review(struct ctx *c, struct life_step *s)
{
    int64_t person_id, chance = dice_below(&s->one->dice, 100);
    const struct request_input approval = {
        .text = str_of(demo_public_text(s->r->item_code, "一位邻居有个小小的心愿，盼有人搭把手。")),
        .no_personal_data = true};
    TRY(life_desk(c, s->r, ROLE_COMMUNITY, &person_id));
    if (chance < 4 && s->one->reporter_id)
        return life_say(c, s, s->one->reporter_id, "withdraw", "家里人已经办了。");
    if (chance < 8)
        return life_say(c, s, person_id, "refuse", "这属于商业推广，不上心愿墙。");
    if (chance < 12)
        return life_say(c, s, person_id, "convert", "这件事社区直接办更快。");
    return life_do(c, s, person_id, "approve", &approval);
}

// One of the teams whose area covers it.
static enum err by_a_team(struct ctx *c, struct life_step *s)
{
    struct rows rows;
    TRY(org_team_posts(c, s->r->place_id, c->now_ms, &rows));
    if (!rows.count)
        return OK;
    const struct post_held *posts = rows.at;
    return life_do(c, s, posts[dice_below(&s->one->dice, (int64_t)rows.count)].person_id, "claim", NULL);
}

enum err life_unclaimed(struct ctx *c, struct life_step *s)
{
    const struct life *life = s->life;
    int64_t person_id, chance = dice_below(&s->one->dice, 100);
    if (s->r->kind != KIND_WISH)
        return by_a_team(c, s);
    if (chance < 3) {
        TRY(life_desk(c, s->r, ROLE_COMMUNITY, &person_id));
        return life_say(c, s, person_id, "retract", "公开文字里有不妥之处，撤下重写。");
    }
    if (!life->building_count)
        return OK;
    TRY(life_steward(c, life->buildings[dice_below(&s->one->dice, (int64_t)life->building_count)], &person_id));
    return person_id == s->r->reporter_id ? OK : life_do(c, s, person_id, "claim", NULL);
}

enum err life_claimed(struct ctx *c, struct life_step *s)
{
    const struct request_input brought = {.note = str_of(demo_answer(s->r->item_code, "已送到家里，陪着说了会儿话。")),
                                          .without_photo = STR("示例数据没有照片")};
    return dice_percent(&s->one->dice, 12)
               ? life_say(c, s, s->r->claimant_id, "release", "临时要出差，请别的邻居接上。")
               : life_do(c, s, s->r->claimant_id, "deliver", &brought);
}

enum err life_fulfilled(struct ctx *c, struct life_step *s)
{
    return dice_percent(&s->one->dice, 6) ? by_caller(c, s, "deny", "还差一点，没有全部做好。")
                                          : by_caller(c, s, "confirm", "心愿实现了，谢谢这位邻居。");
}
