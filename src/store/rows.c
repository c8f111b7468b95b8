// SPDX-License-Identifier: MulanPSL-2.0
// From args to parameters and from columns to fields: the same for both engines, so that they cannot differ in it.
#include "store/internal.h"

#include <math.h>
#include <string.h>

// --- arguments -------------------------------------------------------------------------------------------------------
static enum err bad_argument(struct ctx *c, const struct statement *st, struct str param)
{
    return fail_with(c, ERR_INTERNAL, "store.bad_argument", str_of(st->name), param);
}

// Texts that one engine would take and the other refuse are refused before either sees them.
enum err store_check_value(struct ctx *c, struct str param, struct store_value *value)
{
    if (value->type == FIELD_REAL) {
        if (!isfinite(value->real))
            return fail_field(c, ERR_INVALID, "store.bad_number", param);
        value->real += 0.0; // SQLite keeps no negative zero
    }
    if (value->type == FIELD_TEXT && value->text.n &&
        (memchr(value->text.p, 0, value->text.n) || !utf8_valid(value->text)))
        return fail_field(c, ERR_INVALID, "store.bad_text", param);
    return OK;
}

static void value_from_field(const struct field *field, const void *row, struct store_value *ret)
{
    const char *at = (const char *)row + field->offset;
    ret->type = field_storage(field->type);
    switch (field->type) {
    case FIELD_INT:
    case FIELD_ID:
    case FIELD_TIME:
        memcpy(&ret->number, at, sizeof ret->number);
        break;
    case FIELD_BOOL:
        ret->number = *(const bool *)at;
        break;
    case FIELD_REAL:
        memcpy(&ret->real, at, sizeof ret->real);
        break;
    case FIELD_ENUM: {
        int index;
        memcpy(&index, at, sizeof index);
        ret->number = index; // the name is put in by name_enum
        break;
    }
    case FIELD_TEXT:
    case FIELD_SEALED:
    case FIELD_BLOB:
    case FIELD_IDS:
    case FIELD_JSON:
        memcpy(&ret->text, at, sizeof ret->text);
        break;
    }
}

static bool name_enum(const struct field *field, struct store_value *value)
{
    for (int64_t i = 0; field->names[i]; i++)
        if (i == value->number) {
            value->text = str_of(field->names[i]);
            return true;
        }
    return false;
}

static enum err value_from_row(struct ctx *c, const struct statement *st, const struct param *param,
                               const struct field *field, const void *row, struct store_value *ret)
{
    *ret = (struct store_value){0};
    value_from_field(field, row, ret);
    if (ret->type != param->type || (field->type == FIELD_ENUM && !name_enum(field, ret)))
        return bad_argument(c, st, param->name);
    return OK;
}

static enum err value_from_arg(struct ctx *c, const struct statement *st, const struct param *param,
                               const struct arg *arg, struct store_value *ret)
{
    *ret = (struct store_value){.type = param->type, .number = arg->number, .real = arg->real, .text = arg->text};
    enum field_type given = field_storage(arg->type);
    bool is_enum = param->field && param->field->type == FIELD_ENUM;
    if (is_enum && given == FIELD_INT)
        return name_enum(param->field, ret) ? OK : bad_argument(c, st, param->name);
    if (given == param->type)
        return OK;
    if (param->type == FIELD_REAL && given == FIELD_INT) {
        ret->real = (double)arg->number;
        return OK;
    }
    return bad_argument(c, st, param->name);
}

