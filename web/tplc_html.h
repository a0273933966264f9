/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Where in an HTML document a template stands. Literal text is fed in as it comes; between two
 * pieces the compiler asks what may be put here. Stricter than a browser where that makes it
 * simpler: what two parsers could read differently is an error.
 */
#ifndef TPLC_HTML_H
#define TPLC_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum html_place {
    HTML_TEXT,        /* between tags */
    HTML_LIKE_TEXT,   /* inside title or textarea: text, but no tags */
    HTML_RAW,         /* inside script, style and their like */
    HTML_DECLARATION, /* <!doctype */
    HTML_TAG_OPEN,    /* right behind "<" or "</" */
    HTML_TAG_NAME,
    HTML_TAG,       /* inside a tag, behind a blank */
    HTML_GAP,       /* inside a tag, where a blank or the end must follow */
    HTML_ATTRIBUTE, /* in an attribute's name */
    HTML_EQUALS,    /* right behind the "=" */
    HTML_UNQUOTED,  /* in an attribute's value without quotes */
    HTML_VALUE,     /* in a quoted value */
};

enum html_attribute {
    HTML_PLAIN,   /* takes text */
    HTML_ADDRESS, /* takes a checked address, as its first thing */
    HTML_CLOSED,  /* takes nothing: an event, a style, a list of addresses, a header */
};

struct html {
    enum html_place place;
    enum html_attribute attribute;
    char quote;    /* of the value */
    bool is_fresh; /* the value is empty so far */
    bool is_end_tag;
    bool is_in_pre; /* blanks count */
    bool is_broken; /* the last thing printed was a line break between tags */
    char tag[32];   /* the open tag's name, lower case */
    char name[32];  /* the attribute's name, lower case */
};

/* Reads a piece of literal text and writes what the page gets of it: comments are left out, runs of
 * blanks with a line break between tags become one line break. NULL, or what is wrong; *at is then
 * where in the text. */
const char *html_feed(struct html *html, const char *text, size_t len, size_t *at, FILE *out);

/* What kind of thing a directive would print here. */
enum html_print { HTML_PRINT_TEXT, HTML_PRINT_ADDRESS, HTML_PRINT_MARKUP };
/* NULL when it may be printed here, else why not. Moves the context behind what is printed. */
const char *html_print(struct html *html, enum html_print what);

/* A branch or loop begins or ends here: NULL, or why it cannot. */
const char *html_turn(struct html *html);
/* What holds behind two branches; false when they end in different places. */
bool html_join(struct html *into, const struct html *other);

#endif
