// SPDX-License-Identifier: MulanPSL-2.0
#include "base/id.h"
#include "base/test.h"
#include "json/record_json.h"

#include <math.h>
#include <string.h>

struct sample {
    int64_t id, place_id, at;
    int64_t count;
    bool flag;
    double lat;
    struct str title, words, phone, proof, media, extra, secret;
    int kind;
};

static const char *const kinds[] = {"wish", "repair", NULL};
static const struct record place_record = {.name = "place"};
static const struct field fields[] = {
    {FIELD_AT(struct sample, id), .type = FIELD_ID, .flags = FIELD_KEY, .read = READ_ALL},
    {FIELD_AT(struct sample, place_id), .type = FIELD_ID, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL},
    {FIELD_AT(struct sample, at), .type = FIELD_TIME, .flags = FIELD_INPUT, .read = READ_ALL},
    {FIELD_AT(struct sample, count), .type = FIELD_INT, .flags = FIELD_INPUT, .read = READ_STAFF, .min = 1, .max = 5},
    {FIELD_AT(struct sample, flag), .type = FIELD_BOOL, .flags = FIELD_INPUT, .read = READ_ALL},
    {FIELD_AT(struct sample, lat), .type = FIELD_REAL, .flags = FIELD_INPUT, .read = READ_STAFF, .min = -90, .max = 90},
    {FIELD_AT(struct sample, title), .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_REQUIRED, .read = READ_ALL,
     .min = 2, .max = 5, .doc = "What it is called."},
    {FIELD_AT(struct sample, words), .type = FIELD_TEXT, .flags = FIELD_INPUT | FIELD_MULTILINE, .read = READ_INVOLVED},
    {FIELD_AT(struct sample, phone), .type = FIELD_SEALED, .flags = FIELD_INPUT | FIELD_PERSONAL, .read = READ_INVOLVED,
     .max = 20, .purpose = "To ask back."},
    {FIELD_AT(struct sample, proof), .type = FIELD_BLOB, .flags = FIELD_INPUT, .read = READ_ADMIN, .min = 2, .max = 4},
    {FIELD_AT(struct sample, media), .type = FIELD_IDS, .flags = FIELD_INPUT, .read = READ_ALL, .max = 3},
    {FIELD_AT(struct sample, extra), .type = FIELD_JSON, .flags = FIELD_COMPUTED | FIELD_MANY, .read = READ_ALL,
     .of = &place_record},
    {FIELD_AT(struct sample, secret), .type = FIELD_TEXT, .flags = 0, .read = READ_NOBODY},
    {FIELD_AT(struct sample, kind), .type = FIELD_ENUM, .flags = FIELD_INPUT, .read = READ_ALL, .names = kinds},
};
static const struct record sample_record = {.name = "sample", .table = "sample", FIELDS(fields)};

struct fixture {
    struct house house;
    struct ctx c;
    struct buf out;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->house.keys = keys_for_test(SUITE_STD);
    f->c = test_ctx(&f->house);
    buf_init(&f->out, 100000);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    buf_free(&f->out);
    arena_free(f->c.arena);
    keys_free(f->house.keys);
    free(f);
    return 0;
}

static enum err read_sample(struct fixture *f, const char *text, enum record_input mode, struct sample *row)
{
    const struct json *json;
    assert_int_equal(json_parse(&f->c, str_of(text), &json), OK);
    return record_from_json(&f->c, &sample_record, json, mode, 77, row);
}

#define PLACE "\"place_id\":\"0000000000005A\""
#define GOOD PLACE ",\"title\":\"路灯坏了\""

static void a_whole_record(void **state)
{
    struct fixture *f = *state;
    struct sample row = {0};
    char id[ID_TEXT_LENGTH + 1];
    id_format(5, id);
    assert_int_equal(
        read_sample(
            f,
            "{" GOOD ",\"at\":\"2026-11-24T08:00:00+08:00\",\"count\":5,\"flag\":true,\"lat\":27,"
            "\"words\":\" \\u3000第一行\\r\\n第二行\\t。\\u3000\\n\",\"phone\":\" 13812341234 \",\"proof\":\"00fF\","
            "\"media\":[\"0000000000005A\",\"0000-0000-0000-5a\",\"00000000000012\"],\"kind\":\"repair\"}",
            RECORD_CREATE, &row),
        OK);
    assert_string_equal(id, "0000000000005A");
    assert_int_equal(row.place_id, 5);
    assert_int_equal(row.at, INT64_C(1795478400000));
    assert_int_equal(row.count, 5);
    assert_true(row.flag && row.lat == 27.0 && row.kind == 1);
    assert_true(str_equal_z(row.title, "路灯坏了"));
    assert_true(str_equal_z(row.words, "第一行\r\n第二行\t。"));
    assert_int_equal(str_find(row.phone, STR("1381234"), 0), (size_t)-1);
    struct str clear;
    assert_int_equal(open_bytes(&f->c, "sample", "phone", 77, row.phone, &clear), OK);
    assert_true(str_equal_z(clear, "13812341234"));
    assert_int_equal(row.proof.n, 2);
    assert_memory_equal(row.proof.p, "\x00\xFF", 2);
    assert_true(str_equal_z(row.media, "0000000000005A,00000000000012"));
}

