/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "appeal/judge_others.h"
#include "base/mem.h"
#include "text/name_key.h"
#include <stdlib.h>
#include <string.h>

#define SAME_MOST 12    /* of one state, with the same name or domain */
#define NEIGHBOURS 48   /* on each side */
#define WORDS_MOST 5    /* of the name that are looked up */
#define WORD_LEAST 4    /* bytes */
#define WORD_ROWS 40    /* of each */
#define ALIASES_MOST 24 /* other names in the register that are looked up */
#define ALIAS_ROWS 500  /* of one state, of each, of whatever appeal */
#define CANDIDATES_MOST 700

struct candidates {
    struct judge_other items[CANDIDATES_MOST];
    size_t count;
    const struct signature *signature;
    const struct judge_own *own;
};

enum { BY_NAME = 0, BY_MAILBOX = 1, BY_DOMAIN = 2, BY_REGISTER = 3 };

static void other_clear(struct judge_other *other)
{
    free(other->id);
    free(other->slug);
    free(other->organisation);
    free(other->country);
}

static struct judge_other *find(struct candidates *candidates, int64_t row)
{
    for (size_t i = 0; i < candidates->count; i++)
        if (candidates->items[i].row == row)
            return &candidates->items[i];
    return NULL;
}

static unsigned likeness(const struct judge_own *own, const struct name_keys *other)
{
    const struct name_keys name = {own->name_key, own->name_joined, own->is_unspaced};
    const struct name_keys latin = {own->latin_key, own->latin_joined, false};
    if (!other->key || !*other->key)
        return 0;
    const unsigned of_name = *name.key ? name_keys_likeness(&name, other) : 0;
    const unsigned of_latin = *latin.key ? name_keys_likeness(&latin, other) : 0;
    const unsigned most = of_name > of_latin ? of_name : of_latin;
    return most >= NAME_KEY_NEAR ? most : 0;
}

/* Takes the row that the query stands on, where it is another's and has to do with this one. */
static void take(struct candidates *candidates, struct query *query, int by)
{
    int64_t row = query_int(query, 0);
    struct judge_other *other = find(candidates, row);
    if (row == candidates->signature->row)
        return;
    if (!other) {
        enum signature_state state;
        const struct name_keys keys = {query_text(query, 8), query_text(query, 9),
                                       name_key_is_unspaced(query_text(query, 4))};
        unsigned alike = likeness(candidates->own, &keys);
        if ((by == BY_NAME && alike == 0) || candidates->count == CANDIDATES_MOST ||
            !signature_state_from_name(query_text(query, 6), &state))
            return;
        other = &candidates->items[candidates->count++];
        *other = (struct judge_other){
            .row = row,
            .id = mem_string(query_text(query, 1)),
            .appeal = query_int(query, 2),
            .slug = mem_string(query_text(query, 3)),
            .organisation = mem_string(query_text(query, 4)),
            .country = mem_string(query_text(query, 5)),
            .state = state,
            .signed_on = query_int(query, 7),
            .likeness = alike,
        };
    }
    other->has_mailbox |= by == BY_MAILBOX;
    other->has_domain |= by == BY_DOMAIN;
    other->is_registered_one |= by == BY_REGISTER;
}

static enum us_err take_all(struct candidates *candidates, struct query *query, int by)
{
    while (query_next(query))
        take(candidates, query, by);
    return query_end(query);
}

/* Each state by itself: a name that stands a thousand times must not hide that it was refused once.
 */
static enum us_err take_states(struct reader *reader, struct candidates *candidates,
                               enum statement statement, struct value key, int by)
{
    enum us_err err = US_OK;
    for (int state = 0; !err && state < SIGNATURE_STATE_COUNT; state++)
        if (state != SIGNATURE_WITHDRAWN || by == BY_NAME)
            err = take_all(candidates,
                           query_start(reader, statement,
                                       VALUES(key, value_text(signature_state_name(state)),
                                              value_int(SAME_MOST))),
                           by);
    return err;
}

