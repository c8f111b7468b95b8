// SPDX-License-Identifier: MulanPSL-2.0
// The running server, asked through sockets: routes, errors, headers, files, access.
#include "http/test_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
// cmocka last: it wants those before it
#include <cmocka.h>

static struct test_server server;
static struct reply r;

static void get(const char *request)
{
    reply_free(&r);
    ask(server.port, request, &r);
}

#define HOST "Host: linli.test\r\n"
#define GET(target, headers) get("GET " target " HTTP/1.1\r\n" HOST headers "\r\n")
#define SEND(method, target, headers, length, body)                                                                    \
    get(method " " target " HTTP/1.1\r\n" HOST headers "Content-Length: " length "\r\n\r\n" body)
#define JSON "Content-Type: application/json\r\n"
#define assert_key(key) assert_non_null(strstr(r.body, "\"key\":\"" key "\""))

static void answers_and_carries_headers(void **state)
{
    (void)state;
    GET("/api/hello", "");
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, "{\"hello\":\"world\"}");
    assert_string_equal(reply_header(&r, "Content-Type"), "application/json; charset=utf-8");
    assert_string_equal(reply_header(&r, "Cache-Control"), "no-store");
    assert_string_equal(reply_header(&r, "X-Content-Type-Options"), "nosniff");
    assert_string_equal(reply_header(&r, "Server"), "linli");
    assert_int_equal(strlen(reply_header(&r, "X-Request-Id")), 16);
    assert_non_null(strstr(reply_header(&r, "Content-Security-Policy"), "default-src 'none'"));
    assert_string_equal(reply_header(&r, "Strict-Transport-Security"), ""); // not over TLS here
}

static void query_is_decoded(void **state)
{
    (void)state;
    GET("/api/echo?x=1&q=%E4%BD%A0+%26%2b&q=2", "");
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, "你 &+");
    assert_string_equal(reply_header(&r, "X-Ip"), "127.0.0.1");
    GET("http://other.test/api/echo?q=absolute", "");
    assert_string_equal(r.body, "absolute");
}

static void bad_targets_are_refused(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/api/echo?q=%", "/api/echo?q=%zz", "/api/echo?q=%ff", "/api/echo?q=%00", "/api/things/%c0a", "/%0a", "*",
        "/api/e%2"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        char request[256];
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", targets[i]);
        get(request);
        assert_int_equal(r.status, 400);
        assert_key("http.bad_url");
    }
}

static void unknown_paths_and_methods(void **state)
{
    (void)state;
    GET("/api/nothing", "Accept-Language: en\r\n");
    assert_int_equal(r.status, 404);
    assert_string_equal(reply_header(&r, "Content-Type"), "application/problem+json; charset=utf-8");
    assert_key("http.not_found");
    GET("/api/hello/", "");
    assert_int_equal(r.status, 404);
    SEND("PUT", "/api/things/1", JSON, "2", "{}");
    assert_int_equal(r.status, 405);
    assert_string_equal(reply_header(&r, "Allow"), "GET, HEAD, PATCH, DELETE, OPTIONS");
    SEND("BREW", "/api/hello", "", "0", "");
    assert_int_equal(r.status, 405);
    GET("/api/demo", "");
    assert_int_equal(r.status, 404);
    SEND("OPTIONS", "/api/hello", "", "0", "");
    assert_int_equal(r.status, 204);
    assert_string_equal(reply_header(&r, "Allow"), "GET, HEAD, OPTIONS");
    SEND("POST", "/index.html", JSON, "2", "{}");
    assert_int_equal(r.status, 405);
    assert_string_equal(reply_header(&r, "Allow"), "GET, HEAD, OPTIONS");
}

static void head_has_no_body(void **state)
{
    (void)state;
    struct client *client = client_open(server.port);
    client_say(client, "HEAD /api/hello HTTP/1.1\r\n" HOST "\r\nGET /api/hello HTTP/1.1\r\n" HOST "\r\n");
    struct reply head;
    assert_true(client_read_head_only(client, &head));
    assert_int_equal(head.status, 200);
    assert_string_equal(reply_header(&head, "Content-Length"), "17");
    assert_true(client_read(client, &head));
    assert_string_equal(head.body, "{\"hello\":\"world\"}");
    reply_free(&head);
    client_close(client);
}

