// SPDX-License-Identifier: MulanPSL-2.0
// Codes on doors: random, renewable, revocable, and the link they stand for.
#include "domain/place/place_internal.h"

#include "base/id.h"
#include "flow/event_data.h"
#include "place_sql.h"

#include <string.h>

#define DOOR_CODE_LENGTH 16
static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static const struct field door_fields[] = {DOOR_FIELDS(FIELD_ROW, door)};
const struct record door_record = {
    .name = "door", .table = "door", .size_bytes = sizeof(struct door), FIELDS(door_fields)};

struct str place_code_new(struct ctx *c)
{
    unsigned char bytes[DOOR_CODE_LENGTH];
    char *code = arena_alloc(c->arena, DOOR_CODE_LENGTH);
    crypto_random(bytes, sizeof bytes);
    for (size_t i = 0; i < DOOR_CODE_LENGTH; i++)
        code[i] = crockford[bytes[i] % 32];
    return (struct str){code, DOOR_CODE_LENGTH};
}

// As printed: upper case, no hyphens, and what the eye confuses set right. Empty when it cannot be a code.
struct str place_code_read(struct ctx *c, struct str text)
{
    char *code = arena_alloc(c->arena, DOOR_CODE_LENGTH);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char ch = text.p[i];
        if (ch == '-')
            continue;
        if (ch >= 'a' && ch <= 'z')
            ch = (char)(ch - 'a' + 'A');
        if (ch == 'I' || ch == 'L')
            ch = '1';
        if (ch == 'O')
            ch = '0';
        if (n == DOOR_CODE_LENGTH || ch == '\0' || !strchr(crockford, ch))
            return (struct str){0};
        code[n++] = ch;
    }
    return n == DOOR_CODE_LENGTH ? (struct str){code, n} : (struct str){0};
}

enum err door_find(struct ctx *c, struct str code, struct door *ret_door)
{
    enum err err =
        db_one(c, &sql_door_by_code, ARGS(ARG_TEXT("code", place_code_read(c, code))), &door_record, ret_door);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return fail(c, ERR_NOT_FOUND, "door.unknown");
    }
    TRY(err);
    return ret_door->revoked_at_ms ? fail(c, ERR_NOT_FOUND, "door.revoked") : OK;
}

enum err door_of_place(struct ctx *c, int64_t place_id, struct door *ret_door)
{
    enum err err = db_one(c, &sql_door_of_place, ARGS(ARG_INT("place_id", place_id)), &door_record, ret_door);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return fail(c, ERR_NOT_FOUND, "door.none");
}

static enum err check_place(struct ctx *c, int64_t place_id)
{
    struct place place;
    TRY(place_get(c, place_id, &place));
    if (place.closed_at_ms)
        return fail(c, ERR_CONFLICT, "place.closed");
    if (place.level < PLACE_ESTATE || place.level > PLACE_UNIT)
        return fail(c, ERR_INVALID, "door.wrong_level");
    return OK;
}

enum err door_put(struct ctx *c, int64_t place_id, struct str code, struct door *ret_door)
{
    code = place_code_read(c, code);
    if (code.n == 0)
        return fail_field(c, ERR_INVALID, "door.bad_code", STR("code"));
    TRY(check_place(c, place_id));
    int64_t revoked;
    TRY(db_exec(c, &sql_door_revoke_of_place, ARGS(ARG_INT("place_id", place_id)), &revoked));
    *ret_door = (struct door){.id = ids_next(c->house->ids, c->now_ms),
                              .version = 1,
                              .place_id = place_id,
                              .code = code,
                              .made_at_ms = c->now_ms};
    TRY(db_exec(c, &sql_door_insert, ARGS(ARG_ROW(&door_record, ret_door)), NULL));
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "door_id");
    json_put_id(w, ret_door->id);
    json_key(w, "revoked");
    json_put_int(w, revoked);
    return event_data_append(c, &data, "place", place_id, "place.door_renewed");
}

enum err door_renew(struct ctx *c, int64_t place_id, struct door *ret_door)
{
    return door_put(c, place_id, place_code_new(c), ret_door);
}

enum err door_revoke(struct ctx *c, int64_t door_id)
{
    struct door door;
    enum err err = db_one(c, &sql_door_by_id, ARGS(ARG_INT("id", door_id)), &door_record, &door);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return fail(c, ERR_NOT_FOUND, "door.unknown");
    }
    TRY(err);
    int64_t changed;
    TRY(db_exec(c, &sql_door_revoke, ARGS(ARG_INT("id", door_id)), &changed));
    if (changed != 1)
        return fail(c, ERR_CONFLICT, "door.revoked");
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "door_id");
    json_put_id(w, door_id);
    return event_data_append(c, &data, "place", door.place_id, "place.door_revoked");
}

struct str door_link(struct ctx *c, const struct http_request *rq, struct str code)
{
    return str_format(c->arena, "%.*s/q/%.*s", STR_ARG(http_origin(c, rq)), STR_ARG(code));
}
