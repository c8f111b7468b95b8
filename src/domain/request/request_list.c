// SPDX-License-Identifier: MulanPSL-2.0
// Lists: newest first, by keyset, within what the actor may see. A list reads ranges of an index and leaves out what
// does not match; it never counts and never skips, and never looks at more than SCAN_MAX rows for one page.
#include "base/clock.h"
#include "base/id.h"
#include "domain/request/request_internal.h"
#include "request_sql.h"

#include <stddef.h>
#include <stdlib.h>

#define SCAN_MAX 4000
#define BATCH_MAX 400
#define PAGE_MAX 500

static enum err read_states(struct ctx *c, struct str text, unsigned *ret_states)
{
    unsigned states = 0;
    while (text.n) {
        int state = enum_from_name(request_state_names, str_cut(&text, ','));
        if (state < 0)
            return fail_field(c, ERR_INVALID, "request.bad_filter", STR("state"));
        states |= 1u << state;
    }
    *ret_states = states;
    return OK;
}

static enum err read_name(struct ctx *c, const struct http_request *rq, const char *name, const char *const *names,
                          int *ret_index)
{
    struct str text = http_query(c, rq, name);
    *ret_index = text.n ? enum_from_name(names, text) : -1;
    return text.n && *ret_index < 0 ? fail_field(c, ERR_INVALID, "request.bad_filter", str_of(name)) : OK;
}

static enum err read_flag(struct ctx *c, const struct http_request *rq, const char *name, bool *ret_flag)
{
    int64_t value;
    TRY(http_query_int(c, rq, name, 0, 1, 0, &value));
    *ret_flag = value == 1;
    return OK;
}

static enum err read_time(struct ctx *c, const struct http_request *rq, const char *name, int64_t *ret_ms)
{
    struct str text = http_query(c, rq, name);
    *ret_ms = 0;
    return text.n && !time_parse(text, ret_ms) ? fail_field(c, ERR_INVALID, "request.bad_filter", str_of(name)) : OK;
}

static enum err check_words(struct ctx *c, struct str words)
{
    if (words.n && (!utf8_valid(words) || utf8_count(words) > 100))
        return fail_field(c, ERR_INVALID, "request.bad_filter", STR("q"));
    if (words.n && utf8_count(words) < 2) // the index is of pairs of characters
        return fail_field(c, ERR_INVALID, "request.short_search", STR("q"));
    return OK;
}

static const struct {
    const char *name;
    size_t offset; // of a bool in struct request_filter
} flags[] = {
    {"overdue", offsetof(struct request_filter, overdue)},
    {"due_soon", offsetof(struct request_filter, due_soon)},
    {"unsatisfied", offsetof(struct request_filter, unsatisfied)},
    {"to_decide", offsetof(struct request_filter, to_decide)},
    {"escalated", offsetof(struct request_filter, escalated)},
    {"open", offsetof(struct request_filter, open)},
    {"mine", offsetof(struct request_filter, mine)},
};

enum err request_filter_read(struct ctx *c, const struct http_request *rq, int64_t limit_max, struct request_filter *f)
{
    *f = (struct request_filter){.q = str_trim(http_query(c, rq, "q"))};
    TRY(http_query_id(c, rq, "place", &f->place_id));
    TRY(http_query_id(c, rq, "item", &f->item_id));
    TRY(http_query_id(c, rq, "before", &f->before));
    TRY(http_query_int(c, rq, "limit", 1, limit_max, 20, &f->limit));
    TRY(read_states(c, http_query(c, rq, "state"), &f->states));
    TRY(read_name(c, rq, "kind", request_kind_names, &f->kind));
    TRY(read_name(c, rq, "exclusion", request_exclusion_names, &f->exclusion));
    TRY(read_name(c, rq, "source", request_source_names, &f->source));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        TRY(read_flag(c, rq, flags[i].name, (bool *)(void *)((char *)f + flags[i].offset)));
    TRY(read_time(c, rq, "from", &f->from_ms));
    TRY(read_time(c, rq, "to", &f->to_ms));
    return check_words(c, f->q);
}

