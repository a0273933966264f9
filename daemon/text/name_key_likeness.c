/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Word by word, each by how few of its letters have to change. Long words weigh little more than
 * short ones, and what half of all unions are called weighs little. Two names are never near where
 * each has a word of its own that is nothing like any of the other's (a place, a trade), or where
 * their numbers differ, whatever else they share: that is how branches are told apart. A name that
 * is parted otherwise ("Zhongguo gongren") is compared as one word.
 */
#include "text/name_key.h"
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "text/name_words.h"

#define COMMON_WEIGHT 2 /* of 5: of a common word's letters */
#define WEIGHT 5
#define ALIKE 75        /* percent from which two words may be one */
#define OTHER_WORD 75   /* at most, where each has a word of its own */
#define OTHER_NUMBER 60 /* at most, where numbers differ */
#define ONE_NUMBER 78   /* at most, where only one has a number */
#define WORDS_MOST 32   /* that are compared */
#define WORD_MOST 48    /* letters of one that are compared */
#define WORD_BASE 8     /* of its weight, and as much again for its letters */
#define PARTED_ALIKE 90 /* percent from which names without their blanks may be one */

struct parts {
    struct name_word words[WORDS_MOST];
    unsigned weights[WORDS_MOST];
    size_t count;
    unsigned weight;
};

static void split(const char *key, struct parts *out)
{
    *out = (struct parts){.count = 0};
    while (*key && out->count < WORDS_MOST) {
        const size_t len = strcspn(key, " ");
        const unsigned letters = WORD_BASE + (unsigned)(len > WORD_BASE ? WORD_BASE : len);
        const unsigned weight = letters * (name_words_is_common(key, len) ? COMMON_WEIGHT : WEIGHT);
        out->words[out->count] = (struct name_word){key, len};
        out->weights[out->count++] = weight;
        out->weight += weight;
        key += len + (key[len] == ' ');
    }
}

static bool is_number(const struct name_word *word)
{
    return isdigit((unsigned char)word->text[0]) != 0;
}

/* Levenshtein's distance, two rows of it. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[2][NAME_KEY_MOST + 1];
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *now = rows[i % 2];
        const size_t *before = rows[(i + 1) % 2];
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t least = before[j - 1] + (a[i - 1] != b[j - 1]);
            least = before[j] + 1 < least ? before[j] + 1 : least;
            least = now[j - 1] + 1 < least ? now[j - 1] + 1 : least;
            now[j] = least;
        }
    }
    return rows[a_len % 2][b_len];
}

static unsigned percent(const char *a, size_t a_len, const char *b, size_t b_len)
{
    const size_t most = a_len > b_len ? a_len : b_len;
    const size_t least = a_len > b_len ? b_len : a_len;
    if (most == 0 || least * 2 < most)
        return 0;
    return (unsigned)(100 - distance(a, a_len, b, b_len) * 100 / most);
}

static unsigned word_likeness(const struct name_word *a, const struct name_word *b)
{
    const size_t a_len = a->len > WORD_MOST ? WORD_MOST : a->len;
    const size_t b_len = b->len > WORD_MOST ? WORD_MOST : b->len;
    if (a->len == b->len && memcmp(a->text, b->text, a->len) == 0)
        return 100;
    if (is_number(a) || is_number(b))
        return 0;
    /* A letter that differs counts twice: in a name it says more than one that is the same. */
    const unsigned alike = percent(a->text, a_len, b->text, b_len);
    return alike < ALIKE ? 0 : 100 - 2 * (100 - alike);
}

/* One that was not taken, and is not what all are called. */
static bool has_own_word(const struct parts *parts, const bool *taken)
{
    for (size_t i = 0; i < parts->count; i++)
        if (!taken[i] && !name_words_is_common(parts->words[i].text, parts->words[i].len))
            return true;
    return false;
}

/* The best pairs, each word in one: the same words first, then the likest ones. */
static unsigned compare_words(const struct parts *a, const struct parts *b)
{
    bool a_taken[WORDS_MOST] = {false}, b_taken[WORDS_MOST] = {false};
    unsigned long sum = 0;
    if (a->weight + b->weight == 0)
        return 0;
    for (int same = 1; same >= 0; same--) {
        for (size_t i = 0; i < a->count; i++) {
            unsigned best = 0;
            size_t with = 0;
            for (size_t j = 0; j < b->count && !a_taken[i]; j++) {
                const unsigned alike = b_taken[j] ? 0 : word_likeness(&a->words[i], &b->words[j]);
                if (alike > best) {
                    best = alike;
                    with = j;
                }
            }
            if (best == 0 || (same && best < 100))
                continue;
            a_taken[i] = b_taken[with] = true;
            sum += (unsigned long)best * (a->weights[i] + b->weights[with]);
        }
    }
    const unsigned alike = (unsigned)(sum / (a->weight + b->weight));
    const bool are_others = has_own_word(a, a_taken) && has_own_word(b, b_taken);
    return are_others && alike > OTHER_WORD ? OTHER_WORD : alike;
}

static size_t without_blanks(const char *key, char *out)
{
    size_t len = 0;
    for (; *key && len < NAME_KEY_MOST; key++)
        if (*key != ' ')
            out[len++] = *key;
    return len;
}

static unsigned compare_parted(const char *a, const char *b)
{
    char x[NAME_KEY_MOST], y[NAME_KEY_MOST];
    const size_t x_len = without_blanks(a, x), y_len = without_blanks(b, y);
    const size_t most = x_len > y_len ? x_len : y_len, least = x_len > y_len ? y_len : x_len;
    if (least * 100 < most * PARTED_ALIKE)
        return 0;
    const unsigned alike = percent(x, x_len, y, y_len);
    return alike < PARTED_ALIKE ? 0 : alike;
}

/* Numbers of a that b has not. */
static bool has_other_number(const struct parts *a, const struct parts *b, bool *has_any)
{
    bool is_other = false;
    *has_any = false;
    for (size_t i = 0; i < a->count; i++) {
        bool is_there = false;
        if (!is_number(&a->words[i]))
            continue;
        *has_any = true;
        for (size_t j = 0; j < b->count; j++)
            is_there = is_there || word_likeness(&a->words[i], &b->words[j]) == 100;
        is_other = is_other || !is_there;
    }
    return is_other;
}

unsigned name_key_likeness(const char *a, const char *b)
{
    struct parts x, y;
    bool x_has, y_has;
    if (strcmp(a, b) == 0)
        return *a ? 100 : 0;
    split(a, &x);
    split(b, &y);
    unsigned alike = compare_words(&x, &y);
    if (alike < PARTED_ALIKE && x.count != y.count) {
        const unsigned parted = compare_parted(a, b);
        alike = parted > alike ? parted : alike;
    }
    const bool x_other = has_other_number(&x, &y, &x_has);
    const bool y_other = has_other_number(&y, &x, &y_has);
    if (x_other || y_other) {
        const unsigned most = x_has && y_has ? OTHER_NUMBER : ONE_NUMBER;
        alike = alike > most ? most : alike;
    }
    return alike > 99 ? 99 : alike;
}

unsigned name_keys_likeness(const struct name_keys *a, const struct name_keys *b)
{
    const unsigned likeness = name_key_likeness(a->key, b->key);
    if (likeness >= 99 || (!a->is_unspaced && !b->is_unspaced))
        return likeness;
    const unsigned also = name_key_likeness(a->joined && *a->joined ? a->joined : a->key,
                                            b->joined && *b->joined ? b->joined : b->key);
    return also <= likeness ? likeness : also > 99 ? 99 : also;
}
