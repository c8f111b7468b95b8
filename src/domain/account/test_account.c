// SPDX-License-Identifier: MulanPSL-2.0
// Signing in and one's own page.
#include "base/log.h"
#include "domain/account/account_internal.h"
#include "domain/account/test_account_util.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

#define EACH_ENGINE(c_)                                                                                                \
    for (const char *const *engine = test_engines(); *engine; engine++)                                                \
        for (struct ctx *c_ = open_account_test(*engine); c_; test_ctx_free(c_), c_ = NULL)

static void statements_keep_the_contract(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        assert_int_equal(account_contract_faults(c), 0);
    }
}

// --- residents -----------------------------------------------------------------------------------------------------
// The code that the demo writes to its log.
static const char *ask_code(struct ctx *c, const char *phone, struct answer *ret_answer)
{
    char path[] = "/tmp/linli-code-XXXXXX", text[1024] = {0};
    int file = mkstemp(path), saved = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    log_set_level(LOG_INFO);
    struct str body = str_format(c->arena, "{\"phone\":\"%s\",\"consent_version\":\"%s\"}", phone, CONSENT_VERSION);
    *ret_answer = call(c, "POST", "/api/v1/auth/code", NULL, str_z(c->arena, body));
    log_set_level(LOG_WARN);
    dup2(saved, STDERR_FILENO);
    ssize_t n = pread(file, text, sizeof text - 1, 0);
    close(file);
    close(saved);
    unlink(path);
    const char *at = n > 0 ? strstr(text, "code=") : NULL;
    assert_null(strstr(text, phone));
    return at ? str_z(c->arena, (struct str){at + 5, 6}) : NULL;
}

static struct answer enter(struct ctx *c, const char *phone, const char *code)
{
    struct str body = str_format(c->arena, "{\"phone\":\"%s\",\"code\":\"%s\"}", phone, code);
    return call(c, "POST", "/api/v1/auth/resident", NULL, str_z(c->arena, body));
}

static void the_notice_comes_first(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        const char *const bodies[] = {"{\"phone\":\"19900006001\"}",
                                      "{\"phone\":\"19900006001\",\"consent_version\":\"\"}",
                                      "{\"phone\":\"19900006001\",\"consent_version\":\"old\"}"};
        for (size_t i = 0; i < 3; i++) {
            struct answer refused = call(c, "POST", "/api/v1/auth/code", NULL, bodies[i]);
            expect_status(refused, 400);
            assert_string_equal(refused.key, "account.consent_needed");
        }
        struct answer notice = call(c, "GET", "/api/v1/consent", NULL, NULL);
        assert_string_equal(text_at(c, notice, "version"), CONSENT_VERSION);
        assert_int_equal(json_count(json_get(json_get(notice.json, "zh"), "sections")), 6);
        assert_int_equal(json_count(json_get(json_get(notice.json, "en"), "sections")), 6);
    }
}

static void a_code_opens_once(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct answer asked;
        const char *code = ask_code(c, "19900006002", &asked);
        expect_status(asked, 202);
        assert_non_null(code);
        struct answer entered = enter(c, "199 0000 6002", code);
        expect_status(entered, 200);
        assert_true(str_find(entered.cookie, STR("HttpOnly"), 0) != (size_t)-1);
        assert_true(str_find(entered.cookie, STR("SameSite=Lax"), 0) != (size_t)-1);
        const char *token = text_at(c, entered, "token");
        struct answer me = call(c, "GET", "/api/v1/me", token, NULL);
        expect_status(me, 200);
        assert_string_equal(text_at(c, me, "phone"), "199****6002");
        assert_string_equal(enter(c, "19900006002", code).key, "account.code_over");
        expect_status(call(c, "POST", "/api/v1/auth/logout", token, NULL), 204);
        expect_status(call(c, "GET", "/api/v1/me", token, NULL), 401);
    }
}

static void guesses_are_counted(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct answer asked;
        const char *code = ask_code(c, "19900006003", &asked), *wrong = strcmp(code, "000000") ? "000000" : "000001";
        for (int i = 0; i < CODE_TRIES_MAX; i++)
            assert_string_equal(enter(c, "19900006003", wrong).key, "account.code_wrong");
        assert_string_equal(enter(c, "19900006003", code).key, "account.code_over");
        assert_string_equal(enter(c, "19900006999", code).key, "account.code_over");
    }
}

static void codes_expire_and_are_rationed(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct answer asked;
        const char *code = ask_code(c, "19900006004", &asked);
        ask_code(c, "19900006004", &asked);
        expect_status(asked, 429);
        assert_true(asked.retry_after_s > 0 && asked.retry_after_s <= 60);
        c->now_ms += CODE_LIFE_MS;
        assert_string_equal(enter(c, "19900006004", code).key, "account.code_over");
        for (int i = 1; i < CODES_PER_PHONE_DAY; i++, c->now_ms += CODE_GAP_MS) {
            ask_code(c, "19900006004", &asked);
            expect_status(asked, 202);
        }
        ask_code(c, "19900006004", &asked);
        expect_status(asked, 429);
        c->now_ms += DAY_MS;
        ask_code(c, "19900006004", &asked);
        expect_status(asked, 202);
    }
}

