// SPDX-License-Identifier: MulanPSL-2.0
// Passwords and TOTP secrets: their rules, and their making.
#include "domain/account/account_internal.h"

#include <string.h>

#define PASSWORD_MIN 10 // code points
#define PASSWORD_MADE 16
#define TOTP_BYTES 20 // RFC 4226: at least 128 bits, 160 recommended

// What is tried first everywhere; all at least ten characters, as shorter ones are refused anyway.
static const char *const common_passwords[] = {
    "1234567890",    "0123456789",    "12345678910",  "0987654321",   "1111111111",   "0000000000",   "8888888888",
    "6666666666",    "1122334455",    "1234554321",   "1q2w3e4r5t",   "1qaz2wsx3edc", "qwertyuiop",   "qwerty12345",
    "qwerty123456",  "asdfghjkl;",    "zxcvbnm123",   "abcdefghij",   "abcd123456",   "abc1234567",   "a123456789",
    "aa12345678",    "aa123456789",   "password12",   "password123",  "password1234", "passw0rd123",  "p@ssw0rd123",
    "p@ssword123",   "administrator", "admin12345",   "admin123456",  "adminadmin",   "admin@1234",   "admin@12345",
    "root123456",    "test123456",    "welcome123",   "iloveyou123",  "letmein123",   "woaini1314",   "woaini520",
    "woaini5201314", "5201314520",    "1314520520",   "zhongguo123",  "nihao12345",   "shequ12345",   "wangge12345",
    "guizhou123",    "zunyi123456",   "linli12345",   "linli123456",  "changeme123",  "default123",   "1029384756",
    "q1w2e3r4t5",    "147258369a",    "123123123123", "123456123456", "123456789a",   "123456789abc", "1234567890a",
};

static bool one_character_repeated(struct str s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] != s.p[0])
            return false;
    return true;
}

enum err password_check(struct ctx *c, struct str password, struct str login, const char *field)
{
    struct str name = str_of(field);
    if (!utf8_valid(password) || utf8_count(password) > PASSWORD_MAX)
        return fail_field(c, ERR_INVALID, "account.password_too_long", name);
    if (utf8_count(password) < PASSWORD_MIN)
        return fail_field(c, ERR_INVALID, "account.password_short", name);
    struct str lower = str_lower(c->arena, password);
    bool common = one_character_repeated(lower);
    for (size_t i = 0; i < sizeof common_passwords / sizeof *common_passwords; i++)
        common |= str_equal_z(lower, common_passwords[i]);
    if (common || (login.n && str_find(lower, login, 0) != (size_t)-1))
        return fail_field(c, ERR_INVALID, "account.password_common", name);
    return OK;
}

// A hash of nothing anybody knows, of the same parameters as real ones.
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmUh$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

bool password_verify(struct str encoded, struct str password)
{
    if (utf8_count(password) > PASSWORD_MAX)
        password = (struct str){0};
    bool matches = password_matches(encoded.n ? encoded : STR(nobody), password);
    return matches && encoded.n;
}

// Without what the eye confuses; 31 letters, 79 bits.
static struct str random_password(struct ctx *c)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    const unsigned count = sizeof letters - 1;
    char *password = arena_alloc(c->arena, PASSWORD_MADE);
    for (size_t i = 0; i < PASSWORD_MADE;) {
        unsigned char byte;
        crypto_random(&byte, 1);
        if (byte < 256 / count * count) // no letter likelier than another
            password[i++] = letters[byte % count];
    }
    return (struct str){password, PASSWORD_MADE};
}

void totp_new(struct ctx *c, struct str *ret_bytes, struct str *ret_base32)
{
    char *totp = arena_alloc(c->arena, TOTP_BYTES);
    crypto_random(totp, TOTP_BYTES);
    *ret_bytes = (struct str){totp, TOTP_BYTES};
    *ret_base32 = crypto_base32(c->arena, totp, TOTP_BYTES);
}

enum err new_staff_prepare(struct ctx *c, struct new_staff *given, struct new_staff_secrets *ret_secrets)
{
    struct str login;
    TRY(login_read(c, given->login, &login));
    struct str password = given->password;
    if (password.n)
        TRY(password_check(c, password, login, "password"));
    else
        password = random_password(c);
    TRY(password_hash(c, password, &given->encoded));
    ret_secrets->password = password;
    if (!given->no_totp)
        totp_new(c, &given->totp_bytes, &ret_secrets->totp_base32);
    return OK;
}