// --- what may be listed ---------------------------------------------------------------------------------------------
static void add_once(int64_t *ids, size_t *count, int64_t id)
{
    for (size_t i = 0; i < *count; i++)
        if (ids[i] == id)
            return;
    if (*count < REACH_MAX)
        ids[(*count)++] = id;
}

// Only the place that was asked for, if what the actor may list covers it.
static enum err narrow(struct ctx *c, int64_t place_id, struct request_reach *reach)
{
    for (size_t i = 0; i < reach->place_count; i++) {
        bool covers;
        TRY(place_covers(c, reach->places[i], place_id, &covers));
        if (covers) {
            reach->places[0] = place_id;
            reach->place_count = 1;
            reach->org_count = 0;
            return OK;
        }
    }
    reach->place_count = 0;
    return reach->org_count ? OK : fail(c, ERR_NOT_FOUND, "place.unknown");
}

enum err request_reach_of(struct ctx *c, const struct request_filter *filter, struct request_reach *reach)
{
    *reach = (struct request_reach){0};
    for (size_t i = 0; i < c->actor.grant_count && !filter->mine; i++) {
        const struct grant *grant = &c->actor.grants[i];
        unsigned role = ROLE_BIT(grant->role);
        if (grant->role == ROLE_UNIT && grant->org_id)
            add_once(reach->orgs, &reach->org_count, grant->org_id);
        else if (role & (ROLES_DESK | ROLE_BIT(ROLE_STEWARD) | ROLE_BIT(ROLE_GRID_WORKER)))
            add_once(reach->places, &reach->place_count, grant->place_id);
    }
    if (reach->place_count + reach->org_count == 0) {
        reach->mine = true;
        return OK;
    }
    return filter->place_id ? narrow(c, filter->place_id, reach) : OK;
}

// --- what matches ---------------------------------------------------------------------------------------------------
static bool in_place(const struct request *r, int64_t place_id)
{
    return place_id == r->place_id || place_id == r->building_id || place_id == r->estate_id ||
           place_id == r->grid_id || place_id == r->community_id || place_id == r->subdistrict_id;
}

static bool is_due_soon(const struct ctx *c, const struct request *r)
{
    return request_clock_runs(r) && r->due_at_ms >= c->now_ms && r->due_at_ms < c->now_ms + REQUEST_SOON_MS;
}

static bool is_put_to_me(const struct ctx *c, const struct request *r)
{
    for (size_t i = 0; i < c->actor.grant_count && r->open && r->escalated_post_id; i++)
        if (c->actor.grants[i].post_id == r->escalated_post_id)
            return true;
    return false;
}

static bool matches(const struct ctx *c, const struct request_filter *f, const struct request_reach *reach,
                    const struct request *r)
{
    return (!f->states || f->states >> r->state & 1) && (f->kind < 0 || f->kind == r->kind) &&
           (f->source < 0 || f->source == r->source) && (!f->item_id || f->item_id == r->item_id) &&
           (!f->overdue || (request_clock_runs(r) && request_overdue(c, r))) && (!f->due_soon || is_due_soon(c, r)) &&
           (!f->unsatisfied || r->unsatisfied) &&
           (!f->to_decide || request_to_decide(r) || r->exclusion == EXCLUSION_ASKED) &&
           (f->exclusion < 0 || f->exclusion == r->exclusion) && (!f->escalated || is_put_to_me(c, r)) &&
           (!f->open || r->open) && (!f->from_ms || r->reported_at_ms >= f->from_ms) &&
           (!f->to_ms || r->reported_at_ms < f->to_ms) &&
           (!f->place_id || reach->place_count || in_place(r, f->place_id));
}

// --- one range: the rows of a place, a unit or a reporter -----------------------------------------------------------
struct range {
    const struct sql *sql;
    int64_t scope_id;
};
struct page {
    struct request *rows;
    size_t count, max;
    int64_t floor; // everything from here upward has been looked at; 0: to the end
};

