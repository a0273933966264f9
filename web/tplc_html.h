/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where in an HTML document a template stands, and what may be printed there. A plain text is one
 * long text between tags. */
#ifndef TPLC_HTML_H
#define TPLC_HTML_H

#include <stdbool.h>
#include <stdio.h>

enum html_place {
    HTML_TEXT,      /* between tags */
    HTML_LIKE_TEXT, /* inside title or textarea: text, but no tags */
    HTML_RAW,       /* inside script, style and their like */
    HTML_TAG_NAME,
    HTML_TAG,      /* inside a tag, behind a blank */
    HTML_GAP,      /* inside a tag, where a blank or the end must follow */
    HTML_NAME,     /* in an attribute's name */
    HTML_UNQUOTED, /* behind "=" or in a value without quotes */
    HTML_VALUE,    /* in a quoted value */
};

struct html {
    bool is_plain; /* no HTML at all: everything is taken */
    bool is_xml; /* every value in quotes, no entities but its own five, no elements of raw text */
    enum html_place place;
    char tag[32], name[32]; /* of the open tag or element and of the attribute, lower case, or "" */
    char quote;             /* of the value */
    bool is_fresh;          /* the value is empty so far */
    bool is_end_tag, is_in_pre;
    bool is_broken; /* the last thing printed was a line break between tags */
};

/* Reads literal text and writes what the page gets of it. NULL, or what is wrong at text[*at]. */
const char *html_feed(struct html *html, const char *text, size_t len, size_t *at, FILE *out);

enum html_print { HTML_PRINT_TEXT, HTML_PRINT_ADDRESS, HTML_PRINT_MARKUP };
/* NULL when a value may be printed here, else why not. Moves behind it. */
const char *html_print(struct html *html, enum html_print what);
/* A branch or loop begins or ends here: NULL, or why it cannot. */
const char *html_turn(struct html *html);
/* What holds behind two branches; false when they end in different places. */
bool html_join(struct html *into, const struct html *other);

#endif
