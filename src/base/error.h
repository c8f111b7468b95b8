// SPDX-License-Identifier: MulanPSL-2.0
// What can go wrong, one value an HTTP status. Code returns, edges log.
#pragma once
#include "base/str.h"

enum err {
    OK = 0,
    ERR_INVALID,         // 400 what was sent cannot be understood or breaks a rule of its own field
    ERR_UNAUTHENTICATED, // 401
    ERR_FORBIDDEN,       // 403
    ERR_NOT_FOUND,       // 404 also: it exists, but not for you
    ERR_METHOD,          // 405
    ERR_CONFLICT,        // 409 somebody was first, or the state does not allow it
    ERR_STALE,           // 412 If-Match names an older version
    ERR_TOO_LARGE,       // 413
    ERR_UNSUPPORTED,     // 415 a content type or file kind that is not taken
    ERR_LOCKED,          // 423
    ERR_RATE,            // 429
    ERR_INTERNAL,        // 500
    ERR_BUSY,            // 503 try again
    ERR_COUNT
};

// Set once, where it arises. The key ("request.already_taken") is translated at the edge from the modules' message
// tables; args fill {0} and {1} there. Field names the JSON field at fault.
struct error {
    enum err code;
    const char *key;
    struct str field;
    struct str args[2];
    int64_t retry_after_s;
};

int err_status(enum err code);       // HTTP status
const char *err_name(enum err code); // "conflict"

#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        enum err try_code_ = (expression);                                                                             \
        if (try_code_ != OK)                                                                                           \
            return try_code_;                                                                                          \
    } while (0)
