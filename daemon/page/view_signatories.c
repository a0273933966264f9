/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who has signed, as everybody may see it: by country in the order of the page's language. The
 * store gives names by country code; so they are walked twice, once to count each country and once
 * to take what stands on this page, and however many there are, only one page of them is in memory.
 * A country of which some are on the page is sorted in the page's language where it is short
 * enough; a longer one keeps the store's root order.
 */
#include "appeal/signature.h"
#include "config.h" /* qsort_r */
#include "page/rendering.h"
#include "text/locale.h"
#include "text/phrase.h"
#include <stdlib.h>
#include <string.h>

#define COUNTRIES_MOST 320 /* more than there are codes */
#define PER_PAGE 500
#define SORTED_MOST 1000

struct counted_country {
    char code[3]; /* "" for international organisations */
    const char *name;
    int64_t total, begin; /* begin: of its first on the whole list */
    int64_t seen;         /* in the second walk */
    struct view_signatory *items;
    size_t item_count;
};

struct listing {
    struct rendering *r;
    struct counted_country countries[COUNTRIES_MOST];
    size_t count;
    struct counted_country *last; /* they come in runs */
    int64_t from, to;             /* of the page */
};

static struct counted_country *find_country(struct listing *list, const char *code)
{
    if (code == NULL)
        code = "";
    if (list->last != NULL && strcmp(list->last->code, code) == 0)
        return list->last;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->countries[i].code, code) == 0)
            return list->last = &list->countries[i];
    }
    if (list->count == COUNTRIES_MOST)
        return NULL;
    struct counted_country *country = &list->countries[list->count++];
    memcpy(country->code, code, strnlen(code, 2));
    if (code[0] != '\0')
        country->name = locale_country(list->r->language, country->code);
    return list->last = country;
}

static bool on_count(const struct signature *signature, void *arg)
{
    struct counted_country *country = find_country(arg, signature->country);
    if (country != NULL)
        country->total++;
    return true;
}

static bool is_wanted(const struct listing *list, const struct counted_country *country,
                      int64_t index)
{
    /* All of a country that will be sorted: where its page begins is known only then. */
    if (country->total <= SORTED_MOST)
        return country->begin < list->to && country->begin + country->total > list->from;
    return country->begin + index >= list->from && country->begin + index < list->to;
}

static bool on_take(const struct signature *signature, void *arg)
{
    struct listing *list = arg;
    struct scratch *scratch = &list->r->scratch;
    struct counted_country *country = find_country(list, signature->country);
    if (country == NULL || !is_wanted(list, country, country->seen++))
        return true;
    /* Somebody may have been listed between the two walks: there is no room for them yet. */
    size_t most = (size_t)(country->total < SORTED_MOST ? country->total : SORTED_MOST);
    if (country->item_count == most)
        return true;
    if (country->items == NULL)
        country->items = scratch_zero(scratch, most, sizeof *country->items);
    country->items[country->item_count++] = (struct view_signatory){
        .organisation = scratch_copy(scratch, signature->organisation),
        .latin = scratch_copy(scratch, signature->organisation_latin),
        .town = scratch_copy(scratch, signature->town),
        .representative = scratch_copy(scratch, signature->representative),
        .capacity = scratch_copy(scratch, signature->capacity),
    };
    return true;
}

/* International organisations first, then the countries by name. */
static int compare_countries(const void *a, const void *b, void *arg)
{
    const struct listing *list = arg;
    const struct counted_country *one = a, *other = b;
    if (one->name == NULL || other->name == NULL)
        return (one->name != NULL) - (other->name != NULL);
    return locale_compare(list->r->language, one->name, other->name);
}

static int compare_items(const void *a, const void *b, void *arg)
{
    const struct listing *list = arg;
    const struct view_signatory *one = a, *other = b;
    return locale_compare(list->r->language, one->organisation, other->organisation);
}

static void order_countries(struct listing *list)
{
    int64_t begin = 0;
    list->last = NULL;
    qsort_r(list->countries, list->count, sizeof list->countries[0], compare_countries, list);
    for (size_t i = 0; i < list->count; i++) {
        list->countries[i].begin = begin;
        begin += list->countries[i].total;
    }
}

/* Sorts a country that was taken whole, and leaves of it what stands on this page. */
static void cut_country(struct listing *list, struct counted_country *country)
{
    if (country->total > SORTED_MOST || country->items == NULL)
        return;
    qsort_r(country->items, country->item_count, sizeof country->items[0], compare_items, list);
    int64_t from = list->from > country->begin ? list->from - country->begin : 0;
    int64_t to = list->to - country->begin;
    if (to > (int64_t)country->item_count)
        to = (int64_t)country->item_count;
    country->items += from;
    country->item_count = to > from ? (size_t)(to - from) : 0;
}

static void fill_groups(struct listing *list, struct signatories_view *out)
{
    struct view_group *groups =
        scratch_zero(&list->r->scratch, list->count, sizeof(struct view_group));
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct counted_country *country = &list->countries[i];
        cut_country(list, country);
        if (country->item_count == 0 && !out->is_summary)
            continue;
        groups[count++] = (struct view_group){
            .name = country->name,
            .total = (size_t)country->total,
            .items = country->items,
            .item_count = country->item_count,
        };
    }
    out->groups = groups;
    out->group_count = count;
}

const char *view_sentence(struct rendering *r, const struct phrase_counts *counts)
{
    if (counts->organisations == 0)
        return message_get(r->language, "No organisation has signed yet.");
    return scratch_take(&r->scratch, phrase_counts(r->language, counts));
}

static enum us_err take_page(struct listing *list, const struct appeal *appeal, int number,
                             struct signatories_view *out)
{
    struct signature_totals totals;
    list->from = (int64_t)(number - 1) * PER_PAGE;
    list->to = list->from + PER_PAGE;
    enum us_err err = signature_each_shown(list->r->reader, appeal->id, appeal->version,
                                           AUDIENCE_PUBLIC, on_take, list, &totals);
    if (err == US_OK)
        fill_groups(list, out);
    return err;
}

enum us_err view_signatories(struct rendering *r, const struct appeal *appeal, int number,
                             size_t summary_over, struct signatories_view *out, int *count)
{
    struct signature_totals totals;
    *out = (struct signatories_view){0};
    struct listing *list = scratch_zero(&r->scratch, 1, sizeof *list);
    list->r = r;
    enum us_err err = signature_each_shown(r->reader, appeal->id, appeal->version, AUDIENCE_PUBLIC,
                                           on_count, list, &totals);
    if (err != US_OK)
        return err;
    const struct phrase_counts said = {.organisations = totals.named + totals.counted,
                                       .counted = totals.counted,
                                       .countries = totals.countries,
                                       .members = totals.members};
    out->sentence = view_sentence(r, &said);
    out->counted = totals.counted;
    out->is_summary = summary_over > 0 && totals.named > (int64_t)summary_over;
    *count = totals.named > PER_PAGE ? (int)((totals.named + PER_PAGE - 1) / PER_PAGE) : 1;
    if (number > *count)
        return US_NOT_FOUND;
    order_countries(list);
    if (!out->is_summary)
        return take_page(list, appeal, number, out);
    fill_groups(list, out);
    return US_OK;
}
