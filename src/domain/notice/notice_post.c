// SPDX-License-Identifier: MulanPSL-2.0
// One call to a vendor over HTTP, and what its answer means. Certificates are verified, redirects are not followed, no
// proxy of the environment is used, and nothing of an address is logged: vendors want secrets in it.
#include "domain/notice/notice_internal.h"

#include <curl/curl.h>
#include <stdlib.h>

#define CALL_TIMEOUT_MS 5000L
#define ANSWER_MAX_BYTES (64 << 10)
#define RETRY_AFTER_MAX_MS HOUR_MS
#define CONFIG_PAUSE_MS (5 * MINUTE_MS)
#define UNKNOWN_TRIES 3

bool notice_url_allowed(struct str url)
{
    return str_starts_with(url, STR("https://")) || str_starts_with(url, STR("http://127.0.0.1:")) ||
           str_starts_with(url, STR("http://localhost:"));
}

struct str notice_url(struct ctx *c, const char *base, const char *path)
{
    struct str s = str_of(base);
    while (s.n && s.p[s.n - 1] == '/')
        s.n--;
    return str_concat(c->arena, s, str_of(path));
}

static size_t take(char *bytes, size_t size, size_t n, void *arg)
{
    struct buf *body = arg;
    buf_add(body, bytes, size * n);
    return body->full ? 0 : size * n;
}

static const char *failure_of(CURLcode code)
{
    switch ((int)code) {
    case CURLE_OK:
        return NULL;
    case CURLE_OPERATION_TIMEDOUT:
        return "timeout";
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
        return "refused";
    case CURLE_WRITE_ERROR:
        return "malformed";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
        return "tls";
    default:
        return "network";
    }
}

static struct curl_slist *headers_of(struct ctx *c, const struct notice_call *call)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
    headers = curl_slist_append(headers, "Expect:");
    if (call->authorization.n)
        headers = curl_slist_append(
            headers, str_z(c->arena, str_format(c->arena, "Authorization: Bearer %.*s", STR_ARG(call->authorization))));
    if (call->idempotency_key.n)
        headers = curl_slist_append(
            headers, str_z(c->arena, str_format(c->arena, "Idempotency-Key: %.*s", STR_ARG(call->idempotency_key))));
    return headers;
}

void notice_post(struct ctx *c, const struct notice_call *call, struct notice_answer *ret_answer)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = headers_of(c, call);
    struct buf body;
    buf_init(&body, ANSWER_MAX_BYTES);
    curl_easy_setopt(curl, CURLOPT_URL, str_z(c->arena, call->url));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, CALL_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    if (call->body.n) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body.p);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)call->body.n);
    }
    *ret_answer = (struct notice_answer){.failure = failure_of(curl_easy_perform(curl))};
    curl_off_t retry_after = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &ret_answer->status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
    ret_answer->retry_after_ms =
        retry_after > RETRY_AFTER_MAX_MS / SECOND_MS ? RETRY_AFTER_MAX_MS : retry_after * SECOND_MS;
    ret_answer->body = str_copy(c->arena, buf_str(&body));
    buf_free(&body);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}

// --- what it means ---------------------------------------------------------------------------------------------------
static struct notice_outcome outcome(enum notice_verdict verdict, int64_t wait_ms, struct str error)
{
    return (struct notice_outcome){.verdict = verdict, .wait_ms = wait_ms, .error = error};
}

static struct notice_outcome judge_status(struct ctx *c, const struct notice_answer *answer)
{
    struct str error = str_format(c->arena, "http %ld", answer->status);
    if (answer->status >= 500 || answer->status == 408 || answer->status == 425)
        return outcome(VERDICT_WAY_FAILED, answer->retry_after_ms, error);
    if (answer->status == 429)
        return outcome(VERDICT_PAUSE, answer->retry_after_ms ? answer->retry_after_ms : MINUTE_MS, error);
    // Keys or addresses that are not right, for all messages alike: somebody has to set them.
    if (answer->status == 401 || answer->status == 403 || answer->status == 404 || answer->status < 400)
        return outcome(VERDICT_PAUSE, CONFIG_PAUSE_MS, error);
    return outcome(VERDICT_DEAD, 0, error);
}

static struct notice_outcome judge_code(struct ctx *c, int64_t code, const struct notice_code *codes)
{
    while (codes->zh && codes->code != code)
        codes++;
    struct notice_outcome o =
        outcome(codes->verdict, codes->wait_ms, code ? str_format(c->arena, "errcode %lld", (long long)code) : STR(""));
    o.tries = codes->zh ? codes->tries : UNKNOWN_TRIES;
    return o;
}

struct notice_outcome notice_judge(struct ctx *c, const struct notice_answer *answer, const struct notice_code *codes,
                                   const struct json **ret_json)
{
    const struct json *json = NULL;
    if (ret_json)
        *ret_json = NULL;
    if (answer->failure)
        return outcome(VERDICT_WAY_FAILED, 0, str_of(answer->failure));
    if (answer->status < 200 || answer->status > 299)
        return judge_status(c, answer);
    if (!codes)
        return outcome(VERDICT_SENT, 0, STR(""));
    enum err err = json_parse(c, answer->body, &json);
    ctx_clear_error(c);
    enum json_kind kind = err == OK ? json_kind(json_get(json, "errcode")) : JSON_NULL;
    if (err != OK || json_kind(json) != JSON_OBJECT || (kind != JSON_INT && json_get(json, "errcode")))
        return outcome(VERDICT_WAY_FAILED, 0, STR("malformed"));
    if (ret_json)
        *ret_json = json;
    return judge_code(c, json_int(json_get(json, "errcode")), codes); // absent: 0, as success may leave it out
}

// --- for people ------------------------------------------------------------------------------------------------------
struct str notice_error_text(struct ctx *c, int channel, struct str error)
{
    static const struct {
        const char *error, *zh, *en;
    } known[] = {
        {"timeout", "对方超时未答复", "No answer in time"},
        {"refused", "连不上对方服务器", "The server could not be reached"},
        {"network", "网络中断", "The connection broke"},
        {"tls", "对方证书有误", "Its certificate cannot be trusted"},
        {"malformed", "对方的答复无法理解", "The answer made no sense"},
        {"expired", "超过期限仍未发出", "It could not be sent in time"},
        {"no_consent", "本人没有同意接收", "The person has not agreed to it"},
        {"no_robot", "机器人已删除", "The robot was removed"},
        {"no_key", "密钥文件无法读取", "The file with the secret cannot be read"},
        {"no_template", "没有配置消息模板", "No template is set for it"},
    };
    bool en = str_equal_z(str_of(c->lang), "en");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_equal_z(error, known[i].error))
            return str_of(en ? known[i].en : known[i].zh);
    struct str rest = error, word = str_cut(&rest, ' ');
    int64_t code = 0;
    if (!str_equal_z(word, "errcode") || !str_to_int64(rest, &code))
        return error;
    const struct notice_code *codes = channel == CHANNEL_WECOM ? notice_wecom_codes : notice_wechat_codes;
    while (codes->zh && codes->code != code)
        codes++;
    return codes->zh ? str_format(c->arena, "%.*s %s", STR_ARG(rest), en ? codes->en : codes->zh) : error;
}
