// SPDX-License-Identifier: MulanPSL-2.0
// For tests of routes: a call as the server makes it (route, session, access, handler), without a server.
#pragma once
#include "domain/account/account.h"
#include "store/test_store_util.h"
#include "json/json.h"

// Flow, place, org, notice and account; demo mode, so that codes go to the log.
struct ctx *open_account_test(const char *engine);
size_t account_contract_faults(struct ctx *c); // slow: once an engine

struct answer {
    int status;
    const char *key;         // of the error, NULL when there is none
    const struct json *json; // NULL: no body
    struct str body, cookie;
    int64_t retry_after_s;
};
// token: for Authorization, or NULL. body: JSON, or NULL. A body that is JSON is parsed.
struct answer call(struct ctx *c, const char *method, const char *target, const char *token, const char *body);
#define expect_status(answer_, status_) expect_status_at((answer_), (status_), __FILE__, __LINE__)
void expect_status_at(struct answer answer, int status, const char *file, int line);
const char *text_at(struct ctx *c, struct answer answer, const char *key); // "" when absent

// A staff account whose secrets are known, and its sign-in at c->now_ms.
struct known_staff {
    struct person person;
    struct str password, totp_secret; // totp_secret: bytes
};
struct known_staff make_staff(struct ctx *c, const char *login, int role); // role -1: none; else an administrator's
const char *sign_in(struct ctx *c, const struct known_staff *staff);       // the token
// A resident with a session made as the demo does.
const char *resident_token(struct ctx *c, const char *phone, int64_t *ret_person_id);
