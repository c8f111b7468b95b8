// SPDX-License-Identifier: MulanPSL-2.0
// Primitives, over OpenSSL, libargon2 and the kernel's random numbers. Two suites: "std" AES-256-GCM with SHA-256, and
// "sm" SM4-CTR + HMAC-SM3 (encrypt-then-MAC) with SM3. The suite is chosen once per installation.
#pragma once
#include "base/ctx.h"

enum crypto_suite { SUITE_STD, SUITE_SM };
#define HASH_BYTES 32

void crypto_random(void *out, size_t n); // aborts when the kernel gives none
void crypto_hash(enum crypto_suite suite, struct str bytes, unsigned char out[HASH_BYTES]);
void crypto_hmac(enum crypto_suite suite, struct str key, struct str bytes, unsigned char out[HASH_BYTES]);
bool crypto_equal(const void *a, const void *b, size_t n); // constant time
void crypto_wipe(void *p, size_t n);
struct str crypto_base64url(struct arena *arena, const void *bytes, size_t n); // no padding
struct str crypto_base32(struct arena *arena, const void *bytes, size_t n);    // RFC 4648, no padding
bool crypto_base32_decode(struct arena *arena, struct str text, struct str *ret_bytes);

// argon2id, 19 MiB, 2 passes, 1 lane (OWASP's floor); the encoded string holds its own parameters.
enum err password_hash(struct ctx *c, struct str password, struct str *ret_encoded);
bool password_matches(struct str encoded, struct str password);
// RFC 6238, SHA-1 as authenticator apps expect, 30 s steps, 6 digits, one step of grace either side. Returns the step
// that matched (to refuse its reuse), or -1.
int64_t totp_match(struct str secret_bytes, struct str code, int64_t at_ms);
struct str totp_code(struct arena *arena, struct str secret_bytes, int64_t at_ms);
