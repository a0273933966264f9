/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Which list is asked for. Filters go one at a time; what is not well-formed is no page. A list
 * comes out of a cache of its own, so that no number of different addresses pushes another page
 * out; what people search for is kept nowhere; and who asks for lists without end is told to wait.
 */
#include "appeal/listing.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "page/nonce.h"
#include "page/visit.h"
#include "text/locale.h"
#include <stdlib.h>
#include <string.h>

#define TYPED_MOST 2000 /* bytes of a search: of a longer one nothing is read */

struct search {
    struct visit visit;
    char text[LISTING_SEARCH_MOST + 1], after[PAGE_AFTER_SIZE];
    bool is_long;
};

/* No secret stands on it, so it may be compressed; it is dropped as soon as it is sent. */
static void reply_search(const struct visit *visit, struct rendering *r)
{
    struct page_made made = {0};
    const struct page_key key = {
        .kind = PAGE_SEARCH,
        .language = visit->language,
        .is_tls = visit->request->is_tls,
    };
    made.html = rendering_take(r, &made.len);
    struct rendered *page = rendered_new(&key, &made);
    rendered_reply(page, visit->exchange);
    rendered_unref(page);
}

static void on_search(struct reader *reader, void *arg)
{
    struct search *search = arg;
    const struct visit *visit = &search->visit;
    const struct appeal *appeal;
    struct rendering r;
    rendering_open(&r, visit->pages->site, reader, visit->language, clock_now());
    enum us_err err = rendering_load(&r, visit->slug, &appeal);
    if (err == US_OK)
        err = render_search(&r, appeal, search->text, search->is_long, search->after);
    if (err == US_OK)
        reply_search(visit, &r);
    else
        visit_error(visit, errors_kind_of(err));
    rendering_close(&r);
    free(search);
}

static void start_search(const struct visit *visit, const char *text, const char *after)
{
    struct search *search = MEM_NEW(struct search);
    size_t len = strlen(text);
    search->visit = *visit;
    search->is_long = len > LISTING_SEARCH_MOST;
    memcpy(search->text, text, utf8_cut(text, len, LISTING_SEARCH_MOST));
    strcpy(search->after, after);
    if (!visit_read(visit, on_search, search))
        free(search);
}

/* "" where it is not there; false where it is twice, too long or no text. */
static bool take(const struct visit *visit, const char *name, size_t most, char **out)
{
    struct http_span query = visit->request->query;
    *out = NULL;
    if (http_form_count(query, name) > 1)
        return false;
    enum us_err err = http_form_get(query, name, most, out);
    if (err == US_NOT_FOUND)
        *out = mem_string("");
    return err == US_OK || err == US_NOT_FOUND;
}

static bool is_id(const char *text)
{
    return strlen(text) < PAGE_AFTER_SIZE &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen(text);
}

struct asked {
    char *country, *day, *affiliation, *q, *after, *page;
};

static bool read_asked(const struct visit *visit, struct asked *out)
{
    return take(visit, "country", 8, &out->country) && take(visit, "day", 16, &out->day) &&
           take(visit, "affiliation", LISTING_TERM_SIZE, &out->affiliation) &&
           take(visit, "q", TYPED_MOST, &out->q) && take(visit, "after", 32, &out->after) &&
           take(visit, "page", 8, &out->page) && is_id(out->after);
}

static void clear_asked(struct asked *asked)
{
    free(asked->country);
    free(asked->day);
    free(asked->affiliation);
    free(asked->q);
    free(asked->after);
    free(asked->page);
}

/* What a filter finds by; false for what is none. */
static bool fill_filter(const struct asked *asked, struct page_key *key)
{
    int64_t day;
    bool is_nowhere = strcmp(asked->country, "none") == 0;
    if (asked->country[0] != '\0') {
        strcpy(key->filter, "country");
        strcpy(key->term, is_nowhere ? "" : asked->country);
        return is_nowhere || locale_is_country(asked->country);
    }
    if (asked->day[0] != '\0') {
        strcpy(key->filter, "day");
        strcpy(key->term, asked->day);
        return clock_parse_day(asked->day, &day);
    }
    strcpy(key->filter, "affiliation");
    listing_fold_affiliation(asked->affiliation, key->term);
    return key->term[0] != '\0';
}

static void answer(const struct visit *visit, const struct asked *asked)
{
    struct page_key key = {
        .kind = PAGE_SIGNATORIES,
        .language = visit->language,
        .is_tls = visit->request->is_tls,
    };
    int filters = (asked->country[0] != '\0') + (asked->day[0] != '\0') +
                  (asked->affiliation[0] != '\0') + (asked->q[0] != '\0');
    /* Once there were numbered pages; addresses of the first may stand somewhere. */
    bool is_numbered =
        http_form_count(visit->request->query, "page") > 0 && strcmp(asked->page, "1") != 0;
    memcpy(key.slug, visit->slug, sizeof key.slug);
    strcpy(key.after, asked->after);
    if (is_numbered || filters > 1 || (filters == 0 && asked->after[0] != '\0'))
        visit_error(visit, ERROR_NOT_FOUND);
    else if (filters == 0)
        visit_page(visit, PAGE_SIGNATORIES, 0, NULL);
    else if (!limiter_take(visit->pages->queries, http_exchange_prefix(visit->exchange),
                           clock_monotonic()))
        visit_error(visit, ERROR_LIMITED);
    else if (asked->q[0] != '\0')
        start_search(visit, asked->q, asked->after);
    else if (fill_filter(asked, &key))
        visit_list(visit, &key);
    else
        visit_error(visit, ERROR_NOT_FOUND);
}

void handle_signatories(const struct visit *visit)
{
    struct asked asked = {0};
    if (read_asked(visit, &asked))
        answer(visit, &asked);
    else
        visit_error(visit, ERROR_NOT_FOUND);
    clear_asked(&asked);
}
