/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "text/draft_word.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/draft_list.h"
#include "text/icu.h"
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#define SALUTATION_MOST 120 /* code points */
#define CLOSING_MOST 160
#define DEMAND_WORDS 6 /* the first, among which the verb stands */
#define NAME_MOST 80   /* bytes; one name */

static bool is_one_of(const char *const words[], const char *word, size_t len)
{
    for (size_t i = 0; words[i]; i++)
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
            return true;
    return false;
}

char *draft_word_fold(const char *text)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t len;
    UChar *wide = icu_wide(text, strlen(text), &len);
    const int32_t room = len * 3 + 1; /* Unicode's most for full folding */
    UChar *folded = mem_alloc((size_t)room * sizeof *folded);
    char *out;

    len = u_strFoldCase(folded, room, wide, len, U_FOLD_CASE_DEFAULT, &status);
    icu_check(status, "u_strFoldCase");
    for (int32_t i = 0; i < len; i++)
        folded[i] = folded[i] == 0x2019 ? '\'' : folded[i];
    out = icu_narrow(folded, len);
    free(folded);
    free(wide);
    return out;
}

static bool is_letter_at(const char *text, size_t len, size_t at)
{
    return at < len && u_isalpha((UChar32)utf8_next(text, len, &at));
}

static bool is_letter_before(const char *text, size_t len, size_t at)
{
    if (at == 0)
        return false;
    do
        at--;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80);
    return is_letter_at(text, len, at);
}

/* Whether one of the words stands at the beginning. */
static size_t begins(const char *text, const char *const words[])
{
    for (size_t i = 0; words[i]; i++) {
        const size_t len = strlen(words[i]);
        if (words[i][len - 1] == '*') {
            if (strncmp(text, words[i], len - 1) == 0)
                return len - 1;
        } else if (strncmp(text, words[i], len) == 0 && !is_letter_at(text, strlen(text), len)) {
            return len;
        }
    }
    return 0;
}

/* Whether one of the words stands in the first most words. */
static bool has_word(const char *text, const char *const words[], int most)
{
    const size_t len = strlen(text);
    for (size_t at = 0; at < len && most > 0;) {
        size_t next = at;
        (void)utf8_next(text, len, &next);
        if (!is_letter_before(text, len, at) && text[at] != ' ') {
            if (begins(text + at, words))
                return true;
            most -= is_letter_at(text, len, at);
        }
        at = next;
    }
    return false;
}

/* Whether a word set with blanks between its letters is the other. */
static bool is_spaced_same(const char *text, const char *word)
{
    while (*text && *word) {
        if (*text == ' ' && *word != ' ')
            text++;
        else if (*text++ != *word++)
            return false;
    }
    return *word == '\0' && text[strspn(text, ":. !")] == '\0';
}

int draft_word_count(const char *folded, const char *const words[])
{
    int count = 0;
    for (const char *at = folded; at; at = strchr(at, ' ')) {
        at += strspn(at, " ");
        count += begins(at, words) > 0;
    }
    return count;
}

bool draft_word_is_kind(const char *folded)
{
    for (size_t i = 0; draft_list_kinds[i]; i++) {
        const size_t len = strlen(draft_list_kinds[i]);
        if (strncmp(folded, draft_list_kinds[i], len) == 0 &&
            folded[len + strspn(folded + len, ":. !")] == '\0')
            return true;
        if (folded[0] && folded[1] && folded[2] == ' ' &&
            is_spaced_same(folded, draft_list_kinds[i]))
            return true;
        if (folded[0] && folded[1] == ' ' && is_spaced_same(folded, draft_list_kinds[i]))
            return true;
    }
    return false;
}

bool draft_word_begins_kind(const char *folded)
{
    return begins(folded, draft_list_kinds) > 0;
}

/* "+7(495) 233-07-06": seven digits or more with only what telephone numbers have between. */
static bool has_telephone(const char *text)
{
    const char *at = strchr(text, '+');
    int digits = 0;
    if (!at)
        return false;
    for (at++; *at && strchr("0123456789 ()-./", *at); at++)
        digits += *at >= '0' && *at <= '9';
    return digits >= 7;
}

