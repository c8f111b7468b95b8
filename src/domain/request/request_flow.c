// SPDX-License-Identifier: MulanPSL-2.0
// The path of a request as a table: states × actions × who may × guard. The seven steps are those of
// 鲁建城字〔2014〕19号; who may act, beyond that nobody checks or asks about their own work, is Linli's choice.
#include "domain/request/request_steps.h"
#include "domain/request/task.h"

#define BIT(state) (1u << REQUEST_##state)
#define OPEN_BIT(code, name, zh, en, flags, ...) | ((flags)&FLOW_FINAL ? 0u : BIT(code))
#define OPEN_STATES (0u REQUEST_STATES(OPEN_BIT))
#define ALL_STATES ((1u << REQUEST_STATE_COUNT) - 1)

bool request_state_open(int state)
{
    return OPEN_STATES >> state & 1;
}

// --- what each action takes -----------------------------------------------------------------------------------------
#define INPUT(member, type_) FIELD_AT(struct request_input, member), .type = (type_), .flags = FIELD_INPUT
#define INPUT_NOTE                                                                                                     \
    {                                                                                                                  \
        FIELD_AT(struct request_input, note), .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_MULTILINE,              \
                                              .read = READ_INVOLVED, .max = EVENT_NOTE_MAX, .doc = "In your own words" \
    }
#define INPUT_MEDIA                                                                                                    \
    {                                                                                                                  \
        INPUT(media, FIELD_IDS), .max = REQUEST_MEDIA_MAX, .doc = "Pictures and voice notes sent before"               \
    }
#define INPUT_RATING(required)                                                                                         \
    {                                                                                                                  \
        FIELD_AT(struct request_input, rating), .type = FIELD_INT, .flags = FIELD_INPUT | (required), .min = 1,        \
                                                .max = 5, .doc = "How well it was done"                                \
    }
#define INPUT_POST(required)                                                                                           \
    {                                                                                                                  \
        FIELD_AT(struct request_input, post_id), .type = FIELD_ID, .flags = FIELD_INPUT | (required),                  \
                                                 .doc = "The post that shall act"                                      \
    }
#define INPUT_RECORD(name_)                                                                                            \
    static const struct record name_##_record = {#name_, NULL, sizeof(struct request_input), FIELDS(name_##_fields)}

static const struct field request_say_fields[] = {INPUT_NOTE, INPUT_MEDIA};
INPUT_RECORD(request_say);
static const struct field request_note_fields[] = {INPUT_NOTE};
INPUT_RECORD(request_note);
static const struct field request_finish_fields[] = {
    INPUT_NOTE,
    INPUT_MEDIA,
    {INPUT(without_photo, FIELD_TEXT), .max = 200, .doc = "Why there is no picture of the work"},
};
INPUT_RECORD(request_finish);
static const struct field request_dispatch_fields[] = {INPUT_NOTE, INPUT_POST(0)};
INPUT_RECORD(request_dispatch);
static const struct field request_transfer_fields[] = {INPUT_NOTE, INPUT_POST(FIELD_REQUIRED)};
INPUT_RECORD(request_transfer);
static const struct field request_until_fields[] = {
    INPUT_NOTE,
    {.name = "until",
     .offset = offsetof(struct request_input, until_ms),
     .type = FIELD_TIME,
     .flags = FIELD_INPUT | FIELD_REQUIRED,
     .read = READ_INVOLVED,
     .doc = "On hold until then, 90 days at most"},
};
INPUT_RECORD(request_until);
static const struct field request_units_fields[] = {
    INPUT_NOTE,
    {INPUT(units, FIELD_INT) | FIELD_REQUIRED, .read = READ_INVOLVED, .min = 1, .max = 60,
     .doc = "How many more units of the limit"},
};
INPUT_RECORD(request_units);
static const struct field request_merge_fields[] = {
    INPUT_NOTE,
    {INPUT(master_id, FIELD_ID) | FIELD_REQUIRED, .read = READ_INVOLVED, .doc = "The request that it is the same as"},
};
INPUT_RECORD(request_merge);
#define INPUT_REASON(required)                                                                                         \
    {                                                                                                                  \
        INPUT(reason, FIELD_ENUM) | (required), .read = READ_INVOLVED, .names = request_exclusion_reason_names,        \
                                                .doc = "ask_exclude: why the published rates should leave it out"      \
    }
