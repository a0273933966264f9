/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A dictionary could part such scripts into words, but it parts a name otherwise than the few
 * characters that somebody types of it; characters are always the same.
 */
#include "text/search_words.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include <stdlib.h>
#include <string.h>
#include <unicode/uscript.h>

static bool is_unspaced(UChar32 c)
{
    static const UScriptCode scripts[] = {
        USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_THAI,
        USCRIPT_LAO, USCRIPT_KHMER,    USCRIPT_MYANMAR,
    };
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        if (uscript_hasScript(c, scripts[i]))
            return true;
    }
    return false;
}

static void add_word(struct search_words *words, const char *word, size_t len)
{
    if (words->count == SEARCH_WORDS_MOST)
        return;
    len = utf8_cut(word, len, SEARCH_WORD_SIZE - 1);
    char *to = words->words[words->count++];
    memcpy(to, word, len);
    to[len] = '\0';
}

/* One word, and what begins within it. */
static void add_beginnings(struct search_words *words, const char *word, size_t len)
{
    size_t at = 0;
    add_word(words, word, len);
    while (at < len) {
        size_t start = at;
        uint32_t c = utf8_next(word, len, &at);
        if (start > 0 && c > 0x7f && is_unspaced((UChar32)c))
            add_word(words, word + start, len - start);
    }
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Sorts, and keeps each once; without those that another begins with, where that is asked for. */
static void tidy(struct search_words *words, bool is_query)
{
    size_t kept = 0;
    if (words->count > 1)
        qsort(words->words, words->count, sizeof words->words[0], compare_words);
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->words[i];
        const char *next = i + 1 < words->count ? words->words[i + 1] : "";
        if (is_query ? strncmp(word, next, strlen(word)) == 0 : strcmp(word, next) == 0)
            continue;
        if (kept != i)
            memcpy(words->words[kept], word, sizeof words->words[0]);
        kept++;
    }
    words->count = kept;
}

static void split(const char *text, bool is_query, struct search_words *out)
{
    char *key = unicode_search_key(text);
    out->count = 0;
    for (const char *at = key; *at != '\0';) {
        size_t len = strcspn(at, " ");
        if (len > 0 && is_query)
            add_word(out, at, len);
        else if (len > 0)
            add_beginnings(out, at, len);
        at += len + (at[len] == ' ');
    }
    free(key);
    tidy(out, is_query);
}

void search_words_index(const char *text, struct search_words *out)
{
    split(text, false, out);
}

void search_words_query(const char *text, struct search_words *out)
{
    split(text, true, out);
}
