// SPDX-License-Identifier: MulanPSL-2.0
// The path of a case: consent, mediators, sessions, agreement, visits; its clocks; who sees it; what is counted. On
// both engines.
#include "base/config.h"
#include "base/id.h"
#include "domain/dispute/test_dispute_util.h"

#include <string.h>

static void test_contract(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct str fault;
        const struct store_part parts[] = {dispute_module.store};
        assert_int_equal(store_contract_check(t.c, parts, 1), 0);
        if (!flow_check(t.c, &dispute_flow, &fault))
            fail_msg("%.*s", STR_ARG(fault));
    }
}

static const char *with_id(struct ctx *c, const char *format, int64_t id)
{
    struct str text = case_id(c, id);
    struct str whole = str_of(format);
    size_t at = str_find(whole, STR("ID"), 0);
    return str_z(c->arena, str_format(c->arena, "%.*s%.*s%s", (int)at, format, STR_ARG(text), format + at + 2));
}

static int64_t visit_due(struct ctx *c, int64_t id, int64_t *ret_visit)
{
    struct dispute_case dc = case_now(c, id);
    for (size_t i = 0; i < dc.parts.visit_count; i++)
        if (dc.parts.visits[i].round == dc.d.round && dc.parts.visits[i].result == VISIT_PLANNED) {
            *ret_visit = dc.parts.visits[i].id;
            return dc.parts.visits[i].due_at_ms;
        }
    fail_msg("no visit is left");
    return 0;
}

