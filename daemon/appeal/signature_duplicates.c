/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Not every pair is compared, which would be thousands of millions of a hundred thousand names:
 * same keys meet by sorting, near ones where they share a country and the beginning of a word that
 * few names of that country have. A name that is written without blanks (Chinese) and a
 * romanisation of it meet where their keys without blanks stand side by side in the country's order
 * of these. Names that the register has for one organisation of the country meet by it.
 */
#include "config.h" /* qsort_r */

#include "appeal/signature_domain.h"
#include "appeal/signature_merge.h"
#include "appeal/signature_row.h"
#include "base/mem.h"
#include "text/name_key.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 1000
#define BEGINNING 5    /* letters */
#define SHARE_MOST 40  /* names that share a rare word, within a country */
#define GROUP_MOST 100 /* shown of one group */
#define COUNTRY_SIZE 3
#define SIDE_BY_SIDE 8 /* of the other kind that are looked at, on each side */

struct item {
    int64_t id;
    char *key;
    char *joined; /* NULL: the key, or none to look for */
    char country[COUNTRY_SIZE];
    bool is_unspaced;
    size_t parent; /* of its group: another item, or itself */
};

struct word { /* of an item's key */
    const char *text;
    size_t len; /* at most BEGINNING */
    size_t item;
};

struct search {
    struct item *items; /* by key, then country */
    size_t count, room;
    struct word *words;
    size_t word_count, word_room;
};

/* ---- reading ---- */

struct place {
    char country[8];
    uint8_t *collation;
    size_t len;
    int64_t id;
};

static void add_item(struct search *search, struct query *query)
{
    const char *key = query_text(query, 1), *country = query_text(query, 2);
    if (!*key)
        return;
    if (search->count == search->room) {
        search->room = search->room > 0 ? search->room * 2 : 1024;
        search->items = mem_resize(search->items, search->room, sizeof *search->items);
    }
    struct item *item = &search->items[search->count++];
    *item = (struct item){.id = query_int(query, 0),
                          .key = mem_string(key),
                          .is_unspaced = name_key_is_unspaced(query_text(query, 5))};
    if (*query_text(query, 4))
        item->joined = mem_string(query_text(query, 4));
    if (strlen(country) < COUNTRY_SIZE)
        memcpy(item->country, country, strlen(country) + 1);
}

static enum us_err read_page(struct reader *reader, int64_t appeal, struct search *search,
                             struct place *place, size_t *rows)
{
    struct query *query = query_start(
        reader, STATEMENT_DUPLICATES_PAGE,
        VALUES(value_int(appeal), value_text(place->country),
               value_blob(place->collation ? place->collation : (const uint8_t *)"", place->len),
               value_int(place->id), value_int(PAGE_ROWS)));
    *rows = 0;
    while (query_next(query)) {
        const char *country = query_text(query, 2);
        add_item(search, query);
        if (++*rows < PAGE_ROWS)
            continue;
        const void *collation = query_blob(query, 3, &place->len);
        place->collation = mem_resize(place->collation, place->len + 1, 1);
        memcpy(place->collation, collation, place->len);
        place->id = query_int(query, 0);
        place->country[0] = '\0';
        if (strlen(country) < sizeof place->country)
            memcpy(place->country, country, strlen(country) + 1);
    }
    return query_end(query);
}

static enum us_err read_items(struct reader *reader, int64_t appeal, struct search *search)
{
    struct place place = {.id = INT64_MIN};
    enum us_err err;
    size_t rows;
    do {
        err = read_page(reader, appeal, search, &place, &rows);
        if (!err)
            reader_refresh(reader);
    } while (!err && rows == PAGE_ROWS);
    free(place.collation);
    return err;
}

/* ---- grouping ---- */

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    if (order == 0)
        order = strcmp(x->country, y->country);
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

static size_t group_of(struct search *search, size_t i)
{
    while (search->items[i].parent != i) {
        search->items[i].parent = search->items[search->items[i].parent].parent;
        i = search->items[i].parent;
    }
    return i;
}

