// SPDX-License-Identifier: MulanPSL-2.0
// Statement text: macros expanded from the field tables, named parameters numbered. Pure; runs once, at opening, so
// that a statement that cannot be bound stops the program before it serves.
#include "store/internal.h"

#include "base/buf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TEXT_BYTES (size_t)(64 << 10)

struct expansion {
    struct arena *arena;
    enum dialect dialect;
    const struct record *record;
    struct buf out;
    struct param params[STORE_MAX_PARAMS];
    bool typed[STORE_MAX_PARAMS];
    size_t param_count;
    const char *fault;
};

enum field_type field_storage(enum field_type type)
{
    switch (type) {
    case FIELD_INT:
    case FIELD_BOOL:
    case FIELD_ID:
    case FIELD_TIME:
        return FIELD_INT;
    case FIELD_REAL:
        return FIELD_REAL;
    case FIELD_TEXT:
    case FIELD_ENUM:
    case FIELD_IDS:
    case FIELD_JSON:
        return FIELD_TEXT;
    case FIELD_SEALED:
    case FIELD_BLOB:
        return FIELD_BLOB;
    }
    return FIELD_TEXT;
}

static bool is_name_char(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
}

// Length of a comment or of a quoted literal at p, 0 when there is neither. A missing end runs to the end of the text.
static size_t comment_length(const char *p)
{
    if (p[0] == '-' && p[1] == '-')
        return strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*') {
        const char *end = strstr(p + 2, "*/");
        return end ? (size_t)(end - p) + 2 : strlen(p);
    }
    return 0;
}

static size_t literal_length(const char *p)
{
    if (*p != '\'')
        return 0;
    size_t n = 1;
    for (; p[n]; n++)
        if (p[n] == '\'') {
            if (p[n + 1] != '\'')
                return n + 1;
            n++;
        }
    return n;
}

static const char *complain(struct expansion *x, const char *what, struct str about)
{
    if (!x->fault)
        x->fault = str_z(x->arena, str_concat(x->arena, str_of(what), about));
    return x->fault;
}

// --- macros ----------------------------------------------------------------------------------------------------------
enum list_form { LIST_COLUMNS, LIST_VALUES, LIST_SETS };

static void put_list(struct expansion *x, enum list_form form, struct str alias)
{
    bool first = true;
    for (size_t i = 0; i < x->record->field_count; i++) {
        const struct field *field = &x->record->fields[i];
        if (field->flags & FIELD_COMPUTED || (form == LIST_SETS && field->flags & FIELD_KEY))
            continue;
        buf_addf(&x->out, "%s", first ? "" : ", ");
        first = false;
        if (form == LIST_VALUES)
            buf_addf(&x->out, ":%s", field->name);
        else if (form == LIST_SETS)
            buf_addf(&x->out, "%s = :%s", field->name, field->name);
        else
            buf_addf(&x->out, "%.*s%s%s", STR_ARG(alias), alias.n ? "." : "", field->name);
    }
    if (first)
        complain(x, "the record has no column for {{…}}", STR(""));
}

static void put_macro(struct expansion *x, struct str name)
{
    if (str_equal(name, STR("skip_locked"))) {
        if (x->dialect == DIALECT_PG)
            buf_add_z(&x->out, "FOR UPDATE SKIP LOCKED");
        return;
    }
    struct str alias = STR(""), word = name;
    size_t dot = str_find_byte(name, '.', 0);
    if (dot != (size_t)-1) {
        alias = (struct str){name.p, dot};
        word = (struct str){name.p + dot + 1, name.n - dot - 1};
    }
    enum list_form form;
    if (str_equal(word, STR("columns")))
        form = LIST_COLUMNS;
    else if (str_equal(word, STR("values")) && !alias.n)
        form = LIST_VALUES;
    else if (str_equal(word, STR("sets")) && !alias.n)
        form = LIST_SETS;
    else {
        complain(x, "unknown macro ", name);
        return;
    }
    if (!x->record)
        complain(x, "a macro needs \"-- record:\": ", name);
    else
        put_list(x, form, alias);
}

// First pass: macros, and comments dropped.
static const char *expand_macros(struct expansion *x, const char *text)
{
    const char *p = text;
    while (*p) {
        size_t n = comment_length(p);
        if (n) {
            buf_add_byte(&x->out, ' ');
            p += n;
        } else if ((n = literal_length(p))) {
            buf_add(&x->out, p, n);
            p += n;
        } else if (p[0] == '{' && p[1] == '{') {
            const char *end = strstr(p, "}}");
            if (!end)
                return complain(x, "a macro without its end", STR(""));
            put_macro(x, str_trim((struct str){p + 2, (size_t)(end - p) - 2}));
            p = end + 2;
        } else
            buf_add_byte(&x->out, *p++);
    }
    return x->fault;
}

