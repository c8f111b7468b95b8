// SPDX-License-Identifier: MulanPSL-2.0
// The line from a place up to its district: now, and as of an instant.
#include "domain/place/place_internal.h"
#include "place_sql.h"

static enum err places_by_ids(struct ctx *c, const int64_t *ids, size_t count, struct rows *ret_rows)
{
    int64_t all[PLACE_LEVEL_COUNT] = {0};
    for (size_t i = 0; i < count; i++)
        all[i] = ids[i];
    struct args args =
        ARGS(ARG_INT("id0", all[0]), ARG_INT("id1", all[1]), ARG_INT("id2", all[2]), ARG_INT("id3", all[3]),
             ARG_INT("id4", all[4]), ARG_INT("id5", all[5]), ARG_INT("id6", all[6]), ARG_INT("id7", all[7]));
    struct rows rows;
    TRY(db_list(c, &sql_place_chain, args, &place_record, PLACE_LEVEL_COUNT, &rows));
    struct place *places = rows.at, *sorted = arena_array(c->arena, rows.count ? rows.count : 1, sizeof *sorted);
    size_t n = 0;
    for (int level = 0; level < PLACE_LEVEL_COUNT; level++) // levels grow strictly along a line
        for (size_t i = 0; i < rows.count; i++)
            if (places[i].level == level)
                sorted[n++] = places[i];
    *ret_rows = (struct rows){.at = sorted, .count = n};
    return OK;
}

enum err place_line(struct ctx *c, const struct place *place, struct rows *ret_rows)
{
    int64_t ids[PLACE_LEVEL_COUNT];
    size_t count = place_path_ids(place->path, ids);
    return places_by_ids(c, ids, count, ret_rows);
}

static void chain_of_rows(const struct rows *rows, struct place_chain *ret_chain)
{
    *ret_chain = (struct place_chain){0};
    const struct place *places = rows->at;
    for (size_t i = 0; i < rows->count; i++)
        ret_chain->at[places[i].level] = places[i].id;
}

enum err place_get_chain(struct ctx *c, int64_t id, struct place_chain *ret_chain)
{
    struct place place;
    struct rows rows;
    TRY(place_get(c, id, &place));
    TRY(place_line(c, &place, &rows));
    chain_of_rows(&rows, ret_chain);
    return OK;
}

// The parent as of at_ms, or as it is now where nothing is known for then.
static enum err parent_at(struct ctx *c, int64_t id, int64_t at_ms, int64_t *ret_parent_id)
{
    struct place_history history;
    enum err err = db_one(c, &sql_place_parent_at, ARGS(ARG_INT("place_id", id), ARG_INT("at_ms", at_ms)),
                          &place_history_record, &history);
    if (err == OK) {
        *ret_parent_id = history.parent_id;
        return OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    struct place place;
    TRY(place_get(c, id, &place));
    *ret_parent_id = place.parent_id;
    return OK;
}

enum err place_get_chain_at(struct ctx *c, int64_t id, int64_t at_ms, struct place_chain *ret_chain)
{
    if (at_ms >= c->now_ms)
        return place_get_chain(c, id, ret_chain);
    struct place place;
    TRY(place_get(c, id, &place)); // 404 for what never was
    int64_t ids[PLACE_LEVEL_COUNT];
    size_t count = 0;
    for (int64_t at = id; at && count < PLACE_LEVEL_COUNT;) {
        ids[count++] = at;
        TRY(parent_at(c, at, at_ms, &at));
    }
    struct rows rows;
    TRY(places_by_ids(c, ids, count, &rows));
    chain_of_rows(&rows, ret_chain);
    return OK;
}

enum err place_covers(struct ctx *c, int64_t ancestor_id, int64_t place_id, bool *ret_covers)
{
    *ret_covers = false;
    if (ancestor_id == 0 || place_id == 0)
        return OK;
    struct place place;
    TRY(place_get(c, place_id, &place));
    int64_t ids[PLACE_LEVEL_COUNT];
    size_t count = place_path_ids(place.path, ids);
    for (size_t i = 0; i < count; i++)
        if (ids[i] == ancestor_id)
            *ret_covers = true;
    return OK;
}

enum err place_full_name(struct ctx *c, int64_t id, enum place_level from, struct str *ret_name)
{
    struct place place;
    struct rows rows;
    TRY(place_get(c, id, &place));
    TRY(place_line(c, &place, &rows));
    const struct place *places = rows.at;
    struct str name = {0};
    for (size_t i = 0; i < rows.count; i++) {
        if (places[i].level < (int)from)
            continue;
        if (name.n)
            name = str_concat(c->arena, name, STR(" · "));
        name = str_concat(c->arena, name, places[i].name);
    }
    *ret_name = name.n ? name : place.name;
    return OK;
}
