// SPDX-License-Identifier: MulanPSL-2.0
// What follows at once from what happens to posts and places.
#include "base/id.h"
#include "domain/request/task.h"
#include "request_sql.h"

#define REROUTED_AT_ONCE 100 // the job request_vacant sees to the rest

// Nobody holds the post any more: what lay with it, tasks too, goes to the next, in the same write.
static enum err leave_post(struct ctx *c, const struct event *event)
{
    struct rows rows;
    int64_t holder;
    TRY(post_holder_at(c, event->subject_id, c->now_ms, &holder));
    if (holder)
        return OK;
    TRY(db_list(c, &sql_request_of_vacant_post, ARGS(ARG_INT("owner_post_id", event->subject_id), ARG_INT("after", 0)),
                &request_record, REROUTED_AT_ONCE, &rows));
    const struct request *r = rows.at;
    struct actor actor = request_become_system(c);
    enum err err = OK;
    for (size_t i = 0; i < rows.count && err == OK; i++) {
        err = request_act(c, r[i].id, STR("reroute"), NULL, -1, NULL);
        if (err == ERR_CONFLICT) { // nobody above either: it stays where it is, and the desk sees the vacancy
            ctx_clear_error(c);
            err = OK;
        }
    }
    if (err == OK)
        err = task_leave_post(c, event->subject_id);
    c->actor = actor;
    return err;
}

static enum err chain_of(struct ctx *c, const struct json *data, const char *member, struct place_chain *ret_chain)
{
    int64_t id;
    *ret_chain = (struct place_chain){{0}};
    return id_parse(json_str(json_get(data, member)), &id) ? place_get_chain(c, id, ret_chain) : OK;
}

// A boundary was redrawn: what is open there lies from now on under the places above it now. What is closed stays where
// it was judged. Who has to act keeps it until somebody passes it on.
static enum err follow_place(struct ctx *c, const struct event *event)
{
    const struct json *data;
    struct place_chain before, now;
    struct place place;
    TRY(json_parse(c, event->data, &data));
    TRY(chain_of(c, data, "from", &before));
    TRY(chain_of(c, data, "to", &now));
    TRY(place_get(c, event->subject_id, &place));
    for (int level = 0; level < PLACE_LEVEL_COUNT; level++) {
        if (before.at[level] == now.at[level])
            continue;
        if (before.at[level])
            TRY(db_exec(c, &sql_request_scope_leave,
                        ARGS(ARG_INT("place_id", before.at[level]), ARG_INT("moved_id", place.id)), NULL));
        if (now.at[level])
            TRY(db_exec(c, &sql_request_scope_enter,
                        ARGS(ARG_INT("place_id", now.at[level]), ARG_INT("moved_id", place.id)), NULL));
    }
    return db_exec(c, &sql_request_follow_place,
                   ARGS(ARG_INT("moved_id", place.id), ARG_INT("level", place.level),
                        ARG_INT("subdistrict_id", now.at[PLACE_SUBDISTRICT]),
                        ARG_INT("community_id", now.at[PLACE_COMMUNITY]), ARG_INT("grid_id", now.at[PLACE_GRID]),
                        ARG_INT("estate_id", now.at[PLACE_ESTATE]), ARG_INT("building_id", now.at[PLACE_BUILDING])),
                   NULL);
}

const struct event_hearer request_hears[] = {
    {"post.term_ended", leave_post},
    {"place.moved", follow_place},
    {NULL, NULL},
};
