/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Each word gives the rows it is found by, out of an index; what all of them share is the answer.
 * A short answer is put in order by looking its keys up. For a long one the order is walked until a
 * page is full; where that takes too long the page ends early, and the next one goes on from there.
 * Every list has a bound, so the most that anybody can make this cost is known.
 */
#include "appeal/listing_page.h"
#include "base/mem.h"
#include "text/search_words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUERY_WORDS_MOST 8
#define ROWS_MOST 120000 /* of all words together */
#define SORTED_MOST 1500
#define WALKED_MOST 150000
#define PAGE_MOST 1001

static size_t or_usual(size_t most, size_t usual)
{
    return most ? most : usual;
}

struct rows {
    int64_t *rows; /* ascending, each once */
    size_t count, cap;
};

static int compare_rows(const void *a, const void *b)
{
    const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

static void rows_add(struct rows *rows, int64_t row)
{
    if (rows->count == rows->cap) {
        rows->cap = rows->cap ? 2 * rows->cap : 256;
        rows->rows = mem_resize(rows->rows, rows->cap, sizeof *rows->rows);
    }
    rows->rows[rows->count++] = row;
}

static bool rows_has(const struct rows *rows, int64_t row)
{
    return rows->count > 0 &&
           bsearch(&row, rows->rows, rows->count, sizeof row, compare_rows) != NULL;
}

/* Behind every word that begins with `word`. */
#define PAST_ALL "\xf4\x8f\xbf\xbf"

/* At most `budget` rows, and one more where there are more. */
static enum us_err read_word(struct reader *reader, const struct listing_search *search,
                             const char *word, size_t budget, struct rows *out)
{
    char past[SEARCH_WORD_SIZE + sizeof PAST_ALL];
    bool is_sorted = true;
    snprintf(past, sizeof past, "%s%s", word, PAST_ALL);
    struct query *query =
        query_start(reader, STATEMENT_LISTING_FOUND,
                    VALUES(value_int(search->appeal), value_int(search->version), value_text(word),
                           value_text(past), value_int((int64_t)budget + 1)));
    while (query_next(query)) {
        int64_t row = query_int(query, 0);
        is_sorted = is_sorted && (out->count == 0 || out->rows[out->count - 1] < row);
        rows_add(out, row);
    }
    if (!is_sorted) {
        size_t kept = 0;
        qsort(out->rows, out->count, sizeof *out->rows, compare_rows);
        for (size_t i = 0; i < out->count; i++) {
            if (i == 0 || out->rows[i] != out->rows[kept - 1])
                out->rows[kept++] = out->rows[i];
        }
        out->count = kept;
    }
    return query_end(query);
}

static void keep_shared(struct rows *rows, const struct rows *others)
{
    size_t kept = 0, other = 0;
    for (size_t i = 0; i < rows->count; i++) {
        while (other < others->count && others->rows[other] < rows->rows[i])
            other++;
        if (other < others->count && others->rows[other] == rows->rows[i])
            rows->rows[kept++] = rows->rows[i];
    }
    rows->count = kept;
}

/* The rows that every word finds. */
static enum us_err find_rows(struct reader *reader, const struct listing_search *search,
                             const struct search_words *words, struct rows *out,
                             struct listing_found *found)
{
    size_t budget = or_usual(search->rows_most, ROWS_MOST);
    for (size_t i = 0; i < words->count && !found->is_too_many; i++) {
        struct rows rows = {0};
        enum us_err err = read_word(reader, search, words->words[i], budget, &rows);
        found->is_too_many = rows.count > budget;
        budget -= rows.count < budget ? rows.count : budget;
        if (i == 0) {
            *out = rows;
        } else {
            keep_shared(out, &rows);
            free(rows.rows);
        }
        if (err != US_OK || out->count == 0)
            return err;
    }
    return US_OK;
}

static int compare_keys(const void *a, const void *b)
{
    return listing_key_compare(a, b);
}

struct page {
    int64_t *rows; /* at most a page */
    size_t count;
    /* The rows that the pages before and behind begin behind; previous 0: that one is the first. */
    bool has_previous, has_next;
    int64_t previous, next;
};

static enum us_err read_keys(struct reader *reader, const struct rows *rows,
                             struct listing_key *keys, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        struct query *query =
            query_start(reader, STATEMENT_LISTING_KEY, VALUES(value_int(rows->rows[i])));
        if (query_next(query))
            listing_key_read(query, &keys[(*count)++]);
        enum us_err err = query_end(query);
        if (err != US_OK)
            return err;
    }
    return US_OK;
}

static enum us_err take_sorted(struct reader *reader, const struct rows *rows, size_t most,
                               const struct listing_key *after, struct page *out)
{
    size_t count, from = 0;
    struct listing_key *keys = mem_resize(NULL, rows->count + 1, sizeof *keys);
    enum us_err err = read_keys(reader, rows, keys, &count);
    if (err == US_OK) {
        qsort(keys, count, sizeof *keys, compare_keys);
        while (after && from < count && listing_key_compare(&keys[from], after) <= 0)
            from++;
        out->has_previous = from > 0;
        out->previous = from > most ? keys[from - most - 1].signature : 0;
        for (size_t i = from; i < count && out->count < most; i++)
            out->rows[out->count++] = keys[i].signature;
        out->has_next = from + out->count < count;
        out->next = out->has_next ? keys[from + out->count - 1].signature : 0;
    }
    free(keys);
    return err;
}