static bool only_open(const struct request_filter *f)
{
    bool open_states = f->states != 0;
    for (int state = 0; state < REQUEST_STATE_COUNT; state++)
        if (f->states >> state & 1 && !request_state_open(state))
            open_states = false;
    return f->open || f->overdue || f->due_soon || open_states;
}

static const struct sql *sql_of_place(const struct request_filter *f)
{
    if (f->exclusion > EXCLUSION_NONE)
        return &sql_request_page_exclusion;
    if (f->unsatisfied)
        return &sql_request_page_unsatisfied;
    return only_open(f) ? &sql_request_page_open : &sql_request_page_place;
}

static enum err read_range(struct ctx *c, const struct request_filter *f, const struct request_reach *reach,
                           struct range range, struct page *page)
{
    int64_t before = f->before ? f->before : INT64_MAX, batch = (int64_t)page->max;
    size_t seen = 0;
    for (;;) {
        struct rows rows;
        TRY(db_list(c, range.sql,
                    ARGS(ARG_INT("scope_id", range.scope_id), ARG_INT("before", before), ARG_INT("max", batch)),
                    &request_record, (size_t)batch, &rows));
        const struct request *found = rows.at;
        for (size_t i = 0; i < rows.count; i++) {
            before = found[i].id;
            if (!matches(c, f, reach, &found[i]))
                continue;
            page->rows[page->count++] = found[i];
            if (page->count == page->max) {
                page->floor = before;
                return OK;
            }
        }
        seen += rows.count;
        page->floor = rows.count < (size_t)batch ? 0 : before;
        if (page->floor == 0 || seen >= SCAN_MAX)
            return OK;
        batch = batch * 4 < BATCH_MAX ? batch * 4 : BATCH_MAX;
    }
}

// --- words: ids from the search index, then the rows that are within reach ------------------------------------------
static enum err within(struct ctx *c, const struct request_reach *reach, int64_t id, struct request *ret_request,
                       bool *ret_within)
{
    *ret_within = false;
    for (size_t i = 0; i < reach->place_count && !*ret_within; i++) {
        enum err err =
            db_one(c, &sql_request_in_place, ARGS(ARG_INT("scope_id", reach->places[i]), ARG_INT("request_id", id)),
                   &request_record, ret_request);
        *ret_within = err == OK;
        if (err != OK && err != ERR_NOT_FOUND)
            return err;
    }
    ctx_clear_error(c);
    if (*ret_within || !(reach->mine || reach->org_count))
        return OK;
    TRY(request_get(c, id, ret_request));
    *ret_within = reach->mine && ret_request->reporter_id == c->actor.person_id;
    for (size_t i = 0; i < reach->org_count; i++)
        *ret_within |= ret_request->owner_org_id == reach->orgs[i];
    return OK;
}

static enum err read_search(struct ctx *c, const struct request_filter *f, const struct request_reach *reach,
                            struct page *page)
{
    int64_t *ids = arena_array(c->arena, BATCH_MAX, sizeof *ids), before = f->before;
    for (size_t seen = 0; seen < SCAN_MAX;) {
        size_t count, wanted = seen ? BATCH_MAX : page->max;
        TRY(search_find(c, "request", f->q, before, wanted, ids, &count));
        for (size_t i = 0; i < count; i++) {
            struct request *r = &page->rows[page->count];
            bool is_within;
            before = ids[i];
            TRY(within(c, reach, ids[i], r, &is_within));
            if (!is_within || !matches(c, f, reach, r))
                continue;
            if (++page->count == page->max) {
                page->floor = before;
                return OK;
            }
        }
        seen += count;
        page->floor = count < wanted ? 0 : before;
        if (page->floor == 0)
            return OK;
    }
    return OK;
}

