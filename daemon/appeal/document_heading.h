/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A text in one line: for lists, titles of pages, cards. */
#ifndef APPEAL_DOCUMENT_HEADING_H
#define APPEAL_DOCUMENT_HEADING_H

#include "appeal/document.h"

/* Its title on one line; without one its kind, without that its beginning. NULL only when a stored
 * body is none that passed. Caller frees. */
char *document_heading(const struct text *text);
/* Who speaks: the letterhead's first line in the text's own language; NULL: none. Borrowed. */
const char *document_issuer(const struct text *text);
/* How its body begins, on one line of at most that many characters, with an ellipsis where it goes
 * on; NULL as above. Caller frees. */
char *document_beginning(const struct text *text, size_t most);

#endif
