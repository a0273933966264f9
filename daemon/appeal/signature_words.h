/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is kept beside a name to put it in order and to find it: all follow from the name alone. */
#ifndef APPEAL_SIGNATURE_WORDS_H
#define APPEAL_SIGNATURE_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct signature_words {
    uint8_t *collation; /* ICU root key of the name */
    size_t collation_len;
    char *search;      /* folded words of the name and its Latin form */
    char *name_key;    /* in which its spellings meet: of the name alone (text/name_key.h) */
    char *name_joined; /* the same without blanks, for names in Latin letters; "": none, or the same
                        */
};

void signature_words_make(const char *organisation, const char *latin, struct signature_words *out);
void signature_words_clear(struct signature_words *words);

#endif
