/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One request and its one response, as handlers see them. The handler runs on the web thread that
 * owns the connection and must not block; it may answer at once or keep the exchange and answer
 * later from any thread. The request's bytes live until the answer. Exactly one http_reply() per
 * exchange.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OPTIONS, HTTP_METHOD_OTHER };

struct http_span {
    const char *data; /* not terminated */
    size_t len;
};

struct http_field {
    struct http_span name, value;
};

struct http_request {
    enum http_method method;
    struct http_span path;  /* starts with "/", still percent-encoded, no query; "*" for OPTIONS */
    struct http_span query; /* without "?"; may be empty */
    struct http_span host;
    struct http_field *fields;
    size_t field_count;
    struct http_span body;
    bool is_tls; /* the visitor's side, as far as a trusted proxy or we know */
    bool keeps_alive;
};

struct http_exchange;
struct http_response;

/* The request; borrowed until http_reply(). */
const struct http_request *http_exchange_request(const struct http_exchange *exchange);
/* The visitor's address prefix (IPv4 /32, IPv6 /64, after trusted proxies) under a key that lives
 * an hour: for limiters, never to be stored or logged. */
uint64_t http_exchange_prefix(const struct http_exchange *exchange);
/* A field's value by its lower-case name; an empty span when absent. */
struct http_span http_request_field(const struct http_request *request, const char *name);
/* Decodes application/x-www-form-urlencoded: the value of `name` (its first occurrence), a
 * caller-freed NUL-terminated string, in *out. US_NOT_FOUND when absent, US_INVALID when malformed,
 * longer than `most` bytes, not UTF-8, or with NUL. source is the body or the query. */
US_MUST_CHECK enum us_err http_form_get(struct http_span source, const char *name, size_t most,
                                        char **out);
/* How often a name stands in the form: pages refuse repeated ones. */
size_t http_form_count(struct http_span source, const char *name);
/* Takes the next pair off *rest, both still encoded; false at the end. */
bool http_form_next(struct http_span *rest, struct http_span *name, struct http_span *value);
bool http_span_is(struct http_span span, const char *text);

/* Answers; takes one reference of the response; any thread. If the visitor is gone nothing is sent.
 * Every exchange must be answered before http_server_free(), also those that outlived the stop. */
void http_reply(struct http_exchange *exchange, struct http_response *response);

#endif
