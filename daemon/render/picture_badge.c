/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The badge has one size in every language, so that a page that shows it can keep its place. */
#include "render/picture_parts.h"

#define WIDTH ((double)PICTURE_BADGE_WIDTH)
#define HEIGHT ((double)PICTURE_BADGE_HEIGHT)
#define BAR 7.0
#define INDENT 20.0
#define MEASURE (WIDTH - INDENT - 12)
#define SCALE_MOST 3

enum us_err picture_draw_badge(const struct picture_badge *badge, struct str *out,
                               struct fault *fault)
{
    const double size[2] = {WIDTH, HEIGHT};
    int scale = badge->scale < 1 ? 1 : badge->scale > SCALE_MOST ? SCALE_MOST : badge->scale;
    struct picture picture;
    enum us_err err = picture_open(&picture, badge->language, size, scale, fault);
    if (err != US_OK)
        return err;
    picture_fill(&picture, PICTURE_LINE, (double[]){0, 0}, WIDTH, HEIGHT);
    picture_fill(&picture, PICTURE_PAPER, (double[]){1, 1}, WIDTH - 2, HEIGHT - 2);
    picture_fill(&picture, PICTURE_ACCENT, (double[]){0, 0}, BAR, HEIGHT);
    struct picture_text text = {.text = badge->title,
                                .font = SHEET_SANS,
                                .most = 12.5,
                                .least = 12.5,
                                .lines = 1,
                                .width = MEASURE,
                                .height = 24};
    struct picture_set title = picture_fit(&picture, &text);
    text = (struct picture_text){.text = badge->sentence,
                                 .is_bold = true,
                                 .most = 21,
                                 .least = 12,
                                 .lines = 2,
                                 .width = MEASURE,
                                 .height = HEIGHT - title.height - 10};
    struct picture_set sentence = picture_fit(&picture, &text);
    double y = (HEIGHT - title.height - sentence.height - 2) / 2, below = y + sentence.height + 2;
    picture_place(&picture, &sentence, PICTURE_INK, (double[]){INDENT, y});
    picture_place(&picture, &title, PICTURE_SOFT, (double[]){INDENT, below});
    return picture_finish(&picture, out, fault);
}
