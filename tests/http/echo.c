/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A server for http_wire_test.py that links http/ and nothing above it. It prints "port N" when it
 * listens, reloads its certificate on SIGHUP and ends on SIGTERM.
 *
 *   /echo     the request as it was read, a line each, and the body
 *   /page     a fixed page of 12 KiB
 *   /big      4 MiB of a pattern
 *   /empty    204
 *   /thread   answered by another thread at once
 *   /late     answered by another thread when /release was asked for
 *   /release  lets /late go
 *   /prefix   the visitor's prefix, as a number
 *   /count    how many requests a handler saw
 */
#include "base/inbox.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/random.h"
#include "http/server.h"
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ECHO_PAGE_SIZE 12288
#define ECHO_BIG_SIZE (4u << 20)
#define ECHO_LATE_MOST 64

struct echo {
    struct inbox *inbox; /* of the answering thread */
    pthread_t thread;
    bool is_ending;
    int late_count;
    struct http_exchange *late[ECHO_LATE_MOST];
    atomic_uint count;
    struct http_response *page;
    char *big;
    bool has_error_pages;
};

struct errand {
    struct echo *echo;
    struct http_exchange *exchange;
};

static void add_span(struct str *text, const char *label, struct http_span span)
{
    str_append_format(text, "%s: ", label);
    str_append(text, span.data, span.len);
    str_append_char(text, '\n');
}

static void reply_text(struct http_exchange *exchange, struct str *text)
{
    struct http_response *response = http_response_new(200);
    size_t len = text->len;
    http_response_header(response, "Content-Type", "text/plain; charset=utf-8");
    http_response_take_body(response, str_take(text), len);
    http_reply(exchange, response);
}

static void reply_request(struct http_exchange *exchange)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "OPTIONS", "other"};
    const struct http_request *request = http_exchange_request(exchange);
    struct str text = STR_INIT;
    str_append_format(&text, "method: %s\n", methods[request->method]);
    add_span(&text, "path", request->path);
    add_span(&text, "query", request->query);
    add_span(&text, "host", request->host);
    str_append_format(&text, "tls: %d\nkeep: %d\n", request->is_tls, request->keeps_alive);
    for (size_t i = 0; i < request->field_count; i++) {
        str_append(&text, "field ", 6);
        str_append(&text, request->fields[i].name.data, request->fields[i].name.len);
        add_span(&text, "", request->fields[i].value);
    }
    add_span(&text, "body", request->body);
    reply_text(exchange, &text);
}

static void on_errand(void *arg)
{
    struct errand *errand = arg;
    struct echo *echo = errand->echo;
    struct http_exchange *exchange = errand->exchange;
    free(errand);
    const struct http_request *request = http_exchange_request(exchange);
    if (http_span_is(request->path, "/late") && echo->late_count < ECHO_LATE_MOST) {
        echo->late[echo->late_count++] = exchange;
        return;
    }
    if (http_span_is(request->path, "/release")) {
        while (echo->late_count > 0)
            reply_request(echo->late[--echo->late_count]);
    }
    reply_request(exchange);
}

static void on_end(void *arg)
{
    struct echo *echo = arg;
    while (echo->late_count > 0)
        reply_request(echo->late[--echo->late_count]);
    echo->is_ending = true;
}

static void *answer(void *arg)
{
    struct echo *echo = arg;
    struct pollfd wait = {.fd = inbox_fd(echo->inbox), .events = POLLIN};
    while (!echo->is_ending) {
        (void)poll(&wait, 1, -1);
        inbox_run(echo->inbox);
    }
    return NULL;
}

static void on_request(struct http_exchange *exchange, void *arg)
{
    struct echo *echo = arg;
    const struct http_request *request = http_exchange_request(exchange);
    unsigned count = atomic_fetch_add(&echo->count, 1) + 1;
    if (http_span_is(request->path, "/page")) {
        http_reply(exchange, http_response_ref(echo->page));
    } else if (http_span_is(request->path, "/big")) {
        struct http_response *response = http_response_new(200);
        http_response_static_body(response, echo->big, ECHO_BIG_SIZE);
        http_reply(exchange, response);
    } else if (http_span_is(request->path, "/empty")) {
        http_reply(exchange, http_response_new(204));
    } else if (http_span_is(request->path, "/prefix") || http_span_is(request->path, "/count")) {
        struct str text = STR_INIT;
        str_append_format(&text, "%" PRIu64,
                          http_span_is(request->path, "/count") ? count
                                                                : http_exchange_prefix(exchange));
        reply_text(exchange, &text);
    } else if (http_span_is(request->path, "/thread") || http_span_is(request->path, "/late") ||
               http_span_is(request->path, "/release")) {
        struct errand *errand = MEM_NEW(struct errand);
        *errand = (struct errand){echo, exchange};
        inbox_post(echo->inbox, on_errand, errand);
    } else {
        reply_request(exchange);
    }
}

