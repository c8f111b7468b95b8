// SPDX-License-Identifier: MulanPSL-2.0
// The key file: "suite std|sm", then "key ID HEX" for each master key, oldest first; # begins a comment. The last key
// seals. Keys for each purpose are derived with HKDF, so that no key serves two algorithms.
#include "crypto/crypto_private.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES 16384

static void derive(const char *digest, const unsigned char master[MASTER_BYTES], const char *purpose, void *out,
                   size_t n)
{
    char name[16];
    unsigned char secret[MASTER_BYTES];
    char info[64];
    snprintf(name, sizeof(name), "%s", digest);
    memcpy(secret, master, sizeof(secret));
    snprintf(info, sizeof(info), "linli 1 %s", purpose);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, sizeof(secret)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(info)),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    if (!context || EVP_KDF_derive(context, out, n, params) <= 0)
        crypto_die("HKDF");
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    crypto_wipe(secret, sizeof(secret));
}

static void add_key(struct keys *keys, unsigned char id, const unsigned char master[MASTER_BYTES])
{
    const struct algorithms *algorithms = crypto_algorithms();
    struct key *key = &keys->keys[keys->count++];
    unsigned char mac_key[32];
    key->id = id;
    derive("SHA256", master, "seal aes-256-gcm", key->aes, sizeof(key->aes));
    derive("SM3", master, "seal sm4-ctr", key->sm4, sizeof(key->sm4));
    derive("SM3", master, "seal hmac-sm3", mac_key, sizeof(mac_key));
    key->sm_mac = crypto_mac_keyed(algorithms->hmac[SUITE_SM], mac_key, sizeof(mac_key));
    if (!keys->blinds) {
        derive(keys->suite == SUITE_SM ? "SM3" : "SHA256", master, "blind", mac_key, sizeof(mac_key));
        keys->blinds = crypto_mac_keyed(algorithms->hmac[keys->suite], mac_key, sizeof(mac_key));
    }
    crypto_wipe(mac_key, sizeof(mac_key));
}

static struct keys *keys_new(enum crypto_suite suite)
{
    struct keys *keys = calloc(1, sizeof(*keys));
    if (!keys)
        abort();
    keys->suite = suite;
    return keys;
}

void keys_free(struct keys *keys)
{
    if (!keys)
        return;
    for (size_t i = 0; i < keys->count; i++)
        EVP_MAC_CTX_free(keys->keys[i].sm_mac);
    EVP_MAC_CTX_free(keys->blinds);
    crypto_wipe(keys, sizeof(*keys));
    free(keys);
}

enum crypto_suite keys_suite(const struct keys *keys)
{
    return keys->suite;
}

struct keys *keys_for_test(enum crypto_suite suite)
{
    struct keys *keys = keys_new(suite);
    unsigned char master[MASTER_BYTES];
    for (unsigned i = 0; i < MASTER_BYTES; i++)
        master[i] = (unsigned char)(i + 1);
    add_key(keys, 1, master);
    return keys;
}

static enum err bad(struct ctx *c, const char *why)
{
    return fail_with(c, ERR_INTERNAL, "crypto.keys_bad", str_of(why), STR(""));
}

static enum err read_key(struct ctx *c, struct keys *keys, struct str rest)
{
    struct str id_text = str_cut(&rest, ' ');
    int64_t id;
    struct str master;
    if (keys->count == MAX_KEYS)
        return bad(c, "too many keys");
    if (!str_to_int64(id_text, &id) || id < 1 || id > 255)
        return bad(c, "a key id is not a number from 1 to 255");
    for (size_t i = 0; i < keys->count; i++)
        if (keys->keys[i].id == id)
            return bad(c, "a key id occurs twice");
    if (rest.n != (size_t)2 * MASTER_BYTES || !str_from_hex(c->arena, rest, &master))
        return bad(c, "a key is not 64 hexadecimal digits");
    unsigned char bytes[MASTER_BYTES];
    memcpy(bytes, master.p, sizeof(bytes));
    add_key(keys, (unsigned char)id, bytes);
    crypto_wipe(bytes, sizeof(bytes));
    // The copy in the arena is ours alone and about to be forgotten.
    char *copy;
    memcpy(&copy, &master.p, sizeof(copy));
    crypto_wipe(copy, master.n);
    return OK;
}

