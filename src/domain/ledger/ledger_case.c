// SPDX-License-Identifier: MulanPSL-2.0
// One request, as its events tell it. Everything the ledger says follows from here; the words for it, which this file
// has to keep to, are in ledger_figures.c. A count of how a case fared stands on the day that put the case among those
// it is measured against, so a numerator never exceeds its denominator, whatever period is cut out.
#include "base/clock.h"
#include "base/id.h"
#include "domain/ledger/ledger_internal.h"

#define ENTRIES_FIRST 8

static void put(struct arena *keep, struct ledger_case *k, enum ledger_counter counter, int64_t day, int64_t unit_id,
                int n)
{
    if (k->entry_count == k->entry_max) {
        size_t max = k->entry_max ? 2 * k->entry_max : ENTRIES_FIRST;
        struct ledger_entry *more = arena_array(keep, max, sizeof *more);
        for (size_t i = 0; i < k->entry_count; i++)
            more[i] = k->entries[i];
        k->entries = more;
        k->entry_max = max;
    }
    k->entries[k->entry_count++] =
        (struct ledger_entry){.day = (int32_t)day, .counter = (int16_t)counter, .n = (int16_t)n, .unit_id = unit_id};
}

struct step { // the event in hand
    struct arena *keep;
    struct ledger_case *k;
    const struct json *data;
    int64_t at_ms, day;
    const struct calendar *calendar;
};

static bool told_time(const struct step *s, const char *key, int64_t *ret_ms)
{
    return time_parse(json_str(json_get(s->data, key)), ret_ms);
}

static int64_t told_id(const struct step *s, const char *key)
{
    int64_t id = 0;
    return id_parse(json_str(json_get(s->data, key)), &id) ? id : 0;
}

// --- the leg: from filing, or reopening, to its end; due on the day of its limit ------------------------------------
static void leg_put(struct step *s, int n)
{
    put(s->keep, s->k, COUNT_due, s->k->leg_day, s->k->leg_unit_id, n);
}

static void leg_settle(struct step *s)
{
    struct ledger_case *k = s->k;
    int32_t day = (int32_t)calendar_day(s->calendar, k->due_ms);
    if (!k->leg_open || (day == k->leg_day && k->unit_id == k->leg_unit_id))
        return;
    leg_put(s, -1);
    k->leg_day = day;
    k->leg_unit_id = k->unit_id;
    leg_put(s, 1);
}

static void leg_begin(struct step *s)
{
    struct ledger_case *k = s->k;
    if (k->leg_open || !k->due_ms)
        return;
    k->leg_open = true;
    k->leg_day = (int32_t)calendar_day(s->calendar, k->due_ms);
    k->leg_unit_id = k->unit_id;
    leg_put(s, 1);
}

static void leg_drop(struct step *s)
{
    if (s->k->leg_open)
        leg_put(s, -1);
    s->k->leg_open = false;
}

static void leg_close(struct step *s)
{
    struct ledger_case *k = s->k;
    if (!k->leg_open)
        return;
    put(s->keep, k, COUNT_closed, k->leg_day, k->leg_unit_id, 1);
    if (k->finish_day && k->finish_in_time)
        put(s->keep, k, COUNT_closed_in_time, k->leg_day, k->leg_unit_id, 1);
    k->leg_open = false;
}

// --- one function an event ------------------------------------------------------------------------------------------
static void on_reported(struct step *s)
{
    struct ledger_case *k = s->k;
    for (int level = PLACE_DISTRICT; level <= PLACE_GRID; level++)
        k->places[level] = told_id(s, place_level_names[level]);
    k->item = str_copy(s->keep, json_str(json_get(s->data, "item")));
    k->known = k->places[PLACE_DISTRICT] != 0;
    if (k->known)
        put(s->keep, k, COUNT_reported, s->day, 0, 1);
}

static void on_filed(struct step *s)
{
    if (!s->k->filed_day) {
        s->k->filed_day = (int32_t)s->day;
        put(s->keep, s->k, COUNT_filed, s->day, s->k->first_unit_id, 1);
    }
    leg_begin(s);
}

// First sent out: what had no unit's name yet gets that of the first.
static void on_dispatched(struct step *s)
{
    struct ledger_case *k = s->k;
    int64_t due_ms;
    if (k->sent_day)
        return;
    k->first_unit_id = k->unit_id;
    for (size_t i = 0; i < k->entry_count; i++)
        if (!k->entries[i].unit_id)
            k->entries[i].unit_id = k->first_unit_id;
    if (!k->leg_unit_id)
        k->leg_unit_id = k->first_unit_id;
    k->sent_day = (int32_t)s->day;
    put(s->keep, k, COUNT_sent, s->day, k->first_unit_id, 1);
    if (told_time(s, "dispatch_due", &due_ms) && s->at_ms <= due_ms)
        put(s->keep, k, COUNT_sent_in_time, s->day, k->first_unit_id, 1);
}

// A wish is a neighbour's, and no case; an errand that a team takes has been sent out.
static void on_claimed(struct step *s)
{
    if (str_equal_z(json_str(json_get(s->data, "to")), "in_progress"))
        on_dispatched(s);
}

static void on_finished(struct step *s)
{
    struct ledger_case *k = s->k;
    int64_t due_ms;
    k->finish_day = (int32_t)s->day;
    k->finish_unit_id = k->unit_id;
    k->finish_in_time = told_time(s, "completion_due", &due_ms) && s->at_ms <= due_ms;
    put(s->keep, k, COUNT_finished, s->day, k->unit_id, 1);
}

static void on_reworked(struct step *s)
{
    struct ledger_case *k = s->k;
    if (k->finish_day)
        put(s->keep, k, COUNT_reworked, k->finish_day, k->finish_unit_id, 1);
    k->finish_day = 0;
}

