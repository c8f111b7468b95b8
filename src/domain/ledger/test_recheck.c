// SPDX-License-Identifier: MulanPSL-2.0
// The draw of re-checks, against a count of its own over the bare events; who may check; what it does to the figures.
// And what the list of returns and exclusions keeps.
#include "base/clock.h"
#include "base/id.h"
#include "crypto/seal.h"
#include "domain/ledger/ledger_internal.h"
#include "domain/request/test_request_util.h"
#include "flow/log_reader.h"
#include "flow/seal_log.h"
#include "ledger_sql.h"

#include <stdlib.h>
#include <string.h>

#define CASES 70
#define ROWS 200

static void build(struct town *t)
{
    size_t count;
    const struct store_part *parts = town_parts(&count);
    static struct store_part more[32];
    for (size_t i = 0; i < count; i++)
        more[i] = parts[i];
    more[count] = ledger_module.store;
    expect_ok(t->c, test_store_reopen(t->c, more, count + 1));
}

static void step(struct town *t, int64_t person_id, const char *action, struct request_input input, struct request *r)
{
    town_become(t->c, person_id);
    expect_ok(t->c, town_act(t->c, r->id, action, &input, r));
}

static struct request solve(struct town *t, size_t i)
{
    struct request r;
    bool far = i % 3 == 0; // of another unit
    town_become(t->c, t->residents[i % 6]);
    expect_ok(t->c, town_file(t->c, far ? t->water : t->lamp, t->building, "灯坏了", &r));
    int64_t who = far ? t->grid_worker : t->steward;
    step(t, who, "sign", (struct request_input){0}, &r);
    step(t, who, "finish", town_done, &r);
    if (far)
        step(t, t->community_worker, "pass", (struct request_input){0}, &r);
    step(t, t->residents[i % 6], "confirm", (struct request_input){0}, &r);
    if (i % 7 == 0)
        step(t, t->residents[i % 6], "reopen", (struct request_input){.note = STR("又坏了")}, &r);
    return r;
}

// --- a count of its own ----------------------------------------------------------------------------------------------
struct naive {
    struct {
        int64_t id, unit_id;
        bool solved;
        unsigned char hash[HASH_BYTES];
    } at[CASES + 8];
    size_t count;
    struct ledger_draw draw;
    struct rows rechecks;
};

static enum err take(struct ctx *c, const struct event *event, void *arg)
{
    struct naive *n = arg;
    const struct json *data;
    size_t i = 0;
    int64_t unit_id;
    if (!str_equal_z(event->subject_kind, "request") || event->id > n->draw.last_event_id)
        return OK;
    TRY(json_parse(c, event->data, &data));
    while (i < n->count && n->at[i].id != event->subject_id)
        i++;
    if (i == n->count)
        n->at[n->count++].id = event->subject_id;
    if (id_parse(json_str(json_get(data, "org")), &unit_id))
        n->at[i].unit_id = unit_id;
    if (str_equal_z(event->type, "request.confirmed"))
        n->at[i].solved = true;
    if (str_equal_z(event->type, "request.reopened"))
        n->at[i].solved = false;
    return OK;
}

static enum err read_all(struct ctx *c, void *arg)
{
    struct naive *n = arg;
    struct rows rows;
    TRY(db_list(c, &sql_ledger_draw_list, ARGS(ARG_INT("max", 1)), &ledger_draw_record, 1, &rows));
    assert_int_equal(rows.count, 1);
    n->draw = *(const struct ledger_draw *)rows.at;
    n->count = 0;
    TRY(event_walk(c, INT64_MIN, INT64_MAX, take, n));
    return db_list(c, &sql_ledger_recheck_page,
                   ARGS(ARG_TEXT("under", STR("%")), ARG_TEXT("state", STR("all")), ARG_INT("before", INT64_MAX),
                        ARG_INT("max", ROWS)),
                   &ledger_recheck_record, ROWS, &n->rechecks);
}

