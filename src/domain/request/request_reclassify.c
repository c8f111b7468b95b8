// SPDX-License-Identifier: MulanPSL-2.0
// Another service item 改派类别: the dispatcher finds that it is something else. The time that has passed stays: the
// limit is reckoned anew from the report in the new item's unit, with the pauses there were. Marks that were left are
// not left again, and no closed leg is judged anew. Who has it keeps it, until the dispatcher passes it on.
#include "domain/request/request_clock.h"
#include "domain/request/request_steps.h"

enum err guard_reclassify(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    const struct request_input *in = input_of(step);
    if (!in)
        return OK;
    if (in->item_id == rc->r.item_id)
        return fail_field(c, ERR_CONFLICT, "request.same_item", STR("item_id"));
    if (service_item_get(c, in->item_id, &rc->item) != OK)
        return fail_field(c, ERR_INVALID, "item.unknown", STR("item_id"));
    return rc->item.closed ? fail_field(c, ERR_INVALID, "request.item_closed", STR("item_id")) : OK;
}

// Pure: the row as it is afterwards.
void request_reclassify(const struct calendar *calendar, struct request *r, const struct service_item *item,
                        const struct request_pauses *pauses)
{
    if (r->unit != item->unit)
        r->extended = 0; // units that were granted of another kind of time
    if (r->asked == ASK_EXTEND) {
        r->asked = ASK_NONE;
        r->asked_by_id = r->asked_units = 0;
    }
    request_set_item(r, item);
    r->due_at_ms = request_limit_standing(calendar, r, pauses, &r->due_provisional);
    r->calendar_version = calendar_version(calendar);
}

enum err apply_reclassify(struct ctx *c, const struct flow_step *step)
{
    struct request_case *rc = case_of(step);
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    step_enter(c, step);
    TRY(request_pauses_read(c, &rc->r, pauses));
    request_reclassify(c->house->calendar, &rc->r, &rc->item, pauses);
    flow_tell_word(step, "item_before", rc->before.item_code);
    request_tell_limits(&rc->r, step->data);
    return request_reindex(c, &rc->before, &rc->r);
}
