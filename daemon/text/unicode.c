/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Normal forms, folding, lengths. Everything that Unicode defines is asked of ICU; what is decided
 * here is only which of its forms serves which purpose.
 */
#include "text/unicode.h"
#include "base/mem.h"
#include "text/icu.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

static UBreakIterator *characters;
static pthread_once_t characters_once = PTHREAD_ONCE_INIT;

/* A wide string that belongs to the function working on it. */
struct wide {
    UChar *text;
    int32_t len;
};

static struct wide wide_open(const char *text)
{
    struct wide wide;
    wide.text = icu_wide(text, strlen(text), &wide.len);
    return wide;
}

static char *wide_close(struct wide *wide)
{
    char *text = icu_narrow(wide->text, wide->len);
    free(wide->text);
    return text;
}

static void normalise(struct wide *wide, const UNormalizer2 *form)
{
    UErrorCode status = U_ZERO_ERROR;
    const int32_t len = unorm2_normalize(form, wide->text, wide->len, NULL, 0, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR)
        status = U_ZERO_ERROR;
    UChar *out = mem_resize(NULL, (size_t)len + 1, sizeof *out);
    unorm2_normalize(form, wide->text, wide->len, out, len + 1, &status);
    icu_check(status, "unorm2_normalize");
    free(wide->text);
    *wide = (struct wide){out, len};
}

static const UNormalizer2 *form_of(const UNormalizer2 *(*instance)(UErrorCode *))
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = instance(&status);
    icu_check(status, "unorm2");
    return form;
}

/* Keeps the characters that keep() wants; a run of others becomes gap, or nothing when gap is 0;
 * none at the ends. */
static void filter(struct wide *wide, bool (*keep)(UChar32 c), UChar gap)
{
    int32_t from = 0, to = 0;
    bool is_due = false;
    while (from < wide->len) {
        const int32_t start = from;
        UChar32 c;
        U16_NEXT(wide->text, from, wide->len, c);
        if (!keep(c)) {
            is_due = gap != 0 && to > 0;
            continue;
        }
        if (is_due)
            wide->text[to++] = gap;
        is_due = false;
        memmove(wide->text + to, wide->text + start, (size_t)(from - start) * sizeof(UChar));
        to += from - start;
    }
    wide->len = to;
}

static bool is_no_blank(UChar32 c)
{
    return !u_isUWhiteSpace(c);
}

static bool is_no_separator(UChar32 c)
{
    return !u_isUWhiteSpace(c) && !u_ispunct(c);
}

static bool is_no_mark(UChar32 c)
{
    return u_charType(c) != U_NON_SPACING_MARK && u_charType(c) != U_ENCLOSING_MARK;
}

static bool is_of_word(UChar32 c)
{
    return u_isalnum(c) || u_charType(c) == U_COMBINING_SPACING_MARK;
}

char *unicode_clean(const char *text)
{
    struct wide wide = wide_open(text);
    normalise(&wide, form_of(unorm2_getNFCInstance));
    filter(&wide, is_no_blank, ' ');
    return wide_close(&wide);
}

char *unicode_clean_lines(const char *text)
{
    struct wide wide = wide_open(text);
    int32_t to = 0;
    for (int32_t i = 0; i < wide.len; i++) {
        const UChar c = wide.text[i];
        if (c == '\r' && i + 1 < wide.len && wide.text[i + 1] == '\n')
            continue;
        wide.text[to++] = c == '\r' ? '\n' : c;
    }
    wide.len = to;
    normalise(&wide, form_of(unorm2_getNFCInstance));
    return wide_close(&wide);
}

char *unicode_fold(const char *text)
{
    struct wide wide = wide_open(text);
    normalise(&wide, form_of(unorm2_getNFKCCasefoldInstance));
    filter(&wide, is_no_separator, 0);
    /* What stood apart may now compose. */
    normalise(&wide, form_of(unorm2_getNFKCCasefoldInstance));
    return wide_close(&wide);
}

