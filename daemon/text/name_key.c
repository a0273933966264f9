/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One name has many spellings: romanised for English, French, German or by a passport office,
 * typed with or without marks, legal form first or last. A key is what all of them have in common.
 * Where romanisations differ (zh, j or ž; kh or h; ya, ia or ja) they become one letter, even where
 * that makes two sounds one: a key says what to look at, and a name alone decides nothing. Nothing
 * is translated: that is what a register's aliases are for.
 */
#include "text/name_key.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "text/name_latin.h"
#include "text/name_words.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define INITIALS_MOST 2 /* letters between full stops: e.V., CC.OO. */
#define NAME_MOST 2048  /* bytes that are looked at */

static const struct {
    const char *from, *to;
} sounds[] = {
    /* Longer ones stand before their beginnings. */
    {"shch", "s"}, {"tsch", "k"}, {"sch", "s"}, {"tch", "k"}, {"dzh", "j"}, {"sh", "s"},
    {"zh", "z"},   {"ch", "k"},   {"kh", "h"},  {"gh", "g"},  {"ph", "f"},  {"th", "t"},
    {"dh", "d"},   {"rh", "r"},   {"wh", "v"},  {"ck", "k"},  {"dj", "j"},  {"tz", "k"},
    {"c", "k"},    {"q", "k"},    {"w", "v"},   {"x", "ks"},
};

/* Names of peoples that have two sounds for one, at a word's beginning; folded. */
static const struct {
    const char *from, *to;
} peoples[] = {
    {"kazaistan", "kazakstan"},  {"kazakistan", "kazakstan"}, {"kazah", "kazak"},
    {"kasak", "kazak"},          {"ozbek", "uzbek"},          {"usbek", "uzbek"},
    {"azerbaikan", "azerbaian"},
};

/* Writes a vowel by those before it: ie, ye and e are one, ü and ue, ou and u; and nothing twice.
 */
static void put(struct str *out, char c)
{
    char last = out->len > 0 ? out->data[out->len - 1] : '\0';
    if (c == 'e' && last == 'i') {
        out->data[--out->len] = '\0';
        last = out->len > 0 ? out->data[out->len - 1] : '\0';
    }
    if (c == 'e' && last != '\0' && strchr("aou", last))
        return;
    if (c == 'u' && last == 'o') {
        out->data[--out->len] = '\0';
        last = out->len > 0 ? out->data[out->len - 1] : '\0';
    }
    if (c != last || isdigit((unsigned char)c))
        str_append_char(out, c);
}

static bool is_vowel(char c)
{
    return c != '\0' && strchr("aeiouy", c);
}

/* й, ё, е, ж as j or y, by what stands around it. Returns how many letters were taken. */
static size_t put_glide(struct str *out, const struct name_word *word, size_t at)
{
    const char here = word->text[at];
    const char next = at + 1 < word->len ? word->text[at + 1] : '\0';
    const bool is_first = at == 0;
    if (is_first && here == 'j') {
        put(out, 'z');
        return 1;
    }
    if (next == 'e' || (next == 'o' && (is_first || !is_vowel(word->text[at - 1])))) {
        put(out, 'e');
        return 2;
    }
    put(out, 'i');
    return 1;
}

static size_t put_sound(struct str *out, const struct name_word *word, size_t at)
{
    const char *text = word->text + at;
    const size_t left = word->len - at;
    if (*text == 'y' || *text == 'j')
        return put_glide(out, word, at);
    if (left > 2 && text[0] == 't' && text[1] == 's' && !(text[2] == 'c' && left > 3)) {
        put(out, 'k'); /* at a word's end it is a plural */
        return 2;
    }
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++) {
        const size_t len = strlen(sounds[i].from);
        if (sounds[i].from[0] != *text || len > left || memcmp(sounds[i].from, text, len) != 0)
            continue;
        if (sounds[i].to[0] == 'j')
            put(out, at == 0 ? 'z' : 'i');
        else
            for (const char *to = sounds[i].to; *to; to++)
                put(out, *to);
        return len;
    }
    put(out, *text);
    return 1;
}

static void rename_people(struct str *out)
{
    for (size_t i = 0; i < sizeof peoples / sizeof *peoples; i++) {
        const size_t len = strlen(peoples[i].from);
        if (out->len < len || memcmp(out->data, peoples[i].from, len) != 0)
            continue;
        char *rest = mem_string(out->data + len);
        out->len = 0;
        str_append_text(out, peoples[i].to);
        str_append_text(out, rest);
        free(rest);
        return;
    }
}

/* Abbreviations lose their full stops, else one parts words ("г.Актау"). */
static void write_part(struct str *out, const char *text, size_t len)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < len; i++) {
        run = text[i] == '.' ? 0 : run + 1;
        longest = run > longest ? run : longest;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' && longest <= INITIALS_MOST)
            continue;
        if (i > 0 && text[i] != '.' && text[i - 1] != '.' &&
            !isdigit((unsigned char)text[i]) != !isdigit((unsigned char)text[i - 1]))
            str_append_char(out, ' ');
        str_append_char(out, text[i] == '.' ? ' ' : text[i]);
    }
    str_append_char(out, ' ');
}

