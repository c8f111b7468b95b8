// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/log_reader.h"

#include "base/clock.h"
#include "flow/event_private.h"
#include "flow/log_export.h"
#include "flow/page.h"
#include "flow/raw_json.h"
#include "flow_sql.h"

#include <stdio.h>
#include <string.h>

#define PAGE_ROWS 256
#define LINE_MAX_BYTES (1 << 20)
#define LINE_ARENA_BYTES ((size_t)32 << 20)

// --- from the store -------------------------------------------------------------------------------------------------
struct store_walk {
    int64_t after_id, last_id;
    event_fn fn;
    void *arg;
};

enum err event_page(struct ctx *c, const char *kind, int64_t after_id, int64_t last_id, size_t max,
                    struct rows *ret_rows)
{
    return db_list(c, kind ? &sql_event_page_of_kind : &sql_event_page_until,
                   ARGS(ARG_TEXT("subject_kind", str_of(kind)), ARG_INT("after_id", after_id),
                        ARG_INT("last_id", last_id), ARG_INT("max", (int64_t)max)),
                   &event_record, max, ret_rows);
}

static enum err walk_page(struct ctx *c, void *arg, size_t *ret_rows)
{
    struct store_walk *walk = arg;
    struct rows rows;
    *ret_rows = 0;
    TRY(event_page(c, NULL, walk->after_id, walk->last_id, PAGE_ROWS, &rows));
    const struct event *events = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        TRY(walk->fn(c, &events[i], walk->arg));
        walk->after_id = events[i].id;
    }
    *ret_rows = rows.count;
    return OK;
}

enum err event_walk(struct ctx *c, int64_t after_id, int64_t last_id, event_fn fn, void *arg)
{
    struct store_walk walk = {after_id, last_id, fn, arg};
    size_t rows = PAGE_ROWS;
    while (rows == PAGE_ROWS)
        TRY(page_run(c, walk_page, &walk, &rows));
    return OK;
}

enum err event_settled(struct ctx *c, int64_t *ret_id)
{
    struct event_seal_head head = {0};
    enum err err = db_one(c, &sql_event_seal_head_get, NO_ARGS, &event_seal_head_record, &head);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        err = OK;
    }
    *ret_id = head.sealed_to;
    return err;
}

enum err event_first_seal(struct ctx *c, int64_t from_ms, struct event_sealing *ret_sealing)
{
    struct rows rows;
    int64_t minute = (from_ms + MINUTE_MS - 1) / MINUTE_MS;
    TRY(db_list(c, &sql_event_seal_page, ARGS(ARG_INT("after_id", minute - 1), ARG_INT("max", 1)), &event_seal_record,
                1, &rows));
    const struct event_seal *seal = rows.at;
    if (!rows.count)
        return fail(c, ERR_NOT_FOUND, "event.not_sealed");
    *ret_sealing = (struct event_sealing){seal->id, seal->last_id, seal->hash};
    return OK;
}

// --- from an export -------------------------------------------------------------------------------------------------
struct file_walk {
    const char *path;
    FILE *file;
    char *line; // LINE_MAX_BYTES
    int64_t line_number;
    event_fn fn;
    void *arg;
};

static enum err malformed(struct ctx *c, const struct file_walk *walk)
{
    ctx_clear_error(c);
    return fail_with(c, ERR_INVALID, "event.export_malformed", str_of(walk->path),
                     str_format(c->arena, "%lld", (long long)walk->line_number));
}

// One line: its head first, then events; seals and heads of chains are passed over.
static enum err take_line(struct ctx *c, void *arg, size_t *ret_rows)
{
    struct file_walk *walk = arg;
    const struct json *object;
    struct log_header header;
    struct event event;
    *ret_rows = 0;
    if (!fgets(walk->line, LINE_MAX_BYTES, walk->file))
        return walk->line_number ? OK : malformed(c, walk);
    walk->line_number++;
    *ret_rows = 1;
    if (json_parse(c, str_trim(str_of(walk->line)), &object) != OK)
        return malformed(c, walk);
    if (walk->line_number == 1)
        return raw_read(&log_header_record, json_get(object, "log"), &header) && header.format == 1
                   ? OK
                   : malformed(c, walk);
    const struct json *value = json_get(object, "event");
    if (!value)
        return json_count(object) == 1 ? OK : malformed(c, walk);
    if (!raw_read(&event_record, value, &event))
        return malformed(c, walk);
    return walk->fn(c, &event, walk->arg);
}

enum err event_walk_export(struct ctx *c, const char *path, event_fn fn, void *arg)
{
    struct file_walk walk = {
        .path = path, .file = fopen(path, "r"), .line = arena_alloc(c->arena, LINE_MAX_BYTES), .fn = fn, .arg = arg};
    struct ctx line = *c;
    size_t rows = 1;
    enum err err = OK;
    if (!walk.file)
        return fail_with(c, ERR_NOT_FOUND, "event.export_unreadable", str_of(path), (struct str){0});
    line.arena = arena_new(LINE_ARENA_BYTES);
    while (err == OK && rows) {
        arena_reset(line.arena);
        err = take_line(&line, &walk, &rows);
    }
    if (err != OK)
        ctx_set_error(c, err, line.error.key, line.error.field, line.error.args[0], line.error.args[1]);
    arena_free(line.arena);
    fclose(walk.file);
    return err;
}
