// SPDX-License-Identifier: MulanPSL-2.0
// What the live streams are told: everything that is committed, once, by whomever, and nothing personal.
#include "job/test_each.h"

#include "base/id.h"
#include "flow/event_private.h"
#include "flow/module.h"
#include "flow/stream_pump.h"
#include "flow_sql.h"
#include "http/stream_hub.h"

#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// --- a module that knows who is concerned, and a reader
// ----------------------------------------------------------------
static enum err topics(struct ctx *c, int64_t subject_id, int64_t *ret_topics, size_t max, size_t *ret_count)
{
    assert_non_null(c->db);
    assert_true(max >= 2);
    if (subject_id == 13)
        return fail(c, ERR_NOT_FOUND, "test.gone");
    ret_topics[0] = subject_id;
    ret_topics[1] = 7000;
    *ret_count = 2;
    return OK;
}
static enum err may_read(struct ctx *c, int64_t subject_id)
{
    (void)c;
    (void)subject_id;
    return OK;
}
static const struct event_subject subjects[] = {{"thing", topics, may_read}, {0}};
static const struct module things = {.name = "things", .subjects = subjects};
static const struct module *const both[] = {&flow_module, &things};
static const struct module_list list = {both, 2};

#define HEARD_MAX 4096
struct reader {
    struct stream_sink sink; // first: the hub hands it back
    pthread_mutex_t lock;
    size_t count;
    char text[HEARD_MAX][160];
    int64_t topics[HEARD_MAX];
};
static void hear(struct stream_sink *sink, struct stream_message *message)
{
    struct reader *reader = (struct reader *)(void *)sink;
    pthread_mutex_lock(&reader->lock);
    assert_true(reader->count < HEARD_MAX && message->n < sizeof reader->text[0]);
    memcpy(reader->text[reader->count], message->bytes, message->n);
    assert_int_equal(message->topic_count, 2);
    assert_int_equal(message->topics[1], 7000);
    reader->topics[reader->count++] = message->topics[0];
    pthread_mutex_unlock(&reader->lock);
    stream_message_unref(message);
}
static size_t heard(struct reader *reader)
{
    pthread_mutex_lock(&reader->lock);
    size_t count = reader->count;
    pthread_mutex_unlock(&reader->lock);
    return count;
}
static void wait_for(struct reader *reader, size_t count)
{
    for (int i = 0; i < 4000 && heard(reader) < count; i++)
        usleep(5000);
    assert_true(heard(reader) >= count);
}

struct live {
    struct stream *stream;
    struct reader *reader;
    struct stream_pump *pump;
};
static struct live begin(struct ctx *c)
{
    struct house *house = test_house(c);
    struct live live = {.stream = stream_new(), .reader = calloc(1, sizeof *live.reader)};
    house->modules = &list;
    house->tenant_id = 1;
    house->stream = live.stream;
    live.reader->sink.put = hear;
    pthread_mutex_init(&live.reader->lock, NULL);
    stream_attach(live.stream, &live.reader->sink);
    expect_ok(c, stream_pump_start(c, house, &live.pump));
    return live;
}
static void end(struct live *live)
{
    stream_pump_stop(live->pump);
    stream_detach(live->stream, &live->reader->sink);
    stream_free(live->stream);
    pthread_mutex_destroy(&live->reader->lock);
    free(live->reader);
}

struct appended {
    const char *kind;
    int64_t subject_id, id;
    const char *data;
};
static enum err append_in(struct ctx *c, void *arg)
{
    struct appended *a = arg;
    return event_append(c, a->kind, a->subject_id, "thing.moved", str_of(a->data), &a->id);
}
static int64_t append(struct ctx *c, const char *kind, int64_t subject_id, const char *data)
{
    struct appended a = {kind, subject_id, 0, data};
    expect_ok(c, store_write(c, append_in, &a));
    return a.id;
}

