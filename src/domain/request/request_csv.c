// SPDX-License-Identifier: MulanPSL-2.0
// GET /api/v1/requests.csv: the filtered list for a spreadsheet. Who took it, with which filter, is an event; contact
// details are not in it; what a spreadsheet would take for a formula is defused.
#include "base/clock.h"
#include "base/csv.h"
#include "base/id.h"
#include "domain/request/request_internal.h"

#define ROWS_MAX 10000
#define PAGE 200

static const char *const heads[] = {"id",      "state",  "kind",        "item_code", "item",      "area",
                                    "place",   "words",  "reported_at", "due_at",    "closed_at", "overdue",
                                    "outcome", "rating", "owner",       "source",    "reopened",  "reply"};

static void put(struct buf *out, struct str text, bool first)
{
    csv_write_field(out, text, first, true);
}

static void put_time(struct buf *out, int64_t at_ms)
{
    char text[25] = "";
    if (at_ms)
        time_format(at_ms, text);
    put(out, str_of(text), false);
}

static void put_int(struct ctx *c, struct buf *out, int64_t n)
{
    put(out, str_format(c->arena, "%lld", (long long)n), false);
}

static enum err put_row(struct ctx *c, const struct request *r, struct buf *out)
{
    struct str words, reply;
    bool english = str_equal_z(str_of(c->lang), "en");
    TRY(request_open_text(c, r, "words", r->words, &words));
    TRY(request_open_text(c, r, "reply", r->reply, &reply));
    put(out, id_text(c->arena, r->id), true);
    put(out, str_of(english ? request_flow.states[r->state].en : request_flow.states[r->state].zh), false);
    put(out, str_of(request_kind_names[r->kind]), false);
    put(out, r->item_code, false);
    put(out, english ? r->item_en : r->item_zh, false);
    put(out, r->area, false);
    put(out, r->place_name, false);
    put(out, words, false);
    put_time(out, r->reported_at_ms);
    put_time(out, r->due_at_ms);
    put_time(out, r->closed_at_ms);
    put(out, request_overdue(c, r) ? STR("1") : STR("0"), false);
    put(out, str_of(request_outcome_names[r->outcome]), false);
    put_int(c, out, r->rating);
    put(out, r->owner_name, false);
    put(out, str_of(request_source_names[r->source]), false);
    put_int(c, out, r->reopened);
    put(out, reply, false);
    csv_write_end(out);
    return OK;
}

struct csv_call {
    struct request_filter filter;
    struct http_response *rs;
    int64_t rows;
    bool cut;
};

static enum err write_page(struct ctx *c, struct csv_call *call, const struct request_reach *reach, int64_t *ret_next)
{
    const struct request *rows;
    size_t count;
    TRY(request_find(c, &call->filter, reach, &rows, &count, ret_next));
    for (size_t i = 0; i < count; i++)
        TRY(put_row(c, &rows[i], &call->rs->body));
    call->rows += (int64_t)count;
    return OK;
}

// Each page in an arena of its own: the export does not grow with what it has already written.
static enum err write_pages(struct ctx *c, void *arg)
{
    struct csv_call *call = arg;
    struct request_reach reach;
    struct arena *whole = c->arena, *page = arena_new(64 << 20);
    int64_t next = 1;
    enum err err = request_reach_of(c, &call->filter, &reach);
    c->arena = page;
    while (err == OK && next && call->rows < ROWS_MAX) {
        err = write_page(c, call, &reach, &next);
        call->filter.before = next;
        if (err == OK)
            arena_reset(page);
    }
    call->cut = err == OK && next;
    c->arena = whole;
    if (err != OK) // what the error points to lies in the page's arena
        err = fail(c, err, c->error.key);
    arena_free(page);
    return err;
}

static enum err tell_export(struct ctx *c, void *arg)
{
    const struct csv_call *call = arg;
    struct buf data;
    struct json_writer w;
    buf_init(&data, 4096);
    json_writer_init(&w, &data);
    json_object_begin(&w);
    json_key(&w, "what");
    json_put_z(&w, "requests.csv");
    json_key(&w, "rows");
    json_put_int(&w, call->rows);
    json_key(&w, "place");
    json_put_id(&w, call->filter.place_id);
    json_key(&w, "searched");
    json_put_bool(&w, call->filter.q.n > 0);
    json_key(&w, "from");
    json_put_time(&w, call->filter.from_ms);
    json_key(&w, "to");
    json_put_time(&w, call->filter.to_ms);
    json_object_end(&w);
    enum err err = event_append(c, "export", ids_next(c->house->ids, c->now_ms), "export.made", buf_str(&data), NULL);
    buf_free(&data);
    return err;
}

enum err request_http_csv(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct csv_call call = {.rs = rs};
    TRY(request_filter_read(c, rq, 100, &call.filter));
    call.filter.limit = PAGE;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        put(&rs->body, str_of(heads[i]), i == 0);
    csv_write_end(&rs->body);
    TRY(store_read(c, write_pages, &call));
    if (rs->body.full)
        return fail(c, ERR_TOO_LARGE, "request.export_too_large");
    TRY(store_write(c, tell_export, &call)); // no event, no export
    rs->content_type = "text/csv; charset=utf-8";
    http_set_header(rs, "Content-Disposition", STR("attachment; filename=\"requests.csv\""));
    http_set_header(rs, "X-Rows", str_format(c->arena, "%lld%s", (long long)call.rows, call.cut ? "+" : ""));
    return OK;
}