static void join(struct search *search, size_t a, size_t b)
{
    a = group_of(search, a);
    b = group_of(search, b);
    search->items[a > b ? a : b].parent = a > b ? b : a;
}

static void add_words(struct search *search, size_t item)
{
    for (const char *at = search->items[item].key; *at;) {
        const size_t len = strcspn(at, " ");
        if (search->word_count == search->word_room) {
            search->word_room = search->word_room > 0 ? search->word_room * 2 : 4096;
            search->words = mem_resize(search->words, search->word_room, sizeof *search->words);
        }
        search->words[search->word_count++] =
            (struct word){at, len > BEGINNING ? BEGINNING : len, item};
        at += len + (at[len] == ' ');
    }
}

/* Each spelling in a country once: the others are joined by their key. */
static void group_same(struct search *search)
{
    if (search->count > 1)
        qsort(search->items, search->count, sizeof *search->items, compare_items);
    for (size_t i = 0; i < search->count; i++) {
        const bool is_same = i > 0 && strcmp(search->items[i].key, search->items[i - 1].key) == 0;
        search->items[i].parent = i;
        if (is_same)
            join(search, i, i - 1);
        if (!is_same || strcmp(search->items[i].country, search->items[i - 1].country) != 0)
            add_words(search, i);
    }
}

static int compare_words(const void *a, const void *b, void *arg)
{
    const struct word *x = a, *y = b;
    const struct search *search = arg;
    int order = strcmp(search->items[x->item].country, search->items[y->item].country);
    if (order == 0)
        order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
    if (order == 0)
        order = (x->len > y->len) - (x->len < y->len);
    return order ? order : (x->item > y->item) - (x->item < y->item);
}

static bool is_one_word(const struct search *search, const struct word *a, const struct word *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0 &&
           strcmp(search->items[a->item].country, search->items[b->item].country) == 0;
}

static void join_near(struct search *search, const struct word *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            const size_t a = words[i].item, b = words[j].item;
            if (group_of(search, a) != group_of(search, b) &&
                name_key_likeness(search->items[a].key, search->items[b].key) >= NAME_KEY_NEAR)
                join(search, a, b);
        }
    }
}

static struct name_keys keys_of(const struct item *item)
{
    return (struct name_keys){item->key, item->joined, item->is_unspaced};
}

static const char *joined_of(const struct item *item)
{
    return item->joined ? item->joined : item->key;
}

static int compare_joined(const void *a, const void *b, void *arg)
{
    const struct search *search = arg;
    const struct item *x = &search->items[*(const size_t *)a];
    const struct item *y = &search->items[*(const size_t *)b];
    int order = strcmp(x->country, y->country);
    if (order == 0)
        order = strcmp(joined_of(x), joined_of(y));
    return order ? order : (x > y) - (x < y);
}

/* One with those on one side: the nearest of the other kind. */
static void join_side(struct search *search, const size_t *order, size_t count)
{
    const struct item *one = &search->items[order[0]];
    const struct name_keys own = keys_of(one);
    for (size_t i = 1; i <= SIDE_BY_SIDE && i < count; i++) {
        const struct item *other = &search->items[order[i]];
        const struct name_keys keys = keys_of(other);
        if (strcmp(one->country, other->country) != 0)
            return;
        if (one->is_unspaced != other->is_unspaced &&
            group_of(search, order[0]) != group_of(search, order[i]) &&
            name_keys_likeness(&own, &keys) >= NAME_KEY_NEAR)
            join(search, order[0], order[i]);
    }
}

/* Each spelling in a country once; where no name is without blanks, there is nothing to look for.
 */
