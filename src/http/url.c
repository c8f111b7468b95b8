// SPDX-License-Identifier: MulanPSL-2.0
#include "http/url.h"

#include <string.h>

static bool needs_decoding(struct str s, bool plus_is_space)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '%' || (plus_is_space && s.p[i] == '+'))
            return true;
    return false;
}

bool percent_decode(struct arena *arena, struct str s, bool plus_is_space, struct str *ret_decoded)
{
    if (memchr(s.n ? s.p : "", '\0', s.n))
        return false;
    if (!needs_decoding(s, plus_is_space)) {
        *ret_decoded = s;
        return true;
    }
    char *out = arena_alloc(arena, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char byte = s.p[i];
        if (byte == '%') {
            int high = i + 1 < s.n ? str_hex_digit(s.p[i + 1]) : -1;
            int low = i + 2 < s.n ? str_hex_digit(s.p[i + 2]) : -1;
            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return false;
            byte = (char)(high * 16 + low);
            i += 2;
        } else if (plus_is_space && byte == '+') {
            byte = ' ';
        }
        out[n++] = byte;
    }
    *ret_decoded = (struct str){out, n};
    return true;
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return true;
    return false;
}

static enum err bad_url(struct ctx *c)
{
    return fail(c, ERR_INVALID, "http.bad_url");
}

static enum err parse_query(struct ctx *c, struct str query, struct url *url)
{
    struct pair *pairs = arena_array(c->arena, URL_MAX_PAIRS, sizeof *pairs);
    size_t count = 0;
    while (query.n) {
        struct str value = str_cut(&query, '&');
        if (!value.n)
            continue;
        if (count == URL_MAX_PAIRS)
            return fail(c, ERR_INVALID, "http.too_many_params");
        struct str name = str_cut(&value, '=');
        struct pair *pair = &pairs[count++];
        if (!percent_decode(c->arena, name, true, &pair->name) || !percent_decode(c->arena, value, true, &pair->value))
            return bad_url(c);
        if (!utf8_valid(pair->name) || !utf8_valid(pair->value))
            return bad_url(c);
    }
    url->query = pairs;
    url->query_count = count;
    return OK;
}

// "http://host/path" is what a client sends through a proxy; the host of such a target is not used.
static struct str without_origin(struct str target)
{
    static const struct str schemes[] = {STR_INIT("http://"), STR_INIT("https://")};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (!str_starts_with(target, schemes[i]))
            continue;
        size_t end = schemes[i].n;
        while (end < target.n && target.p[end] != '/' && target.p[end] != '?')
            end++;
        if (end == target.n)
            return STR("/");
        return (struct str){target.p + end, target.n - end};
    }
    return target;
}

enum err url_parse(struct ctx *c, struct str target, struct url *ret_url)
{
    struct url url = {0};
    struct str rest = without_origin(target);
    if (!rest.n || rest.p[0] != '/' || has_control(rest) || memchr(rest.p, '#', rest.n))
        return bad_url(c);
    url.raw_path = str_cut(&rest, '?');
    if (!percent_decode(c->arena, url.raw_path, false, &url.path))
        return bad_url(c);
    if (!utf8_valid(url.path) || has_control(url.path))
        return bad_url(c);
    if (rest.n)
        TRY(parse_query(c, rest, &url));
    *ret_url = url;
    return OK;
}
