// SPDX-License-Identifier: MulanPSL-2.0
// The outbox: what has to reach people outside the app. For now: one-time codes through an SMS gateway.
#pragma once
#include "base/ctx.h"
#include "flow/module.h"

// Is there a way to send at all? ERR_BUSY notice.no_gateway when not.
enum err notice_ready(struct ctx *c);
// Sends a one-time code, outside any transaction. Gateways: "log" (demo only: the code is written to the log, with the
// last four digits of the phone), "http" (POSTs JSON {phone, code} with a bearer key to the configured address), "none"
// (fails with notice.no_gateway). Never logs a whole phone number.
enum err notice_send_code(struct ctx *c, struct str phone, struct str code);
extern const struct module notice_module;