static enum us_err group_parted(struct reader *reader, struct search *search)
{
    size_t *order = mem_resize(NULL, search->count + 1, sizeof *order);
    size_t count = 0;
    enum us_err err = US_OK;
    bool has_any = false;
    for (size_t i = 0; i < search->count; i++) {
        const struct item *item = &search->items[i], *last = i > 0 ? item - 1 : NULL;
        const bool is_same = last && strcmp(item->key, last->key) == 0 &&
                             strcmp(item->country, last->country) == 0 &&
                             item->is_unspaced == last->is_unspaced &&
                             strcmp(joined_of(item), joined_of(last)) == 0;
        has_any |= item->is_unspaced;
        if (!is_same)
            order[count++] = i;
    }
    if (has_any)
        qsort_r(order, count, sizeof *order, compare_joined, search);
    for (size_t i = 0; has_any && !err && i < count; i++) {
        join_side(search, order + i, count - i);
        if (i % PAGE_ROWS == 0 && !reader_goes_on(reader))
            err = US_CANCELLED;
    }
    free(order);
    return err;
}

/* Comparing takes seconds of a million names. */
static enum us_err group_near(struct reader *reader, struct search *search)
{
    if (search->word_count > 1)
        qsort_r(search->words, search->word_count, sizeof *search->words, compare_words, search);
    for (size_t from = 0, to; from < search->word_count; from = to) {
        if (!reader_goes_on(reader))
            return US_CANCELLED;
        to = from + 1;
        while (to < search->word_count &&
               is_one_word(search, &search->words[from], &search->words[to]))
            to++;
        if (to - from > 1 && to - from <= SHARE_MOST)
            join_near(search, search->words + from, to - from);
    }
    return US_OK;
}

/* ---- what the register knows as one ---- */

static const struct item *find_item(const struct search *search, const char *key,
                                    const char *country)
{
    size_t from = 0, to = search->count;
    while (from < to) {
        const size_t at = from + (to - from) / 2;
        const struct item *item = &search->items[at];
        int order = strcmp(item->key, key);
        if (order == 0)
            order = strcmp(item->country, country);
        if (order < 0)
            from = at + 1;
        else
            to = at;
    }
    const struct item *item = from < search->count ? &search->items[from] : NULL;
    return item && strcmp(item->key, key) == 0 && strcmp(item->country, country) == 0 ? item : NULL;
}

struct known {
    int64_t organisation;
    char key[NAME_KEY_MOST + 1];
    const struct item *item; /* of another of its names; NULL: none yet */
};

/* The same key is one group already, so one of its items is enough. */
static void join_known(struct search *search, const char *country, struct known *known)
{
    const struct item *item = find_item(search, known->key, country);
    if (!item)
        item = find_item(search, known->key, "");
    if (item && known->item)
        join(search, (size_t)(item - search->items), (size_t)(known->item - search->items));
    if (item)
        known->item = item;
}

static enum us_err read_known(struct reader *reader, struct search *search, struct known *known,
                              size_t *rows)
{
    struct query *query = query_start(
        reader, STATEMENT_REGISTER_NAME_PAGE,
        VALUES(value_int(known->organisation), value_text(known->key), value_int(PAGE_ROWS)));
    *rows = 0;
    while (query_next(query)) {
        const char *key = query_text(query, 1);
        const int64_t organisation = query_int(query, 0);
        if (organisation != known->organisation)
            known->item = NULL;
        known->organisation = organisation;
        (void)snprintf(known->key, sizeof known->key, "%s", key);
        join_known(search, query_text(query, 2), known);
        ++*rows;
    }
    return query_end(query);
}

/* Two names of which nobody else can tell that they are one organisation's. */
static enum us_err group_known(struct reader *reader, struct search *search)
{
    struct known known = {.organisation = INT64_MIN};
    enum us_err err;
    size_t rows;
    do {
        err = read_known(reader, search, &known, &rows);
        if (!err && !reader_goes_on(reader))
            err = US_CANCELLED;
        if (!err)
            reader_refresh(reader);
    } while (!err && rows == PAGE_ROWS);
    return err;
}

/* ---- telling ---- */

static int compare_parents(const void *a, const void *b, void *arg)
{
    const size_t *x = a, *y = b;
    struct search *search = arg;
    const size_t p = group_of(search, *x), q = group_of(search, *y);
    return p != q ? (p > q) - (p < q) : (*x > *y) - (*x < *y);
}

