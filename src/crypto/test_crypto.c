// SPDX-License-Identifier: MulanPSL-2.0
// Published vectors: GB/T 32905-2016 appendix A (SM3), FIPS 180 and RFC 4231 (SHA-256), RFC 4648 (base32), RFC 6238.
#include "crypto/crypto.h"

#include "base/test.h"

#include <string.h>

static void assert_bytes(struct arena *arena, const void *got, const char *hex)
{
    assert_true(str_equal_z(str_hex(arena, got, strlen(hex) / 2), hex));
}

static void hashes(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    unsigned char hash[HASH_BYTES];
    crypto_hash(SUITE_STD, STR("abc"), hash);
    assert_bytes(c.arena, hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    crypto_hash(SUITE_STD, (struct str){NULL, 0}, hash);
    assert_bytes(c.arena, hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    crypto_hash(SUITE_SM, STR("abc"), hash);
    assert_bytes(c.arena, hash, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    crypto_hash(SUITE_SM, STR("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd"), hash);
    assert_bytes(c.arena, hash, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    arena_free(c.arena);
}

// HMAC by its definition in RFC 2104, from the hash alone.
static void hmac_by_hand(enum crypto_suite suite, struct str key, struct str bytes, unsigned char out[HASH_BYTES])
{
    static char text[64 + 1000];
    unsigned char inner[HASH_BYTES];
    unsigned char short_key[HASH_BYTES];
    if (key.n > 64) {
        crypto_hash(suite, key, short_key);
        key = (struct str){(const char *)short_key, HASH_BYTES};
    }
    for (size_t i = 0; i < 64; i++)
        text[i] = (char)((i < key.n ? key.p[i] : 0) ^ 0x36);
    memcpy(text + 64, bytes.p, bytes.n);
    crypto_hash(suite, (struct str){text, 64 + bytes.n}, inner);
    for (size_t i = 0; i < 64; i++)
        text[i] = (char)((i < key.n ? key.p[i] : 0) ^ 0x5C);
    memcpy(text + 64, inner, HASH_BYTES);
    crypto_hash(suite, (struct str){text, 64 + HASH_BYTES}, out);
}

static void hmacs(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    unsigned char mac[HASH_BYTES];
    unsigned char expected[HASH_BYTES];
    crypto_hmac(SUITE_STD, STR("Jefe"), STR("what do ya want for nothing?"), mac);
    assert_bytes(c.arena, mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    struct random random = test_random();
    for (int i = 0; i < 500; i++) {
        char key[100];
        char text[200];
        struct str k = {key, (size_t)random_between(&random, 0, 100)};
        struct str t = {text, (size_t)random_between(&random, 0, 200)};
        crypto_random(key, sizeof(key));
        crypto_random(text, sizeof(text));
        for (int suite = 0; suite < 2; suite++) {
            crypto_hmac((enum crypto_suite)suite, k, t, mac);
            hmac_by_hand((enum crypto_suite)suite, k, t, expected);
            assert_memory_equal(mac, expected, HASH_BYTES);
        }
    }
    arena_free(c.arena);
}

static void encodings(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const base32[] = {"", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"};
    static const char *const base64[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    struct str back;
    for (size_t i = 0; i < 7; i++) {
        assert_true(str_equal_z(crypto_base32(c.arena, plain[i], strlen(plain[i])), base32[i]));
        assert_true(str_equal_z(crypto_base64url(c.arena, plain[i], strlen(plain[i])), base64[i]));
        assert_true(crypto_base32_decode(c.arena, str_of(base32[i]), &back));
        assert_true(str_equal_z(back, plain[i]));
    }
    assert_true(str_equal_z(crypto_base64url(c.arena, "\xFB\xFF\xFE", 3), "-__-"));
    assert_true(crypto_base32_decode(c.arena, STR("mzxw6yq="), &back));
    assert_true(str_equal_z(back, "foob"));
    static const char *const bad[] = {"M", "MZX", "MZXW6Y", "MZ1", "M Y", "MZ", "MY======x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(crypto_base32_decode(c.arena, str_of(bad[i]), &back));
    struct random random = test_random();
    for (int64_t i = 0; i < test_cases(5000); i++) {
        char bytes[40];
        size_t n = (size_t)random_between(&random, 0, 40);
        crypto_random(bytes, n);
        assert_true(crypto_base32_decode(c.arena, crypto_base32(c.arena, bytes, n), &back));
        assert_true(str_equal(back, (struct str){bytes, n}));
        arena_reset(c.arena);
    }
    arena_free(c.arena);
}

static void passwords(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    struct str first;
    struct str second;
    assert_int_equal(password_hash(&c, STR("正确的马 battery"), &first), OK);
    assert_int_equal(password_hash(&c, STR("正确的马 battery"), &second), OK);
    assert_true(str_starts_with(first, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_false(str_equal(first, second)); // another salt
    assert_true(password_matches(first, STR("正确的马 battery")));
    assert_false(password_matches(first, STR("正确的马 batterz")));
    assert_false(password_matches(first, STR("")));
    assert_false(password_matches(STR(""), STR("x")));
    assert_false(password_matches(STR("$argon2id$v=19$m=19456"), STR("x")));
    assert_false(password_matches(STR("nonsense"), STR("x")));
    static char large[2000];
    assert_int_equal(password_hash(&c, (struct str){large, sizeof(large)}, &first), ERR_INVALID);
    assert_false(password_matches((struct str){large, sizeof(large)}, STR("x")));
    arena_free(c.arena);
}

static void one_time_codes(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    struct str secret = STR("12345678901234567890");
    // RFC 6238 appendix B, the last six of its eight digits.
    static const struct {
        int64_t at_s;
        const char *code;
    } cases[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t at = cases[i].at_s * 1000;
        struct str code = str_of(cases[i].code);
        assert_true(str_equal(totp_code(c.arena, secret, at), code));
        assert_int_equal(totp_match(secret, code, at), at / 30000);
        assert_int_equal(totp_match(secret, code, at + 30000), at / 30000);
        assert_int_equal(totp_match(secret, code, at - 30000), at / 30000);
        assert_int_equal(totp_match(secret, code, at + 60000), -1);
        assert_int_equal(totp_match(secret, code, at - 60000), -1);
        assert_int_equal(totp_match(secret, (struct str){code.p, 5}, at), -1);
    }
    assert_int_equal(totp_match(secret, STR(""), 59000), -1);
    assert_int_equal(totp_match(STR(""), STR("287082"), 59000), -1);
    arena_free(c.arena);
}

static void comparing(void **state)
{
    (void)state;
    assert_true(crypto_equal("abc", "abc", 3));
    assert_false(crypto_equal("abc", "abd", 3));
    assert_true(crypto_equal(NULL, NULL, 0));
    unsigned char a[32];
    unsigned char b[32];
    crypto_random(a, sizeof(a));
    crypto_random(b, sizeof(b));
    assert_false(crypto_equal(a, b, sizeof(a)));
    crypto_wipe(a, sizeof(a));
    for (size_t i = 0; i < sizeof(a); i++)
        assert_int_equal(a[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),    cmocka_unit_test(hmacs),          cmocka_unit_test(encodings),
        cmocka_unit_test(passwords), cmocka_unit_test(one_time_codes), cmocka_unit_test(comparing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
