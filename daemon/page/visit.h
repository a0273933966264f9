/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One visitor's request on its way through the handlers, and what handlers share. A visit is copied
 * into whatever goes on after the web thread has turned to others; the exchange stays until it is
 * answered.
 */
#ifndef PAGE_VISIT_H
#define PAGE_VISIT_H

#include "base/limiter.h"
#include "http/route.h"
#include "page/cache.h"
#include "page/error.h"
#include "page/letters.h"
#include "page/rendering.h"
#include "page/statics.h"

struct page_site {
    struct site *site;
    struct cache *cache, *letter_cache; /* its own, so that files push no page out */
    struct limiter *api_queries;        /* of those */
    struct cache *badge_cache;          /* a minute, since each is a process */
    struct cache *query_cache;          /* of lists as asked for: so do they not either */
    struct letters *letters;
    struct errors *errors;
    struct statics *statics;
    struct limiter *submissions, *codes, *queries;
    struct limiter *shielded; /* submissions to appeals under attack */
    char *public_key;         /* that bundles are verified with; NULL: there is none */
};

struct visit {
    struct page_site *pages;
    struct http_exchange *exchange;
    const struct http_request *request; /* until the answer */
    const struct language *language;    /* of the address, or as the browser prefers */
    char slug[PAGE_SLUG_SIZE];          /* "" where the address has none */
};

/* Takes a part of an address as the slug. False: it is no appeal's, and never reaches the store. */
US_MUST_CHECK bool visit_take_slug(struct visit *visit, const char *part);

/* ---- answers ---- */
void visit_error(const struct visit *visit, enum error_kind kind);
/* The public page, from the cache. */
void visit_page(const struct visit *visit, enum page_kind kind, int number, const char *country);
/* The same of a list that is asked for in one of many ways. */
void visit_list(const struct visit *visit, const struct page_key *key);
/* The page of a list that "?page=" asks for, the first without it; else not found. */
void visit_numbered_page(const struct visit *visit, enum page_kind kind);
/* The published letter in a language, from its cache. */
void visit_letter(const struct visit *visit, const char *language);
/* What was rendered, for this visitor alone; ends the rendering. */
void visit_private(const struct visit *visit, int status, struct rendering *r, bool has_form);

/* Sends the visitor to an address of the appeal's, in the language of the visit, with 303. */
void visit_redirect(const struct visit *visit, const char *rest);

/* Runs work on a reader thread; when the queue is full answers so and gives false: arg is then
 * still the caller's. */
US_MUST_CHECK bool visit_read(const struct visit *visit,
                              void (*work)(struct reader *reader, void *arg), void *arg);

/* ---- checks on a form that was sent; each answers and gives false when it is refused ---- */
enum form_origin {
    FORM_ORIGIN_OURS,    /* an Origin must be ours */
    FORM_ORIGIN_OR_NULL, /* "null" will do: the address itself is the secret */
};
US_MUST_CHECK bool visit_takes_form(const struct visit *visit, enum form_origin origin);
/* The half of it that is about where the form came from, whatever its type. */
US_MUST_CHECK bool visit_takes_origin(const struct visit *visit, enum form_origin origin);

/* One more of what a limiter counts for the visitor's address prefix; answers and gives false when
 * that is too many. */
US_MUST_CHECK bool visit_is_within(const struct visit *visit, struct limiter *limiter);

/* ---- addresses that are secrets from a mail ---- */
/* Whether a part of an address can be a token at all; answers when it cannot. */
US_MUST_CHECK bool visit_takes_token(const struct visit *visit, const char *text);
/* What a failure means to who followed a link. */
enum error_kind visit_link_error(enum us_err err);
/* The language to show such a page in; code: of the form that was filled in, whatever the browser
 * says (Tor Browser says English for everybody). */
const struct language *visit_signed_language(const struct visit *visit, const char *code);

/* ---- handlers, one an area ---- */
void handle_signatories(const struct visit *visit);
void handle_sign_get(const struct visit *visit);
void handle_sign_post(const struct visit *visit);
void handle_code_post(const struct visit *visit);
void handle_receipt(const struct visit *visit);
/* Whether a longer body may come to that path: http_server_params.takes_upload. */
bool handle_logo_takes(struct http_span path);
void handle_logo_get(const struct visit *visit, const char *name);
void handle_logo_post(const struct visit *visit, const char *token);
void handle_mail_post(const struct visit *visit);
void handle_signatory_get(const struct visit *visit, const char *token);
void handle_signatory_post(const struct visit *visit, const char *token);
void handle_news_get(const struct visit *visit, const char *token);
void handle_news_post(const struct visit *visit, const char *token);
/* Whether a path is the API's, whatever is there; handle_api() then answers, never with a page. */
bool handle_api_has(struct http_span path);
void handle_api(const struct visit *visit);
void handle_security(const struct visit *visit); /* security.txt, RFC 9116 */
void handle_confirm_get(const struct visit *visit, const char *token);
void handle_confirm_post(const struct visit *visit, const char *token);

#endif