// Rank of a case among those of its unit: how many have a lower hash.
static void expect_draw(struct ctx *c, struct naive *n)
{
    size_t eligible = 0, drawn = 0;
    for (size_t i = 0; i < n->count; i++) {
        struct str text =
            str_format(c->arena, "linli.recheck.1\n%.*s\n%.*s\n%.*s\n%lld", STR_ARG(n->draw.seal_hash),
                       STR_ARG(n->draw.week), STR_ARG(id_text(c->arena, n->at[i].unit_id)), (long long)n->at[i].id);
        crypto_hash(keys_suite(c->house->keys), text, n->at[i].hash);
        eligible += n->at[i].solved;
    }
    assert_int_equal(n->draw.eligible, eligible);
    for (size_t i = 0; i < n->count; i++) {
        size_t rank = 1, of = 0, found = 0;
        for (size_t j = 0; j < n->count; j++) {
            bool rival = n->at[j].solved && n->at[j].unit_id == n->at[i].unit_id;
            of += rival;
            rank += rival && memcmp(n->at[j].hash, n->at[i].hash, HASH_BYTES) < 0;
        }
        const struct ledger_recheck *rechecks = n->rechecks.at;
        for (size_t j = 0; j < n->rechecks.count; j++)
            if (rechecks[j].request_id == n->at[i].id) {
                found++;
                assert_int_equal(rechecks[j].rank, rank);
                assert_int_equal(rechecks[j].eligible, of);
            }
        assert_int_equal(found, n->at[i].solved && rank <= (of + 19) / 20);
        drawn += found;
    }
    assert_int_equal(n->draw.drawn, drawn);
    assert_int_equal(n->rechecks.count, drawn);
    assert_true(drawn >= 3);
}

struct finding {
    int64_t id;
    struct str result;
};

static enum err answer(struct ctx *c, void *arg)
{
    const struct finding *finding = arg;
    return ledger_recheck_answer(c, finding->id, finding->result, STR("call"), STR("打过电话"));
}

static enum err walk(struct ctx *c, void *arg)
{
    return event_walk(c, INT64_MIN, INT64_MAX, ledger_walk_take, arg);
}

static void expect_figures(struct town *t, int64_t upheld, int64_t rechecked, int64_t unreached)
{
    struct ledger_query query = {.from_day = LEDGER_DAY_OPEN, .to_day = LEDGER_DAY_OPEN};
    struct ledger_walk *log = ledger_walk_new(t->c, &query);
    const struct ledger_row *rows;
    size_t count;
    expect_ok(t->c, store_read(t->c, walk, log));
    ledger_walk_rows(log, &query, &rows, &count);
    assert_int_equal(count, 1);
    assert_int_equal(rows->raw[COUNT_upheld], upheld);
    assert_int_equal(rows->raw[COUNT_rechecked], rechecked);
    assert_int_equal(rows->raw[COUNT_unreached], unreached);
}