static void test_a_case_from_paper_to_the_last_visit(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct dispute d;
        int64_t mediator, visit;
        int64_t id = case_at_table(&t, &mediator);
        struct dispute_case dc = case_now(c, id);
        assert_int_equal(dc.d.state, DISPUTE_MEDIATING);
        assert_true(dc.d.due_at_ms == c->now_ms + 30 * DAY_MS);
        struct str hold =
            str_format(c->arena, "{'session_id':'%.*s','present':['%.*s'],'outcome':'goes_on','minutes':'双方都说了'}",
                       STR_ARG(case_id(c, dc.parts.sessions[0].id)), STR_ARG(case_id(c, dc.parts.parties[0].id)));
        town_become(c, t.community_worker);
        expect_err(c, case_act(c, id, "hold_session", str_z(c->arena, hold), NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, mediator);
        expect_ok(c, case_act(c, id, "hold_session", str_z(c->arena, hold), NULL));
        expect_err(c, case_act(c, id, "hold_session", str_z(c->arena, hold), NULL), ERR_CONFLICT,
                   "dispute.no_such_session");
        expect_err(c, case_act(c, id, "agree", NULL, NULL), ERR_CONFLICT, "dispute.no_text");
        expect_err(c,
                   case_act(c, id, "sign",
                            with_id(c, "{'party_id':'ID','signed_name':'x','signed_on':'2026-03-02'}", 1), NULL),
                   ERR_CONFLICT, "dispute.no_text");
        case_signed(&t, id, mediator);
        expect_ok(c, case_act(c, id, "write_agreement", "{'text':'晚上八点以后不剁骨头'}", NULL));
        expect_err(c, case_act(c, id, "agree", NULL, NULL), ERR_CONFLICT,
                   "dispute.not_all_signed"); // signed another text
        case_signed(&t, id, mediator);
        expect_err(c, case_act(c, id, "agree", "{'referral':'court'}", NULL), ERR_INVALID, "dispute.bad_referral");
        expect_ok(c, case_act(c, id, "agree", "{'referral':'judicial'}", &d));
        assert_int_equal(d.state, DISPUTE_AGREED);
        assert_int_equal(d.result, DISPUTE_RESULT_AGREED);
        expect_err(c, case_act(c, id, "agree", NULL, NULL), ERR_CONFLICT, "flow.wrong_state");
        assert_true(visit_due(c, id, &visit) == c->now_ms + 7 * DAY_MS);
        expect_err(c, case_act(c, id, "close", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        const int64_t agreed_ms = c->now_ms;
        static const int days[] = {7, 30, 90};
        for (int i = 0; i < 3; i++) {
            assert_true(visit_due(c, id, &visit) == agreed_ms + days[i] * DAY_MS);
            town_clock(&t, agreed_ms + days[i] * DAY_MS);
            expect_ok(c, case_act(c, id, "visit_kept", with_id(c, "{'visit_id':'ID'}", visit), &d));
            assert_int_equal(d.state, i < 2 ? DISPUTE_FOLLOW_UP : DISPUTE_CLOSED);
        }
        assert_false(d.open);
        case_expect_story(
            c, id,
            "opened party_added party_added consented consented mediator_proposed accepted "
            "mediator_accepted session_planned session_held agreement_written term_added party_signed "
            "party_signed agreement_written agreement_written term_added party_signed party_signed agreed "
            "visited visited visited closed");
    }
}

static void test_nobody_is_mediated_against_their_will(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        int64_t id = case_open(&t, 0);
        expect_ok(c, case_act(c, id, "note", "{'note':'电话约谈'}", NULL));
        int64_t one = case_party(&t, id, "applicant", "周一", "");
        expect_ok(c, case_act(c, id, "consent", with_id(c, "{'party_id':'ID','consent':'given'}", one), NULL));
        expect_err(c, case_act(c, id, "accept", NULL, NULL), ERR_CONFLICT, "dispute.one_side");
        int64_t two = case_party(&t, id, "respondent", "吴二", "");
        expect_err(c, case_act(c, id, "accept", NULL, NULL), ERR_CONFLICT, "dispute.not_all_consent");
        expect_err(c, case_act(c, id, "consent", with_id(c, "{'party_id':'ID','consent':'not_asked'}", two), NULL),
                   ERR_INVALID, "dispute.yes_or_no");
        expect_ok(c, case_act(c, id, "consent", with_id(c, "{'party_id':'ID','consent':'refused'}", two), NULL));
        expect_err(c, case_act(c, id, "accept", NULL, NULL), ERR_CONFLICT, "dispute.not_all_consent");
        expect_err(c, case_act(c, id, "plan_session", "{'planned_at':'2026-03-04T02:00:00Z','room':'x'}", NULL),
                   ERR_CONFLICT, "flow.wrong_state");
        for (int i = 2; i < DISPUTE_PARTIES_MAX; i++)
            case_party(&t, id, "third", "丙", "");
        expect_err(c, case_act(c, id, "add_party", "{'side':'third','name':'丁'}", NULL), ERR_CONFLICT,
                   "dispute.too_many_parties");
        expect_err(c, case_act(c, id, "fail", "{'referral':'court'}", NULL), ERR_INVALID, "flow.note_needed");
        expect_err(c, case_act(c, id, "fail", "{'referral':'judicial','note':'不愿意'}", NULL), ERR_INVALID,
                   "dispute.bad_referral");
        struct dispute d;
        expect_ok(c, case_act(c, id, "fail", "{'referral':'court','note':'对方不愿意'}", &d));
        assert_int_equal(d.state, DISPUTE_FAILED);
        assert_int_equal(d.next_mark_at_ms, 0);
    }
}

static void test_more_time_only_with_everybodys_consent(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct dispute d;
        int64_t mediator;
        int64_t id = case_at_table(&t, &mediator);
        struct dispute_case dc = case_now(c, id);
        struct str one = case_id(c, dc.parts.parties[0].id), two = case_id(c, dc.parts.parties[1].id);
        struct str twice =
            str_format(c->arena, "{'days':10,'parties':['%.*s','%.*s'],'note':'等鉴定'}", STR_ARG(one), STR_ARG(one));
        struct str both =
            str_format(c->arena, "{'days':20,'parties':['%.*s','%.*s'],'note':'等鉴定'}", STR_ARG(one), STR_ARG(two));
        struct str alone = str_format(c->arena, "{'days':10,'parties':['%.*s'],'note':'等鉴定'}", STR_ARG(one));
        expect_err(c, case_act(c, id, "extend", str_z(c->arena, alone), NULL), ERR_CONFLICT, "dispute.not_all_consent");
        expect_err(c, case_act(c, id, "extend", str_z(c->arena, twice), NULL), ERR_CONFLICT, "dispute.not_all_consent");
        town_clock(&t, dc.d.due_at_ms); // at the due instant itself it is not yet late
        expect_ok(c, case_act(c, id, "extend", str_z(c->arena, both), &d));
        assert_true(d.due_at_ms == dc.d.due_at_ms + 20 * DAY_MS);
        expect_err(c, case_act(c, id, "extend", str_z(c->arena, both), NULL), ERR_CONFLICT, "dispute.extended_fully");
        town_clock(&t, d.due_at_ms + 1);
        expect_err(c, case_act(c, id, "extend", str_z(c->arena, both), NULL), ERR_CONFLICT, "dispute.due_already");
    }
}

