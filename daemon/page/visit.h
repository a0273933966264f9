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
    struct letters *letters;
    struct errors *errors;
    struct statics *statics;
    struct limiter *submissions, *codes;
    char *public_key; /* that bundles are verified with; NULL: there is none */
};

struct visit {
    struct page_site *pages;
    struct http_exchange *exchange;
    const struct http_request *request; /* until the answer */
    const struct language *language;    /* of the address, or as the browser prefers */
    char slug[PAGE_SLUG_SIZE];          /* "" where the address has none */
};

/* ---- answers ---- */
void visit_error(const struct visit *visit, enum error_kind kind);
/* The public page, from the cache. */
void visit_page(const struct visit *visit, enum page_kind kind, int number, const char *country);
/* The published letter in a language, from its cache. */
void visit_letter(const struct visit *visit, const char *language);
/* What was rendered, for this visitor alone; ends the rendering. */
void visit_private(const struct visit *visit, int status, struct rendering *r, bool has_form);

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

/* ---- handlers, one an area ---- */
void handle_sign_get(const struct visit *visit);
void handle_sign_post(const struct visit *visit);
void handle_code_post(const struct visit *visit);
void handle_receipt(const struct visit *visit);
void handle_confirm_get(const struct visit *visit, const char *token);
void handle_confirm_post(const struct visit *visit, const char *token);

#endif
