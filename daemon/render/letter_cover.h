/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is sent in front: a joint letter from its head to its copies, a supplement's covering page,
 * and what individual letters share with them. */
#ifndef RENDER_LETTER_COVER_H
#define RENDER_LETTER_COVER_H

#include "render/letter_parts.h"

/* list_pages: of the pages behind, for the line with the enclosure; 0: not known. */
void letter_cover_draw(struct sheet *sheet, const struct letter *letter,
                       const struct markdown *body, int list_pages);
/* Over the text: what it is to the ILO, whom a federation shall turn to. */
void letter_cover_draw_intro(struct sheet *sheet, const struct letter *letter);
/* Instead of the text: how a supplement or an accession refers to what was delivered. Over the text
 * of a supplement's individual letter: the same in a line. */
void letter_cover_draw_referring(struct sheet *sheet, const struct letter *letter);
/* Something stands under the signature. */
bool letter_cover_is_followed(const struct letter *letter);
void letter_cover_draw_copies(struct sheet *sheet, const struct letter *letter);

#endif
