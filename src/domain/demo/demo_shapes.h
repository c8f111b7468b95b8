// SPDX-License-Identifier: MulanPSL-2.0
// The demo's invented boundaries. Between the files of this module.
#pragma once
#include "domain/demo/demo_internal.h"

// Gives every sub-district, community and grid a shape; in the open write. The same for the same places.
enum err demo_make_shapes(struct ctx *c);