static void drawn_by_the_seal_and_checked_by_a_stranger(void **state)
{
    EACH_ENGINE(t)
    {
        struct naive *n = calloc(1, sizeof *n);
        build(&t);
        // A Wednesday noon, so that nothing of it lies in another week.
        int64_t noon =
            (calendar_day(t.calendar, t.c->now_ms) + 7) * DAY_MS - calendar_zone_ms(t.calendar) + 12 * HOUR_MS;
        while (((calendar_day(t.calendar, noon) + 3) % 7 + 7) % 7 != 2)
            noon += DAY_MS;
        town_clock(&t, noon);
        for (size_t i = 0; i < CASES; i++)
            solve(&t, i);
        town_become(t.c, 0);
        expect_ok(t.c, ledger_draw_weeks(t.c)); // the week is not over: the one before has nothing, or no seal
        town_clock(&t, noon + 6 * DAY_MS);
        struct request late;
        town_become(t.c, t.residents[0]);
        expect_ok(t.c, town_file(t.c, t.lamp, t.building, "下一周的事", &late)); // gives the next seal
        town_clock(&t, noon + 6 * DAY_MS + HOUR_MS);
        town_become(t.c, 0);
        expect_ok(t.c, seal_log_run(t.c));
        for (int twice = 0; twice < 2; twice++)
            expect_ok(t.c, ledger_draw_weeks(t.c));
        expect_ok(t.c, store_read(t.c, read_all, n));
        expect_draw(t.c, n);

        const struct ledger_recheck *rechecks = n->rechecks.at;
        struct finding finding = {rechecks[0].id, STR("not_solved")};
        const int64_t insiders[] = {t.steward, t.grid_worker};
        size_t refused = 0; // by whoever did the work
        for (size_t i = 0; i < 2; i++) {
            town_become(t.c, insiders[i]);
            refused += store_write(t.c, answer, &(struct finding){rechecks[0].id, STR("solved")}) == ERR_FORBIDDEN;
            ctx_clear_error(t.c);
            if (refused)
                break;
        }
        assert_int_equal(refused, 1);
        town_become(t.c, t.unit_worker); // of another organisation
        expect_ok(t.c, store_write(t.c, answer, &finding));
        assert_int_equal(store_write(t.c, answer, &finding), ERR_CONFLICT);
        ctx_clear_error(t.c);
        finding = (struct finding){rechecks[1].id, STR("solved")};
        expect_ok(t.c, store_write(t.c, answer, &finding));
        finding = (struct finding){rechecks[2].id, STR("unreachable")};
        expect_ok(t.c, store_write(t.c, answer, &finding));
        expect_figures(&t, 1, 2, 1);
        free(n);
    }
}

// --- returns and exclusions ------------------------------------------------------------------------------------------
struct noted {
    int64_t place_id;
    struct str type;
    struct rows rows;
};

static enum err read_noted(struct ctx *c, void *arg)
{
    struct noted *noted = arg;
    return db_list(c, &sql_ledger_note_page,
                   ARGS(ARG_INT("place_id", noted->place_id), ARG_INT("before", INT64_MAX),
                        ARG_TEXT("type", noted->type), ARG_INT("max", 50)),
                   &ledger_note_record, 50, &noted->rows);
}

static void expect_noted(struct town *t, int64_t place_id, const char *type, size_t count, int64_t actor_id)
{
    struct noted noted = {.place_id = place_id, .type = str_of(type)};
    expect_ok(t->c, store_read(t->c, read_noted, &noted));
    const struct ledger_note *notes = noted.rows.at;
    assert_int_equal(noted.rows.count, count);
    for (size_t i = 0; i < count && *type; i++)
        assert_int_equal(notes[i].actor_id, actor_id);
}

static void returns_are_noted_for_each_place_above(void **state)
{
    EACH_ENGINE(t)
    {
        struct request r;
        build(&t);
        town_become(t.c, t.residents[0]);
        expect_ok(t.c, town_file(t.c, t.lamp, t.building, "不是我们的灯", &r));
        step(&t, t.steward, "return", (struct request_input){.note = STR("不归楼栋")}, &r);
        int64_t later = t.c->now_ms + 10 * MINUTE_MS;
        town_clock(&t, later);
        town_become(t.c, 0);
        expect_ok(t.c, seal_log_run(t.c));
        expect_ok(t.c, ledger_fold(t.c));
        expect_ok(t.c, ledger_fold(t.c)); // once is as good as twice
        const int64_t above[] = {t.grid_a, t.community, t.subdistrict, t.district};
        for (size_t i = 0; i < 4; i++)
            expect_noted(&t, above[i], "returned", 1, t.steward);
        expect_noted(&t, t.grid_b, "", 0, 0);
        expect_noted(&t, t.grid_a, "excluded", 0, 0);
    }
}

static void a_draw_takes_one_in_twenty(void **state)
{
    (void)state;
    for (size_t n = 0; n < 100000; n++) {
        size_t size = ledger_draw_size(n);
        assert_true(size <= n && size <= 10 && (size > 0) == (n > 0) && (size == 10 || size * 20 >= n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draw_takes_one_in_twenty),
        cmocka_unit_test(drawn_by_the_seal_and_checked_by_a_stranger),
        cmocka_unit_test(returns_are_noted_for_each_place_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
