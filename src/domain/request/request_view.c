// SPDX-License-Identifier: MulanPSL-2.0
// The records of what is told of a request, field by field.
#include "domain/request/request_view.h"

#include "base/calendar.h"
#include "domain/request/task.h"

static const struct field item_ref_fields[] = {ITEM_REF_FIELDS(FIELD_ROW, item_ref)};
const struct record item_ref_record = {"item_ref", NULL, sizeof(struct item_ref), FIELDS(item_ref_fields)};

static const struct field owner_ref_fields[] = {OWNER_REF_FIELDS(FIELD_ROW, owner_ref)};
const struct record owner_ref_record = {"owner_ref", NULL, sizeof(struct owner_ref), FIELDS(owner_ref_fields)};

static const struct field deadline_fields[] = {DEADLINE_FIELDS(FIELD_ROW, deadline)};
const struct record deadline_record = {"deadline", NULL, sizeof(struct deadline), FIELDS(deadline_fields)};

static const struct field action_ref_fields[] = {ACTION_REF_FIELDS(FIELD_ROW, action_ref)};
const struct record request_action_ref_record = {"action", NULL, sizeof(struct action_ref), FIELDS(action_ref_fields)};

#define ROW(member, name_, type_) .name = (name_), .offset = offsetof(struct request_view, r.member), .type = (type_)
#define VIEW(member, type_) FIELD_AT(struct request_view, member), .type = (type_)
#define SUMMARY_FIELDS                                                                                                 \
    {ROW(id, "id", FIELD_ID), .read = READ_ALL, .doc = "The request"},                                                 \
        {ROW(version, "version", FIELD_INT), .read = READ_INVOLVED, .doc = "For If-Match"},                            \
        {ROW(state, "state", FIELD_ENUM), .read = READ_ALL, .names = request_state_names, .doc = "Where it stands"},   \
        {VIEW(state_zh, FIELD_TEXT), .read = READ_ALL, .doc = "The state in Chinese"},                                 \
        {VIEW(state_en, FIELD_TEXT), .read = READ_ALL, .doc = "The state in English"},                                 \
        {ROW(open, "open", FIELD_BOOL), .read = READ_ALL, .doc = "Somebody still has to act"},                         \
        {ROW(kind, "kind", FIELD_ENUM), .read = READ_ALL, .names = request_kind_names, .doc = "Kind"},                 \
        {VIEW(item, FIELD_JSON), .read = READ_ALL, .of = &item_ref_record, .doc = "What is asked for"},                \
        {VIEW(words, FIELD_TEXT), .read = READ_INVOLVED, .flags = FIELD_MULTILINE, .max = 2000,                        \
         .doc = "What was said; in lists the first 60 characters"},                                                    \
        {ROW(area, "area", FIELD_TEXT), .read = READ_ALL, .doc = "Estate or grid"},                                    \
        {ROW(place_name, "full_name", FIELD_TEXT), .read = READ_INVOLVED, .max = 400, .doc = "Place in full"},         \
        {ROW(reported_at_ms, "reported_at", FIELD_TIME), .read = READ_ALL, .doc = "When it was reported"},             \
        {ROW(due_at_ms, "due_at", FIELD_TIME), .read = READ_ALL, .doc = "Until when it should be done"},               \
        {VIEW(overdue, FIELD_BOOL), .read = READ_ALL, .doc = "Not finished in time"},                                  \
        {ROW(due_provisional, "due_provisional", FIELD_BOOL), .read = READ_ALL, .doc = "Holidays not all known"},      \
        {VIEW(owner, FIELD_JSON), .read = READ_INVOLVED, .of = &owner_ref_record, .doc = "Who has to act"},            \
        {VIEW(handler, FIELD_TEXT), .read = READ_INVOLVED, .doc = "Who signed for it, masked"},                        \
        {ROW(photo_count, "photo_count", FIELD_INT), .read = READ_INVOLVED, .doc = "Pictures and recordings"},         \
        {ROW(rating, "rating", FIELD_INT), .read = READ_ALL, .max = 5, .doc = "1 to 5; 0: none"},                      \
        {ROW(outcome, "outcome", FIELD_ENUM), .read = READ_ALL, .names = request_outcome_names,                        \
         .doc = "How it ended"},                                                                                       \
        {ROW(level, "level", FIELD_INT), .read = READ_INVOLVED,                                                        \
         .doc = "Escalation: 1 half the time, 2 80 %, 3 all, 4, 5"},                                                   \
        {ROW(supervised, "supervised", FIELD_BOOL), .read = READ_INVOLVED, .doc = "Under supervision from above"},     \
        {ROW(exclusion, "exclusion", FIELD_ENUM), .names = request_exclusion_names, .read = READ_INVOLVED,             \
         .doc = "Whether the published rates leave it out"},                                                           \
        {ROW(exclusion_reason, "exclusion_reason", FIELD_ENUM), .names = request_exclusion_reason_names,               \
         .read = READ_INVOLVED, .doc = "Why"},                                                                         \
        {ROW(unsatisfied, "unsatisfied", FIELD_BOOL), .read = READ_INVOLVED, .doc = "Not content, not answered yet"},  \
        {ROW(open_tasks, "open_tasks", FIELD_INT), .read = READ_INVOLVED,                                              \
         .doc = "Units summoned by a whistle that are at it still: it cannot be closed before"},                       \
    {                                                                                                                  \
        ROW(is_private, "is_private", FIELD_BOOL), .read = READ_INVOLVED, .doc = "Never on the wall"                   \
    }
