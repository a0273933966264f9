/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * A line that says when, where and under which number: "от 07.01.2022 № 01-22", "Lindholm, 7
 * January 2022", "En Lindholm, a 7 de enero de 2022". It is one only when nothing else stands in
 * it: a date within a sentence is the sentence's.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/draft_line.h"
#include "text/draft_word.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#define WORDS_MOST 20
#define WORD_MOST 48 /* bytes */
#define PLACE_MOST 5 /* words */

struct word {
    const char *text, *folded; /* the same word as it stands and folded; owned */
    size_t len;                /* of folded, without marks around it */
    size_t skip;               /* marks before it */
};

struct scan {
    struct word words[WORDS_MOST];
    size_t count, at;
    const char *language;
    struct draft_registration *out;
    struct str place;
    int place_words;
    bool is_placed; /* something else came behind the place */
};

void draft_date_clear(struct draft_registration *registration)
{
    free(registration->number);
    free(registration->place);
    free(registration->kind);
    *registration = (struct draft_registration){0};
}

/* Quotation marks around a day, a comma behind a word. */
static void trim_marks(struct word *word)
{
    static const char *const marks[] = {"«", "»", "“", "”", "„", "\"", ",", "(", ")", NULL};
    const char *text = word->folded;
    word->skip = 0;
    word->len = strlen(text);
    for (size_t i = 0; marks[i]; i++) {
        const size_t len = strlen(marks[i]);
        if (word->len > len && strncmp(text + word->skip, marks[i], len) == 0)
            word->skip += len, word->len -= len, i = (size_t)-1;
        else if (word->len > len && memcmp(text + word->skip + word->len - len, marks[i], len) == 0)
            word->len -= len, i = (size_t)-1;
    }
}

static bool split(struct scan *scan, const char *text)
{
    while (*(text += strspn(text, " \t"))) {
        const size_t len = strcspn(text, " \t");
        if (scan->count == WORDS_MOST || len > WORD_MOST)
            return false;
        struct word *word = &scan->words[scan->count++];
        word->text = mem_string_part(text, len);
        word->folded = draft_word_fold(word->text);
        trim_marks(word);
        text += len;
    }
    return true;
}

static const char *folded_of(const struct scan *scan, size_t at, size_t *len)
{
    *len = scan->words[at].len;
    return scan->words[at].folded + scan->words[at].skip;
}

static bool set_date(struct scan *scan, int year, int month, int day)
{
    char iso[32];
    if (scan->out->has_date || year < 1000 || year > 9999)
        return false;
    snprintf(iso, sizeof iso, "%04d-%02d-%02d", year, month, day);
    scan->out->has_date = clock_parse_day(iso, &scan->out->date);
    return scan->out->has_date;
}

/* What may hang on a year: "2022г.", "2022." */
static bool is_year_end(const char *text, const char *end)
{
    static const char *const ends[] = {"", ".", "г", "г.", ";", NULL};
    for (size_t i = 0; ends[i]; i++)
        if (strlen(ends[i]) == (size_t)(end - text) && memcmp(ends[i], text, strlen(ends[i])) == 0)
            return true;
    return false;
}

/* "07.01.2022", "7/1/2022", "2022-01-07". */
static bool take_numeric(struct scan *scan)
{
    size_t len;
    const char *text = folded_of(scan, scan->at, &len);
    char word[WORD_MOST * 4 + 1], mark, other;
    int a, b, c, used = 0;
    if (len >= sizeof word)
        return false;
    memcpy(word, text, len);
    word[len] = '\0';
    if (strspn(word, "0123456789") == 0 || strspn(word, "0123456789./-") > 11 ||
        sscanf(word, "%4d%c%2d%c%4d%n", &a, &mark, &b, &other, &c, &used) != 5 || mark != other ||
        a < 1 || b < 1 || c < 1 || !is_year_end(word + used, word + len))
        return false;
    if (a > 999 && mark == '-')
        return set_date(scan, a, b, c) && ++scan->at;
    if (mark != '.' && mark != '/' && mark != '-')
        return false;
    /* In English a month may stand before the day. */
    const bool is_english = strncmp(scan->language, "en", 2) == 0 && mark == '/';
    const bool is_turned = is_english && b > 12;
    if (!set_date(scan, c, is_turned ? a : b, is_turned ? b : a))
        return false;
    scan->out->is_unsure = is_english && a <= 12 && b <= 12 && a != b;
    return ++scan->at > 0;
}

static int number_of(const struct scan *scan, size_t at, const char *const ends[])
{
    size_t len;
    if (at >= scan->count)
        return 0;
    const char *text = folded_of(scan, at, &len);
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 4 || digits > len)
        return 0;
    for (size_t i = 0; ends[i]; i++)
        if (strlen(ends[i]) == len - digits && memcmp(ends[i], text + digits, len - digits) == 0)
            return atoi(text);
    return 0;
}

static int month_of(const struct scan *scan, size_t at)
{
    size_t len;
    if (at >= scan->count)
        return 0;
    const char *text = folded_of(scan, at, &len);
    return draft_word_month(text, len);
}

static bool is_word(const struct scan *scan, size_t at, const char *word)
{
    size_t len;
    if (at >= scan->count)
        return false;
    const char *text = folded_of(scan, at, &len);
    return strlen(word) == len && memcmp(word, text, len) == 0;
}

