// SPDX-License-Identifier: MulanPSL-2.0
// What is said in the demo's requests.
#pragma once
#include "base/str.h"

#include <stddef.h>

struct demo_words {
    const char *item; // code of the catalogue
    const char *words, *answer, *thanks;
};
extern const struct demo_words demo_words[];
extern const size_t demo_words_count;
extern const char *const demo_denials[3], *const demo_returns[2];
// What the community writes of a wish for everybody: nothing of who wishes. other: when the item has none.
const char *demo_public_text(struct str item_code, const char *other);
const char *demo_answer(struct str item_code, const char *other);
