/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "text/slug.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/icu.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MOST 400 /* bytes that are looked at */

/* ICU's general way to Latin writes Russian with marks that are lost in ASCII ("buro"). */
static char *to_latin(const char *text, const char *language)
{
    static const char general[] = "Any-Latin; Latin-ASCII; Lower";
    static const char russian[] = "Russian-Latin/BGN; Any-Latin; Latin-ASCII; Lower";
    const bool is_russian = strncmp(language, "ru", 2) == 0 && (!language[2] || language[2] == '-');
    return icu_transliterate(is_russian ? russian : general, text, strlen(text));
}

static bool is_kept(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Words and single hyphens. */
static void write_words(const char *latin, struct str *slug)
{
    for (const char *at = latin; *at; at++) {
        if (is_kept(*at))
            str_append_char(slug, *at);
        else if (*at != '\'' && slug->len > 0 && slug->data[slug->len - 1] != '-')
            str_append_char(slug, '-');
    }
    if (slug->len > 0 && slug->data[slug->len - 1] == '-')
        slug->len--;
}

/* At most so many bytes; a word that does not fit goes, unless it is the first. */
static size_t cut(const char *slug, size_t len, size_t most)
{
    if (len <= most)
        return len;
    for (size_t at = most; at > 0; at--)
        if (slug[at] == '-')
            return at;
    return most;
}

char *slug_make(const char *words, const char *language, size_t most)
{
    const size_t len = utf8_cut(words, strlen(words), WORDS_MOST);
    char *text = mem_string_part(words, len), *latin = to_latin(text, language), *out = NULL;
    struct str slug = STR_INIT;
    write_words(latin, &slug);
    const size_t kept = cut(str_text(&slug), slug.len, most);
    if (kept > 0 && !memchr(slug.data, '-', kept))
        out = mem_format("appeal-%.*s", (int)(kept > most - 7 ? most - 7 : kept), slug.data);
    else if (kept > 0)
        out = mem_string_part(slug.data, kept);
    str_free(&slug);
    free(latin);
    free(text);
    return out;
}
