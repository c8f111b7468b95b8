// SPDX-License-Identifier: MulanPSL-2.0
// What a list of modules brings together, and that the platform's own sentences are complete.
#include "job/test_each.h"

#include "flow/module.h"

#include <string.h>

static enum err nothing(struct ctx *c)
{
    (void)c;
    return OK;
}
static enum err answer(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    (void)rq;
    (void)rs;
    return OK;
}
static const struct route routes[] = {{"GET", "/a", answer, ACCESS_ANYONE}, {0}};
static const struct job jobs[] = {{"a.job", 1000, nothing}, {0}};
static const struct message messages[] = {{"a.key", "甲", "A"}, {0}};
static const struct event_subject subjects[] = {{"a", NULL, NULL}, {"b", NULL, NULL}, {0}};
static const struct module full = {
    .name = "full", .routes = routes, .jobs = jobs, .messages = messages, .subjects = subjects};
static const struct module empty = {.name = "empty"};
static const struct module *const all[] = {&flow_module, &empty, &full};
static const struct module_list list = {all, 3};

static void test_brought_together(void **state)
{
    (void)state;
    struct house house = {.modules = &list};
    struct ctx c = test_ctx_without_store(&house);
    size_t count;
    const struct store_part *parts = module_store_parts(&c, &list, &count);
    assert_int_equal(count, 2); // modules without tables bring none
    assert_string_equal(parts[0].module, "job");
    assert_string_equal(parts[1].module, "flow");
    const struct route *const *tables = module_routes(&c, &list);
    assert_true(tables[0] == routes && !tables[1]);
    const struct job *const *job_tables = module_jobs(&c, &list);
    assert_true(job_tables[0] == flow_module.jobs && job_tables[1] == jobs && !job_tables[2]);
    const struct message *const *message_tables = module_messages(&c, &list);
    assert_non_null(message_find(message_tables, "a.key"));
    assert_non_null(message_find(message_tables, "flow.stale"));
    assert_true(event_subject_of(&c, STR("b")) == &subjects[1]);
    assert_null(event_subject_of(&c, STR("c")));
    house.modules = NULL;
    assert_null(event_subject_of(&c, STR("b")));
    arena_free(c.arena);
}

static size_t placeholders(const char *text)
{
    return (strstr(text, "{0}") != NULL) + 2 * (size_t)(strstr(text, "{1}") != NULL);
}

static void test_sentences(void **state)
{
    (void)state;
    for (const struct message *m = flow_module.messages; m->key; m++) {
        assert_true(m->zh[0] && m->en[0]);
        assert_int_equal(placeholders(m->zh), placeholders(m->en));
        for (const struct message *other = flow_module.messages; other != m; other++)
            assert_string_not_equal(other->key, m->key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_brought_together), cmocka_unit_test(test_sentences)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
