// SPDX-License-Identifier: MulanPSL-2.0
// A flow checked as a table, before it serves anybody.
#include "flow/flow_private.h"

#include <string.h>

struct checked {
    struct ctx *c;
    const struct flow *flow;
    struct str *fault;
};

static bool bad(const struct checked *k, const char *what, const char *name)
{
    *k->fault = str_format(k->c->arena, "flow %s: %s: %s", k->flow->name, name, what);
    return false;
}

static bool filled(const char *text)
{
    return text && *text;
}

static bool check_record(const struct checked *k)
{
    static const struct {
        const char *name;
        enum field_type type;
    } needed[] = {{"id", FIELD_ID}, {"version", FIELD_INT}, {"state", FIELD_ENUM}};
    const struct flow *flow = k->flow;
    if (!flow->record || !flow->relate || !flow->save)
        return bad(k, "record, relate or save is missing", "flow");
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        const struct field *field = record_field(flow->record, str_of(needed[i].name));
        if (!field || field->type != needed[i].type)
            return bad(k, "its record lacks this field, or it is of another type", needed[i].name);
    }
    const char *const *names = record_field(flow->record, STR("state"))->names;
    for (size_t i = 0; i < flow->state_count; i++)
        if (!names || !names[i] || strcmp(names[i], flow->states[i].name) != 0)
            return bad(k, "the names of the record's field state are not those of the flow's states, in order",
                       flow->states[i].name);
    return names[flow->state_count] ? bad(k, "the record's field state has a name more", names[flow->state_count])
                                    : true;
}

static bool check_states(const struct checked *k, unsigned all_relations)
{
    const struct flow *flow = k->flow;
    if (!flow->state_count || flow->state_count > 32)
        return bad(k, "1 to 32 states", "states");
    size_t initial = 0;
    for (size_t i = 0; i < flow->state_count; i++) {
        const struct flow_state *state = &flow->states[i];
        if (!filled(state->name) || !filled(state->zh) || !filled(state->en))
            return bad(k, "a state lacks a name", filled(state->name) ? state->name : "?");
        for (size_t j = 0; j < i; j++)
            if (strcmp(flow->states[j].name, state->name) == 0)
                return bad(k, "two states of this name", state->name);
        initial += state->flags & FLOW_INITIAL ? 1 : 0;
        if (state->owner & ~all_relations)
            return bad(k, "its owner is no relation of the flow", state->name);
        if (!(state->flags & FLOW_FINAL) && !state->owner)
            return bad(k, "waits and has no owner", state->name);
        if (!(state->flags & FLOW_FINAL) && !filled(state->clock))
            return bad(k, "waits and has no clock", state->name);
    }
    return initial == 1 || bad(k, "exactly one state is the initial one", "states");
}

static bool check_relations(const struct checked *k, unsigned *ret_all)
{
    *ret_all = 0;
    for (size_t i = 0; i < k->flow->relation_count; i++) {
        const struct flow_relation *relation = &k->flow->relations[i];
        if (!filled(relation->name) || !filled(relation->zh) || !filled(relation->en))
            return bad(k, "a relation lacks a name", filled(relation->name) ? relation->name : "?");
        if (!relation->bit || relation->bit & (relation->bit - 1) || relation->bit & *ret_all)
            return bad(k, "its bit is not one bit of its own", relation->name);
        *ret_all |= relation->bit;
    }
    return true;
}

static bool check_rules(const struct checked *k, unsigned all_relations)
{
    const struct flow *flow = k->flow;
    unsigned all_states = flow->state_count == 32 ? ~0u : (1u << flow->state_count) - 1;
    for (size_t i = 0; i < flow->rule_count; i++) {
        const struct flow_rule *rule = &flow->rules[i];
        if (!filled(rule->action) || !filled(rule->zh) || !filled(rule->en))
            return bad(k, "a rule lacks a name", filled(rule->action) ? rule->action : "?");
        if (!rule->from || rule->from & ~all_states)
            return bad(k, "leads from no state, or from one that does not exist", rule->action);
        if (rule->to != FLOW_SAME && (rule->to < 0 || (size_t)rule->to >= flow->state_count))
            return bad(k, "leads to a state that does not exist", rule->action);
        if (!rule->who || rule->who & ~all_relations)
            return bad(k, "nobody may take it, or who may is no relation of the flow", rule->action);
        if (!filled(rule->event))
            return bad(k, "tells no event", rule->action);
        for (size_t j = 0; j < i; j++)
            if (strcmp(flow->rules[j].action, rule->action) == 0 && flow->rules[j].from & rule->from &&
                flow->rules[j].who & rule->who)
                return bad(k, "two rules for the same state and relation", rule->action);
        const struct field *note = rule->in ? record_field(rule->in, STR("note")) : NULL;
        if (note && note->type != FIELD_TEXT)
            return bad(k, "its field note is not text", rule->action);
    }
    return true;
}

// States that lead to those in the set (back), or that those lead to.
static unsigned closure(const struct flow *flow, unsigned set, bool back)
{
    for (unsigned before = 0; before != set;) {
        before = set;
        for (size_t i = 0; i < flow->rule_count; i++) {
            const struct flow_rule *rule = &flow->rules[i];
            if (rule->to == FLOW_SAME)
                continue;
            if (back && set >> rule->to & 1)
                set |= rule->from;
            else if (!back && set & rule->from)
                set |= 1u << rule->to;
        }
    }
    return set;
}

static bool check_paths(const struct checked *k)
{
    const struct flow *flow = k->flow;
    unsigned first = 0, last = 0;
    for (size_t i = 0; i < flow->state_count; i++) {
        first |= flow->states[i].flags & FLOW_INITIAL ? 1u << i : 0;
        last |= flow->states[i].flags & FLOW_FINAL ? 1u << i : 0;
    }
    unsigned reached = closure(flow, first, false), ends = closure(flow, last, true);
    for (size_t i = 0; i < flow->state_count; i++) {
        const struct flow_state *state = &flow->states[i];
        if (!(reached >> i & 1))
            return bad(k, "nothing leads to it", state->name);
        if (!(ends >> i & 1))
            return bad(k, "cannot end", state->name);
        bool usable = state->flags & FLOW_FINAL;
        for (size_t j = 0; j < flow->rule_count && !usable; j++)
            usable = flow->rules[j].from >> i & 1 && flow->rules[j].who & state->owner;
        if (!usable)
            return bad(k, "no rule that its owner may use", state->name);
    }
    return true;
}

bool flow_check(struct ctx *c, const struct flow *flow, struct str *ret_fault)
{
    struct checked k = {c, flow, ret_fault};
    unsigned all_relations;
    return check_relations(&k, &all_relations) && check_states(&k, all_relations) && check_record(&k) &&
           check_rules(&k, all_relations) && check_paths(&k);
}
