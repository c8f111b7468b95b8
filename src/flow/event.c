// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/event.h"

#include "base/clock.h"
#include "base/id.h"
#include "crypto/seal.h"
#include "flow/event_private.h"
#include "flow_sql.h"

#include <string.h>

#define TEXT(member_, max_)                                                                                            \
    {                                                                                                                  \
        FIELD_AT(struct event, member_), .type = FIELD_TEXT, .read = READ_ADMIN, .max = (max_)                         \
    }
static const struct field event_fields[] = {EVENT_FIELDS(FIELD_ROW, event)};
const struct record event_record = {
    .name = "event", .table = "event", .size_bytes = sizeof(struct event), FIELDS(event_fields)};

#define FURTHEST_MS INT64_C(3000000000000) // the year 2065: a row that says later lies

// One row of event_links: of the chain's head, or (sealed_to > 0) of the end of the sealed log.
#define LINK_FIELDS(F, S)                                                                                              \
    F(S, INT, last_id)                                                                                                 \
    F(S, TEXT, last_hash)                                                                                              \
    F(S, INT, count)                                                                                                   \
    F(S, INT, sealed_to)
struct link {
    LINK_FIELDS(FIELD_MEMBER, link)
};
static const struct field link_fields[] = {LINK_FIELDS(FIELD_ROW, link)};
static const struct record link_record = {.name = "event_link", .size_bytes = sizeof(struct link), FIELDS(link_fields)};

void event_hash(enum crypto_suite suite, int64_t tenant_id, const struct event *event, char out_hex[65])
{
    struct buf text;
    buf_init(&text, EVENT_DATA_MAX + 65536);
    netstring_str(&text, STR("linli.event.1"));
    netstring_int(&text, tenant_id);
    netstring_int(&text, event->id);
    netstring_int(&text, event->at_ms);
    netstring_int(&text, event->actor_id);
    netstring_str(&text, event->actor_role);
    netstring_str(&text, event->subject_kind);
    netstring_int(&text, event->subject_id);
    netstring_str(&text, event->type);
    netstring_str(&text, event->data);
    netstring_str(&text, event->prev_hash);
    hash_text(suite, &text, out_hex);
    buf_free(&text);
}

static struct str role_of_actor(const struct ctx *c)
{
    const struct actor *actor = &c->actor;
    if (actor->role_name)
        return str_of(actor->role_name);
    if (actor->kind == ACTOR_SYSTEM)
        return STR("system");
    if (actor->kind == ACTOR_NOBODY)
        return STR("nobody");
    if (actor->kind == ACTOR_PROGRAM)
        return STR("program");
    const char *const *names = c->house->role_names;
    int role = actor->grant_count ? actor->grants[0].role : __builtin_ffs((int)actor->roles) - 1;
    for (int i = 0; names && names[i] && i <= role; i++)
        if (i == role)
            return str_of(names[i]);
    return STR("person");
}

static enum err take_link(struct ctx *c, void *row, void *arg)
{
    struct link *all = arg;
    const struct link *got = row;
    if (got->sealed_to) {
        all->sealed_to = got->sealed_to;
        return OK;
    }
    all->last_id = got->last_id;
    all->last_hash = str_copy(c->arena, got->last_hash);
    all->count = got->count;
    return OK;
}

// Later than the clock says, if need be: a process whose clock lags must not write into what is sealed, nor before the
// event it follows.
static int64_t id_after(struct ctx *c, const struct link *link)
{
    int64_t now_ms = c->house->clock ? clock_now_ms(c->house->clock) : c->now_ms;
    int64_t floor = link->last_id > link->sealed_to ? link->last_id : link->sealed_to;
    int64_t id = ids_next(c->house->ids, now_ms > c->now_ms ? now_ms : c->now_ms);
    if (id > floor || id_time_ms(floor) >= FURTHEST_MS)
        return id;
    return ids_next(c->house->ids, id_time_ms(floor) + 1);
}

static enum err move_head(struct ctx *c, const struct event *event, const struct link *link)
{
    int64_t changed = 0;
    struct args args =
        ARGS(ARG_TEXT("subject_kind", event->subject_kind), ARG_INT("subject_id", event->subject_id),
             ARG_INT("last_id", event->id), ARG_TEXT("last_hash", event->hash), ARG_INT("old_id", link->last_id));
    TRY(db_exec(c, link->count ? &sql_event_head_advance : &sql_event_head_begin, args, &changed));
    return changed == 1 ? OK : fail(c, ERR_BUSY, "event.raced");
}

