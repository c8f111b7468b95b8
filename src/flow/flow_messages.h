// SPDX-License-Identifier: MulanPSL-2.0
// Sentences of the platform's own keys. Not for other folders.
#pragma once
#include "http/http.h"

extern const struct message flow_messages[];