static const struct field request_exclude_fields[] = {INPUT_NOTE, INPUT_REASON(FIELD_REQUIRED)};
INPUT_RECORD(request_exclude);
static const struct field request_reclassify_fields[] = {
    INPUT_NOTE,
    {INPUT(item_id, FIELD_ID) | FIELD_REQUIRED, .read = READ_INVOLVED, .doc = "The service item that it is"},
};
INPUT_RECORD(request_reclassify);
#define INPUT_WHISTLE(required)                                                                                        \
    {INPUT(ground, FIELD_ENUM) | (required), .names = task_ground_names, .read = READ_INVOLVED,                        \
     .doc = "whistle: why others are summoned"},                                                                       \
    {                                                                                                                  \
        INPUT(summoned, FIELD_JSON) | (required) | FIELD_MANY, .read = READ_INVOLVED, .of = &whistle_one_record,       \
                                                               .max = WHISTLE_MAX,                                     \
                                                               .doc = "whistle: which posts, for what"                 \
    }
static const struct field request_whistle_fields[] = {INPUT_NOTE, INPUT_WHISTLE(FIELD_REQUIRED)};
INPUT_RECORD(request_whistle);
static const struct field request_approve_fields[] = {
    INPUT_NOTE,
    {INPUT(text, FIELD_TEXT) | FIELD_REQUIRED, .read = READ_INVOLVED, .min = 1, .max = 140,
     .doc = "The wish as everybody may read it: nothing that tells who wishes"},
    {INPUT(no_personal_data, FIELD_BOOL) | FIELD_REQUIRED, .read = READ_INVOLVED,
     .doc = "You have looked: the text names nobody, no door, no number"},
};
INPUT_RECORD(request_approve);
static const struct field request_confirm_fields[] = {INPUT_NOTE, INPUT_RATING(0)};
INPUT_RECORD(request_confirm);
// All of it together, for OpenAPI: each action takes its own part.
static const struct field request_action_fields[] = {
    INPUT_NOTE,
    INPUT_MEDIA,
    INPUT_RATING(0),
    INPUT_POST(0),
    {INPUT(without_photo, FIELD_TEXT), .max = 200, .doc = "finish: why there is no picture of the work"},
    {.name = "until",
     .offset = offsetof(struct request_input, until_ms),
     .type = FIELD_TIME,
     .flags = FIELD_INPUT,
     .doc = "ask_suspend: until when"},
    {INPUT(units, FIELD_INT), .min = 1, .max = 60, .doc = "ask_extend: how many more units of the limit"},
    {INPUT(master_id, FIELD_ID), .doc = "merge: the request that it is the same as"},
    {INPUT(item_id, FIELD_ID), .doc = "reclassify: the service item that it is"},
    INPUT_REASON(0),
    INPUT_WHISTLE(0),
    {INPUT(text, FIELD_TEXT), .max = 140, .doc = "approve: the wish as everybody may read it"},
    {INPUT(no_personal_data, FIELD_BOOL), .doc = "approve: the text was looked through for personal data"},
};
const struct record request_action_record = {"request_action", NULL, sizeof(struct request_input),
                                             FIELDS(request_action_fields)};
static const struct field request_rate_fields[] = {INPUT_NOTE, INPUT_RATING(FIELD_REQUIRED)};
INPUT_RECORD(request_rate);

// --- the table ------------------------------------------------------------------------------------------------------
static const struct flow_relation relations[] = {
    {RELATION_REPORTER, "reporter", "提出人", "reporter"},
    {RELATION_HANDLER, "handler", "承办人", "handler"},
    {RELATION_DISPATCHER, "dispatcher", "派单员", "dispatcher"},
    {RELATION_VERIFIER, "verifier", "核查人", "verifier"},
    {RELATION_CALLER, "caller", "回访人", "caller"},
    {RELATION_SUPERIOR, "superior", "上级", "superior"},
    {RELATION_SYSTEM, "system", "系统", "system"},
    {RELATION_WATCHER, "watcher", "知情人", "watcher"},
    {RELATION_APPROVER, "approver", "审批人", "approver"},
    {RELATION_HELPER, "helper", "响应单位", "summoned unit"},
    {RELATION_WHISTLER, "whistler", "吹哨人", "whistler"},
    {RELATION_WILLING, "willing", "任何居民", "anybody willing"},
    {RELATION_CLAIMANT, "claimant", "认领人", "who claimed it"},
    {RELATION_TEAM, "team", "代办队", "team"},
};

