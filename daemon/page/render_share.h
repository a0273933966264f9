/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pages and pictures with which an appeal is passed on. */
#ifndef PAGE_RENDER_SHARE_H
#define PAGE_RENDER_SHARE_H

#include "page/rendering.h"

US_MUST_CHECK enum us_err render_share(struct rendering *r, const struct appeal *appeal);
US_MUST_CHECK enum us_err render_poster(struct rendering *r, const struct appeal *appeal);
/* The card, the QR code (PAGE_CARD, PAGE_QR) as they were drawn; US_NOT_FOUND: they were not. */
US_MUST_CHECK enum us_err render_picture(struct rendering *r, const struct appeal *appeal,
                                         enum page_kind kind, struct page_made *made);
/* Drawn now. The reader holds nothing open meanwhile. */
US_MUST_CHECK enum us_err render_badge(struct rendering *r, const struct appeal *appeal,
                                       struct page_made *made);

#endif
