// SPDX-License-Identifier: MulanPSL-2.0
// Values of single headers, read by pure functions. Parsers of hostile input: fuzzed (tests/fuzz/fuzz_header.c).
#pragma once
#include "base/str.h"

// Accept-Language (RFC 9110 12.5.4): "zh" or "en", whichever weighs more; the earlier of equals; "zh" otherwise.
const char *header_language(struct str accept_language);
bool header_accepts_gzip(struct str accept_encoding);
// If-None-Match (weak comparison, RFC 9110 13.1.2): does the list hold the tag (given with its quotes), or is it "*"?
bool header_etag_matches(struct str if_none_match, struct str etag);
// "7" or W/"7", in quotes.
bool header_version(struct str if_match, int64_t *ret_version);
struct str header_cookie(struct str cookie, struct str name); // empty when absent
// "Text/Html; charset=x" → "text/html".
struct str header_media_type(struct arena *arena, struct str content_type);
// A parameter of "value; name=token; name="quoted string"": false when absent or broken. Quoting is undone.
bool header_param(struct arena *arena, struct str value, struct str name, struct str *ret_param);
// One range of bytes ("bytes=0-99", "bytes=100-", "bytes=-50") of a thing of size bytes. RANGE_NONE: send it whole.
enum header_range { RANGE_NONE, RANGE_PART, RANGE_UNSATISFIABLE };
enum header_range header_range(struct str range, uint64_t size, uint64_t *ret_first, uint64_t *ret_count);
// Is "https://host:port" (Origin) the host of this request? "null" is nobody's.
bool header_same_origin(struct str origin, struct str host);
// Is the name in Host that of the public URL, the address bound to, or this machine's own (localhost, 127.…, [::1])?
// Ports may differ: a proxy changes them.
bool header_host_is(struct str host, struct str public_url, struct str bind);
// The last address of X-Forwarded-For: the one our own proxy added. Empty when it is not an address.
struct str header_last_forwarded(struct str forwarded_for);
// Is the token one of a comma-separated list, whatever its case?
bool header_has_token(struct str list, struct str token);
