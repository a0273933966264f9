/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One organisation's own letter on the text that all of them send. */
#ifndef RENDER_LETTER_INDIVIDUAL_H
#define RENDER_LETTER_INDIVIDUAL_H

#include "render/letter_parts.h"

/* group: the outline's entry over the letter's own, where it is the first of its country; NULL. */
void letter_individual_draw(struct sheet *sheet, const struct letter *letter,
                            const struct markdown *body, const struct letter_signatory *signatory,
                            const char *group);

#endif
