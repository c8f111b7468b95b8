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

struct event_head {
    struct str subject_kind;
    int64_t subject_id;
    int64_t last_id;
    struct str last_hash;
    int64_t count;
};
extern const struct record event_head_record;

struct event_seal {
    int64_t id; // the minute: ms since 1970 / 60,000
    int64_t first_id, last_id, count;
    struct str root; // Merkle root over the events' hashes in order of id
    struct str prev_hash, hash;
};
extern const struct record event_seal_record;

struct event_seal_head {
    int64_t seal_id;
    struct str seal_hash;
    int64_t sealed_to; // the greatest id the sealed minute could hold
    int64_t count;     // of seals
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