static void every_fault_has_its_key(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text, *key, *field;
    } cases[] = {
        {"{}", "field.missing", "place_id"},
        {"{" PLACE "}", "field.missing", "title"},
        {"{" PLACE ",\"title\":\"\"}", "field.missing", "title"},
        {"{" PLACE ",\"title\":\" \\u3000 \"}", "field.missing", "title"},
        {"{" PLACE ",\"title\":null}", "field.missing", "title"},
        {"{\"place_id\":null,\"title\":\"ab\"}", "field.missing", "place_id"},
        {"{\"place_id\":\"\",\"title\":\"ab\"}", "field.missing", "place_id"},
        {"{" PLACE ",\"title\":7}", "field.wrong_type", "title"},
        {"{" PLACE ",\"title\":\"a\"}", "field.too_short", "title"},
        {"{" PLACE ",\"title\":\"路灯坏了很久\"}", "field.too_long", "title"},
        {"{" PLACE ",\"title\":\"a\\nb\"}", "field.bad_character", "title"},
        {"{" PLACE ",\"title\":\"a\\u0001b\"}", "field.bad_character", "title"},
        {"{" PLACE ",\"title\":\"a\\u007fb\"}", "field.bad_character", "title"},
        {"{" PLACE ",\"title\":\"a\\u0085b\"}", "field.bad_character", "title"},
        {"{" PLACE ",\"title\":\"a\\u2028b\"}", "field.bad_character", "title"},
        {"{" PLACE ",\"title\":\"a\\u202eb\"}", "field.bad_character", "title"},
        {"{" PLACE ",\"title\":\"a\\uffffb\"}", "field.bad_character", "title"},
        {"{" GOOD ",\"words\":\"a\\u0008b\"}", "field.bad_character", "words"},
        {"{\"place_id\":5}", "field.wrong_type", "place_id"},
        {"{\"place_id\":\"00000000000055\"}", "field.bad_id", "place_id"},
        {"{" GOOD ",\"at\":\"yesterday\"}", "field.bad_time", "at"},
        {"{" GOOD ",\"at\":0}", "field.wrong_type", "at"},
        {"{" GOOD ",\"count\":0}", "field.out_of_range", "count"},
        {"{" GOOD ",\"count\":6}", "field.out_of_range", "count"},
        {"{" GOOD ",\"count\":1.5}", "field.wrong_type", "count"},
        {"{" GOOD ",\"count\":\"1\"}", "field.wrong_type", "count"},
        {"{" GOOD ",\"count\":null}", "field.wrong_type", "count"},
        {"{" GOOD ",\"flag\":1}", "field.wrong_type", "flag"},
        {"{" GOOD ",\"flag\":null}", "field.wrong_type", "flag"},
        {"{" GOOD ",\"lat\":90.5}", "field.out_of_range", "lat"},
        {"{" GOOD ",\"lat\":\"90\"}", "field.wrong_type", "lat"},
        {"{" GOOD ",\"kind\":\"Wish\"}", "field.unknown_value", "kind"},
        {"{" GOOD ",\"kind\":0}", "field.wrong_type", "kind"},
        {"{" GOOD ",\"phone\":13812341234}", "field.wrong_type", "phone"},
        {"{" GOOD ",\"phone\":\"123456789012345678901\"}", "field.too_long", "phone"},
        {"{" GOOD ",\"proof\":\"0g00\"}", "field.bad_character", "proof"},
        {"{" GOOD ",\"proof\":\"000\"}", "field.too_short", "proof"},
        {"{" GOOD ",\"proof\":\"0000000000\"}", "field.too_long", "proof"},
        {"{" GOOD ",\"media\":\"0000000000005A\"}", "field.wrong_type", "media"},
        {"{" GOOD ",\"media\":[5]}", "field.wrong_type", "media"},
        {"{" GOOD ",\"media\":[\"x\"]}", "field.bad_id", "media"},
        {"{" GOOD ",\"media\":[1,2,3,4]}", "field.too_long", "media"},
        {"{" GOOD ",\"extra\":1}", "json.unknown_field", "extra"},
        {"{" GOOD ",\"secret\":\"x\"}", "json.unknown_field", "secret"},
        {"{" GOOD ",\"id\":\"0000000000005A\"}", "json.unknown_field", "id"},
        {"{" GOOD ",\"tenant_id\":1}", "json.unknown_field", "tenant_id"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample row = {0};
        print_message("%s\n", cases[i].text);
        assert_int_equal(read_sample(f, cases[i].text, RECORD_CREATE, &row), ERR_INVALID);
        assert_string_equal(f->c.error.key, cases[i].key);
        assert_true(str_equal_z(f->c.error.field, cases[i].field));
    }
    struct sample row = {0};
    assert_int_equal(read_sample(f, "{" GOOD ",\"count\":9}", RECORD_CREATE, &row), ERR_INVALID);
    assert_true(str_equal_z(f->c.error.args[0], "1") && str_equal_z(f->c.error.args[1], "5"));
    assert_int_equal(read_sample(f, "[]", RECORD_CREATE, &row), ERR_INVALID);
    assert_string_equal(f->c.error.key, "json.not_an_object");
}

