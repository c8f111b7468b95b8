// SPDX-License-Identifier: MulanPSL-2.0
// A command is one POST, PATCH, PUT or DELETE: one write transaction with its events and its idempotency key, so that a
// phone with a bad network can send again and nothing happens twice.
#pragma once
#include "http/http.h"
#include "store/store.h"

typedef enum err (*command_fn)(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg);
// Runs fn inside store_write. With Idempotency-Key (1 to 64 visible ASCII characters, else ERR_INVALID
// command.bad_key): what fn answered is kept, sealed, for 7 days under (tenant, actor, key) in the same transaction
// and given again, with header Idempotent-Replay: true (status, content type and body; no other header). The key with
// another method, path or body: ERR_CONFLICT command.key_reused. An error of fn rolls everything back, the key too, so
// what was refused is simply judged anew. A program's keys
// are its own. Without a session the key belongs to the client's address.
// fn may run more than once: it must reset what it fills (rs is emptied before each run). Mutating handlers do their
// slow work (hashing, pictures) before calling this.
enum err command_run(struct ctx *c, struct http_request *rq, struct http_response *rs, command_fn fn, void *arg);
// Forgets keys older than 7 days: a job.
enum err command_expire(struct ctx *c);
