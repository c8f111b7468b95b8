// SPDX-License-Identifier: MulanPSL-2.0
#include "http/test_client.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 20000 // a loaded machine is slow, not wrong

struct client *client_open(int port)
{
    struct client *client = calloc(1, sizeof *client);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address)) {
        perror("connect");
        abort();
    }
    return client;
}

void client_close(struct client *client)
{
    close(client->fd);
    free(client);
}

bool client_send(struct client *client, const char *bytes, size_t n)
{
    while (n) {
        ssize_t sent = send(client->fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

void client_say(struct client *client, const char *text)
{
    client_send(client, text, strlen(text));
}

// More bytes into the buffer; false at the end of the connection or of patience.
static bool fill(struct client *client, int wait_ms)
{
    struct pollfd poll_fd = {.fd = client->fd, .events = POLLIN};
    if (client->n == sizeof client->bytes || poll(&poll_fd, 1, wait_ms) <= 0)
        return false;
    ssize_t got = recv(client->fd, client->bytes + client->n, sizeof client->bytes - client->n, 0);
    if (got <= 0)
        return false;
    client->n += (size_t)got;
    return true;
}

static void use(struct client *client, size_t n)
{
    memmove(client->bytes, client->bytes + n, client->n - n);
    client->n -= n;
}

static const char *find(struct client *client, const char *text)
{
    return client->n ? memmem(client->bytes, client->n, text, strlen(text)) : NULL;
}

static bool take(struct client *client, struct reply *reply, size_t n)
{
    reply->body = realloc(reply->body, reply->n + n + 1);
    while (n) {
        if (!client->n && !fill(client, WAIT_MS))
            return false;
        size_t part = client->n < n ? client->n : n;
        memcpy(reply->body + reply->n, client->bytes, part);
        use(client, part);
        reply->n += part;
        n -= part;
    }
    reply->body[reply->n] = '\0';
    return true;
}

static bool take_chunks(struct client *client, struct reply *reply)
{
    for (;;) {
        const char *end;
        while (!(end = find(client, "\r\n")))
            if (!fill(client, WAIT_MS))
                return false;
        size_t n = strtoul(client->bytes, NULL, 16);
        use(client, (size_t)(end - client->bytes) + 2);
        size_t before = reply->n;
        if (!take(client, reply, n + 2))
            return false;
        reply->n = before + n;
        reply->body[reply->n] = '\0';
        if (!n)
            return true;
    }
}

bool client_read_head_only(struct client *client, struct reply *ret_reply)
{
    *ret_reply = (struct reply){0};
    const char *end;
    while (!(end = find(client, "\r\n\r\n")))
        if (!fill(client, WAIT_MS))
            return false;
    size_t n = (size_t)(end - client->bytes) + 4;
    if (n >= sizeof ret_reply->head)
        return false;
    memcpy(ret_reply->head, client->bytes, n);
    use(client, n);
    ret_reply->status = atoi(ret_reply->head + 9);
    if (ret_reply->status == 100)
        return client_read_head_only(client, ret_reply);
    return true;
}

bool client_read(struct client *client, struct reply *ret_reply)
{
    if (!client_read_head_only(client, ret_reply))
        return false;
    if (ret_reply->status == 304 || ret_reply->status == 204)
        return take(client, ret_reply, 0);
    if (!strcmp(reply_header(ret_reply, "Transfer-Encoding"), "chunked"))
        return take_chunks(client, ret_reply);
    return take(client, ret_reply, strtoul(reply_header(ret_reply, "Content-Length"), NULL, 10));
}

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

bool client_read_until(struct client *client, const char *text, int wait_ms)
{
    int64_t until_ms = now_ms() + wait_ms;
    const char *at;
    while (!(at = find(client, text))) {
        int64_t left_ms = until_ms - now_ms();
        if (client->n == sizeof client->bytes) // what was passed over
            use(client, client->n - strlen(text));
        if (left_ms <= 0 || !fill(client, (int)left_ms))
            return false;
    }
    use(client, (size_t)(at - client->bytes) + strlen(text));
    return true;
}

bool client_ended(struct client *client, int wait_ms)
{
    int64_t until_ms = now_ms() + wait_ms;
    for (;;) {
        struct pollfd poll_fd = {.fd = client->fd, .events = POLLIN};
        int64_t left_ms = until_ms - now_ms();
        if (left_ms <= 0 || poll(&poll_fd, 1, (int)left_ms) <= 0)
            return false;
        char junk[4096];
        if (recv(client->fd, junk, sizeof junk, 0) <= 0)
            return true;
    }
}

void ask(int port, const char *request, struct reply *ret_reply)
{
    struct client *client = client_open(port);
    client_say(client, request);
    if (!client_read(client, ret_reply))
        ret_reply->status = 0;
    client_close(client);
}

const char *reply_header(const struct reply *reply, const char *name)
{
    static _Thread_local char value[2048];
    size_t n = strlen(name);
    const char *line = strstr(reply->head, "\r\n");
    for (; line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, n) || line[n] != ':')
            continue;
        const char *from = line + n + 1 + strspn(line + n + 1, " ");
        snprintf(value, sizeof value, "%.*s", (int)strcspn(from, "\r"), from);
        return value;
    }
    return "";
}

void reply_free(struct reply *reply)
{
    free(reply->body);
    *reply = (struct reply){0};
}
