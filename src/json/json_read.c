// SPDX-License-Identifier: MulanPSL-2.0
// jansson does the parsing; its tree is copied into the arena and freed at once, so that members can be reached by
// number and nothing has to be counted.

// jansson's names for kinds are ours too (json/json.h); here its own get a prefix.
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_REAL JANSSON_REAL
#define JSON_NULL JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_REAL
#undef JSON_NULL

#include "json/json.h"

#include <string.h>

struct member {
    struct str key;
    const struct json *value;
};

struct json {
    enum json_kind kind;
    size_t count; // of elements or members
    union {
        bool truth;
        int64_t integer;
        double real;
        struct str string;
        const struct json **elements;
        struct member *members;
    } as;
};

// Brackets outside strings: enough to bound jansson's recursion before it starts.
static bool too_deep(struct str text)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > JSON_MAX_DEPTH)
                return true;
        } else if ((c == ']' || c == '}') && depth) {
            depth--;
        }
    }
    return false;
}

static const struct json *copy(struct arena *arena, json_t *from);

static void copy_members(struct arena *arena, json_t *from, struct json *to)
{
    size_t n = 0;
    to->kind = JSON_OBJECT;
    to->count = json_object_size(from);
    to->as.members = arena_array(arena, to->count, sizeof(*to->as.members));
    for (void *at = json_object_iter(from); at; at = json_object_iter_next(from, at)) {
        struct str key = {json_object_iter_key(at), json_object_iter_key_len(at)};
        to->as.members[n++] = (struct member){str_copy(arena, key), copy(arena, json_object_iter_value(at))};
    }
}

static void copy_elements(struct arena *arena, json_t *from, struct json *to)
{
    to->kind = JSON_ARRAY;
    to->count = json_array_size(from);
    to->as.elements = arena_array(arena, to->count, sizeof(*to->as.elements));
    for (size_t i = 0; i < to->count; i++)
        to->as.elements[i] = copy(arena, json_array_get(from, i));
}

// The recursion is bounded by too_deep().
static const struct json *copy(struct arena *arena, json_t *from)
{
    struct json *to = arena_alloc(arena, sizeof(*to));
    switch (json_typeof(from)) {
    case JANSSON_OBJECT:
        copy_members(arena, from, to);
        break;
    case JANSSON_ARRAY:
        copy_elements(arena, from, to);
        break;
    case JANSSON_STRING:
        to->kind = JSON_STRING;
        to->as.string = str_copy(arena, (struct str){json_string_value(from), json_string_length(from)});
        break;
    case JSON_INTEGER:
        to->kind = JSON_INT;
        to->as.integer = json_integer_value(from);
        break;
    case JANSSON_REAL:
        to->kind = JSON_REAL;
        to->as.real = json_real_value(from);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        to->kind = JSON_BOOL;
        to->as.truth = json_typeof(from) == JSON_TRUE;
        break;
    case JANSSON_NULL:
        to->kind = JSON_NULL;
        break;
    }
    return to;
}

enum err json_parse(struct ctx *c, struct str text, const struct json **ret_value)
{
    if (!utf8_valid(text))
        return fail(c, ERR_INVALID, "json.bad_utf8");
    if (too_deep(text))
        return fail(c, ERR_INVALID, "json.too_deep");
    json_error_t error;
    // Without JSON_ALLOW_NUL an escaped NUL is refused; integers must fit 64 bits.
    json_t *root = json_loadb(text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!root) {
        bool twice = json_error_code(&error) == json_error_duplicate_key;
        bool english = c->lang && strcmp(c->lang, "en") == 0;
        struct str where = english ? str_format(c->arena, "line %d, column %d", error.line, error.column)
                                   : str_format(c->arena, "第 %d 行第 %d 列", error.line, error.column);
        return fail_with(c, ERR_INVALID, twice ? "json.duplicate_key" : "json.malformed", where, STR(""));
    }
    *ret_value = copy(c->arena, root);
    json_decref(root);
    return OK;
}

enum json_kind json_kind(const struct json *value)
{
    return value ? value->kind : JSON_NULL;
}

const struct json *json_get(const struct json *object, const char *key)
{
    if (json_kind(object) != JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < object->count; i++)
        if (str_equal_z(object->as.members[i].key, key))
            return object->as.members[i].value;
    return NULL;
}

struct str json_str(const struct json *value)
{
    return json_kind(value) == JSON_STRING ? value->as.string : (struct str){"", 0};
}

int64_t json_int(const struct json *value)
{
    return json_kind(value) == JSON_INT ? value->as.integer : 0;
}

double json_number(const struct json *value)
{
    return json_kind(value) == JSON_REAL ? value->as.real : (double)json_int(value);
}

bool json_bool(const struct json *value)
{
    return json_kind(value) == JSON_BOOL && value->as.truth;
}

size_t json_count(const struct json *value)
{
    return value ? value->count : 0;
}

const struct json *json_at(const struct json *array, size_t index)
{
    return json_kind(array) == JSON_ARRAY && index < array->count ? array->as.elements[index] : NULL;
}

const struct json *json_member(const struct json *object, size_t index, struct str *ret_key)
{
    if (json_kind(object) != JSON_OBJECT || index >= object->count)
        return NULL;
    *ret_key = object->as.members[index].key;
    return object->as.members[index].value;
}
