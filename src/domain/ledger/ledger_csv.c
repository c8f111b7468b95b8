// SPDX-License-Identifier: MulanPSL-2.0
#include "base/csv.h"
#include "domain/ledger/ledger_internal.h"

#include <inttypes.h>

static const char *const heads[] = {"by",
                                    "member",
                                    "from",
                                    "to",
                                    "figure",
                                    "name",
                                    "raw_numerator",
                                    "raw_denominator",
                                    "raw_percent",
                                    "net_numerator",
                                    "net_denominator",
                                    "net_percent"};

static void put(struct buf *out, struct str text)
{
    csv_write_field(out, text, false, false);
}

static int64_t period_end(const struct ledger_query *query, int64_t begin)
{
    int64_t end = begin;
    if (query->per == PER_TOTAL)
        return query->to_day;
    while (end < query->to_day && ledger_period_begin(query->per, end + 1, query) == begin)
        end++;
    return end;
}

// Numerator, denominator, percent to four places (cut, not rounded); what there is not stays empty.
static void put_value(struct ctx *c, const struct ledger_figure *figure, const int64_t *n,
                      const struct ledger_weights *weights, struct buf *out)
{
    int64_t numerator, denominator, value = ledger_value(figure, n, weights);
    bool fraction = ledger_fraction(figure, n, &numerator, &denominator);
    put(out, fraction ? str_format(c->arena, "%" PRId64, numerator) : STR(""));
    put(out, fraction && figure->kind == FIGURE_SHARE ? str_format(c->arena, "%" PRId64, denominator) : STR(""));
    put(out, value < 0 ? STR("") : str_format(c->arena, "%" PRId64 ".%04" PRId64, value / 10000, value % 10000));
}

static void put_row(struct ctx *c, const struct ledger_query *query, const struct ledger_row *row,
                    const struct ledger_weights *weights, struct buf *out)
{
    int64_t begin = row->period < query->from_day ? query->from_day : row->period;
    struct str from = ledger_day_text(c->arena, begin), to = ledger_day_text(c->arena, period_end(query, row->period));
    for (const struct ledger_figure *figure = ledger_figures; figure->code; figure++) {
        csv_write_field(out, str_of(ledger_by_names[query->by]), true, false);
        csv_write_field(out, row->member, false, true);
        put(out, from);
        put(out, to);
        put(out, str_of(figure->code));
        put(out, str_of(figure->zh));
        put_value(c, figure, row->raw, weights, out);
        put_value(c, figure, row->net, weights, out);
        csv_write_end(out);
    }
}

void ledger_csv_write(struct ctx *c, const struct ledger_query *query, const struct ledger_row *rows, size_t count,
                      const struct ledger_weights *weights, struct buf *out)
{
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        csv_write_field(out, str_of(heads[i]), i == 0, false);
    csv_write_end(out);
    for (size_t i = 0; i < count; i++)
        put_row(c, query, &rows[i], weights, out);
}
