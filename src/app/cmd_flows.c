// SPDX-License-Identifier: MulanPSL-2.0
// linli flows: prints the flow tables, as a list or as a page of diagrams, and checks them.
#include "app/house.h"

#include <stdio.h>
#include <string.h>

#define DIAGRAM_MAX_BYTES (1 << 20)

static void print_table(const struct flow *flow)
{
    printf("%s\n", flow->name);
    for (size_t s = 0; s < flow->state_count; s++) {
        printf("  %s\n", flow->states[s].name);
        for (size_t r = 0; r < flow->rule_count; r++)
            if (flow->rules[r].from & (1u << s))
                printf("    %-12s -> %s\n", flow->rules[r].action,
                       flow->rules[r].to == FLOW_SAME ? "(same)" : flow->states[flow->rules[r].to].name);
    }
}

// A Markdown section: Mermaid draws one diagram a block.
static void print_mermaid(const struct flow *flow, const char *lang)
{
    struct buf out;
    printf("\n## %s\n\n```mermaid\n", flow->name);
    buf_init(&out, DIAGRAM_MAX_BYTES);
    flow_mermaid(flow, lang, &out);
    fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
    printf("```\n");
}

int cmd_flows(struct ctx *c, struct command_line *line)
{
    const char *lang = command_value(line, "lang");
    int faults = 0;
    if (command_value(line, "mermaid"))
        printf("<!-- SPDX-License-Identifier: MulanPSL-2.0 -->\n# %s\n",
               lang && strcmp(lang, "zh") == 0 ? "流程" : "Flows");
    for (size_t m = 0; m < modules.count; m++)
        for (const struct flow *const *flow = modules.at[m]->flows; flow && *flow; flow++) {
            struct str fault;
            if (command_value(line, "mermaid"))
                print_mermaid(*flow, lang ? lang : "en");
            else
                print_table(*flow);
            if (!flow_check(c, *flow, &fault)) {
                fprintf(stderr, "linli flows: %s: %.*s\n", (*flow)->name, STR_ARG(fault));
                faults++;
            }
        }
    return faults != 0;
}
