// SPDX-License-Identifier: MulanPSL-2.0
// The store seen as tables, for backup, restore, copies between engines and the contract test.
#include "base/buf.h"
#include "store/internal.h"

#include <ctype.h>
#include <string.h>

#define TEXT_MAX_BYTES 16384

// --- what is there ---------------------------------------------------------------------------------------------------
struct names {
    struct str *at;
    size_t count;
};

static enum err take_name(struct ctx *c, const struct result *result, void *arg)
{
    struct names *names = arg;
    if (names->count == STORE_MAX_TABLES)
        return fail(c, ERR_INTERNAL, "store.too_many");
    names->at[names->count++] = str_copy(c->arena, result->values[0].text);
    return OK;
}

enum err store_tables(struct ctx *c, struct str **ret_names, size_t *ret_count)
{
    const struct engine *engine = c->db->store->engine;
    struct names names = {.at = arena_array(c->arena, STORE_MAX_TABLES, sizeof(struct str))};
    struct statement st = {.name = "tables", .text = engine->tables_text, .index = SIZE_MAX};
    TRY(engine->run(c, &st, NULL, 0, take_name, &names, NULL));
    *ret_names = names.at;
    *ret_count = names.count;
    return OK;
}

struct columns {
    struct store_column *at;
    size_t count;
};

static enum err take_column(struct ctx *c, const struct result *result, void *arg)
{
    static const struct {
        const char *word;
        enum field_type type;
    } types[] = {{"bigint", FIELD_INT},
                 {"double precision", FIELD_REAL},
                 {"text", FIELD_TEXT},
                 {"blob", FIELD_BLOB},
                 {"bytea", FIELD_BLOB}};
    struct columns *columns = arg;
    if (columns->count == STORE_MAX_COLUMNS)
        return fail(c, ERR_INTERNAL, "store.too_many_columns");
    struct store_column *column = &columns->at[columns->count];
    column->name = str_copy(c->arena, result->values[0].text);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_equal_ignore_case(result->values[1].text, str_of(types[i].word))) {
            column->type = types[i].type;
            columns->count++;
            return OK;
        }
    return fail_with(c, ERR_INTERNAL, "store.bad_column_type", column->name, result->values[1].text);
}

static bool plain_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!islower((unsigned char)name.p[i]) && !isdigit((unsigned char)name.p[i]) && name.p[i] != '_')
            return false;
    return name.n > 0 && name.n < 64;
}

enum err store_table_columns(struct ctx *c, struct str table, struct store_column **ret_columns, size_t *ret_count)
{
    const struct engine *engine = c->db->store->engine;
    struct columns columns = {.at = arena_array(c->arena, STORE_MAX_COLUMNS, sizeof(struct store_column))};
    struct param param = {.name = STR_INIT("table"), .type = FIELD_TEXT};
    struct statement st = {
        .name = "columns", .text = engine->columns_text, .params = &param, .param_count = 1, .index = SIZE_MAX};
    struct store_value value = {.type = FIELD_TEXT, .text = table};
    if (!plain_name(table)) // it becomes text of statements below
        return fail_with(c, ERR_NOT_FOUND, "store.no_table", table, STR(""));
    TRY(engine->run(c, &st, &value, 0, take_column, &columns, NULL));
    if (columns.count == 0)
        return fail_with(c, ERR_NOT_FOUND, "store.no_table", table, STR(""));
    *ret_columns = columns.at;
    *ret_count = columns.count;
    return OK;
}

static struct str column_list(struct arena *arena, const struct store_column *columns, size_t n)
{
    struct buf buf;
    buf_init(&buf, TEXT_MAX_BYTES);
    for (size_t i = 0; i < n; i++)
        buf_addf(&buf, "%s%.*s", i ? ", " : "", STR_ARG(columns[i].name));
    struct str list = str_copy(arena, buf_str(&buf));
    buf_free(&buf);
    return list;
}

// --- out -------------------------------------------------------------------------------------------------------------
struct table_walk {
    const struct store_column *columns;
    size_t count;
    enum err (*fn)(struct ctx *c, const struct store_value *values, size_t n, void *arg);
    void *arg;
};

static enum err take_row(struct ctx *c, const struct result *result, void *arg)
{
    struct table_walk *walk = arg;
    struct store_value values[STORE_MAX_COLUMNS];
    for (size_t i = 0; i < walk->count; i++) {
        values[i] = result->values[i];
        if (values[i].is_null)
            values[i].type = walk->columns[i].type;
        if (values[i].type != walk->columns[i].type)
            return fail_with(c, ERR_INTERNAL, "store.bad_value", STR("table"), walk->columns[i].name);
    }
    return walk->fn(c, values, walk->count, walk->arg);
}

