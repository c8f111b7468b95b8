// SPDX-License-Identifier: MulanPSL-2.0
// Keys: who may bring requests in. A key is 160 random bits, so a keyed hash that can be looked up is enough.
#include "crypto/seal.h"
#include "domain/open311/open311_internal.h"
#include "flow/command.h"
#include "flow/event_data.h"
#include "open311_sql.h"

#define KEY_BYTES 20
#define KEYS_PAGE_MAX 100

static const struct field open311_key_fields[] = {OPEN311_KEY_FIELDS(FIELD_ROW, open311_key)};
const struct record open311_key_record = {"open311_key", "open311_key", sizeof(struct open311_key),
                                          FIELDS(open311_key_fields)};

static const struct field open311_use_fields[] = {OPEN311_USE_FIELDS(FIELD_ROW, open311_use)};
const struct record open311_use_record = {"open311_use", "open311_use", sizeof(struct open311_use),
                                          FIELDS(open311_use_fields)};

// The one answer that holds the key itself.
struct key_made {
    struct open311_key key;
    struct str clear;
};
static const struct field key_made_fields[] = {
    {.name = "id", .offset = offsetof(struct key_made, key.id), .type = FIELD_ID, .read = READ_ADMIN},
    {.name = "name", .offset = offsetof(struct key_made, key.name), .type = FIELD_TEXT, .read = READ_ADMIN},
    {.name = "per_minute", .offset = offsetof(struct key_made, key.per_minute), .type = FIELD_INT, .read = READ_ADMIN},
    {.name = "api_key",
     .offset = offsetof(struct key_made, clear),
     .type = FIELD_TEXT,
     .read = READ_ADMIN,
     .doc = "Told this once"},
};
const struct record open311_key_made_record = {"open311_key_made", NULL, sizeof(struct key_made),
                                               FIELDS(key_made_fields)};

static struct str key_hash(struct ctx *c, struct str clear)
{
    return blind(c, "open311.key", clear);
}

static enum err tell(struct ctx *c, const struct open311_key *key, const char *type)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "name");
    json_put_str(w, key->name);
    json_key(w, "per_minute");
    json_put_int(w, key->per_minute);
    return event_data_append(c, &data, "open311_key", key->id, type);
}

enum err open311_key_make(struct ctx *c, struct open311_key *key, struct str *ret_clear)
{
    unsigned char bytes[KEY_BYTES];
    crypto_random(bytes, sizeof bytes);
    *ret_clear = str_hex(c->arena, bytes, sizeof bytes);
    crypto_wipe(bytes, sizeof bytes);
    if (!key->per_minute)
        key->per_minute = OPEN311_PER_MINUTE;
    key->id = ids_next(c->house->ids, c->now_ms);
    key->version = 1;
    key->key_hash = key_hash(c, *ret_clear);
    key->made_at_ms = c->now_ms;
    key->made_by = c->actor.person_id;
    key->ended_at_ms = key->ended_by = 0;
    TRY(db_exec(c, &sql_open311_key_insert, ARGS(ARG_ROW(&open311_key_record, key)), NULL));
    return tell(c, key, "open311.key_made");
}

static enum err get_key(struct ctx *c, int64_t id, struct open311_key *ret_key)
{
    enum err err = db_one(c, &sql_open311_key_by_id, ARGS(ARG_INT("id", id)), &open311_key_record, ret_key);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "open311.no_such_key") : err;
}

enum err open311_key_set_rate(struct ctx *c, int64_t id, int64_t per_minute, struct open311_key *ret_key)
{
    struct open311_key key;
    int64_t changed;
    TRY(get_key(c, id, &key));
    key.per_minute = per_minute ? per_minute : OPEN311_PER_MINUTE;
    TRY(db_exec(c, &sql_open311_key_set_rate, ARGS(ARG_ROW(&open311_key_record, &key)), &changed));
    if (!changed)
        return fail(c, ERR_CONFLICT, "open311.key_ended");
    key.version++;
    *ret_key = key;
    return tell(c, &key, "open311.key_changed");
}

enum err open311_key_end(struct ctx *c, int64_t id)
{
    struct open311_key key;
    int64_t changed;
    TRY(get_key(c, id, &key));
    key.ended_at_ms = c->now_ms;
    key.ended_by = c->actor.person_id;
    TRY(db_exec(c, &sql_open311_key_end, ARGS(ARG_ROW(&open311_key_record, &key)), &changed));
    return changed ? tell(c, &key, "open311.key_ended") : fail(c, ERR_CONFLICT, "open311.key_ended");
}

// --- who calls ------------------------------------------------------------------------------------------------------
struct look_up {
    struct str hash;
    struct open311_key key;
};

static enum err find_key(struct ctx *c, void *arg)
{
    struct look_up *look = arg;
    return db_one(c, &sql_open311_key_by_hash, ARGS(ARG_TEXT("key_hash", look->hash)), &open311_key_record, &look->key);
}

