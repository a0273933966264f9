/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A page may use its stylesheet and images from here, post to here, and nothing else. No address of
 * a page is told to any other site. Pages with a form are the exception to "no-referrer": under it
 * browsers send "Origin: null" with a form (Fetch, "append a request Origin header"), and a form
 * from elsewhere could not be told from ours. They tell their address to this site alone
 * ("same-origin"); a confirmation page's address is secret even from our logs, so it keeps
 * "no-referrer", and its secret address is what proves that its form is ours.
 */
#include "page/reply.h"
#include "page/compress.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char content_policy[] =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

static void add_safety(struct http_response *response, const struct reply_head *head)
{
    http_response_header(response, "Content-Security-Policy", content_policy);
    http_response_header(response, "X-Content-Type-Options", "nosniff");
    http_response_header(response, "X-Frame-Options", "DENY");
    http_response_header(response, "Referrer-Policy",
                         head->has_form ? "same-origin" : "no-referrer");
    http_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    http_response_header(response, "Cross-Origin-Resource-Policy",
                         head->is_open ? "cross-origin" : "same-origin");
    if (head->is_open) {
        http_response_header(response, "Access-Control-Allow-Origin", "*");
        http_response_header(response, "Access-Control-Expose-Headers", "ETag, Retry-After");
    }
    if (head->is_tls)
        http_response_header(response, "Strict-Transport-Security", "max-age=63072000");
}

static void add_if(struct http_response *response, const char *name, const char *value)
{
    if (value != NULL)
        http_response_header(response, name, value);
}

struct http_response *reply_new(int status, const struct reply_head *head)
{
    struct http_response *response = http_response_new(status);
    add_if(response, "Content-Type", head->type);
    add_if(response, "Content-Language", head->language);
    add_if(response, "Content-Encoding", head->encoding);
    add_if(response, "Cache-Control", head->caching);
    add_if(response, "ETag", head->tag);
    add_if(response, "Allow", head->allow);
    add_if(response, "Location", head->location);
    add_if(response, "Content-Disposition", head->disposition);
    add_if(response, "X-Robots-Tag", head->robots);
    if (head->is_encoding_chosen || head->is_language_chosen)
        http_response_header(response, "Vary",
                             !head->is_language_chosen  ? "Accept-Encoding"
                             : head->is_encoding_chosen ? "Accept-Encoding, Accept-Language"
                                                        : "Accept-Language");
    if (head->retry_after > 0) {
        char seconds[16];
        snprintf(seconds, sizeof seconds, "%d", head->retry_after);
        http_response_header(response, "Retry-After", seconds);
    }
    add_safety(response, head);
    return response;
}

void reply_redirect(struct http_exchange *exchange, int status, const char *path,
                    bool is_language_chosen)
{
    struct reply_head head = {
        .caching = status == 308 ? "public, max-age=3600" : "no-store",
        .location = path,
        .is_language_chosen = is_language_chosen,
        .is_tls = http_exchange_request(exchange)->is_tls,
    };
    struct http_response *response = reply_new(status, &head);
    http_response_static_body(response, "", 0);
    http_reply(exchange, response);
}

void reply_private(struct http_exchange *exchange, int status, const char *language, char *html,
                   size_t len, bool has_form)
{
    const struct http_request *request = http_exchange_request(exchange);
    struct reply_head head = {
        .type = REPLY_HTML,
        .language = language,
        .caching = REPLY_NO_STORE,
        .has_form = has_form,
        .is_tls = request->is_tls,
    };
    /* With its countries a form is long. What was typed stands on it and no secret but its nonce;
     * and no other site can have one answered, since it is refused by its Origin. */
    if (has_form && compress_takes(http_request_field(request, "accept-encoding"), ENCODING_GZIP)) {
        size_t small_len;
        void *small = compress_data(ENCODING_GZIP, html, len, true, &small_len);
        if (small != NULL) {
            explicit_bzero(html, len);
            free(html);
            html = small;
            len = small_len;
            head.encoding = compress_name(ENCODING_GZIP);
        }
    }
    head.is_encoding_chosen = has_form;
    struct http_response *response = reply_new(status, &head);
    http_response_take_body(response, html, len);
    http_reply(exchange, response);
}

bool reply_tag_is_named(struct http_span list, const char *tag)
{
    size_t tag_len = strlen(tag);
    const char *at = list.data, *end = at + list.len;
    while (at < end) {
        while (at < end && (*at == ' ' || *at == '\t' || *at == ','))
            at++;
        if (at < end && *at == '*')
            return true;
        if (end - at > 2 && at[0] == 'W' && at[1] == '/')
            at += 2;
        if (at == end || *at != '"')
            return false;
        const char *close = memchr(at + 1, '"', (size_t)(end - at - 1));
        if (close == NULL)
            return false;
        size_t len = (size_t)(close + 1 - at);
        if (len == tag_len && memcmp(at, tag, len) == 0)
            return true;
        at = close + 1;
    }
    return false;
}
