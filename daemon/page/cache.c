/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The generation that a page carries is taken before the store is read for it, in a transaction
 * that begins after: so a page may be rendered once too often, never once too seldom. A page's
 * appeal is known only once it was rendered; the first rendering is therefore done twice. A render
 * that a removal overtook is done again before anybody sees it.
 *
 * In the last quarter of the time for which an old page may be served after a plain change, whoever
 * asks first has it made anew and takes the old one: so while changes come without end, an act's on
 * thousands of signatures say, nobody waits for the rendering of a page that others ask for too.
 *
 * When the store is too busy to render, the page that is there goes on being served, unless
 * something was removed from it, or an act's steps may have for more than that second.
 */
#include "page/cache.h"
#include "base/clock.h"
#include "base/mem.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_BUCKETS 256
#define CACHE_TRIES 8
#define APPEAL_UNKNOWN INT64_C(-1)

struct waiter {
    struct waiter *next;
    cache_on_page *on_page;
    void *arg;
};

struct entry {
    struct cache *cache;
    struct page_key key;
    struct entry *next;          /* in its bucket */
    struct entry *newer, *older; /* by when it was last asked for */
    struct rendered *page;       /* NULL until the first rendering is done */
    int64_t appeal;
    struct site_generation generation;
    int64_t rendered_at, day;
    int64_t true_at; /* when it was last seen to be what a rendering would give */
    bool is_rendering;
    struct waiter *waiters;
};

struct cache {
    struct cache_params params;
    pthread_mutex_t lock;
    struct entry *buckets[CACHE_BUCKETS];
    struct entry *newest, *oldest;
    size_t entries, bytes;
};

