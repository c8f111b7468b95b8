// SPDX-License-Identifier: MulanPSL-2.0
// Reading a personal field in clear: opens the box and writes the event personal.read (who, what, of whom, why) in the
// open write transaction. No event, no reading.
#pragma once
#include "base/ctx.h"
#include "base/field.h"

#define PERSONAL_REASON_MAX 200 // code points
// reason: why, in the reader's words; kept sealed as the event's note. Fails with ERR_INVALID personal.reason_needed,
// personal.reason_too_long (field "reason").
enum err record_open_personal(struct ctx *c, const struct record *record, const char *field, const void *row,
                              int64_t row_id, struct str reason, struct str *ret_clear);
