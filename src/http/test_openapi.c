// SPDX-License-Identifier: MulanPSL-2.0
#include "http/openapi.h"
#include "json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// cmocka last: it wants those before it
#include <cmocka.h>

struct thing {
    int64_t id;
    struct str name, part;
};
static const struct field part_fields[] = {
    {"size", FIELD_INT, .read = READ_PUBLIC, .offset = offsetof(struct thing, id)},
};
static const struct record part_record = {.name = "part", .size_bytes = sizeof(struct thing), FIELDS(part_fields)};
static const struct field thing_fields[] = {
    {FIELD_AT(struct thing, id), .type = FIELD_ID, .flags = FIELD_KEY, .read = READ_PUBLIC},
    {FIELD_AT(struct thing, name), .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_PUBLIC},
    {FIELD_AT(struct thing, part), .type = FIELD_JSON, .flags = FIELD_COMPUTED, .read = READ_PUBLIC,
     .of = &part_record},
};
static const struct record thing_record = {.name = "thing", .size_bytes = sizeof(struct thing), FIELDS(thing_fields)};

static enum err nothing(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)c;
    (void)rq;
    (void)rs;
    return OK;
}

static const struct route_query query[] = {{"q", "Words"}, {NULL, NULL}};
static const struct route first[] = {
    {"GET", "/api/v1/things", nothing, ACCESS_SIGNED_IN, ROUTE_LIST, .out = &thing_record, .query = query,
     .summary = "Things"},
    {"POST", "/api/v1/things", nothing, ACCESS_SIGNED_IN, .in = &thing_record, .out = &thing_record},
    {"GET", "/api/v1/things.csv", nothing, 1, ROUTE_CSV},
    {NULL},
};
static const struct route second[] = {
    {"GET", "/api/v1/things/{id}", nothing, ACCESS_ANYONE, .out = &thing_record},
    {"PATCH", "/api/v1/things/{id}", nothing, 1, .in = &thing_record, .out = &thing_record},
    {"DELETE", "/api/v1/things/{id}", nothing, 1},
    {"POST", "/api/v1/pictures", nothing, 1, ROUTE_MULTIPART, .out = &thing_record},
    {NULL},
};
static const struct route *const tables[] = {first, second, NULL};

static struct ctx c;
static const struct json *document;

static const struct json *at(const char *path) // "a|b|c"
{
    const struct json *value = document;
    struct str rest = str_of(path);
    while (rest.n && value)
        value = json_get(value, str_z(c.arena, str_cut(&rest, '|')));
    return value;
}

static void paths_hold_their_methods_once(void **state)
{
    (void)state;
    assert_true(str_equal_z(json_str(at("openapi")), "3.1.0"));
    assert_true(str_equal_z(json_str(at("info|version")), "1.2.3"));
    assert_int_equal(json_count(at("paths")), 4);
    assert_int_equal(json_count(at("paths|/api/v1/things")), 2);
    assert_int_equal(json_count(at("paths|/api/v1/things/{id}")), 3);
    assert_true(str_equal_z(json_str(at("paths|/api/v1/things/{id}|patch|operationId")), "patch_things_id"));
    assert_int_equal(json_count(at("paths|/api/v1/things/{id}|get|security")), 0);
    assert_int_equal(json_count(at("paths|/api/v1/things|get|security")), 2);
}

static void parameters_are_told(void **state)
{
    (void)state;
    assert_int_equal(json_count(at("paths|/api/v1/things|get|parameters")), 3);  // q, before, limit
    assert_int_equal(json_count(at("paths|/api/v1/things|post|parameters")), 1); // Idempotency-Key
    const struct json *patch = at("paths|/api/v1/things/{id}|patch|parameters");
    assert_int_equal(json_count(patch), 2);
    assert_true(str_equal_z(json_str(json_get(json_at(patch, 0), "name")), "id"));
    assert_true(json_bool(json_get(json_at(patch, 0), "required")));
    assert_true(str_equal_z(json_str(json_get(json_at(patch, 1), "name")), "If-Match"));
}

static void schemas_by_use(void **state)
{
    (void)state;
    assert_non_null(at("components|schemas|thing|properties|id"));
    assert_null(at("components|schemas|thing_input|properties|id"));
    assert_int_equal(json_count(at("components|schemas|thing_input|required")), 1);
    assert_non_null(at("components|schemas|thing_change|properties|name"));
    assert_null(at("components|schemas|thing_change|required"));
    assert_non_null(at("components|schemas|part"));
    assert_non_null(at("paths|/api/v1/pictures|post|requestBody|content|multipart/form-data"));
    assert_non_null(at("paths|/api/v1/things.csv|get|responses|2XX|content|text/csv"));
}

// Walks everything: each "$ref" names what is there.
static void check_refs(const struct json *value)
{
    if (json_kind(value) == JSON_ARRAY)
        for (size_t i = 0; i < json_count(value); i++)
            check_refs(json_at(value, i));
    if (json_kind(value) != JSON_OBJECT)
        return;
    for (size_t i = 0; i < json_count(value); i++) {
        struct str key;
        const struct json *member = json_member(value, i, &key);
        check_refs(member);
        if (!str_equal_z(key, "$ref"))
            continue;
        struct str rest = json_str(member);
        const struct json *target = document;
        assert_true(str_starts_with(rest, STR("#/")));
        str_cut(&rest, '/');
        while (rest.n && target)
            target = json_get(target, str_z(c.arena, str_cut(&rest, '/')));
        assert_non_null(target);
    }
}

static void references_lead_somewhere(void **state)
{
    (void)state;
    check_refs(document);
}

static int start(void **state)
{
    (void)state;
    struct buf out;
    c = (struct ctx){.arena = arena_new(8 << 20)};
    buf_init(&out, 1 << 20);
    openapi_write(tables, NULL, "1.2.3", &out);
    enum err err = json_parse(&c, str_copy(c.arena, buf_str(&out)), &document);
    bool full = out.full;
    buf_free(&out);
    return err != OK || full;
}

static int stop(void **state)
{
    (void)state;
    arena_free(c.arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_hold_their_methods_once),
        cmocka_unit_test(parameters_are_told),
        cmocka_unit_test(schemas_by_use),
        cmocka_unit_test(references_lead_somewhere),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