static enum us_err take_names(struct reader *reader, struct candidates *candidates, const char *key)
{
    static const enum statement neighbours[] = {
        STATEMENT_JUDGE_BAD_BEFORE, STATEMENT_JUDGE_BAD_AFTER, STATEMENT_JUDGE_NAME_BEFORE,
        STATEMENT_JUDGE_NAME_AFTER};
    if (!*key)
        return US_OK;
    enum us_err err =
        take_states(reader, candidates, STATEMENT_JUDGE_SAME_NAME, value_text(key), BY_NAME);
    for (size_t i = 0; !err && i < sizeof neighbours / sizeof *neighbours; i++)
        err = take_all(
            candidates,
            query_start(reader, neighbours[i], VALUES(value_text(key), value_int(NEIGHBOURS))),
            BY_NAME);
    return err;
}

/* Those in Latin letters that a name without blanks may be of. */
static enum us_err take_joined(struct reader *reader, struct candidates *candidates,
                               const char *joined)
{
    static const enum statement neighbours[] = {STATEMENT_JUDGE_JOINED_BEFORE,
                                                STATEMENT_JUDGE_JOINED_AFTER};
    enum us_err err =
        take_states(reader, candidates, STATEMENT_JUDGE_SAME_JOINED, value_text(joined), BY_NAME);
    for (size_t i = 0; !err && i < sizeof neighbours / sizeof *neighbours; i++)
        err = take_all(
            candidates,
            query_start(reader, neighbours[i], VALUES(value_text(joined), value_int(NEIGHBOURS))),
            BY_NAME);
    return err;
}

/* A name that is written without blanks, and its romanisations, which are written with them
 * somewhere: their keys stand elsewhere, and meet joined. */
static enum us_err take_parted(struct reader *reader, struct candidates *candidates)
{
    const struct judge_own *own = candidates->own;
    enum us_err err = US_OK;
    if (own->is_unspaced)
        err = take_joined(reader, candidates, *own->name_joined ? own->name_joined : own->name_key);
    if (!err)
        err = take_names(reader, candidates, own->name_joined);
    if (!err && strcmp(own->latin_joined, own->name_joined) != 0)
        err = take_names(reader, candidates, own->latin_joined);
    return err;
}

/* The longest words are the rarest. */
static enum us_err take_words(struct reader *reader, struct candidates *candidates)
{
    const struct signature *s = candidates->signature;
    char *words = mem_string(candidates->own->search ? candidates->own->search : ""), *rest = NULL;
    const char *longest[WORDS_MOST] = {NULL};
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        const char *kept = strlen(word) >= WORD_LEAST ? word : NULL;
        for (size_t i = 0; kept && i < WORDS_MOST; i++) {
            if (longest[i] && strcmp(longest[i], kept) == 0)
                break;
            if (!longest[i] || strlen(kept) > strlen(longest[i])) {
                const char *shorter = longest[i];
                longest[i] = kept;
                kept = shorter;
            }
        }
    }
    enum us_err err = US_OK;
    for (size_t i = 0; !err && i < WORDS_MOST && longest[i]; i++)
        err = take_all(candidates,
                       query_start(reader, STATEMENT_JUDGE_WORD,
                                   VALUES(value_int(s->appeal), value_int(s->version),
                                          value_text(longest[i]), value_int(WORD_ROWS))),
                       BY_NAME);
    free(words);
    return err;
}

static enum us_err read_aliases(struct reader *reader, const struct judge_own *own,
                                const char *country, char *out[ALIASES_MOST], size_t *count)
{
    size_t n = 0;
    struct query *query = query_start(
        reader, STATEMENT_JUDGE_REGISTER_NAMES,
        VALUES(value_text(own->name_key), value_text(country), value_int(ALIASES_MOST)));
    while (n < ALIASES_MOST && query_next(query))
        out[n++] = mem_string(query_text(query, 0));
    *count = n;
    return query_end(query);
}

