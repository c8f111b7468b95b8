// SPDX-License-Identifier: MulanPSL-2.0
// One-time codes: to the log in demo mode only, to a gateway over HTTP, else nowhere.
#include "base/config.h"
#include "domain/notice/notice.h"
#include "store/test_store_util.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail

static struct ctx *open_test(const struct config *config)
{
    struct ctx *c = test_ctx(&flow_module.store, 1, "sqlite");
    test_house(c)->config = config;
    return c;
}

static void without_a_gateway_it_is_said(void **state)
{
    (void)state;
    const struct config none = {.sms_gateway = "none"}, log_outside_demo = {.sms_gateway = "log"};
    const struct config *const configs[] = {&none, &log_outside_demo};
    for (size_t i = 0; i < 2; i++) {
        struct ctx *c = open_test(configs[i]);
        expect_err(c, notice_ready(c), ERR_BUSY, "notice.no_gateway");
        expect_err(c, notice_send_code(c, STR("19900001234"), STR("123456")), ERR_BUSY, "notice.no_gateway");
        test_ctx_free(c);
    }
}

static void the_demo_writes_codes_to_the_log(void **state)
{
    (void)state;
    const struct config demo = {.demo = true, .sms_gateway = "log"};
    struct ctx *c = open_test(&demo);
    char path[] = "/tmp/linli-notice-XXXXXX";
    int file = mkstemp(path), saved = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    enum err err = notice_send_code(c, STR("19900001234"), STR("123456"));
    dup2(saved, STDERR_FILENO);
    char text[512] = {0};
    assert_true(pread(file, text, sizeof text - 1, 0) > 0);
    close(file);
    close(saved);
    unlink(path);
    expect_ok(c, err);
    assert_non_null(strstr(text, "code=123456"));
    assert_null(strstr(text, "19900001234"));
    test_ctx_free(c);
}

// A gateway of one answer. What it was sent is kept.
struct gateway {
    int listen_fd;
    const char *answer;
    char got[4096];
};

static void *serve_once(void *arg)
{
    struct gateway *gateway = arg;
    int fd = accept(gateway->listen_fd, NULL, NULL);
    size_t n = 0;
    while (n < sizeof gateway->got - 1) {
        ssize_t more = read(fd, gateway->got + n, sizeof gateway->got - 1 - n);
        if (more <= 0)
            break;
        n += (size_t)more;
        if (strstr(gateway->got, "\r\n\r\n") && gateway->got[n - 1] == '}')
            break;
    }
    assert_true(write(fd, gateway->answer, strlen(gateway->answer)) > 0);
    close(fd);
    return NULL;
}

static int listen_any(int *ret_fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *ret_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(*ret_fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(*ret_fd, 1), 0);
    assert_int_equal(getsockname(*ret_fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static enum err send_through(const char *answer, struct gateway *gateway)
{
    char url[64], key_path[] = "/tmp/linli-notice-XXXXXX";
    int key = mkstemp(key_path);
    assert_int_equal(write(key, "geheim\n", 7), 7);
    close(key);
    *gateway = (struct gateway){.answer = answer};
    snprintf(url, sizeof url, "http://127.0.0.1:%d/sms", listen_any(&gateway->listen_fd));
    const struct config config = {.sms_gateway = "http", .sms_url = url, .sms_key_file = key_path};
    struct ctx *c = open_test(&config);
    pthread_t thread;
    pthread_create(&thread, NULL, serve_once, gateway);
    enum err err = notice_send_code(c, STR("19900001234"), STR("123456"));
    pthread_join(thread, NULL);
    close(gateway->listen_fd);
    unlink(key_path);
    test_ctx_free(c);
    return err;
}

static void the_gateway_gets_phone_code_and_key(void **state)
{
    (void)state;
    struct gateway gateway;
    assert_int_equal(send_through("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", &gateway), OK);
    assert_non_null(strstr(gateway.got, "Authorization: Bearer geheim\r\n"));
    assert_non_null(strstr(gateway.got, "{\"phone\":\"19900001234\",\"code\":\"123456\"}"));
    assert_int_equal(send_through("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", &gateway), ERR_BUSY);
    // A redirect is no success, and is not followed.
    assert_int_equal(
        send_through("HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", &gateway),
        ERR_BUSY);
}

static void plain_http_to_others_is_refused(void **state)
{
    (void)state;
    const struct config config = {
        .sms_gateway = "http", .sms_url = "http://sms.example.cn/", .sms_key_file = "/dev/null"};
    struct ctx *c = open_test(&config);
    expect_err(c, notice_send_code(c, STR("19900001234"), STR("123456")), ERR_INTERNAL, "notice.bad_url");
    test_ctx_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_gateway_it_is_said),
        cmocka_unit_test(the_demo_writes_codes_to_the_log),
        cmocka_unit_test(the_gateway_gets_phone_code_and_key),
        cmocka_unit_test(plain_http_to_others_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
