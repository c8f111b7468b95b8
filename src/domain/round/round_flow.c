// SPDX-License-Identifier: MulanPSL-2.0
// The path of a round as a table. What is ticked afterwards, by a phone that had no network, still counts: a missed
// round becomes incomplete, an incomplete one done, marked as recorded late.
#include "domain/round/round_internal.h"
#include "round_sql.h"

#define BIT(state) (1u << ROUND_##state)
#define OPEN (BIT(PLANNED) | BIT(WALKING))
#define ANY ((1u << ROUND_STATE_COUNT) - 1)

#define STATE_NAME(code, name, ...) name,
const char *const round_state_names[] = {ROUND_STATES(STATE_NAME) NULL};
#define STATE_ROW(code, ...) {__VA_ARGS__},
static const struct flow_state states[] = {ROUND_STATES(STATE_ROW)};
static const struct flow_relation relations[] = {
    {ROUND_WALKER, "walker", "巡楼人", "walker"},
    {ROUND_SYSTEM, "system", "系统", "system"},
    {ROUND_WATCHER, "watcher", "网格和各级值班", "grid and desks"},
    {ROUND_DESK, "desk", "社区值班", "community desk"},
};

static struct round_case *case_of(const struct flow_step *step)
{
    return step->row;
}

static void put_id(const struct flow_step *step, const char *key, int64_t id)
{
    json_key(step->data, key);
    json_put_id(step->data, id);
}

static void put_word(const struct flow_step *step, const char *key, const char *word)
{
    json_key(step->data, key);
    json_put_z(step->data, word);
}

// Who and when are in the event; which person is visited is not: the item leads to it as long as the consent stands.
static void tell_tick(const struct flow_step *step, int result, int64_t at_ms, bool late)
{
    const struct round_case *rc = case_of(step);
    put_id(step, "item", rc->item.id);
    put_word(step, "kind", round_kind_names[rc->item.kind]);
    put_word(step, "result", round_result_names[result]);
    json_key(step->data, "at");
    json_put_time(step->data, at_ms);
    json_key(step->data, "late");
    json_put_bool(step->data, late);
}

static enum err apply_tick(struct ctx *c, const struct flow_step *step)
{
    struct round_case *rc = case_of(step);
    struct round *r = &rc->r;
    const struct round_item *item = &rc->item;
    if (!r->begun_at_ms || item->ticked_at_ms < r->begun_at_ms)
        r->begun_at_ms = item->ticked_at_ms;
    r->items_done++;
    if (c->now_ms > r->closes_at_ms)
        r->recorded_late = true;
    tell_tick(step, item->result, item->ticked_at_ms, item->late);
    json_key(step->data, "scanned");
    json_put_bool(step->data, item->scanned);
    if (item->bad.n) {
        json_key(step->data, "bad");
        json_put_str(step->data, item->bad);
    }
    if (item->request_id)
        put_id(step, "request", item->request_id);
    return db_exec(c, &sql_round_item_save, ARGS(ARG_ROW(&round_item_record, item)), NULL);
}

// Somebody else was first: what the second phone says stays beside it.
static enum err apply_note(struct ctx *c, const struct flow_step *step)
{
    struct round_case *rc = case_of(step);
    int64_t day_begin = round_instant(c->house->calendar, rc->r.day, 0);
    int64_t at_ms = round_clamp_ms(rc->tick->at_ms, day_begin, c->now_ms);
    rc->item.noted++;
    tell_tick(step, rc->tick->result, at_ms, c->now_ms - at_ms > ROUND_LATE_RECORD_MS);
    event_note_put(c, step->data, rc->r.id, rc->tick->words);
    return db_exec(c, &sql_round_item_save, ARGS(ARG_ROW(&round_item_record, &rc->item)), NULL);
}