static void writes_go_through_workers(void **state)
{
    (void)state;
    SEND("POST", "/api/echo", JSON, "7", "{\"a\":1}");
    assert_int_equal(r.status, 201);
    assert_string_equal(r.body, "{\"a\":1}");
    SEND("POST", "/api/echo", "Content-Type: Application/JSON; charset=utf-8\r\n", "2", "{}");
    assert_int_equal(r.status, 201);
    SEND("POST", "/api/echo", "", "0", "");
    assert_int_equal(r.status, 201);
    SEND("POST", "/api/echo", "Content-Type: text/plain\r\n", "2", "{}");
    assert_int_equal(r.status, 415);
    assert_key("http.want_json");
    SEND("POST", "/api/upload", JSON, "2", "{}");
    assert_int_equal(r.status, 415);
    assert_key("http.want_multipart");
}

static void forms_come_either_way(void **state)
{
    (void)state;
    SEND("POST", "/api/form", "Content-Type: " HTTP_FORM_TYPE "; charset=utf-8\r\n", "7", "a=1+2&b");
    assert_string_equal(r.body, "a=3;b=0;");
    SEND("POST", "/api/form", "", "3", "a=1");
    assert_int_equal(r.status, 200);
    SEND("POST", "/api/form-or-file", "Content-Type: multipart/form-data; boundary=B\r\n", "61",
         "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nxyz\r\n--B--\r\n");
    assert_string_equal(r.body, "a=3;");
    SEND("POST", "/api/form-or-file", JSON, "2", "{}");
    assert_int_equal(r.status, 415);
    assert_key("http.want_form");
}

static void a_protocol_tells_its_errors_in_its_own_way(void **state)
{
    (void)state;
    SEND("POST", "/api/form", "Accept-Language: en\r\nContent-Type: " HTTP_FORM_TYPE "\r\n", "4", "a=%G");
    assert_int_equal(r.status, 400);
    assert_string_equal(r.body, "/api/form: An escape in the form is not written correctly.");
    assert_string_equal(reply_header(&r, "Content-Type"), "text/plain; charset=utf-8");
    SEND("POST", "/api/form", "Content-Type: multipart/form-data; boundary=B\r\n", "5", "--B--");
    assert_int_equal(r.status, 415);
}

static void versions_travel_as_etags(void **state)
{
    (void)state;
    GET("/api/things/a%2Fb", "");
    assert_string_equal(r.body, "a/b");
    assert_string_equal(reply_header(&r, "ETag"), "\"7\"");
    SEND("PATCH", "/api/things/1", JSON "If-Match: \"7\"\r\n", "2", "{}");
    assert_int_equal(r.status, 200);
    SEND("PATCH", "/api/things/1", JSON "If-Match: \"6\"\r\n", "2", "{}");
    assert_int_equal(r.status, 412);
    SEND("PATCH", "/api/things/1", JSON "If-Match: 7\r\n", "2", "{}");
    assert_int_equal(r.status, 400);
    assert_key("http.bad_if_match");
}

static void problems_speak_the_readers_language(void **state)
{
    (void)state;
    SEND("POST", "/api/taken", JSON "Accept-Language: fr, en;q=0.4, zh;q=0.3\r\n", "2", "{}");
    assert_int_equal(r.status, 409);
    assert_string_equal(r.body, "{\"type\":\"about:blank\",\"title\":\"Taken by 李\\\"四 at 09:30.\",\"status\":409,"
                                "\"key\":\"test.taken\",\"args\":[\"李\\\"四\",\"09:30\"]}");
    SEND("POST", "/api/taken", JSON, "2", "{}");
    assert_non_null(strstr(r.body, "\"title\":\"李\\\"四已在09:30接手。\""));
}

static void inner_errors_tell_nothing(void **state)
{
    (void)state;
    GET("/api/break", "");
    assert_int_equal(r.status, 500);
    assert_key("http.internal");
    assert_null(strstr(r.body, "hunter2"));
    assert_null(strstr(r.body, "store"));
    assert_null(strstr(r.body, "half"));
    assert_string_equal(reply_header(&r, "X-Secret"), "");
    assert_non_null(strstr(r.body, reply_header(&r, "X-Request-Id")));
}

static void access_is_denied_by_default(void **state)
{
    (void)state;
    GET("/api/mine", "");
    assert_int_equal(r.status, 401);
    assert_key("auth.sign_in");
    GET("/api/mine", "Cookie: a=b; linli_session=resident\r\n");
    assert_int_equal(r.status, 200);
    GET("/api/staff", "Cookie: linli_session=resident\r\n");
    assert_int_equal(r.status, 403);
    assert_key("auth.not_allowed");
    GET("/api/staff", "Authorization: Bearer staff\r\n");
    assert_int_equal(r.status, 200);
    GET("/api/nobody", "Authorization: Bearer staff\r\n");
    assert_int_equal(r.status, 403);
}

