/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A letter's parts from its head to its text, each set down on a sheet; for the letter_* files. */
#ifndef RENDER_LETTER_PARTS_H
#define RENDER_LETTER_PARTS_H

#include "render/letter.h"
#include "render/sheet.h"
#include "text/markdown.h"

#define LETTER_BODY_SIZE 11.0
#define LETTER_SMALL_SIZE 8.5
#define LETTER_INDENT 24.0

/* A serif line in the text's language, or in the interface's. */
struct sheet_style letter_style(const struct letter *letter, double size);
struct sheet_style letter_own_style(const struct letter *letter, double size);
/* What the letter is about, its kind first, on one line or on the two parts' own. NULL: not said.
 * Caller frees. */
char *letter_subject(const struct letter *letter, const char *between);

void letter_draw_letterhead(struct sheet *sheet, const struct letter *letter);
/* Which dispatch it is and whose the seal is; nothing where neither is. */
void letter_draw_small_print(struct sheet *sheet, const struct letter *letter);
/* place NULL, has_date false and number NULL: not said. */
void letter_draw_reference(struct sheet *sheet, const struct letter *letter, const char *place,
                           bool has_date, int64_t date, const char *number);
/* Name and lines, and through whom it goes. */
void letter_draw_addressee(struct sheet *sheet, const struct letter *letter);
/* A subject line where there is an addressee, else a title in the middle. */
void letter_draw_subject(struct sheet *sheet, const struct letter *letter);
void letter_draw_salutation(struct sheet *sheet, const struct letter *letter);
/* Its last paragraph, where it is short, stays with what follows: no signature stands alone on a
 * page. */
void letter_draw_body(struct sheet *sheet, const struct letter *letter,
                      const struct markdown *body);
/* "Yours faithfully,", which stays with the signature below it where there is one. */
void letter_draw_closing(struct sheet *sheet, const struct letter *letter, bool is_followed);
/* Title lines, then the name; each may be missing. is_followed: the next text stays with it. */
void letter_draw_signer(struct sheet *sheet, const struct letter *letter,
                        const struct letter_signer *signer, bool is_followed);
/* "Label: value", set in; a value of NULL or "" is left out. The pattern has the place {name}. */
void letter_parts_draw_fact(struct sheet *sheet, const struct letter *letter, const char *pattern,
                            const char *name);

#endif
