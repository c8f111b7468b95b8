// SPDX-License-Identifier: MulanPSL-2.0
// One-time codes on their way to a phone, through the gateway that is configured.
#include "domain/notice/notice.h"

#include "base/config.h"
#include "base/file.h"
#include "base/log.h"
#include "json/json.h"

#include <curl/curl.h>

#define GATEWAY_TIMEOUT_MS 5000L
#define KEY_MAX_BYTES 512

enum gateway { GATEWAY_NONE, GATEWAY_LOG, GATEWAY_HTTP };
static const char *const gateway_names[] = {"none", "log", "http", NULL};

// Without a choice: the log in demo mode, else none.
static enum gateway gateway_of(const struct config *config)
{
    if (!config)
        return GATEWAY_NONE;
    int named = enum_from_name(gateway_names, str_of(config->sms_gateway));
    enum gateway gateway = named < 0 ? GATEWAY_NONE : (enum gateway)named;
    if (gateway == GATEWAY_NONE && config->demo)
        return GATEWAY_LOG;
    if (gateway == GATEWAY_LOG && !config->demo)
        return GATEWAY_NONE; // a code in a log is a key under the mat
    return gateway;
}

static enum err read_key(struct ctx *c, const char *path, struct str *ret_key)
{
    if (!path || !file_read(c->arena, path, KEY_MAX_BYTES, ret_key))
        return fail(c, ERR_INTERNAL, "notice.no_key");
    *ret_key = str_trim(*ret_key);
    for (size_t i = 0; i < ret_key->n; i++)
        if (ret_key->p[i] <= ' ' || ret_key->p[i] > '~')
            return fail(c, ERR_INTERNAL, "notice.no_key");
    return ret_key->n ? OK : fail(c, ERR_INTERNAL, "notice.no_key");
}

// What the gateway answers with is of no interest beyond its status.
// NOLINTNEXTLINE(readability-non-const-parameter): libcurl's type
static size_t swallow(char *bytes, size_t size, size_t n, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * n;
}

// https; plain http only to this machine (a relay beside the server).
static bool url_allowed(struct str url)
{
    return str_starts_with(url, STR("https://")) || str_starts_with(url, STR("http://127.0.0.1:")) ||
           str_starts_with(url, STR("http://localhost:"));
}

static bool post(const char *url, const char *authorization, const char *body, size_t body_bytes, long *ret_status)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
    headers = curl_slist_append(headers, authorization);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, GATEWAY_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body_bytes);
    bool sent = curl_easy_perform(curl) == CURLE_OK;
    *ret_status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return sent;
}

static enum err send_http(struct ctx *c, const struct config *config, struct str phone, struct str code)
{
    struct str key, url = str_of(config->sms_url);
    if (!url_allowed(url))
        return fail(c, ERR_INTERNAL, "notice.bad_url");
    TRY(read_key(c, config->sms_key_file, &key));
    struct buf body;
    struct json_writer w;
    buf_init(&body, 1024);
    json_writer_init(&w, &body);
    json_object_begin(&w);
    json_key(&w, "phone");
    json_put_str(&w, phone);
    json_key(&w, "code");
    json_put_str(&w, code);
    json_object_end(&w);
    const char *authorization = str_z(c->arena, str_concat(c->arena, STR("Authorization: Bearer "), key));
    long status;
    bool sent = post(config->sms_url, authorization, body.p, body.n, &status);
    crypto_wipe(body.p, body.n);
    buf_free(&body);
    if (sent && status >= 200 && status < 300)
        return OK;
    log_warn("sms gateway: no success, status %ld", status);
    return fail(c, ERR_BUSY, "notice.failed");
}

enum err notice_ready(struct ctx *c)
{
    return gateway_of(c->house->config) == GATEWAY_NONE ? fail(c, ERR_BUSY, "notice.no_gateway") : OK;
}

enum err notice_send_code(struct ctx *c, struct str phone, struct str code)
{
    const struct config *config = c->house->config;
    switch (gateway_of(config)) {
    case GATEWAY_LOG: {
        size_t shown = phone.n < 4 ? phone.n : 4;
        log_info("demo: code=%.*s phone_end=%.*s", STR_ARG(code), (int)shown, phone.p + phone.n - shown);
        return OK;
    }
    case GATEWAY_HTTP:
        return send_http(c, config, phone, code);
    case GATEWAY_NONE:
        break;
    }
    return fail(c, ERR_BUSY, "notice.no_gateway");
}

static enum err start(struct ctx *c)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == 0 ? OK : fail(c, ERR_INTERNAL, "notice.failed");
}

static const struct message messages[] = {
    {"notice.no_gateway", "短信服务尚未开通，请联系社区", "No way to send text messages is set up here"},
    {"notice.no_key", "短信服务的密钥无法读取", "The key of the text message gateway cannot be read"},
    {"notice.bad_url", "短信服务的地址必须是 https", "The address of the text message gateway must be https"},
    {"notice.failed", "短信没有发出，请稍后再试", "The text message could not be sent: try again later"},
    {NULL, NULL, NULL},
};
static const struct sql *const no_statements[] = {NULL};
static const struct migration no_migrations[] = {{0, NULL, NULL}};
static const struct record *const no_records[] = {NULL};

const struct module notice_module = {
    .name = "notice",
    .store = {.module = "notice", .statements = no_statements, .migrations = no_migrations, .records = no_records},
    .messages = messages,
    .start = start,
};
