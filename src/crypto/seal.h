// SPDX-License-Identifier: MulanPSL-2.0
// Sealing of personal fields. A box is: suite byte, key id, random IV, ciphertext, tag. Table, column and row id are
// authenticated with it, so a box moved to another row or column does not open.
#pragma once
#include "crypto/crypto.h"

struct keys;
struct field;
struct record;

// Reads DIR/keys (mode 0600), or makes it when create is set. Fails with crypto.keys_missing, crypto.keys_bad.
enum err keys_load(struct ctx *c, const char *dir, bool create, enum crypto_suite suite_when_new,
                   struct keys **ret_keys);
struct keys *keys_for_test(enum crypto_suite suite);
void keys_free(struct keys *keys); // wiped first
enum crypto_suite keys_suite(const struct keys *keys);

struct str seal_bytes(struct ctx *c, const char *table, const char *column, int64_t row_id, struct str clear);
// Fails with ERR_INTERNAL crypto.box_bad when the box was changed, moved or is of another key.
enum err open_bytes(struct ctx *c, const char *table, const char *column, int64_t row_id, struct str box,
                    struct str *ret_clear);
// The same by field table. Empty stays empty.
struct str seal_field(struct ctx *c, const struct record *record, const struct field *field, int64_t row_id,
                      struct str clear);
enum err open_field(struct ctx *c, const struct record *record, const struct field *field, int64_t row_id,
                    struct str box, struct str *ret_clear);
// A keyed hash by which equal values can be found (phone numbers, search tokens), as 32 hex digits. purpose keeps
// the spaces apart: "account.phone".
struct str blind(struct ctx *c, const char *purpose, struct str clear);
// A keyed 64-bit hash, for search tokens.
uint64_t blind64(struct ctx *c, const char *purpose, struct str clear);
