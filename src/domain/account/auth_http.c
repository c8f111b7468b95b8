// SPDX-License-Identifier: MulanPSL-2.0
// Routes of signing in and out.
#include "domain/account/account_internal.h"

#include "account_sql.h"
#include "http/stream.h"

static enum err get_consent(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    (void)rq;
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    consent_write(&w);
    return OK;
}

static enum err end_session(struct ctx *c, void *arg)
{
    (void)arg;
    int64_t changed;
    TRY(db_exec(c, &sql_session_end, ARGS(ARG_INT("id", c->actor.session_id)), &changed));
    return changed ? account_event(c, c->actor.person_id, "account.signed_out") : OK;
}

// Without a session there is nothing to end, and the answer is the same.
static enum err sign_out(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    if (c->actor.kind == ACTOR_PERSON) {
        TRY(store_write(c, end_session, NULL));
        session_close_streams(c, c->actor.session_id);
    }
    session_cookie_clear(rq, rs);
    rs->status = 204;
    return OK;
}

const struct route auth_routes[] = {
    {"GET", "/api/v1/consent", get_consent, ACCESS_ANYONE, 0, NULL, &consent_notice_record, NULL,
     "The notice to be shown before a phone number is asked for", NULL},
    {"POST", "/api/v1/auth/code", sign_in_code, ACCESS_ANYONE, ROUTE_NO_IDEMPOTENCY, &code_input_record,
     &code_sent_record, NULL, "Sends a one-time code to the phone, after the notice was agreed to", NULL},
    {"POST", "/api/v1/auth/resident", sign_in_resident, ACCESS_ANYONE, ROUTE_NO_IDEMPOTENCY, &resident_input_record,
     &signed_in_record, NULL, "Signs a resident in by phone and code; makes the account at the first time", NULL},
    {"POST", "/api/v1/auth/staff", sign_in_staff, ACCESS_ANYONE, ROUTE_NO_IDEMPOTENCY, &staff_input_record,
     &signed_in_record, NULL, "Signs staff in by login, password and TOTP", NULL},
    {"POST", "/api/v1/auth/logout", sign_out, ACCESS_ANYONE, ROUTE_NO_IDEMPOTENCY, NULL, NULL, NULL, "Ends the session",
     NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
