// SPDX-License-Identifier: MulanPSL-2.0
// Cases within reach, newest first: those of the actor's desks, those it mediates or is asked to, and, in outline,
// those it oversees. There is no search: a search would tell that a word occurs.
#include "dispute_sql.h"
#include "domain/dispute/dispute_internal.h"

#include <stdlib.h>

struct list_call {
    int64_t before, limit, open_min;
    bool mine;
    struct http_response *rs;
};
#define SOURCES_MAX 24
struct found {
    struct dispute *at;
    size_t count, room;
};

static enum err take(struct ctx *c, const struct list_call *call, const struct sql *sql, int64_t key, struct found *f)
{
    struct rows rows;
    size_t max = (size_t)call->limit + 1;
    TRY(db_list(c, sql,
                ARGS(ARG_INT("place_id", key), ARG_INT("before", call->before), ARG_INT("open_min", call->open_min),
                     ARG_INT("max", (int64_t)max)),
                &dispute_record, max, &rows));
    const struct dispute *d = rows.at;
    for (size_t i = 0; i < rows.count && f->count < f->room; i++)
        f->at[f->count++] = d[i];
    return OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct dispute *x = a, *y = b;
    return (x->id < y->id) - (x->id > y->id);
}

static enum err gather(struct ctx *c, const struct list_call *call, struct found *f)
{
    size_t sources = 1;
    TRY(take(c, call, &sql_dispute_page_mediator, c->actor.person_id, f));
    for (size_t i = 0; i < c->actor.grant_count && !call->mine && sources + 2 < SOURCES_MAX; i++) {
        const struct grant *grant = &c->actor.grants[i];
        if (grant->place_id && grant->role == ROLE_COMMUNITY) {
            TRY(take(c, call, &sql_dispute_page_community, grant->place_id, f));
            sources++;
        }
        if (grant->place_id && (grant->role == ROLE_COMMUNITY || grant->role == ROLE_SUBDISTRICT)) {
            TRY(take(c, call, &sql_dispute_page_subdistrict, grant->place_id, f));
            sources++;
        }
        if (grant->post_id && ROLE_BIT(grant->role) & ROLES_DESK) {
            TRY(take(c, call, &sql_dispute_page_escalated, grant->post_id, f));
            sources++;
        }
    }
    qsort(f->at, f->count, sizeof *f->at, newest_first);
    return OK;
}

static enum err write_list(struct ctx *c, void *arg)
{
    struct list_call *call = arg;
    struct found f = {.room = SOURCES_MAX * ((size_t)call->limit + 1)};
    struct json_writer w;
    int64_t shown = 0, last = 0, next = 0;
    f.at = arena_array(c->arena, f.room, sizeof *f.at);
    TRY(gather(c, call, &f));
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < f.count; i++) {
        unsigned relations;
        if (f.at[i].id == last)
            continue;
        if (shown == call->limit) {
            next = last;
            break;
        }
        TRY(dispute_relate(c, &f.at[i], &relations));
        last = f.at[i].id;
        if (!relations)
            continue; // complained of
        TRY(dispute_write_summary(c, &f.at[i], relations, &w));
        shown++;
    }
    json_list_end(&w, next);
    return OK;
}

enum err dispute_http_list(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list_call call = {.rs = rs};
    int64_t mine;
    TRY(http_query_id(c, rq, "before", &call.before));
    TRY(http_query_int(c, rq, "limit", 1, 100, 20, &call.limit));
    TRY(http_query_int(c, rq, "open", 0, 1, 0, &call.open_min));
    TRY(http_query_int(c, rq, "mine", 0, 1, 0, &mine));
    call.mine = mine;
    if (!call.before)
        call.before = INT64_MAX;
    return store_read(c, write_list, &call);
}
