// SPDX-License-Identifier: MulanPSL-2.0
// The records of this module's tables, field by field.
#include "domain/dispute/dispute_internal.h"

#define NAME(code, name, ...) name,
const char *const dispute_state_names[] = {DISPUTE_STATES(NAME) NULL};
const char *const dispute_category_names[] = {DISPUTE_CATEGORIES(NAME) NULL};
const char *const dispute_result_names[] = {"none", "agreed", "failed", "withdrawn", NULL};
const char *const dispute_referral_names[] = {"none", "judicial", "court", "police", "arbitration", NULL};
const char *const dispute_source_names[] = {"request", "paper", "phone", "visit", NULL};
const char *const dispute_clock_names[] = {"none", "acceptance", "mediation", "visit", NULL};
const char *const dispute_side_names[] = {"applicant", "respondent", "third", NULL};
const char *const dispute_consent_names[] = {"not_asked", "given", "refused", NULL};
const char *const dispute_standing_names[] = {"proposed", "accepted", "declined", "objected", "left", NULL};
const char *const dispute_meeting_names[] = {"planned", "goes_on", "agreed", "no_result", "absent", "cancelled", NULL};
const char *const dispute_kept_names[] = {"planned", "kept", "broken", "dropped", NULL};
const char *const dispute_tally_names[] = {"opened", "agreed", "failed", "withdrawn", "broken", NULL};

#define TABLE(name_, FIELDS_)                                                                                          \
    static const struct field name_##_fields[] = {FIELDS_(FIELD_ROW, name_)};                                          \
    const struct record name_##_record = {#name_, #name_, sizeof(struct name_), FIELDS(name_##_fields)}
TABLE(dispute, DISPUTE_FIELDS);
TABLE(dispute_party, DISPUTE_PARTY_FIELDS);
TABLE(dispute_mediator, DISPUTE_MEDIATOR_FIELDS);
TABLE(dispute_session, DISPUTE_SESSION_FIELDS);
TABLE(dispute_agreement, DISPUTE_AGREEMENT_FIELDS);
TABLE(dispute_term, DISPUTE_TERM_FIELDS);
TABLE(dispute_signature, DISPUTE_SIGNATURE_FIELDS);
TABLE(dispute_visit, DISPUTE_VISIT_FIELDS);
TABLE(dispute_tally, DISPUTE_TALLY_FIELDS);
