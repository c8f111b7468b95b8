// SPDX-License-Identifier: MulanPSL-2.0
// Opens and closes what the process owns: keys, store, ids, calendar, tenant. Every command goes through here.
#pragma once
#include "app/config.h"
#include "flow/module.h"

// The one list: src/app/modules.c.
extern const struct module_list modules;
extern const struct static_file packed_files[];
extern const size_t packed_file_count;

// A context for work of the process itself (ACTOR_SYSTEM), on a new arena: free it with arena_free(c->arena).
void ctx_open(struct ctx *c, const struct house *house);
enum open_mode {
    OPEN_CREATE,   // makes data folder, keys, tables and district when there are none, and starts the modules
    OPEN_EXISTING, // keys and district must be there; starts no module: for what only adds an event
    OPEN_READING,  // the same, and takes no node number: nothing can be recorded
    OPEN_RELAXED,  // as OPEN_CREATE, and a write need not outlive a power cut (simulate)
    OPEN_BARE,     // keys must be there; no district, no module, so an empty store stays empty (restore)
};
// Opens the store (migrating it). Who may record also seals the minutes of the log that are due: so no event is added
// while older ones that a killed process left stand unsealed for long.
enum err house_open(struct ctx *c, const struct config *config, enum open_mode mode, struct house *ret_house);
void house_close(struct house *house);
// The calendar that is configured, else the one that ships; free it with calendar_free.
enum err house_calendar(struct ctx *c, const struct config *config, struct calendar **ret_calendar);
// The error of c as a sentence on stderr.
void print_error(struct ctx *c, const char *doing);

struct command {
    const char *name, *usage, *doc;
    const struct command_option *options;
    int (*run)(struct ctx *c, struct command_line *line);
};
int cmd_serve(struct ctx *c, struct command_line *line);
int cmd_openapi(struct ctx *c, struct command_line *line);
int cmd_flows(struct ctx *c, struct command_line *line);
int cmd_verify(struct ctx *c, struct command_line *line);
int cmd_backup(struct ctx *c, struct command_line *line);
int cmd_restore(struct ctx *c, struct command_line *line);
int cmd_import(struct ctx *c, struct command_line *line);
int cmd_export(struct ctx *c, struct command_line *line);
int cmd_ledger(struct ctx *c, struct command_line *line);
int cmd_clock(struct ctx *c, struct command_line *line);
int cmd_admin(struct ctx *c, struct command_line *line);
int cmd_simulate(struct ctx *c, struct command_line *line);
