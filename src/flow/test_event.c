// SPDX-License-Identifier: MulanPSL-2.0
#include "job/test_each.h"

#include "base/id.h"
#include "crypto/seal.h"
#include "flow/command.h"
#include "flow/event_data.h"
#include "flow/event_private.h"
#include "flow/module.h"
#include "flow/personal.h"
#include "flow/seal_log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define PART &flow_module.store

static enum err append_one(struct ctx *c, void *arg)
{
    int64_t *subject_and_id = arg;
    return event_append(c, "thing", subject_and_id[0], "thing.touched", STR("{\"n\":1}"), &subject_and_id[1]);
}

static int64_t append_to(struct ctx *c, int64_t subject_id)
{
    int64_t at[2] = {subject_id, 0};
    expect_ok(c, store_write(c, append_one, at));
    return at[1];
}

struct listing {
    int64_t subject_id, after_id;
    size_t max;
    struct rows rows;
};
static enum err list(struct ctx *c, void *arg)
{
    struct listing *l = arg;
    return event_list(c, "thing", l->subject_id, l->after_id, l->max, &l->rows);
}

static const struct event *events_of(struct ctx *c, int64_t subject_id, size_t *ret_count)
{
    struct listing l = {.subject_id = subject_id, .max = 10000};
    expect_ok(c, store_read(c, list, &l));
    *ret_count = l.rows.count;
    return l.rows.at;
}

static void test_statements_fit(struct ctx *c)
{
    assert_int_equal(store_contract_check(c, PART, 1), 0);
}

// The vector of docs/decisions/0002-event-hash.md, reckoned there by sha256sum and openssl, not by this program.
static void test_hash_is_the_documented_one(void **state)
{
    (void)state;
    struct event event = {.id = 146123456789012345,
                          .at_ms = 1772413200000,
                          .actor_id = 0,
                          .actor_role = STR("system"),
                          .subject_kind = STR("request"),
                          .subject_id = 146123456789012001,
                          .type = STR("request.filed"),
                          .data = STR("{\"note\":\"路灯\"}"),
                          .prev_hash = STR("")};
    char hex[65];
    event_hash(SUITE_STD, 1, &event, hex);
    assert_string_equal(hex, "07275066a1a237612561f62ff24a2fce4ff4dfc178f4bf4632c66988712a18c1");
    event_hash(SUITE_SM, 1, &event, hex);
    assert_string_equal(hex, "a50b7b79ba5cbbabb95866a29fe409cfec7a944500457e951b1e49bfa3071ab5");
}

static void test_events_form_a_chain(struct ctx *c)
{
    int64_t ids[5];
    for (int i = 0; i < 5; i++) {
        ids[i] = append_to(c, 77);
        append_to(c, 78);
        assert_true(i == 0 || ids[i] > ids[i - 1]);
    }
    size_t count;
    const struct event *events = events_of(c, 77, &count);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        char hex[65];
        assert_int_equal(events[i].id, ids[i]);
        event_hash(SUITE_STD, 1, &events[i], hex);
        assert_true(str_equal_z(events[i].hash, hex));
        assert_true(str_equal(events[i].prev_hash, i ? events[i - 1].hash : STR("")));
        assert_true(str_equal_z(events[i].actor_role, "system"));
        assert_int_equal(events[i].at_ms, c->now_ms);
    }
    struct listing after = {.subject_id = 77, .after_id = ids[1], .max = 2};
    expect_ok(c, store_read(c, list, &after));
    assert_int_equal(after.rows.count, 2);
    assert_int_equal(((struct event *)after.rows.at)[0].id, ids[2]);
}

static enum err append_and_fail(struct ctx *c, void *arg)
{
    TRY(append_one(c, arg));
    return fail(c, ERR_CONFLICT, "test.no");
}

static void test_no_change_no_event(struct ctx *c)
{
    int64_t at[2] = {5, 0};
    size_t count;
    expect_err(c, store_write(c, append_and_fail, at), ERR_CONFLICT, "test.no");
    events_of(c, 5, &count);
    assert_int_equal(count, 0);
    append_to(c, 5);
    assert_true(events_of(c, 5, &count)[0].prev_hash.n == 0);
}

static enum err append_given(struct ctx *c, void *arg)
{
    return event_append_as(c, arg, NULL);
}

