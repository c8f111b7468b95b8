// SPDX-License-Identifier: MulanPSL-2.0
// The figures over HTTP: to everybody as aggregates of five and more, to staff of their own subtree as they are.
#include "base/clock.h"
#include "base/config.h"
#include "base/id.h"
#include "domain/ledger/ledger_internal.h"
#include "json/record_json.h"

#include <inttypes.h>

#define ACCESS_DESK (ROLES_DESK | ROLE_BIT(ROLE_GRID_WORKER))
#define PERIOD_MAX_DAYS 1100
#define K_MIN 5 // fewer are not told to everybody
#define FIGURE_MAX 32

struct call {
    struct ledger_query query;
    struct str member;
    bool one_member, open; // open: anybody reads it
    struct place place;
    const struct ledger_row *rows, *before;
    size_t count, before_count;
    int64_t as_of_ms;
    struct http_response *rs;
};

// --- shapes ----------------------------------------------------------------------------------------------------------
#define NUMBER "null: nothing to divide, or too few to be told"
#define LEDGER_VALUE_FIELDS(F, S)                                                                                      \
    F(S, TEXT, code, .read = READ_PUBLIC, .doc = "The figure: GET /api/v1/ledger/definitions")                         \
    F(S, JSON, raw_numerator, .read = READ_PUBLIC, .doc = "Of all; of a count, the count. " NUMBER)                    \
    F(S, JSON, raw_denominator, .read = READ_PUBLIC, .doc = NUMBER)                                                    \
    F(S, JSON, raw_percent, .read = READ_PUBLIC, .doc = "Cut after four places. " NUMBER)                              \
    F(S, JSON, net_numerator, .read = READ_PUBLIC, .doc = "Without what was left out. " NUMBER)                        \
    F(S, JSON, net_denominator, .read = READ_PUBLIC, .doc = NUMBER)                                                    \
    F(S, JSON, net_percent, .read = READ_PUBLIC, .doc = NUMBER)                                                        \
    F(S, JSON, before, .read = READ_PUBLIC,                                                                            \
      .doc = "Net percent, or count, of the period of the same length before; null: none")                             \
    F(S, BOOL, hidden, .read = READ_PUBLIC, .doc = "Fewer than five, or it would give away one of fewer than five")
struct ledger_value {
    LEDGER_VALUE_FIELDS(FIELD_MEMBER, ledger_value)
};
static const struct field ledger_value_fields[] = {LEDGER_VALUE_FIELDS(FIELD_ROW, ledger_value)};
static const struct record ledger_value_record = {"ledger_value", NULL, sizeof(struct ledger_value),
                                                  FIELDS(ledger_value_fields)};
#define LEDGER_MEMBER_FIELDS(F, S)                                                                                     \
    F(S, TEXT, member, .read = READ_PUBLIC, .doc = "Code of the item, id of unit or place; empty: all, or none yet")   \
    F(S, TEXT, name_zh, .read = READ_PUBLIC, .doc = "Its Chinese name")                                                \
    F(S, TEXT, name_en, .read = READ_PUBLIC, .doc = "Its English name, where there is one")                            \
    F(S, TEXT, from, .read = READ_PUBLIC, .doc = "First day")                                                          \
    F(S, JSON, figures, .flags = FIELD_MANY, .of = &ledger_value_record, .read = READ_PUBLIC, .doc = "In order")
struct ledger_member {
    LEDGER_MEMBER_FIELDS(FIELD_MEMBER, ledger_member)
};
static const struct field ledger_member_fields[] = {LEDGER_MEMBER_FIELDS(FIELD_ROW, ledger_member)};
static const struct record ledger_member_record = {"ledger_member", NULL, sizeof(struct ledger_member),
                                                   FIELDS(ledger_member_fields)};
