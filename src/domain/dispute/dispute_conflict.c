// SPDX-License-Identifier: MulanPSL-2.0
// No mediator with a tie. What is sealed of parties is opened here and compared in memory; none of it is told, so none
// of it is a reading. What cannot be known from what is kept, the mediator declares.
#include "base/id.h"
#include "domain/dispute/dispute_internal.h"

#include <string.h>

// --- which unit -----------------------------------------------------------------------------------------------------
// 一 to 九十九, as people write small numbers; -1: none.
static int chinese_digit(int32_t code_point)
{
    static const int32_t digits[] = {0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
    for (int i = 0; i < 10; i++)
        if (digits[i] == code_point)
            return i;
    return -1;
}

#define TEN 0x5341
static bool chinese_number(const int32_t *points, size_t count, int *ret_number)
{
    int tens = 0, ones = 0;
    size_t at = 0;
    if (count == 0 || count > 3)
        return false;
    if (at < count && chinese_digit(points[at]) >= 0)
        ones = chinese_digit(points[at++]);
    if (at < count && points[at] == TEN) {
        tens = at ? ones : 1;
        ones = 0;
        at++;
        if (at < count && chinese_digit(points[at]) >= 0)
            ones = chinese_digit(points[at++]);
    }
    *ret_number = tens * 10 + ones;
    return at == count && *ret_number > 0;
}

// A letter or digit of ASCII, also when written wide; 0: something else.
static char plain(int32_t code_point)
{
    if (code_point >= 0xFF01 && code_point <= 0xFF5E)
        code_point -= 0xFEE0;
    if (code_point >= 'A' && code_point <= 'Z')
        code_point += 'a' - 'A';
    bool fits = (code_point >= 'a' && code_point <= 'z') || (code_point >= '0' && code_point <= '9');
    return fits ? (char)code_point : 0;
}

// The last points before 单元 that are of one kind.
static bool label_of(const int32_t *before, size_t count, char ret_label[DISPUTE_UNIT_MAX])
{
    size_t n = 0, number_n = 0;
    int number;
    while (n < count && plain(before[count - 1 - n]))
        n++;
    while (number_n < count &&
           (before[count - 1 - number_n] == TEN || chinese_digit(before[count - 1 - number_n]) >= 0))
        number_n++;
    if (n == 0 && chinese_number(before + count - number_n, number_n, &number)) {
        ret_label[0] = (char)('0' + number / 10);
        ret_label[1] = (char)('0' + number % 10);
        ret_label[2] = 0;
        if (number < 10)
            memmove(ret_label, ret_label + 1, 2);
        return true;
    }
    const int32_t *first = before + count - n;
    while (n > 1 && plain(*first) == '0') // 02单元 is 2单元
        first++, n--;
    if (n == 0 || n >= DISPUTE_UNIT_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        ret_label[i] = plain(first[i]);
    ret_label[n] = 0;
    return true;
}

bool dispute_unit_label(struct str text, char ret_label[DISPUTE_UNIT_MAX])
{
    int32_t points[64];
    size_t count = 0, pos = 0;
    int32_t point;
    if (!utf8_valid(text))
        return false;
    while ((point = utf8_next(text, &pos)) >= 0) {
        if (point == 0x5143 && count && points[count - 1] == 0x5355) // 单元
            return label_of(points, count - 1, ret_label);
        if (point == ' ' || point == 0x3000)
            continue;
        if (count == sizeof points / sizeof *points)
            return false;
        points[count++] = point;
    }
    return false;
}

bool dispute_homes_meet(const struct dispute_home *a, const struct dispute_home *b)
{
    if (!a->building_id || a->building_id != b->building_id)
        return false;
    if (a->unit_id && b->unit_id)
        return a->unit_id == b->unit_id;
    if (a->unit.n && b->unit.n)
        return str_equal(a->unit, b->unit);
    return true; // one house, and nothing tells the units apart
}

static enum err home_of(struct ctx *c, int64_t place_id, struct str door, struct dispute_home *ret_home)
{
    struct place_chain chain;
    struct place unit;
    char label[DISPUTE_UNIT_MAX];
    *ret_home = (struct dispute_home){0};
    if (!place_id)
        return OK;
    enum err err = place_get_chain(c, place_id, &chain);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    ret_home->building_id = chain.at[PLACE_BUILDING];
    ret_home->unit_id = chain.at[PLACE_UNIT];
    ret_home->household_id = chain.at[PLACE_HOUSEHOLD];
    bool named = false;
    if (ret_home->unit_id) {
        TRY(place_get(c, ret_home->unit_id, &unit));
        named = dispute_unit_label(unit.name, label);
    } else {
        named = dispute_unit_label(door, label);
    }
    if (named)
        ret_home->unit = str_copy(c->arena, str_of(label));
    return OK;
}

// --- the check ------------------------------------------------------------------------------------------------------
struct candidate {
    struct person_contact contact;
    struct dispute_home home;
};

static enum err read_candidate(struct ctx *c, int64_t person_id, struct candidate *ret)
{
    struct person person;
    TRY(person_get(c, person_id, &person));
    TRY(person_own_contact(c, &person, &ret->contact));
    return home_of(c, person.home_place_id, ret->contact.door_number, &ret->home);
}

static enum err check_party(struct ctx *c, const struct dispute_party *party, const struct candidate *who)
{
    const struct record *record = &dispute_party_record;
    struct str name, phone, home, door;
    struct dispute_home at;
    int64_t place_id = 0;
    TRY(dispute_unseal(c, record, "name", party->id, party->name, &name));
    TRY(dispute_unseal(c, record, "phone", party->id, party->phone, &phone));
    TRY(dispute_unseal(c, record, "home", party->id, party->home, &home));
    TRY(dispute_unseal(c, record, "door_number", party->id, party->door_number, &door));
    bool numbers = phone.n && who->contact.phone.n;
    if (numbers ? str_equal(phone, who->contact.phone) : name.n && str_equal(name, who->contact.name))
        return fail(c, ERR_CONFLICT, "dispute.tie_party");
    if (home.n && !id_parse(home, &place_id))
        return OK;
    TRY(home_of(c, place_id, door, &at));
    return dispute_homes_meet(&at, &who->home) ? fail(c, ERR_CONFLICT, "dispute.tie_home") : OK;
}

enum err dispute_check_party_tie(struct ctx *c, const struct dispute_party *party, int64_t person_id)
{
    struct candidate who;
    TRY(read_candidate(c, person_id, &who));
    return check_party(c, party, &who);
}

enum err dispute_check_tie(struct ctx *c, const struct dispute_case *dc, int64_t person_id)
{
    struct candidate who;
    if (dc->d.against_id == person_id)
        return fail(c, ERR_CONFLICT, "dispute.tie_complained");
    TRY(read_candidate(c, person_id, &who));
    for (size_t i = 0; i < dc->parts.party_count; i++)
        TRY(check_party(c, &dc->parts.parties[i], &who));
    return OK;
}
