// SPDX-License-Identifier: MulanPSL-2.0
// Inside of src/http: what stands behind http_request.impl and http_response.impl.
#pragma once
#include "http/http.h"
#include "http/router.h"
#include "http/url.h"

#define RESPONSE_MAX_HEADERS 16
#define RESPONSE_MAX_BYTES ((size_t)8 << 20)   // JSON and the like
#define RESPONSE_MAX_EXPORT ((size_t)64 << 20) // ROUTE_CSV, ROUTE_RAW

struct request_impl {
    const struct pair *headers; // values as received
    size_t header_count;
    struct url url;
    const struct pair *params;
    size_t param_count;
    struct http_server *server; // NULL in tests
};

enum response_kind { RESPONSE_BODY, RESPONSE_FILE, RESPONSE_STREAM };
struct response_impl {
    struct arena *arena; // of the request: header values are copied there
    enum response_kind kind;
    struct pair headers[RESPONSE_MAX_HEADERS];
    size_t header_count;
    const char *file; // RESPONSE_FILE
    bool immutable;
    const int64_t *topics; // RESPONSE_STREAM
    size_t topic_count;
    int64_t tenant_id, session_id;
    struct str request_id; // told with an internal error; stays through a reset
};

struct str pair_find(const struct pair *pairs, size_t count, struct str name); // header names: whatever the case
// Puts the two structs together, with default values. max_bytes: of the body.
void response_init(struct http_response *rs, struct response_impl *impl, struct arena *arena, size_t max_bytes);
