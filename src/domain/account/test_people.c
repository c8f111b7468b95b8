// SPDX-License-Identifier: MulanPSL-2.0
// People, grants, posts and audit, as the three administrators see them.
#include "base/id.h"
#include "domain/account/account_internal.h"
#include "domain/account/test_account_util.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

#define EACH_ENGINE(c_)                                                                                                \
    for (const char *const *engine = test_engines(); *engine; engine++)                                                \
        for (struct ctx *c_ = open_account_test(*engine); c_; test_ctx_free(c_), c_ = NULL)

struct admins {
    struct known_staff system, security, audit;
    const char *system_token, *security_token, *audit_token;
};

static struct admins make_admins(struct ctx *c)
{
    struct admins a = {.system = make_staff(c, "sys1", ROLE_SYSTEM_ADMIN),
                       .security = make_staff(c, "sec1", ROLE_SECURITY_ADMIN),
                       .audit = make_staff(c, "aud1", ROLE_AUDIT_ADMIN)};
    a.system_token = sign_in(c, &a.system);
    a.security_token = sign_in(c, &a.security);
    a.audit_token = sign_in(c, &a.audit);
    return a;
}

static const char *format(struct ctx *c, const char *pattern, const char *value)
{
    struct str text = {0}, rest = str_of(pattern);
    size_t at = str_find(rest, STR("%"), 0);
    text = str_concat(c->arena, (struct str){rest.p, at}, str_of(value));
    return str_z(c->arena, str_concat(c->arena, text, (struct str){rest.p + at + 1, rest.n - at - 1}));
}

static const char *id_of(struct ctx *c, int64_t id)
{
    return str_z(c->arena, id_text(c->arena, id));
}

static void administrators_are_three_people(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct admins a = make_admins(c);
        const char *sys = id_of(c, a.system.person.id);
        const char *two = format(c, "{\"person_id\":\"%\",\"role\":\"audit_admin\"}", sys);
        struct answer refused = call(c, "POST", "/api/v1/grants", a.security_token, two);
        expect_status(refused, 409);
        assert_string_equal(refused.key, "account.separate_admins");
        expect_status(call(c, "POST", "/api/v1/grants", a.security_token,
                           format(c, "{\"person_id\":\"%\",\"role\":\"district\"}", sys)),
                      409);
        const char *self = format(c, "{\"person_id\":\"%\",\"role\":\"district\"}", id_of(c, a.security.person.id));
        assert_string_equal(call(c, "POST", "/api/v1/grants", a.security_token, self).key, "account.not_yourself");
        expect_status(call(c, "POST", "/api/v1/grants", a.system_token, two), 403);
        expect_status(call(c, "POST", "/api/v1/grants", a.audit_token, two), 403);
        struct answer desk_worker =
            call(c, "POST", "/api/v1/people", a.system_token, "{\"login\":\"desk1\",\"name\":\"郑和\"}");
        expect_status(desk_worker, 201);
        const char *desk = text_at(c, (struct answer){.json = json_get(desk_worker.json, "person")}, "id");
        const char *give = format(c, "{\"person_id\":\"%\",\"role\":\"district\"}", desk);
        struct answer given = call(c, "POST", "/api/v1/grants", a.security_token, give);
        expect_status(given, 201);
        assert_string_equal(call(c, "POST", "/api/v1/grants", a.security_token, give).key, "account.granted_already");
        assert_string_equal(call(c, "POST", "/api/v1/grants", a.security_token,
                                 format(c, "{\"person_id\":\"%\",\"role\":\"steward\"}", desk))
                                .key,
                            "account.role_by_post");
        expect_status(call(c, "DELETE", format(c, "/api/v1/grants/%", text_at(c, given, "id")), a.security_token, NULL),
                      204);
        expect_status(call(c, "POST", "/api/v1/grants", a.security_token, give), 201);
    }
}

