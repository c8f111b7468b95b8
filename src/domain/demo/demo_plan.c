// SPDX-License-Identifier: MulanPSL-2.0
// How many grids, estates and buildings lie where. Reckoned from the order of the official communities, so that a seed
// that goes on after a kill goes on with the same plan.
#include "domain/demo/demo_internal.h"

// Statistical codes: the last three digits of a community's are below 200 where people's committees are urban.
static bool is_urban(const struct place *place)
{
    struct str code = place->code;
    return code.n == 12 && code.p[9] < '2';
}

// Estates that the source page names, in which community, with how many (invented) buildings.
static const struct {
    const char *community_code, *name;
    size_t buildings;
} source_estates[] = {{"520302009002", "太阳园小区", 6}, {"520302003004", "金码头小区", 4}};
#define SOURCE_ESTATES (sizeof source_estates / sizeof *source_estates)

static const char *estate_name(struct ctx *c, size_t number)
{
    static const char *const first[] = {"翠竹", "锦绣", "丰华", "新苑", "长乐", "桂花", "金桥", "康乐", "祥和", "民安",
                                        "春晖", "滨河", "东升", "福兴", "兰馨", "梧桐", "青松", "银杏", "玉屏", "云山"};
    static const char *const last[] = {"苑", "小区", "花园", "家园", "新村", "雅居", "里", "名都", "佳苑", "公寓"};
    size_t firsts = sizeof first / sizeof *first, lasts = sizeof last / sizeof *last;
    return str_z(c->arena,
                 str_format(c->arena, "%s%s", first[number % firsts], last[(number / firsts + number) % lasts]));
}

static enum err all_communities(struct ctx *c, struct place **ret_places, size_t *ret_count)
{
    struct place *all = arena_array(c->arena, 2000, sizeof *all);
    size_t n = 0;
    int64_t after_id = 0;
    struct rows rows;
    do {
        TRY(place_of_level(c, PLACE_COMMUNITY, after_id, 500, &rows));
        for (size_t i = 0; i < rows.count && n < 2000; i++)
            all[n++] = ((const struct place *)rows.at)[i];
        if (rows.count)
            after_id = all[n - 1].id;
    } while (rows.count == 500);
    *ret_places = all;
    *ret_count = n;
    return OK;
}

struct estates {
    size_t invented, invented_total; // made so far, to be made
    size_t buildings;                // numbered so far
    size_t fixed_buildings;
};

// Three grids of five have an estate.
static bool has_estate(size_t grid_number)
{
    return grid_number * 3 % 5 < 3;
}

static const struct demo_estate *plan_estate(struct ctx *c, struct estates *e, const char *source_name,
                                             size_t fixed_buildings)
{
    struct demo_estate *estate = arena_alloc(c->arena, sizeof *estate);
    size_t share = DEMO_BUILDINGS - e->fixed_buildings, i = e->invented;
    estate->of_source = source_name != NULL;
    estate->name = source_name ? source_name : estate_name(c, fixed_buildings ? 0 : i);
    estate->building_count =
        fixed_buildings ? fixed_buildings : (i + 1) * share / e->invented_total - i * share / e->invented_total;
    estate->first_building = e->buildings;
    e->buildings += estate->building_count;
    e->invented += !fixed_buildings;
    return estate;
}

// What stands in the community's first grid, whatever the shares say. Also the tour in a district that the source does
// not name needs its six buildings: there the name is invented like the others.
static size_t fixed_estate(const struct demo_community *community, const char **ret_name)
{
    *ret_name = NULL;
    for (size_t i = 0; i < SOURCE_ESTATES; i++)
        if (str_equal_z(community->place.code, source_estates[i].community_code)) {
            *ret_name = source_estates[i].name;
            return source_estates[i].buildings;
        }
    return community->is_tour ? source_estates[0].buildings : 0;
}

static void count_estates(const struct demo_plan *plan, struct estates *e)
{
    size_t number = 0;
    *e = (struct estates){0};
    for (size_t i = 0; i < plan->community_count; i++) {
        const char *name;
        size_t fixed = fixed_estate(&plan->communities[i], &name);
        for (size_t g = 0; g < plan->communities[i].grid_count; g++, number++) {
            if (g == 0 && fixed)
                e->fixed_buildings += fixed;
            else
                e->invented_total += has_estate(number);
        }
    }
}

static void plan_grids(struct ctx *c, struct demo_plan *plan)
{
    struct estates e;
    size_t number = 0;
    count_estates(plan, &e);
    for (size_t i = 0; i < plan->community_count; i++) {
        struct demo_community *community = &plan->communities[i];
        struct demo_grid *grids = arena_array(c->arena, community->grid_count, sizeof *grids);
        const char *name;
        size_t fixed = fixed_estate(community, &name);
        for (size_t g = 0; g < community->grid_count; g++, number++) {
            grids[g].number = number;
            if (g == 0 && fixed)
                grids[g].estate = plan_estate(c, &e, name, fixed);
            else if (has_estate(number))
                grids[g].estate = plan_estate(c, &e, NULL, 0);
        }
        community->grids = grids;
    }
}

enum err demo_plan_make(struct ctx *c, int64_t base_ms, struct demo_plan *ret_plan)
{
    struct place *all;
    size_t count;
    TRY(all_communities(c, &all, &count));
    struct demo_plan plan = {.base_ms = base_ms,
                             .communities = arena_array(c->arena, count + 1, sizeof *plan.communities),
                             .villages = arena_array(c->arena, count + 1, sizeof *plan.villages)};
    for (size_t i = 0; i < count; i++)
        if (is_urban(&all[i]))
            plan.communities[plan.community_count++].place = all[i];
        else
            plan.villages[plan.village_count++] = all[i];
    size_t tour = 0;
    for (size_t i = 0; i < plan.community_count; i++) {
        struct demo_community *community = &plan.communities[i];
        community->grid_count = DEMO_GRIDS / plan.community_count + (i < DEMO_GRIDS % plan.community_count);
        if (str_equal_z(community->place.code, source_estates[0].community_code))
            tour = i;
    }
    if (plan.community_count)
        plan.communities[tour].is_tour = true;
    plan_grids(c, &plan);
    *ret_plan = plan;
    return OK;
}