struct walk {
    struct listing_key from;
    bool is_back;
    int64_t *out; /* those found, in the order of the walk */
    size_t count;
    int64_t end; /* the row that it was broken off at; 0: it came to the end of the list */
};

/* From a place on, or back from it: at most `most` and one more of `rows`. */
static enum us_err walk_rows(struct reader *reader, const struct listing_search *search,
                             const struct rows *rows, struct walk *walk)
{
    size_t walked = 0, most = or_usual(search->walked_most, WALKED_MOST);
    int64_t row = 0;
    walk->count = 0;
    struct query *query = query_start(
        reader, walk->is_back ? STATEMENT_LISTING_PAGE_ALL_BACK : STATEMENT_LISTING_PAGE_ALL,
        VALUES(value_int(search->appeal), value_int(search->version), value_text(walk->from.term),
               value_blob(walk->from.collation, walk->from.len), value_int(walk->from.signature),
               value_int((int64_t)most)));
    while (walk->count <= search->most && query_next(query)) {
        walked++;
        row = query_int(query, 2);
        if (rows_has(rows, row))
            walk->out[walk->count++] = row;
    }
    walk->end = walked == most ? row : 0;
    return query_end(query);
}

static void end_walk(const struct walk *walk, size_t most, bool *has_more, int64_t *place)
{
    *has_more = walk->count > most || walk->end != 0;
    *place = walk->count > most ? walk->out[walk->is_back ? most : most - 1] : walk->end;
}

static enum us_err take_walking(struct reader *reader, const struct listing_search *search,
                                const struct rows *rows, const struct listing_key *after,
                                struct page *out)
{
    struct walk walk = {.from = {.signature = INT64_MIN}, .out = out->rows};
    if (after) {
        /* `after` itself is on the page before, if it is one of them. */
        walk.from = *after;
        walk.from.signature++;
        walk.is_back = true;
        enum us_err err = walk_rows(reader, search, rows, &walk);
        if (err != US_OK)
            return err;
        end_walk(&walk, search->most, &out->has_previous, &out->previous);
        out->has_previous = out->has_previous || walk.count > 0;
        walk.from = *after;
        walk.is_back = false;
    }
    enum us_err err = walk_rows(reader, search, rows, &walk);
    end_walk(&walk, search->most, &out->has_next, &out->next);
    out->count = walk.count < search->most ? walk.count : search->most;
    return err;
}

static enum us_err give_page(struct reader *reader, const struct page *page,
                             signature_callback *on_signature, void *arg, struct listing_turn *turn)
{
    enum us_err err = US_OK;
    bool goes_on = true;
    turn->has_previous = page->has_previous;
    turn->has_next = page->has_next;
    if (page->previous != 0)
        err = listing_find_id(reader, page->previous, turn->previous);
    if (err == US_OK && page->next != 0)
        err = listing_find_id(reader, page->next, turn->next);
    for (size_t i = 0; err == US_OK && goes_on && i < page->count; i++)
        err = listing_give(reader, page->rows[i], on_signature, arg, &goes_on);
    return err;
}

enum us_err listing_search(struct reader *reader, const struct listing_search *search,
                           signature_callback *on_signature, void *arg, struct listing_found *found)
{
    struct search_words words;
    struct listing_key after;
    struct rows rows = {0};
    *found = (struct listing_found){0};
    if (strlen(search->text) > LISTING_SEARCH_MOST || search->most == 0 ||
        search->most >= PAGE_MOST)
        return US_INVALID;
    search_words_query(search->text, &words);
    if (words.count > QUERY_WORDS_MOST)
        words.count = QUERY_WORDS_MOST;
    found->has_no_words = words.count == 0;
    const struct listing_filter all = {search->appeal, search->version, LISTING_ALL, NULL};
    enum us_err err = US_OK;
    if (search->after)
        err = listing_find_key(reader, &all, search->after, &after);
    if (err == US_OK)
        err = find_rows(reader, search, &words, &rows, found);
    if (err == US_OK && !found->is_too_many && rows.count > 0) {
        const struct listing_key *from = search->after ? &after : NULL;
        struct page page = {.rows = mem_resize(NULL, search->most + 1, sizeof *page.rows)};
        found->count = (int64_t)rows.count;
        err = rows.count <= or_usual(search->sorted_most, SORTED_MOST)
                  ? take_sorted(reader, &rows, search->most, from, &page)
                  : take_walking(reader, search, &rows, from, &page);
        if (err == US_OK)
            err = give_page(reader, &page, on_signature, arg, &found->turn);
        free(page.rows);
    }
    free(rows.rows);
    return err;
}
