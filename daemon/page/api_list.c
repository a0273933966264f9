/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Who signed, as far as everybody may see (appeal/listing.h decides nothing of that anew: it holds
 * what visibility.c allows), and what became of the letter.
 *
 * A list goes on behind the signatory that its last page ended with. That one may withdraw while
 * somebody reads the page, and an id that is nobody's any more must tell nothing; so a next link
 * names some that stood before it too, and the first of them that is still there will do: between
 * them and the end of the page nobody is left that was not shown.
 */
#include "page/api_list.h"
#include "appeal/delivery.h"
#include "appeal/listing.h"
#include "appeal/update.h"
#include "page/api_part.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDS_IN_LINK 4

/* ---- sums ---- */

static bool on_country(const struct listing_count *count, void *arg)
{
    json_t *one = api_json_object();
    api_json_set(one, "country", api_json_text(count->term)); /* "": null */
    api_json_set(one, "organisations", api_json_number(count->signatures));
    api_json_set(one, "members", api_json_number(count->members));
    api_json_add(arg, one);
    return true;
}

static bool on_day(const struct listing_count *count, void *arg)
{
    json_t *one = api_json_object();
    api_json_set(one, "day", api_json_text(count->term));
    api_json_set(one, "organisations", api_json_number(count->signatures));
    api_json_set(one, "members", api_json_number(count->members));
    api_json_add(arg, one);
    return true;
}

enum us_err api_list_counts(struct rendering *r, const struct appeal *appeal, json_t **out)
{
    struct listing_totals totals;
    int64_t earlier = 0;
    json_t *countries = api_json_array(), *days = api_json_array();
    enum us_err err = listing_total(r->reader, appeal->id, appeal->version, &totals);
    if (err == US_OK)
        err = appeal_count_earlier(r->reader, appeal->id, appeal->version, &earlier);
    if (err == US_OK)
        err = listing_each_count(r->reader, appeal->id, appeal->version, LISTING_COUNTRY,
                                 on_country, countries);
    if (err == US_OK)
        err = listing_each_count(r->reader, appeal->id, appeal->version, LISTING_DAY, on_day, days);
    if (err != US_OK) {
        json_decref(countries);
        json_decref(days);
        return err;
    }
    json_t *root = api_json_object();
    api_json_set(root, "organisations", api_json_number(totals.signatures));
    api_json_set(root, "named", api_json_number(totals.named));
    api_json_set(root, "members", api_json_number(totals.members));
    api_json_set(root, "countries", api_json_number(totals.countries));
    api_json_set(root, "earlier_organisations", api_json_number(earlier));
    api_json_set(root, "by_country", countries);
    api_json_set(root, "by_day", days);
    api_json_set(root, "links", api_part_links(appeal, "/counts"));
    *out = root;
    return US_OK;
}

enum us_err api_list_count(struct rendering *r, const struct appeal *appeal, json_t **out)
{
    struct appeal_counts counts;
    enum us_err err = appeal_count(r->reader, appeal->id, appeal->version, &counts);
    if (err != US_OK)
        return err;
    *out = api_json_object();
    api_json_set(*out, "organisations", api_json_number(counts.signatures));
    return US_OK;
}

/* ---- signatories ---- */

struct signatory_list {
    json_t *items;
    char last[IDS_IN_LINK][LISTING_ID_SIZE]; /* the newest first */
};

static bool on_signatory(const struct signature *signature, void *arg)
{
    struct signatory_list *list = arg;
    json_t *one = api_json_object(), *person = json_null();
    if (signature->representative != NULL) {
        person = api_json_object();
        api_json_set(person, "name", api_json_text(signature->representative));
        api_json_set(person, "capacity", api_json_text(signature->capacity));
    }
    api_json_set(one, "id", api_json_text(signature->id));
    api_json_set(one, "organisation", api_json_text(signature->organisation));
    api_json_set(one, "organisation_latin", api_json_text(signature->organisation_latin));
    api_json_set(one, "kind", api_json_text(signature_kind_name(signature->kind)));
    api_json_set(one, "country", api_json_text(signature->country));
    api_json_set(one, "town", api_json_text(signature->town));
    api_json_set(one, "affiliation", api_json_text(signature->affiliation));
    api_json_set(one, "members",
                 signature->has_members ? api_json_number(signature->members) : json_null());
    api_json_set(one, "person", person);
    api_json_set(one, "signed_on", api_json_day(signature->signed_on));
    api_json_add(list->items, one);
    memmove(list->last[1], list->last[0], sizeof list->last - sizeof list->last[0]);
    snprintf(list->last[0], sizeof list->last[0], "%s", signature->id);
    return true;
}