enum err event_append_as(struct ctx *c, const struct event *given, int64_t *ret_id)
{
    struct event event = *given;
    if (!event.data.n)
        event.data = STR("{}");
    if (event.data.n > EVENT_DATA_MAX)
        return fail(c, ERR_TOO_LARGE, "event.data_too_large");
    if (event.data.p[0] != '{' || event.data.p[event.data.n - 1] != '}' || !event.subject_id)
        return fail(c, ERR_INTERNAL, "event.malformed");
    if (!event.at_ms)
        event.at_ms = c->now_ms;
    if (!event.actor_role.n)
        event.actor_role = role_of_actor(c);
    struct link link = {0};
    TRY(db_each(c, &sql_event_links,
                ARGS(ARG_TEXT("subject_kind", event.subject_kind), ARG_INT("subject_id", event.subject_id)),
                &link_record, take_link, &link));
    event.id = id_after(c, &link);
    if (event.id <= link.sealed_to || event.id <= link.last_id)
        return fail(c, ERR_BUSY, "event.late");
    event.prev_hash = link.last_hash;
    char hash[65];
    event_hash(keys_suite(c->house->keys), c->tenant_id, &event, hash);
    event.hash = (struct str){hash, 64};
    TRY(move_head(c, &event, &link));
    TRY(db_exec(c, &sql_event_insert, ARGS(ARG_ROW(&event_record, &event)), NULL));
    if (ret_id)
        *ret_id = event.id;
    return event_tell(c, &event);
}

enum err event_append(struct ctx *c, const char *subject_kind, int64_t subject_id, const char *type, struct str data,
                      int64_t *ret_id)
{
    struct event event = {.actor_id = c->actor.kind == ACTOR_PERSON ? c->actor.person_id : 0,
                          .subject_kind = str_of(subject_kind),
                          .subject_id = subject_id,
                          .type = str_of(type),
                          .data = data};
    return event_append_as(c, &event, ret_id);
}

enum err event_list(struct ctx *c, const char *subject_kind, int64_t subject_id, int64_t after_id, size_t max,
                    struct rows *ret_rows)
{
    return db_list(c, &sql_event_of_subject,
                   ARGS(ARG_TEXT("subject_kind", str_of(subject_kind)), ARG_INT("subject_id", subject_id),
                        ARG_INT("after_id", after_id), ARG_INT("max", (int64_t)max)),
                   &event_record, max, ret_rows);
}

enum err event_search(struct ctx *c, const struct event_filter *filter, size_t max, struct rows *ret_rows)
{
    bool one_subject = filter->subject_kind.n && filter->subject_id;
    return db_list(c, one_subject ? &sql_event_search_subject : &sql_event_search,
                   ARGS(ARG_INT("before_id", filter->before_id ? filter->before_id : INT64_MAX),
                        ARG_TEXT("subject_kind", filter->subject_kind), ARG_INT("subject_id", filter->subject_id),
                        ARG_TEXT("type", filter->type), ARG_INT("actor_id", filter->actor_id),
                        ARG_INT("max", (int64_t)max)),
                   &event_record, max, ret_rows);
}

// Bound to the subject, not to the event: the event's id is not known yet when its data is written. That it belongs to
// this event of the subject is the chain's to prove.
void event_note_put(struct ctx *c, struct json_writer *w, int64_t subject_id, struct str note)
{
    if (!note.n)
        return;
    struct str box = seal_bytes(c, "event", "note", subject_id, note);
    json_key(w, "note_box");
    json_put_str(w, str_hex(c->arena, box.p, box.n));
}

enum err event_note_open(struct ctx *c, const struct event *event, struct str *ret_note)
{
    *ret_note = (struct str){0};
    if (str_find(event->data, STR("\"note_box\""), 0) == (size_t)-1)
        return OK;
    const struct json *data;
    TRY(json_parse(c, event->data, &data));
    struct str hex = json_str(json_get(data, "note_box")), box;
    if (!hex.n)
        return OK;
    if (!str_from_hex(c->arena, hex, &box))
        return fail(c, ERR_INTERNAL, "crypto.box_bad");
    return open_bytes(c, "event", "note", event->subject_id, box, ret_note);
}
