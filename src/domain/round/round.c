// SPDX-License-Identifier: MulanPSL-2.0
// Rounds as rows: reading, who sees them, how they are answered.
#include "domain/round/round_internal.h"
#include "round_sql.h"

#include <string.h>

#define ITEMS_MAX (CHECKPOINTS_MAX + 2 * CARE_PER_ROUND_MAX)

const char *const round_kind_names[] = {"checkpoint", "visit", "meal", NULL};
const char *const round_result_names[] = {"",        "seen",      "well",          "needs_help", "not_home",
                                          "refused", "delivered", "not_delivered", NULL};

static const struct field item_fields[] = {ROUND_ITEM_FIELDS(FIELD_ROW, round_item)};
const struct record round_item_record = {
    .name = "round_item", .table = "round_item", .size_bytes = sizeof(struct round_item), FIELDS(item_fields)};
static const struct field round_fields[] = {ROUND_FIELDS(FIELD_ROW, round)};
const struct record round_record = {
    .name = "round", .table = "round_day", .size_bytes = sizeof(struct round), FIELDS(round_fields)};

int64_t round_today(const struct ctx *c)
{
    return calendar_day(c->house->calendar, c->now_ms);
}

struct str round_date(struct ctx *c, int64_t day)
{
    int year, month, date;
    day_to_date(day, &year, &month, &date);
    return str_format(c->arena, "%04d-%02d-%02d", year, month, date);
}

struct str round_seal(struct ctx *c, const struct record *record, const char *field, int64_t id, struct str clear)
{
    return seal_field(c, record, record_field(record, str_of(field)), id, clear);
}

enum err round_open(struct ctx *c, const struct record *record, const char *field, int64_t id, struct str box,
                    struct str *ret_clear)
{
    *ret_clear = (struct str){0};
    return box.n ? open_field(c, record, record_field(record, str_of(field)), id, box, ret_clear) : OK;
}

enum err round_get(struct ctx *c, int64_t id, struct round *ret_round)
{
    enum err err = db_one(c, &sql_round_by_id, ARGS(ARG_INT("id", id)), &round_record, ret_round);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return fail(c, ERR_NOT_FOUND, "round.unknown");
}

// Is the place of the grant among those above the round's, as they were when it was planned?
static bool path_has(struct str path, int64_t place_id)
{
    char part[19];
    static const char hex[] = "0123456789abcdef";
    part[0] = '/';
    for (int i = 0; i < 16; i++)
        part[1 + i] = hex[(uint64_t)place_id >> (60 - 4 * i) & 15];
    part[17] = '/';
    return str_find(path, (struct str){part, 18}, 0) != (size_t)-1;
}

enum err round_relate(struct ctx *c, const void *row, unsigned *ret_relations)
{
    const struct round *r = row;
    unsigned set = c->actor.kind == ACTOR_SYSTEM ? ROUND_SYSTEM : 0;
    for (size_t i = 0; c->actor.kind == ACTOR_PERSON && i < c->actor.grant_count; i++) {
        const struct grant *grant = &c->actor.grants[i];
        if (grant->post_id && grant->post_id == r->post_id)
            set |= ROUND_WALKER;
        if (!(ROLE_BIT(grant->role) & (ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER))) || !path_has(r->path, grant->place_id))
            continue;
        set |= ROUND_WATCHER;
        if (grant->role == ROLE_COMMUNITY)
            set |= ROUND_DESK;
    }
    *ret_relations = set;
    return OK;
}

enum err round_see(struct ctx *c, int64_t id, struct round *ret_round, unsigned *ret_relations)
{
    TRY(round_get(c, id, ret_round));
    TRY(round_relate(c, ret_round, ret_relations));
    return *ret_relations ? OK : fail(c, ERR_NOT_FOUND, "round.unknown");
}

enum err round_save(struct ctx *c, void *row, int64_t old_version)
{
    struct round *r = row;
    int64_t changed;
    TRY(db_exec(c, &sql_round_save, ARGS(ARG_INT("old_version", old_version), ARG_ROW(&round_record, r)), &changed));
    return changed == 1 ? OK : fail(c, ERR_STALE, "flow.stale");
}

enum err round_act(struct ctx *c, struct round_case *rc, const char *action)
{
    return flow_act(c, &round_flow, rc, str_of(action), NULL, -1, NULL);
}

