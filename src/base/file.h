// SPDX-License-Identifier: MulanPSL-2.0
// A small file as one text: settings, keys, mappings. What is large or comes from outside is read piece by piece.
#pragma once
#include "base/arena.h"
#include "base/str.h"

// False: it cannot be read, or is longer than max_bytes.
bool file_read(struct arena *arena, const char *path, size_t max_bytes, struct str *ret_text);
