/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the International Labour Office needs to know: which of its procedures a communication is
 * meant for, about which conventions and case, and of each organisation what its receivability may
 * turn on. A complaint under article 26 is open to governments and delegates alone and is never
 * offered.
 */
#ifndef RENDER_LETTER_ILO_H
#define RENDER_LETTER_ILO_H

#include "render/letter.h"
#include "render/sheet.h"

#define LETTER_ILO_COLUMNS 5

/* "Freedom of Association ... Convention, 1948 (No. 87)" for "C087"; a well-known one's title, else
 * its number. Caller frees. */
char *letter_ilo_convention(const struct language *language, const char *code);
/* The sentence that says what it is, then the facts: country, conventions, case. To another
 * international body the facts alone, where there are any; to anybody else nothing. */
void letter_ilo_draw_intro(struct sheet *sheet, const struct letter *letter);
/* The table of a joint letter. */
void letter_ilo_columns(const struct letter *letter, struct sheet_column *columns);
void letter_ilo_draw_row(struct sheet *sheet, const struct letter *letter,
                         const struct letter_signatory *signatory);
/* The same of one organisation, under its own letter. */
void letter_ilo_draw_particulars(struct sheet *sheet, const struct letter *letter,
                                 const struct letter_signatory *signatory);

#endif
