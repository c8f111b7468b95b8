// SPDX-License-Identifier: MulanPSL-2.0
// The timeline is a reading of the event log: nothing is kept for it beside.
#include "base/id.h"
#include "domain/request/task.h"

#include <stdlib.h>
#include <string.h>

#define TIMELINE_MAX 300

static const struct {
    const char *type, *zh, *en;
} labels[] = {
    {"request.reported", "提出诉求", "Reported"},
    {"request.filed", "受理立案", "Filed"},
    {"request.refused", "不予受理", "Not taken"},
    {"request.dispatched", "派给负责人", "Sent to who is responsible"},
    {"request.signed", "已签收", "Signed for"},
    {"request.returned", "退回重派", "Sent back"},
    {"request.transferred", "转派他人", "Passed on"},
    {"request.rerouted", "岗位空缺，移交上一级", "Post vacant: moved up"},
    {"request.finished", "办理完毕", "Work finished"},
    {"request.passed", "核查通过，请您确认", "Checked: was it done?"},
    {"request.reworked", "核查退回返工", "Checked: needs more work"},
    {"request.confirmed", "居民确认办好了", "Confirmed: it is done"},
    {"request.denied", "居民表示还没办好", "Said not to be done"},
    {"request.rated", "居民作出评价", "Rated"},
    {"request.reopened", "居民重新打开", "Opened again"},
    {"request.withdrawn", "居民撤回", "Withdrawn"},
    {"request.urged", "居民催办", "Urged"},
    {"request.commented", "补充说明", "A word added"},
    {"request.lapsed", "七天未回复，自动结案", "No answer for seven days: closed by the clock"},
    {"request.appealed", "居民申诉，由上一级决定", "Appealed: the level above decides"},
    {"request.settled", "申诉期满结案", "Closed after the time for appeal"},
    {"request.contested", "申请裁定由谁办理", "Asked to decide whose work it is"},
    {"request.arbitrated", "已裁定由谁办理", "Decided whose work it is"},
    {"request.contacted", "已联系居民", "Spoke to the resident"},
    {"request.asked_reporter", "请居民补充情况，时限暂停", "Asked the resident; the clock stands still"},
    {"request.answered", "居民已补充", "The resident answered"},
    {"request.resumed", "恢复处置", "Work goes on"},
    {"request.asked_suspend", "申请挂账", "Asked to put it on hold"},
    {"request.suspended", "同意挂账，时限暂停", "On hold with approval; the clock stands still"},
    {"request.asked_extend", "申请延期", "Asked for more time"},
    {"request.extended", "同意延期", "More time allowed"},
    {"request.declined", "申请未获同意", "Not allowed"},
    {"request.explained", "解释说明后结案", "Closed with an explanation"},
    {"request.not_ours", "非职责范围，结案", "Closed: not our duty"},
    {"request.merged", "与另一条诉求并案", "Joined to another request"},
    {"request.separated", "取消并案", "Separated again"},
    {"request.closed_joined", "随主案结案", "Closed with the request it was joined to"},
    {"request.supervised", "上级督办", "Supervised from above"},
    {"request.reminded", "时限提醒", "Reminded by the clock"},
    {"request.escalated", "超时，报上一级", "Time ran out: put to the level above"},
    {"request.reclassified", "改了事项类别，时限按新事项从提出时重算",
     "Another service item; the limit is reckoned anew from the report"},
    {"request.asked_exclude", "申请不计入公布的比率", "Asked to leave it out of the published rates"},
    {"request.excluded", "同意不计入公布的比率", "Left out of the published rates"},
    {"request.exclude_declined", "不同意剔除，照常计入", "Not left out: it is counted"},
    {"request.restored", "恢复计入比率", "Counted in the rates again"},
    {"request.concluded", "按来源记录结案", "Closed where it came from"},
    {"request.whistled", "吹哨，请其他单位到场", "Whistle: other units were summoned"},
    {"task.summoned", "请单位报到", "A unit was summoned"},
    {"task.checked_in", "单位已报到", "The unit checked in"},
    {"task.cleared", "单位已销哨", "The unit cleared"},
    {"task.recalled", "撤哨，不再需要到场", "Called off: not needed any more"},
    {"task.handed_over", "转交另一支队伍", "Handed over to another team"},
    {"task.rerouted", "岗位空缺，移交他人", "Post vacant: moved on"},
    {"task.reminded", "吹哨任务时限提醒", "Task reminded by the clock"},
    {"task.escalated", "吹哨任务超时，报上一级", "Time ran out for the task: put to the level above"},
    {"request.submitted", "提交社区审核", "Put up for approval"},
    {"request.approved", "审核通过，等待认领", "Approved: waits for somebody"},
    {"request.retracted", "撤下重审", "Taken off the wall"},
    {"request.offered", "发给代办队", "Offered to the teams"},
    {"request.claimed", "有人认领", "Taken on"},
    {"request.converted", "无人认领，转为普通诉求", "Made an ordinary case"},
    {"request.rechecked", "随机抽查", "Drawn by chance and checked again"},
    {"request.delivered", "心愿已送达，请您确认", "Brought: has it come true?"},
    {"request.wish_confirmed", "居民确认心愿实现了", "Confirmed: it came true"},
    {"request.wish_denied", "居民表示还没有实现", "Said not to have come true"},
    {"request.wish_lapsed", "七天未回复，自动确认", "No answer for seven days: confirmed by the clock"},
    {"request.released", "放弃认领", "Given back"},
    {"request.claim_expired", "认领到期，重新等待", "The claim ran out: waits again"},
    {"request.thanked", "居民道谢", "Said thank you"},
    {"personal.read", "查看了联系方式", "Contact details were read"},
};

