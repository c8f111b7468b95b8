// SPDX-License-Identifier: MulanPSL-2.0
// What a phone says of a round. The first one of an item counts; a second send of the same is harmless; what somebody
// else says of it later stays beside it as a note.
#include "domain/round/round_internal.h"
#include "round_sql.h"

static bool fits(int kind, int result)
{
    switch (kind) {
    case ROUND_CHECKPOINT:
        return result == RESULT_SEEN;
    case ROUND_VISIT:
        return result >= RESULT_WELL && result <= RESULT_REFUSED;
    default:
        return result == RESULT_DELIVERED || result == RESULT_NOT_DELIVERED;
    }
}

static bool asked_all(struct str bad, struct str asks)
{
    while (bad.n) {
        struct str one = str_cut(&bad, ',');
        bool asked = false;
        for (struct str rest = asks; rest.n && !asked;)
            asked = str_equal(str_cut(&rest, ','), one);
        if (!asked)
            return false;
    }
    return true;
}

static enum err check_code(struct ctx *c, const struct round_item *item, struct str code, bool *ret_scanned)
{
    struct checkpoint checkpoint;
    *ret_scanned = false;
    if (!code.n)
        return OK;
    if (item->kind != ROUND_CHECKPOINT)
        return fail_field(c, ERR_INVALID, "round.wrong_code", STR("code"));
    TRY(db_one(c, &sql_checkpoint_by_id, ARGS(ARG_INT("id", item->checkpoint_id)), &checkpoint_record, &checkpoint));
    struct str read = place_code_read(c, code);
    if (!read.n || !str_equal(read, checkpoint.code))
        return fail_field(c, ERR_CONFLICT, "round.wrong_code", STR("code"));
    *ret_scanned = true;
    return OK;
}

static enum err check(struct ctx *c, const struct round *r, const struct round_item *item,
                      const struct round_tick *tick)
{
    if (c->now_ms > r->closes_at_ms + ROUND_LATE_MS)
        return fail(c, ERR_CONFLICT, "round.too_late");
    if (c->now_ms < round_instant(c->house->calendar, r->day, 0))
        return fail(c, ERR_CONFLICT, "round.too_early");
    if (!fits(item->kind, tick->result))
        return fail_field(c, ERR_INVALID, "round.wrong_result", STR("result"));
    if (!words_parse(tick->bad, round_ask_names) || !asked_all(tick->bad, item->asks))
        return fail_field(c, ERR_INVALID, "checkpoint.bad_asks", STR("bad"));
    if (tick->result == RESULT_NOT_DELIVERED && !tick->words.n)
        return fail_field(c, ERR_INVALID, "round.why_needed", STR("words"));
    return OK;
}

static void fill(struct ctx *c, const struct round *r, struct round_item *item, const struct round_tick *tick)
{
    item->result = tick->result;
    item->bad = tick->bad;
    item->sent_at_ms = tick->at_ms;
    item->ticked_at_ms = round_clamp_ms(tick->at_ms, round_instant(c->house->calendar, r->day, 0), c->now_ms);
    item->recorded_at_ms = c->now_ms;
    item->late = item->recorded_at_ms - item->ticked_at_ms > ROUND_LATE_RECORD_MS;
    item->person_id = c->actor.person_id;
    item->words = round_seal(c, &round_item_record, "words", item->id, tick->words);
}

static enum err visit(struct ctx *c, struct round_case *rc)
{
    struct round_item *item = &rc->item;
    bool help;
    TRY(care_visited(c, item->care_id, &rc->r, item->result, item->ticked_at_ms, &help));
    return help ? care_raise(c, item->care_id, item->result == RESULT_NOT_HOME, &item->request_id) : OK;
}

static enum err second(struct ctx *c, struct round_case *rc, const struct round_tick *tick)
{
    const struct round_item *item = &rc->item;
    bool same = item->person_id == c->actor.person_id && item->result == tick->result &&
                item->sent_at_ms == tick->at_ms && str_equal(item->bad, tick->bad);
    return same ? OK : round_act(c, rc, "note");
}

