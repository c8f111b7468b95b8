// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module only.
#pragma once
#include "base/clock.h"
#include "domain/dispute/dispute.h"
#include "json/record_json.h"

enum dispute_relation {
    DISPUTE_DESK = 1,     // holds the role community over the case's community
    DISPUTE_MEDIATOR = 2, // has accepted
    DISPUTE_PROPOSED = 4, // is asked to mediate: sees the parties, to know whether there is a tie
    DISPUTE_OVERSEER = 8, // sub-district: number, category, state, clock
    DISPUTE_SYSTEM = 16,
};
#define DISPUTE_ROOM (DISPUTE_DESK | DISPUTE_MEDIATOR) // who is in the room

// --- what belongs to a case -----------------------------------------------------------------------------------------
enum dispute_side { SIDE_APPLICANT, SIDE_RESPONDENT, SIDE_THIRD };
enum dispute_consent { CONSENT_NOT_ASKED, CONSENT_GIVEN, CONSENT_REFUSED };
#define DISPUTE_PARTY_FIELDS(F, S)                                                                                     \
    F(S, ID, dispute_id, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "The case")                                   \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_STAFF, .doc = "The party")                                           \
    F(S, ENUM, side, .names = dispute_side_names, .read = READ_STAFF, .doc = "On which side")                          \
    F(S, SEALED, name, .flags = FIELD_PERSONAL, .read = READ_STAFF, .max = 40, .doc = "Who it is",                     \
      .purpose = "To hear both sides and to write the agreement")                                                      \
    F(S, SEALED, phone, .flags = FIELD_PERSONAL, .read = READ_SCOPE, .max = 20, .doc = "Number to ring",               \
      .purpose = "To agree on a time; to see that no mediator is a party")                                             \
    F(S, SEALED, home, .read = READ_NOBODY, .max = 20, .doc = "Id of the place of the home",                           \
      .purpose = "To see that no mediator lives in the same house")                                                    \
    F(S, SEALED, door_number, .flags = FIELD_PERSONAL, .read = READ_STAFF, .max = 40, .doc = "Unit and door",          \
      .purpose = "To see that no mediator lives in the same house")                                                    \
    F(S, ENUM, consent, .names = dispute_consent_names, .read = READ_STAFF, .doc = "Agrees to be mediated")            \
    F(S, TIME, consent_at_ms, .read = READ_STAFF, .doc = "When that was said")
struct dispute_party {
    DISPUTE_PARTY_FIELDS(FIELD_MEMBER, dispute_party)
};

enum dispute_standing { STANDING_PROPOSED, STANDING_ACCEPTED, STANDING_DECLINED, STANDING_OBJECTED, STANDING_LEFT };
#define DISPUTE_MEDIATOR_FIELDS(F, S)                                                                                  \
    F(S, ID, dispute_id, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "The case")                                   \
    F(S, ID, person_id, .flags = FIELD_KEY, .read = READ_SCOPE, .doc = "Who mediates")                                 \
    F(S, ENUM, standing, .names = dispute_standing_names, .read = READ_STAFF, .doc = "Asked, accepted, gone")          \
    F(S, TIME, proposed_at_ms, .read = READ_STAFF, .doc = "When asked")                                                \
    F(S, TIME, answered_at_ms, .read = READ_STAFF, .doc = "When it became so")                                         \
    F(S, ID, objected_by_id, .read = READ_SCOPE, .doc = "The party that objects")
struct dispute_mediator {
    DISPUTE_MEDIATOR_FIELDS(FIELD_MEMBER, dispute_mediator)
};

