/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What looks like a slip, told and left as it is: how a name is spelt and what a statement says is
 * not a program's to mend.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "text/draft_line.h"
#include "text/draft_word.h"
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define WORD_SHOWN 60 /* bytes of a word in a note */

struct place {
    struct draft *draft;
    const struct draft_line *line;
    const char *text;
    size_t len;
};

static void suspect(const struct place *place, size_t from, size_t end, const char *what)
{
    const char *word = place->text + from;
    const size_t shown = utf8_cut(word, end - from, WORD_SHOWN);
    draft_note(place->draft, place->line->number, true, "%s: \"%.*s%s\"", what, (int)shown, word,
               shown < end - from ? "..." : "");
}

static UChar32 char_at(const struct place *place, size_t at)
{
    return at < place->len ? (UChar32)utf8_next(place->text, place->len, &at) : 0;
}

static size_t next_at(const struct place *place, size_t at)
{
    (void)utf8_next(place->text, place->len, &at);
    return at;
}

static size_t before_at(const struct place *place, size_t at)
{
    while (at > 0 && ((unsigned char)place->text[--at] & 0xc0) == 0x80)
        ;
    return at;
}

/* From a place to the blanks around it: "какие –то", "2011г.". */
static void suspect_around(const struct place *place, size_t from, size_t end, const char *what)
{
    while (from > 0 && !u_isUWhiteSpace(char_at(place, before_at(place, from))))
        from = before_at(place, from);
    while (end < place->len && !u_isUWhiteSpace(char_at(place, end)))
        end = next_at(place, end);
    suspect(place, from, end, what);
}

static bool is_letter(UChar32 c)
{
    return c != 0 && u_isalpha(c);
}

/* ---- words ---- */

/* Scripts whose letters look alike, so that one is typed for another. */
static bool is_alike(UScriptCode script)
{
    return script == USCRIPT_LATIN || script == USCRIPT_CYRILLIC || script == USCRIPT_GREEK;
}

static void check_word(const struct place *place, size_t from, size_t end)
{
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode first = USCRIPT_COMMON;
    for (size_t at = from; at < end; at = next_at(place, at)) {
        const UScriptCode script = uscript_getScript(char_at(place, at), &status);
        if (!is_alike(script))
            continue;
        if (first == USCRIPT_COMMON)
            first = script;
        if (script != first) {
            suspect(place, from, end, "a word in mixed scripts");
            return;
        }
    }
}

static bool is_year(const struct place *place, size_t from, size_t end)
{
    const char *text = place->text + from;
    return end - from == 4 &&
           ((text[0] == '1' && text[1] >= '7') || (text[0] == '2' && text[1] <= '1'));
}

/* "2011г.", "7января". */
static void check_number(const struct place *place, size_t from, size_t end)
{
    size_t letters = end;
    while (letters < place->len && is_letter(char_at(place, letters)))
        letters = next_at(place, letters);
    if (letters == end || (from > 0 && is_letter(char_at(place, before_at(place, from)))))
        return;
    char *name = mem_string_part(place->text + end, letters - end);
    char *folded = draft_word_fold(name);
    const bool is_decade = strcmp(folded, "s") == 0; /* "the 1990s" */
    const bool is_month = draft_word_month(folded, strlen(folded)) > 0;
    if ((is_year(place, from, end) && !is_decade) || (end - from <= 2 && is_month))
        suspect_around(place, from, letters, "a date glued to letters");
    free(folded);
    free(name);
}

static void check_words(const struct place *place)
{
    for (size_t at = 0; at < place->len;) {
        size_t end = at;
        if (is_letter(char_at(place, at))) {
            while (end < place->len && is_letter(char_at(place, end)))
                end = next_at(place, end);
            check_word(place, at, end);
        } else if (place->text[at] >= '0' && place->text[at] <= '9') {
            while (end < place->len && place->text[end] >= '0' && place->text[end] <= '9')
                end++;
            check_number(place, at, end);
        } else {
            end = next_at(place, at);
        }
        at = end;
    }
}

