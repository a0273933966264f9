/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Which address is which page. An address names its language; only "/" asks the browser which one
 * it would like. An address that is a little wrong (a slash too many or too few) is sent to the
 * right one.
 */
#include "page/site.h"
#include "base/mem.h"
#include "page/api_problem.h"
#include "page/reply.h"
#include "page/visit.h"
#include <stdlib.h>
#include <string.h>

enum route {
    ROUTE_ROOT,
    ROUTE_ROBOTS,
    ROUTE_KEY,
    ROUTE_SECURITY,
    ROUTE_STATIC,
    ROUTE_CONFIRM,
    ROUTE_SIGNATORY,
    ROUTE_NEWS_END,
    ROUTE_LOGO,
    ROUTE_LOGO_SEND,
    ROUTE_HOME,
    ROUTE_HOME_BARE,
    ROUTE_PRIVACY,
    ROUTE_ACCESSIBILITY,
    ROUTE_FIND,
    ROUTE_APPEAL,
    ROUTE_APPEAL_SLASH,
    ROUTE_SIGNATORIES,
    ROUTE_LOGOS,
    ROUTE_NUMBERS,
    ROUTE_SIGN,
    ROUTE_SENT,
    ROUTE_MAIL,
    ROUTE_MAILED,
    ROUTE_WITHDRAWN,
    ROUTE_CODE,
    ROUTE_RECEIPT,
    ROUTE_UPDATES,
    ROUTE_FEED,
    ROUTE_SHARE,
    ROUTE_POSTER,
    ROUTE_CARD,
    ROUTE_QR,
    ROUTE_BADGE,
    ROUTE_LETTER,
    ROUTE_COUNT
};

static const char *const patterns[ROUTE_COUNT + 1] = {
    [ROUTE_ROOT] = "/",
    [ROUTE_ROBOTS] = "/robots.txt",
    [ROUTE_KEY] = "/undersign.pub",
    [ROUTE_SECURITY] = "/.well-known/security.txt",
    [ROUTE_STATIC] = "/static/{}",
    [ROUTE_CONFIRM] = "/c/{}",
    [ROUTE_SIGNATORY] = "/w/{}",
    [ROUTE_NEWS_END] = "/u/{}",
    [ROUTE_LOGO] = "/logo/{}",
    [ROUTE_LOGO_SEND] = "/w/{}/logo",
    [ROUTE_HOME] = "/{}/",
    [ROUTE_HOME_BARE] = "/{}",
    [ROUTE_PRIVACY] = "/{}/privacy",
    [ROUTE_ACCESSIBILITY] = "/{}/accessibility",
    [ROUTE_FIND] = "/{}/mail",
    [ROUTE_APPEAL] = "/{}/{}",
    [ROUTE_APPEAL_SLASH] = "/{}/{}/",
    [ROUTE_SIGNATORIES] = "/{}/{}/signatories",
    [ROUTE_LOGOS] = "/{}/{}/logos",
    [ROUTE_NUMBERS] = "/{}/{}/numbers",
    [ROUTE_SIGN] = "/{}/{}/sign",
    [ROUTE_SENT] = "/{}/{}/sent",
    [ROUTE_MAIL] = "/{}/{}/mail",
    [ROUTE_MAILED] = "/{}/{}/mailed",
    [ROUTE_WITHDRAWN] = "/{}/{}/withdrawn",
    [ROUTE_CODE] = "/{}/{}/code",
    [ROUTE_RECEIPT] = "/{}/{}/receipt",
    [ROUTE_UPDATES] = "/{}/{}/updates",
    [ROUTE_FEED] = "/{}/{}/feed.atom",
    [ROUTE_SHARE] = "/{}/{}/share",
    [ROUTE_POSTER] = "/{}/{}/poster",
    [ROUTE_CARD] = "/{}/{}/card.png",
    [ROUTE_QR] = "/{}/{}/code.png",
    [ROUTE_BADGE] = "/{}/{}/badge.png",
    [ROUTE_LETTER] = "/{}/{}/letter.pdf",
};

static bool route_takes_form(int route)
{
    return route == ROUTE_SIGN || route == ROUTE_CODE || route == ROUTE_CONFIRM ||
           route == ROUTE_MAIL || route == ROUTE_SIGNATORY || route == ROUTE_LOGO_SEND ||
           route == ROUTE_NEWS_END;
}

static const struct language *preferred_language(const struct page_site *pages,
                                                 struct http_span accept)
{
    char *text = mem_string_part(accept.data ? accept.data : "", accept.len);
    const struct language *language =
        language_negotiate(text, site_config(pages->site)->site_default_language);
    free(text);
    return language;
}

