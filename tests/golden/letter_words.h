/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the kept letters say: one made-up document in four languages, and who signed it. */
#ifndef TESTS_GOLDEN_LETTER_WORDS_H
#define TESTS_GOLDEN_LETTER_WORDS_H

#include "render/letter.h"

struct letter_words { /* of one language */
    const char *language;
    struct letter_line letterhead[6]; /* ended by a NULL text */
    const char *place, *kind, *titles[2], *body;
    const char *offices[2], *name;
    const char *minister[4]; /* name, then its lines */
    const char *embassy, *copies[2];
    const char *company[3], *fund[3],
        *federation[3]; /* fund: of international kind, no procedure */
};

#define LETTER_WORDS 4
extern const struct letter_words letter_words[LETTER_WORDS];

#define LETTER_SIGNATORIES 9
extern const struct letter_signatory letter_signatories[LETTER_SIGNATORIES];

#endif
