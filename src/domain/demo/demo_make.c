// SPDX-License-Identifier: MulanPSL-2.0
// Makes the demo's organisations, places, posts and who holds them, through the same rules as everybody.
#include "demo_sql.h"
#include "domain/demo/demo_internal.h"

#define RESIDENT_PHONES 19900000000 // 199 0000 xxxx; nobody has such a number
#define STEWARD_FIRST_PHONE 8100
// 0001 to 0099 residents; 1000 to 6999 who ask in the year, 7000 to 7999 who become stewards in it (demo_year.c); 8000
// to 8099 named stewards.

enum err demo_make_org(struct ctx *c, int64_t parent_id, enum org_level level, struct str name, int64_t place_id,
                       int64_t *ret_id)
{
    struct org org = {.parent_id = parent_id, .level = (int)level, .name = name, .place_id = place_id};
    TRY(org_create(c, &org));
    *ret_id = org.id;
    return OK;
}

enum err demo_make_post(struct ctx *c, int64_t org_id, int64_t place_id, enum role role, struct str name,
                        int64_t person_id)
{
    struct post post = {.org_id = org_id, .place_id = place_id, .role = (int)role, .name = name};
    struct term term;
    TRY(post_create(c, &post));
    return person_id ? term_begin(c, post.id, person_id, &term) : OK; // 0: vacant
}

enum err demo_make_staff(struct ctx *c, const char *kind, size_t number, int64_t *ret_person_id)
{
    struct person person;
    struct new_staff staff = {.login = str_format(c->arena, "demo.%s.%zu", kind, number),
                              .name = demo_invented_name(c, number * 3 + (size_t)kind[0]),
                              .demo = true,
                              .no_secrets = true};
    TRY(person_create_staff(c, &staff, &person, NULL));
    *ret_person_id = person.id;
    return OK;
}

struct str demo_phone(struct ctx *c, size_t number)
{
    return str_format(c->arena, "%lld", (long long)(RESIDENT_PHONES + (int64_t)number));
}

static struct str name_of(struct ctx *c, struct str place, const char *what)
{
    return str_format(c->arena, "%.*s%s", STR_ARG(place), what);
}

// --- district: its desk, the units, the administrators -------------------------------------------------------------
static enum err make_unit(struct ctx *c, const struct place *district, const char *name, const char *post,
                          const char *key)
{
    int64_t org_id, person_id;
    TRY(demo_make_org(c, 0, ORG_UNIT, str_of(name), district->id, &org_id));
    TRY(demo_person_make(c, key, district->id, &person_id));
    return demo_make_post(c, org_id, district->id, ROLE_UNIT, str_of(post), person_id);
}

enum err demo_make_district(struct ctx *c, const struct demo_plan *plan)
{
    (void)plan;
    struct place district;
    int64_t org_id, person_id;
    TRY(place_root(c, &district));
    TRY(demo_make_org(c, 0, ORG_WORK_COMMITTEE, name_of(c, district.name, "社区治理中心"), district.id, &org_id));
    TRY(demo_person_make(c, "district_leader", district.id, &person_id));
    TRY(demo_make_post(c, org_id, district.id, ROLE_DISTRICT, STR("区治理中心负责人"), person_id));
    TRY(make_unit(c, &district, "供水公司（演示）", "供水抢修班", "unit_water"));
    TRY(make_unit(c, &district, "供电公司（演示）", "供电抢修班", "unit_power"));
    TRY(make_unit(c, &district, "环卫公司（演示）", "环卫调度", "unit_sanitation"));
    static const char *const admins[] = {"system_admin", "security_admin", "auditor"};
    for (int i = 0; i < 3; i++) {
        TRY(demo_person_make(c, admins[i], district.id, &person_id));
        TRY(account_grant(c, person_id, (enum role)(ROLE_SYSTEM_ADMIN + i), 0));
    }
    return OK;
}

// --- streets and the communities on them ---------------------------------------------------------------------------
static bool holds_tour(const struct demo_plan *plan, const struct place *street)
{
    for (size_t i = 0; i < plan->community_count; i++)
        if (plan->communities[i].is_tour)
            return plan->communities[i].place.parent_id == street->id;
    return false;
}

