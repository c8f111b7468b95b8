// SPDX-License-Identifier: MulanPSL-2.0
// Exclusion from the published rates, change of the item, and versions of items. On both engines.
#include "base/clock.h"
#include "domain/catalog/catalog_internal.h"
#include "domain/request/request_clock.h"
#include "domain/request/test_request_util.h"

static const struct request_input note = {.note = STR_INIT("说明")};
static const struct request_input weather = {.note = STR_INIT("雪灾封路"), .reason = EXCLUSION_BEYOND_US};

static void file_and_sign(struct town *t, int64_t item_id, int64_t signer, struct request *r)
{
    town_become(t->c, t->residents[0]);
    expect_ok(t->c, town_file(t->c, item_id, t->building, "灯", r));
    town_become(t->c, signer);
    expect_ok(t->c, town_act(t->c, r->id, "sign", NULL, r));
}

static void test_exclusion(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file_and_sign(&t, t.lamp, t.steward, &r);
        int64_t due_ms = r.due_at_ms;
        expect_err(c, town_act(c, r.id, "ask_exclude", &note, NULL), ERR_INVALID, "field.missing");
        expect_err(c, town_act(c, r.id, "approve_exclude", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        expect_ok(c, town_act(c, r.id, "ask_exclude", &weather, &r));
        assert_true(r.exclusion == EXCLUSION_ASKED && r.exclusion_reason == EXCLUSION_BEYOND_US);
        assert_true(r.state == REQUEST_IN_PROGRESS && r.due_at_ms == due_ms); // neither state nor clock
        expect_err(c, town_act(c, r.id, "ask_exclude", &weather, NULL), ERR_CONFLICT, "request.exclusion_already");
        expect_err(c, town_act(c, r.id, "restore", &note, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, r.id, "restore", &note, NULL), ERR_CONFLICT, "request.not_excluded");
        expect_ok(c, town_act(c, r.id, "decline_exclude", &note, &r));
        assert_true(r.exclusion == EXCLUSION_NONE && r.exclusion_reason == EXCLUSION_REASON_NONE);
        expect_err(c, town_act(c, r.id, "approve_exclude", NULL, NULL), ERR_CONFLICT, "request.exclusion_not_asked");
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "confirm", NULL, &r));
        town_become(c, t.steward); // of what is closed, too
        expect_ok(c, town_act(c, r.id, "ask_exclude", &weather, &r));
        town_become(c, t.community_worker);
        expect_ok(c, town_act(c, r.id, "approve_exclude", &note, &r));
        assert_true(r.exclusion == EXCLUSION_EXCLUDED && r.excluded_at_ms == c->now_ms && !r.open);
        assert_true(r.excluder_id == t.community_worker && r.outcome == OUTCOME_SOLVED);
        expect_ok(c, town_act(c, r.id, "restore", &note, &r));
        assert_true(r.exclusion == EXCLUSION_NONE && r.excluded_at_ms == 0 && r.excluder_id == 0);
        town_expect_story(c, r.id,
                          "reported filed dispatched signed asked_exclude exclude_declined finished passed "
                          "confirmed asked_exclude excluded restored");
    }
}

