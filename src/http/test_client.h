// SPDX-License-Identifier: MulanPSL-2.0
// For tests: a small HTTP client on raw sockets, and a server with a few routes to drive.
#pragma once
#include "http/http.h"
#include "http/stream.h"

#define ROLE_STAFF 3

struct reply {
    int status; // 0: the connection ended before an answer
    char head[8192];
    char *body; // NUL-terminated; freed by reply_free
    size_t n;
};
struct client {
    int fd;
    char bytes[65536]; // read but not yet used
    size_t n;
};
struct client *client_open(int port);
void client_close(struct client *client);
bool client_send(struct client *client, const char *bytes, size_t n);
void client_say(struct client *client, const char *text);
bool client_read(struct client *client, struct reply *ret_reply);             // waits up to 20 s
bool client_read_head_only(struct client *client, struct reply *ret_reply);   // the answer to HEAD
bool client_read_until(struct client *client, const char *text, int wait_ms); // of a stream
bool client_ended(struct client *client, int wait_ms);                        // has the server closed?
// One request on a connection of its own.
void ask(int port, const char *request, struct reply *ret_reply);
const char *reply_header(const struct reply *reply, const char *name); // "" when absent; valid until the next call
void reply_free(struct reply *reply);

struct test_server {
    struct ctx c;
    struct house house;
    struct http_server *server;
    int port;
};
// Changes to the options before the start; may be NULL.
// What /api/file sends; the string is the caller's, and may be changed while the server runs.
void test_file_set(const char *path);
const char *test_file(void);
void test_server_start(struct test_server *t, void (*change)(struct http_options *options));
void test_server_stop(struct test_server *t);
extern const struct route test_routes[];
