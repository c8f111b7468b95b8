// SPDX-License-Identifier: MulanPSL-2.0
// linli restore: a backup into an empty data folder (SQLite) or an empty database (PostgreSQL, with an empty data
// folder for keys and pictures). The whole file is checked before the first row is written.
#include "app/archive.h"
#include "app/backup.h"
#include "app/house.h"
#include "app/site.h"
#include "json/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROW_ARENA_BYTES ((size_t)512 << 20)
#define MAX_COLUMNS 128

struct restore {
    const char *data_dir;
    struct str table;
    struct store_column *columns; // of the table, as this version has it
    size_t column_count;
    struct str chunk;
    int64_t rows, files;
};

static enum err write_file(struct ctx *c, const char *path, struct str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_with(c, ERR_CONFLICT, "backup.file_there", str_of(path), str_of(""));
    bool well = write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && fsync(fd) == 0;
    close(fd);
    return well ? OK : fail_with(c, ERR_BUSY, "backup.disk", str_of(path), str_of(""));
}

// "media/ab/cdef…" only: a name of the archive never leads out of the data folder.
static enum err restore_picture(struct ctx *c, struct restore *r, struct str name, struct str bytes)
{
    if (str_find(name, STR(".."), 0) != (size_t)-1 || str_find(name, STR("//"), 0) != (size_t)-1)
        return fail_with(c, ERR_INVALID, "backup.damaged", name, str_of(""));
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/') {
            const char *dir = str_z(c->arena, str_format(c->arena, "%s/%.*s", r->data_dir, (int)i, name.p));
            if (mkdir(dir, 0700) != 0 && errno != EEXIST)
                return fail_with(c, ERR_BUSY, "backup.disk", str_of(dir), str_of(""));
        }
    r->files++;
    return write_file(c, str_z(c->arena, str_format(c->arena, "%s/%.*s", r->data_dir, STR_ARG(name))), bytes);
}

static enum err read_value(struct ctx *c, const struct json *value, enum field_type type, struct store_value *ret_value)
{
    *ret_value = (struct store_value){.type = type};
    if (type == FIELD_TEXT)
        ret_value->text = json_str(value);
    else if (type == FIELD_BLOB && !str_from_hex(c->arena, json_str(value), &ret_value->text))
        return fail(c, ERR_INVALID, "backup.damaged");
    else if (type == FIELD_REAL)
        ret_value->real = json_number(value);
    else
        ret_value->number = json_int(value);
    return OK;
}

static enum err put_line(struct ctx *c, struct restore *r, struct str line)
{
    const struct json *row;
    struct store_value values[MAX_COLUMNS];
    TRY(json_parse(c, line, &row));
    if (json_count(row) != r->column_count || r->column_count > MAX_COLUMNS)
        return fail_with(c, ERR_INVALID, "backup.damaged", r->table, str_of(""));
    for (size_t i = 0; i < r->column_count; i++)
        TRY(read_value(c, json_at(row, i), r->columns[i].type, &values[i]));
    r->rows++;
    return store_table_put(c, r->table, values, r->column_count);
}

static enum err put_chunk(struct ctx *c, void *arg)
{
    struct restore *r = arg;
    struct arena *outer = c->arena;
    enum err err = OK;
    int64_t rows = r->rows;
    c->arena = arena_new(ROW_ARENA_BYTES);
    for (struct str rest = r->chunk; err == OK && rest.n;) {
        err = put_line(c, r, str_cut(&rest, '\n'));
        if (arena_used_bytes(c->arena) > (64u << 20))
            arena_reset(c->arena);
    }
    if (err != OK) {
        r->rows = rows;
        c->error.args[0] = str_copy(outer, c->error.args[0]);
    }
    arena_free(c->arena);
    c->arena = outer;
    return err;
}

static enum err check_columns(struct ctx *c, struct restore *r, struct str line)
{
    const struct json *names;
    TRY(store_table_columns(c, r->table, &r->columns, &r->column_count));
    TRY(json_parse(c, line, &names));
    bool same = json_count(names) == r->column_count;
    for (size_t i = 0; same && i < r->column_count; i++) {
        struct str rest = json_str(json_at(names, i));
        same = str_equal(str_cut(&rest, ' '), r->columns[i].name);
    }
    return same ? OK : fail_with(c, ERR_CONFLICT, "backup.other_schema", r->table, str_of(""));
}