static bool on_filter_count(const struct listing_count *count, void *arg)
{
    *(int64_t *)arg = count->signatures;
    return true;
}

static enum listing_kind filter_kind(const char *filter)
{
    if (strcmp(filter, "country") == 0)
        return LISTING_COUNTRY;
    if (strcmp(filter, "day") == 0)
        return LISTING_DAY;
    if (strcmp(filter, "affiliation") == 0)
        return LISTING_AFFILIATION;
    return LISTING_ALL;
}

static enum us_err read_total(struct rendering *r, const struct listing_filter *filter,
                              int64_t *total)
{
    struct listing_totals totals;
    enum us_err err;
    *total = 0;
    if (filter->kind != LISTING_ALL) {
        err = listing_find_count(r->reader, filter, on_filter_count, total);
        return err == US_NOT_FOUND ? US_OK : err;
    }
    err = listing_total(r->reader, filter->appeal, filter->version, &totals);
    if (err == US_OK)
        *total = totals.named;
    return err;
}

struct list_page {
    struct signatory_list list;
    int64_t total;
    bool has_next;
};

static enum us_err search_page(struct rendering *r, const struct appeal *appeal,
                               const struct page_key *key, const char *after,
                               struct list_page *page)
{
    struct listing_found found = {0};
    const struct listing_search search = {
        .appeal = appeal->id,
        .version = appeal->version,
        .text = key->term,
        .after = after,
        .most = (size_t)key->number,
    };
    enum us_err err = listing_search(r->reader, &search, on_signatory, &page->list, &found);
    if (err == US_OK && (found.is_too_many || found.has_no_words))
        err = US_CONFLICT;
    page->total = found.count;
    page->has_next = found.turn.has_next;
    return err;
}

static enum us_err filter_page(struct rendering *r, const struct appeal *appeal,
                               const struct page_key *key, const char *after,
                               struct list_page *page)
{
    struct listing_turn turn = {0};
    struct listing_filter filter = {
        .appeal = appeal->id,
        .version = appeal->version,
        .kind = filter_kind(key->filter),
    };
    if (filter.kind != LISTING_ALL)
        filter.term = key->term;
    if (filter.kind == LISTING_COUNTRY && strcmp(key->term, API_LIST_NOWHERE) == 0)
        filter.term = "";
    enum us_err err = read_total(r, &filter, &page->total);
    if (err == US_OK)
        err = listing_page(r->reader, &filter, after, (size_t)key->number, on_signatory,
                           &page->list, &turn);
    page->has_next = turn.has_next;
    return err;
}

static enum us_err read_page(struct rendering *r, const struct appeal *appeal,
                             const struct page_key *key, const char *after, struct list_page *page)
{
    return strcmp(key->filter, "q") == 0 ? search_page(r, appeal, key, after, page)
                                         : filter_page(r, appeal, key, after, page);
}

/* Behind the first of the ids that is still somebody's. */
static enum us_err find_page(struct rendering *r, const struct appeal *appeal,
                             const struct page_key *key, struct list_page *page)
{
    char ids[PAGE_AFTER_SIZE], *at = ids;
    if (key->after[0] == '\0')
        return read_page(r, appeal, key, NULL, page);
    memcpy(ids, key->after, sizeof ids);
    while (at != NULL) {
        const char *id = strsep(&at, ".");
        if (id[0] == '\0' || strlen(id) >= LISTING_ID_SIZE)
            return US_INVALID;
        enum us_err err = read_page(r, appeal, key, id, page);
        if (err != US_NOT_FOUND)
            return err;
    }
    return US_INVALID;
}

/* A query's value, all but RFC 3986's unreserved characters encoded. */
static void append_encoded(struct str *out, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text != '\0'; text++) {
        if (strchr(plain, *text) != NULL)
            str_append_char(out, *text);
        else
            str_append_format(out, "%%%02X", (unsigned char)*text);
    }
}

/* This page where next is NULL, else the one behind the signatories in it. */
static json_t *page_link(const struct appeal *appeal, const struct page_key *key,
                         const struct signatory_list *next)
{
    struct str link = STR_INIT;
    str_append_format(&link, "%s/%s/signatories?limit=%d", API_PART_ROOT, appeal->slug,
                      key->number);
    if (key->filter[0] != '\0') {
        str_append_format(&link, "&%s=", key->filter);
        append_encoded(&link, key->term);
    }
    if (next != NULL) {
        str_append_text(&link, "&after=");
        for (size_t i = 0; i < IDS_IN_LINK && next->last[i][0] != '\0'; i++)
            str_append_format(&link, "%s%s", i > 0 ? "." : "", next->last[i]);
    } else if (key->after[0] != '\0') {
        str_append_format(&link, "&after=%s", key->after);
    }
    json_t *value = api_json_text(str_text(&link));
    str_free(&link);
    return value;
}

