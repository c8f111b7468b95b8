// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/log_walk.h"

#include "flow/page.h"
#include "flow_sql.h"

#include <string.h>

#define PAGE_ROWS 256
#define SEAL_ROWS 8 // seals are asked for minute by minute, in between the events

struct state {
    const struct log_walk *walk;
    bool stopped;
    size_t event_rows; // to a page of events
    int64_t after_event_id, after_seal_id;
    int64_t seals_below_id; // seals of minutes that end before this id are due
    char head_kind[256];
    struct str head_kind_str;
    int64_t head_subject_id;
};

static bool is_bad_value(const struct ctx *c, enum err err)
{
    return err == ERR_INTERNAL && strcmp(c->error.key, "store.bad_value") == 0;
}

// What a page could not be read for. OK: told, and the walk is over.
static enum err unreadable(struct ctx *c, struct state *s, const char *table, bool after, int64_t id, enum err err)
{
    if (!s->walk->on_unreadable || !is_bad_value(c, err))
        return err;
    s->walk->on_unreadable(s->walk->arg, table, after, id, c->error.args[1]);
    ctx_clear_error(c);
    s->stopped = true;
    return OK;
}

// Seals that are due; reads on until one is not.
static enum err seal_page(struct ctx *c, void *arg, size_t *ret_rows)
{
    struct state *s = arg;
    struct rows rows;
    *ret_rows = 0;
    enum err err =
        db_list(c, &sql_event_seal_page, ARGS(ARG_INT("after_id", s->after_seal_id), ARG_INT("max", SEAL_ROWS)),
                &event_seal_record, SEAL_ROWS, &rows);
    if (err != OK)
        return unreadable(c, s, "event_seal", true, s->after_seal_id, err);
    const struct event_seal *seals = rows.at;
    for (size_t i = 0; i < rows.count && !s->stopped; i++) {
        if (minute_last_id(seals[i].id) >= s->seals_below_id && s->seals_below_id != INT64_MAX)
            return OK;
        s->stopped = !s->walk->on_seal(s->walk->arg, &seals[i]);
        s->after_seal_id = seals[i].id;
        *ret_rows = i + 1;
    }
    return OK;
}

static enum err walk_seals(struct ctx *c, struct state *s, int64_t below_id)
{
    if (!s->walk->on_seal)
        return OK;
    s->seals_below_id = below_id;
    for (size_t rows = SEAL_ROWS; rows == SEAL_ROWS && !s->stopped;)
        TRY(page_run(c, seal_page, s, &rows));
    return OK;
}

// A page that cannot be read is read again row by row, until the one that is the cause is alone.
static enum err one_by_one(struct ctx *c, struct state *s, enum err err, size_t *ret_rows)
{
    if (!s->walk->on_unreadable || !is_bad_value(c, err))
        return err;
    if (s->event_rows > 1) {
        ctx_clear_error(c);
        *ret_rows = s->event_rows = 1;
        return OK;
    }
    struct error why = c->error;
    int64_t id = 0;
    TRY(db_number(c, &sql_event_first_after, ARGS(ARG_INT("after_id", s->after_event_id)), &id));
    c->error = why;
    *ret_rows = 0;
    return unreadable(c, s, "event", false, id, err);
}

static enum err event_page(struct ctx *c, void *arg, size_t *ret_rows)
{
    struct state *s = arg;
    struct rows rows;
    enum err err = db_list(c, &sql_event_page,
                           ARGS(ARG_INT("after_id", s->after_event_id), ARG_INT("max", (int64_t)s->event_rows)),
                           &event_record, s->event_rows, &rows);
    if (err != OK)
        return one_by_one(c, s, err, ret_rows);
    const struct event *events = rows.at;
    for (size_t i = 0; i < rows.count && !s->stopped; i++) {
        if (i == 0 || minute_of_id(events[i].id) != minute_of_id(events[i - 1].id))
            TRY(walk_seals(c, s, events[i].id));
        if (!s->stopped)
            s->stopped = !s->walk->on_event(s->walk->arg, &events[i]);
        s->after_event_id = events[i].id;
    }
    if (s->walk->on_page)
        s->walk->on_page(s->walk->arg, rows.count);
    *ret_rows = rows.count;
    return OK;
}

static enum err head_page(struct ctx *c, void *arg, size_t *ret_rows)
{
    struct state *s = arg;
    struct rows rows;
    *ret_rows = 0;
    enum err err = db_list(c, &sql_event_head_page,
                           ARGS(ARG_TEXT("subject_kind", s->head_kind_str), ARG_INT("subject_id", s->head_subject_id),
                                ARG_INT("max", PAGE_ROWS)),
                           &event_head_record, PAGE_ROWS, &rows);
    if (err != OK)
        return unreadable(c, s, "event_head", true, s->head_subject_id, err);
    const struct event_head *heads = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        s->walk->on_head(s->walk->arg, &heads[i]);
    *ret_rows = rows.count;
    if (!rows.count)
        return OK;
    const struct event_head *last = &heads[rows.count - 1];
    if (last->subject_kind.n > sizeof s->head_kind)
        return fail(c, ERR_INTERNAL, "event.malformed");
    for (size_t i = 0; i < last->subject_kind.n; i++)
        s->head_kind[i] = last->subject_kind.p[i];
    s->head_kind_str = (struct str){s->head_kind, last->subject_kind.n};
    s->head_subject_id = last->subject_id;
    return OK;
}

static enum err seal_head(struct ctx *c, void *arg, size_t *ret_rows)
{
    struct state *s = arg;
    struct event_seal_head head = {0};
    *ret_rows = 0;
    enum err err = db_one(c, &sql_event_seal_head_get, NO_ARGS, &event_seal_head_record, &head);
    if (err != OK && err != ERR_NOT_FOUND)
        return unreadable(c, s, "event_seal_head", false, 0, err);
    ctx_clear_error(c);
    s->walk->on_seal_head(s->walk->arg, err == OK ? &head : NULL);
    return OK;
}

enum err log_walk(struct ctx *c, const struct log_walk *walk, bool *ret_whole)
{
    struct state s = {.walk = walk,
                      .event_rows = PAGE_ROWS,
                      .after_event_id = INT64_MIN,
                      .after_seal_id = INT64_MIN,
                      .head_kind_str = {s.head_kind, 0},
                      .head_subject_id = INT64_MIN};
    size_t rows = PAGE_ROWS;
    while (rows == s.event_rows && !s.stopped)
        TRY(page_run(c, event_page, &s, &rows));
    if (!s.stopped)
        TRY(walk_seals(c, &s, INT64_MAX));
    if (!s.stopped && walk->on_seal_head)
        TRY(page_run(c, seal_head, &s, &rows));
    rows = walk->on_head ? PAGE_ROWS : 0;
    while (rows == PAGE_ROWS && !s.stopped)
        TRY(page_run(c, head_page, &s, &rows));
    *ret_whole = !s.stopped;
    return OK;
}
