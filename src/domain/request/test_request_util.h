// SPDX-License-Identifier: MulanPSL-2.0
// A small district for the tests of this module: two grids, two estates, their people.
#pragma once
#include "domain/request/request_internal.h"
#include "store/test_store_util.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// after the four
#include <cmocka.h>
#include <pthread.h>
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

struct town {
    struct calendar *calendar;
    char *data_dir;
    struct ctx *c; // as nobody in particular: become() first
    int64_t district, subdistrict, community, grid_a, grid_b, estate, building, other_building;
    int64_t steward_post, grid_post, grid_b_post, community_post, subdistrict_post, unit_post, unit_org;
    int64_t steward_term;
    int64_t steward, grid_worker, grid_b_worker, community_worker, subdistrict_worker, unit_worker, residents[6];
    int64_t wish, errand;         // items: steward, no check; both
    int64_t team_org, team[2];    // a proxy-service team of the community: town_add_team
    int64_t lamp, water, dispute; // items: steward, no check; grid worker, checked; community, private
    struct str door;
};
extern const struct module_list town_modules;
extern const struct request_input town_done; // what a finish takes
const struct store_part *town_parts(size_t *ret_count);

// On the engine; ends the test when it cannot.
void town_build(struct town *town, const char *engine);
// The same with one module more, of a layer above.
void town_build_with(struct town *town, const char *engine, const struct module *more);
void town_end(struct town *town);
// The actor of c becomes the person, with the grants it has now; 0: the system.
void town_become(struct ctx *c, int64_t person_id);
void town_clock(struct town *town, int64_t at_ms);

// Each in a write of its own.
enum err town_file(struct ctx *c, int64_t item_id, int64_t place_id, const char *words, struct request *ret_request);
enum err town_act(struct ctx *c, int64_t id, const char *action, const struct request_input *input,
                  struct request *ret_request);
enum err town_get(struct ctx *c, int64_t id, struct request *ret_request);
// The types of the request's events, joined by blanks, without "request.".
// The jobs of this module, once each, as the system.
void town_run_jobs(struct ctx *c);
void town_expect_story(struct ctx *c, int64_t id, const char *wanted);
struct str town_story(struct ctx *c, int64_t id);
enum err town_end_term(struct town *town, int64_t term_id);
// Another person of the unit, with a post of its own there.
int64_t town_add_unit_worker(struct town *town, int number);
void town_add_team(struct town *town);
int64_t town_begin_term(struct town *town, int64_t post_id, int64_t person_id);

// Two at the same instant, each on a connection of its own: whatever the order.
struct town_side {
    struct ctx *c;
    enum err (*run)(struct town_side *side);
    int64_t who; // 0: the system
    int64_t id;
    const char *action;
    const struct request_input *input;
    enum err result;
    pthread_barrier_t *start;
    pthread_t thread;
};
// Starts both together and waits for both.
void town_race(struct town *town, struct town_side *left, struct town_side *right);

// Runs the block on each engine, in a town of its own.
#define EACH_ENGINE(name_) EACH_ENGINE_WITH(name_, NULL)
#define EACH_ENGINE_WITH(name_, more_)                                                                                 \
    (void)state;                                                                                                       \
    struct town name_;                                                                                                 \
    for (const char *const *engine = test_engines(); *engine && (town_build_with(&(name_), *engine, more_), true);     \
         town_end(&(name_)), engine++)