/* Who signed here by another name of the organisation in the register: the same that keep it from
 * being listed by itself. */
static enum us_err take_registered(struct reader *reader, struct candidates *candidates)
{
    const struct signature *s = candidates->signature;
    const char *country = s->country ? s->country : "";
    char *aliases[ALIASES_MOST];
    size_t count;
    enum us_err err = read_aliases(reader, candidates->own, country, aliases, &count);
    for (size_t i = 0; i < count; i++) {
        for (int state = 0; !err && state < SIGNATURE_STATE_COUNT; state++)
            if (state != SIGNATURE_WITHDRAWN)
                err = take_all(candidates,
                               query_start(reader, STATEMENT_JUDGE_REGISTER_NAME,
                                           VALUES(value_text(aliases[i]),
                                                  value_text(signature_state_name(state)),
                                                  value_int(s->appeal), value_text(country),
                                                  value_int(ALIAS_ROWS), value_int(SAME_MOST))),
                               BY_REGISTER);
        free(aliases[i]);
    }
    return err;
}

static int weight(const struct judge_other *other, int64_t appeal)
{
    bool is_bad = other->state == SIGNATURE_REFUSED || other->state == SIGNATURE_STRUCK;
    return (is_bad ? 100000 : 0) +
           (other->likeness == 100 || other->is_registered_one ? 20000 : 0) +
           (other->has_mailbox ? 10000 : 0) + (other->state == SIGNATURE_WITHDRAWN ? 0 : 4000) +
           (int)other->likeness * 10 + (other->appeal == appeal ? 5 : 0) +
           (other->has_domain ? 3 : 0);
}

static int compare(const void *a, const void *b, void *arg)
{
    const struct judge_other *one = a, *other = b;
    const int64_t appeal = *(const int64_t *)arg;
    int difference = weight(other, appeal) - weight(one, appeal);
    if (difference == 0)
        difference = strcmp(one->id, other->id);
    return difference;
}

static void keep_first(struct candidates *candidates, struct judged *judged)
{
    int64_t appeal = candidates->signature->appeal;
    qsort_r(candidates->items, candidates->count, sizeof *candidates->items, compare, &appeal);
    for (size_t i = 0; i < candidates->count; i++) {
        if (judged->other_count < JUDGE_OTHERS_MOST)
            judged->others[judged->other_count++] = candidates->items[i];
        else
            other_clear(&candidates->items[i]);
    }
}

enum us_err judge_others(struct reader *reader, const struct signature *signature,
                         const struct judge_own *own, struct judged *judged)
{
    struct candidates *candidates = MEM_NEW(struct candidates);
    candidates->signature = signature;
    candidates->own = own;
    enum us_err err = US_OK;
    if (own->mailbox_hash)
        err = take_all(candidates,
                       query_start(reader, STATEMENT_JUDGE_SAME_MAILBOX,
                                   VALUES(value_int(signature->appeal),
                                          value_blob(own->mailbox_hash, own->mailbox_hash_len),
                                          value_int(SAME_MOST))),
                       BY_MAILBOX);
    if (!err && *own->name_key)
        err = take_registered(reader, candidates);
    /* Who else has a mailbox at a free provider is nobody's business. */
    if (!err && own->domain_hash && judged->domain_kind != DOMAIN_FREE)
        err = take_states(reader, candidates, STATEMENT_JUDGE_SAME_DOMAIN,
                          value_blob(own->domain_hash, own->domain_hash_len), BY_DOMAIN);
    if (!err)
        err = take_names(reader, candidates, own->name_key);
    if (!err && strcmp(own->name_key, own->latin_key) != 0)
        err = take_names(reader, candidates, own->latin_key);
    if (!err)
        err = take_parted(reader, candidates);
    if (!err)
        err = take_words(reader, candidates);
    keep_first(candidates, judged);
    free(candidates);
    return err;
}
