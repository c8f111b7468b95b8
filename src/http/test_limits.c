// SPDX-License-Identifier: MulanPSL-2.0
// The running server under clients that are slow, greedy, many, or gone.
#include "http/test_client.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
// cmocka last: it wants those before it
#include <cmocka.h>

static struct test_server server;

#define HOST "Host: linli.test\r\n"
#define JSON "Content-Type: application/json\r\n"
#define POST_ECHO "POST /api/echo HTTP/1.1\r\n" HOST JSON
#define GET_HELLO "GET /api/hello HTTP/1.1\r\n" HOST "\r\n"

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void expect(struct client *client, int status, const char *body)
{
    struct reply r;
    assert_true(client_read(client, &r));
    assert_int_equal(r.status, status);
    if (body)
        assert_non_null(strstr(r.body, body));
    reply_free(&r);
}

static void expect_alive(void)
{
    struct client *client = client_open(server.port);
    client_say(client, GET_HELLO);
    expect(client, 200, "world");
    client_close(client);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    struct client *client = client_open(server.port);
    client_say(client, "GET /api/echo?q=one HTTP/1.1\r\n" HOST "\r\n" POST_ECHO "Content-Length: 5\r\n\r\n\"two\""
                       "POST /api/slow HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\n\r\n{}"
                       "GET /api/echo?q=four HTTP/1.1\r\n" HOST "\r\nGET /api/nothing HTTP/1.1\r\n" HOST "\r\n");
    expect(client, 200, "one");
    expect(client, 201, "\"two\"");
    expect(client, 200, "world");
    expect(client, 200, "four");
    expect(client, 404, "http.not_found");
    client_close(client);
}

static void slow_but_steady_body_is_taken(void **state)
{
    (void)state;
    struct client *client = client_open(server.port);
    client_say(client, POST_ECHO "Content-Length: 10\r\n\r\n");
    for (int i = 0; i < 10; i++) {
        usleep(30000);
        client_say(client, "7");
    }
    expect(client, 201, "7777777777");
    client_close(client);
}

