// SPDX-License-Identifier: MulanPSL-2.0
#include "app/config.h"

#include "base/field.h"
#include "domain/ledger/ledger.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_kind { OPTION_TEXT, OPTION_NUMBER, OPTION_ON, OPTION_OFF };

static const struct option {
    const char *name;
    enum option_kind kind;
    size_t offset;
    const char *standard;
    const char *doc;
} options[] = {
    {"data", OPTION_TEXT, offsetof(struct config, data_dir), "var", "folder of keys, pictures and the SQLite file"},
    {"store", OPTION_TEXT, offsetof(struct config, store_url), NULL,
     "postgres://user@host/name; without it SQLite in --data"},
    {"bind", OPTION_TEXT, offsetof(struct config, bind), "127.0.0.1", "address to listen on"},
    {"port", OPTION_NUMBER, offsetof(struct config, port), "8080", "port to listen on; 0 takes any free one"},
    {"public-url", OPTION_TEXT, offsetof(struct config, public_url), NULL,
     "what door codes link to, e.g. https://linli.example.cn"},
    {"jurisdiction", OPTION_TEXT, offsetof(struct config, jurisdiction), NULL,
     "Open311 jurisdiction_id of this district, where several answer behind one address"},
    {"site-name", OPTION_TEXT, offsetof(struct config, site_name), "邻里", "name in the page head"},
    {"phone", OPTION_TEXT, offsetof(struct config, phone), "12345", "number for those who cannot scan"},
    {"district", OPTION_TEXT, offsetof(struct config, district), "520302", "official code of the district served"},
    {"no-demo", OPTION_OFF, offsetof(struct config, demo), "1", "no demo people, no demo district: for real use"},
    {"demo-still", OPTION_ON, offsetof(struct config, demo_still), "0",
     "the demo keeps still: no past is told, nobody moves in it by himself"},
    {"empty", OPTION_ON, offsetof(struct config, empty), "0",
     "start with an empty store: no divisions, no catalogue, no demo"},
    {"suite", OPTION_TEXT, offsetof(struct config, suite), "std",
     "cryptography of a new installation: std or sm (SM3, SM4)"},
    {"calendar", OPTION_TEXT, offsetof(struct config, calendar_file), NULL,
     "working calendar; without it the one in the binary"},
    {"sms-gateway", OPTION_TEXT, offsetof(struct config, sms_gateway), NULL,
     "none, http, or log (demo only, where it is the default)"},
    {"sms-url", OPTION_TEXT, offsetof(struct config, sms_url), NULL, "address of the http gateway"},
    {"sms-key-file", OPTION_TEXT, offsetof(struct config, sms_key_file), NULL, "file with the gateway's bearer key"},
    {"dispute-visits", OPTION_TEXT, offsetof(struct config, dispute_visits), "7,30,90",
     "days after a mediated agreement on which it is asked whether it is kept; or off"},
    {"notice-quiet", OPTION_TEXT, offsetof(struct config, notice_quiet), "21:00-08:00",
     "local hours in which nothing but what is urgent goes out; or off"},
    {"notice-retry", OPTION_NUMBER, offsetof(struct config, notice_retry_s), "30",
     "seconds before a notice is tried again; doubles each time, up to an hour"},
    {"notice-give-up", OPTION_NUMBER, offsetof(struct config, notice_give_up_hours), "72",
     "hours after which a notice is no longer tried"},
    {"notice-keep", OPTION_NUMBER, offsetof(struct config, notice_keep_days), "90",
     "days after which notices are erased"},
    {"wecom-base", OPTION_TEXT, offsetof(struct config, wecom_base), "https://qyapi.weixin.qq.com",
     "address of WeCom, for the robots of its groups"},
    {"wx-base", OPTION_TEXT, offsetof(struct config, wx_base), "https://api.weixin.qq.com", "address of WeChat"},
    {"wx-appid", OPTION_TEXT, offsetof(struct config, wx_appid), NULL, "the mini-program's AppID"},
    {"wx-secret-file", OPTION_TEXT, offsetof(struct config, wx_secret_file), NULL, "file with its AppSecret"},
    {"wx-templates", OPTION_TEXT, offsetof(struct config, wx_templates), NULL,
     "its message templates: KEY=TEMPLATE_ID,thing1,time2;KEY=…"},
    {"wx-page", OPTION_TEXT, offsetof(struct config, wx_page), NULL, "its page that a message opens"},
    {"tls-cert", OPTION_TEXT, offsetof(struct config, tls_cert), NULL,
     "PEM certificate chain; with --tls-key serves HTTPS"},
    {"tls-key", OPTION_TEXT, offsetof(struct config, tls_key), NULL, "PEM key"},
    {"trusted-proxy", OPTION_TEXT, offsetof(struct config, trusted_proxy), NULL,
     "address whose X-Forwarded-* headers are believed"},
    {"ledger-weights", OPTION_TEXT, offsetof(struct config, ledger_weights), "30-35-35",
     "percent of response, resolution and satisfaction in the composite of the ledger"},
    {"workers", OPTION_NUMBER, offsetof(struct config, workers), "32", "threads for requests that write"},
    {"max-connections", OPTION_NUMBER, offsetof(struct config, max_connections), "10000", "connections at once"},
    {"log-level", OPTION_TEXT, offsetof(struct config, log_level), "info", "debug, info, warn or error"},
};
#define OPTION_COUNT (sizeof options / sizeof *options)