#define LEDGER_ANSWER_FIELDS(F, S)                                                                                     \
    F(S, JSON, place, .of = &place_ref_record, .read = READ_PUBLIC, .doc = "Whose subtree")                            \
    F(S, TEXT, from, .read = READ_PUBLIC, .doc = "First day, in the district's zone")                                  \
    F(S, TEXT, to, .read = READ_PUBLIC, .doc = "Last day")                                                             \
    F(S, TEXT, by, .read = READ_PUBLIC, .doc = "Told apart by")                                                        \
    F(S, TEXT, per, .read = READ_PUBLIC, .doc = "Periods")                                                             \
    F(S, TEXT, weights, .read = READ_PUBLIC, .doc = "Of the composite")                                                \
    F(S, TIME, as_of, .read = READ_PUBLIC, .doc = "What happened before is in it")                                     \
    F(S, JSON, items, .flags = FIELD_MANY, .of = &ledger_member_record, .read = READ_PUBLIC, .doc = "By member, period")
struct ledger_answer {
    LEDGER_ANSWER_FIELDS(FIELD_MEMBER, ledger_answer)
};
static const struct field ledger_answer_fields[] = {LEDGER_ANSWER_FIELDS(FIELD_ROW, ledger_answer)};
static const struct record ledger_answer_record = {"ledger_answer", NULL, sizeof(struct ledger_answer),
                                                   FIELDS(ledger_answer_fields)};

// --- what is asked ---------------------------------------------------------------------------------------------------
static enum err read_name(struct ctx *c, const struct http_request *rq, const char *name, const char *const *names,
                          int *ret)
{
    struct str text = http_query(c, rq, name);
    int index = text.n ? enum_from_name(names, text) : 0;
    if (index < 0)
        return fail_field(c, ERR_INVALID, "ledger.bad_query", str_of(name));
    *ret = index;
    return OK;
}

static enum err read_day(struct ctx *c, const struct http_request *rq, const char *name, int64_t when_absent,
                         int64_t *ret_day)
{
    struct str text = http_query(c, rq, name);
    *ret_day = when_absent;
    return !text.n || ledger_day_parse(text, ret_day) ? OK
                                                      : fail_field(c, ERR_INVALID, "ledger.bad_period", str_of(name));
}

// Staff: any days, 30 up to today unless given.
static enum err read_days(struct ctx *c, const struct http_request *rq, struct ledger_query *q)
{
    int64_t today = calendar_day(c->house->calendar, c->now_ms);
    TRY(read_day(c, rq, "to", today, &q->to_day));
    TRY(read_day(c, rq, "from", q->to_day - 29, &q->from_day));
    bool fits = q->from_day <= q->to_day && q->to_day - q->from_day < PERIOD_MAX_DAYS;
    return fits ? OK : fail_field(c, ERR_INVALID, "ledger.bad_period", STR("from"));
}

// Everybody: a whole month, or the year so far; so that two answers cannot be taken from each other day by day.
static enum err read_month(struct ctx *c, const struct http_request *rq, struct ledger_query *q)
{
    int64_t today = calendar_day(c->house->calendar, c->now_ms);
    struct str month = http_query(c, rq, "month");
    int year, number, day;
    if (month.n) {
        if (month.n != 7 || !ledger_day_parse(str_format(c->arena, "%.*s-01", STR_ARG(month)), &q->from_day))
            return fail_field(c, ERR_INVALID, "ledger.bad_period", STR("month"));
        q->to_day = q->from_day + 31;
        day_to_date(q->to_day, &year, &number, &day);
        q->to_day -= day;
    } else {
        day_to_date(today, &year, &number, &day);
        q->from_day = day_from_date(year, 1, 1);
        q->to_day = today;
    }
    return OK;
}