static void redirect(const struct visit *visit, int status, bool is_language_chosen)
{
    char *path = mem_format("/%s/%s", visit->language->code, visit->slug);
    reply_redirect(visit->exchange, status, path, is_language_chosen);
    free(path);
}

static void handle_robots(const struct visit *visit)
{
    static const char text[] = "User-agent: *\nDisallow: /c/\nDisallow: /w/\nDisallow: /u/\n";
    struct reply_head head = {
        .type = "text/plain; charset=utf-8",
        .caching = "public, max-age=86400",
        .is_tls = visit->request->is_tls,
    };
    struct http_response *response = reply_new(200, &head);
    http_response_static_body(response, text, sizeof text - 1);
    http_reply(visit->exchange, response);
}

/* What those compare with who were given a bundle. */
static void handle_key(const struct visit *visit)
{
    const char *text = visit->pages->public_key;
    if (text == NULL) {
        visit_error(visit, ERROR_NOT_FOUND);
        return;
    }
    struct reply_head head = {
        .type = "text/plain; charset=utf-8",
        .caching = "public, max-age=3600",
        .is_tls = visit->request->is_tls,
    };
    struct http_response *response = reply_new(200, &head);
    http_response_take_body(response, mem_string(text), strlen(text));
    http_reply(visit->exchange, response);
}

static void handle_options(const struct visit *visit, int route)
{
    struct reply_head head = {
        .allow = route_takes_form(route) ? "GET, HEAD, OPTIONS, POST" : "GET, HEAD, OPTIONS",
        .caching = REPLY_NO_STORE,
        .is_tls = visit->request->is_tls,
    };
    struct http_response *response = reply_new(204, &head);
    http_response_static_body(response, "", 0);
    http_reply(visit->exchange, response);
}

static void handle_post(const struct visit *visit, const struct route_match *match)
{
    switch (match->route) {
    case ROUTE_SIGN:
        handle_sign_post(visit);
        break;
    case ROUTE_CODE:
        handle_code_post(visit);
        break;
    case ROUTE_MAIL:
        handle_mail_post(visit);
        break;
    case ROUTE_CONFIRM:
        handle_confirm_post(visit, match->parts[0]);
        break;
    case ROUTE_SIGNATORY:
        handle_signatory_post(visit, match->parts[0]);
        break;
    case ROUTE_NEWS_END:
        handle_news_post(visit, match->parts[0]);
        break;
    case ROUTE_LOGO_SEND:
        handle_logo_post(visit, match->parts[0]);
        break;
    default:
        visit_error(visit, ERROR_METHOD);
    }
}

/* What is no page of any language. */
static void handle_file(const struct visit *visit, const struct route_match *match)
{
    if (match->route == ROUTE_ROBOTS)
        handle_robots(visit);
    else if (match->route == ROUTE_KEY)
        handle_key(visit);
    else if (match->route == ROUTE_SECURITY)
        handle_security(visit);
    else if (!statics_reply(visit->pages->statics, visit->exchange, match->parts[0]))
        visit_error(visit, ERROR_NOT_FOUND);
}

/* An address that is one page, whatever else the request says. */
static void handle_plain_page(const struct visit *visit, int route)
{
    static const struct {
        enum route route;
        enum page_kind kind;
    } pages[] = {
        {ROUTE_HOME, PAGE_HOME},
        {ROUTE_PRIVACY, PAGE_PRIVACY},
        {ROUTE_ACCESSIBILITY, PAGE_ACCESSIBILITY},
        {ROUTE_FIND, PAGE_FIND},
        {ROUTE_APPEAL, PAGE_APPEAL},
        {ROUTE_NUMBERS, PAGE_NUMBERS},
        {ROUTE_SHARE, PAGE_SHARE},
        {ROUTE_POSTER, PAGE_POSTER},
        {ROUTE_CARD, PAGE_CARD},
        {ROUTE_QR, PAGE_QR},
        {ROUTE_BADGE, PAGE_BADGE},
        {ROUTE_SENT, PAGE_SENT},
        {ROUTE_MAIL, PAGE_MAIL},
        {ROUTE_MAILED, PAGE_MAILED},
        {ROUTE_WITHDRAWN, PAGE_WITHDRAWN},
        {ROUTE_CODE, PAGE_CODE},
        {ROUTE_FEED, PAGE_FEED},
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        if ((int)pages[i].route == route) {
            visit_page(visit, pages[i].kind, 0, NULL);
            return;
        }
    }
    visit_error(visit, ERROR_NOT_FOUND);
}

