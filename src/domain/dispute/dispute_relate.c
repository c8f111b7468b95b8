// SPDX-License-Identifier: MulanPSL-2.0
// What an actor is to a case, what follows for reading, and how the row is written.
#include "dispute_sql.h"
#include "domain/dispute/dispute_internal.h"

static unsigned relation_of_grant(const struct grant *grant, const struct dispute *d)
{
    if (grant->post_id && grant->post_id == d->escalated_post_id)
        return DISPUTE_OVERSEER;
    if (!grant->place_id)
        return 0;
    if (grant->role == ROLE_COMMUNITY && (grant->place_id == d->community_id || grant->place_id == d->subdistrict_id))
        return DISPUTE_DESK;
    return grant->role == ROLE_SUBDISTRICT && grant->place_id == d->subdistrict_id ? DISPUTE_OVERSEER : 0;
}

enum err dispute_relate(struct ctx *c, const void *row, unsigned *ret_relations)
{
    const struct dispute *d = row;
    struct dispute_mediator m;
    *ret_relations = c->actor.kind == ACTOR_SYSTEM ? DISPUTE_SYSTEM : 0;
    if (c->actor.kind != ACTOR_PERSON || c->actor.person_id == d->against_id)
        return OK;
    for (size_t i = 0; i < c->actor.grant_count; i++)
        *ret_relations |= relation_of_grant(&c->actor.grants[i], d);
    enum err err = db_one(c, &sql_dispute_standing_of,
                          ARGS(ARG_INT("dispute_id", d->id), ARG_INT("person_id", c->actor.person_id)),
                          &dispute_mediator_record, &m);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    if (m.standing == STANDING_ACCEPTED)
        *ret_relations |= DISPUTE_MEDIATOR;
    if (m.standing == STANDING_PROPOSED && d->open)
        *ret_relations |= DISPUTE_PROPOSED;
    return OK;
}

enum err dispute_may_see(struct ctx *c, const struct dispute *d, unsigned *ret_relations)
{
    TRY(dispute_relate(c, d, ret_relations));
    return *ret_relations ? OK : fail(c, ERR_NOT_FOUND, "dispute.unknown");
}

// An overseer reads what is READ_ALL and no more.
unsigned dispute_readers(unsigned relations)
{
    unsigned readers = READ_PUBLIC;
    if (relations & DISPUTE_ROOM)
        readers |= READ_SCOPE | READ_HANDLER;
    if (relations & DISPUTE_PROPOSED)
        readers |= READ_HANDLER;
    return readers;
}

enum err dispute_save(struct ctx *c, void *row, int64_t old_version)
{
    struct dispute_case *dc = row;
    struct dispute *d = &dc->d;
    int64_t changed;
    if (!dc->mark.level)
        d->steady_version = d->version;
    d->open = dispute_state_open(d->state);
    d->next_mark_at_ms = d->open ? dispute_next_mark(d).at_ms : 0;
    TRY(db_exec(c, &sql_dispute_save, ARGS(ARG_INT("old_version", old_version), ARG_ROW(&dispute_record, d)),
                &changed));
    return changed ? OK : fail(c, ERR_STALE, "flow.stale");
}
