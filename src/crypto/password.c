// SPDX-License-Identifier: MulanPSL-2.0
#include "crypto/crypto_private.h"

#include <argon2.h>
#include <string.h>

#define PASSES 2
#define MEMORY_KIB (19 * 1024)
#define LANES 1
#define SALT_BYTES 16
#define ENCODED_BYTES 160
#define PASSWORD_MAX_BYTES 1024

enum err password_hash(struct ctx *c, struct str password, struct str *ret_encoded)
{
    if (password.n > PASSWORD_MAX_BYTES)
        return fail_field(c, ERR_INVALID, "field.too_long", STR("password"));
    unsigned char salt[SALT_BYTES];
    char encoded[ENCODED_BYTES];
    crypto_random(salt, sizeof(salt));
    int result = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.p, password.n, salt, sizeof(salt),
                                       HASH_BYTES, encoded, sizeof(encoded));
    if (result == ARGON2_MEMORY_ALLOCATION_ERROR)
        return fail(c, ERR_BUSY, "crypto.no_memory");
    if (result != ARGON2_OK)
        crypto_die("argon2id");
    *ret_encoded = str_copy(c->arena, str_of(encoded));
    return OK;
}

bool password_matches(struct str encoded, struct str password)
{
    char z[ENCODED_BYTES];
    if (encoded.n == 0 || encoded.n >= sizeof(z) || password.n > PASSWORD_MAX_BYTES || memchr(encoded.p, 0, encoded.n))
        return false;
    memcpy(z, encoded.p, encoded.n);
    z[encoded.n] = 0;
    return argon2id_verify(z, password.p, password.n) == ARGON2_OK;
}

#define STEP_MS 30000
#define DIGITS 6

static void totp_at(struct str secret, int64_t step, char out[DIGITS])
{
    unsigned char counter[8];
    unsigned char hash[20];
    for (int i = 0; i < 8; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    EVP_MAC_CTX *mac = crypto_mac_keyed(crypto_algorithms()->hmac_sha1, secret.p, secret.n);
    crypto_mac_add(mac, counter, sizeof(counter));
    crypto_mac_end(mac, hash, sizeof(hash));
    // Dynamic truncation, RFC 4226 section 5.3.
    unsigned at = hash[19] & 15;
    uint32_t number =
        (uint32_t)(hash[at] & 0x7F) << 24 | (uint32_t)hash[at + 1] << 16 | (uint32_t)hash[at + 2] << 8 | hash[at + 3];
    for (int i = DIGITS - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
}

int64_t totp_match(struct str secret_bytes, struct str code, int64_t at_ms)
{
    if (code.n != DIGITS || secret_bytes.n == 0 || at_ms < 0)
        return -1;
    int64_t now = at_ms / STEP_MS;
    int64_t matched = -1;
    // Always all three, so that time tells nothing.
    for (int64_t step = now ? now - 1 : 0; step <= now + 1; step++) {
        char expected[DIGITS];
        totp_at(secret_bytes, step, expected);
        if (crypto_equal(expected, code.p, DIGITS))
            matched = step;
    }
    return matched;
}

struct str totp_code(struct arena *arena, struct str secret_bytes, int64_t at_ms)
{
    char code[DIGITS];
    totp_at(secret_bytes, at_ms / STEP_MS, code);
    return str_copy(arena, (struct str){code, DIGITS});
}
