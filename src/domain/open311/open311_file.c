// SPDX-License-Identifier: MulanPSL-2.0
// POST requests: what a client sends becomes a request like any other, filed from outside. What the office needs and no
// field of ours holds (address in words, answers, a picture's address) is written below the description, for those who
// do the work; the public sees the description alone.
#include "crypto/seal.h"
#include "domain/open311/open311_internal.h"
#include "flow/command.h"
#include "open311_sql.h"

#include <string.h>

#define EXTRAS_MAX 8000 // code points of what is written below the description
#define ANSWERS_MAX 200
#define TOKEN_BYTES 16

static const struct field filing_input_fields[] = {
#define IN(name_, flags_, doc_)                                                                                        \
    {                                                                                                                  \
        .name = (name_), .type = FIELD_TEXT, .flags = FIELD_INPUT | (flags_), .max = OPEN311_DESCRIPTION_MAX,          \
        .doc = (doc_)                                                                                                  \
    }
    IN("api_key", FIELD_REQUIRED, "Key, made in the console"),
    IN("jurisdiction_id", 0, "Only where several districts are served"),
    IN("service_code", FIELD_REQUIRED, "As in GET services"),
    IN("lat", 0, "WGS 84; with long"),
    IN("long", 0, "WGS 84; with lat"),
    IN("address_string", 0, "The place in words"),
    IN("address_id", 0, "Id or code of the place"),
    IN("attribute", 0, "attribute[CODE]=answer, as in GET services/CODE; attribute[CODE][]=answer for several"),
    IN("email", 0, "Kept sealed"),
    IN("first_name", 0, "Kept sealed"),
    IN("last_name", 0, "Kept sealed"),
    IN("phone", 0, "Kept sealed"),
    IN("device_id", 0, "Not kept"),
    IN("account_id", 0, "Not kept"),
    IN("description", FIELD_MULTILINE, "What is asked; shown to the public unless the service is private"),
    IN("media_url", 0, "A picture elsewhere; it is not fetched. Files may be sent as parts of a multipart form"),
};
const struct record open311_filing_input_record = {"open311_filing_input", NULL, 0, FIELDS(filing_input_fields)};

struct filing_call {
    enum open311_format format;
    const struct open311_form *form;
    struct service_item item;
    struct open311_definition definition;
    struct open311_where where;
    int64_t place_id;
    bool located;
    struct str description, name, phone, media_url;
    struct open311_answer answers[ANSWERS_MAX]; // in clear
    size_t answer_count;
    struct open311_files files;
    struct open311_errors errors;
};

// --- what is sent ---------------------------------------------------------------------------------------------------
static enum err bad_value(struct ctx *c, const char *name, struct str value)
{
    return fail_with(c, ERR_INVALID, "open311.bad_value", str_of(name), utf8_prefix(value, 40));
}

static enum err too_long(struct ctx *c, const char *name, int64_t max)
{
    return fail_with(c, ERR_INVALID, "open311.too_long", str_of(name), str_format(c->arena, "%lld", (long long)max));
}

static enum err read_degrees(struct ctx *c, const char *name, struct str text, double max, double *ret_value)
{
    if (!str_to_double(text, ret_value) || *ret_value < -max || *ret_value > max)
        return bad_value(c, name, text);
    return OK;
}

static enum err read_where(struct ctx *c, struct filing_call *call)
{
    struct open311_where *where = &call->where;
    struct str lat = open311_value(c, call->form, "lat"), lng = open311_value(c, call->form, "long");
    where->address_id = open311_value(c, call->form, "address_id");
    where->address_string = open311_value(c, call->form, "address_string");
    if (!lat.n != !lng.n)
        return fail_with(c, ERR_INVALID, "open311.missing", lat.n ? STR("long") : STR("lat"), STR(""));
    if (utf8_count(where->address_string) > 1000)
        return too_long(c, "address_string", 1000);
    if (utf8_count(where->address_id) > 64)
        return too_long(c, "address_id", 64);
    where->has_point = lat.n > 0;
    if (!where->has_point)
        return where->address_id.n || where->address_string.n ? OK : fail(c, ERR_INVALID, "open311.no_place");
    TRY(read_degrees(c, "lat", lat, 90, &where->lat));
    return read_degrees(c, "long", lng, 180, &where->lng);
}

