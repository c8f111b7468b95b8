// SPDX-License-Identifier: MulanPSL-2.0
// A command is one POST, PATCH, PUT or DELETE: one write transaction with its events and its idempotency key, so that a
// phone with a bad network can send again and nothing happens twice.
#pragma once
#include "http/http.h"
#include "store/store.h"

typedef enum err (*command_fn)(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg);
// Runs fn inside store_write. With Idempotency-Key (1 to 64 visible ASCII characters): the first answer (2xx or 4xx
// decided by the rules) is kept for 7 days under (tenant, actor, key) in the same transaction and given again, with
// header Idempotent-Replay: true; the key with another method, path or body: ERR_CONFLICT command.key_reused. fn may
// run more than once: it must reset what it fills. Mutating handlers do their slow work (hashing, pictures) before
// calling this.
enum err command_run(struct ctx *c, struct http_request *rq, struct http_response *rs, command_fn fn, void *arg);
