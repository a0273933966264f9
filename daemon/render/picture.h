/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Pictures that go where links go: the card that other sites show beside a link, the badge they may
 * put up, the square that a telephone's camera reads. The same words give the same bytes. A text
 * that is too long is cut with an ellipsis; a character that no font has is drawn as one that says
 * so.
 */
#ifndef RENDER_PICTURE_H
#define RENDER_PICTURE_H

#include "base/err.h"
#include "base/fault.h"
#include "base/str.h"

/* The head of the letter as it lies on a desk, 1200 by 630 pixels. */
struct picture_card {
    const char *language;              /* whose direction and letters' shapes it takes */
    const char *issuer, *kind, *title; /* NULL: none, but for the title */
    const char *site, *action;         /* NULL: none */
};
/* Appends a PNG to out. US_NOT_FOUND where there is no font at all. */
US_MUST_CHECK enum us_err picture_draw_card(const struct picture_card *card, struct str *out,
                                            struct fault *fault);

#define PICTURE_BADGE_WIDTH 320 /* of the badge, in the pixels of a page */
#define PICTURE_BADGE_HEIGHT 72

struct picture_badge {
    const char *language;
    const char *sentence, *title;
    int scale; /* 1, or 2 and 3 for finer screens */
};
US_MUST_CHECK enum us_err picture_draw_badge(const struct picture_badge *badge, struct str *out,
                                             struct fault *fault);

/* The QR code of an address, with its white border, black on white. US_INVALID for one that is too
 * long. */
US_MUST_CHECK enum us_err picture_draw_code(const char *address, struct str *out,
                                            struct fault *fault);

#endif