static void a_change_touches_only_what_is_sent(void **state)
{
    struct fixture *f = *state;
    struct sample row = {.place_id = 9, .title = STR("old"), .count = 3, .at = 1, .words = STR("w"), .media = STR("m")};
    assert_int_equal(read_sample(f, "{}", RECORD_CHANGE, &row), OK);
    assert_int_equal(read_sample(f, "{\"count\":4,\"at\":null,\"words\":null,\"media\":null}", RECORD_CHANGE, &row),
                     OK);
    assert_int_equal(row.place_id, 9);
    assert_true(str_equal_z(row.title, "old"));
    assert_int_equal(row.count, 4);
    assert_int_equal(row.at, 0);
    assert_int_equal(row.words.n, 0);
    assert_int_equal(row.media.n, 0);
    assert_int_equal(read_sample(f, "{\"title\":\"\"}", RECORD_CHANGE, &row), ERR_INVALID);
    assert_string_equal(f->c.error.key, "field.missing");
}

static void assert_written(struct fixture *f, const struct sample *row, unsigned readers, const char *expected)
{
    struct json_writer w;
    buf_clear(&f->out);
    json_writer_init(&w, &f->out);
    record_to_json(&f->c, &sample_record, row, 77, readers, &w);
    if (!str_equal_z(buf_str(&f->out), expected))
        fail_msg("%.*s", (int)f->out.n, f->out.p);
}

static struct sample full_sample(struct fixture *f)
{
    struct sample row = {.id = 5, .place_id = 1, .at = 1, .count = 3, .flag = true, .lat = 27.5, .kind = 1};
    row.title = STR("路灯");
    row.words = STR("a\nb");
    row.phone = seal_bytes(&f->c, "sample", "phone", 77, STR("13812341234"));
    row.proof = STR("\x01\xFF");
    row.media = STR("0000000000005A,00000000000012");
    row.extra = STR("[{\"x\":1}]");
    row.secret = STR("never");
    return row;
}

static void a_reader_sees_what_is_his(void **state)
{
    struct fixture *f = *state;
    struct sample row = full_sample(f);
    assert_written(f, &row, READ_PUBLIC,
                   "{\"id\":\"0000000000005A\",\"place_id\":\"00000000000012\",\"at\":\"1970-01-01T00:00:00.001Z\","
                   "\"flag\":true,\"title\":\"路灯\",\"media\":[\"0000000000005A\",\"00000000000012\"],"
                   "\"extra\":[{\"x\":1}],\"kind\":\"repair\"}");
    assert_written(
        f, &row, READ_ALL,
        "{\"id\":\"0000000000005A\",\"place_id\":\"00000000000012\",\"at\":\"1970-01-01T00:00:00.001Z\","
        "\"count\":3,\"flag\":true,\"lat\":27.5,\"title\":\"路灯\",\"words\":\"a\\nb\",\"phone\":\"138****1234\","
        "\"proof\":\"01ff\",\"media\":[\"0000000000005A\",\"00000000000012\"],"
        "\"extra\":[{\"x\":1}],\"kind\":\"repair\"}");
    assert_written(f, &row, 0, "{}");
    struct sample empty = {0};
    assert_written(
        f, &empty, READ_OWNER,
        "{\"id\":null,\"place_id\":null,\"at\":null,\"flag\":false,\"title\":\"\",\"words\":\"\",\"phone\":null,"
        "\"media\":[],\"extra\":null,\"kind\":\"wish\"}");
}