static void test_marks_fire_once_and_in_order_after_a_standstill(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        int64_t mediator;
        int64_t id = case_at_table(&t, &mediator);
        struct dispute_case dc = case_now(c, id);
        const int64_t from_ms = dc.d.clock_from_ms;
        case_marks(c);
        assert_int_equal(case_now(c, id).d.level, 0);
        town_clock(&t, from_ms + 15 * DAY_MS - 1);
        case_marks(c);
        assert_int_equal(case_now(c, id).d.level, 0);
        town_clock(&t, from_ms + 15 * DAY_MS);
        case_marks(c);
        case_marks(c);
        assert_int_equal(case_now(c, id).d.level, 1);
        town_clock(&t, from_ms + 200 * DAY_MS); // nobody looked for half a year
        case_marks(c);
        dc = case_now(c, id);
        assert_int_equal(dc.d.level, 5);
        assert_true(dc.d.escalated_post_id == t.subdistrict_post);
        assert_int_equal(dc.d.next_mark_at_ms, 0);
        // A mark makes nobody's view stale.
        assert_true(dc.d.steady_version + 5 == dc.d.version);
        case_expect_story(c, id,
                          "opened party_added party_added consented consented mediator_proposed accepted "
                          "mediator_accepted session_planned reminded reminded escalated escalated escalated");
    }
}

static void test_a_broken_agreement_reopens(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct dispute d;
        int64_t mediator, visit;
        int64_t id = case_at_table(&t, &mediator);
        case_signed(&t, id, mediator);
        expect_ok(c, case_act(c, id, "agree", NULL, &d));
        town_clock(&t, visit_due(c, id, &visit));
        case_marks(c);
        assert_int_equal(case_now(c, id).d.level, 1); // on its day
        town_clock(&t, c->now_ms + 7 * DAY_MS);
        case_marks(c);
        assert_true(case_now(c, id).d.escalated_post_id == t.subdistrict_post);
        town_become(c, t.community_worker);
        expect_err(c, case_act(c, id, "visit_broken", with_id(c, "{'visit_id':'ID'}", visit), NULL), ERR_INVALID,
                   "flow.note_needed");
        expect_ok(c, case_act(c, id, "visit_broken", with_id(c, "{'visit_id':'ID','note':'又剁了'}", visit), &d));
        assert_int_equal(d.state, DISPUTE_MEDIATING);
        assert_int_equal(d.round, 2);
        assert_int_equal(d.result, DISPUTE_RESULT_NONE);
        assert_true(d.due_at_ms == c->now_ms + 30 * DAY_MS && d.level == 0);
        struct dispute_case dc = case_now(c, id);
        for (size_t i = 0; i < dc.parts.visit_count; i++)
            assert_int_equal(dc.parts.visits[i].result, i == 0 ? VISIT_BROKEN : VISIT_DROPPED);
        town_become(c, mediator);
        expect_err(c, case_act(c, id, "agree", NULL, NULL), ERR_CONFLICT, "dispute.no_text"); // the old one is broken
        case_signed(&t, id, mediator);
        expect_ok(c, case_act(c, id, "agree", NULL, &d));
        assert_int_equal(case_now(c, id).parts.agreement_count, 2); // and kept
    }
}

// --- who sees it ----------------------------------------------------------------------------------------------------
struct view {
    int64_t id;
    struct str text;
};
static enum err read_view(struct ctx *c, void *arg)
{
    struct view *view = arg;
    struct dispute_case dc;
    struct buf buf;
    struct json_writer w;
    TRY(dispute_case_read(c, view->id, &dc));
    buf_init(&buf, 1 << 20);
    json_writer_init(&w, &buf);
    enum err err = dispute_write_view(c, &dc, &w);
    view->text = str_copy(c->arena, buf_str(&buf));
    buf_free(&buf);
    return err;
}