// --- parameters ------------------------------------------------------------------------------------------------------
static bool type_from_word(struct str word, enum field_type *ret)
{
    static const struct {
        const char *word;
        enum field_type type;
    } words[] = {{"int", FIELD_INT}, {"text", FIELD_TEXT}, {"real", FIELD_REAL}, {"blob", FIELD_BLOB}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal_z(word, words[i].word)) {
            *ret = words[i].type;
            return true;
        }
    return false;
}

static size_t param_index(struct expansion *x, struct str name)
{
    for (size_t i = 0; i < x->param_count; i++)
        if (str_equal(x->params[i].name, name))
            return i;
    if (x->param_count == STORE_MAX_PARAMS) {
        complain(x, "too many parameters", STR(""));
        return 0;
    }
    struct param *param = &x->params[x->param_count];
    *param = (struct param){.name = str_copy(x->arena, name)};
    if (str_equal(name, STR("tenant_id")) || str_equal(name, STR("now_ms"))) {
        param->type = FIELD_INT;
        x->typed[x->param_count] = true;
    } else if (x->record && (param->field = record_field(x->record, name))) {
        param->type = field_storage(param->field->type);
        x->typed[x->param_count] = true;
    }
    return x->param_count++;
}

// Second pass, at ":name": writes the number, returns the length read.
static size_t put_param(struct expansion *x, const char *p)
{
    size_t n = 1;
    while (is_name_char(p[n]))
        n++;
    struct str name = {p + 1, n - 1};
    size_t index = param_index(x, name);
    if (p[n] == '@') {
        size_t from = ++n;
        while (is_name_char(p[n]))
            n++;
        enum field_type type;
        if (!type_from_word((struct str){p + from, n - from}, &type))
            complain(x, "unknown type of parameter :", name);
        else if (x->typed[index] && x->params[index].type != type)
            complain(x, "two types of parameter :", name);
        else {
            x->params[index].type = type;
            x->typed[index] = true;
        }
    }
    buf_addf(&x->out, "%c%zu", x->dialect == DIALECT_PG ? '$' : '?', index + 1);
    return n;
}

static void number_params(struct expansion *x, const char *text)
{
    for (const char *p = text; *p && !x->fault;) {
        size_t n = literal_length(p);
        if (n) {
            buf_add(&x->out, p, n);
            p += n;
        } else if (p[0] == ':' && is_name_char(p[1]))
            p += put_param(x, p);
        else
            buf_add_byte(&x->out, *p++);
    }
    for (size_t i = 0; i < x->param_count && !x->fault; i++)
        if (!x->typed[i])
            complain(x, "a parameter without a type (write :name@int, @text, @real or @blob): :", x->params[i].name);
}

static bool has_word(struct arena *arena, const char *text, const char *word)
{
    struct str bare = lint_bare(arena, text);
    size_t n = strlen(word), at = 0;
    while ((at = str_find(bare, str_of(word), at)) != (size_t)-1) {
        bool left = at == 0 || !isalnum((unsigned char)bare.p[at - 1]);
        if (left && (at + n == bare.n || !isalnum((unsigned char)bare.p[at + n])))
            return true;
        at++;
    }
    return false;
}

static bool expand_into(struct expansion *x, const struct sql *sql, struct statement *ret)
{
    const char *complaint = lint_statement(x->arena, sql->text);
    if (complaint) {
        complain(x, complaint, STR(""));
        return false;
    }
    if (expand_macros(x, sql->text))
        return false;
    buf_add_byte(&x->out, '\0');
    const char *plain = str_z(x->arena, str_trim((struct str){x->out.p, x->out.full ? 0 : x->out.n - 1}));
    bool full = x->out.full;
    buf_clear(&x->out);
    number_params(x, plain);
    struct str text = str_trim(buf_str(&x->out));
    if (text.n && text.p[text.n - 1] == ';')
        text = str_trim((struct str){text.p, text.n - 1});
    if (full || x->out.full || text.n == 0)
        complain(x, "empty, or longer than 64 KiB", STR(""));
    if (x->fault)
        return false;
    *ret = (struct statement){
        .sql = sql,
        .name = sql->name,
        .text = str_z(x->arena, text),
        .record = x->record,
        .params = arena_array(x->arena, x->param_count + 1, sizeof(struct param)),
        .param_count = x->param_count,
        .index = SIZE_MAX,
        .writes = sql->flags & SQL_WRITES,
        .limited = has_word(x->arena, sql->text, "limit"),
    };
    memcpy(ret->params, x->params, x->param_count * sizeof(struct param));
    return true;
}