static const struct {
    const char *role, *zh, *en;
} role_labels[] = {
    {"resident", "居民", "Resident"},
    {"steward", "楼栋长", "Building steward"},
    {"grid_worker", "网格员", "Grid worker"},
    {"community", "社区", "Community"},
    {"subdistrict", "街道", "Sub-district"},
    {"district", "区", "District"},
    {"unit", "承办单位", "Unit"},
    {"system", "系统", "System"},
    {"program", "其他系统", "Another system"},
};

#define TIMELINE_ENTRY_FIELDS(F, S)                                                                                    \
    F(S, ID, id, .read = READ_INVOLVED, .doc = "The event")                                                            \
    F(S, TIME, at, .read = READ_INVOLVED, .doc = "When it happened")                                                   \
    F(S, TEXT, type, .read = READ_INVOLVED, .doc = "What happened")                                                    \
    F(S, TEXT, label_zh, .read = READ_INVOLVED, .doc = "The same in Chinese")                                          \
    F(S, TEXT, label_en, .read = READ_INVOLVED, .doc = "The same in English")                                          \
    F(S, TEXT, by, .read = READ_INVOLVED, .doc = "As what, and for staff who, masked")                                 \
    F(S, TEXT, note, .read = READ_INVOLVED, .flags = FIELD_MULTILINE, .max = EVENT_NOTE_MAX,                           \
      .doc = "What was written with it")                                                                               \
    F(S, JSON, media, .read = READ_INVOLVED, .flags = FIELD_MANY, .of = &media_view_record,                            \
      .doc = "Pictures and recordings of this step")                                                                   \
    F(S, TEXT, from, .read = READ_INVOLVED, .doc = "State before")                                                     \
    F(S, TEXT, to, .read = READ_INVOLVED, .doc = "State after")                                                        \
    F(S, INT, rating, .read = READ_INVOLVED, .max = 5, .doc = "1 to 5; 0: none")                                       \
    F(S, TEXT, reason, .read = READ_INVOLVED, .doc = "Exclusions: for which reason of the list")                       \
    F(S, TEXT, rule, .read = READ_INVOLVED, .doc = "Automatic decisions: by which rule")                               \
    F(S, TEXT, post, .read = READ_INVOLVED, .doc = "To which post")                                                    \
    F(S, TEXT, vacant, .read = READ_INVOLVED, .doc = "Post that would have had it, but nobody holds")
struct timeline_entry {
    TIMELINE_ENTRY_FIELDS(FIELD_MEMBER, timeline_entry)
};
static const struct field timeline_entry_fields[] = {TIMELINE_ENTRY_FIELDS(FIELD_ROW, timeline_entry)};
const struct record timeline_entry_record = {"timeline_entry", NULL, sizeof(struct timeline_entry),
                                             FIELDS(timeline_entry_fields)};

static struct str role_label(struct ctx *c, struct str role)
{
    bool english = strcmp(c->lang, "en") == 0;
    for (size_t i = 0; i < sizeof role_labels / sizeof *role_labels; i++)
        if (str_equal_z(role, role_labels[i].role))
            return str_of(english ? role_labels[i].en : role_labels[i].zh);
    return role;
}

static bool is_staff(struct str role)
{
    return !str_equal_z(role, "resident") && !str_equal_z(role, "system") && !str_equal_z(role, "program");
}

// Of all that belongs to the request, what this step brought.
static struct str media_of_step(struct ctx *c, const struct json *ids, const struct rows *all)
{
    const struct media *media = all->at;
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, 65536);
    json_writer_init(&w, &buf);
    json_array_begin(&w);
    for (size_t i = 0; i < json_count(ids); i++) {
        int64_t id = 0;
        id_parse(json_str(json_at(ids, i)), &id);
        for (size_t j = 0; j < all->count; j++)
            if (media[j].id == id)
                record_to_json(c, &media_view_record, &media[j], id, READ_INVOLVED, &w);
    }
    json_array_end(&w);
    struct str text = str_copy(c->arena, buf_str(&buf));
    buf_free(&buf);
    return text;
}