static enum err apply_find(struct ctx *c, const struct flow_step *step)
{
    struct round_case *rc = case_of(step);
    rc->r.findings++;
    if (!rc->r.begun_at_ms)
        rc->r.begun_at_ms = c->now_ms < rc->r.opens_at_ms ? rc->r.opens_at_ms : c->now_ms;
    put_id(step, "request", rc->request_id);
    return OK;
}

static enum err guard_finish(struct ctx *c, const struct flow_step *step)
{
    const struct round *r = &case_of(step)->r;
    return r->items_done >= r->items ? OK : fail(c, ERR_CONFLICT, "round.not_whole");
}

static enum err apply_finish(struct ctx *c, const struct flow_step *step)
{
    struct round *r = &case_of(step)->r;
    struct rows rows;
    TRY(round_items_of(c, r->id, &rows));
    const struct round_item *items = rows.at;
    r->ended_at_ms = 0;
    for (size_t i = 0; i < rows.count; i++)
        if (items[i].ticked_at_ms > r->ended_at_ms)
            r->ended_at_ms = items[i].ticked_at_ms;
    if (!r->ended_at_ms) // everybody on it has withdrawn
        r->ended_at_ms = c->now_ms;
    r->in_time = r->ended_at_ms <= r->closes_at_ms;
    r->next_mark_at_ms = 0;
    json_key(step->data, "ended");
    json_put_time(step->data, r->ended_at_ms);
    json_key(step->data, "in_time");
    json_put_bool(step->data, r->in_time);
    json_key(step->data, "items");
    json_put_int(step->data, r->items);
    return OK;
}

static void tell_level(const struct flow_step *step)
{
    struct round_case *rc = case_of(step);
    struct round *r = &rc->r;
    json_key(step->data, "level");
    json_put_int(step->data, r->level + 1);
    json_key(step->data, "due");
    json_put_time(step->data, r->next_mark_at_ms);
    put_id(step, "post", rc->told.post.id);
    if (rc->told.vacant_post_id)
        put_id(step, "vacant_post", rc->told.vacant_post_id);
    r->level++;
    r->next_mark_at_ms = round_mark_ms(r->opens_at_ms, r->closes_at_ms, r->level);
}

static enum err apply_level(struct ctx *c, const struct flow_step *step)
{
    struct round_case *rc = case_of(step);
    (void)c;
    tell_level(step);
    if (rc->r.level > 1) {
        rc->r.escalated_post_id = rc->told.post.id;
        rc->r.escalated_name = rc->told.post.name;
    }
    return OK;
}

static enum err apply_close(struct ctx *c, const struct flow_step *step)
{
    struct round *r = &case_of(step)->r;
    r->ended_at_ms = r->closes_at_ms;
    json_key(step->data, "items");
    json_put_int(step->data, r->items);
    json_key(step->data, "items_done");
    json_put_int(step->data, r->items_done);
    return apply_level(c, step);
}

static enum err guard_remind(struct ctx *c, const struct flow_step *step)
{
    return case_of(step)->r.level == 0 ? OK : fail(c, ERR_CONFLICT, "round.told_already");
}

static enum err apply_reroute(struct ctx *c, const struct flow_step *step)
{
    struct round_case *rc = case_of(step);
    struct round *r = &rc->r;
    (void)c;
    r->vacant_post_id = rc->told.vacant_post_id;
    r->post_id = rc->told.post.id;
    r->post_name = rc->told.post.name;
    put_id(step, "post", r->post_id);
    put_id(step, "vacant_post", r->vacant_post_id);
    return OK;
}

// An item more or less: the rows are written by who calls.
static enum err apply_items(struct ctx *c, const struct flow_step *step)
{
    struct round_case *rc = case_of(step);
    (void)c;
    put_id(step, "item", rc->item.id);
    put_word(step, "kind", round_kind_names[rc->item.kind]);
    json_key(step->data, "items");
    json_put_int(step->data, rc->r.items);
    return OK;
}

