// SPDX-License-Identifier: MulanPSL-2.0
// Long walks in bounded memory: each page is read on an arena of its own. Not for other folders.
#pragma once
#include "base/ctx.h"

// fn runs on a copy of c with a fresh arena, freed afterwards; what it keeps it must copy. An error goes over to c.
enum err page_run(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg, size_t *ret_rows), void *arg,
                  size_t *ret_rows);
