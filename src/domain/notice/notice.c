// SPDX-License-Identifier: MulanPSL-2.0
// The rows of the outbox: how a notice is put into it, and what it says.
#include "base/id.h"
#include "domain/notice/notice_internal.h"
#include "flow/event_data.h"
#include "notice_sql.h"

const char *const notice_channel_names[] = {"app", "sms", "wecom", "wechat", NULL};
const char *const notice_state_names[] = {"waiting", "sending", "sent", "dead", "dropped", NULL};

static const struct field notice_fields[] = {NOTICE_FIELDS(FIELD_ROW, notice)};
const struct record notice_record = {"notice", "notice", sizeof(struct notice), FIELDS(notice_fields)};
static const struct field consent_fields[] = {NOTICE_CONSENT_FIELDS(FIELD_ROW, notice_consent)};
const struct record notice_consent_record = {"notice_consent", "notice_consent", sizeof(struct notice_consent),
                                             FIELDS(consent_fields)};
static const struct field robot_fields[] = {NOTICE_ROBOT_FIELDS(FIELD_ROW, notice_robot)};
const struct record notice_robot_record = {"notice_robot", "notice_robot", sizeof(struct notice_robot),
                                           FIELDS(robot_fields)};
static const struct field channel_fields[] = {NOTICE_CHANNEL_FIELDS(FIELD_ROW, notice_channel)};
const struct record notice_channel_record = {"notice_channel", "notice_channel", sizeof(struct notice_channel),
                                             FIELDS(channel_fields)};

struct str notice_seal(struct ctx *c, const struct notice *n, const char *field, struct str clear)
{
    return seal_field(c, &notice_record, record_field(&notice_record, str_of(field)), n->id, clear);
}

enum err notice_open(struct ctx *c, const struct notice *n, const char *field, struct str box, struct str *ret_clear)
{
    return open_field(c, &notice_record, record_field(&notice_record, str_of(field)), n->id, box, ret_clear);
}

// --- what it says: {"zh":["…","…"],"en":["…","…"]}, put into the template's sentence when it is read or sent
// ----------
static void write_args(struct json_writer *w, const char *lang, const struct str args[2])
{
    json_key(w, lang);
    json_array_begin(w);
    json_put_str(w, args[0]);
    json_put_str(w, args[1]);
    json_array_end(w);
}

static struct str args_json(struct ctx *c, const struct notice_what *what)
{
    struct buf text;
    struct json_writer w;
    buf_init(&text, 16384);
    json_writer_init(&w, &text);
    json_object_begin(&w);
    write_args(&w, "zh", what->args_zh);
    write_args(&w, "en", what->args_en);
    json_object_end(&w);
    struct str json = str_copy(c->arena, buf_str(&text));
    buf_free(&text);
    return json;
}

enum err notice_text(struct ctx *c, const struct notice *n, const char *lang, struct str *ret_text,
                     struct str *ret_args)
{
    struct str clear, args[2];
    const struct json *json;
    TRY(notice_open(c, n, "text", n->text, &clear));
    TRY(json_parse(c, clear, &json));
    const struct json *list = json_get(json, lang);
    for (size_t i = 0; i < 2; i++) {
        args[i] = json_str(json_at(list, i));
        if (ret_args)
            ret_args[i] = args[i];
    }
    const struct message *message = message_find(module_messages(c, c->house->modules), str_z(c->arena, n->template));
    *ret_text = message ? message_text(c->arena, message, lang, args) : n->template;
    return OK;
}

// --- putting ---------------------------------------------------------------------------------------------------------
enum err notice_event(struct ctx *c, const struct notice *n, const char *type)
{
    struct event_data data;
    struct json_writer *w = event_data_begin(&data);
    json_key(w, "channel");
    json_put_z(w, notice_channel_names[n->channel]);
    json_key(w, "template");
    json_put_str(w, n->template);
    json_key(w, "about");
    json_put_id(w, n->about_id);
    return event_data_append(c, &data, "notice", n->id, type);
}

static struct notice new_notice(struct ctx *c, enum notice_channel_kind channel, const struct notice_what *what)
{
    struct notice_rules rules = notice_rules_of(c);
    struct notice n = {.id = ids_next(c->house->ids, c->now_ms),
                       .channel = (int)channel,
                       .template = str_of(what->template),
                       .urgent = what->urgent,
                       .about_kind = str_of(what->about_kind),
                       .about_id = what->about_id,
                       .state = NOTICE_WAITING,
                       .open = true,
                       .made_at_ms = c->now_ms};
    n.not_before_ms = what->urgent ? c->now_ms : notice_after_quiet(&rules.quiet, rules.zone_ms, c->now_ms);
    n.expires_at_ms = n.not_before_ms + rules.give_up_ms;
    n.text = notice_seal(c, &n, "text", args_json(c, what));
    return n;
}

