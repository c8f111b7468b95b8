// SPDX-License-Identifier: MulanPSL-2.0
// What is told of a task: in the request's page, in lists, and in the request's timeline.
#include "domain/request/request_view.h"
#include "domain/request/task.h"

#define EVENTS_MAX 60 // of one task

// --- what is sent of one summoned post
// --------------------------------------------------------------------------------
#define ONE(member, type_) FIELD_AT(struct summons, member), .type = (type_), .read = READ_ALL
static const struct field whistle_one_fields[] = {
    {ONE(post_id, FIELD_ID), .flags = FIELD_INPUT | FIELD_REQUIRED, .doc = "The post that shall come"},
    {ONE(wanted, FIELD_TEXT), .flags = FIELD_INPUT | FIELD_REQUIRED | FIELD_MULTILINE, .max = 500,
     .doc = "What is wanted of it"},
    {ONE(unit, FIELD_ENUM), .flags = FIELD_INPUT | FIELD_REQUIRED, .names = calendar_unit_names,
     .doc = "Time in which its limits count"},
    {ONE(budget, FIELD_INT), .flags = FIELD_INPUT | FIELD_REQUIRED, .min = 1, .max = 90,
     .doc = "Units until it has to be cleared"},
    {ONE(check_in, FIELD_INT), .flags = FIELD_INPUT, .min = 0, .max = 90,
     .doc = "Units until it has to be there; 0: a quarter of them, one at least"},
};
const struct record whistle_one_record = {"summons", NULL, sizeof(struct summons), FIELDS(whistle_one_fields)};

// --- what is answered
// -------------------------------------------------------------------------------------------------
struct task_view {
    struct request_task t;
    struct str state_zh, state_en, item, area, full_name, holder, helper, wanted, reply, media, actions;
    bool overdue;
    double elapsed_share;
};
#define ROW(member, name_, type_)                                                                                      \
    .name = (name_), .offset = offsetof(struct task_view, t.member), .type = (type_), .read = READ_INVOLVED