// Only who walks it, also as seen from outside: for the others there is no such thing to tick.
static enum err walker(struct ctx *c, int64_t round_id, struct round_case *rc)
{
    unsigned relations;
    TRY(round_see(c, round_id, &rc->r, &relations));
    return relations & ROUND_WALKER ? OK : fail(c, ERR_FORBIDDEN, "round.not_yours");
}

enum err round_tick(struct ctx *c, int64_t round_id, const struct round_tick *tick, struct round *ret_round)
{
    struct round_case rc = {.tick = tick};
    TRY(walker(c, round_id, &rc));
    TRY(round_item_get(c, round_id, tick->item, &rc.item));
    TRY(check(c, &rc.r, &rc.item, tick));
    if (rc.item.result != RESULT_NONE) {
        TRY(second(c, &rc, tick));
        *ret_round = rc.r;
        return OK;
    }
    TRY(check_code(c, &rc.item, tick->code, &rc.item.scanned));
    fill(c, &rc.r, &rc.item, tick);
    if (rc.item.kind == ROUND_VISIT)
        TRY(visit(c, &rc));
    TRY(round_act(c, &rc, "tick"));
    TRY(round_finish_if_whole(c, &rc));
    *ret_round = rc.r;
    return OK;
}

// --- findings --------------------------------------------------------------------------------------------------------
enum err round_find(struct ctx *c, int64_t round_id, const struct round_found *found, struct round *ret_round,
                    int64_t *ret_request_id)
{
    struct round_case rc = {0};
    struct service_item item;
    struct round_item where;
    TRY(walker(c, round_id, &rc));
    if (c->now_ms > rc.r.closes_at_ms + ROUND_LATE_MS)
        return fail(c, ERR_CONFLICT, "round.too_late");
    enum err err = service_item_get(c, found->item_id, &item);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    if (err == ERR_NOT_FOUND || item.closed || (item.kind != KIND_FINDING && item.kind != KIND_REPAIR))
        return fail_field(c, ERR_INVALID, "round.no_such_finding", STR("item"));
    struct request request = {
        .item_id = item.id, .place_id = rc.r.place_id, .reporter_id = c->actor.person_id, .words = found->words};
    if (found->round_item) {
        TRY(round_item_get(c, round_id, found->round_item, &where));
        request.place_id = where.place_id;
        if (where.name.n)
            request.words = str_format(c->arena, "%.*s%s%.*s", STR_ARG(where.name), found->words.n ? "：" : "",
                                       STR_ARG(found->words));
    }
    if (!request.words.n)
        request.words = item.name_zh;
    TRY(request_file_with(c, &request, found->media, found->media_count));
    rc.request_id = *ret_request_id = request.id;
    TRY(round_act(c, &rc, "find"));
    *ret_round = rc.r;
    return OK;
}

// --- for who lets rounds live ----------------------------------------------------------------------------------------
enum err round_live_walk(struct ctx *c, int64_t round_id, size_t from, size_t count)
{
    static const int results[] = {
        [ROUND_CHECKPOINT] = RESULT_SEEN, [ROUND_VISIT] = RESULT_WELL, [ROUND_MEAL] = RESULT_DELIVERED};
    struct rows rows;
    struct round r;
    TRY(round_items_of(c, round_id, &rows));
    const struct round_item *items = rows.at;
    for (size_t i = from; i < rows.count && i < from + count; i++) {
        const struct round_tick tick = {
            .item = items[i].id, .result = results[items[i].kind], .bad = STR(""), .at_ms = c->now_ms};
        TRY(round_tick(c, round_id, &tick, &r));
    }
    return OK;
}

enum err round_live_find(struct ctx *c, int64_t round_id, int64_t item_id, struct str words, int64_t *ret_request_id)
{
    struct rows rows;
    struct round r;
    TRY(round_items_of(c, round_id, &rows));
    const struct round_found found = {
        .item_id = item_id, .round_item = rows.count ? ((const struct round_item *)rows.at)->id : 0, .words = words};
    return round_find(c, round_id, &found, &r, ret_request_id);
}