// --- several ranges, one list ---------------------------------------------------------------------------------------
static int newest_first(const void *a, const void *b)
{
    const struct request *x = a, *y = b;
    return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

static void merge(struct page *all, const struct page *more)
{
    for (size_t i = 0; i < more->count && all->count < all->max; i++)
        all->rows[all->count++] = more->rows[i];
    all->floor = more->floor > all->floor ? more->floor : all->floor;
}

// Sorted, each once, nothing below the floor: what lies there has not been looked at in every range.
static void tidy(struct page *page)
{
    size_t kept = 0;
    qsort(page->rows, page->count, sizeof *page->rows, newest_first);
    for (size_t i = 0; i < page->count; i++)
        if (page->rows[i].id >= page->floor && (kept == 0 || page->rows[kept - 1].id != page->rows[i].id))
            page->rows[kept++] = page->rows[i];
    page->count = kept;
}

static struct page new_page(struct ctx *c, size_t max)
{
    return (struct page){.rows = arena_array(c->arena, max, sizeof(struct request)), .max = max};
}

static enum err read_ranges(struct ctx *c, const struct request_filter *f, const struct request_reach *reach,
                            size_t max, struct page *all)
{
    struct range ranges[3 * REACH_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < reach->place_count; i++)
        ranges[count++] = (struct range){f->to_decide ? &sql_request_page_open : sql_of_place(f), reach->places[i]};
    for (size_t i = 0; i < reach->place_count && f->to_decide; i++) // of closed ones too
        ranges[count++] = (struct range){&sql_request_page_exclusion, reach->places[i]};
    for (size_t i = 0; i < reach->org_count; i++)
        ranges[count++] = (struct range){&sql_request_page_org, reach->orgs[i]};
    if (reach->mine)
        ranges[count++] = (struct range){&sql_request_page_mine, c->actor.person_id};
    *all = new_page(c, max * (count ? count : 1));
    for (size_t i = 0; i < count; i++) {
        struct page page = count == 1 ? *all : new_page(c, max);
        page.max = max;
        TRY(read_range(c, f, reach, ranges[i], &page));
        if (count == 1)
            *all = page;
        else
            merge(all, &page);
    }
    return OK;
}

enum err request_find(struct ctx *c, const struct request_filter *f, const struct request_reach *reach,
                      const struct request **ret_rows, size_t *ret_count, int64_t *ret_next)
{
    size_t limit = f->limit < PAGE_MAX ? (size_t)f->limit : PAGE_MAX, max = limit + 1;
    struct page all;
    if (f->q.n) {
        all = new_page(c, max);
        TRY(read_search(c, f, reach, &all));
    } else {
        TRY(read_ranges(c, f, reach, max, &all));
    }
    tidy(&all);
    bool more = all.count > limit;
    *ret_count = more ? limit : all.count;
    *ret_rows = all.rows;
    *ret_next = more ? all.rows[limit - 1].id : all.floor;
    return OK;
}

// --- GET /api/v1/requests -------------------------------------------------------------------------------------------
struct list_call {
    struct request_filter filter;
    struct http_response *rs;
};

static unsigned readers_of(const struct ctx *c, const struct request *r)
{
    return r->reporter_id && r->reporter_id == c->actor.person_id ? READ_OWNER | READ_SCOPE : READ_SCOPE;
}

static enum err write_list(struct ctx *c, void *arg)
{
    struct list_call *call = arg;
    struct request_reach reach;
    const struct request *rows;
    size_t count;
    int64_t next;
    struct json_writer w;
    TRY(request_reach_of(c, &call->filter, &reach));
    TRY(request_find(c, &call->filter, &reach, &rows, &count, &next));
    struct request_names *names = request_names_new(c);
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < count; i++)
        TRY(request_write_summary(c, names, &rows[i], reach.mine ? READ_OWNER : readers_of(c, &rows[i]), &w));
    json_list_end(&w, next);
    return OK;
}

enum err request_http_list(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list_call call = {.rs = rs};
    TRY(request_filter_read(c, rq, 100, &call.filter));
    return store_read(c, write_list, &call);
}