#define VIEW(member, type_) FIELD_AT(struct task_view, member), .type = (type_), .read = READ_INVOLVED
static const struct field task_view_fields[] = {
    {ROW(id, "id", FIELD_ID), .doc = "The task"},
    {ROW(version, "version", FIELD_INT), .doc = "For If-Match"},
    {ROW(state, "state", FIELD_ENUM), .names = task_state_names, .doc = "Where it stands"},
    {VIEW(state_zh, FIELD_TEXT), .doc = "The state in Chinese"},
    {VIEW(state_en, FIELD_TEXT), .doc = "The state in English"},
    {ROW(open, "open", FIELD_BOOL), .doc = "The unit still has to act"},
    {ROW(request_id, "request_id", FIELD_ID), .doc = "The request it belongs to"},
    {VIEW(item, FIELD_JSON), .of = &item_ref_record, .doc = "What was asked for there"},
    {VIEW(area, FIELD_TEXT), .doc = "Estate or grid"},
    {VIEW(full_name, FIELD_TEXT), .max = 400, .doc = "Place in full"},
    {ROW(ground, "ground", FIELD_ENUM), .names = task_ground_names, .doc = "Why others were summoned"},
    {FIELD_AT(struct task_view, wanted), .type = FIELD_TEXT, .flags = FIELD_MULTILINE, .read = READ_STAFF, .max = 500,
     .doc = "What is wanted of the unit"},
    {ROW(post_id, "post_id", FIELD_ID), .doc = "The post that was summoned"},
    {ROW(post_name, "post", FIELD_TEXT), .doc = "Its name"},
    {VIEW(holder, FIELD_TEXT), .doc = "Who holds it, masked; empty: nobody"},
    {ROW(whistler_name, "whistled_by", FIELD_TEXT), .doc = "The post that whistled"},
    {ROW(whistled_at_ms, "whistled_at", FIELD_TIME), .doc = "When"},
    {ROW(dispatched_at_ms, "dispatched_at", FIELD_TIME), .doc = "Since when its limits run: its own dispatch"},
    {ROW(unit, "unit", FIELD_ENUM), .names = calendar_unit_names, .doc = "Time in which its limits count"},
    {ROW(check_in_budget, "check_in_budget", FIELD_INT), .doc = "Units until it has to be there"},
    {ROW(budget, "budget", FIELD_INT), .doc = "Units until it has to be cleared"},
    {ROW(calendar_version, "calendar_version", FIELD_TEXT), .doc = "Calendar that was used"},
    {ROW(check_in_due_at_ms, "check_in_due_at", FIELD_TIME), .doc = "Until when it has to be there"},
    {ROW(due_at_ms, "due_at", FIELD_TIME), .doc = "Until when it has to be cleared"},
    {ROW(due_provisional, "due_provisional", FIELD_BOOL), .doc = "Holidays not all known"},
    {VIEW(overdue, FIELD_BOOL), .doc = "Past the limit that runs, or cleared after it"},
    {VIEW(elapsed_share, FIELD_REAL), .doc = "Share of the limit to clear that is used up; above 1: overdue"},
    {VIEW(helper, FIELD_TEXT), .doc = "Who checked in, masked"},
    {ROW(checked_in_at_ms, "checked_in_at", FIELD_TIME), .doc = "When the unit was there"},
    {ROW(ended_at_ms, "ended_at", FIELD_TIME), .doc = "When it was cleared or called off"},
    {ROW(handed_over, "handed_over", FIELD_INT), .doc = "How often it went to another team"},
    {ROW(check_in_level, "check_in_level", FIELD_INT), .doc = "Levels that the limit to be there has reached"},
    {ROW(level, "level", FIELD_INT), .doc = "Levels that the limit to clear it has reached"},
    {ROW(escalated_name, "escalated_to", FIELD_TEXT), .doc = "The post above that sees to it"},
    {VIEW(reply, FIELD_TEXT), .flags = FIELD_MULTILINE, .max = 3000, .doc = "What the unit has done"},
    {VIEW(media, FIELD_JSON), .flags = FIELD_MANY, .of = &media_view_record, .doc = "Pictures of the unit"},
    {VIEW(actions, FIELD_JSON), .flags = FIELD_MANY, .of = &request_action_ref_record, .doc = "What you may do now"},
};
const struct record task_view_record = {"task_view", NULL, sizeof(struct task_view), FIELDS(task_view_fields)};

static struct str take(struct ctx *c, struct buf *buf)
{
    struct str text = buf->full ? (struct str){0} : str_copy(c->arena, buf_str(buf));
    buf_free(buf);
    return text;
}

static struct str item_text(struct ctx *c, const struct request *r)
{
    struct item_ref item = {r->item_id, r->item_code, r->item_zh, r->item_en};
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, 4096);
    json_writer_init(&w, &buf);
    record_to_json(c, &item_ref_record, &item, 0, READ_ALL, &w);
    return take(c, &buf);
}

static enum err media_text(struct ctx *c, const struct request_task *t, struct str *ret_text)
{
    struct rows rows = {0};
    struct buf buf;
    struct json_writer w;
    if (t->photo_count)
        TRY(media_list(c, "request_task", t->id, &rows));
    const struct media *media = rows.at;
    buf_init(&buf, 65536);
    json_writer_init(&w, &buf);
    json_array_begin(&w);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &media_view_record, &media[i], media[i].id, READ_INVOLVED, &w);
    json_array_end(&w);
    *ret_text = take(c, &buf);
    return OK;
}

static enum err actions_text(struct ctx *c, const struct request_task *t, const struct request *r, struct str *ret_text)
{
    struct request copy = *r; // a guard does not change it
    struct task_case tc = {.t = *t, .request = &copy};
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, 65536);
    json_writer_init(&w, &buf);
    enum err err = flow_write_actions(c, &task_flow, &tc.t, &w);
    *ret_text = take(c, &buf);
    return err;
}

