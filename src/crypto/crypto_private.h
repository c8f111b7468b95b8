// SPDX-License-Identifier: MulanPSL-2.0
// What the files of this folder share and nobody else sees.
#pragma once
#include "crypto/seal.h"

#include <openssl/evp.h>

// OpenSSL 3 looks an algorithm up by name at a cost greater than that of using it. Here each is looked up once in the
// life of the process and never changed afterwards, so threads may share it.
struct algorithms {
    EVP_MD *hash[2];         // by enum crypto_suite
    EVP_MAC_CTX *hmac[2];    // digest set, no key: to be copied
    EVP_CIPHER *aes_256_gcm; // SUITE_STD
    EVP_CIPHER *sm4_ctr;     // SUITE_SM
    EVP_MAC_CTX *hmac_sha1;  // RFC 6238 only
};
const struct algorithms *crypto_algorithms(void);
// Ends the process: the library cannot do what it did a moment ago, or memory is out.
_Noreturn void crypto_die(const char *what);
// A fresh context with the key set, to be freed by the caller.
EVP_MAC_CTX *crypto_mac_keyed(const EVP_MAC_CTX *unkeyed, const void *key, size_t n);
void crypto_mac_add(EVP_MAC_CTX *mac, const void *bytes, size_t n);
void crypto_mac_end(EVP_MAC_CTX *mac, unsigned char *out, size_t n); // frees mac

#define MASTER_BYTES 32
#define MAX_KEYS 64

// What is derived from one master key.
struct key {
    unsigned char id; // 1 to 255
    unsigned char aes[32];
    unsigned char sm4[16];
    EVP_MAC_CTX *sm_mac; // HMAC-SM3, keyed; to be copied
};

struct keys {
    enum crypto_suite suite; // of new boxes and of blind()
    struct key keys[MAX_KEYS];
    size_t count;        // the last seals; all open
    EVP_MAC_CTX *blinds; // keyed from the first key, so that indexes outlive a new key
};
