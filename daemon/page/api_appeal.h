/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The API's answers about appeals and their texts; each gives a new object. */
#ifndef PAGE_API_APPEAL_H
#define PAGE_API_APPEAL_H

#include "page/api_json.h"
#include "page/rendering.h"

US_MUST_CHECK enum us_err api_appeal_list(struct rendering *r, json_t **out);
US_MUST_CHECK enum us_err api_appeal_whole(struct rendering *r, const struct appeal *appeal,
                                           json_t **out);
/* US_NOT_FOUND: it has no text in that language. */
US_MUST_CHECK enum us_err api_appeal_text(struct rendering *r, const struct appeal *appeal,
                                          const char *language, json_t **out);

#endif
