// SPDX-License-Identifier: MulanPSL-2.0
// What an actor is to a request, what follows for reading, and how the row is written.
#include "domain/request/request_offer.h"
#include "domain/request/task.h"
#include "request_sql.h"

static unsigned relations_of_grant(const struct grant *grant, const struct request *r, int64_t person_id)
{
    unsigned set = 0;
    bool handled = r->handler_id == person_id || r->claimant_id == person_id, verified = r->verifier_id == person_id;
    if (grant->role == ROLE_STEWARD)
        return RELATION_WATCHER;
    if (grant->role != ROLE_GRID_WORKER && !(ROLE_BIT(grant->role) & ROLES_DESK))
        return 0;
    set |= RELATION_DISPATCHER;
    if (!handled)
        set |= RELATION_VERIFIER;
    if (ROLE_BIT(grant->role) & ROLES_DESK && !handled && !verified)
        set |= RELATION_CALLER;
    if (ROLE_BIT(grant->role) & ROLES_DESK && !handled && r->asked_by_id != person_id)
        set |= RELATION_APPROVER;
    if (grant->role == ROLE_SUBDISTRICT || grant->role == ROLE_DISTRICT)
        set |= RELATION_SUPERIOR;
    if (grant->role == ROLE_COMMUNITY || grant->role == ROLE_SUBDISTRICT)
        set |= RELATION_WHISTLER;
    return set;
}

static enum err scope_holds(struct ctx *c, int64_t place_id, const struct request *r, bool *ret_holds)
{
    int64_t n;
    *ret_holds = place_id == r->place_id || place_id == r->building_id || place_id == r->grid_id ||
                 place_id == r->community_id || place_id == r->subdistrict_id;
    if (*ret_holds)
        return OK;
    TRY(db_number(c, &sql_request_scope_has, ARGS(ARG_INT("place_id", place_id), ARG_INT("request_id", r->id)), &n));
    *ret_holds = n > 0;
    return OK;
}

enum err request_relate(struct ctx *c, const void *row, unsigned *ret_relations)
{
    const struct request *r = row;
    unsigned set = 0, summoned, offered;
    *ret_relations = c->actor.kind == ACTOR_SYSTEM ? RELATION_SYSTEM : 0;
    if (c->actor.kind == ACTOR_PROGRAM && r->source == SOURCE_OPEN311)
        *ret_relations = RELATION_REPORTER; // domain/open311 has checked that it was filed with this very key
    if (c->actor.kind != ACTOR_PERSON)
        return OK;
    if (r->reporter_id && r->reporter_id == c->actor.person_id)
        set |= RELATION_REPORTER;
    if (r->handler_id == c->actor.person_id)
        set |= RELATION_WATCHER;
    for (size_t i = 0; i < c->actor.grant_count; i++) {
        const struct grant *grant = &c->actor.grants[i];
        if ((grant->post_id && grant->post_id == r->owner_post_id) ||
            (grant->role == ROLE_UNIT && grant->org_id && grant->org_id == r->owner_org_id))
            set |= RELATION_HANDLER;
        unsigned more = relations_of_grant(grant, r, c->actor.person_id);
        bool holds = false;
        if (more & ~set)
            TRY(scope_holds(c, grant->place_id, r, &holds));
        if (holds)
            set |= more;
    }
    TRY(task_helps(c, r, &summoned));
    TRY(request_offer_relate(c, r, &offered));
    *ret_relations = set | summoned | offered;
    return OK;
}

enum err request_may_see(struct ctx *c, const struct request *r, unsigned *ret_relations)
{
    TRY(request_relate(c, r, ret_relations));
    *ret_relations &= ~RELATIONS_OFFERED; // who takes on, or may, reads what the offer's own routes tell
    return *ret_relations ? OK : fail(c, ERR_NOT_FOUND, "request.unknown");
}

unsigned request_readers(unsigned set)
{
    unsigned readers = 0;
    if (set & RELATION_REPORTER)
        readers |= READ_OWNER;
    if (set & (RELATION_HANDLER | RELATION_HELPER))
        readers |= READ_HANDLER;
    if (set & (RELATION_STAFF | RELATION_WATCHER | RELATION_SYSTEM))
        readers |= READ_SCOPE;
    return readers;
}

// Somebody else's step was first. Of two who sign, the second is told who it was and when.
static enum err lost_race(struct ctx *c, const struct request *mine)
{
    struct request theirs;
    TRY(request_get(c, mine->id, &theirs));
    if (request_offer_lost(mine, &theirs))
        return request_offer_taken(c, &theirs);
    if (mine->state == REQUEST_IN_PROGRESS && theirs.handler_id)
        return request_taken(c, &theirs);
    return fail(c, ERR_STALE, "flow.stale");
}

enum err request_save(struct ctx *c, void *row, int64_t old_version)
{
    struct request_case *rc = row;
    int64_t changed;
    if (rc->fresh)
        return request_clock_tell(c, rc);
    if (!rc->mark.at_ms)
        rc->r.steady_version = rc->r.version;
    if (!rc->r.open)
        TRY(task_none_open(c, &rc->r)); // whatever rule led there
    TRY(request_clock_settle(c, &rc->r, false));
    TRY(request_clock_tell(c, rc));
    TRY(db_exec(c, &sql_request_save, ARGS(ARG_INT("old_version", old_version), ARG_ROW(&request_record, &rc->r)),
                &changed));
    return changed ? OK : lost_race(c, &rc->r);
}

enum err request_save_counts(struct ctx *c, struct request *r)
{
    int64_t changed, old_version = r->version++;
    TRY(db_exec(c, &sql_request_save, ARGS(ARG_INT("old_version", old_version), ARG_ROW(&request_record, r)),
                &changed));
    return changed ? OK : fail(c, ERR_STALE, "flow.stale");
}
