/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The form in words: labels, hints, keyboards, and a sentence for each thing that can be wrong. */
#ifndef PAGE_FORM_WORDS_H
#define PAGE_FORM_WORDS_H

#include "appeal/signing.h"
#include "text/language.h"
#include <stdbool.h>

#define FORM_LIKELY_MOST 12 /* countries put before the others */

struct form_words { /* of a field one types in; messages are msgids */
    const char *label, *hint;
    const char *autocomplete, *inputmode, *type, *list;
    bool is_optional;
};

const struct form_words *form_words_of(enum signing_field field);
/* One sentence that says what to do. */
const char *form_words_problem(const struct language *language, enum signing_field field,
                               enum signing_problem problem);
/* Codes of countries where a language is at home, parted by blanks. */
const char *form_words_countries(const struct language *language);
/* Affiliations to suggest; borrowed from the scratch. */
struct scratch;
const char *const *form_federations(struct scratch *scratch, const struct language *language,
                                    size_t *count);

#endif
