/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What the pages of a site are made with and kept in: caches, each with its own bounds so that none
 * pushes out another's, and limiters.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "page/api_render.h"
#include "page/site.h"
#include "page/visit.h"
#include <stdlib.h>

#define CACHE_ENTRIES 512
#define CACHE_BYTES (64 * 1024 * 1024)
#define BADGE_ENTRIES 1024
#define BADGE_BYTES (32 * 1024 * 1024)
#define QUERY_ENTRIES 256
#define QUERY_BYTES (16 * 1024 * 1024)
#define QUERIES_PER_HOUR 1800 /* of one address prefix: the visitors of a Tor exit share theirs */
#define LETTER_ENTRIES 128
#define LETTER_BYTES (96 * 1024 * 1024)  /* kept for who comes next */
#define LETTERS_HELD (256 * 1024 * 1024) /* with what is still being sent */
#define LIMITER_BUCKETS 65536

static enum us_err on_render(struct reader *reader, const struct page_key *key, int64_t now,
                             struct page_made *made, void *arg)
{
    struct page_site *pages = arg;
    struct rendering r;
    rendering_open(&r, pages->site, reader, key->language, now);
    enum us_err err;
    if (key->kind == PAGE_LETTER)
        err = render_letter(&r, pages->letters, key, made);
    else if (key->kind >= PAGE_API_DESCRIPTION && key->kind <= PAGE_API_UPDATES)
        err = api_render(&r, key, made);
    else
        err = render_page(&r, key, made);
    rendering_close(&r);
    return err;
}

static struct site_generation on_generation(int64_t appeal, void *arg)
{
    struct page_site *pages = arg;
    return site_generation(pages->site, appeal);
}

/* A badge tells of nobody, so an old one may be seen for its minute, whoever withdrew. */
static struct site_generation on_badge_generation(int64_t appeal, void *arg)
{
    struct page_site *pages = arg;
    return (struct site_generation){.changes = site_generation(pages->site, appeal).changes};
}

static void on_refresh(struct reader *reader, void *arg)
{
    (void)arg;
    reader_refresh(reader);
}

static enum us_err on_queue(void (*work)(struct reader *reader, void *work_arg), void *work_arg,
                            void *arg)
{
    struct page_site *pages = arg;
    return store_read(site_store(pages->site), work, work_arg);
}

static int64_t on_now(void *arg)
{
    (void)arg;
    return clock_now();
}

static int64_t on_tick(void *arg)
{
    (void)arg;
    return clock_monotonic();
}

static struct cache *make_cache(struct page_site *pages, size_t entries, size_t bytes)
{
    return cache_new(&(struct cache_params){
        .entries = entries,
        .bytes = bytes,
        .render = on_render,
        .generation = on_generation,
        .refresh = on_refresh,
        .queue = on_queue,
        .now = on_now,
        .tick = on_tick,
        .arg = pages,
    });
}

/* Each is a process: it is kept for a minute, whatever happens. */
static struct cache *make_badge_cache(struct page_site *pages)
{
    return cache_new(&(struct cache_params){
        .entries = BADGE_ENTRIES,
        .bytes = BADGE_BYTES,
        .fresh = CLOCK_MINUTE,
        .render = on_render,
        .generation = on_badge_generation,
        .refresh = on_refresh,
        .queue = on_queue,
        .now = on_now,
        .tick = on_tick,
        .arg = pages,
    });
}

struct page_site *page_site_new(struct site *site)
{
    const struct config *config = site_config(site);
    struct page_site *pages = MEM_NEW(struct page_site);
    pages->site = site;
    pages->errors = errors_new(site);
    pages->statics = statics_new();
    pages->submissions =
        limiter_new((unsigned)config->limits_submissions_per_hour, LIMITER_BUCKETS);
    pages->shielded =
        limiter_new((unsigned)config->limits_shield_submissions_per_hour, LIMITER_BUCKETS);
    pages->codes = limiter_new((unsigned)config->limits_codes_per_hour, LIMITER_BUCKETS);
    pages->queries = limiter_new(QUERIES_PER_HOUR, LIMITER_BUCKETS);
    pages->api_queries = limiter_new((unsigned)config->limits_api_per_hour, LIMITER_BUCKETS);
    pages->public_key = site_public_key(site);
    pages->letters = letters_new(LETTERS_HELD);
    pages->badge_cache = make_badge_cache(pages);
    pages->cache = make_cache(pages, CACHE_ENTRIES, CACHE_BYTES);
    pages->query_cache = make_cache(pages, QUERY_ENTRIES, QUERY_BYTES);
    pages->letter_cache = make_cache(pages, LETTER_ENTRIES, LETTER_BYTES);
    return pages;
}

void page_site_free(struct page_site *pages)
{
    if (pages == NULL)
        return;
    cache_free(pages->badge_cache);
    cache_free(pages->letter_cache);
    cache_free(pages->query_cache);
    cache_free(pages->cache);
    letters_free(pages->letters);
    limiter_free(pages->api_queries);
    limiter_free(pages->codes);
    limiter_free(pages->queries);
    limiter_free(pages->shielded);
    limiter_free(pages->submissions);
    statics_free(pages->statics);
    errors_free(pages->errors);
    free(pages->public_key);
    free(pages);
}
