// SPDX-License-Identifier: MulanPSL-2.0
// The server over TLS, behind a proxy, and with its reads on workers.
#include "http/test_client.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
// cmocka last: it wants those before it
#include <cmocka.h>

static char dir[] = "/tmp/linli-tls-XXXXXX", cert_path[64], key_path[64];

// A key and a certificate that vouches for itself.
static void make_certificate(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1,
                               -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    X509_set_pubkey(cert, key);
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
    assert_non_null(mkdtemp(dir));
    snprintf(cert_path, sizeof cert_path, "%s/cert", dir);
    snprintf(key_path, sizeof key_path, "%s/key", dir);
    FILE *out = fopen(cert_path, "w");
    PEM_write_X509(out, cert);
    fclose(out);
    out = fopen(key_path, "w");
    PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    fclose(out);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static void with_tls(struct http_options *options)
{
    options->tls_cert = cert_path;
    options->tls_key = key_path;
}

// One request over TLS of at most the given version; false when they do not agree.
static bool ask_tls(int port, int version, const char *request, char *out, size_t size)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, 0);
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
    struct client *client = client_open(port);
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, client->fd);
    bool connected = SSL_connect(ssl) == 1;
    size_t n = 0;
    if (connected) {
        SSL_write(ssl, request, (int)strlen(request));
        for (int got; n + 1 < size && (got = SSL_read(ssl, out + n, (int)(size - n - 1))) > 0;)
            n += (size_t)got;
    }
    out[n] = '\0';
    SSL_free(ssl);
    SSL_CTX_free(context);
    client_close(client);
    return connected;
}

static void speaks_tls_1_2_and_above(void **state)
{
    (void)state;
    struct test_server t;
    char answer[32768];
    static const char request[] = "GET /api/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    test_server_start(&t, with_tls);
    assert_true(ask_tls(t.port, TLS1_3_VERSION, request, answer, sizeof answer));
    assert_non_null(strstr(answer, "{\"hello\":\"world\"}"));
    assert_non_null(strstr(answer, "Strict-Transport-Security: max-age=31536000\r\n"));
    assert_true(ask_tls(t.port, TLS1_2_VERSION, request, answer, sizeof answer));
    assert_false(ask_tls(t.port, TLS1_1_VERSION, request, answer, sizeof answer));
    assert_true(ask_tls(t.port, TLS1_3_VERSION,
                        "POST /api/slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
                        "Content-Length: 2\r\n\r\n{}",
                        answer, sizeof answer)); // suspended and resumed under TLS
    assert_non_null(strstr(answer, "{\"hello\":\"world\"}"));
    struct reply r;
    ask(t.port, request, &r); // in clear: no answer
    assert_int_equal(r.status, 0);
    test_server_stop(&t);
}

static void half_a_pair_does_not_start(void **state)
{
    (void)state;
    static const struct route *const none[] = {NULL};
    struct ctx c = {.arena = arena_new(1 << 20)};
    struct http_server *never;
    struct http_options options = {.routes = none, .tls_cert = cert_path};
    assert_int_equal(http_start(&c, &options, &never), ERR_INVALID);
    assert_string_equal(c.error.key, "http.tls_half");
    options.tls_key = "/nowhere";
    assert_int_equal(http_start(&c, &options, &never), ERR_INVALID);
    assert_string_equal(c.error.key, "http.tls_unreadable");
    options.tls_key = cert_path;
    assert_int_equal(http_start(&c, &options, &never), ERR_INTERNAL);
    assert_string_equal(c.error.key, "http.tls_bad");
    arena_free(c.arena);
}

static void behind_a_proxy(struct http_options *options)
{
    options->trusted_proxy = "127.0.0.1";
    options->reads_on_workers = true;
}

static void strangers(struct http_options *options)
{
    options->trusted_proxy = "192.0.2.1";
}

static void only_the_proxy_is_believed(void **state)
{
    (void)state;
    static const char request[] = "GET /api/echo?q=1 HTTP/1.1\r\nHost: inner\r\nX-Forwarded-For: 6.6.6.6, 1.2.3.4\r\n"
                                  "X-Forwarded-Proto: https\r\n\r\n";
    static const char change[] = "POST /api/echo HTTP/1.1\r\nHost: inner\r\nX-Forwarded-Host: outer.test\r\n"
                                 "Origin: https://outer.test\r\nContent-Length: 0\r\n\r\n";
    struct test_server t;
    struct reply r;
    test_server_start(&t, behind_a_proxy);
    ask(t.port, request, &r);
    assert_string_equal(r.body, "1");
    assert_string_equal(reply_header(&r, "X-Ip"), "1.2.3.4");
    assert_string_equal(reply_header(&r, "Strict-Transport-Security"), "max-age=31536000");
    reply_free(&r);
    ask(t.port, change, &r);
    assert_int_equal(r.status, 201);
    reply_free(&r);
    test_server_stop(&t);
    test_server_start(&t, strangers);
    ask(t.port, request, &r);
    assert_string_equal(reply_header(&r, "X-Ip"), "127.0.0.1");
    assert_string_equal(reply_header(&r, "Strict-Transport-Security"), "");
    reply_free(&r);
    ask(t.port, change, &r);
    assert_int_equal(r.status, 403);
    reply_free(&r);
    test_server_stop(&t);
}

static int start(void **state)
{
    (void)state;
    make_certificate();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    unlink(cert_path);
    unlink(key_path);
    rmdir(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speaks_tls_1_2_and_above),
        cmocka_unit_test(half_a_pair_does_not_start),
        cmocka_unit_test(only_the_proxy_is_believed),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
