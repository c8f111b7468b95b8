// SPDX-License-Identifier: MulanPSL-2.0
// Lists of requests: by id, by filter, one alone, by token, and in bulk as CSV.
#include "base/csv.h"
#include "domain/open311/open311_internal.h"
#include "open311_sql.h"

#include <stdlib.h>

#define CODES_MAX 8
#define SKIP_MAX 100000 // rows before the page asked for
#define BULK_MAX 100000
#define CHUNK 500

struct filter {
    enum open311_format format;
    bool extensions;
    struct str ids;
    struct str codes[CODES_MAX];
    size_t code_count;
    int64_t open; // 1, 0; -1: both
    int64_t from_ms, to_ms, page, page_size;
    int64_t at_ms, at_id; // newest row wanted: filled while reading
    struct http_response *rs;
};

const struct route_query open311_request_query[] = {
    {"jurisdiction_id", "Only where several districts are served"},
    {"service_request_id", "Ids, separated by commas; all other filters are then ignored"},
    {"service_code", "Codes, separated by commas; at most 8"},
    {"status", "open, closed, or both separated by a comma"},
    {"start_date", "Requested at or after (W3CDTF); with end_date at most 90 days"},
    {"end_date", "Requested at or before"},
    {"page", "From 0"},
    {"page_size", "1 to 1000"},
    {"extensions", "true: attributes, extended_attributes, notes as well"},
    {0},
};

// --- what is asked --------------------------------------------------------------------------------------------------
static enum err bad_value(struct ctx *c, const char *name, struct str value)
{
    return fail_with(c, ERR_INVALID, "open311.bad_value", str_of(name), utf8_prefix(value, 40));
}

static enum err read_time(struct ctx *c, const struct http_request *rq, const char *name, int64_t *ret_ms)
{
    struct str text = http_query(c, rq, name);
    *ret_ms = 0;
    if (text.n && !open311_time_parse(c->arena, text, ret_ms))
        return bad_value(c, name, text);
    return OK;
}

// Without dates the last 90 days; with one of them the 90 days after or before it. Times are told to the second, so the
// end holds all of its second.
enum err open311_window(struct ctx *c, const struct http_request *rq, int64_t *ret_from_ms, int64_t *ret_to_ms)
{
    int64_t from_ms, to_ms;
    TRY(read_time(c, rq, "start_date", &from_ms));
    TRY(read_time(c, rq, "end_date", &to_ms));
    if (!to_ms)
        to_ms = from_ms ? from_ms + OPEN311_SPAN_MS : c->now_ms;
    if (!from_ms)
        from_ms = to_ms - OPEN311_SPAN_MS;
    if (to_ms - from_ms > OPEN311_SPAN_MS)
        return fail(c, ERR_INVALID, "open311.span_too_long");
    if (to_ms < from_ms)
        return fail(c, ERR_INVALID, "open311.span_reversed");
    *ret_from_ms = from_ms;
    *ret_to_ms = to_ms / SECOND_MS * SECOND_MS + SECOND_MS - 1;
    return OK;
}

static enum err read_status(struct ctx *c, const struct http_request *rq, struct filter *f)
{
    struct str rest = http_query(c, rq, "status"), all = rest;
    bool open = false, closed = false;
    while (rest.n) {
        struct str word = str_lower(c->arena, str_trim(str_cut(&rest, ',')));
        if (str_equal_z(word, "open"))
            open = true;
        else if (str_equal_z(word, "closed"))
            closed = true;
        else if (word.n)
            return bad_value(c, "status", all);
    }
    f->open = open == closed ? -1 : open;
    return OK;
}

static enum err read_codes(struct ctx *c, const struct http_request *rq, struct filter *f)
{
    struct str rest = http_query(c, rq, "service_code");
    while (rest.n) {
        struct str code = str_trim(str_cut(&rest, ','));
        if (!code.n)
            continue;
        if (f->code_count == CODES_MAX)
            return fail(c, ERR_INVALID, "open311.too_many_codes");
        f->codes[f->code_count++] = code;
    }
    return OK;
}