static void test_only_the_room_reads_it(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        int64_t mediator;
        int64_t id = case_at_table(&t, &mediator);
        struct view view = {.id = id};
        int64_t strangers[] = {t.steward, t.grid_worker, t.grid_b_worker, t.unit_worker, t.residents[0]};
        for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
            town_become(c, strangers[i]);
            expect_err(c, store_read(c, read_view, &view), ERR_NOT_FOUND, "dispute.unknown");
            expect_err(c, case_act(c, id, "note", "{'note':'x'}", NULL), ERR_NOT_FOUND, "dispute.unknown");
        }
        town_become(c, t.subdistrict_worker);
        expect_ok(c, store_read(c, read_view, &view));
        static const char *const outline[] = {"\"parties\"",   "\"place\"",  "\"timeline\"", "\"actions\"",
                                              "\"mediators\"", "\"result\"", "周",           "太阳园"};
        for (size_t i = 0; i < sizeof outline / sizeof *outline; i++)
            if (str_find(view.text, str_of(outline[i]), 0) != (size_t)-1)
                fail_msg("the sub-district reads %s", outline[i]);
        assert_true(str_find(view.text, STR("\"category\":\"noise\""), 0) != (size_t)-1);
        expect_err(c, case_act(c, id, "note", "{'note':'x'}", NULL), ERR_FORBIDDEN, "flow.not_allowed");
        int64_t room[] = {t.community_worker, mediator};
        for (size_t i = 0; i < 2; i++) {
            town_become(c, room[i]);
            expect_ok(c, store_read(c, read_view, &view));
            assert_true(str_find(view.text, STR("周*"), 0) != (size_t)-1);
            assert_true(str_find(view.text, STR("139****0001"), 0) != (size_t)-1);
            assert_true(str_find(view.text, STR("周一"), 0) == (size_t)-1);
            assert_true(str_find(view.text, STR("剁骨头"), 0) == (size_t)-1);
        }
    }
}

struct events {
    struct rows rows;
};
static enum err read_events(struct ctx *c, void *arg)
{
    struct events *e = arg;
    return event_search(c, &(struct event_filter){.subject_kind = STR("dispute")}, 500, &e->rows);
}

// Nothing of what was said, of whom, or by whom it was agreed: only what is counted, states, and marks.
static void test_the_log_names_nobody(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        int64_t mediator;
        int64_t id = case_at_table(&t, &mediator);
        case_signed(&t, id, mediator);
        expect_ok(c, case_act(c, id, "agree", "{'note':'周一和吴二握手'}", NULL));
        struct events e;
        expect_ok(c, store_read(c, read_events, &e));
        const struct event *events = e.rows.at;
        assert_int_equal(e.rows.count, 14);
        static const char *const members[] = {"from", "to", "note_box", "category", "community_id", "subdistrict_id"};
        for (size_t i = 0; i < e.rows.count; i++) {
            const struct json *data;
            struct str key;
            expect_ok(c, json_parse(c, events[i].data, &data));
            for (size_t j = 0; j < json_count(data); j++) {
                bool known = false;
                json_member(data, j, &key);
                for (size_t k = 0; k < sizeof members / sizeof *members; k++)
                    known |= str_equal_z(key, members[k]);
                if (!known)
                    fail_msg("%.*s tells %.*s", STR_ARG(events[i].type), STR_ARG(key));
            }
        }
    }
}

// --- figures --------------------------------------------------------------------------------------------------------
struct figures {
    int64_t from_ms, to_ms, place_id;
    struct dispute_figures got, again;
};
static enum err read_figures(struct ctx *c, void *arg)
{
    struct figures *f = arg;
    return dispute_counts(c, f->from_ms, f->to_ms, f->place_id, &f->got);
}

// The same from the event log alone.
static enum err recount(struct ctx *c, void *arg)
{
    struct figures *f = arg;
    static const char *const types[] = {"dispute.opened", "dispute.agreed", "dispute.failed", "dispute.withdrawn",
                                        "dispute.broken"};
    int64_t *numbers[] = {&f->again.opened, &f->again.agreed, &f->again.failed, &f->again.withdrawn, &f->again.broken};
    f->again = (struct dispute_figures){0};
    for (size_t i = 0; i < 5; i++) {
        struct rows rows;
        TRY(event_search(c, &(struct event_filter){.type = str_of(types[i])}, 500, &rows));
        const struct event *events = rows.at;
        for (size_t j = 0; j < rows.count; j++) {
            const struct json *data;
            int64_t community, subdistrict;
            TRY(json_parse(c, events[j].data, &data));
            assert_true(id_parse(json_str(json_get(data, "community_id")), &community));
            assert_true(id_parse(json_str(json_get(data, "subdistrict_id")), &subdistrict));
            bool here = f->place_id == community || f->place_id == subdistrict || !f->place_id;
            *numbers[i] += here && events[j].at_ms >= f->from_ms && events[j].at_ms < f->to_ms;
        }
    }
    return OK;
}

