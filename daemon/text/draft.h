/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * From a plain text to the draft of an appeal. Every line of the original is given one part to
 * play: what it cannot be sure of becomes a question, what looks like a slip becomes a suspect, and
 * neither changes a word. A part that is not there stays empty. What comes out is a LANG.md and an
 * appeal.ini (undersign-appeal(5)) in which all questions and suspects stand as comments at their
 * places, for an editor to read and to delete.
 */
#ifndef TEXT_DRAFT_H
#define TEXT_DRAFT_H

#include "base/err.h"
#include "base/fault.h"
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

#define DRAFT_FILE_MOST (512 * 1024) /* bytes read; what is written of them must fit an appeal */
#define DRAFT_NOTES_MOST 100         /* listed; how many more there are is told */

enum draft_field {
    DRAFT_LETTERHEAD,  /* text "": a gap */
    DRAFT_AS_IT_STOOD, /* a line that others were taken from, or that is for the settings; a comment
                        */
    DRAFT_NUMBER,
    DRAFT_DATE, /* text is YYYY-MM-DD */
    DRAFT_PLACE,
    DRAFT_KIND,
    DRAFT_TITLE,
    DRAFT_SALUTATION,
    DRAFT_CLOSING,
    DRAFT_OFFICE, /* a line over a signatory's name */
    DRAFT_NAME    /* text "": the office signs without one */
};
#define DRAFT_FIELD_COUNT (DRAFT_NAME + 1)

struct draft_part {
    enum draft_field field;
    char language[16]; /* of a letterhead's line */
    char *text;
    int line; /* of the original, from 1 */
};

struct draft_block { /* a piece of the body */
    bool is_demand;
    int first, last; /* lines of the original */
    char *markdown;  /* that reads as the words of the original */
};

struct draft_note {
    int line;
    bool is_suspect; /* a possible slip in the original; else a question about the draft */
    char *text;
};

struct draft {
    char language[16];
    struct draft_part *parts; /* in the original's order, signatories behind the rest */
    size_t part_count;
    struct draft_block *blocks;
    size_t block_count;
    struct draft_note *notes; /* by line */
    size_t note_count, more_notes;
    char **addressees; /* lines that may say whom the letter goes to */
    size_t addressee_count;
};

/* language is the text's tag, checked. US_INVALID, with the line and what to do, where the bytes
 * are no text that an appeal could hold: not UTF-8 (a byte order mark may stand at the beginning,
 * lines may end in any way), control characters, nothing but blanks, too much. */
US_MUST_CHECK enum us_err draft_read(const char *data, size_t len, const char *language,
                                     struct draft **out, struct fault *fault);
void draft_free(struct draft *draft);

/* The only part of that field; NULL: there is none. */
const struct draft_part *draft_find(const struct draft *draft, enum draft_field field);
/* LANG.md, with the SHA-256 of the original in hex. */
void draft_write_text(const struct draft *draft, const char *digest, struct str *out);
/* appeal.ini, its slug made from the title, else from name: that of the original's file. */
void draft_write_settings(const struct draft *draft, const char *name, struct str *out);

#endif
