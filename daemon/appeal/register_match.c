/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Finding by likeness. Those with the same key are found by it; near ones share the beginning of a
 * word with what is asked for. Words that few names have are looked at first, and those that half
 * of all unions have not at all, unless there is nothing else: so a bounded number of organisations
 * is compared, however many there are. Chinese is written without the blanks that its romanisations
 * have somewhere: where one of two names is, they are compared without blanks as well.
 */
#include "appeal/register.h"
#include "base/mem.h"
#include "text/name_key.h"
#include <stdlib.h>
#include <string.h>

#define MOST 10             /* found, where the question does not say */
#define FOUND_MOST 100      /* whatever it says */
#define SAME_MOST 100       /* with the same key */
#define BEGINNING 4         /* letters that a near word begins with */
#define WORDS_MOST 16       /* of the question that are looked for */
#define WORD_HITS_MOST 1500 /* a word that more names have is a common one */
#define COMPARED_MOST 4000

struct word {
    char first[NAME_KEY_MOST + 2], behind[NAME_KEY_MOST + 2]; /* from, and up to before */
    int64_t hits;
};

struct found {
    int64_t id;
    unsigned likeness;
    char *met, *place; /* place: among those that are as like */
};

struct match {
    struct reader *reader;
    const struct register_question *question;
    char *key, *joined; /* joined: without blanks */
    bool is_unspaced;   /* asked for in a script without blanks */
    unsigned least;
    size_t most;
    struct found found[FOUND_MOST]; /* the likest first */
    size_t count;
    int64_t *ids; /* to be compared */
    size_t id_count;
};

/* ---- candidates ---- */

static enum us_err add_same(struct match *match)
{
    struct query *query = query_start(
        match->reader, STATEMENT_REGISTER_BY_KEY,
        VALUES(value_text(match->key), value_text(match->question->country), value_int(SAME_MOST)));
    while (query_next(query) && match->id_count < COMPARED_MOST)
        match->ids[match->id_count++] = query_int(query, 0);
    return query_end(query);
}

/* Up to the next word that does not begin so; a short word alone. Keys are a-z and 0-9. */
static void set_range(struct word *word, const char *text, size_t len)
{
    if (len > BEGINNING)
        len = BEGINNING;
    memcpy(word->first, text, len);
    word->first[len] = '\0';
    memcpy(word->behind, text, len + 1);
    word->behind[len] = '\0';
    if (len < BEGINNING)
        memcpy(word->behind + len, " ", 2);
    else
        word->behind[len - 1]++;
}

static enum us_err count_word(struct match *match, struct word *word)
{
    struct query *query = query_start(
        match->reader, STATEMENT_REGISTER_WORD_COUNT,
        VALUES(value_text(word->first), value_text(word->behind), value_int(WORD_HITS_MOST + 1)));
    if (query_next(query))
        word->hits = query_int(query, 0);
    return query_end(query);
}

static int compare_words(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    return (x->hits > y->hits) - (x->hits < y->hits);
}

static enum us_err add_word(struct match *match, const char *text, size_t len, struct word *words,
                            size_t *count)
{
    set_range(&words[*count], text, len);
    for (size_t i = 0; i < *count; i++)
        if (strcmp(words[i].first, words[*count].first) == 0 &&
            strcmp(words[i].behind, words[*count].behind) == 0)
            return US_OK;
    return count_word(match, &words[(*count)++]);
}

/* What a name in another script can begin with: the whole without blanks, or a short syllable. */
static enum us_err add_joined(struct match *match, struct word *words, size_t *count)
{
    const size_t len = strcspn(match->joined, " ");
    enum us_err err = add_word(match, match->joined, len, words, count);
    for (size_t part = 2; !err && match->is_unspaced && part < BEGINNING && part < len; part++)
        err = add_word(match, match->joined, part, words, count);
    return err;
}

static enum us_err read_words(struct match *match, struct word *words, size_t *count)
{
    *count = 0;
    enum us_err err = add_joined(match, words, count);
    for (const char *at = match->key; !err && *at && *count < WORDS_MOST;) {
        const size_t len = strcspn(at, " ");
        err = add_word(match, at, len, words, count);
        at += len + (at[len] == ' ');
    }
    qsort(words, *count, sizeof *words, compare_words);
    return err;
}

static enum us_err add_by_word(struct match *match, const struct word *word)
{
    struct query *query =
        query_start(match->reader, STATEMENT_REGISTER_BY_WORD,
                    VALUES(value_text(word->first), value_text(word->behind),
                           value_text(match->question->country),
                           value_int((int64_t)(COMPARED_MOST - match->id_count))));
    while (query_next(query) && match->id_count < COMPARED_MOST)
        match->ids[match->id_count++] = query_int(query, 0);
    return query_end(query);
}

static enum us_err add_near(struct match *match)
{
    struct word *words = mem_resize(NULL, WORDS_MOST, sizeof *words);
    size_t count;
    enum us_err err = read_words(match, words, &count);
    bool is_any = false;
    for (size_t i = 0; !err && i < count && match->id_count < COMPARED_MOST; i++) {
        if (words[i].hits == 0 || (words[i].hits > WORD_HITS_MOST && is_any))
            continue;
        is_any = true;
        err = add_by_word(match, &words[i]);
    }
    free(words);
    return err;
}

