// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/notice/test_vendor.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALL_BYTES 8192

struct answer {
    int status;
    const char *headers, *body;
};
struct vendor {
    int listen_fd, port;
    pthread_t thread;
    pthread_mutex_t lock; // of all below
    struct answer answers[VENDOR_CALLS_MAX];
    size_t answer_count, answer_next, call_count;
    char calls[VENDOR_CALLS_MAX][CALL_BYTES];
};

static bool whole(const char *text, size_t n)
{
    const char *head = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "\r\ncontent-length:");
    if (!head)
        return false;
    size_t body = length && length < head ? strtoul(length + 17, NULL, 10) : 0;
    return n >= (size_t)(head + 4 - text) + body;
}

static void read_call(int fd, char *out)
{
    size_t n = 0;
    while (n < CALL_BYTES - 1 && !whole(out, n)) {
        ssize_t more = read(fd, out + n, CALL_BYTES - 1 - n);
        if (more <= 0)
            break;
        n += (size_t)more;
        out[n] = '\0';
    }
}

static struct answer next_answer(struct vendor *v, const char *call)
{
    if (v->answer_next < v->answer_count)
        return v->answers[v->answer_next++];
    if (strstr(call, "/cgi-bin/stable_token"))
        return (struct answer){200, "", "{\"access_token\":\"T1\",\"expires_in\":7200}"};
    return (struct answer){200, "", "{\"errcode\":0,\"errmsg\":\"ok\"}"};
}

static void *serve(void *arg)
{
    struct vendor *v = arg;
    int fd;
    while ((fd = accept(v->listen_fd, NULL, NULL)) >= 0) {
        char call[CALL_BYTES] = "", text[4096];
        read_call(fd, call);
        pthread_mutex_lock(&v->lock);
        struct answer answer = next_answer(v, call);
        if (v->call_count < VENDOR_CALLS_MAX)
            memcpy(v->calls[v->call_count++], call, CALL_BYTES);
        pthread_mutex_unlock(&v->lock);
        int n = snprintf(text, sizeof text, "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                         answer.status, answer.headers, strlen(answer.body), answer.body);
        if (answer.status && write(fd, text, (size_t)n) != n)
            fprintf(stderr, "vendor: the caller went away\n");
        shutdown(fd, SHUT_WR);
        close(fd);
    }
    return NULL;
}

struct vendor *vendor_start(void)
{
    struct vendor *v = calloc(1, sizeof *v);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (!v)
        abort();
    v->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pthread_mutex_init(&v->lock, NULL);
    if (bind(v->listen_fd, (struct sockaddr *)&address, sizeof address) || listen(v->listen_fd, 16) ||
        getsockname(v->listen_fd, (struct sockaddr *)&address, &size) || pthread_create(&v->thread, NULL, serve, v))
        abort();
    v->port = ntohs(address.sin_port);
    return v;
}

void vendor_stop(struct vendor *v)
{
    shutdown(v->listen_fd, SHUT_RDWR);
    pthread_join(v->thread, NULL);
    close(v->listen_fd);
    pthread_mutex_destroy(&v->lock);
    free(v);
}

int vendor_port(const struct vendor *v)
{
    return v->port;
}

void vendor_answer(struct vendor *v, int status, const char *headers, const char *body)
{
    pthread_mutex_lock(&v->lock);
    if (v->answer_count == VENDOR_CALLS_MAX)
        abort();
    v->answers[v->answer_count++] = (struct answer){status, headers, body};
    pthread_mutex_unlock(&v->lock);
}

size_t vendor_calls(struct vendor *v)
{
    pthread_mutex_lock(&v->lock);
    size_t n = v->call_count;
    pthread_mutex_unlock(&v->lock);
    return n;
}

const char *vendor_call(struct vendor *v, size_t index)
{
    return index < vendor_calls(v) ? v->calls[index] : "";
}

void vendor_forget(struct vendor *v)
{
    pthread_mutex_lock(&v->lock);
    v->answer_count = v->answer_next = v->call_count = 0;
    pthread_mutex_unlock(&v->lock);
}
