// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module only.
#pragma once
#include "base/config.h"
#include "domain/notice/notice.h"
#include "domain/notice/notice_rule.h"
#include "domain/org/org.h"
#include "json/record_json.h"

enum notice_channel_kind { CHANNEL_APP, CHANNEL_SMS, CHANNEL_WECOM, CHANNEL_WECHAT, CHANNEL_COUNT };
extern const char *const notice_channel_names[]; // "app", "sms", "wecom", "wechat"
enum notice_state {
    NOTICE_WAITING,
    NOTICE_SENDING, // a process has it in hand, until not_before
    NOTICE_SENT,
    NOTICE_DEAD,    // given up; an administrator may send it again
    NOTICE_DROPPED, // the person has not agreed to it
};
extern const char *const notice_state_names[];

#define NOTICE_FIELDS(F, S)                                                                                            \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_OWNER | READ_ADMIN)                                                  \
    F(S, ENUM, channel, .names = notice_channel_names, .read = READ_ADMIN, .doc = "Which way it goes")                 \
    F(S, TEXT, template, .read = READ_ADMIN, .doc = "What it says, by its key")                                        \
    F(S, ID, person_id, .read = READ_NOBODY)                                                                           \
    F(S, ID, robot_id, .read = READ_ADMIN, .doc = "Robot that says it")                                                \
    F(S, TEXT, lane, .read = READ_NOBODY, .doc = "What has the same lane goes one after the other, in order")          \
    F(S, BOOL, urgent, .read = READ_ADMIN, .doc = "Goes out in quiet hours")                                           \
    F(S, TEXT, lang, .read = READ_NOBODY)                                                                              \
    F(S, SEALED, address, .flags = FIELD_PERSONAL, .read = READ_NOBODY,                                                \
      .purpose = "reaching the person by the way they agreed to; gone once it is sent")                                \
    F(S, SEALED, text, .flags = FIELD_PERSONAL, .read = READ_NOBODY, .purpose = "telling the person what happened")    \
    F(S, TEXT, about_kind, .read = READ_OWNER | READ_ADMIN, .doc = "Kind of what it is about")                         \
    F(S, ID, about_id, .read = READ_OWNER | READ_ADMIN, .doc = "What it is about")                                     \
    F(S, ENUM, state, .names = notice_state_names, .read = READ_ADMIN)                                                 \
    F(S, BOOL, open, .read = READ_NOBODY, .doc = "Still to be sent")                                                   \
    F(S, TIME_MS, not_before, .read = READ_ADMIN, .doc = "When it is tried next")                                      \
    F(S, TIME_MS, expires_at, .read = READ_ADMIN, .doc = "When it is given up")                                        \
    F(S, INT, attempts, .read = READ_ADMIN, .doc = "How often it was tried")                                           \
    F(S, BOOL, consent_held, .read = READ_NOBODY, .doc = "A consent was used up for it")                               \
    F(S, TEXT, error, .read = READ_ADMIN, .doc = "Why the last try failed: errcode N, http N, timeout, …")             \
    F(S, TIME_MS, made_at, .read = READ_OWNER | READ_ADMIN)                                                            \
    F(S, TIME_MS, sent_at, .read = READ_ADMIN)                                                                         \
    F(S, TIME_MS, failed_at, .read = READ_ADMIN)                                                                       \
    F(S, TIME_MS, read_at, .read = READ_OWNER)
struct notice {
    NOTICE_FIELDS(FIELD_MEMBER, notice)
};
extern const struct record notice_record;

#define NOTICE_CONSENT_FIELDS(F, S)                                                                                    \
    F(S, ID, person_id, .flags = FIELD_KEY, .read = READ_NOBODY)                                                       \
    F(S, TEXT, template, .flags = FIELD_KEY, .read = READ_OWNER, .doc = "What about, by its key")                      \
    F(S, SEALED, openid, .flags = FIELD_PERSONAL, .read = READ_NOBODY,                                                 \
      .purpose = "writing to the person in WeChat, as often as they agreed to")                                        \
    F(S, INT, count, .read = READ_OWNER, .doc = "Messages that were agreed to and not sent yet")
struct notice_consent {
    NOTICE_CONSENT_FIELDS(FIELD_MEMBER, notice_consent)
};
extern const struct record notice_consent_record;

#define NOTICE_ROBOT_FIELDS(F, S)                                                                                      \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_ADMIN)                                                               \
    F(S, ID, place_id, .read = READ_ADMIN, .doc = "Speaks for this place and all below")                               \
    F(S, SEALED, key, .read = READ_NOBODY)                                                                             \
    F(S, TEXT, key_end, .read = READ_ADMIN, .doc = "Last four characters of its key")                                  \
    F(S, TIME_MS, paced_to, .read = READ_NOBODY, .doc = "See notice_pace_earliest")                                    \
    F(S, TIME_MS, paused_until, .read = READ_ADMIN, .doc = "WeCom asked for a pause")                                  \
    F(S, TEXT, error, .read = READ_ADMIN, .doc = "Why it is out of order; empty: in order")                            \
    F(S, TIME_MS, failed_at, .read = READ_ADMIN)                                                                       \
    F(S, TIME_MS, made_at, .read = READ_ADMIN)
struct notice_robot {
    NOTICE_ROBOT_FIELDS(FIELD_MEMBER, notice_robot)
};
extern const struct record notice_robot_record;

#define NOTICE_CHANNEL_FIELDS(F, S)                                                                                    \
    F(S, TEXT, name, .flags = FIELD_KEY, .read = READ_ADMIN)                                                           \
    F(S, INT, failures, .read = READ_ADMIN, .doc = "Failures of the way itself, one after the other")                  \
    F(S, TIME_MS, paused_until, .read = READ_ADMIN, .doc = "Nothing is tried before")                                  \
    F(S, TEXT, error, .read = READ_ADMIN, .doc = "Why")                                                                \
    F(S, SEALED, token, .read = READ_NOBODY)                                                                           \
    F(S, TIME_MS, token_until, .read = READ_NOBODY)