// Urgent ones have a lane of their own: they do not wait for those that wait for the morning.
static struct str lane_of(struct ctx *c, const struct notice *n, int64_t receiver_id)
{
    return str_format(c->arena, "%s/%.*s%s", notice_channel_names[n->channel], STR_ARG(id_text(c->arena, receiver_id)),
                      n->urgent ? "!" : "");
}

static enum err insert(struct ctx *c, const struct notice *n)
{
    return db_exec(c, &sql_notice_insert, ARGS(ARG_ROW(&notice_record, n)), NULL);
}

// The row is the delivery: the inbox shows it, and the event brings it to pages that are open.
static enum err put_app(struct ctx *c, const struct notice_what *what, const struct notice_to *to)
{
    struct notice n = new_notice(c, CHANNEL_APP, what);
    n.person_id = to->person_id;
    n.state = NOTICE_SENT;
    n.open = false;
    n.not_before_ms = n.sent_at_ms = c->now_ms;
    TRY(insert(c, &n));
    return notice_event(c, &n, "notice.made");
}

static enum err put_out(struct ctx *c, enum notice_channel_kind channel, const struct notice_what *what,
                        const struct notice_to *to, struct str address)
{
    struct notice n = new_notice(c, channel, what);
    n.person_id = to->person_id;
    n.lang = str_equal_z(to->lang, "en") ? to->lang : STR("zh");
    n.lane = lane_of(c, &n, to->person_id);
    n.address = notice_seal(c, &n, "address", address);
    return insert(c, &n);
}

// Whether the consent is still there is decided when it is sent.
static enum err put_wechat(struct ctx *c, const struct notice_what *what, const struct notice_to *to)
{
    struct notice_consent consent;
    struct str openid;
    enum err err = db_one(c, &sql_notice_consent_get,
                          ARGS(ARG_INT("person_id", to->person_id), ARG_TEXT("template", str_of(what->template))),
                          &notice_consent_record, &consent);
    if (err == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return OK;
    }
    TRY(err);
    if (consent.count <= 0)
        return OK;
    TRY(open_bytes(c, "notice_consent", "openid", to->person_id, consent.openid, &openid));
    return put_out(c, CHANNEL_WECHAT, what, to, openid);
}

enum err notice_put(struct ctx *c, const struct notice_what *what, const struct notice_to *to)
{
    TRY(put_app(c, what, to));
    if (to->phone.n && notice_channel_on(c, CHANNEL_SMS))
        TRY(put_out(c, CHANNEL_SMS, what, to, to->phone));
    return notice_channel_on(c, CHANNEL_WECHAT) ? put_wechat(c, what, to) : OK;
}

enum err notice_put_robot(struct ctx *c, const struct notice_what *what, const struct notice_robot *robot)
{
    struct notice n = new_notice(c, CHANNEL_WECOM, what);
    n.robot_id = robot->id;
    n.lang = STR("zh");
    n.lane = lane_of(c, &n, robot->id);
    return insert(c, &n);
}

enum err notice_put_group(struct ctx *c, const struct notice_what *what, int64_t place_id)
{
    struct place_chain chain;
    if (!notice_channel_on(c, CHANNEL_WECOM))
        return OK;
    TRY(place_get_chain(c, place_id, &chain));
    for (int level = PLACE_LEVEL_COUNT - 1; level >= 0; level--) {
        struct notice_robot robot;
        if (!chain.at[level])
            continue;
        enum err err = db_one(c, &sql_notice_robot_of_place, ARGS(ARG_INT("place_id", chain.at[level])),
                              &notice_robot_record, &robot);
        if (err == OK && !robot.error.n)
            return notice_put_robot(c, what, &robot);
        if (err != OK && err != ERR_NOT_FOUND)
            return err;
        ctx_clear_error(c);
    }
    return OK;
}

// --- rows of channels and robots -------------------------------------------------------------------------------------
enum err notice_channel_load(struct ctx *c, int channel, struct notice_channel *ret_channel)
{
    struct str name = str_of(notice_channel_names[channel]);
    enum err err =
        db_one(c, &sql_notice_channel_get, ARGS(ARG_TEXT("name", name)), &notice_channel_record, ret_channel);
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_clear_error(c);
    *ret_channel = (struct notice_channel){.name = name};
    return OK;
}

enum err notice_channel_store(struct ctx *c, const struct notice_channel *channel)
{
    return db_exec(c, &sql_notice_channel_put, ARGS(ARG_ROW(&notice_channel_record, channel)), NULL);
}

enum err notice_robot_load(struct ctx *c, int64_t id, struct notice_robot *ret_robot)
{
    enum err err = db_one(c, &sql_notice_robot_get, ARGS(ARG_INT("id", id)), &notice_robot_record, ret_robot);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "notice.no_robot") : err;
}
