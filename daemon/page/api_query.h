/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the query of an API address may ask for. What it does not know it refuses: a filter that was
 * mistyped must not give the whole list, and no address has two spellings that a cache would keep
 * twice.
 */
#ifndef PAGE_API_QUERY_H
#define PAGE_API_QUERY_H

#include "http/exchange.h"
#include "page/rendered.h"
#include <stdbool.h>

struct api_query_fault {
    char parameter[64]; /* "" where its name cannot be told */
    const char *detail; /* a constant */
};

/* Fills the key's number, filter, term and after for a list; for any other kind nothing may be
 * asked. False with the fault set. */
bool api_query_read(struct http_span query, struct page_key *key, struct api_query_fault *fault);

#endif