enum dispute_meeting {
    MEETING_PLANNED,
    MEETING_GOES_ON,
    MEETING_AGREED,
    MEETING_NO_RESULT,
    MEETING_ABSENT,
    MEETING_CANCELLED
};
#define DISPUTE_SESSION_FIELDS(F, S)                                                                                   \
    F(S, ID, dispute_id, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "The case")                                   \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_SCOPE, .doc = "The session")                                         \
    F(S, TIME_MS, planned_at, .read = READ_SCOPE, .doc = "For when")                                                   \
    F(S, TEXT, room, .read = READ_SCOPE, .max = 60, .doc = "Where: a room of the office, nobody's home")               \
    F(S, ENUM, outcome, .names = dispute_meeting_names, .read = READ_SCOPE, .doc = "How it went")                      \
    F(S, TIME_MS, held_at, .read = READ_SCOPE, .doc = "When it was written down")                                      \
    F(S, IDS, present, .read = READ_SCOPE, .max = DISPUTE_PARTIES_MAX, .doc = "The parties that came")                 \
    F(S, SEALED, minutes, .flags = FIELD_MULTILINE, .read = READ_NOBODY, .max = 40000, .doc = "What was said",         \
      .purpose = "To go on from there")                                                                                \
    F(S, ID, written_by_id, .read = READ_NOBODY, .doc = "Who wrote it down")
struct dispute_session {
    DISPUTE_SESSION_FIELDS(FIELD_MEMBER, dispute_session)
};

#define DISPUTE_AGREEMENT_FIELDS(F, S)                                                                                 \
    F(S, ID, dispute_id, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "The case")                                   \
    F(S, INT, round, .flags = FIELD_KEY, .read = READ_SCOPE, .doc = "The case's round")                                \
    F(S, ID, id, .read = READ_NOBODY, .doc = "Under which its text is sealed")                                         \
    F(S, SEALED, text, .flags = FIELD_MULTILINE, .read = READ_NOBODY, .max = 40000, .doc = "What is agreed",           \
      .purpose = "That it can be kept, and shown to a court")                                                          \
    F(S, TIME_MS, written_at, .read = READ_SCOPE, .doc = "When it was last written")                                   \
    F(S, TIME_MS, agreed_at, .read = READ_SCOPE, .doc = "When all had signed; null: a draft")
struct dispute_agreement {
    DISPUTE_AGREEMENT_FIELDS(FIELD_MEMBER, dispute_agreement)
};

#define DISPUTE_TERM_FIELDS(F, S)                                                                                      \
    F(S, ID, dispute_id, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "The case")                                   \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_SCOPE, .doc = "The term")                                            \
    F(S, INT, round, .read = READ_SCOPE, .doc = "The case's round")                                                    \
    F(S, SEALED, text, .read = READ_NOBODY, .max = 2000, .doc = "What has to be done",                                 \
      .purpose = "That it can be kept, and visits can ask for it")                                                     \
    F(S, TIME_MS, due_at, .read = READ_SCOPE, .doc = "Until when; null: no day")
struct dispute_term {
    DISPUTE_TERM_FIELDS(FIELD_MEMBER, dispute_term)
};

#define DISPUTE_SIGNATURE_FIELDS(F, S)                                                                                 \
    F(S, ID, dispute_id, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "The case")                                   \
    F(S, ID, party_id, .flags = FIELD_KEY, .read = READ_SCOPE, .doc = "Whose")                                         \
    F(S, INT, round, .flags = FIELD_KEY, .read = READ_SCOPE, .doc = "The case's round")                                \
    F(S, ID, id, .read = READ_NOBODY, .doc = "Under which the name is sealed")                                         \
    F(S, SEALED, name, .flags = FIELD_PERSONAL, .read = READ_SCOPE, .max = 40, .doc = "As it was signed",              \
      .purpose = "To know who signed")                                                                                 \
    F(S, TIME, signed_at_ms, .read = READ_SCOPE, .doc = "The day on the paper")
struct dispute_signature {
    DISPUTE_SIGNATURE_FIELDS(FIELD_MEMBER, dispute_signature)
};

enum dispute_kept { VISIT_PLANNED, VISIT_KEPT, VISIT_BROKEN, VISIT_DROPPED };
#define DISPUTE_VISIT_FIELDS(F, S)                                                                                     \
    F(S, ID, dispute_id, .flags = FIELD_KEY, .read = READ_NOBODY, .doc = "The case")                                   \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_SCOPE, .doc = "The visit")                                           \
    F(S, INT, round, .read = READ_SCOPE, .doc = "The case's round")                                                    \
    F(S, TIME_MS, due_at, .read = READ_SCOPE, .doc = "For when")                                                       \
    F(S, TIME_MS, done_at, .read = READ_SCOPE, .doc = "When it was made")                                              \
    F(S, ENUM, result, .names = dispute_kept_names, .read = READ_SCOPE, .doc = "Kept, broken, or to be made")
