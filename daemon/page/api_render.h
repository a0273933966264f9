/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the API answers with, rendered on a reader thread as pages are, and kept in the page cache.
 * An answer holds what everybody may see and nothing else: it is filled from what the pages are
 * filled from. web/static/openapi.json describes every field, and a test holds it against this.
 */
#ifndef PAGE_API_RENDER_H
#define PAGE_API_RENDER_H

#include "page/rendering.h"

/* The cache's renderer for the kinds from PAGE_API_APPEALS on. US_NOT_FOUND for what is not there;
 * of a list US_INVALID for an `after` that is nobody's on it, US_CONFLICT for a `q` that too many
 * or nothing would fit. */
US_MUST_CHECK enum us_err api_render(struct rendering *r, const struct page_key *key,
                                     struct page_made *made);

#endif