static enum err elapsed(struct ctx *c, const struct request_task *t, const struct request *r, double *ret_share)
{
    struct request_pauses *pauses = arena_alloc(c->arena, sizeof *pauses);
    enum calendar_unit unit = (enum calendar_unit)t->unit;
    const struct calendar *calendar = c->house->calendar;
    TRY(request_pauses_read(c, r, pauses));
    int64_t used_ms = calendar_elapsed_ms(calendar, t->dispatched_at_ms, t->ended_at_ms ? t->ended_at_ms : c->now_ms,
                                          unit, pauses->at, pauses->count);
    *ret_share = (double)used_ms / (double)(t->budget * calendar_unit_ms(calendar, unit));
    return OK;
}

enum err task_write_view(struct ctx *c, struct request_names *names, const struct request_task *t,
                         const struct request *r, unsigned readers, struct json_writer *w)
{
    const struct flow_state *state = &task_flow.states[t->state];
    struct task_view v = {.t = *t,
                          .state_zh = str_of(state->zh),
                          .state_en = str_of(state->en),
                          .item = item_text(c, r),
                          .area = r->area,
                          .full_name = r->place_name,
                          .overdue = task_overdue(c, t, r)};
    int64_t holder = 0;
    TRY(post_holder_at(c, t->post_id, c->now_ms, &holder));
    if (holder)
        v.holder = request_person_name(c, names, holder);
    if (t->helper_id)
        v.helper = request_person_name(c, names, t->helper_id);
    TRY(task_open_text(c, t, "wanted", t->wanted, &v.wanted));
    TRY(task_open_text(c, t, "reply", t->reply, &v.reply));
    TRY(media_text(c, t, &v.media));
    TRY(actions_text(c, t, r, &v.actions));
    TRY(elapsed(c, t, r, &v.elapsed_share));
    record_to_json(c, &task_view_record, &v, t->id, readers, w);
    return OK;
}

enum err task_views(struct ctx *c, struct request_names *names, const struct request *r, unsigned readers,
                    struct str *ret_json)
{
    struct rows rows = {0};
    struct buf buf;
    struct json_writer w;
    enum err err = OK;
    if (r->tasks)
        TRY(task_list_of(c, r->id, &rows));
    const struct request_task *tasks = rows.at;
    buf_init(&buf, 1 << 20);
    json_writer_init(&w, &buf);
    json_array_begin(&w);
    for (size_t i = 0; i < rows.count && err == OK; i++)
        err = task_write_view(c, names, &tasks[i], r, readers, &w);
    json_array_end(&w);
    *ret_json = take(c, &buf);
    return err;
}

// --- in the request's timeline
// ----------------------------------------------------------------------------------------
enum err task_events(struct ctx *c, const struct request *r, struct rows *ret_events, struct rows *ret_media)
{
    struct rows tasks, events, media;
    *ret_events = *ret_media = (struct rows){0};
    if (!r->tasks)
        return OK;
    TRY(task_list_of(c, r->id, &tasks));
    struct event *all = arena_array(c->arena, tasks.count * EVENTS_MAX, sizeof *all);
    struct media *pictures = arena_array(c->arena, tasks.count * MEDIA_PER_SUBJECT_MAX, sizeof *pictures);
    const struct request_task *t = tasks.at;
    size_t event_count = 0, media_count = 0;
    for (size_t i = 0; i < tasks.count; i++) {
        TRY(event_list(c, "request_task", t[i].id, 0, EVENTS_MAX, &events));
        for (size_t j = 0; j < events.count; j++)
            all[event_count++] = ((const struct event *)events.at)[j];
        if (!t[i].photo_count)
            continue;
        TRY(media_list(c, "request_task", t[i].id, &media));
        for (size_t j = 0; j < media.count; j++)
            pictures[media_count++] = ((const struct media *)media.at)[j];
    }
    *ret_events = (struct rows){all, event_count};
    *ret_media = (struct rows){pictures, media_count};
    return OK;
}
