/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What handlers share: answering, asking a reader thread, and whether a form may be taken. Browsers
 * say where a form came from (Origin); programs say nothing, and may sign like anybody: there is no
 * session to ride on, only spam to keep out, and for that a form on a foreign page is what matters.
 */
#include "page/visit.h"
#include "base/clock.h"
#include "base/mem.h"
#include "page/reply.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_DIGITS_MOST 6 /* of a list's page */

bool visit_take_slug(struct visit *visit, const char *part)
{
    size_t len = strlen(part);
    if (len == 0 || len >= sizeof visit->slug ||
        strspn(part, "abcdefghijklmnopqrstuvwxyz0123456789-_") != len)
        return false;
    memcpy(visit->slug, part, len + 1);
    return true;
}

void visit_error(const struct visit *visit, enum error_kind kind)
{
    http_reply(visit->exchange,
               errors_get(visit->pages->errors, kind, visit->language, visit->request->is_tls));
}

static void on_page(struct rendered *page, enum us_err err, void *arg)
{
    struct visit *visit = arg;
    if (err == US_OK)
        rendered_reply(page, visit->exchange);
    else
        visit_error(visit, errors_kind_of(err));
    free(visit);
}

void visit_page(const struct visit *visit, enum page_kind kind, int number, const char *country)
{
    struct page_key key = {
        .kind = kind,
        .language = visit->language,
        .number = number,
        .is_tls = visit->request->is_tls,
    };
    memcpy(key.slug, visit->slug, sizeof key.slug);
    if (country != NULL)
        memcpy(key.country, country, sizeof key.country);
    struct cache *cache = kind == PAGE_BADGE ? visit->pages->badge_cache : visit->pages->cache;
    cache_get(cache, &key, on_page, mem_copy(visit, sizeof *visit));
}

void visit_list(const struct visit *visit, const struct page_key *key)
{
    cache_get(visit->pages->query_cache, key, on_page, mem_copy(visit, sizeof *visit));
}

void visit_numbered_page(const struct visit *visit, enum page_kind kind)
{
    char *text = NULL;
    long number = 1;
    enum us_err err = http_form_get(visit->request->query, "page", NUMBER_DIGITS_MOST, &text);
    if (err == US_OK)
        number = strspn(text, "0123456789") == strlen(text) ? strtol(text, NULL, 10) : 0;
    free(text);
    if ((err != US_OK && err != US_NOT_FOUND) || number < 1)
        visit_error(visit, ERROR_NOT_FOUND);
    else
        visit_page(visit, kind, (int)number, NULL);
}

void visit_letter(const struct visit *visit, const char *language)
{
    struct page_key key = {
        .kind = PAGE_LETTER,
        .language = &language_table[0],
        .is_tls = visit->request->is_tls,
    };
    memcpy(key.slug, visit->slug, sizeof key.slug);
    strncpy(key.text_language, language, sizeof key.text_language - 1);
    cache_get(visit->pages->letter_cache, &key, on_page, mem_copy(visit, sizeof *visit));
}

void visit_private(const struct visit *visit, int status, struct rendering *r, bool has_form)
{
    size_t len;
    char *html = rendering_take(r, &len);
    reply_private(visit->exchange, status, r->language->code, html, len, has_form);
    rendering_close(r);
}

void visit_redirect(const struct visit *visit, const char *rest)
{
    char *path = mem_format("/%s/%s%s", visit->language->code, visit->slug, rest);
    reply_redirect(visit->exchange, 303, path, false);
    free(path);
}

bool visit_read(const struct visit *visit, void (*work)(struct reader *reader, void *arg),
                void *arg)
{
    enum us_err err = store_read(site_store(visit->pages->site), work, arg);
    if (err != US_OK)
        visit_error(visit, errors_kind_of(err));
    return err == US_OK;
}

static bool span_is(struct http_span span, const char *text, size_t len)
{
    return span.len == len && strncasecmp(span.data, text, len) == 0;
}

/* "https://host:port" against the site's configured address, or against the host that was asked:
 * a site may be reached by several names, such as an onion service's. */
static bool is_our_origin(const struct visit *visit, struct http_span origin)
{
    const char *url = site_config(visit->pages->site)->site_url;
    const char *host = strstr(url, "://");
    if (host != NULL && span_is(origin, url, (size_t)(host - url) + 3 + strcspn(host + 3, "/")))
        return true;
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i]);
        if (origin.len > len && strncasecmp(origin.data, schemes[i], len) == 0)
            return span_is((struct http_span){origin.data + len, origin.len - len},
                           visit->request->host.data, visit->request->host.len);
    }
    return false;
}

static bool is_urlencoded(struct http_span type)
{
    static const char wanted[] = "application/x-www-form-urlencoded";
    size_t len = sizeof wanted - 1;
    return type.len >= len && strncasecmp(type.data, wanted, len) == 0 &&
           (type.len == len || type.data[len] == ';' || type.data[len] == ' ');
}

bool visit_takes_origin(const struct visit *visit, enum form_origin policy)
{
    struct http_span origin = http_request_field(visit->request, "origin");
    bool is_null = http_span_is(origin, "null");
    if (origin.len == 0 || (is_null && policy == FORM_ORIGIN_OR_NULL) ||
        is_our_origin(visit, origin))
        return true;
    visit_error(visit, ERROR_FOREIGN_FORM);
    return false;
}

bool visit_is_within(const struct visit *visit, struct limiter *limiter)
{
    if (limiter_take(limiter, http_exchange_prefix(visit->exchange), clock_monotonic()))
        return true;
    visit_error(visit, ERROR_LIMITED);
    return false;
}

bool visit_takes_form(const struct visit *visit, enum form_origin policy)
{
    if (!visit_takes_origin(visit, policy))
        return false;
    struct http_span type = http_request_field(visit->request, "content-type");
    bool is_empty = visit->request->body.len == 0 && type.len == 0;
    if (!is_empty && !is_urlencoded(type)) {
        visit_error(visit, ERROR_MEDIA_TYPE);
        return false;
    }
    return true;
}

bool visit_takes_token(const struct visit *visit, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (strlen(text) == TOKEN_TEXT_SIZE - 1 && strspn(text, digits) == TOKEN_TEXT_SIZE - 1)
        return true;
    visit_error(visit, ERROR_LINK_UNKNOWN);
    return false;
}

enum error_kind visit_link_error(enum us_err err)
{
    switch (err) {
    case US_NOT_FOUND:
    case US_DENIED:
    case US_INVALID:
        return ERROR_LINK_UNKNOWN;
    case US_EXPIRED:
        return ERROR_LINK_EXPIRED;
    case US_DUPLICATE:
        return ERROR_SIGNED_ALREADY;
    case US_CONFLICT:
        return ERROR_DECIDED;
    case US_LIMITED:
        return ERROR_TOO_MANY_ORGANISATIONS;
    default:
        return errors_kind_of(err);
    }
}

const struct language *visit_signed_language(const struct visit *visit, const char *code)
{
    const struct language *language = language_find(code);
    return language != NULL ? language : visit->language;
}
