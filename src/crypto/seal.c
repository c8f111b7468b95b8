// SPDX-License-Identifier: MulanPSL-2.0
// A box: suite (1 byte), key id (1), IV (12 or 16), ciphertext, tag (16 or 32). Authenticated with it: suite, key id,
// table NUL, column NUL, row id (8 bytes). An IV is random; AES-GCM allows 2^32 boxes a key at that (NIST SP 800-38D
// section 8.3), after which a key is added to the key file.
#include "crypto/seal.h"

#include "base/field.h"
#include "crypto/crypto_private.h"

#include <limits.h>
#include <string.h>

#define HEAD_BYTES 2
#define GCM_IV_BYTES 12
#define GCM_TAG_BYTES 16
#define SM_IV_BYTES 16
#define SM_TAG_BYTES 32
#define CLEAR_MAX_BYTES (INT_MAX / 2)

struct place {
    unsigned char head[HEAD_BYTES];
    const char *table, *column;
    unsigned char row[8];
};

static struct place place_of(enum crypto_suite suite, unsigned char key_id, const char *table, const char *column,
                             int64_t row_id)
{
    struct place place = {.head = {(unsigned char)suite, key_id}, .table = table, .column = column};
    for (int i = 0; i < 8; i++)
        place.row[i] = (unsigned char)((uint64_t)row_id >> (56 - 8 * i));
    return place;
}

static void must(int result)
{
    if (result <= 0)
        crypto_die("cipher");
}

static void gcm_add_place(EVP_CIPHER_CTX *cipher, const struct place *place)
{
    int n;
    must(EVP_CipherUpdate(cipher, NULL, &n, place->head, HEAD_BYTES));
    must(EVP_CipherUpdate(cipher, NULL, &n, (const unsigned char *)place->table, (int)strlen(place->table) + 1));
    must(EVP_CipherUpdate(cipher, NULL, &n, (const unsigned char *)place->column, (int)strlen(place->column) + 1));
    must(EVP_CipherUpdate(cipher, NULL, &n, place->row, sizeof(place->row)));
}

static EVP_CIPHER_CTX *cipher_new(const EVP_CIPHER *cipher, const unsigned char *key, const unsigned char *iv,
                                  bool encrypt)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (!context)
        crypto_die("cipher");
    must(EVP_CipherInit_ex2(context, cipher, key, iv, encrypt, NULL));
    return context;
}

static void gcm_seal(const struct key *key, const struct place *place, const unsigned char *iv, struct str clear,
                     unsigned char *to)
{
    int n;
    EVP_CIPHER_CTX *cipher = cipher_new(crypto_algorithms()->aes_256_gcm, key->aes, iv, true);
    gcm_add_place(cipher, place);
    must(EVP_CipherUpdate(cipher, to, &n, (const unsigned char *)clear.p, (int)clear.n));
    must(EVP_CipherFinal_ex(cipher, to + clear.n, &n));
    must(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, GCM_TAG_BYTES, to + clear.n));
    EVP_CIPHER_CTX_free(cipher);
}

static bool gcm_open(const struct key *key, const struct place *place, const unsigned char *iv,
                     const unsigned char *sealed, size_t n, unsigned char *clear)
{
    int written;
    unsigned char tag[GCM_TAG_BYTES];
    EVP_CIPHER_CTX *cipher = cipher_new(crypto_algorithms()->aes_256_gcm, key->aes, iv, false);
    gcm_add_place(cipher, place);
    must(EVP_CipherUpdate(cipher, clear, &written, sealed, (int)n));
    memcpy(tag, sealed + n, sizeof(tag));
    must(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, GCM_TAG_BYTES, tag));
    bool good = EVP_CipherFinal_ex(cipher, clear + n, &written) > 0;
    EVP_CIPHER_CTX_free(cipher);
    return good;
}

static void sm_crypt(const struct key *key, const unsigned char *iv, const unsigned char *from, size_t n,
                     unsigned char *to, bool encrypt)
{
    int written;
    EVP_CIPHER_CTX *cipher = cipher_new(crypto_algorithms()->sm4_ctr, key->sm4, iv, encrypt);
    must(EVP_CipherUpdate(cipher, to, &written, from, (int)n));
    EVP_CIPHER_CTX_free(cipher);
}

// A copy of a context that has its key already.
static EVP_MAC_CTX *mac_begin(const EVP_MAC_CTX *keyed)
{
    EVP_MAC_CTX *mac = EVP_MAC_CTX_dup(keyed);
    if (!mac)
        crypto_die("HMAC");
    return mac;
}

// Over the place and everything in the box before the tag.
static void sm_tag(const struct key *key, const struct place *place, const unsigned char *iv_and_sealed, size_t n,
                   unsigned char tag[SM_TAG_BYTES])
{
    EVP_MAC_CTX *mac = mac_begin(key->sm_mac);
    crypto_mac_add(mac, place->head, HEAD_BYTES);
    crypto_mac_add(mac, place->table, strlen(place->table) + 1);
    crypto_mac_add(mac, place->column, strlen(place->column) + 1);
    crypto_mac_add(mac, place->row, sizeof(place->row));
    crypto_mac_add(mac, iv_and_sealed, n);
    crypto_mac_end(mac, tag, SM_TAG_BYTES);
}