bool draft_word_is_contact(const char *folded)
{
    if (strstr(folded, "://") || strstr(folded, "www.") || has_telephone(folded))
        return true;
    const char *at = strchr(folded, '@');
    if (at && at > folded && at[-1] != ' ' && strchr(at, '.'))
        return true;
    const size_t mark = begins(folded, draft_list_contacts);
    return mark > 0 && (strchr(":.,", folded[mark]) != NULL || strpbrk(folded, "0123456789"));
}

static bool ends_with(const char *text, const char *marks)
{
    const size_t len = strlen(text);
    return len > 0 && strchr(marks, text[len - 1]) != NULL;
}

bool draft_word_is_salutation(const char *folded, size_t chars)
{
    return chars <= SALUTATION_MOST && begins(folded, draft_list_salutations) > 0 &&
           (ends_with(folded, ",!:") ||
            is_one_of(draft_list_salutations, folded, strlen(folded))); /* "Comrades" */
}

bool draft_word_is_closing(const char *folded, size_t chars)
{
    return chars <= CLOSING_MOST && begins(folded, draft_list_closings);
}

bool draft_word_is_addressee(const char *folded)
{
    return begins(folded, draft_list_addressees) > 0;
}

bool draft_word_has_office(const char *folded)
{
    return has_word(folded, draft_list_offices, 20);
}

bool draft_word_has_body(const char *folded)
{
    return has_word(folded, draft_list_bodies, 20);
}

bool draft_word_is_demand(const char *folded)
{
    return has_word(folded, draft_list_demands, DEMAND_WORDS) ||
           has_word(folded, draft_list_we_demands, DEMAND_WORDS);
}

bool draft_word_begins_demand(const char *folded)
{
    return begins(folded, draft_list_we) > 0 ||
           (begins(folded, draft_list_demands) > 0 && begins(folded, draft_list_demand_nouns) == 0);
}

bool draft_word_is_enclosure(const char *folded)
{
    const size_t mark = begins(folded, draft_list_enclosures);
    if (mark == 0)
        return false;
    /* "Приложения к договору не подписаны." is a sentence: what counts is a colon or a number. */
    const size_t word = mark + strcspn(folded + mark, " :.,(");
    return folded[word] == '\0' || strchr(folded, ':') != NULL ||
           strchr("0123456789(", folded[word + strspn(folded + word, " .")]) != NULL;
}

bool draft_word_is_page_number(const char *folded)
{
    static const char *const joints[] = {"of", "из", "sur", "de", "/", NULL};
    const char *at = folded + strspn(folded, " -[(");
    for (size_t n; strncmp(at, "–", (n = strlen("–"))) == 0 || strncmp(at, "—", n) == 0;)
        at += n, at += strspn(at, " ");
    at += begins(at, draft_list_pages);
    at += strspn(at, " .");
    const size_t digits = strspn(at, "0123456789");
    if (digits == 0 || digits > 3)
        return false;
    at += digits + strspn(at + digits, " ");
    for (size_t i = 0; joints[i]; i++) {
        const size_t n = strlen(joints[i]);
        if (strncmp(at, joints[i], n) == 0) {
            at += n, at += strspn(at, " ");
            at += strspn(at, "0123456789");
            break;
        }
    }
    at += strspn(at, " -])");
    for (size_t n; strncmp(at, "–", (n = strlen("–"))) == 0 || strncmp(at, "—", n) == 0;)
        at += n;
    return *at == '\0';
}

/* "Е.", "Ж.-П.": capitals with full stops. */
static bool is_initials(const char *word, size_t len)
{
    size_t at = 0, letters = 0;
    while (at < len) {
        if (word[at] == '-') {
            at++;
            continue;
        }
        const UChar32 c = (UChar32)utf8_next(word, len, &at);
        if (!u_isupper(c) && !(u_isalpha(c) && !u_islower(c)))
            return false;
        if (at >= len || word[at] != '.')
            return false;
        at++;
        letters++;
    }
    return letters > 0;
}

/* A surname, with initials before it where they are not set apart: "Е.А.Куликов". */
static bool is_surname(const char *word, size_t len)
{
    size_t at = 0, letters = 0;
    for (size_t i = 0; i < len; i++)
        if (word[i] == '.')
            at = i + 1;
    if (at > 0 && !is_initials(word, at))
        return false;
    while (at < len) {
        size_t next = at;
        const UChar32 c = (UChar32)utf8_next(word, len, &next);
        if (letters == 0 && !u_isupper(c))
            return false;
        if (!u_isalpha(c) && (letters == 0 || (c != '-' && c != '\'' && c != 0x2019)))
            return false;
        letters++;
        at = next;
    }
    return letters > 1;
}

