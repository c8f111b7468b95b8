// SPDX-License-Identifier: MulanPSL-2.0
// Subscription messages of a WeChat mini-program: stable_token, subscribeMessage.send, code2Session
// (developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html and its
// neighbours). The token lies in the store, sealed, so that all processes share one; who sends holds the job's lease,
// so nobody else fetches at the same time. WeChat takes no id by which it would know a message again.
#include "base/id.h"
#include "base/log.h"
#include "domain/notice/notice_internal.h"

#define TOKEN_EARLY_MS (5 * MINUTE_MS) // a new one is given this long before the old ends, and both are good
#define TOKEN_MAX_BYTES 2048
#define CONFIG_PAUSE_MS (15 * MINUTE_MS)

const struct notice_code notice_wechat_codes[] = {
    {0, VERDICT_SENT, 0, 0, "成功", "Sent"},
    {-1, VERDICT_AGAIN, 0, 8, "微信系统繁忙", "WeChat is busy"},
    {40001, VERDICT_TOKEN, CONFIG_PAUSE_MS, 0, "凭证无效", "The token or secret is not valid"},
    {40014, VERDICT_TOKEN, CONFIG_PAUSE_MS, 0, "凭证不合法", "The token is not valid"},
    {42001, VERDICT_TOKEN, CONFIG_PAUSE_MS, 0, "凭证已过期", "The token has expired"},
    {40002, VERDICT_PAUSE, CONFIG_PAUSE_MS, 0, "凭证类型不对", "The grant type is not right"},
    {40013, VERDICT_PAUSE, CONFIG_PAUSE_MS, 0, "AppID 不对", "The AppID is not right"},
    {40125, VERDICT_PAUSE, CONFIG_PAUSE_MS, 0, "AppSecret 不对", "The AppSecret is not right"},
    {40164, VERDICT_PAUSE, CONFIG_PAUSE_MS, 0, "服务器 IP 不在白名单", "The server's address is not on the white list"},
    {89501, VERDICT_PAUSE, CONFIG_PAUSE_MS, 0, "IP 待管理员确认", "The address waits for WeChat's administrator"},
    {89503, VERDICT_PAUSE, CONFIG_PAUSE_MS, 0, "IP 待管理员确认", "The address waits for WeChat's administrator"},
    {89506, VERDICT_PAUSE, HOUR_MS, 0, "IP 被管理员拒绝", "The address was refused by WeChat's administrator"},
    {89507, VERDICT_PAUSE, HOUR_MS, 0, "IP 被管理员拒绝", "The address was refused by WeChat's administrator"},
    {45009, VERDICT_PAUSE, HOUR_MS, 0, "接口调用达到上限", "The quota of calls is used up"},
    {45011, VERDICT_PAUSE, MINUTE_MS, 0, "调用太频繁", "Too often"},
    {43107, VERDICT_PAUSE, HOUR_MS, 0, "订阅消息能力被封禁", "The mini-program may not send at present"},
    {43108, VERDICT_AGAIN, 0, 0, "对同一用户并发发送", "Two messages to one person at once"},
    {43101, VERDICT_NO_CONSENT, 0, 0, "用户没有同意接收，或次数已用完",
     "The person does not want it, or consent is used up"},
    {40003, VERDICT_DEAD, 0, 0, "用户标识不对", "WeChat does not know the person"},
    {40029, VERDICT_DEAD, 0, 0, "登录码无效或已用过", "The code is not valid or was used"},
    {40226, VERDICT_DEAD, 0, 0, "高风险用户", "WeChat refuses the person"},
    {40037, VERDICT_DEAD, 0, 0, "模板不对", "The template is not right"},
    {41030, VERDICT_DEAD, 0, 0, "页面不存在", "The page is not published"},
    {45168, VERDICT_DEAD, 0, 0, "含有敏感词", "WeChat refuses a word in it"},
    {47003, VERDICT_DEAD, 0, 0, "模板参数不对", "A field does not fit the template"},
    {0, VERDICT_AGAIN, 0, 0, NULL, NULL},
};

// --- fields ----------------------------------------------------------------------------------------------------------
struct str notice_wx_value(struct ctx *c, struct str field, struct str value)
{
    static const struct {
        struct str kind;
        size_t max; // characters
    } kinds[] = {{STR_INIT("character_string"), 32},
                 {STR_INIT("car_number"), 8},
                 {STR_INIT("thing"), 20},
                 {STR_INIT("phrase"), 5},
                 {STR_INIT("name"), 10},
                 {STR_INIT("number"), 32},
                 {STR_INIT("letter"), 32},
                 {STR_INIT("symbol"), 5},
                 {STR_INIT("phone"), 17}};
    size_t max = 20;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_starts_with(field, kinds[i].kind)) {
            max = kinds[i].max;
            break;
        }
    if (utf8_count(value) <= max)
        return value;
    if (max < 10)
        return utf8_prefix(value, max);
    return str_concat(c->arena, utf8_prefix(value, max - 1), STR("…"));
}

