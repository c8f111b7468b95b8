// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/place/place_internal.h"

#include "base/config.h"
#include "base/log.h"
#include "place_sql.h"

static enum err place_topics(struct ctx *c, int64_t subject_id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    struct place_chain chain;
    TRY(place_get_chain(c, subject_id, &chain));
    *ret_count = 0;
    for (int level = 0; level < PLACE_LEVEL_COUNT && *ret_count < max; level++)
        if (chain.at[level])
            ret_topics[(*ret_count)++] = chain.at[level];
    return OK;
}

// A building's public page shows as much: whoever is signed in may.
static enum err place_may_read(struct ctx *c, int64_t subject_id)
{
    struct place place;
    TRY(place_get(c, subject_id, &place));
    return c->actor.kind == ACTOR_NOBODY ? fail(c, ERR_NOT_FOUND, "place.unknown") : OK;
}

static const struct event_subject subjects[] = {{"place", place_topics, place_may_read}, {NULL, NULL, NULL}};

struct load {
    struct str district_code;
    int64_t count;
};

static enum err load(struct ctx *c, void *arg)
{
    struct load *load = arg;
    return place_load_divisions(c, load->district_code, &load->count);
}

static enum err start(struct ctx *c)
{
    const struct config *config = c->house->config;
    if (!config || config->empty || !config->district)
        return OK;
    struct load loaded = {.district_code = str_of(config->district)};
    TRY(store_write(c, load, &loaded));
    if (loaded.count)
        log_info("loaded %lld official divisions of district %s", (long long)loaded.count, config->district);
    return OK;
}

static const struct record *const records[] = {&place_record, &place_history_record, &door_record, &place_shape_record,
                                               NULL};
static const struct route *const more_routes[] = {place_shape_routes, NULL};

const struct module place_module = {
    .name = "place",
    .store = {.module = "place", .statements = place_statements, .migrations = place_migrations, .records = records},
    .routes = place_routes,
    .more_routes = more_routes,
    .messages = place_messages,
    .subjects = subjects,
    .start = start,
};
