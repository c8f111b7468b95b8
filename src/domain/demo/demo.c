// SPDX-License-Identifier: MulanPSL-2.0
// The seed: steps in order, each in a write of its own that also marks it done.
#include "domain/demo/demo_shapes.h"
#include "domain/demo/demo_stories.h"

#include "base/config.h"
#include "base/log.h"
#include "demo_sql.h"
#include "domain/ledger/ledger.h"

#define STEP_ARENA_BYTES ((size_t)64 << 20)

static const struct field step_fields[] = {DEMO_STEP_FIELDS(FIELD_ROW, demo_step)};
const struct record demo_step_record = {
    .name = "demo_step", .table = "demo_step", .size_bytes = sizeof(struct demo_step), FIELDS(step_fields)};

struct seed {
    struct demo_plan plan;
    bool quiet; // no request is told of
    struct place *streets;
    size_t street_count;
    void (*progress)(const char *what, int64_t done, int64_t total, void *arg);
    void *arg;
    int64_t done, total;
};
struct step {
    const struct seed *seed;
    struct str name;
    int64_t at_ms; // what the clock says for the writer
    enum err (*make)(struct ctx *c, const struct seed *seed, size_t index);
    size_t index;
    bool done_before;
};

static enum err find_step(struct ctx *c, struct str name, struct demo_step *ret_step)
{
    enum err err = db_one(c, &sql_demo_step_get, ARGS(ARG_TEXT("name", name)), &demo_step_record, ret_step);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    *ret_step = (struct demo_step){0};
    return OK;
}

enum err demo_step_value(struct ctx *c, const char *name, int64_t *ret_value)
{
    struct demo_step row;
    TRY(find_step(c, str_of(name), &row));
    *ret_value = row.done_at_ms;
    return OK;
}

bool demo_lives(const struct ctx *c)
{
    const struct config *config = c->house->config;
    return config->demo && !config->empty && !config->demo_still;
}

static enum err mark_step(struct ctx *c, struct str name, int64_t at_ms)
{
    struct demo_step row = {.name = name, .done_at_ms = at_ms};
    return db_exec(c, &sql_demo_step_insert, ARGS(ARG_ROW(&demo_step_record, &row)), NULL);
}

static enum err write_step(struct ctx *c, void *arg)
{
    struct step *step = arg;
    struct demo_step row;
    TRY(find_step(c, step->name, &row));
    step->done_before = row.done_at_ms != 0;
    if (step->done_before)
        return OK;
    int64_t now_ms = c->now_ms;
    c->now_ms = step->at_ms;
    enum err err = step->make(c, step->seed, step->index);
    c->now_ms = now_ms;
    TRY(err);
    return mark_step(c, step->name, c->now_ms);
}

// On an arena of its own, so that the whole seed needs no more memory than its largest step.
static enum err run_step(struct ctx *c, struct seed *seed, struct step *step)
{
    struct ctx own = *c;
    own.arena = arena_new(STEP_ARENA_BYTES);
    step->seed = seed;
    enum err err = store_write(&own, write_step, step);
    if (err != OK) {
        c->error = own.error;
        c->error.field = str_copy(c->arena, own.error.field);
        for (size_t i = 0; i < 2; i++)
            c->error.args[i] = str_copy(c->arena, own.error.args[i]);
    }
    arena_free(own.arena);
    seed->done++;
    if (err == OK && !step->done_before && seed->progress)
        seed->progress("demo", seed->done, seed->total, seed->arg);
    return err;
}

static enum err make_district(struct ctx *c, const struct seed *seed, size_t index)
{
    (void)index;
    return demo_make_district(c, &seed->plan);
}

static enum err make_street(struct ctx *c, const struct seed *seed, size_t index)
{
    return demo_make_street(c, &seed->plan, &seed->streets[index]);
}

static enum err make_community(struct ctx *c, const struct seed *seed, size_t index)
{
    return demo_make_community(c, &seed->plan, &seed->plan.communities[index]);
}

static enum err make_residents(struct ctx *c, const struct seed *seed, size_t index)
{
    (void)index;
    return demo_make_residents(c, &seed->plan);
}

static enum err make_open311(struct ctx *c, const struct seed *seed, size_t index)
{
    (void)seed;
    (void)index;
    return demo_make_open311(c);
}

// Of no use to a year that nobody looks at.
static enum err make_shapes(struct ctx *c, const struct seed *seed, size_t index)
{
    (void)index;
    return seed->quiet ? OK : demo_make_shapes(c);
}

// Three weeks ago, unless it is a district whose time only begins.
static enum err make_rounds(struct ctx *c, const struct seed *seed, size_t index)
{
    (void)index;
    c->now_ms = seed->quiet ? seed->plan.base_ms : demo_rounds_begin(c, seed->plan.base_ms);
    return demo_make_rounds(c, seed->plan.base_ms);
}

static enum err make_past_rounds(struct ctx *c, const struct seed *seed, size_t index)
{
    const struct demo_past_day day = {seed->plan.base_ms, DEMO_ROUND_DAYS - index};
    struct actor actor = c->actor;
    enum err err = seed->quiet ? OK : demo_make_past_rounds(c, &day);
    c->actor = actor;
    return err;
}

static enum err make_requests(struct ctx *c, const struct seed *seed, size_t index)
{
    return seed->quiet ? OK : demo_make_requests(c, &seed->plan, index * DEMO_REQUESTS_A_STEP);
}

