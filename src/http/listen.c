// SPDX-License-Identifier: MulanPSL-2.0
// Sockets to listen on: one a loop on the same port (SO_REUSEPORT), the kernel shares connections out among them.
#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool read_bind(const char *text, int port, union address *ret_address, socklen_t *ret_size)
{
    union address address = {0};
    if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons((uint16_t)port);
        *ret_size = sizeof address.v4;
    } else if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons((uint16_t)port);
        *ret_size = sizeof address.v6;
    } else {
        return false;
    }
    *ret_address = address;
    return true;
}

static enum err bind_to(struct ctx *c, const char *bind_text, int port, bool shared, int *ret_fd, bool *ret_v6)
{
    union address address;
    socklen_t size;
    int one = 1, zero = 0;
    if (port < 0 || port > 65535 || !read_bind(bind_text, port, &address, &size))
        return fail_with(c, ERR_INVALID, "http.bad_bind", str_of(bind_text), (struct str){"", 0});
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(c, ERR_INTERNAL, "http.no_start");
    *ret_v6 = address.any.sa_family == AF_INET6;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (*ret_v6) // "::" takes both
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
    if (bind(fd, &address.any, size)) {
        close(fd);
        return fail_with(c, ERR_CONFLICT, "http.port_taken", str_format(c->arena, "%d", port), str_of(bind_text));
    }
    *ret_fd = fd;
    return OK;
}

enum err listen_check(struct ctx *c, const struct http_options *options, int *ret_port)
{
    int fd = -1;
    bool v6 = false;
    // Without SO_REUSEPORT: two servers must not share a port unawares.
    TRY(bind_to(c, options->bind, options->port, false, &fd, &v6));
    union address address = {0};
    socklen_t size = sizeof address;
    int failed = getsockname(fd, &address.any, &size);
    close(fd);
    if (failed)
        return fail(c, ERR_INTERNAL, "http.no_start");
    *ret_port = ntohs(v6 ? address.v6.sin6_port : address.v4.sin_port);
    return OK;
}

enum err listen_open(struct ctx *c, const char *bind_text, int port, int *ret_fd, bool *ret_v6)
{
    int fd = -1, one = 1;
    TRY(bind_to(c, bind_text, port, true, &fd, ret_v6));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (listen(fd, 1024)) {
        close(fd);
        return fail(c, ERR_CONFLICT, "http.port_taken");
    }
    *ret_fd = fd;
    return OK;
}
