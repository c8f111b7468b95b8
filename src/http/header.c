// SPDX-License-Identifier: MulanPSL-2.0
#include "http/header.h"

#include <arpa/inet.h>
#include <string.h>

// "0.8" → 800; a malformed weight counts as 0.
static int weight_of(struct str q)
{
    if (!q.n || (q.p[0] != '0' && q.p[0] != '1'))
        return 0;
    int thousandths = (q.p[0] - '0') * 1000;
    if (q.n == 1)
        return thousandths;
    if (q.p[1] != '.' || q.n > 5)
        return 0;
    int unit = 100;
    for (size_t i = 2; i < q.n; i++, unit /= 10) {
        if (q.p[i] < '0' || q.p[i] > '9')
            return 0;
        thousandths += (q.p[i] - '0') * unit;
    }
    return thousandths > 1000 ? 1000 : thousandths;
}

// The next element of a weighted list: its name, its weight in thousandths.
static struct str next_weighted(struct str *list, int *ret_weight)
{
    struct str params = str_cut(list, ',');
    struct str name = str_trim(str_cut(&params, ';'));
    int weight = 1000;
    while (params.n) {
        struct str param = str_trim(str_cut(&params, ';'));
        struct str key = str_trim(str_cut(&param, '='));
        if (str_equal_ignore_case(key, STR("q")))
            weight = weight_of(str_trim(param));
    }
    *ret_weight = weight;
    return name;
}

const char *header_language(struct str accept_language)
{
    const char *best = "zh";
    int best_weight = 0;
    while (accept_language.n) {
        int weight;
        struct str range = next_weighted(&accept_language, &weight);
        struct str primary = str_cut(&range, '-');
        const char *lang = NULL;
        if (str_equal_ignore_case(primary, STR("zh")))
            lang = "zh";
        else if (str_equal_ignore_case(primary, STR("en")))
            lang = "en";
        if (lang && weight > best_weight) {
            best = lang;
            best_weight = weight;
        }
    }
    return best;
}

bool header_accepts_gzip(struct str accept_encoding)
{
    int gzip = -1, any = -1;
    while (accept_encoding.n) {
        int weight;
        struct str coding = next_weighted(&accept_encoding, &weight);
        if (str_equal_ignore_case(coding, STR("gzip")) || str_equal_ignore_case(coding, STR("x-gzip")))
            gzip = weight;
        else if (str_equal(coding, STR("*")))
            any = weight;
    }
    return gzip >= 0 ? gzip > 0 : any > 0;
}

// Cuts one entity-tag off the list; empty when what stands there is none.
static struct str next_etag(struct str *list)
{
    while (list->n && (list->p[0] == ' ' || list->p[0] == '\t' || list->p[0] == ',')) {
        list->p++;
        list->n--;
    }
    if (str_starts_with(*list, STR("W/"))) {
        list->p += 2;
        list->n -= 2;
    }
    size_t end = list->n && list->p[0] == '"' ? str_find_byte(*list, '"', 1) : (size_t)-1;
    if (end == (size_t)-1)
        return (struct str){0};
    struct str tag = {list->p, end + 1};
    list->p += end + 1;
    list->n -= end + 1;
    return tag;
}

bool header_etag_matches(struct str if_none_match, struct str etag)
{
    if (str_equal(str_trim(if_none_match), STR("*")))
        return true;
    for (;;) {
        struct str tag = next_etag(&if_none_match);
        if (!tag.n)
            return false;
        if (str_equal(tag, etag))
            return true;
    }
}

bool header_version(struct str if_match, int64_t *ret_version)
{
    struct str list = str_trim(if_match);
    struct str tag = next_etag(&list);
    int64_t version;
    if (tag.n < 3 || list.n || !str_to_int64((struct str){tag.p + 1, tag.n - 2}, &version) || version < 0)
        return false;
    *ret_version = version;
    return true;
}

struct str header_cookie(struct str cookie, struct str name)
{
    while (cookie.n) {
        struct str value = str_trim(str_cut(&cookie, ';'));
        struct str key = str_cut(&value, '=');
        if (!str_equal(key, name))
            continue;
        if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
            return (struct str){value.p + 1, value.n - 2};
        return value;
    }
    return (struct str){0};
}

struct str header_media_type(struct arena *arena, struct str content_type)
{
    return str_lower(arena, str_trim(str_cut(&content_type, ';')));
}

// Reads a quoted string that begins at value->p; moves value behind it. Only \" and \\ are escapes: file names of old
// browsers hold other backslashes.
static bool cut_quoted(struct arena *arena, struct str *value, struct str *ret_text)
{
    char *out = arena_alloc(arena, value->n);
    size_t n = 0;
    for (size_t i = 1; i < value->n; i++) {
        char byte = value->p[i];
        if (byte == '"') {
            *ret_text = (struct str){out, n};
            value->p += i + 1;
            value->n -= i + 1;
            return true;
        }
        if (byte == '\\' && i + 1 < value->n && (value->p[i + 1] == '"' || value->p[i + 1] == '\\'))
            byte = value->p[++i];
        out[n++] = byte;
    }
    return false;
}

