// SPDX-License-Identifier: MulanPSL-2.0
#include "crypto/crypto_private.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <sys/random.h>

void crypto_random(void *out, size_t n)
{
    unsigned char *to = out;
    while (n) {
        ssize_t got = getrandom(to, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            crypto_die("getrandom");
        to += got;
        n -= (size_t)got;
    }
}

void crypto_hash(enum crypto_suite suite, struct str bytes, unsigned char out[HASH_BYTES])
{
    if (!EVP_Digest(bytes.p, bytes.n, out, NULL, crypto_algorithms()->hash[suite], NULL))
        crypto_die("hash");
}

void crypto_hmac(enum crypto_suite suite, struct str key, struct str bytes, unsigned char out[HASH_BYTES])
{
    EVP_MAC_CTX *mac = crypto_mac_keyed(crypto_algorithms()->hmac[suite], key.p, key.n);
    crypto_mac_add(mac, bytes.p, bytes.n);
    crypto_mac_end(mac, out, HASH_BYTES);
}

bool crypto_equal(const void *a, const void *b, size_t n)
{
    return n == 0 || CRYPTO_memcmp(a, b, n) == 0;
}

void crypto_wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}
