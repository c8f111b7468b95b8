// SPDX-License-Identifier: MulanPSL-2.0
// For the system administrator: robots of places, what could not be sent, and how the channels are. Never what a notice
// says, nor to whom.
#include "base/id.h"
#include "domain/notice/notice_internal.h"
#include "flow/command.h"
#include "flow/event_data.h"
#include "notice_sql.h"

#define LIST_MAX 100
#define COUNT_MAX 1000
#define ADMIN ROLE_BIT(ROLE_SYSTEM_ADMIN)

// --- what was not sent -----------------------------------------------------------------------------------------------
static const struct field unsent_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_ADMIN},
    {.name = "channel", .type = FIELD_ENUM, .read = READ_ADMIN, .names = notice_channel_names},
    {.name = "state", .type = FIELD_ENUM, .read = READ_ADMIN, .names = notice_state_names},
    {.name = "template", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "What it says, by its key"},
    {.name = "urgent", .type = FIELD_BOOL, .read = READ_ADMIN},
    {.name = "attempts", .type = FIELD_INT, .read = READ_ADMIN},
    {.name = "error", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "Why: errcode N, http N, timeout, …"},
    {.name = "reason", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "The same in the reader's language"},
    {.name = "not_before", .type = FIELD_TIME, .read = READ_ADMIN, .doc = "When it is tried next"},
    {.name = "made_at", .type = FIELD_TIME, .read = READ_ADMIN},
    {.name = "failed_at", .type = FIELD_TIME, .read = READ_ADMIN},
};
static const struct record unsent_record = {.name = "notice_unsent", FIELDS(unsent_fields)};

struct list {
    int64_t before, limit;
    int state;
    struct http_response *rs;
};

static void write_unsent(struct ctx *c, const struct notice *n, struct json_writer *w)
{
    json_object_begin(w);
    json_key(w, "id");
    json_put_id(w, n->id);
    json_key(w, "channel");
    json_put_z(w, notice_channel_names[n->channel]);
    json_key(w, "state");
    json_put_z(w, notice_state_names[n->state]);
    json_key(w, "template");
    json_put_str(w, n->template);
    json_key(w, "urgent");
    json_put_bool(w, n->urgent);
    json_key(w, "attempts");
    json_put_int(w, n->attempts);
    json_key(w, "error");
    json_put_str(w, n->error);
    json_key(w, "reason");
    json_put_str(w, notice_error_text(c, n->channel, n->error));
    json_key(w, "not_before");
    json_put_time(w, n->open ? n->not_before_ms : 0);
    json_key(w, "made_at");
    json_put_time(w, n->made_at_ms);
    json_key(w, "failed_at");
    json_put_time(w, n->failed_at_ms);
    json_object_end(w);
}

static enum err read_unsent(struct ctx *c, void *arg)
{
    const struct list *list = arg;
    struct rows rows;
    struct json_writer w;
    TRY(db_list(c, &sql_notice_unsent,
                ARGS(ARG_INT("state", list->state), ARG_INT("before", list->before ? list->before : INT64_MAX),
                     ARG_INT("max", list->limit)),
                &notice_record, LIST_MAX, &rows));
    const struct notice *n = rows.at;
    json_list_begin(&w, &list->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        write_unsent(c, &n[i], &w);
    json_list_end(&w, rows.count && rows.count == (size_t)list->limit ? n[rows.count - 1].id : 0);
    return OK;
}

static enum err list_unsent(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list list = {.rs = rs, .state = NOTICE_DEAD};
    struct str state = http_query(c, rq, "state");
    if (state.n)
        list.state = enum_from_name(notice_state_names, state);
    if (list.state < 0 || list.state == NOTICE_SENT)
        return fail_field(c, ERR_INVALID, "field.unknown_value", STR("state"));
    TRY(http_query_id(c, rq, "before", &list.before));
    TRY(http_query_int(c, rq, "limit", 1, LIST_MAX, 20, &list.limit));
    return store_read(c, read_unsent, &list);
}

static enum err retry_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct notice before, n;
    int64_t changed;
    struct json_writer w;
    enum err err = db_one(c, &sql_notice_by_id, ARGS(ARG_INT("id", *(const int64_t *)arg)), &notice_record, &before);
    if (err == ERR_NOT_FOUND)
        return fail(c, ERR_NOT_FOUND, "notice.unknown");
    TRY(err);
    if (before.state != NOTICE_DEAD)
        return fail(c, ERR_CONFLICT, "notice.not_dead");
    n = before;
    n.state = NOTICE_WAITING;
    n.open = true;
    n.attempts = 0;
    n.failed_at_ms = 0;
    n.not_before_ms = c->now_ms;
    n.expires_at_ms = c->now_ms + notice_rules_of(c).give_up_ms;
    TRY(db_exec(c, &sql_notice_save,
                ARGS(ARG_TEXT("old_state", str_of(notice_state_names[before.state])),
                     ARG_INT("old_attempts", before.attempts), ARG_ROW(&notice_record, &n)),
                &changed));
    if (changed != 1)
        return fail(c, ERR_CONFLICT, "notice.not_dead");
    TRY(notice_event(c, &n, "notice.retried"));
    json_writer_init(&w, &rs->body);
    write_unsent(c, &n, &w);
    return OK;
}

