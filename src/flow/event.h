// SPDX-License-Identifier: MulanPSL-2.0
// The event log: everything that happens, told once. An event is written in the transaction of the change it tells
// of; without it the change does not happen. Events of one subject form a hash chain; each minute's events are sealed
// under a Merkle root, the seals of a tenant form a chain of their own. Timeline, audit, notices, live streams and
// figures are readings of this log.
#pragma once
#include "base/ctx.h"
#include "base/field.h"
#include "crypto/crypto.h"
#include "store/store.h"
#include "json/json.h"

#define EVENT_FIELDS(F, S)                                                                                             \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ADMIN, .doc = "Ordered by time")                                     \
    F(S, TIME, at_ms, .read = READ_ADMIN, .doc = "When it happened")                                                   \
    F(S, ID, actor_id, .read = READ_ADMIN, .doc = "Who did it; null: the system")                                      \
    F(S, TEXT, actor_role, .read = READ_ADMIN, .doc = "As what they did it")                                           \
    F(S, TEXT, subject_kind, .read = READ_ADMIN, .doc = "Kind of its subject")                                         \
    F(S, ID, subject_id, .read = READ_ADMIN, .doc = "What it happened to")                                             \
    F(S, TEXT, type, .read = READ_ADMIN, .doc = "What happened")                                                       \
    F(S, TEXT, data, .read = READ_ADMIN, .max = EVENT_DATA_MAX,                                                        \
      .doc = "Particulars, a JSON object; nothing personal in clear")                                                  \
    F(S, TEXT, prev_hash, .read = READ_ADMIN, .doc = "Hash of the subject's event before; empty for its first")        \
    F(S, TEXT, hash, .read = READ_ADMIN, .doc = "Hash of this event")
struct event {
    EVENT_FIELDS(FIELD_MEMBER, event)
};
extern const struct record event_record;
#define EVENT_DATA_MAX 32768 // bytes
#define EVENT_NOTE_MAX 2000  // code points

// data: a JSON object, or empty for {}. *ret_id may be NULL. The id's time is the clock's at this moment, never one
// that is sealed and never before the subject's newest event, so a chain grows in order of its ids. Another
// process that writes an event of the same subject meanwhile makes the transaction run again (the store sees to that).
enum err event_append(struct ctx *c, const char *subject_kind, int64_t subject_id, const char *type, struct str data,
                      int64_t *ret_id);
// The same for something that happened earlier (imports) or that somebody else did: at_ms, actor_id and actor_role are
// taken from given as well (at_ms 0: now; actor_role empty: that of c->actor). id and hashes in it are ignored.
enum err event_append_as(struct ctx *c, const struct event *given, int64_t *ret_id);
// Oldest first, after after_id, at most max.
enum err event_list(struct ctx *c, const char *subject_kind, int64_t subject_id, int64_t after_id, size_t max,
                    struct rows *ret_rows);
// For audit: newest first, before before_id (0: from the newest); what is 0 or empty does not narrow.
struct event_filter {
    struct str subject_kind;
    int64_t subject_id;
    struct str type;
    int64_t actor_id;
    int64_t before_id;
};
enum err event_search(struct ctx *c, const struct event_filter *filter, size_t max, struct rows *ret_rows);
// The hash of an event given its predecessor's: SHA-256 or SM3 of a length-prefixed, fixed-order encoding
// (docs/decisions/0002-event-hash.md), so an outsider can recompute it.
void event_hash(enum crypto_suite suite, int64_t tenant_id, const struct event *event, char out_hex[65]);

// A note is what a person wrote freely; it may name anybody. So it lies in data as a box in hex, member "note_box",
// sealed under the subject. Writes that member into the open object; an empty note writes nothing.
void event_note_put(struct ctx *c, struct json_writer *w, int64_t subject_id, struct str note);
// The note in clear, empty when there is none. Only for those who may read the subject: the caller has checked it.
enum err event_note_open(struct ctx *c, const struct event *event, struct str *ret_note);

// What the platform asks a module about its subjects, per kind.
struct event_subject {
    const char *kind; // NULL ends a table
    // Who is concerned, for live streams: ids of places, persons, posts; up to max. NULL: nobody is told.
    enum err (*topics)(struct ctx *c, int64_t subject_id, int64_t *ret_topics, size_t max, size_t *ret_count);
    // May c->actor read it? ERR_NOT_FOUND when not. Guards what is attached to it (pictures, voice).
    enum err (*may_read)(struct ctx *c, int64_t subject_id);
};
// What a module does at once, in the same write, when something happened to another's subject: what it keeps of that
// subject follows. Bounded: what may be many is left to a job. An error undoes the change that is told of.
struct event_hearer {
    const char *type; // of the event; NULL ends a table
    enum err (*hear)(struct ctx *c, const struct event *event);
};
// Looked up in the modules of c->house; NULL when no module has the kind.
const struct event_subject *event_subject_of(struct ctx *c, struct str kind);
