// SPDX-License-Identifier: MulanPSL-2.0
// One tree, two spellings. XML 1.0 without namespaces; JSON as the Spark convention turns that XML: a container becomes
// an array, the root has no name.
#include "domain/open311/open311_internal.h"

#include <assert.h>

static struct buf *xml(struct open311_out *o)
{
    return o->w.out;
}

void out_begin(struct open311_out *o, struct ctx *c, enum open311_format format, struct http_response *rs)
{
    *o = (struct open311_out){.format = format, .arena = c->arena};
    buf_clear(&rs->body);
    json_writer_init(&o->w, &rs->body);
    rs->content_type = format == OPEN311_XML ? "text/xml; charset=utf-8" : "application/json; charset=utf-8";
    if (format == OPEN311_XML)
        buf_add_z(xml(o), "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
}

static void open_tag(struct open311_out *o, const char *name)
{
    buf_add_byte(xml(o), '<');
    buf_add_z(xml(o), name);
    buf_add_byte(xml(o), '>');
}

static void close_tag(struct open311_out *o, const char *name)
{
    buf_add_z(xml(o), "</");
    buf_add_z(xml(o), name);
    buf_add_byte(xml(o), '>');
}

// Members of an object have a name in JSON, the root and elements of a list have none.
static void begin_value(struct open311_out *o, const char *name)
{
    if (o->format == OPEN311_XML)
        open_tag(o, name);
    else if (o->depth && !o->list[o->depth - 1])
        json_key(&o->w, name);
}

static void push(struct open311_out *o, const char *name, bool list)
{
    assert(o->depth < OUT_MAX_DEPTH);
    begin_value(o, name);
    o->names[o->depth] = name;
    o->list[o->depth++] = list;
    if (o->format == OPEN311_XML)
        return;
    if (list)
        json_array_begin(&o->w);
    else
        json_object_begin(&o->w);
}

void out_list(struct open311_out *o, const char *name)
{
    push(o, name, true);
}

void out_object(struct open311_out *o, const char *name)
{
    push(o, name, false);
}

void out_end(struct open311_out *o)
{
    assert(o->depth);
    o->depth--;
    if (o->format == OPEN311_XML)
        close_tag(o, o->names[o->depth]);
    else if (o->list[o->depth])
        json_array_end(&o->w);
    else
        json_object_end(&o->w);
}

// A bare carriage return would be read as a line feed.
static void escape(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        switch (text.p[i]) {
        case '&':
            buf_add_z(out, "&amp;");
            break;
        case '<':
            buf_add_z(out, "&lt;");
            break;
        case '>':
            buf_add_z(out, "&gt;");
            break;
        case '\r':
            buf_add_z(out, "&#13;");
            break;
        default:
            buf_add_byte(out, text.p[i]);
        }
}

void out_text(struct open311_out *o, const char *name, struct str text)
{
    struct str clean = utf8_valid(text) ? open311_clean(o->arena, text) : STR("");
    begin_value(o, name);
    if (o->format == OPEN311_XML) {
        escape(xml(o), clean);
        close_tag(o, name);
    } else if (clean.n) {
        json_put_str(&o->w, clean);
    } else {
        json_put_null(&o->w);
    }
}

void out_z(struct open311_out *o, const char *name, const char *text)
{
    out_text(o, name, str_of(text));
}

void out_id(struct open311_out *o, const char *name, int64_t id)
{
    out_text(o, name, id ? id_text(o->arena, id) : STR(""));
}

void out_int(struct open311_out *o, const char *name, int64_t value)
{
    begin_value(o, name);
    if (o->format == OPEN311_JSON) {
        json_put_int(&o->w, value);
        return;
    }
    buf_add_int(xml(o), value);
    close_tag(o, name);
}

void out_bool(struct open311_out *o, const char *name, bool value)
{
    begin_value(o, name);
    if (o->format == OPEN311_JSON) {
        json_put_bool(&o->w, value);
        return;
    }
    buf_add_z(xml(o), value ? "true" : "false");
    close_tag(o, name);
}

// The digits are those of the JSON, in both.
void out_real(struct open311_out *o, const char *name, double value)
{
    begin_value(o, name);
    if (o->format == OPEN311_JSON) {
        json_put_real(&o->w, value);
        return;
    }
    struct json_writer digits;
    json_writer_init(&digits, xml(o));
    json_put_real(&digits, value);
    close_tag(o, name);
}

struct str open311_time_text(struct arena *arena, int64_t at_ms)
{
    char text[25];
    if (!at_ms)
        return STR("");
    time_format(at_ms, text);
    return str_format(arena, "%.19sZ", text);
}

void out_time(struct open311_out *o, const char *name, int64_t at_ms)
{
    out_text(o, name, open311_time_text(o->arena, at_ms));
}
