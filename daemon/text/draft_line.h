/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The original as lines, and which part each plays: what the steps of making a draft hand on to
 * each other. Not for others; text/draft.h is.
 */
#ifndef TEXT_DRAFT_LINE_H
#define TEXT_DRAFT_LINE_H

#include "text/draft.h"
#include <stdint.h>

enum draft_role {
    ROLE_BODY, /* until it is known better, and wherever it is not */
    ROLE_LETTERHEAD,
    ROLE_REGISTRATION, /* date, number, place */
    ROLE_PLACE,
    ROLE_ADDRESSEE,
    ROLE_KIND,
    ROLE_TITLE,
    ROLE_SALUTATION,
    ROLE_CLOSING,
    ROLE_OFFICE,
    ROLE_NAME,
    ROLE_OFFICE_AND_NAME, /* on one line, the name from byte split on */
    ROLE_NAME_AND_OFFICE  /* the same, the office from there on */
};

struct draft_line {
    char *text;   /* without blanks at both ends, and without marks for bold */
    char *marked; /* the same with them, where they are well placed */
    char *folded; /* text for comparing with words of ours */
    int number;   /* in the file, from 1 */
    size_t chars; /* of text */
    int block;    /* lines with the same number have no empty line between them */
    bool is_bold; /* all of it */
    bool is_indented;
    enum draft_role role;
    size_t split;
};

struct draft_lines { /* those that are not empty */
    struct draft_line *line;
    size_t count;
    struct draft *draft; /* which gets the notes */
};

/* draft_line.c: bytes to lines. Marks for bold are read, and what is odd about them noted. */
US_MUST_CHECK enum us_err draft_line_split(const char *data, size_t len, struct draft_lines *lines,
                                           struct fault *fault);
void draft_line_free(struct draft_lines *lines);
/* In capitals: two words or more that have no small letter. */
bool draft_line_is_capitals(const struct draft_line *line);

/* draft_head.c: gives the lines over the body their roles; the index behind the last of them. */
size_t draft_head_find(struct draft_lines *lines);
/* draft_foot.c: the same for those under it, none before start; the index of the first. */
size_t draft_foot_find(struct draft_lines *lines, size_t start);
/* draft_body.c: makes the blocks from all lines that are still the body's. */
void draft_body_make(struct draft_lines *lines);
/* draft_suspect.c: notes what looks like a slip. */
void draft_suspect_find(struct draft_lines *lines);

/* draft_date.c: what a line of date, number and place says. */
struct draft_registration {
    bool has_date, is_unsure; /* unsure: day and month could be the other way round */
    int64_t date;
    char *number, *place, *kind; /* NULL: none */
};
/* The line holds nothing else. */
bool draft_date_parse(const struct draft_line *line, const char *language,
                      struct draft_registration *out);
void draft_date_clear(struct draft_registration *registration);
/* "г. Линдхольм", "Lindholm": one to four words, none but particles in small letters. */
bool draft_date_is_place(const char *text);

/* draft.c */
void draft_note(struct draft *draft, int line, bool is_suspect, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
