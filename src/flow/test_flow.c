// SPDX-License-Identifier: MulanPSL-2.0
// The flow engine, driven by a small flow of the test's own.
#include "job/test_each.h"

#include "flow/flow_private.h"
#include "flow/module.h"

#include <string.h>

// A wish: in review, open, taken, done; or refused.
enum { IN_REVIEW, OPEN, TAKEN, DONE, REFUSED, STATES };
static const char *const state_names[] = {"in_review", "open", "taken", "done", "refused", NULL};
#define BIT(state_) (1u << (state_))
enum { WISHER = 1, HELPER = 2, OFFICE = 4 };

struct wish {
    int64_t id, version, helper_id;
    int state;
};
static const struct field wish_fields[] = {
    {FIELD_AT(struct wish, id), .type = FIELD_ID, .flags = FIELD_KEY},
    {FIELD_AT(struct wish, version), .type = FIELD_INT, .flags = FIELD_VERSION},
    {FIELD_AT(struct wish, helper_id), .type = FIELD_ID},
    {FIELD_AT(struct wish, state), .type = FIELD_ENUM, .names = state_names},
};
static const struct record wish_record = {
    .name = "wish", .table = "wish", .size_bytes = sizeof(struct wish), FIELDS(wish_fields)};

struct take_input {
    int64_t days;
};
static const struct field take_fields[] = {
    {FIELD_AT(struct take_input, days), .type = FIELD_INT, .flags = FIELD_INPUT | FIELD_REQUIRED, .min = 1, .max = 30},
};
static const struct record take_record = {
    .name = "wish_take", .size_bytes = sizeof(struct take_input), FIELDS(take_fields)};
struct refuse_input {
    struct str note;
};
static const struct field refuse_fields[] = {
    {FIELD_AT(struct refuse_input, note), .type = FIELD_TEXT, .flags = FIELD_INPUT, .max = 50},
};
static const struct record refuse_record = {
    .name = "wish_refuse", .size_bytes = sizeof(struct refuse_input), FIELDS(refuse_fields)};

static enum err relate(struct ctx *c, const void *row, unsigned *ret_relations)
{
    (void)row;
    *ret_relations = c->actor.roles;
    return OK;
}
static enum err save(struct ctx *c, void *row, int64_t old_version)
{
    struct wish *wish = row;
    assert_int_equal(wish->version, old_version + 1);
    if (old_version == 90) // stands for a row that somebody else has changed meanwhile
        return fail(c, ERR_CONFLICT, "test.somebody_was_first");
    return OK;
}
static enum err enough_days(struct ctx *c, const struct flow_step *step)
{
    assert_non_null(step->in);
    const struct take_input *in = step->in;
    return in->days >= 3 ? OK : fail(c, ERR_CONFLICT, "test.too_few_days");
}
static enum err not_the_seventh(struct ctx *c, const struct flow_step *step)
{
    const struct wish *wish = step->row;
    return wish->id == 7 ? fail(c, ERR_CONFLICT, "test.not_the_seventh") : OK;
}
static enum err take(struct ctx *c, const struct flow_step *step)
{
    struct wish *wish = step->row;
    const struct take_input *in = step->in;
    wish->helper_id = c->actor.person_id;
    json_key(step->data, "days");
    json_put_int(step->data, in->days);
    return OK;
}

static const struct flow_state states[] = {
    {"in_review", "待审核", "In review", FLOW_INITIAL, OFFICE, "review"},
    {"open", "待认领", "Open", 0, HELPER, "claim"},
    {"taken", "已认领", "Taken", 0, HELPER, "delivery"},
    {"done", "已圆梦", "Done", FLOW_FINAL, 0, NULL},
    {"refused", "不予通过", "Refused", FLOW_FINAL, 0, NULL},
};
static const struct flow_relation relations[] = {{WISHER, "wisher", "许愿人", "wisher"},
                                                 {HELPER, "helper", "认领人", "helper"},
                                                 {OFFICE, "office", "社区", "office"}};
