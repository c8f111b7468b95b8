// SPDX-License-Identifier: MulanPSL-2.0
// The log as a file: one JSON object a line, as log_export.h describes.
#include "flow/log_export.h"

#include "crypto/seal.h"
#include "flow/log_walk.h"
#include "flow/raw_json.h"
#include "flow/seal_log.h"
#include "flow_sql.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES (1 << 20)

static const struct field header_fields[] = {LOG_HEADER_FIELDS(FIELD_ROW, log_header)};
const struct record log_header_record = {.name = "log", .size_bytes = sizeof(struct log_header), FIELDS(header_fields)};

struct export
{
    const char *part; // the file while it is written
    FILE *file;
    struct buf line;
    bool failed;
};

static void put_line(struct export *e, const char *kind, const struct record *record, const void *row)
{
    struct json_writer w;
    buf_clear(&e->line);
    json_writer_init(&w, &e->line);
    json_object_begin(&w);
    json_key(&w, kind);
    raw_write(record, row, &w);
    json_object_end(&w);
    buf_add_byte(&e->line, '\n');
    if (e->line.full || fwrite(e->line.p, 1, e->line.n, e->file) != e->line.n)
        e->failed = true;
}

static bool on_event(void *arg, const struct event *event)
{
    struct export *e = arg;
    put_line(e, "event", &event_record, event);
    return !e->failed;
}

static bool on_seal(void *arg, const struct event_seal *seal)
{
    struct export *e = arg;
    put_line(e, "seal", &event_seal_record, seal);
    return !e->failed;
}

static void on_seal_head(void *arg, const struct event_seal_head *head)
{
    if (head)
        put_line(arg, "seal_head", &event_seal_head_record, head);
}

static void on_head(void *arg, const struct event_head *head)
{
    put_line(arg, "head", &event_head_record, head);
}

static enum err export_read(struct ctx *c, void *arg)
{
    struct export *e = arg;
    struct log_header header = {.format = 1,
                                .suite = keys_suite(c->house->keys) == SUITE_SM ? STR("sm") : STR("std"),
                                .tenant_id = c->tenant_id,
                                .made_at_ms = c->now_ms};
    TRY(db_number(c, &sql_event_count, NO_ARGS, &header.events));
    TRY(db_number(c, &sql_event_head_count, NO_ARGS, &header.heads));
    put_line(e, "log", &log_header_record, &header);
    struct log_walk walk = {
        .on_event = on_event, .on_seal = on_seal, .on_seal_head = on_seal_head, .on_head = on_head, .arg = e};
    bool whole;
    return log_walk(c, &walk, &whole);
}

enum err event_export(struct ctx *c, const char *path)
{
    struct export e = {.part = str_z(c->arena, str_format(c->arena, "%s.part", path))};
    e.file = fopen(e.part, "wx");
    if (!e.file && remove(e.part) == 0) // left by one that was ended
        e.file = fopen(e.part, "wx");
    if (!e.file)
        return fail_with(c, ERR_INVALID, "event.export_unwritable", str_of(path), (struct str){0});
    buf_init(&e.line, LINE_MAX_BYTES);
    enum err err = store_read(c, export_read, &e);
    buf_free(&e.line);
    if (fclose(e.file) != 0)
        e.failed = true;
    if (err == OK && (e.failed || rename(e.part, path) != 0))
        err = fail_with(c, ERR_INVALID, "event.export_unwritable", str_of(path), (struct str){0});
    if (err != OK)
        remove(e.part);
    return err;
}
