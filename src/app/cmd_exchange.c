// SPDX-License-Identifier: MulanPSL-2.0
// linli import, linli export.
#include "app/house.h"
#include "domain/exchange/exchange.h"
#include "flow/seal_log.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_progress(const struct import_run *run, void *arg)
{
    (void)arg;
    if (isatty(STDERR_FILENO) && run->total_bytes)
        fprintf(stderr, "\r%3d %%  %lld rows", (int)(100 * run->done_bytes / run->total_bytes),
                (long long)run->rows_read);
}

static enum err read_faults(struct ctx *c, void *arg)
{
    struct import_run *run = arg;
    struct rows rows;
    TRY(import_faults(c, run->id, &rows));
    const struct import_fault *faults = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        struct str why = fault_sentence(c, faults[i].reason);
        printf("line %lld: %s: %.*s%s%.*s\n", (long long)faults[i].line, faults[i].bad ? "refused" : "doubt",
               STR_ARG(faults[i].field), faults[i].field.n ? ": " : "", STR_ARG(why));
    }
    return OK;
}

static int import_opened(struct ctx *c, const struct command_line *line, FILE *in)
{
    struct str text;
    struct stat status;
    struct import_run run = {
        .file_name = str_of(strrchr(line->words[0], '/') ? strrchr(line->words[0], '/') + 1 : line->words[0]),
        .total_bytes = fstat(fileno(in), &status) == 0 ? status.st_size : 0};
    enum err err = mapping_find(c, str_of(command_value(line, "mapping")), true, &text);
    if (err == OK)
        err = mapping_name(c, text, &run.mapping);
    if (err == OK)
        err = import_begin(c, &run);
    if (err == OK)
        err = import_stream(c, text, in, &run, show_progress, NULL);
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    if (err != OK) {
        print_error(c, "linli import");
        return 2;
    }
    if (store_read(c, read_faults, &run) != OK)
        print_error(c, "linli import");
    printf("%lld rows read: %lld new, %lld there already, %lld refused, %lld doubts\n", (long long)run.rows_read,
           (long long)run.rows_new, (long long)run.rows_same, (long long)run.rows_bad, (long long)run.rows_warned);
    return run.rows_bad ? 1 : 0;
}

int cmd_import(struct ctx *c, struct command_line *line)
{
    struct house house;
    if (line->word_count != 1 || !command_value(line, "mapping")) {
        fputs("usage: linli import --mapping nyc311|zh-replied|FILE.map FILE.csv [--data DIR] [--store URL]\n", stderr);
        return 2;
    }
    FILE *in = fopen(line->words[0], "r");
    if (!in) {
        fprintf(stderr, "linli import: %s cannot be read\n", line->words[0]);
        return 2;
    }
    int status = 2;
    if (house_open(c, &line->config, OPEN_CREATE, &house) == OK) {
        status = import_opened(c, line, in);
        house_close(&house);
    } else {
        print_error(c, "linli import");
    }
    fclose(in);
    return status;
}

static enum err write_to_file(struct ctx *c, struct str bytes, void *arg)
{
    if (fwrite(bytes.p, 1, bytes.n, arg) == bytes.n)
        return OK;
    return fail(c, ERR_BUSY, "store.disk");
}

// By the name of a mapping, or of the file that has it; of one that only this store knows, its name.
static enum err export_mapped(struct ctx *c, const char *mapping, FILE *out, int64_t *ret_rows)
{
    struct str name = str_of(mapping), text;
    if (mapping_find(c, name, true, &text) == OK)
        TRY(mapping_name(c, text, &name));
    ctx_clear_error(c);
    return export_imported(c, name, write_to_file, out, ret_rows);
}

static int export_opened(struct ctx *c, const struct command_line *line, FILE *out)
{
    const char *mapping = command_value(line, "mapping"), *what = command_value(line, "what");
    int64_t rows = 0;
    enum err err;
    if (what && strcmp(what, "events") == 0)
        err = event_export(c, command_value(line, "to") ? command_value(line, "to") : "/dev/stdout");
    else if (mapping)
        err = export_mapped(c, mapping, out, &rows);
    else
        err = export_requests(c, write_to_file, out, &rows);
    if (err == OK && fflush(out) != 0)
        err = fail(c, ERR_BUSY, "store.disk");
    if (err != OK) {
        print_error(c, "linli export");
        return 1;
    }
    if (rows)
        fprintf(stderr, "%lld rows\n", (long long)rows);
    return 0;
}

int cmd_export(struct ctx *c, struct command_line *line)
{
    struct house house;
    const char *what = command_value(line, "what"), *to = command_value(line, "to");
    bool events = what && strcmp(what, "events") == 0;
    if (what && !events && strcmp(what, "requests") != 0) {
        fputs("usage: linli export [--what requests|events] [--mapping NAME] [--to FILE]\n", stderr);
        return 2;
    }
    FILE *out = to && !events ? fopen(to, "w") : stdout;
    if (!out) {
        fprintf(stderr, "linli export: %s cannot be written\n", to);
        return 2;
    }
    int status = 2;
    if (house_open(c, &line->config, events ? OPEN_READING : OPEN_EXISTING, &house) == OK) {
        status = export_opened(c, line, out);
        house_close(&house);
    } else {
        print_error(c, "linli export");
    }
    if (out != stdout && fclose(out) != 0)
        status = 1;
    return status;
}
