// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/exchange/mapping.h"

#include "base/buf.h"
#include "base/clock.h"

#define TEMPLATE_MAX_BYTES (64 << 10)
#define OTHER_MAX (TEMPLATE_MAX_BYTES / 4) // code points that fit in any case
#define WORDS_MAX 10000                    // as request_record has it for what staff and imports write

static const struct {
    const char *name;
    bool required;
    int64_t max; // code points of what its template becomes; 0: OTHER_MAX
} keys[MAP_KEY_COUNT] = {
    [MAP_NAME] = {"name", true},
    [MAP_SEPARATOR] = {"separator", true},
    [MAP_KEY] = {"key", true, 100},
    [MAP_TIME_ZONE] = {"time_zone", true},
    [MAP_TIME_FORMATS] = {"time_formats", true},
    [MAP_REPORTED_AT] = {"reported_at", true},
    [MAP_KIND] = {"kind", true},
    [MAP_ITEM] = {"item", true, 60},
    [MAP_WORDS] = {"words", true, WORDS_MAX},
    [MAP_REPLY] = {"reply", false, WORDS_MAX},
    [MAP_CLOSED_WHEN] = {"closed_when", false},
    [MAP_CLOSED_AT] = {"closed_at", false},
    [MAP_CLOSED_AT_OTHERWISE] = {"closed_at_otherwise", false},
    [MAP_DUE_AT] = {"due_at", false},
    [MAP_LAT] = {"lat", false},
    [MAP_LNG] = {"lng", false},
    [MAP_PLACE_SUBDISTRICT] = {"place.subdistrict", true},
    [MAP_PLACE_COMMUNITY] = {"place.community", false},
    [MAP_PLACE_GRID] = {"place.grid", false},
};

// "+08:00"
static bool parse_zone(struct str text, int64_t *ret_zone_ms)
{
    int64_t hours, minutes;
    if (text.n != 6 || (text.p[0] != '+' && text.p[0] != '-') || text.p[3] != ':' ||
        !str_to_int64((struct str){text.p + 1, 2}, &hours) || !str_to_int64((struct str){text.p + 4, 2}, &minutes) ||
        hours > 14 || minutes > 59)
        return false;
    int64_t zone = hours * HOUR_MS + minutes * MINUTE_MS;
    *ret_zone_ms = text.p[0] == '-' ? -zone : zone;
    return true;
}

static enum err set_key(struct ctx *c, struct mapping *m, struct str name, struct str value)
{
    for (size_t k = 0; k < MAP_KEY_COUNT; k++)
        if (str_equal_z(name, keys[k].name)) {
            m->text[k] = str_copy(c->arena, value);
            return OK;
        }
    return fail_with(c, ERR_INVALID, "mapping.unknown_key", name, str_of(""));
}

static bool name_is_plain(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!(name.p[i] == '-' || (name.p[i] >= '0' && name.p[i] <= '9') || (name.p[i] >= 'a' && name.p[i] <= 'z')))
            return false;
    return name.n > 0 && name.n <= 40;
}

enum err mapping_parse(struct ctx *c, struct str text, struct mapping *ret_mapping)
{
    *ret_mapping = (struct mapping){0};
    while (text.n) {
        struct str rest = str_trim(str_cut(&text, '\n'));
        if (!rest.n || rest.p[0] == '#')
            continue;
        struct str name = str_trim(str_cut(&rest, '='));
        TRY(set_key(c, ret_mapping, name, str_trim(rest)));
    }
    for (size_t k = 0; k < MAP_KEY_COUNT; k++)
        if (keys[k].required && !ret_mapping->text[k].n)
            return fail_with(c, ERR_INVALID, "mapping.missing", str_of(keys[k].name), str_of(""));
    struct str separator = ret_mapping->text[MAP_SEPARATOR];
    if (!str_equal_z(separator, "comma") && !str_equal_z(separator, "tab"))
        return fail_with(c, ERR_INVALID, "mapping.bad_value", STR("separator"), str_of(""));
    if (!parse_zone(ret_mapping->text[MAP_TIME_ZONE], &ret_mapping->zone_ms))
        return fail_with(c, ERR_INVALID, "mapping.bad_value", STR("time_zone"), str_of(""));
    if (!name_is_plain(ret_mapping->text[MAP_NAME]))
        return fail_with(c, ERR_INVALID, "mapping.bad_value", STR("name"), str_of(""));
    return OK;
}

static size_t find_column(const struct mapping *m, struct str name)
{
    for (size_t i = 0; i < m->column_count; i++)
        if (str_equal(m->header[i], name))
            return i;
    return (size_t)-1;
}

enum err mapping_set_header(struct ctx *c, struct mapping *m, const struct str *fields, size_t count)
{
    if (count > MAPPING_MAX_COLUMNS)
        return fail(c, ERR_INVALID, "mapping.too_many_columns");
    for (size_t i = 0; i < count; i++)
        m->header[i] = str_copy(c->arena, fields[i]);
    m->column_count = count;
    for (size_t k = 0; k < MAP_KEY_COUNT; k++)
        for (struct str rest = m->text[k]; rest.n;) {
            str_cut(&rest, '{');
            struct str column = str_cut(&rest, '}');
            if (column.n && find_column(m, column) == (size_t)-1)
                return fail_with(c, ERR_INVALID, "mapping.no_column", column, str_of(""));
        }
    return OK;
}

