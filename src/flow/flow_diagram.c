// SPDX-License-Identifier: MulanPSL-2.0
// A flow as a Mermaid state diagram.
#include "flow/flow_private.h"

#include <string.h>

// Mermaid takes some characters for its own syntax.
static void put_label(struct buf *out, const char *text)
{
    for (; *text; text++)
        buf_add_byte(out, strchr(":;\"#\n", *text) ? ' ' : *text);
}

static void put_states(const struct flow *flow, const char *lang, struct buf *out)
{
    for (size_t i = 0; i < flow->state_count; i++) {
        const struct flow_state *state = &flow->states[i];
        buf_add_z(out, "    state \"");
        put_label(out, flow_label(lang, state->zh, state->en));
        buf_addf(out, "\" as %s\n", state->name);
        if (state->flags & FLOW_INITIAL)
            buf_addf(out, "    [*] --> %s\n", state->name);
    }
}

static void put_who(const struct flow *flow, unsigned who, const char *lang, struct buf *out)
{
    bool first = true;
    for (size_t i = 0; i < flow->relation_count; i++)
        if (flow->relations[i].bit & who) {
            buf_add_z(out, first ? " (" : ", ");
            put_label(out, flow_label(lang, flow->relations[i].zh, flow->relations[i].en));
            first = false;
        }
    if (!first)
        buf_add_z(out, ")");
}

// One arrow for all that leads from one state to another.
static void put_arrow(const struct flow *flow, size_t from, size_t to, const char *lang, struct buf *out)
{
    bool begun = false;
    for (size_t i = 0; i < flow->rule_count; i++) {
        const struct flow_rule *rule = &flow->rules[i];
        size_t target = rule->to == FLOW_SAME ? from : (size_t)rule->to;
        if (!(rule->from >> from & 1) || target != to)
            continue;
        if (begun)
            buf_add_z(out, " / ");
        else
            buf_addf(out, "    %s --> %s : ", flow->states[from].name, flow->states[to].name);
        put_label(out, flow_label(lang, rule->zh, rule->en));
        put_who(flow, rule->who, lang, out);
        begun = true;
    }
    if (begun)
        buf_add_z(out, "\n");
}

void flow_mermaid(const struct flow *flow, const char *lang, struct buf *out)
{
    buf_add_z(out, "stateDiagram-v2\n");
    put_states(flow, lang, out);
    for (size_t from = 0; from < flow->state_count; from++)
        for (size_t to = 0; to < flow->state_count; to++)
            put_arrow(flow, from, to, lang, out);
    for (size_t i = 0; i < flow->state_count; i++)
        if (flow->states[i].flags & FLOW_FINAL)
            buf_addf(out, "    %s --> [*]\n", flow->states[i].name);
}
