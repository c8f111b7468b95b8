// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/command.h"

#include "base/clock.h"
#include "crypto/seal.h"
#include "flow/event_private.h"
#include "flow/flow_records.h"
#include "flow_sql.h"

#include <inttypes.h>

#define KEY_MAX 64
#define KEEP_MS (7 * DAY_MS)

#define COMMAND_ROW_FIELDS(F, S)                                                                                       \
    F(S, TEXT, scope, .flags = FIELD_KEY, .doc = "Whose key it is")                                                    \
    F(S, TEXT, key, .flags = FIELD_KEY)                                                                                \
    F(S, TEXT, method_path_hash)                                                                                       \
    F(S, TEXT, body_hash)                                                                                              \
    F(S, INT, status, .doc = "0: its transaction is under way (never seen by others)")                                 \
    F(S, TEXT, content_type)                                                                                           \
    F(S, SEALED, response, .doc = "Sealed: it may hold what only the caller may see")                                  \
    F(S, TIME, at_ms)
struct command_row {
    COMMAND_ROW_FIELDS(FIELD_MEMBER, command_row)
};
static const struct field command_fields[] = {COMMAND_ROW_FIELDS(FIELD_ROW, command_row)};
const struct record command_record = {
    .name = "command", .table = "command", .size_bytes = sizeof(struct command_row), FIELDS(command_fields)};

struct running {
    struct http_request *rq;
    struct http_response *rs;
    command_fn fn;
    void *arg;
    struct str scope, key, method_path_hash, body_hash;
};

static enum err check_key(struct ctx *c, struct str key)
{
    if (key.n > KEY_MAX)
        return fail(c, ERR_INVALID, "command.bad_key");
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] < '!' || key.p[i] > '~')
            return fail(c, ERR_INVALID, "command.bad_key");
    return OK;
}

static struct str scope_of(struct ctx *c, const struct http_request *rq)
{
    if (c->actor.kind == ACTOR_PERSON)
        return str_format(c->arena, "person %" PRId64, c->actor.person_id);
    if (c->actor.kind == ACTOR_SYSTEM)
        return STR("system");
    if (c->actor.kind == ACTOR_PROGRAM)
        return str_format(c->arena, "program %" PRId64, c->actor.session_id);
    return str_concat(c->arena, STR("address "), blind(c, "command.address", rq->client_ip));
}

// Keyed: a plain hash of a body that is little more than a phone number could be guessed.
static struct str hash_of(struct ctx *c, struct str text)
{
    return blind(c, "command.request", text);
}

// Of multipart the parts, because a browser that sends again draws another boundary.
static struct str hash_of_body(struct ctx *c, const struct http_request *rq)
{
    struct http_part *parts;
    size_t count;
    if (!str_starts_with(rq->content_type, STR("multipart/")))
        return hash_of(c, rq->body);
    if (http_parts(c, rq, &parts, &count) != OK) {
        ctx_clear_error(c); // the handler will say it
        return hash_of(c, rq->body);
    }
    struct buf all;
    buf_init(&all, (size_t)HTTP_MAX_UPLOAD);
    for (size_t i = 0; i < count; i++) {
        netstring_str(&all, parts[i].name);
        netstring_str(&all, parts[i].filename);
        netstring_str(&all, parts[i].content_type);
        netstring_str(&all, hash_of(c, parts[i].content));
    }
    struct str hash = hash_of(c, buf_str(&all));
    buf_free(&all);
    return hash;
}

static int64_t box_row(struct ctx *c, const struct running *r)
{
    return (int64_t)blind64(c, "command.row", str_format(c->arena, "%.*s %.*s", STR_ARG(r->scope), STR_ARG(r->key)));
}

static enum err run_fn(struct ctx *c, struct running *r)
{
    http_response_reset(r->rs);
    return r->fn(c, r->rq, r->rs, r->arg);
}

static enum err replay(struct ctx *c, struct running *r)
{
    struct command_row row;
    TRY(db_one(c, &sql_command_get, ARGS(ARG_TEXT("scope", r->scope), ARG_TEXT("key", r->key)), &command_record, &row));
    if (!str_equal(row.method_path_hash, r->method_path_hash) || !str_equal(row.body_hash, r->body_hash))
        return fail(c, ERR_CONFLICT, "command.key_reused");
    struct str body = {0};
    if (row.response.n)
        TRY(open_bytes(c, "command", "response", box_row(c, r), row.response, &body));
    http_response_reset(r->rs);
    buf_add_str(&r->rs->body, body);
    r->rs->status = (int)row.status;
    if (row.content_type.n)
        r->rs->content_type = str_z(c->arena, row.content_type);
    http_set_header(r->rs, "Idempotent-Replay", STR("true"));
    return OK;
}

// The key is claimed first: who sends it at the same time waits here until this transaction has ended, then finds the
// answer (or, after an error, nothing).
static enum err run_with_key(struct ctx *c, void *arg)
{
    struct running *r = arg;
    int64_t claimed = 0;
    TRY(db_exec(c, &sql_command_claim,
                ARGS(ARG_TEXT("scope", r->scope), ARG_TEXT("key", r->key),
                     ARG_TEXT("method_path_hash", r->method_path_hash), ARG_TEXT("body_hash", r->body_hash),
                     ARG_BLOB("response", STR(""))),
                &claimed));
    if (!claimed)
        return replay(c, r);
    TRY(run_fn(c, r));
    struct str body = buf_str(&r->rs->body), box = {0};
    if (body.n)
        box = seal_bytes(c, "command", "response", box_row(c, r), body);
    return db_exec(c, &sql_command_answer,
                   ARGS(ARG_TEXT("scope", r->scope), ARG_TEXT("key", r->key),
                        ARG_INT("status", r->rs->status ? r->rs->status : 200),
                        ARG_TEXT("content_type", str_of(r->rs->content_type)), ARG_BLOB("response", box)),
                   NULL);
}

static enum err run_without_key(struct ctx *c, void *arg)
{
    return run_fn(c, arg);
}

enum err command_run(struct ctx *c, struct http_request *rq, struct http_response *rs, command_fn fn, void *arg)
{
    struct running r = {.rq = rq, .rs = rs, .fn = fn, .arg = arg, .key = http_header(rq, "Idempotency-Key")};
    if (!r.key.n)
        return store_write(c, run_without_key, &r);
    TRY(check_key(c, r.key));
    r.scope = scope_of(c, rq);
    r.method_path_hash = hash_of(c, str_format(c->arena, "%.*s %.*s", STR_ARG(rq->method), STR_ARG(rq->path)));
    r.body_hash = hash_of_body(c, rq);
    return store_write(c, run_with_key, &r);
}

static enum err expire(struct ctx *c, void *arg)
{
    (void)arg;
    return db_exec(c, &sql_command_expire, ARGS(ARG_INT("before_ms", c->now_ms - KEEP_MS)), NULL);
}

enum err command_expire(struct ctx *c)
{
    return store_write(c, expire, NULL);
}