struct dispute_visit {
    DISPUTE_VISIT_FIELDS(FIELD_MEMBER, dispute_visit)
};

// One row for each event that is counted; nothing in it that the event does not tell.
enum dispute_tally_kind { TALLY_OPENED, TALLY_AGREED, TALLY_FAILED, TALLY_WITHDRAWN, TALLY_BROKEN, TALLY_COUNT };
#define DISPUTE_TALLY_FIELDS(F, S)                                                                                     \
    F(S, ID, id, .flags = FIELD_KEY)                                                                                   \
    F(S, TIME, at_ms)                                                                                                  \
    F(S, ENUM, kind, .names = dispute_tally_names)                                                                     \
    F(S, ENUM, category, .names = dispute_category_names)                                                              \
    F(S, ID, community_id)                                                                                             \
    F(S, ID, subdistrict_id)
struct dispute_tally {
    DISPUTE_TALLY_FIELDS(FIELD_MEMBER, dispute_tally)
};
extern const struct record dispute_party_record, dispute_mediator_record, dispute_session_record,
    dispute_agreement_record, dispute_term_record, dispute_signature_record, dispute_visit_record, dispute_tally_record;
extern const char *const dispute_side_names[], *const dispute_consent_names[], *const dispute_standing_names[],
                                                                                   *const dispute_meeting_names[],
                                                                                       *const dispute_kept_names[],
                                                                                           *const dispute_tally_names[];

#define DISPUTE_SESSIONS_MAX 40
#define DISPUTE_TERMS_MAX 20 // of one agreement
#define DISPUTE_ROUNDS_MAX 9
#define DISPUTE_VISITS_MAX 6 // of one agreement
#define DISPUTE_ASKED_MAX 20 // persons ever asked to mediate one case

// All that belongs to one case, read at once.
struct dispute_parts {
    struct dispute_party *parties;
    struct dispute_mediator *mediators;
    struct dispute_session *sessions;
    struct dispute_agreement *agreements;
    struct dispute_term *terms;
    struct dispute_signature *signatures;
    struct dispute_visit *visits;
    size_t party_count, mediator_count, session_count, agreement_count, term_count, signature_count, visit_count;
};
enum err dispute_parts_read(struct ctx *c, int64_t dispute_id, struct dispute_parts *ret_parts);
struct dispute_party *dispute_party_of(const struct dispute_parts *parts, int64_t id); // NULL: none
struct dispute_mediator *dispute_mediator_of(const struct dispute_parts *parts, int64_t person_id);
const struct dispute_agreement *dispute_agreement_of(const struct dispute_parts *parts, int64_t round);
const struct dispute_signature *dispute_signature_of(const struct dispute_parts *parts, int64_t party_id,
                                                     int64_t round);
size_t dispute_mediators_in(const struct dispute_parts *parts, unsigned standings); // bits 1u << standing
struct str dispute_seal(struct ctx *c, const struct record *record, const char *field, int64_t row_id,
                        struct str clear);
enum err dispute_unseal(struct ctx *c, const struct record *record, const char *field, int64_t row_id, struct str box,
                        struct str *ret_clear);

