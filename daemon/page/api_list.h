/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The API's answers about who signed and what became of the letter; each gives a new object. */
#ifndef PAGE_API_LIST_H
#define PAGE_API_LIST_H

#include "page/api_json.h"
#include "page/rendering.h"

#define API_LIST_MOST 200 /* signatories in an answer */
#define API_LIST_USUAL 100
#define API_LIST_NEWS_MOST 20
#define API_LIST_NOWHERE "none" /* for a country: international organisations without one */

US_MUST_CHECK enum us_err api_list_counts(struct rendering *r, const struct appeal *appeal,
                                          json_t **out);
US_MUST_CHECK enum us_err api_list_count(struct rendering *r, const struct appeal *appeal,
                                         json_t **out);
/* US_INVALID, US_CONFLICT as api_render() tells. */
US_MUST_CHECK enum us_err api_list_signatories(struct rendering *r, const struct appeal *appeal,
                                               const struct page_key *key, json_t **out);
US_MUST_CHECK enum us_err api_list_deliveries(struct rendering *r, const struct appeal *appeal,
                                              json_t **out);
/* News, with the texts in full: fewer at a time. key->after: the number that they are older than.
 */
US_MUST_CHECK enum us_err api_list_updates(struct rendering *r, const struct appeal *appeal,
                                           const struct page_key *key, json_t **out);

#endif