static size_t split(char *text, struct name_word *words)
{
    size_t count = 0;
    for (char *at = text; *at && count < NAME_WORDS_MOST;) {
        const size_t len = strcspn(at, " ");
        if (len > 0)
            words[count++] = (struct name_word){at, len};
        at += len + (at[len] == ' ');
    }
    return count;
}

/* How many one-letter words stand at the beginning, and whether one of them says nothing. */
static size_t count_initials(const struct name_word *words, size_t count, bool *has_empty)
{
    size_t run = 0;
    *has_empty = false;
    while (run < count && words[run].len == 1 && !isdigit((unsigned char)words[run].text[0])) {
        *has_empty = *has_empty || name_words_empty(words + run, 1) > 0;
        run++;
    }
    return run;
}

/* U G T is UGT; but "в г." are two small words. The text behind the words is written over. */
static size_t join_initials(char *text, struct name_word *words, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count;) {
        bool has_empty;
        const size_t run = count_initials(words + i, count - i, &has_empty);
        char *to = text + (words[i].text - text);
        words[kept] = words[i];
        if (run > 2 || (run == 2 && !has_empty)) {
            for (size_t k = 0; k < run; k++)
                to[k] = words[i + k].text[0];
            words[kept].len = run;
        }
        i += words[kept++].len == 1 || run == 0 ? 1 : run;
    }
    return kept;
}

/* "No. 7" is 7. */
static bool is_number_sign(const struct name_word *word, const struct name_word *next)
{
    static const char *const signs[] = {"no", "nr", "n", "num", "nomer", "numero", "number"};
    if (!isdigit((unsigned char)next->text[0]))
        return false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strlen(signs[i]) == word->len && memcmp(signs[i], word->text, word->len) == 0)
            return true;
    return false;
}

/* Without those that say nothing; all of them where none would be left. */
static size_t drop_empty(struct name_word *words, size_t count)
{
    struct name_word kept[NAME_WORDS_MOST];
    size_t left = 0;
    for (size_t i = 0; i < count;) {
        const size_t empty = name_words_empty(words + i, count - i);
        if (empty == 0 && !(i + 1 < count && is_number_sign(&words[i], &words[i + 1])))
            kept[left++] = words[i];
        i += empty > 0 ? empty : 1;
    }
    if (left == 0)
        return count;
    memcpy(words, kept, left * sizeof *kept);
    return left;
}

static int compare_words(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* Sorted, with one blank between them; a word that does not fit whole is the last one, cut. */
static char *join(char **words, size_t count)
{
    struct str key = {.limit = NAME_KEY_MOST};
    if (count > 1)
        qsort(words, count, sizeof *words, compare_words);
    for (size_t i = 0; i < count; i++) {
        if (words[i][0] == '\0')
            continue;
        if (key.len > 0)
            str_append_char(&key, ' ');
        str_append_text(&key, words[i]);
    }
    while (key.len > 0 && key.data[key.len - 1] == ' ')
        key.data[--key.len] = '\0';
    return str_take(&key);
}

/* Leaves out what stands between two letters. */
static void join_words(struct str *latin)
{
    size_t kept = 0;
    for (size_t i = 0; i < latin->len; i++) {
        const char c = latin->data[i];
        const bool is_gap = c == ' ' || c == '.';
        if (is_gap && kept > 0 && i + 1 < latin->len &&
            islower((unsigned char)latin->data[i + 1]) &&
            islower((unsigned char)latin->data[kept - 1]))
            continue;
        latin->data[kept++] = c;
    }
    latin->len = kept;
    if (latin->data)
        latin->data[kept] = '\0';
}

static char *make(const char *name, bool is_joined)
{
    struct name_word words[NAME_WORDS_MOST];
    char *folded[NAME_WORDS_MOST];
    struct str latin = STR_INIT, flat = STR_INIT;
    char *part = mem_string_part(name, utf8_cut(name, strlen(name), NAME_MOST));
    name_latin_write(part, &latin);
    if (is_joined)
        join_words(&latin);
    for (const char *at = str_text(&latin); *at;) {
        const size_t len = strcspn(at, " ");
        write_part(&flat, at, len);
        at += len + (at[len] == ' ');
    }
    char *text = str_take(&flat);
    size_t count = split(text, words);
    count = drop_empty(words, join_initials(text, words, count));
    for (size_t i = 0; i < count; i++) {
        struct str word = STR_INIT;
        for (size_t at = 0; at < words[i].len;)
            at += put_sound(&word, &words[i], at);
        rename_people(&word);
        folded[i] = str_take(&word);
    }
    char *key = join(folded, count);
    for (size_t i = 0; i < count; i++)
        free(folded[i]);
    free(text);
    free(part);
    str_free(&latin);
    return key;
}

char *name_key_make(const char *name)
{
    return make(name, false);
}

char *name_key_make_joined(const char *name)
{
    return make(name, true);
}

char *name_key_make_other(const char *name, const char *key)
{
    if (!name_latin_is_unspaced(name) && !name_latin_is_latin(name))
        return mem_string("");
    char *joined = make(name, true);
    if (strcmp(joined, key) == 0)
        joined[0] = '\0';
    return joined;
}

bool name_key_is_unspaced(const char *name)
{
    return name_latin_is_unspaced(name);
}
