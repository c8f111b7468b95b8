// SPDX-License-Identifier: MulanPSL-2.0
#include "app/house.h"

#include "app/site.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "crypto/seal.h"
#include "domain/org/org.h"
#include "flow/seal_log.h"
#include "http/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CTX_ARENA_BYTES ((size_t)256 << 20)
#define CALENDAR_MAX_BYTES (1 << 20)

void ctx_open(struct ctx *c, const struct house *house)
{
    *c = (struct ctx){.arena = arena_new(CTX_ARENA_BYTES),
                      .house = house,
                      .tenant_id = house->tenant_id,
                      .now_ms = clock_now_ms(house->clock),
                      .actor = {.kind = ACTOR_SYSTEM},
                      .lang = "zh"};
}

static enum err make_data_dir(struct ctx *c, const char *dir)
{
    if (mkdir(dir, 0700) == 0 || errno == EEXIST)
        return OK;
    return fail_with(c, ERR_INVALID, "config.no_data_dir", str_of(dir), str_of(strerror(errno)));
}

enum err house_calendar(struct ctx *c, const struct config *config, struct calendar **ret_calendar)
{
    struct str text = packed_text(c, "/data/calendar.txt");
    if (config->calendar_file && !file_read(c->arena, config->calendar_file, CALENDAR_MAX_BYTES, &text))
        return fail_with(c, ERR_INVALID, "config.no_file", str_of(config->calendar_file), str_of(""));
    if (!config->calendar_file)
        return calendar_parse(c, text, ret_calendar);
    if (calendar_parse(c, text, ret_calendar) != OK)
        return fail_with(c, ERR_INVALID, "config.bad_calendar", str_of(config->calendar_file), c->error.args[0]);
    if (!calendar_is_empty(*ret_calendar))
        return OK;
    calendar_free(*ret_calendar);
    return fail_with(c, ERR_INVALID, "config.empty_calendar", str_of(config->calendar_file), STR(""));
}

static enum err open_store(struct ctx *c, const struct config *config, bool relaxed, struct store **ret_store)
{
    const char *url = config->store_url;
    if (!url)
        url = str_z(c->arena, str_format(c->arena, "sqlite:%s/linli.db", config->data_dir));
    struct store_options options = {
        .url = url, .relaxed = relaxed, .parts = module_store_parts(c, &modules, &options.part_count)};
    return store_open(c, &options, ret_store);
}

static enum err take_node(struct ctx *c, struct house *house)
{
    int node;
    int64_t high_water_ms;
    TRY(node_lease(c, &node, &high_water_ms));
    house->ids = ids_new(node, high_water_ms);
    return OK;
}

static enum err seal_what_is_due(struct ctx *c)
{
    enum err err = seal_log_run(c);
    if (err != ERR_BUSY && err != ERR_CONFLICT)
        return err;
    ctx_clear_error(c); // another process seals it at this moment
    return OK;
}

static enum err start_modules(struct ctx *c)
{
    for (size_t i = 0; i < modules.count; i++)
        if (modules.at[i]->start)
            TRY(modules.at[i]->start(c));
    return OK;
}

static enum err open_parts(struct ctx *c, const struct config *config, enum open_mode mode, struct house *house)
{
    bool create = mode == OPEN_CREATE || mode == OPEN_RELAXED;
    struct calendar *calendar;
    TRY(house_calendar(c, config, &calendar));
    house->calendar = calendar;
    if (create)
        TRY(make_data_dir(c, config->data_dir));
    enum crypto_suite suite = strcmp(config->suite, "sm") == 0 ? SUITE_SM : SUITE_STD;
    TRY(keys_load(c, config->data_dir, create, suite, &house->keys));
    TRY(open_store(c, config, mode == OPEN_RELAXED, &house->store));
    if (mode != OPEN_READING)
        TRY(take_node(c, house));
    if (mode == OPEN_BARE)
        return OK;
    TRY(site_tenant(c, config->district, create, &house->tenant_id));
    c->tenant_id = house->tenant_id;
    if (mode == OPEN_READING)
        return OK;
    TRY(seal_what_is_due(c));
    return create ? start_modules(c) : OK;
}

enum err house_open(struct ctx *c, const struct config *config, enum open_mode mode, struct house *ret_house)
{
    *ret_house = (struct house){.clock = &clock_machine,
                                .config = config,
                                .modules = &modules,
                                .files = packed_files,
                                .file_count = packed_file_count,
                                .role_names = role_names,
                                .stream = stream_new()};
    c->house = ret_house;
    enum err err = open_parts(c, config, mode, ret_house);
    if (err != OK)
        house_close(ret_house);
    return err;
}

void house_close(struct house *house)
{
    if (house->store)
        store_close(house->store);
    if (house->ids)
        ids_free(house->ids);
    if (house->keys)
        keys_free(house->keys);
    if (house->calendar)
        calendar_free((struct calendar *)(uintptr_t)house->calendar);
    if (house->stream)
        stream_free(house->stream);
    house->store = NULL;
    house->ids = NULL;
    house->keys = NULL;
    house->calendar = NULL;
    house->stream = NULL;
}

void print_error(struct ctx *c, const char *doing)
{
    const char *key = c->error.key ? c->error.key : err_name(c->error.code);
    const struct message *message = message_find(module_messages(c, &modules), key);
    struct str text = message ? message_text(c->arena, message, c->lang, c->error.args) : str_of(key);
    fprintf(stderr, "%s: %.*s", doing, STR_ARG(text));
    if (c->error.field.n)
        fprintf(stderr, " (%.*s)", STR_ARG(c->error.field));
    fputc('\n', stderr);
}
