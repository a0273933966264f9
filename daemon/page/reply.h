/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The header fields that every answer of the site carries, and answers without a page. */
#ifndef PAGE_REPLY_H
#define PAGE_REPLY_H

#include "http/exchange.h"
#include "http/response.h"
#include <stdbool.h>

#define REPLY_HTML "text/html; charset=utf-8"
#define REPLY_NO_STORE "no-store"

struct reply_head {
    const char *type;        /* Content-Type; NULL: none */
    const char *language;    /* Content-Language; NULL: none */
    const char *caching;     /* Cache-Control */
    const char *tag;         /* ETag; NULL: none */
    const char *encoding;    /* Content-Encoding; NULL: identity */
    const char *allow;       /* Allow; NULL: none */
    const char *location;    /* Location; NULL: none */
    const char *disposition; /* Content-Disposition; NULL: none */
    const char *robots;      /* X-Robots-Tag; NULL: none */
    int retry_after;         /* seconds; 0: none */
    bool is_encoding_chosen; /* by Accept-Encoding: Vary says so */
    bool is_language_chosen; /* by Accept-Language */
    bool has_form;           /* that is posted with an Origin: see reply.c */
    bool is_open;            /* any site's scripts may read it, and any page may show it */
    bool is_tls;
};

/* A response with these fields, open for a body. */
struct http_response *reply_new(int status, const struct reply_head *head);
/* Sends the visitor to a path of ours, with 302, 303 or 308. */
void reply_redirect(struct http_exchange *exchange, int status, const char *path,
                    bool is_language_chosen);
/* Answers with a page that nobody may keep: it holds what somebody typed, or a secret in its
 * address. Takes html (malloced). */
void reply_private(struct http_exchange *exchange, int status, const char *language, char *html,
                   size_t len, bool has_form);
/* RFC 9110 section 13.1.2, weakly compared: a list of tags, or "*". */
bool reply_tag_is_named(struct http_span list, const char *tag);

#endif
