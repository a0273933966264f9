/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The plain text of blocks, for mail. */
#ifndef TEXT_MARKDOWN_PLAIN_H
#define TEXT_MARKDOWN_PLAIN_H

#include "text/markdown.h"

/* Wrapped at 72 columns; the caller frees. */
char *markdown_plain_write(const struct block *blocks, size_t count);

#endif