// The community's own case: whoever asked, handled it or is of the post does not decide; the level above does.
static void test_nobody_excludes_their_own(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        file_and_sign(&t, t.dispute, t.community_worker, &r);
        expect_ok(c, town_act(c, r.id, "ask_exclude", &weather, &r));
        expect_err(c, town_act(c, r.id, "approve_exclude", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        expect_ok(c, town_act(c, r.id, "finish", &town_done, &r));
        town_become(c, t.residents[0]);
        expect_err(c, town_act(c, r.id, "approve_exclude", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.grid_worker); // no desk
        expect_err(c, town_act(c, r.id, "approve_exclude", NULL, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.subdistrict_worker);
        expect_ok(c, town_act(c, r.id, "approve_exclude", NULL, &r));
        assert_int_equal(r.exclusion, EXCLUSION_EXCLUDED);
        town_become(c, t.community_worker);
        expect_err(c, town_act(c, r.id, "restore", &note, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        // The community's worker passes it to the steward, and is no longer of the post, but did ask.
        file_and_sign(&t, t.lamp, t.steward, &r);
        town_become(c, t.community_worker);
        expect_ok(c, town_act(c, r.id, "transfer",
                              &(struct request_input){.note = STR("归我"), .post_id = t.community_post}, &r));
        expect_ok(c, town_act(c, r.id, "ask_exclude", &weather, &r));
        expect_err(c, town_act(c, r.id, "approve_exclude", NULL, NULL), ERR_FORBIDDEN, "request.own_exclusion");
        expect_ok(c, town_act(c, r.id, "transfer",
                              &(struct request_input){.note = STR("还是你"), .post_id = t.steward_post}, &r));
        expect_err(c, town_act(c, r.id, "approve_exclude", NULL, NULL), ERR_FORBIDDEN, "request.own_exclusion");
    }
}

// --- another item ---------------------------------------------------------------------------------------------------
static enum err make_item(struct ctx *c, void *arg)
{
    struct service_item *item = arg;
    return service_item_create(c, item);
}

static void add_item(struct ctx *c, const char *code, enum calendar_unit unit, int64_t budget, struct service_item *ret)
{
    *ret = (struct service_item){.code = str_of(code),
                                 .kind = KIND_FINDING,
                                 .name_zh = STR("另一事项"),
                                 .name_en = STR("Something else"),
                                 .route_role = ROLE_STEWARD,
                                 .unit = (int)unit,
                                 .budget = budget};
    expect_ok(c, store_write(c, make_item, ret));
}

struct find {
    int64_t place_id;
    const char *words;
    size_t count;
};
static enum err find(struct ctx *c, void *arg)
{
    struct find *find = arg;
    struct request_filter filter = {.q = str_of(find->words), .limit = 10, .kind = -1, .source = -1, .exclusion = -1};
    struct request_reach reach = {.places = {find->place_id}, .place_count = 1};
    const struct request *rows;
    int64_t next;
    return request_find(c, &filter, &reach, &rows, &find->count, &next);
}

static size_t count_found(struct ctx *c, int64_t place_id, const char *words)
{
    struct find found = {place_id, words, 0};
    expect_ok(c, store_read(c, find, &found));
    return found.count;
}

static void test_another_item(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request r;
        struct service_item days, hours;
        town_become(c, 0);
        add_item(c, "days", UNIT_WORK_DAY, 5, &days);
        add_item(c, "hours", UNIT_URGENT_HOUR, 30, &hours);
        file_and_sign(&t, t.lamp, t.steward, &r);
        int64_t reported_ms = r.reported_at_ms; // Monday 09:00; due on Tuesday 17:00
        struct request_input to = {.note = STR("其实是别的事"), .item_id = days.id};
        expect_err(c, town_act(c, r.id, "reclassify", &to, NULL), ERR_FORBIDDEN, "flow.not_allowed");
        town_become(c, t.community_worker);
        expect_err(c,
                   town_act(c, r.id, "reclassify", &(struct request_input){.note = to.note, .item_id = t.lamp}, NULL),
                   ERR_CONFLICT, "request.same_item");
        expect_err(c, town_act(c, r.id, "reclassify", &(struct request_input){.note = to.note, .item_id = 77}, NULL),
                   ERR_INVALID, "item.unknown");
        town_clock(&t, reported_ms + DAY_MS);
        expect_ok(c, town_act(c, r.id, "reclassify", &to, &r));
        assert_true(r.due_at_ms == reported_ms + 4 * DAY_MS + 8 * HOUR_MS); // Friday 17:00: from the report
        assert_true(r.item_id == days.id && r.item_version == 1 && r.kind == KIND_FINDING);
        assert_true(r.owner_post_id == t.steward_post && r.state == REQUEST_IN_PROGRESS);
        // While paused: what had passed is kept, and the pause as well.
        town_become(c, t.steward);
        expect_ok(c, town_act(c, r.id, "ask_reporter", &note, &r));
        town_clock(&t, reported_ms + 2 * DAY_MS);
        town_become(c, t.community_worker);
        to.item_id = hours.id;
        expect_ok(c, town_act(c, r.id, "reclassify", &to, &r));
        town_run_jobs(c);
        expect_ok(c, town_get(c, r.id, &r));
        assert_int_equal(r.level, 0); // nothing is reached while paused
        town_become(c, t.residents[0]);
        expect_ok(c, town_act(c, r.id, "answer", &note, &r));
        assert_true(r.due_at_ms == reported_ms + 30 * HOUR_MS + DAY_MS); // thirty hours, and the day it stood still
        // Found under its new name, no longer under the old.
        assert_int_equal(count_found(c, t.district, "另一事项"), 1);
        assert_int_equal(count_found(c, t.district, "lamp"), 0);
    }
}

// --- versions -------------------------------------------------------------------------------------------------------
struct change {
    int64_t id;
    enum calendar_unit unit;
    int64_t budget, dispatch_budget;
};

static enum err change_item(struct ctx *c, void *arg)
{
    const struct change *change = arg;
    struct service_item before, item;
    TRY(service_item_get(c, change->id, &before));
    item = before;
    item.unit = (int)change->unit;
    item.budget = change->budget;
    if (change->dispatch_budget)
        item.dispatch_budget = change->dispatch_budget;
    return service_item_save(c, &before, &item);
}

struct versions {
    int64_t id, version;
};
static enum err read_versions(struct ctx *c, void *arg)
{
    const struct versions *wanted = arg;
    struct service_item_version version;
    struct rows rows;
    expect_ok(c, service_item_get_version(c, wanted->id, wanted->version, &version));
    assert_true(version.budget == 2 && version.unit == UNIT_WORK_DAY && version.verification_budget == 2);
    expect_err(c, service_item_get_version(c, wanted->id, 4, &version), ERR_NOT_FOUND, "item.no_such_version");
    expect_ok(c, service_item_versions(c, wanted->id, &rows));
    assert_int_equal(rows.count, 3);
    assert_int_equal(((const struct service_item_version *)rows.at)[0].version, 3);
    ctx_clear_error(c);
    return OK;
}

static void test_a_later_change_of_the_item_changes_nothing(void **state)
{
    EACH_ENGINE(t)
    {
        struct ctx *c = t.c;
        struct request old, new;
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &old));
        assert_true(old.item_version == 1 && old.dispatch_budget == 1 && old.verification_budget == 2);
        town_become(c, 0);
        town_clock(&t, c->now_ms + HOUR_MS);
        expect_ok(c, store_write(c, change_item, &(struct change){t.lamp, UNIT_WORK_HOUR, 3, 9}));
        expect_ok(c, store_write(c, change_item, &(struct change){t.lamp, UNIT_URGENT_HOUR, 3, 0}));
        town_become(c, t.residents[0]);
        expect_ok(c, town_file(c, t.lamp, t.building, "灯", &new));
        // What the item says of its own stays; the defaults go with the unit.
        assert_true(new.item_version == 3 && new.dispatch_budget == 9 && new.response_budget == 2);
        assert_true(new.due_at_ms == new.reported_at_ms + 3 * HOUR_MS);
        struct request again;
        expect_ok(c, town_get(c, old.id, &again));
        assert_true(again.due_at_ms == old.due_at_ms && again.budget == 2 && again.unit == UNIT_WORK_DAY);
        struct request_pauses none = {.count = 0};
        assert_true(request_clock_due(c->house->calendar, &again, CLOCK_DISPATCH, &none) ==
                    again.reported_at_ms + 8 * HOUR_MS);
        expect_ok(c, store_read(c, read_versions, &(struct versions){t.lamp, old.item_version}));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exclusion),
        cmocka_unit_test(test_nobody_excludes_their_own),
        cmocka_unit_test(test_another_item),
        cmocka_unit_test(test_a_later_change_of_the_item_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