static void test_what_is_refused(struct ctx *c)
{
    char big[EVENT_DATA_MAX + 2];
    memset(big, ' ', sizeof big);
    big[0] = '{';
    big[EVENT_DATA_MAX] = '}';
    struct event event = {.subject_kind = STR("thing"), .subject_id = 9, .type = STR("thing.touched")};
    event.data = (struct str){big, EVENT_DATA_MAX + 1};
    expect_err(c, store_write(c, append_given, &event), ERR_TOO_LARGE, "event.data_too_large");
    event.data = STR("[1]");
    expect_err(c, store_write(c, append_given, &event), ERR_INTERNAL, "event.malformed");
    event.data = STR("");
    event.subject_id = 0;
    expect_err(c, store_write(c, append_given, &event), ERR_INTERNAL, "event.malformed");
    size_t count;
    events_of(c, 9, &count);
    assert_int_equal(count, 0);
}

static void test_as_what_somebody_acts(struct ctx *c)
{
    static const char *const names[] = {"resident", "steward", "grid", NULL};
    static const struct grant grants[] = {{.role = 2, .place_id = 4}};
    test_house(c)->role_names = names;
    c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = 31, .roles = 2};
    append_to(c, 1);
    c->actor.grants = grants;
    c->actor.grant_count = 1;
    append_to(c, 1);
    c->actor.role_name = "caller";
    append_to(c, 1);
    c->actor = (struct actor){.kind = ACTOR_NOBODY};
    append_to(c, 1);
    struct event earlier = {.at_ms = 1000,
                            .actor_id = 8,
                            .actor_role = STR("hotline"),
                            .subject_kind = STR("thing"),
                            .subject_id = 1,
                            .type = STR("thing.told")};
    expect_ok(c, store_write(c, append_given, &earlier));
    static const char *const wanted[] = {"steward", "grid", "caller", "nobody", "hotline"};
    static const int64_t who[] = {31, 31, 31, 0, 8};
    size_t count;
    const struct event *events = events_of(c, 1, &count);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_true(str_equal_z(events[i].actor_role, wanted[i]));
        assert_int_equal(events[i].actor_id, who[i]);
    }
    assert_int_equal(events[4].at_ms, 1000);
    assert_true(str_equal_z(events[4].data, "{}"));
    assert_true(id_time_ms(events[4].id) >= c->now_ms); // when it was recorded
}

struct search {
    struct event_filter filter;
    size_t max;
    struct rows rows;
};
static enum err find(struct ctx *c, void *arg)
{
    struct search *s = arg;
    return event_search(c, &s->filter, s->max, &s->rows);
}

static void test_search(struct ctx *c)
{
    int64_t ids[6];
    for (int i = 0; i < 6; i++) {
        c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = 100 + i % 2};
        ids[i] = append_to(c, 200 + i % 3);
    }
    struct search s = {.max = 50};
    expect_ok(c, store_read(c, find, &s));
    assert_int_equal(s.rows.count, 6);
    assert_int_equal(((struct event *)s.rows.at)[0].id, ids[5]); // newest first
    s.filter = (struct event_filter){.actor_id = 101, .before_id = ids[5]};
    expect_ok(c, store_read(c, find, &s));
    assert_int_equal(s.rows.count, 2);
    s.filter = (struct event_filter){.subject_kind = STR("thing"), .subject_id = 201, .type = STR("thing.touched")};
    expect_ok(c, store_read(c, find, &s));
    assert_int_equal(s.rows.count, 2);
    s.filter.type = STR("thing.else");
    expect_ok(c, store_read(c, find, &s));
    assert_int_equal(s.rows.count, 0);
    s = (struct search){.filter = {.subject_id = 202}, .max = 1};
    expect_ok(c, store_read(c, find, &s));
    assert_int_equal(s.rows.count, 1);
    assert_int_equal(((struct event *)s.rows.at)[0].id, ids[5]);
}

// Many writers on few subjects: no chain forks, nobody's event is lost.
#define WRITERS 8
#define EVENTS_EACH 25
static void *write_events(void *arg)
{
    struct ctx *c = arg;
    for (int i = 0; i < EVENTS_EACH; i++) {
        append_to(c, 300 + i % 2);
        test_ctx_reset(c);
    }
    return NULL;
}

static void test_two_writers_do_not_fork_a_chain(struct ctx *c)
{
    pthread_t threads[WRITERS];
    struct ctx *ctxs[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        ctxs[i] = test_ctx_more(c);
        pthread_create(&threads[i], NULL, write_events, ctxs[i]);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        test_ctx_done(ctxs[i]);
    }
    size_t a, b;
    events_of(c, 300, &a);
    events_of(c, 301, &b);
    assert_int_equal(a + b, WRITERS * EVENTS_EACH);
    struct verify_report report;
    expect_ok(c, verify_store(c, NULL, NULL, &report));
    assert_string_equal(str_z(c->arena, report.fault), "");
    assert_int_equal(report.events, WRITERS * EVENTS_EACH);
}

