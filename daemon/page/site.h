/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The site as visitors meet it: what the HTTP server is given as its handler. Public pages are
 * served from memory (cache.h); what asks the store runs on reader threads and answers from there;
 * a web thread never waits.
 */
#ifndef PAGE_SITE_H
#define PAGE_SITE_H

#include "appeal/site.h"
#include "http/exchange.h"
#include "http/response.h"

struct page_site;

/* Borrows the site, which outlives it. Renders the error pages and compresses the static files, so
 * language_open() comes first. To end: stop the HTTP server, close the store, then free this. */
struct page_site *page_site_new(struct site *site);
void page_site_free(struct page_site *pages); /* NULL is fine */

/* http_server_params.on_request, takes_upload and on_error; arg is the struct page_site. */
void page_site_on_request(struct http_exchange *exchange, void *arg);
bool page_site_takes_upload(struct http_span path);
struct http_response *page_site_on_error(int status, struct http_span path, struct http_span accept,
                                         void *arg);

#endif
