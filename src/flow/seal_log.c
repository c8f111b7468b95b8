// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/seal_log.h"

#include "base/clock.h"
#include "crypto/seal.h"
#include "flow/event_private.h"
#include "flow/page.h"
#include "flow_sql.h"

#define SETTLE_MS (2 * MINUTE_MS) // no transaction lasts so long: what is older stands in the store
#define PAGE_ROWS 256

static const struct field head_fields[] = {EVENT_HEAD_FIELDS(FIELD_ROW, event_head)};
const struct record event_head_record = {
    .name = "event_head", .table = "event_head", .size_bytes = sizeof(struct event_head), FIELDS(head_fields)};

static const struct field seal_fields[] = {EVENT_SEAL_FIELDS(FIELD_ROW, event_seal)};
const struct record event_seal_record = {
    .name = "event_seal", .table = "event_seal", .size_bytes = sizeof(struct event_seal), FIELDS(seal_fields)};

static const struct field seal_head_fields[] = {EVENT_SEAL_HEAD_FIELDS(FIELD_ROW, event_seal_head)};
const struct record event_seal_head_record = {.name = "event_seal_head",
                                              .table = "event_seal_head",
                                              .size_bytes = sizeof(struct event_seal_head),
                                              FIELDS(seal_head_fields)};

struct sealing {
    int64_t settled_minute; // the newest that may be sealed
    struct event_seal_head head;
    bool found; // a minute to seal
    struct event_seal seal;
    struct merkle merkle;
    char root[65], hash[65], prev_hash[65];
};

static enum err add_leaf(struct ctx *c, void *row, void *arg)
{
    struct sealing *s = arg;
    const struct event *event = row;
    unsigned char leaf[HASH_BYTES];
    if (!hash_of_hex(event->hash, leaf))
        return fail(c, ERR_INTERNAL, "event.hash_malformed");
    merkle_add(&s->merkle, leaf);
    s->seal.last_id = event->id;
    return OK;
}

static enum err add_page(struct ctx *c, void *arg, size_t *ret_rows)
{
    struct sealing *s = arg;
    uint64_t before = s->merkle.count;
    TRY(db_each(c, &sql_event_page_until,
                ARGS(ARG_INT("after_id", s->merkle.count ? s->seal.last_id : s->seal.first_id - 1),
                     ARG_INT("last_id", minute_last_id(s->seal.id)), ARG_INT("max", PAGE_ROWS)),
                &event_record, add_leaf, s));
    *ret_rows = (size_t)(s->merkle.count - before);
    return OK;
}

// The oldest minute not sealed yet, its root reckoned: a read, so that long minutes do not hold up the writer.
static enum err reckon(struct ctx *c, void *arg)
{
    struct sealing *s = arg;
    s->found = false;
    s->head = (struct event_seal_head){0};
    enum err err = db_one(c, &sql_event_seal_head_get, NO_ARGS, &event_seal_head_record, &s->head);
    if (err == ERR_NOT_FOUND)
        ctx_clear_error(c);
    else if (err != OK)
        return err;
    int64_t first_id = 0;
    TRY(db_number(c, &sql_event_first_after, ARGS(ARG_INT("after_id", s->head.sealed_to)), &first_id));
    if (!first_id || minute_of_id(first_id) > s->settled_minute)
        return OK;
    s->seal = (struct event_seal){.id = minute_of_id(first_id), .first_id = first_id};
    merkle_begin(&s->merkle, keys_suite(c->house->keys));
    for (size_t rows = PAGE_ROWS; rows == PAGE_ROWS;)
        TRY(page_run(c, add_page, s, &rows));
    s->seal.count = (int64_t)s->merkle.count;
    s->found = true;
    return OK;
}

static enum err put_head(struct ctx *c, const struct sealing *s)
{
    struct event_seal_head head = {.seal_id = s->seal.id,
                                   .seal_hash = s->seal.hash,
                                   .sealed_to = minute_last_id(s->seal.id),
                                   .count = s->head.count + 1};
    int64_t changed = 0;
    struct args args = ARGS(ARG_ROW(&event_seal_head_record, &head), ARG_INT("old_seal_id", s->head.seal_id));
    TRY(db_exec(c, s->head.count ? &sql_event_seal_head_advance : &sql_event_seal_head_begin, args, &changed));
    return changed == 1 ? OK : fail(c, ERR_BUSY, "event.raced"); // somebody else sealed it
}

static enum err put_seal(struct ctx *c, void *arg)
{
    struct sealing *s = arg;
    int64_t count = 0;
    TRY(db_number(c, &sql_event_count_between,
                  ARGS(ARG_INT("after_id", s->head.sealed_to), ARG_INT("last_id", minute_last_id(s->seal.id))),
                  &count));
    if (count != s->seal.count)
        return fail(c, ERR_CONFLICT, "event.minute_grew");
    TRY(put_head(c, s));
    return db_exec(c, &sql_event_seal_insert, ARGS(ARG_ROW(&event_seal_record, &s->seal)), NULL);
}

static enum err seal_minute(struct ctx *c, void *arg, size_t *ret_rows)
{
    struct sealing *s = arg;
    TRY(store_read(c, reckon, s));
    *ret_rows = s->found;
    if (!s->found)
        return OK;
    unsigned char root[HASH_BYTES];
    merkle_root(&s->merkle, root);
    hex_of_hash(root, s->root);
    s->seal.root = (struct str){s->root, 64};
    s->seal.prev_hash = s->head.seal_hash;
    seal_hash(keys_suite(c->house->keys), c->tenant_id, &s->seal, s->hash);
    s->seal.hash = (struct str){s->hash, 64};
    return store_write(c, put_seal, s);
}

enum err seal_log_run(struct ctx *c)
{
    struct sealing *s = arena_alloc(c->arena, sizeof *s);
    s->settled_minute = (c->now_ms - SETTLE_MS) / MINUTE_MS - 1;
    for (size_t sealed = 1; sealed;)
        TRY(page_run(c, seal_minute, s, &sealed));
    return OK;
}
