// SPDX-License-Identifier: MulanPSL-2.0
// What this module brings: its table entry, and what the platform asks it about its subjects and its people.
#include "domain/request/request_claim.h"
#include "domain/request/task.h"
#include "request_sql.h"

#define PERSON_MAX 1000

// --- live streams, and who may see what is attached -----------------------------------------------------------------
static enum err topics(struct ctx *c, int64_t id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    struct request r;
    struct rows rows;
    size_t n = 0;
    TRY(request_get(c, id, &r));
    TRY(db_list(c, &sql_request_scope_places, ARGS(ARG_INT("request_id", id)), &request_scope_record, 16, &rows));
    const struct request_scope *scope = rows.at;
    const int64_t own[] = {r.reporter_id, r.owner_post_id, r.owner_org_id, r.handler_id, r.claimant_id};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i] && n < max)
            ret_topics[n++] = own[i];
    for (size_t i = 0; i < rows.count && n < max; i++)
        ret_topics[n++] = scope[i].place_id;
    *ret_count = n;
    return task_topics(c, &r, ret_topics, max, ret_count);
}

static enum err may_read(struct ctx *c, int64_t id)
{
    struct request r;
    unsigned relations;
    TRY(request_get(c, id, &r));
    return request_may_see(c, &r, &relations);
}

static const struct event_subject subjects[] = {
    {"request", topics, may_read}, {"request_task", task_topics_of, task_may_read}, {NULL, NULL, NULL}};

// --- what is kept of a person ---------------------------------------------------------------------------------------
static enum err write_mine(struct ctx *c, const struct request *r, struct json_writer *w)
{
    static const char *const texts[] = {"words", "door_number", "contact_name", "contact_phone", "reply"};
    const struct str boxes[] = {r->words, r->door_number, r->contact_name, r->contact_phone, r->reply};
    json_object_begin(w);
    json_key(w, "id");
    json_put_id(w, r->id);
    json_key(w, "item");
    json_put_str(w, r->item_zh);
    json_key(w, "state");
    json_put_z(w, request_state_names[r->state]);
    json_key(w, "place");
    json_put_str(w, r->place_name);
    json_key(w, "reported_at");
    json_put_time(w, r->reported_at_ms);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str clear;
        TRY(request_open_text(c, r, texts[i], boxes[i], &clear));
        json_key(w, texts[i]);
        json_put_str(w, clear);
    }
    json_object_end(w);
    return OK;
}

// What the person took on for others: what was on the wall, and what the person wrote.
static enum err write_claims(struct ctx *c, int64_t person_id, struct json_writer *w)
{
    struct rows rows;
    TRY(db_list(c, &sql_request_claims_of,
                ARGS(ARG_INT("claimant_id", person_id), ARG_INT("before", INT64_MAX), ARG_INT("max", PERSON_MAX)),
                &request_record, PERSON_MAX, &rows));
    const struct request *r = rows.at;
    json_key(w, "claims");
    json_array_begin(w);
    for (size_t i = 0; i < rows.count; i++) {
        struct str reply;
        TRY(request_open_text(c, &r[i], "reply", r[i].reply, &reply));
        json_object_begin(w);
        json_key(w, "id");
        json_put_id(w, r[i].id);
        json_key(w, "text");
        json_put_str(w, r[i].public_words);
        json_key(w, "state");
        json_put_z(w, request_state_names[r[i].state]);
        json_key(w, "claimed_at");
        json_put_time(w, r[i].claimed_at_ms);
        json_key(w, "reply");
        json_put_str(w, reply);
        json_object_end(w);
    }
    json_array_end(w);
    return OK;
}

// In clear: it is the person's own.
static enum err personal_write(struct ctx *c, int64_t person_id, struct json_writer *w)
{
    struct rows rows;
    TRY(db_list(c, &sql_request_page_mine,
                ARGS(ARG_INT("scope_id", person_id), ARG_INT("before", INT64_MAX), ARG_INT("max", PERSON_MAX)),
                &request_record, PERSON_MAX, &rows));
    const struct request *r = rows.at;
    json_key(w, "requests");
    json_array_begin(w);
    for (size_t i = 0; i < rows.count; i++)
        TRY(write_mine(c, &r[i], w));
    json_array_end(w);
    return write_claims(c, person_id, w);
}

