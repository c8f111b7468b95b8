// SPDX-License-Identifier: MulanPSL-2.0
// The proof of the log as it lies in an export: needs nothing but the file.
#include "flow/log_export.h"
#include "flow/proof.h"
#include "flow/raw_json.h"
#include "flow/seal_log.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES (1 << 20)
#define LINE_ARENA_BYTES ((size_t)32 << 20)

struct reading {
    FILE *file;
    char *line; // LINE_MAX_BYTES
    int64_t line_number;
    struct log_header header;
    struct proof *proof;
    int64_t events, heads;
    bool seal_head_seen;
    struct str fault;
};

static enum err line_fault(struct ctx *c, struct reading *r, const char *what, bool *ret_go_on)
{
    r->fault = str_format(c->arena, "line %lld: %s", (long long)r->line_number, what);
    *ret_go_on = false;
    return OK;
}

// The next line without its end; false at the end of the file. One that is too long, or holds a NUL, comes in pieces
// that are no JSON.
static bool next_line(struct reading *r, struct str *ret_line)
{
    if (!fgets(r->line, LINE_MAX_BYTES, r->file))
        return false;
    size_t n = strlen(r->line);
    r->line_number++;
    *ret_line = (struct str){r->line, n - (n && r->line[n - 1] == '\n')};
    return true;
}

static void end_of_seals(struct reading *r)
{
    if (!r->seal_head_seen) {
        r->seal_head_seen = true;
        proof_seal_head(r->proof, NULL);
    }
}

// One row given to the proof; walks after the first pass over seals.
static enum err take_row(struct ctx *c, struct reading *r, const struct json *object, bool first, bool *ret_go_on)
{
    union {
        struct event event;
        struct event_seal seal;
        struct event_seal_head seal_head;
        struct event_head head;
    } row;
    struct str kind = {0};
    const struct json *value = json_count(object) == 1 ? json_member(object, 0, &kind) : NULL;
    if (str_equal_z(kind, "event") && raw_read(&event_record, value, &row)) {
        r->events++;
        *ret_go_on = proof_event(r->proof, &row.event);
    } else if (str_equal_z(kind, "seal") && raw_read(&event_seal_record, value, &row)) {
        *ret_go_on = !first || proof_seal(r->proof, &row.seal);
    } else if (str_equal_z(kind, "seal_head") && raw_read(&event_seal_head_record, value, &row)) {
        if (first && !r->seal_head_seen)
            proof_seal_head(r->proof, &row.seal_head);
        r->seal_head_seen = true;
    } else if (str_equal_z(kind, "head") && raw_read(&event_head_record, value, &row)) {
        if (first)
            end_of_seals(r);
        r->heads++;
        proof_head(r->proof, &row.head);
    } else {
        return line_fault(c, r, "is no row of the log", ret_go_on);
    }
    return OK;
}

static enum err read_header(struct ctx *c, struct reading *r, bool *ret_go_on)
{
    struct str line;
    const struct json *object;
    r->line_number = 0;
    if (!next_line(r, &line))
        return line_fault(c, r, "the file is empty", ret_go_on);
    if (json_parse(c, line, &object) != OK || !raw_read(&log_header_record, json_get(object, "log"), &r->header) ||
        r->header.format != 1) {
        ctx_clear_error(c);
        return line_fault(c, r, "is not the head of an export of the log", ret_go_on);
    }
    *ret_go_on = true;
    return OK;
}

static enum err walk_lines(struct ctx *c, struct reading *r, bool first, bool *ret_go_on)
{
    struct ctx line_ctx = *c;
    line_ctx.arena = arena_new(LINE_ARENA_BYTES);
    struct str line;
    enum err err = OK;
    *ret_go_on = true;
    while (err == OK && *ret_go_on && next_line(r, &line)) {
        const struct json *object;
        arena_reset(line_ctx.arena);
        if (json_parse(&line_ctx, line, &object) != OK) {
            ctx_clear_error(&line_ctx);
            err = line_fault(c, r, "is no JSON", ret_go_on);
        } else {
            err = take_row(c, r, object, first, ret_go_on);
        }
    }
    arena_free(line_ctx.arena);
    return err;
}

static enum err walk_file(struct ctx *c, struct reading *r, int64_t walk, bool *ret_go_on)
{
    rewind(r->file);
    TRY(read_header(c, r, ret_go_on));
    if (!*ret_go_on)
        return OK;
    if (!r->proof)
        r->proof =
            proof_new(str_equal_z(r->header.suite, "sm") ? SUITE_SM : SUITE_STD, r->header.tenant_id, r->header.heads);
    r->events = r->heads = 0;
    proof_walk_begin(r->proof, walk);
    TRY(walk_lines(c, r, walk == 0, ret_go_on));
    if (!*ret_go_on)
        return OK;
    if (walk == 0)
        end_of_seals(r);
    proof_walk_end(r->proof);
    if (r->events == r->header.events && r->heads == r->header.heads)
        return OK;
    *ret_go_on = false; // no further walk: how many there are to be is itself not to be trusted
    if (!proof_fault(r->proof).n)
        return line_fault(c, r, "the export does not hold as many rows as its head tells", ret_go_on);
    return OK;
}

enum err verify_export(struct ctx *c, const char *path, struct verify_report *ret_report)
{
    struct reading r = {.file = fopen(path, "r"), .line = arena_alloc(c->arena, LINE_MAX_BYTES)};
    if (!r.file)
        return fail_with(c, ERR_NOT_FOUND, "event.export_unreadable", str_of(path), (struct str){0});
    enum err err = OK;
    bool go_on = true;
    for (int64_t walk = 0; err == OK && go_on && (!r.proof || walk < proof_walks(r.proof)); walk++)
        err = walk_file(c, &r, walk, &go_on);
    if (err == OK) {
        *ret_report = (struct verify_report){.fault = r.fault};
        if (r.proof) {
            ret_report->events = proof_events(r.proof);
            ret_report->seals = proof_seals(r.proof);
            ret_report->unsealed = proof_unsealed(r.proof);
            if (!r.fault.n)
                ret_report->fault = str_copy(c->arena, proof_fault(r.proof));
        }
    }
    proof_free(r.proof);
    fclose(r.file);
    return err;
}
