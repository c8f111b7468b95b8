// SPDX-License-Identifier: MulanPSL-2.0
// The records of this module's tables, field by field.
#include "base/calendar.h"
#include "domain/request/request_internal.h"

#define STATE_NAME(code, name, ...) name,
const char *const request_state_names[] = {REQUEST_STATES(STATE_NAME) NULL};
const char *const request_source_names[] = {"app", "phone", "import", "open311", NULL};
const char *const request_outcome_names[] = {"none",      "solved",    "explained", "not_our_duty",
                                             "duplicate", "withdrawn", "refused",   NULL};

#define REQUEST(member, type_) FIELD_AT(struct request, member), .type = (type_)
#define NAMED(member, names_) REQUEST(member, FIELD_ENUM), .names = (names_)
static const struct field request_fields[] = {
    {REQUEST(id, FIELD_ID), .flags = FIELD_KEY, .read = READ_ALL, .doc = "The request"},
    {REQUEST(version, FIELD_INT), .flags = FIELD_VERSION, .read = READ_INVOLVED, .doc = "Grows with each change"},
    {NAMED(state, request_state_names), .read = READ_ALL, .doc = "Where it stands"},
    {REQUEST(open, FIELD_BOOL), .read = READ_ALL, .doc = "Somebody still has to act"},
    {NAMED(kind, request_kind_names), .read = READ_ALL, .doc = "Wish, repair, errand, dispute or finding"},
    {REQUEST(item_id, FIELD_ID), .read = READ_ALL, .doc = "Service item"},
    {REQUEST(item_code, FIELD_TEXT), .read = READ_ALL, .doc = "Its code when this was filed"},
    {REQUEST(item_zh, FIELD_TEXT), .read = READ_ALL, .doc = "Its Chinese name when this was filed"},
    {REQUEST(item_en, FIELD_TEXT), .read = READ_ALL, .doc = "Its English name when this was filed"},
    {REQUEST(place_id, FIELD_ID), .read = READ_INVOLVED, .doc = "Where it is"},
    {REQUEST(building_id, FIELD_ID), .read = READ_INVOLVED, .doc = "Building, if any"},
    {REQUEST(estate_id, FIELD_ID), .read = READ_INVOLVED, .doc = "Estate, if any"},
    {REQUEST(grid_id, FIELD_ID), .read = READ_INVOLVED, .doc = "Grid, if any"},
    {REQUEST(community_id, FIELD_ID), .read = READ_INVOLVED, .doc = "Community, if any"},
    {REQUEST(subdistrict_id, FIELD_ID), .read = READ_INVOLVED, .doc = "Sub-district, if any"},
    {REQUEST(area, FIELD_TEXT), .read = READ_ALL, .doc = "Estate or grid, by name"},
    {REQUEST(place_name, FIELD_TEXT), .read = READ_INVOLVED, .max = 400, .doc = "Place in full"},
    {REQUEST(words, FIELD_SEALED), .flags = FIELD_MULTILINE, .read = READ_INVOLVED, .max = 2000, .doc = "What is asked",
     .purpose = "To know what has to be done"},
    {REQUEST(door_number, FIELD_SEALED), .flags = FIELD_PERSONAL, .read = READ_INVOLVED, .max = 40,
     .doc = "Unit and door", .purpose = "To find the flat where the work is"},
    {REQUEST(reporter_id, FIELD_ID), .read = READ_NOBODY, .doc = "Who asks; null: imported or phoned in"},
    {REQUEST(contact_name, FIELD_SEALED), .flags = FIELD_PERSONAL, .read = READ_INVOLVED, .max = 40,
     .doc = "Whom to ask for", .purpose = "To speak to the person when the work is done"},
    {REQUEST(contact_phone, FIELD_SEALED), .flags = FIELD_PERSONAL, .read = READ_INVOLVED, .max = 20,
     .doc = "Number to ring", .purpose = "To agree on a time and to ask whether it was done"},
    {NAMED(source, request_source_names), .read = READ_INVOLVED, .doc = "How it came"},
    {REQUEST(external_key, FIELD_TEXT), .read = READ_SCOPE, .max = 100, .doc = "Its name where it came from"},
    {REQUEST(is_private, FIELD_BOOL), .read = READ_INVOLVED, .doc = "Never on the wall"},
    {REQUEST(lat, FIELD_REAL), .read = READ_INVOLVED, .doc = "Latitude; 0: unknown"},
    {REQUEST(lng, FIELD_REAL), .read = READ_INVOLVED, .doc = "Longitude; 0: unknown"},
    {REQUEST(reported_at_ms, FIELD_TIME), .read = READ_ALL, .doc = "When it was reported"},
    {REQUEST(due_at_ms, FIELD_TIME), .read = READ_ALL, .doc = "Until when it should be done"},
    {REQUEST(due_provisional, FIELD_BOOL), .read = READ_ALL,
     .doc = "Reckoned with a year whose holidays are not known"},
    {NAMED(unit, calendar_unit_names), .read = READ_INVOLVED, .doc = "Time in which the limit counts"},
    {REQUEST(budget, FIELD_INT), .read = READ_INVOLVED, .doc = "Units of it, from report to finish"},
    {REQUEST(calendar_version, FIELD_TEXT), .read = READ_INVOLVED, .doc = "Calendar that the limit was reckoned with"},
    {REQUEST(staff_verifies, FIELD_BOOL), .read = READ_INVOLVED,
     .doc = "Somebody else checks before the resident is asked"},
    {REQUEST(owner_post_id, FIELD_ID), .read = READ_INVOLVED, .doc = "Post that has to act"},
    {REQUEST(owner_org_id, FIELD_ID), .read = READ_INVOLVED, .doc = "Unit that has to act"},
    {REQUEST(owner_name, FIELD_TEXT), .read = READ_INVOLVED, .doc = "Name of the post"},
    {REQUEST(handler_id, FIELD_ID), .read = READ_NOBODY, .doc = "Who signed for it"},
    {REQUEST(signed_at_ms, FIELD_TIME), .read = READ_INVOLVED, .doc = "When it was signed for"},
    {REQUEST(handled_at_ms, FIELD_TIME), .read = READ_INVOLVED, .doc = "When the work was finished"},
    {REQUEST(verifier_id, FIELD_ID), .read = READ_NOBODY, .doc = "Who checked the work"},
    {REQUEST(closed_at_ms, FIELD_TIME), .read = READ_ALL, .doc = "When it was closed"},
    {REQUEST(state_at_ms, FIELD_TIME), .read = READ_INVOLVED, .doc = "Since when it is in this state"},
    {NAMED(outcome, request_outcome_names), .read = READ_ALL, .doc = "How it ended"},
    {REQUEST(unconfirmed, FIELD_BOOL), .read = READ_ALL, .doc = "Closed by the clock: nobody said whether it was done"},
    {REQUEST(unsatisfied, FIELD_BOOL), .read = READ_INVOLVED,
     .doc = "The resident is not content, and has no answer yet"},
    {REQUEST(rating, FIELD_INT), .read = READ_ALL, .max = 5, .doc = "1 to 5; 0: none"},
    {REQUEST(reopened, FIELD_INT), .read = READ_INVOLVED, .doc = "How often it was opened again"},
    {REQUEST(returned, FIELD_INT), .read = READ_INVOLVED, .doc = "How often it was sent back"},
    {REQUEST(urged_at_ms, FIELD_TIME), .read = READ_INVOLVED, .doc = "When it was last urged"},
    {REQUEST(photo_count, FIELD_INT), .read = READ_INVOLVED, .doc = "Pictures that belong to it"},
    {REQUEST(reply, FIELD_SEALED), .flags = FIELD_MULTILINE, .read = READ_INVOLVED, .max = 10000,
     .doc = "The office's last answer", .purpose = "To tell the resident what was done"},
};
const struct record request_record = {"request", "request", sizeof(struct request), FIELDS(request_fields)};

#define SCOPE(member, type_) FIELD_AT(struct request_scope, member), .type = (type_)
static const struct field request_scope_fields[] = {
    {SCOPE(place_id, FIELD_ID), .flags = FIELD_KEY, .doc = "A place above the request's, or its own"},
    {SCOPE(request_id, FIELD_ID), .flags = FIELD_KEY, .doc = "The request"},
    {SCOPE(open, FIELD_BOOL), .doc = "As in the request"},
    {SCOPE(stage, FIELD_INT), .doc = "What the desk counts: 1 to dispatch, 2 to verify, 3 to be confirmed, 0 other"},
    {SCOPE(unsatisfied, FIELD_BOOL), .doc = "As in the request"},
    {SCOPE(due_at_ms, FIELD_TIME), .doc = "As in the request"},
    {SCOPE(closed_at_ms, FIELD_TIME), .doc = "As in the request"},
};
const struct record request_scope_record = {"request_scope", "request_scope", sizeof(struct request_scope),
                                            FIELDS(request_scope_fields)};