struct cache *cache_new(const struct cache_params *params)
{
    struct cache *cache = MEM_NEW(struct cache);
    cache->params = *params;
    if (cache->params.fresh == 0)
        cache->params.fresh = CLOCK_SECOND;
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static bool key_is_equal(const struct page_key *a, const struct page_key *b)
{
    return a->kind == b->kind && a->language == b->language && a->number == b->number &&
           a->is_tls == b->is_tls && strcmp(a->slug, b->slug) == 0 &&
           strcmp(a->country, b->country) == 0 && strcmp(a->text_language, b->text_language) == 0 &&
           strcmp(a->filter, b->filter) == 0 && strcmp(a->term, b->term) == 0 &&
           strcmp(a->after, b->after) == 0;
}

static struct entry **find_bucket(struct cache *cache, const struct page_key *key)
{
    /* Only slugs that exist stay, so nobody can choose keys that collide; but for lists' filters,
     * which are in a small cache of their own. */
    uint32_t hash = (uint32_t)key->kind * 31 + (uint32_t)key->number * 131 +
                    (uint32_t)key->language->code[0] * 7 + (uint32_t)key->language->code[1];
    for (const char *c = key->slug; *c != '\0'; c++)
        hash = hash * 33 + (unsigned char)*c;
    for (const char *c = key->text_language; *c != '\0'; c++)
        hash = hash * 33 + (unsigned char)*c;
    for (const char *c = key->term; *c != '\0'; c++)
        hash = hash * 33 + (unsigned char)*c;
    for (const char *c = key->after; *c != '\0'; c++)
        hash = hash * 33 + (unsigned char)*c;
    return &cache->buckets[hash % CACHE_BUCKETS];
}

static void list_remove(struct cache *cache, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void list_add(struct cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

static void entry_drop(struct cache *cache, struct entry *entry)
{
    struct entry **at = find_bucket(cache, &entry->key);
    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    list_remove(cache, entry);
    cache->entries--;
    if (entry->page != NULL)
        cache->bytes -= rendered_size(entry->page);
    rendered_unref(entry->page);
    free(entry);
}

static void make_room(struct cache *cache)
{
    struct entry *entry = cache->oldest;
    while (entry != NULL &&
           (cache->entries > cache->params.entries || cache->bytes > cache->params.bytes)) {
        struct entry *newer = entry->newer;
        if (!entry->is_rendering)
            entry_drop(cache, entry);
        entry = newer;
    }
}

static struct entry *entry_find(struct cache *cache, const struct page_key *key)
{
    struct entry **bucket = find_bucket(cache, key);
    for (struct entry *entry = *bucket; entry != NULL; entry = entry->next) {
        if (key_is_equal(&entry->key, key)) {
            list_remove(cache, entry);
            list_add(cache, entry);
            return entry;
        }
    }
    struct entry *entry = MEM_NEW(struct entry);
    entry->cache = cache;
    entry->key = *key;
    entry->appeal = key->slug[0] == '\0' ? 0 : APPEAL_UNKNOWN;
    entry->next = *bucket;
    *bucket = entry;
    list_add(cache, entry);
    cache->entries++;
    return entry;
}

void cache_free(struct cache *cache)
{
    if (cache == NULL)
        return;
    while (cache->newest != NULL)
        entry_drop(cache, cache->newest);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

enum freshness { FRESH, AGEING, STALE, FORBIDDEN };

static enum freshness entry_freshness(struct cache *cache, struct entry *entry)
{
    const struct cache_params *params = &cache->params;
    if (entry->page == NULL)
        return FORBIDDEN;
    struct site_generation now = params->generation(entry->appeal, params->arg);
    if (now.removals != entry->generation.removals ||
        clock_day(params->now(params->arg)) != entry->day)
        return FORBIDDEN;
    int64_t tick = params->tick(params->arg);
    bool is_changed = now.changes != entry->generation.changes;
    if (!is_changed && now.steps == entry->generation.steps)
        entry->true_at = tick;
    int64_t left = (is_changed ? entry->rendered_at : entry->true_at) + params->fresh - tick;
    if (left > params->fresh / 4)
        return FRESH;
    return left > 0 ? AGEING : STALE;
}

/* When it could not be made anew: after a plain change, for as long as that lasts; but what an act
 * has taken off is not shown for longer than its second. */
static bool entry_may_serve_busy(struct cache *cache, struct entry *entry)
{
    switch (entry_freshness(cache, entry)) {
    case FRESH:
    case AGEING:
        return true;
    case STALE:
        return cache->params.generation(entry->appeal, cache->params.arg).steps ==
               entry->generation.steps;
    case FORBIDDEN:
        break;
    }
    return false;
}

static void tell_waiters(struct waiter *waiter, struct rendered *page, enum us_err err)
{
    while (waiter != NULL) {
        struct waiter *next = waiter->next;
        waiter->on_page(page, err, waiter->arg);
        free(waiter);
        waiter = next;
    }
}

static void entry_store(struct entry *entry, struct rendered *page, int64_t appeal,
                        struct site_generation generation, int64_t now)
{
    struct cache *cache = entry->cache;
    if (entry->page != NULL)
        cache->bytes -= rendered_size(entry->page);
    rendered_unref(entry->page);
    entry->page = rendered_ref(page);
    cache->bytes += rendered_size(page);
    entry->appeal = appeal;
    entry->generation = generation;
    entry->rendered_at = entry->true_at = cache->params.tick(cache->params.arg);
    entry->day = clock_day(now);
}

/* Renders once. *appeal is what was known of it, and then what is; *generation is of before. */
static enum us_err render_once(struct entry *entry, struct reader *reader, int64_t now,
                               int64_t *appeal, struct site_generation *generation,
                               struct page_made *made)
{
    const struct cache_params *params = &entry->cache->params;
    enum us_err err;
    bool was_known;
    do {
        was_known = *appeal != APPEAL_UNKNOWN;
        if (was_known)
            *generation = params->generation(*appeal, params->arg);
        params->refresh(reader, params->arg);
        *made = (struct page_made){0};
        err = params->render(reader, &entry->key, now, made, params->arg);
        if (err != US_OK)
            return err;
        was_known = was_known && *appeal == made->appeal;
        *appeal = made->appeal;
        if (!was_known)
            page_made_clear(made);
    } while (!was_known);
    return US_OK;
}

/* Ends a render: whoever waited gets the new page, or the old one if that may still be seen. False,
 * with nothing done, when a removal came meanwhile. Drops the reference to page. */
static bool render_end(struct entry *entry, struct rendered *page, enum us_err err, int64_t appeal,
                       struct site_generation generation, int64_t now)
{
    struct cache *cache = entry->cache;
    pthread_mutex_lock(&cache->lock);
    if (page != NULL &&
        cache->params.generation(appeal, cache->params.arg).removals != generation.removals) {
        pthread_mutex_unlock(&cache->lock);
        rendered_unref(page);
        return false;
    }
    struct waiter *waiters = entry->waiters;
    entry->waiters = NULL;
    entry->is_rendering = false;
    if (page != NULL) {
        entry_store(entry, page, appeal, generation, now);
    } else if (err == US_NOT_FOUND || entry->page == NULL) {
        entry_drop(cache, entry);
    } else if (entry_may_serve_busy(cache, entry)) {
        page = rendered_ref(entry->page);
        err = US_OK;
    }
    make_room(cache);
    pthread_mutex_unlock(&cache->lock);
    tell_waiters(waiters, page, err);
    rendered_unref(page);
    return true;
}

/* On a reader thread. The key never changes, and one render of an entry is under way at a time. */
static void on_render(struct reader *reader, void *arg)
{
    struct entry *entry = arg;
    struct cache *cache = entry->cache;
    int64_t appeal = entry->appeal;
    for (int tries = 0;; tries++) {
        int64_t now = cache->params.now(cache->params.arg);
        struct site_generation generation = {0};
        struct page_made made;
        struct rendered *page = NULL;
        enum us_err err = US_BUSY;
        if (tries < CACHE_TRIES)
            err = render_once(entry, reader, now, &appeal, &generation, &made);
        if (err == US_OK)
            page = rendered_new(&entry->key, &made);
        if (render_end(entry, page, err, appeal, generation, now))
            return;
    }
}

void cache_get(struct cache *cache, const struct page_key *key, cache_on_page *on_page, void *arg)
{
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = entry_find(cache, key);
    enum freshness freshness = entry_freshness(cache, entry);
    struct rendered *page = NULL;
    if (freshness == FRESH || freshness == AGEING) {
        page = rendered_ref(entry->page);
    } else {
        struct waiter *waiter = MEM_NEW(struct waiter);
        *waiter = (struct waiter){entry->waiters, on_page, arg};
        entry->waiters = waiter;
    }
    bool is_first = freshness != FRESH && !entry->is_rendering;
    entry->is_rendering = entry->is_rendering || is_first;
    pthread_mutex_unlock(&cache->lock);
    if (page != NULL) /* first: the thread that renders may take the processor from this one */
        on_page(page, US_OK, arg);
    rendered_unref(page);
    if (is_first) { /* the entry stays until render_end() */
        enum us_err err = cache->params.queue(on_render, entry, cache->params.arg);
        if (err != US_OK)
            render_end(entry, NULL, err, 0, (struct site_generation){0}, 0);
    }
}
