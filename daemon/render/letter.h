/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter on paper: letterhead, number and date, addressee block, title, salutation, body,
 * numbered demands, closing, the issuer's signature, then who signed, by country in the letter's
 * language. Drawn page by page from a stream of signatories with Pango and Cairo; knows nothing of
 * visibility: it is given only what the addressee may see. The same input gives the same bytes.
 */
#ifndef RENDER_LETTER_H
#define RENDER_LETTER_H

#include "base/err.h"
#include "base/fault.h"
#include "text/language.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct letter_line { /* language NULL or "": the text's */
    const char *language, *text;
};

struct letter_signer { /* one of the issuer's own: title lines, then the name (may be NULL) */
    const char *const *titles;
    size_t title_count;
    const char *name;
};

struct letter {                      /* all borrowed; NULL or 0 for what is not there */
    const struct language *language; /* the interface's: headings, countries, dates, numbers */
    const char *text_language;       /* of title and body, for shaping and /Lang */
    const struct letter_line *letterhead;
    size_t letterhead_count;
    const char *number, *place;
    bool has_date;
    int64_t date;
    const char *kind;
    const char *const *titles;
    size_t title_count;
    const char *addressee_name;
    const char *addressee_language;
    const char *const *addressee_lines;
    size_t addressee_line_count;
    const char *salutation, *closing;
    const char *body; /* CommonMark */
    const struct letter_signer *signers;
    size_t signer_count;
    int64_t named, counted, members; /* of the signatories that follow */
    int64_t countries;
    const char *site; /* where the list can be checked: printed in the foot; NULL */
};

struct letter_signatory { /* borrowed during the call; in country order */
    const char *organisation, *organisation_latin, *country, *town;
    bool has_members;
    int64_t members;
    const char *representative, *capacity; /* NULL where the addressee may not see them */
};

struct letter_writer;

/* Begins a PDF at path (a temporary name beside it until the end); US_IO with a fault, also where
 * something other than a regular file stands there. US_INVALID when the body is no letter's. */
US_MUST_CHECK enum us_err letter_begin(const struct letter *letter, const char *path,
                                       struct letter_writer **out, struct fault *fault);
/* US_CORRUPT when there are more than letter.named. */
US_MUST_CHECK enum us_err letter_add(struct letter_writer *writer,
                                     const struct letter_signatory *signatory, struct fault *fault);
/* Finishes the file: page numbers, /Lang, title; renames it into place. US_CORRUPT when fewer than
 * letter.named came. Frees the writer, also when it fails, and then leaves no file. */
US_MUST_CHECK enum us_err letter_end(struct letter_writer *writer, int *pages, struct fault *fault);
void letter_abandon(struct letter_writer *writer); /* leaves no file */

#endif
