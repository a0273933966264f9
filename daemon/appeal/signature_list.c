/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reading signatures in order. A page of rows is copied, the read transaction renewed, and only
 * then does anybody look at them: a slow peer at the other end of an export holds up no checkpoint.
 * The next page begins behind the last key, so rows that come or go meanwhile are neither shown
 * twice nor make others be left out.
 */
#include "appeal/signature_row.h"
#include "base/log.h"
#include "base/mem.h"
#include "text/locale.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS 256
#define APPEALS_MOST 100000

struct page {
    struct signature_row rows[PAGE_ROWS];
    size_t count; /* of those copied */
    bool is_last; /* there were fewer than a page */
};

/* Where the next page begins: behind this key. */
struct place {
    char country[8];
    uint8_t *collation;
    size_t collation_len, collation_cap;
    int64_t day, id;
};

static void page_clear(struct page *page)
{
    for (size_t i = 0; i < page->count; i++)
        signature_row_clear(&page->rows[i]);
    page->count = 0;
}

/* Takes a started query's rows, and ends it. A row with a flipped bit in a word must not take the
 * whole page down: it is left out, loudly; signature_check() tells more. The place moves on over
 * it all the same. */
static enum us_err page_fill(struct query *query, struct page *page, struct place *place)
{
    size_t seen = 0;
    page->count = 0;
    while (query_next(query)) {
        seen++;
        size_t len;
        const void *collation = query_blob(query, SIGNATURE_ROW_COLLATION, &len);
        const char *country = query_text(query, 10);
        if (place->collation_cap < len) {
            place->collation = mem_resize(place->collation, len, 1);
            place->collation_cap = len;
        }
        if (len > 0)
            memcpy(place->collation, collation, len);
        place->collation_len = len;
        place->id = query_int(query, 0);
        place->day = query_int(query, 17);
        place->country[0] = '\0';
        if (country && strlen(country) < sizeof place->country)
            memcpy(place->country, country, strlen(country) + 1);
        if (signature_row_read(query, &page->rows[page->count]) == US_OK)
            page->count++;
        else
            log_error("store: a signature's row is damaged: run `undersign check`");
    }
    page->is_last = seen < PAGE_ROWS;
    enum us_err err = query_end(query);
    if (err)
        page_clear(page);
    return err;
}

/* Hands out what a page holds; false when the callback wants no more. */
static bool page_give(struct page *page, signature_callback *on_signature, void *arg)
{
    bool goes_on = true;
    for (size_t i = 0; goes_on && i < page->count; i++)
        goes_on = on_signature(&page->rows[i].signature, arg);
    page_clear(page);
    return goes_on;
}

/* From a country on; "" is before them all. */
static enum us_err each_from(struct reader *reader, const struct signature_filter *filter,
                             const char *country, signature_callback *on_signature, void *arg,
                             bool *goes_on)
{
    struct page *page = MEM_NEW(struct page);
    struct place place = {.id = INT64_MIN};
    snprintf(place.country, sizeof place.country, "%s", country);
    const char *state = filter->has_state ? signature_state_name(filter->state) : "";
    enum us_err err = US_OK;
    do {
        err = page_fill(
            query_start(reader, STATEMENT_SIGNATURE_PAGE,
                        VALUES(value_int(filter->appeal), value_int(filter->version),
                               value_text(state), value_text(place.country),
                               value_blob(place.collation ? place.collation : (const uint8_t *)"",
                                          place.collation_len),
                               value_int(place.id), value_int(PAGE_ROWS))),
            page, &place);
        if (err)
            break;
        reader_refresh(reader);
        *goes_on = page_give(page, on_signature, arg);
    } while (*goes_on && !page->is_last);
    free(place.collation);
    free(page);
    return err;
}

static enum us_err each_of_appeal(struct reader *reader, const struct signature_filter *filter,
                                  signature_callback *on_signature, void *arg, bool *goes_on)
{
    return each_from(reader, filter, "", on_signature, arg, goes_on);
}

