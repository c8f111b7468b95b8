// SPDX-License-Identifier: MulanPSL-2.0
// The inbox, and what one agrees to be told in WeChat.
#include "domain/notice/notice_internal.h"
#include "flow/command.h"
#include "flow/event_data.h"
#include "notice_sql.h"

#define LIST_MAX 100
#define UNREAD_MAX 100
#define CONSENT_MAX 100 // of one template, for one person
#define CODE_MAX 128

// --- the inbox -------------------------------------------------------------------------------------------------------
static const struct field entry_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_OWNER},
    {.name = "template", .type = FIELD_TEXT, .read = READ_OWNER, .doc = "What it says, by its key"},
    {.name = "text", .type = FIELD_TEXT, .read = READ_OWNER, .doc = "In the reader's language"},
    {.name = "about_kind", .type = FIELD_TEXT, .read = READ_OWNER, .doc = "Kind of what it is about"},
    {.name = "about_id", .type = FIELD_ID, .read = READ_OWNER, .doc = "What it is about"},
    {.name = "urgent", .type = FIELD_BOOL, .read = READ_OWNER},
    {.name = "made_at", .type = FIELD_TIME, .read = READ_OWNER},
    {.name = "read_at", .type = FIELD_TIME, .read = READ_OWNER, .doc = "null: not yet"},
};
static const struct record entry_record = {.name = "notice_entry", FIELDS(entry_fields)};

struct inbox {
    int64_t before, limit;
    struct http_response *rs;
};

static enum err write_entry(struct ctx *c, const struct notice *n, struct json_writer *w)
{
    struct str text;
    TRY(notice_text(c, n, c->lang, &text, NULL));
    json_object_begin(w);
    json_key(w, "id");
    json_put_id(w, n->id);
    json_key(w, "template");
    json_put_str(w, n->template);
    json_key(w, "text");
    json_put_str(w, text);
    json_key(w, "about_kind");
    json_put_str(w, n->about_kind);
    json_key(w, "about_id");
    json_put_id(w, n->about_id);
    json_key(w, "urgent");
    json_put_bool(w, n->urgent);
    json_key(w, "made_at");
    json_put_time(w, n->made_at_ms);
    json_key(w, "read_at");
    json_put_time(w, n->read_at_ms);
    json_object_end(w);
    return OK;
}

static enum err read_inbox(struct ctx *c, void *arg)
{
    const struct inbox *inbox = arg;
    struct rows rows;
    struct json_writer w;
    TRY(db_list(c, &sql_notice_inbox,
                ARGS(ARG_INT("person_id", c->actor.person_id),
                     ARG_INT("before", inbox->before ? inbox->before : INT64_MAX), ARG_INT("max", inbox->limit)),
                &notice_record, LIST_MAX, &rows));
    const struct notice *n = rows.at;
    json_list_begin(&w, &inbox->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        TRY(write_entry(c, &n[i], &w));
    json_list_end(&w, rows.count && rows.count == (size_t)inbox->limit ? n[rows.count - 1].id : 0);
    return OK;
}

static enum err list_inbox(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct inbox inbox = {.rs = rs};
    TRY(http_query_id(c, rq, "before", &inbox.before));
    TRY(http_query_int(c, rq, "limit", 1, LIST_MAX, 20, &inbox.limit));
    return store_read(c, read_inbox, &inbox);
}

static const struct field unread_fields[] = {
    {.name = "unread", .type = FIELD_INT, .read = READ_OWNER, .doc = "Stops counting at 100"},
};
static const struct record unread_record = {.name = "notice_unread", FIELDS(unread_fields)};

static enum err read_unread(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct json_writer w;
    int64_t unread;
    TRY(db_number(c, &sql_notice_unread, ARGS(ARG_INT("person_id", c->actor.person_id), ARG_INT("max", UNREAD_MAX)),
                  &unread));
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "unread");
    json_put_int(&w, unread);
    json_object_end(&w);
    return OK;
}

static enum err get_unread(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    return store_read(c, read_unread, rs);
}

#define READ_INPUT_FIELDS(F, S)                                                                                        \
    F(S, ID, up_to, .flags = FIELD_INPUT | FIELD_REQUIRED, .doc = "The newest that was seen: it and all older ones")
struct read_input {
    READ_INPUT_FIELDS(FIELD_MEMBER, read_input)
};
static const struct field read_fields[] = {READ_INPUT_FIELDS(FIELD_ROW, read_input)};
static const struct record read_record = {"notices_read", NULL, sizeof(struct read_input), FIELDS(read_fields)};

// That somebody has seen what they were told is theirs: no event.
static enum err mark_read_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct read_input *input = arg;
    rs->status = 204;
    return db_exec(
        c, &sql_notice_mark_read,
        ARGS(ARG_INT("person_id", c->actor.person_id), ARG_INT("read_at", c->now_ms), ARG_INT("id", input->up_to)),
        NULL);
}

static enum err mark_read(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct read_input input = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &read_record, body, RECORD_CREATE, 0, &input));
    return command_run(c, rq, rs, mark_read_run, &input);
}

