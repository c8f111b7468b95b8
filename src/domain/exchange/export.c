// SPDX-License-Identifier: MulanPSL-2.0
// Export: walks by keyset, one read transaction for all of it, at most 200 rows in memory.
#include "domain/exchange/exchange_private.h"
#include "domain/request/request.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/id.h"
#include "crypto/seal.h"
#include "exchange_sql.h"
#include "json/record_json.h"

#define CHUNK_MAX_BYTES (16 << 20)
#define DRAIN_BYTES (1 << 20)
#define PAGE_ROWS 100
#define EXPORT_ARENA_BYTES ((size_t)256 << 20)

struct walk {
    export_sink sink;
    void *sink_arg;
    struct buf out;
    int64_t after, rows;
    struct str mapping, header;
    struct csv_reader *reader;                  // of the rows as they lie; NULL: they are handed on as they lie
    enum err (*read)(struct ctx *c, void *arg); // in the read: walk_pages, or what goes before it too
    enum err (*page)(struct ctx *c, struct walk *walk, size_t *ret_count);
};

// Hands on what has gathered and empties it.
static enum err drain(struct ctx *c, struct walk *walk)
{
    if (walk->out.full)
        return fail(c, ERR_INTERNAL, "exchange.page_too_large");
    TRY(walk->sink(c, buf_str(&walk->out), walk->sink_arg));
    buf_clear(&walk->out);
    return OK;
}

static enum err walk_pages(struct ctx *c, void *arg)
{
    struct walk *walk = arg;
    struct arena *outer = c->arena;
    size_t count = PAGE_ROWS;
    enum err err = OK;
    c->arena = arena_new(EXPORT_ARENA_BYTES);
    while (err == OK && count == PAGE_ROWS) {
        err = walk->page(c, walk, &count);
        if (err == OK)
            err = drain(c, walk);
        walk->rows += (int64_t)count;
        arena_reset(c->arena);
    }
    arena_free(c->arena);
    c->arena = outer;
    return err;
}

static enum err tell(struct ctx *c, void *arg)
{
    const struct walk *walk = arg;
    struct str data =
        str_format(c->arena, "{\"rows\":%lld,\"mapping\":\"%.*s\"}", (long long)walk->rows, STR_ARG(walk->mapping));
    return event_append(c, "export", ids_next(c->house->ids, c->now_ms), "export.made", data, NULL);
}

static enum err run_walk(struct ctx *c, struct walk *walk, int64_t *ret_rows)
{
    buf_init(&walk->out, CHUNK_MAX_BYTES);
    enum err err = store_read(c, walk->read, walk);
    buf_free(&walk->out);
    if (err == OK)
        err = store_write(c, tell, walk);
    if (ret_rows)
        *ret_rows = walk->rows;
    return err;
}

// --- requests
// ---------------------------------------------------------------------------------------------------------
static const char *const columns[] = {"id",      "external_key",    "kind",      "item_code",  "item",
                                      "place",   "state",           "words",     "reply",      "reported_at",
                                      "due_at",  "due_provisional", "signed_at", "handled_at", "closed_at",
                                      "outcome", "rating",          "reopened",  "source",     "lat",
                                      "lng"};

static void put_header(struct buf *out)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        csv_write_field(out, str_of(columns[i]), i == 0, false);
    csv_write_end(out);
}

static void put(struct buf *out, struct str value)
{
    csv_write_field(out, value, false, true);
}

static void put_time(struct buf *out, int64_t at_ms)
{
    char text[25] = "";
    if (at_ms)
        time_format(at_ms, text);
    csv_write_field(out, str_of(text), false, false);
}

static void put_enum(struct buf *out, const char *field, int value)
{
    csv_write_field(out, str_of(record_field(&request_record, str_of(field))->names[value]), false, false);
}

static enum err put_sealed(struct ctx *c, struct buf *out, const char *field, const struct request *r, struct str box)
{
    struct str clear;
    TRY(open_field(c, &request_record, record_field(&request_record, str_of(field)), r->id, box, &clear));
    put(out, clear);
    return OK;
}

static enum err put_request(struct ctx *c, struct buf *out, const struct request *r)
{
    struct service_item item;
    struct str place;
    TRY(service_item_get(c, r->item_id, &item));
    TRY(place_full_name(c, r->place_id, PLACE_SUBDISTRICT, &place));
    csv_write_field(out, id_text(c->arena, r->id), true, false);
    put(out, r->external_key);
    put_enum(out, "kind", r->kind);
    put(out, item.code);
    put(out, item.name_zh);
    put(out, place);
    put_enum(out, "state", r->state);
    TRY(put_sealed(c, out, "words", r, r->words));
    TRY(put_sealed(c, out, "reply", r, r->reply));
    put_time(out, r->reported_at_ms);
    put_time(out, r->due_at_ms);
    put(out, r->due_provisional ? STR("1") : STR("0"));
    put_time(out, r->signed_at_ms);
    put_time(out, r->handled_at_ms);
    put_time(out, r->closed_at_ms);
    put_enum(out, "outcome", r->outcome);
    csv_write_field(out, str_format(c->arena, "%lld", (long long)r->rating), false, false);
    csv_write_field(out, str_format(c->arena, "%lld", (long long)r->reopened), false, false);
    put_enum(out, "source", r->source);
    csv_write_field(out, str_format(c->arena, "%.8g", r->lat), false, false);
    csv_write_field(out, str_format(c->arena, "%.8g", r->lng), false, false);
    csv_write_end(out);
    return OK;
}

