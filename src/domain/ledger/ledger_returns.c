// SPDX-License-Identifier: MulanPSL-2.0
// The list of returns and exclusions 退单与剔除台账: who sent what back, who asked that it be left out of the rates and
// why, who approved. Written down by the job that reads the log, so a few minutes behind it.
#include "base/clock.h"
#include "base/csv.h"
#include "base/id.h"
#include "domain/ledger/ledger_internal.h"
#include "ledger_sql.h"
#include "json/record_json.h"

#define ACCESS_DESK (ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER))
#define CSV_ROWS_MAX 5000
#define PAGE 200

static const struct {
    const char *type, *zh, *en;
} types[] = {
    {"returned", "退单", "Sent back"},
    {"contested", "申请裁定", "Asked whose work it is"},
    {"arbitrated", "裁定", "Decided whose work it is"},
    {"asked_exclude", "申请剔除", "Asked to leave it out"},
    {"excluded", "同意剔除", "Left out"},
    {"exclude_declined", "不同意剔除", "Not left out"},
    {"restored", "恢复计入", "Counted again"},
};

#define LEDGER_RETURN_FIELDS(F, S)                                                                                     \
    F(S, ID, id, .read = READ_SCOPE, .doc = "The event")                                                               \
    F(S, TIME_MS, at, .read = READ_SCOPE, .doc = "When")                                                               \
    F(S, TEXT, type, .read = READ_SCOPE, .doc = "returned, contested, arbitrated, asked_exclude, excluded…")           \
    F(S, TEXT, type_zh, .read = READ_SCOPE, .doc = "In Chinese")                                                       \
    F(S, TEXT, type_en, .read = READ_SCOPE, .doc = "In English")                                                       \
    F(S, ID, request_id, .read = READ_SCOPE, .doc = "The request")                                                     \
    F(S, TEXT, item_code, .read = READ_SCOPE, .doc = "Service item")                                                   \
    F(S, TEXT, item_zh, .read = READ_SCOPE, .doc = "Its Chinese name")                                                 \
    F(S, TEXT, item_en, .read = READ_SCOPE, .doc = "Its English name")                                                 \
    F(S, TEXT, unit, .read = READ_SCOPE, .doc = "The organisation that had it")                                        \
    F(S, TEXT, actor, .read = READ_SCOPE, .doc = "Who, masked")                                                        \
    F(S, TEXT, actor_role, .read = READ_SCOPE, .doc = "As what")                                                       \
    F(S, TEXT, reason, .read = READ_SCOPE, .doc = "Of an exclusion, of the closed list")                               \
    F(S, TEXT, note, .flags = FIELD_MULTILINE, .read = READ_SCOPE, .max = EVENT_NOTE_MAX, .doc = "In the actor's words")
struct ledger_return {
    LEDGER_RETURN_FIELDS(FIELD_MEMBER, ledger_return)
};
static const struct field ledger_return_fields[] = {LEDGER_RETURN_FIELDS(FIELD_ROW, ledger_return)};
const struct record ledger_return_record = {"ledger_return", NULL, sizeof(struct ledger_return),
                                            FIELDS(ledger_return_fields)};
const struct route_query ledger_returns_query[] = {
    {"place", "Its subtree; without it one's own"},
    {"type", "returned, contested, arbitrated, asked_exclude, excluded, exclude_declined or restored"},
    {"before", "Cursor: next of the page before"},
    {"limit", "1 to 100, else 20"},
    {NULL, NULL},
};

struct call {
    int64_t place_id, before, limit, rows;
    struct str type;
    struct http_response *rs;
    bool csv;
};

static enum err read_call(struct ctx *c, const struct http_request *rq, struct http_response *rs, struct call *call)
{
    bool known = false;
    *call = (struct call){.type = http_query(c, rq, "type"), .rs = rs};
    TRY(http_query_id(c, rq, "place", &call->place_id));
    TRY(http_query_id(c, rq, "before", &call->before));
    TRY(http_query_int(c, rq, "limit", 1, 100, 20, &call->limit));
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        known |= str_equal_z(call->type, types[i].type);
    return known || !call->type.n ? OK : fail_field(c, ERR_INVALID, "ledger.bad_query", STR("type"));
}

static enum err find_place(struct ctx *c, struct call *call)
{
    const struct grant *grant;
    for (size_t i = 0; i < c->actor.grant_count && !call->place_id; i++)
        if (ROLE_BIT(c->actor.grants[i].role) & ACCESS_DESK)
            call->place_id = c->actor.grants[i].place_id;
    TRY(account_grant_over(c, ACCESS_DESK, call->place_id, &grant));
    return grant ? OK : fail(c, ERR_NOT_FOUND, "place.unknown");
}

