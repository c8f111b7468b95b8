// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/exchange/exchange_private.h"

#include "domain/exchange/mapping.h"
#include "exchange_sql.h"

#include "base/file.h"
#include "base/id.h"

#define MAPPING_MAX_BYTES (64 << 10)

static const struct field run_fields[] = {IMPORT_RUN_FIELDS(FIELD_ROW, import_run)};
const struct record import_run_record = {"import_run", "import_run", sizeof(struct import_run), FIELDS(run_fields)};

static const struct field fault_fields[] = {IMPORT_FAULT_FIELDS(FIELD_ROW, import_fault)};
const struct record import_fault_record = {"import_fault", "import_fault", sizeof(struct import_fault),
                                           FIELDS(fault_fields)};

static const struct field source_fields[] = {IMPORT_SOURCE_FIELDS(FIELD_ROW, import_source)};
const struct record import_source_record = {"import_source", "import_source", sizeof(struct import_source),
                                            FIELDS(source_fields)};

static const struct field row_fields[] = {IMPORT_ROW_FIELDS(FIELD_ROW, import_row)};
const struct record import_row_record = {"import_row", "import_row", sizeof(struct import_row), FIELDS(row_fields)};

static enum err insert_run(struct ctx *c, void *arg)
{
    return db_exec(c, &sql_import_run_insert, ARGS(ARG_ROW(&import_run_record, arg)), NULL);
}

enum err import_begin(struct ctx *c, struct import_run *run)
{
    run->id = ids_next(c->house->ids, c->now_ms);
    run->version = 1;
    run->started_at_ms = c->now_ms;
    return store_write(c, insert_run, run);
}

enum err import_faults(struct ctx *c, int64_t run_id, struct rows *ret_rows)
{
    return db_list(c, &sql_import_fault_list, ARGS(ARG_INT("run_id", run_id)), &import_fault_record, IMPORT_FAULTS_MAX,
                   ret_rows);
}

enum err mapping_find(struct ctx *c, struct str name, bool files_too, struct str *ret_text)
{
    if (str_find_byte(name, '/', 0) == (size_t)-1 && str_find_byte(name, '.', 0) == (size_t)-1)
        *ret_text = packed_text(c, str_z(c->arena, str_format(c->arena, "/data/mappings/%.*s.map", STR_ARG(name))));
    else
        *ret_text = (struct str){0};
    if (ret_text->n)
        return OK;
    if (files_too && file_read(c->arena, str_z(c->arena, name), MAPPING_MAX_BYTES, ret_text))
        return OK;
    return fail_with(c, ERR_NOT_FOUND, "exchange.no_mapping", name, str_of(""));
}

enum err mapping_name(struct ctx *c, struct str text, struct str *ret_name)
{
    struct mapping *mapping = arena_alloc(c->arena, sizeof *mapping);
    TRY(mapping_parse(c, text, mapping));
    *ret_name = mapping->text[MAP_NAME];
    return OK;
}

struct str fault_text(struct ctx *c, const struct error *error)
{
    const char *key = error->key && *error->key ? error->key : "import.refused";
    struct str text = str_format(c->arena, "%s %.*s\t%.*s", key, STR_ARG(error->args[0]), STR_ARG(error->args[1]));
    return utf8_prefix(str_trim(text), FAULT_TEXT_MAX);
}

struct str fault_sentence(struct ctx *c, struct str fault)
{
    struct str args[2], key = str_cut(&fault, ' ');
    args[0] = str_cut(&fault, '\t');
    args[1] = fault;
    const struct message *message = message_find(module_messages(c, c->house->modules), str_z(c->arena, key));
    return message ? message_text(c->arena, message, c->lang, args) : key;
}

static const struct message messages[] = {
    {"exchange.no_mapping", "没有名为 {0} 的对照表，请从列表中选一个。",
     "There is no mapping {0}; choose one of the list."},
    {"exchange.no_file", "请选择要导入的文件。", "Choose the file to import."},
    {"exchange.run_unknown", "没有这次导入。", "There is no such import."},
    {"mapping.unknown_key", "对照表里有不认识的一项：{0}。", "The mapping has a line that is not known: {0}."},
    {"mapping.missing", "对照表缺少 {0} 一项。", "The mapping lacks {0}."},
    {"mapping.bad_value", "对照表里 {0} 的值不对。", "The mapping's value for {0} is not valid."},
    {"mapping.too_many_columns", "表格的列太多，最多 128 列。", "The table has too many columns; 128 at most."},
    {"mapping.no_column", "表格里没有“{0}”这一列，请检查是否选对了对照表。",
     "The table has no column “{0}”: is it the right mapping?"},
    {"import.no_header", "文件里没有表头，第一行应当是列名。",
     "The file has no header: its first line should name the columns."},
    {"import.wrong_column_count", "这一行的列数和表头不一样。",
     "The row has another number of columns than the header."},
    {"import.bad_time", "时间读不懂。", "The time cannot be read."},
    {"import.day_only", "只有日期，没有钟点，按零点计。", "Only a date is given; midnight was taken."},
    {"import.closed_before_reported", "办结早于提出，按提出时间计。",
     "Closed before it was reported; the time of the report was taken."},
    {"import.bad_point", "经纬度不对，已略去。", "The coordinates are not valid and were left out."},
    {"import.differs", "与已导入的内容不同，未作改动。", "Differs from what was imported; left as it is."},
    {"import.bad_quote", "引号没有成对。", "A quotation mark is not closed."},
    {"import.row_too_long", "这一行太长。", "The row is too long."},
    {"exchange.cell_unwritable", "请求 {0} 的单元格里有制表符或换行，无法写成制表符分隔的文件。",
     "a cell of request {0} holds a tab or a line break, which a tab-separated file cannot hold"},
    {"import.refused", "这一行无法收下。", "The row could not be taken."},
    {0},
};

static const struct record *const records[] = {&import_run_record, &import_fault_record, &import_source_record,
                                               &import_row_record, NULL};

const struct module exchange_module = {
    .name = "exchange",
    .store = {.module = "exchange",
              .statements = exchange_statements,
              .migrations = exchange_migrations,
              .records = records},
    .routes = exchange_routes,
    .jobs = exchange_jobs,
    .messages = messages,
};
