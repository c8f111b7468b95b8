// SPDX-License-Identifier: MulanPSL-2.0
// The catalogue of service items: what can be asked, who answers for it, within what limit.
#pragma once
#include "base/field.h"
#include "domain/org/org.h"
#include "flow/module.h"

#define SERVICE_ITEM_FIELDS(F, S)                                                                                      \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ALL, .doc = "Item")                                                  \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_ALL, .doc = "Grows by one with each change")               \
    F(S, TEXT, code, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .max = 40,                               \
      .doc = "Stable name for programs: small letters, digits, full stops")                                            \
    F(S, ENUM, kind, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .names = request_kind_names,             \
      .doc = "Which kind of request it is")                                                                            \
    F(S, TEXT, name_zh, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .max = 30, .doc = "Name in Chinese")  \
    F(S, TEXT, name_en, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .max = 60, .doc = "Name in English")  \
    F(S, TEXT, hint_zh, .flags = FIELD_INPUT, .read = READ_ALL, .max = 200, .doc = "What to say or bring, in Chinese") \
    F(S, TEXT, hint_en, .flags = FIELD_INPUT, .read = READ_ALL, .max = 300, .doc = "What to say or bring, in English") \
    F(S, ENUM, route_role, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .names = role_names,               \
      .doc = "Who answers for it first: the nearest holder of this role, else the next upward")                        \
    F(S, ID, route_org_id, .flags = FIELD_INPUT, .read = READ_ALL,                                                     \
      .doc = "The unit that answers for it, instead of a role")                                                        \
    F(S, ENUM, unit, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .names = calendar_unit_names,            \
      .doc = "In which time the limit counts")                                                                         \
    F(S, INT, budget, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .min = 1, .max = 1000,                  \
      .doc = "Units of time from report to finish")                                                                    \
    F(S, BOOL, staff_verifies, .flags = FIELD_INPUT, .read = READ_ALL,                                                 \
      .doc = "Somebody other than the handler checks before the resident is asked")                                    \
    F(S, BOOL, private_always, .flags = FIELD_INPUT, .read = READ_ALL, .doc = "Never on the public wall")              \
    F(S, INT, sort, .flags = FIELD_INPUT, .read = READ_ALL, .min = 0, .max = 1000000, .doc = "Order in the catalogue") \
    F(S, BOOL, closed, .flags = FIELD_INPUT, .read = READ_ALL, .doc = "No longer offered")
struct service_item {
    SERVICE_ITEM_FIELDS(FIELD_MEMBER, service_item)
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