/* How many words make a name; 0: they make none. */
static int count_name(const char *text, bool *has_initials)
{
    int words = 0, surnames = 0;
    *has_initials = false;
    if (strlen(text) > NAME_MOST)
        return 0;
    while (*text) {
        const size_t len = strcspn(text, " ");
        if (is_initials(text, len) || (is_surname(text, len) && memchr(text, '.', len)))
            *has_initials = true;
        if (is_surname(text, len))
            surnames++;
        else if (!is_initials(text, len) &&
                 !(words > 0 && is_one_of(draft_list_particles, text, len)))
            return 0;
        words++;
        text += len;
        text += strspn(text, " ");
    }
    return surnames > 0 ? words : 0;
}

bool draft_word_is_name(const char *text)
{
    bool has_initials;
    const int words = count_name(text, &has_initials);
    return words <= 6 && (words >= 2 || (words == 1 && has_initials));
}

bool draft_word_has_initials(const char *text)
{
    bool has_initials;
    return count_name(text, &has_initials) > 0 && has_initials;
}

size_t draft_word_name_end(const char *text)
{
    for (const char *at = text; (at = strchr(at, ' ')) != NULL; at++) {
        const char *name = at + strspn(at, " ");
        if (draft_word_is_name(name) && draft_word_has_initials(name))
            return (size_t)(name - text);
    }
    return 0;
}

size_t draft_word_name_front(const char *text)
{
    static const char *const joints[] = {", ", " – ", " — ", " - ", NULL};
    for (size_t i = 0; joints[i]; i++) {
        const char *at = strstr(text, joints[i]);
        if (!at || at == text)
            continue;
        char *name = mem_string_part(text, (size_t)(at - text));
        char *office = draft_word_fold(at + strlen(joints[i]));
        const bool is_one = draft_word_is_name(name) && draft_word_has_office(office);
        free(name);
        free(office);
        if (is_one)
            return (size_t)(at - text);
    }
    return 0;
}

size_t draft_word_point(const char *text, bool *is_letter)
{
    const size_t len = strlen(text);
    size_t at = text[0] == '(', end;
    if (at < len && u_isalpha((UChar32)utf8_next(text, len, &at)) && text[at] == ')') {
        *is_letter = true;
        end = at + 1;
    } else {
        *is_letter = false;
        end = strspn(text, "0123456789");
        if (end == 0 || end > 2 || text[end] != '.')
            return 0;
        const size_t digits = strspn(text + end + 1, "0123456789");
        if (digits == 0 || digits > 2)
            return 0;
        end += 1 + digits;
        end += text[end] == '.' || text[end] == ')';
    }
    const size_t blanks = strspn(text + end, " \t");
    return blanks > 0 && text[end + blanks] ? end + blanks : 0;
}

size_t draft_word_mark(const char *text, int *number)
{
    static const char *const bullets[] = {"-", "*", "+", "–", "—", "•",
                                          "·", "‣", "▪", "●", "◦", NULL};
    size_t len = strspn(text, "0123456789");
    *number = 0;
    if (len > 0 && len <= 2 && (text[len] == '.' || text[len] == ')')) {
        *number = atoi(text);
        len++;
    } else {
        len = 0;
        for (size_t i = 0; bullets[i] && len == 0; i++)
            if (strncmp(text, bullets[i], strlen(bullets[i])) == 0)
                len = strlen(bullets[i]);
    }
    const size_t blanks = strspn(text + len, " \t");
    return len > 0 && blanks > 0 && text[len + blanks] ? len + blanks : 0;
}

static bool is_same_word(const char *word, size_t len, const char *other)
{
    return strlen(other) == len && memcmp(word, other, len) == 0;
}

int draft_word_month(const char *word, size_t len)
{
    for (size_t k = 0; k < sizeof draft_list_months / sizeof *draft_list_months; k++)
        for (int i = 0; i < 12; i++)
            if (is_same_word(word, len, draft_list_months[k][i]))
                return i + 1;
    return 0;
}

bool draft_word_is_filler(const char *word, size_t len)
{
    return is_one_of(draft_list_fillers, word, len);
}

bool draft_word_is_number_mark(const char *word, size_t len)
{
    return is_one_of(draft_list_number_marks, word, len);
}
