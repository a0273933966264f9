/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Filling the views of the signatories' pages. */
#ifndef PAGE_VIEW_LIST_FILL_H
#define PAGE_VIEW_LIST_FILL_H

#include "page/rendering.h"
#include "page/view_list.h"
#include "page/view_numbers.h"

/* "country=KZ", the value encoded. */
const char *view_list_query(struct rendering *r, const char *name, const char *value);
/* The part that a key asks for; its address's query into *query. US_NOT_FOUND. */
US_MUST_CHECK enum us_err view_list_part(struct rendering *r, const struct appeal *appeal,
                                         const struct page_key *key, struct list_view *out,
                                         const char **query);
US_MUST_CHECK enum us_err view_list_search(struct rendering *r, const struct appeal *appeal,
                                           const char *text, const char *after,
                                           struct list_view *out);
US_MUST_CHECK enum us_err view_numbers(struct rendering *r, const struct appeal *appeal,
                                       struct numbers_view *out);

#endif
