/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Phrases that stand the same on the page and on paper, so that both say one thing. The caller
 * frees the results.
 */
#ifndef TEXT_PHRASE_H
#define TEXT_PHRASE_H

#include "base/str.h"
#include "text/language.h"
#include <stdbool.h>
#include <stdint.h>

/* A day as letters write it: locale_date(), but "1er" in French and "жылғы" in Kazakh. */
void phrase_date(const struct language *language, int64_t day, struct str *out);

/* A letter's line with its date and number, in the way of the language's letters: "от 07.01.2022 №
 * 01-22", "7 January 2022 · Ref. 01-22". number NULL: none. NULL when there is neither. */
char *phrase_reference(const struct language *language, bool has_date, int64_t date,
                       const char *number);

/* "Geneva, 7 January 2022", "Genève, le 7 janvier 2022". place NULL: none. NULL when there is
 * neither. The place may run the other way than the words around it: it stands in an isolate. */
char *phrase_place(const struct language *language, const char *place, bool has_date, int64_t date);

struct phrase_counts {
    int64_t organisations, countries, members; /* 0: not said */
    int64_t counted; /* of the organisations those that are not named; 0: none */
};
/* "41 organisations in 17 countries, representing 2,300,000 members as stated by them." Countries
 * and members are those of the named: where there are others, they are said of the named alone. */
char *phrase_counts(const struct language *language, const struct phrase_counts *counts);

#endif
