/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * One part of the list, or what was searched for. Where a country, day or affiliation has fewer
 * than a thousand they are put in the order of the page's language; more keep the store's.
 */
#include "page/view_list.h"
#include "appeal/listing.h"
#include "base/clock.h"
#include "config.h" /* qsort_r */
#include "page/rendering.h"
#include "page/view_list_fill.h"
#include "text/locale.h"
#include <stdlib.h>
#include <string.h>

#define PER_PAGE 100
#define SORTED_MOST 1000

struct item {
    struct view_signatory shown;
    const char *id;
};

struct items {
    struct rendering *r;
    struct item *items;
    size_t count, most;
    bool has_country;
};

static bool on_signature(const struct signature *signature, void *arg)
{
    struct items *items = arg;
    if (items->count == items->most)
        return false;
    items->items[items->count++] = (struct item){
        .shown = view_signatory(items->r, signature, items->has_country),
        .id = scratch_copy(&items->r->scratch, signature->id),
    };
    return true;
}

static void open_items(struct rendering *r, size_t most, bool has_country, struct items *out)
{
    *out = (struct items){
        .r = r,
        .items = scratch_zero(&r->scratch, most, sizeof *out->items),
        .most = most,
        .has_country = has_country,
    };
}

static void take_items(const struct items *items, size_t from, size_t count, struct list_view *out)
{
    struct view_signatory *shown =
        scratch_zero(&items->r->scratch, count ? count : 1, sizeof *shown);
    for (size_t i = 0; i < count; i++)
        shown[i] = items->items[from + i].shown;
    out->items = shown;
    out->item_count = count;
}

static int compare_items(const void *a, const void *b, void *arg)
{
    const struct item *one = a, *other = b;
    return locale_compare(arg, one->shown.organisation, other->shown.organisation);
}

/* Cuts a page out of a part that was read whole. */
static enum us_err cut_page(struct items *items, const char *after, struct list_view *out,
                            struct listing_turn *turn)
{
    union { /* the sort's argument is not const in its type */
        const struct language *language;
        void *any;
    } of = {items->r->language};
    size_t from = 0;
    qsort_r(items->items, items->count, sizeof items->items[0], compare_items, of.any);
    if (after[0] != '\0') {
        while (from < items->count && strcmp(items->items[from].id, after) != 0)
            from++;
        if (from++ == items->count)
            return US_NOT_FOUND;
    }
    size_t count = items->count - from < PER_PAGE ? items->count - from : PER_PAGE;
    *turn =
        (struct listing_turn){.has_previous = from > 0, .has_next = from + count < items->count};
    if (from > PER_PAGE)
        strcpy(turn->previous, items->items[from - PER_PAGE - 1].id);
    if (turn->has_next)
        strcpy(turn->next, items->items[from + count - 1].id);
    take_items(items, from, count, out);
    return US_OK;
}

static enum us_err read_part(struct rendering *r, const struct listing_filter *filter,
                             const char *after, struct list_view *out, struct listing_turn *turn)
{
    struct items items;
    bool is_sorted = out->count <= SORTED_MOST;
    open_items(r, is_sorted ? SORTED_MOST : PER_PAGE, filter->kind != LISTING_COUNTRY, &items);
    enum us_err err = listing_page(r->reader, filter, is_sorted || after[0] == '\0' ? NULL : after,
                                   items.most, on_signature, &items, turn);
    if (err == US_OK && is_sorted)
        return cut_page(&items, after, out, turn);
    if (err == US_OK)
        take_items(&items, 0, items.count, out);
    return err;
}

struct found_name {
    struct rendering *r;
    struct list_view *out;
    const char *name;
};

static bool on_count(const struct listing_count *count, void *arg)
{
    struct found_name *found = arg;
    found->out->count = count->signatures;
    found->name = scratch_copy(&found->r->scratch, count->name);
    return true;
}

