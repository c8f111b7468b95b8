// SPDX-License-Identifier: MulanPSL-2.0
// The records of this module's tables, field by field.
#include "base/calendar.h"
#include "domain/request/request_clock.h"
#include "domain/request/request_internal.h"
#include "domain/request/task.h"

#define STATE_NAME(code, name, ...) name,
const char *const request_state_names[] = {REQUEST_STATES(STATE_NAME) NULL};
const char *const request_source_names[] = {"app", "phone", "import", "open311", NULL};
const char *const request_outcome_names[] = {"none",      "solved",    "explained", "not_our_duty",
                                             "duplicate", "withdrawn", "refused",   NULL};

#define REQUEST(member, type_) FIELD_AT(struct request, member), .type = (type_)
const char *const request_exclusion_names[] = {"none", "asked", "excluded", NULL};
const char *const request_exclusion_reason_names[] = {"none",      "false_report", "not_lawful", "not_here",
                                                      "beyond_us", "unreachable",  "repeated",   NULL};
const char *const request_ask_names[] = {"none", "suspend", "extend", NULL};

static const struct field request_fields[] = {REQUEST_FIELDS(FIELD_ROW, request)};
const struct record request_record = {"request", "request", sizeof(struct request), FIELDS(request_fields)};

static const struct field request_scope_fields[] = {REQUEST_SCOPE_FIELDS(FIELD_ROW, request_scope)};
const struct record request_scope_record = {"request_scope", "request_scope", sizeof(struct request_scope),
                                            FIELDS(request_scope_fields)};

static const struct field request_pause_fields[] = {REQUEST_PAUSE_FIELDS(FIELD_ROW, request_pause)};
const struct record request_pause_record = {"request_pause", "request_pause", sizeof(struct request_pause),
                                            FIELDS(request_pause_fields)};

#define TASK_STATE_NAME(code, name, ...) name,
const char *const task_state_names[] = {TASK_STATES(TASK_STATE_NAME) NULL};
const char *const task_ground_names[] = {"beyond_us", "joint", "emergency", NULL};
static const struct field request_task_fields[] = {TASK_FIELDS(FIELD_ROW, request_task)};
const struct record request_task_record = {"request_task", "request_task", sizeof(struct request_task),
                                           FIELDS(request_task_fields)};
static const struct field request_helper_fields[] = {HELPER_FIELDS(FIELD_ROW, request_helper)};
const struct record request_helper_record = {"request_helper", "request_helper", sizeof(struct request_helper),
                                             FIELDS(request_helper_fields)};
