/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The pages behind a joint letter: how many signed, then a table of who, initiators first, then by
 * country; which columns it has follows from what there is to say.
 */
#ifndef RENDER_LETTER_LIST_H
#define RENDER_LETTER_LIST_H

#include "render/letter.h"
#include "render/sheet.h"

#define LETTER_LIST_COLUMNS 5

struct letter_has { /* what at least one signatory has */
    bool place, members, person;
};
struct letter_list { /* the caller's; its fields are letter_list.c's */
    const struct letter *letter;
    struct letter_has has;
    struct sheet_column columns[LETTER_LIST_COLUMNS];
    size_t count;
    bool has_begun, is_initiators;
    char country[8]; /* of the signatory before */
};

/* Takes note of what a signatory has. */
void letter_list_note(struct letter_has *has, const struct letter_signatory *signatory);
void letter_list_init(struct letter_list *list, const struct letter *letter,
                      const struct letter_has *has);
void letter_list_add(struct letter_list *list, struct sheet *sheet,
                     const struct letter_signatory *signatory);
/* Where nobody was named, those who are only counted. */
void letter_list_end(struct letter_list *list, struct sheet *sheet);
/* The heading a signatory stands under: a country, initiators, international organisations. */
const char *letter_list_group(const struct letter *letter,
                              const struct letter_signatory *signatory);

#endif