static struct str local_minute(struct ctx *c, int64_t at_ms)
{
    char text[25];
    time_format(at_ms + notice_rules_of(c).zone_ms, text); // "2026-11-24T05:29:48.123Z"
    return str_format(c->arena, "%.10s %.5s", text, text + 11);
}

static void write_data(struct ctx *c, const struct notice_message *m, struct str fields, struct json_writer *w)
{
    size_t arg = 0;
    json_object_begin(w);
    while (fields.n) {
        struct str field = str_trim(str_cut(&fields, ','));
        bool is_time = str_starts_with(field, STR("time")) || str_starts_with(field, STR("date"));
        struct str value = is_time ? local_minute(c, m->notice->made_at_ms) : arg < 2 ? m->args[arg++] : STR("");
        json_key(w, str_z(c->arena, field));
        json_object_begin(w);
        json_key(w, "value");
        json_put_str(w, is_time ? value : notice_wx_value(c, field, value));
        json_object_end(w);
    }
    json_object_end(w);
}

// --- token -----------------------------------------------------------------------------------------------------------
struct token {
    struct notice_channel channel;
    struct str clear;
};

static enum err store_token(struct ctx *c, void *arg)
{
    const struct token *token = arg;
    struct notice_channel now;
    TRY(notice_channel_load(c, CHANNEL_WECHAT, &now));
    now.token = token->channel.token;
    now.token_until_ms = token->channel.token_until_ms;
    return notice_channel_store(c, &now);
}

static struct notice_outcome pause_for(const char *error)
{
    return (struct notice_outcome){.verdict = VERDICT_PAUSE, .wait_ms = MINUTE_MS, .error = str_of(error)};
}

// force: what stable_token gave was refused by WeChat itself.
static struct notice_outcome fetch_token(struct ctx *c, bool force, struct token *token)
{
    const struct config *config = c->house->config;
    struct notice_call call = {.url = notice_url(c, config->wx_base, "/cgi-bin/stable_token")};
    struct notice_answer answer;
    const struct json *json;
    struct str secret;
    if (notice_read_secret(c, config->wx_secret_file, &secret) != OK) {
        ctx_clear_error(c);
        return pause_for("no_key");
    }
    struct buf body;
    struct json_writer w;
    buf_init(&body, 4096);
    json_writer_init(&w, &body);
    json_object_begin(&w);
    json_key(&w, "grant_type");
    json_put_z(&w, "client_credential");
    json_key(&w, "appid");
    json_put_z(&w, config->wx_appid);
    json_key(&w, "secret");
    json_put_str(&w, secret);
    json_key(&w, "force_refresh");
    json_put_bool(&w, force);
    json_object_end(&w);
    call.body = buf_str(&body);
    notice_post(c, &call, &answer);
    crypto_wipe(body.p, body.n);
    buf_free(&body);
    struct notice_outcome o = notice_judge(c, &answer, notice_wechat_codes, &json);
    if (o.verdict == VERDICT_WAY_FAILED)
        return o;
    if (o.verdict != VERDICT_SENT) { // whatever is wrong with the token is not the message's fault
        o.verdict = VERDICT_PAUSE;
        o.wait_ms = o.wait_ms ? o.wait_ms : MINUTE_MS;
        return o;
    }
    struct str clear = json_str(json_get(json, "access_token"));
    int64_t lives_s = json_int(json_get(json, "expires_in"));
    if (!clear.n || clear.n > TOKEN_MAX_BYTES || lives_s <= 0 || lives_s > 7200)
        return (struct notice_outcome){.verdict = VERDICT_WAY_FAILED, .error = STR("malformed")};
    token->clear = clear;
    token->channel.token = seal_bytes(c, "notice_channel", "token", CHANNEL_WECHAT, clear);
    token->channel.token_until_ms = c->now_ms + lives_s * SECOND_MS;
    if (store_write(c, store_token, token) != OK) {
        log_warn("notice: token not kept: %s", c->error.key);
        ctx_clear_error(c);
    }
    return o;
}

static struct notice_outcome have_token(struct ctx *c, struct token *token)
{
    const struct notice_channel *known = &token->channel;
    if (known->token.n && known->token_until_ms - TOKEN_EARLY_MS > c->now_ms &&
        open_bytes(c, "notice_channel", "token", CHANNEL_WECHAT, known->token, &token->clear) == OK)
        return (struct notice_outcome){.verdict = VERDICT_SENT, .error = STR("")};
    ctx_clear_error(c);
    return fetch_token(c, false, token);
}