static const struct flow_rule rules[] = {
    {"approve", "通过", "Approve", BIT(IN_REVIEW), OPEN, OFFICE, .event = "wish.approved"},
    {"refuse", "不通过", "Refuse", BIT(IN_REVIEW), REFUSED, OFFICE, .in = &refuse_record, .event = "wish.refused",
     .flags = FLOW_NEEDS_NOTE},
    {"take", "认领", "Take", BIT(OPEN), TAKEN, HELPER, enough_days, take, &take_record, "wish.taken"},
    {"deliver", "完成", "Deliver", BIT(TAKEN), DONE, HELPER, not_the_seventh, .event = "wish.done",
     .flags = FLOW_GUARD_SHOWS | FLOW_NEEDS_NOTE},
    {"urge", "催办", "Urge", BIT(OPEN) | BIT(TAKEN), FLOW_SAME, WISHER, .event = "wish.urged"},
    {"expire", "到期", "Expire", BIT(TAKEN), OPEN, OFFICE, .event = "wish.expired", .flags = FLOW_HIDDEN},
};
#define COUNT(array_) (sizeof(array_) / sizeof *(array_))
static const struct flow wish_flow = {.name = "wish",
                                      .zh = "微心愿",
                                      .en = "Wish",
                                      .states = states,
                                      .state_count = COUNT(states),
                                      .rules = rules,
                                      .rule_count = COUNT(rules),
                                      .relations = relations,
                                      .relation_count = COUNT(relations),
                                      .record = &wish_record,
                                      .relate = relate,
                                      .save = save};

// --- steps -----------------------------------------------------------------------------------------------------------
struct acting {
    struct wish *wish;
    const char *action, *input;
    int64_t if_version, event_id;
};
static enum err act_in(struct ctx *c, void *arg)
{
    struct acting *a = arg;
    const struct json *input = NULL;
    if (a->input)
        TRY(json_parse(c, str_of(a->input), &input));
    return flow_act(c, &wish_flow, a->wish, str_of(a->action), input, a->if_version, &a->event_id);
}
static enum err act(struct ctx *c, struct wish *wish, const char *action, const char *input, int64_t if_version)
{
    struct acting a = {wish, action, input, if_version, 0};
    return store_write(c, act_in, &a);
}

static enum err list(struct ctx *c, void *arg)
{
    return event_list(c, "wish", 3, 0, 100, arg);
}
static struct event last_event(struct ctx *c, size_t wanted_count)
{
    struct rows rows;
    expect_ok(c, store_read(c, list, &rows));
    assert_int_equal(rows.count, wanted_count);
    return ((struct event *)rows.at)[wanted_count - 1];
}

static void test_steps(struct ctx *c)
{
    struct wish wish = {.id = 3, .version = 1};
    struct str note;
    c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = 21, .roles = OFFICE};
    expect_ok(c, act(c, &wish, "approve", NULL, -1));
    assert_int_equal(wish.state, OPEN);
    assert_int_equal(wish.version, 2);
    struct event event = last_event(c, 1);
    assert_true(str_equal_z(event.type, "wish.approved"));
    assert_true(str_equal_z(event.data, "{\"from\":\"in_review\",\"to\":\"open\"}"));
    c->actor.roles = HELPER;
    expect_ok(c, act(c, &wish, "take", "{\"days\":5,\"note\":\"我叫李四\"}", 2));
    assert_int_equal(wish.helper_id, 21);
    event = last_event(c, 2);
    assert_true(str_starts_with(event.data, STR("{\"from\":\"open\",\"to\":\"taken\",\"days\":5,\"note_box\":\"")));
    assert_true(str_find(event.data, STR("李四"), 0) == (size_t)-1);
    expect_ok(c, event_note_open(c, &event, &note));
    assert_true(str_equal_z(note, "我叫李四"));
    c->actor.roles = WISHER;
    expect_ok(c, act(c, &wish, "urge", "{}", -1)); // the state stays, the version grows
    assert_int_equal(wish.state, TAKEN);
    assert_int_equal(wish.version, 4);
    c->actor.roles = HELPER | WISHER;
    expect_ok(c, act(c, &wish, "deliver", "{\"note\":\"送到了\"}", 4));
    assert_int_equal(wish.state, DONE);
    last_event(c, 4);
}

