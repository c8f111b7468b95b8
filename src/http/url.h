// SPDX-License-Identifier: MulanPSL-2.0
// The target of a request line, taken apart. A parser: fuzzed (tests/fuzz/fuzz_url.c).
#pragma once
#include "base/ctx.h"

#define URL_MAX_PAIRS 64

struct pair {
    struct str name, value;
};
struct url {
    struct str raw_path; // as sent: what the router cuts into segments
    struct str path;     // decoded
    struct pair *query;  // decoded, in order
    size_t query_count;
};
// Takes "/path?query" and "http://host/path?query". What is decoded must be UTF-8 without NUL, the path also without
// control characters. Fails with ERR_INVALID http.bad_url, http.too_many_params.
enum err url_parse(struct ctx *c, struct str target, struct url *ret_url);
// False when an escape is broken or hides a NUL. Without escapes s itself is returned, nothing is copied.
bool percent_decode(struct arena *arena, struct str s, bool plus_is_space, struct str *ret_decoded);
