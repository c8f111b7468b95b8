// SPDX-License-Identifier: MulanPSL-2.0
// What clients send, in the many ways they do. Pure parsers of hostile input first.
#include "domain/open311/open311_internal.h"

#include <string.h>

// XML 1.0, production 2 (Char).
static bool xml_holds(int32_t code_point)
{
    if (code_point < 0x20)
        return code_point == '\t' || code_point == '\n' || code_point == '\r';
    return code_point != 0xfffe && code_point != 0xffff;
}

struct str open311_clean(struct arena *arena, struct str text)
{
    size_t at = 0, from = 0;
    char *out = NULL;
    size_t n = 0;
    for (int32_t code_point; from = at, (code_point = utf8_next(text, &at)) >= 0;) {
        if (xml_holds(code_point)) {
            if (out)
                memcpy(out + n, text.p + from, at - from);
            n += at - from;
        } else if (!out) {
            out = arena_alloc(arena, text.n);
            memcpy(out, text.p, n);
        }
    }
    return out ? (struct str){out, n} : text;
}

static bool code_valid(struct str code)
{
    for (size_t i = 0; i < code.n; i++)
        if (code.p[i] == '[' || code.p[i] == ']' || (unsigned char)code.p[i] < 0x20)
            return false;
    return code.n > 0;
}

bool open311_attribute_name(struct str name, struct str *ret_code)
{
    struct str rest = name, word = str_cut(&rest, '[');
    if (!str_equal_z(word, "attribute") || !rest.n || rest.p[rest.n - 1] != ']')
        return false;
    struct str code = str_cut(&rest, ']');
    if (!code_valid(code))
        return false;
    while (rest.n) { // "[]" or "[0]": which of several, of no account
        if (rest.p[0] != '[')
            return false;
        str_cut(&rest, '[');
        if (str_find_byte(rest, ']', 0) == (size_t)-1)
            return false;
        str_cut(&rest, ']');
    }
    *ret_code = code;
    return true;
}

bool open311_time_parse(struct arena *arena, struct str text, int64_t *ret_ms)
{
    struct str trimmed = str_trim(text);
    if (trimmed.n > 40)
        return false;
    char *p = arena_alloc(arena, trimmed.n + 4);
    size_t n = 0;
    for (size_t i = 0; i < trimmed.n; i++)
        p[n++] = trimmed.p[i] == ' ' && i > 10 ? '+' : trimmed.p[i];
    if (time_parse((struct str){p, n}, ret_ms))
        return true;
    if (n < 17 || p[13] != ':' || p[16] == ':')
        return false;
    memmove(p + 19, p + 16, n - 16); // 2026-01-02T03:04Z
    p[16] = ':';
    p[17] = p[18] = '0';
    return time_parse((struct str){p, n + 3}, ret_ms);
}

bool open311_choice(struct str choices, struct str key, struct str *ret_name)
{
    while (choices.n && key.n) {
        struct str name = str_trim(str_cut(&choices, '\n'));
        struct str its_key = str_trim(str_cut(&name, '='));
        if (!str_equal(its_key, key))
            continue;
        *ret_name = str_trim(name);
        return true;
    }
    return false;
}

enum err open311_form_read(struct ctx *c, const struct http_request *rq, struct open311_form *ret_form)
{
    struct http_part *parts;
    size_t count;
    TRY(http_parts(c, rq, &parts, &count));
    for (size_t i = 0; i < count; i++)
        if (!parts[i].filename.n && !utf8_valid(parts[i].content))
            return fail(c, ERR_INVALID, "form.bad_utf8");
    *ret_form = (struct open311_form){parts, count};
    return OK;
}

struct str open311_value(struct ctx *c, const struct open311_form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct http_part *part = &form->parts[i];
        if (part->filename.n || !str_equal_z(part->name, name))
            continue;
        struct str value = str_trim(open311_clean(c->arena, part->content));
        if (value.n)
            return value;
    }
    return STR("");
}

void open311_error_add(struct open311_errors *errors, struct str text)
{
    if (errors->count < sizeof errors->text / sizeof *errors->text)
        errors->text[errors->count++] = text;
}