/* Letters that many have no key for, by what they type instead: Turkish, Polish, Nordic and
 * Vietnamese ones on an English keyboard, Kazakh ones on a Russian. */
static UChar plain_letter(UChar c)
{
    static const UChar letters[][2] = {
        {0x0131, 'i'},    {0x0142, 'l'},    {0x00f8, 'o'},    {0x0111, 'd'},    {0x04d9, 0x0430},
        {0x0493, 0x0433}, {0x049b, 0x043a}, {0x04a3, 0x043d}, {0x04e9, 0x043e}, {0x04b1, 0x0443},
        {0x04af, 0x0443}, {0x04bb, 0x0445}, {0x0456, 0x0438},
    };
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (letters[i][0] == c)
            return letters[i][1];
    }
    return c;
}

char *unicode_search_key(const char *text)
{
    struct wide wide = wide_open(text);
    normalise(&wide, form_of(unorm2_getNFKCCasefoldInstance));
    normalise(&wide, form_of(unorm2_getNFDInstance));
    filter(&wide, is_no_mark, 0);
    for (int32_t i = 0; i < wide.len; i++)
        wide.text[i] = plain_letter(wide.text[i]);
    filter(&wide, is_of_word, ' ');
    normalise(&wide, form_of(unorm2_getNFCInstance));
    return wide_close(&wide);
}

static void open_characters(void)
{
    UErrorCode status = U_ZERO_ERROR;
    characters = ubrk_open(UBRK_CHARACTER, "", NULL, 0, &status);
    icu_check(status, "ubrk_open");
}

/* A break iterator of the caller's own; cloning one costs less than opening it. */
static UBreakIterator *iterate(const struct wide *wide)
{
    UErrorCode status = U_ZERO_ERROR;
    pthread_once(&characters_once, open_characters);
    UBreakIterator *own = ubrk_clone(characters, &status);
    icu_check(status, "ubrk_clone");
    ubrk_setText(own, wide->text, wide->len, &status);
    icu_check(status, "ubrk_setText");
    return own;
}

size_t unicode_length(const char *text)
{
    struct wide wide = wide_open(text);
    UBreakIterator *own = iterate(&wide);
    size_t count = 0;
    while (ubrk_next(own) != UBRK_DONE)
        count++;
    ubrk_close(own);
    free(wide.text);
    return count;
}

char *unicode_shorten(const char *text, size_t most)
{
    struct wide wide = wide_open(text);
    UBreakIterator *own = iterate(&wide);
    int32_t cut = 0, at = 0; /* cut: behind the character before the last that fits */
    size_t count = 0;
    while (count < most && (at = ubrk_next(own)) != UBRK_DONE)
        if (++count < most)
            cut = at;
    const bool is_long = most > 0 && at != UBRK_DONE && ubrk_next(own) != UBRK_DONE;
    ubrk_close(own);
    if (is_long) {
        /* The buffer has room: at least one character goes. */
        wide.text[cut] = 0x2026;
        wide.len = cut + 1;
    } else if (most == 0) {
        wide.len = 0;
    }
    return wide_close(&wide);
}

bool unicode_has_long_word(const char *text, size_t len, size_t most)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t wide_len, from = 0;
    UChar *wide = icu_wide(text, len, &wide_len);
    UBreakIterator *breaks = ubrk_open(UBRK_LINE, "", wide, wide_len, &status);
    bool is_long = false;

    icu_check(status, "ubrk_open");
    for (int32_t to = ubrk_next(breaks); to != UBRK_DONE && !is_long; to = ubrk_next(breaks)) {
        int32_t end = to;

        /* Blanks belong to the word before them. */
        while (end > from && u_isUWhiteSpace(wide[end - 1]))
            end--;
        is_long = (size_t)u_countChar32(wide + from, end - from) > most;
        from = to;
    }
    ubrk_close(breaks);
    free(wide);
    return is_long;
}