static void skip_space(struct str *s)
{
    while (s->n && (s->p[0] == ' ' || s->p[0] == '\t')) {
        s->p++;
        s->n--;
    }
}

bool header_param(struct arena *arena, struct str value, struct str name, struct str *ret_param)
{
    str_cut(&value, ';');
    while (value.n) {
        size_t key_end = 0;
        while (key_end < value.n && value.p[key_end] != '=' && value.p[key_end] != ';')
            key_end++;
        struct str key = str_trim((struct str){value.p, key_end});
        if (key_end == value.n)
            return false;
        bool has_value = value.p[key_end] == '=';
        value.p += key_end + 1;
        value.n -= key_end + 1;
        if (!has_value)
            continue;
        skip_space(&value);
        struct str text;
        if (value.n && value.p[0] == '"') {
            if (!cut_quoted(arena, &value, &text))
                return false;
            struct str junk = str_trim(str_cut(&value, ';'));
            if (junk.n)
                return false;
        } else {
            text = str_trim(str_cut(&value, ';'));
        }
        if (str_equal_ignore_case(key, name)) {
            *ret_param = text;
            return true;
        }
    }
    return false;
}

static bool to_offset(struct str digits, uint64_t *ret_value)
{
    int64_t value;
    if (!digits.n || digits.p[0] < '0' || digits.p[0] > '9' || !str_to_int64(digits, &value))
        return false;
    *ret_value = (uint64_t)value;
    return true;
}

enum header_range header_range(struct str range, uint64_t size, uint64_t *ret_first, uint64_t *ret_count)
{
    if (!str_starts_with(range, STR("bytes=")) || str_find_byte(range, ',', 0) != (size_t)-1)
        return RANGE_NONE; // unknown units and lists of ranges may be ignored (RFC 9110 14.2)
    struct str last_text = {range.p + 6, range.n - 6};
    if (str_find_byte(last_text, '-', 0) == (size_t)-1)
        return RANGE_NONE;
    struct str first_text = str_trim(str_cut(&last_text, '-'));
    last_text = str_trim(last_text);
    uint64_t first, last;
    if (!first_text.n) { // the last so many bytes
        if (!to_offset(last_text, &last))
            return RANGE_NONE;
        if (!last || !size)
            return RANGE_UNSATISFIABLE;
        first = last < size ? size - last : 0;
        last = size - 1;
    } else {
        if (!to_offset(first_text, &first))
            return RANGE_NONE;
        last = size - 1;
        if (last_text.n && (!to_offset(last_text, &last) || last < first))
            return RANGE_NONE;
        if (first >= size)
            return RANGE_UNSATISFIABLE;
        if (last >= size)
            last = size - 1;
    }
    *ret_first = first;
    *ret_count = last - first + 1;
    return RANGE_PART;
}

bool header_same_origin(struct str origin, struct str host)
{
    size_t slashes = str_find(origin, STR("://"), 0);
    if (slashes == (size_t)-1 || !host.n)
        return false;
    struct str origin_host = {origin.p + slashes + 3, origin.n - slashes - 3};
    return str_equal_ignore_case(origin_host, host);
}

static struct str without_port(struct str host)
{
    size_t end = str_starts_with(host, STR("[")) ? str_find_byte(host, ']', 0) : str_find_byte(host, ':', 0);
    if (end == (size_t)-1)
        return host;
    return (struct str){host.p, end + (host.p[0] == '[')};
}

static bool is_loopback(struct str name)
{
    char text[16];
    unsigned char address[4];
    if (str_equal_ignore_case(name, STR("localhost")) || str_equal(name, STR("[::1]")))
        return true;
    if (name.n >= sizeof text)
        return false;
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    return inet_pton(AF_INET, text, address) == 1 && address[0] == 127;
}

bool header_host_is(struct str host, struct str public_url, struct str bind)
{
    struct str name = without_port(host), bare = name;
    if (bare.n > 2 && bare.p[0] == '[')
        bare = (struct str){bare.p + 1, bare.n - 2};
    size_t slashes = str_find(public_url, STR("://"), 0);
    if (slashes != (size_t)-1)
        public_url = (struct str){public_url.p + slashes + 3, public_url.n - slashes - 3};
    struct str public_host = without_port(str_cut(&public_url, '/'));
    return name.n && (is_loopback(name) || str_equal(bare, bind) || str_equal_ignore_case(name, public_host));
}

struct str header_last_forwarded(struct str forwarded_for)
{
    struct str last = {0};
    while (forwarded_for.n)
        last = str_trim(str_cut(&forwarded_for, ','));
    char text[64];
    unsigned char address[16];
    if (!last.n || last.n >= sizeof text)
        return (struct str){0};
    memcpy(text, last.p, last.n);
    text[last.n] = '\0';
    if (inet_pton(AF_INET, text, address) != 1 && inet_pton(AF_INET6, text, address) != 1)
        return (struct str){0};
    return last;
}

bool header_has_token(struct str list, struct str token)
{
    while (list.n)
        if (str_equal_ignore_case(str_trim(str_cut(&list, ',')), token))
            return true;
    return false;
}