/* The appeals that have signatures, by slug. */
static enum us_err list_appeals(struct reader *reader, int64_t **out, size_t *count)
{
    int64_t *ids = NULL;
    size_t n = 0;
    struct query *query = query_start(reader, STATEMENT_SIGNATURE_APPEALS, VALUES_NONE);
    while (query_next(query) && n < APPEALS_MOST) {
        if ((n & (n - 1)) == 0)
            ids = mem_resize(ids, n ? 2 * n : 1, sizeof *ids);
        ids[n++] = query_int(query, 0);
    }
    enum us_err err = query_end(query);
    if (err) {
        free(ids);
        return err;
    }
    *out = ids;
    *count = n;
    return US_OK;
}

enum us_err signature_each(struct reader *reader, const struct signature_filter *filter,
                           signature_callback *on_signature, void *arg)
{
    bool goes_on = true;
    if (filter->appeal)
        return each_of_appeal(reader, filter, on_signature, arg, &goes_on);

    int64_t *appeals = NULL;
    size_t count = 0;
    enum us_err err = list_appeals(reader, &appeals, &count);
    for (size_t i = 0; !err && goes_on && i < count; i++) {
        struct signature_filter one = *filter;
        one.appeal = appeals[i];
        err = each_of_appeal(reader, &one, on_signature, arg, &goes_on);
    }
    free(appeals);
    return err;
}

enum us_err signature_queue(struct reader *reader, int64_t appeal, signature_callback *on_signature,
                            void *arg)
{
    struct page *page = MEM_NEW(struct page);
    struct place place = {.day = INT64_MIN, .id = INT64_MIN};
    bool goes_on = true;
    enum us_err err = US_OK;
    do {
        err = page_fill(query_start(reader, STATEMENT_SIGNATURE_WAITING_PAGE,
                                    VALUES(value_int(appeal), value_int(place.day),
                                           value_int(place.id), value_int(PAGE_ROWS))),
                        page, &place);
        if (err)
            break;
        reader_refresh(reader);
        goes_on = page_give(page, on_signature, arg);
    } while (goes_on && !page->is_last);
    free(place.collation);
    free(page);
    return err;
}

enum us_err signature_find(struct reader *reader, const char *public_id,
                           signature_callback *on_signature, void *arg)
{
    struct signature_row row;
    enum us_err read = US_NOT_FOUND;
    struct query *query =
        query_start(reader, STATEMENT_SIGNATURE_BY_PUBLIC_ID, VALUES(value_text(public_id)));
    if (query_next(query))
        read = signature_row_read(query, &row);
    enum us_err err = query_end(query);
    if (read == US_OK && !err)
        (void)on_signature(&row.signature, arg);
    if (read == US_OK)
        signature_row_clear(&row);
    return err ? err : read;
}

enum us_err signature_read_contact(struct reader *reader, int64_t row, uint8_t **out, size_t *len)
{
    struct query *query = query_start(reader, STATEMENT_SIGNATURE_CONTACT, VALUES(value_int(row)));
    bool is_there = query_next(query);
    size_t size = 0;
    const void *data = query_blob(query, 0, &size);
    uint8_t *copy = mem_copy(data, size);
    enum us_err err = query_end(query);
    if (err || !is_there) {
        free(copy);
        return err ? err : US_NOT_FOUND;
    }
    *out = copy;
    *len = size;
    return US_OK;
}

struct shown_walk {
    enum audience audience;
    signature_callback *on_signature;
    void *arg;
    struct signature_totals totals;
    char country[8]; /* of the last named one: they come in the order of countries */
};

static void count_country(struct shown_walk *walk, const char *country)
{
    if (!country || strcmp(country, walk->country) == 0)
        return;
    walk->totals.countries++;
    strncpy(walk->country, country, sizeof walk->country - 1);
}

/* The table decides; what comes out says what may be seen, and a visibility that says no more than
 * that. */
enum shown signature_show(const struct signature *signature, enum audience audience,
                          struct signature *seen)
{
    enum shown shown = visibility_shown(signature->visibility, audience);
    if (shown == SHOWN_PERSON && !signature->representative)
        shown = SHOWN_ORGANISATION; /* the person was erased */
    *seen = *signature;
    seen->visibility = shown == SHOWN_PERSON ? VISIBILITY_PUBLIC : VISIBILITY_ORGANISATION;
    if (shown != SHOWN_PERSON) {
        seen->representative = NULL;
        seen->capacity = NULL;
    }
    return shown;
}