// --- notes and personal fields -------------------------------------------------------------------------------------
static enum err append_note(struct ctx *c, void *arg)
{
    struct event_data data;
    event_note_put(c, event_data_begin(&data), 44, *(struct str *)arg);
    return event_data_append(c, &data, "thing", 44, "thing.noted");
}

static void test_notes_are_sealed(struct ctx *c)
{
    struct str note = STR("王五，13812341234，住3单元"), clear;
    expect_ok(c, store_write(c, append_note, &note));
    note = STR("");
    expect_ok(c, store_write(c, append_note, &note));
    size_t count;
    const struct event *events = events_of(c, 44, &count);
    assert_int_equal(count, 2);
    assert_true(str_find(events[0].data, STR("13812341234"), 0) == (size_t)-1);
    expect_ok(c, event_note_open(c, &events[0], &clear));
    assert_true(str_equal_z(clear, "王五，13812341234，住3单元"));
    expect_ok(c, event_note_open(c, &events[1], &clear));
    assert_int_equal(clear.n, 0);
    assert_true(str_equal_z(events[1].data, "{}"));
    struct event moved = events[0]; // to another subject: does not open
    moved.subject_id = 45;
    expect_err(c, event_note_open(c, &moved, &clear), ERR_INTERNAL, "crypto.box_bad");
}

struct person {
    int64_t id;
    struct str phone, nick;
};
static const struct field person_fields[] = {
    {FIELD_AT(struct person, id), .type = FIELD_ID, .flags = FIELD_KEY},
    {FIELD_AT(struct person, phone), .type = FIELD_SEALED, .flags = FIELD_PERSONAL},
    {FIELD_AT(struct person, nick), .type = FIELD_TEXT},
};
static const struct record person_record = {
    .name = "thing", .table = "person", .size_bytes = sizeof(struct person), FIELDS(person_fields)};

struct reading {
    struct person person;
    const char *field;
    struct str reason, clear;
};
static enum err read_personal(struct ctx *c, void *arg)
{
    struct reading *r = arg;
    return record_open_personal(c, &person_record, r->field, &r->person, r->person.id, r->reason, &r->clear);
}

static void test_reading_in_clear_is_an_event(struct ctx *c)
{
    struct reading r = {.person = {.id = 66}, .field = "phone", .reason = STR(" 回访张三 ")};
    r.person.phone = seal_field(c, &person_record, &person_fields[1], 66, STR("13812341234"));
    c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = 12};
    expect_ok(c, store_write(c, read_personal, &r));
    assert_true(str_equal_z(r.clear, "13812341234"));
    size_t count;
    const struct event *events = events_of(c, 66, &count);
    assert_int_equal(count, 1);
    assert_true(str_equal_z(events[0].type, "personal.read"));
    assert_int_equal(events[0].actor_id, 12);
    assert_true(str_find(events[0].data, STR("\"field\":\"phone\""), 0) != (size_t)-1);
    assert_true(str_find(events[0].data, STR("张三"), 0) == (size_t)-1);
    assert_true(str_find(events[0].data, STR("13812341234"), 0) == (size_t)-1);
    struct str why;
    expect_ok(c, event_note_open(c, &events[0], &why));
    assert_true(str_equal_z(why, "回访张三"));
    // No reason, no reading.
    r.reason = STR("  ");
    expect_err(c, store_write(c, read_personal, &r), ERR_INVALID, "personal.reason_needed");
    assert_true(str_equal_z(c->error.field, "reason"));
    char longer[PERSONAL_REASON_MAX + 1];
    memset(longer, 'x', sizeof longer);
    r.reason = (struct str){longer, sizeof longer};
    expect_err(c, store_write(c, read_personal, &r), ERR_INVALID, "personal.reason_too_long");
    r.reason = STR("why");
    r.field = "nick";
    expect_err(c, store_write(c, read_personal, &r), ERR_INTERNAL, "personal.no_such_field");
    // What does not open leaves no event: it was not read.
    r.field = "phone";
    r.person.id = 67;
    expect_err(c, store_write(c, read_personal, &r), ERR_INTERNAL, "crypto.box_bad");
    events_of(c, 67, &count);
    assert_int_equal(count, 0);
}

