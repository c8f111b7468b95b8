// SPDX-License-Identifier: MulanPSL-2.0
// Import: read → map and check (no transaction) → write a batch (one transaction). A batch that fails is repeated row
// by row, so that one bad row costs nobody else's.
#include "domain/catalog/catalog.h"
#include "domain/exchange/exchange_private.h"
#include "domain/exchange/mapping.h"
#include "domain/request/request.h"

#include "base/buf.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/id.h"
#include "crypto/seal.h"
#include "exchange_sql.h"
#include "flow/seal_log.h"

#define BATCH_ROWS 100
#define BATCH_ARENA_BYTES ((size_t)512 << 20)
#define BATCH_FAULTS (BATCH_ROWS * 4) // then it is time to write
#define ROW_FAULTS 8

// One row, mapped: what becomes a request, and the row itself.
struct mapped {
    int64_t line;
    struct imported_request request;
    struct str item_name, place_names[3];
    struct str row_csv;
    bool differs; // its key is known, with another content
};

struct batch {
    const struct mapping *mapping;
    struct import_run *run;
    struct mapped rows[BATCH_ROWS];
    size_t count;
    size_t from, to;                                       // the rows that the transaction now running writes
    struct import_fault faults[BATCH_FAULTS + BATCH_ROWS]; // a written row may add one more
    size_t fault_count;
    int64_t rows_new, rows_same; // of the transaction now running
};

// reason: a key, or what fault_text makes of an error.
static void add_fault(struct batch *b, int64_t line, bool bad, struct str field, struct str reason)
{
    if (bad)
        b->run->rows_bad++;
    else
        b->run->rows_warned++;
    if (b->fault_count < sizeof b->faults / sizeof *b->faults &&
        b->run->rows_bad + b->run->rows_warned <= IMPORT_FAULTS_MAX)
        b->faults[b->fault_count++] = (struct import_fault){b->run->id, line, bad, field, reason};
}

static void add_doubt(struct batch *b, int64_t line, const char *field, const char *reason)
{
    add_fault(b, line, false, str_of(field), str_of(reason));
}

static bool time_to_write(const struct batch *b)
{
    return b->count == BATCH_ROWS || b->fault_count + ROW_FAULTS >= BATCH_FAULTS;
}

// --- map and check --------------------------------------------------------------------------------------------------
static bool text_is_clean(struct str s)
{
    if (!utf8_valid(s))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n' && s.p[i] != '\t' && s.p[i] != '\r')
            return false;
    return true;
}

static enum err map_closing(struct ctx *c, struct batch *b, const struct str *row, struct mapped *m)
{
    const struct mapping *map = b->mapping;
    bool exact, is_closed = false;
    if (map->text[MAP_CLOSED_WHEN].n)
        TRY(mapping_holds(c, map, MAP_CLOSED_WHEN, row, &is_closed));
    if (!is_closed)
        return OK;
    struct str closed, otherwise;
    TRY(mapping_fill(c, map, MAP_CLOSED_AT, row, &closed));
    TRY(mapping_fill(c, map, MAP_CLOSED_AT_OTHERWISE, row, &otherwise));
    if (!mapping_time(map, closed, &m->request.closed_at_ms, &exact)) {
        add_doubt(b, m->line, "closed_at", "import.bad_time");
        if (!mapping_time(map, otherwise, &m->request.closed_at_ms, &exact))
            m->request.closed_at_ms = m->request.reported_at_ms;
    } else if (!exact) {
        add_doubt(b, m->line, "closed_at", "import.day_only");
    }
    if (m->request.closed_at_ms < m->request.reported_at_ms) {
        add_doubt(b, m->line, "closed_at", "import.closed_before_reported");
        m->request.closed_at_ms = m->request.reported_at_ms;
    }
    return OK;
}