static void changes_from_other_sites_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *headers;
        int status;
    } cases[] = {
        {"Origin: https://linli.test\r\n", 201},
        {"Origin: https://LINLI.test\r\n", 201},
        {"Origin: https://evil.test\r\n", 403},
        {"Origin: https://linli.test.evil.test\r\n", 403},
        {"Origin: null\r\n", 403},
        {"Origin: https://linli.test:81\r\n", 403},
        {"Sec-Fetch-Site: same-origin\r\nOrigin: https://seen-by-proxy.test\r\n", 201},
        {"Sec-Fetch-Site: cross-site\r\nOrigin: https://linli.test\r\n", 403},
        {"Sec-Fetch-Site: same-site\r\n", 403},
        {"Origin: https://evil.test\r\nAuthorization: Bearer staff\r\n", 201},
        {"", 201},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char request[512];
        snprintf(request, sizeof request,
                 "POST /api/echo HTTP/1.1\r\n" HOST JSON
                 "Cookie: linli_session=resident\r\nContent-Length: 2\r\n%s\r\n{}",
                 cases[i].headers);
        get(request);
        assert_int_equal(r.status, cases[i].status);
        if (r.status == 403)
            assert_key("http.cross_site");
    }
    GET("/api/hello", "Origin: https://evil.test\r\n");
    assert_int_equal(r.status, 200);
}

static void smuggling_is_refused(void **state)
{
    (void)state;
    static const char *const framings[] = {
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Host: second\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: 2, 2\r\n\r\n{}",
        "Content-Length: -1\r\n\r\n",
        "Content-Length : 2\r\n\r\n{}",
        "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
        "X y: 1\r\nContent-Length: 2\r\n\r\n{}",
    };
    for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
        char request[512];
        snprintf(request, sizeof request, "POST /api/echo HTTP/1.1\r\n" HOST JSON "%s", framings[i]);
        struct client *client = client_open(server.port);
        client_say(client, request);
        client_say(client, "GET /api/hello HTTP/1.1\r\n" HOST "\r\n");
        reply_free(&r);
        assert_true(client_read(client, &r));
        assert_int_equal(r.status, 400);
        assert_true(client_ended(client, 2000)); // nothing behind it is read
        client_close(client);
    }
}

static void a_request_without_host_is_told_so(void **state)
{
    (void)state;
    get("GET /api/hello HTTP/1.1\r\n\r\n");
    assert_int_equal(r.status, 400);
    assert_key("http.no_host");
    get("GET /api/hello HTTP/1.0\r\n\r\n");
    assert_int_equal(r.status, 200);
    get("GET /api/hello you HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(r.status, 400);
}

static void json_is_utf_8(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        int status;
    } cases[] = {{"application/json; charset=gbk", 415},
                 {"application/json; charset=UTF-8", 201},
                 {"application/json;charset=\"utf-8\"", 201},
                 {"application/json", 201}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char request[256];
        snprintf(request, sizeof request,
                 "POST /api/echo HTTP/1.1\r\n" HOST "Content-Type: %s\r\nContent-Length: 2\r\n\r\n{}", cases[i].type);
        get(request);
        assert_int_equal(r.status, cases[i].status);
    }
}

static void static_files(void **state)
{
    (void)state;
    GET("/", "");
    assert_string_equal(r.body, "<p>hello</p>");
    assert_string_equal(reply_header(&r, "Content-Type"), "text/html; charset=utf-8");
    assert_string_equal(reply_header(&r, "ETag"), "\"i1\"");
    assert_string_equal(reply_header(&r, "Cache-Control"), "no-cache");
    assert_string_equal(reply_header(&r, "Vary"), "Accept-Encoding");
    assert_non_null(strstr(reply_header(&r, "Content-Security-Policy"), "frame-ancestors 'none'"));
    assert_non_null(strstr(reply_header(&r, "Permissions-Policy"), "camera=(self)"));
    GET("/q/ABC", "Accept-Encoding: br, gzip\r\n");
    assert_string_equal(r.body, "GZIPPED");
    assert_string_equal(reply_header(&r, "Content-Encoding"), "gzip");
    assert_string_equal(reply_header(&r, "ETag"), "\"i1-gzip\"");
    GET("/q/ABC", "If-None-Match: W/\"x\", \"i1\"\r\n");
    assert_int_equal(r.status, 304);
    assert_string_equal(reply_header(&r, "ETag"), "\"i1\"");
    GET("/q/ABC", "If-None-Match: \"i1\"\r\nAccept-Encoding: gzip\r\n");
    assert_int_equal(r.status, 200);
    GET("/work?list", "");
    assert_string_equal(r.body, "<p>work</p>");
    GET("/assets/a-1234abcd.js", "");
    assert_non_null(strstr(reply_header(&r, "Content-Security-Policy"), "connect-src 'self'")); // a worker fetches
    assert_string_equal(reply_header(&r, "Cache-Control"), "public, max-age=31536000, immutable");
    GET("/assets/none.js", "");
    assert_int_equal(r.status, 404);
    GET("/data/secret.tsv", "");
    assert_int_equal(r.status, 404);
    GET("/assets/../index.html", "");
    assert_int_equal(r.status, 404);
}

