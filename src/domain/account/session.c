// SPDX-License-Identifier: MulanPSL-2.0
// Sessions: tokens of 256 bits of which only a hash is kept, who a request comes from, and when that ends.
#include "domain/account/account_internal.h"

#include "account_sql.h"
#include "base/id.h"
#include "http/stream.h"

#include <string.h>

#define TOKEN_BYTES 32
#define TOUCH_MS MINUTE_MS // how stale seen_at may grow before it is written
#define GRANTS_MAX 64

static const struct field session_fields[] = {SESSION_FIELDS(FIELD_ROW, session)};
const struct record session_record = {
    .name = "session", .table = "session", .size_bytes = sizeof(struct session), FIELDS(session_fields)};

static const struct field signed_in_fields[] = {
    {.name = "token",
     .type = FIELD_TEXT,
     .read = READ_OWNER,
     .doc = "For Authorization: Bearer; browsers use the cookie"},
    {.name = "expires_at", .type = FIELD_TIME, .read = READ_OWNER},
    {.name = "me", .type = FIELD_JSON, .read = READ_OWNER, .of = &me_record},
};
const struct record signed_in_record = {.name = "signed_in", FIELDS(signed_in_fields)};

struct str token_hash(struct ctx *c, struct str token)
{
    unsigned char hash[HASH_BYTES];
    crypto_hash(keys_suite(c->house->keys), token, hash);
    return str_hex(c->arena, hash, sizeof hash);
}

static const char *cookie_name(const struct http_request *rq)
{
    return rq->secure ? "__Host-linli_session" : "linli_session";
}

struct str token_from_request(struct ctx *c, struct http_request *rq)
{
    struct str header = http_header(rq, "Authorization"), bearer = STR("Bearer ");
    if (header.n > bearer.n && str_equal_ignore_case((struct str){header.p, bearer.n}, bearer))
        return str_trim((struct str){header.p + bearer.n, header.n - bearer.n});
    return http_cookie(c, rq, cookie_name(rq));
}

static void cookie_set(struct ctx *c, struct http_request *rq, struct http_response *rs, struct str token,
                       int64_t max_age_ms)
{
    http_set_header(rs, "Set-Cookie",
                    str_format(c->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s", cookie_name(rq),
                               STR_ARG(token), (long long)(max_age_ms / SECOND_MS), rq->secure ? "; Secure" : ""));
}

