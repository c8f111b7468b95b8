// SPDX-License-Identifier: MulanPSL-2.0
// What is told of a request: short for lists, whole for its page. Which fields a reader gets is the records' business.
#include "base/calendar.h"
#include "base/clock.h"
#include "domain/request/request_offer.h"
#include "domain/request/request_view.h"
#include "domain/request/task.h"

#include <string.h>

#define SUMMARY_WORDS 60

// --- names, looked up once an answer --------------------------------------------------------------------------------
#define NAMES_MAX 64
struct request_names {
    size_t count, post_count;
    int64_t ids[NAMES_MAX], posts[NAMES_MAX], holders[NAMES_MAX];
    struct str names[NAMES_MAX];
};

struct request_names *request_names_new(struct ctx *c)
{
    return arena_alloc(c->arena, sizeof(struct request_names));
}

struct str request_person_name(struct ctx *c, struct request_names *names, int64_t person_id)
{
    struct str name = {0};
    for (size_t i = 0; i < names->count; i++)
        if (names->ids[i] == person_id)
            return names->names[i];
    if (person_masked_name(c, person_id, &name) != OK)
        ctx_clear_error(c); // an account that was closed has no name any more
    if (names->count < NAMES_MAX) {
        names->ids[names->count] = person_id;
        names->names[names->count++] = name;
    }
    return name;
}

static int64_t holder_of(struct ctx *c, struct request_names *names, int64_t post_id)
{
    int64_t person = 0;
    for (size_t i = 0; i < names->post_count; i++)
        if (names->posts[i] == post_id)
            return names->holders[i];
    if (post_holder_at(c, post_id, c->now_ms, &person) != OK)
        ctx_clear_error(c);
    if (names->post_count < NAMES_MAX) {
        names->posts[names->post_count] = post_id;
        names->holders[names->post_count++] = person;
    }
    return person;
}

// --- filling --------------------------------------------------------------------------------------------------------
static struct str take(struct ctx *c, struct buf *buf)
{
    struct str text = buf->full ? (struct str){0} : str_copy(c->arena, buf_str(buf));
    buf_free(buf);
    return text;
}

static struct str record_text(struct ctx *c, const struct record *record, const void *row)
{
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, 65536);
    json_writer_init(&w, &buf);
    record_to_json(c, record, row, 0, READ_ALL, &w);
    return take(c, &buf);
}

bool request_clock_runs(const struct request *r)
{
    return r->open && !r->paused_at_ms && !request_is_wish(r) && r->state != REQUEST_HANDLED &&
           r->state != REQUEST_CALLBACK && r->state != REQUEST_MERGED;
}

bool request_to_decide(const struct request *r)
{
    return r->open && (r->asked != ASK_NONE || r->contested || (r->appealed && r->state == REQUEST_REPORTED));
}

bool request_overdue(const struct ctx *c, const struct request *r)
{
    int64_t until_ms = r->handled_at_ms ? r->handled_at_ms : r->closed_at_ms ? r->closed_at_ms : r->paused_at_ms;
    return r->due_at_ms && (until_ms ? until_ms : c->now_ms) > r->due_at_ms;
}

static enum err fill(struct ctx *c, struct request_names *names, const struct request *r, struct request_view *v)
{
    const struct flow_state *state = &request_flow.states[r->state];
    *v = (struct request_view){
        .r = *r, .state_zh = str_of(state->zh), .state_en = str_of(state->en), .overdue = request_overdue(c, r)};
    struct item_ref item = {r->item_id, r->item_code, r->item_zh, r->item_en};
    v->item = record_text(c, &item_ref_record, &item);
    if (r->owner_post_id) {
        int64_t holder = holder_of(c, names, r->owner_post_id);
        struct owner_ref owner = {r->owner_post_id, r->owner_name,
                                  holder ? request_person_name(c, names, holder) : STR("")};
        v->owner = record_text(c, &owner_ref_record, &owner);
    }
    if (r->handler_id)
        v->handler = request_person_name(c, names, r->handler_id);
    return request_open_text(c, r, "words", r->words, &v->words);
}

enum err request_write_summary(struct ctx *c, struct request_names *names, const struct request *r, unsigned readers,
                               struct json_writer *w)
{
    struct request_view v;
    TRY(fill(c, names, r, &v));
    v.words = utf8_prefix(v.words, SUMMARY_WORDS);
    record_to_json(c, &request_summary_record, &v, r->id, readers, w);
    return OK;
}

