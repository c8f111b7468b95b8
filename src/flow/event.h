// SPDX-License-Identifier: MulanPSL-2.0
// The event log: everything that happens, told once. An event is written in the transaction of the change it tells
// of; without it the change does not happen. Events of one subject form a hash chain; each minute's events are sealed
// under a Merkle root, the seals of a tenant form a chain of their own. Timeline, audit, notices, live streams and
// figures are readings of this log.
#pragma once
#include "base/ctx.h"
#include "base/field.h"
#include "crypto/crypto.h"
#include "json/json.h"
#include "store/store.h"

struct event {
    int64_t id;              // time-ordered: when it was recorded
    int64_t at_ms;           // when it happened (imports: earlier)
    int64_t actor_id;        // person; 0: the system or nobody
    struct str actor_role;   // as what: "resident", "steward", "system"
    struct str subject_kind; // "request"
    int64_t subject_id;
    struct str type;            // "request.signed"
    struct str data;            // JSON object; never a personal value in clear
    struct str prev_hash, hash; // hex
};
extern const struct record event_record;

// data: a JSON object, or empty for {}. *ret_id may be NULL.
enum err event_append(struct ctx *c, const char *subject_kind, int64_t subject_id, const char *type, struct str data,
                      int64_t *ret_id);
// The same for something that happened earlier (imports) or that somebody else did.
enum err event_append_as(struct ctx *c, const struct event *given, int64_t *ret_id);
// Oldest first, after after_id, at most max.
enum err event_list(struct ctx *c, const char *subject_kind, int64_t subject_id, int64_t after_id, size_t max,
                    struct rows *ret_rows);
// The hash of an event given its predecessor's: SHA-256 or SM3 of a length-prefixed, fixed-order encoding
// (docs/decisions/), so an outsider can recompute it.
void event_hash(enum crypto_suite suite, int64_t tenant_id, const struct event *event, char out_hex[65]);

// What the platform asks a module about its subjects, per kind.
struct event_subject {
    const char *kind; // NULL ends a table
    // Who is concerned, for live streams: ids of places, persons, posts; up to max.
    enum err (*topics)(struct ctx *c, int64_t subject_id, int64_t *ret_topics, size_t max, size_t *ret_count);
    // May c->actor read it? ERR_NOT_FOUND when not. Guards what is attached to it (pictures, voice).
    enum err (*may_read)(struct ctx *c, int64_t subject_id);
};
// Looked up in the modules of c->house; NULL when no module has the kind.
const struct event_subject *event_subject_of(struct ctx *c, struct str kind);