enum err store_table_each(struct ctx *c, struct str table,
                          enum err (*fn)(struct ctx *c, const struct store_value *values, size_t n, void *arg),
                          void *arg)
{
    struct store_column *columns;
    struct table_walk walk = {.fn = fn, .arg = arg};
    TRY(store_table_columns(c, table, &columns, &walk.count));
    walk.columns = columns;
    struct str list = column_list(c->arena, columns, walk.count);
    struct str text = str_format(c->arena, "SELECT %.*s FROM %.*s", STR_ARG(list), STR_ARG(table));
    struct statement st = {.name = "table_each", .text = str_z(c->arena, text), .index = SIZE_MAX};
    return c->db->store->engine->run(c, &st, NULL, RUN_STREAM, take_row, &walk, NULL);
}

// --- in --------------------------------------------------------------------------------------------------------------
static enum err take_none(struct ctx *c, const struct result *result, void *arg)
{
    (void)c, (void)result, (void)arg;
    return OK;
}

static void build_put(struct store *store, struct str table, const struct store_column *columns, size_t n,
                      struct statement *st)
{
    bool pg = store->engine->dialect == DIALECT_PG;
    struct str list = column_list(store->arena, columns, n);
    struct buf buf;
    buf_init(&buf, TEXT_MAX_BYTES);
    buf_addf(&buf, "INSERT INTO %.*s (%.*s) VALUES (", STR_ARG(table), STR_ARG(list));
    struct param *params = arena_array(store->arena, n, sizeof *params);
    for (size_t i = 0; i < n; i++) {
        buf_addf(&buf, "%s%c%zu", i ? ", " : "", pg ? '$' : '?', i + 1);
        params[i] = (struct param){.name = str_copy(store->arena, columns[i].name), .type = columns[i].type};
    }
    buf_add_byte(&buf, ')');
    *st = (struct statement){
        .name = str_z(store->arena, table),
        .text = str_z(store->arena, buf_str(&buf)),
        .params = params,
        .param_count = n,
        .index = store->catalogue.count + SEARCH_STATEMENTS + store->put_count,
        .writes = true,
    };
    buf_free(&buf);
}

static enum err put_statement(struct ctx *c, struct str table, const struct statement **ret)
{
    struct store *store = c->db->store;
    const struct statement *found = NULL;
    pthread_mutex_lock(&store->puts_lock);
    for (size_t i = 0; i < store->put_count && !found; i++)
        if (str_equal_z(table, store->puts[i].name))
            found = &store->puts[i];
    pthread_mutex_unlock(&store->puts_lock);
    if (!found) {
        struct store_column *columns;
        size_t count;
        TRY(store_table_columns(c, table, &columns, &count));
        pthread_mutex_lock(&store->puts_lock);
        if (store->put_count < STORE_MAX_TABLES) {
            build_put(store, table, columns, count, &store->puts[store->put_count]);
            found = &store->puts[store->put_count++];
        }
        pthread_mutex_unlock(&store->puts_lock);
        if (!found)
            return fail(c, ERR_INTERNAL, "store.too_many");
    }
    *ret = found;
    return OK;
}

enum err store_table_put(struct ctx *c, struct str table, const struct store_value *values, size_t n)
{
    struct store_value given[STORE_MAX_COLUMNS];
    const struct statement *st = NULL;
    if (!c->db || !c->db->writing)
        return fail(c, ERR_INTERNAL, "store.write_in_read");
    if (c->db->failed)
        return fail(c, ERR_INTERNAL, "store.failed_transaction");
    TRY(put_statement(c, table, &st));
    if (n != st->param_count)
        return fail_with(c, ERR_INVALID, "store.bad_row", table, STR(""));
    for (size_t i = 0; i < n; i++) {
        given[i] = values[i];
        if (st->params[i].type == FIELD_REAL && given[i].type == FIELD_INT) {
            given[i].type = FIELD_REAL;
            given[i].real = (double)given[i].number;
        }
        if (given[i].type != st->params[i].type)
            return fail_with(c, ERR_INVALID, "store.bad_row", table, st->params[i].name);
        TRY(store_check_value(c, st->params[i].name, &given[i]));
    }
    return c->db->store->engine->run(c, st, given, 0, take_none, NULL, NULL);
}

enum err store_describe(struct ctx *c, const struct sql *sql, struct store_description *ret)
{
    struct store *store = c->house->store;
    const struct statement *st = catalogue_find(&store->catalogue, sql);
    if (!st)
        return store_fault(c, ERR_INTERNAL, "store.unknown_statement", sql->name, "");
    memset(ret, 0, sizeof *ret);
    return store->engine->describe(c, store, st, ret);
}