/* "7 января 2022 г.", "1er janvier 2022", "7 de enero del 2022", "January 7, 2022". */
static bool take_named(struct scan *scan)
{
    static const char *const day_ends[] = {"", "er", "º", "°", "st", "nd", "rd", "th", NULL};
    static const char *const year_ends[] = {"", ".", "г", "г.", NULL};
    size_t at = scan->at;
    int day = number_of(scan, at, day_ends), month, year;
    if (day > 0) {
        at++;
        at += is_word(scan, at, "de") || is_word(scan, at, "of");
        month = month_of(scan, at++);
    } else {
        month = month_of(scan, at++);
        day = number_of(scan, at++, day_ends);
    }
    at += is_word(scan, at, "de") || is_word(scan, at, "del");
    year = number_of(scan, at++, year_ends);
    if (month == 0 || day == 0 || year == 0 || !set_date(scan, year, month, day))
        return false;
    scan->at = at;
    return true;
}

static bool set_number(struct scan *scan, const char *text)
{
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == ',')
        len--;
    if (scan->out->number || len == 0 || !strpbrk(text, "0123456789"))
        return false;
    scan->out->number = mem_string_part(text, len);
    return true;
}

/* "№ 01-22", "№01-22", "Ref.: 14/26". */
static bool take_number(struct scan *scan)
{
    static const char *const glued[] = {"№", "n°", "nº", "N°", "Nº", NULL};
    const struct word *word = &scan->words[scan->at];
    if (draft_word_is_number_mark(word->folded, strlen(word->folded))) {
        if (scan->at + 1 < scan->count && set_number(scan, scan->words[scan->at + 1].text)) {
            scan->at += 2;
            return true;
        }
        return false;
    }
    for (size_t i = 0; glued[i]; i++)
        if (strncmp(word->text, glued[i], strlen(glued[i])) == 0 &&
            set_number(scan, word->text + strlen(glued[i])))
            return ++scan->at > 0;
    return false;
}

static bool begins_upper(const char *text)
{
    size_t at = 0;
    return *text && u_isupper((UChar32)utf8_next(text, strlen(text), &at));
}

static bool take_place(struct scan *scan)
{
    const struct word *word = &scan->words[scan->at];
    const bool is_next_upper =
        scan->at + 1 < scan->count && begins_upper(scan->words[scan->at + 1].text);
    const bool is_particle = draft_word_is_filler(word->folded, strlen(word->folded));
    size_t len = strlen(word->text);
    if (is_particle &&
        !(is_next_upper && (scan->place_words > 0 || strcmp(word->folded, "г.") == 0)))
        return false;
    if ((!is_particle && !begins_upper(word->text)) || scan->is_placed ||
        scan->place_words == PLACE_MOST)
        return false;
    if (scan->place.len > 0)
        str_append_char(&scan->place, ' ');
    const bool is_last = len > 1 && word->text[len - 1] == ',';
    str_append(&scan->place, word->text, len - is_last);
    scan->is_placed = is_last;
    scan->place_words++;
    scan->at++;
    return true;
}

static bool take_all(struct scan *scan)
{
    while (scan->at < scan->count) {
        const struct word *word = &scan->words[scan->at];
        if (take_numeric(scan) || take_named(scan) || take_number(scan)) {
            scan->is_placed = scan->place_words > 0;
            continue;
        }
        if (take_place(scan))
            continue;
        if (!draft_word_is_filler(word->folded + word->skip, word->len) &&
            !draft_word_is_filler(word->folded, strlen(word->folded)))
            return false;
        scan->at++;
    }
    return scan->out->has_date || scan->out->number;
}

/* What remains is the place, or the kind that the number is of: "Statement No. 14". */
static bool take_rest(struct scan *scan)
{
    char *folded = draft_word_fold(str_text(&scan->place));
    const bool is_kind = scan->place.len > 0 && draft_word_is_kind(folded);
    free(folded);
    if (is_kind)
        scan->out->kind = str_take(&scan->place);
    else if (scan->place.len > 0 && scan->out->has_date)
        scan->out->place = str_take(&scan->place);
    return scan->place.len == 0;
}

bool draft_date_parse(const struct draft_line *line, const char *language,
                      struct draft_registration *out)
{
    struct scan scan = {.language = language, .out = out};
    *out = (struct draft_registration){0};
    const bool is_one = split(&scan, line->text) && take_all(&scan) && take_rest(&scan);
    for (size_t i = 0; i < scan.count; i++) {
        free((void *)(uintptr_t)scan.words[i].text);
        free((void *)(uintptr_t)scan.words[i].folded);
    }
    str_free(&scan.place);
    if (!is_one)
        draft_date_clear(out);
    return is_one;
}

bool draft_date_is_place(const char *text)
{
    static const char town[] = "г. ";
    int words = 0;
    if (strncmp(text, town, strlen(town)) == 0)
        text += strlen(town);
    if (strpbrk(text, ".!?:;,0123456789"))
        return false;
    while (*text) {
        const size_t len = strcspn(text, " ");
        if (!begins_upper(text) && (words == 0 || len > 3))
            return false;
        words++;
        text += len;
        text += strspn(text, " ");
    }
    return words > 0 && words <= 4;
}
