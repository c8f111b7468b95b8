// SPDX-License-Identifier: MulanPSL-2.0
#include "base/error.h"

#include <stddef.h>

static const struct {
    int status;
    const char *name;
} kinds[ERR_COUNT] = {
    [OK] = {200, "ok"},
    [ERR_INVALID] = {400, "invalid"},
    [ERR_UNAUTHENTICATED] = {401, "unauthenticated"},
    [ERR_FORBIDDEN] = {403, "forbidden"},
    [ERR_NOT_FOUND] = {404, "not_found"},
    [ERR_METHOD] = {405, "method"},
    [ERR_CONFLICT] = {409, "conflict"},
    [ERR_STALE] = {412, "stale"},
    [ERR_TOO_LARGE] = {413, "too_large"},
    [ERR_UNSUPPORTED] = {415, "unsupported"},
    [ERR_LOCKED] = {423, "locked"},
    [ERR_RATE] = {429, "rate"},
    [ERR_INTERNAL] = {500, "internal"},
    [ERR_BUSY] = {503, "busy"},
};

int err_status(enum err code)
{
    return (unsigned)code < ERR_COUNT ? kinds[code].status : 500;
}

const char *err_name(enum err code)
{
    return (unsigned)code < ERR_COUNT ? kinds[code].name : "internal";
}