bool query_expand(struct arena *arena, enum dialect dialect, const struct sql *sql, const struct record *record,
                  struct statement *ret, const char **ret_fault)
{
    struct expansion *x = arena_alloc(arena, sizeof *x);
    x->arena = arena;
    x->dialect = dialect;
    x->record = record;
    buf_init(&x->out, MAX_TEXT_BYTES);
    bool ok = expand_into(x, sql, ret);
    buf_free(&x->out);
    if (ok && !(sql->flags & SQL_ACROSS_TENANTS)) {
        bool found = false;
        for (size_t i = 0; i < ret->param_count; i++)
            found |= str_equal(ret->params[i].name, STR("tenant_id"));
        if (!found) {
            complain(x, "no :tenant_id, and not marked \"-- across tenants:\"", STR(""));
            ok = false;
        }
    }
    *ret_fault = x->fault;
    return ok;
}

// --- migrations ------------------------------------------------------------------------------------------------------
// A word of a column list: TEXT sorts by bytes on SQLite, by the database's locale on PostgreSQL unless told.
static size_t put_type_word(struct buf *out, enum dialect dialect, const char *text, const char *p)
{
    size_t n = 0;
    while (isalnum((unsigned char)p[n]) || p[n] == '_')
        n++;
    buf_add(out, p, n);
    bool cast = p - text >= 3 && !strncasecmp(p - 3, "AS ", 3);
    if (dialect == DIALECT_PG && n == 4 && !strncmp(p, "TEXT", 4) && !cast)
        buf_add_z(out, " COLLATE \"C\"");
    return n;
}

const char *migration_expand(struct arena *arena, enum dialect dialect, const char *text, const char **ret_fault)
{
    static const struct {
        const char *macro, *as[2];
    } macros[] = {{"{{blob}}", {"BLOB", "BYTEA"}}, {"{{clustered}}", {"WITHOUT ROWID", ""}}};
    struct buf out;
    buf_init(&out, MAX_TEXT_BYTES);
    *ret_fault = lint_migration(arena, text);
    for (const char *p = text; *p && !*ret_fault;) {
        size_t n;
        if ((n = comment_length(p))) {
            p += n;
        } else if ((n = literal_length(p))) {
            buf_add(&out, p, n);
            p += n;
        } else if (p[0] == '{' && p[1] == '{') {
            size_t i = 0;
            while (i < 2 && strncmp(p, macros[i].macro, strlen(macros[i].macro)) != 0)
                i++;
            if (i == 2) {
                *ret_fault = "unknown macro";
                break;
            }
            buf_add_z(&out, macros[i].as[dialect]);
            p += strlen(macros[i].macro);
        } else if (isalpha((unsigned char)*p) || *p == '_') {
            p += put_type_word(&out, dialect, text, p);
        } else
            buf_add_byte(&out, *p++);
    }
    if (out.full)
        *ret_fault = "longer than 64 KiB";
    const char *expanded = *ret_fault ? NULL : str_z(arena, buf_str(&out));
    buf_free(&out);
    return expanded;
}

// --- the catalogue ---------------------------------------------------------------------------------------------------
static const struct record *find_record(const struct store_part *part, const char *name)
{
    for (size_t i = 0; part->records && part->records[i]; i++)
        if (!strcmp(part->records[i]->name, name))
            return part->records[i];
    return NULL;
}

static const struct record *record_named(const struct store_part *parts, size_t part_count, size_t own,
                                         const char *name)
{
    const struct record *record = find_record(&parts[own], name);
    for (size_t i = 0; i < part_count && !record; i++)
        record = find_record(&parts[i], name);
    return record;
}

static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const struct statement *)a)->sql, y = (uintptr_t)((const struct statement *)b)->sql;
    return x < y ? -1 : x > y;
}

enum err catalogue_make(struct ctx *c, struct arena *arena, enum dialect dialect, const struct store_part *parts,
                        size_t part_count, struct catalogue *ret)
{
    size_t total = 0, count = 0;
    for (size_t i = 0; i < part_count; i++)
        for (size_t k = 0; parts[i].statements && parts[i].statements[k]; k++)
            total++;
    struct statement *all = arena_array(arena, total + 1, sizeof *all);
    for (size_t i = 0; i < part_count; i++)
        for (size_t k = 0; parts[i].statements && parts[i].statements[k]; k++) {
            const struct sql *sql = parts[i].statements[k];
            const struct record *record = NULL;
            if (sql->record && !(record = record_named(parts, part_count, i, sql->record)))
                return store_fault(c, ERR_INTERNAL, "store.bad_statement", sql->name, "unknown record");
            const char *fault;
            if (!query_expand(arena, dialect, sql, record, &all[count], &fault))
                return store_fault(c, ERR_INTERNAL, "store.bad_statement", sql->name, fault);
            count++;
        }
    qsort(all, count, sizeof *all, by_address);
    for (size_t i = 0; i < count; i++)
        all[i].index = i;
    *ret = (struct catalogue){all, count};
    return OK;
}

const struct statement *catalogue_find(const struct catalogue *catalogue, const struct sql *sql)
{
    struct statement key = {.sql = sql};
    return bsearch(&key, catalogue->at, catalogue->count, sizeof *catalogue->at, by_address);
}
