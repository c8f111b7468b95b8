// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/flow.h"

#include "flow/event.h"
#include "flow/flow_private.h"
#include "json/record_json.h"

#include <string.h>

static void free_buf(void *what)
{
    buf_free(what);
}

static struct buf *arena_buf(struct arena *arena, size_t max_bytes)
{
    struct buf *buf = arena_alloc(arena, sizeof *buf);
    buf_init(buf, max_bytes);
    arena_defer(arena, free_buf, buf);
    return buf;
}

const char *flow_label(const char *lang, const char *zh, const char *en)
{
    return lang && strcmp(lang, "en") == 0 ? en : zh;
}

struct flow_input flow_input_of(struct arena *arena, const struct flow_rule *rule)
{
    static const struct record nothing = {.name = "flow_note"};
    const struct record *in = rule->in ? rule->in : &nothing;
    struct flow_input input = {.record = *in, .note = record_field(in, STR("note"))};
    if (input.note)
        return input;
    size_t at = (in->size_bytes + _Alignof(struct str) - 1) / _Alignof(struct str) * _Alignof(struct str);
    struct field *fields = arena_array(arena, in->field_count + 1, sizeof *fields);
    if (in->field_count)
        memcpy(fields, in->fields, in->field_count * sizeof *fields);
    fields[in->field_count] = (struct field){
        .name = "note",
        .type = FIELD_TEXT,
        .flags = FIELD_INPUT | FIELD_MULTILINE | (rule->flags & FLOW_NEEDS_NOTE ? FIELD_REQUIRED : 0),
        .read = READ_INVOLVED,
        .offset = at,
        .max = EVENT_NOTE_MAX,
        .doc = "In the actor's own words; kept sealed, shown to those who may read the subject",
    };
    input.record.fields = fields;
    input.record.field_count = in->field_count + 1;
    input.record.size_bytes = at + sizeof(struct str);
    input.note = &fields[in->field_count];
    return input;
}

// The row's own columns, which every flow's record has (flow_check).
struct row {
    int64_t id, *version;
    int *state;
};
static struct row row_of(const struct flow *flow, void *row)
{
    return (struct row){.id = *field_int(record_field(flow->record, STR("id")), row),
                        .version = field_int(record_field(flow->record, STR("version")), row),
                        .state = field_enum(record_field(flow->record, STR("state")), row)};
}

// For what takes a row to change it as well as to look at it, and here only looks.
static void *looked_at(const void *row)
{
    void *same;
    memcpy(&same, &row, sizeof same);
    return same;
}

static bool leads_from(const struct flow_rule *rule, int state)
{
    return rule->from >> state & 1;
}

// The first rule that fits state, action and relation; else NULL, with the reason that helps most in c->error.
static const struct flow_rule *find_rule(struct ctx *c, const struct flow *flow, int state, unsigned relations,
                                         struct str action)
{
    bool known = false, from_here = false, mine_elsewhere = false;
    for (size_t i = 0; i < flow->rule_count; i++) {
        const struct flow_rule *rule = &flow->rules[i];
        if (!str_equal_z(action, rule->action))
            continue;
        bool mine = rule->who & relations, here = leads_from(rule, state);
        if (mine && here)
            return rule;
        known = true;
        from_here |= here;
        mine_elsewhere |= mine;
    }
    const struct flow_state *now = &flow->states[state];
    if (!known)
        fail(c, ERR_NOT_FOUND, "flow.no_such_action");
    else if (from_here || !mine_elsewhere)
        fail(c, ERR_FORBIDDEN, "flow.not_allowed");
    else
        fail_with(c, ERR_CONFLICT, "flow.wrong_state", str_of(flow_label(c->lang, now->zh, now->en)), (struct str){0});
    return NULL;
}

static enum err read_input(struct ctx *c, const struct json *json, int64_t row_id, struct flow_step *step)
{
    const struct flow_input input = flow_input_of(c->arena, step->rule);
    void *in = arena_alloc(c->arena, input.record.size_bytes);
    if (!json)
        TRY(json_parse(c, STR("{}"), &json));
    TRY(record_from_json(c, &input.record, json, RECORD_CREATE, row_id, in));
    step->note = *field_str(input.note, in);
    if (step->rule->flags & FLOW_NEEDS_NOTE && !str_trim(step->note).n)
        return fail_field(c, ERR_INVALID, "flow.note_needed", STR("note"));
    if (step->rule->in)
        step->in = in;
    return OK;
}