enum err open311_page(struct ctx *c, const struct http_request *rq, int64_t *ret_page, int64_t *ret_size)
{
    if (http_query_int(c, rq, "page_size", 1, OPEN311_ROWS_MAX, OPEN311_ROWS_MAX, ret_size) != OK)
        return bad_value(c, "page_size", http_query(c, rq, "page_size"));
    if (http_query_int(c, rq, "page", 0, SKIP_MAX / *ret_size, 0, ret_page) != OK)
        return bad_value(c, "page", http_query(c, rq, "page"));
    return OK;
}

static enum err read_filter(struct ctx *c, const struct http_request *rq, struct http_response *rs, struct filter *f)
{
    *f = (struct filter){.format = open311_format_of(rq), .rs = rs, .open = -1};
    TRY(open311_check_jurisdiction(c, http_query(c, rq, "jurisdiction_id")));
    f->extensions = str_equal_ignore_case(http_query(c, rq, "extensions"), STR("true"));
    f->ids = http_query(c, rq, "service_request_id");
    if (f->ids.n)
        return OK;
    TRY(read_codes(c, rq, f));
    TRY(read_status(c, rq, f));
    TRY(open311_window(c, rq, &f->from_ms, &f->to_ms));
    return open311_page(c, rq, &f->page, &f->page_size);
}

// --- rows -----------------------------------------------------------------------------------------------------------
static struct str code_at(const struct filter *f, size_t i)
{
    return f->code_count ? f->codes[i < f->code_count ? i : 0] : STR("");
}

#define FILTER_ARGS(f)                                                                                                 \
    ARG_INT("from_ms", (f)->from_ms), ARG_INT("to_ms", (f)->to_ms), ARG_INT("open", (f)->open),                        \
        ARG_INT("coded", (int64_t)(f)->code_count), ARG_TEXT("code0", code_at((f), 0)),                                \
        ARG_TEXT("code1", code_at((f), 1)), ARG_TEXT("code2", code_at((f), 2)), ARG_TEXT("code3", code_at((f), 3)),    \
        ARG_TEXT("code4", code_at((f), 4)), ARG_TEXT("code5", code_at((f), 5)), ARG_TEXT("code6", code_at((f), 6)),    \
        ARG_TEXT("code7", code_at((f), 7))

static enum err next_rows(struct ctx *c, const struct filter *f, size_t max, struct rows *ret_rows)
{
    return db_list(
        c, &sql_open311_request_page,
        ARGS(FILTER_ARGS(f), ARG_INT("at_ms", f->at_ms), ARG_INT("at_id", f->at_id), ARG_INT("max", (int64_t)max)),
        &open311_row_record, max, ret_rows);
}

struct stand {
    int64_t id, reported_at_ms, count;
};
static const struct field stand_fields[] = {
    {FIELD_AT(struct stand, id), .type = FIELD_ID},
    {FIELD_AT(struct stand, reported_at_ms), .type = FIELD_TIME},
};
static const struct record stand_record = {"stand", NULL, sizeof(struct stand), FIELDS(stand_fields)};

static enum err take_stand(struct ctx *c, void *row, void *arg)
{
    const struct stand *here = row;
    struct stand *last = arg;
    (void)c;
    last->id = here->id;
    last->reported_at_ms = here->reported_at_ms;
    last->count++;
    return OK;
}

// Where the page begins; *ret_any false: there is none so far back.
static enum err pass_over(struct ctx *c, struct filter *f, bool *ret_any)
{
    int64_t skip = f->page * f->page_size;
    struct stand last = {0};
    f->at_ms = f->at_id = INT64_MAX;
    *ret_any = true;
    if (!skip)
        return OK;
    TRY(db_each(c, &sql_open311_request_skip, ARGS(FILTER_ARGS(f), ARG_INT("max", skip + 1)), &stand_record, take_stand,
                &last));
    *ret_any = last.count == skip + 1;
    f->at_ms = last.reported_at_ms;
    f->at_id = last.id;
    return OK;
}

static enum err public_get(struct ctx *c, int64_t id, struct open311_row *ret_row)
{
    enum err err = db_one(c, &sql_open311_request_get, ARGS(ARG_INT("id", id)), &open311_row_record, ret_row);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "open311.request_unknown") : err;
}

