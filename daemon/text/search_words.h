/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The words that names are found by, folded (text/unicode.h). Scripts that are written without
 * blanks (Chinese, Japanese, Thai and the like) have no beginnings of words to see: there each
 * character counts as one.
 */
#ifndef TEXT_SEARCH_WORDS_H
#define TEXT_SEARCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define SEARCH_WORD_SIZE 49  /* longer ones are cut, at a character: they are found all the same */
#define SEARCH_WORDS_MOST 48 /* of a text; what follows is not found */

struct search_words {
    char words[SEARCH_WORDS_MOST][SEARCH_WORD_SIZE]; /* sorted, each once */
    size_t count;
};

/* What to keep of a name, so that every beginning of a word in it is the beginning of one of these.
 */
void search_words_index(const char *text, struct search_words *out);
/* What to look for: the words as they are typed. One that is the beginning of another is left out.
 */
void search_words_query(const char *text, struct search_words *out);

#endif