static bool on_listed(const struct signature *signature, void *arg)
{
    struct shown_walk *walk = arg;
    struct signature seen;
    if (signature_show(signature, walk->audience, &seen) == SHOWN_COUNTED) {
        walk->totals.counted++;
        return true;
    }
    walk->totals.named++;
    if (seen.has_members)
        walk->totals.members += seen.members;
    count_country(walk, seen.country);
    return walk->on_signature ? walk->on_signature(&seen, walk->arg) : true;
}

enum us_err signature_each_shown(struct reader *reader, int64_t appeal, int64_t version,
                                 enum audience audience, signature_callback *on_signature,
                                 void *arg, struct signature_totals *totals)
{
    struct shown_walk walk = {.audience = audience, .on_signature = on_signature, .arg = arg};
    bool goes_on = true;
    const struct signature_filter filter = {
        .appeal = appeal, .version = version, .has_state = true, .state = SIGNATURE_LISTED};
    enum us_err err = each_of_appeal(reader, &filter, on_listed, &walk, &goes_on);
    if (!err)
        *totals = walk.totals;
    return err;
}

#define COUNTRIES_MOST 300 /* there are 250 */

struct named_country {
    char code[8];
    const char *name; /* in the language of the walk */
};

struct country_walk {
    signature_callback *on_signature;
    void *arg;
    const char *country; /* that is being read */
    bool goes_on;        /* the callback wants more */
    struct named_country countries[COUNTRIES_MOST];
    size_t count;
};

static bool on_listed_of_country(const struct signature *signature, void *arg)
{
    struct country_walk *walk = arg;
    if (strcmp(signature->country ? signature->country : "", walk->country) != 0)
        return false; /* the next country's */
    walk->goes_on = walk->on_signature(signature, walk->arg);
    return walk->goes_on;
}

/* The codes come from the counters: a country whose last signature was struck has none left. */
static enum us_err list_countries(struct reader *reader, const struct listed_filter *filter,
                                  const struct language *language, struct country_walk *walk)
{
    struct query *query =
        query_start(reader, STATEMENT_COUNTER_COUNTRIES,
                    VALUES(value_int(filter->appeal), value_int(filter->version)));
    while (query_next(query) && walk->count < COUNTRIES_MOST) {
        const char *code = query_text(query, 0);
        snprintf(walk->countries[walk->count].code, sizeof walk->countries[0].code, "%s", code);
        walk->countries[walk->count].name =
            code[0] ? locale_country(language, code) : ""; /* none: before them all */
        walk->count++;
    }
    return query_end(query);
}

static int compare_countries(const void *a, const void *b, void *arg)
{
    const struct named_country *one = a, *other = b;
    return locale_compare(arg, one->name, other->name);
}

enum us_err signature_each_listed_by_country(struct reader *reader,
                                             const struct listed_filter *filter,
                                             signature_callback *on_signature, void *arg)
{
    const struct language *language = language_find(filter->language);
    union { /* the sort's argument is not const in its type */
        const struct language *language;
        void *arg;
    } by = {.language = language ? language : language_find("en")};
    struct country_walk *walk = MEM_NEW(struct country_walk);
    walk->on_signature = on_signature;
    walk->arg = arg;
    walk->goes_on = true;
    enum us_err err = list_countries(reader, filter, by.language, walk);
    qsort_r(walk->countries, walk->count, sizeof walk->countries[0], compare_countries, by.arg);
    const struct signature_filter listed = {.appeal = filter->appeal,
                                            .version = filter->version,
                                            .has_state = true,
                                            .state = SIGNATURE_LISTED};
    for (size_t i = 0; !err && walk->goes_on && i < walk->count; i++) {
        bool ignored = true;
        walk->country = walk->countries[i].code;
        err = each_from(reader, &listed, walk->country, on_listed_of_country, walk, &ignored);
    }
    free(walk);
    return err;
}
