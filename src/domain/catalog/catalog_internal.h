// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module only.
#pragma once
#include "domain/catalog/catalog.h"
#include "json/record_json.h"

extern const struct route catalog_routes[];
// Saves a changed item (version still the old one): ERR_STALE item.stale. Event item.changed. Limits that were those of
// the old unit become those of the new one.
enum err service_item_save(struct ctx *c, const struct service_item *before, struct service_item *item);
