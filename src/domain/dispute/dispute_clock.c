// SPDX-License-Identifier: MulanPSL-2.0
// When a case has waited too long. Calendar days, so that the parties can count them: pure arithmetic over the row. Of
// a limit, 50 % and 80 % remind, 100 % puts it to the sub-district, 150 % and 200 % one level up again; a visit reminds
// on its day and is put up after 7 and 14. Each once, in order, also after a standstill.
#include "domain/dispute/dispute_internal.h"

static const struct {
    int64_t share; // of the time from clock_from to due, in percent
    bool reminds;
} limit_marks[] = {{50, true}, {80, true}, {100, false}, {150, false}, {200, false}},
  visit_marks[] = {{0, true}, {100, false}, {200, false}};

void dispute_clock_start(struct dispute *d, enum dispute_clock clock, int64_t from_ms, int64_t due_ms)
{
    d->clock = (int)clock;
    d->clock_from_ms = from_ms;
    d->due_at_ms = due_ms;
    d->level = 0;
    d->escalated_post_id = 0;
    d->escalated_name = STR("");
}

struct dispute_mark dispute_next_mark(const struct dispute *d)
{
    bool visit = d->clock == DISPUTE_CLOCK_VISIT;
    int64_t count = visit ? (int64_t)(sizeof visit_marks / sizeof *visit_marks)
                          : (int64_t)(sizeof limit_marks / sizeof *limit_marks);
    if (d->clock == DISPUTE_CLOCK_NONE || d->level >= count)
        return (struct dispute_mark){0};
    int64_t share = visit ? visit_marks[d->level].share : limit_marks[d->level].share;
    bool reminds = visit ? visit_marks[d->level].reminds : limit_marks[d->level].reminds;
    return (struct dispute_mark){.level = (int)d->level + 1,
                                 .reminds = reminds,
                                 .at_ms = d->clock_from_ms + (d->due_at_ms - d->clock_from_ms) * share / 100};
}

bool dispute_visit_days(struct str text, int64_t ret_days[DISPUTE_VISITS_MAX], size_t *ret_count)
{
    int64_t last = 0;
    *ret_count = 0;
    text = str_trim(text);
    if (str_equal_z(text, "off"))
        return true;
    do {
        int64_t days;
        if (*ret_count == DISPUTE_VISITS_MAX || !str_to_int64(str_trim(str_cut(&text, ',')), &days) || days <= last ||
            days > 730)
            return false;
        ret_days[(*ret_count)++] = last = days;
    } while (text.n);
    return true;
}

enum err dispute_route_above(struct ctx *c, struct dispute_case *dc)
{
    struct post_holder holder;
    enum role role = ROLE_SUBDISTRICT;
    dc->post_id = 0;
    if (dc->d.escalated_post_id) { // nothing is above the district: it stays there
        struct post post;
        TRY(post_get(c, dc->d.escalated_post_id, &post));
        if (post.role >= ROLE_DISTRICT)
            return OK;
        role = ROLE_DISTRICT;
    }
    enum err err = org_responsible(c, dc->d.community_id, role, c->now_ms, &holder);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    dc->post_id = holder.post.id;
    dc->post_name = holder.post.name;
    return OK;
}

// --- the job --------------------------------------------------------------------------------------------------------
#include "dispute_sql.h"

static enum err read_marked(struct ctx *c, void *arg)
{
    return db_list(c, &sql_dispute_marked, NO_ARGS, &dispute_record, 100, arg);
}

static enum err fire_one(struct ctx *c, void *arg)
{
    struct dispute d;
    TRY(dispute_get(c, *(const int64_t *)arg, &d));
    struct dispute_mark mark = dispute_next_mark(&d);
    if (!mark.level || mark.at_ms > c->now_ms)
        return fail(c, ERR_CONFLICT, "request.nothing_due"); // somebody else's meanwhile
    return dispute_act(c, d.id, mark.reminds ? STR("remind") : STR("escalate"), NULL, -1, NULL);
}

// The earliest of each case; those that passed meanwhile follow one by one.
static enum err fire_marks(struct ctx *c)
{
    size_t fired;
    do {
        struct rows rows;
        fired = 0;
        TRY(store_read(c, read_marked, &rows));
        const struct dispute *d = rows.at;
        for (size_t i = 0; i < rows.count; i++) {
            int64_t id = d[i].id;
            bool done;
            TRY(job_write(c, fire_one, &id, id, &done));
            fired += done;
        }
    } while (fired);
    return OK;
}

// --- for who lets cases live
// ----------------------------------------------------------------------------------------
enum err dispute_due_next(struct ctx *c, int64_t *ret_at_ms)
{
    return db_number(c, &sql_dispute_next_mark, NO_ARGS, ret_at_ms);
}

enum err dispute_time_passes(struct ctx *c, int64_t id, int64_t until_ms, struct dispute *ret_dispute)
{
    struct actor actor = c->actor;
    enum err err = dispute_get(c, id, ret_dispute);
    c->actor = (struct actor){.kind = ACTOR_SYSTEM};
    while (err == OK && ret_dispute->next_mark_at_ms) {
        int64_t at_ms = (ret_dispute->next_mark_at_ms + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS;
        if (at_ms >= until_ms)
            break;
        c->now_ms = at_ms > c->now_ms ? at_ms : c->now_ms;
        err = fire_one(c, &id);
        if (err == OK)
            err = dispute_get(c, id, ret_dispute);
    }
    c->actor = actor;
    return err;
}

const struct job dispute_jobs[] = {{"dispute_marks", MINUTE_MS, fire_marks}, {NULL}};