static enum err read_call(struct ctx *c, const struct http_request *rq, struct http_response *rs, bool open,
                          struct call *call)
{
    int by, per = PER_TOTAL;
    *call = (struct call){.rs = rs, .open = open, .member = http_query(c, rq, "member")};
    TRY(http_query_id(c, rq, "place", &call->query.place_id));
    TRY(read_name(c, rq, "by", ledger_by_names, &by));
    if (!open)
        TRY(read_name(c, rq, "per", ledger_per_names, &per));
    TRY(open ? read_month(c, rq, &call->query) : read_days(c, rq, &call->query));
    call->query.by = (enum ledger_by)by;
    call->query.per = (enum ledger_per)per;
    call->one_member = !open && call->member.n != 0;
    bool of_one = by == BY_ALL || call->one_member;
    if (by == BY_DISTRICT || (open && by == BY_UNIT) || (per != PER_TOTAL && !of_one))
        return fail_field(c, ERR_INVALID, "ledger.bad_query", STR("by"));
    return OK;
}

// The place asked for, else the actor's own, else the district. Staff: only what lies under a grant.
static enum err find_place(struct ctx *c, struct call *call)
{
    int64_t *id = &call->query.place_id;
    const struct grant *grant;
    for (size_t i = 0; i < c->actor.grant_count && !*id && !call->open; i++)
        if (ROLE_BIT(c->actor.grants[i].role) & ACCESS_DESK)
            *id = c->actor.grants[i].place_id;
    if (!*id) {
        TRY(place_root(c, &call->place));
        *id = call->place.id;
    }
    TRY(place_get(c, *id, &call->place));
    if (!call->open) {
        TRY(account_grant_over(c, ACCESS_DESK, *id, &grant));
        if (!grant)
            return fail(c, ERR_NOT_FOUND, "place.unknown");
    }
    return call->place.level <= PLACE_GRID ? OK : fail_field(c, ERR_INVALID, "ledger.place_too_small", STR("place"));
}

static enum err read_rows(struct ctx *c, struct call *call)
{
    struct ledger_query before = call->query;
    int64_t as_of_ms;
    TRY(find_place(c, call));
    before.place_id = call->query.place_id;
    before.to_day = call->query.from_day - 1;
    before.from_day = before.to_day - (call->query.to_day - call->query.from_day);
    TRY(ledger_read(c, &call->query, call->member, call->one_member, &call->rows, &call->count, &call->as_of_ms));
    if (call->query.per != PER_TOTAL)
        return OK;
    return ledger_read(c, &before, call->member, call->one_member, &call->before, &call->before_count, &as_of_ms);
}

// --- what is too few -------------------------------------------------------------------------------------------------
static int64_t base_of(const struct ledger_figure *figure, const int64_t *n)
{
    if (figure->kind == FIGURE_COMPOSITE)
        return n[COUNT_sent] < n[COUNT_callbacks] ? n[COUNT_sent] : n[COUNT_callbacks];
    return n[figure->kind == FIGURE_SHARE ? figure->denominator : figure->numerator];
}

static bool too_few(int64_t n)
{
    return n > 0 && n < K_MIN;
}

// Where just one member of a figure is hidden, the whole less the others would give it away: the least other goes too.
static void hide_few(const struct call *call, const struct ledger_figure *figure, size_t index, bool *hidden)
{
    size_t few = 0, least = call->count;
    for (size_t i = 0; i < call->count; i++) {
        int64_t raw = base_of(figure, call->rows[i].raw), net = base_of(figure, call->rows[i].net);
        bool hide = too_few(raw) || too_few(net);
        hidden[i * FIGURE_MAX + index] = hide;
        few += hide;
        if (!hide && raw > 0 && (least == call->count || raw < base_of(figure, call->rows[least].raw)))
            least = i;
    }
    if (few == 1 && call->count > 1 && least < call->count)
        hidden[least * FIGURE_MAX + index] = true;
}

// --- writing ---------------------------------------------------------------------------------------------------------
static struct str number(struct ctx *c, int64_t n)
{
    return str_format(c->arena, "%" PRId64, n);
}

static struct str percent(struct ctx *c, int64_t value)
{
    return value < 0 ? STR("null") : str_format(c->arena, "%" PRId64 ".%04" PRId64, value / 10000, value % 10000);
}

