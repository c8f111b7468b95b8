// SPDX-License-Identifier: MulanPSL-2.0
// A form as Open311 clients send it: its attributes, times, choices and texts, and the answer they are written into.
#include "domain/open311/open311_internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

// No character stands in the text that XML gives a meaning or cannot hold.
static void check_xml(struct str xml)
{
    for (size_t i = 0; i < xml.n; i++)
        demand((unsigned char)xml.p[i] >= 0x20 || xml.p[i] == '\t' || xml.p[i] == '\n');
    demand(utf8_valid(xml));
}

static void write_it(struct ctx *c, struct str text)
{
    static const enum open311_format formats[] = {OPEN311_XML, OPEN311_JSON};
    struct http_request rq;
    struct http_response rs;
    struct open311_out o;
    demand(http_for_test(c, "GET", "/x", NULL, STR(""), &rq, &rs) == OK);
    for (size_t i = 0; i < 2; i++) {
        out_begin(&o, c, formats[i], &rs);
        out_object(&o, "x");
        out_text(&o, "t", text);
        out_end(&o);
        struct str out = buf_str(&rs.body);
        const struct json *json;
        if (formats[i] == OPEN311_XML)
            check_xml(out);
        else
            demand(json_parse(c, str_copy(c->arena, out), &json) == OK &&
                   str_equal(json_str(json_get(json, "t")), open311_clean(c->arena, text)));
    }
    buf_free(&rs.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct house house = {0};
    struct ctx c = {.arena = arena_new(256 << 20), .house = &house, .lang = "en"};
    struct http_part *parts;
    size_t count;
    if (form_parse(&c, (struct str){(const char *)bytes, n}, &parts, &count) == OK)
        for (size_t i = 0; i < count; i++) {
            struct str code, name, value = parts[i].content;
            int64_t at_ms;
            if (open311_attribute_name(parts[i].name, &code))
                demand(code.n > 0 && str_find_byte(code, '[', 0) == (size_t)-1);
            if (open311_time_parse(c.arena, value, &at_ms))
                demand(open311_time_parse(c.arena, open311_time_text(c.arena, at_ms ? at_ms : 1), &at_ms));
            if (open311_choice(value, str_trim(parts[i].name), &name))
                demand(name.n <= value.n);
            demand(utf8_valid(open311_clean(c.arena, value)));
            write_it(&c, value);
        }
    arena_free(c.arena);
    return 0;
}
