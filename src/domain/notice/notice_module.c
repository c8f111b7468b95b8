// SPDX-License-Identifier: MulanPSL-2.0
// What this module brings, and what it keeps of a person.
#include "domain/notice/notice_internal.h"
#include "notice_sql.h"

#include <curl/curl.h>

#define PERSON_MAX 1000
#define CONSENTS_MAX 50

static enum err topics(struct ctx *c, int64_t id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    int64_t person_id = 0;
    TRY(db_number(c, &sql_notice_topic, ARGS(ARG_INT("id", id)), &person_id));
    *ret_count = max && person_id ? 1 : 0;
    if (*ret_count)
        ret_topics[0] = person_id;
    return OK;
}

static enum err may_read(struct ctx *c, int64_t id)
{
    int64_t person_id = 0;
    TRY(db_number(c, &sql_notice_topic, ARGS(ARG_INT("id", id)), &person_id));
    bool own = c->actor.kind == ACTOR_PERSON && person_id == c->actor.person_id;
    return own ? OK : fail(c, ERR_NOT_FOUND, "notice.unknown");
}

static const struct event_subject subjects[] = {{"notice", topics, may_read}, {NULL, NULL, NULL}};

// --- what is kept of a person ----------------------------------------------------------------------------------------
static enum err write_notice(struct ctx *c, const struct notice *n, struct json_writer *w)
{
    struct str text, address = {0};
    TRY(notice_text(c, n, c->lang, &text, NULL));
    if (n->address.n)
        TRY(notice_open(c, n, "address", n->address, &address));
    json_object_begin(w);
    json_key(w, "channel");
    json_put_z(w, notice_channel_names[n->channel]);
    json_key(w, "state");
    json_put_z(w, notice_state_names[n->state]);
    json_key(w, "text");
    json_put_str(w, text);
    json_key(w, "address");
    json_put_str(w, address);
    json_key(w, "made_at");
    json_put_time(w, n->made_at_ms);
    json_object_end(w);
    return OK;
}

static enum err personal_write(struct ctx *c, int64_t person_id, struct json_writer *w)
{
    struct rows notices, consents;
    TRY(db_list(c, &sql_notice_of_person, ARGS(ARG_INT("person_id", person_id), ARG_INT("max", PERSON_MAX)),
                &notice_record, PERSON_MAX, &notices));
    json_key(w, "notices");
    json_array_begin(w);
    for (size_t i = 0; i < notices.count; i++)
        TRY(write_notice(c, (const struct notice *)notices.at + i, w));
    json_array_end(w);
    TRY(db_list(c, &sql_notice_consents_of_person, ARGS(ARG_INT("person_id", person_id)), &notice_consent_record,
                CONSENTS_MAX, &consents));
    json_key(w, "wechat_consents");
    json_array_begin(w);
    for (size_t i = 0; i < consents.count; i++)
        record_to_json(c, &notice_consent_record, (const struct notice_consent *)consents.at + i, person_id, READ_OWNER,
                       w);
    json_array_end(w);
    return OK;
}

static enum err personal_erase(struct ctx *c, int64_t person_id)
{
    struct args args = ARGS(ARG_INT("person_id", person_id));
    TRY(db_exec(c, &sql_notice_consent_forget_person, args, NULL));
    return db_exec(c, &sql_notice_forget_person, args, NULL);
}

static enum err start(struct ctx *c)
{
    TRY(notice_config_check(c));
    return curl_global_init(CURL_GLOBAL_DEFAULT) == 0 ? OK : fail(c, ERR_INTERNAL, "notice.failed");
}

static const struct message messages[] = {
    {"notice.no_gateway", "短信服务尚未开通，请联系社区", "No way to send text messages is set up here"},
    {"notice.no_key", "密钥文件无法读取", "The file with the secret cannot be read"},
    {"notice.bad_url", "短信服务的地址必须是 https", "The address of the text message gateway must be https"},
    {"notice.failed", "短信没有发出，请稍后再试", "The text message could not be sent: try again later"},
    {"notice.bad_quiet", "免打扰时段 {0} 无法理解：应如 21:00-08:00，或 off",
     "The quiet hours {0} cannot be understood: 21:00-08:00, or off"},
    {"notice.bad_base", "地址 {0} 必须是 https", "The address {0} must be https"},
    {"notice.bad_templates", "wx-templates 无法理解：应如 KEY=TEMPLATE_ID,thing1,time2;…",
     "wx-templates cannot be understood: KEY=TEMPLATE_ID,thing1,time2;…"},
    {"notice.unknown", "没有这条通知", "There is no such notice"},
    {"notice.not_dead", "只有未能发出的通知可以重发", "Only a notice that was given up can be sent again"},
    {"notice.no_robot", "没有这个机器人", "There is no such robot"},
    {"notice.robot_there", "这个地方已经有机器人，请先删除", "This place has a robot already: remove it first"},
    {"notice.bad_robot_key", "请填写机器人地址中 key= 后面的部分",
     "Give what stands after key= in the robot's address"},
    {"notice.no_wechat", "这里没有开通微信订阅消息", "WeChat messages are not set up here"},
    {"notice.no_template", "没有这个消息模板", "There is no such message template"},
    {"notice.code_needed", "请先完成微信登录", "The code of a WeChat sign-in is needed"},
    {"notice.code_wrong", "微信登录码无效", "The code of the WeChat sign-in is not valid"},
    {"notice.wechat_failed", "微信暂时无法访问，请稍后再试", "WeChat cannot be reached at present: try again later"},
    {"notice.robot_test", "邻里：机器人已接通（{0}）", "Linli: the robot is connected ({0})"},
    {NULL, NULL, NULL},
};
static const struct record *const records[] = {&notice_record, &notice_consent_record, &notice_robot_record,
                                               &notice_channel_record, NULL};
static const struct route *const more_routes[] = {notice_admin_routes, NULL};

const struct module notice_module = {
    .name = "notice",
    .store = {.module = "notice", .statements = notice_statements, .migrations = notice_migrations, .records = records},
    .routes = notice_me_routes,
    .more_routes = more_routes,
    .jobs = notice_jobs,
    .messages = messages,
    .subjects = subjects,
    .personal_write = personal_write,
    .personal_erase = personal_erase,
    .start = start,
};
