// SPDX-License-Identifier: MulanPSL-2.0
// application/x-www-form-urlencoded: pairs as parts, so that a form reads the same however it was sent.
#include "http/http.h"
#include "http/url.h"

// A line break at the very end is what hand-made clients add; inside, it would have been escaped.
static struct str without_line_end(struct str body)
{
    while (body.n && (body.p[body.n - 1] == '\n' || body.p[body.n - 1] == '\r'))
        body.n--;
    return body;
}

static size_t count_pairs(struct str body)
{
    size_t count = 1;
    for (size_t i = 0; i < body.n; i++)
        count += body.p[i] == '&';
    return count;
}

enum err form_parse(struct ctx *c, struct str body, struct http_part **ret_parts, size_t *ret_count)
{
    struct str rest = without_line_end(body);
    if (rest.n > HTTP_MAX_BODY)
        return fail(c, ERR_TOO_LARGE, "http.too_large");
    if (count_pairs(rest) > HTTP_MAX_PARTS)
        return fail(c, ERR_INVALID, "form.too_many_fields");
    struct http_part *parts = arena_array(c->arena, HTTP_MAX_PARTS, sizeof *parts);
    size_t count = 0;
    while (rest.n) {
        struct str value = str_cut(&rest, '&');
        if (!value.n)
            continue;
        struct str name = str_cut(&value, '=');
        struct http_part part = {0};
        if (!percent_decode(c->arena, name, true, &part.name) || !percent_decode(c->arena, value, true, &part.content))
            return fail(c, ERR_INVALID, "form.malformed");
        if (!utf8_valid(part.name) || !utf8_valid(part.content))
            return fail(c, ERR_INVALID, "form.bad_utf8");
        parts[count++] = part;
    }
    *ret_parts = parts;
    *ret_count = count;
    return OK;
}
