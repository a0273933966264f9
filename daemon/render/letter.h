/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter on paper, drawn page by page from a stream of signatories with Pango and Cairo. Joint:
 * one letter, the issuer's signature, then who signed, initiators first, then by country in the
 * letter's language. Individual: each organisation's own letter on the same text. What stands where
 * follows the addressee's kind (its profile) and the language's conventions. Knows nothing of
 * visibility: it is given only what the addressee may see. The same input gives the same bytes,
 * until it is sealed.
 */
#ifndef RENDER_LETTER_H
#define RENDER_LETTER_H

#include "base/err.h"
#include "base/fault.h"
#include "render/finish.h"
#include "text/language.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum letter_profile {
    LETTER_PUBLIC, /* to nobody in particular */
    LETTER_GOVERNMENT,
    LETTER_COMPANY,
    LETTER_INTERNATIONAL,
    LETTER_FEDERATION,
    LETTER_PRESS
};
enum letter_edition { LETTER_WHOLE, LETTER_SUPPLEMENT, LETTER_ACCESSION };
enum letter_procedure {
    LETTER_NO_PROCEDURE,
    LETTER_COMPLAINT,
    LETTER_REPRESENTATION,
    LETTER_INFORMATION
};
enum letter_paper { LETTER_A4, LETTER_US };

struct letter_line { /* language NULL or "": the text's */
    const char *language, *text;
};

struct letter_signer { /* one of the issuer's own: title lines, then the name (may be NULL) */
    const char *const *titles;
    size_t title_count;
    const char *name;
};

struct letter_lines {
    const char *const *texts;
    size_t count;
};

struct letter {                      /* all borrowed; NULL or 0 for what is not there */
    const struct language *language; /* the interface's: headings, countries, dates, numbers */
    const char *text_language;       /* of title and body, for shaping and /Lang */
    enum letter_profile profile;
    enum letter_edition edition;
    bool is_individual; /* each signatory's own letter, one after another */
    enum letter_paper paper;
    const void *image; /* over the letterhead: PNG, or SVG where is_svg */
    size_t image_len;
    bool is_svg;
    const struct letter_line *letterhead;
    size_t letterhead_count;
    const char *number, *place;
    bool has_date;
    int64_t date;
    const char *kind;
    struct letter_lines titles;
    const char *addressee_name;
    const char *addressee_language;
    struct letter_lines addressee_lines;
    struct letter_lines
        asked_of; /* names of those it is aimed at, where the addressee is another */
    struct letter_lines via, copies;  /* names, in the letter's language */
    const char *salutation, *closing; /* NULL: the profile's own in the letter's language */
    enum letter_procedure procedure;  /* then the addressee is the ILO */
    const char *government; /* ISO code of the one concerned; for information there may be none */
    struct letter_lines conventions; /* "C087" */
    const char *case_number;
    int64_t edition_number, edition_date; /* this one's; 0: not counted. The day it was made */
    /* The delivered letter that a supplement or an accession refers to. */
    int64_t refers_number, refers_date; /* its edition's number; the day of its delivery */
    int64_t refers_named, refers_counted;
    const char *body; /* CommonMark */
    const struct letter_signer *signers;
    size_t signer_count;
    int64_t named, counted, members; /* of the signatories that follow */
    int64_t countries;
    const char *site; /* where the list can be checked: printed in the foot; NULL */
    const struct finish_sealer *sealer; /* NULL: not sealed. With one the letter says whose it is */
    void (*on_progress)(int64_t drawn, int64_t named, void *arg); /* NULL: nobody wants to know */
    void *progress_arg;
};

enum letter_registration { /* appeal/signature.h's, in words of the letter's language here */
                           LETTER_UNSTATED,
                           LETTER_REGISTERED,
                           LETTER_REFUSED,
                           LETTER_DISSOLVED,
                           LETTER_EXILE
};

struct letter_signatory { /* borrowed during the call; initiators first, then in country order */
    const char *organisation, *organisation_latin, *country, *town, *affiliation;
    bool has_members;
    int64_t members;
    const char *representative, *capacity; /* NULL where the addressee may not see them */
    bool is_initiator;
    bool has_day;
    int64_t signed_on; /* printed on an individual letter alone */
    /* The block for the ILO; NULL where nothing was given. */
    const char *legal_name, *address, *coverage, *mandate;
    enum letter_registration registration;
    bool has_mandate_date, has_members_date;
    int64_t mandate_date, members_date;
};

struct letter_writer;

/* Begins a PDF at path (a temporary name beside it until the end); US_IO with a fault, also where
 * something other than a regular file stands there. US_INVALID when the body is no letter's, or the
 * image cannot be read; US_NOT_FOUND when a font that the letter needs is not installed. */
US_MUST_CHECK enum us_err letter_begin(const struct letter *letter, const char *path,
                                       struct letter_writer **out, struct fault *fault);
/* US_CORRUPT when there are more than letter.named. */
US_MUST_CHECK enum us_err letter_add(struct letter_writer *writer,
                                     const struct letter_signatory *signatory, struct fault *fault);
/* Finishes the file: page numbers, /Lang, title, seal; renames it into place. US_CORRUPT when fewer
 * than letter.named came; US_NOT_FOUND as in letter_begin(). Frees the writer, also when it fails,
 * and then leaves no file. */
US_MUST_CHECK enum us_err letter_end(struct letter_writer *writer, int *pages, struct fault *fault);
void letter_abandon(struct letter_writer *writer); /* leaves no file */

#endif