static enum err retry(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t id;
    TRY(http_param_id(c, rq, "id", &id));
    return command_run(c, rq, rs, retry_run, &id);
}

// --- channels --------------------------------------------------------------------------------------------------------
static const struct field way_fields[] = {
    {.name = "channel", .type = FIELD_ENUM, .read = READ_ADMIN, .names = notice_channel_names},
    {.name = "on", .type = FIELD_BOOL, .read = READ_ADMIN, .doc = "It is set up"},
    {.name = "waiting", .type = FIELD_INT, .read = READ_ADMIN, .doc = "Stops counting at 1000"},
    {.name = "dead", .type = FIELD_INT, .read = READ_ADMIN, .doc = "Given up; stops counting at 1000"},
    {.name = "error", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "Why it rests; empty: it works"},
    {.name = "reason", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "The same in the reader's language"},
    {.name = "paused_until", .type = FIELD_TIME, .read = READ_ADMIN, .doc = "Nothing is tried before"},
};
static const struct record way_record = {.name = "notice_channel", FIELDS(way_fields)};

static enum err count_state(struct ctx *c, int channel, enum notice_state state, int64_t *ret_count)
{
    return db_number(c, &sql_notice_count,
                     ARGS(ARG_TEXT("state", str_of(notice_state_names[state])),
                          ARG_TEXT("channel", str_of(notice_channel_names[channel])), ARG_INT("max", COUNT_MAX)),
                     ret_count);
}

static enum err read_ways(struct ctx *c, void *arg)
{
    struct http_response *rs = arg;
    struct json_writer w;
    json_list_begin(&w, &rs->body);
    for (int kind = CHANNEL_SMS; kind < CHANNEL_COUNT; kind++) {
        struct notice_channel channel;
        int64_t waiting, dead;
        TRY(notice_channel_load(c, kind, &channel));
        TRY(count_state(c, kind, NOTICE_WAITING, &waiting));
        TRY(count_state(c, kind, NOTICE_DEAD, &dead));
        json_object_begin(&w);
        json_key(&w, "channel");
        json_put_z(&w, notice_channel_names[kind]);
        json_key(&w, "on");
        json_put_bool(&w, notice_channel_on(c, kind));
        json_key(&w, "waiting");
        json_put_int(&w, waiting);
        json_key(&w, "dead");
        json_put_int(&w, dead);
        json_key(&w, "error");
        json_put_str(&w, channel.error);
        json_key(&w, "reason");
        json_put_str(&w, notice_error_text(c, kind, channel.error));
        json_key(&w, "paused_until");
        json_put_time(&w, channel.paused_until_ms > c->now_ms ? channel.paused_until_ms : 0);
        json_object_end(&w);
    }
    json_list_end(&w, 0);
    return OK;
}

