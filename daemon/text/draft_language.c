/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Which language a letterhead's line is in: by its script, and within the Latin one by a few small
 * words. A guess is told as one.
 */
#include "base/utf8.h"
#include "text/draft_word.h"
#include <string.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

/* Small words and letters that only one of the three has. */
static const char *const english[] = {"of",     "the",        "and",    "for",
                                      "trade",  "office",     "labour", "workers",
                                      "street", "federation", "union",  NULL};
static const char *const french[] = {"des",           "du",  "et",        "le",         "les",
                                     "pour",          "rue", "syndicat*", "fédération", "travail*",
                                     "confédération", "l'*", "d'*",       NULL};
static const char *const spanish[] = {"del",         "los",           "las",       "y",
                                      "el",          "calle",         "sindicat*", "federación",
                                      "trabajador*", "confederación", NULL};

/* Whether a tag is of that language: "en-GB" of "en". */
static bool is_tag(const char *tag, const char *language)
{
    return strncmp(tag, language, 2) == 0 && (tag[2] == '\0' || tag[2] == '-');
}

/* For a text in one of the three, NULL is its own; a single word is too little to say otherwise.
 * For a text in another script the line is in one of the three, and English where nothing tells. */
static const char *latin_guess(const char *folded, const char *language, bool *is_unsure)
{
    static const char *const tags[] = {"en", "fr", "es"};
    const int counts[] = {draft_word_count(folded, english), draft_word_count(folded, french),
                          draft_word_count(folded, spanish)};
    size_t best = 0, own = 3;
    for (size_t i = 0; i < 3; i++) {
        best = counts[i] > counts[best] ? i : best;
        own = is_tag(language, tags[i]) ? i : own;
    }
    if (own < 3 && counts[best] - counts[own] < 2)
        return NULL;
    *is_unsure = own < 3 || counts[best] == 0;
    return tags[best];
}

static const char *script_language(UScriptCode script)
{
    switch (script) {
    case USCRIPT_LATIN:
        return "en";
    case USCRIPT_CYRILLIC:
        return "ru";
    case USCRIPT_ARABIC:
        return "ar";
    case USCRIPT_HAN:
        return "zh";
    case USCRIPT_HANGUL:
        return "ko";
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
        return "ja";
    case USCRIPT_HEBREW:
        return "he";
    case USCRIPT_GREEK:
        return "el";
    default:
        return NULL;
    }
}

/* The script of most letters, addresses of the net aside. */
static UScriptCode main_script(const char *text)
{
    int counts[USCRIPT_CODE_LIMIT] = {0};
    const size_t len = strlen(text);
    UScriptCode best = USCRIPT_COMMON;
    UErrorCode status = U_ZERO_ERROR;
    for (size_t at = 0; at < len;) {
        const size_t word = strcspn(text + at, " ");
        const bool is_address = memchr(text + at, '@', word) || memchr(text + at, '/', word) ||
                                strncasecmp(text + at, "e-mail", 6) == 0 ||
                                strncasecmp(text + at, "email", 5) == 0;
        for (size_t end = at + word; at < end;) {
            const UChar32 c = (UChar32)utf8_next(text, len, &at);
            const UScriptCode script = uscript_getScript(c, &status);
            if (!is_address && u_isalpha(c) && script < USCRIPT_CODE_LIMIT)
                counts[script]++;
        }
        at += strspn(text + at, " ");
    }
    for (int i = USCRIPT_INHERITED + 1; i < USCRIPT_CODE_LIMIT; i++)
        if (counts[i] > (best == USCRIPT_COMMON ? 0 : counts[best]))
            best = (UScriptCode)i;
    return best;
}

/* Whether the text's language is written in that script. */
static bool is_script_of(UScriptCode script, const char *language)
{
    UScriptCode own[8];
    UErrorCode status = U_ZERO_ERROR;
    const int32_t count = uscript_getCode(language, own, 8, &status);
    for (int32_t i = 0; U_SUCCESS(status) && i < count; i++)
        if (own[i] == script)
            return true;
    return script == USCRIPT_COMMON || U_FAILURE(status) || count == 0;
}

static bool is_one_of_three(const char *language)
{
    return is_tag(language, "en") || is_tag(language, "fr") || is_tag(language, "es");
}

const char *draft_language_guess(const char *text, const char *folded, const char *language,
                                 bool *is_unsure)
{
    const UScriptCode script = main_script(text);
    *is_unsure = false;
    if (is_script_of(script, language) && (script != USCRIPT_LATIN || !is_one_of_three(language)))
        return NULL;
    if (script == USCRIPT_LATIN)
        return latin_guess(folded, language, is_unsure);
    *is_unsure = true;
    return script_language(script);
}