static void test_refusals(struct ctx *c)
{
    struct wish wish = {.id = 3, .version = 1, .state = OPEN};
    c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = 21, .roles = HELPER};
    expect_err(c, act(c, &wish, "dance", NULL, -1), ERR_NOT_FOUND, "flow.no_such_action");
    expect_err(c, act(c, &wish, "approve", NULL, -1), ERR_FORBIDDEN, "flow.not_allowed"); // not its relation
    expect_err(c, act(c, &wish, "urge", NULL, -1), ERR_FORBIDDEN, "flow.not_allowed");
    expect_err(c, act(c, &wish, "deliver", "{\"note\":\"x\"}", -1), ERR_CONFLICT, "flow.wrong_state");
    assert_true(str_equal_z(c->error.args[0], "待认领"));
    c->lang = "en";
    expect_err(c, act(c, &wish, "deliver", "{\"note\":\"x\"}", -1), ERR_CONFLICT, "flow.wrong_state");
    assert_true(str_equal_z(c->error.args[0], "Open"));
    expect_err(c, act(c, &wish, "take", "{\"days\":5}", 7), ERR_STALE, "flow.stale");
    expect_err(c, act(c, &wish, "take", "{\"days\":2}", 1), ERR_CONFLICT, "test.too_few_days");
    expect_err(c, act(c, &wish, "take", "{\"days\":31}", 1), ERR_INVALID, NULL);
    assert_true(str_equal_z(c->error.field, "days"));
    expect_err(c, act(c, &wish, "take", "{}", 1), ERR_INVALID, NULL);
    expect_err(c, act(c, &wish, "take", NULL, 1), ERR_INVALID, NULL);
    expect_err(c, act(c, &wish, "take", "{\"days\":5,\"other\":1}", 1), ERR_INVALID, "json.unknown_field");
    assert_int_equal(wish.version, 1);
    assert_int_equal(wish.state, OPEN);
    wish.state = TAKEN;
    expect_err(c, act(c, &wish, "deliver", NULL, -1), ERR_INVALID, NULL);
    assert_true(str_equal_z(c->error.field, "note"));
    expect_err(c, act(c, &wish, "deliver", "{\"note\":\"  \"}", -1), ERR_INVALID, NULL);
    // A hidden action has no button, but who is its relation may take it.
    c->actor.roles = OFFICE;
    expect_ok(c, act(c, &wish, "expire", NULL, -1));
    // Somebody was first: nothing is told.
    wish = (struct wish){.id = 3, .version = 90};
    expect_err(c, act(c, &wish, "approve", NULL, -1), ERR_CONFLICT, "test.somebody_was_first");
    last_event(c, 1);
}

// The rule's own field "note" is the note; one without such a field takes up to EVENT_NOTE_MAX.
static void test_note_fields(struct ctx *c)
{
    struct wish wish = {.id = 3, .version = 1};
    struct str note;
    c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = 21, .roles = OFFICE};
    expect_err(c, act(c, &wish, "refuse", "{}", -1), ERR_INVALID, "flow.note_needed");
    expect_ok(c, act(c, &wish, "refuse", "{\"note\":\"重复\"}", -1));
    struct event event = last_event(c, 1);
    expect_ok(c, event_note_open(c, &event, &note));
    assert_true(str_equal_z(note, "重复"));
    assert_true(str_find(event.data, STR("重复"), 0) == (size_t)-1);
    wish = (struct wish){.id = 3, .version = 1};
    char longer[EVENT_NOTE_MAX + 20] = "{\"note\":\"";
    memset(longer + 9, 'x', EVENT_NOTE_MAX + 1);
    memcpy(longer + 9 + EVENT_NOTE_MAX + 1, "\"}", 3);
    expect_err(c, act(c, &wish, "approve", longer, -1), ERR_INVALID, NULL);
    assert_true(str_equal_z(c->error.field, "note"));
    memcpy(longer + 9 + EVENT_NOTE_MAX, "\"}", 3);
    expect_ok(c, act(c, &wish, "approve", longer, -1));
}