static bool ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

// Chinese names are written family name first and without a blank.
static struct str full_name(struct ctx *c, struct str first, struct str last)
{
    if (!first.n || !last.n)
        return first.n ? first : last;
    if (!ascii(first) || !ascii(last))
        return str_concat(c->arena, last, first);
    return str_format(c->arena, "%.*s %.*s", STR_ARG(first), STR_ARG(last));
}

// Whom to ask. An address to write to goes with the name: our people ring.
static enum err read_contact(struct ctx *c, struct filing_call *call)
{
    struct str email = open311_value(c, call->form, "email");
    call->name = full_name(c, open311_value(c, call->form, "first_name"), open311_value(c, call->form, "last_name"));
    call->phone = open311_value(c, call->form, "phone");
    if (email.n)
        call->name = str_format(c->arena, "%.*s%s<%.*s>", STR_ARG(call->name), call->name.n ? " " : "", STR_ARG(email));
    if (utf8_count(call->name) > 200)
        return too_long(c, "first_name, last_name, email", 200);
    return utf8_count(call->phone) > 40 ? too_long(c, "phone", 40) : OK;
}

static enum err read_description(struct ctx *c, struct filing_call *call)
{
    for (size_t i = 0; i < call->form->count && !call->description.n; i++) // as it came: no blank is taken away
        if (str_equal_z(call->form->parts[i].name, "description") && !call->form->parts[i].filename.n)
            call->description = open311_clean(c->arena, call->form->parts[i].content);
    if (utf8_count(call->description) > OPEN311_DESCRIPTION_MAX)
        return too_long(c, "description", OPEN311_DESCRIPTION_MAX);
    call->media_url = open311_value(c, call->form, "media_url");
    bool web = str_starts_with(call->media_url, STR("http://")) || str_starts_with(call->media_url, STR("https://"));
    if (call->media_url.n && !web)
        return bad_value(c, "media_url", call->media_url);
    return utf8_count(call->media_url) > 1000 ? too_long(c, "media_url", 1000) : OK;
}

// --- attributes -----------------------------------------------------------------------------------------------------
static void complain(struct ctx *c, struct filing_call *call, const char *key, struct str code, struct str value)
{
    open311_error_add(&call->errors, open311_sentence(c, key, code, utf8_prefix(value, 40)));
}

static bool answer_fits(struct ctx *c, const struct open311_attribute *a, struct str value)
{
    struct str name;
    double number;
    int64_t at_ms;
    switch (a->datatype) {
    case DATA_NUMBER:
        return str_to_double(value, &number);
    case DATA_DATETIME:
        return open311_time_parse(c->arena, value, &at_ms);
    case DATA_SINGLE:
    case DATA_MULTI:
        return open311_choice(a->choices, value, &name);
    default:
        return utf8_count(value) <= (a->datatype == DATA_STRING ? 1000 : OPEN311_DESCRIPTION_MAX);
    }
}

static size_t count_answers(const struct filing_call *call, struct str code)
{
    size_t count = 0;
    for (size_t i = 0; i < call->answer_count; i++)
        count += str_equal(call->answers[i].code, code);
    return count;
}

// What the service does not ask is kept all the same: clients send more than is asked.
static void take_answer(struct ctx *c, struct filing_call *call, struct str code, struct str value)
{
    const struct open311_attribute *a = open311_attribute_find(&call->definition, code);
    if (a && !answer_fits(c, a, value)) {
        complain(c, call, "open311.bad_answer", code, value);
        return;
    }
    if (a && a->datatype != DATA_MULTI && count_answers(call, code)) {
        complain(c, call, "open311.one_answer", code, value);
        return;
    }
    if (call->answer_count == ANSWERS_MAX) {
        complain(c, call, "open311.too_many_answers", code, value);
        return;
    }
    call->answers[call->answer_count] =
        (struct open311_answer){.position = (int64_t)call->answer_count + 1, .code = code, .answer = value};
    call->answer_count++;
}

