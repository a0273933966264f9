/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A letter for the tests, and the writing of it. */
#ifndef TESTS_RENDER_SAMPLE_H
#define TESTS_RENDER_SAMPLE_H

#include "base/err.h"
#include "base/fault.h"
#include "render/letter.h"

/* What a document says in its language. */
struct sample_words {
    const char *language, *kind, *titles[2], *salutation, *closing;
    const char *paragraphs[2], *demands[3];
};

#define SAMPLE_DOCUMENTS 4 /* ru, en, fr, es */
#define SAMPLE_NAMED 5     /* Arabic, Chinese, Russian, English, and without a country */
extern const struct sample_words sample_documents[SAMPLE_DOCUMENTS];
extern const struct letter_signatory sample_named[SAMPLE_NAMED];

/* The body's source: two paragraphs, three demands in two lists. Caller frees. */
char *sample_body(const struct sample_words *words);
/* With letterhead, addressee, signers and so on; SAMPLE_NAMED signatories. Borrows both. */
struct letter sample_letter(const struct sample_words *words, const char *body);
/* Begins, adds and ends. Signatories repeat where more are announced. */
US_MUST_CHECK enum us_err sample_write(const struct letter *letter, const char *path, int *pages,
                                       struct fault *fault);
/* Where it must go well: the test fails otherwise. Gives the pages. */
int sample_write_well(const struct letter *letter, const char *path);

#endif
