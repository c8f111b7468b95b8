// SPDX-License-Identifier: MulanPSL-2.0
// The installation itself: which district (tenant) it serves, what every page needs to know, health, metrics, OpenAPI.
#pragma once
#include "flow/module.h"

extern const struct module site_module;
// The tenant of the district with this official code. When there is none it is made, or, with make false, this fails
// with site.no_district. Inside no transaction.
enum err site_tenant(struct ctx *c, const char *district_code, bool make, int64_t *ret_tenant_id);
// fn for every tenant of the store in turn, as c's tenant; outside a transaction.
enum err site_each_tenant(struct ctx *c, enum err (*fn)(struct ctx *c));