static enum err find_value(struct ctx *c, const struct statement *st, const struct param *param, struct args args,
                           struct store_value *ret)
{
    for (size_t i = 0; i < args.count; i++) {
        const struct arg *arg = &args.at[i];
        if (arg->name) {
            if (str_equal_z(param->name, arg->name))
                return value_from_arg(c, st, param, arg, ret);
        } else {
            const struct field *field =
                arg->record == st->record && param->field ? param->field : record_field(arg->record, param->name);
            if (field)
                return value_from_row(c, st, param, field, arg->row, ret);
        }
    }
    *ret = (struct store_value){.type = FIELD_INT};
    if (str_equal(param->name, STR("tenant_id")))
        ret->number = c->tenant_id;
    else if (str_equal(param->name, STR("now_ms")))
        ret->number = c->now_ms;
    else
        return fail_with(c, ERR_INTERNAL, "store.missing_argument", str_of(st->name), param->name);
    return OK;
}

// --- running ---------------------------------------------------------------------------------------------------------
struct walk {
    const struct record *record;
    void *row; // where the next row goes
    struct rows *rows;
    size_t max, cap;
    enum err (*fn)(struct ctx *c, void *row, void *arg);
    void *arg;
    int64_t number;
    bool found;
};

static enum err run(struct ctx *c, const struct sql *sql, struct args args, unsigned flags, row_fn fn, void *arg,
                    int64_t *ret_changed)
{
    struct db *db = c->db;
    if (!db)
        return store_fault(c, ERR_INTERNAL, "store.no_transaction", sql->name, "");
    if (db->failed)
        return store_fault(c, ERR_INTERNAL, "store.failed_transaction", sql->name, "");
    const struct statement *st = catalogue_find(&db->store->catalogue, sql);
    if (!st)
        return store_fault(c, ERR_INTERNAL, "store.unknown_statement", sql->name, "");
    if (st->writes && !db->writing)
        return store_fault(c, ERR_INTERNAL, "store.write_in_read", sql->name, "");
    struct store_value values[STORE_MAX_PARAMS];
    for (size_t i = 0; i < st->param_count; i++) {
        TRY(find_value(c, st, &st->params[i], args, &values[i]));
        TRY(store_check_value(c, st->params[i].name, &values[i]));
    }
    return db->store->engine->run(c, st, values, st->writes ? 0 : flags, fn, arg, ret_changed);
}

static enum err map_columns(struct ctx *c, const struct result *result, const struct record *record)
{
    struct column_map *map = result->map;
    if (map->record == record)
        return OK;
    for (size_t i = 0; i < result->count; i++) {
        struct str name = str_of(result->name(result, i));
        const struct field *field = record_field(record, name);
        if (!field)
            return fail_with(c, ERR_INTERNAL, "store.unknown_column", str_of(record->name), str_copy(c->arena, name));
        map->at[i] = (int16_t)(field - record->fields);
    }
    map->record = record;
    return OK;
}

static bool value_into(const struct field *field, const struct store_value *value, void *row)
{
    enum field_type want = field_storage(field->type);
    if (!value->is_null && value->type != want && !(want == FIELD_REAL && value->type == FIELD_INT))
        return false;
    switch (field->type) {
    case FIELD_INT:
    case FIELD_ID:
    case FIELD_TIME:
        *field_int(field, row) = value->number;
        return true;
    case FIELD_BOOL:
        *field_bool(field, row) = value->number != 0;
        return true;
    case FIELD_REAL:
        *field_real(field, row) = value->type == FIELD_INT ? (double)value->number : value->real;
        return true;
    case FIELD_ENUM: {
        int index = value->is_null ? 0 : enum_from_name(field->names, value->text);
        *field_enum(field, row) = index;
        return index >= 0;
    }
    case FIELD_TEXT:
    case FIELD_SEALED:
    case FIELD_BLOB:
    case FIELD_IDS:
    case FIELD_JSON:
        *field_str(field, row) = value->text;
        return true;
    }
    return false;
}

static enum err fill(struct ctx *c, const struct result *result, const struct record *record, void *row, bool keep)
{
    TRY(map_columns(c, result, record));
    for (size_t i = 0; i < result->count; i++) {
        const struct field *field = &record->fields[result->map->at[i]];
        struct store_value value = result->values[i];
        if (keep && value.text.n)
            value.text = str_copy(c->arena, value.text);
        if (!value_into(field, &value, row))
            return fail_with(c, ERR_INTERNAL, "store.bad_value", str_of(record->name), str_of(field->name));
    }
    return OK;
}

