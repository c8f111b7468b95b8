// SPDX-License-Identifier: MulanPSL-2.0
// The outbox: what has to reach somebody. A notice is written in the transaction of the change that causes it and sent
// afterwards by a job, so that none is lost and none tells of what did not happen. One-time codes go at once, beside
// it.
#pragma once
#include "base/ctx.h"
#include "flow/module.h"

// Is there a way to send text messages at all? ERR_BUSY notice.no_gateway when not.
enum err notice_ready(struct ctx *c);
// Sends a one-time code, outside any transaction. Gateways: "log" (demo only: the code is written to the log, with the
// last four digits of the phone), "http" (POSTs JSON {phone, code} with a bearer key to the configured address), "none"
// (fails with notice.no_gateway). Never logs a whole phone number.
enum err notice_send_code(struct ctx *c, struct str phone, struct str code);

struct notice_what {
    const char *template;              // key in a module's message table; {0}, {1} stand for the args
    struct str args_zh[2], args_en[2]; // in clear; kept sealed
    const char *about_kind;            // what it leads to: "request"
    int64_t about_id;
    bool urgent; // goes out in quiet hours, and before what is not
};
struct notice_to {
    int64_t person_id;
    struct str lang;  // "zh" or "en": of what leaves the house; the inbox speaks the reader's
    struct str phone; // in clear; empty: no text message
};
// In the open write. Always a row of the person's inbox; a text message when a phone is given and a gateway is there; a
// WeChat message when the person has agreed to one about this template.
enum err notice_put(struct ctx *c, const struct notice_what *what, const struct notice_to *to);
// In the open write: one message to the group robot of the nearest place above (or the place itself) that has one in
// order. No robot is no error. The text goes to a group: nothing personal in the args.
enum err notice_put_group(struct ctx *c, const struct notice_what *what, int64_t place_id);
extern const struct module notice_module;
