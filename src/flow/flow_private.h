// SPDX-License-Identifier: MulanPSL-2.0
// What flow.c, flow_check.c and flow_diagram.c share. Not for other folders.
#pragma once
#include "flow/flow.h"

// What the action takes, as one record: rule->in and, unless it has a field note, a note behind it.
struct flow_input {
    struct record record;
    const struct field *note; // in record
};
struct flow_input flow_input_of(struct arena *arena, const struct flow_rule *rule);
const char *flow_label(const char *lang, const char *zh, const char *en);
