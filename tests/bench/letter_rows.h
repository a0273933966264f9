/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Signatories for benchmarks: 55 % write Latin letters, 20 % Cyrillic, 13 % Arabic, 12 % Chinese.
 * Names of organisations and people hardly repeat; towns, affiliations and capacities do, as they
 * do in a real list. The same number gives the same signatory on every machine.
 */
#ifndef TESTS_LETTER_ROWS_H
#define TESTS_LETTER_ROWS_H

#include "render/letter.h"

#define LETTER_ROWS_COUNTRIES 150

struct letter_row {
    struct letter_signatory signatory; /* its texts lie behind it */
    char organisation[256], latin[128], representative[128], country[3];
};

/* The number-th of `count`, in country order. */
void letter_row_make(struct letter_row *row, int64_t number, int64_t count);

#endif
