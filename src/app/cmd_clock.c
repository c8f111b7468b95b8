// SPDX-License-Identifier: MulanPSL-2.0
// linli clock due|elapsed: the arithmetic of limits from outside. Reads CSV, answers line by line: an instant (UTC) or
// a number of units; an empty line for a row that cannot be understood, which standard error names.
#include "app/house.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "base/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_MAX_BYTES (1 << 16)
#define READ_BYTES (1 << 16)
#define PAUSES_MAX 1000

enum column { START, END, UNIT, BUDGET, PAUSES, COLUMN_COUNT };
static const char *const column_names[] = {"start", "end", "unit", "budget", "pauses", NULL};

struct question {
    int64_t start_ms, end_ms, budget;
    enum calendar_unit unit;
    struct calendar_pause pauses[PAUSES_MAX];
    size_t pause_count;
};

struct asking {
    const struct calendar *calendar;
    bool due;                // else elapsed
    size_t at[COLUMN_COUNT]; // where each column stands, from 1; 0: it does not
    bool begun;
    int64_t faults, provisional;
    struct question question;
};

static bool is_header(const struct str *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_z(str_trim(fields[i]), "start"))
            return true;
    return false;
}

// Columns by the header, or, when there is none, in the order of the usage line.
static void find_columns(struct asking *a, const struct str *fields, size_t count)
{
    static const enum column due[] = {START, UNIT, BUDGET, PAUSES}, elapsed[] = {START, END, UNIT, PAUSES};
    memset(a->at, 0, sizeof a->at);
    if (!is_header(fields, count)) {
        for (size_t i = 0; i < 4; i++)
            a->at[a->due ? due[i] : elapsed[i]] = i + 1;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        int column = enum_from_name(column_names, str_trim(fields[i]));
        if (column >= 0)
            a->at[column] = i + 1;
    }
}

static struct str field_of(const struct asking *a, enum column column, const struct str *fields, size_t count)
{
    size_t at = a->at[column];
    return at && at <= count ? str_trim(fields[at - 1]) : STR("");
}

static const char *read_pauses(struct str text, struct question *q)
{
    q->pause_count = 0;
    while (text.n) {
        struct str span = str_trim(str_cut(&text, ';')), from = str_trim(str_cut(&span, '/'));
        struct calendar_pause *pause = &q->pauses[q->pause_count];
        if (!from.n && !span.n)
            continue;
        if (q->pause_count == PAUSES_MAX)
            return "too many pauses";
        if (!time_parse(from, &pause->from_ms) || !time_parse(str_trim(span), &pause->to_ms))
            return "pauses: from/to;from/to in ISO times with zone";
        q->pause_count++;
    }
    return NULL;
}

// NULL, or what is wrong.
static const char *read_question(struct asking *a, const struct str *fields, size_t count)
{
    struct question *q = &a->question;
    int unit = enum_from_name(calendar_unit_names, field_of(a, UNIT, fields, count));
    if (unit < 0)
        return "unit: urgent_hour, work_hour, work_day or day";
    q->unit = (enum calendar_unit)unit;
    if (!time_parse(field_of(a, START, fields, count), &q->start_ms))
        return "start: an ISO time with zone";
    if (!a->due && !time_parse(field_of(a, END, fields, count), &q->end_ms))
        return "end: an ISO time with zone";
    if (a->due && (!str_to_int64(field_of(a, BUDGET, fields, count), &q->budget) || q->budget < 0))
        return "budget: a whole number of units";
    return read_pauses(field_of(a, PAUSES, fields, count), q);
}

static void answer(struct asking *a)
{
    const struct question *q = &a->question;
    if (a->due) {
        bool provisional = false;
        char text[25];
        time_format(calendar_due(a->calendar, q->start_ms, q->unit, q->budget, q->pauses, q->pause_count, &provisional),
                    text);
        a->provisional += provisional;
        puts(text);
        return;
    }
    int64_t ms = calendar_elapsed_ms(a->calendar, q->start_ms, q->end_ms, q->unit, q->pauses, q->pause_count);
    printf("%.12g\n", (double)ms / (double)calendar_unit_ms(a->calendar, q->unit));
}

static void take_row(struct asking *a, const struct str *fields, size_t count, int64_t line)
{
    bool header = !a->begun && is_header(fields, count);
    if (!a->begun)
        find_columns(a, fields, count);
    a->begun = true;
    if (header || (count == 1 && !fields[0].n))
        return;
    const char *fault = read_question(a, fields, count);
    if (!fault) {
        answer(a);
        return;
    }
    puts("");
    fprintf(stderr, "line %lld: %s\n", (long long)line, fault);
    a->faults++;
}

static void read_rows(struct asking *a, FILE *in)
{
    static char bytes[READ_BYTES];
    struct csv_reader *reader = csv_reader_new(',', true, ROW_MAX_BYTES);
    const struct str *fields;
    size_t count;
    int64_t line;
    bool last = false;
    while (!last) {
        size_t n = fread(bytes, 1, sizeof bytes, in);
        last = n < sizeof bytes;
        csv_feed(reader, (struct str){bytes, n}, last);
        enum csv_result result;
        while ((result = csv_next(reader, &fields, &count, &line)) != CSV_NEED_MORE && result != CSV_END)
            if (result == CSV_ROW) {
                take_row(a, fields, count, line);
            } else {
                puts("");
                fprintf(stderr, "line %lld: not a row of CSV\n", (long long)line);
                a->faults++;
            }
    }
    csv_reader_free(reader);
}

int cmd_clock(struct ctx *c, struct command_line *line)
{
    const char *what = line->word_count ? line->words[0] : "";
    struct asking *a = arena_alloc(c->arena, sizeof *a);
    *a = (struct asking){.due = strcmp(what, "due") == 0};
    if ((!a->due && strcmp(what, "elapsed") != 0) || line->word_count > 2) {
        fputs("usage: linli clock due [FILE.csv]      start,unit,budget,pauses\n"
              "       linli clock elapsed [FILE.csv]  start,end,unit,pauses\n"
              "without FILE from standard input; pauses: from/to;from/to; --calendar FILE for another calendar\n",
              stderr);
        return 2;
    }
    struct calendar *calendar;
    if (house_calendar(c, &line->config, &calendar) != OK) {
        print_error(c, "linli clock");
        return 2;
    }
    FILE *in = line->word_count == 2 ? fopen(line->words[1], "r") : stdin;
    if (!in) {
        fprintf(stderr, "linli clock: %s cannot be read\n", line->words[1]);
        calendar_free(calendar);
        return 2;
    }
    a->calendar = calendar;
    read_rows(a, in);
    if (a->provisional)
        fprintf(stderr, "%lld provisional: a year without a list of holidays was counted\n", (long long)a->provisional);
    if (in != stdin)
        fclose(in);
    calendar_free(calendar);
    return a->faults != 0;
}