static enum err deadline_text(struct ctx *c, const struct request *r, struct str *ret_text)
{
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    TRY(request_pauses_read(c, r, pauses));
    const struct calendar *calendar = c->house->calendar;
    int64_t end_ms = r->handled_at_ms ? r->handled_at_ms : r->closed_at_ms ? r->closed_at_ms : c->now_ms;
    double whole_ms = (double)((r->budget + r->extended) * calendar_unit_ms(calendar, (enum calendar_unit)r->unit));
    int64_t used_ms = calendar_elapsed_ms(calendar, request_clock_from(r), end_ms, (enum calendar_unit)r->unit,
                                          pauses->at, pauses->count);
    struct deadline deadline = {.due_at = r->due_at_ms,
                                .unit = r->unit,
                                .budget = r->budget + r->extended,
                                .calendar_version = r->calendar_version,
                                .provisional = r->due_provisional,
                                .elapsed_share = whole_ms > 0 ? (double)used_ms / whole_ms : 0};
    *ret_text = record_text(c, &deadline_record, &deadline);
    return OK;
}

static struct str relation_text(unsigned relations)
{
    static const unsigned strongest_first[] = {RELATION_REPORTER, RELATION_HANDLER,  RELATION_SUPERIOR,
                                               RELATION_CALLER,   RELATION_VERIFIER, RELATION_DISPATCHER,
                                               RELATION_HELPER,   RELATION_WATCHER};
    for (size_t i = 0; i < sizeof strongest_first / sizeof *strongest_first; i++)
        for (size_t j = 0; j < request_flow.relation_count; j++)
            if (relations & strongest_first[i] && request_flow.relations[j].bit == strongest_first[i])
                return str_of(request_flow.relations[j].name);
    return STR("");
}

enum err request_actions_text(struct ctx *c, const struct request *r, unsigned only, struct str *ret_text)
{
    struct request_case rc = {.r = *r}; // guards look into the case
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, 65536);
    json_writer_init(&w, &buf);
    enum err err = flow_write_actions_as(c, &request_flow, &rc.r, only, &w);
    *ret_text = take(c, &buf);
    return err;
}

static enum err open_all(struct ctx *c, const struct request *r, struct request_view *v)
{
    TRY(request_open_text(c, r, "door_number", r->door_number, &v->door_number));
    TRY(request_open_text(c, r, "contact_name", r->contact_name, &v->contact_name));
    TRY(request_open_text(c, r, "contact_phone", r->contact_phone, &v->contact_phone));
    TRY(request_open_text(c, r, "thanks", r->thanks, &v->thanks));
    return request_open_text(c, r, "reply", r->reply, &v->reply);
}

static struct str media_text(struct ctx *c, const struct rows *rows)
{
    struct buf buf;
    struct json_writer w;
    const struct media *media = rows->at;
    buf_init(&buf, 65536);
    json_writer_init(&w, &buf);
    json_array_begin(&w);
    for (size_t i = 0; i < rows->count; i++)
        record_to_json(c, &media_view_record, &media[i], media[i].id, READ_INVOLVED, &w);
    json_array_end(&w);
    return take(c, &buf);
}

enum err request_write_view(struct ctx *c, const struct request *r, struct json_writer *w)
{
    struct request_view v;
    struct rows media = {0};
    unsigned relations;
    struct request_names *names = request_names_new(c);
    TRY(request_may_see(c, r, &relations));
    TRY(fill(c, names, r, &v));
    TRY(open_all(c, r, &v));
    if (r->photo_count)
        TRY(media_list(c, "request", r->id, &media));
    v.media = media_text(c, &media);
    TRY(request_timeline(c, names, r, &media, &v.timeline));
    TRY(task_views(c, names, r, request_readers(relations), &v.tasks));
    TRY(request_actions_text(c, r, ~RELATIONS_OFFERED, &v.actions));
    if (r->claimant_id)
        v.claimant = request_person_name(c, names, r->claimant_id);
    v.relation = relation_text(relations);
    TRY(deadline_text(c, r, &v.deadline));
    record_to_json(c, &request_view_record, &v, r->id, request_readers(relations), w);
    return OK;
}
