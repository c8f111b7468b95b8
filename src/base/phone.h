// SPDX-License-Identifier: MulanPSL-2.0
// Chinese telephone numbers as people type them: blanks, hyphens, brackets and +86 are taken off.
#pragma once
#include "base/str.h"

// A mainland mobile number: the 11 digits.
bool phone_mobile(struct arena *arena, struct str typed, struct str *ret_digits);
// What a person can be rung at: a mobile number, or a landline with its area code and perhaps an extension, as
// "0851-28222222-801" (typed with -, x, # or 转).
bool phone_contact(struct arena *arena, struct str typed, struct str *ret_number);
