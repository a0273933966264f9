/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Comments in a letter's body, <!-- so -->: what an editor has to look at, and nobody else gets to
 * see. They are the only HTML that a body may hold, and they leave the tree before anything is made
 * from it. What is no more than nearly a comment is refused, since it would swallow words of the
 * letter or be printed in it.
 */
#ifndef TEXT_MARKDOWN_COMMENT_H
#define TEXT_MARKDOWN_COMMENT_H

#include "text/markdown.h"
#include <cmark.h>

/* What is wrong with a piece of HTML, or with a text, a code or a link that a comment was meant to
 * be in; NULL: it is a comment, or there is none. */
const char *markdown_comment_wrong(cmark_node *node);
/* Counts those of a tree that was checked. */
struct markdown_comments markdown_comment_count(cmark_node *root);
/* Takes all comments out of a tree that was checked, with the blanks that they leave double. */
void markdown_comment_drop(cmark_node *root);

#endif