// Signs in with what is known: a password and the bytes of a TOTP secret.
static int sign_in_status(struct ctx *c, const char *login, struct str password, struct str totp_secret)
{
    c->now_ms += 31 * SECOND_MS;
    struct str totp = totp_secret.n ? totp_code(c->arena, totp_secret, c->now_ms) : STR("123456");
    struct str body = str_format(c->arena, "{\"login\":\"%s\",\"password\":\"%.*s\",\"totp\":\"%.*s\"}", login,
                                 STR_ARG(password), STR_ARG(totp));
    return call(c, "POST", "/api/v1/auth/staff", NULL, str_z(c->arena, body)).status;
}

static void no_administrator_alone_holds_all_that_a_sign_in_needs(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct admins a = make_admins(c);
        struct answer made = call(c, "POST", "/api/v1/people", a.system_token,
                                  "{\"login\":\"grid.one\",\"name\":\"石阿妹\",\"phone\":\"19900007001\"}");
        expect_status(made, 201);
        assert_null(json_get(made.json, "totp_secret"));
        struct str password = json_str(json_get(made.json, "password")), totp;
        assert_true(password.n > 0);
        expect_status(call(c, "POST", "/api/v1/people", a.system_token, "{\"login\":\"Grid.One\",\"name\":\"x\"}"),
                      409);
        expect_status(call(c, "POST", "/api/v1/people", a.system_token, "{\"login\":\"no way\",\"name\":\"x\"}"), 400);
        assert_int_equal(sign_in_status(c, "grid.one", password, STR("")), 401);
        const char *id = text_at(c, (struct answer){.json = json_get(made.json, "person")}, "id");
        const char *new_totp = format(c, "/api/v1/people/%/totp", id);
        const char *new_password = format(c, "/api/v1/people/%/password", id);
        expect_status(call(c, "POST", new_totp, a.system_token, NULL), 403);
        expect_status(call(c, "POST", new_password, a.security_token, NULL), 403);
        struct answer given = call(c, "POST", new_totp, a.security_token, NULL);
        expect_status(given, 200);
        assert_null(json_get(given.json, "password"));
        assert_true(crypto_base32_decode(c->arena, json_str(json_get(given.json, "totp_secret")), &totp));
        struct known_staff staff = {.password = password, .totp_secret = totp};
        staff.person.login = STR("grid.one");
        const char *token = sign_in(c, &staff);
        assert_true(json_bool(json_get(call(c, "GET", "/api/v1/me", token, NULL).json, "password_expired")));
        struct answer again = call(c, "POST", new_password, a.system_token, NULL);
        expect_status(again, 200);
        assert_null(json_get(again.json, "totp_secret"));
        expect_status(call(c, "GET", "/api/v1/me", token, NULL), 401);
        assert_int_equal(sign_in_status(c, "grid.one", password, totp), 401);
        staff.password = json_str(json_get(again.json, "password"));
        token = sign_in(c, &staff);
        expect_status(call(c, "PATCH", format(c, "/api/v1/people/%", id), a.system_token, "{\"disabled\":true}"), 200);
        expect_status(call(c, "GET", "/api/v1/me", token, NULL), 401);
    }
}

static enum err reset_admin(struct ctx *c, void *arg)
{
    return person_reset_admin(c, arg);
}

