/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The public port: listeners shared by web threads, each with its own event base; TLS; limits and
 * deadlines (design: request line 4 KiB, head 16 KiB and 64 fields, body 64 KiB; 15 s for a whole
 * request from its first byte, 30 s idle, 10 s for a TLS handshake; connections per address prefix
 * and in all; at the file limit the listener pauses by timer). Malformed requests get 4xx and a
 * close without a handler seeing them, by `on_error` where it is set, so that the page speaks the
 * visitor's language.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/err.h"
#include "base/fault.h"
#include "http/exchange.h"
#include "http/response.h"

struct http_server;

struct http_server_params {
    const char *listen;          /* "127.0.0.1:8080 [::1]:8080" */
    const char *tls_certificate; /* PEM chain, or NULL */
    const char *tls_key;
    /* Addresses and prefixes, or NULL: whose X-Forwarded-For and -Proto count, and who may hold any
     * number of connections. */
    const char *trusted_proxies;
    int threads;                /* 0: one per core */
    int connections;            /* in all; 0: 4096 */
    int connections_per_prefix; /* 0: 64 */
    /* Absolute terms in milliseconds; 0: the design's. */
    int deadline_ms;  /* a whole request, from its first byte */
    int idle_ms;      /* between requests */
    int handshake_ms; /* TLS */
    int write_ms;     /* a response, and a second more for each KiB of it */
    int linger_ms;    /* after the last response, for the visitor to close */
    void (*on_request)(struct http_exchange *exchange, void *arg);
    void *arg;
    /* Whether bodies of up to 280 KiB may come to that path, and take longer; NULL: to none. Called
     * on any web thread. */
    bool (*takes_upload)(struct http_span path);
    /* The response to an error the server itself answers (400, 408, 411, 413, 414, 417, 431, 501,
     * 505): one reference, or NULL for an empty one. May be called on any web thread. path, and
     * what Accept-Language says: as far as they came, not checked; empty where they did not. */
    struct http_response *(*on_error)(int status, struct http_span path, struct http_span accept,
                                      void *arg);
};

/* Binds; US_INVALID with a fault that names the address or file. Strings are copied. */
US_MUST_CHECK enum us_err http_server_new(const struct http_server_params *params,
                                          struct http_server **out, struct fault *fault);
/* Starts the web threads. */
US_MUST_CHECK enum us_err http_server_start(struct http_server *server);
/* The port bound, for listen addresses with port 0 (first listener). */
int http_server_port(const struct http_server *server);
/* Reads certificate and key again; the old ones stay on failure. Nobody is dropped. */
US_MUST_CHECK enum us_err http_server_reload(struct http_server *server, struct fault *fault);
/* Stops accepting, lets requests under way finish for at most `seconds`, joins the threads. Once is
 * enough; without it http_server_free() stops at once. */
void http_server_stop(struct http_server *server, int seconds);
void http_server_free(struct http_server *server);

#endif
