// SPDX-License-Identifier: MulanPSL-2.0
// Text messages through the gateway that is configured: one-time codes at once, notices from the outbox.
#include "base/id.h"
#include "base/log.h"
#include "domain/notice/notice_internal.h"

// {"phone", member: text}
static struct notice_outcome post(struct ctx *c, struct str phone, const char *member, struct str text,
                                  struct str idempotency_key)
{
    const struct config *config = c->house->config;
    struct notice_call call = {.url = str_of(config->sms_url), .idempotency_key = idempotency_key};
    struct notice_answer answer;
    if (notice_read_secret(c, config->sms_key_file, &call.authorization) != OK) {
        ctx_clear_error(c);
        return (struct notice_outcome){.verdict = VERDICT_PAUSE, .wait_ms = MINUTE_MS, .error = STR("no_key")};
    }
    struct buf body;
    struct json_writer w;
    buf_init(&body, 16384);
    json_writer_init(&w, &body);
    json_object_begin(&w);
    json_key(&w, "phone");
    json_put_str(&w, phone);
    json_key(&w, member);
    json_put_str(&w, text);
    json_object_end(&w);
    call.body = buf_str(&body);
    notice_post(c, &call, &answer);
    crypto_wipe(body.p, body.n);
    buf_free(&body);
    return notice_judge(c, &answer, NULL, NULL);
}

static struct str phone_end(struct str phone)
{
    size_t shown = phone.n < 4 ? phone.n : 4;
    return (struct str){phone.p + phone.n - shown, shown};
}

enum err notice_ready(struct ctx *c)
{
    return notice_gateway_of(c->house->config) == GATEWAY_NONE ? fail(c, ERR_BUSY, "notice.no_gateway") : OK;
}

static enum err send_code_http(struct ctx *c, struct str phone, struct str code)
{
    const struct config *config = c->house->config;
    struct str secret;
    if (!notice_url_allowed(str_of(config->sms_url)))
        return fail(c, ERR_INTERNAL, "notice.bad_url");
    TRY(notice_read_secret(c, config->sms_key_file, &secret));
    struct notice_outcome o = post(c, phone, "code", code, STR(""));
    if (o.verdict == VERDICT_SENT)
        return OK;
    log_warn("sms gateway: no success: %.*s", STR_ARG(o.error));
    return fail(c, ERR_BUSY, "notice.failed");
}

enum err notice_send_code(struct ctx *c, struct str phone, struct str code)
{
    switch (notice_gateway_of(c->house->config)) {
    case GATEWAY_LOG:
        log_info("demo: code=%.*s phone_end=%.*s", STR_ARG(code), STR_ARG(phone_end(phone)));
        return OK;
    case GATEWAY_HTTP:
        return send_code_http(c, phone, code);
    case GATEWAY_NONE:
        break;
    }
    return fail(c, ERR_BUSY, "notice.no_gateway");
}

// The id of the notice goes along, so that a gateway that has seen it already can leave it.
struct notice_outcome notice_send_sms(struct ctx *c, const struct notice_message *m)
{
    const struct config *config = c->house->config;
    if (notice_gateway_of(config) == GATEWAY_LOG) {
        log_info("demo: text message about=%.*s phone_end=%.*s", STR_ARG(m->notice->template),
                 STR_ARG(phone_end(m->address)));
        return (struct notice_outcome){.verdict = VERDICT_SENT, .error = STR("")};
    }
    if (!notice_url_allowed(str_of(config->sms_url)))
        return (struct notice_outcome){.verdict = VERDICT_PAUSE, .wait_ms = MINUTE_MS, .error = STR("refused")};
    return post(c, m->address, "text", m->text, id_text(c->arena, m->notice->id));
}