static enum err parse(struct ctx *c, struct str text, struct keys *keys)
{
    bool has_suite = false;
    while (text.n) {
        struct str line = str_cut(&text, '\n');
        struct str rest = str_trim(str_cut(&line, '#'));
        if (rest.n == 0)
            continue;
        struct str verb = str_cut(&rest, ' ');
        if (str_equal_z(verb, "key") && has_suite) {
            TRY(read_key(c, keys, rest));
        } else if (str_equal_z(verb, "suite") && !has_suite && (str_equal_z(rest, "std") || str_equal_z(rest, "sm"))) {
            keys->suite = str_equal_z(rest, "sm") ? SUITE_SM : SUITE_STD;
            has_suite = true;
        } else {
            return bad(c, "a line is neither suite std, suite sm nor a key, or the suite does not come first");
        }
    }
    return keys->count ? OK : bad(c, "no key in it");
}

// Reads the whole file into text. The caller wipes it.
static enum err read_file(struct ctx *c, int fd, char text[FILE_MAX_BYTES], size_t *ret_n)
{
    struct stat about;
    if (fstat(fd, &about) || !S_ISREG(about.st_mode))
        return bad(c, "not an ordinary file");
    if (about.st_mode & (S_IRWXG | S_IRWXO))
        return bad(c, "others may read or write it: chmod 600");
    if (about.st_uid != geteuid() && about.st_uid != 0)
        return bad(c, "it belongs to another user");
    size_t n = 0;
    for (;;) {
        ssize_t got = read(fd, text + n, FILE_MAX_BYTES - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return bad(c, "it cannot be read");
        if (got == 0)
            break;
        n += (size_t)got;
        if (n == FILE_MAX_BYTES)
            return bad(c, "too long");
    }
    *ret_n = n;
    return OK;
}

static bool write_all(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t written = write(fd, text, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        n -= (size_t)written;
    }
    return fsync(fd) == 0;
}

static void sync_folder(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

// Written aside, then linked into place: never half a file, and never over the file of a process that was faster.
static enum err create_file(struct ctx *c, const char *dir, const char *path, enum crypto_suite suite)
{
    unsigned char master[MASTER_BYTES];
    char text[256];
    crypto_random(master, sizeof(master));
    int n = snprintf(text, sizeof(text),
                     "# Keys of the personal data. Keep a copy apart from the database: lost, the data is lost.\n"
                     "suite %s\nkey 1 ",
                     suite == SUITE_SM ? "sm" : "std");
    for (size_t i = 0; i < MASTER_BYTES; i++)
        n += snprintf(text + n, sizeof(text) - (size_t)n, "%02x", master[i]);
    text[n++] = '\n';
    crypto_wipe(master, sizeof(master));
    if (mkdir(dir, 0700) && errno != EEXIST)
        return bad(c, "its folder cannot be made");
    struct arena *arena = c->arena;
    const char *aside = str_z(arena, str_format(arena, "%s.new.%ld", path, (long)getpid()));
    unlink(aside);
    int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write_all(fd, text, (size_t)n);
    crypto_wipe(text, sizeof(text));
    if (fd >= 0)
        close(fd);
    if (good)
        good = link(aside, path) == 0 || errno == EEXIST;
    unlink(aside);
    sync_folder(dir);
    return good ? OK : bad(c, "it cannot be written");
}

enum err keys_load(struct ctx *c, const char *dir, bool create, enum crypto_suite suite_when_new,
                   struct keys **ret_keys)
{
    const char *path = str_z(c->arena, str_format(c->arena, "%s/keys", dir));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && create) {
        TRY(create_file(c, dir, path, suite_when_new));
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0 && errno == ENOENT)
        return fail_with(c, ERR_INTERNAL, "crypto.keys_missing", str_of(path), STR(""));
    if (fd < 0)
        return bad(c, "it cannot be opened");
    char text[FILE_MAX_BYTES];
    size_t n = 0;
    struct keys *keys = keys_new(SUITE_STD);
    enum err result = read_file(c, fd, text, &n);
    close(fd);
    if (result == OK)
        result = parse(c, (struct str){text, n}, keys);
    crypto_wipe(text, sizeof(text));
    if (result != OK) {
        keys_free(keys);
        return result;
    }
    *ret_keys = keys;
    return OK;
}
