// SPDX-License-Identifier: MulanPSL-2.0
// Records of the module's tables that only its list names. Not for other folders.
#pragma once
#include "base/field.h"

extern const struct record command_record;