void config_help(void)
{
    puts("Options (also as LINLI_NAME in the environment, or as \"name = value\" in the file of --config):");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *o = &options[i];
        bool flag = o->kind == OPTION_ON || o->kind == OPTION_OFF;
        printf("  --%-16s %s%s%s%s\n", o->name, o->doc, flag || !o->standard ? "" : " [",
               flag || !o->standard ? "" : o->standard, flag || !o->standard ? "" : "]");
    }
}

static const struct option *find_option(struct str name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (str_equal_z(name, options[i].name))
            return &options[i];
    return NULL;
}

static enum err set_option(struct ctx *c, struct config *config, const struct option *o, struct str value)
{
    char *at = (char *)config + o->offset;
    switch (o->kind) {
    case OPTION_TEXT:
        *(const char **)(void *)at = str_z(c->arena, value);
        return OK;
    case OPTION_NUMBER:
        if (!str_to_int64(value, (int64_t *)(void *)at) || *(int64_t *)(void *)at < 0)
            return fail_with(c, ERR_INVALID, "config.bad_number", str_of(o->name), value);
        return OK;
    case OPTION_ON:
    case OPTION_OFF:
        if (!str_equal_z(value, "1") && !str_equal_z(value, "0"))
            return fail_with(c, ERR_INVALID, "config.bad_flag", str_of(o->name), value);
        *(bool *)(void *)at = str_equal_z(value, "1") == (o->kind == OPTION_ON);
        return OK;
    }
    return OK;
}

static enum err set_standards(struct ctx *c, struct config *config)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *o = &options[i];
        if (o->kind == OPTION_OFF)
            *(bool *)(void *)((char *)config + o->offset) = true;
        else if (o->standard)
            TRY(set_option(c, config, o, str_of(o->standard)));
    }
    return OK;
}

static enum err read_file(struct ctx *c, struct config *config, const char *path)
{
    FILE *in = fopen(path, "r");
    if (!in)
        return fail_with(c, ERR_INVALID, "config.no_file", str_of(path), str_of(""));
    char line[1024];
    enum err err = OK;
    while (err == OK && fgets(line, sizeof line, in)) {
        struct str rest = str_trim(str_of(line));
        if (!rest.n || rest.p[0] == '#')
            continue;
        struct str name = str_trim(str_cut(&rest, '='));
        const struct option *o = find_option(name);
        if (!o)
            err = fail_with(c, ERR_INVALID, "config.unknown", str_copy(c->arena, name), str_of(path));
        else
            err = set_option(c, config, o, str_trim(rest));
    }
    fclose(in);
    return err;
}

