// SPDX-License-Identifier: MulanPSL-2.0
// Who is told that a round or a visit is not done, in the write of the step. Places only: nobody's name leaves the
// list.
#include "domain/round/round_internal.h"

#define TOLD_LATE_MS (7 * DAY_MS) // what is filled in afterwards is no news

static enum err tell(struct ctx *c, const struct post_holder *to, const struct notice_what *what)
{
    bool now = !c->house->clock || c->now_ms > clock_now_ms(c->house->clock) - TOLD_LATE_MS;
    if (!now || !to->person_id)
        return OK;
    return notice_put(c, what, &(struct notice_to){.person_id = to->person_id});
}

enum err round_tell(struct ctx *c, const struct round *r, const struct post_holder *to, const char *template)
{
    struct str date = round_date(c, r->day);
    struct notice_what what = {.template = template,
                               .args_zh = {r->place_name, date},
                               .args_en = {r->place_name, date},
                               .about_kind = "round",
                               .about_id = r->id};
    return tell(c, to, &what);
}

enum err care_tell(struct ctx *c, int64_t care_id, struct str place_name, const struct post_holder *to,
                   const char *template)
{
    struct notice_what what = {.template = template,
                               .args_zh = {place_name, STR("")},
                               .args_en = {place_name, STR("")},
                               .about_kind = "care",
                               .about_id = care_id};
    return tell(c, to, &what);
}
