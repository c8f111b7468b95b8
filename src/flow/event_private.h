// SPDX-License-Identifier: MulanPSL-2.0
// What event log, seals and proof share: the exact encodings (docs/decisions/0002-event-hash.md) and the rows of their
// tables. Not for other folders.
#pragma once
#include "base/buf.h"
#include "flow/event.h"

// "5:hello," — a number is written in decimal.
void netstring_str(struct buf *out, struct str s);
void netstring_int(struct buf *out, int64_t value);
void hash_text(enum crypto_suite suite, const struct buf *text, char out_hex[65]);
void hex_of_hash(const unsigned char hash[HASH_BYTES], char out_hex[65]);
bool hash_of_hex(struct str hex, unsigned char out[HASH_BYTES]); // false unless 64 lower-case hex digits

#define EVENT_HEAD_FIELDS(F, S)                                                                                        \
    F(S, TEXT, subject_kind, .flags = FIELD_KEY)                                                                       \
    F(S, ID, subject_id, .flags = FIELD_KEY)                                                                           \
    F(S, ID, last_id)                                                                                                  \
    F(S, TEXT, last_hash)                                                                                              \
    F(S, INT, count)
struct event_head {
    EVENT_HEAD_FIELDS(FIELD_MEMBER, event_head)
};
extern const struct record event_head_record;

#define EVENT_SEAL_FIELDS(F, S)                                                                                        \
    F(S, INT, id, .flags = FIELD_KEY, .doc = "The minute: ms since 1970 / 60,000")                                     \
    F(S, ID, first_id)                                                                                                 \
    F(S, ID, last_id)                                                                                                  \
    F(S, INT, count)                                                                                                   \
    F(S, TEXT, root, .doc = "Merkle root over the events' hashes in order of id")                                      \
    F(S, TEXT, prev_hash)                                                                                              \
    F(S, TEXT, hash)
struct event_seal {
    EVENT_SEAL_FIELDS(FIELD_MEMBER, event_seal)
};
extern const struct record event_seal_record;

#define EVENT_SEAL_HEAD_FIELDS(F, S)                                                                                   \
    F(S, INT, seal_id)                                                                                                 \
    F(S, TEXT, seal_hash)                                                                                              \
    F(S, INT, sealed_to, .doc = "The greatest id the sealed minute could hold")                                        \
    F(S, INT, count, .doc = "Of seals")
struct event_seal_head {
    EVENT_SEAL_HEAD_FIELDS(FIELD_MEMBER, event_seal_head)
};
extern const struct record event_seal_head_record;

void seal_hash(enum crypto_suite suite, int64_t tenant_id, const struct event_seal *seal, char out_hex[65]);
int64_t minute_of_id(int64_t id);
int64_t minute_last_id(int64_t minute);

// Merkle tree as in RFC 6962 section 2.1 (leaf H(0 ‖ hash), node H(1 ‖ left ‖ right)), built as a stream.
struct merkle {
    enum crypto_suite suite;
    uint64_t count;
    unsigned char at[64][HASH_BYTES]; // complete subtrees, one for each bit of count
};
void merkle_begin(struct merkle *merkle, enum crypto_suite suite);
void merkle_add(struct merkle *merkle, const unsigned char leaf[HASH_BYTES]);
void merkle_root(const struct merkle *merkle, unsigned char out[HASH_BYTES]); // count > 0

// Calls the hearers of every module, in their order (module.c).
enum err event_tell(struct ctx *c, const struct event *event);
