// SPDX-License-Identifier: MulanPSL-2.0
// A log for tests of the proof, the two verdicts on it, and somebody who writes into the database past the program.
#pragma once
#include "job/test_each.h"

#include "base/id.h"
#include "flow/event_private.h"
#include "flow/module.h"
#include "flow/seal_log.h"
#include "flow_sql.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART &flow_module.store

// --- past the program ------------------------------------------------------------------------------------------------
struct intruder {
    sqlite3 *lite;
    PGconn *pg;
};

static inline struct intruder break_in(struct ctx *c)
{
    struct intruder in = {0};
    const char *url = test_store_url(c);
    if (strncmp(url, "sqlite:", 7) == 0) {
        assert_int_equal(sqlite3_open(url + 7, &in.lite), SQLITE_OK);
        sqlite3_busy_timeout(in.lite, 5000);
    } else {
        in.pg = PQconnectdb(url);
        assert_int_equal(PQstatus(in.pg), CONNECTION_OK);
    }
    return in;
}

static inline void leave(struct intruder *in)
{
    if (in->lite)
        sqlite3_close(in->lite);
    if (in->pg)
        PQfinish(in->pg);
}

// Rows changed; -1 when the database refused.
static inline long run(struct intruder *in, struct str text)
{
    char sql[70000];
    assert_true(text.n < sizeof sql);
    memcpy(sql, text.p, text.n);
    sql[text.n] = '\0';
    if (in->lite)
        return sqlite3_exec(in->lite, sql, NULL, NULL, NULL) == SQLITE_OK ? sqlite3_changes(in->lite) : -1;
    PGresult *result = PQexec(in->pg, sql);
    long changed = PQresultStatus(result) == PGRES_COMMAND_OK ? atol(PQcmdTuples(result)) : -1;
    PQclear(result);
    return changed;
}

static inline struct str quote(struct ctx *c, struct str text)
{
    struct str out = STR("'");
    for (size_t i = 0; i < text.n; i++)
        out = str_concat(c->arena, out, text.p[i] == '\'' ? STR("''") : (struct str){text.p + i, 1});
    return str_concat(c->arena, out, STR("'"));
}

// --- a log -----------------------------------------------------------------------------------------------------------
#define EVENTS_MAX 80
#define SEALS_MAX 16
struct log {
    struct event events[EVENTS_MAX];
    struct event_seal seals[SEALS_MAX];
    struct event_head heads[EVENTS_MAX];
    struct event_seal_head seal_head;
    size_t event_count, seal_count, head_count;
};

static inline enum err append(struct ctx *c, void *arg)
{
    return event_append_as(c, arg, NULL);
}

static inline void turn(struct ctx *c, int64_t ms)
{
    ((struct clock *)(uintptr_t)test_house(c)->clock)->offset_ms += ms;
    c->now_ms += ms;
}

static inline void make_log(struct ctx *c, struct random *random)
{
    static const char *const kinds[] = {"request", "place", "account"};
    static const char *const data[] = {"{}", "{\"from\":\"filed\",\"to\":\"closed\"}", "{\"名\":\"路灯\"}"};
    int64_t count = random_between(random, 30, 60);
    for (int64_t i = 0; i < count; i++) {
        struct event event = {.actor_id = random_between(random, 0, 2),
                              .subject_kind = str_of(kinds[random_between(random, 0, 2)]),
                              .subject_id = INT64_C(146123456789012000) + random_between(random, 1, 4),
                              .type = STR("thing.done"),
                              .data = str_of(data[random_between(random, 0, 2)])};
        expect_ok(c, store_write(c, append, &event));
        turn(c, random_between(random, 0, 2)); // some in the same millisecond, some with room between them
        if (random_between(random, 0, 5) == 0)
            turn(c, random_between(random, 1, 3) * MINUTE_MS);
        if (i == count - 8)
            turn(c, 10 * MINUTE_MS);
    }
    expect_ok(c, seal_log_run(c)); // the last eight or fewer stay unsealed
}

static inline enum err read_log(struct ctx *c, void *arg)
{
    struct log *log = arg;
    struct rows rows;
    TRY(db_list(c, &sql_event_page, ARGS(ARG_INT("after_id", INT64_MIN), ARG_INT("max", EVENTS_MAX)), &event_record,
                EVENTS_MAX, &rows));
    memcpy(log->events, rows.at, rows.count * sizeof *log->events);
    log->event_count = rows.count;
    TRY(db_list(c, &sql_event_seal_page, ARGS(ARG_INT("after_id", INT64_MIN), ARG_INT("max", SEALS_MAX)),
                &event_seal_record, SEALS_MAX, &rows));
    memcpy(log->seals, rows.at, rows.count * sizeof *log->seals);
    log->seal_count = rows.count;
    TRY(db_list(c, &sql_event_head_page,
                ARGS(ARG_TEXT("subject_kind", STR("")), ARG_INT("subject_id", INT64_MIN), ARG_INT("max", EVENTS_MAX)),
                &event_head_record, EVENTS_MAX, &rows));
    memcpy(log->heads, rows.at, rows.count * sizeof *log->heads);
    log->head_count = rows.count;
    return db_one(c, &sql_event_seal_head_get, NO_ARGS, &event_seal_head_record, &log->seal_head);
}

// --- the two verdicts
// --------------------------------------------------------------------------------------------------
static inline const char *verdict_of_export(struct ctx *c)
{
    char dir[] = "/tmp/linli-test-XXXXXX";
    assert_non_null(mkdtemp(dir));
    const char *path = str_z(c->arena, str_format(c->arena, "%s/log.ndjson", dir));
    struct verify_report report;
    expect_ok(c, event_export(c, path));
    expect_ok(c, verify_export(c, path, &report));
    unlink(path);
    rmdir(dir);
    return str_z(c->arena, report.fault);
}

static inline const char *verdict_of_store(struct ctx *c)
{
    struct verify_report report;
    expect_ok(c, verify_store(c, NULL, NULL, &report));
    return str_z(c->arena, report.fault);
}

// Both find the same, word for word.
static inline const char *verdict(struct ctx *c)
{
    const char *store = verdict_of_store(c);
    assert_string_equal(verdict_of_export(c), store);
    return store;
}

static inline void expect_whole(struct ctx *c)
{
    assert_string_equal(verdict(c), "");
}

static inline void expect_names(const char *fault, const char *what, const char *how)
{
    const char *at = strstr(fault, what);
    while (at && at[strlen(what)] >= '0' && at[strlen(what)] <= '9') // not a longer number
        at = strstr(at + 1, what);
    if (!at)
        fail_msg("%s: “%s” does not name “%s”", how, fault, what);
}