struct notice_channel {
    NOTICE_CHANNEL_FIELDS(FIELD_MEMBER, notice_channel)
};
extern const struct record notice_channel_record;

// --- what an operator set (notice_config.c) --------------------------------------------------------------------------
struct notice_rules {
    struct notice_quiet quiet;
    int64_t retry_ms, give_up_ms, keep_ms, zone_ms;
};
struct notice_rules notice_rules_of(const struct ctx *c);
enum err notice_config_check(struct ctx *c); // at the start: what cannot be understood ends the program
enum notice_gateway { GATEWAY_NONE, GATEWAY_LOG, GATEWAY_HTTP };
enum notice_gateway notice_gateway_of(const struct config *config);
bool notice_channel_on(const struct ctx *c, int channel);
// The one line of a secret's file; ERR_INTERNAL notice.no_key.
enum err notice_read_secret(struct ctx *c, const char *path, struct str *ret_secret);
// Of --wx-templates: "KEY=TEMPLATE_ID,thing1,time2;KEY=…". False: the key has none.
struct notice_wx_template {
    struct str id, fields; // fields: names joined by commas
};
bool notice_wx_template_of(struct str spec, struct str key, struct notice_wx_template *ret_template);

// --- how a vendor answered -------------------------------------------------------------------------------------------
enum notice_verdict {
    VERDICT_SENT,
    VERDICT_AGAIN,      // this message later
    VERDICT_WAY_FAILED, // nobody there, or a broken answer: this message later, and the whole channel rests a little
    VERDICT_PAUSE,      // the channel (a robot: the robot) for wait_ms; the message is not to blame
    VERDICT_DEAD,       // never
    VERDICT_BROKEN,     // the robot is gone: this message is dead, and no more are given to it
    VERDICT_NO_CONSENT, // the person does not want it
    VERDICT_TOKEN,      // the token was refused
};
struct notice_outcome {
    enum notice_verdict verdict;
    int64_t wait_ms;  // PAUSE; AGAIN and WAY_FAILED: at least
    int tries;        // AGAIN: dead after so many; 0: until it expires
    struct str error; // "errcode 45009", "http 503", "timeout"
};
// What a vendor's errcode means; a table ends with a row that has no zh: every other code.
struct notice_code {
    int64_t code;
    enum notice_verdict verdict;
    int64_t wait_ms;
    int tries;
    const char *zh, *en;
};
extern const struct notice_code notice_wecom_codes[], notice_wechat_codes[];
// From what came back: HTTP first, then the JSON's errcode by the table. codes NULL: a 2xx is enough.
struct notice_answer {
    const char *failure; // NULL: an answer came; else "timeout", "refused", "network"
    long status;
    int64_t retry_after_ms;
    struct str body;
};
struct notice_outcome notice_judge(struct ctx *c, const struct notice_answer *answer, const struct notice_code *codes,
                                   const struct json **ret_json);
// The error as a sentence in c->lang.
struct str notice_error_text(struct ctx *c, int channel, struct str error);

// --- the wire (notice_post.c) ----------------------------------------------------------------------------------------
struct notice_call {
    struct str url;                            // may hold secrets: never logged
    struct str authorization, idempotency_key; // empty: no such header
    struct str body;                           // JSON; empty: GET
};
// https; plain http only to this machine.
bool notice_url_allowed(struct str url);
void notice_post(struct ctx *c, const struct notice_call *call, struct notice_answer *ret_answer);
struct str notice_url(struct ctx *c, const char *base, const char *path); // base without its last '/'

// --- channels: one message each, outside any transaction -------------------------------------------------------------
struct notice_message {
    const struct notice *notice;
    struct str address; // in clear
    struct str text;    // in the receiver's language
    struct str args[2];
    const struct notice_channel *channel; // its token, for WeChat
};
struct notice_outcome notice_send_sms(struct ctx *c, const struct notice_message *m);
struct notice_outcome notice_send_wecom(struct ctx *c, const struct notice_message *m);
struct notice_outcome notice_send_wechat(struct ctx *c, const struct notice_message *m);
enum err notice_wechat_openid(struct ctx *c, struct str code, struct str *ret_openid);
// A value cut to what a field of this name may hold ("thing1": 20 characters).
struct str notice_wx_value(struct ctx *c, struct str field, struct str value);

// --- rows (notice.c) -------------------------------------------------------------------------------------------------
struct str notice_seal(struct ctx *c, const struct notice *n, const char *field, struct str clear);
enum err notice_open(struct ctx *c, const struct notice *n, const char *field, struct str box, struct str *ret_clear);
// What it says, in lang; *ret_args (may be NULL): the two args alone.
enum err notice_text(struct ctx *c, const struct notice *n, const char *lang, struct str *ret_text,
                     struct str *ret_args);
enum err notice_event(struct ctx *c, const struct notice *n, const char *type);
enum err notice_channel_load(struct ctx *c, int channel, struct notice_channel *ret_channel); // a fresh one if none
enum err notice_channel_store(struct ctx *c, const struct notice_channel *channel);
enum err notice_robot_load(struct ctx *c, int64_t id, struct notice_robot *ret_robot); // ERR_NOT_FOUND notice.no_robot
// A message of the module itself to one robot.
enum err notice_put_robot(struct ctx *c, const struct notice_what *what, const struct notice_robot *robot);

// --- what time does (notice_send.c), routes --------------------------------------------------------------------------
extern const struct job notice_jobs[];
extern const struct route notice_me_routes[], notice_admin_routes[];
