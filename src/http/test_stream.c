// SPDX-License-Identifier: MulanPSL-2.0
// Live streams over the running server.
#include "base/id.h"
#include "http/test_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
// cmocka last: it wants those before it
#include <cmocka.h>

#define PATIENCE_MS 20000 // what a loaded machine may take; only a fault waits so long
#define TENANT 9          // what the test server's authenticate says
#define TELL(topic_, type_, data_)                                                                                     \
    stream_publish(server.house.stream, TENANT, (int64_t[]){topic_, 77}, 1, 1000, STR(type_), STR(data_))

static struct test_server server;

static void lively(struct http_options *options) // by its beat the server notices who has left
{
    options->heartbeat_ms = 500;
}

// Streams that end soon; those of the other tests last, so that no slowness of the machine ends them.
static void short_lived(struct http_options *options)
{
    options->heartbeat_ms = 300;
    options->stream_max_ms = 3000;
}

static struct client *listen_at(int port, int topic)
{
    char request[128];
    struct client *client = client_open(port);
    snprintf(request, sizeof request, "GET /api/stream?topic=%d HTTP/1.1\r\nHost: a\r\n\r\n", topic);
    client_say(client, request);
    assert_true(client_read_until(client, "retry: 2000\n\n", PATIENCE_MS));
    return client;
}

static struct client *listen_to(int topic)
{
    return listen_at(server.port, topic);
}

static int64_t readers(void)
{
    struct reply r;
    ask(server.port, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", &r);
    const char *at = strstr(r.body, "\nlinli_http_stream_readers ");
    int64_t n = at ? atoll(at + strlen("\nlinli_http_stream_readers ")) : -1;
    reply_free(&r);
    return n;
}

static void wait_for_readers(int64_t n)
{
    for (int i = 0; i < PATIENCE_MS / 100 && readers() != n; i++)
        usleep(100000);
    assert_int_equal(readers(), n);
}

static void events_reach_their_readers_only(void **state)
{
    (void)state;
    struct client *one = listen_to(1), *two = listen_to(2);
    TELL(1, "request", "{\"n\":1}");
    TELL(2, "request", "{\"n\":\n2}");
    char expected[128], id[ID_TEXT_LENGTH + 1];
    id_format(1000, id);
    snprintf(expected, sizeof expected, "id: %s\nevent: request\ndata: {\"n\":1}\n\n", id);
    assert_true(client_read_until(one, expected, PATIENCE_MS));
    snprintf(expected, sizeof expected, "id: %s\nevent: request\ndata: {\"n\": 2}\n\n", id);
    assert_true(client_read_until(two, expected, PATIENCE_MS));
    stream_publish(server.house.stream, TENANT + 1, (int64_t[]){1}, 1, 5, STR("other"), STR("{}"));
    TELL(1, "last", "{}");
    assert_false(client_read_until(one, "event: other", 300)); // another tenant's
    client_close(one);
    client_close(two);
}

static void two_topics_one_delivery(void **state)
{
    (void)state;
    struct client *client = listen_to(3);
    stream_publish(server.house.stream, TENANT, (int64_t[]){3, 77}, 2, 5, STR("once"), STR("{}"));
    assert_true(client_read_until(client, "event: once", PATIENCE_MS));
    assert_false(client_read_until(client, "event: once", 400));
    client_close(client);
}

static void heartbeats_and_old_age(void **state)
{
    (void)state;
    struct test_server hasty;
    test_server_start(&hasty, short_lived);
    struct client *client = listen_at(hasty.port, 4);
    assert_true(client_read_until(client, "\n:\n\n", PATIENCE_MS));
    assert_true(client_read_until(client, "\n:\n\n", PATIENCE_MS));
    assert_true(client_read_until(client, "\r\n0\r\n\r\n", PATIENCE_MS)); // the stream ends, the connection stays
    client_say(client, "GET /api/hello HTTP/1.1\r\nHost: a\r\n\r\n");
    struct reply r;
    assert_true(client_read(client, &r));
    assert_int_equal(r.status, 200);
    reply_free(&r);
    client_close(client);
    test_server_stop(&hasty);
}

static void those_who_leave_are_noticed(void **state)
{
    (void)state;
    wait_for_readers(0);
    struct client *client = listen_to(5);
    assert_int_equal(readers(), 1);
    client_close(client);
    wait_for_readers(0);
}

static void those_who_fall_behind_are_closed(void **state)
{
    (void)state;
    struct client *client = listen_to(6);
    char *data = malloc(20001);
    memset(data, 'x', 20000);
    data[20000] = '\0';
    for (int i = 0; i < 2000; i++) // 40 MB that nobody reads
        stream_publish(server.house.stream, TENANT, (int64_t[]){6}, 1, 5, STR("big"), str_of(data));
    free(data);
    assert_true(client_read_until(client, "event: big", PATIENCE_MS));
    assert_true(client_read_until(client, "\r\n0\r\n\r\n", PATIENCE_MS)); // the server has ended it
    client_close(client);
    wait_for_readers(0);
}

static void revoked_sessions_end(void **state)
{
    (void)state;
    struct client *client = listen_to(7);
    stream_close_session(server.house.stream, TENANT, 6); // another's
    TELL(7, "still", "{}");
    assert_true(client_read_until(client, "event: still", PATIENCE_MS));
    stream_close_session(server.house.stream, TENANT, 5);
    assert_true(client_read_until(client, "\r\n0\r\n\r\n", PATIENCE_MS));
    client_close(client);
}

static void head_of_a_stream_is_only_a_head(void **state)
{
    (void)state;
    struct client *client = client_open(server.port);
    client_say(client, "HEAD /api/stream HTTP/1.1\r\nHost: a\r\n\r\nGET /api/hello HTTP/1.1\r\nHost: a\r\n\r\n");
    struct reply r;
    assert_true(client_read_head_only(client, &r));
    assert_int_equal(r.status, 200);
    assert_string_equal(reply_header(&r, "Content-Type"), "text/event-stream; charset=utf-8");
    assert_true(client_read(client, &r));
    assert_string_equal(r.body, "{\"hello\":\"world\"}");
    reply_free(&r);
    client_close(client);
}

static void three_hundred_readers_and_an_end(void **state)
{
    (void)state;
    struct client *clients[300];
    for (int i = 0; i < 300; i++)
        clients[i] = listen_to(8);
    TELL(8, "news", "{}");
    for (int i = 0; i < 300; i++)
        assert_true(client_read_until(clients[i], "event: news", PATIENCE_MS));
    http_stop(server.server); // ends them: their ten minutes are far longer than a test may take
    for (int i = 0; i < 300; i++) {
        assert_true(client_ended(clients[i], PATIENCE_MS));
        client_close(clients[i]);
    }
    TELL(8, "nobody", "{}");
}

static int start(void **state)
{
    (void)state;
    test_server_start(&server, lively);
    return 0;
}

static int stop(void **state)
{
    (void)state; // the last test stopped the server
    stream_free(server.house.stream);
    arena_free(server.c.arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_reach_their_readers_only),  cmocka_unit_test(two_topics_one_delivery),
        cmocka_unit_test(heartbeats_and_old_age),           cmocka_unit_test(those_who_leave_are_noticed),
        cmocka_unit_test(those_who_fall_behind_are_closed), cmocka_unit_test(revoked_sessions_end),
        cmocka_unit_test(head_of_a_stream_is_only_a_head),  cmocka_unit_test(three_hundred_readers_and_an_end),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