// Name, number and door go; the request and its log stay, with nobody in them.
static enum err personal_erase(struct ctx *c, int64_t person_id)
{
    return db_exec(c, &sql_request_erase_reporter,
                   ARGS(ARG_INT("reporter_id", person_id), ARG_BLOB("contact_name", ((struct str){0})),
                        ARG_BLOB("contact_phone", ((struct str){0})), ARG_BLOB("door_number", ((struct str){0}))),
                   NULL);
}

// --- messages -------------------------------------------------------------------------------------------------------
static const struct message messages[] = {
    {"request.unknown", "找不到这条诉求。", "This request cannot be found."},
    {"request.known_already", "这条诉求已经登记过了。", "This request is known already."},
    {"request.already_taken", "{0} 已于 {1} 签收。", "{0} signed for it already, at {1}."},
    {"request.nobody_responsible", "这里暂时没有人负责，请选择岗位。",
     "Nobody is responsible here at present. Choose a post."},
    {"request.no_such_post", "没有这个岗位。", "There is no such post."},
    {"request.post_elsewhere", "这个岗位不负责这个地方。", "This post does not answer for this place."},
    {"request.post_vacant", "这个岗位现在没有人。", "Nobody holds this post at present."},
    {"request.same_post", "已经在这个岗位了。", "It is with this post already."},
    {"request.returned_once", "已经退回过一次，不能再退，请联系派单员。",
     "It was sent back once already. Speak to the dispatcher."},
    {"request.withdrawn", "这条诉求已由提出人撤回。", "This request was withdrawn."},
    {"request.reopen_too_late", "结案已超过七天，请重新提一条。",
     "It was closed more than seven days ago. Please make a new request."},
    {"request.urged_already", "一小时内已经催过了，请稍等。",
     "You urged it within the last hour. Please wait a little."},
    {"request.nothing_said", "请写点什么，或附一张照片。", "Write something, or add a picture."},
    {"request.own_work", "不能核查自己办理的诉求。", "You cannot check your own work."},
    {"request.decided_above", "已申诉，由上一级决定。", "It was appealed against: the level above decides."},
    {"request.appealed_once", "已经申诉过一次。", "It was appealed against once already."},
    {"request.appeal_too_late", "不予受理已超过七天，不能再申诉。", "It was refused more than seven days ago."},
    {"request.not_to_contest", "第一次请用“退回”；裁定之后不能再提。",
     "Send it back first; after a decision it cannot be asked again."},
    {"request.not_contested", "没有人申请裁定。", "Nobody asked for a decision."},
    {"request.contacted_already", "已经联系过居民了。", "The resident was spoken to already."},
    {"request.asked_already", "已有申请等待审批。", "Something is waiting for approval already."},
    {"request.not_asked", "没有等待审批的申请。", "Nothing waits for this approval."},
    {"request.hold_too_long", "挂账须在今后九十天以内。", "On hold until a day within the next ninety."},
    {"request.due_already", "已过时限，不能再延期。", "The limit has passed: it cannot be extended."},
    {"request.exclusion_already", "已申请或已剔除。", "It was asked for, or left out, already."},
    {"request.exclusion_not_asked", "没有人申请剔除。", "Nobody asked to leave it out."},
    {"request.not_excluded", "这条没有剔除。", "It is not left out."},
    {"request.exclusion_reason_needed", "请选择剔除理由。", "Choose a reason of the list."},
    {"request.own_exclusion", "申请人、承办人和承办单位不能审批自己的剔除。",
     "Who asks for it, handles it or belongs to its unit does not decide about it."},
    {"request.same_item", "已经是这个事项了。", "It is this item already."},
    {"request.still_on_hold", "还没有到恢复的时候。", "It is not time to go on yet."},
    {"request.no_such_master", "找不到要并入的诉求。", "The request to join it to cannot be found."},
    {"request.master_closed", "要并入的诉求已结案或已并案。", "The request to join it to is closed or joined itself."},
    {"request.is_master", "已有诉求并入这条，不能再并案。",
     "Others are joined to this one: it cannot be joined itself."},
    {"request.too_many_joined", "并入的诉求太多。", "Too many requests are joined to that one."},
    {"request.nothing_due", "没有到时的时限。", "No clock has run out."},
    {"request.photo_needed", "请附一张办完后的照片，或写明为什么没有照片。",
     "Add a picture of the finished work, or say why there is none."},
    {"request.tasks_open", "还有 {0} 个单位没有销哨，不能结案。",
     "{0} summoned units have not cleared yet: it cannot be closed."},
    {"task.unknown", "找不到这个吹哨任务。", "This task cannot be found."},
    {"task.already_checked_in", "{0} 已于 {1} 报到。", "{0} checked in already, at {1}."},
    {"task.check_in_after_clear", "报到时限不能长于销哨时限。",
     "The limit to check in cannot be longer than the limit to clear."},
    {"task.summoned_already", "这个岗位已经在这条诉求的吹哨名单里。", "This post is summoned to this request already."},
    {"task.too_many", "这条诉求吹哨的次数太多了。", "Too many posts were summoned to this request."},
    {"task.nothing_due", "没有到时的时限。", "No clock has run out."},
    {"task.notice_summoned", "吹哨：{0}，{1}，请报到", "Whistle: {0}, {1}. Please check in"},
    {"task.notice_recalled", "撤哨：{0}，{1}", "Called off: {0}, {1}"},
    {"task.notice_cleared", "已销哨：{0}，{1}", "Cleared: {0}, {1}"},
    {"task.notice_reminded", "吹哨任务时限提醒：{0}，{1}", "Time is running for a task: {0}, {1}"},
    {"task.notice_escalated", "吹哨任务超时上报：{0}，{1}", "Time ran out for a task: {0}, {1}"},
    {"request.place_closed", "这个地方已停用。", "This place is no longer in use."},
    {"request.item_closed", "这个服务事项已停用。", "This service item is no longer offered."},
    {"request.no_place", "请扫门牌码，或选择楼栋。", "Scan a door's code, or choose a building."},
    {"request.no_words", "请说说需要什么：写几个字，或录一段音。", "Say what you need: a few words, or a voice note."},
    {"request.bad_source", "不能以这个来源登记。", "It cannot be written down with this source."},
    {"request.contact_needed", "请留下来电人的电话。", "Write down the caller's number."},
    {"request.short_search", "搜索需要两个字以上。", "A search needs two characters or more."},
    {"request.bad_phone", "请填写 11 位手机号，或带区号的座机号（可加分机）。",
     "Give a mobile number of 11 digits, or a landline with its area code (and extension)."},
    {"request.contact_not_yours", "您不负责这条诉求，不能查看联系方式。",
     "You do not act on this request, so its contact is not shown to you."},
    {"request.bad_filter", "筛选条件不对。", "This filter cannot be understood."},
    {"request.export_too_large", "导出太大，请缩小范围。", "The export is too large. Narrow the filter."},
    {"request.claimed_already", "{0} 已于 {1} 先认领了，谢谢您的好意。",
     "{0} took it on first, at {1}. Thank you all the same."},
    {"request.no_wish", "找不到这个待认领的心愿。", "There is no such wish to take on."},
    {"request.no_claim", "您没有认领这个心愿。", "You have not taken on this wish."},
    {"request.claims_enough", "您已有五个心愿没有送到，先完成再认领。",
     "You have taken on five wishes already. Bring one first."},
    {"request.not_agreed", "心愿人没有同意告诉联系方式，请由社区转交。",
     "The wisher did not agree to that: the community hands it over."},
    {"request.own_wish", "不能审核自己的心愿。", "You cannot approve your own wish."},
    {"request.look_for_personal", "请先确认公开文字里没有个人信息。",
     "Confirm first that the text tells nothing of who wishes."},
    {"request.text_personal", "公开文字里有姓名、门牌或号码，请改写。",
     "The text names somebody, a door or a number. Write it otherwise."},
    {"request.not_a_wish", "这不是心愿。", "This is no wish."},
    {"request.offer_runs", "还没有到期。", "It has not run out yet."},
    {"request.offer_over", "这件代办已不在待接单。", "This errand is no longer offered."},
    {"request.not_claimed", "这件事不是接单来的。", "This errand was not claimed by a team."},
    {"request.no_thanks", "还没有可以感谢的人，或已经道过谢。", "There is nobody to thank, or it was done already."},
    {"request.notice_to_review", "有心愿待审核：{0}，{1}", "A wish to approve: {0}, {1}"},
    {"request.notice_approved", "您的心愿“{0}”已公布，等待邻居认领", "Your wish \"{0}\" is on the wall"},
    {"request.notice_claimed", "您的心愿“{0}”有人认领了", "Somebody has taken on your wish \"{0}\""},
    {"request.notice_given_back", "您的心愿“{0}”重新等待认领", "Your wish \"{0}\" waits for somebody again"},
    {"request.notice_delivered", "您的心愿“{0}”实现了吗？请确认", "Has your wish \"{0}\" come true?"},
    {"request.notice_expired", "您认领的心愿“{0}”已到期，另等有心人", "Your time for the wish \"{0}\" ran out"},
    {"request.notice_confirmed", "您认领的心愿“{0}”已圆梦，谢谢您",
     "The wish \"{0}\" that you took on came true: thank you"},
    {"request.notice_not_yet", "您认领的心愿“{0}”，对方说还没有实现",
     "The wish \"{0}\" that you took on: not yet, they say"},
    {"request.notice_claim_over", "您认领的心愿“{0}”已由对方撤回", "The wish \"{0}\" that you took on was withdrawn"},
    {"request.notice_offered", "有代办可以接单：{0}，{1}", "An errand to take: {0}, {1}"},
    {"request.notice_thanked", "居民感谢您：{0}，{1}", "A resident thanks you: {0}, {1}"},
    {"request.notice_dispatched", "新派单：{0}，{1}", "New work: {0}, {1}"},
    {"request.notice_group", "新诉求：{0}，{1}", "New request: {0}, {1}"},
    {"request.notice_callback", "您反映的“{0}”已处理，办好了吗？请确认",
     "Your request \"{0}\" was worked on. Is it done?"},
    {"request.notice_question", "您反映的“{0}”需要您补充情况", "Your request \"{0}\" waits for your answer"},
    {"request.notice_escalated", "超时上报：{0}，{1}", "Time ran out: {0}, {1}"},
    {"request.notice_reminded", "时限提醒：{0}，{1}", "Time is running: {0}, {1}"},
    {"request.notice_closed", "您反映的“{0}”已结案", "Your request \"{0}\" is closed"},
    {"request.notice_refused", "您反映的“{0}”未予受理，请查看说明", "Your request \"{0}\" was not taken: see why"},
    {NULL, NULL, NULL},
};

static const struct record *const records[] = {&request_record,      &request_scope_record,  &request_pause_record,
                                               &request_task_record, &request_helper_record, NULL};
static const struct flow *const flows[] = {&request_flow, &task_flow, NULL};
static const struct route *const more_routes[] = {task_routes, claim_routes, NULL};
static const struct untold untold[] = {
    {"request", &sql_request_untold}, {"request_task", &sql_task_untold}, {NULL, NULL}};
const struct module request_module = {
    .name = "request",
    .store = {"request", request_statements, request_migrations, records},
    .routes = request_routes,
    .more_routes = more_routes,
    .flows = flows,
    .jobs = request_jobs,
    .messages = messages,
    .subjects = subjects,
    .hears = request_hears,
    .untold = untold,
    .personal_write = personal_write,
    .personal_erase = personal_erase,
    .restored = request_restored,
};
