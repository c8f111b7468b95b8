// SPDX-License-Identifier: MulanPSL-2.0
// Rows of the log as they are, for the export: every column a JSON string, numbers in decimal, nothing masked, so that
// the bytes that were hashed come back. Not for other folders.
#pragma once
#include "json/json.h"

void raw_write(const struct record *record, const void *row, struct json_writer *w);
// False when a member is missing or is no string of the right kind. Text stays in the parsed value.
bool raw_read(const struct record *record, const struct json *object, void *row);