static void read_answers(struct ctx *c, struct filing_call *call)
{
    for (size_t i = 0; i < call->form->count; i++) {
        const struct http_part *part = &call->form->parts[i];
        struct str code;
        if (part->filename.n || !open311_attribute_name(part->name, &code) || utf8_count(code) > 100)
            continue;
        struct str value = str_trim(open311_clean(c->arena, part->content));
        if (value.n)
            take_answer(c, call, open311_clean(c->arena, code), value);
    }
    for (size_t i = 0; i < call->definition.count; i++) {
        const struct open311_attribute *a = &call->definition.attributes[i];
        if (a->required && a->variable && !count_answers(call, a->code))
            complain(c, call, "open311.attribute_missing", a->code, a->description);
    }
}

// --- the request ----------------------------------------------------------------------------------------------------
static void add_extra(struct buf *out, struct str name, struct str value)
{
    if (value.n)
        buf_addf(out, "\n%.*s：%.*s", STR_ARG(name), STR_ARG(value));
}

// In Chinese: it is read by those who do the work.
static struct str extras_of(struct ctx *c, const struct filing_call *call)
{
    struct buf out;
    buf_init(&out, (size_t)256 << 10);
    add_extra(&out, STR("地址"), call->where.address_string);
    if (!call->located)
        add_extra(&out, STR("地点编号"), call->where.address_id);
    for (size_t i = 0; i < call->answer_count; i++) {
        const struct open311_attribute *a = open311_attribute_find(&call->definition, call->answers[i].code);
        struct str value = call->answers[i].answer;
        if (a && a->choices.n)
            open311_choice(a->choices, call->answers[i].answer, &value);
        add_extra(&out, a ? a->description : call->answers[i].code, value);
    }
    add_extra(&out, STR("图片地址"), call->media_url);
    struct str text = utf8_prefix(str_copy(c->arena, buf_str(&out)), EXTRAS_MAX);
    buf_free(&out);
    return text;
}

static enum err keep_answers(struct ctx *c, const struct filing_call *call, int64_t request_id)
{
    const struct field *field = record_field(&open311_answer_record, STR("answer"));
    for (size_t i = 0; i < call->answer_count; i++) {
        struct open311_answer answer = call->answers[i];
        answer.request_id = request_id;
        answer.answer = seal_field(c, &open311_answer_record, field, request_id, answer.answer);
        TRY(db_exec(c, &sql_open311_answer_insert, ARGS(ARG_ROW(&open311_answer_record, &answer)), NULL));
    }
    return OK;
}

static struct str new_token(struct ctx *c)
{
    unsigned char bytes[TOKEN_BYTES];
    crypto_random(bytes, sizeof bytes);
    return str_hex(c->arena, bytes, sizeof bytes);
}

static struct str notice_of(struct ctx *c, const struct filing_call *call)
{
    struct str notice = call->located ? STR("") : open311_sentence(c, "open311.not_located", STR(""), STR(""));
    if (!call->files.dropped)
        return notice;
    struct str count = str_format(c->arena, "%zu", call->files.dropped);
    struct str dropped = open311_sentence(c, "open311.files_dropped", count, STR(""));
    return str_format(c->arena, "%.*s%s%.*s", STR_ARG(notice), notice.n ? " " : "", STR_ARG(dropped));
}

static void answer(struct ctx *c, const struct filing_call *call, const struct open311_filing *filing,
                   struct http_response *rs)
{
    struct open311_out o;
    out_begin(&o, c, call->format, rs);
    out_list(&o, "service_requests");
    out_object(&o, "request");
    if (filing->token.n)
        out_text(&o, "token", filing->token);
    else
        out_id(&o, "service_request_id", filing->request_id);
    out_text(&o, "service_notice", notice_of(c, call));
    out_z(&o, "account_id", "");
    out_end(&o);
    out_end(&o);
}

