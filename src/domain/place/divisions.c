// SPDX-License-Identifier: MulanPSL-2.0
// The official divisions of a district, from data/divisions.tsv, into an installation that has no place yet.
#include "domain/place/place_internal.h"
#include "place_sql.h"

#include <string.h>

struct division {
    struct str level, code, name, parent;
};

// The next line of the table; false at its end.
static bool next_division(struct str *text, struct division *ret_division)
{
    while (text->n) {
        struct str line = str_trim(str_cut(text, '\n'));
        if (line.n == 0)
            continue;
        ret_division->level = str_cut(&line, '\t');
        ret_division->code = str_cut(&line, '\t');
        ret_division->name = str_cut(&line, '\t');
        ret_division->parent = line;
        return true;
    }
    return false;
}

// "黄泥坡社区居民委员会" is the name of the committee; the place is called 黄泥坡社区.
static struct str place_name(struct str name)
{
    static const char *const committees[] = {"居民委员会", "村民委员会"};
    for (size_t i = 0; i < sizeof committees / sizeof *committees; i++) {
        struct str committee = str_of(committees[i]);
        if (name.n > committee.n && str_ends_with(name, committee))
            return (struct str){name.p, name.n - committee.n};
    }
    return name;
}

static enum err load_below(struct ctx *c, const struct place *parent, struct str text, const char *table_level,
                           enum place_level level, int64_t *ret_count);

static enum err load_one(struct ctx *c, const struct place *parent, const struct division *division, struct str text,
                         enum place_level level, int64_t *ret_count)
{
    struct place place = {.parent_id = parent ? parent->id : 0,
                          .level = (int)level,
                          .code = division->code,
                          .name = place_name(division->name)};
    TRY(place_create(c, &place));
    ++*ret_count;
    if (level == PLACE_DISTRICT)
        return load_below(c, &place, text, "street", PLACE_SUBDISTRICT, ret_count);
    if (level == PLACE_SUBDISTRICT)
        return load_below(c, &place, text, "village", PLACE_COMMUNITY, ret_count);
    return OK;
}

static enum err load_below(struct ctx *c, const struct place *parent, struct str text, const char *table_level,
                           enum place_level level, int64_t *ret_count)
{
    struct str rest = text;
    struct division division;
    while (next_division(&rest, &division))
        if (str_equal_z(division.level, table_level) && str_equal(division.parent, parent->code))
            TRY(load_one(c, parent, &division, text, level, ret_count));
    return OK;
}

enum err place_load_divisions(struct ctx *c, struct str district_code, int64_t *ret_count)
{
    int64_t count;
    *ret_count = 0;
    TRY(db_number(c, &sql_place_count, NO_ARGS, &count));
    if (count)
        return OK;
    struct str text = packed_text(c, "/data/divisions.tsv"), rest = text;
    struct division division;
    while (next_division(&rest, &division))
        if (str_equal_z(division.level, "area") && str_equal(division.code, district_code))
            return load_one(c, NULL, &division, text, PLACE_DISTRICT, ret_count);
    return fail_with(c, ERR_INVALID, "place.unknown_district", district_code, (struct str){0});
}