static enum err request_page(struct ctx *c, struct walk *walk, size_t *ret_count)
{
    struct rows rows;
    TRY(db_list(c, &sql_export_request_walk, ARGS(ARG_INT("after", walk->after)), &request_record, PAGE_ROWS, &rows));
    const struct request *list = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        TRY(put_request(c, &walk->out, &list[i]));
    if (rows.count)
        walk->after = list[rows.count - 1].id;
    *ret_count = rows.count;
    return OK;
}

enum err export_requests(struct ctx *c, export_sink sink, void *arg, int64_t *ret_rows)
{
    struct walk walk = {.sink = sink, .sink_arg = arg, .read = walk_pages, .page = request_page};
    struct buf header;
    buf_init(&header, 4096);
    put_header(&header);
    enum err err = sink(c, buf_str(&header), arg);
    buf_free(&header);
    return err != OK ? err : run_walk(c, &walk, ret_rows);
}

// --- what was imported, as it came
// ------------------------------------------------------------------------------------
// A row lies as CSV. As a line of tab-separated text it has no quotes, so neither tabs nor line ends within a cell.
static enum err put_tabbed(struct ctx *c, struct walk *walk, struct str csv, int64_t request_id)
{
    const struct str *cells;
    size_t count;
    int64_t line;
    csv_feed(walk->reader, csv, true);
    enum csv_result result = csv_next(walk->reader, &cells, &count, &line);
    if (result == CSV_END) // one column, and nothing in it
        count = 0;
    else if (result != CSV_ROW)
        return fail(c, ERR_INTERNAL, "exchange.page_too_large");
    for (size_t i = 0; i < count; i++) {
        for (const char *bad = "\t\r\n"; *bad; bad++)
            if (str_find_byte(cells[i], *bad, 0) != (size_t)-1)
                return fail_with(c, ERR_CONFLICT, "exchange.cell_unwritable", id_text(c->arena, request_id), STR(""));
        if (i)
            buf_add_byte(&walk->out, '\t');
        buf_add_str(&walk->out, cells[i]);
    }
    buf_add_byte(&walk->out, '\n');
    return OK;
}

static enum err put_imported(struct ctx *c, struct walk *walk, struct str csv, int64_t request_id)
{
    if (walk->reader)
        return put_tabbed(c, walk, csv, request_id);
    buf_add_str(&walk->out, csv);
    csv_write_end(&walk->out);
    return OK;
}

static enum err imported_page(struct ctx *c, struct walk *walk, size_t *ret_count)
{
    struct rows rows;
    TRY(db_list(c, &sql_import_row_walk, ARGS(ARG_TEXT("mapping", walk->mapping), ARG_INT("after", walk->after)),
                &import_row_record, PAGE_ROWS, &rows));
    const struct import_row *list = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        struct str clear;
        TRY(open_bytes(c, "import_row", "box", list[i].request_id, list[i].box, &clear));
        TRY(put_imported(c, walk, clear, list[i].request_id));
        if (walk->out.n > DRAIN_BYTES)
            TRY(drain(c, walk));
    }
    if (rows.count)
        walk->after = list[rows.count - 1].request_id;
    *ret_count = rows.count;
    return OK;
}

static enum err get_source(struct ctx *c, void *arg)
{
    struct import_source *source = arg;
    enum err err =
        db_one(c, &sql_import_source_get, ARGS(ARG_TEXT("mapping", source->mapping)), &import_source_record, source);
    return err == ERR_NOT_FOUND ? fail_with(c, ERR_NOT_FOUND, "exchange.no_mapping", source->mapping, str_of("")) : err;
}

static enum err walk_imported(struct ctx *c, void *arg)
{
    struct walk *walk = arg;
    TRY(put_imported(c, walk, walk->header, 0));
    return walk_pages(c, walk);
}

enum err export_imported(struct ctx *c, struct str mapping, export_sink sink, void *arg, int64_t *ret_rows)
{
    struct import_source source = {.mapping = mapping};
    TRY(store_read(c, get_source, &source));
    struct walk walk = {.sink = sink,
                        .sink_arg = arg,
                        .read = walk_imported,
                        .page = imported_page,
                        .header = source.header,
                        .mapping = mapping};
    if (str_equal_z(source.separator, "tab"))
        walk.reader = csv_reader_new(',', true, 2 * IMPORT_ROW_MAX_BYTES);
    enum err err = run_walk(c, &walk, ret_rows);
    if (walk.reader)
        csv_reader_free(walk.reader);
    return err;
}