static enum err read_environment(struct ctx *c, struct config *config)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[64] = "LINLI_";
        size_t n = strlen(name);
        for (const char *p = options[i].name; *p && n < sizeof name - 1; p++)
            name[n++] = (char)(*p == '-' ? '_' : toupper((unsigned char)*p));
        const char *value = getenv(name);
        if (value)
            TRY(set_option(c, config, &options[i], str_of(value)));
    }
    return OK;
}

// Where a word is "--name=value" or "--name value": the parts; *i moves on over what was used.
static enum err split_word(struct ctx *c, int argc, char **argv, int *i, bool flag, struct str name, struct str *value)
{
    const char *equals = strchr(argv[*i], '=');
    if (equals)
        *value = str_of(equals + 1);
    else if (flag)
        *value = STR("1");
    else if (*i + 1 < argc)
        *value = str_of(argv[++*i]);
    else
        return fail_with(c, ERR_INVALID, "config.no_value", name, str_of(""));
    return OK;
}

static enum err read_command_option(struct ctx *c, struct command_line *line, int argc, char **argv, int *i,
                                    struct str name)
{
    for (size_t k = 0; line->options && line->options[k].name; k++)
        if (str_equal_z(name, line->options[k].name)) {
            struct str value;
            TRY(split_word(c, argc, argv, i, !line->options[k].hint, name, &value));
            line->values[k] = str_z(c->arena, value);
            return OK;
        }
    return fail_with(c, ERR_INVALID, "config.unknown", name, str_of(""));
}

static enum err read_word(struct ctx *c, struct command_line *line, int argc, char **argv, int *i)
{
    struct str rest = str_of(argv[*i] + 2), name = str_cut(&rest, '='), value;
    if (str_equal_z(name, "config"))
        return split_word(c, argc, argv, i, false, name, &value); // read before, by read_config_word
    const struct option *o = find_option(name);
    if (!o)
        return read_command_option(c, line, argc, argv, i, name);
    TRY(split_word(c, argc, argv, i, o->kind == OPTION_ON || o->kind == OPTION_OFF, name, &value));
    return set_option(c, &line->config, o, value);
}

static enum err read_config_word(struct ctx *c, struct config *config, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        struct str rest = str_of(argv[i]), name = str_cut(&rest, '='), value = {0};
        if (str_equal_z(name, "--config")) {
            TRY(split_word(c, argc, argv, &i, false, name, &value));
            TRY(read_file(c, config, str_z(c->arena, value)));
        }
    }
    return OK;
}

// --- checks --------------------------------------------------------------------------------------------------------
static bool one_of(struct str value, const char *const names[])
{
    return enum_from_name(names, value) >= 0;
}

// "http://host:port" or "https://host", with nothing behind it but a slash or a path.
static bool check_url(const struct config *config, struct str value)
{
    (void)config;
    struct str rest = value, host;
    if (!str_starts_with(value, STR("https://")) && !str_starts_with(value, STR("http://")))
        return false;
    rest.p += str_find(value, STR("://"), 0) + 3;
    rest.n -= (size_t)(rest.p - value.p);
    host = str_cut(&rest, '/');
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] <= ' ' || value.p[i] == '"' || value.p[i] == '<' || value.p[i] == '>' || value.p[i] == 127)
            return false;
    return host.n && host.p[0] != ':' && str_find_byte(value, '?', 0) == (size_t)-1 &&
           str_find_byte(value, '#', 0) == (size_t)-1;
}

static bool check_gateway(const struct config *config, struct str value)
{
    static const char *const names[] = {"none", "log", "http", NULL};
    return one_of(value, names) && (config->demo || !str_equal_z(value, "log"));
}

static bool check_sms_parts(const struct config *config, struct str value)
{
    return !str_equal_z(value, "http") || (config->sms_url && config->sms_key_file);
}

static bool check_suite(const struct config *config, struct str value)
{
    static const char *const names[] = {"std", "sm", NULL};
    (void)config;
    return one_of(value, names);
}

static bool check_weights(const struct config *config, struct str value)
{
    struct ledger_weights weights;
    (void)config;
    return ledger_weights_parse(value, &weights);
}

