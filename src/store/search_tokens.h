// SPDX-License-Identifier: MulanPSL-2.0
// Between search.c and search_tokens.c.
#pragma once
#include "base/buf.h"
#include "store/internal.h"

#define SEARCH_QUERY_TOKENS 64 // of the words asked for; the rest is not looked at

struct token_key {
    uint64_t k0, k1;
};
// Of the tenant and the kind: what is put under one is not found under another.
struct token_key token_key_for(struct ctx *c, const char *kind);
// The same for one window of time (PostgreSQL).
struct token_key token_key_of_window(struct token_key key, int64_t window);
// All tokens of a text, as the engine's index takes them.
struct str tokens_of(struct ctx *c, enum dialect dialect, const struct token_key *key, struct str text);
// Appends the query: every run of the words as a phrase, all of them. Nothing when there is nothing to look for.
void query_of(struct buf *out, enum dialect dialect, const struct token_key *key, struct str words);
