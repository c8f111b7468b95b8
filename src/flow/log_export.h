// SPDX-License-Identifier: MulanPSL-2.0
// First line of an export of the log. Lines: {"log":…}, then events in order of id with each seal after the last event
// of its minute, then {"seal_head":…} if there is one, then every {"head":…}. Not for other folders.
#pragma once
#include "flow/event_private.h"

struct log_header {
    int64_t format; // 1
    struct str suite;
    int64_t tenant_id, made_at_ms;
    int64_t events, heads;
};
extern const struct record log_header_record;
