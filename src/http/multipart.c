// SPDX-License-Identifier: MulanPSL-2.0
// multipart/form-data (RFC 7578) over the complete body. Parts are views of the body. Strict: no preamble, CRLF line
// ends, every part named; what a browser or curl sends passes.
#include "http/header.h"
#include "http/http.h"

#include <string.h>

#define MAX_BOUNDARY 70 // RFC 2046 5.1.1
#define MAX_HEADER_BYTES 4096
#define NOT_FOUND ((size_t)-1)

static enum err malformed(struct ctx *c)
{
    return fail(c, ERR_INVALID, "multipart.malformed");
}

static enum err truncated(struct ctx *c)
{
    return fail(c, ERR_INVALID, "multipart.truncated");
}

static struct str from(struct str s, size_t offset)
{
    return (struct str){s.p + offset, s.n - offset};
}

static enum err read_boundary(struct ctx *c, struct str content_type, struct str *ret_boundary)
{
    struct str boundary;
    if (!str_equal(header_media_type(c->arena, content_type), STR("multipart/form-data")))
        return fail(c, ERR_UNSUPPORTED, "multipart.wrong_type");
    if (!header_param(c->arena, content_type, STR("boundary"), &boundary) || !boundary.n || boundary.n > MAX_BOUNDARY)
        return fail(c, ERR_INVALID, "multipart.no_boundary");
    for (size_t i = 0; i < boundary.n; i++)
        if ((unsigned char)boundary.p[i] < 0x20 || (unsigned char)boundary.p[i] >= 0x7f)
            return fail(c, ERR_INVALID, "multipart.no_boundary");
    *ret_boundary = boundary;
    return OK;
}

static bool text_is_clean(struct str s)
{
    if (!utf8_valid(s))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return false;
    return true;
}

static enum err read_disposition(struct ctx *c, struct str value, struct http_part *part)
{
    if (!str_equal(header_media_type(c->arena, value), STR("form-data")) || part->name.n)
        return malformed(c);
    if (!header_param(c->arena, value, STR("name"), &part->name) || !part->name.n)
        return fail(c, ERR_INVALID, "multipart.no_name");
    if (!header_param(c->arena, value, STR("filename"), &part->filename))
        part->filename = (struct str){0};
    return text_is_clean(part->name) && text_is_clean(part->filename) ? OK : malformed(c);
}

// The lines between the delimiter and the empty line.
static enum err read_headers(struct ctx *c, struct str lines, struct http_part *part)
{
    while (lines.n) {
        size_t end = str_find(lines, STR("\r\n"), 0);
        struct str value = {lines.p, end == NOT_FOUND ? lines.n : end};
        lines = from(lines, end == NOT_FOUND ? lines.n : end + 2);
        if (str_find_byte(value, ':', 0) == NOT_FOUND)
            return malformed(c);
        struct str name = str_cut(&value, ':');
        value = str_trim(value);
        if (str_equal_ignore_case(name, STR("content-disposition"))) {
            TRY(read_disposition(c, value, part));
        } else if (str_equal_ignore_case(name, STR("content-type"))) {
            part->content_type = header_media_type(c->arena, value);
        } else if (str_equal_ignore_case(name, STR("content-transfer-encoding"))) {
            struct str coding = str_lower(c->arena, value);
            if (!str_equal(coding, STR("binary")) && !str_equal(coding, STR("8bit")) && !str_equal(coding, STR("7bit")))
                return fail(c, ERR_UNSUPPORTED, "multipart.bad_encoding");
        }
    }
    return part->name.n ? OK : fail(c, ERR_INVALID, "multipart.no_name");
}

enum after_delimiter { ANOTHER_PART, THE_END, NO_DELIMITER, CUT_OFF };

// What stands behind "--boundary": the end mark, the line break before a part, or other text (then it was content).
static enum after_delimiter look_behind(struct str rest, size_t *ret_skip)
{
    if (str_starts_with(rest, STR("--"))) {
        *ret_skip = 2;
        return THE_END;
    }
    size_t i = 0;
    while (i < rest.n && (rest.p[i] == ' ' || rest.p[i] == '\t'))
        i++;
    if (i >= rest.n || (rest.p[i] == '\r' && i + 1 >= rest.n) || (rest.n == 1 && rest.p[0] == '-'))
        return CUT_OFF;
    if (rest.p[i] != '\r' || rest.p[i + 1] != '\n')
        return NO_DELIMITER;
    *ret_skip = i + 2;
    return ANOTHER_PART;
}

// The end of the content that begins at body.p: the next delimiter line.
static enum err find_content_end(struct ctx *c, struct str body, struct str delimiter, size_t *ret_end)
{
    size_t at = 0;
    for (;;) {
        at = str_find(body, delimiter, at);
        if (at == NOT_FOUND)
            return truncated(c);
        size_t skip;
        switch (look_behind(from(body, at + delimiter.n), &skip)) {
        case CUT_OFF:
            return truncated(c);
        case NO_DELIMITER:
            at++;
            continue;
        case ANOTHER_PART:
        case THE_END:
            *ret_end = at;
            return OK;
        }
    }
}

// Reads one part at the start of *body and moves *body to the delimiter that ends it (without its line break).
static enum err read_part(struct ctx *c, struct str *body, struct str delimiter, struct http_part *part)
{
    struct str headers = {0};
    if (str_starts_with(*body, STR("\r\n"))) {
        *body = from(*body, 2);
    } else {
        size_t end = str_find(*body, STR("\r\n\r\n"), 0);
        if (end == NOT_FOUND)
            return body->n > MAX_HEADER_BYTES ? malformed(c) : truncated(c);
        if (end > MAX_HEADER_BYTES)
            return malformed(c);
        headers = (struct str){body->p, end};
        *body = from(*body, end + 4);
    }
    TRY(read_headers(c, headers, part));
    // An empty content: the delimiter follows at once, its line break being the one that ended the headers.
    struct str bare = from(delimiter, 2);
    size_t skip, end = 0;
    if (str_starts_with(*body, bare) && look_behind(from(*body, bare.n), &skip) != NO_DELIMITER) {
        part->content = (struct str){body->p, 0};
        return OK;
    }
    TRY(find_content_end(c, *body, delimiter, &end));
    part->content = (struct str){body->p, end};
    *body = from(*body, end + 2);
    return OK;
}

enum err multipart_parse(struct ctx *c, struct str content_type_header, struct str body, struct http_part **ret_parts,
                         size_t *ret_count)
{
    struct str boundary = {0};
    TRY(read_boundary(c, content_type_header, &boundary));
    struct str delimiter = str_concat(c->arena, STR("\r\n--"), boundary);
    struct str bare = from(delimiter, 2);
    struct http_part *parts = arena_array(c->arena, HTTP_MAX_PARTS, sizeof *parts);
    size_t count = 0;
    for (;;) {
        size_t skip = 0;
        if (!str_starts_with(body, bare))
            return body.n < bare.n && str_starts_with(bare, body) ? truncated(c) : malformed(c);
        body = from(body, bare.n);
        switch (look_behind(body, &skip)) {
        case CUT_OFF:
            return truncated(c);
        case NO_DELIMITER:
            return malformed(c);
        case THE_END:
            if (str_trim(from(body, skip)).n)
                return malformed(c);
            *ret_parts = parts;
            *ret_count = count;
            return OK;
        case ANOTHER_PART:
            break;
        }
        body = from(body, skip);
        if (count == HTTP_MAX_PARTS)
            return fail(c, ERR_INVALID, "multipart.too_many_parts");
        TRY(read_part(c, &body, delimiter, &parts[count]));
        count++;
    }
}