enum err round_act_system(struct ctx *c, struct round_case *rc, const char *action)
{
    struct actor actor = c->actor;
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    enum err err = round_act(c, rc, action);
    c->actor = actor;
    return err;
}

enum err round_items_of(struct ctx *c, int64_t round_id, struct rows *ret_rows)
{
    return db_list(c, &sql_round_items_of, ARGS(ARG_INT("round_id", round_id), ARG_INT("max", ITEMS_MAX)),
                   &round_item_record, ITEMS_MAX, ret_rows);
}

enum err round_item_get(struct ctx *c, int64_t round_id, int64_t id, struct round_item *ret_item)
{
    enum err err = db_one(c, &sql_round_item_by_id, ARGS(ARG_INT("id", id), ARG_INT("round_id", round_id)),
                          &round_item_record, ret_item);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return fail_field(c, ERR_NOT_FOUND, "round.no_such_item", STR("item"));
}

enum err round_finish_if_whole(struct ctx *c, struct round_case *rc)
{
    if (rc->r.items_done < rc->r.items || rc->r.state == ROUND_DONE || rc->r.state == ROUND_MISSED)
        return OK;
    return round_act_system(c, rc, "finish");
}

// --- answers ---------------------------------------------------------------------------------------------------------
unsigned round_readers(unsigned relations)
{
    return READ_SCOPE | (relations & (ROUND_WALKER | ROUND_DESK) ? READ_HANDLER : 0u);
}

// Which item a scanned code is of, without telling the code.
static enum err mark_code(struct ctx *c, struct round_item *item)
{
    struct checkpoint checkpoint;
    uint32_t mark = 2166136261u;
    TRY(db_one(c, &sql_checkpoint_by_id, ARGS(ARG_INT("id", item->checkpoint_id)), &checkpoint_record, &checkpoint));
    for (size_t i = 0; i < checkpoint.code.n; i++)
        mark = (mark ^ (unsigned char)checkpoint.code.p[i]) * 16777619u;
    item->code_mark = checkpoint.code.n ? str_format(c->arena, "%08x", mark) : STR("");
    return OK;
}

static enum err write_item(struct ctx *c, struct round_item *item, unsigned readers, struct json_writer *w)
{
    struct care care;
    item->ticked = item->result != RESULT_NONE;
    item->code_mark = STR("");
    if (item->coded)
        TRY(mark_code(c, item));
    if (item->care_id && readers & READ_HANDLER) {
        struct str name;
        TRY(care_get(c, item->care_id, &care));
        TRY(round_open(c, &care_record, "name", care.id, care.name, &name));
        item->care_name = mask_text(c->arena, name);
    }
    record_to_json(c, &round_item_record, item, item->id, readers, w);
    return OK;
}

static enum err write_items(struct ctx *c, int64_t round_id, unsigned readers, struct str *ret_json)
{
    struct rows rows;
    struct buf out;
    struct json_writer w;
    enum err err = OK;
    TRY(round_items_of(c, round_id, &rows));
    buf_init(&out, 1 << 20);
    json_writer_init(&w, &out);
    json_array_begin(&w);
    for (size_t i = 0; i < rows.count && err == OK; i++)
        err = write_item(c, (struct round_item *)rows.at + i, readers, &w);
    json_array_end(&w);
    *ret_json = str_copy(c->arena, buf_str(&out));
    buf_free(&out);
    return err;
}

static enum err write_place(struct ctx *c, int64_t place_id, struct str *ret_json)
{
    struct place place;
    struct buf out;
    struct json_writer w;
    TRY(place_get(c, place_id, &place));
    buf_init(&out, 4096);
    json_writer_init(&w, &out);
    place_ref_write(&place, &w);
    *ret_json = str_copy(c->arena, buf_str(&out));
    buf_free(&out);
    return OK;
}

enum err round_answer(struct ctx *c, struct round *r, unsigned relations, bool whole, struct json_writer *w)
{
    const struct flow_state *state = &round_flow.states[r->state];
    unsigned readers = round_readers(relations);
    r->state_zh = str_of(state->zh);
    r->state_en = str_of(state->en);
    r->date = round_date(c, r->day);
    r->mine = relations & ROUND_WALKER;
    TRY(write_place(c, r->place_id, &r->place));
    r->list = STR("[]");
    if (whole)
        TRY(write_items(c, r->id, readers, &r->list));
    record_to_json(c, &round_record, r, r->id, readers, w);
    return OK;
}