static void files_of_the_disk_and_their_parts(void **state)
{
    (void)state;
    GET("/api/file", "");
    assert_int_equal(r.status, 200);
    assert_int_equal(r.n, 26);
    assert_string_equal(reply_header(&r, "Content-Type"), "audio/mpeg");
    assert_string_equal(reply_header(&r, "Cache-Control"), "private, max-age=31536000, immutable");
    GET("/api/file", "Range: bytes=2-4\r\n");
    assert_int_equal(r.status, 206);
    assert_string_equal(r.body, "cde");
    assert_string_equal(reply_header(&r, "Content-Range"), "bytes 2-4/26");
    GET("/api/file", "Range: bytes=-2\r\n");
    assert_string_equal(r.body, "yz");
    GET("/api/file", "Range: bytes=26-\r\n");
    assert_int_equal(r.status, 416);
    const char *kept = test_file();
    test_file_set("/nowhere/at/all");
    GET("/api/file", "");
    test_file_set(kept);
    assert_int_equal(r.status, 404);
    assert_key("http.file_missing");
}

static void large_answers_arrive_whole(void **state)
{
    (void)state;
    GET("/api/all.csv", "");
    assert_int_equal(r.status, 200);
    assert_int_equal(r.n, 200000 * 49);
    assert_string_equal(reply_header(&r, "Content-Type"), "text/csv; charset=utf-8");
}

static void metrics_count(void **state)
{
    (void)state;
    int tries = 0;
    do { // the server may still be putting the last answer away when its reader has it all
        GET("/metrics", "");
    } while (!strstr(r.body, "linli_http_in_flight 1\n") && tries++ < 1000);
    assert_non_null(strstr(r.body, "linli_http_requests_total{method=\"GET\",class=\"2xx\"} "));
    assert_non_null(strstr(r.body, "linli_http_requests_total{method=\"POST\",class=\"4xx\"} "));
    assert_non_null(strstr(r.body, "linli_http_in_flight 1\n"));
    assert_non_null(strstr(r.body, "linli_http_queue_length 0\n"));
    assert_string_equal(reply_header(&r, "Content-Type"), "text/plain; charset=utf-8");
}

static int start(void **state)
{
    (void)state;
    static char path[] = "/tmp/linli-http-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "abcdefghijklmnopqrstuvwxyz", 26), 26);
    close(fd);
    test_file_set(path);
    test_server_start(&server, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    reply_free(&r);
    unlink(test_file());
    test_server_stop(&server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_and_carries_headers),
        cmocka_unit_test(query_is_decoded),
        cmocka_unit_test(bad_targets_are_refused),
        cmocka_unit_test(unknown_paths_and_methods),
        cmocka_unit_test(head_has_no_body),
        cmocka_unit_test(writes_go_through_workers),
        cmocka_unit_test(forms_come_either_way),
        cmocka_unit_test(a_protocol_tells_its_errors_in_its_own_way),
        cmocka_unit_test(versions_travel_as_etags),
        cmocka_unit_test(problems_speak_the_readers_language),
        cmocka_unit_test(inner_errors_tell_nothing),
        cmocka_unit_test(access_is_denied_by_default),
        cmocka_unit_test(changes_from_other_sites_are_refused),
        cmocka_unit_test(smuggling_is_refused),
        cmocka_unit_test(a_request_without_host_is_told_so),
        cmocka_unit_test(json_is_utf_8),
        cmocka_unit_test(static_files),
        cmocka_unit_test(files_of_the_disk_and_their_parts),
        cmocka_unit_test(large_answers_arrive_whole),
        cmocka_unit_test(metrics_count),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