static const struct field request_summary_fields[] = {SUMMARY_FIELDS};
const struct record request_summary_record = {"request_summary", NULL, sizeof(struct request_view),
                                              FIELDS(request_summary_fields)};

static const struct field request_view_fields[] = {
    SUMMARY_FIELDS,
    {ROW(place_id, "place_id", FIELD_ID), .read = READ_INVOLVED, .doc = "Where it is"},
    {VIEW(door_number, FIELD_TEXT), .flags = FIELD_PERSONAL, .read = READ_INVOLVED, .doc = "Unit and door, masked",
     .purpose = "To find the flat"},
    {VIEW(contact_name, FIELD_TEXT), .flags = FIELD_PERSONAL, .read = READ_INVOLVED, .doc = "Whom to ask for, masked",
     .purpose = "To speak to the person"},
    {VIEW(contact_phone, FIELD_TEXT), .flags = FIELD_PERSONAL, .read = READ_INVOLVED, .doc = "Number, masked",
     .purpose = "To agree on a time"},
    {ROW(source, "source", FIELD_ENUM), .read = READ_INVOLVED, .names = request_source_names, .doc = "How it came"},
    {ROW(external_key, "external_key", FIELD_TEXT), .read = READ_SCOPE, .doc = "Its name where it came from"},
    {ROW(signed_at_ms, "signed_at", FIELD_TIME), .read = READ_INVOLVED, .doc = "When it was signed for"},
    {ROW(handled_at_ms, "handled_at", FIELD_TIME), .read = READ_INVOLVED, .doc = "When the work was finished"},
    {ROW(closed_at_ms, "closed_at", FIELD_TIME), .read = READ_ALL, .doc = "When it was closed"},
    {ROW(unconfirmed, "unconfirmed", FIELD_BOOL), .read = READ_ALL, .doc = "Nobody said whether it was done"},
    {ROW(contacted_at_ms, "contacted_at", FIELD_TIME), .read = READ_INVOLVED, .doc = "When the resident was spoken to"},
    {ROW(responded_at_ms, "responded_at", FIELD_TIME), .read = READ_INVOLVED, .doc = "When C2 ended"},
    {ROW(paused_at_ms, "paused_at", FIELD_TIME), .read = READ_INVOLVED, .doc = "Since when the clock stands still"},
    {ROW(resume_at_ms, "resume_at", FIELD_TIME), .read = READ_INVOLVED, .doc = "When it goes on at the latest"},
    {ROW(asked, "asked", FIELD_ENUM), .names = request_ask_names, .read = READ_INVOLVED,
     .doc = "What waits for approval"},
    {ROW(asked_until_ms, "asked_until", FIELD_TIME), .read = READ_INVOLVED, .doc = "On hold until when it is asked"},
    {ROW(asked_units, "asked_units", FIELD_INT), .read = READ_INVOLVED, .doc = "How many more units are asked for"},
    {ROW(escalated_name, "escalated_to", FIELD_TEXT), .read = READ_INVOLVED, .doc = "The post above that sees to it"},
    {ROW(contested, "contested", FIELD_BOOL), .read = READ_INVOLVED, .doc = "To be decided whose work it is"},
    {ROW(appealed, "appealed", FIELD_BOOL), .read = READ_INVOLVED, .doc = "Refused, and appealed against"},
    {ROW(master_id, "master_id", FIELD_ID), .read = READ_SCOPE, .doc = "The request it was joined to"},
    {ROW(item_version, "item_version", FIELD_INT), .read = READ_ALL, .doc = "Version of the item it was filed under"},
    {ROW(reopened, "reopened", FIELD_INT), .read = READ_INVOLVED, .doc = "How often it was opened again"},
    {VIEW(reply, FIELD_TEXT), .flags = FIELD_MULTILINE, .read = READ_INVOLVED, .max = 10000,
     .doc = "The office's last answer"},
    {ROW(public_words, "public_words", FIELD_TEXT), .read = READ_ALL, .max = 140,
     .doc = "The wish as everybody may read it; empty: not approved"},
    {ROW(public_area, "public_area", FIELD_TEXT), .read = READ_ALL, .doc = "Where, as everybody may read it"},
    {ROW(share_contact, "share_contact", FIELD_BOOL), .read = READ_INVOLVED,
     .doc = "Whoever takes the wish on may read the contact"},
    {ROW(offer_until_ms, "offer_until", FIELD_TIME), .read = READ_INVOLVED,
     .doc = "When the offer, the claim or the wait for an answer runs out"},
    {ROW(claimed_at_ms, "claimed_at", FIELD_TIME), .read = READ_INVOLVED, .doc = "When somebody took the wish on"},
    {VIEW(claimant, FIELD_TEXT), .read = READ_SCOPE, .doc = "Who took the wish on, masked"},
    {ROW(team_due_ms, "team_due_at", FIELD_TIME), .read = READ_INVOLVED, .doc = "The team's own limit"},
    {VIEW(thanks, FIELD_TEXT), .read = READ_INVOLVED, .max = 600, .doc = "The reporter's thanks"},
    {VIEW(relation, FIELD_TEXT), .read = READ_INVOLVED, .doc = "What you are to it"},
    {VIEW(media, FIELD_JSON), .flags = FIELD_MANY, .read = READ_INVOLVED, .of = &media_view_record,
     .doc = "Pictures and recordings"},
    {VIEW(timeline, FIELD_JSON), .flags = FIELD_MANY, .read = READ_INVOLVED, .of = &timeline_entry_record,
     .doc = "Every step, oldest first"},
    {VIEW(tasks, FIELD_JSON), .flags = FIELD_MANY, .read = READ_INVOLVED, .of = &task_view_record,
     .doc = "Tasks of summoned units, oldest first"},
    {VIEW(actions, FIELD_JSON), .flags = FIELD_MANY, .read = READ_INVOLVED, .of = &request_action_ref_record,
     .doc = "What you may do now"},
    {VIEW(deadline, FIELD_JSON), .read = READ_INVOLVED, .of = &deadline_record, .doc = "The limit and its grounds"},
};
const struct record request_view_record = {"request_view", NULL, sizeof(struct request_view),
                                           FIELDS(request_view_fields)};