static enum err list_ways(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    (void)rq;
    return store_read(c, read_ways, rs);
}

// --- robots ----------------------------------------------------------------------------------------------------------
static const struct field robot_fields[] = {
    {.name = "id", .type = FIELD_ID, .read = READ_ADMIN},
    {.name = "place", .type = FIELD_JSON, .read = READ_ADMIN, .of = &place_ref_record},
    {.name = "full_name", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "Of the place"},
    {.name = "key_end", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "Last four characters of its key"},
    {.name = "error", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "Why it is out of order; empty: in order"},
    {.name = "reason", .type = FIELD_TEXT, .read = READ_ADMIN, .doc = "The same in the reader's language"},
    {.name = "made_at", .type = FIELD_TIME, .read = READ_ADMIN},
};
static const struct record robot_record = {.name = "notice_robot", FIELDS(robot_fields)};

#define ROBOT_INPUT_FIELDS(F, S)                                                                                       \
    F(S, ID, place_id, .flags = FIELD_INPUT | FIELD_REQUIRED, .doc = "It speaks for this place and all below")         \
    F(S, TEXT, key, .flags = FIELD_INPUT | FIELD_REQUIRED, .max = 64, .doc = "What stands after key= in its address")
struct robot_input {
    ROBOT_INPUT_FIELDS(FIELD_MEMBER, robot_input)
};
static const struct field robot_input_fields[] = {ROBOT_INPUT_FIELDS(FIELD_ROW, robot_input)};
static const struct record robot_input_record = {"notice_robot_new", NULL, sizeof(struct robot_input),
                                                 FIELDS(robot_input_fields)};

static enum err write_robot(struct ctx *c, const struct notice_robot *robot, struct json_writer *w)
{
    struct place place;
    struct str full_name;
    TRY(place_get(c, robot->place_id, &place));
    TRY(place_full_name(c, robot->place_id, PLACE_SUBDISTRICT, &full_name));
    json_object_begin(w);
    json_key(w, "id");
    json_put_id(w, robot->id);
    json_key(w, "place");
    place_ref_write(&place, w);
    json_key(w, "full_name");
    json_put_str(w, full_name.n ? full_name : place.name);
    json_key(w, "key_end");
    json_put_str(w, robot->key_end);
    json_key(w, "error");
    json_put_str(w, robot->error);
    json_key(w, "reason");
    json_put_str(w, notice_error_text(c, CHANNEL_WECOM, robot->error));
    json_key(w, "made_at");
    json_put_time(w, robot->made_at_ms);
    json_object_end(w);
    return OK;
}

static enum err read_robots(struct ctx *c, void *arg)
{
    const struct list *list = arg;
    struct rows rows;
    struct json_writer w;
    TRY(db_list(c, &sql_notice_robots, ARGS(ARG_INT("after", list->before), ARG_INT("max", list->limit)),
                &notice_robot_record, LIST_MAX, &rows));
    const struct notice_robot *robots = rows.at;
    json_list_begin(&w, &list->rs->body);
    for (size_t i = 0; i < rows.count; i++)
        TRY(write_robot(c, &robots[i], &w));
    json_list_end(&w, rows.count && rows.count == (size_t)list->limit ? robots[rows.count - 1].id : 0);
    return OK;
}

static enum err list_robots(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct list list = {.rs = rs};
    TRY(http_query_id(c, rq, "before", &list.before));
    TRY(http_query_int(c, rq, "limit", 1, LIST_MAX, 20, &list.limit));
    return store_read(c, read_robots, &list);
}

static enum err robot_event(struct ctx *c, int64_t place_id, const char *type)
{
    return event_append(c, "place", place_id, type, (struct str){0}, NULL);
}

