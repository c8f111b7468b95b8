// SPDX-License-Identifier: MulanPSL-2.0
// First line of an export of the log. Lines: {"log":…}, then events in order of id with each seal after the last event
// of its minute, then {"seal_head":…} if there is one, then every {"head":…}. Not for other folders.
#pragma once
#include "flow/event_private.h"

#define LOG_HEADER_FIELDS(F, S)                                                                                        \
    F(S, INT, format, .doc = "1")                                                                                      \
    F(S, TEXT, suite)                                                                                                  \
    F(S, INT, tenant_id)                                                                                               \
    F(S, INT, made_at_ms)                                                                                              \
    F(S, INT, events)                                                                                                  \
    F(S, INT, heads)
struct log_header {
    LOG_HEADER_FIELDS(FIELD_MEMBER, log_header)
};
extern const struct record log_header_record;
