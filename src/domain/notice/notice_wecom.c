// SPDX-License-Identifier: MulanPSL-2.0
// Robots of WeCom groups. Wire format and the limit of 20 a minute: developer.work.weixin.qq.com/document/path/91770;
// codes: …/path/90455. WeCom takes no id by which it would know a message again.
#include "base/id.h"
#include "domain/notice/notice_internal.h"

#define CONTENT_MAX_BYTES 4096 // of markdown

const struct notice_code notice_wecom_codes[] = {
    {0, VERDICT_SENT, 0, 0, "成功", "Sent"},
    {-1, VERDICT_AGAIN, 0, 8, "企业微信系统繁忙", "WeCom is busy"},
    {6000, VERDICT_AGAIN, 0, 8, "企业微信数据冲突", "WeCom met a conflict of its own"},
    {45009, VERDICT_PAUSE, MINUTE_MS, 0, "发送太频繁（每分钟 20 条）", "More than 20 messages a minute"},
    {45033, VERDICT_PAUSE, 10 * SECOND_MS, 0, "并发太多", "Too many at once"},
    {93000, VERDICT_BROKEN, 0, 0, "机器人地址无效，或已被移出群", "The robot's key is not valid, or it left the group"},
    {93008, VERDICT_BROKEN, 0, 0, "机器人不在群里", "The robot is not in the group"},
    {40001, VERDICT_BROKEN, 0, 0, "密钥不对", "The key is not right"},
    {40008, VERDICT_DEAD, 0, 0, "消息类型不对", "The type of the message is not taken"},
    {40033, VERDICT_DEAD, 0, 0, "含有不允许的字符", "It holds characters that are not taken"},
    {40035, VERDICT_DEAD, 0, 0, "参数不对", "A parameter is not right"},
    {40058, VERDICT_DEAD, 0, 0, "参数不对", "A parameter is not right"},
    {44004, VERDICT_DEAD, 0, 0, "内容为空", "It says nothing"},
    {45002, VERDICT_DEAD, 0, 0, "内容太长", "It is too long"},
    {47001, VERDICT_DEAD, 0, 0, "格式不对", "The format is not right"},
    {0, VERDICT_AGAIN, 0, 0, NULL, NULL},
};

// Markdown of WeCom: what a name holds must not turn into markup or a link.
static void add_plain(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (str_find_byte(STR("[]<>`*_#\\\r\n"), s.p[i], 0) == (size_t)-1)
            buf_add_byte(out, s.p[i]);
        else
            buf_add_byte(out, ' ');
}

static struct str content_of(struct ctx *c, const struct notice_message *m)
{
    const struct config *config = c->house->config;
    struct buf content;
    buf_init(&content, CONTENT_MAX_BYTES);
    add_plain(&content, (struct str){m->text.p, m->text.n > CONTENT_MAX_BYTES / 2 ? CONTENT_MAX_BYTES / 2 : m->text.n});
    if (config->public_url && m->notice->about_id && str_equal_z(m->notice->about_kind, "request")) {
        struct str url = notice_url(c, config->public_url, "/work/r/");
        bool en = str_equal_z(m->notice->lang, "en");
        buf_addf(&content, "\n[%s](%.*s%.*s)", en ? "Open" : "查看", STR_ARG(url),
                 STR_ARG(id_text(c->arena, m->notice->about_id)));
    }
    struct str text = str_copy(c->arena, buf_str(&content));
    buf_free(&content);
    return text;
}

struct notice_outcome notice_send_wecom(struct ctx *c, const struct notice_message *m)
{
    struct str base = notice_url(c, c->house->config->wecom_base, "/cgi-bin/webhook/send?key=");
    struct notice_call call = {.url = str_concat(c->arena, base, m->address)}; // the key is letters, digits, '-'
    struct notice_answer answer;
    struct buf body;
    struct json_writer w;
    buf_init(&body, 16384);
    json_writer_init(&w, &body);
    json_object_begin(&w);
    json_key(&w, "msgtype");
    json_put_z(&w, "markdown");
    json_key(&w, "markdown");
    json_object_begin(&w);
    json_key(&w, "content");
    json_put_str(&w, content_of(c, m));
    json_object_end(&w);
    json_object_end(&w);
    call.body = buf_str(&body);
    notice_post(c, &call, &answer);
    buf_free(&body);
    return notice_judge(c, &answer, notice_wecom_codes, NULL);
}
