/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A letter as rows: its single fields, its lines, its image, what it adds up to. */
#ifndef CONTROL_LETTER_ROWS_H
#define CONTROL_LETTER_ROWS_H

#include "appeal/edition.h"
#include "control/call.h"

struct letter_rows {
    struct appeal *appeal;             /* owned, as the image; the rest lies in it */
    const struct addressee *addressee; /* NULL: the public */
    const struct text *text;
    enum edition_kind kind;
    enum letter_form form;
    struct appeal_image image;
    struct signature_totals totals;
    const struct edition *refers; /* NULL: to none */
    int64_t number, day;          /* the edition's; number 0: it is none */
    int64_t as_of;                /* of one for the public */
};

/* Adds them to the call's answer. */
void letter_rows_add(struct call *call, const struct letter_rows *rows);
void letter_rows_clear(struct letter_rows *rows);

#endif