struct table_of {
    struct restore *restore;
    struct str line;
};
static enum err read_columns(struct ctx *c, void *arg)
{
    struct table_of *t = arg;
    return check_columns(c, t->restore, t->line);
}

static enum err restore_chunk(struct ctx *c, struct restore *r, struct str name, struct str bytes)
{
    struct str rest = name;
    str_cut(&rest, '/');
    struct str table = str_cut(&rest, '/');
    if (!str_equal(table, r->table)) {
        r->table = str_copy(c->arena, table);
        struct table_of t = {r, str_cut(&bytes, '\n')};
        TRY(store_read(c, read_columns, &t));
    }
    r->chunk = bytes;
    return store_write(c, put_chunk, r);
}

static enum err restore_entry(struct ctx *c, struct str name, struct str bytes, void *arg)
{
    if (str_starts_with(name, STR("tables/")))
        return restore_chunk(c, arg, name, bytes);
    if (str_starts_with(name, STR("media/")))
        return restore_picture(c, arg, name, bytes);
    return OK; // the head, and the keys, which were taken first
}

static enum err restore_keys(struct ctx *c, struct str name, struct str bytes, void *arg)
{
    const struct restore *r = arg;
    if (!str_equal_z(name, "keys"))
        return OK;
    return write_file(c, str_z(c->arena, str_format(c->arena, "%s/keys", r->data_dir)), bytes);
}

static enum err refuse_row(struct ctx *c, const struct store_value *values, size_t n, void *arg)
{
    (void)values;
    (void)n;
    return fail_with(c, ERR_CONFLICT, "backup.not_empty", *(const struct str *)arg, str_of(""));
}

static enum err check_empty(struct ctx *c, void *arg)
{
    struct str *names;
    size_t count;
    (void)arg;
    TRY(store_tables(c, &names, &count));
    for (size_t i = 0; i < count; i++)
        if (!backup_leaves_out(names[i]))
            TRY(store_table_each(c, names[i], refuse_row, &names[i]));
    return OK;
}

static enum err empty_search(struct ctx *c, void *arg)
{
    (void)arg;
    return store_search_clear(c);
}

static enum err build_tenant_again(struct ctx *c)
{
    for (size_t i = 0; i < modules.count; i++)
        if (modules.at[i]->restored)
            TRY(modules.at[i]->restored(c));
    return OK;
}

// What no table holds is made again by those who know how, for every district that came.
static enum err build_again(struct ctx *c)
{
    TRY(store_write(c, empty_search, NULL));
    return site_each_tenant(c, build_tenant_again);
}

static enum err restore_all(struct ctx *c, const struct config *config, const char *from, struct house *house,
                            struct restore *r)
{
    TRY(archive_read(c, from, NULL, NULL)); // every hash, before anything is written
    if (mkdir(r->data_dir, 0700) != 0 && errno != EEXIST)
        return fail_with(c, ERR_INVALID, "config.no_data_dir", str_of(r->data_dir), str_of(strerror(errno)));
    TRY(archive_read(c, from, restore_keys, r));
    TRY(house_open(c, config, OPEN_BARE, house));
    enum err err = store_read(c, check_empty, NULL);
    if (err == OK)
        err = archive_read(c, from, restore_entry, r);
    if (err == OK)
        err = build_again(c);
    house_close(house);
    return err;
}

int cmd_restore(struct ctx *c, struct command_line *line)
{
    const char *from = command_value(line, "from");
    struct house house;
    struct restore r = {.data_dir = line->config.data_dir};
    if (!from) {
        fputs("usage: linli restore --from FILE --data DIR [--store URL]\n", stderr);
        return 2;
    }
    if (restore_all(c, &line->config, from, &house, &r) != OK) {
        print_error(c, "linli restore");
        return 1;
    }
    printf("%lld rows and %lld pictures restored; linli verify checks the log\n", (long long)r.rows,
           (long long)r.files);
    return 0;
}