static void sessions_end_in_time(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        int64_t id;
        const char *token = resident_token(c, "19900006005", &id);
        c->now_ms += RESIDENT_IDLE_MS - 1;
        expect_status(call(c, "GET", "/api/v1/me", token, NULL), 200); // and is touched
        c->now_ms += RESIDENT_IDLE_MS;
        expect_status(call(c, "GET", "/api/v1/me", token, NULL), 401);
        struct known_staff staff = make_staff(c, "auditor", ROLE_AUDIT_ADMIN);
        const char *of_staff = sign_in(c, &staff);
        c->now_ms += STAFF_IDLE_MS;
        expect_status(call(c, "GET", "/api/v1/me", of_staff, NULL), 401);
        of_staff = sign_in(c, &staff);
        for (int64_t at = 0; at + 20 * MINUTE_MS < STAFF_SESSION_MS; at += 20 * MINUTE_MS, c->now_ms += 20 * MINUTE_MS)
            expect_status(call(c, "GET", "/api/v1/me", of_staff, NULL), 200);
        c->now_ms += 20 * MINUTE_MS; // never idle, but twelve hours old
        expect_status(call(c, "GET", "/api/v1/me", of_staff, NULL), 401);
        expect_status(call(c, "GET", "/api/v1/me", "no-such-token", NULL), 401);
    }
}

// --- staff ---------------------------------------------------------------------------------------------------------
static struct answer try_staff(struct ctx *c, const char *login, const char *password, const char *totp)
{
    struct str body =
        str_format(c->arena, "{\"login\":\"%s\",\"password\":\"%s\",\"totp\":\"%s\"}", login, password, totp);
    return call(c, "POST", "/api/v1/auth/staff", NULL, str_z(c->arena, body));
}

static const char *totp_now(struct ctx *c, const struct known_staff *staff)
{
    return str_z(c->arena, totp_code(c->arena, staff->totp_secret, c->now_ms));
}

static void password_and_totp_together(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct known_staff staff = make_staff(c, "sysadmin", ROLE_SYSTEM_ADMIN);
        const char *password = str_z(c->arena, staff.password), *totp = totp_now(c, &staff);
        struct answer alone = try_staff(c, "sysadmin", password, "");
        expect_status(alone, 403);
        assert_string_equal(alone.key, "account.totp_needed");
        expect_status(try_staff(c, "sysadmin", "another-password", totp), 401);
        struct answer in = try_staff(c, "SysAdmin", password, totp);
        expect_status(in, 200);
        expect_status(try_staff(c, "sysadmin", password, totp), 401); // the step is used up
        assert_string_equal(try_staff(c, "nobody-here", password, totp).key, "account.wrong_login");
        c->now_ms += 31 * SECOND_MS;
        expect_status(try_staff(c, "sysadmin", password, totp_now(c, &staff)), 200);
    }
}

static void five_failures_lock(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct known_staff staff = make_staff(c, "sysadmin", ROLE_SYSTEM_ADMIN);
        const char *password = str_z(c->arena, staff.password);
        const char *const logins[] = {"sysadmin", "nobody-here"}; // both are answered alike
        for (size_t i = 0; i < 2; i++) {
            for (int n = 1; n < FAILURES_MAX; n++)
                expect_status(try_staff(c, logins[i], "wrong-password", totp_now(c, &staff)), 401);
            expect_status(try_staff(c, logins[i], "wrong-password", totp_now(c, &staff)), 423);
            struct answer locked = try_staff(c, logins[i], password, totp_now(c, &staff));
            expect_status(locked, 423);
            assert_string_equal(locked.key, "account.locked");
            assert_true(locked.retry_after_s > 0);
        }
        c->now_ms += LOCK_MS;
        expect_status(try_staff(c, "sysadmin", "wrong-password", totp_now(c, &staff)), 401); // counted anew
        expect_status(try_staff(c, "sysadmin", password, totp_now(c, &staff)), 200);
    }
}

static void old_passwords_only_let_change_them(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct known_staff staff = make_staff(c, "sysadmin", ROLE_SYSTEM_ADMIN);
        c->now_ms += PASSWORD_AGE_MS;
        const char *token = sign_in(c, &staff);
        const struct json *expired = json_get(call(c, "GET", "/api/v1/me", token, NULL).json, "password_expired");
        assert_true(json_bool(expired));
        struct answer refused = call(c, "GET", "/api/v1/people", token, NULL);
        expect_status(refused, 403);
        assert_string_equal(refused.key, "account.password_expired");
        const char *const weak[] = {"short", "1234567890", "xx-sysadmin-xx", "aaaaaaaaaaaaaa"};
        for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
            struct str body = str_format(c->arena, "{\"old\":\"sieben-Berge-42\",\"new\":\"%s\"}", weak[i]);
            expect_status(call(c, "POST", "/api/v1/me/password", token, str_z(c->arena, body)), 400);
        }
        assert_string_equal(call(c, "POST", "/api/v1/me/password", token,
                                 "{\"old\":\"not-the-old-one\",\"new\":\"hinter-sieben-Bergen\"}")
                                .key,
                            "account.password_wrong");
        const char *longest =
            "{\"old\":\"sieben-Berge-42\",\"new\":\"0123456789012345678901234567890123456789012345678901234567890abc"
            "defghijk\"}";
        expect_status(call(c, "POST", "/api/v1/me/password", token, longest), 204);
        expect_status(call(c, "GET", "/api/v1/people", token, NULL), 200);
    }
}

