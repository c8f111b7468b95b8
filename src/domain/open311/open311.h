// SPDX-License-Identifier: MulanPSL-2.0
// Open311 GeoReport v2 at /open311/v2, XML and JSON: what is asked here, for other programs to read and to add to.
#pragma once
#include "base/field.h"
#include "domain/catalog/catalog.h"
#include "flow/module.h"

// Whoever brings requests in from outside holds a key. Of the key itself only a keyed hash is kept.
#define OPEN311_KEY_FIELDS(F, S)                                                                                       \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ADMIN, .doc = "The key")                                             \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_ADMIN, .doc = "Grows by one with each change")             \
    F(S, TEXT, name, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ADMIN, .max = 60,                             \
      .doc = "Who holds it: an app, another system")                                                                   \
    F(S, INT, per_minute, .flags = FIELD_INPUT, .read = READ_ADMIN, .max = 6000,                                       \
      .doc = "Calls with it that are taken in a minute; 0 when sent: 600")                                             \
    F(S, TEXT, key_hash, .read = READ_NOBODY)                                                                          \
    F(S, TIME_MS, made_at, .read = READ_ADMIN, .doc = "When it was made")                                              \
    F(S, ID, made_by, .read = READ_ADMIN, .doc = "By whom")                                                            \
    F(S, TIME_MS, ended_at, .read = READ_ADMIN, .doc = "When it was revoked; null: it works")                          \
    F(S, ID, ended_by, .read = READ_ADMIN, .doc = "By whom")
struct open311_key {
    OPEN311_KEY_FIELDS(FIELD_MEMBER, open311_key)
};
extern const struct record open311_key_record;
// In the open write: makes a key of that name; *ret_clear is told once and kept nowhere. Event open311.key_made.
enum err open311_key_make(struct ctx *c, struct open311_key *key, struct str *ret_clear);
#define OPEN311_PER_MINUTE 600 // ten a second: a busy hub; an app that runs wild is stopped
// Changes how many calls a minute it may make; the rest stays. ERR_NOT_FOUND open311.no_such_key, ERR_CONFLICT
// open311.key_ended. Event open311.key_changed.
enum err open311_key_set_rate(struct ctx *c, int64_t id, int64_t per_minute, struct open311_key *ret_key);

// How often a key was used within the minute it was last used in.
#define OPEN311_USE_FIELDS(F, S)                                                                                       \
    F(S, ID, key_id, .flags = FIELD_KEY, .doc = "The key")                                                             \
    F(S, INT, minute, .doc = "Minutes since 1970")                                                                     \
    F(S, INT, count, .doc = "Calls within it")
struct open311_use {
    OPEN311_USE_FIELDS(FIELD_MEMBER, open311_use)
};
extern const struct record open311_use_record;
// Revokes it; ERR_NOT_FOUND open311.no_such_key, ERR_CONFLICT open311.key_ended. Event open311.key_ended.
enum err open311_key_end(struct ctx *c, int64_t id);

// What a service item is to Open311, beyond the catalogue.
#define OPEN311_SERVICE_FIELDS(F, S)                                                                                   \
    F(S, ID, item_id, .flags = FIELD_KEY, .read = READ_ALL, .doc = "Service item")                                     \
    F(S, INT, version, .flags = FIELD_VERSION, .read = READ_ALL, .doc = "Grows by one with each change; 0: never set") \
    F(S, BOOL, batch, .flags = FIELD_INPUT, .read = READ_ALL, .doc = "A request is answered with a token, not its id") \
    F(S, TEXT, keywords, .flags = FIELD_INPUT, .read = READ_ALL, .max = 200, .doc = "Separated by commas")
struct open311_service {
    OPEN311_SERVICE_FIELDS(FIELD_MEMBER, open311_service)
};
extern const struct record open311_service_record;

enum open311_datatype { DATA_STRING, DATA_NUMBER, DATA_DATETIME, DATA_TEXT, DATA_SINGLE, DATA_MULTI };
extern const char *const open311_datatype_names[]; // "string", …, "singlevaluelist", "multivaluelist", NULL
#define OPEN311_ATTRIBUTES_MAX 50
#define OPEN311_ATTRIBUTE_FIELDS(F, S)                                                                                 \
    F(S, ID, item_id, .flags = FIELD_KEY, .read = READ_ALL, .doc = "Service item")                                     \
    F(S, INT, position, .flags = FIELD_KEY, .read = READ_ALL, .doc = "Order, from 1")                                  \
    F(S, TEXT, code, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .max = 40,                               \
      .doc = "Name for programs: letters, digits, full stops, hyphens, underscores")                                   \
    F(S, ENUM, datatype, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .names = open311_datatype_names,     \
      .doc = "What is taken as an answer")                                                                             \
    F(S, BOOL, required, .flags = FIELD_INPUT, .read = READ_ALL, .doc = "Without an answer the request is refused")    \
    F(S, BOOL, variable, .flags = FIELD_INPUT, .read = READ_ALL, .doc = "false: only text to be shown, no question")   \
    F(S, TEXT, description, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL, .max = 200,                       \
      .doc = "The question")                                                                                           \
    F(S, TEXT, datatype_description, .flags = FIELD_INPUT, .read = READ_ALL, .max = 200, .doc = "How to answer it")    \
    F(S, TEXT, choices, .flags = FIELD_INPUT | FIELD_MULTILINE, .read = READ_ALL, .max = 4000,                         \
      .doc = "Of the two list types: a line \"key=name\" for each choice")
struct open311_attribute {
    OPEN311_ATTRIBUTE_FIELDS(FIELD_MEMBER, open311_attribute)
};
extern const struct record open311_attribute_record;
// In the open write: puts what the item is to Open311 in place of what it was; item_id, version and positions are set
// here. ERR_INVALID open311.bad_attribute_code, .attribute_twice, .bad_choices, .too_many_attributes. Event
// open311.service_changed.
enum err open311_service_put(struct ctx *c, int64_t item_id, struct open311_service *service,
                             struct open311_attribute *attributes, size_t count);
extern const struct module open311_module;