// --- the case in hand -----------------------------------------------------------------------------------------------
struct dispute_mark {
    int level; // from 1; 0: none
    bool reminds;
    int64_t at_ms;
};
struct dispute_case {
    struct dispute d; // first: a pointer to it is a pointer to this
    struct dispute_parts parts;
    struct dispute_mark mark; // found by a guard, used by its apply
    int64_t person_id;        // the same: who is proposed
    int64_t post_id;          // the same: to whom it is put
    struct str post_name;
};
struct dispute_input {
    struct str note, phone, name, door, room, present, minutes, text, signed_name, media, parties;
    int64_t party_id, person_id, post_id, home_place_id, planned_at_ms, session_id, due_at_ms, term_id, signed_on_ms,
        days, visit_id;
    int side, consent, outcome, referral;
    bool no_tie;
};
enum err dispute_relate(struct ctx *c, const void *row, unsigned *ret_relations);
enum err dispute_save(struct ctx *c, void *row, int64_t old_version);
// ERR_NOT_FOUND dispute.unknown for who has nothing to do with it.
enum err dispute_may_see(struct ctx *c, const struct dispute *d, unsigned *ret_relations);
unsigned dispute_readers(unsigned relations);
bool dispute_state_open(int state);
enum err dispute_case_read(struct ctx *c, int64_t id, struct dispute_case *ret_case);

// --- no mediator with a tie (dispute_conflict.c) --------------------------------------------------------------------
// ERR_CONFLICT dispute.tie_party (is a party, by number; by name when the party's number is not known),
// dispute.tie_home (lives in the same flat or unit), dispute.tie_complained (is complained of).
enum err dispute_check_tie(struct ctx *c, const struct dispute_case *dc, int64_t person_id);
enum err dispute_check_party_tie(struct ctx *c, const struct dispute_party *party, int64_t person_id);
struct dispute_home { // of a person or a party
    int64_t building_id, unit_id, household_id;
    struct str unit; // "2" of "2单元301" or of the unit's name; empty: not known
};
// Homes in one house whose units cannot be told apart count as the same.
bool dispute_homes_meet(const struct dispute_home *a, const struct dispute_home *b);
// A parser: fuzzed. "2", "12", "a" of what is written before 单元; 二 is 2. False: none is named.
#define DISPUTE_UNIT_MAX 8
bool dispute_unit_label(struct str text, char ret_label[DISPUTE_UNIT_MAX]);

// --- clocks (dispute_clock.c) ---------------------------------------------------------------------------------------
struct dispute_mark dispute_next_mark(const struct dispute *d); // pure
void dispute_clock_start(struct dispute *d, enum dispute_clock clock, int64_t from_ms, int64_t due_ms);
// A parser: fuzzed. "7,30,90": days after an agreement, growing, 1 to 730, at most DISPUTE_VISITS_MAX; "off": none.
bool dispute_visit_days(struct str text, int64_t ret_days[DISPUTE_VISITS_MAX], size_t *ret_count);
// The post above: sub-district, and when it was put there already the district. post_id 0: nobody.
enum err dispute_route_above(struct ctx *c, struct dispute_case *dc);

// --- what happens beside the row (dispute_follow.c) -----------------------------------------------------------------
enum err dispute_tally_put(struct ctx *c, const struct dispute *d, enum dispute_tally_kind kind);
void dispute_write_counted(const struct dispute *d, struct json_writer *w); // members of a counted event
enum err dispute_follow(struct ctx *c, struct dispute_case *dc, const struct dispute *before);
enum err dispute_tell(struct ctx *c, const struct dispute_case *dc, const struct dispute *before, struct str action);
enum err dispute_sign_request(struct ctx *c, const struct dispute *d);

// --- answers, routes, jobs ------------------------------------------------------------------------------------------
extern const struct record dispute_view_record, dispute_action_record, dispute_summary_record, dispute_counts_record;
enum err dispute_write_view(struct ctx *c, struct dispute_case *dc, struct json_writer *w);
enum err dispute_write_summary(struct ctx *c, const struct dispute *d, unsigned relations, struct json_writer *w);
struct str dispute_label(struct ctx *c, int category); // in the reader's language
enum err dispute_http_list(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err dispute_http_read(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err dispute_http_export(struct ctx *c, struct http_request *rq, struct http_response *rs);
enum err dispute_http_counts(struct ctx *c, struct http_request *rq, struct http_response *rs);
extern const struct record dispute_clear_record, dispute_read_record, dispute_reason_record;
extern const struct route dispute_routes[];
extern const struct job dispute_jobs[];
extern const struct message dispute_messages[];