static void handle_get(const struct visit *visit, const struct route_match *match)
{
    switch ((enum route)match->route) {
    case ROUTE_ROOT:
        redirect(visit, 302, true);
        break;
    case ROUTE_ROBOTS:
    case ROUTE_KEY:
    case ROUTE_SECURITY:
    case ROUTE_STATIC:
        handle_file(visit, match);
        break;
    case ROUTE_CONFIRM:
        handle_confirm_get(visit, match->parts[0]);
        break;
    case ROUTE_LOGO_SEND: /* only sent to */
    case ROUTE_SIGNATORY:
        handle_signatory_get(visit, match->parts[0]);
        break;
    case ROUTE_NEWS_END:
        handle_news_get(visit, match->parts[0]);
        break;
    case ROUTE_LOGO:
        handle_logo_get(visit, match->parts[0]);
        break;
    case ROUTE_HOME_BARE:
    case ROUTE_APPEAL_SLASH:
        redirect(visit, 308, false);
        break;
    case ROUTE_SIGNATORIES:
        handle_signatories(visit);
        break;
    case ROUTE_LOGOS:
        visit_numbered_page(visit, PAGE_LOGOS);
        break;
    case ROUTE_SIGN:
        handle_sign_get(visit);
        break;
    case ROUTE_RECEIPT:
        handle_receipt(visit);
        break;
    case ROUTE_UPDATES:
        visit_numbered_page(visit, PAGE_UPDATES);
        break;
    case ROUTE_LETTER:
        visit_letter(visit, match->parts[0]);
        break;
    default:
        handle_plain_page(visit, match->route);
    }
}

/* The language that an address begins with, also of an address that is no page's: whoever mistyped
 * the rest of it is told so in the language they read. */
static const struct language *address_language(struct http_span path)
{
    char code[16];
    size_t len = 0;
    while (len + 1 < path.len && path.data[len + 1] != '/')
        len++;
    if (len == 0 || len >= sizeof code)
        return NULL;
    memcpy(code, path.data + 1, len);
    code[len] = '\0';
    return language_find(code);
}

static bool is_language_code(const char *text)
{
    size_t len = strlen(text);
    return len >= 2 && len < sizeof((struct page_key *)0)->text_language &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

/* Finds the page's language and appeal in its address. */
static bool find_page(struct visit *visit, struct route_match *match)
{
    const struct language *language = address_language(visit->request->path);
    if (language != NULL)
        visit->language = language;
    if (!route_find(patterns, visit->request->path, match))
        return false;
    if (match->route < ROUTE_HOME)
        return true;
    /* A letter may be in a language that the interface does not speak. */
    if (language == NULL && (match->route != ROUTE_LETTER || !is_language_code(match->parts[0])))
        return false;
    return match->part_count < 2 || visit_take_slug(visit, match->parts[1]);
}

void page_site_on_request(struct http_exchange *exchange, void *arg)
{
    struct visit visit = {
        .pages = arg,
        .exchange = exchange,
        .request = http_exchange_request(exchange),
    };
    struct route_match match;
    if (handle_api_has(visit.request->path)) {
        handle_api(&visit);
        return;
    }
    visit.language =
        preferred_language(visit.pages, http_request_field(visit.request, "accept-language"));
    if (!find_page(&visit, &match)) {
        visit_error(&visit, ERROR_NOT_FOUND);
        return;
    }
    switch (visit.request->method) {
    case HTTP_GET:
    case HTTP_HEAD:
        handle_get(&visit, &match);
        break;
    case HTTP_POST:
        handle_post(&visit, &match);
        break;
    case HTTP_OPTIONS:
        handle_options(&visit, match.route);
        break;
    case HTTP_METHOD_OTHER:
        visit_error(&visit, route_takes_form(match.route) ? ERROR_METHOD_FORM : ERROR_METHOD);
        break;
    }
}

bool page_site_takes_upload(struct http_span path)
{
    return handle_logo_takes(path);
}

struct http_response *page_site_on_error(int status, struct http_span path, struct http_span accept,
                                         void *arg)
{
    struct page_site *pages = arg;
    if (handle_api_has(path))
        return api_problem_new(&(struct api_problem){.status = status}, false);
    const struct language *language = address_language(path);
    if (language == NULL)
        language = preferred_language(pages, accept);
    return errors_get(pages->errors, errors_kind_of_status(status), language, false);
}
