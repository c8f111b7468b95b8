// SPDX-License-Identifier: MulanPSL-2.0
// Errors as application/problem+json (RFC 9457), in the reader's language.
#include "base/log.h"
#include "http/exchange.h"
#include "json/json.h"

#include <string.h>

static const struct message *find_in(const struct message *table, const char *key)
{
    for (; table->key; table++)
        if (!strcmp(table->key, key))
            return table;
    return NULL;
}

const struct message *message_find(const struct message *const *tables, const char *key)
{
    if (!key || !*key)
        return NULL;
    for (; tables && *tables; tables++) {
        const struct message *found = find_in(*tables, key);
        if (found)
            return found;
    }
    return find_in(platform_messages, key);
}

struct str message_text(struct arena *arena, const struct message *message, const char *lang, const struct str args[2])
{
    struct str rest = str_of(lang && !strcmp(lang, "en") ? message->en : message->zh);
    struct str text = {0};
    for (;;) {
        size_t at = str_find_byte(rest, '{', 0);
        bool placeholder = at != (size_t)-1 && at + 2 < rest.n && rest.p[at + 2] == '}' &&
                           (rest.p[at + 1] == '0' || rest.p[at + 1] == '1');
        if (at == (size_t)-1)
            return str_concat(arena, text, rest);
        text = str_concat(arena, text, (struct str){rest.p, placeholder ? at : at + 1});
        if (placeholder)
            text = str_concat(arena, text, args[rest.p[at + 1] - '0']);
        size_t skip = placeholder ? at + 3 : at + 1;
        rest = (struct str){rest.p + skip, rest.n - skip};
    }
}

// The sentence for a status alone, when an error came without a key or with one nobody has worded.
static const char *plain_key(enum err code)
{
    switch (code) {
    case ERR_UNAUTHENTICATED:
        return "auth.sign_in";
    case ERR_FORBIDDEN:
        return "auth.not_allowed";
    case ERR_NOT_FOUND:
        return "http.not_found";
    case ERR_METHOD:
        return "http.method";
    case ERR_CONFLICT:
        return "http.conflict";
    case ERR_STALE:
        return "flow.stale";
    case ERR_TOO_LARGE:
        return "http.too_large";
    case ERR_UNSUPPORTED:
        return "http.unsupported";
    case ERR_LOCKED:
        return "http.locked";
    case ERR_RATE:
        return "http.rate";
    case ERR_BUSY:
        return "http.busy";
    case ERR_INVALID:
        return "http.invalid";
    case OK:
    case ERR_INTERNAL:
    case ERR_COUNT:
        break;
    }
    return "http.internal";
}

static void put_args(struct json_writer *w, const struct error *error)
{
    size_t count = error->args[1].n ? 2 : error->args[0].n ? 1 : 0;
    if (!count)
        return;
    json_key(w, "args");
    json_array_begin(w);
    for (size_t i = 0; i < count; i++)
        json_put_str(w, error->args[i]);
    json_array_end(w);
}

static void put_retry_after(const struct error *error, struct http_response *rs)
{
    struct response_impl *impl = rs->impl;
    int64_t seconds = error->retry_after_s;
    if (!seconds && error->code == ERR_BUSY)
        seconds = 1;
    if (seconds > 0)
        http_set_header(rs, "Retry-After", str_format(impl->arena, "%lld", (long long)seconds));
}

// What went wrong inside is for the log, not for strangers.
static struct error told_error(const struct ctx *c)
{
    bool inside = c->error.code == OK || c->error.code == ERR_INTERNAL;
    return inside ? (struct error){.code = ERR_INTERNAL, .key = "http.internal"} : c->error;
}

static const struct message *find_message(const struct message *const *messages, const struct error *error)
{
    const struct message *message = message_find(messages, error->key);
    if (!message && error->key && *error->key)
        log_warn("http: no message for key %s", error->key);
    return message ? message : message_find(NULL, plain_key(error->code));
}

struct str http_problem_title(struct ctx *c, const struct message *const *messages)
{
    struct error error = told_error(c);
    return message_text(c->arena, find_message(messages, &error), c->lang, error.args);
}

void http_problem(struct ctx *c, const struct message *const *messages, struct http_response *rs)
{
    struct error error = told_error(c);
    const struct message *message = find_message(messages, &error);
    const char *key = error.key && *error.key ? error.key : message->key;
    struct response_impl *impl = rs->impl;
    struct str allow = http_response_header(rs, "Allow");
    http_response_reset(rs);
    if (allow.n)
        http_set_header(rs, "Allow", allow);
    rs->status = err_status(error.code);
    rs->content_type = "application/problem+json; charset=utf-8";
    put_retry_after(&error, rs);
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "type");
    json_put_z(&w, "about:blank");
    json_key(&w, "title");
    json_put_str(&w, message_text(c->arena, message, c->lang, error.args));
    json_key(&w, "status");
    json_put_int(&w, rs->status);
    json_key(&w, "key");
    json_put_z(&w, key);
    if (error.field.n) {
        json_key(&w, "field");
        json_put_str(&w, error.field);
    }
    put_args(&w, &error);
    if (error.code == ERR_INTERNAL && impl->request_id.n) {
        json_key(&w, "request_id");
        json_put_str(&w, impl->request_id);
    }
    json_object_end(&w);
}