static enum err map_times(struct ctx *c, struct batch *b, const struct str *row, struct mapped *m)
{
    const struct mapping *map = b->mapping;
    struct str reported, due;
    bool exact;
    TRY(mapping_fill(c, map, MAP_REPORTED_AT, row, &reported));
    if (!mapping_time(map, reported, &m->request.reported_at_ms, &exact))
        return fail_field(c, ERR_INVALID, "import.bad_time", STR("reported_at"));
    if (!exact)
        add_doubt(b, m->line, "reported_at", "import.day_only");
    TRY(mapping_fill(c, map, MAP_DUE_AT, row, &due));
    if (due.n && !mapping_time(map, due, &m->request.due_at_ms, &exact))
        add_doubt(b, m->line, "due_at", "import.bad_time");
    return map_closing(c, b, row, m);
}

static enum err map_point(struct ctx *c, struct batch *b, const struct str *row, struct mapped *m)
{
    struct str lat, lng;
    double lat_value = 0, lng_value = 0;
    TRY(mapping_fill(c, b->mapping, MAP_LAT, row, &lat));
    TRY(mapping_fill(c, b->mapping, MAP_LNG, row, &lng));
    if (!lat.n && !lng.n)
        return OK;
    if (!str_to_double(lat, &lat_value) || !str_to_double(lng, &lng_value) || lat_value < -90 || lat_value > 90 ||
        lng_value < -180 || lng_value > 180)
        add_doubt(b, m->line, "lat", "import.bad_point");
    else
        m->request.lat = lat_value, m->request.lng = lng_value;
    return OK;
}

static enum err check_cells(struct ctx *c, const struct mapping *map, const struct str *row, size_t count)
{
    if (count != map->column_count)
        return fail(c, ERR_INVALID, "import.wrong_column_count");
    for (size_t i = 0; i < count; i++)
        if (!text_is_clean(row[i]))
            return fail_field(c, ERR_INVALID, utf8_valid(row[i]) ? "field.bad_character" : "json.bad_utf8",
                              map->header[i]);
    return OK;
}

// What must not be empty.
static enum err fill_needed(struct ctx *c, const struct mapping *map, enum mapping_key key, const char *name,
                            const struct str *row, struct str *ret_text)
{
    TRY(mapping_fill(c, map, key, row, ret_text));
    return ret_text->n ? OK : fail_field(c, ERR_INVALID, "field.missing", str_of(name));
}

// An error tells why the row is refused.
static enum err map_row(struct ctx *c, struct batch *b, const struct str *row, size_t count, struct mapped *m)
{
    const struct mapping *map = b->mapping;
    struct str key, kind;
    TRY(check_cells(c, map, row, count));
    TRY(fill_needed(c, map, MAP_KEY, "key", row, &key));
    m->request.external_key = str_format(c->arena, "%.*s:%.*s", STR_ARG(map->text[MAP_NAME]), STR_ARG(key));
    TRY(fill_needed(c, map, MAP_WORDS, "words", row, &m->request.words));
    TRY(mapping_fill(c, map, MAP_REPLY, row, &m->request.reply));
    TRY(mapping_fill(c, map, MAP_KIND, row, &kind));
    m->request.kind = enum_from_name(request_kind_names, kind);
    if (m->request.kind < 0)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("kind"));
    for (size_t i = 0; i < 3; i++)
        TRY(mapping_fill(c, map, (enum mapping_key)(MAP_PLACE_SUBDISTRICT + i), row, &m->place_names[i]));
    TRY(fill_needed(c, map, MAP_ITEM, "item", row, &m->item_name));
    TRY(map_point(c, b, row, m));
    return map_times(c, b, row, m);
}