static enum err page(struct ctx *c, const struct call *call, int64_t limit, struct rows *ret_rows)
{
    return db_list(c, &sql_ledger_note_page,
                   ARGS(ARG_INT("place_id", call->place_id), ARG_INT("before", call->before ? call->before : INT64_MAX),
                        ARG_TEXT("type", call->type), ARG_INT("max", limit)),
                   &ledger_note_record, (size_t)limit, ret_rows);
}

static enum err may_lack(struct ctx *c, enum err err)
{
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return OK;
}

static enum err describe(struct ctx *c, const struct ledger_note *note, struct ledger_return *ret)
{
    struct service_item item = {0};
    struct org org = {0};
    struct rows rows;
    *ret = (struct ledger_return){.id = note->id,
                                  .at_ms = note->at_ms,
                                  .type = note->type,
                                  .request_id = note->request_id,
                                  .item_code = note->item_code,
                                  .actor_role = note->actor_role,
                                  .reason = note->reason};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_equal_z(note->type, types[i].type)) {
            ret->type_zh = str_of(types[i].zh);
            ret->type_en = str_of(types[i].en);
        }
    TRY(may_lack(c, service_item_by_code(c, note->item_code, &item)));
    ret->item_zh = item.name_zh;
    ret->item_en = item.name_en;
    if (note->unit_id)
        TRY(may_lack(c, org_get(c, note->unit_id, &org)));
    ret->unit = org.name;
    if (note->actor_id)
        TRY(may_lack(c, person_masked_name(c, note->actor_id, &ret->actor)));
    TRY(event_list(c, "request", note->request_id, note->id - 1, 1, &rows));
    const struct event *event = rows.at;
    return rows.count && event->id == note->id ? event_note_open(c, event, &ret->note) : OK;
}

// --- JSON ------------------------------------------------------------------------------------------------------------
static enum err write_list(struct ctx *c, void *arg)
{
    struct call *call = arg;
    struct rows rows;
    struct json_writer w;
    TRY(find_place(c, call));
    TRY(page(c, call, call->limit, &rows));
    const struct ledger_note *notes = rows.at;
    buf_clear(&call->rs->body);
    json_list_begin(&w, &call->rs->body);
    for (size_t i = 0; i < rows.count; i++) {
        struct ledger_return one;
        TRY(describe(c, &notes[i], &one));
        record_to_json(c, &ledger_return_record, &one, one.id, READ_SCOPE, &w);
    }
    json_list_end(&w, rows.count == (size_t)call->limit ? notes[rows.count - 1].id : 0);
    return OK;
}

enum err ledger_http_returns(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call;
    TRY(read_call(c, rq, rs, &call));
    return store_read(c, write_list, &call);
}

// --- CSV -------------------------------------------------------------------------------------------------------------
static enum err write_csv(struct ctx *c, void *arg)
{
    struct call *call = arg;
    struct rows rows = {.count = PAGE};
    TRY(find_place(c, call));
    buf_clear(&call->rs->body);
    call->rows = 0;
    record_csv_header(&ledger_return_record, READ_SCOPE, &call->rs->body);
    while (rows.count == PAGE && call->rows < CSV_ROWS_MAX) {
        TRY(page(c, call, PAGE, &rows));
        const struct ledger_note *notes = rows.at;
        for (size_t i = 0; i < rows.count; i++) {
            struct ledger_return one;
            TRY(describe(c, &notes[i], &one));
            record_csv_row(c, &ledger_return_record, &one, one.id, READ_SCOPE, &call->rs->body);
            call->before = one.id;
        }
        call->rows += (int64_t)rows.count;
    }
    return OK;
}

static enum err tell_export(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct str data = str_format(c->arena, "{\"what\":\"returns.csv\",\"rows\":%lld,\"place\":\"%.*s\"}",
                                 (long long)call->rows, STR_ARG(id_text(c->arena, call->place_id)));
    return event_append(c, "export", ids_next(c->house->ids, c->now_ms), "export.made", data, NULL);
}

enum err ledger_http_returns_csv(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call;
    TRY(read_call(c, rq, rs, &call));
    TRY(store_read(c, write_csv, &call));
    if (rs->body.full)
        return fail(c, ERR_TOO_LARGE, "request.export_too_large");
    TRY(store_write(c, tell_export, &call));
    rs->content_type = "text/csv; charset=utf-8";
    http_set_header(rs, "Content-Disposition", STR("attachment; filename=\"returns.csv\""));
    return OK;
}