void session_cookie_clear(struct http_request *rq, struct http_response *rs)
{
    http_set_header(rs, "Set-Cookie",
                    rq->secure ? STR("__Host-linli_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure")
                               : STR("linli_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
}

void session_close_streams(struct ctx *c, int64_t session_id)
{
    if (c->house->stream)
        stream_close_session(c->house->stream, c->tenant_id, session_id);
}

static enum err list_sessions(struct ctx *c, void *arg)
{
    struct rows *rows = arg;
    const struct session *of = rows->at;
    return db_list(c, &sql_sessions_of_person, ARGS(ARG_INT("person_id", of->person_id)), &session_record, 50, rows);
}

enum err session_close_ended(struct ctx *c, int64_t person_id)
{
    struct session of = {.person_id = person_id};
    struct rows rows = {.at = &of};
    if (!c->house->stream)
        return OK;
    TRY(store_read(c, list_sessions, &rows));
    const struct session *sessions = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        if (sessions[i].ended_at_ms)
            session_close_streams(c, sessions[i].id);
    return OK;
}

enum err session_end_others(struct ctx *c, int64_t person_id, int64_t except_id)
{
    return db_exec(c, &sql_session_end_all, ARGS(ARG_INT("person_id", person_id), ARG_INT("except_id", except_id)),
                   NULL);
}

// --- who a person is as an actor -----------------------------------------------------------------------------------
enum err account_actor(struct ctx *c, const struct person *person, struct actor *ret_actor)
{
    struct grant *of_posts, *grants = arena_array(c->arena, GRANTS_MAX, sizeof *grants);
    struct rows own;
    size_t post_count, n = 0;
    TRY(org_grants_of(c, person->id, c->now_ms, &of_posts, &post_count));
    TRY(db_list(c, &sql_grants_of_person, ARGS(ARG_INT("person_id", person->id)), &account_grant_record, 50, &own));
    for (size_t i = 0; i < post_count && n < GRANTS_MAX; i++)
        grants[n++] = of_posts[i];
    for (size_t i = 0; i < own.count && n < GRANTS_MAX; i++) {
        const struct account_grant *grant = (const struct account_grant *)own.at + i;
        grants[n++] = (struct grant){.role = grant->role, .place_id = grant->place_id};
    }
    struct actor actor = {.kind = ACTOR_PERSON, .person_id = person->id, .grants = grants, .grant_count = n};
    if (person->kind == PERSON_RESIDENT)
        actor.roles |= ROLE_BIT(ROLE_RESIDENT);
    for (size_t i = 0; i < n; i++)
        actor.roles |= ROLE_BIT(grants[i].role);
    *ret_actor = actor;
    return OK;
}

// --- beginning -----------------------------------------------------------------------------------------------------
static enum err begin(struct ctx *c, struct http_request *rq, const struct person *person, struct session *ret_session,
                      struct str *ret_token)
{
    unsigned char bytes[TOKEN_BYTES];
    crypto_random(bytes, sizeof bytes);
    *ret_token = crypto_base64url(c->arena, bytes, sizeof bytes);
    crypto_wipe(bytes, sizeof bytes);
    struct str old = token_from_request(c, rq); // a new sign-in is a new session: the one it comes with ends
    if (old.n)
        TRY(db_exec(c, &sql_session_end_by_hash, ARGS(ARG_TEXT("token_hash", token_hash(c, old))), NULL));
    int64_t life_ms = person->kind == PERSON_STAFF ? STAFF_SESSION_MS : RESIDENT_SESSION_MS;
    *ret_session = (struct session){.id = ids_next(c->house->ids, c->now_ms),
                                    .person_id = person->id,
                                    .token_hash = token_hash(c, *ret_token),
                                    .made_at_ms = c->now_ms,
                                    .seen_at_ms = c->now_ms,
                                    .expires_at_ms = c->now_ms + life_ms};
    return db_exec(c, &sql_session_insert, ARGS(ARG_ROW(&session_record, ret_session)), NULL);
}

enum err account_sign_in(struct ctx *c, struct http_request *rq, struct http_response *rs, const struct person *person,
                         const char *how)
{
    struct session session;
    struct str token;
    struct actor actor;
    TRY(account_actor(c, person, &actor));
    TRY(begin(c, rq, person, &session, &token));
    TRY(db_exec(c, &sql_person_seen, ARGS(ARG_INT("id", person->id)), NULL));
    actor.session_id = session.id;
    c->actor = actor; // the event is the person's own deed
    struct event_data data;
    struct json_writer *event = event_data_begin(&data);
    json_key(event, "how");
    json_put_z(event, how);
    json_key(event, "session_id");
    json_put_id(event, session.id);
    TRY(event_data_append(c, &data, "person", person->id, "account.signed_in"));
    cookie_set(c, rq, rs, token, session.expires_at_ms - c->now_ms);
    struct json_writer w;
    buf_clear(&rs->body); // a write may run more than once
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "token");
    json_put_str(&w, token);
    json_key(&w, "expires_at");
    json_put_time(&w, session.expires_at_ms);
    json_key(&w, "me");
    json_object_begin(&w);
    TRY(me_members(c, person, &actor, &w));
    json_object_end(&w);
    json_object_end(&w);
    return OK;
}

// --- who a request comes from --------------------------------------------------------------------------------------
struct found {
    struct str hash;
    struct session session;
    struct person person;
    struct actor actor;
    bool valid;
};

static bool session_alive(const struct ctx *c, const struct found *found)
{
    const struct session *session = &found->session;
    int64_t idle_ms = found->person.kind == PERSON_STAFF ? STAFF_IDLE_MS : RESIDENT_IDLE_MS;
    return session->ended_at_ms == 0 && session->expires_at_ms > c->now_ms &&
           session->seen_at_ms + idle_ms > c->now_ms && !found->person.disabled;
}

static enum err find(struct ctx *c, void *arg)
{
    struct found *found = arg;
    struct args args = ARGS(ARG_TEXT("token_hash", found->hash));
    enum err err = db_one(c, &sql_session_by_hash, args, &session_record, &found->session);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    TRY(person_get(c, found->session.person_id, &found->person));
    if (!session_alive(c, found))
        return OK;
    TRY(account_actor(c, &found->person, &found->actor));
    found->actor.session_id = found->session.id;
    found->valid = true;
    return OK;
}

static enum err touch(struct ctx *c, void *arg)
{
    const struct found *found = arg;
    TRY(db_exec(c, &sql_session_touch, ARGS(ARG_INT("id", found->session.id)), NULL));
    return db_exec(c, &sql_person_seen, ARGS(ARG_INT("id", found->person.id)), NULL);
}

// The path itself or something below it.
static bool lies_under(struct str path, const char *top)
{
    struct str prefix = str_of(top);
    return str_starts_with(path, prefix) && (path.n == prefix.n || path.p[prefix.n] == '/');
}

// What stays open to somebody who first has to change a password or agree to the notice.
static bool path_always_open(struct str path)
{
    static const char *const open[] = {"/api/v1/me", "/api/v1/auth", "/api/v1/consent", "/api/v1/site", "/api/v1/demo"};
    if (!lies_under(path, "/api"))
        return true;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (lies_under(path, open[i]))
            return true;
    return false;
}

// Of what is one's own, whoever withdrew may see, take along, withdraw and close; nothing more is taken in.
static bool takes_in_own_data(const struct http_request *rq)
{
    return (str_equal_z(rq->method, "PATCH") && str_equal_z(rq->path, "/api/v1/me")) ||
           (str_equal_z(rq->method, "POST") && str_equal_z(rq->path, "/api/v1/me/notices/consents"));
}

static enum err check_gate(struct ctx *c, const struct http_request *rq, const struct person *person)
{
    if (person_needs_consent(person) && takes_in_own_data(rq))
        return fail(c, ERR_FORBIDDEN, "account.consent_needed");
    if (path_always_open(rq->path))
        return OK;
    if (person_password_expired(c, person))
        return fail(c, ERR_FORBIDDEN, "account.password_expired");
    // What anybody may read is open also to one who withdrew.
    bool reading = str_equal_z(rq->method, "GET") &&
                   (lies_under(rq->path, "/api/v1/items") || lies_under(rq->path, "/api/v1/doors") ||
                    lies_under(rq->path, "/api/v1/wall"));
    if (person_needs_consent(person) && !reading)
        return fail(c, ERR_FORBIDDEN, "account.consent_needed");
    return OK;
}

enum err account_authenticate(struct ctx *c, struct http_request *rq)
{
    if (c->tenant_id == 0)
        c->tenant_id = c->house->tenant_id;
    c->actor = (struct actor){.kind = ACTOR_NOBODY};
    struct str token = token_from_request(c, rq);
    if (token.n == 0)
        return OK;
    struct found found = {.hash = token_hash(c, token)};
    TRY(store_read(c, find, &found));
    if (!found.valid)
        return OK; // nobody: open routes still answer, others say 401
    TRY(check_gate(c, rq, &found.person));
    if (c->now_ms - found.session.seen_at_ms >= TOUCH_MS)
        TRY(store_write(c, touch, &found));
    c->actor = found.actor;
    return OK;
}
