// SPDX-License-Identifier: MulanPSL-2.0
// linli COMMAND: the server and its own command line.
#include "app/house.h"
#include "base/calendar.h"
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PROCESS_ARENA_BYTES ((size_t)256 << 20)

static const struct command_option flows_options[] = {
    {"mermaid", NULL, "a Markdown page of Mermaid state diagrams instead of tables"},
    {"lang", "zh|en", "language of the labels"},
    {NULL, NULL, NULL},
};
static const struct command_option verify_options[] = {
    {"export", "FILE", "check an exported log instead of the store"},
    {NULL, NULL, NULL},
};
static const struct command_option backup_options[] = {
    {"to", "FILE", "the backup to write"},
    {"without-keys", NULL, "leave the keys out: they must then be kept elsewhere"},
    {NULL, NULL, NULL},
};
static const struct command_option restore_options[] = {
    {"from", "FILE", "the backup to read"},
    {NULL, NULL, NULL},
};
static const struct command_option import_options[] = {
    {"mapping", "NAME|FILE", "how columns become requests: nyc311, zh-replied, or a file"},
    {NULL, NULL, NULL},
};
static const struct command_option export_options[] = {
    {"what", "requests|events", "what to write: requests as CSV (the standard), or the event log"},
    {"mapping", "NAME|FILE", "give imported requests back with their own columns"},
    {"to", "FILE", "where to; without it to standard output"},
    {NULL, NULL, NULL},
};
static const struct command_option ledger_options[] = {
    {"csv", NULL, "print the figures as CSV"},
    {"rebuild", NULL, "reckon the days that the pages read anew from the log"},
    {"definitions", NULL, "print what each figure means (docs/ledger.md)"},
    {"from", "DATE", "first day, in the calendar's zone; without it the day of the first event"},
    {"to", "DATE", "last day; without it the day of the last event"},
    {"by", "WHAT", "all, item, unit, grid, community, subdistrict or district"},
    {"per", "WHAT", "total, day, week or month"},
    {"place", "ID", "only this place and what lies in it"},
    {"export", "FILE", "from an exported log instead of the store"},
    {NULL, NULL, NULL},
};
static const struct command_option admin_options[] = {
    {"role", "system|security|audit", "which of the three administrators"},
    {"login", "NAME", "name to sign in with"},
    {"reset", NULL, "new password and TOTP secret for an administrator who lost them"},
    {NULL, NULL, NULL},
};

static const struct command_option simulate_options[] = {
    {"days", "N", "how many, up to now (365)"},
    {"seed", "N", "the same seed, the same run (1)"},
    {"per-day", "N", "requests on an ordinary day (14)"},
    {"until", "DATE", "the midnight at which it ends; without it the last one"},
    {"shared", NULL, "wait for a second process, which runs jobs too"},
    {"worker", NULL, "be that second process"},
    {NULL, NULL, NULL},
};

static const struct command commands[] = {
    {"serve", "", "serve the district until SIGTERM", NULL, cmd_serve},
    {"import", "--mapping NAME FILE.csv", "bring in requests from a CSV or TSV file; may be repeated", import_options,
     cmd_import},
    {"export", "[--what requests|events]", "write requests or the event log", export_options, cmd_export},
    {"verify", "[--export FILE]", "recompute every hash of the event log; names the first row that lies",
     verify_options, cmd_verify},
    {"backup", "--to FILE", "everything in one file, while the server runs", backup_options, cmd_backup},
    {"restore", "--from FILE", "into an empty data folder or database", restore_options, cmd_restore},
    {"admin", "--role ROLE --login NAME", "make an administrator; prints the first password and TOTP secret",
     admin_options, cmd_admin},
    {"ledger", "--csv|--rebuild", "figures by walking the event log, and nothing else", ledger_options, cmd_ledger},
    {"clock", "due|elapsed [FILE.csv]", "answer questions about working time, line by line", NULL, cmd_clock},
    {"simulate", "[--days N] [--seed N]", "let the demo district live through a year, in an empty store",
     simulate_options, cmd_simulate},
    {"openapi", "", "print the OpenAPI document", NULL, cmd_openapi},
    {"flows", "[--mermaid] [--lang zh|en]", "print and check the flow tables", flows_options, cmd_flows},
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static int help(void)
{
    puts("linli: the neighbourhoods of a district, in one binary\n\nusage: linli COMMAND [options]\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &commands[i];
        printf("  %-8s %-28s %s\n", command->name, command->usage, command->doc);
        for (const struct command_option *o = command->options; o && o->name; o++)
            printf("           --%s%s%-*s  %s\n", o->name, o->hint ? " " : "", (int)(25 - strlen(o->name)),
                   o->hint ? o->hint : "", o->doc);
    }
    puts("");
    config_help();
    return 0;
}

// A calendar that cannot be used is told before a command makes anything.
static enum err check_calendar(struct ctx *c, const struct config *config)
{
    struct calendar *calendar;
    if (!config->calendar_file)
        return OK;
    TRY(house_calendar(c, config, &calendar));
    calendar_free(calendar);
    return OK;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct house no_house = {
        .clock = &clock_machine, .modules = &modules, .files = packed_files, .file_count = packed_file_count};
    struct ctx c = {.arena = arena_new(PROCESS_ARENA_BYTES),
                    .house = &no_house,
                    .lang = "en",
                    .actor = {.kind = ACTOR_SYSTEM},
                    .now_ms = clock_now_ms(&clock_machine)};
    struct command_line line = {.options = command->options};
    int status = 2;
    if (config_read(&c, argc, argv, &line) != OK || check_calendar(&c, &line.config) != OK)
        print_error(&c, "linli");
    else
        status = command->run(&c, &line);
    arena_free(c.arena);
    return status;
}

int main(int argc, char **argv)
{
    umask(077); // what it writes is nobody else's
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return help();
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i].name) == 0)
            return run(&commands[i], argc - 2, argv + 2);
    fprintf(stderr, "linli: there is no command \"%s\"; linli --help lists them\n", name);
    return 2;
}