static void fill(struct ctx *c, const struct ledger_figure *figure, const int64_t *n,
                 const struct ledger_weights *weights, struct str *ret_numerator, struct str *ret_denominator,
                 struct str *ret_percent)
{
    int64_t numerator, denominator;
    bool fraction = ledger_fraction(figure, n, &numerator, &denominator);
    *ret_numerator = fraction ? number(c, numerator) : STR("null");
    *ret_denominator = fraction && figure->kind == FIGURE_SHARE ? number(c, denominator) : STR("null");
    *ret_percent = percent(c, ledger_value(figure, n, weights));
}

static void write_value(struct ctx *c, const struct call *call, const struct ledger_figure *figure,
                        const struct ledger_row *row, const struct ledger_row *before, bool hidden,
                        struct json_writer *w)
{
    struct ledger_weights weights;
    struct ledger_value v = {.code = str_of(figure->code), .hidden = hidden, .before = STR("null")};
    struct str numerator, denominator, share;
    ledger_weights_parse(str_of(c->house->config->ledger_weights), &weights);
    fill(c, figure, row->raw, &weights, &v.raw_numerator, &v.raw_denominator, &v.raw_percent);
    fill(c, figure, row->net, &weights, &v.net_numerator, &v.net_denominator, &v.net_percent);
    if (before && !(call->open && too_few(base_of(figure, before->net)))) {
        fill(c, figure, before->net, &weights, &numerator, &denominator, &share);
        v.before = figure->kind == FIGURE_COUNT ? numerator : share;
    }
    if (hidden)
        v.raw_numerator = v.raw_denominator = v.raw_percent = v.net_numerator = v.net_denominator = v.net_percent =
            v.before = STR("null");
    record_to_json(c, &ledger_value_record, &v, 0, READ_PUBLIC, w);
}

static enum err name_member(struct ctx *c, const struct call *call, struct ledger_member *m)
{
    struct service_item item;
    struct place place;
    struct org org;
    int64_t id = 0;
    enum err err = OK;
    id_parse(m->member, &id);
    if (call->query.by == BY_ITEM && (err = service_item_by_code(c, m->member, &item)) == OK) {
        m->name_zh = item.name_zh;
        m->name_en = item.name_en;
    } else if (call->query.by == BY_UNIT && id && (err = org_get(c, id, &org)) == OK) {
        m->name_zh = org.name;
    } else if (call->query.by >= BY_GRID && id && (err = place_get(c, id, &place)) == OK) {
        m->name_zh = place.name;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c); // it is no more: its code stays
    return OK;
}

static const struct ledger_row *row_before(const struct call *call, struct str member)
{
    for (size_t i = 0; i < call->before_count; i++)
        if (str_equal(call->before[i].member, member))
            return &call->before[i];
    return NULL;
}

static enum err write_member(struct ctx *c, const struct call *call, size_t index, const bool *hidden,
                             struct json_writer *w)
{
    const struct ledger_row *row = &call->rows[index];
    int64_t from_day = row->period < call->query.from_day ? call->query.from_day : row->period;
    struct ledger_member m = {.member = row->member, .from = ledger_day_text(c->arena, from_day)};
    const struct ledger_row *before = row_before(call, row->member);
    TRY(name_member(c, call, &m));
    json_object_begin(w);
    const struct str members[] = {m.member, m.name_zh, m.name_en, m.from};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_key(w, ledger_member_fields[i].name);
        json_put_str(w, members[i]);
    }
    json_key(w, "figures");
    json_array_begin(w);
    for (size_t i = 0; ledger_figures[i].code; i++)
        write_value(c, call, &ledger_figures[i], row, before, hidden && hidden[index * FIGURE_MAX + i], w);
    json_array_end(w);
    json_object_end(w);
    return OK;
}

