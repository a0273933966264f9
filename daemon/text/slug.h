/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A name for addresses, made from words in any script. */
#ifndef TEXT_SLUG_H
#define TEXT_SLUG_H

#include <stddef.h>

/* The words in Latin letters, as that language is usually transliterated: a-z, 0-9 and single
 * hyphens, at most `most` bytes (16 or more), cut between words where that can be. A single word
 * gets "appeal-" before it, since the site uses some itself. NULL when nothing remains; else the
 * caller frees. */
char *slug_make(const char *words, const char *language, size_t most);

#endif
