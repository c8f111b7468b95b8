// SPDX-License-Identifier: MulanPSL-2.0
// Daily rounds of the tour's estate: a plan for each building, and three invented neighbours in the named steward's who
// agreed to be visited, one of them with a meal a day.
#include "base/calendar.h"
#include "domain/demo/demo_internal.h"
#include "domain/round/round.h"

// From seven to ten; who starts the demo later in the day has three hours more to look at today's round.
static struct str window_end(struct ctx *c)
{
    int64_t local_ms = c->now_ms + calendar_zone_ms(c->house->calendar);
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

static enum err make_plan(struct ctx *c, const struct place *building)
{
    struct round_plan plan = {.place_id = building->id,
                              .name = str_format(c->arena, "%.*s每日巡楼", STR_ARG(building->name)),
                              .role = ROLE_STEWARD,
                              .days = ROUND_EVERY_DAY,
                              .weekdays = STR(""),
                              .window_from = STR("07:00"),
                              .window_to = window_end(c)};
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

enum err demo_make_rounds(struct ctx *c)
{
    struct demo_person steward;
    struct place building;
    struct rows rows;
    TRY(demo_person_find(c, STR("steward"), &steward));
    TRY(place_get(c, steward.place_id, &building));
    TRY(place_children(c, building.parent_id, 0, 50, &rows));
    for (size_t i = 0; i < rows.count; i++)
        TRY(make_plan(c, (const struct place *)rows.at + i));
    return add_neighbours(c, building.id);
}
