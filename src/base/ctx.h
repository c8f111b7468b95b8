// SPDX-License-Identifier: MulanPSL-2.0
// The context of one request, message or job: whose it is, when it is, where its memory and its errors go.
// First parameter of nearly every function. Belongs to one thread at a time.
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct clock;
struct ids;
struct keys;
struct store;
struct db;
struct config;
struct calendar;
struct stream;
struct static_file;

// What the process owns; made in main, read-only afterwards.
struct house {
    const struct clock *clock;
    struct ids *ids;
    struct keys *keys;
    struct store *store;
    const struct config *config;
    const struct calendar *calendar;
    struct stream *stream;
    int64_t tenant_id;               // the district served
    const struct static_file *files; // packed into the binary: web app and data
    size_t file_count;
    const void *modules;           // the one list of src/app/modules.c (struct module_list, flow/module.h)
    const char *const *role_names; // by number; may be NULL. Only for the event log: the platform knows no role by name
};

// One role held on one place's subtree. Numbers are the domain's; the platform only compares them.
struct grant {
    int role;
    int64_t place_id;
    int64_t post_id; // 0: the role does not come from a post
    int64_t org_id;
};

// A program is another system that calls with a key of its own: person_id 0, session_id the key's id.
enum actor_kind { ACTOR_NOBODY, ACTOR_PERSON, ACTOR_SYSTEM, ACTOR_PROGRAM };

struct actor {
    enum actor_kind kind;
    int64_t person_id;
    int64_t session_id;
    unsigned roles;        // bit 1u << role for every role held
    const char *role_name; // as what it acts, for the event log; NULL: the first of its grants, or of its roles
    const struct grant *grants;
    size_t grant_count;
};

struct ctx {
    struct arena *arena;
    const struct house *house;
    struct db *db; // open transaction or read; set by store_read and store_write only
    int64_t tenant_id;
    int64_t now_ms; // UTC; does not move during one request
    struct actor actor;
    struct error error;
    const char *lang; // "zh" or "en"
};

// Says what failed: a message key, the field at fault, what the message needs ({0}, {1}). Copied into the arena.
void ctx_set_error(struct ctx *c, enum err code, const char *key, struct str field, struct str arg0, struct str arg1);
void ctx_clear_error(struct ctx *c);

// The ways to fail. All return code, and in the header so that compilers and checkers see it.
static inline enum err fail(struct ctx *c, enum err code, const char *key)
{
    ctx_set_error(c, code, key, STR(""), STR(""), STR(""));
    return code;
}
static inline enum err fail_field(struct ctx *c, enum err code, const char *key, struct str field)
{
    ctx_set_error(c, code, key, field, STR(""), STR(""));
    return code;
}
static inline enum err fail_with(struct ctx *c, enum err code, const char *key, struct str arg0, struct str arg1)
{
    ctx_set_error(c, code, key, STR(""), arg0, arg1);
    return code;
}
