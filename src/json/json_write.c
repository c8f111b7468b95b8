// SPDX-License-Identifier: MulanPSL-2.0
#include "base/clock.h"
#include "base/id.h"
#include "json/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void json_writer_init(struct json_writer *w, struct buf *out)
{
    *w = (struct json_writer){.out = out};
}

// Before every value and key.
static void comma(struct json_writer *w)
{
    if (w->need_comma[w->depth])
        buf_add_byte(w->out, ',');
    w->need_comma[w->depth] = true;
}

static void begin(struct json_writer *w, char bracket)
{
    comma(w);
    buf_add_byte(w->out, bracket);
    assert(w->depth < JSON_MAX_DEPTH);
    w->need_comma[++w->depth] = false;
}

static void end(struct json_writer *w, char bracket)
{
    assert(w->depth > 0);
    w->depth--;
    buf_add_byte(w->out, bracket);
}

void json_object_begin(struct json_writer *w)
{
    begin(w, '{');
}

void json_object_end(struct json_writer *w)
{
    end(w, '}');
}

void json_array_begin(struct json_writer *w)
{
    begin(w, '[');
}

void json_array_end(struct json_writer *w)
{
    end(w, ']');
}

static void put_escaped(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"':
        buf_add_z(out, "\\\"");
        break;
    case '\\':
        buf_add_z(out, "\\\\");
        break;
    case '\n':
        buf_add_z(out, "\\n");
        break;
    case '\r':
        buf_add_z(out, "\\r");
        break;
    case '\t':
        buf_add_z(out, "\\t");
        break;
    default:
        buf_addf(out, "\\u%04x", c);
        break;
    }
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

static size_t sequence_length(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

static void put_quoted(struct buf *out, struct str s)
{
    bool valid = utf8_valid(s);
    size_t from = 0; // start of what is not yet written
    buf_add_byte(out, '"');
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_plain(c) && (valid || c < 0x80)) {
            i++;
            continue;
        }
        size_t length = sequence_length(c);
        if (c >= 0x80 && length <= s.n - i && utf8_valid((struct str){s.p + i, length})) {
            i += length;
            continue;
        }
        buf_add(out, s.p + from, i - from);
        if (c < 0x80)
            put_escaped(out, c);
        else
            buf_add_z(out, "\xEF\xBF\xBD");
        from = ++i;
    }
    if (from < s.n)
        buf_add(out, s.p + from, s.n - from);
    buf_add_byte(out, '"');
}

void json_key(struct json_writer *w, const char *key)
{
    comma(w);
    put_quoted(w->out, str_of(key));
    buf_add_byte(w->out, ':');
    w->need_comma[w->depth] = false;
}

void json_put_str(struct json_writer *w, struct str s)
{
    comma(w);
    put_quoted(w->out, s);
}

void json_put_z(struct json_writer *w, const char *z)
{
    json_put_str(w, str_of(z));
}

void json_put_int(struct json_writer *w, int64_t value)
{
    comma(w);
    buf_add_int(w->out, value);
}

// The shortest of the usual precisions that reads back as the same number. JSON knows no infinity: null.
void json_put_real(struct json_writer *w, double value)
{
    if (!isfinite(value)) {
        json_put_null(w);
        return;
    }
    char text[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, sizeof(text), "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    comma(w);
    buf_add_z(w->out, text);
}

void json_put_bool(struct json_writer *w, bool value)
{
    comma(w);
    buf_add_z(w->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *w)
{
    comma(w);
    buf_add_z(w->out, "null");
}

void json_put_id(struct json_writer *w, int64_t id)
{
    if (id == 0) {
        json_put_null(w);
        return;
    }
    char text[ID_TEXT_LENGTH + 1];
    id_format(id, text);
    json_put_str(w, (struct str){text, ID_TEXT_LENGTH});
}

void json_put_time(struct json_writer *w, int64_t at_ms)
{
    if (at_ms == 0) {
        json_put_null(w);
        return;
    }
    char text[25];
    time_format(at_ms, text);
    json_put_str(w, (struct str){text, 24});
}

void json_put_raw(struct json_writer *w, struct str json)
{
    comma(w);
    buf_add_str(w->out, json);
}

void json_list_begin(struct json_writer *w, struct buf *out)
{
    json_writer_init(w, out);
    json_object_begin(w);
    json_key(w, "items");
    json_array_begin(w);
}

void json_list_end(struct json_writer *w, int64_t next_id)
{
    json_array_end(w);
    json_key(w, "next");
    json_put_id(w, next_id);
    json_object_end(w);
}
