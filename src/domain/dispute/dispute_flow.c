// SPDX-License-Identifier: MulanPSL-2.0
// The path of a case as a table. Who may act and the limits are Linli's choice after the practice of people's mediation
// (人民调解法): voluntary, both sides heard, mediators accepted by the parties.
#include "domain/dispute/dispute_steps.h"

#define BIT(state) (1u << DISPUTE_##state)
#define OPEN_BIT(code, name, zh, en, flags, ...) | ((flags)&FLOW_FINAL ? 0u : BIT(code))
#define OPEN_STATES (0u DISPUTE_STATES(OPEN_BIT))
#define BEFORE_END (BIT(OPENED) | BIT(ACCEPTED) | BIT(MEDIATING))
#define IN_TIME (BIT(ACCEPTED) | BIT(MEDIATING))
#define AFTER (BIT(AGREED) | BIT(FOLLOW_UP))

bool dispute_state_open(int state)
{
    return OPEN_STATES >> state & 1;
}

// --- what each action takes -----------------------------------------------------------------------------------------
#define IN(member, type_) FIELD_AT(struct dispute_input, member), .type = FIELD_##type_
#define MAY .flags = FIELD_INPUT
#define MUST .flags = FIELD_INPUT | FIELD_REQUIRED
#define IN_AT(name_) .name = #name_, .offset = offsetof(struct dispute_input, name_##_ms), .type = FIELD_TIME
#define NOTE                                                                                                           \
    {                                                                                                                  \
        IN(note, TEXT), .flags = FIELD_INPUT | FIELD_MULTILINE, .max = EVENT_NOTE_MAX,                                 \
                        .doc = "In your own words; kept sealed"                                                        \
    }
#define PARTY                                                                                                          \
    {                                                                                                                  \
        IN(party_id, ID), MUST, .doc = "Which party"                                                                   \
    }
#define PERSON                                                                                                         \
    {                                                                                                                  \
        IN(person_id, ID), MUST, .doc = "Which mediator"                                                               \
    }
#define SESSION                                                                                                        \
    {                                                                                                                  \
        IN(session_id, ID), MUST, .doc = "Which session"                                                               \
    }