static enum err write_answer(struct ctx *c, struct call *call)
{
    struct json_writer w;
    bool *hidden = NULL;
    if (call->open && call->count) {
        hidden = arena_array(c->arena, call->count, FIGURE_MAX * sizeof *hidden);
        for (size_t i = 0; ledger_figures[i].code; i++)
            hide_few(call, &ledger_figures[i], i, hidden);
    }
    buf_clear(&call->rs->body);
    json_writer_init(&w, &call->rs->body);
    json_object_begin(&w);
    json_key(&w, "place");
    place_ref_write(&call->place, &w);
    const struct str texts[] = {ledger_day_text(c->arena, call->query.from_day),
                                ledger_day_text(c->arena, call->query.to_day), str_of(ledger_by_names[call->query.by]),
                                str_of(ledger_per_names[call->query.per]), str_of(c->house->config->ledger_weights)};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_key(&w, ledger_answer_fields[i + 1].name);
        json_put_str(&w, texts[i]);
    }
    json_key(&w, "as_of");
    json_put_time(&w, call->as_of_ms);
    json_key(&w, "items");
    json_array_begin(&w);
    for (size_t i = 0; i < call->count; i++)
        TRY(write_member(c, call, i, hidden, &w));
    json_array_end(&w);
    json_object_end(&w);
    return OK;
}

static enum err read_and_write(struct ctx *c, void *arg)
{
    TRY(read_rows(c, arg));
    return write_answer(c, arg);
}

static enum err get_open(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call;
    TRY(read_call(c, rq, rs, true, &call));
    TRY(store_read(c, read_and_write, &call));
    http_set_header(rs, "Cache-Control", STR("public, max-age=60"));
    return OK;
}

static enum err get_figures(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call;
    TRY(read_call(c, rq, rs, false, &call));
    return store_read(c, read_and_write, &call);
}

// --- CSV -------------------------------------------------------------------------------------------------------------
static enum err read_only(struct ctx *c, void *arg)
{
    return read_rows(c, arg);
}

static enum err tell_export(struct ctx *c, void *arg)
{
    const struct call *call = arg;
    struct str data =
        str_format(c->arena, "{\"what\":\"ledger.csv\",\"rows\":%zu,\"by\":\"%s\",\"place\":\"%.*s\"}", call->count,
                   ledger_by_names[call->query.by], STR_ARG(id_text(c->arena, call->query.place_id)));
    return event_append(c, "export", ids_next(c->house->ids, c->now_ms), "export.made", data, NULL);
}

static enum err get_csv(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct call call;
    struct ledger_weights weights;
    TRY(read_call(c, rq, rs, false, &call));
    TRY(store_read(c, read_only, &call));
    ledger_weights_parse(str_of(c->house->config->ledger_weights), &weights);
    ledger_csv_write(c, &call.query, call.rows, call.count, &weights, &rs->body);
    if (rs->body.full)
        return fail(c, ERR_TOO_LARGE, "request.export_too_large");
    TRY(store_write(c, tell_export, &call)); // no event, no export
    rs->content_type = "text/csv; charset=utf-8";
    http_set_header(rs, "Content-Disposition", STR("attachment; filename=\"ledger.csv\""));
    return OK;
}

// --- definitions -----------------------------------------------------------------------------------------------------
#define LEDGER_DEFINITION_FIELDS(F, S)                                                                                 \
    F(S, TEXT, code, .read = READ_PUBLIC, .doc = "The figure")                                                         \
    F(S, TEXT, kind, .read = READ_PUBLIC, .doc = "count, share or composite")                                          \
    F(S, TEXT, zh, .read = READ_PUBLIC, .doc = "Its Chinese name")                                                     \
    F(S, TEXT, en, .read = READ_PUBLIC, .doc = "Its English name")                                                     \
    F(S, TEXT, numerator, .read = READ_PUBLIC, .doc = "What is counted")                                               \
    F(S, TEXT, denominator, .read = READ_PUBLIC, .doc = "Of what; empty: it is a count")                               \
    F(S, TEXT, period_zh, .read = READ_PUBLIC, .doc = "Which instant puts it into a period, in Chinese")               \
    F(S, TEXT, period_en, .read = READ_PUBLIC, .doc = "The same in English")                                           \
    F(S, TEXT, definition_zh, .read = READ_PUBLIC, .doc = "口径, in Chinese")                                          \
    F(S, TEXT, definition_en, .read = READ_PUBLIC, .doc = "The same in English")