static enum err apply_replan(struct ctx *c, const struct flow_step *step)
{
    const struct round *r = &case_of(step)->r;
    (void)c;
    json_key(step->data, "plan_version");
    json_put_int(step->data, r->plan_version);
    json_key(step->data, "opens");
    json_put_time(step->data, r->opens_at_ms);
    json_key(step->data, "closes");
    json_put_time(step->data, r->closes_at_ms);
    json_key(step->data, "items");
    json_put_int(step->data, r->items);
    return OK;
}

static const struct flow_rule rules[] = {
    {"tick", "打点", "Tick", BIT(PLANNED), ROUND_WALKING, ROUND_WALKER, NULL, apply_tick, NULL, "round.ticked", 0},
    {"tick", "打点", "Tick", BIT(WALKING) | BIT(INCOMPLETE), FLOW_SAME, ROUND_WALKER, NULL, apply_tick, NULL,
     "round.ticked", 0},
    {"tick", "补记", "Tick afterwards", BIT(MISSED), ROUND_INCOMPLETE, ROUND_WALKER, NULL, apply_tick, NULL,
     "round.ticked", 0},
    {"note", "补充", "Say more of an item", ANY, FLOW_SAME, ROUND_WALKER, NULL, apply_note, NULL, "round.noted",
     FLOW_HIDDEN},
    {"find", "报问题", "Report a finding", BIT(PLANNED), ROUND_WALKING, ROUND_WALKER, NULL, apply_find, NULL,
     "round.found", 0},
    {"find", "报问题", "Report a finding", ANY & ~BIT(PLANNED), FLOW_SAME, ROUND_WALKER, NULL, apply_find, NULL,
     "round.found", 0},
    {"finish", "全部完成", "All is done", OPEN | BIT(INCOMPLETE), ROUND_DONE, ROUND_SYSTEM, guard_finish, apply_finish,
     NULL, "round.done", FLOW_HIDDEN},
    {"remind", "提醒", "Remind", OPEN, FLOW_SAME, ROUND_SYSTEM, guard_remind, apply_level, NULL, "round.reminded",
     FLOW_HIDDEN},
    {"close", "未巡", "Not walked", BIT(PLANNED), ROUND_MISSED, ROUND_SYSTEM, NULL, apply_close, NULL, "round.missed",
     FLOW_HIDDEN},
    {"close", "未巡完", "Not walked to its end", BIT(WALKING), ROUND_INCOMPLETE, ROUND_SYSTEM, NULL, apply_close, NULL,
     "round.incomplete", FLOW_HIDDEN},
    {"escalate", "上报", "Tell the next upward", BIT(MISSED) | BIT(INCOMPLETE), FLOW_SAME, ROUND_SYSTEM, NULL,
     apply_level, NULL, "round.escalated", FLOW_HIDDEN},
    {"reroute", "空岗上移", "Move up from a vacant post", OPEN, FLOW_SAME, ROUND_SYSTEM, NULL, apply_reroute, NULL,
     "round.rerouted", FLOW_HIDDEN},
    {"replan", "按新安排", "Follow the plan as it is now", BIT(PLANNED), FLOW_SAME, ROUND_SYSTEM, NULL, apply_replan,
     NULL, "round.replanned", FLOW_HIDDEN},
    {"add", "加一项", "One item more", OPEN, FLOW_SAME, ROUND_SYSTEM, NULL, apply_items, NULL, "round.item_added",
     FLOW_HIDDEN},
    {"drop", "去一项", "One item less", ANY & ~BIT(DONE), FLOW_SAME, ROUND_SYSTEM, NULL, apply_items, NULL,
     "round.item_dropped", FLOW_HIDDEN},
};

const struct flow round_flow = {
    .name = "round",
    .zh = "巡楼",
    .en = "Round",
    .states = states,
    .state_count = sizeof states / sizeof *states,
    .rules = rules,
    .rule_count = sizeof rules / sizeof *rules,
    .relations = relations,
    .relation_count = sizeof relations / sizeof *relations,
    .record = &round_record,
    .relate = round_relate,
    .save = round_save,
};
