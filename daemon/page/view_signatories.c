/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who has signed, as everybody may see it: by country in the order of the page's language. Nothing
 * here walks more than what stands on the page: counts are kept (appeal/listing.h), and names are
 * read only where there are few.
 */
#include "appeal/listing.h"
#include "config.h" /* qsort_r */
#include "page/rendering.h"
#include "text/locale.h"
#include "text/phrase.h"
#include <stdlib.h>
#include <string.h>

#define COUNTRIES_MOST 320 /* more than there are codes */
#define FOLDED_UNDER 5     /* signatures of a country */

struct group { /* a country while the list is put together */
    char code[8];
    struct view_group shown;
    struct view_signatory *items; /* shown's */
};

struct listing {
    struct rendering *r;
    const struct appeal *appeal;
    struct group groups[COUNTRIES_MOST];
    size_t count;
};

const char *view_encoded(struct rendering *r, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    struct str out = STR_INIT;
    for (; *text != '\0'; text++) {
        if (strchr(plain, *text) != NULL)
            str_append_char(&out, *text);
        else
            str_append_format(&out, "%%%02X", (unsigned char)*text);
    }
    return scratch_str(&r->scratch, &out);
}

struct view_signatory view_signatory(struct rendering *r, const struct signature *signature,
                                     bool has_country)
{
    struct scratch *scratch = &r->scratch;
    return (struct view_signatory){
        .organisation = scratch_copy(scratch, signature->organisation),
        .latin = scratch_copy(scratch, signature->organisation_latin),
        .town = scratch_copy(scratch, signature->town),
        .representative = scratch_copy(scratch, signature->representative),
        .capacity = scratch_copy(scratch, signature->capacity),
        .country = has_country && signature->country != NULL
                       ? locale_country(r->language, signature->country)
                       : NULL,
    };
}

static bool on_country(const struct listing_count *count, void *arg)
{
    struct listing *list = arg;
    struct rendering *r = list->r;
    if (list->count == COUNTRIES_MOST || strlen(count->term) >= sizeof list->groups[0].code)
        return false;
    struct group *group = &list->groups[list->count++];
    bool has_code = count->term[0] != '\0';
    strcpy(group->code, count->term);
    group->shown.name = has_code ? locale_country(r->language, count->term) : NULL;
    group->shown.total = (size_t)count->signatures;
    const char *rest =
        scratch_format(&r->scratch, "/signatories?country=%s", has_code ? count->term : "none");
    group->shown.url = view_path(r, r->language, list->appeal->slug, rest);
    return true;
}

static bool on_signatory(const struct signature *signature, void *arg)
{
    struct listing *list = arg;
    const char *code = signature->country ? signature->country : "";
    for (size_t i = 0; i < list->count; i++) {
        struct group *group = &list->groups[i];
        if (strcmp(group->code, code) != 0)
            continue;
        if (group->items == NULL)
            group->shown.items = group->items =
                scratch_zero(&list->r->scratch, group->shown.total, sizeof *group->items);
        if (group->shown.item_count < group->shown.total)
            group->items[group->shown.item_count++] = view_signatory(list->r, signature, false);
        break;
    }
    return true;
}

/* International organisations first, then the countries by name. */
static int compare_groups(const void *a, const void *b, void *arg)
{
    const struct group *one = a, *other = b;
    if (one->shown.name == NULL || other->shown.name == NULL)
        return (one->shown.name != NULL) - (other->shown.name != NULL);
    return locale_compare(arg, one->shown.name, other->shown.name);
}

static int compare_items(const void *a, const void *b, void *arg)
{
    const struct view_signatory *one = a, *other = b;
    return locale_compare(arg, one->organisation, other->organisation);
}

static void order(struct listing *list)
{
    union { /* the sort's argument is not const in its type */
        const struct language *language;
        void *any;
    } of = {list->r->language};
    qsort_r(list->groups, list->count, sizeof list->groups[0], compare_groups, of.any);
    for (size_t i = 0; i < list->count; i++) {
        struct group *group = &list->groups[i];
        if (group->shown.item_count > 1)
            qsort_r(group->items, group->shown.item_count, sizeof *group->items, compare_items,
                    of.any);
    }
}

static void fill_groups(struct listing *list, bool folds, struct signatories_view *out)
{
    struct view_group *groups =
        scratch_zero(&list->r->scratch, list->count + 1, sizeof(struct view_group));
    struct view_group others = {.is_folded = true};
    for (size_t i = 0; i < list->count; i++) {
        const struct view_group *group = &list->groups[i].shown;
        if (folds && group->total < FOLDED_UNDER)
            others.total += group->total;
        else
            groups[out->group_count++] = *group;
    }
    if (others.total > 0)
        groups[out->group_count++] = others;
    out->groups = groups;
}

const char *view_sentence(struct rendering *r, const struct phrase_counts *counts)
{
    if (counts->organisations == 0)
        return message_get(r->language, "No organisation has signed yet.");
    return scratch_take(&r->scratch, phrase_counts(r->language, counts));
}

static void say(struct rendering *r, const struct listing_totals *totals,
                struct signatories_view *out)
{
    const struct phrase_counts said = {.organisations = totals->signatures,
                                       .counted = totals->signatures - totals->named,
                                       .countries = totals->countries,
                                       .members = totals->members};
    out->sentence = view_sentence(r, &said);
    out->named = totals->named;
    out->counted = said.counted;
}

enum us_err view_signatories(struct rendering *r, const struct appeal *appeal, size_t most,
                             bool is_short, struct signatories_view *out)
{
    struct listing_totals totals;
    struct listing_turn turn;
    *out = (struct signatories_view){0};
    struct listing *list = scratch_zero(&r->scratch, 1, sizeof *list);
    list->r = r;
    list->appeal = appeal;
    enum us_err err = listing_total(r->reader, appeal->id, appeal->version, &totals);
    if (err == US_OK)
        err = listing_each_count(r->reader, appeal->id, appeal->version, LISTING_COUNTRY,
                                 on_country, list);
    if (err != US_OK)
        return err;
    say(r, &totals, out);
    out->is_summary = totals.named > (int64_t)most;
    if (!out->is_summary && totals.named > 0)
        err = listing_page(r->reader,
                           &(struct listing_filter){appeal->id, appeal->version, LISTING_ALL, NULL},
                           NULL, most, on_signatory, list, &turn);
    order(list);
    fill_groups(list, out->is_summary && is_short, out);
    return err;
}
