// SPDX-License-Identifier: MulanPSL-2.0
// The OpenAPI 3.1 document, written from the route and record tables: what the web client is generated from.
#pragma once
#include "http/http.h"

// routes: tables as in http_options. role_names: by the bits of route.access, NULL-terminated (may be NULL): each
// operation tells in x-access who may call it.
void openapi_write(const struct route *const *routes, const char *const *role_names, const char *version,
                   struct buf *out);
