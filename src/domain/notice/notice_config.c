// SPDX-License-Identifier: MulanPSL-2.0
// What an operator set for the channels, read and checked.
#include "base/calendar.h"
#include "base/file.h"
#include "domain/notice/notice_internal.h"

#define SECRET_MAX_BYTES 512
#define QUIET_STANDARD "21:00-08:00"
#define CHINA_MS (8 * HOUR_MS)

static const char *const gateway_names[] = {"none", "log", "http", NULL};

// Without a choice: the log in demo mode, else none.
enum notice_gateway notice_gateway_of(const struct config *config)
{
    if (!config)
        return GATEWAY_NONE;
    int named = enum_from_name(gateway_names, str_of(config->sms_gateway));
    enum notice_gateway gateway = named < 0 ? GATEWAY_NONE : (enum notice_gateway)named;
    if (gateway == GATEWAY_NONE && config->demo)
        return GATEWAY_LOG;
    if (gateway == GATEWAY_LOG && !config->demo)
        return GATEWAY_NONE; // a code in a log is a key under the mat
    return gateway;
}

bool notice_channel_on(const struct ctx *c, int channel)
{
    const struct config *config = c->house->config;
    switch ((enum notice_channel_kind)channel) {
    case CHANNEL_SMS:
        return notice_gateway_of(config) != GATEWAY_NONE;
    case CHANNEL_WECOM: // what is on is a robot, place by place
        return config && config->wecom_base;
    case CHANNEL_WECHAT:
        return config && config->wx_appid && config->wx_secret_file && config->wx_base;
    case CHANNEL_APP:
    case CHANNEL_COUNT:
        break;
    }
    return true;
}

struct notice_rules notice_rules_of(const struct ctx *c)
{
    const struct config *config = c->house->config;
    struct notice_rules rules = {.retry_ms = 30 * SECOND_MS,
                                 .give_up_ms = 72 * HOUR_MS,
                                 .keep_ms = 90 * DAY_MS,
                                 .zone_ms = c->house->calendar ? calendar_zone_ms(c->house->calendar) : CHINA_MS};
    notice_quiet_parse(STR(QUIET_STANDARD), &rules.quiet);
    if (!config || !config->notice_quiet)
        return rules;
    notice_quiet_parse(str_of(config->notice_quiet), &rules.quiet); // checked at the start
    rules.retry_ms = config->notice_retry_s * SECOND_MS;
    rules.give_up_ms = config->notice_give_up_hours * HOUR_MS;
    rules.keep_ms = config->notice_keep_days * DAY_MS;
    return rules;
}

enum err notice_read_secret(struct ctx *c, const char *path, struct str *ret_secret)
{
    struct str secret;
    if (!path || !file_read(c->arena, path, SECRET_MAX_BYTES, &secret))
        return fail(c, ERR_INTERNAL, "notice.no_key");
    secret = str_trim(secret);
    for (size_t i = 0; i < secret.n; i++)
        if (secret.p[i] <= ' ' || secret.p[i] > '~')
            return fail(c, ERR_INTERNAL, "notice.no_key");
    *ret_secret = secret;
    return secret.n ? OK : fail(c, ERR_INTERNAL, "notice.no_key");
}

static bool plain_name(struct str s, const char *more)
{
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (!letter && str_find_byte(str_of(more), ch, 0) == (size_t)-1)
            return false;
    }
    return s.n > 0;
}

bool notice_wx_template_of(struct str spec, struct str key, struct notice_wx_template *ret_template)
{
    while (spec.n) {
        struct str entry = str_trim(str_cut(&spec, ';')), name = str_trim(str_cut(&entry, '='));
        if (!str_equal(name, key))
            continue;
        ret_template->id = str_cut(&entry, ',');
        ret_template->fields = entry;
        return ret_template->id.n > 0;
    }
    return false;
}

static bool templates_valid(struct str spec)
{
    while (spec.n) {
        struct str entry = str_trim(str_cut(&spec, ';')), name = str_trim(str_cut(&entry, '='));
        struct str id = str_cut(&entry, ',');
        if (name.n && (!plain_name(name, "._") || !plain_name(id, "-_") || !plain_name(entry, "_,")))
            return false;
    }
    return true;
}

enum err notice_config_check(struct ctx *c)
{
    const struct config *config = c->house->config;
    struct notice_quiet quiet;
    if (!config)
        return OK;
    if (config->notice_quiet && !notice_quiet_parse(str_of(config->notice_quiet), &quiet))
        return fail_with(c, ERR_INVALID, "notice.bad_quiet", str_of(config->notice_quiet), STR(""));
    const char *const bases[] = {config->wecom_base, config->wx_base};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (bases[i] && !notice_url_allowed(str_of(bases[i])))
            return fail_with(c, ERR_INVALID, "notice.bad_base", str_of(bases[i]), STR(""));
    if (config->wx_templates && !templates_valid(str_of(config->wx_templates)))
        return fail(c, ERR_INVALID, "notice.bad_templates");
    return OK;
}
