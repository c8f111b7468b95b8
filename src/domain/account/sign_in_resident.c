// SPDX-License-Identifier: MulanPSL-2.0
// Residents: a one-time code on the phone, after the notice. The code is kept as a keyed hash, lives five minutes, is
// used once and guessed at five times. Phones and addresses stand in the store and in the log as keyed hashes only.
#include "domain/account/account_internal.h"

#include "account_sql.h"
#include "base/id.h"
#include "domain/notice/notice.h"

#define CODE_DIGITS 6

static const struct field auth_code_fields[] = {AUTH_CODE_FIELDS(FIELD_ROW, auth_code)};
const struct record auth_code_record = {
    .name = "auth_code", .table = "auth_code", .size_bytes = sizeof(struct auth_code), FIELDS(auth_code_fields)};

#define CODE_INPUT_FIELDS(F, S)                                                                                        \
    F(S, TEXT, phone, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 20)                                                \
    F(S, TEXT, consent_version, .flags = FIELD_INPUT, .max = 20,                                                       \
      .doc = "Version of the notice that was shown and agreed to")
struct code_input {
    CODE_INPUT_FIELDS(FIELD_MEMBER, code_input)
};
static const struct field code_input_fields[] = {CODE_INPUT_FIELDS(FIELD_ROW, code_input)};
const struct record code_input_record = {
    .name = "sign_in_code", .size_bytes = sizeof(struct code_input), FIELDS(code_input_fields)};
static const struct field code_sent_fields[] = {
    {.name = "expires_in_s", .type = FIELD_INT, .read = READ_ALL},
    {.name = "resend_in_s", .type = FIELD_INT, .read = READ_ALL},
};
const struct record code_sent_record = {.name = "code_sent", FIELDS(code_sent_fields)};

#define RESIDENT_INPUT_FIELDS(F, S)                                                                                    \
    F(S, TEXT, phone, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 20)                                                \
    F(S, TEXT, code, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 16)                                                 \
    F(S, TEXT, lang, .flags = FIELD_INPUT, .max = 2, .doc = "zh or en")
struct resident_input {
    RESIDENT_INPUT_FIELDS(FIELD_MEMBER, resident_input)
};
static const struct field resident_input_fields[] = {RESIDENT_INPUT_FIELDS(FIELD_ROW, resident_input)};
const struct record resident_input_record = {
    .name = "sign_in_resident", .size_bytes = sizeof(struct resident_input), FIELDS(resident_input_fields)};

// --- sending a code ------------------------------------------------------------------------------------------------
struct sending {
    struct str phone, phone_blind, code;
    struct auth_code row;
};

static struct str random_code(struct ctx *c)
{
    uint32_t number;
    do
        crypto_random(&number, sizeof number);
    while (number >= 4294000000u); // the greatest multiple of a million: no code is likelier than another
    return str_format(c->arena, "%06u", (unsigned)(number % 1000000u));
}

static struct str code_hash(struct ctx *c, int64_t code_id, struct str code)
{
    return blind(c, "account.code", str_format(c->arena, "%lld:%.*s", (long long)code_id, STR_ARG(code)));
}

static enum err refuse_rate(struct ctx *c, int64_t wait_ms)
{
    enum err err = fail(c, ERR_RATE, "account.too_often");
    c->error.retry_after_s = (wait_ms + SECOND_MS - 1) / SECOND_MS;
    return err;
}