// A token that WeChat refuses though it should be good: once more with what it gives now; the same again: a forced one.
static struct notice_outcome renew_token(struct ctx *c, struct token *token)
{
    struct str refused = token->clear;
    struct notice_outcome o = fetch_token(c, false, token);
    if (o.verdict == VERDICT_SENT && str_equal(refused, token->clear))
        o = fetch_token(c, true, token);
    return o;
}

// --- sending ---------------------------------------------------------------------------------------------------------
static struct str escape(struct ctx *c, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    struct buf out;
    buf_init(&out, 3 * TOKEN_MAX_BYTES);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-' ||
                     ch == '_' || ch == '.' || ch == '~';
        if (plain)
            buf_add_byte(&out, s.p[i]);
        else
            buf_addf(&out, "%%%c%c", hex[ch >> 4], hex[ch & 15]);
    }
    struct str text = str_copy(c->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

static void write_message(struct ctx *c, const struct notice_message *m, const struct notice_wx_template *template,
                          struct json_writer *w)
{
    const struct config *config = c->house->config;
    json_object_begin(w);
    json_key(w, "touser");
    json_put_str(w, m->address);
    json_key(w, "template_id");
    json_put_str(w, template->id);
    if (config->wx_page) {
        json_key(w, "page");
        json_put_str(
            w, str_format(c->arena, "%s?id=%.*s", config->wx_page, STR_ARG(id_text(c->arena, m->notice->about_id))));
    }
    json_key(w, "data");
    write_data(c, m, template->fields, w);
    json_key(w, "miniprogram_state");
    json_put_z(w, "formal");
    json_key(w, "lang");
    json_put_z(w, str_equal_z(m->notice->lang, "en") ? "en_US" : "zh_CN");
    json_object_end(w);
}

static struct notice_outcome send_with(struct ctx *c, const struct token *token, struct str body)
{
    struct str base = notice_url(c, c->house->config->wx_base, "/cgi-bin/message/subscribe/send?access_token=");
    struct notice_call call = {.url = str_concat(c->arena, base, escape(c, token->clear)), .body = body};
    struct notice_answer answer;
    notice_post(c, &call, &answer);
    return notice_judge(c, &answer, notice_wechat_codes, NULL);
}

struct notice_outcome notice_send_wechat(struct ctx *c, const struct notice_message *m)
{
    struct token token = {.channel = *m->channel};
    struct notice_wx_template template;
    if (!notice_wx_template_of(str_of(c->house->config->wx_templates), m->notice->template, &template))
        return (struct notice_outcome){.verdict = VERDICT_DEAD, .error = STR("no_template")};
    struct notice_outcome o = have_token(c, &token);
    if (o.verdict != VERDICT_SENT)
        return o;
    struct buf body;
    struct json_writer w;
    buf_init(&body, 16384);
    json_writer_init(&w, &body);
    write_message(c, m, &template, &w);
    o = send_with(c, &token, buf_str(&body));
    if (o.verdict == VERDICT_TOKEN) {
        o = renew_token(c, &token);
        if (o.verdict == VERDICT_SENT)
            o = send_with(c, &token, buf_str(&body));
    }
    buf_free(&body);
    if (o.verdict == VERDICT_TOKEN)
        o.verdict = VERDICT_PAUSE;
    return o;
}

enum err notice_wechat_openid(struct ctx *c, struct str code, struct str *ret_openid)
{
    const struct config *config = c->house->config;
    struct notice_answer answer;
    const struct json *json;
    struct str secret;
    TRY(notice_read_secret(c, config->wx_secret_file, &secret));
    struct str base = notice_url(c, config->wx_base, "/sns/jscode2session");
    struct notice_call call = {
        .url = str_format(c->arena, "%.*s?appid=%.*s&secret=%.*s&js_code=%.*s&grant_type=authorization_code",
                          STR_ARG(base), STR_ARG(escape(c, str_of(config->wx_appid))), STR_ARG(escape(c, secret)),
                          STR_ARG(escape(c, code)))};
    notice_post(c, &call, &answer);
    struct notice_outcome o = notice_judge(c, &answer, notice_wechat_codes, &json);
    if (o.verdict == VERDICT_DEAD)
        return fail_field(c, ERR_INVALID, "notice.code_wrong", STR("code"));
    struct str openid = o.verdict == VERDICT_SENT ? json_str(json_get(json, "openid")) : STR("");
    if (!openid.n || openid.n > 128) {
        log_warn("notice: code2Session failed: %.*s", STR_ARG(o.error));
        return fail(c, ERR_BUSY, "notice.wechat_failed");
    }
    *ret_openid = openid;
    return OK;
}
