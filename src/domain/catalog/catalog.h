// SPDX-License-Identifier: MulanPSL-2.0
// The catalogue of service items: what can be asked, who answers for it, within what limit.
#pragma once
#include "base/field.h"
#include "domain/org/org.h"
#include "flow/module.h"

struct service_item {
    int64_t id, version;
    struct str code; // "repair.water"
    int kind;        // wish, repair, errand, dispute, finding
    struct str name_zh, name_en, hint_zh, hint_en;
    int route_role;       // enum role: who answers (steward, grid_worker, community, …)
    int64_t route_org_id; // or a unit; 0: by role
    int unit;             // enum calendar_unit
    int64_t budget;       // units from report to finish
    bool staff_verifies;  // somebody other than the handler checks before the resident is asked
    bool private_always;  // never on the wall (disputes, health)
    int64_t sort;
    bool closed;
};
extern const struct record service_item_record;
extern const char *const request_kind_names[]; // "wish", "repair", "errand", "dispute", "finding", NULL
enum request_kind { KIND_WISH, KIND_REPAIR, KIND_ERRAND, KIND_DISPUTE, KIND_FINDING };

#define SERVICE_ITEMS_MAX 500
enum err service_item_get(struct ctx *c, int64_t id, struct service_item *ret_item); // ERR_NOT_FOUND item.unknown
enum err service_item_by_code(struct ctx *c, struct str code, struct service_item *ret_item);
// Every item that can be asked for (and the closed ones too), in the order of the catalogue.
enum err service_item_list(struct ctx *c, bool with_closed, struct rows *ret_rows);
// Fills id and version; ERR_CONFLICT item.code_taken. Event item.created.
enum err service_item_create(struct ctx *c, struct service_item *item);
// Reads the catalogue's tab-separated text (data/catalog.tsv) and makes the items it names that are not there yet, in
// the open write. Fails with item.bad_row ({0} = line).
enum err catalog_load(struct ctx *c, struct str text, int64_t *ret_made);
extern const struct module catalog_module;
