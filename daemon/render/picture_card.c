/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The card is mostly seen a third as large, so its smallest letters are large ones. Nothing on it
 * changes with the signatures, since whoever shows it keeps it for weeks.
 */
#include "render/picture_parts.h"

#define CARD_WIDTH 1200.0
#define CARD_HEIGHT 630.0
#define DESK 44.0  /* that shows around the paper */
#define BAND 94.0  /* below, in the accent's colour */
#define INSET 64.0 /* of the text on the paper */
#define INDENT (DESK + INSET)
#define MEASURE (CARD_WIDTH - 2 * INDENT)
#define BAND_TOP (CARD_HEIGHT - BAND)

/* The letterhead, with its rule; where what is below it may begin. */
static double draw_head(struct picture *picture, const struct picture_card *card)
{
    double top = DESK + 38;
    if (card->issuer == NULL || card->issuer[0] == '\0')
        return top - 10;
    struct picture_set set = picture_fit(picture, &(struct picture_text){
                                                      .text = card->issuer,
                                                      .is_bold = true,
                                                      .most = 30,
                                                      .least = 24,
                                                      .lines = 2,
                                                      .width = MEASURE,
                                                      .height = 90,
                                                  });
    double bottom = top + set.height;
    picture_place(picture, &set, PICTURE_INK, (double[]){INDENT, top});
    picture_fill(picture, PICTURE_LINE, (double[]){INDENT, bottom + 18}, MEASURE, 2);
    return bottom + 20;
}

/* The kind and the title, in the middle of what is left. */
static void draw_title(struct picture *picture, const struct picture_card *card, double top)
{
    double room = BAND_TOP - top - 44, height = 0, gap = 10;
    struct picture_set kind = {.layout = NULL};
    if (card->kind != NULL && card->kind[0] != '\0') {
        kind = picture_fit(picture, &(struct picture_text){.text = card->kind,
                                                           .is_bold = true,
                                                           .most = 34,
                                                           .least = 28,
                                                           .lines = 1,
                                                           .width = MEASURE,
                                                           .height = 60});
        height = kind.height + gap;
    }
    struct picture_set title =
        picture_fit(picture, &(struct picture_text){.text = card->title,
                                                    .is_bold = true,
                                                    .is_balanced = true,
                                                    .most = 68,
                                                    .least = 36,
                                                    .lines = 4,
                                                    .width = MEASURE,
                                                    .height = room - height});
    double y = top + 22 + (room - height - title.height) / 2;
    if (kind.layout != NULL) {
        double kind_height = kind.height;
        picture_place(picture, &kind, PICTURE_ACCENT, (double[]){INDENT, y});
        y += kind_height + gap;
    }
    picture_place(picture, &title, PICTURE_INK, (double[]){INDENT, y});
}

static void draw_band_text(struct picture *picture, const char *words, bool is_end, double width)
{
    if (words == NULL || words[0] == '\0')
        return;
    struct picture_set set = picture_fit(picture, &(struct picture_text){
                                                      .text = words,
                                                      .font = SHEET_SANS,
                                                      .is_bold = !is_end,
                                                      .is_end = is_end,
                                                      .most = 34,
                                                      .least = 24,
                                                      .lines = 1,
                                                      .width = width,
                                                      .height = BAND - 20,
                                                  });
    double start = is_end ? CARD_WIDTH - INDENT - width : INDENT;
    picture_place(picture, &set, PICTURE_PAPER,
                  (double[]){start, BAND_TOP + (BAND - set.height) / 2});
}

enum us_err picture_draw_card(const struct picture_card *card, struct str *out, struct fault *fault)
{
    const double size[2] = {CARD_WIDTH, CARD_HEIGHT};
    struct picture picture;
    enum us_err err = picture_open(&picture, card->language, size, 1, fault);
    if (err != US_OK)
        return err;
    picture_fill(&picture, PICTURE_DESK, (double[]){0, 0}, CARD_WIDTH, CARD_HEIGHT);
    picture_fill(&picture, PICTURE_LINE, (double[]){DESK - 1, DESK - 1}, CARD_WIDTH - 2 * DESK + 2,
                 CARD_HEIGHT);
    picture_fill(&picture, PICTURE_PAPER, (double[]){DESK, DESK}, CARD_WIDTH - 2 * DESK,
                 CARD_HEIGHT);
    draw_title(&picture, card, draw_head(&picture, card));
    picture_fill(&picture, PICTURE_ACCENT, (double[]){0, BAND_TOP}, CARD_WIDTH, BAND);
    draw_band_text(&picture, card->action, false, MEASURE * 0.6);
    draw_band_text(&picture, card->site, true, MEASURE * 0.36);
    return picture_finish(&picture, out, fault);
}