static struct str row_as_csv(struct ctx *c, const struct str *row, size_t count)
{
    struct buf out;
    buf_init(&out, 2 * IMPORT_ROW_MAX_BYTES + 4096);
    for (size_t i = 0; i < count; i++)
        csv_write_field(&out, row[i], i == 0, false);
    struct str text = str_copy(c->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

// --- write ----------------------------------------------------------------------------------------------------------
// The place of the row: levels below the district by name, made when they are not there.
static enum err find_place(struct ctx *c, const struct batch *b, const struct mapped *m, int64_t *ret_id)
{
    struct place place;
    TRY(place_root(c, &place));
    struct str code = str_format(c->arena, "import:%.*s", STR_ARG(b->mapping->text[MAP_NAME]));
    for (size_t i = 0; i < 3 && m->place_names[i].n; i++) {
        int64_t parent_id = place.id;
        enum place_level level = (enum place_level)(PLACE_SUBDISTRICT + i);
        code = i ? str_format(c->arena, "%.*s/%.*s", STR_ARG(code), STR_ARG(m->place_names[i])) : code;
        if (place_by_code(c, level, code, &place) == OK)
            continue;
        ctx_clear_error(c);
        place = (struct place){.parent_id = parent_id, .level = (int)level, .code = code, .name = m->place_names[i]};
        TRY(place_create(c, &place));
    }
    *ret_id = place.id;
    return OK;
}

static enum err find_item(struct ctx *c, const struct batch *b, const struct mapped *m, int64_t *ret_id)
{
    struct service_item item;
    // Codes are small letters and digits; names of other systems are anything: so a hash stands for the name.
    unsigned char hash[HASH_BYTES];
    crypto_hash(SUITE_STD,
                str_format(c->arena, "%.*s:%.*s", STR_ARG(b->mapping->text[MAP_NAME]), STR_ARG(m->item_name)), hash);
    struct str code = str_format(c->arena, "import.%.*s", STR_ARG(str_hex(c->arena, hash, 8)));
    enum err err = service_item_by_code(c, code, &item);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        item = (struct service_item){.code = code,
                                     .kind = m->request.kind,
                                     .name_zh = m->item_name,
                                     .name_en = m->item_name,
                                     .route_role = ROLE_COMMUNITY,
                                     .unit = UNIT_WORK_DAY,
                                     .budget = 15,
                                     .closed = true};
        err = service_item_create(c, &item);
    }
    *ret_id = item.id;
    return err;
}

// The same key again: is it the same row?
static enum err compare_row(struct ctx *c, const struct batch *b, struct mapped *m, int64_t id)
{
    struct import_row known;
    struct str csv;
    enum err err = db_one(c, &sql_import_row_of_request,
                          ARGS(ARG_TEXT("mapping", b->mapping->text[MAP_NAME]), ARG_INT("request_id", id)),
                          &import_row_record, &known);
    if (err == ERR_NOT_FOUND) { // a request that came otherwise: nothing to compare with
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    TRY(open_bytes(c, "import_row", "box", id, known.box, &csv));
    m->differs = !str_equal(csv, m->row_csv);
    return OK;
}

static enum err write_row(struct ctx *c, struct batch *b, struct mapped *m)
{
    bool is_new;
    int64_t id;
    m->differs = false;
    TRY(find_place(c, b, m, &m->request.place_id));
    TRY(find_item(c, b, m, &m->request.item_id));
    TRY(request_import(c, &m->request, &is_new, &id));
    if (!is_new) {
        b->rows_same++;
        return compare_row(c, b, m, id);
    }
    struct import_row row = {.mapping = b->mapping->text[MAP_NAME], .line = m->line, .request_id = id};
    row.box = seal_bytes(c, "import_row", "box", id, m->row_csv);
    TRY(db_exec(c, &sql_import_row_insert, ARGS(ARG_ROW(&import_row_record, &row)), NULL));
    b->rows_new++;
    return OK;
}

static enum err write_faults_and_run(struct ctx *c, struct batch *b)
{
    for (size_t i = 0; i < b->fault_count; i++)
        TRY(db_exec(c, &sql_import_fault_insert, ARGS(ARG_ROW(&import_fault_record, &b->faults[i])), NULL));
    b->run->version++;
    return db_exec(c, &sql_import_run_update, ARGS(ARG_ROW(&import_run_record, b->run)), NULL);
}

static enum err write_batch(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    b->rows_new = b->rows_same = 0;
    for (size_t i = b->from; i < b->to; i++)
        TRY(write_row(c, b, &b->rows[i]));
    return OK;
}

static enum err write_end(struct ctx *c, void *arg)
{
    return write_faults_and_run(c, arg);
}

// Rows from up to to, in one transaction; counted when it is durable.
static enum err write_rows(struct ctx *c, struct batch *b, size_t from, size_t to)
{
    b->from = from;
    b->to = to;
    TRY(store_write(c, write_batch, b));
    b->run->rows_new += b->rows_new;
    b->run->rows_same += b->rows_same;
    for (size_t i = from; i < to; i++)
        if (b->rows[i].differs)
            add_doubt(b, b->rows[i].line, "key", "import.differs");
    return OK;
}

// Row by row, after the batch as a whole has failed.
static enum err write_singly(struct ctx *c, struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        enum err err = write_rows(c, b, i, i + 1);
        if (err == ERR_BUSY || err == ERR_INTERNAL)
            return err;
        if (err != OK)
            add_fault(b, b->rows[i].line, true, c->error.field, fault_text(c, &c->error));
        ctx_clear_error(c);
    }
    return OK;
}

static enum err flush(struct ctx *c, struct batch *b)
{
    enum err err = write_rows(c, b, 0, b->count);
    if (err != OK && err != ERR_BUSY) {
        ctx_clear_error(c);
        err = write_singly(c, b);
    }
    b->count = 0;
    if (err == OK)
        err = store_write(c, write_end, b);
    b->fault_count = 0;
    return err;
}

// --- read -----------------------------------------------------------------------------------------------------------
static enum err put_header(struct ctx *c, void *arg)
{
    struct mapping *m = arg;
    return db_exec(c, &sql_import_source_put,
                   ARGS(ARG_TEXT("mapping", m->text[MAP_NAME]),
                        ARG_TEXT("header", row_as_csv(c, m->header, m->column_count)),
                        ARG_TEXT("separator", m->text[MAP_SEPARATOR])),
                   NULL);
}

static void take_row(struct ctx *c, struct batch *b, const struct str *row, size_t count, int64_t line)
{
    struct mapped *m = &b->rows[b->count];
    *m = (struct mapped){.line = line};
    size_t faults_before = b->fault_count;
    int64_t warned_before = b->run->rows_warned;
    b->run->rows_read++;
    if (map_row(c, b, row, count, m) != OK) {
        b->fault_count = faults_before; // doubts of a refused row do not matter
        b->run->rows_warned = warned_before;
        add_fault(b, line, true, c->error.field, fault_text(c, &c->error));
        ctx_clear_error(c);
        return;
    }
    m->row_csv = row_as_csv(c, row, count);
    b->count++;
}

struct import_source_file {
    FILE *in;
    struct csv_reader *reader;
    char *chunk;
    bool ended;
};
#define CHUNK_BYTES (64 << 10)

static void feed_more(struct import_source_file *file, struct import_run *run)
{
    size_t n = fread(file->chunk, 1, CHUNK_BYTES, file->in);
    run->done_bytes += (int64_t)n;
    file->ended = n < CHUNK_BYTES;
    csv_feed(file->reader, (struct str){file->chunk, n}, file->ended);
}

// The next row that can be read at all; the others are counted as bad. CSV_END at the end.
static enum csv_result next_row(struct import_source_file *file, struct batch *b, const struct str **ret_row,
                                size_t *ret_count, int64_t *ret_line)
{
    for (;;) {
        enum csv_result result = csv_next(file->reader, ret_row, ret_count, ret_line);
        if (result == CSV_NEED_MORE) {
            feed_more(file, b->run);
        } else if (result == CSV_BAD_QUOTE || result == CSV_ROW_TOO_LONG) {
            b->run->rows_read++;
            add_fault(b, *ret_line, true, STR(""),
                      result == CSV_BAD_QUOTE ? STR("import.bad_quote") : STR("import.row_too_long"));
        } else {
            return result;
        }
        if (time_to_write(b))
            return CSV_NEED_MORE;
    }
}

// What a long import records is sealed minute by minute, also without a server: see flow/README.md.
static enum err seal_meanwhile(struct ctx *c, int64_t *sealed_at_ms)
{
    struct ctx sealing = *c;
    sealing.now_ms = clock_now_ms(c->house->clock);
    if (sealing.now_ms - *sealed_at_ms < MINUTE_MS)
        return OK;
    *sealed_at_ms = sealing.now_ms;
    enum err err = seal_log_run(&sealing);
    if (err == ERR_BUSY || err == ERR_CONFLICT)
        return OK; // the server seals at this moment
    c->error = sealing.error;
    return err;
}

static enum err stream_rows(struct ctx *c, struct import_source_file *file, struct batch *b, import_progress progress,
                            void *arg)
{
    const struct str *row;
    size_t count;
    int64_t line;
    enum csv_result result;
    struct arena *outer = c->arena;
    enum err err = OK;
    int64_t sealed_at_ms = c->now_ms;
    c->arena = arena_new(BATCH_ARENA_BYTES);
    do {
        result = next_row(file, b, &row, &count, &line);
        if (result == CSV_ROW)
            take_row(c, b, row, count, line);
        if (time_to_write(b) || result == CSV_END) {
            err = flush(c, b);
            if (err == OK)
                err = seal_meanwhile(c, &sealed_at_ms);
            if (progress)
                progress(b->run, arg);
            if (err == OK)
                arena_reset(c->arena);
        }
    } while (err == OK && result != CSV_END);
    if (err != OK) { // the error's text outlives this arena
        c->error.field = str_copy(outer, c->error.field);
        c->error.args[0] = str_copy(outer, c->error.args[0]);
        c->error.args[1] = str_copy(outer, c->error.args[1]);
    }
    arena_free(c->arena);
    c->arena = outer;
    return err;
}

static enum err stream_file(struct ctx *c, struct import_source_file *file, struct mapping *mapping, struct batch *b,
                            import_progress progress, void *arg)
{
    const struct str *row;
    size_t count;
    int64_t line;
    if (next_row(file, b, &row, &count, &line) != CSV_ROW)
        return fail(c, ERR_INVALID, "import.no_header");
    TRY(mapping_set_header(c, mapping, row, count));
    TRY(store_write(c, put_header, mapping));
    return stream_rows(c, file, b, progress, arg);
}

enum err import_stream(struct ctx *c, struct str mapping_text, FILE *in, struct import_run *run,
                       import_progress progress, void *arg)
{
    struct mapping *mapping = arena_alloc(c->arena, sizeof *mapping);
    struct batch *b = arena_alloc(c->arena, sizeof *b);
    TRY(mapping_parse(c, mapping_text, mapping));
    b->mapping = mapping;
    b->run = run;
    bool comma = str_equal_z(mapping->text[MAP_SEPARATOR], "comma");
    struct import_source_file file = {.in = in,
                                      .reader = csv_reader_new(comma ? ',' : '\t', comma, IMPORT_ROW_MAX_BYTES)};
    file.chunk = arena_alloc(c->arena, CHUNK_BYTES);
    enum err err = stream_file(c, &file, mapping, b, progress, arg);
    csv_reader_free(file.reader);
    struct error why = c->error;
    run->finished_at_ms = clock_now_ms(c->house->clock);
    run->fault = (struct str){0};
    if (err != OK)
        run->fault = fault_text(c, &why);
    b->count = 0;
    enum err ended = store_write(c, write_end, b);
    if (err != OK)
        c->error = why;
    return err != OK ? err : ended;
}