struct ledger_definition {
    LEDGER_DEFINITION_FIELDS(FIELD_MEMBER, ledger_definition)
};
static const struct field ledger_definition_fields[] = {LEDGER_DEFINITION_FIELDS(FIELD_ROW, ledger_definition)};
static const struct record ledger_definition_record = {"ledger_definition", NULL, sizeof(struct ledger_definition),
                                                       FIELDS(ledger_definition_fields)};

static enum err get_definitions(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    static const char *const kinds[] = {"count", "share", "composite"};
    struct json_writer w;
    (void)rq;
    json_list_begin(&w, &rs->body);
    for (const struct ledger_figure *f = ledger_figures; f->code; f++) {
        struct ledger_definition d = {
            .code = str_of(f->code),
            .kind = str_of(kinds[f->kind]),
            .zh = str_of(f->zh),
            .en = str_of(f->en),
            .numerator = str_of(f->numerator == COUNT_NONE ? "" : ledger_counter_names[f->numerator]),
            .denominator = str_of(f->denominator == COUNT_NONE ? "" : ledger_counter_names[f->denominator]),
            .period_zh = str_of(f->period_zh),
            .period_en = str_of(f->period_en),
            .definition_zh = str_of(f->definition_zh),
            .definition_en = str_of(f->definition_en)};
        record_to_json(c, &ledger_definition_record, &d, 0, READ_PUBLIC, &w);
    }
    json_list_end(&w, 0);
    return OK;
}

static const struct route_query open_query[] = {
    {"place", "Its subtree; without it the district's"},
    {"by", "all, item, grid, community or subdistrict"},
    {"month", "2026-11; without it the year so far"},
    {NULL, NULL},
};
static const struct route_query desk_query[] = {
    {"place", "Its subtree; without it one's own"},
    {"by", "all, item, unit, grid, community or subdistrict"},
    {"per", "total; of one member or all: day, week or month"},
    {"member", "Only this item's code, unit or place"},
    {"from", "First day, 2026-11-01; without it 30 days up to the last"},
    {"to", "Last day; without it today"},
    {NULL, NULL},
};
const struct route ledger_routes[] = {
    {"GET", "/api/v1/ledger", get_open, ACCESS_ANYONE, 0, NULL, &ledger_answer_record, open_query,
     "Figures of the work, for everybody: nothing of fewer than five"},
    {"GET", "/api/v1/ledger/definitions", get_definitions, ACCESS_ANYONE, ROUTE_LIST, NULL, &ledger_definition_record,
     NULL, "What each figure counts, on which day, in whose name"},
    {"GET", "/api/v1/ledger/standing", ledger_http_standing, ACCESS_ANYONE, ROUTE_LIST, NULL, &ledger_number_record,
     NULL, "What there is and what was done altogether; counted every ten minutes"},
    {"GET", "/api/v1/ledger/figures", get_figures, ACCESS_DESK, 0, NULL, &ledger_answer_record, desk_query,
     "The same of one's own subtree, raw and net"},
    {"GET", "/api/v1/ledger/figures.csv", get_csv, ACCESS_DESK, ROUTE_CSV, NULL, NULL, desk_query,
     "The same as CSV, as linli ledger --csv prints it from the log; the export is an event", "text/csv"},
    {"GET", "/api/v1/ledger/returns", ledger_http_returns, ACCESS_DESK, ROUTE_LIST, NULL, &ledger_return_record,
     ledger_returns_query, "Returns, disputes of whose work it is, and exclusions, newest first"},
    {"GET", "/api/v1/ledger/returns.csv", ledger_http_returns_csv, ACCESS_DESK, ROUTE_CSV, NULL, NULL,
     ledger_returns_query, "The same as CSV, up to 5,000 rows; the export is an event", "text/csv"},
    {NULL},
};
