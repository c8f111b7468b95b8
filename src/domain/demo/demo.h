// SPDX-License-Identifier: MulanPSL-2.0
// The demo district: real divisions, invented grids, estates, buildings, people and requests. In demo mode only.
#pragma once
#include "flow/module.h"

// Fills an empty store. Step by step, each in a write of its own that also marks it done: started again after a kill it
// goes on where it stopped, and does nothing when all is there. progress is told after each step.
enum err demo_seed(struct ctx *c, void (*progress)(const char *what, int64_t done, int64_t total, void *arg),
                   void *arg);

// Whether the store holds the demo, begun or whole: it must not be served as a real installation, since anybody may
// have been anybody in it. ERR_CONFLICT demo.there.
enum err demo_refuse(struct ctx *c);

// The door code of the demo's guided tour: building 3 of 太阳园小区.
#define DEMO_DOOR_CODE "DEM0DEM0DEM0DEM0"

extern const struct module demo_module;