// What is not known, or is private, is left out; twice the same is told once.
static enum err rows_of_ids(struct ctx *c, struct str ids, struct open311_row *rows, size_t *ret_count)
{
    size_t count = 0;
    while (ids.n && count < OPEN311_ROWS_MAX) {
        int64_t id;
        struct str text = str_trim(str_cut(&ids, ','));
        bool known = !id_parse(text, &id);
        for (size_t i = 0; i < count && !known; i++)
            known = rows[i].r.id == id;
        if (known)
            continue;
        enum err err = public_get(c, id, &rows[count]);
        if (err != OK && err != ERR_NOT_FOUND)
            return err;
        ctx_clear_error(c);
        count += err == OK;
    }
    *ret_count = count;
    return OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct request *x = &((const struct open311_row *)a)->r, *y = &((const struct open311_row *)b)->r;
    if (x->reported_at_ms != y->reported_at_ms)
        return x->reported_at_ms < y->reported_at_ms ? 1 : -1;
    return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

static enum err find_rows(struct ctx *c, struct filter *f, struct rows *ret_rows)
{
    bool any;
    *ret_rows = (struct rows){0};
    if (f->ids.n) {
        struct open311_row *found = arena_array(c->arena, OPEN311_ROWS_MAX, sizeof *found);
        TRY(rows_of_ids(c, f->ids, found, &ret_rows->count));
        qsort(found, ret_rows->count, sizeof *found, newest_first);
        ret_rows->at = found;
        return OK;
    }
    TRY(pass_over(c, f, &any));
    return any ? next_rows(c, f, (size_t)f->page_size, ret_rows) : OK;
}

static enum err write_rows(struct ctx *c, const struct filter *f, const struct rows *rows)
{
    struct open311_out o;
    struct open311_places *places = open311_places_new(c);
    out_begin(&o, c, f->format, f->rs);
    out_list(&o, "service_requests");
    for (size_t i = 0; i < rows->count; i++)
        TRY(open311_row_write(c, places, &((const struct open311_row *)rows->at)[i], f->extensions, &o));
    out_end(&o);
    return OK;
}

static enum err read_requests(struct ctx *c, void *arg)
{
    struct filter *f = arg;
    struct rows rows;
    TRY(find_rows(c, f, &rows));
    return write_rows(c, f, &rows);
}

enum err open311_http_requests(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct filter f;
    TRY(read_filter(c, rq, rs, &f));
    return store_read(c, read_requests, &f);
}

// --- one ------------------------------------------------------------------------------------------------------------
static enum err read_one(struct ctx *c, void *arg)
{
    struct filter *f = arg;
    struct open311_row row;
    struct rows rows = {&row, 1};
    TRY(public_get(c, f->at_id, &row));
    return write_rows(c, f, &rows);
}

enum err open311_http_request(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct filter f = {.format = open311_format_of(rq), .rs = rs};
    struct str text;
    TRY(open311_file_param(c, rq, &text));
    TRY(open311_check_jurisdiction(c, http_query(c, rq, "jurisdiction_id")));
    f.extensions = str_equal_ignore_case(http_query(c, rq, "extensions"), STR("true"));
    if (!id_parse(text, &f.at_id))
        return fail(c, ERR_NOT_FOUND, "open311.request_unknown");
    return store_read(c, read_one, &f);
}

struct token_call {
    enum open311_format format;
    struct str token;
    struct http_response *rs;
};

static enum err read_token(struct ctx *c, void *arg)
{
    const struct token_call *call = arg;
    struct open311_filing filing;
    struct open311_out o;
    enum err err =
        db_one(c, &sql_open311_filing_by_token, ARGS(ARG_TEXT("token", call->token)), &open311_filing_record, &filing);
    if (err == ERR_NOT_FOUND)
        return fail(c, ERR_NOT_FOUND, "open311.token_unknown");
    TRY(err);
    out_begin(&o, c, call->format, call->rs);
    out_list(&o, "service_requests");
    out_object(&o, "request");
    out_id(&o, "service_request_id", filing.request_id);
    out_text(&o, "token", filing.token);
    out_end(&o);
    out_end(&o);
    return OK;
}

enum err open311_http_token(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct token_call call = {.format = open311_format_of(rq), .rs = rs};
    TRY(open311_file_param(c, rq, &call.token));
    TRY(open311_check_jurisdiction(c, http_query(c, rq, "jurisdiction_id")));
    return store_read(c, read_token, &call);
}

// --- in bulk --------------------------------------------------------------------------------------------------------
static const char csv_header[] =
    "\"service_request_id\",\"requested_datetime\",\"updated_datetime\",\"closed_date\",\"status_description\","
    "\"status_notes\",\"source\",\"service_name\",\"service_subtype\",\"description\",\"agency_responsible\","
    "\"address\",\"lat\",\"long\"\r\n";

static struct str real_text(struct ctx *c, bool known, double value)
{
    struct buf digits;
    struct json_writer w;
    if (!known)
        return STR("");
    buf_init(&digits, 64);
    json_writer_init(&w, &digits);
    json_put_real(&w, value);
    struct str text = str_copy(c->arena, buf_str(&digits));
    buf_free(&digits);
    return text;
}

static enum err write_line(struct ctx *c, struct open311_places *places, const struct open311_row *row, struct buf *out)
{
    const struct request *r = &row->r;
    struct open311_public told;
    TRY(open311_public_of(c, places, row, &told));
    const struct str fields[] = {
        id_text(c->arena, r->id),
        open311_time_text(c->arena, r->reported_at_ms),
        open311_time_text(c->arena, told.updated_at_ms),
        told.closed ? open311_time_text(c->arena, r->closed_at_ms) : STR(""),
        told.status_notes,
        told.closed ? STR("closed") : STR("open"),
        r->source == SOURCE_OPEN311 ? STR("open311") : STR(""),
        told.service_name,
        open311_kind_name(c, r->kind),
        told.description,
        STR(""),
        told.address,
        real_text(c, told.has_point, told.lat),
        real_text(c, told.has_point, told.lng),
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        csv_write_field(out, fields[i], i == 0, i != 12 && i != 13); // a point may be negative
    csv_write_end(out);
    return OK;
}

// By chunks, each on memory of its own; what was written stays in the answer.
static enum err write_bulk(struct ctx *c, void *arg)
{
    struct filter *f = arg;
    struct arena *outer = c->arena;
    struct rows rows = {.count = CHUNK};
    enum err err = OK;
    f->at_ms = f->at_id = INT64_MAX;
    buf_clear(&f->rs->body);
    buf_add_z(&f->rs->body, csv_header);
    c->arena = arena_new((size_t)256 << 20);
    for (size_t done = 0; err == OK && rows.count == CHUNK && done < BULK_MAX; done += CHUNK) {
        arena_reset(c->arena);
        struct open311_places *places = open311_places_new(c);
        err = next_rows(c, f, CHUNK, &rows);
        const struct open311_row *row = rows.at;
        for (size_t i = 0; err == OK && i < rows.count; i++)
            err = write_line(c, places, &row[i], &f->rs->body);
        if (err == OK && rows.count) { // right below the last one
            f->at_ms = row[rows.count - 1].r.reported_at_ms;
            f->at_id = row[rows.count - 1].r.id - 1;
        }
    }
    if (err != OK) { // the reason outlives this memory
        c->error.field = str_copy(outer, c->error.field);
        for (size_t i = 0; i < 2; i++)
            c->error.args[i] = str_copy(outer, c->error.args[i]);
    }
    arena_free(c->arena);
    c->arena = outer;
    return err;
}

enum err open311_http_csv(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct filter f = {.rs = rs, .open = -1};
    TRY(open311_check_jurisdiction(c, http_query(c, rq, "jurisdiction_id")));
    TRY(read_codes(c, rq, &f));
    TRY(read_status(c, rq, &f));
    TRY(read_time(c, rq, "start_date", &f.from_ms));
    TRY(read_time(c, rq, "end_date", &f.to_ms));
    f.to_ms = f.to_ms ? f.to_ms / SECOND_MS * SECOND_MS + SECOND_MS - 1 : INT64_MAX;
    http_set_header(rs, "Content-Disposition", STR("attachment; filename=\"requests.csv\""));
    return store_read(c, write_bulk, &f);
}
