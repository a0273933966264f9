/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Rendered pages in memory. A page is rendered once for everybody who waits for it, on a reader
 * thread. What changed since is told by generations (appeal/site.h): after a plain change, a page
 * may be served until it is a second old, so that a busy appeal is rendered about once a second,
 * and from three quarters of that on it is made anew behind those who ask; an act's steps age it
 * from the first of them on; after a removal, or on another day, it is never served again. Bounded
 * by entries and by bytes: what was not asked for longest goes. Thread-safe.
 */
#ifndef PAGE_CACHE_H
#define PAGE_CACHE_H

#include "appeal/site.h"
#include "base/err.h"
#include "page/rendered.h"
#include <stddef.h>
#include <stdint.h>

struct reader;

struct cache_params {
    int64_t fresh;         /* how long a page may be served after a plain change; 0: a second */
    size_t entries, bytes; /* at most; what is being rendered is not counted out */
    /* On a reader thread. Fills made (html only with US_OK); US_NOT_FOUND for a page that is not.
     */
    enum us_err (*render)(struct reader *reader, const struct page_key *key, int64_t now,
                          struct page_made *made, void *arg);
    struct site_generation (*generation)(int64_t appeal, void *arg);
    /* Ends the reader's transaction: what is read next is newer than a generation taken before. */
    void (*refresh)(struct reader *reader, void *arg);
    /* Runs work on a reader thread, or US_BUSY. */
    enum us_err (*queue)(void (*work)(struct reader *reader, void *work_arg), void *work_arg,
                         void *arg);
    int64_t (*now)(void *arg);  /* wall time: dates stand on pages */
    int64_t (*tick)(void *arg); /* monotonic, for the one second */
    void *arg;
};

struct cache;

struct cache *cache_new(const struct cache_params *params);
void cache_free(struct cache *cache); /* no render may be under way; NULL is fine */

/* Called exactly once: at once when the page is there, else on a reader thread. The page is
 * borrowed during the call, and NULL with an error: US_NOT_FOUND, US_BUSY or what the store said.
 */
typedef void cache_on_page(struct rendered *page, enum us_err err, void *arg);
void cache_get(struct cache *cache, const struct page_key *key, cache_on_page *on_page, void *arg);

#endif