static void a_box_that_does_not_open_hides_only_itself(void **state)
{
    struct fixture *f = *state;
    struct sample row = full_sample(f);
    row.phone = seal_bytes(&f->c, "sample", "phone", 78, STR("13812341234")); // of another row
    struct json_writer w;
    ctx_clear_error(&f->c);
    json_writer_init(&w, &f->out);
    record_to_json(&f->c, &sample_record, &row, 77, READ_OWNER, &w);
    assert_int_not_equal(str_find(buf_str(&f->out), STR("\"phone\":null"), 0), (size_t)-1);
    assert_int_equal(f->c.error.code, OK);
}

static void as_csv(void **state)
{
    struct fixture *f = *state;
    struct sample row = full_sample(f);
    row.title = STR("=路,灯");
    row.lat = -27.5;
    record_csv_header(&sample_record, READ_SCOPE, &f->out);
    record_csv_row(&f->c, &sample_record, &row, 77, READ_SCOPE, &f->out);
    const char *expected = "id,place_id,at,count,flag,lat,title,words,phone,media,extra,kind\r\n"
                           "0000000000005A,00000000000012,1970-01-01T00:00:00.001Z,3,true,-27.5,\"'=路,灯\",\"a\nb\","
                           "138****1234,\"0000000000005A,00000000000012\",\"[{\"\"x\"\":1}]\",repair\r\n";
    if (!str_equal_z(buf_str(&f->out), expected))
        fail_msg("%.*s", (int)f->out.n, f->out.p);
}

static const struct json *schema(struct fixture *f, bool input)
{
    struct json_writer w;
    const struct json *json;
    buf_clear(&f->out);
    json_writer_init(&w, &f->out);
    record_schema(&sample_record, input, &w);
    assert_int_equal(json_parse(&f->c, buf_str(&f->out), &json), OK);
    return json;
}

static void the_schema_says_what_is_taken_and_given(void **state)
{
    struct fixture *f = *state;
    const struct json *in = schema(f, true);
    const struct json *taken = json_get(in, "properties");
    assert_null(json_get(taken, "id"));
    assert_null(json_get(taken, "extra"));
    assert_null(json_get(taken, "secret"));
    assert_int_equal(json_count(taken), 11);
    assert_int_equal(json_count(json_get(in, "required")), 2);
    assert_int_equal(json_kind(json_get(in, "additionalProperties")), JSON_BOOL);
    const struct json *title = json_get(taken, "title");
    assert_true(str_equal_z(json_str(json_get(title, "type")), "string"));
    assert_int_equal(json_int(json_get(title, "minLength")), 2);
    assert_int_equal(json_int(json_get(title, "maxLength")), 5);
    assert_true(str_equal_z(json_str(json_get(title, "description")), "What it is called."));
    assert_int_equal(json_int(json_get(json_get(taken, "count"), "maximum")), 5);
    assert_int_equal(json_int(json_get(json_get(taken, "words"), "maxLength")), 200);
    const struct json *out = schema(f, false);
    const struct json *given = json_get(out, "properties");
    assert_null(json_get(given, "secret"));
    assert_int_equal(json_count(given), 13);
    assert_null(json_get(out, "required"));
    assert_true(str_equal_z(json_str(json_get(json_get(given, "phone"), "x-purpose")), "To ask back."));
    const struct json *many = json_at(json_get(json_get(given, "extra"), "anyOf"), 0);
    assert_true(str_equal_z(json_str(json_get(json_get(many, "items"), "$ref")), "#/components/schemas/place"));
}

static void masks(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *clear, *masked;
    } cases[] = {
        {"13812341234", "138****1234"},
        {"+8613812341234", "+86138****1234"},
        {"李明", "李*"},
        {"欧阳明月", "欧***"},
        {"李", "*"},
        {"买买提·依明", "买*****"},
        {"", ""},
        {"a", "*"},
        {"abc", "***"},
        {"abcd", "a**d"},
        {"0851-12345678", "085*******678"},
        {"红花岗区三幢二单元", "红花*****单元"},
        {"520302199001011234", "5203**********1234"},
        {"John Smith", "Jo******th"},
        {"23812341234", "23*******34"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct str masked = mask_text(f->c.arena, str_of(cases[i].clear));
        if (!str_equal_z(masked, cases[i].masked))
            fail_msg("%s: %.*s", cases[i].clear, (int)masked.n, masked.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_whole_record, setup, teardown),
        cmocka_unit_test_setup_teardown(every_fault_has_its_key, setup, teardown),
        cmocka_unit_test_setup_teardown(a_change_touches_only_what_is_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reader_sees_what_is_his, setup, teardown),
        cmocka_unit_test_setup_teardown(a_box_that_does_not_open_hides_only_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(as_csv, setup, teardown),
        cmocka_unit_test_setup_teardown(the_schema_says_what_is_taken_and_given, setup, teardown),
        cmocka_unit_test_setup_teardown(masks, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