/* ---- dashes ---- */

static bool is_dash(UChar32 c)
{
    return c == '-' || c == 0x2010 || c == 0x2011 || c == 0x2013 || c == 0x2014;
}

static bool is_hyphen(UChar32 c)
{
    return c == '-' || c == 0x2010 || c == 0xad || c == 0xac;
}

static void check_dashes(const struct place *place)
{
    for (size_t at = 0; at < place->len; at = next_at(place, at)) {
        const UChar32 c = char_at(place, at);
        const size_t behind = next_at(place, at);
        if (at == 0 || behind == place->len || !is_dash(c))
            continue;
        const UChar32 before = char_at(place, before_at(place, at)), after = char_at(place, behind);
        const bool is_free_before = u_isUWhiteSpace(before), is_free_after = u_isUWhiteSpace(after);
        if (is_free_before && is_letter(after))
            suspect_around(place, before_at(place, before_at(place, at)), behind,
                           "a space before a dash and none behind it");
        else if (is_free_after && is_letter(before))
            suspect_around(place, at, next_at(place, behind),
                           "a space behind a dash and none before it");
    }
}

/* ---- lines ---- */

static bool ends_broken(const struct place *place)
{
    const size_t last = before_at(place, place->len);
    return place->len > 0 && last > 0 && is_hyphen(char_at(place, last)) &&
           is_letter(char_at(place, before_at(place, last)));
}

/* Words that rightly stand twice: "nous nous engageons". */
static bool is_twice(const char *word, size_t len)
{
    static const char *const words[] = {"nous", "vous", NULL};
    for (size_t i = 0; words[i]; i++)
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
            return true;
    return false;
}

static bool is_plain_word(const char *word, size_t len)
{
    for (size_t at = 0; at < len;)
        if (!is_letter((UChar32)utf8_next(word, len, &at)))
            return false;
    return len > 0;
}

/* The last word before is kept from line to line of a block. */
static void check_doubled(const struct place *place, const char **before, size_t *before_len)
{
    const char *at = place->line->folded;
    while (*(at += strspn(at, " \t"))) {
        const size_t len = strcspn(at, " \t");
        size_t bare = len; /* the second may end the sentence */
        while (bare > 0 && strchr(".,;:!?", at[bare - 1]))
            bare--;
        if (*before && bare == *before_len && memcmp(*before, at, bare) == 0 &&
            is_plain_word(at, bare) && !is_twice(at, bare))
            draft_note(place->draft, place->line->number, true, "a word stands twice: \"%.*s\"",
                       (int)utf8_cut(at, bare, WORD_SHOWN), at);
        *before = at;
        *before_len = len;
        at += len;
    }
}

/* Both halves are shown: whether they are one word is easier to tell so. */
static void tell_broken(const struct place *place, const char *next)
{
    size_t from = place->len;
    while (from > 0 && !u_isUWhiteSpace(char_at(place, before_at(place, from))))
        from = before_at(place, from);
    const size_t end = strcspn(next, " \t");
    const char *first = place->text + from;
    draft_note(place->draft, place->line->number, true,
               "a hyphen at a line's end, one word or two: \"%.*s %.*s\"",
               (int)utf8_cut(first, place->len - from, WORD_SHOWN), first,
               (int)utf8_cut(next, end, WORD_SHOWN), next);
}

void draft_suspect_find(struct draft_lines *lines)
{
    const char *before = NULL;
    size_t before_len = 0;
    for (size_t i = 0; i < lines->count; i++) {
        const struct draft_line *line = &lines->line[i];
        const struct place place = {lines->draft, line, line->text, strlen(line->text)};
        const bool goes_on = i + 1 < lines->count && lines->line[i + 1].block == line->block;
        if (i == 0 || lines->line[i - 1].block != line->block)
            before = NULL;
        check_words(&place);
        check_dashes(&place);
        check_doubled(&place, &before, &before_len);
        if (goes_on && ends_broken(&place))
            tell_broken(&place, lines->line[i + 1].text);
    }
}
