// SPDX-License-Identifier: MulanPSL-2.0
// Proxy-service teams (代办队) and service stations (党群服务站) of the urban communities. Names are invented.
#include "base/id.h"
#include "domain/demo/demo_internal.h"

// --- teams -----------------------------------------------------------------------------------------------------------
// What a team can do and when somebody is there. Every team helps in one way at least.
static const struct {
    const char *name, *hours;
    bool helps, books, runs;
} team_kinds[] = {
    {"红色代办队", "每天 8:30–18:00", true, true, true},
    {"暖心帮办队", "周一至周六 9:00–17:30", true, true, false},
    {"跑腿代办队", "周一至周五 8:30–17:30", false, false, true},
    {"银龄互助队", "每天 9:00–11:30、14:30–17:00", true, false, true},
    {"青年代办队", "周一至周五 18:00–20:30，周末 9:00–18:00", false, true, true},
};
#define TEAM_KINDS (sizeof team_kinds / sizeof *team_kinds)

static enum err make_tour_team(struct ctx *c, const struct place *community)
{
    struct org team = {.level = ORG_TEAM,
                       .name = STR("邻里代办队（演示）"),
                       .place_id = community->id,
                       .helps = true,
                       .books = true,
                       .runs = true,
                       .duty_hours = STR("每天 8:30–18:00")};
    int64_t person_id;
    TRY(org_create(c, &team));
    TRY(demo_person_make(c, "team_runner", community->id, &person_id));
    return demo_make_post(c, team.id, community->id, ROLE_UNIT, STR("代办员"), person_id);
}

// Of a leader and one or two more.
static enum err make_team(struct ctx *c, const struct place *community, size_t number)
{
    size_t kind = number % TEAM_KINDS;
    struct org team = {.level = ORG_TEAM,
                       .name = str_format(c->arena, "%.*s%s", STR_ARG(community->name), team_kinds[kind].name),
                       .place_id = community->id,
                       .helps = team_kinds[kind].helps,
                       .books = team_kinds[kind].books,
                       .runs = team_kinds[kind].runs,
                       .duty_hours = str_of(team_kinds[kind].hours)};
    TRY(org_create(c, &team));
    for (size_t i = 0; i < 2 + number % 2; i++) {
        int64_t person_id;
        TRY(demo_make_staff(c, "team", number * 4 + i, &person_id));
        struct str name = i == 0 ? str_format(c->arena, "%.*s队长", STR_ARG(team.name))
                                 : str_format(c->arena, "%.*s代办员%zu", STR_ARG(team.name), i);
        TRY(demo_make_post(c, team.id, community->id, ROLE_UNIT, name, person_id));
    }
    return OK;
}

// The tour's community has the named one; the others share the rest evenly.
enum err demo_make_teams(struct ctx *c, const struct demo_plan *plan, const struct demo_community *community)
{
    size_t others = plan->community_count - 1, index = 0;
    if (community->is_tour)
        return make_tour_team(c, &community->place);
    for (const struct demo_community *at = plan->communities; at != community; at++)
        index += !at->is_tour;
    for (size_t i = index * (DEMO_TEAMS - 1) / others; i < (index + 1) * (DEMO_TEAMS - 1) / others; i++)
        TRY(make_team(c, &community->place, i));
    return OK;
}

// --- stations --------------------------------------------------------------------------------------------------------
#define OFFICE_HOURS "09:00-12:00 13:30-17:00"

// What is dealt with near the home: the topics elder and errand, and the small things.
static enum err near_items(struct ctx *c, struct str *ret_ids)
{
    static const char *const codes[] = {"elder.card",       "elder.meal",     "elder.medicine",
                                        "errand.card",      "errand.pension", "errand.seal",
                                        "medical.register", "help.poor",      "volunteer.join"};
    struct str ids = STR("");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct service_item item;
        enum err err = service_item_by_code(c, str_of(codes[i]), &item);
        if (err != OK && err != ERR_NOT_FOUND)
            return err;
        ctx_clear_error(c); // a catalogue of somebody's own
        if (err == OK)
            ids =
                str_format(c->arena, "%.*s%s%.*s", STR_ARG(ids), ids.n ? "," : "", STR_ARG(id_text(c->arena, item.id)));
    }
    *ret_ids = ids;
    return OK;
}

static struct str station_phone(struct ctx *c, size_t number)
{
    return str_format(c->arena, "199%08zu", 9000 + number); // of the demo's kind: nobody has it
}

// The first estate of the community; id 0: it has none.
static enum err first_estate(struct ctx *c, int64_t community_id, struct place *ret_estate)
{
    struct rows grids, estates;
    *ret_estate = (struct place){0};
    TRY(place_children(c, community_id, 0, 50, &grids));
    for (size_t i = 0; i < grids.count && !ret_estate->id; i++) {
        TRY(place_children(c, ((const struct place *)grids.at)[i].id, 0, 1, &estates));
        if (estates.count)
            *ret_estate = *(const struct place *)estates.at;
    }
    return OK;
}

#define AFTERNOON "14:00-20:00"

// One at the community's office for everything, in office hours; one on its first estate for what is asked most near
// the home, also in the evening and on Saturdays.
enum err demo_make_stations(struct ctx *c, const struct demo_community *community)
{
    const struct place *place = &community->place;
    size_t number = community->grid_count ? community->grids[0].number : 0;
    struct place estate;
    const struct new_station centre = {.place_id = place->id,
                                       .name_zh = str_format(c->arena, "%.*s党群服务站", STR_ARG(place->name)),
                                       .name_en = STR("Service station of the community"),
                                       .address = str_format(c->arena, "%.*s办公楼一层（演示）", STR_ARG(place->name)),
                                       .phone = station_phone(c, number * 2),
                                       .items = STR(""),
                                       .hours = {OFFICE_HOURS, OFFICE_HOURS, OFFICE_HOURS, OFFICE_HOURS, OFFICE_HOURS}};
    TRY(catalog_make_station(c, &centre));
    TRY(first_estate(c, place->id, &estate));
    if (!estate.id)
        return OK;
    struct new_station near = {.place_id = estate.id,
                               .name_zh = str_format(c->arena, "%.*s邻里驿站", STR_ARG(estate.name)),
                               .name_en = STR("Neighbours' station of the estate"),
                               .address = str_format(c->arena, "%.*s入口旁（演示）", STR_ARG(estate.name)),
                               .phone = station_phone(c, number * 2 + 1),
                               .hours = {AFTERNOON, NULL, AFTERNOON, NULL, AFTERNOON, "09:00-12:00", NULL}};
    TRY(near_items(c, &near.items));
    return catalog_make_station(c, &near);
}