static void on_denied(struct step *s)
{
    put(s->keep, s->k, COUNT_callbacks, s->day, s->k->unit_id, 1);
    on_reworked(s);
}

static void on_confirmed(struct step *s)
{
    struct ledger_case *k = s->k;
    put(s->keep, k, COUNT_callbacks, s->day, k->unit_id, 1);
    put(s->keep, k, COUNT_solved, s->day, k->unit_id, 1);
    put(s->keep, k, COUNT_deeds, s->day, k->unit_id, 1);
    k->confirm_day = k->deed_day = (int32_t)s->day;
    k->confirm_unit_id = k->deed_unit_id = k->unit_id;
    leg_close(s);
}

static void on_rated(struct step *s)
{
    struct ledger_case *k = s->k;
    if (k->confirm_day && json_int(json_get(s->data, "rating")) >= 3)
        put(s->keep, k, COUNT_satisfied, k->confirm_day, k->confirm_unit_id, 1);
    k->confirm_day = 0;
}

static void on_lapsed(struct step *s)
{
    put(s->keep, s->k, COUNT_lapsed, s->day, s->k->unit_id, 1);
    leg_close(s);
}

static void on_reopened(struct step *s)
{
    struct ledger_case *k = s->k;
    if (k->deed_day)
        put(s->keep, k, COUNT_deeds, k->deed_day, k->deed_unit_id, -1);
    k->deed_day = k->confirm_day = k->finish_day = 0;
    leg_begin(s);
}

static void on_extended(struct step *s)
{
    struct ledger_case *k = s->k;
    if (!k->extended && k->filed_day)
        put(s->keep, k, COUNT_extended, k->filed_day, k->first_unit_id, 1);
    k->extended = true;
}

static void on_excluded(struct step *s)
{
    struct ledger_case *k = s->k;
    if (!k->excluded && k->filed_day)
        put(s->keep, k, COUNT_excluded, k->filed_day, k->first_unit_id, 1);
    k->excluded = true;
}

static void on_restored(struct step *s)
{
    struct ledger_case *k = s->k;
    if (k->excluded && k->filed_day)
        put(s->keep, k, COUNT_excluded, k->filed_day, k->first_unit_id, -1);
    k->excluded = false;
}

// The whole case goes over to the item that it is now.
static void on_reclassified(struct step *s)
{
    struct str item = json_str(json_get(s->data, "item"));
    if (item.n)
        s->k->item = str_copy(s->keep, item);
}

// Drawn by chance and checked again (ledger_recheck.c); told with the unit that had it when it was closed.
static void on_rechecked(struct step *s)
{
    struct str result = json_str(json_get(s->data, "result"));
    int64_t unit_id = told_id(s, "unit");
    bool solved = str_equal_z(result, "solved"), answered = solved || str_equal_z(result, "not_solved");
    put(s->keep, s->k, answered ? COUNT_rechecked : COUNT_unreached, s->day, unit_id, 1);
    if (solved)
        put(s->keep, s->k, COUNT_upheld, s->day, unit_id, 1);
}

static const struct {
    const char *type; // without "request."
    void (*take)(struct step *s);
} takers[] = {
    {"filed", on_filed},
    {"dispatched", on_dispatched},
    {"finished", on_finished},
    {"reworked", on_reworked},
    {"denied", on_denied},
    {"confirmed", on_confirmed},
    {"rated", on_rated},
    {"lapsed", on_lapsed},
    {"explained", leg_close},
    {"not_ours", leg_close},
    {"refused", leg_drop},
    {"withdrawn", leg_drop},
    {"merged", leg_drop},
    {"separated", leg_begin},
    {"reopened", on_reopened},
    {"extended", on_extended},
    {"excluded", on_excluded},
    {"restored", on_restored},
    {"reclassified", on_reclassified},
    {"claimed", on_claimed},
    {"converted", on_filed},
    {"rechecked", on_rechecked},
};

// Whoever it is given to has it from here on; a return is told of who sent it back.
static void take_unit(struct step *s, struct str type)
{
    struct ledger_case *k = s->k;
    int64_t unit_id = told_id(s, "org");
    if (str_equal_z(type, "returned"))
        put(s->keep, k, COUNT_returned, s->day, k->unit_id, 1);
    if (unit_id)
        k->unit_id = unit_id;
}

static void take_response(struct step *s)
{
    struct ledger_case *k = s->k;
    int64_t due_ms;
    if (k->responded || !k->sent_day || !told_time(s, "response_due", &due_ms))
        return;
    k->responded = true; // only the first answer is judged
    if (s->at_ms <= due_ms)
        put(s->keep, k, COUNT_responded, k->sent_day, k->first_unit_id, 1);
}

enum err ledger_case_take(struct ctx *c, struct arena *keep, struct ledger_case *k, const struct event *event)
{
    static const struct str prefix = STR_INIT("request.");
    struct step s = {.keep = keep, .k = k, .at_ms = event->at_ms, .calendar = c->house->calendar};
    if (!str_starts_with(event->type, prefix))
        return OK;
    struct str type = {event->type.p + prefix.n, event->type.n - prefix.n};
    TRY(json_parse(c, event->data, &s.data));
    s.day = calendar_day(s.calendar, event->at_ms);
    if (str_equal_z(type, "reported"))
        on_reported(&s);
    if (!k->known)
        return OK; // told by a version that did not say where it lay
    k->id = event->subject_id;
    told_time(&s, "due", &k->due_ms);
    take_unit(&s, type);
    take_response(&s);
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
        if (str_equal_z(type, takers[i].type))
            takers[i].take(&s);
    leg_settle(&s);
    return OK;
}