static void administrators_do_not_reach_each_other(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct admins a = make_admins(c);
        const char *audit = id_of(c, a.audit.person.id), *sys = id_of(c, a.system.person.id);
        struct answer refused =
            call(c, "PATCH", format(c, "/api/v1/people/%", audit), a.system_token, "{\"disabled\":true}");
        expect_status(refused, 403);
        assert_string_equal(refused.key, "account.not_an_admin");
        expect_status(call(c, "POST", format(c, "/api/v1/people/%/password", audit), a.system_token, NULL), 403);
        expect_status(call(c, "POST", format(c, "/api/v1/people/%/totp", sys), a.security_token, NULL), 403);
        expect_status(call(c, "GET", "/api/v1/me", a.audit_token, NULL), 200);
        expect_status(call(c, "PATCH", format(c, "/api/v1/people/%", audit), a.system_token, "{\"name\":\"沈明\"}"),
                      200);
        struct new_staff fresh = {.login = STR("aud1")}; // what the command line does
        struct new_staff_secrets secrets;
        expect_ok(c, new_staff_prepare(c, &fresh, &secrets));
        expect_ok(c, store_write(c, reset_admin, &fresh));
        expect_status(call(c, "GET", "/api/v1/me", a.audit_token, NULL), 401);
        assert_int_equal(sign_in_status(c, "aud1", a.audit.password, a.audit.totp_secret), 401);
        assert_int_equal(sign_in_status(c, "aud1", secrets.password, fresh.totp_bytes), 200);
        make_staff(c, "worker1", -1);
        fresh.login = STR("worker1");
        assert_int_equal(store_write(c, reset_admin, &fresh), ERR_CONFLICT);
        ctx_clear_error(c);
    }
}

static void people_are_found_and_masked(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct admins a = make_admins(c);
        int64_t id;
        const char *resident = resident_token(c, "19900007002", &id);
        struct answer found = call(c, "GET", "/api/v1/people?q=sys", a.system_token, NULL);
        expect_status(found, 200);
        assert_int_equal(json_count(json_get(found.json, "items")), 1);
        assert_true(str_find(found.body, STR("周**"), 0) != (size_t)-1);
        assert_true(str_find(found.body, STR("周明德"), 0) == (size_t)-1);
        assert_true(str_find(found.body, STR("argon2"), 0) == (size_t)-1);
        assert_int_equal(
            json_count(json_get(call(c, "GET", "/api/v1/people?q=s%25s", a.system_token, NULL).json, "items")), 0);
        struct answer by_phone = call(c, "GET", "/api/v1/people?q=19900007002", a.system_token, NULL);
        assert_int_equal(json_count(json_get(by_phone.json, "items")), 1);
        assert_true(str_find(by_phone.body, STR("19900007002"), 0) == (size_t)-1);
        assert_int_equal(
            json_count(json_get(call(c, "GET", "/api/v1/people?role=audit_admin", a.audit_token, NULL).json, "items")),
            1);
        expect_status(call(c, "GET", "/api/v1/people", resident, NULL), 403);
        expect_status(call(c, "GET", "/api/v1/people", NULL, NULL), 401);
        expect_status(call(c, "GET", "/api/v1/people?role=king", a.system_token, NULL), 400);
    }
}

