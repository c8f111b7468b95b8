// SPDX-License-Identifier: MulanPSL-2.0
// The catalogue of service items: what can be asked, who answers for it, within what limit.
#pragma once
#include "base/calendar.h"
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
    F(S, INT, dispatch_budget, .flags = FIELD_INPUT, .read = READ_ALL, .max = 1000,                                    \
      .doc = "C1: units from report until it is sent out; 0 when sent: the default of the unit")                       \
    F(S, INT, response_budget, .flags = FIELD_INPUT, .read = READ_ALL, .max = 1000,                                    \
      .doc = "C2: units from report until it is signed for and the resident was spoken to; 0 when sent: the default")  \
    F(S, INT, verification_budget, .flags = FIELD_INPUT, .read = READ_ALL, .max = 1000,                                \
      .doc = "C4: units from finish until it was checked; 0 when sent: the default")                                   \
    F(S, TEXT, bring_zh, .flags = FIELD_INPUT | FIELD_MULTILINE, .read = READ_ALL, .max = 300,                         \
      .doc = "What to bring, in Chinese: one thing a line")                                                            \
    F(S, TEXT, bring_en, .flags = FIELD_INPUT | FIELD_MULTILINE, .read = READ_ALL, .max = 600,                         \
      .doc = "The same in English: as many lines, in the same order")                                                  \
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
// Every change makes a version; what a request was filed under can be read for ever.
#define SERVICE_ITEM_VERSION_FIELDS(F, S)                                                                              \
    SERVICE_ITEM_FIELDS(F, S)                                                                                          \
    F(S, TIME_MS, effective_from, .read = READ_ALL, .doc = "Since when it holds, until the next version")              \
    F(S, ID, changed_by_id, .read = READ_NOBODY, .doc = "Who changed it; null: it came with the catalogue")
struct service_item_version {
    SERVICE_ITEM_VERSION_FIELDS(FIELD_MEMBER, service_item_version)
};
extern const struct record service_item_version_record;
enum request_kind { KIND_WISH, KIND_REPAIR, KIND_ERRAND, KIND_DISPUTE, KIND_FINDING };

// The limits of C1, C2 and C4 that an item has while it says none of its own, in units of its kind of time. Starting
// values after Beijing's 12345 hotline (in force 2023-01-01): sent out within 1 h where life is at risk, 2 h for
// supplies, a day else. The one place for them; migrations repeat them for what was there before.
struct service_limits {
    int64_t dispatch, response, verification;
};
extern const struct service_limits service_limits_default[UNIT_COUNT];

#define SERVICE_ITEMS_MAX 500
#define SERVICE_VERSIONS_MAX 200
enum err service_item_get(struct ctx *c, int64_t id, struct service_item *ret_item); // ERR_NOT_FOUND item.unknown
enum err service_item_by_code(struct ctx *c, struct str code, struct service_item *ret_item);
// As it was: ERR_NOT_FOUND item.no_such_version.
enum err service_item_get_version(struct ctx *c, int64_t id, int64_t version, struct service_item_version *ret_item);
// Newest first, the latest 200: rows of struct service_item_version.
enum err service_item_versions(struct ctx *c, int64_t id, struct rows *ret_rows);
// Every item that can be asked for (and the closed ones too), in the order of the catalogue.
enum err service_item_list(struct ctx *c, bool with_closed, struct rows *ret_rows);
// Fills id, version and the limits that are 0; ERR_CONFLICT item.code_taken. Event item.created.
enum err service_item_create(struct ctx *c, struct service_item *item);
// Reads the catalogue's tab-separated text (data/catalog.tsv) and makes the items it names that are not there yet, in
// the open write. Fails with item.bad_row ({0} = line).
enum err catalog_load(struct ctx *c, struct str text, int64_t *ret_made);
// A service station, for who fills a district: opening hours from Monday, closed on public holidays; items: ids joined
// by commas, empty: all. In the open write; event station.created.
struct new_station {
    int64_t place_id;
    struct str name_zh, name_en, address, phone, items;
    const char *hours[7]; // NULL: closed
};
enum err catalog_make_station(struct ctx *c, const struct new_station *given);
extern const struct module catalog_module;
