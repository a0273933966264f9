/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The pictures of an appeal: the card that other sites show beside a link to its page, and the QR
 * code of that page's address, drawn when it is published and kept; and the badge with the number
 * of signatures, drawn when it is asked for. All are PNG, drawn by `undersign` in a process of its
 * own.
 */
#ifndef APPEAL_PICTURE_H
#define APPEAL_PICTURE_H

#include "appeal/appeal.h"
#include "crypto/digest.h"

enum picture_kind {
    PICTURE_CARD, /* in each language of the interface that has a text, and the authoritative one */
    PICTURE_CODE, /* in each language of the interface */
};

#define PICTURE_CARD_WIDTH 1200 /* pixels */
#define PICTURE_CARD_HEIGHT 630
#define PICTURE_BADGE_WIDTH 320 /* of a page; the file has twice as many of its own */
#define PICTURE_BADGE_HEIGHT 72

/* Draws the published version's pictures and keeps them in place of those before. Waits, for as
 * long as drawing takes. The fault says why nothing was drawn; the appeal's page is then without.
 */
US_MUST_CHECK enum us_err picture_draw(struct site *site, const char *slug, struct fault *fault);

/* In the language, or else the authoritative text's; *png is the caller's. US_NOT_FOUND: none was
 * drawn. */
US_MUST_CHECK enum us_err picture_load(struct reader *reader, const struct appeal *appeal,
                                       const char *language, enum picture_kind kind, void **png,
                                       size_t *len);
/* Its first eight digits, that tell it from a later one; "" where there is none. */
#define PICTURE_MARK_SIZE 9
US_MUST_CHECK enum us_err picture_mark(struct reader *reader, const struct appeal *appeal,
                                       const char *language, enum picture_kind kind,
                                       char out[PICTURE_MARK_SIZE]);

/* *png is the caller's. US_BUSY while others are being drawn. Blocks while it is. */
US_MUST_CHECK enum us_err picture_draw_badge(struct site *site, const char *language,
                                             const char *sentence, const char *title, void **png,
                                             size_t *len);

#endif