static enum err vacant_post(struct ctx *c, const struct json *data, struct str *ret_name)
{
    int64_t id;
    struct post post;
    *ret_name = (struct str){0};
    if (!id_parse(json_str(json_get(data, "vacant_post")), &id))
        return OK;
    TRY(post_get(c, id, &post)); // posts are closed, never deleted
    *ret_name = post.name;
    return OK;
}

static enum err entry_of(struct ctx *c, struct request_names *names, const struct request *r, const struct event *event,
                         const struct rows *media, struct timeline_entry *entry)
{
    const struct json *data;
    TRY(json_parse(c, event->data, &data));
    // Who reported is a resident to this case, whatever else they are.
    bool reporter = event->actor_id && event->actor_id == r->reporter_id;
    bool claimant = !reporter && event->actor_id && event->actor_id == r->claimant_id;
    *entry = (struct timeline_entry){.id = event->id,
                                     .at = event->at_ms,
                                     .type = event->type,
                                     .by = role_label(c, reporter ? STR("resident") : event->actor_role),
                                     .from = json_str(json_get(data, "from")),
                                     .to = json_str(json_get(data, "to")),
                                     .rating = json_int(json_get(data, "rating")),
                                     .reason = json_str(json_get(data, "reason")),
                                     .rule = json_str(json_get(data, "rule")),
                                     .post = json_str(json_get(data, "post_name"))};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (str_equal_z(event->type, labels[i].type)) {
            entry->label_zh = str_of(labels[i].zh);
            entry->label_en = str_of(labels[i].en);
        }
    TRY(vacant_post(c, data, &entry->vacant));
    if (claimant && !is_staff(event->actor_role))
        entry->by = strcmp(c->lang, "en") == 0 ? STR("Who took it on") : STR("认领人");
    if (event->actor_id && !reporter && is_staff(event->actor_role))
        entry->by = str_format(c->arena, "%.*s %.*s", STR_ARG(entry->by),
                               STR_ARG(request_person_name(c, names, event->actor_id)));
    const struct json *ids = json_get(data, "media");
    entry->media = ids ? media_of_step(c, ids, media) : STR("[]");
    // What is wanted of a unit is between colleagues: staff read it in the task.
    return str_equal_z(event->type, "task.summoned") ? OK : event_note_open(c, event, &entry->note);
}

// What belongs to one write: the request's own step first, then those of its tasks.
static int oldest_first(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    if (x->subject_kind.n != y->subject_kind.n)
        return x->subject_kind.n < y->subject_kind.n ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void append(struct ctx *c, struct rows *rows, const struct rows *more, size_t size)
{
    char *all = arena_alloc(c->arena, (rows->count + more->count) * size);
    if (rows->count)
        memcpy(all, rows->at, rows->count * size);
    memcpy(all + rows->count * size, more->at, more->count * size);
    *rows = (struct rows){all, rows->count + more->count};
}

// What summoned units did is part of the story.
static enum err with_tasks(struct ctx *c, const struct request *r, struct rows *events, struct rows *media)
{
    struct rows task_rows, task_media;
    TRY(task_events(c, r, &task_rows, &task_media));
    if (task_media.count)
        append(c, media, &task_media, sizeof(struct media));
    if (task_rows.count) {
        append(c, events, &task_rows, sizeof(struct event));
        qsort(events->at, events->count, sizeof(struct event), oldest_first);
    }
    return OK;
}

enum err request_timeline(struct ctx *c, struct request_names *names, const struct request *r, const struct rows *media,
                          struct str *ret_json)
{
    struct rows rows;
    struct buf buf;
    struct json_writer w;
    struct rows all_media = *media;
    TRY(event_list(c, "request", r->id, 0, TIMELINE_MAX, &rows));
    TRY(with_tasks(c, r, &rows, &all_media));
    const struct event *events = rows.at;
    buf_init(&buf, 1 << 20);
    json_writer_init(&w, &buf);
    json_array_begin(&w);
    enum err err = OK;
    for (size_t i = 0; i < rows.count && err == OK; i++) {
        struct timeline_entry entry;
        err = entry_of(c, names, r, &events[i], &all_media, &entry);
        if (err == OK)
            record_to_json(c, &timeline_entry_record, &entry, entry.id, READ_INVOLVED, &w);
    }
    json_array_end(&w);
    *ret_json = str_copy(c->arena, buf_str(&buf));
    buf_free(&buf);
    return err;
}