// --- buttons ---------------------------------------------------------------------------------------------------------
static const char *buttons(struct ctx *c, const struct wish *wish, unsigned roles)
{
    struct buf out;
    struct json_writer w;
    c->actor = (struct actor){.kind = ACTOR_PERSON, .person_id = 1, .roles = roles};
    buf_init(&out, 1 << 16);
    json_writer_init(&w, &out);
    expect_ok(c, flow_write_actions(c, &wish_flow, wish, &w));
    const char *text = str_z(c->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

static void test_buttons(struct ctx *c)
{
    struct wish wish = {.id = 6, .version = 1};
    const char *text = buttons(c, &wish, OFFICE);
    const struct json *list;
    expect_ok(c, json_parse(c, str_of(text), &list));
    assert_int_equal(json_count(list), 2);
    const struct json *first = json_at(list, 0), *second = json_at(list, 1);
    assert_true(str_equal_z(json_str(json_get(first, "action")), "approve"));
    assert_true(str_equal_z(json_str(json_get(first, "label")), "通过"));
    assert_false(json_bool(json_get(first, "needs_note")));
    assert_int_equal(json_kind(json_get(first, "input")), JSON_NULL);
    assert_true(json_bool(json_get(second, "needs_note")));
    assert_non_null(json_get(json_get(json_get(second, "input"), "properties"), "note"));
    c->lang = "en";
    assert_non_null(strstr(buttons(c, &wish, OFFICE), "\"label\":\"Approve\""));
    assert_string_equal(buttons(c, &wish, HELPER | WISHER), "[]");
    wish.state = OPEN;
    text = buttons(c, &wish, HELPER);
    expect_ok(c, json_parse(c, str_of(text), &list));
    assert_int_equal(json_count(list), 1);
    assert_non_null(json_get(json_get(json_get(json_at(list, 0), "input"), "properties"), "days"));
    // A guard that decides about the button; a hidden action has none.
    wish.state = TAKEN;
    assert_non_null(strstr(buttons(c, &wish, HELPER), "\"deliver\""));
    wish.id = 7;
    assert_string_equal(buttons(c, &wish, HELPER), "[]");
    assert_int_equal(c->error.code, OK);
    assert_string_equal(buttons(c, &wish, OFFICE), "[]");
    wish.state = DONE;
    assert_string_equal(buttons(c, &wish, OFFICE | HELPER | WISHER), "[]");
}

// --- the table itself
// ----------------------------------------------------------------------------------------------------
static struct str fault_of(struct ctx *c, const struct flow *flow)
{
    struct str fault = {0};
    bool ok = flow_check(c, flow, &fault);
    assert_int_equal(ok, fault.n == 0);
    return fault;
}

static void expect_fault(struct ctx *c, const struct flow *flow, const char *name, const char *what)
{
    struct str fault = fault_of(c, flow);
    if (str_find(fault, str_of(name), 0) == (size_t)-1 || str_find(fault, str_of(what), 0) == (size_t)-1)
        fail_msg("“%.*s”, wanted “%s” and “%s”", STR_ARG(fault), name, what);
}

static void test_check(struct ctx *c)
{
    assert_int_equal(fault_of(c, &wish_flow).n, 0);
    struct flow_state s[COUNT(states)];
    struct flow_rule r[COUNT(rules)];
    struct flow flow = wish_flow;
    flow.states = s;
    flow.rules = r;
#define AGAIN() (memcpy(s, states, sizeof s), memcpy(r, rules, sizeof r))
    AGAIN();
    s[OPEN].owner = 0;
    expect_fault(c, &flow, "open", "no owner");
    AGAIN();
    s[TAKEN].clock = NULL;
    expect_fault(c, &flow, "taken", "no clock");
    AGAIN();
    s[OPEN].owner = 8;
    expect_fault(c, &flow, "open", "no relation");
    AGAIN();
    s[OPEN].flags = FLOW_INITIAL;
    expect_fault(c, &flow, "states", "initial");
    AGAIN();
    s[OPEN].name = "elsewhere";
    expect_fault(c, &flow, "elsewhere", "in order");
    AGAIN();
    s[OPEN].name = "taken";
    expect_fault(c, &flow, "taken", "two states");
    AGAIN();
    s[OPEN].owner = WISHER, r[4].from = BIT(TAKEN);
    expect_fault(c, &flow, "open", "its owner may use");
    AGAIN();
    r[1].to = OPEN;
    expect_fault(c, &flow, "refused", "nothing leads to it");
    AGAIN();
    r[3].to = FLOW_SAME;
    expect_fault(c, &flow, "open", "cannot end");
    AGAIN();
    r[2].to = 9;
    expect_fault(c, &flow, "take", "does not exist");
    AGAIN();
    r[2].from = BIT(12);
    expect_fault(c, &flow, "take", "does not exist");
    AGAIN();
    r[2].who = 0;
    expect_fault(c, &flow, "take", "nobody");
    AGAIN();
    r[2].event = NULL;
    expect_fault(c, &flow, "take", "event");
    AGAIN();
    r[5] = r[2];
    expect_fault(c, &flow, "take", "two rules");
}

// Round and round: what is open is taken and expires.
static void test_cannot_end(struct ctx *c)
{
    struct flow_rule r[COUNT(rules) + 1];
    struct flow flow = wish_flow;
    memcpy(r, rules, sizeof rules);
    flow.rules = r;
    r[3].to = OPEN;
    r[COUNT(rules)] =
        (struct flow_rule){"bless", "直接圆梦", "Bless", BIT(IN_REVIEW), DONE, OFFICE, .event = "wish.done"};
    flow.rule_count++;
    expect_fault(c, &flow, "open", "cannot end");
}

static void test_diagram(struct ctx *c)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    flow_mermaid(&wish_flow, "zh", &out);
    const char *text = str_z(c->arena, buf_str(&out));
    assert_true(str_starts_with(buf_str(&out), STR("stateDiagram-v2\n")));
    assert_non_null(strstr(text, "    [*] --> in_review\n"));
    assert_non_null(strstr(text, "    state \"待审核\" as in_review\n"));
    assert_non_null(strstr(text, "    in_review --> open : 通过 (社区)\n"));
    assert_non_null(strstr(text, "    taken --> taken : 催办 (许愿人)\n"));
    assert_non_null(strstr(text, "    done --> [*]\n"));
    buf_clear(&out);
    flow_mermaid(&wish_flow, "en", &out);
    text = str_z(c->arena, buf_str(&out));
    assert_non_null(strstr(text, "    open --> taken : Take (helper)\n"));
    assert_null(strstr(text, "认领"));
    buf_free(&out);
}

EACH(test_steps, &flow_module.store, 1)
EACH(test_refusals, &flow_module.store, 1)
EACH(test_note_fields, &flow_module.store, 1)

// These touch no store.
#define ALONE(name_)                                                                                                   \
    static void name_##_alone(void **state)                                                                            \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        run_on("sqlite", test_##name_, NULL, 0);                                                                       \
    }
ALONE(buttons)
ALONE(check)
ALONE(cannot_end)
ALONE(diagram)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_steps),
        BOTH(test_refusals),
        BOTH(test_note_fields),
        cmocka_unit_test(buttons_alone),
        cmocka_unit_test(check_alone),
        cmocka_unit_test(cannot_end_alone),
        cmocka_unit_test(diagram_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