/* ---- comparing ---- */

static bool is_before(const struct found *a, const struct found *b)
{
    return a->likeness != b->likeness ? a->likeness > b->likeness : strcmp(a->place, b->place) < 0;
}

static void clear_found(struct found *found)
{
    free(found->met);
    free(found->place);
}

/* Takes what is found. */
static void keep(struct match *match, struct found *found)
{
    size_t at = match->count;
    while (at > 0 && is_before(found, &match->found[at - 1]))
        at--;
    if (at == match->most) {
        clear_found(found);
        return;
    }
    if (match->count == match->most)
        clear_found(&match->found[--match->count]);
    memmove(&match->found[at + 1], &match->found[at], (match->count - at) * sizeof *match->found);
    match->found[at] = *found;
    match->count++;
}

/* Without blanks two names are near at most: policy=register asks for the same key. */
static unsigned tell_likeness(const struct match *match, const char *key, const char *name)
{
    const unsigned likeness = name_key_likeness(match->key, key);
    const size_t a = strlen(match->key), b = strlen(key);
    if (likeness >= 99 || a > 2 * b || b > 2 * a ||
        !(match->is_unspaced || name_key_is_unspaced(name)))
        return likeness;
    char *joined = name_key_make_joined(name);
    unsigned also = name_key_likeness(match->joined, joined);
    free(joined);
    also = also > 99 ? 99 : also;
    return also > likeness ? also : likeness;
}

static enum us_err compare(struct match *match, int64_t id)
{
    struct found best = {.id = id};
    struct query *query =
        query_start(match->reader, STATEMENT_REGISTER_NAMES, VALUES(value_int(id)));
    while (query_next(query)) {
        const unsigned likeness = tell_likeness(match, query_text(query, 0), query_text(query, 1));
        if (likeness <= best.likeness)
            continue;
        clear_found(&best);
        best = (struct found){id, likeness, mem_string(query_text(query, 1)),
                              mem_format("%s|%s|%s", query_text(query, 1), query_text(query, 2),
                                         query_text(query, 3))};
    }
    if (best.likeness >= match->least && best.met)
        keep(match, &best);
    else
        clear_found(&best);
    return query_end(query);
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static enum us_err compare_all(struct match *match)
{
    enum us_err err = US_OK;
    if (match->id_count > 1)
        qsort(match->ids, match->id_count, sizeof *match->ids, compare_ids);
    for (size_t i = 0; !err && i < match->id_count; i++)
        if (i == 0 || match->ids[i] != match->ids[i - 1])
            err = compare(match, match->ids[i]);
    return err;
}

/* ---- what is told ---- */

static bool has_word(const char *words, const char *word)
{
    const size_t len = strlen(word);
    for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strncmp(at, word, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

static enum us_err tell(struct match *match, const struct found *found, register_callback *on_entry,
                        void *arg, bool *goes_on)
{
    const char *domain = match->question->domain;
    struct query *query =
        query_start(match->reader, STATEMENT_REGISTER_ENTRY, VALUES(value_int(found->id)));
    if (query_next(query)) {
        const struct register_entry entry = {
            .source = query_text(query, 0),
            .name = query_text(query, 1),
            .country = query_text(query, 2),
            .affiliation = query_text(query, 3),
            .aliases = query_text(query, 4),
            .domains = query_text(query, 5),
            .met = found->met,
            .likeness = found->likeness,
            .has_domain = domain && has_word(query_text(query, 5), domain),
        };
        *goes_on = on_entry(&entry, arg);
    }
    return query_end(query);
}

enum us_err register_match(struct reader *reader, const struct register_question *question,
                           register_callback *on_entry, void *arg)
{
    const size_t most = question->most > 0 ? question->most : MOST;
    struct match *match = MEM_NEW(struct match);
    enum us_err err = US_OK;
    bool goes_on = true;
    match->reader = reader;
    match->question = question;
    match->key = name_key_make(question->name);
    match->joined = name_key_make_joined(question->name);
    match->is_unspaced = name_key_is_unspaced(question->name);
    match->least = question->least > 0 ? question->least : NAME_KEY_NEAR;
    match->most = most > FOUND_MOST ? FOUND_MOST : most;
    match->ids = mem_resize(NULL, COMPARED_MOST, sizeof *match->ids);
    if (*match->key) {
        err = add_same(match);
        if (!err && match->least < 100)
            err = add_near(match);
        if (!err)
            err = compare_all(match);
    }
    for (size_t i = 0; !err && goes_on && i < match->count; i++)
        err = tell(match, &match->found[i], on_entry, arg, &goes_on);
    for (size_t i = 0; i < match->count; i++)
        clear_found(&match->found[i]);
    free(match->ids);
    free(match->key);
    free(match->joined);
    free(match);
    return err;
}