enum err demo_make_street(struct ctx *c, const struct demo_plan *plan, const struct place *street)
{
    int64_t committee_id, org_id, person_id;
    struct rows rows;
    struct str number = {street->code.p + (street->code.n > 3 ? street->code.n - 3 : 0), 3};
    int64_t code = 0;
    str_to_int64(number, &code);
    TRY(demo_make_org(c, 0, ORG_WORK_COMMITTEE, name_of(c, street->name, "党工委"), street->id, &committee_id));
    if (holds_tour(plan, street))
        TRY(demo_person_make(c, "subdistrict_staff", street->id, &person_id));
    else
        TRY(demo_make_staff(c, "street", (size_t)code, &person_id));
    TRY(demo_make_post(c, committee_id, street->id, ROLE_SUBDISTRICT, name_of(c, street->name, "治理办"), person_id));
    TRY(place_children(c, street->id, 0, 200, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct place *community = (const struct place *)rows.at + i;
        TRY(demo_make_org(c, committee_id, ORG_COMMUNITY, name_of(c, community->name, "党组织"), community->id,
                          &org_id));
        bool tour = false;
        for (size_t k = 0; k < plan->community_count; k++)
            tour = tour || (plan->communities[k].is_tour && plan->communities[k].place.id == community->id);
        if (tour)
            TRY(demo_person_make(c, "community_worker", community->id, &person_id));
        else
            TRY(demo_make_staff(c, "community", (size_t)code * 1000 + i, &person_id));
        TRY(demo_make_post(c, org_id, community->id, ROLE_COMMUNITY, name_of(c, community->name, "值班干部"),
                           person_id));
    }
    return OK;
}

// --- grids, estates, buildings -------------------------------------------------------------------------------------
struct spot {
    const struct demo_plan *plan;
    const struct demo_community *community;
    const struct demo_grid *grid;
    size_t grid_index;
    struct place place; // of the grid
    int64_t branch_id;  // its organisation
};

static enum err make_steward(struct ctx *c, const struct spot *spot, size_t index, size_t number,
                             const struct place *building, int64_t org_id)
{
    bool tour = spot->community->is_tour && spot->grid_index == 0;
    struct person person;
    int64_t person_id = 0;
    if (tour && (index == 2 || index == 4))
        TRY(demo_person_make(c, index == 2 ? "steward" : "steward_other", building->id, &person_id));
    else if (tour || number % 137 != 7) { // a handful of posts is vacant
        TRY(person_create_resident(c, demo_phone(c, STEWARD_FIRST_PHONE + number), demo_invented_name(c, number),
                                   building->id, true, &person));
        person_id = person.id;
    }
    return demo_make_post(c, org_id, building->id, ROLE_STEWARD,
                          str_format(c->arena, "%s%.*s楼栋长", spot->grid->estate->name, STR_ARG(building->name)),
                          person_id);
}

static enum err make_building(struct ctx *c, const struct spot *spot, size_t index, const struct place *estate)
{
    size_t number = spot->grid->estate->first_building + index;
    struct place building = {.parent_id = estate->id,
                             .level = PLACE_BUILDING,
                             .name = str_format(c->arena, "%zu栋", index + 1),
                             .invented = true};
    struct door door;
    int64_t org_id;
    TRY(place_create(c, &building));
    if (spot->community->is_tour && spot->grid_index == 0 && index == 2)
        TRY(door_put(c, building.id, STR(DEMO_DOOR_CODE), &door));
    else
        TRY(door_renew(c, building.id, &door));
    struct str name = str_format(c->arena, "%s%.*s党小组", spot->grid->estate->name, STR_ARG(building.name));
    TRY(demo_make_org(c, spot->branch_id, ORG_BUILDING_GROUP, name, building.id, &org_id));
    return make_steward(c, spot, index, number, &building, org_id);
}

// The tour's estate has a property company of its own.
static enum err make_property(struct ctx *c, const struct place *estate)
{
    int64_t org_id, person_id;
    TRY(demo_make_org(c, 0, ORG_UNIT, STR("安居物业（演示）"), estate->id, &org_id));
    TRY(demo_person_make(c, "unit_property", estate->id, &person_id));
    return demo_make_post(c, org_id, estate->id, ROLE_UNIT, STR("物业客服"), person_id);
}

static enum err make_estate(struct ctx *c, const struct spot *spot)
{
    const struct demo_estate *planned = spot->grid->estate;
    struct place estate = {.parent_id = spot->place.id,
                           .level = PLACE_ESTATE,
                           .name = str_of(planned->name),
                           .invented = !planned->of_source};
    TRY(place_create(c, &estate));
    if (spot->community->is_tour && spot->grid_index == 0)
        TRY(make_property(c, &estate));
    for (size_t i = 0; i < planned->building_count; i++)
        TRY(make_building(c, spot, i, &estate));
    return OK;
}

static enum err make_grid(struct ctx *c, struct spot *spot, int64_t community_org_id)
{
    const char *key = NULL;
    int64_t person_id = 0;
    spot->place = (struct place){.parent_id = spot->community->place.id,
                                 .level = PLACE_GRID,
                                 .name = str_format(c->arena, "第%zu网格", spot->grid_index + 1),
                                 .invented = true};
    TRY(place_create(c, &spot->place));
    struct str name =
        str_format(c->arena, "%.*s第%zu网格党支部", STR_ARG(spot->community->place.name), spot->grid_index + 1);
    TRY(demo_make_org(c, community_org_id, ORG_GRID_BRANCH, name, spot->place.id, &spot->branch_id));
    if (spot->community->is_tour && spot->grid_index < 2)
        key = spot->grid_index == 0 ? "grid_worker" : "grid_worker_other";
    if (key)
        TRY(demo_person_make(c, key, spot->place.id, &person_id));
    else if (spot->grid->number % 120 != 77)
        TRY(demo_make_staff(c, "grid", spot->grid->number, &person_id));
    name = str_format(c->arena, "%.*s第%zu网格员", STR_ARG(spot->community->place.name), spot->grid_index + 1);
    TRY(demo_make_post(c, spot->branch_id, spot->place.id, ROLE_GRID_WORKER, name, person_id));
    return spot->grid->estate ? make_estate(c, spot) : OK;
}

// The community's organisation was made with its street: it is the one its post belongs to.
static enum err community_org(struct ctx *c, int64_t community_id, int64_t *ret_org_id)
{
    struct rows rows;
    TRY(post_list_of_place(c, community_id, &rows));
    *ret_org_id = rows.count ? ((const struct post *)rows.at)->org_id : 0;
    return OK;
}

enum err demo_make_community(struct ctx *c, const struct demo_plan *plan, const struct demo_community *community)
{
    struct spot spot = {.plan = plan, .community = community};
    int64_t org_id;
    TRY(community_org(c, community->place.id, &org_id));
    for (spot.grid_index = 0; spot.grid_index < community->grid_count; spot.grid_index++) {
        spot.grid = &community->grids[spot.grid_index];
        TRY(make_grid(c, &spot, org_id));
    }
    TRY(demo_make_teams(c, plan, community));
    return demo_make_stations(c, community);
}

// --- residents who ask ---------------------------------------------------------------------------------------------
// A building of the community's first estate; 0 when it has none.
static enum err building_in(struct ctx *c, const struct demo_community *community, size_t which,
                            int64_t *ret_building_id)
{
    struct rows grids, estates, buildings;
    *ret_building_id = 0;
    TRY(place_children(c, community->place.id, 0, 50, &grids));
    for (size_t i = 0; i < grids.count && *ret_building_id == 0; i++) {
        TRY(place_children(c, ((const struct place *)grids.at)[i].id, 0, 50, &estates));
        if (estates.count == 0)
            continue;
        TRY(place_children(c, ((const struct place *)estates.at)->id, 0, 50, &buildings));
        if (buildings.count)
            *ret_building_id = ((const struct place *)buildings.at)[which % buildings.count].id;
    }
    return OK;
}

// Half of them live on the tour's estate, the named two in its building 3; the others where estates are.
static enum err building_for(struct ctx *c, const struct demo_plan *plan, size_t index, int64_t *ret_building_id)
{
    const struct demo_community *tour = plan->communities;
    *ret_building_id = 0;
    if (plan->community_count == 0)
        return OK;
    for (size_t i = 0; i < plan->community_count; i++)
        if (plan->communities[i].is_tour)
            tour = &plan->communities[i];
    if (index >= DEMO_RESIDENTS / 2)
        TRY(building_in(c, &plan->communities[index * 7 % plan->community_count], index, ret_building_id));
    return *ret_building_id ? OK : building_in(c, tour, index < 2 ? 2 : index, ret_building_id);
}

enum err demo_make_residents(struct ctx *c, const struct demo_plan *plan)
{
    for (size_t i = 0; i < DEMO_RESIDENTS; i++) {
        int64_t building_id, person_id;
        struct person person;
        TRY(building_for(c, plan, i, &building_id));
        if (i < 2) {
            TRY(demo_person_make(c, i == 0 ? "resident_wang" : "resident_li", building_id, &person_id));
            continue;
        }
        TRY(person_create_resident(c, demo_phone(c, 1 + i), demo_invented_name(c, 2000 + i * 5), building_id, true,
                                   &person));
        struct str key = str_format(c->arena, "asker_%zu", i);
        struct demo_person row = {.name = key, .person_id = person.id, .place_id = building_id};
        TRY(db_exec(c, &sql_demo_person_insert, ARGS(ARG_ROW(&demo_person_record, &row)), NULL));
    }
    return OK;
}