static enum err do_file(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    const struct filing_call *call = arg;
    struct open311_files files = call->files;
    int64_t media[REQUEST_MEDIA_MAX];
    struct request r = {.item_id = call->item.id,
                        .place_id = call->place_id,
                        .source = SOURCE_OPEN311,
                        .contact_name = call->name,
                        .contact_phone = call->phone,
                        .lat = call->where.lat,
                        .lng = call->where.lng};
    (void)rq;
    r.words = str_concat(c->arena, call->description, extras_of(c, call));
    TRY(open311_files_keep(c, &files, "report", media));
    TRY(request_file_with(c, &r, media, files.count));
    struct open311_filing filing = {.request_id = r.id,
                                    .key_id = c->actor.session_id,
                                    .said = (int64_t)utf8_count(call->description),
                                    .media_url = call->media_url,
                                    .token = call->definition.service.batch ? new_token(c) : STR("")};
    TRY(db_exec(c, &sql_open311_filing_insert, ARGS(ARG_ROW(&open311_filing_record, &filing)), NULL));
    TRY(keep_answers(c, call, r.id));
    answer(c, call, &filing, rs);
    return OK;
}

static enum err resolve(struct ctx *c, void *arg)
{
    struct filing_call *call = arg;
    struct str code = open311_value(c, call->form, "service_code");
    if (!code.n)
        return fail_with(c, ERR_INVALID, "open311.missing", STR("service_code"), STR(""));
    enum err err = service_item_by_code(c, code, &call->item);
    if (err == ERR_NOT_FOUND || (err == OK && call->item.closed))
        return fail(c, ERR_NOT_FOUND, "open311.service_unknown");
    TRY(err);
    TRY(open311_definition_get(c, call->item.id, &call->definition));
    TRY(read_where(c, call));
    return open311_locate(c, &call->where, &call->place_id, &call->located);
}

enum err open311_http_file(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct open311_form form;
    struct filing_call *call = arena_alloc(c->arena, sizeof *call);
    memset(call, 0, sizeof *call);
    call->form = &form;
    call->format = open311_format_of(rq);
    TRY(open311_form_read(c, rq, &form));
    TRY(open311_authenticate(c, rq, open311_value(c, &form, "api_key")));
    TRY(open311_check_jurisdiction(c, open311_value(c, &form, "jurisdiction_id")));
    TRY(store_read(c, resolve, call));
    TRY(read_description(c, call));
    TRY(read_contact(c, call));
    read_answers(c, call);
    if (call->errors.count) {
        open311_errors_write(c, call->format, &call->errors, rs);
        return OK;
    }
    TRY(open311_files_receive(c, &form, &call->files));
    return command_run(c, rq, rs, do_file, call);
}

// --- files ----------------------------------------------------------------------------------------------------------
enum err open311_files_receive(struct ctx *c, const struct open311_form *form, struct open311_files *ret_files)
{
    ret_files->count = ret_files->dropped = 0;
    for (size_t i = 0; i < form->count; i++) {
        if (!form->parts[i].filename.n || !form->parts[i].content.n)
            continue;
        enum err err = ret_files->count < REQUEST_MEDIA_MAX
                           ? media_receive(c, form->parts[i].content, &ret_files->media[ret_files->count])
                           : ERR_TOO_LARGE;
        if (err == ERR_INTERNAL || err == ERR_BUSY)
            return err;
        ctx_clear_error(c); // a need is not turned away for a bad picture
        ret_files->count += err == OK;
        ret_files->dropped += err != OK;
    }
    return OK;
}

enum err open311_files_keep(struct ctx *c, struct open311_files *files, const char *purpose, int64_t *ret_ids)
{
    for (size_t i = 0; i < files->count; i++) {
        files->media[i].purpose = str_of(purpose);
        TRY(media_keep(c, &files->media[i]));
        ret_ids[i] = files->media[i].id;
    }
    return OK;
}