static void dawdlers_are_cut_off(void **state)
{
    (void)state;
    static const char *const starts[] = {"", "GET /api/hello HT", "GET /api/hello HTTP/1.1\r\nHost: a\r\nX-",
                                         POST_ECHO "Content-Length: 10\r\n\r\n{"};
    struct client *clients[4];
    int64_t began_ms = now_ms();
    for (size_t i = 0; i < 4; i++) {
        clients[i] = client_open(server.port);
        client_say(clients[i], starts[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_true(client_ended(clients[i], 5000));
        client_close(clients[i]);
    }
    assert_in_range(now_ms() - began_ms, 900, 4000);
    expect_alive();
}

// A body of n bytes, as one JSON string, with its length told or in chunks.
static void send_body(struct client *client, const char *path, size_t n, bool chunked, const char *more)
{
    char head[512], *body = malloc(n + 1);
    memset(body, 'a', n);
    body[0] = body[n - 1] = '"';
    if (chunked)
        snprintf(head, sizeof head, "POST %s HTTP/1.1\r\n" HOST JSON "%sTransfer-Encoding: chunked\r\n\r\n", path,
                 more);
    else
        snprintf(head, sizeof head, "POST %s HTTP/1.1\r\n" HOST JSON "%sContent-Length: %zu\r\n\r\n", path, more, n);
    client_say(client, head);
    for (size_t at = 0; at < n;) {
        size_t part = n - at < 60000 ? n - at : 60000;
        snprintf(head, sizeof head, "%zx\r\n", part);
        if (chunked)
            client_say(client, head);
        client_send(client, body + at, part);
        if (chunked)
            client_say(client, "\r\n");
        at += part;
    }
    if (chunked)
        client_say(client, "0\r\n\r\n");
    free(body);
}

static void bodies_up_to_the_limit(void **state)
{
    (void)state;
    for (int chunked = 0; chunked < 2; chunked++) {
        struct client *client = client_open(server.port);
        struct reply r;
        send_body(client, "/api/echo", HTTP_MAX_BODY, chunked, "");
        assert_true(client_read(client, &r));
        assert_int_equal(r.status, 201);
        assert_int_equal(r.n, HTTP_MAX_BODY);
        reply_free(&r);
        send_body(client, "/api/echo", HTTP_MAX_BODY + 1, chunked, "");
        expect(client, 413, "http.too_large");
        send_body(client, "/api/nothing", 300000, chunked, "");
        expect(client, 404, "http.not_found");
        client_say(client, GET_HELLO); // what was refused has been read: the connection goes on
        expect(client, 200, "world");
        client_close(client);
    }
}

static void ten_megabytes_are_refused_kindly(void **state)
{
    (void)state;
    struct client *client = client_open(server.port);
    send_body(client, "/api/echo", 10000000, false, "");
    expect(client, 413, "http.too_large");
    client_close(client);
}

static void what_waits_to_be_let_in_is_told_at_once(void **state)
{
    (void)state;
    struct client *client = client_open(server.port);
    client_say(client, POST_ECHO "Expect: 100-continue\r\nContent-Length: 2000000\r\n\r\n");
    expect(client, 413, "http.too_large");
    assert_true(client_ended(client, 2000));
    client_close(client);
    client = client_open(server.port);
    client_say(client, POST_ECHO "Content-Length: 99999999999\r\n\r\n");
    expect(client, 413, "http.too_large");
    client_close(client);
    client = client_open(server.port);
    client_say(client, POST_ECHO "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    usleep(50000);
    client_say(client, "{}");
    expect(client, 201, "{}");
    client_close(client);
}

static void uploads_have_more_room(void **state)
{
    (void)state;
    size_t n = 5 << 20;
    char *content = malloc(n);
    memset(content, 'x', n);
    static const char head[] = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";
    static const char tail[] = "\r\n--B--\r\n";
    for (int whole = 1; whole >= 0; whole--) {
        char request[512];
        struct client *client = client_open(server.port);
        size_t length = sizeof head - 1 + n + (whole ? sizeof tail - 1 : 0);
        snprintf(request, sizeof request,
                 "POST /api/upload HTTP/1.1\r\n" HOST "Content-Type: multipart/form-data; boundary=B\r\n"
                 "Content-Length: %zu\r\n\r\n",
                 length);
        client_say(client, request);
        client_say(client, head);
        client_send(client, content, n);
        if (whole)
            client_say(client, tail);
        expect(client, whole ? 200 : 400, whole ? "file=5242880;" : "multipart.truncated");
        client_close(client);
    }
    free(content);
}

static void lies_and_leavers(void **state)
{
    (void)state;
    static const char *const starts[] = {
        POST_ECHO "Content-Length: 100\r\n\r\n{}",
        POST_ECHO "Transfer-Encoding: chunked\r\n\r\nffff\r\nabc",
        POST_ECHO "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        POST_ECHO "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc",
        "POST /api/slow HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\n\r\n{}", // gone while its worker works
        "GET /api/all.csv HTTP/1.1\r\n" HOST "\r\n",                           // gone while its answer is sent
        "GET /api/stream HTTP/1.1\r\n" HOST "\r\n",
        "\r\n\r\n\x01\x02\x03 / HTTP/1.1\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        for (int late = 0; late < 2; late++) {
            struct client *client = client_open(server.port);
            client_say(client, starts[i]);
            usleep(late ? 20000 : 0);
            client_close(client);
        }
    usleep(500000);
    expect_alive();
}

static void large_heads_are_refused(void **state)
{
    (void)state;
    char *request = calloc(1, 200000);
    strcpy(request, "GET /api/hello HTTP/1.1\r\n" HOST "X: ");
    memset(request + strlen(request), 'x', 100000);
    strcat(request, "\r\n\r\n");
    struct reply r;
    ask(server.port, request, &r);
    assert_in_range(r.status, 400, 499);
    reply_free(&r);
    strcpy(request, "GET /api/hello HTTP/1.1\r\n" HOST);
    for (int i = 0; i < 150; i++)
        strcat(request, "A: b\r\n");
    strcat(request, "\r\n");
    ask(server.port, request, &r);
    assert_int_equal(r.status, 400);
    assert_non_null(strstr(r.body, "http.too_many_headers"));
    reply_free(&r);
    strcpy(request, "GET /api/hello?");
    for (int i = 0; i < 100; i++)
        strcat(request, "a=b&");
    strcat(request, " HTTP/1.1\r\n" HOST "\r\n");
    ask(server.port, request, &r);
    assert_int_equal(r.status, 400);
    reply_free(&r);
    free(request);
}

static void slow_writes_do_not_hold_up_reads(void **state)
{
    (void)state;
    struct client *slow[20];
    int64_t began_ms = now_ms();
    for (size_t i = 0; i < 20; i++) {
        slow[i] = client_open(server.port);
        client_say(slow[i], "POST /api/slow HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\n\r\n{}");
    }
    for (int i = 0; i < 50; i++)
        expect_alive();
    assert_true(now_ms() - began_ms < 1000);
    for (size_t i = 0; i < 20; i++) {
        expect(slow[i], 200, "world");
        client_close(slow[i]);
    }
}

static void *many_requests(void *arg)
{
    _Atomic int *good = arg;
    struct client *client = client_open(server.port);
    for (int i = 0; i < 20; i++) {
        struct reply r = {0};
        client_say(client, i % 2 ? GET_HELLO : POST_ECHO "Content-Length: 17\r\n\r\n{\"hello\":\"world\"}");
        if (client_read(client, &r) && r.status == (i % 2 ? 200 : 201) && !strcmp(r.body, "{\"hello\":\"world\"}"))
            atomic_fetch_add(good, 1);
        reply_free(&r);
    }
    client_close(client);
    return NULL;
}

static void two_hundred_at_once(void **state)
{
    (void)state;
    pthread_t threads[200];
    _Atomic int good = 0;
    for (int i = 0; i < 200; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, many_requests, &good), 0);
    for (int i = 0; i < 200; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(good, 4000);
}

static void patience(struct http_options *options)
{
    options->patience_ms = 1000;
}

static void small_queue(struct http_options *options)
{
    options->workers = 1;
    options->work_queue_max = 2;
}

static void full_queue_sends_away(void **state)
{
    (void)state;
    struct test_server small;
    test_server_start(&small, small_queue);
    struct client *clients[10];
    int done = 0, sent_away = 0;
    for (int i = 0; i < 10; i++) {
        clients[i] = client_open(small.port);
        client_say(clients[i], "POST /api/slow HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\n\r\n{}");
    }
    for (int i = 0; i < 10; i++) {
        struct reply r;
        assert_true(client_read(clients[i], &r));
        done += r.status == 200;
        if (r.status == 503) {
            sent_away++;
            assert_string_equal(reply_header(&r, "Retry-After"), "1");
            assert_non_null(strstr(r.body, "http.busy"));
        }
        reply_free(&r);
        client_close(clients[i]);
    }
    assert_int_equal(done + sent_away, 10);
    assert_in_range(done, 2, 3);
    test_server_stop(&small);
}

static void few_connections(struct http_options *options)
{
    options->loops = 1;
    options->max_connections_per_ip = 5;
}

static void one_address_has_its_share(void **state)
{
    (void)state;
    struct test_server few;
    test_server_start(&few, few_connections);
    struct client *clients[10];
    int served = 0;
    for (int i = 0; i < 10; i++) {
        struct reply r = {0};
        clients[i] = client_open(few.port);
        client_say(clients[i], GET_HELLO);
        served += client_read(clients[i], &r) && r.status == 200;
        reply_free(&r);
    }
    assert_int_equal(served, 5);
    for (int i = 0; i < 10; i++)
        client_close(clients[i]);
    test_server_stop(&few);
}

static void stop_while_busy(void **state)
{
    (void)state;
    struct test_server busy;
    test_server_start(&busy, NULL);
    struct client *clients[30];
    for (int i = 0; i < 30; i++) {
        clients[i] = client_open(busy.port);
        if (i < 10) // 4 workers: most of these wait
            client_say(clients[i], "POST /api/slow HTTP/1.1\r\n" HOST JSON "Content-Length: 2\r\n\r\n{}");
        else if (i < 20)
            client_say(clients[i], i % 2 ? "GET /api/stream HTTP/1.1\r\n" HOST "\r\n" : GET_HELLO);
        else if (i < 25)
            client_say(clients[i], POST_ECHO "Content-Length: 10\r\n\r\n{");
    }
    usleep(100000);
    int64_t began_ms = now_ms();
    test_server_stop(&busy);
    assert_true(now_ms() - began_ms < 2000);
    int answered = 0, sent_away = 0;
    for (int i = 0; i < 30; i++) {
        struct reply r = {0};
        if (i < 10 && client_read(clients[i], &r)) {
            answered += r.status == 200;
            sent_away += r.status == 503;
        }
        reply_free(&r);
        client_close(clients[i]);
    }
    assert_int_equal(answered + sent_away, 10);
    assert_in_range(answered, 4, 10);
}

static void one_port_one_server(void **state)
{
    (void)state;
    static const struct route *const none[] = {NULL};
    struct http_options options = {.port = server.port, .routes = none};
    struct http_server *second;
    assert_int_equal(http_start(&server.c, &options, &second), ERR_CONFLICT);
    assert_string_equal(server.c.error.key, "http.port_taken");
    options = (struct http_options){.bind = "nonsense", .routes = none};
    assert_int_equal(http_start(&server.c, &options, &second), ERR_INVALID);
    assert_string_equal(server.c.error.key, "http.bad_bind");
}

static int start(void **state)
{
    (void)state;
    test_server_start(&server, patience);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    test_server_stop(&server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(slow_but_steady_body_is_taken),
        cmocka_unit_test(dawdlers_are_cut_off),
        cmocka_unit_test(bodies_up_to_the_limit),
        cmocka_unit_test(ten_megabytes_are_refused_kindly),
        cmocka_unit_test(what_waits_to_be_let_in_is_told_at_once),
        cmocka_unit_test(uploads_have_more_room),
        cmocka_unit_test(lies_and_leavers),
        cmocka_unit_test(large_heads_are_refused),
        cmocka_unit_test(slow_writes_do_not_hold_up_reads),
        cmocka_unit_test(two_hundred_at_once),
        cmocka_unit_test(full_queue_sends_away),
        cmocka_unit_test(one_address_has_its_share),
        cmocka_unit_test(stop_while_busy),
        cmocka_unit_test(one_port_one_server),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
