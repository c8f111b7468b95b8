// SPDX-License-Identifier: MulanPSL-2.0
// Reads struct config (base/config.h) from a table of options, and what a command takes beside it.
#pragma once
#include "base/config.h"
#include "base/ctx.h"

#define COMMAND_OPTIONS 12
struct command_option {
    const char *name; // NULL ends the table
    const char *hint; // "FILE"; NULL: a flag
    const char *doc;
};

struct command_line {
    struct config config;
    const struct command_option *options; // of the command; may be NULL
    const char *values[COMMAND_OPTIONS];  // by index in options; NULL: not given; "1" for a flag
    const char *words[16];                // what is no option, in order
    size_t word_count;
};

// Command line over environment (LINLI_DATA…) over the file given by --config (lines "data = DIR") over default; argv
// begins after the command's name. line->options is given. Fails with config.* ({0} = the option).
enum err config_read(struct ctx *c, int argc, char **argv, struct command_line *line);
const char *command_value(const struct command_line *line, const char *name); // NULL: not given
void config_help(void);                                                       // the table, to stdout
