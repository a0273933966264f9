/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One rendered public page, ready to be sent: its responses in each encoding and the 304s that go
 * with them, shared by everybody who asks. Never changes; counted references.
 */
#ifndef PAGE_RENDERED_H
#define PAGE_RENDERED_H

#include "http/exchange.h"
#include "http/response.h"
#include "text/language.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum page_kind {
    PAGE_HOME,
    PAGE_APPEAL,
    PAGE_SIGNATORIES,
    PAGE_LOGOS,
    PAGE_NUMBERS, /* signatures by day and country */
    PAGE_SEARCH,  /* kept nowhere */
    PAGE_SIGN,
    PAGE_SENT,
    PAGE_CODE,
    PAGE_MAIL,   /* have our links mailed */
    PAGE_MAILED, /* done */
    PAGE_WITHDRAWN,
    PAGE_FIND, /* which appeal's links to have mailed */
    PAGE_PRIVACY,
    PAGE_ACCESSIBILITY,
    PAGE_UPDATES,
    PAGE_FEED,
    PAGE_SHARE,
    PAGE_POSTER,
    PAGE_CARD,            /* from here on pictures */
    PAGE_QR,              /* the code */
    PAGE_BADGE,           /* the number of signatures, for other sites */
    PAGE_LETTER,          /* a published letter's file */
    PAGE_API_DESCRIPTION, /* from here on JSON (api_render.h) */
    PAGE_API_APPEALS,
    PAGE_API_APPEAL,
    PAGE_API_TEXT,
    PAGE_API_COUNTS,
    PAGE_API_COUNT,
    PAGE_API_SIGNATORIES,
    PAGE_API_DELIVERIES,
    PAGE_API_UPDATES,
    PAGE_KIND_COUNT
};

struct letter_file;

#define PAGE_SLUG_SIZE 65
#define PAGE_NONCE_LEN 32 /* hexadecimal digits */
#define PAGE_TERM_SIZE 256
#define PAGE_AFTER_SIZE 64

struct page_key { /* what a page is of; equal keys mean equal pages */
    enum page_kind kind;
    const struct language *language; /* of a letter's file: any, always the same */
    char text_language[16];          /* of a letter's file, of a text */
    char slug[PAGE_SLUG_SIZE];       /* "" for pages of no appeal */
    char country[3];                 /* of a form that was opened for one */
    int number;                      /* of a list's page, from 1; 0: no list */
    char filter[16];                 /* of a list: by what, "country"; "" for all of it */
    char term[PAGE_TERM_SIZE];       /* of a filter: which, "FR" */
    char after[PAGE_AFTER_SIZE];     /* of a list: public ids that it begins behind; "": none */
    bool is_tls;
};

/* What a renderer made. A page with a form has one place, the nonce, that differs in each copy.
 * Pictures are kept as they are; all other types are compressed. */
struct page_made {
    int64_t appeal; /* whose changes it follows; 0: the list of appeals */
    char *html;     /* malloced */
    size_t len;
    const char *type; /* Content-Type, a constant; NULL: a page of HTML */
    bool is_open;     /* scripts of other sites may read it (CORS) */
    bool has_slot;
    size_t slot;              /* where PAGE_NONCE_LEN bytes are replaced */
    struct letter_file *file; /* of a letter, one reference; html is NULL then */
};
void page_made_clear(struct page_made *made);

struct rendered;

/* Takes what made holds. Its tags are of its bytes: numbers would tell one visitor what others
 * asked for. */
struct rendered *rendered_new(const struct page_key *key, struct page_made *made);
struct rendered *rendered_ref(struct rendered *rendered);
void rendered_unref(struct rendered *rendered); /* NULL is fine; any thread */
size_t rendered_size(const struct rendered *rendered);

/* Answers with it: 304 where If-None-Match names it, else in the best encoding the visitor takes.
 */
void rendered_reply(struct rendered *rendered, struct http_exchange *exchange);

#endif