struct str seal_bytes(struct ctx *c, const char *table, const char *column, int64_t row_id, struct str clear)
{
    const struct keys *keys = c->house->keys;
    const struct key *key = &keys->keys[keys->count - 1];
    bool sm = keys->suite == SUITE_SM;
    size_t iv_bytes = sm ? SM_IV_BYTES : GCM_IV_BYTES;
    size_t tag_bytes = sm ? SM_TAG_BYTES : GCM_TAG_BYTES;
    if (clear.n > CLEAR_MAX_BYTES)
        crypto_die("sealing more than a gigabyte");
    size_t n = HEAD_BYTES + iv_bytes + clear.n + tag_bytes;
    unsigned char *box = arena_alloc(c->arena, n);
    unsigned char *iv = box + HEAD_BYTES;
    unsigned char *sealed = iv + iv_bytes;
    struct place place = place_of(keys->suite, key->id, table, column, row_id);
    memcpy(box, place.head, HEAD_BYTES);
    crypto_random(iv, iv_bytes);
    if (sm) {
        sm_crypt(key, iv, (const unsigned char *)clear.p, clear.n, sealed, true);
        sm_tag(key, &place, iv, iv_bytes + clear.n, sealed + clear.n);
    } else {
        gcm_seal(key, &place, iv, clear, sealed);
    }
    return (struct str){(const char *)box, n};
}

static const struct key *key_of(const struct keys *keys, unsigned char id)
{
    for (size_t i = 0; i < keys->count; i++)
        if (keys->keys[i].id == id)
            return &keys->keys[i];
    return NULL;
}

enum err open_bytes(struct ctx *c, const char *table, const char *column, int64_t row_id, struct str box,
                    struct str *ret_clear)
{
    const unsigned char *p = (const unsigned char *)box.p;
    if (box.n < HEAD_BYTES || box.n > CLEAR_MAX_BYTES || p[0] > SUITE_SM)
        return fail(c, ERR_INTERNAL, "crypto.box_bad");
    bool sm = p[0] == SUITE_SM;
    size_t iv_bytes = sm ? SM_IV_BYTES : GCM_IV_BYTES;
    size_t tag_bytes = sm ? SM_TAG_BYTES : GCM_TAG_BYTES;
    const struct key *key = key_of(c->house->keys, p[1]);
    if (!key || box.n < HEAD_BYTES + iv_bytes + tag_bytes)
        return fail(c, ERR_INTERNAL, "crypto.box_bad");
    const unsigned char *iv = p + HEAD_BYTES;
    const unsigned char *sealed = iv + iv_bytes;
    size_t n = box.n - HEAD_BYTES - iv_bytes - tag_bytes;
    unsigned char *clear = arena_alloc(c->arena, n + 1);
    struct place place = place_of(sm ? SUITE_SM : SUITE_STD, key->id, table, column, row_id);
    bool good;
    if (sm) {
        unsigned char tag[SM_TAG_BYTES];
        sm_tag(key, &place, iv, iv_bytes + n, tag);
        good = crypto_equal(tag, sealed + n, sizeof(tag));
        if (good)
            sm_crypt(key, iv, sealed, n, clear, false);
    } else {
        good = gcm_open(key, &place, iv, sealed, n, clear);
    }
    if (!good) {
        crypto_wipe(clear, n);
        return fail(c, ERR_INTERNAL, "crypto.box_bad");
    }
    *ret_clear = (struct str){(const char *)clear, n};
    return OK;
}

struct str seal_field(struct ctx *c, const struct record *record, const struct field *field, int64_t row_id,
                      struct str clear)
{
    return clear.n ? seal_bytes(c, record->table ? record->table : record->name, field->name, row_id, clear)
                   : (struct str){"", 0};
}

enum err open_field(struct ctx *c, const struct record *record, const struct field *field, int64_t row_id,
                    struct str box, struct str *ret_clear)
{
    if (box.n == 0) {
        *ret_clear = (struct str){"", 0};
        return OK;
    }
    return open_bytes(c, record->table ? record->table : record->name, field->name, row_id, box, ret_clear);
}

static void blind_hash(struct ctx *c, const char *purpose, struct str clear, unsigned char out[HASH_BYTES])
{
    EVP_MAC_CTX *mac = mac_begin(c->house->keys->blinds);
    crypto_mac_add(mac, purpose, strlen(purpose) + 1);
    crypto_mac_add(mac, clear.p, clear.n);
    crypto_mac_end(mac, out, HASH_BYTES);
}

struct str blind(struct ctx *c, const char *purpose, struct str clear)
{
    unsigned char hash[HASH_BYTES];
    blind_hash(c, purpose, clear, hash);
    return str_hex(c->arena, hash, 16);
}

uint64_t blind64(struct ctx *c, const char *purpose, struct str clear)
{
    unsigned char hash[HASH_BYTES];
    uint64_t value = 0;
    blind_hash(c, purpose, clear, hash);
    for (int i = 0; i < 8; i++)
        value = value << 8 | hash[i];
    return value;
}
