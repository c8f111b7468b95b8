// SPDX-License-Identifier: MulanPSL-2.0
// Figures of rounds. Each is a count of events: README.md says which.
#include "domain/round/round_internal.h"
#include "round_sql.h"

static const struct field counts_fields[] = {ROUND_COUNTS_FIELDS(FIELD_ROW, round_counts)};
const struct record round_counts_record = {"round_counts", NULL, sizeof(struct round_counts), FIELDS(counts_fields)};

enum err round_counts(struct ctx *c, int64_t place_id, int64_t from_day, int64_t to_day,
                      struct round_counts *ret_counts)
{
    struct place place;
    struct round_counts items;
    TRY(place_get(c, place_id, &place));
    struct args args =
        ARGS(ARG_INT("from_day", from_day), ARG_INT("to_day", to_day), ARG_TEXT("under", place_under(c, &place)));
    TRY(db_one(c, &sql_round_counts_of, args, &round_counts_record, ret_counts));
    TRY(db_one(c, &sql_round_counts_items, args, &round_counts_record, &items));
    ret_counts->visits = items.visits;
    ret_counts->visits_well = items.visits_well;
    ret_counts->visits_help = items.visits_help;
    ret_counts->meals = items.meals;
    ret_counts->meals_failed = items.meals_failed;
    return OK;
}
