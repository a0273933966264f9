/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pages of the organiser's news, and its feed. */
#ifndef PAGE_RENDER_UPDATE_H
#define PAGE_RENDER_UPDATE_H

#include "appeal/update.h"
#include "page/rendering.h"
#include "page/view_update.h"

#define RENDER_FEED_TYPE "application/atom+xml; charset=utf-8"
#define RENDER_UPDATES_PER_PAGE 10

/* The newest, for the appeal's page. */
US_MUST_CHECK enum us_err view_news(struct rendering *r, const struct appeal *appeal,
                                    struct latest_view *out);
/* One, in the language of the page as far as there is one; without its address. */
void view_update(struct rendering *r, const struct appeal *appeal, const struct update *update,
                 struct view_update *out);
/* Lives as long as the rendering; NULL only when the store lies. */
const struct markdown *view_update_body(struct rendering *r, const struct update_text *text);
/* The page of all news: its page `page`, there update `number` (0: its top). */
struct url view_updates_path(struct rendering *r, const struct appeal *appeal, int64_t page,
                             int64_t number);

/* Page `number` of all; US_NOT_FOUND beyond the last. */
US_MUST_CHECK enum us_err render_updates(struct rendering *r, const struct appeal *appeal,
                                         int number);
US_MUST_CHECK enum us_err render_feed(struct rendering *r, const struct appeal *appeal,
                                      struct page_made *made);

#endif