// --- one's own page ------------------------------------------------------------------------------------------------
static void own_data_can_be_changed_taken_and_erased(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        int64_t id;
        const char *token = resident_token(c, "19900006006", &id);
        struct answer changed =
            call(c, "PATCH", "/api/v1/me", token, "{\"name\":\"欧阳菁菁\",\"door_number\":\"7单元1902\"}");
        expect_status(changed, 200);
        assert_string_equal(text_at(c, changed, "name"), "欧阳菁菁");
        expect_status(call(c, "PATCH", "/api/v1/me", token, "{\"disabled\":true}"), 400);
        expect_status(call(c, "PATCH", "/api/v1/me", token, "{\"lang\":\"fr\"}"), 400);
        struct answer data = call(c, "GET", "/api/v1/me/data", token, NULL);
        expect_status(data, 200);
        assert_true(str_find(data.body, STR("19900006006"), 0) != (size_t)-1);
        assert_true(str_find(data.body, STR("7单元1902"), 0) != (size_t)-1);
        expect_status(call(c, "DELETE", "/api/v1/me", token, NULL), 204);
        expect_status(call(c, "GET", "/api/v1/me", token, NULL), 401);
        struct answer asked; // the number is free again
        const char *code = ask_code(c, "19900006006", &asked);
        struct answer again = enter(c, "19900006006", code);
        expect_status(again, 200);
        assert_string_equal(text_at(c, (struct answer){.json = json_get(again.json, "me")}, "name"), "");
    }
}

static void withdrawing_stops_everything(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct answer asked;
        const char *code = ask_code(c, "19900006007", &asked);
        const char *token = text_at(c, enter(c, "19900006007", code), "token");
        assert_int_equal(json_count(json_get(call(c, "GET", "/api/v1/me/consents", token, NULL).json, "items")), 1);
        expect_status(call(c, "POST", "/api/v1/me/consents/withdraw", token, "{\"version\":\"none\"}"), 404);
        expect_status(call(c, "POST", "/api/v1/me/consents/withdraw", token, "{\"version\":\"" CONSENT_VERSION "\"}"),
                      204);
        struct answer refused = call(c, "GET", "/api/v1/people", token, NULL);
        assert_string_equal(refused.key, "account.consent_needed");
        struct answer own = call(c, "PATCH", "/api/v1/me", token, "{\"name\":\"石\",\"door_number\":\"301\"}");
        expect_status(own, 403);
        assert_string_equal(own.key, "account.consent_needed");
        for (size_t i = 0; i < 2; i++) { // "me" is open, what only begins like it is not
            struct http_request rq;
            struct http_response rs;
            const char *target = i == 0 ? "/api/v1/media" : "/api/v1/me/data";
            const char *header = str_z(c->arena, str_format(c->arena, "Authorization: Bearer %s\n", token));
            expect_ok(c, http_for_test(c, "POST", target, header, STR(""), &rq, &rs));
            struct actor actor = c->actor;
            if (i == 0)
                expect_err(c, account_authenticate(c, &rq), ERR_FORBIDDEN, "account.consent_needed");
            else
                expect_ok(c, account_authenticate(c, &rq));
            ctx_clear_error(c);
            c->actor = actor;
            buf_free(&rs.body);
        }
        expect_status(call(c, "GET", "/api/v1/me", token, NULL), 200);
        expect_status(call(c, "GET", "/api/v1/me/data", token, NULL), 200);
        c->now_ms += CODE_GAP_MS;
        code = ask_code(c, "19900006007", &asked); // agreeing again opens it again
        token = text_at(c, enter(c, "19900006007", code), "token");
        assert_string_equal(call(c, "GET", "/api/v1/people", token, NULL).key, "auth.not_allowed");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_keep_the_contract),
        cmocka_unit_test(the_notice_comes_first),
        cmocka_unit_test(a_code_opens_once),
        cmocka_unit_test(guesses_are_counted),
        cmocka_unit_test(codes_expire_and_are_rationed),
        cmocka_unit_test(sessions_end_in_time),
        cmocka_unit_test(password_and_totp_together),
        cmocka_unit_test(five_failures_lock),
        cmocka_unit_test(old_passwords_only_let_change_them),
        cmocka_unit_test(own_data_can_be_changed_taken_and_erased),
        cmocka_unit_test(withdrawing_stops_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