// --- WeChat: one tap, one message ------------------------------------------------------------------------------------
#define CONSENT_INPUT_FIELDS(F, S)                                                                                     \
    F(S, TEXT, template, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 60, .doc = "What was agreed to, by its key")    \
    F(S, TEXT, code, .flags = FIELD_INPUT, .max = CODE_MAX,                                                            \
      .doc = "From wx.login; needed when the person was never known in WeChat")
struct consent_input {
    CONSENT_INPUT_FIELDS(FIELD_MEMBER, consent_input)
};
static const struct field consent_input_fields[] = {CONSENT_INPUT_FIELDS(FIELD_ROW, consent_input)};
static const struct record consent_input_record = {"wechat_consent", NULL, sizeof(struct consent_input),
                                                   FIELDS(consent_input_fields)};

static enum err read_consents(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct rows rows;
    struct json_writer w;
    TRY(db_list(c, &sql_notice_consents_of_person, ARGS(ARG_INT("person_id", c->actor.person_id)),
                &notice_consent_record, 50, &rows));
    const struct notice_consent *consents = rows.at;
    json_list_begin(&w, &rs->body);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &notice_consent_record, &consents[i], c->actor.person_id, READ_OWNER, &w);
    json_list_end(&w, 0);
    return OK;
}

static enum err list_consents(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    return store_read(c, read_consents, rs);
}

struct consenting {
    struct consent_input input;
    struct str openid; // in clear; empty: what is on record
};

// The openid of any consent of the person.
static enum err known_openid(struct ctx *c, struct str *ret_openid)
{
    struct rows rows;
    int64_t person_id = c->actor.person_id;
    TRY(db_list(c, &sql_notice_consents_of_person, ARGS(ARG_INT("person_id", person_id)), &notice_consent_record, 50,
                &rows));
    if (!rows.count)
        return fail_field(c, ERR_INVALID, "notice.code_needed", STR("code"));
    return open_bytes(c, "notice_consent", "openid", person_id, ((const struct notice_consent *)rows.at)->openid,
                      ret_openid);
}

static enum err consent_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct consenting *given = arg;
    int64_t person_id = c->actor.person_id;
    struct str openid = given->openid;
    struct notice_consent consent = {.person_id = person_id, .template = given->input.template};
    enum err err = db_one(c, &sql_notice_consent_get,
                          ARGS(ARG_INT("person_id", person_id), ARG_TEXT("template", given->input.template)),
                          &notice_consent_record, &consent);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    if (!openid.n)
        TRY(known_openid(c, &openid));
    consent.openid = seal_bytes(c, "notice_consent", "openid", person_id, openid);
    if (consent.count < CONSENT_MAX)
        consent.count++;
    TRY(db_exec(c, &sql_notice_consent_put, ARGS(ARG_ROW(&notice_consent_record, &consent)), NULL));
    struct event_data data;
    struct json_writer *w = event_data_begin(&data), answer;
    json_key(w, "template");
    json_put_str(w, consent.template);
    TRY(event_data_append(c, &data, "person", person_id, "notice.agreed"));
    rs->status = 201;
    json_writer_init(&answer, &rs->body);
    record_to_json(c, &notice_consent_record, &consent, person_id, READ_OWNER, &answer);
    return OK;
}

static enum err give_consent(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    const struct config *config = c->house->config;
    struct consenting given = {0};
    struct notice_wx_template template;
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &consent_input_record, body, RECORD_CREATE, 0, &given.input));
    if (!notice_channel_on(c, CHANNEL_WECHAT))
        return fail(c, ERR_BUSY, "notice.no_wechat");
    if (!notice_wx_template_of(str_of(config->wx_templates), given.input.template, &template))
        return fail_field(c, ERR_INVALID, "notice.no_template", STR("template"));
    if (given.input.code.n)
        TRY(notice_wechat_openid(c, given.input.code, &given.openid));
    return command_run(c, rq, rs, consent_run, &given);
}

const struct route notice_me_routes[] = {
    {"GET", "/api/v1/me/notices", list_inbox, ACCESS_SIGNED_IN, ROUTE_LIST, NULL, &entry_record, NULL,
     "What I was told, newest first", NULL},
    {"GET", "/api/v1/me/notices/unread", get_unread, ACCESS_SIGNED_IN, 0, NULL, &unread_record, NULL,
     "How much of it I have not read", NULL},
    {"POST", "/api/v1/me/notices/read", mark_read, ACCESS_SIGNED_IN, 0, &read_record, NULL, NULL,
     "Marks it as read, up to one", NULL},
    {"GET", "/api/v1/me/notices/consents", list_consents, ACCESS_SIGNED_IN, ROUTE_LIST, NULL, &notice_consent_record,
     NULL, "How many WeChat messages I have agreed to", NULL},
    {"POST", "/api/v1/me/notices/consents", give_consent, ACCESS_SIGNED_IN, 0, &consent_input_record,
     &notice_consent_record, NULL, "Agrees to one more WeChat message about something", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
