/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Numeric addresses only: what a name resolves to may change between two starts, and a listener
 * that moved unseen is a door left open. An IPv6 listener takes no IPv4; each is named for itself.
 */
#include "http/listener.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTENER_BACKLOG 1024
#define LISTENER_TEXT_SIZE 80

/* getaddrinfo() would take 70000 for 4464. */
static bool is_port(const char *text)
{
    size_t len = strspn(text, "0123456789");
    return len > 0 && len <= 5 && text[len] == '\0' && atoi(text) <= 65535;
}

/* Parts "[::1]:8080" into "::1" and "8080", in place. */
static bool split_address(char *text, const char **host, const char **port)
{
    char *colon = strrchr(text, ':');
    if (colon == NULL || !is_port(colon + 1))
        return false;
    *colon = '\0';
    *port = colon + 1;
    *host = text;
    size_t len = strlen(text);
    if (text[0] == '[' && len > 2 && text[len - 1] == ']') {
        text[len - 1] = '\0';
        *host = text + 1;
        return true;
    }
    return len > 0 && strchr(text, ':') == NULL;
}

static int bind_address(const struct addrinfo *info)
{
    int on = 1;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        (info->ai_family != AF_INET6 ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
        bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, LISTENER_BACKLOG) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static enum us_err open_one(const char *text, size_t len, int *out, struct fault *fault)
{
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                          .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    char copy[LISTENER_TEXT_SIZE];
    const char *host, *port;
    struct addrinfo *info;
    if (len < sizeof copy) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    if (len >= sizeof copy || !split_address(copy, &host, &port) ||
        getaddrinfo(host, port, &hints, &info) != 0) {
        fault_set(fault, NULL, 0,
                  "\"%.*s\" is not an address to listen on, like 127.0.0.1:8080 or "
                  "[::1]:8080",
                  (int)len, text);
        return US_INVALID;
    }
    *out = bind_address(info);
    freeaddrinfo(info);
    if (*out >= 0)
        return US_OK;
    fault_set(fault, NULL, 0, "cannot listen on %.*s: %s", (int)len, text, strerror(errno));
    return US_INVALID;
}

enum us_err listener_open_all(const char *text, int *fds, int *count, struct fault *fault)
{
    enum us_err err = US_OK;
    int opened = 0;
    while (err == US_OK) {
        text += strspn(text, " \t");
        size_t len = strcspn(text, " \t");
        if (len == 0)
            break;
        if (opened == LISTENER_MOST) {
            fault_set(fault, NULL, 0, "more than %d addresses to listen on", LISTENER_MOST);
            err = US_INVALID;
        } else {
            err = open_one(text, len, &fds[opened], fault);
            opened += err == US_OK;
        }
        text += len;
    }
    if (err == US_OK && opened == 0) {
        fault_set(fault, NULL, 0, "no address to listen on");
        err = US_INVALID;
    }
    if (err == US_OK) {
        *count = opened;
        return US_OK;
    }
    while (opened > 0)
        close(fds[--opened]);
    return err;
}

int listener_port(int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 0;
    if (address.ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, &address, sizeof v4);
        return ntohs(v4.sin_port);
    }
    struct sockaddr_in6 v6;
    memcpy(&v6, &address, sizeof v6);
    return ntohs(v6.sin6_port);
}