// Counted in the store: of two processes that serve, neither gives a key its share twice. What is refused counts too.
struct counted {
    int64_t key_id;
    int64_t count;
};

static enum err count_use(struct ctx *c, void *arg)
{
    struct counted *counted = arg;
    struct open311_use use = {.key_id = counted->key_id, .minute = c->now_ms / MINUTE_MS, .count = 1};
    TRY(db_exec(c, &sql_open311_use_count, ARGS(ARG_ROW(&open311_use_record, &use)), NULL));
    TRY(db_one(c, &sql_open311_use_of, ARGS(ARG_INT("key_id", use.key_id)), &open311_use_record, &use));
    counted->count = use.count;
    return OK;
}

static enum err check_rate(struct ctx *c, const struct open311_key *key)
{
    struct counted counted = {.key_id = key->id};
    TRY(store_write(c, count_use, &counted));
    if (counted.count <= key->per_minute)
        return OK;
    fail_with(c, ERR_RATE, "open311.too_often", str_format(c->arena, "%lld", (long long)key->per_minute), STR(""));
    c->error.retry_after_s = (MINUTE_MS - c->now_ms % MINUTE_MS + SECOND_MS - 1) / SECOND_MS;
    return ERR_RATE;
}

enum err open311_authenticate(struct ctx *c, const struct http_request *rq, struct str sent)
{
    struct str clear = sent.n ? sent : http_query(c, rq, "api_key");
    if (!clear.n)
        return fail(c, ERR_FORBIDDEN, "open311.key_missing");
    struct look_up look = {.hash = key_hash(c, clear)};
    enum err err = store_read(c, find_key, &look);
    if (err == ERR_NOT_FOUND)
        return fail(c, ERR_FORBIDDEN, "open311.key_wrong");
    TRY(err);
    TRY(check_rate(c, &look.key));
    c->actor = (struct actor){.kind = ACTOR_PROGRAM, .session_id = look.key.id};
    return OK;
}

// --- for the system administrator -----------------------------------------------------------------------------------
static enum err do_make(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    struct key_made made = {0};
    struct json_writer w;
    (void)arg;
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &open311_key_record, body, RECORD_CREATE, 0, &made.key));
    TRY(open311_key_make(c, &made.key, &made.clear));
    rs->status = 201;
    json_writer_init(&w, &rs->body);
    record_to_json(c, &open311_key_made_record, &made, made.key.id, READ_ADMIN, &w);
    return OK;
}

enum err open311_http_key_make(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_make, NULL);
}

#define RATE_FIELDS(F, S)                                                                                              \
    F(S, INT, per_minute, .flags = FIELD_INPUT, .read = READ_ADMIN, .max = 6000, .doc = "Calls a minute; 0: 600")
struct rate_input {
    RATE_FIELDS(FIELD_MEMBER, rate_input)
};
static const struct field rate_fields[] = {RATE_FIELDS(FIELD_ROW, rate_input)};
const struct record open311_rate_record = {"open311_rate", NULL, sizeof(struct rate_input), FIELDS(rate_fields)};

static enum err do_set_rate(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct json *body;
    struct rate_input in = {0};
    struct open311_key key;
    struct json_writer w;
    int64_t id;
    (void)arg;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &open311_rate_record, body, RECORD_CREATE, 0, &in));
    TRY(open311_key_set_rate(c, id, in.per_minute, &key));
    json_writer_init(&w, &rs->body);
    record_to_json(c, &open311_key_record, &key, key.id, READ_ADMIN, &w);
    return OK;
}

enum err open311_http_key_set_rate(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_set_rate, NULL);
}

static enum err do_end(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    int64_t id;
    (void)arg;
    TRY(http_param_id(c, rq, "id", &id));
    TRY(open311_key_end(c, id));
    rs->status = 204;
    return OK;
}

enum err open311_http_key_end(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return command_run(c, rq, rs, do_end, NULL);
}

struct key_page {
    int64_t before, limit;
    struct http_response *rs;
};

static enum err write_keys(struct ctx *c, void *arg)
{
    const struct key_page *page = arg;
    struct rows rows;
    struct json_writer w;
    TRY(db_list(c, &sql_open311_key_list,
                ARGS(ARG_INT("before", page->before ? page->before : INT64_MAX), ARG_INT("max", page->limit)),
                &open311_key_record, KEYS_PAGE_MAX, &rows));
    const struct open311_key *keys = rows.at;
    buf_clear(&page->rs->body);
    json_list_begin(&w, &page->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &open311_key_record, &keys[i], keys[i].id, READ_ADMIN, &w);
    json_list_end(&w, (int64_t)rows.count == page->limit ? keys[rows.count - 1].id : 0);
    return OK;
}

enum err open311_http_keys(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct key_page page = {.rs = rs};
    TRY(http_query_id(c, rq, "before", &page.before));
    TRY(http_query_int(c, rq, "limit", 1, KEYS_PAGE_MAX, 20, &page.limit));
    return store_read(c, write_keys, &page);
}