static struct http_response *on_error(int status, struct http_span path, struct http_span accept,
                                      void *arg)
{
    (void)path;
    (void)accept;
    const struct echo *echo = arg;
    if (!echo->has_error_pages)
        return NULL;
    struct http_response *response = http_response_new(status);
    char *text = mem_format("sorry %d", status);
    http_response_take_body(response, text, strlen(text));
    return response;
}

static void echo_open(struct echo *echo)
{
    char *page = mem_alloc(ECHO_PAGE_SIZE);
    memset(page, 'p', ECHO_PAGE_SIZE);
    echo->page = http_response_new(200);
    http_response_header(echo->page, "Content-Type", "text/html; charset=utf-8");
    http_response_header(echo->page, "Cache-Control", "max-age=60");
    http_response_take_body(echo->page, page, ECHO_PAGE_SIZE);
    echo->big = mem_alloc(ECHO_BIG_SIZE);
    for (size_t i = 0; i < ECHO_BIG_SIZE; i++)
        echo->big[i] = (char)('a' + i % 23);
    echo->inbox = inbox_new();
    if (echo->inbox == NULL || pthread_create(&echo->thread, NULL, answer, echo) != 0)
        exit(1);
}

static void echo_close(struct echo *echo)
{
    inbox_post(echo->inbox, on_end, echo);
    pthread_join(echo->thread, NULL);
    inbox_free(echo->inbox);
    http_response_unref(echo->page);
    free(echo->big);
}

static void read_options(int argc, char **argv, struct http_server_params *params,
                         struct echo *echo, int *stop_seconds)
{
    static const struct option options[] = {{"listen", required_argument, NULL, 'l'},
                                            {"certificate", required_argument, NULL, 'c'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"trusted", required_argument, NULL, 't'},
                                            {"threads", required_argument, NULL, 'n'},
                                            {"connections", required_argument, NULL, 'm'},
                                            {"per-prefix", required_argument, NULL, 'p'},
                                            {"deadline", required_argument, NULL, 'd'},
                                            {"idle", required_argument, NULL, 'i'},
                                            {"handshake", required_argument, NULL, 'h'},
                                            {"write", required_argument, NULL, 'w'},
                                            {"linger", required_argument, NULL, 'g'},
                                            {"stop", required_argument, NULL, 's'},
                                            {"error-pages", no_argument, NULL, 'e'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const char **text = option == 'l'   ? &params->listen
                            : option == 'c' ? &params->tls_certificate
                            : option == 'k' ? &params->tls_key
                            : option == 't' ? &params->trusted_proxies
                                            : NULL;
        int *number = option == 'n'   ? &params->threads
                      : option == 'm' ? &params->connections
                      : option == 'p' ? &params->connections_per_prefix
                      : option == 'd' ? &params->deadline_ms
                      : option == 'i' ? &params->idle_ms
                      : option == 'h' ? &params->handshake_ms
                      : option == 'w' ? &params->write_ms
                      : option == 'g' ? &params->linger_ms
                      : option == 's' ? stop_seconds
                                      : NULL;
        if (text != NULL)
            *text = optarg;
        else if (number != NULL)
            *number = atoi(optarg);
        else if (option == 'e')
            echo->has_error_pages = true;
        else
            exit(64);
    }
}

static void serve(struct http_server *server, int stop_seconds)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGTERM);
    printf("port %d\n", http_server_port(server));
    fflush(stdout);
    int signal;
    while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
        struct fault fault = {.text = ""};
        enum us_err err = http_server_reload(server, &fault);
        printf("reload %s\n", err_name(err));
        fflush(stdout);
    }
    http_server_stop(server, stop_seconds);
}

int main(int argc, char **argv)
{
    struct echo echo = {.late_count = 0};
    struct http_server_params params = {
        .listen = "127.0.0.1:0", .on_request = on_request, .on_error = on_error, .arg = &echo};
    struct http_server *server;
    struct fault fault = {.text = ""};
    int stop_seconds = 2;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    log_open("echo", LOG_LEVEL_INFO);
    random_open();
    read_options(argc, argv, &params, &echo, &stop_seconds);
    echo_open(&echo);
    if (http_server_new(&params, &server, &fault) != US_OK) {
        printf("fault %s\n", fault.text);
        echo_close(&echo);
        return 1;
    }
    if (http_server_start(server) != US_OK)
        return 1;
    serve(server, stop_seconds);
    /* The answering thread goes after the web threads and before the server's memory. */
    echo_close(&echo);
    http_server_free(server);
    return 0;
}
