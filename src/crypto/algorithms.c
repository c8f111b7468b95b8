// SPDX-License-Identifier: MulanPSL-2.0
#include "crypto/crypto_private.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void crypto_die(const char *what)
{
    fprintf(stderr, "crypto: %s failed\n", what);
    abort();
}

static EVP_MAC_CTX *hmac_with(EVP_MAC *hmac, const char *digest)
{
    char name[16];
    snprintf(name, sizeof(name), "%s", digest);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *mac = EVP_MAC_CTX_new(hmac);
    if (!mac || !EVP_MAC_CTX_set_params(mac, params))
        crypto_die(digest);
    return mac;
}

// Written once under pthread_once, read-only afterwards.
static struct algorithms algorithms;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void look_up(void)
{
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    algorithms.hash[SUITE_STD] = EVP_MD_fetch(NULL, "SHA256", NULL);
    algorithms.hash[SUITE_SM] = EVP_MD_fetch(NULL, "SM3", NULL);
    algorithms.aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    algorithms.sm4_ctr = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
    if (!hmac || !algorithms.hash[SUITE_STD] || !algorithms.hash[SUITE_SM] || !algorithms.aes_256_gcm ||
        !algorithms.sm4_ctr)
        crypto_die("looking up SHA-256, SM3, HMAC, AES-256-GCM, SM4-CTR");
    algorithms.hmac[SUITE_STD] = hmac_with(hmac, "SHA256");
    algorithms.hmac[SUITE_SM] = hmac_with(hmac, "SM3");
    algorithms.hmac_sha1 = hmac_with(hmac, "SHA1");
    EVP_MAC_free(hmac); // the contexts hold it
}

const struct algorithms *crypto_algorithms(void)
{
    if (pthread_once(&once, look_up))
        crypto_die("pthread_once");
    return &algorithms;
}

EVP_MAC_CTX *crypto_mac_keyed(const EVP_MAC_CTX *unkeyed, const void *key, size_t n)
{
    static const unsigned char no_key[1];
    EVP_MAC_CTX *mac = EVP_MAC_CTX_dup(unkeyed);
    if (!mac || !EVP_MAC_init(mac, n ? key : no_key, n, NULL))
        crypto_die("HMAC");
    return mac;
}

void crypto_mac_add(EVP_MAC_CTX *mac, const void *bytes, size_t n)
{
    if (n && !EVP_MAC_update(mac, bytes, n))
        crypto_die("HMAC");
}

void crypto_mac_end(EVP_MAC_CTX *mac, unsigned char *out, size_t n)
{
    size_t written = 0;
    if (!EVP_MAC_final(mac, out, &written, n) || written != n)
        crypto_die("HMAC");
    EVP_MAC_CTX_free(mac);
}