static void test_what_is_told(struct ctx *c)
{
    append(c, "thing", 5, "{}"); // before the start: not told
    struct live live = begin(c);
    int64_t id = append(c, "thing", 6, "{\"from\":\"a\",\"to\":\"closed\",\"note_box\":\"00ff\",\"phone\":\"138\"}");
    wait_for(live.reader, 1);
    char event_id[ID_TEXT_LENGTH + 1], subject_id[ID_TEXT_LENGTH + 1], wanted[160];
    id_format(id, event_id);
    id_format(6, subject_id);
    snprintf(wanted, sizeof wanted,
             "id: %s\nevent: thing\ndata: {\"id\":\"%s\",\"type\":\"thing.moved\",\"state\":\"closed\"}\n\n", event_id,
             subject_id);
    assert_string_equal(live.reader->text[0], wanted);
    assert_int_equal(live.reader->topics[0], 6);
    append(c, "unknown", 6, "{}"); // a kind of no module
    append(c, "thing", 13, "{}");  // whose topics cannot be told
    append(c, "thing", 8, "{}");   // and those after it are told all the same
    wait_for(live.reader, 2);
    assert_int_equal(live.reader->topics[1], 8);
    c->tenant_id = 2; // another district's events are not ours
    append(c, "thing", 9, "{}");
    c->tenant_id = 1;
    append(c, "thing", 10, "{}");
    wait_for(live.reader, 3);
    usleep(700 * 1000); // a whole look later still nothing twice
    assert_int_equal(heard(live.reader), 3);
    assert_int_equal(live.reader->topics[2], 10);
    end(&live);
}

#define WRITERS 4
#define EACH_WRITES 100
static void *write_many(void *arg)
{
    struct ctx *c = arg;
    for (int i = 0; i < EACH_WRITES; i++) {
        append(c, "thing", 100 + i, "{}");
        test_ctx_reset(c);
    }
    return NULL;
}

static void test_each_is_told_once(struct ctx *c)
{
    struct live live = begin(c);
    pthread_t threads[WRITERS];
    struct ctx *ctxs[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        ctxs[i] = test_ctx_more(c);
        pthread_create(&threads[i], NULL, write_many, ctxs[i]);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        test_ctx_done(ctxs[i]);
    }
    wait_for(live.reader, WRITERS * EACH_WRITES);
    usleep(700 * 1000);
    assert_int_equal(heard(live.reader), WRITERS * EACH_WRITES);
    int told[EACH_WRITES] = {0};
    for (size_t i = 0; i < live.reader->count; i++)
        told[live.reader->topics[i] - 100]++;
    for (int i = 0; i < EACH_WRITES; i++)
        assert_int_equal(told[i], WRITERS);
    end(&live);
}

// On PostgreSQL ids are committed in any order: one that is older than the newest seen is told as well.
static enum err insert_as_is(struct ctx *c, void *arg)
{
    return db_exec(c, &sql_event_insert, ARGS(ARG_ROW(&event_record, arg)), NULL);
}
static void test_committed_late(struct ctx *c)
{
    struct live live = begin(c);
    int64_t id = append(c, "thing", 20, "{}");
    wait_for(live.reader, 1);
    struct event late = {.id = id - (INT64_C(3000) << 22), // three seconds before
                         .subject_kind = STR("thing"),
                         .subject_id = 21,
                         .type = STR("thing.moved"),
                         .data = STR("{}"),
                         .actor_role = STR("system"),
                         .prev_hash = STR(""),
                         .hash = STR("")};
    expect_ok(c, store_write(c, insert_as_is, &late));
    wait_for(live.reader, 2);
    assert_int_equal(live.reader->topics[1], 21);
    end(&live);
}

// Another process writes to the same store: a second server, an import. It is this program again, not a fork of it:
// neither threads nor a file of SQLite survive one.
static int append_and_leave(const char *url)
{
    struct ctx *c = test_ctx_join(&flow_module.store, 1, url);
    append(c, "thing", 30, "{}");
    test_ctx_free(c);
    return 0;
}

static void test_another_process(struct ctx *c)
{
    struct live live = begin(c);
    char *const arguments[] = {"test_flow_stream_pump", "append", (char *)(uintptr_t)test_store_url(c), NULL};
    pid_t pid;
    assert_int_equal(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, arguments, environ), 0);
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    wait_for(live.reader, 1);
    assert_int_equal(live.reader->topics[0], 30);
    end(&live);
}

EACH(test_what_is_told, &flow_module.store, 1)
EACH(test_each_is_told_once, &flow_module.store, 1)
EACH(test_committed_late, &flow_module.store, 1)
EACH(test_another_process, &flow_module.store, 1)

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "append"))
        return append_and_leave(argv[2]);
    const struct CMUnitTest tests[] = {
        BOTH(test_what_is_told),
        BOTH(test_each_is_told_once),
        BOTH(test_committed_late),
        BOTH(test_another_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