enum us_err api_list_signatories(struct rendering *r, const struct appeal *appeal,
                                 const struct page_key *key, json_t **out)
{
    struct list_page page = {.list.items = api_json_array()};
    enum us_err err = find_page(r, appeal, key, &page);
    if (err != US_OK) {
        json_decref(page.list.items);
        return err;
    }
    json_t *root = api_json_object(), *links = api_json_object();
    api_json_set(root, "total", api_json_number(page.total));
    api_json_set(root, "signatories", page.list.items);
    api_json_set(links, "self", page_link(appeal, key, NULL));
    api_json_set(links, "next", page.has_next ? page_link(appeal, key, &page.list) : json_null());
    api_json_set(root, "links", links);
    *out = root;
    return US_OK;
}

/* ---- what became of the letter ---- */

static const char *event_name(enum delivery_event_kind kind)
{
    switch (kind) {
    case EVENT_OPENED:
        return "opened";
    case EVENT_DELIVERED:
        return "delivered";
    case EVENT_ANSWERED:
        break;
    }
    return "answered";
}

static bool on_event(const struct delivery_event *event, void *arg)
{
    bool is_delivery = event->kind == EVENT_DELIVERED;
    json_t *one = api_json_object();
    api_json_set(one, "event", api_json_text(event_name(event->kind)));
    api_json_set(one, "day", api_json_day(event->day));
    api_json_set(one, "addressee",
                 event->addressee ? api_part_addressee(event->addressee) : json_null());
    api_json_set(one, "edition",
                 is_delivery ? api_json_text(edition_kind_name(event->edition)) : json_null());
    api_json_set(one, "organisations",
                 is_delivery ? api_json_number(event->organisations) : json_null());
    api_json_add(arg, one);
    return true;
}

enum us_err api_list_deliveries(struct rendering *r, const struct appeal *appeal, json_t **out)
{
    json_t *events = api_json_array();
    enum us_err err = delivery_each_event(r->reader, appeal, on_event, events);
    if (err != US_OK) {
        json_decref(events);
        return err;
    }
    *out = api_json_object();
    api_json_set(*out, "events", events);
    api_json_set(*out, "links", api_part_links(appeal, "/deliveries"));
    return US_OK;
}

/* ---- the organiser's news ---- */

struct update_list {
    json_t *items;
    size_t count, most;
    int64_t last;
    bool has_more;
};

static bool on_update(const struct update *update, void *arg)
{
    struct update_list *list = arg;
    list->has_more = list->count == list->most;
    if (list->has_more)
        return false;
    json_t *one = api_json_object(), *texts = api_json_array();
    for (size_t i = 0; i < update->text_count; i++) {
        const struct update_text *text = &update->texts[i];
        json_t *said = api_json_object();
        api_json_set(said, "language", api_json_text(text->language));
        api_json_set(said, "title", api_json_text(text->title));
        api_json_set(said, "body", api_json_text(text->body));
        api_json_add(texts, said);
    }
    api_json_set(one, "number", api_json_number(update->number));
    api_json_set(one, "published_at", api_json_time(update->published_at));
    api_json_set(one, "texts", texts);
    api_json_add(list->items, one);
    list->last = update->number;
    list->count++;
    return true;
}

enum us_err api_list_updates(struct rendering *r, const struct appeal *appeal,
                             const struct page_key *key, json_t **out)
{
    struct update_list list = {.items = api_json_array(), .most = (size_t)key->number};
    int64_t below = key->after[0] != '\0' ? strtoll(key->after, NULL, 10) : INT64_MAX;
    enum us_err err = update_each(r->reader, appeal->id, below, list.most + 1, on_update, &list);
    if (err != US_OK) {
        json_decref(list.items);
        return err;
    }
    json_t *links = api_json_object();
    *out = api_json_object();
    api_json_set(*out, "updates", list.items);
    api_json_set(links, "self",
                 api_json_link("%s/%s/updates?limit=%d%s%s", API_PART_ROOT, appeal->slug,
                               key->number, key->after[0] ? "&after=" : "", key->after));
    api_json_set(links, "next",
                 list.has_more ? api_json_link("%s/%s/updates?limit=%d&after=%lld", API_PART_ROOT,
                                               appeal->slug, key->number, (long long)list.last)
                               : json_null());
    api_json_set(*out, "links", links);
    return US_OK;
}
