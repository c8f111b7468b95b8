// SPDX-License-Identifier: MulanPSL-2.0
// linli backup: everything in one tar file that any tar reads: the keys, every table as lines of JSON, the pictures,
// and a list of hashes at the end. The same file restores into SQLite or PostgreSQL. The tables are read in one
// snapshot while the server runs; pictures never change once written, so they may follow it.
#include "app/archive.h"
#include "app/backup.h"
#include "app/house.h"
#include "base/clock.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES (4 << 20) // of a table, per entry of the archive
#define CHUNK_MAX_BYTES (64 << 20)

struct table_writer {
    struct archive_out *out;
    struct str table;
    struct buf chunk;
    int64_t chunks, rows;
};

static enum err put_chunk(struct ctx *c, struct table_writer *w)
{
    if (w->chunk.full)
        return fail(c, ERR_INTERNAL, "backup.row_too_large");
    struct str name = str_format(c->arena, "tables/%.*s/%06lld.ndjson", STR_ARG(w->table), (long long)w->chunks++);
    enum err err = archive_put(c, w->out, str_z(c->arena, name), buf_str(&w->chunk));
    buf_clear(&w->chunk);
    return err;
}

static enum err put_row(struct ctx *c, const struct store_value *values, size_t n, void *arg)
{
    struct table_writer *w = arg;
    struct json_writer json;
    json_writer_init(&json, &w->chunk);
    json_array_begin(&json);
    for (size_t i = 0; i < n; i++)
        if (values[i].type == FIELD_TEXT)
            json_put_str(&json, values[i].text);
        else if (values[i].type == FIELD_BLOB)
            json_put_str(&json, str_hex(c->arena, values[i].text.p, values[i].text.n));
        else if (values[i].type == FIELD_REAL)
            json_put_raw(&json, str_format(c->arena, "%.17g", values[i].real));
        else
            json_put_int(&json, values[i].number);
    json_array_end(&json);
    buf_add_byte(&w->chunk, '\n');
    w->rows++;
    return w->chunk.n < CHUNK_BYTES ? OK : put_chunk(c, w);
}

bool backup_leaves_out(struct str table)
{
    static const char *const names[] = {"schema_version", "node_lease", "job_lease", NULL};
    return enum_from_name(names, table) >= 0;
}

static enum err put_columns(struct ctx *c, struct table_writer *w)
{
    static const char *const types[] = {
        [FIELD_INT] = "int", [FIELD_REAL] = "real", [FIELD_TEXT] = "text", [FIELD_BLOB] = "blob"};
    struct store_column *columns;
    size_t count;
    struct json_writer json;
    TRY(store_table_columns(c, w->table, &columns, &count));
    json_writer_init(&json, &w->chunk);
    json_array_begin(&json);
    for (size_t i = 0; i < count; i++)
        json_put_str(&json, str_format(c->arena, "%.*s %s", STR_ARG(columns[i].name), types[columns[i].type]));
    json_array_end(&json);
    buf_add_byte(&w->chunk, '\n');
    return OK;
}

static enum err put_table(struct ctx *c, struct archive_out *out, struct str table)
{
    struct table_writer w = {.out = out, .table = table};
    buf_init(&w.chunk, CHUNK_MAX_BYTES);
    enum err err = put_columns(c, &w);
    if (err == OK)
        err = store_table_each(c, table, put_row, &w);
    if (err == OK)
        err = put_chunk(c, &w);
    buf_free(&w.chunk);
    fprintf(stderr, "%-24.*s %lld rows\n", STR_ARG(table), (long long)w.rows);
    return err;
}

static enum err put_tables(struct ctx *c, void *arg)
{
    struct str *names;
    size_t count;
    TRY(store_tables(c, &names, &count));
    for (size_t i = 0; i < count; i++)
        if (!backup_leaves_out(names[i]))
            TRY(put_table(c, arg, names[i]));
    return OK;
}

// Files of the folder and of its folders; relative names in the archive.
static enum err put_folder(struct ctx *c, struct archive_out *out, const char *data_dir, struct str below)
{
    const char *path = str_z(c->arena, str_format(c->arena, "%s/%.*s", data_dir, STR_ARG(below)));
    DIR *dir = opendir(path);
    enum err err = OK;
    if (!dir)
        return OK; // no picture yet
    for (struct dirent *entry; err == OK && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || strstr(entry->d_name, ".tmp"))
            continue;
        struct str name = str_format(c->arena, "%.*s/%s", STR_ARG(below), entry->d_name);
        const char *full = str_z(c->arena, str_format(c->arena, "%s/%.*s", data_dir, STR_ARG(name)));
        struct stat status;
        if (stat(full, &status) != 0)
            continue;
        err = S_ISDIR(status.st_mode) ? put_folder(c, out, data_dir, name)
                                      : archive_put_file(c, out, str_z(c->arena, name), full);
    }
    closedir(dir);
    return err;
}

static enum err put_head(struct ctx *c, struct archive_out *out)
{
    char now[25];
    time_format(c->now_ms, now);
    struct buf head;
    buf_init(&head, 64 << 10);
    buf_addf(&head, "linli backup 1\nversion %s\nmade %s\nstore %s\n", LINLI_VERSION, now,
             store_engine(c->house->store));
    size_t count;
    const struct store_part *parts = module_store_parts(c, &modules, &count);
    for (size_t i = 0; i < count; i++)
        buf_addf(&head, "schema %s %lld\n", parts[i].module,
                 (long long)store_schema_version(c->house->store, parts[i].module));
    enum err err = archive_put(c, out, "linli-backup.txt", buf_str(&head));
    buf_free(&head);
    return err;
}

static enum err write_backup(struct ctx *c, struct archive_out *out, bool with_keys)
{
    const char *data_dir = c->house->config->data_dir;
    TRY(put_head(c, out));
    if (with_keys)
        TRY(archive_put_file(c, out, "keys", str_z(c->arena, str_format(c->arena, "%s/keys", data_dir))));
    TRY(store_read(c, put_tables, out));
    return put_folder(c, out, data_dir, STR("media"));
}

int cmd_backup(struct ctx *c, struct command_line *line)
{
    const char *to = command_value(line, "to");
    struct house house;
    struct archive_out *out;
    if (!to) {
        fputs("usage: linli backup --to FILE [--without-keys] [--data DIR] [--store URL]\n", stderr);
        return 2;
    }
    if (house_open(c, &line->config, OPEN_READING, &house) != OK) {
        print_error(c, "linli backup");
        return 1;
    }
    bool with_keys = !command_value(line, "without-keys");
    enum err err = archive_create(c, to, &out);
    if (err == OK) {
        err = write_backup(c, out, with_keys);
        err = archive_finish(c, out, err);
    }
    if (err != OK)
        print_error(c, "linli backup");
    else if (with_keys)
        printf("%s holds the keys to every personal field: keep it as you keep them\n", to);
    house_close(&house);
    return err != OK;
}
