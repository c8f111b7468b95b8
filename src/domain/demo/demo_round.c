// SPDX-License-Identifier: MulanPSL-2.0
// Daily rounds of the tour's estate: a plan for each building, and three invented neighbours in the named steward's who
// agreed to be visited, one of them with a meal a day.
#include "base/calendar.h"
#include "domain/demo/demo_stories.h"
#include "domain/round/round.h"

// From seven to ten; who starts the demo later in the day has three hours more to look at today's round.
static struct str window_end(struct ctx *c, int64_t base_ms)
{
    int64_t local_ms = base_ms + calendar_zone_ms(c->house->calendar);
    int64_t hour = local_ms / HOUR_MS % 24 + 3;
    if (hour < 10)
        hour = 10;
    return hour >= 24 ? STR("24:00") : str_format(c->arena, "%02lld:00", (long long)hour);
}

static enum err add_checkpoint(struct ctx *c, int64_t plan_id, const char *name, const char *asks, bool coded)
{
    struct checkpoint checkpoint = {.plan_id = plan_id, .name = str_of(name), .asks = str_of(asks)};
    return checkpoint_add(c, &checkpoint, coded);
}

static enum err make_plan(struct ctx *c, const struct place *building, int64_t base_ms)
{
    struct round_plan plan = {.place_id = building->id,
                              .name = str_format(c->arena, "%.*s每日巡楼", STR_ARG(building->name)),
                              .role = ROLE_STEWARD,
                              .days = ROUND_EVERY_DAY,
                              .weekdays = STR(""),
                              .window_from = STR("07:00"),
                              .window_to = window_end(c, base_ms)};
    TRY(round_plan_make(c, &plan));
    TRY(add_checkpoint(c, plan.id, "一层门厅", "lights,doors,ebikes", true));
    TRY(add_checkpoint(c, plan.id, "楼道和消防通道", "stairs,fire,rubbish", true));
    TRY(add_checkpoint(c, plan.id, "顶层平台", "doors,leaks", false));
    return add_checkpoint(c, plan.id, "楼外垃圾点", "rubbish,posters", false);
}

static enum err add_neighbours(struct ctx *c, int64_t building_id)
{
    static const struct {
        const char *name, *door, *phone, *note, *reason, *meal_days;
        int64_t every_days;
    } people[] = {
        {"张玉兰", "1单元201", "19900000071", "听力不好，多敲几下；送餐放门口小桌。", "alone", "1,2,3,4,5,6,7", 1},
        {"陈德福", "1单元502", "19900000072", "腿脚不便，开门慢。", "disabled", "", 2},
        {"李桂珍", "2单元301", "19900000073", "刚出院，问问药够不够。", "ill", "", 1},
    };
    struct demo_person worker;
    int64_t id;
    TRY(demo_person_find(c, STR("community_worker"), &worker));
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        struct new_care care = {.place_id = building_id,
                                .name = str_of(people[i].name),
                                .door_number = str_of(people[i].door),
                                .phone = str_of(people[i].phone),
                                .note = str_of(people[i].note),
                                .reason = people[i].reason,
                                .every_days = people[i].every_days,
                                .meal_days = str_of(people[i].meal_days),
                                .meal = people[i].meal_days[0] ? STR("午餐，少盐") : STR(""),
                                .consent_by = worker.person_id};
        TRY(care_make(c, &care, &id));
    }
    return OK;
}

enum err demo_make_rounds(struct ctx *c, int64_t base_ms)
{
    struct demo_person steward;
    struct place building;
    struct rows rows;
    TRY(demo_person_find(c, STR("steward"), &steward));
    TRY(place_get(c, steward.place_id, &building));
    TRY(place_children(c, building.parent_id, 0, 50, &rows));
    for (size_t i = 0; i < rows.count; i++)
        TRY(make_plan(c, (const struct place *)rows.at + i, base_ms));
    return add_neighbours(c, building.id);
}

// --- the weeks before ------------------------------------------------------------------------------------------------
// When that day's window begins.
static int64_t opens_at(const struct ctx *c, int64_t base_ms, size_t days_ago)
{
    int64_t zone_ms = calendar_zone_ms(c->house->calendar), local_ms = base_ms + zone_ms;
    return local_ms - local_ms % DAY_MS - zone_ms + 7 * HOUR_MS - (int64_t)days_ago * DAY_MS;
}

int64_t demo_rounds_begin(const struct ctx *c, int64_t base_ms)
{
    return opens_at(c, base_ms, DEMO_ROUND_DAYS) - HOUR_MS;
}

// Something is found, and lived through like anything else.
static enum err find(struct ctx *c, int64_t round_id, int64_t base_ms, size_t which)
{
    static const struct {
        const char *item, *words;
    } found[] = {{"repair.lamp", "感应灯不亮"}, {"env.rubbish", "堆着纸箱"}, {"safety.ebike", "有电动车停在楼道里"}};
    struct service_item item;
    struct life life;
    struct request r;
    struct life_case one = {.reporter_id = c->actor.person_id, .dice = dice_of(DEMO_STORY_SEED, 11, which)};
    TRY(service_item_by_code(c, str_of(found[which % 3].item), &item));
    TRY(life_load(c, DEMO_STORY_SEED, &life));
    TRY(round_live_find(c, round_id, item.id, str_of(found[which % 3].words), &one.id));
    TRY(request_get(c, one.id, &r));
    life_plan(c, &life, &r, &one);
    return demo_live_through(c, &life, base_ms, &one, &r);
}

// Most are walked whole; here and there one is left half done, or nobody comes.
static enum err walk(struct ctx *c, int64_t round_id, int64_t holder_id, const struct demo_past_day *day, size_t index)
{
    size_t mark = day->days_ago * 5 + index * 3;
    bool missed = mark % 29 == 1, half = mark % 23 == 2, finds = mark % 17 == 4;
    int64_t opens_ms = opens_at(c, day->base_ms, day->days_ago);
    if (!missed && holder_id) {
        c->now_ms = opens_ms + (int64_t)(mark % 50 + 5) * MINUTE_MS;
        TRY(life_become(c, holder_id));
        TRY(round_live_walk(c, round_id, 0, 2));
        int64_t then_ms = c->now_ms;
        if (finds)
            TRY(find(c, round_id, day->base_ms, mark));
        c->now_ms = then_ms + 12 * MINUTE_MS;
        TRY(life_become(c, holder_id));
        if (!half)
            TRY(round_live_walk(c, round_id, 2, 400));
    }
    return round_live_time(c, round_id, day->base_ms);
}

enum err demo_make_past_rounds(struct ctx *c, const struct demo_past_day *day)
{
    struct demo_person steward;
    struct place building;
    struct rows rows;
    TRY(demo_person_find(c, STR("steward"), &steward));
    TRY(place_get(c, steward.place_id, &building));
    TRY(place_children(c, building.parent_id, 0, 50, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        int64_t plan_id, round_id, post_id, holder_id = 0;
        c->now_ms = opens_at(c, day->base_ms, day->days_ago) - HOUR_MS;
        c->actor = (struct actor){.kind = ACTOR_SYSTEM};
        TRY(round_live_plan(c, ((const struct place *)rows.at)[i].id, &plan_id));
        if (!plan_id)
            continue;
        TRY(round_live_make(c, plan_id, &round_id, &post_id));
        if (post_id)
            TRY(post_holder_at(c, post_id, c->now_ms, &holder_id));
        if (round_id)
            TRY(walk(c, round_id, holder_id, day, i));
    }
    return OK;
}