static enum err add_robot_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    const struct robot_input *input = arg;
    struct place place;
    struct json_writer w;
    int64_t changed;
    enum err err = place_get(c, input->place_id, &place);
    if (err == ERR_NOT_FOUND)
        return fail_field(c, ERR_INVALID, "place.unknown", STR("place_id"));
    TRY(err);
    struct notice_robot robot = {.id = ids_next(c->house->ids, c->now_ms),
                                 .place_id = place.id,
                                 .key_end = {input->key.p + input->key.n - 4, 4},
                                 .made_at_ms = c->now_ms};
    robot.key = seal_bytes(c, "notice_robot", "key", robot.id, input->key);
    TRY(db_exec(c, &sql_notice_robot_insert, ARGS(ARG_ROW(&notice_robot_record, &robot)), &changed));
    if (changed != 1)
        return fail_field(c, ERR_CONFLICT, "notice.robot_there", STR("place_id"));
    TRY(robot_event(c, place.id, "notice.robot_added"));
    rs->status = 201;
    json_writer_init(&w, &rs->body);
    return write_robot(c, &robot, &w);
}

static bool key_valid(struct str key)
{
    for (size_t i = 0; i < key.n; i++) {
        char ch = key.p[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-'))
            return false;
    }
    return key.n >= 16;
}

static enum err add_robot(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    const struct json *body;
    struct robot_input input = {0};
    TRY(json_parse(c, rq->body, &body));
    TRY(record_from_json(c, &robot_input_record, body, RECORD_CREATE, 0, &input));
    if (!key_valid(input.key))
        return fail_field(c, ERR_INVALID, "notice.bad_robot_key", STR("key"));
    return command_run(c, rq, rs, add_robot_run, &input);
}

static enum err remove_robot_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct notice_robot robot;
    TRY(notice_robot_load(c, *(const int64_t *)arg, &robot));
    TRY(db_exec(c, &sql_notice_robot_remove, ARGS(ARG_INT("id", robot.id)), NULL));
    rs->status = 204;
    return robot_event(c, robot.place_id, "notice.robot_removed");
}

static enum err remove_robot(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t id;
    TRY(http_param_id(c, rq, "id", &id));
    return command_run(c, rq, rs, remove_robot_run, &id);
}

// Somebody waits for it: at once, also at night. What comes of it shows in the robot's row.
static enum err test_robot_run(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct notice_robot robot;
    struct place place;
    TRY(notice_robot_load(c, *(const int64_t *)arg, &robot));
    TRY(place_get(c, robot.place_id, &place));
    struct notice_what what = {
        .template = "notice.robot_test", .args_zh = {place.name}, .args_en = {place.name}, .urgent = true};
    TRY(notice_put_robot(c, &what, &robot));
    rs->status = 204;
    return robot_event(c, place.id, "notice.robot_tested");
}

static enum err test_robot(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    int64_t id;
    TRY(http_param_id(c, rq, "id", &id));
    return command_run(c, rq, rs, test_robot_run, &id);
}

static const struct route_query unsent_query[] = {{"state", "dead (without it), waiting, sending or dropped"},
                                                  {NULL, NULL}};

const struct route notice_admin_routes[] = {
    {"GET", "/api/v1/notices", list_unsent, ADMIN, ROUTE_LIST, NULL, &unsent_record, unsent_query,
     "Notices that were not sent, newest first", NULL},
    {"POST", "/api/v1/notices/{id}/retry", retry, ADMIN, 0, NULL, &unsent_record, NULL,
     "Tries one again that was given up", NULL},
    {"GET", "/api/v1/notice-channels", list_ways, ADMIN, ROUTE_LIST, NULL, &way_record, NULL,
     "How the ways out of the house are", NULL},
    {"GET", "/api/v1/robots", list_robots, ADMIN, ROUTE_LIST, NULL, &robot_record, NULL,
     "Robots of WeCom groups, by place", NULL},
    {"POST", "/api/v1/robots", add_robot, ADMIN, 0, &robot_input_record, &robot_record, NULL,
     "Lets a robot speak for a place", NULL},
    {"DELETE", "/api/v1/robots/{id}", remove_robot, ADMIN, 0, NULL, NULL, NULL, "Takes a robot away", NULL},
    {"POST", "/api/v1/robots/{id}/test", test_robot, ADMIN, 0, NULL, NULL, NULL, "Has the robot say a word", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