static enum err check_rates(struct ctx *c, const struct sending *sending)
{
    struct auth_code newest;
    struct args by_phone = ARGS(ARG_TEXT("phone_blind", sending->phone_blind));
    enum err err = db_one(c, &sql_auth_code_newest, by_phone, &auth_code_record, &newest);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        newest = (struct auth_code){0};
    } else {
        TRY(err);
    }
    if (newest.made_at_ms + CODE_GAP_MS > c->now_ms)
        return refuse_rate(c, newest.made_at_ms + CODE_GAP_MS - c->now_ms);
    int64_t of_phone, of_address;
    struct args phone = ARGS(ARG_TEXT("phone_blind", sending->phone_blind), ARG_INT("since_ms", c->now_ms - DAY_MS));
    struct args address = ARGS(ARG_TEXT("ip_blind", sending->row.ip_blind), ARG_INT("since_ms", c->now_ms - HOUR_MS));
    TRY(db_number(c, &sql_auth_code_count_phone, phone, &of_phone));
    TRY(db_number(c, &sql_auth_code_count_ip, address, &of_address));
    if (of_phone >= CODES_PER_PHONE_DAY)
        return refuse_rate(c, DAY_MS);
    return of_address >= CODES_PER_IP_HOUR ? refuse_rate(c, HOUR_MS) : OK;
}

// Consent is recorded here, before the phone number goes to anybody.
static enum err record_code(struct ctx *c, void *arg)
{
    struct sending *sending = arg;
    TRY(check_rates(c, sending));
    TRY(consent_give(c, sending->phone_blind, 0));
    struct auth_code *row = &sending->row;
    row->id = ids_next(c->house->ids, c->now_ms);
    row->phone_blind = sending->phone_blind;
    row->code_hash = code_hash(c, row->id, sending->code);
    row->made_at_ms = c->now_ms;
    row->expires_at_ms = c->now_ms + CODE_LIFE_MS;
    TRY(db_exec(c, &sql_auth_code_insert, ARGS(ARG_ROW(&auth_code_record, row)), NULL));
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "consent_version");
    json_put_z(w, CONSENT_VERSION);
    return event_data_append(c, &data, "phone", subject_of_blind(c, "account.phone", sending->phone),
                             "account.code_asked");
}

// It did not go out: it does not count against who asked.
static enum err forget_code(struct ctx *c, void *arg)
{
    const struct sending *sending = arg;
    TRY(db_exec(c, &sql_auth_code_forget, ARGS(ARG_INT("id", sending->row.id)), NULL));
    return event_append(c, "phone", subject_of_blind(c, "account.phone", sending->phone), "account.code_not_sent",
                        (struct str){0}, NULL);
}

static enum err send(struct ctx *c, struct sending *sending)
{
    enum err err = notice_send_code(c, sending->phone, sending->code);
    if (err == OK)
        return OK;
    struct error why = c->error;
    ctx_clear_error(c);
    TRY(store_write(c, forget_code, sending));
    c->error = why;
    return err;
}

enum err sign_in_code(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct code_input input = {0};
    struct sending sending = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &code_input_record, body, RECORD_CREATE, 0, &input));
    if (!str_equal_z(input.consent_version, CONSENT_VERSION))
        return fail_field(c, ERR_INVALID, "account.consent_needed", STR("consent_version"));
    TRY(phone_read(c, input.phone, &sending.phone));
    TRY(notice_ready(c));
    sending.phone_blind = phone_blind(c, sending.phone);
    sending.row.ip_blind = blind(c, "account.address", rq->client_ip);
    sending.code = random_code(c);
    TRY(store_write(c, record_code, &sending));
    TRY(send(c, &sending));
    rs->status = 202;
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    json_object_begin(&w);
    json_key(&w, "expires_in_s");
    json_put_int(&w, CODE_LIFE_MS / SECOND_MS);
    json_key(&w, "resend_in_s");
    json_put_int(&w, CODE_GAP_MS / SECOND_MS);
    json_object_end(&w);
    return OK;
}

// --- signing in with it --------------------------------------------------------------------------------------------
enum verdict { CODE_RIGHT, CODE_WRONG, CODE_OVER };
struct entering {
    struct resident_input input;
    struct http_request *rq;
    struct http_response *rs;
    struct str phone, phone_blind;
    enum verdict verdict;
};