// --- seals ---------------------------------------------------------------------------------------------------------
static void test_sealing(struct ctx *c)
{
    struct clock *clock = (struct clock *)(uintptr_t)test_house(c)->clock;
    struct verify_report report;
    expect_ok(c, seal_log_run(c)); // nothing there
    int64_t sealed = 0;
    for (int minute = 0; minute < 3; minute++) {
        for (int i = 0; i < 4; i++)
            sealed = append_to(c, 10 + i);
        clock->offset_ms += MINUTE_MS;
        c->now_ms += MINUTE_MS;
    }
    expect_ok(c, seal_log_run(c)); // only the first minute ended two minutes ago
    expect_ok(c, verify_store(c, NULL, NULL, &report));
    assert_int_equal(report.seals, 1);
    assert_int_equal(report.unsealed, 8);
    clock->offset_ms += HOUR_MS;
    c->now_ms += HOUR_MS;
    expect_ok(c, seal_log_run(c));
    expect_ok(c, seal_log_run(c)); // again: nothing more
    expect_ok(c, verify_store(c, NULL, NULL, &report));
    assert_int_equal(report.seals, 3);
    assert_int_equal(report.events, 12);
    assert_int_equal(report.unsealed, 0);
    assert_int_equal(report.fault.n, 0);
    // A process whose clock lags by an hour cannot write into what is sealed.
    clock->offset_ms -= 2 * HOUR_MS;
    c->now_ms -= 2 * HOUR_MS;
    struct ids *lagging = ids_new(9, 0), *own = test_house(c)->ids;
    test_house(c)->ids = lagging;
    int64_t id = append_to(c, 99);
    assert_true(id > minute_last_id(minute_of_id(sealed)));
    test_house(c)->ids = own;
    ids_free(lagging);
    expect_ok(c, verify_store(c, NULL, NULL, &report));
    assert_int_equal(report.fault.n, 0);
    assert_int_equal(report.unsealed, 1);
}

// Sealing and writing at once, over and over, by a clock that runs.
struct sealer {
    struct ctx *c;
    atomic_bool *done;
};
static void *seal_on(void *arg)
{
    struct sealer *s = arg;
    while (!atomic_load(s->done)) {
        s->c->now_ms = clock_now_ms(s->c->house->clock);
        enum err err = seal_log_run(s->c);
        assert_true(err == OK || err == ERR_BUSY || err == ERR_CONFLICT);
        test_ctx_reset(s->c);
    }
    return NULL;
}
static _Atomic int64_t running_ms;
static int64_t running_now(const struct clock *clock)
{
    (void)clock;
    return atomic_fetch_add(&running_ms, 700); // a minute in 86 looks
}

static void test_sealing_while_writing(struct ctx *c)
{
    static const struct clock fast = {.now_ms = running_now};
    atomic_store(&running_ms, c->now_ms);
    const struct clock *before = test_house(c)->clock;
    test_house(c)->clock = &fast;
    atomic_bool done = false;
    struct sealer sealers[2] = {{test_ctx_more(c), &done}, {test_ctx_more(c), &done}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, seal_on, &sealers[i]);
    for (int i = 0; i < 300; i++) {
        c->now_ms = clock_now_ms(&fast);
        append_to(c, 500 + i % 7);
        test_ctx_reset(c);
    }
    atomic_store(&done, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        test_ctx_done(sealers[i].c);
    }
    c->now_ms = clock_now_ms(&fast) + HOUR_MS;
    expect_ok(c, seal_log_run(c));
    struct verify_report report;
    expect_ok(c, verify_store(c, NULL, NULL, &report));
    assert_string_equal(str_z(c->arena, report.fault), "");
    assert_int_equal(report.events, 300);
    assert_int_equal(report.unsealed, 0);
    assert_true(report.seals > 3);
    test_house(c)->clock = before;
}

EACH(test_statements_fit, PART, 1)
EACH(test_events_form_a_chain, PART, 1)
EACH(test_no_change_no_event, PART, 1)
EACH(test_what_is_refused, PART, 1)
EACH(test_as_what_somebody_acts, PART, 1)
EACH(test_search, PART, 1)
EACH(test_two_writers_do_not_fork_a_chain, PART, 1)
EACH(test_notes_are_sealed, PART, 1)
EACH(test_reading_in_clear_is_an_event, PART, 1)
EACH(test_sealing, PART, 1)
EACH(test_sealing_while_writing, PART, 1)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_is_the_documented_one),
        BOTH(test_statements_fit),
        BOTH(test_events_form_a_chain),
        BOTH(test_no_change_no_event),
        BOTH(test_what_is_refused),
        BOTH(test_as_what_somebody_acts),
        BOTH(test_search),
        BOTH(test_two_writers_do_not_fork_a_chain),
        BOTH(test_notes_are_sealed),
        BOTH(test_reading_in_clear_is_an_event),
        BOTH(test_sealing),
        BOTH(test_sealing_while_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
