/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A letter's body: CommonMark by libcmark in safe mode, parsed once into blocks for the page
 * (HTML), for mail (plain text) and for paper (the renderer draws blocks). The items of a top-level
 * list, bulleted or numbered, are the demands; they are numbered through the whole body from 1.
 */
#ifndef TEXT_MARKDOWN_H
#define TEXT_MARKDOWN_H

#include "base/err.h"
#include "base/fault.h"
#include <stdbool.h>
#include <stddef.h>

#define MARKDOWN_BODY_MOST (256 * 1024) /* bytes */

enum block_kind {
    BLOCK_PARAGRAPH,
    BLOCK_HEADING, /* level 1 to 6 */
    BLOCK_DEMAND,  /* number is its number; a top-level list's item */
    BLOCK_ITEM,    /* an item of a list inside something */
    BLOCK_MORE,    /* a further paragraph of the demand or item before it */
    BLOCK_QUOTE,   /* a paragraph of a quotation */
    BLOCK_RULE,
    BLOCK_CODE,
};

struct span {
    char *text; /* one run of text; "\n" alone is a hard line break */
    bool is_strong, is_emphasis, is_code;
    char *link; /* NULL, or an http(s)/mailto address */
};

struct block {
    enum block_kind kind;
    int level;  /* heading level as written, or depth of nesting in lists and quotes from 0 */
    int number; /* of a demand, or of an item in a numbered list; 0: bullet */
    struct span *spans;
    size_t span_count;
};

/* HTML that may go into a page as it is. Only text/ makes values of this type. */
struct html {
    const char *markup; /* borrowed */
    size_t len;
};

struct markdown; /* owns everything below */

struct markdown_comments {
    size_t count;
    int line; /* of the first, within the text; 0: there is none */
};

/* US_INVALID (with a fault, line within the text) when it is too long, not UTF-8, or holds control
 * characters (base/utf8.h), raw HTML, an image, or an address that is neither http, https nor
 * mailto: better told than dropped silently. Comments, <!-- so -->, are dropped: they are for who
 * edits the file, and in none of the forms below. */
US_MUST_CHECK enum us_err markdown_parse(const char *text, size_t len, struct markdown **out,
                                         struct fault *fault);
/* The same for an organiser's news: its lists are lists and no demands, and its highest heading is
 * an <h4>, below the title of a piece of news on a page, whatever level it was written with. */
US_MUST_CHECK enum us_err markdown_parse_news(const char *text, size_t len, struct markdown **out,
                                              struct fault *fault);
void markdown_free(struct markdown *markdown);
const struct block *markdown_blocks(const struct markdown *markdown, size_t *count);
/* What was dropped. */
struct markdown_comments markdown_comments(const struct markdown *markdown);
size_t markdown_demand_count(const struct markdown *markdown);
/* As cmark writes it, the top-level lists as <ol start=N> so that the numbers run on, headings one
 * level lower, since the page's own title is its only <h1>. */
struct html markdown_html(const struct markdown *markdown);
/* For mail: paragraphs wrapped at 72 columns, demands with their numbers. Caller frees. */
char *markdown_plain(const struct markdown *markdown);

#endif