#define STATE_ROW(code, ...) {__VA_ARGS__},
static const struct flow_state states[] = {REQUEST_STATES(STATE_ROW)};

#define DISPATCHERS (RELATION_DISPATCHER | RELATION_SYSTEM)
#define TALKERS (RELATION_REPORTER | RELATION_STAFF)
static const struct flow_rule rules[] = {
    {"file", "受理立案", "File", BIT(REPORTED), REQUEST_FILED, DISPATCHERS, guard_file, apply_same,
     &request_note_record, "request.filed", 0},
    {"refuse", "不予受理", "Refuse", BIT(REPORTED) | BIT(FILED), REQUEST_REJECTED, RELATION_DISPATCHER, guard_refuse,
     apply_refuse, &request_note_record, "request.refused", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"appeal", "申诉", "Appeal", BIT(REJECTED), REQUEST_REPORTED, RELATION_REPORTER, guard_appeal, apply_appeal,
     &request_say_record, "request.appealed", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"settle", "申诉期满结案", "Close after the time for appeal", BIT(REJECTED), REQUEST_CLOSED, RELATION_SYSTEM, NULL,
     apply_settle, NULL, "request.settled", FLOW_HIDDEN},
    {"dispatch", "派单", "Send out", BIT(FILED), REQUEST_DISPATCHED, DISPATCHERS, guard_dispatch, apply_routing,
     &request_dispatch_record, "request.dispatched", 0},
    {"sign", "签收", "Sign for", BIT(DISPATCHED), REQUEST_IN_PROGRESS, RELATION_HANDLER, NULL, apply_sign,
     &request_say_record, "request.signed", 0},
    {"return", "退回", "Send back", BIT(DISPATCHED), REQUEST_FILED, RELATION_HANDLER, guard_return, apply_return,
     &request_note_record, "request.returned", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"contest", "申请裁定", "Ask whose work it is", BIT(DISPATCHED), FLOW_SAME, RELATION_HANDLER, guard_contest,
     apply_contest, &request_note_record, "request.contested", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"arbitrate", "裁定", "Decide whose work it is", BIT(DISPATCHED), REQUEST_DISPATCHED, RELATION_SUPERIOR,
     guard_arbitrate, apply_arbitrate, &request_transfer_record, "request.arbitrated",
     FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"contact", "已联系居民", "Spoke to the resident", BIT(DISPATCHED) | BIT(IN_PROGRESS), FLOW_SAME, RELATION_HANDLER,
     guard_contact, apply_contact, &request_note_record, "request.contacted", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"ask_reporter", "请居民补充", "Ask the resident", BIT(IN_PROGRESS), REQUEST_AWAITING_REPORTER, RELATION_HANDLER,
     NULL, apply_ask_reporter, &request_note_record, "request.asked_reporter", FLOW_NEEDS_NOTE},
    {"answer", "补充回复", "Answer", BIT(AWAITING_REPORTER), REQUEST_IN_PROGRESS, RELATION_REPORTER | RELATION_CALLER,
     NULL, apply_answer, &request_say_record, "request.answered", FLOW_NEEDS_NOTE},
    {"resume", "恢复处置", "Go on", BIT(AWAITING_REPORTER) | BIT(SUSPENDED), REQUEST_IN_PROGRESS,
     RELATION_HANDLER | RELATION_SYSTEM, guard_resume, apply_same, &request_note_record, "request.resumed", 0},
    {"ask_suspend", "申请挂账", "Ask to put on hold", BIT(IN_PROGRESS), FLOW_SAME, RELATION_HANDLER, guard_ask_suspend,
     apply_ask_suspend, &request_until_record, "request.asked_suspend", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"approve_suspend", "同意挂账", "Allow the hold", BIT(IN_PROGRESS), REQUEST_SUSPENDED, RELATION_APPROVER,
     guard_approve_suspend, apply_approve_suspend, &request_note_record, "request.suspended", FLOW_GUARD_SHOWS},
    {"ask_extend", "申请延期", "Ask for more time", BIT(DISPATCHED) | BIT(IN_PROGRESS), FLOW_SAME, RELATION_HANDLER,
     guard_ask_extend, apply_ask_extend, &request_units_record, "request.asked_extend",
     FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"approve_extend", "同意延期", "Allow more time", BIT(DISPATCHED) | BIT(IN_PROGRESS), FLOW_SAME, RELATION_APPROVER,
     guard_approve_extend, apply_approve_extend, &request_note_record, "request.extended", FLOW_GUARD_SHOWS},
    {"decline", "不同意", "Do not allow it", BIT(DISPATCHED) | BIT(IN_PROGRESS), FLOW_SAME, RELATION_APPROVER,
     guard_decline, apply_decline, &request_note_record, "request.declined", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"whistle", "吹哨", "Whistle", BIT(IN_PROGRESS), FLOW_SAME, RELATION_WHISTLER, guard_whistle, apply_whistle,
     &request_whistle_record, "request.whistled", FLOW_GUARD_SHOWS},
    {"finish", "办结", "Finish", BIT(IN_PROGRESS), REQUEST_HANDLED, RELATION_HANDLER, guard_finish, apply_finish,
     &request_finish_record, "request.finished", FLOW_NEEDS_NOTE},
    {"pass", "核查通过", "Passed", BIT(HANDLED), REQUEST_CALLBACK, RELATION_VERIFIER | RELATION_SYSTEM, NULL,
     apply_pass, &request_say_record, "request.passed", 0},
    {"rework", "退回返工", "Needs more work", BIT(HANDLED), REQUEST_IN_PROGRESS, RELATION_VERIFIER, NULL, apply_rework,
     &request_note_record, "request.reworked", FLOW_NEEDS_NOTE},
    {"confirm", "确认办好了", "Yes, it is done", BIT(CALLBACK), REQUEST_CLOSED, RELATION_REPORTER | RELATION_CALLER,
     guard_close, apply_confirm, &request_confirm_record, "request.confirmed", FLOW_GUARD_SHOWS},
    {"explain", "解释说明结案", "Close with an explanation", BIT(CALLBACK), REQUEST_CLOSED, RELATION_CALLER,
     guard_close, apply_explain, &request_note_record, "request.explained", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"not_ours", "非职责结案", "Close: not our duty", BIT(CALLBACK), REQUEST_CLOSED, RELATION_CALLER, guard_close,
     apply_not_ours, &request_note_record, "request.not_ours", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"merge", "并案", "Join to another", BIT(REPORTED) | BIT(FILED) | BIT(DISPATCHED) | BIT(IN_PROGRESS),
     REQUEST_MERGED, RELATION_DISPATCHER, guard_merge, apply_merge, &request_merge_record, "request.merged",
     FLOW_NEEDS_NOTE},
    {"separate", "取消并案", "Separate again", BIT(MERGED), REQUEST_FILED, DISPATCHERS, NULL, apply_separate,
     &request_note_record, "request.separated", 0},
    {"close_joined", "随主案结案", "Close with its master", BIT(MERGED), REQUEST_CLOSED, RELATION_SYSTEM, NULL,
     apply_close_joined, NULL, "request.closed_joined", FLOW_HIDDEN},
    {"supervise", "督办", "Supervise", OPEN_STATES, FLOW_SAME, RELATION_SUPERIOR, NULL, apply_supervise,
     &request_note_record, "request.supervised", FLOW_NEEDS_NOTE},
    {"remind", "到时提醒", "Remind by the clock", OPEN_STATES, FLOW_SAME, RELATION_SYSTEM, guard_remind, apply_remind,
     NULL, "request.reminded", FLOW_HIDDEN},
    {"escalate", "超时升级", "Escalate by the clock", OPEN_STATES, FLOW_SAME, RELATION_SYSTEM, guard_escalate,
     apply_escalate, NULL, "request.escalated", FLOW_HIDDEN},
    {"deny", "还没办好", "No, not yet", BIT(CALLBACK), REQUEST_IN_PROGRESS, RELATION_REPORTER | RELATION_CALLER, NULL,
     apply_deny, &request_say_record, "request.denied", FLOW_NEEDS_NOTE},
    {"rate", "评价", "Rate", BIT(CLOSED), REQUEST_EVALUATED, RELATION_REPORTER, guard_rate, apply_rate,
     &request_rate_record, "request.rated", FLOW_GUARD_SHOWS},
    {"reopen", "重新打开", "Open again", BIT(CLOSED) | BIT(EVALUATED), REQUEST_DISPATCHED, RELATION_REPORTER,
     guard_reopen, apply_reopen, &request_say_record, "request.reopened", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"withdraw", "撤回", "Withdraw", OPEN_STATES, REQUEST_CLOSED, RELATION_REPORTER, NULL, apply_withdraw,
     &request_note_record, "request.withdrawn", 0},
    {"urge", "催办", "Urge", OPEN_STATES, FLOW_SAME, RELATION_REPORTER, guard_urge, apply_urge, &request_note_record,
     "request.urged", FLOW_GUARD_SHOWS},
    {"comment", "补充说明", "Add a word", ALL_STATES, FLOW_SAME, TALKERS, guard_comment, apply_comment,
     &request_say_record, "request.commented", 0},
    {"transfer", "转派", "Pass on", BIT(DISPATCHED) | BIT(IN_PROGRESS), REQUEST_DISPATCHED, RELATION_DISPATCHER,
     guard_transfer, apply_routing, &request_transfer_record, "request.transferred", FLOW_NEEDS_NOTE},
    {"reroute", "空岗上移", "Move up from a vacant post", BIT(DISPATCHED) | BIT(IN_PROGRESS), REQUEST_DISPATCHED,
     RELATION_SYSTEM, guard_reroute, apply_routing, NULL, "request.rerouted", FLOW_HIDDEN},
    {"reclassify", "改派类别", "Change the item",
     BIT(REPORTED) | BIT(FILED) | BIT(DISPATCHED) | BIT(IN_PROGRESS) | BIT(AWAITING_REPORTER) | BIT(SUSPENDED),
     FLOW_SAME, RELATION_DISPATCHER, guard_reclassify, apply_reclassify, &request_reclassify_record,
     "request.reclassified", FLOW_NEEDS_NOTE},
    {"ask_exclude", "申请剔除", "Ask to leave it out of the rates", ALL_STATES, FLOW_SAME, RELATION_HANDLER,
     guard_ask_exclude, apply_ask_exclude, &request_exclude_record, "request.asked_exclude",
     FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"approve_exclude", "同意剔除", "Leave it out of the rates", ALL_STATES, FLOW_SAME, RELATION_APPROVER,
     guard_decide_exclude, apply_approve_exclude, &request_note_record, "request.excluded", FLOW_GUARD_SHOWS},
    {"decline_exclude", "不同意剔除", "Count it in the rates", ALL_STATES, FLOW_SAME, RELATION_APPROVER,
     guard_decide_exclude, apply_decline_exclude, &request_note_record, "request.exclude_declined",
     FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"restore", "恢复计入", "Count it again", ALL_STATES, FLOW_SAME, RELATION_APPROVER, guard_restore, apply_restore,
     &request_note_record, "request.restored", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"lapse", "到期自动结案", "Close by the clock", BIT(CALLBACK), REQUEST_CLOSED, RELATION_SYSTEM, guard_close,
     apply_lapse, NULL, "request.lapsed", FLOW_HIDDEN},
    {"conclude", "导入结案", "Close as imported", OPEN_STATES, REQUEST_CLOSED, RELATION_SYSTEM, NULL, apply_conclude,
     NULL, "request.concluded", FLOW_HIDDEN},
    // Wishes, and errands that are offered to the teams (request_offer.c).
    {"submit", "提交审核", "Put up for approval", BIT(REPORTED), REQUEST_IN_REVIEW, RELATION_SYSTEM, NULL, apply_submit,
     NULL, "request.submitted", FLOW_HIDDEN},
    {"approve", "审核通过", "Approve", BIT(IN_REVIEW), REQUEST_UNCLAIMED, RELATION_APPROVER, guard_approve,
     apply_approve, &request_approve_record, "request.approved", FLOW_GUARD_SHOWS},
    {"refuse", "不予受理", "Refuse", BIT(IN_REVIEW), REQUEST_REJECTED, RELATION_APPROVER, NULL, apply_refuse,
     &request_note_record, "request.refused", FLOW_NEEDS_NOTE},
    {"retract", "撤下重审", "Take off the wall", BIT(UNCLAIMED), REQUEST_IN_REVIEW, RELATION_APPROVER, guard_retract,
     apply_retract, &request_note_record, "request.retracted", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"offer", "发给代办队", "Offer to the teams", BIT(FILED), REQUEST_UNCLAIMED, RELATION_SYSTEM, NULL, apply_offer,
     NULL, "request.offered", FLOW_HIDDEN},
    {"claim", "我来认领", "I take it on", BIT(UNCLAIMED), REQUEST_CLAIMED, RELATION_WILLING, guard_claim, apply_claim,
     &request_note_record, "request.claimed", 0},
    {"claim", "接单", "Take the errand", BIT(UNCLAIMED), REQUEST_IN_PROGRESS, RELATION_TEAM, guard_claim_for_team,
     apply_claim_for_team, &request_note_record, "request.claimed", 0},
    {"convert", "转为普通诉求", "Make it a case", BIT(IN_REVIEW) | BIT(UNCLAIMED), REQUEST_FILED, DISPATCHERS,
     guard_convert, apply_convert, &request_note_record, "request.converted", 0},
    {"deliver", "心愿已送达", "I brought it", BIT(CLAIMED), REQUEST_FULFILLED, RELATION_CLAIMANT, guard_finish,
     apply_deliver, &request_finish_record, "request.delivered", FLOW_NEEDS_NOTE},
    {"release", "放弃认领", "Give it back", BIT(CLAIMED), REQUEST_UNCLAIMED, RELATION_CLAIMANT, NULL, apply_release,
     &request_note_record, "request.released", 0},
    {"release", "退回代办", "Give it back", BIT(IN_PROGRESS), REQUEST_FILED, RELATION_HANDLER, guard_give_back,
     apply_give_back, &request_note_record, "request.released", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
    {"expire", "认领到期", "Claim ran out", BIT(CLAIMED), REQUEST_UNCLAIMED, RELATION_SYSTEM, guard_expire,
     apply_release, NULL, "request.claim_expired", FLOW_HIDDEN},
    {"confirm", "确认圆梦", "Yes, it came true", BIT(FULFILLED), REQUEST_CONFIRMED, RELATION_REPORTER | RELATION_CALLER,
     NULL, apply_confirm_wish, &request_note_record, "request.wish_confirmed", 0},
    {"deny", "还没有圆梦", "No, not yet", BIT(FULFILLED), REQUEST_CLAIMED, RELATION_REPORTER | RELATION_CALLER, NULL,
     apply_deny_wish, &request_say_record, "request.wish_denied", FLOW_NEEDS_NOTE},
    {"lapse", "到期自动确认", "Confirm by the clock", BIT(FULFILLED), REQUEST_CONFIRMED, RELATION_SYSTEM, guard_expire,
     apply_lapse, NULL, "request.wish_lapsed", FLOW_HIDDEN},
    {"thank", "道谢", "Say thank you", BIT(CLOSED) | BIT(EVALUATED) | BIT(CONFIRMED), FLOW_SAME, RELATION_REPORTER,
     guard_thank, apply_thank, &request_note_record, "request.thanked", FLOW_NEEDS_NOTE | FLOW_GUARD_SHOWS},
};

const struct flow request_flow = {
    .name = "request",
    .zh = "诉求",
    .en = "Request",
    .states = states,
    .state_count = sizeof states / sizeof *states,
    .rules = rules,
    .rule_count = sizeof rules / sizeof *rules,
    .relations = relations,
    .relation_count = sizeof relations / sizeof *relations,
    .record = &request_record,
    .relate = request_relate,
    .save = request_save,
};