static enum err take_one(struct ctx *c, const struct result *result, void *arg)
{
    struct walk *walk = arg;
    TRY(fill(c, result, walk->record, walk->row, true));
    walk->found = true;
    return STORE_STOP;
}

enum err db_one(struct ctx *c, const struct sql *sql, struct args args, const struct record *record, void *ret_row)
{
    // Written only on success: fn of a write may run again with the same target.
    struct walk walk = {.record = record, .row = arena_alloc(c->arena, record->size_bytes)};
    TRY(run(c, sql, args, 0, take_one, &walk, NULL));
    if (!walk.found)
        return fail(c, ERR_NOT_FOUND, "store.no_row");
    memcpy(ret_row, walk.row, record->size_bytes);
    return OK;
}

static enum err take_listed(struct ctx *c, const struct result *result, void *arg)
{
    struct walk *walk = arg;
    struct rows *rows = walk->rows;
    size_t size = walk->record->size_bytes;
    if (rows->count == walk->max)
        return fail(c, ERR_INTERNAL, "store.too_many");
    if (rows->count == walk->cap) {
        walk->cap = walk->cap ? walk->cap * 2 : (walk->max < 32 ? walk->max : 32);
        void *grown = arena_array(c->arena, walk->cap, size);
        if (rows->count)
            memcpy(grown, rows->at, rows->count * size);
        rows->at = grown;
    }
    TRY(fill(c, result, walk->record, (char *)rows->at + rows->count * size, true));
    rows->count++;
    return OK;
}

enum err db_list(struct ctx *c, const struct sql *sql, struct args args, const struct record *record, size_t max,
                 struct rows *ret_rows)
{
    struct rows rows = {0};
    struct walk walk = {.record = record, .rows = &rows, .max = max};
    TRY(run(c, sql, args, 0, take_listed, &walk, NULL));
    *ret_rows = rows;
    return OK;
}

static enum err take_each(struct ctx *c, const struct result *result, void *arg)
{
    struct walk *walk = arg;
    memset(walk->row, 0, walk->record->size_bytes);
    TRY(fill(c, result, walk->record, walk->row, false));
    return walk->fn(c, walk->row, walk->arg);
}

enum err db_each(struct ctx *c, const struct sql *sql, struct args args, const struct record *record,
                 enum err (*fn)(struct ctx *c, void *row, void *arg), void *arg)
{
    struct walk walk = {.record = record, .row = arena_alloc(c->arena, record->size_bytes), .fn = fn, .arg = arg};
    return run(c, sql, args, RUN_STREAM, take_each, &walk, NULL);
}

static enum err take_number(struct ctx *c, const struct result *result, void *arg)
{
    struct walk *walk = arg;
    if (result->count != 1 || (!result->values[0].is_null && result->values[0].type != FIELD_INT))
        return fail(c, ERR_INTERNAL, "store.not_a_number");
    walk->number = result->values[0].number;
    return STORE_STOP;
}

enum err db_number(struct ctx *c, const struct sql *sql, struct args args, int64_t *ret_number)
{
    struct walk walk = {0};
    TRY(run(c, sql, args, 0, take_number, &walk, NULL));
    *ret_number = walk.number;
    return OK;
}

static enum err take_nothing(struct ctx *c, const struct result *result, void *arg)
{
    (void)c, (void)result, (void)arg;
    return OK;
}

enum err db_exec(struct ctx *c, const struct sql *sql, struct args args, int64_t *ret_changed)
{
    int64_t changed = 0;
    TRY(run(c, sql, args, 0, take_nothing, NULL, &changed));
    if (ret_changed)
        *ret_changed = changed;
    return OK;
}