struct member {
    struct signature_row row;
    char *domain;
    struct name_keys keys;
};

static int compare_members(const void *a, const void *b)
{
    const struct signature *x = &((const struct member *)a)->row.signature;
    const struct signature *y = &((const struct member *)b)->row.signature;
    const int listed = (y->state == SIGNATURE_LISTED) - (x->state == SIGNATURE_LISTED);
    return listed ? listed : (x->signed_on > y->signed_on) - (x->signed_on < y->signed_on);
}

struct telling {
    struct reader *reader;
    struct site *site;
    signature_duplicate_callback *on_duplicate;
    void *arg;
    int64_t groups;
    bool goes_on;
};

static enum us_err read_members(struct telling *telling, const struct search *search,
                                const size_t *order, size_t count, struct member *members,
                                size_t *found)
{
    enum us_err err = US_OK;
    for (size_t i = 0; !err && i < count && *found < GROUP_MOST; i++) {
        struct member *member = &members[*found];
        const int64_t id = search->items[order[i]].id;
        err = signature_row_find(telling->reader, id, &member->row);
        if (err == US_NOT_FOUND) {
            err = US_OK; /* withdrawn and gone meanwhile */
            continue;
        }
        if (err)
            break;
        member->keys = keys_of(&search->items[order[i]]);
        (*found)++;
        err = signature_domain_read(telling->reader, telling->site, id, &member->domain);
    }
    return err;
}

static enum us_err tell_group(struct telling *telling, const struct search *search,
                              const size_t *order, size_t count)
{
    struct member *members = mem_zero(GROUP_MOST * sizeof *members);
    size_t found = 0;
    enum us_err err = read_members(telling, search, order, count, members, &found);
    if (!err && found > 1) {
        qsort(members, found, sizeof *members, compare_members);
        telling->groups++;
    }
    for (size_t i = 0; !err && found > 1 && telling->goes_on && i < found; i++)
        telling->goes_on = telling->on_duplicate(
            &(struct signature_duplicate){
                .group = telling->groups,
                .likeness = name_keys_likeness(&members[0].keys, &members[i].keys),
                .signature = &members[i].row.signature,
                .domain = members[i].domain,
            },
            telling->arg);
    for (size_t i = 0; i < found; i++) {
        signature_row_clear(&members[i].row);
        free(members[i].domain);
    }
    free(members);
    return err;
}

static enum us_err tell_groups(struct telling *telling, struct search *search)
{
    size_t *order = mem_resize(NULL, search->count + 1, sizeof *order);
    enum us_err err = US_OK;
    for (size_t i = 0; i < search->count; i++)
        order[i] = i;
    if (search->count > 1)
        qsort_r(order, search->count, sizeof *order, compare_parents, search);
    reader_refresh(telling->reader); /* comparing took its time */
    for (size_t from = 0, to; !err && telling->goes_on && from < search->count; from = to) {
        to = from + 1;
        while (to < search->count && group_of(search, order[to]) == group_of(search, order[from]))
            to++;
        if (to - from > 1) {
            err = tell_group(telling, search, order + from, to - from);
            reader_refresh(telling->reader);
        }
    }
    free(order);
    return err;
}

enum us_err signature_duplicates(struct reader *reader, struct site *site, int64_t appeal,
                                 signature_duplicate_callback *on_duplicate, void *arg)
{
    struct search search = {.count = 0};
    struct telling telling = {
        .reader = reader, .site = site, .on_duplicate = on_duplicate, .arg = arg, .goes_on = true};
    enum us_err err = read_items(reader, appeal, &search);
    if (!err) {
        group_same(&search);
        err = group_near(reader, &search);
    }
    if (!err)
        err = group_parted(reader, &search);
    if (!err)
        err = group_known(reader, &search);
    if (!err)
        err = tell_groups(&telling, &search);
    for (size_t i = 0; i < search.count; i++) {
        free(search.items[i].key);
        free(search.items[i].joined);
    }
    free(search.items);
    free(search.words);
    return err;
}