static bool has_kind(const struct page_key *key, const char *name, enum listing_kind kind,
                     enum listing_kind *out)
{
    if (strcmp(key->filter, name) != 0)
        return false;
    *out = kind;
    return true;
}

static void name_part(struct rendering *r, const struct listing_filter *filter, const char *name,
                      struct list_view *out)
{
    struct str date = STR_INIT;
    int64_t day;
    out->heading = name;
    if (filter->kind == LISTING_COUNTRY && name[0] == '\0') {
        out->heading = message_get(r->language, "International organisations");
    } else if (filter->kind == LISTING_COUNTRY) {
        out->heading = locale_country(r->language, name);
    } else if (filter->kind == LISTING_DAY && clock_parse_day(name, &day)) {
        locale_date(r->language, day, &date);
        out->heading = scratch_str(&r->scratch, &date);
    }
}

static struct url turn_url(struct rendering *r, const struct appeal *appeal, const char *query,
                           bool is_there, const char *after)
{
    if (!is_there)
        return (struct url){""};
    const char *rest = after[0] != '\0'
                           ? scratch_format(&r->scratch, "/signatories?%s&after=%s", query, after)
                           : scratch_format(&r->scratch, "/signatories?%s", query);
    return view_path(r, r->language, appeal->slug, rest);
}

static void fill_turn(struct rendering *r, const struct appeal *appeal, const char *query,
                      const struct listing_turn *turn, struct list_view *out)
{
    out->previous = turn_url(r, appeal, query, turn->has_previous, turn->previous);
    out->next = turn_url(r, appeal, query, turn->has_next, turn->next);
}

const char *view_list_query(struct rendering *r, const char *name, const char *value)
{
    return scratch_format(&r->scratch, "%s=%s", name, view_encoded(r, value));
}

enum us_err view_list_part(struct rendering *r, const struct appeal *appeal,
                           const struct page_key *key, struct list_view *out, const char **query)
{
    struct listing_filter filter = {appeal->id, appeal->version, LISTING_ALL, key->term};
    struct found_name found = {r, out, NULL};
    struct listing_turn turn;
    if (!has_kind(key, "country", LISTING_COUNTRY, &filter.kind) &&
        !has_kind(key, "day", LISTING_DAY, &filter.kind) &&
        !has_kind(key, "affiliation", LISTING_AFFILIATION, &filter.kind))
        return US_NOT_FOUND;
    enum us_err err = listing_find_count(r->reader, &filter, on_count, &found);
    if (err == US_OK)
        err = read_part(r, &filter, key->after, out, &turn);
    if (err != US_OK)
        return err;
    out->shape = LIST_PART;
    name_part(r, &filter, found.name, out);
    bool is_nowhere = filter.kind == LISTING_COUNTRY && found.name[0] == '\0';
    *query = view_list_query(r, key->filter, is_nowhere ? "none" : found.name);
    fill_turn(r, appeal, *query, &turn, out);
    return US_OK;
}

enum us_err view_list_search(struct rendering *r, const struct appeal *appeal, const char *text,
                             const char *after, struct list_view *out)
{
    struct listing_found found;
    struct items items;
    open_items(r, PER_PAGE, true, &items);
    const struct listing_search search = {
        .appeal = appeal->id,
        .version = appeal->version,
        .text = text,
        .after = after[0] != '\0' ? after : NULL,
        .most = PER_PAGE,
    };
    enum us_err err = listing_search(r->reader, &search, on_signature, &items, &found);
    if (err != US_OK)
        return err;
    take_items(&items, 0, items.count, out);
    out->count = found.count;
    out->search = found.has_no_words  ? SEARCH_EMPTY
                  : found.is_too_many ? SEARCH_COMMON
                  : found.count == 0  ? SEARCH_NOTHING
                                      : SEARCH_FOUND;
    fill_turn(r, appeal, view_list_query(r, "q", text), &found.turn, out);
    return US_OK;
}
