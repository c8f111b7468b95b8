// SPDX-License-Identifier: MulanPSL-2.0
// What backup and restore agree on.
#pragma once
#include "base/str.h"

// A table that only says who runs at the moment, or that the restore makes itself: not in a backup, and not asked to be
// empty before a restore.
bool backup_leaves_out(struct str table);