static bool check_log_level(const struct config *config, struct str value)
{
    static const char *const names[] = {"debug", "info", "warn", "error", NULL};
    (void)config;
    return one_of(value, names);
}

static bool check_address(const struct config *config, struct str value)
{
    char text[64];
    unsigned char address[16];
    (void)config;
    if (value.n >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", STR_ARG(value));
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static bool check_store(const struct config *config, struct str value)
{
    (void)config;
    return str_starts_with(value, STR("postgres://")) || str_starts_with(value, STR("postgresql://")) ||
           str_starts_with(value, STR("sqlite:"));
}

// What a value may be beyond its kind, looked at when all are known and before anything is made. Numbers have a range;
// text has a function, which is not asked about what is not set.
static const struct check {
    const char *option;
    int64_t min, max;
    bool (*holds)(const struct config *config, struct str value);
    const char *key; // {0}: the option, {1}: its value
} checks[] = {
    {"store", 0, 0, check_store, "config.bad_store"},
    {"bind", 0, 0, check_address, "config.bad_address"},
    {"port", 0, 65535, NULL, "config.out_of_range"},
    {"public-url", 0, 0, check_url, "config.bad_url"},
    {"suite", 0, 0, check_suite, "config.bad_choice"},
    {"sms-gateway", 0, 0, check_gateway, "config.bad_choice"},
    {"sms-gateway", 0, 0, check_sms_parts, "config.sms_incomplete"},
    {"sms-url", 0, 0, check_url, "config.bad_url"},
    {"notice-retry", 1, 86400, NULL, "config.out_of_range"},
    {"notice-give-up", 1, 8760, NULL, "config.out_of_range"},
    {"notice-keep", 1, 36500, NULL, "config.out_of_range"},
    {"trusted-proxy", 0, 0, check_address, "config.bad_address"},
    {"ledger-weights", 0, 0, check_weights, "config.bad_choice"},
    {"workers", 1, 1024, NULL, "config.out_of_range"},
    {"max-connections", 1, 1000000, NULL, "config.out_of_range"},
    {"log-level", 0, 0, check_log_level, "config.bad_choice"},
};

static enum err run_check(struct ctx *c, const struct config *config, const struct check *check)
{
    const struct option *o = find_option(str_of(check->option));
    const char *at = (const char *)config + o->offset;
    if (o->kind == OPTION_NUMBER) {
        int64_t value = *(const int64_t *)(const void *)at;
        if (value >= check->min && value <= check->max)
            return OK;
        return fail_with(c, ERR_INVALID, check->key, str_of(o->name), str_format(c->arena, "%lld", (long long)value));
    }
    const char *value = *(const char *const *)(const void *)at;
    return !value || check->holds(config, str_of(value))
               ? OK
               : fail_with(c, ERR_INVALID, check->key, str_of(o->name), str_of(value));
}

static enum err check_all(struct ctx *c, const struct config *config)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        TRY(run_check(c, config, &checks[i]));
    return OK;
}

enum err config_read(struct ctx *c, int argc, char **argv, struct command_line *line)
{
    struct config *config = &line->config;
    TRY(set_standards(c, config));
    TRY(read_config_word(c, config, argc, argv));
    TRY(read_environment(c, config));
    for (int i = 0; i < argc; i++)
        if (strncmp(argv[i], "--", 2) == 0 && argv[i][2])
            TRY(read_word(c, line, argc, argv, &i));
        else if (line->word_count < sizeof line->words / sizeof *line->words)
            line->words[line->word_count++] = argv[i];
        else
            return fail_with(c, ERR_INVALID, "config.too_many_words", str_of(argv[i]), str_of(""));
    if (config->empty)
        config->demo = false;
    if (!config->sms_gateway)
        config->sms_gateway = config->demo ? "log" : "none";
    return check_all(c, config);
}

const char *command_value(const struct command_line *line, const char *name)
{
    for (size_t k = 0; line->options && line->options[k].name; k++)
        if (strcmp(line->options[k].name, name) == 0)
            return line->values[k];
    return NULL;
}
