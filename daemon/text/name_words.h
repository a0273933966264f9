/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Words of names in plain Latin letters (text/name_latin.h), as they are weighed by name_key.c. */
#ifndef TEXT_NAME_WORDS_H
#define TEXT_NAME_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define NAME_WORDS_MOST 96 /* of a name; those behind do not count */

struct name_word {
    const char *text; /* not terminated */
    size_t len;
};

/* How many words from the first on are a legal form ("obshchestvennoe obedinenie"), an article or
 * the like; 0: the first one says something. */
size_t name_words_empty(const struct name_word *words, size_t count);
/* Half of all unions have that word in their names (a key's word): union, workers, profsoiuz. */
bool name_words_is_common(const char *word, size_t len);

#endif