#define TAKES(name_, ...)                                                                                              \
    static const struct field name_##_fields[] = {__VA_ARGS__};                                                        \
    static const struct record name_##_in = {"dispute_" #name_, NULL, sizeof(struct dispute_input),                    \
                                             FIELDS(name_##_fields)}
#define SIDE_FIELD                                                                                                     \
    {                                                                                                                  \
        IN(side, ENUM), MUST, .names = dispute_side_names, .doc = "On which side"                                      \
    }
#define NAME_FIELD                                                                                                     \
    {                                                                                                                  \
        IN(name, TEXT), .flags = FIELD_INPUT | FIELD_REQUIRED | FIELD_PERSONAL, .max = 40, .doc = "Who it is",         \
                        .purpose = "To hear both sides"                                                                \
    }
#define PHONE_FIELD                                                                                                    \
    {                                                                                                                  \
        IN(phone, TEXT), .flags = FIELD_INPUT | FIELD_PERSONAL, .max = 20, .doc = "Number to ring",                    \
                         .purpose = "To agree on a time"                                                               \
    }
#define HOME_FIELDS                                                                                                    \
    {IN(home_place_id, ID), MAY, .doc = "Building, unit or flat where the party lives"},                               \
    {                                                                                                                  \
        IN(door, TEXT), .flags = FIELD_INPUT | FIELD_PERSONAL, .max = 40, .doc = "Unit and door",                      \
                        .purpose = "To see that no mediator lives in the same house"                                   \
    }

TAKES(note, NOTE);
TAKES(add_party, SIDE_FIELD, NAME_FIELD, PHONE_FIELD, HOME_FIELDS);
TAKES(party, PARTY, NOTE);
TAKES(consent, PARTY, {IN(consent, ENUM), MUST, .names = dispute_consent_names, .doc = "given or refused"}, NOTE);
TAKES(propose, {IN(post_id, ID), MAY, .doc = "The holder of this post; or phone"},
      {IN(phone, TEXT), MAY, .max = 20, .doc = "A resident's mobile number; or post_id"}, NOTE);
TAKES(take_on, {IN(no_tie, BOOL), MUST, .doc = "I have no tie to any of the parties"}, NOTE);
TAKES(object, PARTY, PERSON, NOTE);
TAKES(release, PERSON, NOTE);
TAKES(plan, {IN_AT(planned_at), MUST, .doc = "When"},
      {IN(room, TEXT), MUST, .max = 60, .doc = "Where: a room of the office"}, NOTE);
TAKES(session, SESSION, NOTE);
TAKES(hold, SESSION, {IN(present, IDS), MAY, .max = DISPUTE_PARTIES_MAX, .doc = "The parties that came"},
      {IN(outcome, ENUM), MUST, .names = dispute_meeting_names, .doc = "goes_on, agreed, no_result or absent"},
      {IN(minutes, TEXT), .flags = FIELD_INPUT | FIELD_REQUIRED | FIELD_MULTILINE, .max = 10000,
       .doc = "What was said; kept sealed"});
TAKES(write, {IN(text, TEXT), .flags = FIELD_INPUT | FIELD_REQUIRED | FIELD_MULTILINE, .max = 10000,
              .doc = "The agreement; a change makes signatures void"});
TAKES(add_term, {IN(text, TEXT), MUST, .max = 500, .doc = "What has to be done"},
      {IN_AT(due_at), MAY, .doc = "Until when"});
TAKES(drop_term, {IN(term_id, ID), MUST, .doc = "Which term"});
TAKES(sign, PARTY, {IN(signed_name, TEXT), MUST, .max = 40, .doc = "As it was signed"},
      {IN_AT(signed_on), MUST, .doc = "The day on the paper"},
      {IN(media, IDS), MAY, .max = REQUEST_MEDIA_MAX, .doc = "Pictures of the signed paper"});
TAKES(agree, {IN(referral, ENUM), MAY, .names = dispute_referral_names, .doc = "none or judicial"}, NOTE);
TAKES(fail, {IN(referral, ENUM), MUST, .names = dispute_referral_names, .doc = "none, court, police or arbitration"},
      NOTE);
TAKES(extend, {IN(days, INT), MUST, .min = 1, .max = DISPUTE_EXTEND_MAX_DAYS, .doc = "How many more days"},
      {IN(parties, IDS), MUST, .max = DISPUTE_PARTIES_MAX, .doc = "The parties that agree: all of them"}, NOTE);
TAKES(visit, {IN(visit_id, ID), MUST, .doc = "Which visit"}, NOTE);
// All of it together, for OpenAPI: each action takes its own part.
static const struct field dispute_action_fields[] = {
    NOTE,
    {IN(party_id, ID), MAY, .doc = "Which party"},
    {IN(side, ENUM), MAY, .names = dispute_side_names, .doc = "add_party: on which side"},
    {IN(name, TEXT), .flags = FIELD_INPUT | FIELD_PERSONAL, .max = 40, .doc = "add_party", .purpose = "To hear both"},
    PHONE_FIELD,
    HOME_FIELDS,
    {IN(consent, ENUM), MAY, .names = dispute_consent_names, .doc = "consent: given or refused"},
    {IN(post_id, ID), MAY, .doc = "propose: the holder of this post"},
    {IN(no_tie, BOOL), MAY, .doc = "take_on: I have no tie to any of the parties"},
    {IN(person_id, ID), MAY, .doc = "object, release: which mediator"},
    {IN_AT(planned_at), MAY, .doc = "plan_session: when"},
    {IN(room, TEXT), MAY, .max = 60, .doc = "plan_session: where"},
    {IN(session_id, ID), MAY, .doc = "Which session"},
    {IN(present, IDS), MAY, .max = DISPUTE_PARTIES_MAX, .doc = "hold_session: the parties that came"},
    {IN(outcome, ENUM), MAY, .names = dispute_meeting_names, .doc = "hold_session"},
    {IN(minutes, TEXT), .flags = FIELD_INPUT | FIELD_MULTILINE, .max = 10000, .doc = "hold_session: what was said"},
    {IN(text, TEXT), .flags = FIELD_INPUT | FIELD_MULTILINE, .max = 10000, .doc = "write_agreement, add_term"},
    {IN_AT(due_at), MAY, .doc = "add_term: until when"},
    {IN(term_id, ID), MAY, .doc = "drop_term"},
    {IN(signed_name, TEXT), MAY, .max = 40, .doc = "sign: as it was signed"},
    {IN_AT(signed_on), MAY, .doc = "sign: the day on the paper"},
    {IN(media, IDS), MAY, .max = REQUEST_MEDIA_MAX, .doc = "sign: pictures of the signed paper"},
    {IN(referral, ENUM), MAY, .names = dispute_referral_names, .doc = "agree, fail: where the parties can go"},
    {IN(days, INT), MAY, .min = 1, .max = DISPUTE_EXTEND_MAX_DAYS, .doc = "extend"},
    {IN(parties, IDS), MAY, .max = DISPUTE_PARTIES_MAX, .doc = "extend: the parties that agree"},
    {IN(visit_id, ID), MAY, .doc = "visit_kept, visit_broken"},
};
const struct record dispute_action_record = {"dispute_action", NULL, sizeof(struct dispute_input),
                                             FIELDS(dispute_action_fields)};

// --- the table ------------------------------------------------------------------------------------------------------
static const struct flow_relation relations[] = {
    {DISPUTE_DESK, "desk", "社区", "desk"},
    {DISPUTE_MEDIATOR, "mediator", "调解员", "mediator"},
    {DISPUTE_PROPOSED, "proposed", "受邀调解员", "asked to mediate"},
    {DISPUTE_OVERSEER, "overseer", "街道", "overseer"},
    {DISPUTE_SYSTEM, "system", "系统", "system"},
};
#define STATE_ROW(code, ...) {__VA_ARGS__},
static const struct flow_state states[] = {DISPUTE_STATES(STATE_ROW)};

#define GUARD(name) dispute_guard_##name
#define APPLY(name) dispute_apply_##name
#define NOTED FLOW_NEEDS_NOTE
#define SHOWS FLOW_GUARD_SHOWS
static const struct flow_rule rules[] = {
    {"add_party", "添加当事人", "Add a party", BIT(OPENED), FLOW_SAME, DISPUTE_DESK, GUARD(add_party), APPLY(add_party),
     &add_party_in, "dispute.party_added", SHOWS},
    {"remove_party", "移除当事人", "Remove a party", BIT(OPENED), FLOW_SAME, DISPUTE_DESK, GUARD(party),
     APPLY(remove_party), &party_in, "dispute.party_removed", NOTED | SHOWS},
    {"consent", "记录调解意愿", "Record consent", BIT(OPENED), FLOW_SAME, DISPUTE_DESK, GUARD(party), APPLY(consent),
     &consent_in, "dispute.consented", SHOWS},
    {"propose", "邀请调解员", "Ask a mediator", BEFORE_END, FLOW_SAME, DISPUTE_DESK, GUARD(propose), APPLY(propose),
     &propose_in, "dispute.mediator_proposed", SHOWS},
    {"take_on", "接受调解", "Take it on", BEFORE_END, FLOW_SAME, DISPUTE_PROPOSED, GUARD(take_on), APPLY(take_on),
     &take_on_in, "dispute.mediator_accepted", 0},
    {"decline_role", "谢绝", "Decline", BEFORE_END, FLOW_SAME, DISPUTE_PROPOSED, NULL, APPLY(decline), &note_in,
     "dispute.mediator_declined", 0},
    {"object", "当事人申请回避", "A party objects to a mediator", BEFORE_END, FLOW_SAME, DISPUTE_ROOM, GUARD(object),
     APPLY(object), &object_in, "dispute.mediator_objected", NOTED | SHOWS},
    {"release", "撤回邀请", "Release a mediator", BEFORE_END, FLOW_SAME, DISPUTE_DESK, GUARD(release), APPLY(release),
     &release_in, "dispute.mediator_released", NOTED | SHOWS},
    {"step_down", "主动回避", "Step down", BEFORE_END, FLOW_SAME, DISPUTE_MEDIATOR, NULL, APPLY(step_down), &note_in,
     "dispute.mediator_left", NOTED},
    {"accept", "受理", "Accept", BIT(OPENED), DISPUTE_ACCEPTED, DISPUTE_DESK, GUARD(accept), APPLY(accept), &note_in,
     "dispute.accepted", SHOWS},
    {"plan_session", "安排调解", "Plan a session", IN_TIME, DISPUTE_MEDIATING, DISPUTE_ROOM, GUARD(plan), APPLY(plan),
     &plan_in, "dispute.session_planned", SHOWS},
    {"cancel_session", "取消安排", "Cancel a session", BIT(MEDIATING), FLOW_SAME, DISPUTE_ROOM, GUARD(session),
     APPLY(cancel), &session_in, "dispute.session_cancelled", NOTED | SHOWS},
    {"hold_session", "写调解记录", "Write the minutes", BIT(MEDIATING), FLOW_SAME, DISPUTE_MEDIATOR, GUARD(hold),
     APPLY(hold), &hold_in, "dispute.session_held", SHOWS},
    {"write_agreement", "写调解协议", "Write the agreement", BIT(MEDIATING), FLOW_SAME, DISPUTE_MEDIATOR, GUARD(write),
     APPLY(write), &write_in, "dispute.agreement_written", SHOWS},
    {"add_term", "添加履行事项", "Add a term", BIT(MEDIATING), FLOW_SAME, DISPUTE_MEDIATOR, GUARD(add_term),
     APPLY(add_term), &add_term_in, "dispute.term_added", SHOWS},
    {"drop_term", "删除履行事项", "Drop a term", BIT(MEDIATING), FLOW_SAME, DISPUTE_MEDIATOR, GUARD(drop_term),
     APPLY(drop_term), &drop_term_in, "dispute.term_dropped", SHOWS},
    {"sign", "登记签字", "Record a signature", BIT(MEDIATING), FLOW_SAME, DISPUTE_ROOM, GUARD(sign), APPLY(sign),
     &sign_in, "dispute.party_signed", SHOWS},
    {"agree", "达成协议", "Agreed", BIT(MEDIATING), DISPUTE_AGREED, DISPUTE_MEDIATOR, GUARD(agree), APPLY(agree),
     &agree_in, "dispute.agreed", SHOWS},
    {"fail", "调解不成", "End without agreement", BEFORE_END, DISPUTE_FAILED, DISPUTE_ROOM, GUARD(fail), APPLY(fail),
     &fail_in, "dispute.failed", NOTED},
    {"withdraw", "当事人撤回", "Withdrawn by a party", BEFORE_END, DISPUTE_WITHDRAWN, DISPUTE_DESK, NULL,
     APPLY(withdraw), &note_in, "dispute.withdrawn", NOTED},
    {"extend", "延长期限", "Extend the time", IN_TIME, FLOW_SAME, DISPUTE_MEDIATOR, GUARD(extend), APPLY(extend),
     &extend_in, "dispute.extended", NOTED | SHOWS},
    {"visit_kept", "回访：已履行", "Visit: kept", AFTER, DISPUTE_FOLLOW_UP, DISPUTE_ROOM, GUARD(visit), APPLY(kept),
     &visit_in, "dispute.visited", SHOWS},
    {"visit_broken", "回访：未履行", "Visit: broken", AFTER, DISPUTE_MEDIATING, DISPUTE_ROOM, GUARD(visit),
     APPLY(broken), &visit_in, "dispute.broken", NOTED | SHOWS},
    {"close", "结案", "Close", AFTER, DISPUTE_CLOSED, DISPUTE_DESK | DISPUTE_SYSTEM, GUARD(close), APPLY(close),
     &note_in, "dispute.closed", SHOWS},
    {"note", "记一笔", "Add a note", OPEN_STATES, FLOW_SAME, DISPUTE_ROOM, NULL, NULL, &note_in, "dispute.noted",
     NOTED},
    {"remind", "到时提醒", "Remind by the clock", OPEN_STATES, FLOW_SAME, DISPUTE_SYSTEM, GUARD(remind), APPLY(mark),
     NULL, "dispute.reminded", FLOW_HIDDEN},
    {"escalate", "超时上报", "Escalate by the clock", OPEN_STATES, FLOW_SAME, DISPUTE_SYSTEM, GUARD(escalate),
     APPLY(mark), NULL, "dispute.escalated", FLOW_HIDDEN},
};

const struct flow dispute_flow = {
    .name = "dispute",
    .zh = "纠纷调解",
    .en = "Mediation",
    .states = states,
    .state_count = sizeof states / sizeof *states,
    .rules = rules,
    .rule_count = sizeof rules / sizeof *rules,
    .relations = relations,
    .relation_count = sizeof relations / sizeof *relations,
    .record = &dispute_record,
    .relate = dispute_relate,
    .save = dispute_save,
};
