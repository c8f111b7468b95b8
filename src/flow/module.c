// SPDX-License-Identifier: MulanPSL-2.0
// What the list of modules brings together, and the platform's own module.
#include "flow/module.h"

#include "base/clock.h"
#include "flow/command.h"
#include "flow/event_private.h"
#include "flow/flow_messages.h"
#include "flow/flow_records.h"
#include "flow/seal_log.h"
#include "flow_sql.h"

#include <string.h>

static const struct record *const flow_records[] = {&event_record,           &event_head_record, &event_seal_record,
                                                    &event_seal_head_record, &command_record,    NULL};
static const struct job flow_jobs[] = {
    {.name = "flow.seal_log", .every_ms = MINUTE_MS, .run = seal_log_run},
    {.name = "flow.command_expire", .every_ms = HOUR_MS, .run = command_expire},
    {0},
};
const struct module flow_module = {
    .name = "flow",
    .store = {.module = "flow", .statements = flow_statements, .migrations = flow_migrations, .records = flow_records},
    .jobs = flow_jobs,
    .messages = flow_messages,
};

const struct event_subject *event_subject_of(struct ctx *c, struct str kind)
{
    const struct module_list *list = c->house->modules;
    for (size_t i = 0; list && i < list->count; i++)
        for (const struct event_subject *subject = list->at[i]->subjects; subject && subject->kind; subject++)
            if (str_equal_z(kind, subject->kind))
                return subject;
    return NULL;
}

enum err event_tell(struct ctx *c, const struct event *event)
{
    const struct module_list *list = c->house->modules;
    for (size_t i = 0; list && i < list->count; i++)
        for (const struct event_hearer *hearer = list->at[i]->hears; hearer && hearer->type; hearer++)
            if (str_equal_z(event->type, hearer->type))
                TRY(hearer->hear(c, event));
    return OK;
}

const struct store_part *module_store_parts(struct ctx *c, const struct module_list *list, size_t *ret_count)
{
    struct store_part *parts = arena_array(c->arena, list->count + 1, sizeof *parts);
    size_t count = 0;
    parts[count++] = job_store_part;
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i]->store.module)
            parts[count++] = list->at[i]->store;
    *ret_count = count;
    return parts;
}

const struct route *const *module_routes(struct ctx *c, const struct module_list *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        count += list->at[i]->routes != NULL;
        for (const struct route *const *more = list->at[i]->more_routes; more && *more; more++)
            count++;
    }
    const struct route **tables = arena_array(c->arena, count + 1, sizeof(const struct route *));
    count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i]->routes)
            tables[count++] = list->at[i]->routes;
        for (const struct route *const *more = list->at[i]->more_routes; more && *more; more++)
            tables[count++] = *more;
    }
    return tables;
}

const struct message *const *module_messages(struct ctx *c, const struct module_list *list)
{
    const struct message **tables = arena_array(c->arena, list->count + 2, sizeof *tables);
    size_t count = 0;
    tables[count++] = platform_messages;
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i]->messages)
            tables[count++] = list->at[i]->messages;
    return tables;
}

const struct job *const *module_jobs(struct ctx *c, const struct module_list *list)
{
    const struct job **tables = arena_array(c->arena, list->count + 1, sizeof *tables);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i]->jobs)
            tables[count++] = list->at[i]->jobs;
    return tables;
}