static void expect_figures(struct ctx *c, struct figures f, int64_t opened, int64_t agreed, int64_t failed,
                           int64_t broken, int64_t success)
{
    expect_ok(c, store_read(c, read_figures, &f));
    assert_true(f.got.opened == opened && f.got.agreed == agreed && f.got.failed == failed && f.got.broken == broken);
    assert_true(f.got.success_per_myriad == success);
    if (f.from_ms == 0) { // the log has the clock of the machine, not the test's
        f.to_ms = INT64_MAX;
        expect_ok(c, store_read(c, recount, &f));
        assert_true(f.again.opened == opened && f.again.agreed == agreed && f.again.failed == failed &&
                    f.again.broken == broken);
    }
}

static void test_counts(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        int64_t mediator, visit = 0, begin_ms = c->now_ms;
        int64_t id = case_at_table(&t, &mediator);
        case_signed(&t, id, mediator);
        expect_ok(c, case_act(c, id, "agree", NULL, NULL));
        town_clock(&t, begin_ms + DAY_MS);
        int64_t other = case_open(&t, 0);
        expect_ok(c, case_act(c, other, "fail", "{'referral':'none','note':'x'}", NULL));
        expect_ok(c, case_act(c, case_open(&t, 0), "withdraw", "{'note':'x'}", NULL));
        town_clock(&t, begin_ms + 2 * DAY_MS);
        visit_due(c, id, &visit);
        expect_ok(c, case_act(c, id, "visit_broken", with_id(c, "{'visit_id':'ID','note':'x'}", visit), NULL));
        const int64_t end_ms = c->now_ms + 1;
        expect_figures(c, (struct figures){0, end_ms, 0}, 3, 1, 1, 1, 5000);
        expect_figures(c, (struct figures){0, end_ms, t.subdistrict}, 3, 1, 1, 1, 5000);
        expect_figures(c, (struct figures){0, end_ms, t.community}, 3, 1, 1, 1, 5000);
        expect_figures(c, (struct figures){begin_ms, begin_ms + DAY_MS, 0}, 1, 1, 0, 0, 10000);
        expect_figures(c, (struct figures){begin_ms + DAY_MS, end_ms, t.district}, 2, 0, 1, 1, 0);
        struct figures below = {0, end_ms, t.grid_a};
        expect_err(c, store_read(c, read_figures, &below), ERR_INVALID, "dispute.no_counts_below");
    }
}

// --- from a request -------------------------------------------------------------------------------------------------
static enum err write_again(struct ctx *c, void *arg)
{
    struct dispute d = *(const struct dispute *)arg;
    return dispute_open(c, &d);
}

static void test_the_request_it_came_from_follows(void **state)
{
    EACH_CASE_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.dispute, t.building, "吵架", &r));
        int64_t id = case_open(&t, r.id);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_IN_PROGRESS); // it lay with the community: signed for
        struct dispute_case dc = case_now(c, id);
        assert_int_equal(dc.parts.party_count, 1);
        struct str words;
        expect_ok(c, dispute_unseal(c, &dispute_record, "words", id, dc.d.words, &words));
        assert_true(str_equal_z(words, "吵架"));
        struct dispute again = {.request_id = r.id, .words = STR("x")};
        expect_err(c, store_write(c, write_again, &again), ERR_CONFLICT, "dispute.request_has_case");
        expect_ok(c, case_act(c, id, "withdraw", "{'note':'和好了'}", NULL));
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.state, REQUEST_HANDLED); // and finished, with the outcome
        town_expect_story(c, r.id, "reported filed dispatched personal.read personal.read signed finished");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract),
        cmocka_unit_test(test_a_case_from_paper_to_the_last_visit),
        cmocka_unit_test(test_nobody_is_mediated_against_their_will),
        cmocka_unit_test(test_more_time_only_with_everybodys_consent),
        cmocka_unit_test(test_marks_fire_once_and_in_order_after_a_standstill),
        cmocka_unit_test(test_a_broken_agreement_reopens),
        cmocka_unit_test(test_only_the_room_reads_it),
        cmocka_unit_test(test_the_log_names_nobody),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_the_request_it_came_from_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