static enum err take_step(struct ctx *c, struct flow_step *step, struct row row, int64_t *ret_event_id)
{
    const struct flow *flow = step->flow;
    struct json_writer *w = arena_alloc(c->arena, sizeof *w); // the step outlives this function
    struct buf *data = arena_buf(c->arena, EVENT_DATA_MAX);
    json_writer_init(w, data);
    json_object_begin(w);
    json_key(w, "from");
    json_put_z(w, flow->states[step->from].name);
    json_key(w, "to");
    json_put_z(w, flow->states[step->to].name);
    step->data = w;
    if (step->rule->apply)
        TRY(step->rule->apply(c, step));
    event_note_put(c, w, row.id, step->note);
    int64_t old_version = *row.version;
    *row.state = step->to;
    *row.version = old_version + 1;
    TRY(flow->save(c, step->row, old_version)); // may still add to the event what only saving finds out
    json_object_end(w);
    if (data->full)
        return fail(c, ERR_TOO_LARGE, "event.data_too_large");
    return event_append(c, flow->record->name, row.id, step->rule->event, buf_str(data), ret_event_id);
}

enum err flow_act(struct ctx *c, const struct flow *flow, void *row, struct str action, const struct json *input,
                  int64_t if_version, int64_t *ret_event_id)
{
    struct row at = row_of(flow, row);
    unsigned relations = 0;
    TRY(flow->relate(c, row, &relations));
    struct flow_step step = {.flow = flow, .row = row, .from = *at.state};
    step.rule = find_rule(c, flow, step.from, relations, action);
    if (!step.rule)
        return c->error.code;
    if (if_version >= 0 && if_version != *at.version)
        return fail(c, ERR_STALE, "flow.stale");
    step.to = step.rule->to == FLOW_SAME ? step.from : step.rule->to;
    TRY(read_input(c, input, at.id, &step));
    if (step.rule->guard)
        TRY(step.rule->guard(c, &step));
    return take_step(c, &step, at, ret_event_id);
}

// --- buttons ---------------------------------------------------------------------------------------------------------

static bool is_open(struct ctx *c, const struct flow *flow, const struct flow_rule *rule, const void *row, int state,
                    unsigned relations)
{
    if (rule->flags & FLOW_HIDDEN || !(rule->who & relations) || !leads_from(rule, state))
        return false;
    if (!rule->guard || !(rule->flags & FLOW_GUARD_SHOWS))
        return true;
    struct flow_step asked = {.flow = flow,
                              .rule = rule,
                              .row = looked_at(row), // a guard does not change it
                              .from = state,
                              .to = rule->to == FLOW_SAME ? state : rule->to};
    bool open = rule->guard(c, &asked) == OK;
    ctx_clear_error(c);
    return open;
}

static void write_action(struct ctx *c, const struct flow_rule *rule, struct json_writer *w)
{
    json_object_begin(w);
    json_key(w, "action");
    json_put_z(w, rule->action);
    json_key(w, "label");
    json_put_z(w, flow_label(c->lang, rule->zh, rule->en));
    json_key(w, "needs_note");
    json_put_bool(w, rule->flags & FLOW_NEEDS_NOTE);
    json_key(w, "input");
    if (rule->in || rule->flags & FLOW_NEEDS_NOTE) {
        struct flow_input input = flow_input_of(c->arena, rule);
        record_schema(&input.record, true, w);
    } else {
        json_put_null(w);
    }
    json_object_end(w);
}

enum err flow_write_actions(struct ctx *c, const struct flow *flow, const void *row, struct json_writer *w)
{
    return flow_write_actions_as(c, flow, row, ~0u, w);
}

enum err flow_write_actions_as(struct ctx *c, const struct flow *flow, const void *row, unsigned only,
                               struct json_writer *w)
{
    unsigned relations = 0;
    TRY(flow->relate(c, row, &relations));
    relations &= only;
    int state = *row_of(flow, looked_at(row)).state;
    json_array_begin(w);
    for (size_t i = 0; i < flow->rule_count; i++) {
        const struct flow_rule *rule = &flow->rules[i];
        if (!is_open(c, flow, rule, row, state, relations))
            continue;
        bool shown = false; // by an earlier rule of the same action
        for (size_t j = 0; j < i && !shown; j++)
            shown = strcmp(flow->rules[j].action, rule->action) == 0 &&
                    is_open(c, flow, &flow->rules[j], row, state, relations);
        if (!shown)
            write_action(c, rule, w);
    }
    json_array_end(w);
    return OK;
}

// --- what a step tells ----------------------------------------------------------------------------------------------
void flow_tell_id(const struct flow_step *step, const char *key, int64_t id)
{
    if (!id)
        return;
    json_key(step->data, key);
    json_put_id(step->data, id);
}

void flow_tell_word(const struct flow_step *step, const char *key, struct str word)
{
    if (!word.n)
        return;
    json_key(step->data, key);
    json_put_str(step->data, word);
}

void flow_tell_time(const struct flow_step *step, const char *key, int64_t at_ms)
{
    json_key(step->data, key);
    json_put_time(step->data, at_ms);
}

void flow_tell_number(const struct flow_step *step, const char *key, int64_t number)
{
    json_key(step->data, key);
    json_put_int(step->data, number);
}