static void posts_are_filled(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct admins a = make_admins(c);
        int64_t id;
        const char *resident = resident_token(c, "19900007003", &id), *t = a.system_token;
        const char *district =
            text_at(c, call(c, "POST", "/api/v1/places", t, "{\"level\":\"district\",\"name\":\"区\"}"), "id");
        struct answer building =
            call(c, "POST", "/api/v1/places", t,
                 format(c, "{\"parent_id\":\"%\",\"level\":\"building\",\"name\":\"1栋\"}", district));
        expect_status(building, 201);
        const char *place = text_at(c, building, "id");
        const char *org =
            text_at(c,
                    call(c, "POST", "/api/v1/orgs", t,
                         format(c, "{\"level\":\"work_committee\",\"name\":\"组织\",\"place_id\":\"%\"}", place)),
                    "id");
        const char *body = format(
            c, format(c, "{\"org_id\":\"%\",\"place_id\":\"%\",\"role\":\"steward\",\"name\":\"楼栋长\"}", org), place);
        struct answer made = call(c, "POST", "/api/v1/posts", t, body);
        expect_status(made, 201);
        const char *post = text_at(c, made, "id"), *appoint = format(c, "/api/v1/posts/%/term", post);
        assert_int_equal(json_count(json_get(call(c, "GET", "/api/v1/posts?vacant=1", t, NULL).json, "items")), 1);
        const char *who = format(c, "{\"person_id\":\"%\"}", id_of(c, id));
        struct answer term = call(c, "POST", appoint, t, who);
        expect_status(term, 201);
        assert_string_equal(
            call(c, "POST", appoint, t, format(c, "{\"person_id\":\"%\"}", id_of(c, a.audit.person.id))).key,
            "account.separate_admins");
        assert_int_equal(json_count(json_get(call(c, "GET", "/api/v1/posts?vacant=1", t, NULL).json, "items")), 0);
        struct answer seen = call(c, "GET", format(c, "/api/v1/places/%", place), resident, NULL); // a steward now
        expect_status(seen, 200);
        assert_int_equal(json_count(json_get(seen.json, "chain")), 2);
        assert_int_equal(json_count(json_get(seen.json, "posts")), 1);
        assert_int_equal(json_kind(json_get(seen.json, "door")), JSON_NULL);
        assert_string_equal(call(c, "DELETE", "/api/v1/me", resident, NULL).key, "account.holds_post");
        expect_status(call(c, "DELETE", format(c, "/api/v1/terms/%", text_at(c, term, "id")), t, NULL), 204);
        expect_status(call(c, "GET", format(c, "/api/v1/places/%", place), resident, NULL), 403);
        assert_int_equal(
            json_count(json_get(call(c, "GET", format(c, "/api/v1/posts/%/terms", post), t, NULL).json, "items")), 1);
    }
}

static void the_log_tells_and_is_proved(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct admins a = make_admins(c);
        struct answer events = call(c, "GET", "/api/v1/events?type=account.signed_in", a.audit_token, NULL);
        expect_status(events, 200);
        assert_int_equal(json_count(json_get(events.json, "items")), 3);
        expect_status(call(c, "GET", "/api/v1/events", a.system_token, NULL), 403);
        expect_status(call(c, "GET", "/api/v1/events", a.security_token, NULL), 403);
        struct answer page = call(c, "GET", "/api/v1/events?limit=2", a.audit_token, NULL);
        const char *next = text_at(c, page, "next");
        assert_true(*next);
        expect_status(call(c, "GET", format(c, "/api/v1/events?limit=2&before=%", next), a.audit_token, NULL), 200);
        struct answer proof = call(c, "POST", "/api/v1/verify", a.audit_token, NULL);
        expect_status(proof, 200);
        assert_int_equal(json_kind(json_get(proof.json, "fault")), JSON_NULL);
        assert_true(json_int(json_get(proof.json, "events")) >= 9);
        assert_int_equal(json_count(json_get(
                             call(c, "GET", "/api/v1/events?type=audit.verified", a.audit_token, NULL).json, "items")),
                         1);
    }
}

static void what_is_unused_is_disabled(void **state)
{
    (void)state;
    EACH_ENGINE(c)
    {
        struct known_staff staff = make_staff(c, "sleeper", -1);
        c->now_ms += UNUSED_AGE_MS + DAY_MS;
        for (const struct job *job = account_jobs; job->name; job++)
            expect_ok(c, job->run(c));
        struct str totp = totp_code(c->arena, staff.totp_secret, c->now_ms);
        const char *body =
            format(c, "{\"login\":\"sleeper\",\"password\":\"sieben-Berge-42\",\"totp\":\"%\"}", str_z(c->arena, totp));
        expect_status(call(c, "POST", "/api/v1/auth/staff", NULL, body), 401);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(administrators_are_three_people),
        cmocka_unit_test(no_administrator_alone_holds_all_that_a_sign_in_needs),
        cmocka_unit_test(administrators_do_not_reach_each_other),
        cmocka_unit_test(people_are_found_and_masked),
        cmocka_unit_test(posts_are_filled),
        cmocka_unit_test(the_log_tells_and_is_proved),
        cmocka_unit_test(what_is_unused_is_disabled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
