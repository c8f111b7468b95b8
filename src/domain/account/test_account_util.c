// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/account/test_account_util.h"

#include "base/config.h"
#include "base/log.h"
#include "domain/account/account_internal.h"
#include "domain/notice/notice.h"
#include "http/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail

static const struct module *const module_array[] = {&flow_module, &place_module, &org_module, &notice_module,
                                                    &account_module};
static const struct module_list list = {module_array, sizeof module_array / sizeof *module_array};
static const struct config config = {.demo = true, .sms_gateway = "log"};

struct ctx *open_account_test(const char *engine)
{
    const struct store_part parts[] = {flow_module.store, place_module.store, org_module.store, notice_module.store,
                                       account_module.store};
    log_set_level(LOG_WARN);
    struct ctx *c = test_ctx(parts, sizeof parts / sizeof *parts, engine);
    test_house(c)->modules = &list;
    test_house(c)->config = &config;
    return c;
}

size_t account_contract_faults(struct ctx *c)
{
    const struct store_part parts[] = {flow_module.store, place_module.store, org_module.store, notice_module.store,
                                       account_module.store};
    return store_contract_check(c, parts, sizeof parts / sizeof *parts);
}

static enum err run(struct ctx *c, const struct route *route, struct http_request *rq, struct http_response *rs)
{
    TRY(account_authenticate(c, rq));
    if (!(route->access & ACCESS_ANYONE)) {
        if (c->actor.kind == ACTOR_NOBODY)
            return fail(c, ERR_UNAUTHENTICATED, "auth.sign_in");
        if (!(route->access & ACCESS_SIGNED_IN) && !(route->access & c->actor.roles))
            return fail(c, ERR_FORBIDDEN, "auth.not_allowed");
    }
    return route->handle(c, rq, rs);
}

static enum err count_events(struct ctx *c, void *arg)
{
    struct rows rows;
    const struct event_filter all = {0};
    TRY(event_search(c, &all, 2000, &rows));
    *(size_t *)arg = rows.count;
    return OK;
}

// GB/T 22239-2019 8.1.4.3: every act is recorded, and once.
static void expect_one_event(struct ctx *c, const char *method, const struct answer *answer, size_t before)
{
    size_t after;
    expect_ok(c, store_read(c, count_events, &after));
    if (strcmp(method, "GET") == 0)
        assert_int_equal(after - before, 0);
    else if (answer->status < 300)
        assert_int_equal(after - before, 1);
    else
        assert_true(after - before <= 1); // a failed sign-in is recorded as well
}

struct answer call(struct ctx *c, const char *method, const char *target, const char *token, const char *body)
{
    struct router *router;
    struct http_request rq;
    struct http_response rs;
    struct route_match match;
    const char *headers = "Host: localhost\n";
    if (token)
        headers = str_z(c->arena, str_format(c->arena, "Host: localhost\nAuthorization: Bearer %s\n", token));
    ctx_clear_error(c);
    struct actor actor = c->actor;
    expect_ok(c, router_build(c, c->arena, module_routes(c, &list), true, &router));
    expect_ok(c, http_for_test(c, method, target, headers, str_of(body), &rq, &rs));
    assert_true(router_match(router, c->arena, method_from_name(str_of(method)), rq.path, &match));
    assert_non_null(match.route);
    for (size_t i = 0; i < match.param_count; i++)
        http_set_param_for_test(c, &rq, str_z(c->arena, match.params[i].name), match.params[i].value);
    size_t events;
    expect_ok(c, store_read(c, count_events, &events));
    enum err err = run(c, match.route, &rq, &rs);
    struct answer answer = {.status = err == OK ? (rs.status ? rs.status : 200) : err_status(err),
                            .key = err == OK ? NULL : c->error.key,
                            .body = str_copy(c->arena, buf_str(&rs.body)),
                            .retry_after_s = c->error.retry_after_s,
                            .cookie = http_response_header(&rs, "Set-Cookie")};
    if (err == OK && answer.body.n && answer.body.p[0] == '{')
        expect_ok(c, json_parse(c, answer.body, &answer.json));
    buf_free(&rs.body);
    ctx_clear_error(c);
    c->actor = actor;
    expect_one_event(c, method, &answer, events);
    return answer;
}

void expect_status_at(struct answer answer, int status, const char *file, int line)
{
    if (answer.status == status)
        return;
    fprintf(stderr, "%s:%d: status %d (%s), wanted %d: %.*s\n", file, line, answer.status,
            answer.key ? answer.key : "-", status, STR_ARG(answer.body));
    _assert_true(0, "status", file, line);
}

const char *text_at(struct ctx *c, struct answer answer, const char *key)
{
    return str_z(c->arena, json_str(json_get(answer.json, key)));
}

struct making {
    struct new_staff given;
    struct new_staff_secrets secrets;
    int role;
    struct person person;
};

static enum err make(struct ctx *c, void *arg)
{
    struct making *making = arg;
    TRY(person_create_staff(c, &making->given, &making->person, &making->secrets));
    if (making->role >= 0)
        TRY(account_grant(c, making->person.id, (enum role)making->role, 0));
    return OK;
}

struct known_staff make_staff(struct ctx *c, const char *login, int role)
{
    struct making making = {
        .role = role, .given = {.login = str_of(login), .name = STR("周明德"), .password = STR("sieben-Berge-42")}};
    expect_ok(c, new_staff_prepare(c, &making.given, &making.secrets));
    expect_ok(c, store_write(c, make, &making));
    return (struct known_staff){making.person, STR("sieben-Berge-42"), making.given.totp_bytes};
}

const char *sign_in(struct ctx *c, const struct known_staff *staff)
{
    c->now_ms += 31 * SECOND_MS; // a step of the clock counts once
    struct str totp = totp_code(c->arena, staff->totp_secret, c->now_ms);
    struct str body = str_format(c->arena, "{\"login\":\"%.*s\",\"password\":\"%.*s\",\"totp\":\"%.*s\"}",
                                 STR_ARG(staff->person.login), STR_ARG(staff->password), STR_ARG(totp));
    struct answer answer = call(c, "POST", "/api/v1/auth/staff", NULL, str_z(c->arena, body));
    expect_status(answer, 200);
    return str_z(c->arena, json_str(json_get(answer.json, "token")));
}

struct resident {
    const char *phone;
    int64_t person_id;
    struct http_request rq;
    struct http_response rs;
};

static enum err make_resident(struct ctx *c, void *arg)
{
    struct resident *resident = arg;
    struct person person;
    TRY(person_create_resident(c, str_of(resident->phone), STR("王秀英"), 0, true, &person));
    resident->person_id = person.id;
    return account_sign_in(c, &resident->rq, &resident->rs, &person, "demo");
}

const char *resident_token(struct ctx *c, const char *phone, int64_t *ret_person_id)
{
    struct resident resident = {.phone = phone};
    const struct json *answer;
    struct actor actor = c->actor;
    expect_ok(c, http_for_test(c, "POST", "/", NULL, STR(""), &resident.rq, &resident.rs));
    expect_ok(c, store_write(c, make_resident, &resident));
    expect_ok(c, json_parse(c, str_copy(c->arena, buf_str(&resident.rs.body)), &answer));
    buf_free(&resident.rs.body);
    c->actor = actor;
    *ret_person_id = resident.person_id;
    return str_z(c->arena, json_str(json_get(answer, "token")));
}
