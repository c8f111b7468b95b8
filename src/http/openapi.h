// SPDX-License-Identifier: MulanPSL-2.0
// The OpenAPI 3.1 document, written from the route and record tables: what the web client is generated from.
#pragma once
#include "http/http.h"

// routes: tables as in http_options. extra: records that no route names (NULL-terminated, may be NULL).
void openapi_write(const struct route *const *routes, const struct record *const *extra, const char *version,
                   struct buf *out);
