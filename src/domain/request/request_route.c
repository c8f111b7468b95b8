// SPDX-License-Identifier: MulanPSL-2.0
// Who is responsible for a request, as of now. Nothing is changed here; what was decided, and why, is told in the
// event.
#include "domain/request/request_internal.h"

static void take_holder(const struct post_holder *holder, const char *rule, struct routing *ret)
{
    *ret = (struct routing){.post_id = holder->post.id,
                            .post_org_id = holder->post.org_id,
                            .person_id = holder->person_id,
                            .vacant_post_id = holder->vacant_post_id,
                            .post_name = holder->post.name,
                            .rule = rule};
    if (holder->post.role == ROLE_UNIT)
        ret->org_id = holder->post.org_id;
}

static enum err route_by_role(struct ctx *c, const struct request *r, enum role role, const char *rule,
                              struct routing *ret)
{
    struct post_holder holder;
    enum err err = org_responsible(c, r->place_id, role, c->now_ms, &holder);
    if (err == ERR_NOT_FOUND)
        return fail(c, ERR_CONFLICT, "request.nobody_responsible");
    TRY(err);
    take_holder(&holder, holder.post.role == (int)role ? rule : "next_upward", ret);
    return OK;
}

enum err request_route(struct ctx *c, const struct request *r, struct routing *ret)
{
    struct service_item item;
    TRY(service_item_get(c, r->item_id, &item));
    if (item.route_org_id == 0)
        return route_by_role(c, r, (enum role)item.route_role, "item_role", ret);
    struct post_holder holder;
    enum err err = org_unit_responsible(c, item.route_org_id, r->place_id, c->now_ms, &holder);
    if (err == ERR_NOT_FOUND) { // the unit has nobody there: the community has to find somebody, at once
        ctx_clear_error(c);
        return route_by_role(c, r, ROLE_COMMUNITY, "unit_vacant", ret);
    }
    TRY(err);
    take_holder(&holder, "unit", ret);
    return OK;
}

enum err request_route_to(struct ctx *c, const struct request *r, int64_t post_id, struct routing *ret)
{
    struct post_holder holder = {0};
    bool covers;
    enum err err = post_get(c, post_id, &holder.post);
    if (err == ERR_NOT_FOUND || (err == OK && holder.post.closed_at_ms))
        return fail_field(c, ERR_INVALID, "request.no_such_post", STR("post_id"));
    TRY(err);
    TRY(place_covers(c, holder.post.place_id, r->place_id, &covers));
    if (!covers || !(ROLE_BIT(holder.post.role) & ROLES_STAFF))
        return fail_field(c, ERR_INVALID, "request.post_elsewhere", STR("post_id"));
    TRY(post_holder_at(c, post_id, c->now_ms, &holder.person_id));
    if (holder.person_id == 0)
        return fail_field(c, ERR_CONFLICT, "request.post_vacant", STR("post_id"));
    take_holder(&holder, "chosen", ret);
    return OK;
}

enum err request_route_again(struct ctx *c, const struct request *r, struct routing *ret)
{
    struct post_holder holder = {0};
    enum err err = r->owner_post_id ? post_get(c, r->owner_post_id, &holder.post) : ERR_NOT_FOUND;
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    if (err == OK)
        TRY(post_holder_at(c, r->owner_post_id, c->now_ms, &holder.person_id));
    if (err == OK && holder.person_id && !holder.post.closed_at_ms) {
        take_holder(&holder, "same_post", ret);
        return OK;
    }
    TRY(request_route(c, r, ret));
    ret->vacant_post_id = ret->vacant_post_id ? ret->vacant_post_id : r->owner_post_id;
    return OK;
}

static enum err role_of_post(struct ctx *c, int64_t post_id, enum role *ret_role)
{
    struct post post;
    *ret_role = ROLE_COMMUNITY; // nobody had it yet: the desk is the community's
    if (!post_id)
        return OK;
    TRY(post_get(c, post_id, &post));
    *ret_role = post.role == ROLE_UNIT ? ROLE_GRID_WORKER : (enum role)post.role; // a unit is seen to by the community
    return OK;
}

enum err request_route_up(struct ctx *c, const struct request *r, int64_t from_post_id, int64_t own_post_id,
                          struct routing *ret)
{
    enum role role;
    TRY(role_of_post(c, from_post_id, &role));
    while (++role <= ROLE_DISTRICT) {
        enum err err = route_by_role(c, r, role, "above", ret);
        if (err == OK && ret->post_id != own_post_id && ret->post_id != from_post_id)
            return OK;
        if (err != OK && err != ERR_CONFLICT)
            return err;
        ctx_clear_error(c);
    }
    *ret = (struct routing){.rule = "above", .post_name = STR("")};
    return OK;
}

enum err request_route_above(struct ctx *c, const struct request *r, struct routing *ret)
{
    return request_route_up(c, r, r->escalated_post_id ? r->escalated_post_id : r->owner_post_id, r->owner_post_id,
                            ret);
}

enum err request_route_past(struct ctx *c, const struct request *r, int64_t post_id, struct routing *ret)
{
    struct post_holder holder = {0};
    enum err err = ERR_NOT_FOUND;
    TRY(post_get(c, post_id, &holder.post));
    if (holder.post.role == ROLE_UNIT)
        err = org_unit_responsible(c, holder.post.org_id, r->place_id, c->now_ms, &holder);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    if (err == OK)
        take_holder(&holder, "unit", ret);
    else
        TRY(request_route_up(c, r, post_id, r->owner_post_id, ret));
    ret->vacant_post_id = post_id;
    return ret->post_id ? OK : fail_field(c, ERR_CONFLICT, "request.nobody_responsible", STR("post_id"));
}

enum err request_route_nearest(struct ctx *c, const struct request *r, int64_t post_id, struct routing *ret)
{
    enum err err = request_route_to(c, r, post_id, ret);
    if (err != ERR_CONFLICT)
        return err;
    ctx_clear_error(c);
    return request_route_past(c, r, post_id, ret);
}

enum err request_route_desk(struct ctx *c, const struct request *r, struct routing *ret)
{
    enum err err = route_by_role(c, r, ROLE_COMMUNITY, "desk", ret);
    if (err != ERR_CONFLICT)
        return err;
    ctx_clear_error(c);
    *ret = (struct routing){.rule = "desk", .post_name = STR("")};
    return OK;
}
