/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The letter's parts in their order, each set down on a sheet; for letter.c alone. */
#ifndef RENDER_LETTER_PARTS_H
#define RENDER_LETTER_PARTS_H

#include "render/letter.h"
#include "render/sheet.h"
#include "text/markdown.h"

/* Letterhead to the issuer's signature. */
void letter_draw_document(struct sheet *sheet, const struct letter *letter,
                          const struct markdown *body);
/* The heading over the signatories and the sentence that counts them. */
void letter_draw_list_head(struct sheet *sheet, const struct letter *letter);
/* A country's heading; NULL: organisations without one. */
void letter_draw_country(struct sheet *sheet, const struct letter *letter, const char *country);
void letter_draw_signatory(struct sheet *sheet, const struct letter *letter,
                           const struct letter_signatory *signatory);
/* What stands under the list: those only counted, and whose figures these are. */
void letter_draw_list_foot(struct sheet *sheet, const struct letter *letter);

#endif