// Counts the try before looking at the code, so that five guesses are five whoever sends them at once.
static enum err use_code(struct ctx *c, struct entering *entering)
{
    struct auth_code newest;
    struct args args = ARGS(ARG_TEXT("phone_blind", entering->phone_blind));
    enum err err = db_one(c, &sql_auth_code_newest, args, &auth_code_record, &newest);
    entering->verdict = CODE_OVER;
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    int64_t changed;
    TRY(db_exec(c, &sql_auth_code_try, ARGS(ARG_INT("id", newest.id), ARG_INT("max", CODE_TRIES_MAX)), &changed));
    if (changed != 1)
        return OK;
    struct str hash = code_hash(c, newest.id, entering->input.code);
    bool right = hash.n == newest.code_hash.n && crypto_equal(hash.p, newest.code_hash.p, hash.n);
    entering->verdict = right ? CODE_RIGHT : CODE_WRONG;
    return right ? db_exec(c, &sql_auth_code_use, ARGS(ARG_INT("id", newest.id)), NULL) : OK;
}

static enum err consented(struct ctx *c, struct str phone_blind_, bool *ret_there)
{
    struct consent consent;
    struct args args = ARGS(ARG_TEXT("phone_blind", phone_blind_), ARG_TEXT("consent_version", STR(CONSENT_VERSION)));
    enum err err = db_one(c, &sql_consent_running, args, &consent_record, &consent);
    *ret_there = err == OK;
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    return OK;
}

static enum err find_resident(struct ctx *c, const struct entering *entering, struct person *ret_person)
{
    struct args args = ARGS(ARG_TEXT("phone_blind", entering->phone_blind));
    enum err err = db_one(c, &sql_resident_by_phone, args, &person_record, ret_person);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    *ret_person = person_new_resident(c, entering->phone);
    return db_exec(c, &sql_person_insert, ARGS(ARG_ROW(&person_record, ret_person)), NULL);
}

static enum err enter(struct ctx *c, void *arg)
{
    struct entering *entering = arg;
    TRY(use_code(c, entering));
    if (entering->verdict != CODE_RIGHT)
        return event_append(c, "phone", subject_of_blind(c, "account.phone", entering->phone), "account.code_refused",
                            (struct str){0}, NULL);
    bool agreed;
    struct person person;
    TRY(consented(c, entering->phone_blind, &agreed));
    if (!agreed)
        return fail_field(c, ERR_INVALID, "account.consent_needed", STR("consent_version"));
    TRY(find_resident(c, entering, &person));
    if (person.disabled)
        return fail(c, ERR_FORBIDDEN, "account.disabled");
    TRY(db_exec(c, &sql_consent_link,
                ARGS(ARG_TEXT("phone_blind", entering->phone_blind), ARG_INT("person_id", person.id)), NULL));
    struct str lang = entering->input.lang.n ? entering->input.lang : person.lang;
    if (!str_equal_z(person.consent_version, CONSENT_VERSION) || !str_equal(person.lang, lang)) {
        person.consent_version = STR(CONSENT_VERSION);
        person.lang = lang;
        TRY(person_save(c, &person));
    }
    return account_sign_in(c, entering->rq, entering->rs, &person, "code");
}

enum err lang_check(struct ctx *c, struct str lang)
{
    if (lang.n == 0 || str_equal_z(lang, "zh") || str_equal_z(lang, "en"))
        return OK;
    return fail_field(c, ERR_INVALID, "field.unknown_value", STR("lang"));
}

enum err sign_in_resident(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct entering entering = {.rq = rq, .rs = rs};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &resident_input_record, body, RECORD_CREATE, 0, &entering.input));
    TRY(lang_check(c, entering.input.lang));
    TRY(phone_read(c, entering.input.phone, &entering.phone));
    entering.phone_blind = phone_blind(c, entering.phone);
    TRY(store_write(c, enter, &entering));
    if (entering.verdict == CODE_RIGHT)
        return OK;
    return fail_field(c, ERR_UNAUTHENTICATED,
                      entering.verdict == CODE_WRONG ? "account.code_wrong" : "account.code_over", STR("code"));
}