// Whole or not at all; *lost grows by the code points of what was not taken.
static void add_or_count(struct buf *out, struct str text, int64_t *lost)
{
    if (*lost || out->n + text.n > TEMPLATE_MAX_BYTES)
        *lost += (int64_t)utf8_count(text);
    else
        buf_add_str(out, text);
}

// One part of a template (between bars); nothing of it when a column of it is empty.
static void fill_part(const struct mapping *m, struct str part, const struct str *row, struct buf *out, int64_t *lost)
{
    size_t bytes_before = out->n;
    int64_t lost_before = *lost;
    while (part.n) {
        size_t open = str_find_byte(part, '{', 0);
        add_or_count(out, str_cut(&part, '{'), lost);
        if (open == (size_t)-1)
            break;
        size_t column = find_column(m, str_cut(&part, '}'));
        struct str value = column == (size_t)-1 ? (struct str){0} : str_trim(row[column]);
        add_or_count(out, value, lost);
        if (!value.n) {
            out->n = bytes_before;
            *lost = lost_before;
            return;
        }
    }
}

// What did not fit is still counted: the sentence tells how much there is.
static enum err fill_whole(struct ctx *c, const struct mapping *m, enum mapping_key key, const struct str *row,
                           struct buf *out, struct str *ret_text)
{
    int64_t lost = 0;
    for (struct str rest = m->text[key]; rest.n;)
        fill_part(m, str_cut(&rest, '|'), row, out, &lost);
    struct str filled = str_trim(buf_str(out));
    int64_t max = keys[key].max ? keys[key].max : OTHER_MAX, count = (int64_t)utf8_count(filled) + lost;
    if (lost || count > max) {
        ctx_set_error(c, ERR_INVALID, "field.too_long", str_of(keys[key].name),
                      str_format(c->arena, "%lld", (long long)max), str_format(c->arena, "%lld", (long long)count));
        return ERR_INVALID;
    }
    *ret_text = str_copy(c->arena, filled);
    return OK;
}

enum err mapping_fill(struct ctx *c, const struct mapping *m, enum mapping_key key, const struct str *row,
                      struct str *ret_text)
{
    struct buf out;
    buf_init(&out, TEMPLATE_MAX_BYTES);
    enum err err = fill_whole(c, m, key, row, &out, ret_text);
    buf_free(&out);
    return err;
}

enum err mapping_holds(struct ctx *c, const struct mapping *m, enum mapping_key key, const struct str *row,
                       bool *ret_holds)
{
    struct str filled;
    *ret_holds = false;
    TRY(mapping_fill(c, m, key, row, &filled));
    if (str_find_byte(m->text[key], '=', 0) == (size_t)-1) {
        *ret_holds = filled.n > 0;
        return OK;
    }
    struct str left = str_trim(str_cut(&filled, '='));
    *ret_holds = str_equal(left, str_trim(filled));
    return OK;
}

// Up to max digits at *at; -1 when there is none.
static int take_number(struct str text, size_t *at, size_t max)
{
    int value = -1;
    for (size_t n = 0; n < max && *at < text.n && text.p[*at] >= '0' && text.p[*at] <= '9'; n++, (*at)++)
        value = (value < 0 ? 0 : value * 10) + (text.p[*at] - '0');
    return value;
}

struct civil {
    int year, month, day, hour, minute, second;
    bool has_hour;
};

// The letters of strftime that dates of tables need: Y y m d H M S; anything else stands for itself.
static bool scan_time(struct str text, struct str format, struct civil *out)
{
    size_t at = 0;
    for (size_t f = 0; f < format.n; f++) {
        if (format.p[f] != '%' || f + 1 == format.n) {
            if (at == text.n || text.p[at++] != format.p[f])
                return false;
            continue;
        }
        char letter = format.p[++f];
        int value = take_number(text, &at, letter == 'Y' ? 4 : 2);
        if (value < 0)
            return false;
        switch (letter) {
        case 'Y':
            out->year = value;
            break;
        case 'y':
            out->year = value + (value < 70 ? 2000 : 1900);
            break;
        case 'm':
            out->month = value;
            break;
        case 'd':
            out->day = value;
            break;
        case 'H':
            out->hour = value;
            out->has_hour = true;
            break;
        case 'M':
            out->minute = value;
            break;
        case 'S':
            out->second = value;
            break;
        default:
            return false;
        }
    }
    return at == text.n && date_valid(out->year, out->month, out->day) && out->hour < 24 && out->minute < 60 &&
           out->second < 60;
}

bool mapping_time(const struct mapping *m, struct str text, int64_t *ret_at_ms, bool *ret_exact)
{
    text = str_trim(text);
    for (struct str rest = m->text[MAP_TIME_FORMATS]; rest.n;) {
        struct civil civil = {0};
        if (!scan_time(text, str_trim(str_cut(&rest, ';')), &civil))
            continue;
        *ret_at_ms = day_from_date(civil.year, civil.month, civil.day) * DAY_MS + civil.hour * HOUR_MS +
                     civil.minute * MINUTE_MS + civil.second * SECOND_MS - m->zone_ms;
        *ret_exact = civil.has_hour;
        return true;
    }
    return false;
}
