// SPDX-License-Identifier: MulanPSL-2.0
// linli ledger --csv: every figure of the ledger by walking the event log and nothing else, from the store or from an
// export of the log. What the API answers from its pre-reckoned days has to be the same.
#include "app/house.h"
#include "base/calendar.h"
#include "base/id.h"
#include "domain/ledger/ledger.h"
#include "flow/log_reader.h"

#include <stdio.h>

#define WALK_ARENA_BYTES ((size_t)4 << 30)
#define CSV_MAX_BYTES ((size_t)1 << 30)

static int usage(void)
{
    fputs("usage: linli ledger --csv [--from DATE] [--to DATE] [--by item|unit|grid|community|subdistrict|district]\n"
          "                    [--per day|week|month] [--place ID] [--export FILE] [--data DIR | --store URL]\n"
          "       linli ledger --rebuild | --definitions\n"
          "dates: YYYY-MM-DD, both included; without them from the first event to the last\n",
          stderr);
    return 2;
}

static bool read_name(const struct command_line *line, const char *option, const char *const *names, int *ret)
{
    const char *value = command_value(line, option);
    if (!value)
        return true;
    int index = enum_from_name(names, str_of(value));
    if (index < 0)
        return false;
    *ret = index;
    return true;
}

static bool read_day(const struct command_line *line, const char *option, int64_t *ret_day)
{
    const char *value = command_value(line, option);
    *ret_day = LEDGER_DAY_OPEN;
    return !value || ledger_day_parse(str_of(value), ret_day);
}

static bool read_query(const struct command_line *line, struct ledger_query *ret)
{
    int by = BY_ALL, per = PER_TOTAL;
    const char *place = command_value(line, "place");
    *ret = (struct ledger_query){0};
    if (!read_name(line, "by", ledger_by_names, &by) || !read_name(line, "per", ledger_per_names, &per) ||
        !read_day(line, "from", &ret->from_day) || !read_day(line, "to", &ret->to_day) ||
        (place && !id_parse(str_of(place), &ret->place_id)))
        return false;
    ret->by = (enum ledger_by)by;
    ret->per = (enum ledger_per)per;
    return true;
}

// docs/ledger.md: tools/generate.sh.
static int print_definitions(void)
{
    puts("<!-- SPDX-License-Identifier: MulanPSL-2.0 -->\n"
         "# Figures of the ledger 台账口径\n\n"
         "Written by `linli ledger --definitions` from the one table of definitions, which API, pages and CSV are made "
         "from too. A share is null where its\ndenominator is 0. Each figure is published raw 原值, of all requests, "
         "and "
         "net 净值, without those that were left out 剔除 with approval.\n"
         "Requests come from `request.*` events; one that does not say in which district it lay (written by a version "
         "before the ledger) is not counted.\n\n"
         "|Figure|中文|Numerator|Denominator|Its day|期间依据|Definition|口径|\n|-|-|-|-|-|-|-|-|");
    for (const struct ledger_figure *f = ledger_figures; f->code; f++)
        printf("|`%s` %s|%s|%s|%s|%s|%s|%s|%s|\n", f->code, f->en, f->zh,
               f->numerator == COUNT_NONE ? "" : ledger_counter_names[f->numerator],
               f->denominator == COUNT_NONE ? "" : ledger_counter_names[f->denominator], f->period_en, f->period_zh,
               f->definition_en, f->definition_zh);
    return 0;
}

static enum err walk_store(struct ctx *c, void *walk)
{
    return event_walk(c, INT64_MIN, INT64_MAX, ledger_walk_take, walk);
}

static enum err print_walk(struct ctx *c, struct ledger_walk *walk)
{
    struct ledger_query query;
    struct ledger_weights weights;
    const struct ledger_row *rows;
    size_t count;
    struct buf out;
    ledger_weights_parse(str_of(c->house->config->ledger_weights), &weights); // checked when it was read
    ledger_walk_rows(walk, &query, &rows, &count);
    buf_init(&out, CSV_MAX_BYTES);
    ledger_csv_write(c, &query, rows, count, &weights, &out);
    bool written = !out.full && fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
    buf_free(&out);
    return written ? OK : fail(c, ERR_BUSY, "store.disk");
}

// Needs neither store nor keys: the calendar's zone says which day it was.
static enum err from_export(struct ctx *c, const struct command_line *line, const char *export,
                            const struct ledger_query *query)
{
    struct house house = *c->house;
    struct calendar *calendar;
    TRY(house_calendar(c, &line->config, &calendar));
    house.calendar = calendar;
    house.config = &line->config;
    c->house = &house;
    struct ledger_walk *walk = ledger_walk_new(c, query);
    enum err err = event_walk_export(c, export, ledger_walk_take, walk);
    if (err == OK)
        err = print_walk(c, walk);
    calendar_free(calendar);
    return err;
}

static enum err from_store(struct ctx *c, const struct command_line *line, const struct ledger_query *query)
{
    struct house house;
    TRY(house_open(c, &line->config, OPEN_READING, &house));
    struct ledger_walk *walk = ledger_walk_new(c, query);
    enum err err = store_read(c, walk_store, walk);
    if (err == OK)
        err = print_walk(c, walk);
    house_close(&house);
    return err;
}

static int rebuild(struct ctx *c, const struct command_line *line)
{
    struct house house;
    enum err err = house_open(c, &line->config, OPEN_EXISTING, &house);
    if (err == OK) {
        err = ledger_rebuild(c);
        house_close(&house);
    }
    if (err != OK)
        print_error(c, "linli ledger");
    return err == OK ? 0 : 2;
}

int cmd_ledger(struct ctx *c, struct command_line *line)
{
    struct ledger_query query;
    const char *export = command_value(line, "export");
    if (command_value(line, "definitions") && !line->word_count)
        return print_definitions();
    if (command_value(line, "rebuild") && !line->word_count)
        return rebuild(c, line);
    if (line->word_count || !command_value(line, "csv") || !read_query(line, &query))
        return usage();
    struct arena *small = c->arena;
    const struct house *house = c->house;
    c->arena = arena_new(WALK_ARENA_BYTES);
    enum err err = export ? from_export(c, line, export, &query) : from_store(c, line, &query);
    if (err != OK)
        print_error(c, "linli ledger");
    c->house = house;
    arena_free(c->arena);
    c->arena = small;
    return err == OK ? 0 : 2;
}