static enum err run_many(struct ctx *c, struct seed *seed, const char *what, size_t count,
                         enum err (*make)(struct ctx *c, const struct seed *seed, size_t index))
{
    for (size_t i = 0; i < count; i++) {
        struct step step = {.name = str_format(c->arena, "%s.%zu", what, i),
                            .at_ms = seed->plan.base_ms - DEMO_AGE_MS,
                            .make = make,
                            .index = i};
        TRY(run_step(c, seed, &step));
    }
    return OK;
}

static enum err run_all(struct ctx *c, struct seed *seed)
{
    size_t request_steps = DEMO_REQUESTS / DEMO_REQUESTS_A_STEP;
    seed->total = (int64_t)(5 + DEMO_ROUND_DAYS + seed->street_count + seed->plan.community_count + request_steps);
    TRY(run_many(c, seed, "district", 1, make_district));
    TRY(run_many(c, seed, "street", seed->street_count, make_street));
    TRY(run_many(c, seed, "community", seed->plan.community_count, make_community));
    TRY(run_many(c, seed, "residents", 1, make_residents));
    TRY(run_many(c, seed, "requests", request_steps, make_requests));
    TRY(run_many(c, seed, "open311", 1, make_open311));
    TRY(run_many(c, seed, "shapes", 1, make_shapes));
    TRY(run_many(c, seed, "rounds", 1, make_rounds));
    return run_many(c, seed, "walked", DEMO_ROUND_DAYS, make_past_rounds);
}

// --- whether, and since when ---------------------------------------------------------------------------------------
// A store somebody already works in is left alone: grids are the first thing a real installation makes.
static enum err begin(struct ctx *c, void *arg)
{
    int64_t *ret_base_ms = arg;
    struct demo_step row;
    struct rows grids, communities;
    TRY(find_step(c, STR("begin"), &row));
    *ret_base_ms = row.done_at_ms;
    if (row.done_at_ms)
        return OK;
    TRY(place_of_level(c, PLACE_GRID, 0, 1, &grids));
    TRY(place_of_level(c, PLACE_COMMUNITY, 0, 1, &communities));
    if (grids.count || communities.count == 0)
        return OK;
    *ret_base_ms = c->now_ms;
    return mark_step(c, STR("begin"), c->now_ms);
}

static enum err plan(struct ctx *c, void *arg)
{
    struct seed *seed = arg;
    struct rows streets;
    TRY(demo_plan_make(c, seed->plan.base_ms, &seed->plan));
    TRY(place_of_level(c, PLACE_SUBDISTRICT, 0, 500, &streets));
    seed->streets = streets.at;
    seed->street_count = streets.count;
    return OK;
}

static enum err seed_from(struct ctx *c, struct seed *seed)
{
    TRY(store_write(c, begin, &seed->plan.base_ms));
    if (seed->plan.base_ms == 0)
        return OK;
    TRY(store_read(c, plan, seed));
    if (seed->plan.community_count == 0)
        return OK;
    return run_all(c, seed);
}

enum err demo_seed(struct ctx *c, void (*progress)(const char *what, int64_t done, int64_t total, void *arg), void *arg)
{
    const struct config *config = c->house->config;
    struct seed seed = {.progress = progress, .arg = arg};
    return config->demo && !config->empty ? seed_from(c, &seed) : OK;
}

enum err demo_seed_district(struct ctx *c, struct demo_plan *ret_plan)
{
    struct seed seed = {.quiet = true};
    TRY(seed_from(c, &seed));
    *ret_plan = seed.plan;
    return OK;
}

static enum err refuse_read(struct ctx *c, void *arg)
{
    struct demo_step row;
    (void)arg;
    TRY(find_step(c, STR("begin"), &row));
    return row.done_at_ms ? fail(c, ERR_CONFLICT, "demo.there") : OK;
}

enum err demo_refuse(struct ctx *c)
{
    return store_read(c, refuse_read, NULL);
}

static const struct record *const records[] = {&demo_step_record, &demo_person_record, &demo_case_record, NULL};
static const struct message messages[] = {
    {"demo.no_such_person", "演示中没有这个人", "The demo has no such person"},
    {"demo.there", "这里存的是演示区，不能作为正式系统运行（--no-demo）：请换一个 --data（或 --store）。",
     "this folder holds the demo, which --no-demo must not serve: choose another --data (or --store)"},
    {"demo.lived_in", "这里已经有演示区（或不是空的）：模拟需要一个空的 --data（或 --store）。",
     "there is a demo already, or something else: to simulate takes an empty --data (or --store)"},
    {"demo.no_worker", "第二个进程没有来，或中途停了。", "the second process did not come, or ended on the way"},
    {NULL, NULL, NULL},
};

// While the past is being told its figures are counted every minute, so that the page fills while one looks.
#define FRESH_MS (15 * MINUTE_MS)

static enum err read_begin(struct ctx *c, void *arg)
{
    return demo_step_value(c, "begin", arg);
}

static enum err figures_wanted(struct ctx *c, bool *ret_wanted)
{
    int64_t begin_ms = 0;
    if (demo_lives(c))
        TRY(store_read(c, read_begin, &begin_ms));
    *ret_wanted = begin_ms && c->now_ms < begin_ms + FRESH_MS;
    return OK;
}

static const struct job jobs[] = {
    {"demo_figures", MINUTE_MS, ledger_count_standing, figures_wanted},
    {"demo_history", 2 * SECOND_MS, demo_history_tell, demo_history_wanted},
    {"demo_stream", 20 * SECOND_MS, demo_stream_step, demo_stream_wanted},
    {NULL, 0, NULL, NULL},
};

const struct module demo_module = {
    .name = "demo",
    .store = {.module = "demo", .statements = demo_statements, .migrations = demo_migrations, .records = records},
    .routes = demo_routes,
    .jobs = jobs,
    .messages = messages,
};
